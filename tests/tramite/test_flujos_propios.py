"""Flujos que no son los de las plantillas: lo que el lenguaje permite, el trámite lo sostiene."""

from datetime import datetime
from typing import Any

import pytest
import yaml
from fabrica import RAIZ, VALLE, Mundo

from facilita.plazos import LIMA, Computo
from facilita.tramite import borradores, formularios, seguimiento, vencimientos
from facilita.tramite.modelos import Version

ESTADOS = [
    {"id": "nuevo", "etiqueta": "Nuevo", "ciudadano": "Recibido."},
    {"id": "consulta", "etiqueta": "En consulta", "ciudadano": "Consultamos.",
     "suspende_plazo": True},
    {"id": "en_proceso", "etiqueta": "En proceso", "ciudadano": "En atención."},
    {"id": "cerrado", "etiqueta": "Cerrado", "ciudadano": "Terminó.", "final": True},
]  # fmt: skip
TRANSICIONES: list[dict[str, Any]] = [
    {"id": "consultar", "de": ["nuevo"], "a": "consulta", "etiqueta": "Consultar",
     "quien": ["atiende"]},
    {"id": "retomar", "de": ["consulta"], "a": "en_proceso", "etiqueta": "Retomar",
     "quien": ["atiende"]},
    {"id": "cerrar", "de": ["nuevo", "en_proceso"], "a": "cerrado", "etiqueta": "Cerrar",
     "quien": ["atiende"]},
    {"id": "caducar", "de": ["nuevo", "en_proceso"], "a": "cerrado", "etiqueta": "Caduca",
     "quien": ["reloj"], "al_vencer": {"dias_habiles": 20, "desde": "presentado"}},
]  # fmt: skip


@pytest.fixture
def propio(mundo: Mundo) -> str:
    """El código de una solicitud de un formulario con un flujo propio."""
    dato = yaml.safe_load((RAIZ / "plantillas" / "contacto.yaml").read_text())
    del dato["plantilla"], dato["version"]
    dato |= {"formulario": "consulta"}
    dato["flujo"] |= {"estados": ESTADOS, "transiciones": TRANSICIONES}
    dato["mensajes"] = dato["mensajes"][:1]
    texto = yaml.safe_dump(dato, allow_unicode=True, sort_keys=False)
    formularios.publicar(mundo.entorno, mundo.entidad().id, texto, "c.yaml", motivo="Propio")
    vigente = formularios.vigente(mundo.entorno, VALLE, "consulta")
    crudo = {"nombre": "Julia Mamani", "correo": "julia@example.com", "mensaje": "Hola"}
    return mundo.presentar(borradores.abrir(mundo.entorno, vigente, crudo)[0])


def test_un_estado_que_suspende_sin_correccion_se_puede_seguir(mundo: Mundo, propio: str):
    """N20: el seguimiento no supone que suspender es observar."""
    mundo.transitar(propio, "consultar")
    visto = seguimiento.ver(mundo.entorno, propio)
    assert (visto.suspendido, visto.por_corregir, visto.puede_corregir) == (True, False, False)
    assert visto.corregir_hasta is None
    assert seguimiento.ver_expediente(mundo.entorno, propio).acciones == ()


def test_reanudar_sigue_la_cuenta_donde_quedo(mundo: Mundo, propio: str):
    """N07: diez días, tres gastados antes de suspender: quedan siete desde el hábil siguiente."""
    mundo.poner(26)
    mundo.transitar(propio, "consultar")
    assert mundo.termino(propio).situacion == "suspendido"
    mundo.poner(14, mes=12)
    mundo.transitar(propio, "retomar")
    termino, solicitud = mundo.termino(propio), mundo.solicitud(propio)
    cuenta = Computo.de_json(termino.cuenta)
    assert (termino.situacion, solicitud.suspendida) == ("corre", False)
    assert (cuenta.dias_habiles, cuenta.desde.isoformat()) == (7, "2026-12-14")
    assert solicitud.vence_en == cuenta.vence_en


def test_lo_suspendido_ya_vencido_se_puede_retomar(mundo: Mundo, propio: str):
    """N07, N10: el plazo sigue vencido y el trámite no se queda atrapado."""
    vencia = mundo.solicitud(propio).vence_en
    mundo.poner(11, mes=12)
    mundo.transitar(propio, "consultar")
    mundo.transitar(propio, "retomar")
    solicitud = mundo.solicitud(propio)
    assert (solicitud.estado, solicitud.suspendida) == ("en_proceso", False)
    assert (solicitud.vence_en, mundo.termino(propio).situacion) == (vencia, "corre")
    assert vencia is not None and vencia < mundo.reloj.ahora()


def test_un_plazo_desde_la_presentacion_vale_en_todos_sus_estados(mundo: Mundo, propio: str):
    """N08, N10: cambiar de estado no pierde el plazo ni lo cuenta de nuevo."""
    mundo.transitar(propio, "consultar")
    mundo.poner(24)
    mundo.transitar(propio, "retomar")
    limite = datetime(2026, 12, 23, 23, 59, 59, tzinfo=LIMA)
    assert mundo.termino(propio, "caducar").vence_en == limite
    mundo.reloj.poner(limite)
    assert vencimientos.vencer(mundo.entorno) == 0
    mundo.pasar(seconds=1)
    assert vencimientos.vencer(mundo.entorno) == 1
    assert mundo.solicitud(propio).estado == "cerrado"


def test_un_plazo_del_reloj_se_detiene_donde_no_vale(mundo: Mundo, propio: str):
    """N08: en un estado del que el reloj no saca, no vence."""
    mundo.transitar(propio, "consultar")
    mundo.poner(31, mes=12)
    assert vencimientos.vencer(mundo.entorno) == 0
    assert mundo.solicitud(propio).estado == "consulta"


def test_publicar_lo_mismo_no_crea_otra_version(mundo: Mundo, propio: str):
    """N12: una versión es su contenido."""
    fuente = mundo.todo(Version)[-1]
    with mundo.entorno.bd.lectura(formularios.Ambito.de(mundo.entidad().id)) as sesion:
        texto = sesion.get_one(Version, fuente.id).fuente
    otra = formularios.publicar(
        mundo.entorno, mundo.entidad().id, f"# Un comentario\n{texto}", "c.yaml", motivo="Nada"
    )
    assert (otra.version, otra.es_nueva) == (1, False)

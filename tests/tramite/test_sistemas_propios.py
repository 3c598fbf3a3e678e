"""Reportar la mesa de partes que una entidad tiene fuera, con el formulario de verdad."""

from collections.abc import Mapping
from typing import Any

import pytest
from fabrica import RAIZ, RIO, RUC_RIO, VALLE, Mundo, crear_entidad

from facilita.plazos import fecha_lima
from facilita.tramite import borradores, entidades, formularios, padron, situaciones
from facilita.tramite.modelos import Entidad, Invitacion, Membresia, SistemaPropio

SOLO_SQLITE = pytest.mark.parametrize("motor", ["sqlite"], indirect=True)
"""La base no cambia nada aquí."""


NUEVA = "20512345671"
CRUDO: Mapping[str, Any] = {
    "nombre_entidad": "Municipalidad Distrital de Puerto Lindo", "siglas": "MDPL", "ruc": NUEVA,
    "tipo_entidad": "gobierno_local", "ubigeo": ["Cusco, Cusco"], "direccion": "Plaza 1",
    "nombre_autoridad": "María Quispe", "cargo_autoridad": "Alcaldesa",
    "numero_oficio": "045-2026", "folios": "1",
    "direccion_sistema": "https://mesa.lindo.example/presentar", "desde_cuando": "2025-03-02",
    "como_informa": "Por correo, en cada cambio.", "nombres": "Carmen", "apellido_paterno": "Ríos",
    "tipo_documento_identidad": "dni", "numero_documento_identidad": "40112233",
    "cargo": "Jefa de TI", "correo": "carmen.rios@lindo.example", "celular": "987654321",
}  # fmt: skip


@pytest.fixture
def mundo(mundo: Mundo) -> Mundo:
    """Valle-sereno administra la plataforma y recibe los reportes."""
    crear_entidad(mundo.entorno, plataforma=True)
    archivo = RAIZ / "formularios" / "gobierno-digital" / "sistema-propio.yaml"
    formularios.publicar(
        mundo.entorno, mundo.entidad().id, archivo.read_text(), archivo.name, motivo="Apertura"
    )
    return mundo


def reportar(mundo: Mundo, **cambios: Any) -> str:
    vigente = formularios.vigente(mundo.entorno, VALLE, "sistema-propio")
    crudo, oficio = {**CRUDO, **cambios}, [mundo.subida("oficio")]
    return mundo.presentar(borradores.abrir(mundo.entorno, vigente, crudo, oficio)[0])


def aceptar(mundo: Mundo, codigo: str) -> None:
    if mundo.solicitud(codigo).estado == "nuevo":
        mundo.transitar(codigo, "tomar", quien="sara")
    mundo.transitar(codigo, "aprobar", quien="sara")


def ficha(mundo: Mundo, slug: str) -> padron.Ficha:
    hoy = fecha_lima(mundo.reloj.ahora())
    fichas = padron.leer(mundo.entorno, hoy).al(mundo.reloj.ahora())
    return next(f for f in fichas if f.slug == slug)


def test_quien_no_tiene_acceso_queda_creada_registrada_e_invitada(mundo: Mundo):
    """Y cuenta como que cumple, con su dirección y desde cuándo."""
    codigo = reportar(mundo)
    recibida = mundo.solicitud(codigo)
    assert recibida.asunto.endswith(f": {CRUDO['nombre_entidad']}") and NUEVA in recibida.busqueda
    aceptar(mundo, codigo)
    assert mundo.tipos(codigo)[-3:] == ["aprobar", "entidad_creada", "sistema_registrado"]
    (sistema,) = mundo.todo(SistemaPropio)
    assert (sistema.direccion, sistema.desde.isoformat(), sistema.contacto, sistema.correo) == (
        CRUDO["direccion_sistema"], "2025-03-02", "Carmen Ríos", CRUDO["correo"],
    )  # fmt: skip
    assert sistema.solicitud == mundo.solicitud(codigo).numero
    suya = ficha(mundo, "mdpl")
    assert (suya.cumple, suya.mesa, suya.direccion) == (
        True, "sistema_propio", CRUDO["direccion_sistema"],
    )  # fmt: skip
    assert mundo.cuantas(Invitacion) == [1]
    entidad = mundo.todo(Entidad, Entidad.slug == "mdpl")[0]
    assert entidad.direccion == "Plaza 1"
    hallada = situaciones.sistema_de(mundo.entorno, entidad.id)
    assert hallada and hallada.direccion == CRUDO["direccion_sistema"]
    assert "mdpl" in [s for s, _, _ in entidades.buscar(mundo.entorno, "")]


@SOLO_SQLITE
def test_quien_ya_tiene_acceso_solo_registra_su_sistema(mundo: Mundo):
    """Ni otra entidad ni otra invitación; su líder sigue siendo quien era."""
    antes = mundo.cuantas(Entidad, Membresia, Invitacion)
    codigo = reportar(mundo, ruc=RUC_RIO)
    aceptar(mundo, codigo)
    assert mundo.tipos(codigo)[-2:] == ["aprobar", "sistema_registrado"]
    assert mundo.cuantas(Entidad, Membresia, Invitacion) == antes
    # Su mesa de la plataforma sigue abierta: es la que se cuenta.
    assert ficha(mundo, RIO).mesa == "facilita"
    formularios.retirar(
        mundo.entorno, mundo.entidad(RIO).id, "mesa-de-partes", motivo="Usa su sistema"
    )
    assert ficha(mundo, RIO).mesa == "sistema_propio"


@SOLO_SQLITE
@pytest.mark.parametrize(
    ("direccion", "frase"),
    [
        ("http://mesa.lindo.example", "https://"),
        ("https://10.0.0.1/mesa", "cualquiera pueda abrir"),
        ("https://mesa.lindo.local/", "cualquiera pueda abrir"),
    ],
)
def test_la_direccion_se_comprueba_por_su_forma(mundo: Mundo, direccion: str, frase: str):
    vigente = formularios.vigente(mundo.entorno, VALLE, "sistema-propio")
    crudo = {**CRUDO, "direccion_sistema": direccion}
    paso = borradores.leer_sin_abrir(mundo.entorno, vigente, crudo)
    errores = {e.campo: e.texto for e in paso.lectura.errores}
    assert frase in errores["direccion_sistema"]

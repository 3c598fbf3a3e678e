"""Un trabajador que estuvo caído: lo del reloj ocurre en su instante, en orden y de una en una."""

from datetime import datetime
from typing import Any

import pytest
import yaml
from fabrica import RAIZ, VALLE, Mundo

from facilita.plazos import LIMA
from facilita.trabajador import Trabajador
from facilita.tramite import atencion, borradores, formularios, seguimiento, vencimientos
from facilita.tramite.errores import Conflicto
from facilita.tramite.modelos import Movimiento, Notificacion, Salida

ESTADOS = [
    {"id": cual, "etiqueta": cual, "ciudadano": "En eso.", "final": cual == "fin"}
    for cual in ("a", "b", "c", "d", "fin")
]


def del_reloj(de: str, a: str, dias: int, desde: str, **mas: Any) -> dict[str, Any]:
    """Un paso del reloj."""
    return {
        "id": f"{de}_{a}", "de": [de], "a": a, "etiqueta": "Vence", "quien": ["reloj"],
        "al_vencer": {"dias_habiles": dias, "desde": desde}, **mas,
    }  # fmt: skip


TRANSICIONES = [
    del_reloj("a", "b", 2, "entrada"),
    del_reloj("b", "c", 3, "entrada", efectos=[{"notificar": "recibido"}]),
    # Al llegar a «c» ya vencieron los dos: va el que venció antes.
    del_reloj("c", "fin", 6, "presentado"),
    del_reloj("c", "d", 4, "presentado"),
    del_reloj("d", "fin", 1, "entrada"),
    {"id": "cerrar", "de": ["a", "b", "c", "d"], "a": "fin", "etiqueta": "Cerrar",
     "quien": ["atiende"]},
    {"id": "enterarse", "de": ["c"], "a": "d", "etiqueta": "Responder", "quien": ["ciudadano"],
     "hasta": {"dias_habiles": 2, "desde": "notificado"}},
]  # fmt: skip


@pytest.fixture
def codigo(mundo: Mundo) -> str:
    """Una solicitud presentada el lunes 23 de noviembre de 2026."""
    dato = yaml.safe_load((RAIZ / "plantillas" / "contacto.yaml").read_text())
    del dato["plantilla"], dato["version"]
    dato |= {"formulario": "relojes"}
    dato["flujo"] |= {"inicial": "a", "estados": ESTADOS, "transiciones": TRANSICIONES}
    dato["mensajes"] = dato["mensajes"][:1]
    texto = yaml.safe_dump(dato, allow_unicode=True, sort_keys=False)
    formularios.publicar(mundo.entorno, mundo.entidad().id, texto, "r.yaml", motivo="Propio")
    vigente = formularios.vigente(mundo.entorno, VALLE, "relojes")
    crudo = {"nombre": "Julia Mamani", "correo": "julia@example.com", "mensaje": "Hola"}
    return mundo.presentar(borradores.abrir(mundo.entorno, vigente, crudo)[0])


def historia(mundo: Mundo, codigo: str) -> list[tuple[str | None, str, str]]:
    """Cada cambio de estado: de dónde, adónde y cuándo, en la hora de Lima."""
    return [
        (m.de, m.a, m.cuando.astimezone(LIMA).strftime("%d/%m %H:%M:%S"))
        for m in mundo.movimientos(codigo)
        if m.quien == "reloj" and m.a
    ]


ESPERADA = [
    ("a", "b", "26/11 00:00:00"),
    ("b", "c", "02/12 00:00:00"),
    ("c", "d", "02/12 00:00:00"),
    ("d", "fin", "04/12 00:00:00"),
]


def test_caido_la_historia_es_la_misma(mundo: Mundo, codigo: str):
    """N07, N10: el plazo termina cuando termina, no cuando el trabajador lo mira."""
    mundo.poner(15, mes=12)
    assert vencimientos.vencer(mundo.entorno) == 4
    assert vencimientos.vencer(mundo.entorno) == 0
    assert historia(mundo, codigo) == ESPERADA
    assert mundo.solicitud(codigo).estado == "fin"


def test_sin_caerse_lo_mismo(mundo: Mundo, codigo: str):
    for dia, mes in [*((d, 11) for d in range(24, 31)), *((d, 12) for d in range(1, 16))]:
        mundo.poner(dia, "00:00:00", mes)
        while vencimientos.vencer(mundo.entorno):
            pass
    assert historia(mundo, codigo) == ESPERADA


def test_lo_anotado_tarde_lo_dice_y_la_historia_no_vuelve_atras(mundo: Mundo, codigo: str):
    mundo.poner(27, "09:00:00")
    actor, cual = mundo.actor("luis"), mundo.solicitud(codigo).id
    atencion.anotar_nota(mundo.entorno, actor, cual, "Lo estoy viendo.")
    mundo.poner(27, "12:00:00")
    assert vencimientos.vencer(mundo.entorno) == 1
    # El plazo venció el 25, pero la nota del 27 ya estaba escrita.
    assert historia(mundo, codigo) == [("a", "b", "27/11 09:00:00")]
    instantes = [m.cuando for m in mundo.movimientos(codigo)]
    assert instantes == sorted(instantes)
    (cambio,) = mundo.todo(Movimiento, Movimiento.a == "b")
    assert datetime.fromisoformat(cambio.datos["anotado"]) == mundo.reloj.ahora()


def test_lo_anotado_a_tiempo_no_dice_cuando(mundo: Mundo, codigo: str):
    mundo.poner(26, "00:00:02")
    assert vencimientos.vencer(mundo.entorno) == 1
    (cambio,) = mundo.todo(Movimiento, Movimiento.a == "b")
    assert "anotado" not in cambio.datos


def test_el_correo_y_su_acuse_corren_desde_que_sale(mundo: Mundo, codigo: str):
    """N54: los dos días para acusar se cuentan desde que el correo se envía de verdad."""
    mundo.poner(15, mes=12)
    vencimientos.vencer(mundo.entorno)
    ahora = mundo.reloj.ahora()
    (aviso,) = mundo.todo(Notificacion)
    assert aviso.enviada_en == ahora
    assert aviso.acuse_hasta.astimezone(LIMA).strftime("%d/%m %H:%M:%S") == "17/12 23:59:59"
    assert mundo.todo(Salida)[-1].creada_en == ahora


def test_el_trabajador_lo_pone_al_dia_en_una_vuelta(mundo: Mundo, codigo: str):
    mundo.poner(15, mes=12)
    Trabajador(mundo.entorno).vuelta()
    assert historia(mundo, codigo) == ESPERADA


def test_un_acto_espera_a_lo_que_el_reloj_debia(mundo: Mundo, codigo: str):
    """N07, N08: con el trabajador caído, el personal no se adelanta a un plazo que ya venció."""
    mundo.poner(27)
    atencion.transitar(mundo.entorno, mundo.actor("ana"), mundo.solicitud(codigo).id, "cerrar", {})
    pasos = [(m.de, m.a, m.quien) for m in mundo.movimientos(codigo) if m.a][1:]
    assert pasos == [("a", "b", "reloj"), ("b", "fin", "usuario")]
    assert historia(mundo, codigo) == ESPERADA[:1]
    assert vencimientos.vencer(mundo.entorno) == 0


def test_si_por_el_reloj_ya_no_se_puede_se_dice_y_no_cambia_nada(mundo: Mundo, codigo: str):
    """Un acto negado no deja a medias lo del reloj: lo dará el trabajador, en su instante."""
    mundo.poner(15, mes=12)
    solicitud = mundo.solicitud(codigo).id
    for intento in (
        lambda: atencion.transitar(mundo.entorno, mundo.actor("ana"), solicitud, "cerrar", {}),
        lambda: seguimiento.actuar(mundo.entorno, codigo, "enterarse", {}),
    ):
        with pytest.raises(Conflicto, match="Venció el plazo de «a» y el trámite pasa a «fin»"):
            intento()
    assert mundo.solicitud(codigo).estado == "a"
    assert vencimientos.vencer(mundo.entorno) == 4
    assert historia(mundo, codigo) == ESPERADA

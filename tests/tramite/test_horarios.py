"""Los dos horarios de la entidad: quién los cambia, y cuál rige cada cargo (N42)."""

import pytest
from fabrica import FORMULARIOS, VALLE, Mundo
from fabrica import MESA as MESA_DE_PARTES
from propios import dato_de_informacion, presentar, publicar

from facilita.definicion import DefinicionInvalida
from facilita.tramite import entidades, formularios, horarios, seguimiento
from facilita.tramite.errores import Conflicto, Invalido, NoPermitido
from facilita.tramite.modelos import Bitacora

HABILES = ("lunes", "martes", "miercoles", "jueves", "viernes")
MESA = dict.fromkeys(HABILES, "7:00 a 15:00")
OTROS = {"martes": "9:00 a 11:00, 15.30 - 17"}


def test_el_cargo_dice_el_horario_de_su_formulario(mundo: Mundo):
    """N01, N42: un martes a las 15:45 la mesa cerró y los otros formularios atienden."""
    horarios.cambiar(mundo.entorno, mundo.actor("ana"), MESA, OTROS)
    publicar(mundo, dato_de_informacion())
    mundo.poner(24, "15:45:00")
    cargos = [
        seguimiento.ver_cargo(mundo.entorno, c) for c in (mundo.presentar_mesa(), presentar(mundo))
    ]
    assert [c["dentro_de_horario"] for c in cargos] == [False, True]
    assert [c["horario"] for c in cargos] == [
        "De lunes a viernes, de 7:00 a 15:00",
        "Los martes, de 9:00 a 11:00 y de 15:30 a 17:00",
    ]


def test_sin_otro_horario_rige_el_mismo(mundo: Mundo):
    horarios.cambiar(mundo.entorno, mundo.actor("ana"), MESA, None)
    entidad = mundo.entidad()
    assert entidad.horario_otros is None
    publicar(mundo, dato_de_informacion())
    de_otros = formularios.vigente(mundo.entorno, VALLE, dato_de_informacion()["formulario"])
    assert de_otros.definicion.horario == "otros"
    assert entidad.horario_de(de_otros.definicion) == entidad.horario
    assert horarios.escribir(entidad.horario)["lunes"] == "07:00 a 15:00"
    assert horarios.escribir(entidad.horario)["sabado"] == ""


def test_solo_lo_cambia_quien_coordina_la_entidad(mundo: Mundo):
    """N61: ni la SGTD, ni quien coordina una sede; queda anotado y se ve al momento."""
    antes = mundo.entidad()
    for quien in ("sara", "norma", "luis"):
        with pytest.raises(NoPermitido):
            horarios.cambiar(mundo.entorno, mundo.actor(quien), MESA, None)
    horarios.cambiar(mundo.entorno, mundo.actor("ana"), MESA, None)
    assert mundo.entidad().revision == antes.revision + 1
    (hecho,) = mundo.todo(Bitacora, Bitacora.accion == "horario.cambiado")
    assert hecho.usuario_id == mundo.actor("ana").usuario_id


@pytest.mark.parametrize(
    ("mesa", "otros", "campos"),
    [
        ({"lunes": "8:00 a 13:00, 14:00 a 17:00"}, None, ["horario-lunes"]),
        ({"lunes": "temprano"}, None, ["horario-lunes"]),
        ({"lunes": "8:00 a 25:00"}, None, ["horario-lunes"]),
        ({"lunes": "8:75 a 17:00"}, None, ["horario-lunes"]),
        ({"miercoles": "17:00 a 8:00"}, None, ["horario-miercoles"]),
        ({}, None, ["horario-lunes"]),
        (MESA, {"sabado": "9 a 12, 11 a 13"}, ["horario_otros-sabado"]),
        (MESA, {"sabado": "nunca"}, ["horario_otros-sabado"]),
    ],
)
def test_un_horario_que_no_vale_dice_que_dia(mundo: Mundo, mesa, otros, campos):
    """N42: en mesa de partes, 8 horas continuas; en los otros, que se entienda."""
    antes = mundo.entidad().horario
    with pytest.raises(Invalido) as malo:
        horarios.cambiar(mundo.entorno, mundo.actor("ana"), mesa, otros)
    assert [e.campo for e in malo.value.errores] == campos
    assert mundo.entidad().horario == antes


def test_en_el_archivo_de_la_entidad_tambien_van_los_dos(mundo: Mundo):
    """N42: las 8 horas se exigen al primero; el segundo puede ser corto."""
    texto = (FORMULARIOS / "entidad.yaml").read_text()
    corto = '  lunes_a_viernes: [["09:00", "12:00"]]\n'
    dato = entidades.leer_archivo_de_entidad(texto + "horario_otros:\n" + corto, "e.yaml")
    entidades.crear(mundo.entorno, dato)
    otros = mundo.entidad().horario_otros
    assert otros and otros.texto() == "De lunes a viernes, de 9:00 a 12:00"
    with pytest.raises(DefinicionInvalida, match="menos de 8 horas"):
        malo = texto.replace('  lunes_a_viernes: [["08:00", "16:30"]]\n', corto)
        entidades.leer_archivo_de_entidad(malo, "e.yaml")


def test_un_formulario_tiene_el_suyo_solo_si_el_bloque_es_una_sugerencia(mundo: Mundo):
    """N42: «obligatorio y fijo» no se toca; «sugerido, pero editable» sí, con sus 8 horas."""
    entorno, ana = mundo.entorno, mundo.actor("ana")
    suyo = dict.fromkeys(HABILES, "8:00 a 17:00")
    with pytest.raises(Conflicto, match="obligatorio y fijo"):
        horarios.cambiar_de_formulario(entorno, ana, MESA_DE_PARTES, suyo)
    horarios.cambiar(entorno, ana, MESA, None, editables=["horario"])
    with pytest.raises(Invalido):
        horarios.cambiar_de_formulario(entorno, ana, MESA_DE_PARTES, {"lunes": "8:00 a 10:00"})
    horarios.cambiar_de_formulario(entorno, ana, MESA_DE_PARTES, suyo)
    mundo.poner(24, "15:45:00")
    cargo = seguimiento.ver_cargo(entorno, mundo.presentar_mesa())
    assert cargo["dentro_de_horario"] and "de 8:00 a 17:00" in cargo["horario"]
    # Quien coordina vuelve a hacerlo obligatorio: rige el de la entidad para todos.
    horarios.cambiar(entorno, ana, MESA, None, editables=[])
    assert not seguimiento.ver_cargo(entorno, mundo.presentar_mesa())["dentro_de_horario"]

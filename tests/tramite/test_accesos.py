"""Quién abrió un expediente, como lo lee la persona."""

from dataclasses import replace
from datetime import date

import pytest
from fabrica import DE_MESA, VALLE, Mundo
from sqlalchemy import select

from facilita.tramite import accesos, atencion, correspondencia, descargas, detalle, seguimiento
from facilita.tramite.accesos import Accesos
from facilita.tramite.ambito import Ambito
from facilita.tramite.errores import NoExiste
from facilita.tramite.modelos import Area, Bitacora, Membresia

DNI = DE_MESA["numero_documento_identidad"]


@pytest.fixture
def codigo(mundo: Mundo) -> str:
    """El código de una solicitud que atiende Luis."""
    codigo = mundo.presentar_mesa(sede="norte")
    mundo.transitar(codigo, "tomar")
    return codigo


def mirar(mundo: Mundo, codigo: str, *quienes: str) -> None:
    """Alguien del personal abre el detalle."""
    for quien in quienes:
        detalle.ver(mundo.entorno, mundo.actor(quien), mundo.solicitud(codigo).id)


def contado(vistos: Accesos) -> list[tuple[date, list[tuple[str, str, str, str, str]]]]:
    """Cada día, con quién, desde qué puesto, entre qué horas y qué hizo."""
    return [
        (
            d.fecha,
            [
                (a.quien, a.puesto, f"{a.desde:%H:%M}", f"{a.hasta:%H:%M}", ", ".join(a.hechos))
                for a in d.accesos
            ],
        )
        for d in vistos.dias
    ]


def test_se_cuenta_por_dia_con_puesto_y_veces(mundo: Mundo, codigo: str):
    """N61: de quien atiende, el nombre; de los demás, el puesto; lo propio, aparte."""
    adjunto = seguimiento.ver_expediente(mundo.entorno, codigo).respuestas["documento_principal"]
    mirar(mundo, codigo, "luis")
    mundo.pasar(minutes=90)
    mirar(mundo, codigo, "luis", "ana", "nora", "norma")
    luis, sid = mundo.actor("luis"), mundo.solicitud(codigo).id
    descargas.del_personal(mundo.entorno, luis, sid, adjunto[0]["id"])
    mundo.pasar(days=1)
    seguimiento.comprobar_identidad(mundo.entorno, codigo, DNI)
    correspondencia.abrir_de_personal(mundo.entorno, mundo.actor("ana"), sid)
    assert contado(accesos.ver(mundo.entorno, codigo)) == [
        (
            date(2026, 11, 24),
            [
                ("", "Coordinador de entidad", "11:30", "11:30", "leyó los mensajes"),
                ("", "", "11:30", "11:30", "se abrió una vez"),
            ],
        ),
        (
            date(2026, 11, 23),
            [
                (
                    "luis", "Colaborador", "10:00", "11:30",
                    "descargó un archivo, abrió el expediente 2 veces",
                ),
                ("", "Coordinador de sede, Agencia municipal Norte", "11:30", "11:30",
                 "abrió el expediente"),
                ("", "Colaborador, Agencia municipal Norte", "11:30", "11:30",
                 "abrió el expediente"),
                ("", "Coordinador de entidad", "11:30", "11:30", "abrió el expediente"),
            ],
        ),
    ]  # fmt: skip


def test_varias_personas_del_mismo_puesto_se_cuentan_sin_nombrarlas(mundo: Mundo):
    """N61: y quien hizo algo con ella, o la tiene a su cargo, sí se nombra."""
    codigo = mundo.presentar_mesa(sede="norte")
    sid = mundo.solicitud(codigo).id
    _poner_en_obras(mundo)
    atencion.derivar(mundo.entorno, mundo.actor("ana"), sid, _obras(mundo), None)
    mirar(mundo, codigo, "nora", "olga", "ana")
    (dia,) = accesos.ver(mundo.entorno, codigo).dias
    puesto = "Colaborador, Obras y desarrollo urbano, Agencia municipal Norte"
    vistos = {(a.quien, a.puesto) for a in dia.accesos}
    assert vistos == {("2 personas", puesto), ("ana", "Coordinador de entidad")}
    atencion.asignar(mundo.entorno, mundo.actor("ana"), sid, mundo.actor("olga").usuario_id)
    (dia,) = accesos.ver(mundo.entorno, codigo).dias
    assert {a.quien for a in dia.accesos} == {"olga", "", "ana"}


def _obras(mundo: Mundo) -> int:
    return next(a.id for a in mundo.todo(Area, Area.codigo == "obras"))


def _poner_en_obras(mundo: Mundo) -> None:
    """Nora pasa al área de Olga."""
    entidad = mundo.entidad(VALLE).id
    with mundo.entorno.bd.transaccion(Ambito.de(entidad)) as sesion:
        suya = select(Membresia).where(Membresia.usuario_id == mundo.actor("nora").usuario_id)
        sesion.scalars(suya).one().area_id = _obras(mundo)


def test_el_puesto_es_el_que_tenia_al_mirar(mundo: Mundo, codigo: str):
    """N61: si después la cambian de área, lo que miró se cuenta con la de entonces."""
    mirar(mundo, codigo, "nora")
    _poner_en_obras(mundo)
    (dia,) = accesos.ver(mundo.entorno, codigo).dias
    assert [a.puesto for a in dia.accesos] == ["Colaborador, Agencia municipal Norte"]


def test_cada_expediente_cuenta_lo_suyo(mundo: Mundo, codigo: str):
    """N61: el mismo número en otra entidad es otro; sin accesos, ninguno."""
    ajeno = mundo.presentar_mesa("rio-claro")
    assert mundo.solicitud(ajeno).numero == mundo.solicitud(codigo).numero
    mirar(mundo, codigo, "luis")
    assert accesos.ver(mundo.entorno, ajeno).dias == ()
    with pytest.raises(NoExiste):
        accesos.ver(mundo.entorno, "F7XK-29QD-TRWM-4H6C")


def test_un_intento_que_no_alcanza_no_es_un_acceso(mundo: Mundo, codigo: str):
    """N61: quien no la tiene a su alcance no la abrió."""
    for quien in ("oscar", "rita"):
        with pytest.raises(NoExiste):
            mirar(mundo, codigo, quien)
    otro = replace(mundo.actor("luis"), entidad_id=mundo.entidad("rio-claro").id)
    with pytest.raises(NoExiste):
        detalle.ver(mundo.entorno, otro, mundo.solicitud(codigo).id)
    assert accesos.ver(mundo.entorno, codigo).dias == ()


def test_lo_anotado_no_dice_nada_de_la_persona(mundo: Mundo, codigo: str):
    """N61, N33: ni su nombre ni su documento ni lo que pidió."""
    mirar(mundo, codigo, "luis")
    dicho = " ".join(f"{b.sobre} {b.datos}" for b in mundo.todo(Bitacora))
    assert not [d for d in (DNI, DE_MESA["asunto"], DE_MESA["nombres"]) if d in dicho]


def test_muchos_accesos_se_cortan_y_se_dice(
    mundo: Mundo, codigo: str, monkeypatch: pytest.MonkeyPatch
):
    """N61: la página no crece sin fin."""
    monkeypatch.setattr(accesos, "LINEAS", 2)
    mirar(mundo, codigo, "luis", "luis")
    assert not accesos.ver(mundo.entorno, codigo).hay_mas
    mirar(mundo, codigo, "luis")
    vistos = accesos.ver(mundo.entorno, codigo)
    assert vistos.hay_mas and vistos.dias[0].accesos[0].hechos == ("abrió el expediente 2 veces",)

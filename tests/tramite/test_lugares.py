"""Las sedes y las áreas de una entidad: lo que se puede, lo que no, y que nada se borra."""

from dataclasses import replace
from typing import Any

import pytest
from fabrica import RIO, Mundo
from sqlalchemy import select

from facilita.tramite import areas, entidades, sedes
from facilita.tramite.ambito import Ambito
from facilita.tramite.areas import AreaEscrita
from facilita.tramite.caso import RELOJ, tomar_caso
from facilita.tramite.errores import Conflicto, Invalido, NoExiste, NoPermitido
from facilita.tramite.modelos import Area, Bitacora, Formulario, Membresia, Sede
from facilita.tramite.sedes import SedeEscrita

SUR = SedeEscrita("Agencia Sur", "Jr. Puno 12", ("Arequipa, Arequipa",))


def sede_de(mundo: Mundo, codigo: str) -> sedes.SedeVista:
    lista = sedes.listar(mundo.entorno, mundo.actor("ana"))
    return next(s for s in lista if s.codigo == codigo)


def area_de(mundo: Mundo, codigo: str) -> areas.AreaVista:
    lista = areas.listar(mundo.entorno, mundo.actor("ana"))
    return next(a for a in lista if a.codigo == codigo)


def errores(hacer: Any) -> dict[str, str]:
    with pytest.raises(Invalido) as negativa:
        hacer()
    return {e.campo: e.texto for e in negativa.value.errores}


def test_una_sede_de_principio_a_fin(mundo: Mundo):
    """N40, N41: su distrito decide el calendario; se crea, se cambia, se inactiva y queda dicho."""
    ana, entorno = mundo.actor("ana"), mundo.entorno
    revision = mundo.entidad().revision
    cual = sedes.guardar(entorno, ana, SUR)
    nueva = sedes.ver(entorno, ana, cual)
    assert (nueva.codigo, nueva.ubigeo, nueva.activa) == ("agencia-sur", "040101", True)
    assert ("agencia-sur", "Agencia Sur") in [(s.codigo, s.nombre) for s in mundo.entidad().sedes]
    assert mundo.entidad().revision > revision

    codigo = mundo.presentar_mesa(sede="agencia-sur")
    with entorno.bd.transaccion(Ambito.de(ana.entidad_id)) as sesion:
        caso = tomar_caso(sesion, entorno, mundo.solicitud(codigo).id, RELOJ, mundo.reloj.ahora())
        assert caso.calendario.ubigeo == "040101"

    sedes.guardar(entorno, ana, replace(SUR, nombre="Sede Sur", distrito=("150122",)), cual)
    assert sedes.ver(entorno, ana, cual).codigo == "agencia-sur", "el código no cambia"
    sedes.inactivar(entorno, ana, cual)
    assert "agencia-sur" not in [s.codigo for s in mundo.entidad().sedes]
    assert mundo.solicitud(codigo).sede_id == cual, "lo presentado sigue ahí"
    repetida = errores(lambda: sedes.guardar(entorno, ana, replace(SUR, nombre="SEDE  SUR")))
    assert "reactívala" in repetida["nombre"]
    sedes.reactivar(entorno, ana, cual)
    hechos = [b.accion for b in mundo.todo(Bitacora) if b.sobre == "agencia-sur"]
    assert hechos == ["sede.guardada"] * 2 + ["sede.inactivada", "sede.reactivada"]


def test_la_principal_es_una_y_siempre_hay_quien_reciba(mundo: Mundo):
    """N02: elegir otra quita la anterior; la última que recibe no se apaga."""
    ana, entorno = mundo.actor("ana"), mundo.entorno
    central, norte = sede_de(mundo, "central"), sede_de(mundo, "norte")
    with pytest.raises(Conflicto, match="principal"):
        sedes.inactivar(entorno, ana, central.id)
    escrita = SedeEscrita(central.nombre, central.direccion, (central.ubigeo,))
    assert (
        "elige otra"
        in errores(lambda: sedes.guardar(entorno, ana, escrita, central.id))["principal"]
    )
    del_norte = SedeEscrita(norte.nombre, "", (norte.ubigeo,), principal=True)
    sedes.guardar(entorno, ana, del_norte, norte.id)
    assert [s.codigo for s in sedes.listar(entorno, ana) if s.principal] == ["norte"]
    sedes.guardar(entorno, ana, replace(escrita, recibe=False), central.id)
    sin_nadie = replace(del_norte, recibe=False)
    assert "recibe" in errores(lambda: sedes.guardar(entorno, ana, sin_nadie, norte.id))


def test_una_sede_con_personas_o_areas_no_se_inactiva(mundo: Mundo):
    """N05: antes se les cambia de lugar."""
    ana, entorno, norte = mundo.actor("ana"), mundo.entorno, sede_de(mundo, "norte")
    assert norte.personas == 3
    with pytest.raises(Conflicto, match="3 personas"):
        sedes.inactivar(entorno, ana, norte.id)
    with entorno.bd.transaccion(Ambito.de(ana.entidad_id)) as sesion:
        for membresia in sesion.scalars(select(Membresia).where(Membresia.sede_id == norte.id)):
            membresia.sede_id = None
    areas.guardar(entorno, ana, AreaEscrita("Rentas del norte", norte.id))
    with pytest.raises(Conflicto, match="1 área"):
        sedes.inactivar(entorno, ana, norte.id)


@pytest.mark.parametrize(
    ("cambio", "campo", "dice"),
    [
        ({"nombre": " \u200b "}, "nombre", "Escribe su nombre"),
        ({"nombre": "a" * 151}, "nombre", "caben 150"),
        ({"nombre": "palacio MUNICIPAL"}, "nombre", "Ya tienes"),
        ({"direccion": "a" * 251}, "direccion", "caben 250"),
        ({"distrito": ()}, "distrito", "Escribe el distrito"),
        ({"distrito": ("Xyzzy",)}, "distrito", "No conocemos"),
        ({"distrito": ("Miraflores",)}, "distrito", "Hay varios"),
        ({"distrito": ("Miraflores", "040101")}, "distrito", "Hay varios"),
    ],
)
def test_lo_mal_escrito_de_una_sede(mundo: Mundo, cambio: dict, campo: str, dice: str):
    """N41: sin un distrito cierto no hay calendario."""
    ana = mundo.actor("ana")
    antes = mundo.cuantas(Sede)
    assert dice in errores(lambda: sedes.guardar(mundo.entorno, ana, replace(SUR, **cambio)))[campo]
    assert mundo.cuantas(Sede) == antes


def test_un_area_de_principio_a_fin(mundo: Mundo):
    """N05: se crea, se cambia y se inactiva; con personas o trabajo, antes se reparte."""
    ana, entorno = mundo.actor("ana"), mundo.entorno
    cual = areas.guardar(entorno, ana, AreaEscrita("Obras del Norte", sede_de(mundo, "norte").id))
    assert areas.ver(entorno, ana, cual).codigo == "obras-del-norte"
    areas.guardar(entorno, ana, AreaEscrita("Defensa civil"), cual)
    areas.inactivar(entorno, ana, cual)
    assert not areas.ver(entorno, ana, cual).activa
    assert (
        "reactívala"
        in errores(lambda: areas.guardar(entorno, ana, AreaEscrita("DEFENSA CIVIL")))["nombre"]
    )
    areas.reactivar(entorno, ana, cual)
    assert "sede" in errores(lambda: areas.guardar(entorno, ana, AreaEscrita("Otra", 99_999)))

    obras = area_de(mundo, "obras")
    with pytest.raises(Conflicto, match="2 personas"):
        areas.inactivar(entorno, ana, obras.id)
    rentas = area_de(mundo, "rentas")
    with entorno.bd.transaccion(Ambito.de(ana.entidad_id)) as sesion:
        formulario = sesion.scalars(select(Formulario).order_by(Formulario.id)).first()
        assert formulario is not None
        formulario.area_id = rentas.id
    with pytest.raises(Conflicto, match="Recibe lo que llega"):
        areas.inactivar(entorno, ana, rentas.id)
    mundo.presentar_mesa()
    with pytest.raises(Conflicto, match="1 solicitud sin terminar"):
        areas.inactivar(entorno, ana, rentas.id)


def test_nadie_toca_los_lugares_de_otra_entidad(mundo: Mundo):
    """N61: «no existe» para otra entidad; «no puedes» para quien no la coordina."""
    rita, entorno = mundo.actor("rita"), mundo.entorno
    norte, obras = sede_de(mundo, "norte"), area_de(mundo, "obras")
    antes = (mundo.todo(Sede), mundo.todo(Area))
    for hacer in (
        lambda a: sedes.guardar(entorno, a, SUR, norte.id),
        lambda a: sedes.inactivar(entorno, a, norte.id),
        lambda a: sedes.reactivar(entorno, a, norte.id),
        lambda a: sedes.ver(entorno, a, norte.id),
        lambda a: areas.guardar(entorno, a, AreaEscrita("X"), obras.id),
        lambda a: areas.inactivar(entorno, a, obras.id),
        lambda a: areas.reactivar(entorno, a, obras.id),
        lambda a: areas.ver(entorno, a, obras.id),
    ):
        with pytest.raises(NoExiste):
            hacer(rita)
        for quien in ("norma", "luis"):
            with pytest.raises(NoPermitido):
                hacer(mundo.actor(quien))
    assert (len(mundo.todo(Sede)), len(mundo.todo(Area))) == tuple(map(len, antes))
    ajena = entidades.por_slug(entorno, RIO)
    assert "sede" in errores(lambda: areas.guardar(entorno, rita, AreaEscrita("X", norte.id)))
    assert ajena.revision == mundo.entidad(RIO).revision

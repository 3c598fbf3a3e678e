"""Los estados de las páginas de administrar, sedes y áreas."""

from facilita.tramite import areas, sedes
from facilita.tramite.areas import AreaEscrita
from facilita.tramite.sedes import SedeEscrita

from .estados import Mirada, estado

LARGO = "Centro de atención ciudadana de la margen derecha " + "Chuquitaype" * 4


@estado("navegacion.ver")
def administrar(m: Mirada) -> None:
    m.ingresar("ana")
    m.ver("/bandeja/administrar")


@estado("navegacion.ver")
def administrar_sin_nada(m: Mirada) -> None:
    m.ingresar("luis")
    m.ver("/bandeja/administrar")
    assert "no hay nada que administrar" in m.persona.leer()


@estado("lugares.ver_sedes")
def sedes_con_de_todo(m: Mirada) -> None:
    ana = m.mundo.actor("ana")
    lista = {s.nombre: s.id for s in sedes.listar(m.mundo.entorno, ana)}
    escrita = SedeEscrita(LARGO, "Av. " + "Larga" * 20, ("Arequipa, Arequipa",))
    cual = sedes.guardar(m.mundo.entorno, ana, escrita, lista.get(LARGO))
    sedes.inactivar(m.mundo.entorno, ana, cual)
    m.ingresar("ana")
    m.ver("/bandeja/sedes")


@estado("lugares.ver_sedes", 409)
def sede_que_no_se_inactiva(m: Mirada) -> None:
    m.ingresar("ana")
    m.ver("/bandeja/sedes")
    m.enviar("Inactivar Agencia municipal Norte")
    assert "antes cámbiales la sede" in m.persona.leer()


@estado("lugares.nueva_sede")
def sede_nueva(m: Mirada) -> None:
    m.ingresar("ana")
    m.ver("/bandeja/sedes/nueva")


@estado("lugares.nueva_sede", 422)
def sede_nueva_con_errores(m: Mirada) -> None:
    m.ingresar("ana")
    m.ver("/bandeja/sedes/nueva")
    m.escribir(distrito="Miraflores")
    m.enviar("Guardar")
    assert "¿Cuál es su distrito?" in m.persona.leer()


@estado("lugares.abrir_sede")
def sede_por_cambiar(m: Mirada) -> None:
    m.ingresar("ana")
    m.ver(f"/bandeja/sedes/{sedes.listar(m.mundo.entorno, m.mundo.actor('ana'))[0].id}")


@estado("lugares.ver_areas")
def areas_con_de_todo(m: Mirada) -> None:
    ana = m.mundo.actor("ana")
    lista = {a.nombre: a.id for a in areas.listar(m.mundo.entorno, ana)}
    cual = areas.guardar(m.mundo.entorno, ana, AreaEscrita(LARGO), lista.get(LARGO))
    areas.inactivar(m.mundo.entorno, ana, cual)
    m.ingresar("ana")
    m.ver("/bandeja/areas")


@estado("lugares.ver_areas", 409)
def area_que_no_se_inactiva(m: Mirada) -> None:
    m.ingresar("ana")
    m.ver("/bandeja/areas")
    m.enviar("Inactivar Obras y desarrollo urbano")


@estado("lugares.nueva_area")
def area_nueva(m: Mirada) -> None:
    m.ingresar("ana")
    m.ver("/bandeja/areas/nueva")


@estado("lugares.nueva_area", 422)
def area_nueva_con_error(m: Mirada) -> None:
    m.ingresar("ana")
    m.ver("/bandeja/areas/nueva")
    m.enviar("Guardar")


@estado("lugares.abrir_area")
def area_por_cambiar(m: Mirada) -> None:
    m.ingresar("ana")
    m.ver(f"/bandeja/areas/{areas.listar(m.mundo.entorno, m.mundo.actor('ana'))[0].id}")

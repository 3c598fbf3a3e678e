"""Los estados de lo que es de la plataforma: pedir el acceso y lo que hace quien la administra."""

from fabrica import crear_entidad

from .estados import Mirada, estado


def con_plataforma(m: Mirada) -> None:
    """Valle-sereno administra la plataforma."""
    crear_entidad(m.mundo.entorno, plataforma=True)
    m.mundo.entorno.punteros.olvidar()


@estado("acceso.explicar")
def pedir_acceso_sin_quien_lo_de(m: Mirada) -> None:
    crear_entidad(m.mundo.entorno)
    m.ver("/acceso")


@estado("acceso.explicar")
def pedir_acceso(m: Mirada) -> None:
    con_plataforma(m)
    m.ver("/acceso")


@estado("acceso.preguntar")
def oficio_vacio(m: Mirada) -> None:
    con_plataforma(m)
    m.ver("/acceso/oficio")


@estado("acceso.hacer", 422)
def oficio_con_errores(m: Mirada) -> None:
    oficio_vacio(m)
    m.escribir(ruc="20131312950", correo="yo@")
    m.enviar("Descargar en PDF")

"""Verbos de quien administra la máquina sobre las cuentas: saber si hay una y reponer su clave."""

from sqlalchemy import delete, select

from facilita.definicion.campos import Error
from facilita.servicios.claves import cifrar, fallas_de_clave
from facilita.tramite.ambito import NADA
from facilita.tramite.bitacora import anotar
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Invalido, NoExiste
from facilita.tramite.intentos import olvidar_intentos
from facilita.tramite.modelos import SesionAbierta, Usuario
from facilita.tramite.segundo_factor import borrar, lo_tiene
from facilita.tramite.usuarios import normalizar_correo


def hallar(entorno: Entorno, correo: str) -> int | None:
    """El id del usuario de ese correo, o `None`; lanza `Invalido` si no es un correo."""
    limpio = normalizar_correo(correo)
    with entorno.bd.lectura(NADA) as sesion:
        return sesion.scalar(select(Usuario.id).where(Usuario.correo == limpio))


def restablecer_clave(entorno: Entorno, correo: str, clave: str) -> None:
    """Pone otra clave, levanta el castigo y cierra todas las sesiones del usuario.

    Lanza `NoExiste`, o `Invalido` si la clave no sirve.
    """
    limpio = normalizar_correo(correo)
    fallas = fallas_de_clave(clave, limpio)
    if fallas:
        raise Invalido([Error("clave", "clave", falla) for falla in fallas])
    cifrada, ahora = cifrar(clave), entorno.reloj.ahora()
    with entorno.bd.transaccion(NADA) as sesion:
        usuario = sesion.scalar(select(Usuario).where(Usuario.correo == limpio).with_for_update())
        if usuario is None:
            raise NoExiste(f"No hay ningún usuario con el correo {limpio}.")
        usuario.clave = cifrada
        olvidar_intentos(sesion, limpio)
        sesion.execute(delete(SesionAbierta).where(SesionAbierta.usuario_id == usuario.id))
        anotar(sesion, ahora, None, usuario.id, "clave.restablecida")


def quitar_segundo_factor(entorno: Entorno, correo: str) -> None:
    """Para quien perdió su celular y sus códigos: entra con su contraseña y lo activa otra vez.

    Cierra sus sesiones. Lanza `NoExiste` si no hay tal usuario o no lo tenía.
    """
    limpio, ahora = normalizar_correo(correo), entorno.reloj.ahora()
    with entorno.bd.transaccion(NADA) as sesion:
        usuario = sesion.scalar(select(Usuario).where(Usuario.correo == limpio).with_for_update())
        if usuario is None or not lo_tiene(sesion, usuario.id):
            raise NoExiste(f"{limpio} no tiene segundo factor.")
        borrar(sesion, usuario.id)
        sesion.execute(delete(SesionAbierta).where(SesionAbierta.usuario_id == usuario.id))
        anotar(sesion, ahora, None, usuario.id, "segundo_factor.restablecido")

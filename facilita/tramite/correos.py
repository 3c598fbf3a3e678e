"""Los correos que un suceso deja escritos, y adónde van si la persona corrige su dirección."""

from dataclasses import dataclass

from sqlalchemy import or_, select

from facilita.tramite.caso import Caso
from facilita.tramite.modelos import Salida

TARDA = 4
"""Desde cuántos intentos fallidos se le dice a la persona que su correo tarda: unos minutos."""
QUITADO = "La persona ya no tiene un correo en su solicitud."


def dejar(
    caso: Caso,
    clave: str,
    para: str,
    asunto: str,
    texto: str,
    *,
    del_personal: bool = False,
    ficha_de: str | None = None,
) -> None:
    """Deja escrito un correo en la transacción del suceso; el trabajador lo entrega después.

    La `clave` es única y de ella sale su Message-ID: la misma en cada reintento. Los que son
    para el personal no cuelgan de la solicitud: la persona no los ve. Con `ficha_de`, el enlace
    secreto se escribe al entregar.
    """
    caso.sesion.add(
        Salida(
            entidad_id=caso.entidad.id,
            clase="correo",
            clave=clave,
            solicitud_id=None if del_personal else caso.solicitud.id,
            datos={
                "para": para,
                "asunto": asunto[:200],
                "texto": texto,
                "responder_a": caso.entidad.correo,
                "nombre_de": caso.entidad.nombre_corto,
                "entidad": caso.entidad.nombre,
                **({"ficha_de": ficha_de} if ficha_de else {}),
            },
            proxima_en=caso.al_anotar,
            creada_en=caso.al_anotar,
        )
    )


def mudar(caso: Caso, antes: str | None) -> None:
    """Lo que esperaba a la dirección anterior, o ya no se pudo entregar ahí, va a la corregida."""
    ahora = caso.solicitud.correo
    if not antes or antes == ahora:
        return
    suyas = (
        select(Salida)
        .where(
            Salida.solicitud_id == caso.solicitud.id,
            # Las alertas de la casilla van siempre al correo de la casilla.
            Salida.clase == "correo",
            Salida.situacion != "entregada",
        )
        .order_by(Salida.id)
        .with_for_update()
    )
    for salida in caso.sesion.scalars(suyas):
        if salida.datos["para"] != antes:
            continue
        if ahora is None:
            salida.situacion, salida.respuesta = "muerta", QUITADO
            continue
        salida.datos = {**salida.datos, "para": ahora}
        poner_en_camino(salida)


def poner_en_camino(salida: Salida) -> None:
    """La pone otra vez en la fila, en el lugar que le toca por cuándo se escribió."""
    salida.situacion = "lista"
    salida.intentos = 0
    salida.respuesta = None
    salida.proxima_en = salida.creada_en


def como_va(salida: Salida) -> tuple[str, str]:
    """Su color y su estado en palabras: en camino, falló y se reintenta, entregado o muerto."""
    if salida.situacion == "entregada":
        return "bien", "Lo recibió el servidor de correo"
    if salida.situacion == "muerta":
        return "rojo", "No se pudo entregar"
    if salida.intentos:
        return "ambar", "Falló y se vuelve a intentar"
    if salida.respuesta:
        return "ambar", "Espera: el servidor de correo no atiende"
    return "ninguno", "En camino"


@dataclass(frozen=True)
class SinEntregar:
    """Lo que no llegó al correo de la persona, para decírselo en su expediente."""

    para: str
    """Su dirección, tapada."""
    asuntos: tuple[str, ...]
    definitivo: bool
    """Si ya no se intenta más."""


def sin_entregar(caso: Caso) -> tuple[SinEntregar, ...]:
    """Lo que se le escribió y no llegó: primero lo que ya no se intenta."""
    suya = caso.solicitud.correo
    if not suya:
        return ()
    tarda = (Salida.situacion == "lista") & (Salida.intentos >= TARDA)
    consulta = (
        select(Salida)
        .where(Salida.solicitud_id == caso.solicitud.id, Salida.clase == "correo")
        .where(or_(Salida.situacion == "muerta", tarda))
        .order_by(Salida.id)
    )
    grupos: dict[bool, list[str]] = {True: [], False: []}
    for salida in caso.sesion.scalars(consulta):
        if salida.datos["para"] == suya:
            grupos[salida.situacion == "muerta"].append(salida.datos["asunto"])
    return tuple(SinEntregar(tapar(suya), tuple(a), d) for d, a in grupos.items() if a)


def tapar(correo: str) -> str:
    """La dirección con solo su primera letra y su dominio: «j***@example.com»."""
    usuario, arroba, dominio = correo.partition("@")
    return f"{usuario[:1]}***@{dominio}" if arroba else "***"

"""La conversación de un expediente: lo que se escribieron la persona y la entidad.

Lo escrito es un movimiento, que no cambia; un `Mensaje` dice si ya se leyó y si espera respuesta.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from facilita.tramite.caso import Caso
from facilita.tramite.modelos import Mensaje, Movimiento
from facilita.tramite.recorrido import adjuntos_de
from facilita.tramite.sucesos import mover

TIPO = "mensaje"
CIUDADANO, PERSONAL = "ciudadano", "usuario"


@dataclass(frozen=True)
class MensajeVisto:
    """Un mensaje como lo lee una de las dos partes."""

    id: int
    es_mio: bool
    quien: str
    cuando: datetime
    texto: str
    archivos: tuple[Mapping[str, Any], ...]
    leido_en: datetime | None
    leido_por: str | None
    espera: bool
    """Si es de la persona y la entidad todavía no lo respondió."""

    @property
    def es_nuevo(self) -> bool:
        """Si es de la otra parte y nadie lo había abierto."""
        return not self.es_mio and self.leido_en is None


@dataclass(frozen=True)
class Resumen:
    """Cuántos mensajes hay, cuántos son nuevos para quien mira y cuántos esperan respuesta."""

    cuantos: int = 0
    nuevos: int = 0
    esperan: int = 0


SIN_MENSAJES = Resumen()


def sin_responder() -> ColumnElement[bool]:
    """Los mensajes de la persona que la entidad todavía no respondió."""
    return and_(Mensaje.de == CIUDADANO, Mensaje.atendido_en.is_(None))


def de_solicitud(caso: Caso) -> list[Mensaje]:
    """Los mensajes de la solicitud, del primero al último."""
    suyos = select(Mensaje).where(Mensaje.solicitud_id == caso.solicitud.id).order_by(Mensaje.id)
    return list(caso.sesion.scalars(suyos))


def resumir(caso: Caso, para: str) -> Resumen:
    """La cuenta de los mensajes, para una de las dos partes."""
    mensajes = de_solicitud(caso)
    nuevos = sum(m.de != para and m.leido_en is None for m in mensajes)
    return Resumen(len(mensajes), nuevos, sum(_espera(m) for m in mensajes))


def vistos(caso: Caso, para: str) -> tuple[MensajeVisto, ...]:
    """La conversación entera, para una de las dos partes."""
    mensajes = de_solicitud(caso)
    adjuntos = adjuntos_de(caso, [m.movimiento for m in mensajes])
    return tuple(_visto(caso, m, para, adjuntos.get(m.movimiento_id, ())) for m in mensajes)


def _visto(
    caso: Caso, mensaje: Mensaje, para: str, archivos: tuple[Mapping[str, Any], ...]
) -> MensajeVisto:
    movimiento = mensaje.movimiento
    leyo = mensaje.leido_por.nombres if para == PERSONAL and mensaje.leido_por else None
    return MensajeVisto(
        id=mensaje.id,
        es_mio=mensaje.de == para,
        quien=_quien(caso, movimiento, para),
        cuando=movimiento.cuando,
        texto=str(movimiento.datos["mensaje"]),
        archivos=archivos,
        leido_en=mensaje.leido_en,
        leido_por=leyo,
        espera=_espera(mensaje),
    )


def _espera(mensaje: Mensaje) -> bool:
    return mensaje.de == CIUDADANO and mensaje.atendido_en is None


def _quien(caso: Caso, movimiento: Movimiento, para: str) -> str:
    if movimiento.quien == CIUDADANO:
        return "Tú" if para == CIUDADANO else caso.solicitud.remitente
    if para == CIUDADANO or movimiento.usuario is None:
        return caso.entidad.nombre_corto
    return movimiento.usuario.nombres


def agregar(caso: Caso, de: str, texto: str, envio: str) -> Movimiento:
    """Agrega un mensaje a la historia; quien llama ya tiene el turno de la solicitud."""
    movimiento = mover(caso, TIPO, {"mensaje": texto, "envio": envio})
    caso.sesion.flush()
    caso.sesion.add(
        Mensaje(
            entidad_id=caso.entidad.id,
            solicitud_id=caso.solicitud.id,
            movimiento_id=movimiento.id,
            de=de,
        )
    )
    return movimiento


def marcar_leidos(caso: Caso, para: str) -> None:
    """Quien mira ya leyó lo que le escribieron."""
    for mensaje in de_solicitud(caso):
        if mensaje.de != para and mensaje.leido_en is None:
            mensaje.leido_en = caso.ahora
            mensaje.leido_por_id = caso.autor.usuario_id


def dar_por_atendidos(caso: Caso) -> None:
    """Lo que la persona escribió ya no espera respuesta."""
    for mensaje in de_solicitud(caso):
        if _espera(mensaje):
            mensaje.atendido_en = caso.ahora

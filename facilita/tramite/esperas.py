"""Lo que en la bandeja espera a alguien del personal: mensajes sin responder y cédulas."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from facilita.tramite.acuses import llevables
from facilita.tramite.conversacion import sin_responder
from facilita.tramite.modelos import Mensaje, Notificacion, Solicitud
from facilita.tramite.permisos import Actor, alcance_con_roles

CLASES = ("mensajes", "cedula")


@dataclass(frozen=True)
class Marcas:
    """Lo que espera en las solicitudes de una página."""

    mensajes: Mapping[int, int]
    cedula: frozenset[int]


def condicion(clase: str) -> ColumnElement[bool]:
    """Las solicitudes que esperan eso."""
    return Solicitud.id.in_(_suyas(clase))


def _suyas(clase: str) -> Select[int]:
    # Son pocas: se parte de ellas y no de todas las solicitudes.
    if clase == "mensajes":
        return select(Mensaje.solicitud_id).where(sin_responder())
    return select(Notificacion.solicitud_id).where(llevables())


def contar(sesion: Session, actor: Actor) -> dict[str, int]:
    """Cuántas solicitudes a su alcance esperan algo, de cada clase."""
    suyas = select(func.count()).select_from(Solicitud).where(alcance_con_roles(actor))
    return {clase: sesion.scalar(suyas.where(condicion(clase))) or 0 for clase in CLASES}


def de_pagina(sesion: Session, solicitudes: Sequence[Solicitud]) -> Marcas:
    """Lo que espera en cada una."""
    ids = [s.id for s in solicitudes]
    mensajes = sesion.execute(
        select(Mensaje.solicitud_id, func.count())
        .where(Mensaje.solicitud_id.in_(ids), sin_responder())
        .group_by(Mensaje.solicitud_id)
    ).all()
    cedula = sesion.scalars(_suyas("cedula").where(Notificacion.solicitud_id.in_(ids)))
    return Marcas({fila[0]: fila[1] for fila in mensajes}, frozenset(cedula))

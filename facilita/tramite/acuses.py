"""Cuándo se enteró la persona de lo notificado, y qué plazos empiezan entonces (N07, N54)."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select

from facilita.tramite import terminos
from facilita.tramite.caso import Caso
from facilita.tramite.modelos import Notificacion
from facilita.tramite.modelos.sucesos import SIN_EFECTO
from facilita.tramite.sucesos import mover


def pendientes() -> ColumnElement[bool]:
    """Las notificaciones por correo cuyo acuse todavía hace falta.

    Lo que va por la casilla no está: ahí se abre y ahí queda su acuse (N51).
    """
    return and_(_en_espera(), Notificacion.deposito_id.is_(None))


def _en_espera() -> ColumnElement[bool]:
    return and_(Notificacion.notificado_en.is_(None), Notificacion.canal.is_(None))


def llevables() -> ColumnElement[bool]:
    """Las que se deben llevar por cédula, también las que iban por la casilla (N54)."""
    return and_(_en_espera(), Notificacion.por_cedula)


def de_solicitud(caso: Caso) -> list[Notificacion]:
    """Las de esta solicitud que todavía esperan acuse."""
    suyas = select(Notificacion).where(Notificacion.solicitud_id == caso.solicitud.id, pendientes())
    return list(caso.sesion.scalars(suyas))


def por_notificar(caso: Caso) -> list[Notificacion]:
    """Las que el personal tiene por delante: sin acuse, o por llevar por cédula."""
    suyas = select(Notificacion).where(
        Notificacion.solicitud_id == caso.solicitud.id,
        _en_espera(),
        or_(Notificacion.deposito_id.is_(None), Notificacion.por_cedula),
    )
    return list(caso.sesion.scalars(suyas))


def acusar_pendientes(caso: Caso) -> None:
    """Quien abre su expediente completo también se entera de lo pendiente."""
    for notificacion in de_solicitud(caso):
        dar_por_notificada(caso, notificacion, caso.ahora, "expediente")


def dar_por_notificada(
    caso: Caso, notificacion: Notificacion, cuando: datetime, canal: str
) -> None:
    """Fija cuándo se enteró la persona y abre los plazos que cuentan desde ahí."""
    if notificacion.notificado_en is not None:
        return
    abre_plazos = notificacion.espera and terminos.es_del_flujo(caso, notificacion)
    notificacion.notificado_en = cuando
    notificacion.canal = canal
    notificacion.por_cedula = False
    mover(caso, "notificado", {"canal": canal, "el": cuando.isoformat()})
    if abre_plazos:
        terminos.abrir_del_reloj(caso, "notificado", cuando)


def dejar_sin_efecto(caso: Caso) -> None:
    """El trámite salió del estado que esperaba el acuse: ya no hace falta cédula (N54)."""
    suyas = select(Notificacion).where(Notificacion.solicitud_id == caso.solicitud.id, _en_espera())
    for notificacion in caso.sesion.scalars(suyas).all():
        # Un acto propio de la casilla no depende del estado del trámite.
        if terminos.es_del_flujo(caso, notificacion):
            notificacion.canal = SIN_EFECTO
            notificacion.por_cedula = False

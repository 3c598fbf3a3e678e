"""Lo que el expediente de la persona todavía no muestra: lo que debe abrir en su casilla (N51).

Se muestra desde que lo abre allí, o desde que se le notificó por cédula.
"""

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from facilita.tramite.modelos import Deposito, Notificacion, PorDepositar
from facilita.tramite.modelos.casilla import CEDULA, POR_CORREO


@dataclass(frozen=True)
class Reservado:
    """Lo que espera en la casilla de quien presentó."""

    movimientos: frozenset[int] = frozenset()
    """Cuyos textos y archivos no se muestran."""
    respuestas: frozenset[int] = frozenset()
    """El orden de las respuestas que no se muestran."""


NADA_RESERVADO = Reservado()


def de_solicitud(sesion: Session, solicitud_id: int) -> Reservado:
    """Lo reservado de una solicitud."""
    cerrados = _sin_abrir(sesion, solicitud_id)
    respuestas = sesion.execute(
        select(PorDepositar.movimiento_id, PorDepositar.orden).where(
            PorDepositar.solicitud_id == solicitud_id,
            PorDepositar.situacion != POR_CORREO,
            or_(PorDepositar.deposito_id.is_(None), PorDepositar.deposito_id.in_(list(cerrados))),
        )
    ).all()
    if not cerrados and not respuestas:
        return NADA_RESERVADO
    movimientos = {*cerrados.values(), *(f[0] for f in respuestas)}
    return Reservado(frozenset(movimientos), frozenset(f[1] for f in respuestas))


def _sin_abrir(sesion: Session, solicitud_id: int) -> dict[int, int]:
    """Los depósitos que nadie abrió ni se llevaron por cédula, con su movimiento."""
    por_cedula = select(Notificacion.deposito_id).where(
        Notificacion.solicitud_id == solicitud_id, Notificacion.canal == CEDULA
    )
    filas = sesion.execute(
        select(Deposito.id, Deposito.movimiento_id).where(
            Deposito.solicitud_id == solicitud_id,
            Deposito.abierto_en.is_(None),
            or_(Deposito.situacion != CEDULA, Deposito.id.not_in(por_cedula)),
        )
    )
    return {f[0]: f[1] for f in filas}

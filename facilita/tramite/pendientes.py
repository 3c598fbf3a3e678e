"""Las tareas abiertas de una solicitud: qué detienen, y cómo se cierran solas al terminar."""

from collections.abc import Sequence

from sqlalchemy import select

from facilita.tramite.caso import Caso
from facilita.tramite.modelos import Tarea
from facilita.tramite.sucesos import mover


def abiertas(caso: Caso) -> Sequence[Tarea]:
    """Las tareas de la solicitud que esperan respuesta, de la más antigua a la más nueva."""
    return caso.sesion.scalars(
        select(Tarea)
        .where(Tarea.solicitud_id == caso.solicitud.id, Tarea.situacion == "abierta")
        .order_by(Tarea.id)
    ).all()


def detenidas(caso: Caso) -> dict[str, str]:
    """Los pasos que una tarea abierta detiene, y por qué."""
    declaradas = caso.definicion.tareas
    if not any(t.detiene for t in declaradas.values()):
        return {}
    return {
        paso: f"Falta responder la tarea «{declaradas[tarea.cual].etiqueta}»."
        for tarea in abiertas(caso)
        for paso in declaradas[tarea.cual].detiene
    }


def cerrar(caso: Caso, tarea: Tarea, situacion: str) -> None:
    """Cierra una tarea."""
    tarea.situacion = situacion
    tarea.cerrada_en = caso.ahora
    caso.sesion.flush()


def cerrar_todas(caso: Caso) -> None:
    """La solicitud terminó: sus tareas ya no esperan nada."""
    if not caso.definicion.tareas:
        return
    for tarea in abiertas(caso):
        cerrar(caso, tarea, "cerrada")
        mover(caso, "tarea_cerrada", {"tarea": tarea.cual, "cual": tarea.id})

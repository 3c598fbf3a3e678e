"""Hasta cuándo se presenta con una versión que ya no es la vigente."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import VersionVencida
from facilita.tramite.modelos import Formulario, Publicacion, Version
from facilita.tramite.terminos import vencio


def exigir_gracia(sesion: Session, entorno: Entorno, version: Version) -> None:
    """Lanza `VersionVencida` si el borrador es de una versión cuyo tiempo terminó."""
    limite = limite_de_version(sesion, entorno, version)
    if limite is not None and vencio(limite, entorno.reloj.ahora()):
        raise VersionVencida


def limite_de_version(sesion: Session, entorno: Entorno, version: Version) -> datetime | None:
    """Hasta cuándo se presenta con esa versión; nada, si no hay otra que la reemplace.

    Se cuenta desde que se publicó la que la reemplazó. Un formulario retirado no reemplaza nada.
    """
    formulario = sesion.get_one(Formulario, version.formulario_id)
    if formulario.vigente_id in (None, version.id):
        return None
    suya = select(func.max(Publicacion.id)).where(Publicacion.version_id == version.id)
    ultima_vez = sesion.scalar(suya) or 0
    reemplazo = sesion.scalar(
        select(func.min(Publicacion.cuando)).where(
            Publicacion.formulario_id == formulario.id,
            Publicacion.version_id.is_not(None),
            Publicacion.id > ultima_vez,
        )
    )
    return reemplazo + timedelta(days=entorno.dias_de_gracia) if reemplazo else None

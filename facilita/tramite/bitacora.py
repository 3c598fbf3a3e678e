"""La bitácora de las cuentas: se escribe con el mismo suceso que cuenta (N61)."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from facilita.tramite.modelos import Bitacora


def anotar(
    sesion: Session,
    cuando: datetime,
    entidad_id: int | None,
    usuario_id: int | None,
    accion: str,
    sobre: str | None = None,
    **datos: Any,
) -> None:
    """Agrega una línea: quién hizo qué, sobre qué y cuándo. Nunca datos del ciudadano."""
    sesion.add(
        Bitacora(
            cuando=cuando,
            entidad_id=entidad_id,
            usuario_id=usuario_id,
            accion=accion,
            sobre=sobre,
            datos=datos,
        )
    )

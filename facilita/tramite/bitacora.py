"""La bitácora de las cuentas: se escribe con el mismo suceso que cuenta (N61)."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from facilita.tramite.modelos import Area, Bitacora, Membresia, Sede


def anotar(
    sesion: Session,
    cuando: datetime,
    entidad_id: int | None,
    usuario_id: int | None,
    accion: str,
    sobre: str | None = None,
    **datos: Any,
) -> None:
    """Agrega una línea: quién hizo qué, desde qué puesto, sobre qué y cuándo.

    Nunca datos del ciudadano. El puesto es el de ese momento: mañana puede tener otro.
    """
    if entidad_id and usuario_id:
        datos["puesto"] = _puesto(sesion, entidad_id, usuario_id)
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


def _puesto(sesion: Session, entidad_id: int, usuario_id: int) -> dict[str, str | None]:
    fila = sesion.execute(
        select(Membresia.rol, Area.nombre, Sede.nombre)
        .outerjoin(Area, Area.id == Membresia.area_id)
        .outerjoin(Sede, Sede.id == Membresia.sede_id)
        .where(Membresia.entidad_id == entidad_id, Membresia.usuario_id == usuario_id)
    ).one_or_none()
    rol, area, sede = fila or (None, None, None)
    return {"rol": rol, "area": area, "sede": sede}

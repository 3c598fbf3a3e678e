"""La hora del Perú: los instantes se guardan en UTC y el día lo da Lima (N02)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

LIMA = ZoneInfo("America/Lima")


def a_lima(instante: datetime) -> datetime:
    """Pasa un instante a la hora de Lima; `ValueError` si no lleva zona horaria (N02)."""
    if instante.tzinfo is None or instante.utcoffset() is None:
        raise ValueError(f"el instante {instante} no dice su zona horaria")
    return instante.astimezone(LIMA)


def fecha_lima(instante: datetime) -> date:
    """Día de Lima en que cae el instante; `ValueError` si no lleva zona horaria (N02)."""
    return a_lima(instante).date()

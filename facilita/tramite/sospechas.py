"""Cuándo se duda de que llena una persona. Dudar nunca impide presentar: pide un paso más (N04)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

TRAMPA = "trampa"
"""Escribió en un campo que nadie ve."""
PRISA = "prisa"
"""Envió la revisión sin tiempo de haberla leído, o sin haberla abierto."""
MUCHOS = "muchos"
"""Llegan demasiados envíos de su misma red al mismo formulario."""

MOTIVOS = {
    TRAMPA: "Tu navegador llenó un campo escondido que sirve para reconocer programas.",
    PRISA: "Enviaste más rápido de lo que se tarda en leer esta página.",
    MUCHOS: "Desde tu conexión llegan muchos envíos en este momento.",
}
"""Cada duda dicha a la persona, sin acusarla."""


def dudas(
    senales: Sequence[str], mirada_en: datetime | None, ahora: datetime, minimo: timedelta
) -> tuple[str, ...]:
    """Lo que hace dudar al presentar; `mirada_en` es cuándo se mostró la revisión que se envía."""
    con_prisa = bool(minimo) and (mirada_en is None or ahora - mirada_en < minimo)
    halladas = (*senales, PRISA) if con_prisa else tuple(senales)
    return tuple(dict.fromkeys(s for s in halladas if s in MOTIVOS))

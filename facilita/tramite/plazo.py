"""Un plazo como se le muestra al personal: en palabras y en color, nunca el color solo."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Plazo:
    """Un plazo en palabras y en color: nunca el color solo."""

    color: str
    texto: str
    vence: datetime | None = None


def quedan(dias: int) -> str:
    """Los días hábiles que quedan, en palabras; negativos si ya venció."""
    if dias < 0:
        return "Venció hace 1 día hábil" if dias == -1 else f"Venció hace {-dias} días hábiles"
    if dias == 0:
        return "Vence hoy"
    return "Queda 1 día hábil" if dias == 1 else f"Quedan {dias} días hábiles"

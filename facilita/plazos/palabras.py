"""Fechas y enumeraciones en palabras, sin depender del idioma del servidor."""

from collections.abc import Sequence
from datetime import date, datetime

from facilita.plazos.zona import a_lima

DIAS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
MESES = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio",
    "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
)  # fmt: skip


def fecha_larga(fecha: date) -> str:
    """Escribe la fecha en palabras: «lunes 27 de julio de 2026»."""
    return f"{DIAS[fecha.weekday()]} {fecha.day} de {MESES[fecha.month - 1]} de {fecha.year}"


def momento_largo(instante: datetime) -> str:
    """Escribe el instante en hora de Lima, al segundo; `ValueError` si no lleva zona (N02)."""
    local = a_lima(instante)
    return f"{fecha_larga(local)}, {local:%H:%M:%S}"


def enumerar(cosas: Sequence[str]) -> str:
    """Une con comas y una «y» final."""
    if len(cosas) < 2:
        return "".join(cosas)
    return f"{', '.join(cosas[:-1])} y {cosas[-1]}"

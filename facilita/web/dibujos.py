"""Los dibujos que hace el servidor: barras con sus medidas, para un SVG que dice lo que muestra."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from facilita.tramite.observatorio import Cuenta

ANCHO, ALTO, BARRA = 360, 46, 16
"""El ancho del dibujo, el alto de cada fila y el de su barra."""
ALTO_DE_COLUMNAS, PIE = 160, 40
MESES = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "set", "oct", "nov", "dic")


@dataclass(frozen=True)
class Barra:
    """Una barra acostada: cuánto ocupa el grupo y cuánto de él cumple."""

    nombre: str
    dicho: str
    y: int
    largo: float
    cumple: float


@dataclass(frozen=True)
class Columna:
    """Una barra de pie, de un mes."""

    nombre: str
    dicho: str
    valor: int
    x: float
    ancho: float
    y: float
    alto: float


def barras(cuentas: Sequence[Cuenta]) -> tuple[list[Barra], int]:
    """Las barras de unos grupos, a la misma escala, y el alto del dibujo."""
    mayor = max((c.total for c in cuentas), default=0) or 1
    hechas = [
        Barra(
            c.nombre,
            f"{c.cumplen} de {c.total}",
            n * ALTO,
            round(ANCHO * c.total / mayor, 1),
            round(ANCHO * c.cumplen / mayor, 1),
        )
        for n, c in enumerate(cuentas)
    ]
    return hechas, ALTO * len(cuentas)


def columnas(evolucion: Iterable[tuple[date, Cuenta]]) -> list[Columna]:
    """Una columna por mes con cuántas de cada cien cumplían."""
    puntos = list(evolucion)
    paso = ANCHO / max(len(puntos), 1)
    return [
        Columna(
            MESES[dia.month - 1],
            f"{dia:%d/%m/%Y}: {c.de_cada_100} de cada 100",
            c.de_cada_100,
            round(n * paso + 2, 1),
            round(paso - 4, 1),
            round(20 + ALTO_DE_COLUMNAS * (1 - c.de_cada_100 / 100), 1),
            round(ALTO_DE_COLUMNAS * c.de_cada_100 / 100, 1),
        )
        for n, (dia, c) in enumerate(puntos)
    ]

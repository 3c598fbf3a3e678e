"""Escribir tablas para otros programas: CSV y XLSX, siempre con los mismos bytes."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO, StringIO

from xlsxwriter import Workbook

_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
_ANCHO_MAXIMO = 60


@dataclass(frozen=True)
class Tabla:
    """Una hoja: su nombre, los títulos de sus columnas y sus filas."""

    nombre: str
    titulos: Sequence[str]
    filas: Sequence[Sequence[str | int]]


def a_csv(titulos: Sequence[str], filas: Iterable[Sequence[str | int]]) -> bytes:
    """Un CSV en UTF-8 que las hojas de cálculo abren con sus tildes."""
    salida = StringIO()
    escritor = csv.writer(salida, lineterminator="\r\n")
    escritor.writerow(titulos)
    escritor.writerows([inofensivo(celda) for celda in fila] for fila in filas)
    return salida.getvalue().encode("utf-8-sig")


def inofensivo(celda: str | int) -> str | int:
    """Un texto ajeno es texto: sin esto, uno que empieza con «=» se ejecutaría al abrirlo."""
    return f"'{celda}" if isinstance(celda, str) and celda.startswith(_FORMULAS) else celda


def a_xlsx(tablas: Sequence[Tabla], titulo: str, autor: str, creado: datetime) -> bytes:
    """Un XLSX con una hoja por tabla; con lo mismo, los mismos bytes."""
    salida = BytesIO()
    # Un texto se guarda como texto: ni fórmulas ni enlaces salen de lo que alguien escribió.
    opciones = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    libro = Workbook(salida, opciones)
    fecha = creado.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    libro.set_properties({"title": titulo, "author": autor, "created": fecha})
    cabecera = libro.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    for tabla in tablas:
        hoja = libro.add_worksheet(tabla.nombre)
        hoja.freeze_panes(1, 0)
        hoja.write_row(0, 0, tabla.titulos, cabecera)
        for n, fila in enumerate(tabla.filas, 1):
            hoja.write_row(n, 0, fila)
        for columna, ancho in enumerate(_anchos(tabla)):
            hoja.set_column(columna, columna, ancho)
        hoja.autofilter(0, 0, max(len(tabla.filas), 1), len(tabla.titulos) - 1)
    libro.close()
    return salida.getvalue()


def _anchos(tabla: Tabla) -> list[int]:
    columnas = zip(tabla.titulos, *tabla.filas, strict=True)
    return [min(max(len(str(c)) for c in columna) + 2, _ANCHO_MAXIMO) for columna in columnas]

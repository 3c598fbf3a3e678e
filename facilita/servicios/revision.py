"""Qué es de verdad un archivo que llega: se decide por su contenido y se compara con su nombre."""

import os
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from facilita.servicios.revision_firmas import ajeno, disfraz, familia, texto_de
from facilita.servicios.revision_imagen import mirar_jpg, mirar_png
from facilita.servicios.revision_ole import mirar_ole
from facilita.servicios.revision_pdf import mirar_pdf
from facilita.servicios.revision_tipos import (
    MARCAS,
    POR_EXTENSION,
    TIPOS,
    Contenido,
    Ficha,
    TipoArchivo,
    Visto,
    como,
)
from facilita.servicios.revision_zip import mirar_zip

__all__ = [
    "MARCAS",
    "TIPOS",
    "Contenido",
    "Ficha",
    "TipoArchivo",
    "nombre_seguro",
    "revisar",
    "tipo_por_nombre",
]

_CABEZA = 4096
_MUESTRA = 1024 * 1024
_PDF_TARDIO = 1024
_NOMBRE_MAXIMO = 150
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,16}$")
_PALABRA = re.compile(r"\.[a-z][a-z0-9]*")
_PROHIBIDOS = re.compile(r'[<>:"|?*]')
_RESERVADO = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_EN_ZIP = {"docx", "xlsx", "pptx", "odt", "ods"}

_MIRADAS: Mapping[str, Callable[[Contenido, int, str | None], Visto]] = MappingProxyType(
    {
        "pdf": lambda archivo, tamano, esperado: mirar_pdf(archivo),
        "ole": lambda archivo, tamano, esperado: mirar_ole(archivo, esperado),
        "zip": mirar_zip,
        "jpg": lambda archivo, tamano, esperado: mirar_jpg(archivo),
        "png": lambda archivo, tamano, esperado: mirar_png(archivo, tamano),
    }
)


def revisar(ruta_o_archivo: str | Path | Contenido, nombre: str) -> Ficha:
    """La ficha de un archivo; nunca falla por lo que el archivo contenga."""
    with _abierto(ruta_o_archivo) as archivo:
        tamano = archivo.seek(0, os.SEEK_END)
        if not tamano:
            return Ficha(None, motivo="El archivo está vacío.")
        esperado, motivo = tipo_por_nombre(nombre)
        if motivo:
            return Ficha(None, motivo=motivo)
        return _comparar(_mirar(archivo, tamano, esperado), esperado, _extension(nombre))


def tipo_por_nombre(nombre: str) -> tuple[str | None, str | None]:
    """Lo que un nombre promete, antes de ver el contenido: el tipo, o por qué no se recibe."""
    extension = _extension(nombre)
    tipo = POR_EXTENSION.get(extension)
    return tipo, f"No se reciben archivos «.{extension}»." if extension and not tipo else None


def nombre_seguro(nombre: str) -> str:
    """El nombre para mostrar y descargar: sin ruta ni caracteres que engañen, hasta 150."""
    ultimo = re.split(r"[/\\]", unicodedata.normalize("NFC", nombre))[-1]
    visible = "".join(c for c in ultimo if c in "\t\n" or unicodedata.category(c)[0] != "C")
    limpio = " ".join(_PROHIBIDOS.sub("_", visible).split()).rstrip(". ")
    cola = _EXTENSION.search(limpio)
    extension = cola.group() if cola else ""
    tronco = limpio.removesuffix(extension).strip(". ") or "archivo"
    if _RESERVADO.fullmatch(tronco):
        tronco = f"archivo {tronco}"
    return tronco[: _NOMBRE_MAXIMO - len(extension)].rstrip(". ") + extension


def _extension(nombre: str) -> str:
    """La extensión en minúsculas; vacía si el final es un número, como en «Oficio N.045»."""
    cola = _EXTENSION.search(nombre_seguro(nombre).lower())
    return cola.group()[1:] if cola and _PALABRA.fullmatch(cola.group()) else ""


def _comparar(visto: Visto, esperado: str | None, extension: str) -> Ficha:
    tipo = "zip" if esperado == "zip" and visto.tipo in _EN_ZIP else visto.tipo
    if esperado is not None and tipo != esperado:
        nombre = f"El nombre termina en «.{extension}»"
        motivo = f"{nombre}, pero por dentro es otra cosa: {visto.descripcion}."
        return Ficha(None, motivo=motivo)
    if tipo is None:
        return Ficha(None, motivo=f"Por dentro es {visto.descripcion}, que no se recibe.")
    return Ficha(tipo, TIPOS[tipo].mime, visto.paginas, visto.marcas)


def _mirar(archivo: Contenido, tamano: int, esperado: str | None) -> Visto:
    archivo.seek(0)
    cabeza = archivo.read(_CABEZA)
    clase = familia(cabeza)
    if clase is not None:
        return _MIRADAS[clase](archivo, tamano, esperado)
    archivo.seek(0)
    texto = texto_de(archivo.read(_MUESTRA))
    if texto is not None and (disfrazado := disfraz(texto)):
        return Visto(None, disfrazado)
    if esperado == "pdf" and b"%PDF-" in cabeza[:_PDF_TARDIO] and not ajeno(cabeza):
        return mirar_pdf(archivo)
    if texto is not None:
        return como("txt")
    return Visto(None, ajeno(cabeza) or "de un tipo desconocido")


@contextmanager
def _abierto(ruta_o_archivo: str | Path | Contenido) -> Iterator[Contenido]:
    if isinstance(ruta_o_archivo, str | Path):
        with Path(ruta_o_archivo).open("rb") as archivo:
            yield archivo
        return
    lugar = ruta_o_archivo.tell()
    try:
        yield ruta_o_archivo
    finally:
        ruta_o_archivo.seek(lugar)

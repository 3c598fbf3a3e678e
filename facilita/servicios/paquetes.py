"""Los archivos que se dan para comprobar: sueltos o dentro de un ZIP, cada uno con su huella."""

import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from os import SEEK_END
from typing import IO, BinaryIO

from facilita.servicios.almacen_recepcion import AlmacenNoDisponible
from facilita.servicios.comprobacion import PDF_MAXIMO
from facilita.servicios.comprobacion_puntos import Dado

TROZO = 1024 * 1024
ENTRADAS_MAXIMAS = 2000
DENTRO_MAXIMO = 2 * 1024**3
"""Lo que se lee de un ZIP, ya descomprimido."""
SIEMPRE_CABE, VECES = 64 * 1024**2, 5
"""Y no más que tantas veces lo que pesa, si pasa de ahí: un ZIP de 2 MB puede decir 2 GB."""


_ROTAS = (
    zipfile.BadZipFile, zlib.error, OSError, RuntimeError, EOFError, ValueError,
    # Una recepción llama así a moverse adonde no hay nada.
    AlmacenNoDisponible,
)  # fmt: skip


class PaqueteExcesivo(ValueError):
    """Un ZIP con más de lo que un expediente puede tener."""


def abrir_dados(nombre: str, archivo: BinaryIO) -> Iterator[Dado]:
    """Lo que hay en un archivo: él mismo, o lo que trae si es un ZIP; uno roto es él mismo."""
    paquete = _paquete(archivo) if nombre.casefold().endswith(".zip") else None
    if paquete is not None:
        yield from _del_zip(nombre, paquete, archivo.seek(0, SEEK_END))
        return
    archivo.seek(0)
    yield _dado(nombre, archivo)


def _paquete(archivo: BinaryIO) -> zipfile.ZipFile | None:
    try:
        archivo.seek(0)
        return zipfile.ZipFile(archivo)
    except _ROTAS:
        return None


def _del_zip(nombre: str, paquete: zipfile.ZipFile, pesa: int) -> Iterator[Dado]:
    """Cada entrada de un ZIP; una que no se deja leer tiene otra huella que la suya."""
    entradas = [e for e in paquete.infolist() if not e.is_dir()]
    if len(entradas) > ENTRADAS_MAXIMAS:
        raise PaqueteExcesivo(f"{nombre} trae más de {ENTRADAS_MAXIMAS} archivos")
    # Lo que dice cada entrada es también lo más que se lee de ella.
    if sum(e.file_size for e in entradas) > min(DENTRO_MAXIMO, SIEMPRE_CABE + VECES * pesa):
        raise PaqueteExcesivo(f"{nombre} trae demasiado adentro")
    for entrada in entradas:
        yield _entrada(paquete, entrada)


def _entrada(paquete: zipfile.ZipFile, entrada: zipfile.ZipInfo) -> Dado:
    try:
        with paquete.open(entrada) as dentro:
            return _dado(entrada.filename, dentro)
    except _ROTAS:
        return Dado(entrada.filename, "ilegible")


def _dado(nombre: str, archivo: IO[bytes]) -> Dado:
    suma, guardado, tamano = hashlib.sha256(), bytearray(), 0
    while trozo := archivo.read(TROZO):
        suma.update(trozo)
        tamano += len(trozo)
        if len(guardado) <= PDF_MAXIMO:
            guardado += trozo
    es_pdf = tamano <= PDF_MAXIMO and guardado[:1024].find(b"%PDF-") >= 0
    return Dado(nombre, suma.hexdigest(), bytes(guardado) if es_pdf else None)

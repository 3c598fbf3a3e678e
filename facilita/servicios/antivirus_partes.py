"""Lo que el antivirus no ve solo: lo que un PDF lleva adentro y lo que un ZIP esconde grande."""

import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from facilita.servicios.antivirus import (
    INFECTADO,
    LIMPIO,
    NO_ANALIZADO,
    Antivirus,
    Veredicto,
)
from facilita.servicios.revision_tipos import Contenido

_PROGRAMA = Path(__file__).with_name("extractor_pdf.py")
_PARTE_MAXIMA = 256 * 1024 * 1024
_EN_MEMORIA = 4 * 1024 * 1024
_EN_ZIP = {"zip", "docx", "xlsx", "pptx", "odt", "ods"}
_CON_PARTES = {"con_adjuntos", "con_codigo", "danado", "sin_examinar", "desmedido"}
_OPACO = {
    "cifrado": "pide una contraseña y no se puede mirar por dentro",
    "desmedido": "abrirlo entero exige demasiado",
}


class SinPartes(Exception):
    """No se pudo sacar todo lo que el archivo lleva adentro."""


def analizar(
    antivirus: Antivirus, archivo: BinaryIO, tipo: str, marcas: frozenset[str]
) -> Veredicto:
    """El veredicto de un archivo y de todo lo que lleva; «limpio» solo si se miró entero."""
    suyo = antivirus.analizar(archivo)
    if suyo.situacion != LIMPIO:
        return suyo
    for marca, motivo in _OPACO.items():
        if marca in marcas:
            return Veredicto(NO_ANALIZADO, motivo)
    if tipo in _EN_ZIP:
        return _de_zip(archivo, antivirus.maximo)
    if tipo == "pdf" and not marcas.isdisjoint(_CON_PARTES):
        return _de_pdf(antivirus, archivo)
    return suyo


def _de_zip(archivo: BinaryIO, maximo: int) -> Veredicto:
    """clamd abre un ZIP, pero se salta callando lo que pasa de su máximo."""
    archivo.seek(0)
    try:
        with zipfile.ZipFile(archivo) as comprimido:
            pesan = [parte.file_size for parte in comprimido.infolist()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return Veredicto(NO_ANALIZADO, "está dañado y no se puede mirar por dentro")
    if any(pesa > maximo for pesa in pesan) or sum(pesan) > 4 * maximo:
        return Veredicto(NO_ANALIZADO, "lleva adentro más de lo que el antivirus mira")
    return Veredicto(LIMPIO)


def _de_pdf(antivirus: Antivirus, archivo: BinaryIO) -> Veredicto:
    try:
        for parte in partes_de_pdf(archivo):
            suyo = antivirus.analizar(parte)
            if suyo.situacion == INFECTADO:
                return Veredicto(INFECTADO, f"{suyo.detalle} (en un archivo que lleva adentro)")
            if suyo.situacion != LIMPIO:
                return Veredicto(NO_ANALIZADO, f"un archivo que lleva adentro {suyo.detalle}")
    except SinPartes:
        return Veredicto(NO_ANALIZADO, "no se pudo mirar todo lo que lleva adentro")
    return Veredicto(LIMPIO)


def partes_de_pdf(archivo: BinaryIO) -> Iterator[Contenido]:
    """Cada archivo y código que un PDF lleva adentro; lanza `SinPartes` si no salieron todos.

    Los saca un proceso aparte, con memoria y tiempo contados: un PDF ajeno no tumba al trabajador.
    """
    with tempfile.TemporaryFile() as copia:
        archivo.seek(0)
        while bloque := archivo.read(256 * 1024):
            copia.write(bloque)
        copia.seek(0)
        proceso = subprocess.Popen(  # noqa: S603 - la orden es nuestra entera
            [sys.executable, "-I", str(_PROGRAMA)],
            stdin=copia,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
        )
        try:
            yield from _leidas(cast(BinaryIO, proceso.stdout))
        finally:
            proceso.kill()
            cast(BinaryIO, proceso.stdout).close()
            proceso.wait()


def _leidas(salida: BinaryIO) -> Iterator[Contenido]:
    while True:
        (largo,) = struct.unpack(">Q", _exactos(salida, 8))
        if largo == 0:
            return
        if largo > _PARTE_MAXIMA:
            raise SinPartes
        with tempfile.SpooledTemporaryFile(max_size=_EN_MEMORIA) as parte:
            quedan = largo - 1
            while quedan:
                bloque = _exactos(salida, min(quedan, 256 * 1024))
                parte.write(bloque)
                quedan -= len(bloque)
            parte.seek(0)
            yield cast(Contenido, parte)


def _exactos(salida: BinaryIO, cuantos: int) -> bytes:
    leidos = salida.read(cuantos)
    if len(leidos) < cuantos:
        raise SinPartes
    return leidos

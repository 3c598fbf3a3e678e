"""Dónde viven los archivos: un protocolo, y la puerta que elige entre carpeta local y S3."""

import importlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from facilita.servicios.almacen_local import AlmacenLocal
from facilita.servicios.almacen_recepcion import (
    AlmacenNoDisponible,
    AlmacenSinEspacio,
    ArchivoNoEncontrado,
    ClaveInvalida,
    Recepcion,
)

__all__ = [
    "Almacen",
    "AlmacenNoDisponible",
    "AlmacenSinEspacio",
    "ArchivoNoEncontrado",
    "ClaveInvalida",
    "Recepcion",
    "abrir_almacen",
]


class Almacen(Protocol):
    """Quien guarda contenidos por su huella, sin cambiarles un byte."""

    def recibir(self) -> Recepcion:
        """Un lugar donde ir escribiendo lo que llega; al cerrarse sin guardar, no deja nada."""

    def guardar(self, recepcion: Recepcion, entidad: str) -> str:
        """Lo deja guardado de forma duradera y devuelve su clave `entidad/sha256`."""

    def abrir(self, clave: str) -> BinaryIO:
        """El contenido, para leer y moverse; `ArchivoNoEncontrado` si no está."""

    def tamano(self, clave: str) -> int:
        """Cuántos bytes ocupa; `ArchivoNoEncontrado` si no está."""

    def existe(self, clave: str) -> bool:
        """Si hay algo guardado con esa clave."""

    def borrar(self, clave: str) -> None:
        """Lo borra; no pasa nada si no estaba."""

    def claves(self, entidad: str | None = None) -> Iterator[tuple[str, datetime]]:
        """Cada clave guardada, de una entidad o de todas, con la fecha en que se guardó."""

    def guardar_trozo(self, recepcion: Recepcion, carpeta: str, nombre: str) -> None:
        """Deja guardado un trozo de un archivo que llega por partes, al alcance de todo proceso."""

    def abrir_trozo(self, carpeta: str, nombre: str) -> BinaryIO:
        """Un trozo, para leerlo de corrido; `ArchivoNoEncontrado` si no está."""

    def borrar_trozos(self, carpeta: str) -> None:
        """Borra todos los trozos de una subida; no pasa nada si no había."""

    def comprobar(self) -> None:
        """No hace nada si se puede usar; si no, falla con el motivo."""


def abrir_almacen(url: str) -> Almacen:
    """El almacén de esa dirección: una carpeta, `file:carpeta` o `s3://balde?endpoint=…&region=…`."""
    partes = urlsplit(url)
    if partes.scheme == "s3":
        return _abrir_s3(partes.netloc, partes.path, dict(parse_qsl(partes.query)))
    if partes.scheme == "file":
        return AlmacenLocal(Path(unquote(partes.path)))
    if "://" in url or not url:
        raise ValueError("El almacén debe ser una carpeta, «file:carpeta» o «s3://balde»")
    return AlmacenLocal(Path(url))


def _abrir_s3(balde: str, ruta: str, opciones: dict[str, str]) -> Almacen:
    sobran = opciones.keys() - {"endpoint", "region"}
    if not balde or ruta.strip("/") or sobran:
        raise ValueError("El almacén S3 se escribe «s3://balde?endpoint=…&region=…»")
    # boto3 es opcional y pesa medio segundo: se carga solo si alguien lo pidió.
    modulo = importlib.import_module("facilita.servicios.almacen_s3")
    s3: Almacen = modulo.AlmacenS3(
        balde, extremo=opciones.get("endpoint"), region=opciones.get("region")
    )
    return s3

"""Servir un archivo: siempre como adjunto, nunca para abrirse dentro del sitio."""

from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import quote

from flask import Response

from facilita.tramite.descargas import Descarga
from facilita.web.mundo import entorno

TROZO = 256 * 1024


def servir_descarga(descarga: Descarga) -> Response:
    """Los bytes tal como llegaron, para descargar y con su SHA-256."""
    archivo = entorno().almacen.abrir(descarga.clave)
    respuesta = Response(_trozos(archivo), content_type="application/octet-stream")
    respuesta.call_on_close(archivo.close)
    respuesta.headers.update(
        {
            "Content-Length": str(descarga.tamano),
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(descarga.nombre)}",
            "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
            "Cache-Control": "private, no-store",
            "ETag": f'"{descarga.sha256[:32]}"',
        }
    )
    return respuesta


def _trozos(archivo: BinaryIO) -> Iterator[bytes]:
    while trozo := archivo.read(TROZO):
        yield trozo

"""La petición: lo que se sube va derecho al almacén, sin pasar entero por la memoria."""

from io import BytesIO
from typing import IO

from flask import Request

from facilita.servicios.almacen import Recepcion
from facilita.web.mundo import entorno


class Peticion(Request):
    """Una petición cuyos archivos llegan a una recepción del almacén."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        # Un campo de archivo vacío llega sin nombre y no necesita recepción.
        if not filename:
            return BytesIO()
        recepcion: Recepcion = entorno().almacen.recibir()
        return recepcion  # type: ignore[return-value]

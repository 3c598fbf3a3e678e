"""La petición: lo que se sube va derecho al almacén, y lo que no se entiende se dice."""

from io import BytesIO
from typing import IO

from flask import Request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from facilita.servicios.almacen import Recepcion
from facilita.web.mundo import entorno

ENLAZADO = "application/x-www-form-urlencoded"


class _Sumidero(BytesIO):
    """Donde cae lo que no se va a recibir: se lee de la línea y se olvida."""

    def write(self, datos: "bytes | bytearray | memoryview", /) -> int:  # type: ignore[override]
        """Dice que lo escribió."""
        return memoryview(datos).nbytes


class Peticion(Request):
    """Una petición cuyos archivos llegan a una recepción del almacén.

    Un cuerpo roto es un 400: leerlo como vacío borraría lo ya respondido.
    """

    sin_archivos = False
    """Si de lo que llega solo se quiere lo escrito: de los archivos queda el nombre."""

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
        if self.sin_archivos:
            return _Sumidero()
        recepcion: Recepcion = entorno().almacen.recibir()
        self.__dict__.setdefault("recepciones", []).append(recepcion)
        return recepcion  # type: ignore[return-value]

    def make_form_data_parser(self) -> FormDataParser:
        """El lector de formularios, que no calla lo que no entiende."""
        lector = super().make_form_data_parser()
        lector.silent = False
        return lector

    def _load_form_data(self) -> None:
        if "form" in self.__dict__:
            return
        self._exigir_medida()
        try:
            super()._load_form_data()
        except (ValueError, RequestEntityTooLarge) as error:
            for recepcion in self.__dict__.get("recepciones", ()):
                recepcion.close()
            raise error if isinstance(error, RequestEntityTooLarge) else BadRequest() from None

    def _exigir_medida(self) -> None:
        """Los límites que Werkzeug solo aplica a los envíos en partes."""
        if self.mimetype != ENLAZADO:
            return
        largo, partes = self.max_form_memory_size or 0, self.max_form_parts or 0
        if (self.content_length or 0) > largo or self.get_data().count(b"&") > partes:
            raise RequestEntityTooLarge

"""La petición: lo que se sube va derecho al almacén, y lo que no se entiende se dice."""

from io import BytesIO
from typing import IO

from flask import Request
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from facilita.servicios.almacen import Recepcion
from facilita.web.mundo import entorno

ENLAZADO = "application/x-www-form-urlencoded"
EN_PARTES = "multipart/form-data"
VECES_EL_MAXIMO = 2
"""Hasta cuánto más que el máximo se lee un envío, para no perder lo escrito en él."""
PESADO = "envio_grande"
"""La razón de no recibir los archivos de un envío que pasa del máximo."""


class _Sumidero(BytesIO):
    """Donde cae lo que no se va a recibir: se lee de la línea y se olvida."""

    def write(self, datos: "bytes | bytearray | memoryview", /) -> int:  # type: ignore[override]
        """Dice que lo escribió."""
        return memoryview(datos).nbytes


class Peticion(Request):
    """Una petición cuyos archivos llegan a una recepción del almacén.

    Un cuerpo roto es un 400: leerlo como vacío borraría lo ya respondido.
    """

    sin_archivos = ""
    """Por qué de lo que llega se toma solo lo escrito; de los archivos queda el nombre."""

    @property
    def files(self) -> MultiDict[str, FileStorage]:  # type: ignore[override]
        """Los archivos; quien no sepa quedarse solo con lo escrito recibe el 413 de siempre."""
        archivos = self._archivos()
        if self.sin_archivos == PESADO:
            raise RequestEntityTooLarge
        return archivos

    def archivos_de(self, control: str) -> list[FileStorage]:
        """Los que llegaron en ese control, aunque de ellos quede solo el nombre."""
        return self._archivos().getlist(control)

    @property
    def trae_archivos(self) -> bool:
        """Si llegó algún archivo, se haya recibido o no."""
        return any(archivo.filename for archivo in self._archivos().values())

    def _archivos(self) -> MultiDict[str, FileStorage]:
        self._load_form_data()
        archivos: MultiDict[str, FileStorage] = self.__dict__["files"]
        return archivos

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
        self._aligerar()
        try:
            super()._load_form_data()
        except (ValueError, RequestEntityTooLarge) as error:
            for recepcion in self.__dict__.get("recepciones", ()):
                recepcion.close()
            raise error if isinstance(error, RequestEntityTooLarge) else BadRequest() from None

    def _aligerar(self) -> None:
        """De un envío que pasa del máximo, sin ser absurdo, se lee solo lo escrito."""
        maximo, pesa = self.max_content_length or 0, self.content_length or 0
        if self.mimetype == EN_PARTES and maximo < pesa <= VECES_EL_MAXIMO * maximo:
            # Uno más: si el servidor marca el fin del cuerpo, llegar justo al límite ya es pasarse.
            self.max_content_length = pesa + 1
            self.sin_archivos = PESADO

    def _exigir_medida(self) -> None:
        """Los límites que Werkzeug solo aplica a los envíos en partes."""
        if self.mimetype != ENLAZADO:
            return
        largo, partes = self.max_form_memory_size or 0, self.max_form_parts or 0
        if (self.content_length or 0) > largo or self.get_data().count(b"&") > partes:
            raise RequestEntityTooLarge

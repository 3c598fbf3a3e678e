"""El almacén en un servicio compatible con S3; solo aquí se importa boto3."""

import base64
import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO, cast

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from facilita.servicios.almacen_recepcion import (
    AlmacenNoDisponible,
    AlmacenSinEspacio,
    ArchivoNoEncontrado,
    ClaveInvalida,
    Recepcion,
    clave_de,
    clave_de_trozo,
    entidad_valida,
    fallas_del_disco,
    partir_clave,
)

_RENOVAR_TRAS = timedelta(hours=24)
_BLOQUE = 256 * 1024
_LLENO = {
    "InsufficientStorage",
    "InsufficientCapacity",
    "QuotaExceeded",
    "XMinioStorageFull",
    "507",
}
_NO_ESTA = {"404", "NoSuchKey", "NotFound"}


class AlmacenS3:
    """Guarda cada contenido como un objeto `entidad/sha256` de un balde."""

    def __init__(
        self, balde: str, *, extremo: str | None = None, region: str | None = None
    ) -> None:
        self.balde = balde
        self._s3 = _cliente(extremo, region)
        self._escribible = False

    def recibir(self) -> Recepcion:
        """Un archivo temporal sin nombre en esta máquina, que se sube al guardarlo."""
        with fallas_del_disco():
            return Recepcion(cast(BinaryIO, tempfile.TemporaryFile()))

    def guardar(self, recepcion: Recepcion, entidad: str) -> str:
        """Lo sube y devuelve su clave; si ya estaba y es antiguo, lo sube otra vez."""
        clave = clave_de(entidad, recepcion.sha256)
        if not self._esta_fresco(clave, recepcion.tamano):
            self._subir(clave, recepcion)
        return clave

    def abrir(self, clave: str) -> BinaryIO:
        """El contenido, para leer y moverse; `ArchivoNoEncontrado` si no está."""
        lectura = _Lectura(self._s3, self.balde, clave, self.tamano(clave))
        return io.BufferedReader(lectura, _BLOQUE)

    def tamano(self, clave: str) -> int:
        """Cuántos bytes ocupa; `ArchivoNoEncontrado` si no está."""
        return int(self._ficha(clave)["ContentLength"])

    def existe(self, clave: str) -> bool:
        """Si hay algo guardado con esa clave."""
        try:
            self._ficha(clave)
        except ArchivoNoEncontrado:
            return False
        return True

    def borrar(self, clave: str) -> None:
        """Lo borra; no pasa nada si no estaba."""
        partir_clave(clave)
        with _fallas_de_s3():
            self._s3.delete_object(Bucket=self.balde, Key=clave)

    def claves(self, entidad: str | None = None) -> Iterator[tuple[str, datetime]]:
        """Cada clave guardada, de una entidad o de todas, con la fecha en que se guardó."""
        prefijo = "" if entidad is None else entidad_valida(entidad) + "/"
        with _fallas_de_s3():
            paginas = self._s3.get_paginator("list_objects_v2")
            for pagina in paginas.paginate(Bucket=self.balde, Prefix=prefijo):
                for objeto in pagina.get("Contents", ()):
                    with suppress(ClaveInvalida):
                        partir_clave(objeto["Key"])
                        yield objeto["Key"], objeto["LastModified"].astimezone(UTC)

    def guardar_trozo(self, recepcion: Recepcion, carpeta: str, nombre: str) -> None:
        """Sube un trozo como un objeto aparte: otro proceso, en otra máquina, sigue desde él."""
        self._subir(clave_de_trozo(carpeta, nombre), recepcion)

    def abrir_trozo(self, carpeta: str, nombre: str) -> BinaryIO:
        """Un trozo, para leerlo; `ArchivoNoEncontrado` si no está."""
        clave = clave_de_trozo(carpeta, nombre)
        with _fallas_de_s3(clave):
            ficha = self._s3.head_object(Bucket=self.balde, Key=clave)
        lectura = _Lectura(self._s3, self.balde, clave, int(ficha["ContentLength"]))
        return io.BufferedReader(lectura, _BLOQUE)

    def borrar_trozos(self, carpeta: str) -> None:
        """Borra los objetos de una subida; no pasa nada si no había."""
        with _fallas_de_s3():
            paginas = self._s3.get_paginator("list_objects_v2")
            for pagina in paginas.paginate(Bucket=self.balde, Prefix=clave_de_trozo(carpeta)):
                for objeto in pagina.get("Contents", ()):
                    self._s3.delete_object(Bucket=self.balde, Key=objeto["Key"])

    def comprobar(self) -> None:
        """Mira que el balde responda y, una vez por proceso, que deje escribir."""
        with _fallas_de_s3():
            self._s3.head_bucket(Bucket=self.balde)
            if not self._escribible:
                self._s3.put_object(Bucket=self.balde, Key=".salud", Body=b"salud")
                self._escribible = True

    def _ficha(self, clave: str) -> dict[str, Any]:
        partir_clave(clave)
        with _fallas_de_s3(clave):
            return dict(self._s3.head_object(Bucket=self.balde, Key=clave))

    def _esta_fresco(self, clave: str, tamano: int) -> bool:
        try:
            ficha = self._ficha(clave)
        except ArchivoNoEncontrado:
            return False
        vence = ficha["LastModified"] + _RENOVAR_TRAS
        return bool(ficha["ContentLength"] == tamano and datetime.now(UTC) < vence)

    def _subir(self, clave: str, recepcion: Recepcion) -> None:
        lugar = recepcion.tell()
        recepcion.seek(0)
        try:
            with _fallas_de_s3():
                self._s3.put_object(
                    Bucket=self.balde,
                    Key=clave,
                    Body=recepcion,
                    ContentLength=recepcion.tamano,
                    ChecksumSHA256=base64.b64encode(bytes.fromhex(recepcion.sha256)).decode(),
                )
        finally:
            recepcion.seek(lugar)


class _Lectura(io.RawIOBase):
    """Lee un objeto por tramos; moverse no descarga lo que se salta."""

    def __init__(self, s3: Any, balde: str, clave: str, tamano: int) -> None:
        self._s3, self._balde, self._clave, self._tamano = s3, balde, clave, tamano
        self._lugar = 0
        self._cuerpo: Any = None

    def readinto(self, destino: Any, /) -> int:
        if self._lugar >= self._tamano:
            return 0
        with _fallas_de_s3(self._clave):
            if self._cuerpo is None:
                rango = f"bytes={self._lugar}-"
                objeto = self._s3.get_object(Bucket=self._balde, Key=self._clave, Range=rango)
                self._cuerpo = objeto["Body"]
            datos = self._cuerpo.read(len(destino))
        destino[: len(datos)] = datos
        self._lugar += len(datos)
        return len(datos)

    def seek(self, lugar: int, desde: int = os.SEEK_SET, /) -> int:
        nuevo = {os.SEEK_SET: 0, os.SEEK_CUR: self._lugar, os.SEEK_END: self._tamano}[desde] + lugar
        if nuevo < 0:
            raise ValueError("No hay nada antes del inicio")
        if nuevo != self._lugar:
            self._soltar()
        self._lugar = nuevo
        return nuevo

    def tell(self) -> int:
        return self._lugar

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        self._soltar()
        super().close()

    def _soltar(self) -> None:
        if self._cuerpo is not None:
            self._cuerpo.close()
            self._cuerpo = None


@contextmanager
def _fallas_de_s3(clave: str | None = None) -> Iterator[None]:
    try:
        yield
    except ClientError as falla:
        raise _traducida(falla, clave) from falla
    except BotoCoreError as falla:
        raise AlmacenNoDisponible(f"El almacén S3 no responde: {falla}") from falla


def _traducida(falla: ClientError, clave: str | None) -> Exception:
    codigo = str(falla.response.get("Error", {}).get("Code", ""))
    if clave is not None and codigo in _NO_ESTA:
        return ArchivoNoEncontrado(clave)
    if codigo in _LLENO:
        return AlmacenSinEspacio("El almacén S3 está lleno")
    return AlmacenNoDisponible(f"El almacén S3 contestó {codigo or 'un error'}: {falla}")


def _cliente(extremo: str | None, region: str | None) -> Any:
    # «when_required»: las sumas que boto3 agrega por su cuenta rompen varios S3 que no son de AWS.
    ajustes = Config(
        signature_version="s3v4",
        s3={"addressing_style": "path"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        connect_timeout=3,
        read_timeout=30,
        retries={"mode": "standard", "max_attempts": 3},
        max_pool_connections=32,
    )
    sesion = Session()
    return sesion.client(
        "s3",
        region_name=region or sesion.region_name or "us-east-1",
        endpoint_url=extremo,
        config=ajustes,
    )

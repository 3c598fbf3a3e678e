"""Lo que comparten los almacenes: la recepción de un archivo, sus claves y sus fallas."""

import errno
import hashlib
import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_ENTIDAD = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")
_HUELLA = re.compile(r"[0-9a-f]{64}")
_TROZOS = ".trozos"
_CARPETA = re.compile(r"[0-9a-f]{32}")
_TROZO = re.compile(r"[0-9]{1,12}-[0-9a-f]{16}")
_SIN_ESPACIO = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class AlmacenNoDisponible(Exception):
    """El almacén no responde o no se deja usar; puede volver."""


class AlmacenSinEspacio(AlmacenNoDisponible):
    """Ya no cabe nada más en el almacén."""


class ArchivoNoEncontrado(LookupError):
    """No hay nada guardado con esa clave."""


class ClaveInvalida(ValueError):
    """La clave no tiene la forma `entidad/sha256`."""


class Recepcion(io.BufferedIOBase):
    """Un archivo que está llegando: se escribe de corrido, se cuenta y se le saca la huella.

    Sirve como resultado de `stream_factory` de Werkzeug. Al cerrarse borra su archivo temporal;
    lo ya guardado en el almacén queda.
    """

    def __init__(self, archivo: BinaryIO, ruta: Path | None = None) -> None:
        self._archivo = archivo
        self._suma = hashlib.sha256()
        self.ruta = ruta
        self.tamano = 0

    @property
    def sha256(self) -> str:
        """La huella en hexadecimal de lo recibido hasta ahora."""
        return self._suma.hexdigest()

    def write(self, datos: "bytes | bytearray | memoryview", /) -> int:  # type: ignore[override]
        """Agrega al final; `AlmacenSinEspacio` si el disco se llenó."""
        with fallas_del_disco():
            if self._archivo.tell() != self.tamano:
                raise io.UnsupportedOperation("Una recepción solo se escribe al final")
            escritos = self._archivo.write(datos)
        self._suma.update(datos)
        self.tamano += escritos
        return escritos

    def asentar(self) -> None:
        """Espera a que lo escrito esté en el disco."""
        with fallas_del_disco():
            self._archivo.flush()
            os.fsync(self._archivo.fileno())

    def read(self, cuantos: int | None = -1, /) -> bytes:
        """Lee desde donde está."""
        return self._archivo.read(-1 if cuantos is None else cuantos)

    def read1(self, cuantos: int = -1, /) -> bytes:
        """Lee desde donde está."""
        return self.read(cuantos)

    def readline(self, cuantos: int | None = -1, /) -> bytes:
        """Lee hasta el fin de línea."""
        return self._archivo.readline(-1 if cuantos is None else cuantos)

    def seek(self, lugar: int, desde: int = os.SEEK_SET, /) -> int:
        """Se mueve para leer."""
        with fallas_del_disco():
            return self._archivo.seek(lugar, desde)

    def tell(self) -> int:
        """Dónde está."""
        return self._archivo.tell()

    def flush(self) -> None:
        """Pasa lo pendiente al sistema operativo."""
        if not self._archivo.closed:
            with fallas_del_disco():
                self._archivo.flush()

    def fileno(self) -> int:
        """El descriptor del archivo temporal."""
        return self._archivo.fileno()

    def readable(self) -> bool:
        """Siempre se puede leer."""
        return True

    def writable(self) -> bool:
        """Siempre se puede agregar al final."""
        return True

    def seekable(self) -> bool:
        """Siempre se puede mover."""
        return True

    def close(self) -> None:
        """Cierra y borra el archivo temporal; nunca falla, aunque el disco esté lleno."""
        if self.closed:
            return
        with suppress(OSError):
            self._archivo.close()
        if self.ruta is not None:
            with suppress(OSError):
                self.ruta.unlink(missing_ok=True)
        super().close()


def clave_de(entidad: str, sha256: str) -> str:
    """La clave de un contenido de una entidad."""
    clave = f"{entidad}/{sha256}"
    partir_clave(clave)
    return clave


def clave_de_trozo(carpeta: str, nombre: str = "") -> str:
    """Dónde va un trozo, o los de toda una subida; con punto al inicio no es de una entidad."""
    if not _CARPETA.fullmatch(carpeta) or (nombre and not _TROZO.fullmatch(nombre)):
        raise ClaveInvalida(f"El trozo {carpeta[:40]!r}/{nombre[:40]!r} no tiene forma de trozo")
    return f"{_TROZOS}/{carpeta}/{nombre}"


def partir_clave(clave: str) -> tuple[str, str]:
    """La entidad y la huella de una clave; `ClaveInvalida` si no tiene esa forma."""
    entidad, _, sha256 = clave.partition("/")
    if not _HUELLA.fullmatch(sha256):
        raise ClaveInvalida(f"La clave {clave[:100]!r} no es entidad/sha256")
    return entidad_valida(entidad), sha256


def entidad_valida(entidad: str) -> str:
    """La misma entidad; `ClaveInvalida` si su nombre no puede ser parte de una clave."""
    if not _ENTIDAD.fullmatch(entidad):
        raise ClaveInvalida(f"La entidad {entidad[:100]!r} no puede ser parte de una clave")
    return entidad


@contextmanager
def fallas_del_disco(clave: str | None = None) -> Iterator[None]:
    """Vuelve las fallas del disco fallas del almacén; con `clave`, también la ausencia."""
    try:
        yield
    except io.UnsupportedOperation:
        raise
    except OSError as falla:
        if clave is not None and isinstance(falla, FileNotFoundError):
            raise ArchivoNoEncontrado(clave) from falla
        if falla.errno in _SIN_ESPACIO:
            raise AlmacenSinEspacio("El almacén de archivos está lleno") from falla
        raise AlmacenNoDisponible(f"El almacén no responde: {falla.strerror or falla}") from falla

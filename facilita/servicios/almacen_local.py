"""El almacén en una carpeta de esta máquina: el que viene puesto."""

import errno
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from facilita.servicios.almacen_recepcion import (
    AlmacenNoDisponible,
    AlmacenSinEspacio,
    ClaveInvalida,
    Recepcion,
    clave_de,
    clave_de_trozo,
    entidad_valida,
    fallas_del_disco,
    partir_clave,
)

_ABANDONO_S = 24 * 3600
_ESPACIO_MINIMO = 64 * 1024 * 1024
_SIN_ENLACES = {errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK}


class AlmacenLocal:
    """Guarda cada contenido en `raíz/entidad/ab/cd/abcd…`, ya en el disco cuando responde."""

    def __init__(self, raiz: Path | str) -> None:
        self.raiz = Path(raiz).absolute()
        # Con punto al inicio no puede ser el nombre de una entidad.
        self._llegadas = self.raiz / ".recibiendo"
        with suppress(OSError):
            self._llegadas.mkdir(parents=True, exist_ok=True)
            self._olvidar_abandonadas()

    def recibir(self) -> Recepcion:
        """Un archivo temporal en el mismo disco, para que guardarlo sea solo darle nombre."""
        with fallas_del_disco():
            # Sin `parents`: si desmontaron el disco, no hay que escribir donde estaba.
            self._llegadas.mkdir(exist_ok=True)
            descriptor, ruta = tempfile.mkstemp(dir=self._llegadas)
            return Recepcion(os.fdopen(descriptor, "w+b"), Path(ruta))

    def guardar(self, recepcion: Recepcion, entidad: str) -> str:
        """Lo deja guardado y devuelve su clave; si ya estaba, le renueva la fecha."""
        clave = clave_de(entidad, recepcion.sha256)
        destino = self._ruta(clave)
        if recepcion.ruta is None:
            raise ValueError("La recepción es de otro almacén")
        recepcion.asentar()
        with fallas_del_disco():
            _crear_carpetas(destino.parent)
            _nombrar(recepcion.ruta, destino)
            _asentar_carpeta(destino.parent)
        return clave

    def abrir(self, clave: str) -> BinaryIO:
        """El contenido, para leer; `ArchivoNoEncontrado` si no está."""
        with fallas_del_disco(clave):
            return self._ruta(clave).open("rb")

    def tamano(self, clave: str) -> int:
        """Cuántos bytes ocupa; `ArchivoNoEncontrado` si no está."""
        with fallas_del_disco(clave):
            return self._ruta(clave).stat().st_size

    def existe(self, clave: str) -> bool:
        """Si hay algo guardado con esa clave."""
        with fallas_del_disco():
            return self._ruta(clave).is_file()

    def borrar(self, clave: str) -> None:
        """Lo borra; no pasa nada si no estaba."""
        with fallas_del_disco():
            self._ruta(clave).unlink(missing_ok=True)

    def claves(self, entidad: str | None = None) -> Iterator[tuple[str, datetime]]:
        """Cada clave guardada, de una entidad o de todas, con la fecha en que se guardó."""
        self._exigir_raiz()
        for nombre in self._entidades() if entidad is None else [entidad_valida(entidad)]:
            for ruta in (self.raiz / nombre).glob("??/??/*"):
                clave = f"{nombre}/{ruta.name}"
                with suppress(ClaveInvalida, FileNotFoundError):
                    partir_clave(clave)
                    yield clave, datetime.fromtimestamp(ruta.stat().st_mtime, UTC)

    def guardar_trozo(self, recepcion: Recepcion, carpeta: str, nombre: str) -> None:
        """Deja guardado un trozo, ya en el disco cuando responde."""
        destino = self.raiz / clave_de_trozo(carpeta, nombre)
        if recepcion.ruta is None:
            raise ValueError("La recepción es de otro almacén")
        recepcion.asentar()
        with fallas_del_disco():
            self._exigir_raiz()
            _crear_carpetas(destino.parent)
            _nombrar(recepcion.ruta, destino)
            _asentar_carpeta(destino.parent)

    def abrir_trozo(self, carpeta: str, nombre: str) -> BinaryIO:
        """Un trozo, para leerlo; `ArchivoNoEncontrado` si no está."""
        clave = clave_de_trozo(carpeta, nombre)
        with fallas_del_disco(clave):
            self._exigir_raiz()
            return (self.raiz / clave).open("rb")

    def borrar_trozos(self, carpeta: str) -> None:
        """Borra la carpeta de una subida; no pasa nada si no estaba."""
        with fallas_del_disco(), suppress(FileNotFoundError):
            shutil.rmtree(self.raiz / clave_de_trozo(carpeta))

    def comprobar(self) -> None:
        """Escribe una prueba y mira cuánto queda; falla con el motivo si no se puede usar."""
        with self.recibir() as prueba:
            prueba.write(b"salud")
            prueba.asentar()
        if shutil.disk_usage(self.raiz).free < _ESPACIO_MINIMO:
            raise AlmacenSinEspacio(f"Quedan menos de 64 MB libres en {self.raiz}")

    def _ruta(self, clave: str) -> Path:
        entidad, sha256 = partir_clave(clave)
        self._exigir_raiz()
        return self.raiz / entidad / sha256[:2] / sha256[2:4] / sha256

    def _exigir_raiz(self) -> None:
        if not self.raiz.is_dir():
            raise AlmacenNoDisponible(f"No existe la carpeta {self.raiz}")

    def _entidades(self) -> list[str]:
        return sorted(
            e.name for e in self.raiz.iterdir() if e.is_dir() and not e.name.startswith(".")
        )

    def _olvidar_abandonadas(self) -> None:
        limite = time.time() - _ABANDONO_S
        for ruta in self._llegadas.iterdir():
            with suppress(FileNotFoundError):
                if ruta.stat().st_mtime < limite:
                    ruta.unlink()


def _nombrar(temporal: Path, destino: Path) -> None:
    try:
        if destino.exists():
            os.utime(destino)
        else:
            os.link(temporal, destino)
    except FileExistsError:
        os.utime(destino)
    except OSError as falla:
        if falla.errno not in _SIN_ENLACES:
            raise
        # Hay discos sin enlaces duros; pisar es inofensivo, el contenido es el mismo.
        temporal.replace(destino)


def _crear_carpetas(carpeta: Path) -> None:
    if carpeta.is_dir():
        return
    _crear_carpetas(carpeta.parent)
    carpeta.mkdir(exist_ok=True)
    _asentar_carpeta(carpeta.parent)


def _asentar_carpeta(carpeta: Path) -> None:
    descriptor = os.open(carpeta, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

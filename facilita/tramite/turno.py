"""El turno para escribir en SQLite: una cola justa entre hilos y procesos, delante de su candado.

SQLite solo deja escribir a uno y hace esperar a los demás a tientas, cada vez más rato: con varios
procesos, alguno se queda sin turno un segundo entero. El sistema operativo los forma en fila.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from sqlalchemy.engine import URL


class Turno:
    """La fila de quienes escriben en una base: un archivo al lado, que el sistema suelta solo."""

    def __init__(self, url: URL) -> None:
        archivo = url.database if url.get_backend_name() == "sqlite" else None
        self._archivo = f"{archivo}-turno" if archivo and archivo != ":memory:" else None

    def tomar(self) -> AbstractContextManager[None]:
        """Espera el turno y lo suelta al salir; con otro motor no hay nada que esperar."""
        return _en_fila(self._archivo) if self._archivo else nullcontext()


@contextmanager
def _en_fila(archivo: str) -> Iterator[None]:
    # Un descriptor por vez: el candado es suyo, también entre hilos de un mismo proceso.
    descriptor = os.open(archivo, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)

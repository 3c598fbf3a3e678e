"""La revisión de un PDF, hecha por procesos aparte con memoria y tiempo contados."""

import atexit
import io
import json
import os
import queue
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from facilita.servicios.revision_tipos import Contenido, Visto, como

_PROGRAMA = Path(__file__).with_name("lector_pdf.py")
_LECTORES = 2
_PLAZO_S = 8
_USOS = 500
_PESADOS = {"desmedido", "sin_examinar"}


def mirar_pdf(archivo: Contenido) -> Visto:
    """Cuenta las páginas y pone las marcas; un PDF roto, cifrado o abusivo también es un PDF."""
    with _como_descriptor(archivo) as descriptor:
        examen = _lectores.examinar(descriptor)
    return como("pdf", tuple(examen["marcas"]), examen["paginas"])


class Lectores:
    """Unos pocos procesos lectores, que nacen al necesitarse y se reponen cuando mueren."""

    def __init__(self, cuantos: int = _LECTORES, plazo: int = _PLAZO_S) -> None:
        self.plazo = plazo
        self._libres: queue.LifoQueue[_Lector | None] = queue.LifoQueue()
        for _ in range(cuantos):
            self._libres.put(None)

    def examinar(self, descriptor: int) -> dict[str, Any]:
        """Páginas y marcas; «desmedido» si tumbó al lector, «sin_examinar» si no hubo lector."""
        try:
            lector = self._libres.get(timeout=self.plazo)
        except queue.Empty:
            return _sin_paginas("sin_examinar")
        try:
            if lector is None or not lector.sirve():
                lector = _Lector(self.plazo)
            respuesta = lector.preguntar(descriptor)
        except OSError:
            respuesta = _sin_paginas("sin_examinar")
        finally:
            self._libres.put(lector if lector and lector.sirve() else None)
        return respuesta

    def cerrar(self) -> None:
        """Termina los lectores que estén libres."""
        with suppress(queue.Empty):
            while True:
                if lector := self._libres.get_nowait():
                    lector.terminar()


class _Lector:
    def __init__(self, plazo: int) -> None:
        self._usos = 0
        self._linea, suya = socket.socketpair()
        # El lector se corta solo con su alarma; esto es por si ni eso.
        self._linea.settimeout(plazo + 2)
        orden = [sys.executable, "-I", str(_PROGRAMA), str(suya.fileno()), str(plazo)]
        with suya:
            try:
                self._proceso = subprocess.Popen(  # noqa: S603 - la orden es nuestra entera
                    orden,
                    pass_fds=[suya.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env={},
                    cwd="/",
                )
            except OSError:
                self._linea.close()
                raise

    def vive(self) -> bool:
        return self._proceso.poll() is None

    def sirve(self) -> bool:
        """Si puede atender otro; si no, lo termina."""
        if self._usos < _USOS and self.vive():
            return True
        self.terminar()
        return False

    def preguntar(self, descriptor: int) -> dict[str, Any]:
        self._usos += 1
        try:
            socket.send_fds(self._linea, [b"?"], [descriptor])
            respuesta = self._linea.makefile("rb").readline(4096)
        except OSError:
            respuesta = b""
        if not respuesta.endswith(b"\n"):
            self.terminar()
            return _sin_paginas("desmedido")
        examen: dict[str, Any] = json.loads(respuesta)
        if not _PESADOS.isdisjoint(examen["marcas"]):
            # Puede haberse quedado con mucha memoria: el siguiente empieza con un lector nuevo.
            self.terminar()
        return examen

    def terminar(self) -> None:
        self._linea.close()
        self._proceso.kill()
        self._proceso.wait()


def _sin_paginas(marca: str) -> dict[str, Any]:
    return {"paginas": None, "marcas": [marca]}


@contextmanager
def _como_descriptor(archivo: Contenido) -> Iterator[int]:
    try:
        if archivo.writable():
            archivo.flush()
        yield archivo.fileno()
    except io.UnsupportedOperation:
        with tempfile.TemporaryFile() as copia:
            archivo.seek(0)
            shutil.copyfileobj(archivo, copia)
            copia.flush()
            yield copia.fileno()


def _empezar_de_nuevo() -> None:
    # Un proceso hijo no puede compartir la conversación de su padre con los lectores.
    global _lectores
    _lectores = Lectores()


_lectores = Lectores()
atexit.register(lambda: _lectores.cerrar())
os.register_at_fork(after_in_child=_empezar_de_nuevo)

"""El taller: un proceso aparte que compone y firma los PDF, y revisa los que llegan.

Typst y pyHanko pesan cien megas y ocupan el procesador: aquí no estorban a quien atiende. Es un
programa nuevo, no una copia de este proceso: los hilos de Typst no sobreviven a un `fork`.
"""

import atexit
import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from threading import Event, Lock, Timer
from typing import IO, Any

OCIO_S = 60.0
PLAZO_S = 90.0
"""Lo que se espera en total; lo que un encargo puede gastar de CPU lo cuenta el oficial."""


class TallerFallo(Exception):
    """El taller no pudo con un encargo, con el motivo."""


class TallerOcupado(TallerFallo):
    """No hubo quien lo hiciera a tiempo: no dice nada del encargo."""


class Taller:
    """Un oficial que nace al primer encargo y se va tras un rato sin trabajo; uno a la vez.

    Con `cede`, deja pasar primero a quien atiende: un documento puede esperar un momento.
    """

    def __init__(self, ocio: float = OCIO_S, plazo: float = PLAZO_S, *, cede: bool = False) -> None:
        self.ocio = ocio
        self.plazo = plazo
        self._orden = [sys.executable, "-m", "facilita.servicios.oficial", *["cede"] * cede]
        self._turno = Lock()
        self._oficial: subprocess.Popen[bytes] | None = None
        self._descanso: Timer | None = None

    def imprimir(
        self, impreso: str, datos: Any, creado: datetime, anexo: Any, firma: dict[str, Any]
    ) -> tuple[bytes, int]:
        """El PDF compuesto y firmado, y sus páginas; lanza `TallerFallo`."""
        encargo = {
            "que": "imprimir",
            "impreso": impreso,
            "datos": datos,
            "creado": creado.isoformat(),
            "anexo": anexo,
            "firma": firma,
        }
        hecho = self._encargar(encargo)
        return base64.b64decode(hecho["pdf"]), hecho["paginas"]

    def componer(self, impreso: str, datos: Any, creado: datetime) -> bytes:
        """El PDF compuesto, sin firma de nadie; lanza `TallerFallo`."""
        encargo = {
            "que": "componer", "impreso": impreso, "datos": datos, "creado": creado.isoformat(),
        }  # fmt: skip
        return base64.b64decode(self._encargar(encargo)["pdf"])

    def revisar(self, pdf: bytes, conocidos: dict[str, str]) -> dict[str, Any]:
        """La firma y los datos de un PDF; si tumba al oficial, no tiene ni lo uno ni lo otro.

        Lanza `TallerOcupado`.
        """
        encargo = {"que": "revisar", "pdf": _en_letras(pdf), "conocidos": conocidos}
        try:
            return self._encargar(encargo)
        except TallerOcupado:
            raise
        except TallerFallo:
            return {"firma": None, "anexo": None}

    def cerrar(self) -> None:
        """Despide al oficial."""
        with self._turno:
            self._despedir()

    def _encargar(self, encargo: dict[str, Any]) -> dict[str, Any]:
        with self._con_turno():
            self._cancelar_descanso()
            try:
                hecho = self._preguntar(json.dumps(encargo).encode())
            except (OSError, ValueError):
                self._despedir()
                raise TallerFallo("el encargo tumbó al oficial del taller") from None
            except TallerOcupado:
                self._despedir()
                raise
            self._descansar()
        if "error" in hecho:
            raise TallerFallo(hecho["error"])
        return hecho

    @contextmanager
    def _con_turno(self) -> Iterator[None]:
        if not self._turno.acquire(timeout=self.plazo):
            raise TallerOcupado("hay otros encargos antes")
        try:
            yield
        finally:
            self._turno.release()

    def _preguntar(self, encargo: bytes) -> dict[str, Any]:
        oficial = self._contratar()
        tarde = Event()

        def cortar() -> None:
            tarde.set()
            oficial.kill()

        alarma = Timer(self.plazo, cortar)
        alarma.daemon = True
        alarma.start()
        try:
            entrada, salida = _tubos(oficial)
            entrada.write(encargo + b"\n")
            entrada.flush()
            hecho: dict[str, Any] = json.loads(salida.readline())
        except (OSError, ValueError):
            if tarde.is_set():
                raise TallerOcupado("el taller tardó demasiado") from None
            raise
        finally:
            alarma.cancel()
        return hecho

    def _contratar(self) -> subprocess.Popen[bytes]:
        if self._oficial is not None and self._oficial.poll() is not None:
            self._despedir()
        if self._oficial is None:
            self._oficial = subprocess.Popen(  # noqa: S603 - la orden es nuestra entera
                self._orden,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                # Nada de lo que hay en el entorno le hace falta: ahí van los secretos.
                env={"PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "LANG": "C.UTF-8"},
            )
        return self._oficial

    def _descansar(self) -> None:
        self._descanso = Timer(self.ocio, self.cerrar)
        self._descanso.daemon = True
        self._descanso.start()

    def _cancelar_descanso(self) -> None:
        if self._descanso is not None:
            self._descanso.cancel()
            self._descanso = None

    def _despedir(self) -> None:
        self._cancelar_descanso()
        if self._oficial is not None:
            with suppress(OSError):
                self._oficial.kill()
            for tubo in _tubos(self._oficial):
                with suppress(OSError):
                    tubo.close()
            self._oficial.wait()
            self._oficial = None


def _tubos(oficial: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if oficial.stdin is None or oficial.stdout is None:
        raise ValueError("el oficial no tiene por dónde hablar")
    return oficial.stdin, oficial.stdout


def _en_letras(datos: bytes) -> str:
    return base64.b64encode(datos).decode()


def imprimir(
    impreso: str, datos: Any, creado: datetime, anexo: Any, firma: dict[str, Any]
) -> tuple[bytes, int]:
    """El PDF compuesto y firmado en el taller de este proceso, y sus páginas."""
    return _taller.imprimir(impreso, datos, creado, anexo, firma)


def componer(impreso: str, datos: Any, creado: datetime) -> bytes:
    """Un PDF compuesto en el taller de este proceso, sin firma: para que lo firme quien debe."""
    return _taller.componer(impreso, datos, creado)


def cerrar() -> None:
    """Despide al oficial de este proceso; el siguiente encargo trae otro."""
    _taller.cerrar()


def revisar(pdf: bytes, conocidos: dict[str, str]) -> dict[str, Any]:
    """La firma y los datos de un PDF, revisado en el taller de este proceso."""
    return _taller.revisar(pdf, conocidos)


def _empezar_de_nuevo() -> None:
    # Un proceso hijo no comparte el oficial de su padre.
    global _taller
    _taller = Taller(cede=True)


_taller = Taller(cede=True)
atexit.register(lambda: _taller.cerrar())
os.register_at_fork(after_in_child=_empezar_de_nuevo)

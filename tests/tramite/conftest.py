"""El mundo de las pruebas del trámite: dos entidades, sus formularios y su personal."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fabrica import Mundo, armar_entorno, poblar

from facilita.tramite.bd import BaseDeDatos


class Copiadora:
    """Deja en la misma dirección una copia fresca de una base ya poblada, cada vez que se pide.

    La conexión es una sola por motor: así SQLAlchemy no vuelve a compilar cada consulta.
    """

    def __init__(self, carpeta: Path, plantilla: str, url: str) -> None:
        self.bd = BaseDeDatos(url)
        self.url = url
        self._plantilla = plantilla
        self._carpeta = carpeta
        self._llenar()

    def copiar(self) -> BaseDeDatos:
        """La base, como recién poblada."""
        self.bd.cerrar()
        self.reponer(self._poblada, self._base)
        return self.bd

    def _llenar(self) -> None:
        self.reponer(self._plantilla, self._base)
        entorno = armar_entorno(self.bd, self._carpeta)
        poblar(entorno)
        self.bd.cerrar()
        self.reponer(self._base, self._poblada)

    _base, _poblada = "mundo", "poblada"

    def reponer(self, origen: str, destino: str) -> None:
        """Cambia una base por la copia de otra."""
        raise NotImplementedError


class CopiadoraSqlite(Copiadora):
    """Copia el archivo."""

    def __init__(self, carpeta: Path, plantilla: Path) -> None:
        shutil.copyfile(plantilla, carpeta / "plantilla.db")
        super().__init__(carpeta, "plantilla", f"sqlite:///{carpeta}/mundo.db")

    def reponer(self, origen: str, destino: str) -> None:
        for resto in ("-wal", "-shm"):
            (self._carpeta / f"{destino}.db{resto}").unlink(missing_ok=True)
        shutil.copyfile(self._carpeta / f"{origen}.db", self._carpeta / f"{destino}.db")


class CopiadoraPostgres(Copiadora):
    """Crea una base desde la otra."""

    def __init__(self, carpeta: Path, servidor: Any) -> None:
        self._servidor = servidor
        super().__init__(carpeta, "plantilla", servidor.url("mundo"))

    def reponer(self, origen: str, destino: str) -> None:
        with self._servidor.conectar() as conexion:
            conexion.execute(f"DROP DATABASE IF EXISTS {destino} WITH (FORCE)")
            conexion.execute(f"CREATE DATABASE {destino} TEMPLATE {origen} STRATEGY FILE_COPY")


@pytest.fixture(scope="session")
def copiadora_sqlite(sqlite_plantilla: Path) -> Iterator[Copiadora]:
    """La copiadora de SQLite."""
    # En memoria si se puede: cada confirmación espera a su disco.
    memoria = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="facilita-", dir=memoria) as carpeta:
        copiadora = CopiadoraSqlite(Path(carpeta), sqlite_plantilla)
        yield copiadora
        copiadora.bd.cerrar()


@pytest.fixture(scope="session")
def copiadora_postgresql(
    postgres: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Copiadora]:
    """La copiadora de PostgreSQL."""
    copiadora = CopiadoraPostgres(tmp_path_factory.mktemp("mundo"), postgres)
    yield copiadora
    copiadora.bd.cerrar()


@pytest.fixture
def copiadora(motor: str, request: pytest.FixtureRequest) -> Copiadora:
    """La copiadora del motor de esta prueba."""
    copiadora: Copiadora = request.getfixturevalue(f"copiadora_{motor}")
    return copiadora


@pytest.fixture
def mundo(copiadora: Copiadora, tmp_path: Path) -> Mundo:
    """El mundo de una prueba: es lunes, las diez de la mañana en Lima."""
    return Mundo.en(armar_entorno(copiadora.copiar(), tmp_path))


@pytest.fixture
def url_mundo(mundo: Mundo, copiadora: Copiadora) -> str:
    """La dirección de la base de este mundo, para entrar a ella desde otro proceso."""
    return copiadora.url

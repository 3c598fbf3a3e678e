"""La aplicación entera sobre una base ya poblada, en los dos motores y con cookies seguras."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fabrica import Mundo, armar_entorno, poblar
from flask import Flask

from facilita.config import leer_configuracion
from facilita.tramite.bd import BaseDeDatos
from facilita.web import create_app
from facilita.web.limites import limitador

from .cliente import SITIO, Visita

Armar = Callable[..., Flask]
SOLO_MUESTRAN = frozenset({"grupos", "opciones", "primera_pagina", "seguridad", "varios"})
"""Las pruebas de pantallas que poco escriben: sobre PostgreSQL, en las pruebas largas."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Todo lo que escribe corre siempre en los dos motores; lo que solo muestra, no."""
    for item in items:
        archivo = Path(str(item.path))
        suyo = archivo.parent.name == "web" and "postgresql" in item.name
        if suyo and archivo.stem.removeprefix("test_") in SOLO_MUESTRAN:
            item.add_marker(pytest.mark.larga)


class Semilla:
    """Una base poblada una vez por motor; cada prueba recibe una copia en la misma dirección.

    El motor de SQLAlchemy es uno solo: así no vuelve a compilar cada consulta.
    """

    def __init__(self, url: str, copiar: Callable[[str, str], None], carpeta: Path) -> None:
        self.url = url
        self.bd = BaseDeDatos(url)
        self._copiar = copiar
        copiar("plantilla", "web")
        poblar(armar_entorno(self.bd, carpeta))
        self.bd.cerrar()
        copiar("web", "web_poblada")

    def fresca(self) -> BaseDeDatos:
        """La base, como recién poblada."""
        self.bd.cerrar()
        self._copiar("web_poblada", "web")
        return self.bd


@pytest.fixture(scope="session")
def semilla_sqlite(sqlite_plantilla: Path) -> Iterator[Semilla]:
    """La semilla de SQLite, en memoria si se puede: cada confirmación espera a su disco."""
    memoria = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="facilita-web-", dir=memoria) as nombre:
        carpeta = Path(nombre)

        def copiar(origen: str, destino: str) -> None:
            for resto in ("-wal", "-shm"):
                (carpeta / f"{destino}.db{resto}").unlink(missing_ok=True)
            shutil.copyfile(carpeta / f"{origen}.db", carpeta / f"{destino}.db")

        shutil.copyfile(sqlite_plantilla, carpeta / "plantilla.db")
        semilla = Semilla(f"sqlite:///{carpeta}/web.db", copiar, carpeta)
        yield semilla
        semilla.bd.cerrar()


@pytest.fixture(scope="session")
def semilla_postgresql(
    postgres: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Semilla]:
    """La semilla de PostgreSQL."""

    def copiar(origen: str, destino: str) -> None:
        with postgres.conectar() as conexion:
            conexion.execute(f"DROP DATABASE IF EXISTS {destino} WITH (FORCE)")
            conexion.execute(f"CREATE DATABASE {destino} TEMPLATE {origen} STRATEGY FILE_COPY")

    semilla = Semilla(postgres.url("web"), copiar, tmp_path_factory.mktemp("semilla"))
    yield semilla
    semilla.bd.cerrar()


@pytest.fixture
def semilla(motor: str, request: pytest.FixtureRequest) -> Semilla:
    """La semilla del motor de esta prueba."""
    semilla: Semilla = request.getfixturevalue(f"semilla_{motor}")
    return semilla


@pytest.fixture
def mundo(semilla: Semilla, tmp_path: Path) -> Mundo:
    """El mundo de una prueba: es lunes, las diez de la mañana en Lima."""
    entorno = armar_entorno(semilla.fresca(), tmp_path)
    return Mundo.en(replace(entorno, direccion_publica=SITIO))


@contextmanager
def aplicacion(mundo: Mundo, url: str, carpeta: Path, **cambios: str) -> Iterator[Flask]:
    """La aplicación como en producción, salvo esos ajustes; lo que falla revienta la prueba."""
    ajustes = {
        "FACILITA_SECRETO": "un secreto de prueba que no sirve en ningún otro sitio",
        "FACILITA_DIRECCION_PUBLICA": SITIO,
        "FACILITA_CARPETA_DE_DATOS": str(carpeta),
        "FACILITA_BASE_DE_DATOS": url,
        "FACILITA_CORREO": f"carpeta:{carpeta / 'correos'}",
        "FACILITA_CORREO_DE": "Mesa <mesa@mesa.example>",
        # El reloj está quieto: todo se presentaría al instante. Sus pruebas lo ponen en 2.
        "FACILITA_SEGUNDOS_DE_REVISION": "0",
        **{f"FACILITA_{nombre.upper()}": valor for nombre, valor in cambios.items()},
    }
    app = create_app(leer_configuracion(None, ajustes), mundo.entorno)
    app.testing = True
    cuentas = limitador.storage
    try:
        yield app
    finally:
        cuentas.motor.dispose()


@pytest.fixture
def app(mundo: Mundo, semilla: Semilla, tmp_path: Path) -> Iterator[Flask]:
    """La aplicación de una prueba, como en producción."""
    with aplicacion(mundo, semilla.url, tmp_path) as app:
        yield app


@pytest.fixture
def otra_app(mundo: Mundo, semilla: Semilla, tmp_path: Path) -> Iterator[Armar]:
    """Da una función que arma la aplicación con otros ajustes."""
    abiertas = []

    def armar(**cambios: str) -> Flask:
        abiertas.append(aplicacion(mundo, semilla.url, tmp_path, **cambios))
        return abiertas[-1].__enter__()

    yield armar
    for abierta in abiertas:
        abierta.__exit__(None, None, None)


@pytest.fixture
def sin_limites(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sin límites de frecuencia, para pedir muchas veces seguidas."""
    monkeypatch.setattr(limitador, "enabled", False)


@pytest.fixture
def visita(app: Flask) -> Visita:
    """Alguien que llega con el navegador vacío."""
    return Visita(app)

"""Las bases de datos de las pruebas: SQLite y un PostgreSQL que las pruebas levantan solas."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
import structlog
from balde import almacen_s3, s3  # noqa: F401 - dos dotaciones que se piden por su nombre
from clamd import ServidorClamd, clamd
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import Boolean, Column, Date, DateTime, Integer, String, Table
from sqlalchemy.orm import Mapper
from sqlalchemy.types import JSON, TypeDecorator

from facilita.migraciones import migrar
from facilita.tramite.ambito import Ambito
from facilita.tramite.bd import Base, BaseDeDatos

# Una máquina ocupada no es un defecto: ninguna prueba al azar mira cuánto tarda.
settings.register_profile("sin prisa", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("sin prisa")

MOTORES = ["sqlite", "postgresql"]
CHROMIUM = "/usr/bin/chromium-headless-shell"
ARGUMENTOS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


class ServidorPostgres:
    """Un PostgreSQL de paso: solo por zócalo de Unix, en una carpeta propia, sin fsync."""

    def __init__(self, carpeta: Path) -> None:
        self.carpeta = carpeta
        programas = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version)
        if not programas:
            raise RuntimeError("falta PostgreSQL: corre «bash .ci/paquetes»")
        self._programas = programas[-1]
        self._proceso: subprocess.Popen[bytes] | None = None

    def url(self, base: str) -> str:
        """La dirección de una de sus bases."""
        return f"postgresql+psycopg://postgres@/{base}?host={self.carpeta}"

    def conectar(self, base: str = "postgres") -> "psycopg.Connection[Any]":
        """Una conexión de administración, sin transacción."""
        return psycopg.connect(
            host=str(self.carpeta), user="postgres", dbname=base, autocommit=True
        )

    def empezar(self) -> None:
        """Crea el grupo de bases y espera a que conteste."""
        datos = str(self.carpeta / "datos")
        self._correr("initdb", "-D", datos, "-U", "postgres", "-A", "trust",
                     "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")  # fmt: skip
        ajustes = {
            "listen_addresses": "",
            "unix_socket_directories": self.carpeta,
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "autovacuum": "off",
            "shared_buffers": "64MB",
            "timezone": "America/Lima",
        }
        opciones = [f"--{nombre}={valor}" for nombre, valor in ajustes.items()]
        # Si matan las pruebas de golpe, el servidor se va con ellas.
        setpriv = shutil.which("setpriv")
        correa = [setpriv, "--pdeathsig", "INT"] if setpriv else []
        with self._registro.open("ab") as registro:
            self._proceso = subprocess.Popen(
                [*correa, str(self._programas / "postgres"), "-D", datos, *opciones],
                stdin=subprocess.DEVNULL, stdout=registro, stderr=registro, cwd="/",
                **_sin_ser_root(),
            )  # fmt: skip
        self._esperar()

    def parar(self) -> None:
        """Lo apaga y espera a que termine."""
        if self._proceso is not None:
            self._proceso.send_signal(2)
            self._proceso.wait(timeout=30)

    @property
    def _registro(self) -> Path:
        return self.carpeta / "registro.txt"

    def _correr(self, programa: str, *argumentos: str) -> None:
        hecho = subprocess.run(
            [str(self._programas / programa), *argumentos], cwd="/", capture_output=True,
            check=False, env={"PATH": os.environ["PATH"], "LC_ALL": "C"}, **_sin_ser_root(),
        )  # fmt: skip
        if hecho.returncode:
            raise RuntimeError(hecho.stderr.decode())

    def _esperar(self) -> None:
        assert self._proceso is not None
        limite = time.monotonic() + 30
        while self._proceso.poll() is None and time.monotonic() < limite:
            try:
                self.conectar().close()
                return
            except psycopg.OperationalError:
                time.sleep(0.02)
        raise RuntimeError(f"PostgreSQL no arranca: {self._registro.read_text()}")


def _version(programas: Path) -> int:
    return int(programas.parent.name.partition(".")[0])


def _sin_ser_root() -> dict[str, Any]:
    """PostgreSQL se niega a correr como root: lo corre su usuario."""
    if os.geteuid() != 0:
        return {}
    usuario = pwd.getpwnam("postgres")
    return {"user": usuario.pw_uid, "group": usuario.pw_gid, "extra_groups": []}


def _donde_hay_memoria() -> str:
    """En memoria si cabe: crear una base en un disco ocupado tarda treinta veces más."""
    memoria = Path("/dev/shm")
    hay = os.access(memoria, os.W_OK) and shutil.disk_usage(memoria).free > 2 * 1024**3
    return str(memoria) if hay else "/tmp"


@contextmanager
def _carpeta_del_servidor() -> Iterator[Path]:
    # Fuera de la de pytest: el usuario postgres debe poder entrar, y la ruta del
    # zócalo no puede pasar de 107 letras.
    carpeta = Path(tempfile.mkdtemp(prefix="facilita-pg-", dir=_donde_hay_memoria()))
    quien = _sin_ser_root()
    if quien:
        os.chown(carpeta, quien["user"], quien["group"])
    try:
        yield carpeta
    finally:
        shutil.rmtree(carpeta, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[ServidorPostgres]:
    """El servidor de este proceso de pruebas, con la base «plantilla» ya migrada."""
    with _carpeta_del_servidor() as carpeta:
        servidor = ServidorPostgres(carpeta)
        try:
            servidor.empezar()
            with servidor.conectar() as conexion:
                conexion.execute("CREATE DATABASE plantilla")
            _migrar(servidor.url("plantilla"))
            yield servidor
        finally:
            servidor.parar()


@pytest.fixture(scope="session")
def sqlite_plantilla(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Un archivo SQLite ya migrado, para copiar."""
    archivo = tmp_path_factory.mktemp("plantilla") / "plantilla.db"
    _migrar(f"sqlite:///{archivo}")
    return archivo


def _migrar(url: str) -> None:
    bd = BaseDeDatos(url, conexiones=1)
    try:
        migrar(bd)
    finally:
        bd.cerrar()


@pytest.fixture(params=MOTORES)
def motor(request: pytest.FixtureRequest) -> str:
    """El motor de esta prueba; cada prueba que toca la base corre en los dos."""
    return str(request.param)


_bases = count(1)


@pytest.fixture
def url_vacia(motor: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """La dirección de una base sin tablas."""
    yield from _url(motor, request, tmp_path, migrada=False)


@pytest.fixture
def url_bd(motor: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """La dirección de una base recién migrada y sin filas, que nadie más usa."""
    yield from _url(motor, request, tmp_path, migrada=True)


def _url(motor: str, request: Any, tmp_path: Path, *, migrada: bool) -> Iterator[str]:
    nombre = f"{'prueba' if migrada else 'vacia'}_{next(_bases)}"
    if motor == "sqlite":
        archivo = tmp_path / f"{nombre}.db"
        if migrada:
            shutil.copyfile(request.getfixturevalue("sqlite_plantilla"), archivo)
        yield f"sqlite:///{archivo}"
        return
    servidor: ServidorPostgres = request.getfixturevalue("postgres")
    plantilla = "plantilla" if migrada else "template0"
    with servidor.conectar() as conexion:
        conexion.execute(f"CREATE DATABASE {nombre} TEMPLATE {plantilla} STRATEGY FILE_COPY")  # type: ignore[arg-type]
    yield servidor.url(nombre)
    with servidor.conectar() as conexion:
        conexion.execute(f"DROP DATABASE {nombre} WITH (FORCE)")  # type: ignore[arg-type]


@pytest.fixture
def bd(url_bd: str) -> Iterator[BaseDeDatos]:
    """Una base de datos recién migrada y sin filas."""
    base = BaseDeDatos(url_bd)
    yield base
    base.cerrar()


def _callar() -> None:
    structlog.configure(
        processors=[structlog.processors.KeyValueRenderer(key_order=["event"])],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


# También lo que se registra al importar las pruebas.
_callar()


@pytest.fixture(autouse=True)
def registro_callado() -> None:
    """Lo que se registra va a `logging`, que pytest guarda: las pruebas no imprimen nada."""
    _callar()


Filas = dict[type[Any], Any]
Sembrar = Callable[[BaseDeDatos], Filas]


@pytest.fixture
def sembrar() -> Sembrar:
    """Da una función que crea una entidad nueva con una fila en cada tabla."""
    return _Sembrador().sembrar


class _Sembrador:
    """Llena cada tabla mirando sus columnas: un modelo nuevo entra sin tocar las pruebas."""

    def __init__(self) -> None:
        self._numeros = count(1)

    def sembrar(self, bd: BaseDeDatos) -> Filas:
        filas: dict[str, Any] = {}
        with bd.transaccion(Ambito.de_plataforma("sembrar una prueba")) as sesion:
            for tabla, mapa in _en_orden():
                filas[tabla.name] = mapa.class_(**self._valores(tabla, filas))
                sesion.add(filas[tabla.name])
                sesion.flush()
        return {type(fila): fila for fila in filas.values()}

    def _valores(self, tabla: Table, filas: dict[str, Any]) -> dict[str, Any]:
        apuntadas = {
            columna.name: getattr(filas[ajena.name], referencia.column.name)
            for columna in tabla.columns
            for referencia in columna.foreign_keys
            if (ajena := referencia.column.table).name in filas
        }
        propias = {
            columna.name: self._valor(columna)
            for columna in tabla.columns
            if columna.name not in apuntadas and not _lo_pone_la_base(columna)
        }
        return propias | apuntadas

    def _valor(self, columna: Column[Any]) -> Any:
        numero = next(self._numeros)
        tipo: Any = columna.type
        tipo = tipo.impl if isinstance(tipo, TypeDecorator) else tipo
        valores: dict[type[Any], Any] = {
            Boolean: True,
            DateTime: datetime.now(UTC),
            Date: date(2026, 1, 1 + numero % 28),
            Integer: numero,
            JSON: {},
            String: f"x{numero}"[-(getattr(tipo, "length", None) or 99) :],
        }
        return next(valor for clase, valor in valores.items() if isinstance(tipo, clase))


def _en_orden() -> list[tuple[Table, Mapper[Any]]]:
    mapas = {mapa.local_table.name: mapa for mapa in Base.registry.mappers}
    return [(tabla, mapas[tabla.name]) for tabla in Base.metadata.sorted_tables]


def _lo_pone_la_base(columna: Column[Any]) -> bool:
    solo_id = columna.primary_key and columna.name == "id"
    return solo_id or (columna.nullable and not columna.foreign_keys)


@pytest.fixture(scope="session")
def _clamd() -> Iterator[ServidorClamd]:
    with clamd() as servidor:
        yield servidor


@pytest.fixture
def antivirus(_clamd: ServidorClamd) -> ServidorClamd:
    """Un clamd de verdad, prendido; la prueba puede apagarlo."""
    _clamd.prender()
    return _clamd


@pytest.fixture(scope="session")
def navegador() -> Iterator[Browser]:
    """El único navegador de este proceso, el Chromium de la máquina: Playwright no admite dos."""
    with sync_playwright() as playwright:
        abierto = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTOS))
        yield abierto
        abierto.close()

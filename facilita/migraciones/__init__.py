"""El esquema de la base de datos, de revisión en revisión, en SQLite y en PostgreSQL.

Cada migración es una sola transacción: o se aplica entera o no queda nada.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, Engine

from facilita.migraciones.tipos import OPCIONES
from facilita.tramite import modelos
from facilita.tramite.bd import BaseDeDatos

__all__ = ["RevisionDesconocida", "diferencias", "migrar", "pendientes", "redactar", "retroceder"]

_CARPETA = Path(__file__).parent
_MODELOS = modelos.Entidad.metadata
_TURNO = 7_316_022_001
"""El candado de PostgreSQL con que dos procesos que arrancan juntos migran de a uno."""


class RevisionDesconocida(RuntimeError):
    """La base la escribió una versión de Facilita más nueva que esta."""


def migrar(bd: BaseDeDatos | Engine) -> None:
    """Lleva la base a la última revisión; no hace nada si ya está en ella."""
    with _turno(_motor(bd)) as conexion:
        _faltan(conexion)
        command.upgrade(_ajustes(conexion), "head")


def retroceder(bd: BaseDeDatos | Engine, hasta: str) -> None:
    """Deshace migraciones hasta esa revisión; «base» deja la base vacía."""
    with _turno(_motor(bd)) as conexion:
        command.downgrade(_ajustes(conexion), hasta)


def pendientes(bd: BaseDeDatos | Engine) -> list[str]:
    """Las revisiones que faltan aplicar, en su orden; lanza `RevisionDesconocida`."""
    with _motor(bd).connect() as conexion:
        return _faltan(conexion)


def diferencias(bd: BaseDeDatos | Engine) -> list[Any]:
    """En qué difieren la base y los modelos, según alembic; nada si son iguales."""
    with _motor(bd).connect() as conexion:
        return list(compare_metadata(_contexto(conexion), _MODELOS))


def redactar(bd: BaseDeDatos | Engine, revision: str, titulo: str) -> Path:
    """Escribe el borrador de una migración con lo que difiere; hazlo desde PostgreSQL.

    Alembic mirando SQLite escribe valores que PostgreSQL rechaza.
    """
    with _motor(bd).connect() as conexion:
        command.revision(_ajustes(conexion), titulo, autogenerate=True, rev_id=revision)
    return next((_CARPETA / "versiones").glob(f"{revision}_*.py"))


def _motor(bd: BaseDeDatos | Engine) -> Engine:
    return bd.motor if isinstance(bd, BaseDeDatos) else bd


def _ajustes(conexion: Connection | None = None) -> Config:
    ajustes = Config(stdout=StringIO(), attributes={"conexion": conexion, "opciones": _opciones()})
    carpeta = str(_CARPETA).replace("%", "%%")
    ajustes.set_main_option("script_location", carpeta)
    # Con salto de línea, la carpeta puede llevar espacios y dos puntos.
    ajustes.set_main_option("path_separator", "newline")
    ajustes.set_main_option("version_locations", f"{carpeta}/versiones")
    ajustes.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return ajustes


def _opciones() -> dict[str, Any]:
    return {**OPCIONES, "target_metadata": _MODELOS}


def _contexto(conexion: Connection) -> MigrationContext:
    return MigrationContext.configure(conexion, opts=_opciones())


def _faltan(conexion: Connection) -> list[str]:
    guion = ScriptDirectory.from_config(_ajustes())
    revisiones = [r.revision for r in guion.walk_revisions()]
    actual = _contexto(conexion).get_current_revision()
    if actual is not None and actual not in revisiones:
        raise RevisionDesconocida(
            f"La base está en la revisión «{actual}», que esta versión de Facilita no conoce: "
            "instala una versión igual o más nueva que la que la escribió."
        )
    hasta = len(revisiones) if actual is None else revisiones.index(actual)
    return revisiones[:hasta][::-1]


@contextmanager
def _turno(motor: Engine) -> Iterator[Connection]:
    """Una conexión con la que nadie más migra a la vez."""
    with motor.connect().execution_options(escribe=True) as conexion:
        if conexion.dialect.name == "sqlite":
            with _sin_referencias(conexion), conexion.begin():
                yield conexion
                _comprobar_referencias(conexion)
            return
        with conexion.begin():
            conexion.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_TURNO})")
            yield conexion


@contextmanager
def _sin_referencias(conexion: Connection) -> Iterator[None]:
    """SQLite cambia una tabla rehaciéndola: con las referencias vigiladas no la podría soltar."""
    # Directo a la conexión: por SQLAlchemy abriría una transacción, donde esto no hace nada.
    cruda: Any = conexion.connection.driver_connection
    antes = cruda.execute("PRAGMA foreign_keys").fetchone()[0]
    cruda.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        cruda.execute(f"PRAGMA foreign_keys={antes}")


def _comprobar_referencias(conexion: Connection) -> None:
    rotas = conexion.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if rotas:
        tablas = ", ".join(sorted({str(fila[0]) for fila in rotas}))
        raise RuntimeError(f"La migración dejó referencias rotas en: {tablas}")

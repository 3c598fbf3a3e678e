"""La base de datos: motor, tipos, y las dos únicas maneras de abrir una sesión.

Una sesión tiene siempre un ámbito y solo ve lo de ese ámbito; sin ámbito no ve nada.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    create_engine,
    event,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker
from sqlalchemy.types import TypeDecorator

from facilita.tramite.ambito import Ambito, vigilar
from facilita.tramite.turno import Turno

NOMBRES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


QUIETA = 2.0
"""Segundos sin uso desde los que una conexión se prueba antes de usarla."""


class Instante(TypeDecorator[datetime]):
    """Un momento con zona; se guarda en UTC y vuelve en UTC en los dos motores."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("un instante lleva zona horaria")
        en_utc = value.astimezone(UTC)
        return en_utc.replace(tzinfo=None) if dialect.name == "sqlite" else en_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Entero = BigInteger().with_variant(Integer(), "sqlite")
Json = JSON().with_variant(JSONB(), "postgresql")


class Base(DeclarativeBase):
    """La raíz de los modelos."""

    metadata = MetaData(naming_convention=NOMBRES)
    type_annotation_map = {datetime: Instante, int: Entero, dict[str, Any]: Json, list[Any]: Json}


class ConId:
    """Una tabla con identidad propia."""

    id: Mapped[int] = mapped_column(primary_key=True)


class DeEntidad:
    """Una tabla cuyas filas son de una entidad: la sesión las filtra por su ámbito."""

    entidad_id: Mapped[int] = mapped_column(ForeignKey("entidad.id"), index=True)


class ConCola(ConId):
    """Una fila que espera que el trabajador haga algo con ella: su propio lugar en la cola."""

    intentos: Mapped[int] = mapped_column(default=0)
    proxima_en: Mapped[datetime]
    """Desde cuándo toca hacerlo."""
    tomado_hasta: Mapped[datetime | None]
    """Hasta cuándo es de quien lo tomó."""


class BaseDeDatos:
    """El motor de base de datos y sus sesiones; una por proceso."""

    def __init__(self, url: str, *, conexiones: int = 10) -> None:
        self.motor = _crear_motor(url, conexiones)
        self._turno = Turno(self.motor.url)
        self._sesiones = sessionmaker(self.motor, expire_on_commit=False)
        vigilar(self._sesiones, DeEntidad)

    @contextmanager
    def transaccion(self, ambito: Ambito) -> Iterator[Session]:
        """Una transacción que escribe: se confirma al salir o no queda nada."""
        with self._turno.tomar(), self._sesiones(info={"ambito": ambito}) as sesion:
            sesion.connection(execution_options={"escribe": True})
            try:
                yield sesion
                sesion.commit()
            except BaseException:
                sesion.rollback()
                raise

    @contextmanager
    def lectura(self, ambito: Ambito) -> Iterator[Session]:
        """Una sesión que solo lee; nunca confirma."""
        with self._sesiones(info={"ambito": ambito}, autoflush=False) as sesion:
            # Cerrar suelta la conexión sin vencer lo leído: se usa fuera de la sesión.
            yield sesion

    def cerrar(self) -> None:
        """Suelta las conexiones."""
        self.motor.dispose()


def _crear_motor(url: str, conexiones: int) -> Engine:
    if url.startswith("sqlite"):
        motor = create_engine(
            url,
            pool_size=conexiones,
            max_overflow=conexiones,
            connect_args={"timeout": 20, "check_same_thread": False},
        )
        event.listen(motor, "connect", _preparar_sqlite)
        event.listen(motor, "begin", _empezar_sqlite)
        return motor
    motor = create_engine(url, pool_size=conexiones, max_overflow=conexiones)
    _comprobar_vivas(motor)
    return motor


def _comprobar_vivas(motor: Engine) -> None:
    """Una conexión que estuvo quieta se prueba antes de usarla; probarlas siempre es otro viaje."""

    def anotar(_conexion: Any, registro: Any) -> None:
        registro.info["usada"] = monotonic()

    def probar(conexion: Any, registro: Any, _prestada: Any) -> None:
        if monotonic() - registro.info.get("usada", 0.0) < QUIETA:
            return
        try:
            motor.dialect.do_ping(conexion)
        except motor.dialect.loaded_dbapi.Error as falla:
            raise DisconnectionError from falla

    event.listen(motor, "connect", anotar)
    event.listen(motor, "checkin", anotar)
    event.listen(motor, "checkout", probar)


def _preparar_sqlite(conexion: Any, _registro: Any) -> None:
    conexion.isolation_level = None
    for orden in (
        "PRAGMA journal_mode=WAL",
        # FULL: lo que se le confirmó a una persona sobrevive a un corte de luz.
        "PRAGMA synchronous=FULL",
        "PRAGMA busy_timeout=20000",
        "PRAGMA foreign_keys=ON",
        # Sin esto, INSERT OR REPLACE borra sin despertar a los disparadores.
        "PRAGMA recursive_triggers=ON",
    ):
        conexion.execute(orden)


def _empezar_sqlite(conexion: Connection) -> None:
    # Quien va a escribir toma el turno al empezar: subir de lectura a escritura da «locked».
    escribe = conexion.get_execution_options().get("escribe")
    conexion.exec_driver_sql("BEGIN IMMEDIATE" if escribe else "BEGIN")

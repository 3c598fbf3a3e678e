"""Límites de frecuencia que se cuentan en una base de datos: valen con varios procesos."""

import time
from collections.abc import Callable
from functools import wraps
from ipaddress import ip_network
from typing import Any

import structlog
from flask import abort, request
from limits import RateLimitItem, parse_many
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import (
    Column,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    case,
    create_engine,
    event,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import StaticPool

metadatos = MetaData()
tabla = Table(
    "limite",
    metadatos,
    Column("clave", String(300), primary_key=True),
    Column("cuenta", Integer, nullable=False),
    Column("vence", Float, nullable=False),
)

registro = structlog.get_logger(__name__)


class AlmacenSQL(Storage):
    """Cuentas por ventana fija en la tabla `limite`, en SQLite o PostgreSQL."""

    STORAGE_SCHEME = None

    def __init__(self, url: str) -> None:
        super().__init__(url)
        en_memoria = {"poolclass": StaticPool} if url == "sqlite://" else {}
        self.motor = create_engine(url, isolation_level="AUTOCOMMIT", **en_memoria)
        self._sumar = _sumar(sqlite.insert if url.startswith("sqlite") else postgresql.insert)
        if url.startswith("sqlite"):
            event.listen(self.motor, "connect", _sin_esperas)
        metadatos.create_all(self.motor)
        self._siguiente_barrido = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        """Lo que puede fallar."""
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Suma a una cuenta; si su ventana pasó, empieza otra."""
        ahora = time.time()
        self._barrer(ahora)
        datos = {"clave": key, "cuenta": amount, "vence": ahora + expiry, "ahora": ahora}
        with self.motor.connect() as conexion:
            return int(conexion.execute(self._sumar, datos).scalar_one())

    def _barrer(self, ahora: float) -> None:
        if ahora >= self._siguiente_barrido:
            self._siguiente_barrido = ahora + 600
            with self.motor.connect() as conexion:
                conexion.execute(tabla.delete().where(tabla.c.vence < ahora))

    def get(self, key: str) -> int:
        """Cuánto va en la ventana en curso."""
        fila = self._fila(key)
        return int(fila[0]) if fila and fila[1] >= time.time() else 0

    def get_expiry(self, key: str) -> float:
        """Cuándo termina la ventana."""
        fila = self._fila(key)
        return float(fila[1]) if fila else time.time()

    def _fila(self, key: str) -> Any:
        consulta = tabla.select().with_only_columns(tabla.c.cuenta, tabla.c.vence)
        with self.motor.connect() as conexion:
            return conexion.execute(consulta.where(tabla.c.clave == key)).first()

    def check(self) -> bool:
        """Si se puede contar."""
        with self.motor.connect() as conexion:
            conexion.execute(tabla.select().limit(1)).first()
        return True

    def reset(self) -> int | None:
        """Borra todas las cuentas."""
        with self.motor.connect() as conexion:
            return int(conexion.execute(tabla.delete()).rowcount)

    def clear(self, key: str) -> None:
        """Borra una cuenta."""
        with self.motor.connect() as conexion:
            conexion.execute(tabla.delete().where(tabla.c.clave == key))


def _sumar(insertar: Any) -> Any:
    """La sentencia que suma a una cuenta, o la empieza de nuevo si su ventana pasó."""
    vencida = tabla.c.vence < bindparam("ahora", type_=Float())
    nueva = insertar(tabla).values(
        clave=bindparam("clave"), cuenta=bindparam("cuenta"), vence=bindparam("vence")
    )
    return nueva.on_conflict_do_update(
        index_elements=[tabla.c.clave],
        set_={
            "cuenta": case(
                (vencida, nueva.excluded.cuenta), else_=tabla.c.cuenta + nueva.excluded.cuenta
            ),
            "vence": case((vencida, nueva.excluded.vence), else_=tabla.c.vence),
        },
    ).returning(tabla.c.cuenta)


def _sin_esperas(conexion: Any, _registro: Any) -> None:
    conexion.execute("PRAGMA journal_mode=WAL")
    # Una cuenta perdida en un corte de luz no le importa a nadie.
    conexion.execute("PRAGMA synchronous=OFF")
    conexion.execute("PRAGMA busy_timeout=5000")


Vista = Callable[..., Any]
BITS_DE_UN_EQUIPO = 64
"""En IPv6 cada casa o teléfono tiene una red entera de estos bits: se cuenta junta."""


def red() -> str:
    """De dónde viene una petición, para contarla: su IPv4, o la red de su IPv6."""
    directa = request.remote_addr or ""
    if ":" not in directa:
        return directa
    try:
        return str(ip_network((directa, BITS_DE_UN_EQUIPO), strict=False))
    except ValueError:
        return directa


class Limitador:
    """Cuenta lo que se pide a una ruta desde una dirección IP.

    Solo lo paga la ruta que tiene límite: las demás no pasan por aquí.
    """

    enabled = True
    storage: AlmacenSQL

    def init_app(self, url: str) -> None:
        """Dice dónde se cuenta."""
        self.storage = AlmacenSQL(url)

    def limit(self, texto: str) -> Callable[[Vista], Vista]:
        """Pone a una vista un límite como «20/minute;200/hour»; al pasarlo responde 429."""
        limites = parse_many(texto)

        def limitar(vista: Vista) -> Vista:
            @wraps(vista)
            def limitada(**partes: Any) -> Any:
                if self.enabled and not self._cabe(limites):
                    abort(429)
                return vista(**partes)

            return limitada

        return limitar

    def gastar(self, texto: str, *de_quien: str, cuanto: int) -> None:
        """Gasta `cuanto` de una cuota como «4000/hour»; si no alcanza, responde 429."""
        if not self.cabe(texto, *de_quien, cuanto=cuanto):
            abort(429)

    def cabe(self, texto: str, *de_quien: str, cuanto: int = 1) -> bool:
        """Cuenta uno más; dice si cabe. Quien pregunta decide qué hacer si no."""
        return not self.enabled or self._cabe(parse_many(texto), de_quien, cuanto)

    def exigir(self, texto: str, *de_quien: str) -> None:
        """Sin gastarla, comprueba que queda algo de una cuota; si no, responde 429."""
        if not self.queda(texto, *de_quien):
            abort(429)

    def queda(self, texto: str, *de_quien: str) -> bool:
        """Sin gastarla, dice si queda algo de una cuota."""
        ventana = FixedWindowRateLimiter(self.storage)
        return not self.enabled or all(ventana.test(li, *de_quien) for li in parse_many(texto))

    def _cabe(
        self, limites: list[RateLimitItem], de_quien: tuple[str, ...] = (), cuanto: int = 1
    ) -> bool:
        quien = de_quien or (red(), request.endpoint or "")
        ventana = FixedWindowRateLimiter(self.storage)
        try:
            return all(ventana.hit(limite, *quien, cost=cuanto) for limite in sorted(limites))
        except SQLAlchemyError:
            # Si esa base falla, la atención sigue sin límites.
            registro.exception("limites.fallo")
            return True


limitador = Limitador()

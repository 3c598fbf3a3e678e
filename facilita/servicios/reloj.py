"""La hora: del sistema, o puesta a mano en las pruebas y en la demostración."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Reloj(Protocol):
    """Quien sabe qué hora es."""

    def ahora(self) -> datetime:
        """El instante presente, con zona UTC."""


class RelojSistema:
    """La hora de la máquina."""

    def ahora(self) -> datetime:
        """El instante presente, con zona UTC."""
        return datetime.now(UTC)


class RelojFijo:
    """Un reloj detenido que solo se mueve cuando se le pide."""

    def __init__(self, instante: datetime) -> None:
        self._instante = _en_utc(instante)

    def ahora(self) -> datetime:
        """El instante en que está puesto, con zona UTC."""
        return self._instante

    def poner(self, instante: datetime) -> None:
        """Lo lleva a ese instante, que debe decir su zona."""
        self._instante = _en_utc(instante)

    def avanzar(self, cuanto: timedelta) -> None:
        """Lo adelanta esa duración (o lo atrasa, si es negativa)."""
        self._instante += cuanto


def _en_utc(instante: datetime) -> datetime:
    if instante.tzinfo is None:
        raise ValueError("El reloj necesita un instante con zona horaria")
    return instante.astimezone(UTC)

"""Las colas: tomar un lote por un turno, y cuánto espera lo que no salió.

Cada fila es su propio lugar en la cola. Si el proceso muere, otro la toma cuando pasa su turno; y
quien despierta tarde encuentra que ya no es suya.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from facilita.tramite.ambito import Ambito
from facilita.tramite.bd import ConCola
from facilita.tramite.entorno import Entorno

Fila = TypeVar("Fila", bound=ConCola)
DOBLECES = 20
"""Veces que la espera se dobla como mucho: más no cabría en una fecha."""


@dataclass(frozen=True)
class Cola(Generic[Fila]):
    """Una tabla de cosas por hacer, con las medidas de su turno y de su espera."""

    modelo: type[Fila]
    motivo: str
    """El de la bitácora: la cola mira lo de todas las entidades."""
    pendiente: ColumnElement[bool]
    """Qué filas esperan algo."""
    por_lote: int
    turno: timedelta
    espera: timedelta
    espera_maxima: timedelta
    intentos: int
    """Con cuántos fallidos se da por perdida."""
    cuenta_al_tomar: bool = False
    """Si el intento cuenta desde que se toma: lo que tumba al proceso no se repite sin fin."""

    @property
    def ambito(self) -> Ambito:
        """El de quien mira la cola entera."""
        return Ambito.de_plataforma(self.motivo)

    def tomar(self, entorno: Entorno, *cuales: ColumnElement[bool]) -> list[Fila]:
        """Toma un lote por un turno, de lo que toca antes a lo que toca después."""
        ahora, modelo = entorno.reloj.ahora(), self.modelo
        with entorno.bd.transaccion(self.ambito) as sesion:
            filas = sesion.scalars(
                select(modelo)
                .where(
                    self.pendiente,
                    *cuales,
                    modelo.proxima_en <= ahora,
                    or_(modelo.tomado_hasta.is_(None), modelo.tomado_hasta < ahora),
                )
                .order_by(modelo.proxima_en, modelo.id)
                .limit(self.por_lote)
                .with_for_update(skip_locked=True, of=modelo)
            ).all()
            for fila in filas:
                fila.tomado_hasta = ahora + self.turno
                fila.intentos += self.cuenta_al_tomar
            return list(filas)

    def todavia_suya(self, sesion: Session, tomada: Fila) -> Fila | None:
        """La fila con su candado, si nadie más la hizo ni la tomó mientras tanto."""
        modelo = self.modelo
        fila = sesion.scalar(
            select(modelo).where(modelo.id == tomada.id, self.pendiente).with_for_update(of=modelo)
        )
        return fila if fila is not None and fila.tomado_hasta == tomada.tomado_hasta else None

    def fallo(self, fila: Fila, ahora: datetime) -> bool:
        """Suelta una fila que no salió y la deja para después; dice si gastó sus intentos."""
        fila.tomado_hasta = None
        fila.intentos += not self.cuenta_al_tomar
        fila.proxima_en = ahora + self.espera_tras(fila.intentos)
        return fila.intentos >= self.intentos

    def espera_tras(self, intentos: int) -> timedelta:
        """Cuánto se espera después de ese intento: se dobla, hasta el máximo."""
        doble: int = 2 ** min(max(intentos - 1, 0), DOBLECES)
        return min(self.espera * doble, self.espera_maxima)

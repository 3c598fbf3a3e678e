"""Los ingresos fallidos, tengan cuenta o no: varios seguidos detienen un rato."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from facilita.servicios.codigos import huella
from facilita.tramite.errores import NoPermitido
from facilita.tramite.modelos import Intento

FALLOS = 5
CASTIGO = timedelta(minutes=1)
CASTIGO_MAXIMO = timedelta(minutes=15)
OLVIDO = timedelta(days=1)
"""Pasado este tiempo sin otro fallo, los anteriores no cuentan."""


class IngresoDetenido(NoPermitido):
    """Demasiados intentos fallidos: hay que esperar."""

    def __init__(self, hasta: datetime) -> None:
        super().__init__("Hubo varios intentos fallidos. Espera unos minutos y prueba otra vez.")
        self.hasta = hasta


def exigir_turno(sesion: Session, de_quien: str, ahora: datetime) -> None:
    """Lanza `IngresoDetenido` si con ese nombre hubo demasiados fallos hace poco."""
    intento = sesion.get(Intento, huella(de_quien))
    if intento and intento.bloqueado_hasta and intento.bloqueado_hasta > ahora:
        raise IngresoDetenido(intento.bloqueado_hasta)


def anotar_fallo(sesion: Session, de_quien: str, ahora: datetime) -> None:
    """Cuenta un fallo y, si ya son muchos, detiene por un rato cada vez mayor."""
    intento = _intento(sesion, huella(de_quien), ahora)
    intento.fallos += 1
    intento.ultimo_en = ahora
    if intento.fallos >= FALLOS:
        castigo = CASTIGO * 2 ** min(intento.fallos - FALLOS, 8)
        intento.bloqueado_hasta = ahora + min(castigo, CASTIGO_MAXIMO)


def _intento(sesion: Session, cual: str, ahora: datetime) -> Intento:
    intento = sesion.get(Intento, cual, with_for_update=True)
    if intento is None:
        try:
            with sesion.begin_nested():
                sesion.add(Intento(huella=cual, fallos=0, ultimo_en=ahora))
        except IntegrityError:
            pass  # Otro intento con el mismo nombre lo creó a la vez.
        intento = sesion.get_one(Intento, cual, with_for_update=True, populate_existing=True)
    if ahora - intento.ultimo_en > OLVIDO:
        intento.fallos, intento.bloqueado_hasta = 0, None
    return intento


def olvidar_intentos(sesion: Session, de_quien: str) -> None:
    """Levanta el castigo de un nombre."""
    sesion.execute(delete(Intento).where(Intento.huella == huella(de_quien)))


def barrer_intentos(sesion: Session, ahora: datetime) -> None:
    """Borra los que ya se olvidan."""
    sesion.execute(delete(Intento).where(Intento.ultimo_en < ahora - OLVIDO))

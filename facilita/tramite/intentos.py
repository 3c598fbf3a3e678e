"""Los ingresos fallidos, tengan cuenta o no: varios seguidos detienen un rato a quien los hace.

Se cuentan por quién se quiere ser y desde dónde. Quien sabe el documento o el correo de otro y se
equivoca a propósito se detiene a sí mismo, no a su dueño: sus fallos son los de su red. Un equipo
que ya entró antes lleva su propia cuenta, aunque la red sea la misma.

Adivinar desde muchas redes a la vez lo frena un tope general, que no alcanza a un equipo conocido
ni a quien entra por el enlace que llegó a su correo. Con eso:

- Una contraseña: desde una red, 5 fallos y después una espera que llega a 15 minutos, unos 100 por
  día. Desde todas, 50 y después uno cada 15 minutos: menos de 150 por día y 55 000 por año, de
  contraseñas de diez caracteres o más que no están entre las comunes.
- Un código de 6 cifras: cada uno es de quien lo pidió y admite 5 fallos; desde todas las redes, 10
  por día de una misma casilla. Acertar es 10 en 1 000 000 por día: 0,4 % al cabo de un año entero
  de intentos diarios, con un correo que avisa al dueño cada vez.
- El documento de quien presentó, con su código de seguimiento (72 bits) en la mano: 30 por hora
  desde todas las redes, 260 000 por año, de unos 50 000 000: 0,5 % (`facilita/web/ciudadano.py`).
"""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Desde:
    """De dónde viene un intento: su red y, si ya entró con ese nombre, su equipo."""

    red: str = ""
    equipo: str = ""

    @property
    def lugar(self) -> str:
        """Lo que lleva su propia cuenta."""
        return f"equipo {self.equipo}" if self.equipo else f"red {self.red}"


AQUI = Desde()
"""Un intento de adentro: la consola, la demostración."""


@dataclass(frozen=True, slots=True)
class Tope:
    """Cuántos fallos se admiten desde todas las redes, y cuánto se espera después de cada uno."""

    fallos: int
    espera: timedelta


DE_CLAVES = Tope(50, CASTIGO_MAXIMO)
DE_CODIGOS = Tope(10, OLVIDO)
SIN_TOPE = Tope(10**9, CASTIGO)
"""Para lo que pide además un secreto que nadie adivina: el código de una solicitud propia."""
_TODAS = "todas las redes"


def exigir_turno(sesion: Session, de_quien: str, ahora: datetime, desde: Desde = AQUI) -> None:
    """Lanza `IngresoDetenido` si desde ahí, o desde todas las redes, hubo demasiados fallos."""
    lugares = [desde.lugar] if desde.equipo else [desde.lugar, _TODAS]
    for lugar in lugares:
        intento = sesion.get(Intento, _cual(de_quien, lugar))
        if intento and intento.bloqueado_hasta and intento.bloqueado_hasta > ahora:
            raise IngresoDetenido(intento.bloqueado_hasta)


def _cual(de_quien: str, lugar: str) -> str:
    return huella(f"{de_quien}\n{lugar}")


def anotar_fallo(
    sesion: Session, de_quien: str, ahora: datetime, desde: Desde = AQUI, tope: Tope = DE_CLAVES
) -> None:
    """Cuenta un fallo y, si ya son muchos, detiene por un rato cada vez mayor."""
    intento = _intento(sesion, de_quien, desde.lugar, ahora)
    _sumar(intento, ahora)
    if intento.fallos >= FALLOS:
        castigo = CASTIGO * 2 ** min(intento.fallos - FALLOS, 8)
        intento.bloqueado_hasta = ahora + min(castigo, CASTIGO_MAXIMO)
    if desde.equipo:
        return
    general = _intento(sesion, de_quien, _TODAS, ahora)
    _sumar(general, ahora)
    if general.fallos >= tope.fallos:
        general.bloqueado_hasta = ahora + tope.espera


def _sumar(intento: Intento, ahora: datetime) -> None:
    intento.fallos += 1
    intento.ultimo_en = ahora


def _intento(sesion: Session, de_quien: str, lugar: str, ahora: datetime) -> Intento:
    cual = _cual(de_quien, lugar)
    intento = sesion.get(Intento, cual, with_for_update=True)
    if intento is None:
        try:
            with sesion.begin_nested():
                nuevo = Intento(huella=cual, de=huella(de_quien), fallos=0, ultimo_en=ahora)
                sesion.add(nuevo)
        except IntegrityError:
            pass  # Otro intento con el mismo nombre lo creó a la vez.
        intento = sesion.get_one(Intento, cual, with_for_update=True, populate_existing=True)
    if ahora - intento.ultimo_en > OLVIDO:
        intento.fallos, intento.bloqueado_hasta = 0, None
    return intento


def olvidar_los_suyos(sesion: Session, de_quien: str, desde: Desde = AQUI) -> None:
    """Quien entró empieza de nuevo desde ahí; los fallos de otras redes siguen contados."""
    suyo = sesion.get(Intento, _cual(de_quien, desde.lugar), with_for_update=True)
    if suyo is None:
        return
    general = sesion.get(Intento, _cual(de_quien, _TODAS), with_for_update=True)
    if general and not desde.equipo:
        general.fallos -= suyo.fallos
        if general.fallos <= 0:
            sesion.delete(general)
    sesion.delete(suyo)


def olvidar_intentos(sesion: Session, de_quien: str) -> None:
    """Levanta el castigo de un nombre, venga de donde venga."""
    sesion.execute(delete(Intento).where(Intento.de == huella(de_quien)))


def barrer_intentos(sesion: Session, ahora: datetime) -> None:
    """Borra los que ya se olvidan."""
    sesion.execute(delete(Intento).where(Intento.ultimo_en < ahora - OLVIDO))

"""Los verbos de un plazo: contar, ampliar, suspender, reanudar y mirar cuánto queda."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from facilita.plazos.calendario import UN_DIA, Calendario, Salto
from facilita.plazos.computo import Computo
from facilita.plazos.feriados import exigir_fecha
from facilita.plazos.zona import fecha_lima

Color = Literal["verde", "ambar", "rojo", "vencido"]


@dataclass(frozen=True, slots=True)
class Suspension:
    """Lo que un plazo suspendido lleva gastado y lo que le queda, en días hábiles (N07)."""

    consumidos: int
    restantes: int


def computar(desde: date, dias_habiles: int, calendario: Calendario) -> Computo:
    """Cuenta los días hábiles desde el día siguiente; `ValueError` si son menos de 1 (N03, N10)."""
    exigir_fecha(desde)
    habiles, saltados = _recorrer(desde, dias_habiles, calendario)
    return Computo(
        desde=desde,
        dias_habiles=dias_habiles,
        primer_dia=habiles[0],
        vence=habiles[-1],
        saltados=saltados,
        revision=calendario.revision,
    )


def ampliar(computo: Computo, dias: int, calendario: Calendario) -> Computo:
    """Añade días hábiles y cuenta el plazo entero; `ValueError` si son menos de 1 (N41)."""
    _exigir_dias(dias)
    # Contar solo lo añadido firmaría con la revisión nueva días contados con la anterior.
    return computar(computo.desde, computo.dias_habiles + dias, calendario)


def suspender(computo: Computo, el_dia: date, calendario: Calendario) -> Suspension:
    """Detiene el plazo un día, que cuenta como gastado salvo si es el último (N07).

    Un plazo aún vivo conserva siempre un día: el último solo se gasta a las 23:59:59 (N10).
    Si ya venció, no queda ninguno.
    """
    exigir_fecha(el_dia)
    total = computo.dias_habiles
    if el_dia > computo.vence:
        return Suspension(consumidos=total, restantes=0)
    transcurridos = habiles_entre(computo.desde, el_dia, calendario)
    consumidos = min(transcurridos, total - 1)
    return Suspension(consumidos, total - consumidos)


def reanudar(suspension: Suspension, desde: date, calendario: Calendario) -> Computo:
    """Cuenta lo que quedaba desde el hábil siguiente; `ValueError` si ya no quedaba nada (N07)."""
    if suspension.restantes < 1:
        raise ValueError("el plazo ya había vencido al suspenderse: no queda nada que reanudar")
    return computar(desde, suspension.restantes, calendario)


def habiles_entre(desde: date, hasta: date, calendario: Calendario) -> int:
    """Días hábiles posteriores a `desde` y hasta `hasta` inclusive; 0 si no hay ninguno."""
    exigir_fecha(hasta)
    dias = range(1, (hasta - desde).days + 1)
    return sum(calendario.es_habil(desde + UN_DIA * n) for n in dias)


def restantes(hoy: date, computo: Computo, calendario: Calendario) -> int:
    """Días hábiles que quedan después de hoy: 0 el último día, negativo si ya venció (N10)."""
    exigir_fecha(hoy)
    if hoy <= computo.vence:
        return habiles_entre(max(hoy, computo.desde), computo.vence, calendario)
    # Vencido el viernes, el sábado ya está vencido aunque no haya pasado ningún día hábil.
    return -max(1, habiles_entre(computo.vence, hoy, calendario))


def semaforo(
    hoy: date, computo: Computo, calendario: Calendario, ambar: int = 5, rojo: int = 2
) -> Color:
    """Color del plazo: ámbar y rojo con menos de esos días hábiles, o vencido (N10)."""
    quedan = restantes(hoy, computo, calendario)
    if quedan < 0:
        return "vencido"
    if quedan < rojo:
        return "rojo"
    return "ambar" if quedan < ambar else "verde"


def a_tiempo(instante: datetime, computo: Computo) -> bool:
    """Dice si el instante llega antes de las 00:00 que siguen al vencimiento (N10)."""
    return fecha_lima(instante) <= computo.vence


def plazo_desde(presentado_en: datetime, calendario: Calendario) -> date:
    """Primer día del plazo: el hábil siguiente al de la presentación en Lima (N03)."""
    return calendario.siguiente_habil(fecha_lima(presentado_en))


def _exigir_dias(dias: int) -> None:
    if dias < 1:
        raise ValueError(f"un plazo tiene al menos 1 día hábil, no {dias}")


def _recorrer(
    desde: date, dias: int, calendario: Calendario
) -> tuple[list[date], tuple[Salto, ...]]:
    _exigir_dias(dias)
    habiles: list[date] = []
    saltados: list[Salto] = []
    dia = desde
    while len(habiles) < dias:
        dia += UN_DIA
        salto = calendario.por_que_no(dia)
        if salto is None:
            habiles.append(dia)
        else:
            saltados.append(salto)
    return habiles, tuple(saltados)

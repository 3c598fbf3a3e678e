"""Cuándo vale una notificación en la casilla electrónica (N52, N53)."""

from datetime import date, datetime, time

from facilita.plazos.calendario import Calendario
from facilita.plazos.horario import Horario
from facilita.plazos.terminos import computar
from facilita.plazos.zona import LIMA, a_lima, fecha_lima

DIAS_PARA_ABRIR = 5


def considerado_depositado(
    instante: datetime, horario: Horario, calendario: Calendario
) -> datetime:
    """Instante en que vale: fuera de horario, la primera hora del día hábil siguiente (N52).

    La norma no distingue: lo depositado de madrugada también pasa al día hábil siguiente.
    """
    local = a_lima(instante)
    if horario.dentro(local, calendario):
        return local
    return _primera_hora(local.date(), horario, calendario)


def surte_efecto(
    depositado: datetime,
    abierto: datetime | None,
    horario: Horario,
    calendario: Calendario,
    mismo_dia: bool = False,
) -> date:
    """Día en que surte efecto: el hábil siguiente al de abrirla, o el sexto si nadie la abre (N53).

    `mismo_dia` la hace valer el día en que se abre (LPAG 25.2). Una apertura anterior al depósito
    es `ValueError`; la que se adelanta al día en que vale el depósito cuenta desde ese día.
    """
    vale = considerado_depositado(depositado, horario, calendario).date()
    sexto = computar(vale, DIAS_PARA_ABRIR + 1, calendario).vence
    if abierto is None:
        return sexto
    if a_lima(abierto) < a_lima(depositado):
        raise ValueError(f"abierta el {abierto}, antes de depositarse el {depositado}")
    apertura = max(fecha_lima(abierto), vale)
    return min(sexto, apertura if mismo_dia else calendario.siguiente_habil(apertura))


def _primera_hora(fecha: date, horario: Horario, calendario: Calendario) -> datetime:
    if not any(horario.semana[:5]):
        raise ValueError("el horario no atiende ningún día de lunes a viernes")
    dia = calendario.siguiente_habil(fecha)
    while not horario.semana[dia.weekday()]:
        dia = calendario.siguiente_habil(dia)
    minutos = horario.semana[dia.weekday()][0].desde
    return datetime.combine(dia, time(minutos // 60, minutos % 60), tzinfo=LIMA)

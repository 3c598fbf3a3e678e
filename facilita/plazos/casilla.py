"""Cuándo vale una notificación en la casilla electrónica (N52, N53)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from facilita.plazos.calendario import Calendario, Salto
from facilita.plazos.computo import Computo
from facilita.plazos.feriados import DiaNoHabil
from facilita.plazos.horario import Horario
from facilita.plazos.normas import (
    CASILLA_ALERTAS,
    CASILLA_DEPOSITO,
    CASILLA_EFECTO,
    CASILLA_MISMO_DIA,
)
from facilita.plazos.palabras import fecha_larga, momento_largo
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
    dia = efecto_de(depositado, depositado, abierto, horario, calendario, mismo_dia).dia
    if dia is None:
        raise ValueError("un depósito alertado siempre surte efecto")
    return dia


@dataclass(frozen=True, slots=True)
class Efecto:
    """Desde cuándo vale un depósito en la casilla, con todo lo que lo explica (N52, N53)."""

    depositado: datetime
    vale: datetime
    alertado: datetime | None
    """Cuándo llegó la última de las dos alertas; `None` si falta alguna (N51)."""
    presuncion: Computo | None
    """Los seis días hábiles; vencen el día en que vale aunque nadie lo abra."""
    abierto: datetime | None
    dia: date | None
    """El día en que surte efecto; `None` si no se abrió y falta una alerta."""
    mismo_dia: bool
    abrir_hasta: datetime | None = None
    """El último segundo para abrirlo antes de que valga sin abrirse."""
    caidas: tuple[Salto, ...] = ()
    """Los días hábiles que no se contaron porque la casilla no funcionó (N55)."""

    def explicar(self) -> tuple[str, ...]:
        """Por qué esas fechas, frase por frase y con su norma."""
        return tuple(self._frases())

    def _frases(self) -> Iterator[str]:
        yield f"Se depositó el {momento_largo(self.depositado)}, hora de Lima."
        if a_lima(self.vale) != a_lima(self.depositado):
            yield (
                "Fue fuera del horario de la entidad: se tiene por depositado el "
                f"{momento_largo(self.vale)} ({CASILLA_DEPOSITO})."
            )
        yield from self._de_las_alertas()
        for dia in self.caidas:
            yield f"No se contó el {fecha_larga(dia.fecha)}: {dia.motivo} ({dia.norma})."
        if self.abierto:
            yield f"Se abrió el {momento_largo(self.abierto)}."
        if self.dia:
            yield f"{self._regla()}: surte efecto el {fecha_larga(self.dia)}."

    def _de_las_alertas(self) -> Iterator[str]:
        if self.presuncion is None:
            yield (
                "Falta que llegue la alerta al correo o al celular: sin las dos, no surte efecto "
                f"si no se abre ({CASILLA_ALERTAS})."
            )
        elif self.presuncion.desde > fecha_lima(self.vale):
            yield (
                f"La última alerta llegó el {fecha_larga(self.presuncion.desde)}: los días para "
                f"abrirlo se cuentan desde ese día ({CASILLA_ALERTAS})."
            )

    def _regla(self) -> str:
        if self.abierto is None or not self._por_el_acuse:
            return (
                f"Nadie lo abrió en {DIAS_PARA_ABRIR} días hábiles, así que vale el sexto "
                f"({CASILLA_EFECTO})"
            )
        if self.mismo_dia:
            return f"Vale el mismo día en que se abre ({CASILLA_MISMO_DIA})"
        return f"Vale el día hábil siguiente al de abrirlo ({CASILLA_EFECTO})"

    @property
    def _por_el_acuse(self) -> bool:
        """Si vale por haberse abierto: quien abre después del sexto día ya estaba notificado."""
        tope = self.presuncion.vence if self.presuncion else None
        return tope is None or (self.abierto is not None and fecha_lima(self.abierto) < tope)


def efecto_de(
    depositado: datetime,
    alertado: datetime | None,
    abierto: datetime | None,
    horario: Horario,
    calendario: Calendario,
    mismo_dia: bool = False,
    caidas: Sequence[DiaNoHabil] = (),
) -> Efecto:
    """Desde cuándo vale un depósito, con lo que se sabe hasta ahora (N51, N52, N53).

    Los seis días se cuentan desde que se tiene por depositado o, si alguna alerta llegó después de
    ese día, desde el día en que llegó: nunca corren contra quien no fue alertado. Un día en que la
    casilla no funcionó no es un día para abrirla (N55).
    """
    vale = considerado_depositado(depositado, horario, calendario)
    presuncion = abrir_hasta = None
    para_abrir = _sin(caidas, calendario)
    if alertado is not None:
        base = max(vale.date(), fecha_lima(alertado))
        presuncion = computar(base, DIAS_PARA_ABRIR + 1, para_abrir)
        abrir_hasta = computar(base, DIAS_PARA_ABRIR, para_abrir).vence_en
    dia = presuncion.vence if presuncion else None
    if abierto is not None:
        if a_lima(abierto) < a_lima(depositado):
            raise ValueError(f"abierta el {abierto}, antes de depositarse el {depositado}")
        apertura = max(fecha_lima(abierto), vale.date())
        del_acuse = apertura if mismo_dia else calendario.siguiente_habil(apertura)
        dia = min(dia, del_acuse) if dia else del_acuse
    return Efecto(
        depositado, vale, alertado, presuncion, abierto, dia, mismo_dia, abrir_hasta,
        _saltadas(presuncion, caidas, calendario),
    )  # fmt: skip


def _sin(caidas: Sequence[DiaNoHabil], calendario: Calendario) -> Calendario:
    if not caidas:
        return calendario
    return Calendario(calendario.ubigeo, (*calendario.extras, *caidas))


def _saltadas(
    presuncion: Computo | None, caidas: Sequence[DiaNoHabil], calendario: Calendario
) -> tuple[Salto, ...]:
    """Los días que se habrían contado si la casilla hubiera funcionado."""
    dias = {c.fecha for c in caidas if calendario.es_habil(c.fecha)}
    return tuple(s for s in presuncion.saltados if s.fecha in dias) if presuncion else ()


def _primera_hora(fecha: date, horario: Horario, calendario: Calendario) -> datetime:
    if not any(horario.semana[:5]):
        raise ValueError("el horario no atiende ningún día de lunes a viernes")
    dia = calendario.siguiente_habil(fecha)
    while not horario.semana[dia.weekday()]:
        dia = calendario.siguiente_habil(dia)
    minutos = horario.semana[dia.weekday()][0].desde
    return datetime.combine(dia, time(minutos // 60, minutos % 60), tzinfo=LIMA)

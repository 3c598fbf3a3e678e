"""El trabajador: lo que ocurre sin que nadie lo pida. Entrega correos y da los pasos del reloj.

Puede haber varios a la vez: cada envío se toma por un rato y cada plazo con su turno. Lo que habla
con un servicio de afuera va en su carril: uno colgado no retrasa a los demás.
"""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Thread
from time import monotonic
from types import TracebackType
from typing import Self

import structlog

from facilita.tramite import (
    analisis,
    barrido,
    direcciones_gobpe,
    documentos,
    en_casilla,
    notificaciones,
    retomar,
    salidas,
    sesiones,
    sesiones_casilla,
    vencimientos,
    vigencias,
)
from facilita.tramite.entorno import Entorno

registro = structlog.get_logger(__name__)

PAUSA = 1.5
"""Segundos entre vueltas cuando no hubo nada que hacer."""
ESPERA, ESPERA_MAXIMA = 3.0, 60.0
"""Segundos que se aparta una tarea que falla: se doblan con cada falla, hasta el máximo."""
LOTES = 10
"""Lotes que una tarea da seguidos antes de dejar su turno a las demás."""
HORA = 3600.0
ESPERA_AL_PARAR = 10.0
"""Segundos que se espera, en total, a lo que cada carril tiene entre manos."""


def _barrer_sesiones(entorno: Entorno) -> int:
    sesiones.barrer(entorno)
    return 0


@dataclass(frozen=True)
class Tarea:
    """Algo que se hace en cada vuelta, o cada tantos segundos; dice cuánto hizo."""

    nombre: str
    hacer: Callable[[Entorno], int]
    cada: float = 0.0
    carril: str = ""
    """Con qué servicio de afuera habla: si ese calla, solo se detiene su carril."""


TAREAS = (
    Tarea("entregar", salidas.entregar, carril="correo"),
    Tarea("entregar_al_celular", salidas.entregar_al_celular, carril="celular"),
    Tarea("surtir_efecto", vigencias.surtir_efecto),
    Tarea("componer", documentos.hacer),
    Tarea("depositar_respuestas", en_casilla.depositar_respuestas),
    Tarea("vencer", vencimientos.vencer),
    Tarea("pedir_cedulas", notificaciones.pedir_cedulas),
    Tarea("avisar_por_vencer", retomar.avisar_por_vencer, cada=HORA / 4),
    Tarea("mirar_direcciones", direcciones_gobpe.mirar_direcciones, cada=60.0, carril="gobpe"),
    Tarea("analizar", analisis.analizar, carril="antivirus"),
    Tarea("barrer_sesiones", _barrer_sesiones, cada=HORA),
    Tarea("barrer_casillas", sesiones_casilla.barrer, cada=HORA),
    Tarea("olvidar_enlaces", retomar.olvidar_enlaces, cada=HORA),
    Tarea("barrer_subidas", barrido.barrer_subidas, cada=HORA),
    Tarea("barrer_borradores", barrido.barrer_borradores, cada=HORA),
    Tarea("barrer_archivos", barrido.barrer_archivos, cada=HORA),
)


@dataclass(frozen=True)
class Vuelta:
    """Lo que pasó en una vuelta: cuántas cosas se hicieron y qué tareas fallaron."""

    hechos: int
    fallaron: tuple[str, ...] = ()


class Trabajador:
    """Da vueltas sobre sus tareas; la falla de una no detiene a las demás."""

    def __init__(
        self,
        entorno: Entorno,
        *,
        pausa: float = PAUSA,
        espera: float = ESPERA,
        tareas: tuple[Tarea, ...] = TAREAS,
    ) -> None:
        self.entorno = entorno
        self.pausa = pausa
        self.espera = espera
        self.tareas = tareas
        self._toca: dict[str, float] = {}
        self._fallas: dict[str, int] = {}

    def vuelta(self, parar: Event | None = None) -> Vuelta:
        """Hace lo que está pendiente y vuelve; lo que sobra queda para la siguiente."""
        parar = parar or Event()
        hechos, fallaron = 0, []
        for tarea in self.tareas:
            if parar.is_set() or monotonic() < self._toca.get(tarea.nombre, 0.0):
                continue
            try:
                hechos += self._agotar(tarea, parar)
            except Exception:
                # Aquí se atrapa todo: el trabajador no muere porque algo falle una vez.
                espera = self._apartar(tarea)
                registro.exception("trabajador.fallo", tarea=tarea.nombre, espera=espera)
                fallaron.append(tarea.nombre)
            else:
                self._fallas.pop(tarea.nombre, None)
                self._toca[tarea.nombre] = monotonic() + tarea.cada
        return Vuelta(hechos, tuple(fallaron))

    def _apartar(self, tarea: Tarea) -> float:
        """Deja la tarea para después, cada vez más tarde: insistir no arregla lo que falla."""
        fallas = self._fallas.get(tarea.nombre, 0)
        self._fallas[tarea.nombre] = fallas + 1
        espera = min(self.espera * 2.0 ** min(fallas, 10), ESPERA_MAXIMA)
        self._toca[tarea.nombre] = monotonic() + espera
        return espera

    def _agotar(self, tarea: Tarea, parar: Event) -> int:
        total = 0
        for _ in range(LOTES):
            hechos = tarea.hacer(self.entorno)
            total += hechos
            if not hechos or parar.is_set():
                break
        if total:
            registro.info("trabajador.hecho", tarea=tarea.nombre, cuantos=total)
        return total

    def correr(self, parar: Event) -> None:
        """Da vueltas hasta que se lo pidan; cada carril en su hilo, y el primero en este."""
        registro.info("trabajador.empieza")
        primero, *otros = self._carriles()
        hilos = [Thread(target=otro._seguir, args=(parar,), daemon=True) for otro in otros]
        for hilo in hilos:
            hilo.start()
        primero._seguir(parar)
        limite = monotonic() + ESPERA_AL_PARAR
        for hilo in hilos:
            # Lo que quede colgado se va con el proceso; su turno vence y otro lo toma.
            hilo.join(max(0.0, limite - monotonic()))
        registro.info("trabajador.termina")

    def _carriles(self) -> list["Trabajador"]:
        """Uno por carril, cada uno con sus tareas; primero el de las que no hablan con nadie."""
        nombres = sorted({tarea.carril for tarea in self.tareas})
        return [
            Trabajador(
                self.entorno,
                pausa=self.pausa,
                espera=self.espera,
                tareas=tuple(t for t in self.tareas if t.carril == nombre),
            )
            for nombre in nombres
        ]

    def _seguir(self, parar: Event) -> None:
        """Vuelta tras vuelta; descansa cuando no hay nada que hacer."""
        while not parar.is_set():
            if not self.vuelta(parar).hechos:
                parar.wait(self.pausa)


class Hilo:
    """Un trabajador dentro del proceso del servidor, en su propio hilo."""

    def __init__(self, trabajador: Trabajador) -> None:
        self._parar = Event()
        self._hilo = Thread(
            target=trabajador.correr, args=(self._parar,), name="trabajador", daemon=True
        )
        self._hilo.start()

    @property
    def vivo(self) -> bool:
        """Si sigue dando vueltas."""
        return self._hilo.is_alive()

    def parar(self, segundos: float = 15.0) -> bool:
        """Le pide que termine lo que tiene entre manos y lo espera; dice si terminó."""
        self._parar.set()
        self._hilo.join(segundos)
        return not self.vivo

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _clase: type[BaseException] | None,
        _error: BaseException | None,
        _rastro: TracebackType | None,
    ) -> None:
        self.parar()


def arrancar_en_hilo(entorno: Entorno, *, pausa: float = PAUSA) -> Hilo:
    """Pone un trabajador a correr en un hilo; quien lo pide lo detiene con `parar`."""
    return Hilo(Trabajador(entorno, pausa=pausa))

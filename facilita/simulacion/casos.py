"""Los casos de una simulación: primero los que buscan algo, después los del azar."""

import random
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from facilita.definicion import Contexto
from facilita.definicion.condiciones import Condicion
from facilita.plazos import LIMA
from facilita.simulacion import filas, planes
from facilita.simulacion.busqueda import Buscador
from facilita.simulacion.caminos import Jugada, Mapa, Punto
from facilita.simulacion.cobertura import Cobertura, Meta, opcion
from facilita.simulacion.desafios import desafiar, llegar_tarde
from facilita.simulacion.formulario import encargos_del_formulario
from facilita.simulacion.mundo import Mundo
from facilita.simulacion.planes import Plan
from facilita.simulacion.presentaciones import Discrepancia, Intento, Relato, frases, presentar
from facilita.simulacion.respuestas import Encargo, redactar
from facilita.simulacion.tareas import encargar
from facilita.simulacion.tramites import Tramite
from facilita.simulacion.verbos import atender_un_poco
from facilita.simulacion.vigilancia import comprobar
from facilita.tramite.errores import Negativa

MINIMO_DE_VALIDAS = 0.3
VALIDAS = 0.5
"""Qué parte de los casos se procura que sea válida."""
VECES = 3
"""Cuántas veces se intenta ver una meta del flujo."""


@dataclass(frozen=True)
class Tropiezo:
    """Un caso que falló: qué pasó y lo que hace falta para repetirlo."""

    caso: int
    encargo: str
    que: str
    crudo: Mapping[str, Any]
    pasos: tuple[str, ...]
    traza: str = ""


class Simulacion:
    """Una simulación en marcha sobre un mundo de paso."""

    def __init__(self, mundo: Mundo, semilla: int) -> None:
        self.mundo = mundo
        self.semilla = semilla
        self.definicion = mundo.vigente.definicion
        self.mapa = Mapa(self.definicion)
        self.cobertura = Cobertura()
        self.tropiezos: list[Tropiezo] = []
        self.casos = 0
        self.validas = 0
        self.condiciones: list[tuple[str, Condicion]] = list(planes.condiciones(self.definicion))
        self.intentos: dict[Meta, int] = {}
        planes.proponer(self.definicion, self.mapa, self.cobertura)

    def correr(
        self, casos: int, hasta: int | None, fallas: int, avisar: Callable[[int], None]
    ) -> None:
        """Corre lo que busca algo y completa con el azar hasta `casos`.

        Se detiene después del caso `hasta`, o con ese número de fallas.
        """
        for encargo in self._encargos(max(casos, hasta or 0)):
            self.un_caso(encargo)
            # Después, y no antes: lo que se encargó mirando el día se presenta ese día.
            self._amanecer()
            avisar(self.casos)
            if self.casos == hasta or len(self.tropiezos) >= fallas:
                return

    # --- qué casos ----------------------------------------------------------------------------

    def _encargos(self, casos: int) -> Iterator[Encargo]:
        azar = random.Random(self.semilla)  # noqa: S311
        buscador = Buscador(self.definicion, self._contexto, azar)
        yield from encargos_del_formulario(self.definicion, buscador, self.cobertura)
        while self._proximo_plan(gastar=False) is not None:
            yield Encargo("recorrer el flujo", llena=True)
        while self.casos < casos or self.validas < self.casos * MINIMO_DE_VALIDAS:
            faltan_validas = self.validas < self.casos * VALIDAS
            yield Encargo("al azar", hostil=not faltan_validas)

    def _contexto(self) -> Contexto:
        return self.mundo.vigente.contexto(self.mundo.entorno)

    def _proximo_plan(self, *, gastar: bool = True) -> tuple[Meta, Plan] | None:
        """La primera meta del flujo que falta, con el camino que lleva a ella."""
        for meta in self.cobertura.faltan(*planes.FAMILIAS_DEL_FLUJO):
            if self.intentos.get(meta, 0) >= VECES:
                continue
            plan = planes.plan_para(meta, self.mapa, self.definicion)
            if plan is None:
                self.intentos[meta] = VECES
                continue
            if gastar:
                self.intentos[meta] = self.intentos.get(meta, 0) + 1
            return meta, plan
        return None

    # --- un caso ------------------------------------------------------------------------------

    def un_caso(self, encargo: Encargo) -> None:
        """Redacta una presentación, la presenta y, si se recibe, la lleva por el flujo."""
        self.casos += 1
        azar = random.Random(f"{self.semilla}-{self.casos}")  # noqa: S311
        relato = Relato()
        try:
            relato.crudo = redactar(self.definicion, self._contexto(), encargo, azar)
            intento = presentar(self.mundo, relato.crudo, relato)
            self._anotar(encargo, intento)
            if intento.codigo is not None:
                self.validas += 1
                tramite = Tramite(
                    self.mundo, self.mapa, self.cobertura, intento.codigo, azar, relato
                )
                self._recorrer(tramite)
                tramite.trabajar()
        except Exception as error:
            self.tropiezos.append(self._tropiezo(encargo, relato, error))

    def _tropiezo(self, encargo: Encargo, relato: Relato, error: Exception) -> Tropiezo:
        es_defecto = not isinstance(error, Discrepancia | Negativa)
        traza = "".join(traceback.format_exception(error)[-4:]) if es_defecto else ""
        que = f"{type(error).__name__}: {error}" if es_defecto else str(error)
        return Tropiezo(self.casos, encargo.que, que, relato.crudo, tuple(relato.pasos), traza)

    def _amanecer(self) -> None:
        """Cada caso empieza de mañana: ningún camino cruza la medianoche sin quererlo."""
        ahora = self.mundo.reloj.ahora().astimezone(LIMA)
        if ahora.hour >= 18:
            manana = ahora.date() + timedelta(days=1)
            self.mundo.reloj.poner(ahora.combine(manana, time(10), LIMA))
        else:
            self.mundo.reloj.avanzar(timedelta(minutes=1))

    # --- lo visto -----------------------------------------------------------------------------

    def _anotar(self, encargo: Encargo, intento: Intento) -> None:
        lectura = intento.paso.lectura
        if encargo.rechazada is None and not encargo.hostil and intento.codigo is None:
            raise Discrepancia(f"no se recibió algo válido: {frases(intento.errores)}")
        con_error = {e.de for e in intento.errores}
        if encargo.rechazada is not None and encargo.rechazada not in con_error:
            raise Discrepancia(f"se aceptó lo mal respondido en «{encargo.rechazada}»")
        for cual in lectura.visibles & set(self.definicion.campos):
            self._anotar_campo(cual, lectura.valores.get(cual), cual in con_error, intento)
        for nombre, condicion in self.condiciones:
            se_cumple = condicion.evaluar(intento.paso.comparables)
            self.cobertura.ver(Meta("condición", nombre, "sí" if se_cumple else "no"))

    def _anotar_campo(self, cual: str, valor: Any, con_error: bool, intento: Intento) -> None:
        campo = self.definicion.campos[cual]
        if valor is not None:
            self.cobertura.ver(Meta("campo", cual, "respondido"))
            visto = campo.comparable(valor) if campo.valores_posibles else ()
            for uno in visto if isinstance(visto, list | tuple) else (visto,):
                self.cobertura.ver(Meta("opción", cual, opcion(uno)))
            for meta in filas.vistas(campo, valor, intento.paso.comparables):
                self.cobertura.ver(meta)
        elif campo.limpiar(intento.paso.crudo.get(cual)) is None and not con_error:
            self.cobertura.ver(Meta("campo", cual, "vacío"))
        claves = {e.clave for e in intento.errores if e.de == cual}
        if con_error:
            vacio = claves == {campo.clave_vacio}
            self.cobertura.ver(Meta("campo", cual, "vacío" if vacio else "inválido"))

    # --- el flujo -----------------------------------------------------------------------------

    def _recorrer(self, tramite: Tramite) -> None:
        comprobar(tramite)
        elegido = self._proximo_plan()
        if elegido is None:
            atender_un_poco(tramite)
            self._pasear(tramite)
            return
        _, plan = elegido
        camino = self.mapa.camino_a(plan.hasta)
        jugadas = [*camino, *([(plan.hasta, plan.jugada)] if plan.jugada else [])]
        for planeado, jugada in jugadas:
            desafiar(tramite)
            siguiente = self._tras(tramite, planeado, jugada)
            if siguiente is None:
                return
            tramite.jugar(jugada, siguiente)
        desafiar(tramite)
        comprobar(tramite)
        self._rematar(tramite, plan)

    def _tras(self, tramite: Tramite, planeado: Punto, jugada: Jugada) -> Punto | None:
        """Adónde lleva una jugada; nada, si los días de verdad llevaron a otro punto del mapa."""
        hay = dict(self.mapa.jugadas(tramite.punto))
        if jugada not in hay and tramite.punto == planeado:
            raise Discrepancia(f"el camino se corta en «{tramite.punto.estado}»")
        return hay.get(jugada)

    def _rematar(self, tramite: Tramite, plan: Plan) -> None:
        if plan.remate == "cedula":
            tramite.notificar_por_cedula()
        elif plan.remate == "plazo" and plan.transicion:
            llegar_tarde(tramite, plan.transicion)
        elif plan.remate:
            encargar(tramite, self.definicion.tareas[plan.remate.split()[1]])

    def _pasear(self, tramite: Tramite) -> None:
        """Unos pasos al azar, por si el orden importa."""
        for _ in range(tramite.azar.randint(0, 3)):
            hay = sorted(self.mapa.jugadas(tramite.punto), key=repr)
            if not hay:
                return
            tramite.jugar(*tramite.azar.choice(hay))

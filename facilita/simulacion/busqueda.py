"""Qué responder para que una condición se cumpla, o para que no: se prueban los campos que mira."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from facilita.definicion import Contexto, Definicion
from facilita.definicion.campos import Campo, Lector
from facilita.definicion.condiciones import Condicion, Hoja

LIMITE = 50_000
"""Cuántas combinaciones se prueban antes de rendirse."""
MUESTRAS = 6

Respuesta = tuple[Any, Any]
"""Una respuesta cruda y lo que las condiciones ven de ella; `None` si no se responde."""


@dataclass(frozen=True)
class Hallazgo:
    """Las respuestas halladas, o `None`; y si se probaron todas las combinaciones."""

    crudo: Mapping[str, Any] | None
    completa: bool
    visto: Mapping[str, Any] = field(default_factory=dict)
    """Lo que las condiciones ven de ellas."""


class Buscador:
    """Busca respuestas para las condiciones de una definición."""

    def __init__(
        self, definicion: Definicion, contexto: Callable[[], Contexto], azar: random.Random
    ) -> None:
        self._contexto = contexto
        self.azar = azar
        self.condicionados = definicion.condicionados
        self.por_campo = definicion.por_campo
        self.por_id = {campo.id: (campo, suya) for campo, suya in self.condicionados}
        hojas = [h for campo, c in self.condicionados for h in _hojas(campo, c)]
        self.contra: dict[str, list[Hoja]] = {}
        for hoja in hojas:
            self.contra.setdefault(hoja.campo, []).append(hoja)
        self._posibles: dict[tuple[str, date | None], list[Respuesta]] = {}

    @property
    def contexto(self) -> Contexto:
        """Con qué se lee ahora: el día cambia mientras se simula."""
        return self._contexto()

    def hallar(self, condicion: Condicion | None, quiero: bool = True) -> Hallazgo:
        """Respuestas con las que la condición da lo que se quiere."""
        if condicion is None:
            return Hallazgo({} if quiero else None, completa=True)
        mirados = self._todo_lo_que_mira(condicion)
        campos = [par for par in self.condicionados if par[0].id in mirados]
        busqueda = _Busqueda(campos, condicion, quiero, self.posibles)
        crudo, visto = busqueda.desde(0, {}, Lector(self.contexto).comparables) or (None, {})
        return Hallazgo(crudo, busqueda.queda > 0, visto)

    def posibles(self, campo: Campo) -> list[Respuesta]:
        """Las respuestas que distinguen las comparaciones, en orden al azar."""
        clave = (campo.id, self.contexto.hoy)
        if clave not in self._posibles:
            leidas = self._elecciones(campo) if campo.opciones else self._leidas(campo)
            nada: list[Respuesta] = [] if campo.obligatorio else [(None, None)]
            self._posibles[clave] = [*leidas, *nada]
        return self.azar.sample(self._posibles[clave], len(self._posibles[clave]))

    def _crudas(self, campo: Campo) -> Iterator[Any]:
        for valor in campo.bordes(self.contra.get(campo.id, ()), self.contexto.hoy):
            yield campo.cruda(valor, contexto=self.contexto)
        if campo.valores_posibles is None and not campo.es_archivo:
            for _ in range(MUESTRAS):
                yield campo.muestra(self.azar, self.contexto, {})

    def _elecciones(self, campo: Campo) -> list[Respuesta]:
        """Lo que se puede elegir; que se ofrezca se mira al combinarlo con lo demás."""
        return [
            (campo.cruda(v), v)
            for v in campo.bordes(self.contra.get(campo.id, ()), self.contexto.hoy)
        ]

    def _leidas(self, campo: Campo) -> list[Respuesta]:
        crudas = {repr(c): c for c in self._crudas(campo)}.values()
        return [(c, v) for c in crudas if (v := self._visto(campo, c)) is not None]

    def _visto(self, campo: Campo, crudo: Any) -> Any:
        lector = Lector(self.contexto)
        valor = campo.leer(crudo, lector)
        return None if valor is None or lector.errores else campo.comparable(valor)

    def _todo_lo_que_mira(self, condicion: Condicion) -> set[str]:
        mirados: set[str] = set()
        pendientes = set(condicion.campos)
        while pendientes:
            cual = pendientes.pop()
            mirados.add(cual)
            campo, suya = self.por_id[cual]
            pendientes |= {h.campo for h in _hojas(campo, suya)} - mirados
        return mirados


def _hojas(campo: Campo, condicion: Condicion | None) -> Iterator[Hoja]:
    """Las comparaciones de las que depende un campo: que exista y qué se le ofrece."""
    suyas = (condicion, *(o.si for o in campo.opciones))
    return (hoja for una in suyas if una for hoja in una.hojas)


class _Busqueda:
    def __init__(
        self,
        campos: list[tuple[Campo, Condicion | None]],
        condicion: Condicion,
        quiero: bool,
        posibles: Any,
    ) -> None:
        self.campos = campos
        self.condicion = condicion
        self.quiero = quiero
        self.posibles = {campo.id: posibles(campo) for campo, _ in campos}
        self.queda = LIMITE

    def desde(
        self, n: int, crudo: dict[str, Any], visto: dict[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Las respuestas y lo que se ve de ellas, o `None` si ninguna sirve."""
        if n == len(self.campos):
            self.queda -= 1
            return (crudo, visto) if self.condicion.evaluar(visto) == self.quiero else None
        campo, suya = self.campos[n]
        if suya is not None and not suya.evaluar(visto):
            return self.desde(n + 1, crudo, visto)
        for respuesta, valor in self.posibles[campo.id]:
            if self.queda <= 0:
                return None
            if valor is not None and not campo.ofrece(valor, visto):
                continue
            ve = visto if valor is None else {**visto, campo.id: valor}
            hallado = self.desde(n + 1, {**crudo, campo.id: respuesta}, ve)
            if hallado is not None:
                return hallado
        return None

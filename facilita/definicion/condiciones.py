"""Las condiciones `si:` — datos, nunca código: se evalúan en el servidor y se escriben en CSS.

Una respuesta ausente (vacía u oculta) no es igual a nada ni mayor que nada; solo `no` la acepta.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

Valores = Mapping[str, Any]

HOY = "@hoy"
"""Entre lo que miran las condiciones, el día con que se deciden; ningún campo se llama así."""

COMPARADORES: dict[str, Callable[[Any, Any], bool]] = {
    "mayor_que": operator.gt,
    "menor_que": operator.lt,
    "desde": operator.ge,
    "hasta": operator.le,
}

ESQUEMA: dict[str, Any] = {
    "type": "object",
    "minProperties": 1,
    "maxProperties": 2,
    "properties": {
        "campo": {"type": "string"},
        "es": {"type": ["string", "boolean"]},
        "es_alguno": {"type": "array", "items": {"type": "string"}, "minItems": 1},
        **{nombre: {"type": ["number", "string"]} for nombre in COMPARADORES},
        "todas": {"type": "array", "items": {"$ref": "#/$defs/condicion"}, "minItems": 1},
        "alguna": {"type": "array", "items": {"$ref": "#/$defs/condicion"}, "minItems": 1},
        "no": {"$ref": "#/$defs/condicion"},
    },
    "additionalProperties": False,
}


class Condicion:
    """Una condición ya leída; `campos` son los que mira, directa o indirectamente."""

    __slots__ = ()

    def evaluar(self, valores: Valores) -> bool:
        """Si se cumple con las respuestas `valores` (id de campo → valor)."""
        raise NotImplementedError

    @property
    def hojas(self) -> tuple["Hoja", ...]:
        """Las comparaciones simples que la forman."""
        raise NotImplementedError

    @property
    def campos(self) -> frozenset[str]:
        """Los campos que mira."""
        return frozenset(hoja.campo for hoja in self.hojas)

    def css(self, hoja: Callable[["Hoja"], str]) -> str:
        """Un selector compuesto que se cumple cuando se cumple la condición."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Hoja(Condicion):
    """Compara la respuesta de un campo: `operador` es `es`, `es_alguno` o un comparador."""

    campo: str
    operador: str
    contra: Any

    def evaluar(self, valores: Valores) -> bool:
        valor = valores.get(self.campo)
        if valor is None:
            return False
        if self.operador in COMPARADORES:
            contra = self._dia(valores) if self.mira_hoy else self.contra
            return se_ordenan(valor, contra) and COMPARADORES[self.operador](valor, contra)
        if isinstance(valor, list | tuple):
            return any(v in self.esperados for v in valor)
        return valor in self.esperados

    @property
    def mira_hoy(self) -> bool:
        """Si compara con un día que se cuenta desde hoy."""
        return isinstance(self.contra, str) and self.contra.startswith("hoy")

    def _dia(self, valores: Valores) -> str | None:
        hoy = valores.get(HOY)
        if hoy is None:
            return None
        return (date.fromisoformat(hoy) + timedelta(int(self.contra[3:] or 0))).isoformat()

    @property
    def esperados(self) -> tuple[Any, ...]:
        """Los valores con los que se cumple `es` o `es_alguno`."""
        return tuple(self.contra) if self.operador == "es_alguno" else (self.contra,)

    @property
    def hojas(self) -> tuple["Hoja", ...]:
        return (self,)

    def css(self, hoja: Callable[["Hoja"], str]) -> str:
        return hoja(self)


def se_ordenan(valor: Any, contra: Any) -> bool:
    """Si dos valores tienen orden entre sí: números con números, fechas escritas con fechas."""
    numeros = (int, float)
    if isinstance(valor, bool) or isinstance(contra, bool):
        return False
    return (isinstance(valor, numeros) and isinstance(contra, numeros)) or (
        isinstance(valor, str) and isinstance(contra, str)
    )


@dataclass(frozen=True, slots=True)
class Todas(Condicion):
    """Se cumple cuando se cumplen todas sus partes."""

    partes: tuple[Condicion, ...]

    def evaluar(self, valores: Valores) -> bool:
        return all(parte.evaluar(valores) for parte in self.partes)

    @property
    def hojas(self) -> tuple[Hoja, ...]:
        return tuple(h for parte in self.partes for h in parte.hojas)

    def css(self, hoja: Callable[[Hoja], str]) -> str:
        return "".join(parte.css(hoja) for parte in self.partes)


@dataclass(frozen=True, slots=True)
class Alguna(Condicion):
    """Se cumple cuando se cumple alguna de sus partes."""

    partes: tuple[Condicion, ...]

    def evaluar(self, valores: Valores) -> bool:
        return any(parte.evaluar(valores) for parte in self.partes)

    @property
    def hojas(self) -> tuple[Hoja, ...]:
        return tuple(h for parte in self.partes for h in parte.hojas)

    def css(self, hoja: Callable[[Hoja], str]) -> str:
        return ":is(" + ",".join(parte.css(hoja) for parte in self.partes) + ")"


@dataclass(frozen=True, slots=True)
class No(Condicion):
    """Se cumple cuando su parte no se cumple."""

    parte: Condicion

    def evaluar(self, valores: Valores) -> bool:
        return not self.parte.evaluar(valores)

    @property
    def hojas(self) -> tuple[Hoja, ...]:
        return self.parte.hojas

    def css(self, hoja: Callable[[Hoja], str]) -> str:
        return f":not({self.parte.css(hoja)})"


def leer_condicion(dato: Any) -> Condicion | None:
    """Arma la condición de un dato que ya pasó el esquema; `None` si no hay condición.

    Lanza `ValueError` con la frase del problema cuando las claves no se entienden juntas.
    """
    if dato is None:
        return None
    claves = set(dato)
    if claves == {"no"}:
        return No(_parte(dato["no"]))
    if claves == {"todas"}:
        return Todas(tuple(_parte(d) for d in dato["todas"]))
    if claves == {"alguna"}:
        return Alguna(tuple(_parte(d) for d in dato["alguna"]))
    operador = claves - {"campo"}
    if "campo" in claves and len(operador) == 1 and operador <= {"es", "es_alguno", *COMPARADORES}:
        nombre = operador.pop()
        contra = dato[nombre]
        return Hoja(dato["campo"], nombre, tuple(contra) if isinstance(contra, list) else contra)
    raise ValueError(
        "una condición es «campo» con «es», «es_alguno» o una comparación "
        "(mayor_que, menor_que, desde, hasta), o bien solo «todas», «alguna» o «no»"
    )


def _parte(dato: Any) -> Condicion:
    condicion = leer_condicion(dato)
    if condicion is None:
        raise ValueError("hay una condición vacía")
    return condicion

"""Campos de elección con más de una respuesta, y el de sí o no."""

import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import combinations
from typing import Any

from facilita.definicion.campos.base import NADA, Campo, Lector, Mostrado, Reparo
from facilita.definicion.campos.opciones import ESQUEMA_OPCIONES, OpcionUnica
from facilita.definicion.condiciones import Hoja
from facilita.definicion.contexto import VACIO, Contexto
from facilita.definicion.limpieza import una_linea

_OPCION: dict[str, Any] = ESQUEMA_OPCIONES["items"]
ESQUEMA_MULTIPLES: dict[str, Any] = {
    **ESQUEMA_OPCIONES,
    "items": {**_OPCION, "properties": {**_OPCION["properties"], "exclusiva": {"type": "boolean"}}},
}
CUANTAS = {"type": "integer", "minimum": 1, "maximum": 300}
MIRADAS = 12
"""Cuántas opciones nombradas en condiciones se combinan todas; más serían demasiadas."""


class OpcionesMultiples(OpcionUnica):
    """Las opciones que correspondan, de `minimo` a `maximo`; una `exclusiva` va sola."""

    tipo = "opciones_multiples"
    nombre = "Opciones múltiples"
    control = "opciones_multiples"
    propiedades = {"opciones": ESQUEMA_MULTIPLES, "minimo": CUANTAS, "maximo": CUANTAS}
    claves = frozenset(
        {"vacio_multiples", "opcion", "pocas_opciones", "muchas_opciones", "opcion_exclusiva"}
        | {"opcion_no_va", "opcion_descartada"}
    )
    clave_vacio = "vacio_multiples"
    varios = True
    callar_es_responder = True

    def preparar(self, dato: Mapping[str, Any]) -> None:
        super().preparar(dato)
        self.exclusivas = frozenset(o["valor"] for o in dato["opciones"] if o.get("exclusiva"))
        self.minimo: int = dato.get("minimo", 1)
        self.maximo: int = dato.get("maximo", len(self.opciones))

    @property
    def pista(self) -> str | None:
        if self.minimo > 1 and self.maximo < len(self.opciones):
            return f"Marca de {self.minimo} a {self.maximo}."
        if self.minimo > 1:
            return f"Marca {self.minimo} o más."
        if self.maximo < len(self.opciones):
            return f"Marca hasta {self.maximo}."
        return "Marca todas las que correspondan."

    def limpiar(self, crudo: Any) -> Any:
        partes = crudo if isinstance(crudo, list) else [crudo]
        return tuple(p for p in map(una_linea, partes) if p) or None

    def interpretar(self, limpio: Any, lector: Lector) -> Any:
        marcadas = [valor for valor in self.por_valor if valor in limpio]
        if not set(limpio) <= set(marcadas):
            return lector.error(self, "opcion")
        van = [m for m in marcadas if self.ofrece(m, lector.comparables)]
        if van != marcadas:
            self.descartar([m for m in marcadas if m not in van], lector, queda=bool(van))
        return self._contadas(van, lector) if van else None

    def _contadas(self, marcadas: list[str], lector: Lector) -> Any:
        """Lo marcado, si son las que se piden y van juntas."""
        sola = next((m for m in marcadas if m in self.exclusivas), None)
        if sola is not None:
            if len(marcadas) == 1:
                return marcadas
            return lector.error(self, "opcion_exclusiva", opcion=self.por_valor[sola].etiqueta)
        if len(marcadas) < self.minimo:
            datos = {"minimo": self.minimo, "elegidas": len(marcadas)}
            return lector.error(self, "pocas_opciones", **datos)
        if len(marcadas) > self.maximo:
            datos = {"maximo": self.maximo, "elegidas": len(marcadas)}
            return lector.error(self, "muchas_opciones", **datos)
        return marcadas

    def comparable(self, valor: Any) -> Any:
        return tuple(valor)

    def bastan(self, valores: Sequence[str]) -> bool:
        corrientes = sum(v not in self.exclusivas for v in valores)
        return corrientes >= self.minimo or corrientes < len(valores)

    def cruda(
        self, comparable: Any, visto: Mapping[str, Any] = NADA, contexto: Contexto = VACIO
    ) -> Any:
        if isinstance(comparable, tuple):
            return list(comparable)
        otras = [v for v in self.ofrecidas(visto) if v not in self.exclusivas and v != comparable]
        completan = () if comparable in self.exclusivas else otras[: self.minimo - 1]
        return [str(comparable), *completan]

    def mostrar(self, valor: Any) -> Mostrado:
        return Mostrado("\n".join(self.por_valor[v].etiqueta for v in valor))

    def bordes(self, hojas: Sequence[Hoja], hoy: date | None = None) -> Iterable[Any]:
        """Cada combinación de lo que las condiciones nombran, completada con lo que no."""
        en_hojas = [v for v in self.por_valor if any(v in h.esperados for h in hojas)]
        a_veces = [o.valor for o in self.opciones if o.si and o.valor not in en_hojas]
        nombradas = [*en_hojas, *a_veces]
        otras = [v for v in self.por_valor if v not in nombradas and v not in self.exclusivas]
        yield from ((e,) for e in self.por_valor if e in self.exclusivas)
        corrientes = [v for v in nombradas if v not in self.exclusivas][:MIRADAS]
        for cuantas in range(len(corrientes) + 1):
            for elegidas in combinations(corrientes, cuantas):
                faltan = max(self.minimo - cuantas, 0)
                if cuantas <= self.maximo and faltan <= len(otras):
                    yield tuple(v for v in self.por_valor if v in (*elegidas, *otras[:faltan]))

    def muestra(self, azar: random.Random, contexto: Contexto, visto: Mapping[str, Any]) -> Any:
        ofrecidas = self.ofrecidas(visto)
        corrientes = [v for v in ofrecidas if v not in self.exclusivas]
        solas = sorted(self.exclusivas & set(ofrecidas))
        if solas and (azar.random() < 0.2 or len(corrientes) < self.minimo):
            return [azar.choice(solas)]
        tope = min(self.maximo, len(corrientes))
        return azar.sample(corrientes, azar.randint(min(self.minimo, tope), tope))

    def muestras_invalidas(self) -> Sequence[Any]:
        todas = list(self.por_valor)
        sobra = [todas] if self.maximo < len(todas) or (self.exclusivas and len(todas) > 1) else []
        corrientes = [v for v in todas if v not in self.exclusivas]
        falta = [corrientes[: self.minimo - 1]] if self.minimo > 1 and corrientes else []
        return [["¿otra?"], [todas[0], "¿otra?"], *sobra, *falta]

    @classmethod
    def fallas(cls, dato: Mapping[str, Any]) -> list[Reparo]:
        fallas = super().fallas(dato)
        corrientes = sum(not o.get("exclusiva") for o in dato["opciones"])
        minimo, maximo = dato.get("minimo", 1), dato.get("maximo", len(dato["opciones"]))
        if minimo > maximo:
            frase = f"el mínimo ({minimo}) es mayor que el máximo ({maximo})"
            fallas.append(("campo.limites", ("minimo",), frase))
        elif minimo > max(corrientes, 1):
            frase = f"pide {minimo} opciones y solo hay {corrientes} que se pueden marcar juntas"
            fallas.append(("campo.limites", ("minimo",), frase))
        return fallas


class SiNo(Campo):
    """Sí o no, sin ninguna marcada de antemano; `obligatorio` pide responder, no decir que sí."""

    tipo = "si_no"
    nombre = "Sí o no"
    control = "si_no"
    claves = frozenset({"vacio_opcion", "opcion"})
    clave_vacio = "vacio_opcion"

    def interpretar(self, limpio: str, lector: Lector) -> Any:
        if limpio not in ("true", "false"):
            return lector.error(self, "opcion")
        return limpio == "true"

    def mostrar(self, valor: Any) -> Mostrado:
        return Mostrado("Sí" if valor else "No")

    @property
    def valores_posibles(self) -> tuple[Any, ...]:
        return (True, False)

    def muestra(self, azar: random.Random, contexto: Contexto, visto: Mapping[str, Any]) -> Any:
        return azar.choice(("true", "false"))

    def muestras_invalidas(self) -> Sequence[Any]:
        return ("quizás", "1")

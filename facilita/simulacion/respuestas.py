"""Lo que responde una persona inventada: una presentación cruda, con lo que se encarga."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from facilita.definicion import Contexto, Definicion
from facilita.definicion.campos import Campo, Lector

HOSTILES: tuple[Any, ...] = (
    "", " ", "\u202egpj.exe", "\u200b", "a" * 30_000, "a" + "\u0300" * 5000, "1" * 5000, "-0",
    "1e999", "NaN", "９８７", "1,2,3", "<script>alert(1)</script>", "'; DROP TABLE x; --",
    "{campo}", "{0.__class__}", "%s%n", "../../etc/passwd", "https://[", "a@", "=1+1", "\n\r\n",
    "true", "EXT", "000000", [], [""], ["a", "b"], None,
)  # fmt: skip


@dataclass(frozen=True)
class Encargo:
    """Qué presentación se quiere: lo que ya está decidido y qué hacer con lo demás."""

    que: str
    fijas: Mapping[str, Any] = field(default_factory=dict)
    """Respuestas decididas; `None` es dejarla en blanco."""
    rechazada: str | None = None
    """El campo por el que no se debe poder presentar."""
    hostil: bool = False
    llena: bool = False
    """Si se responde también todo lo que no es obligatorio."""


def redactar(
    definicion: Definicion, contexto: Contexto, encargo: Encargo, azar: random.Random
) -> dict[str, Any]:
    """La presentación cruda de un encargo; a veces responde también lo que no se le muestra."""
    crudo: dict[str, Any] = {}
    lector = Lector(contexto)
    for campo, condicion in definicion.condicionados:
        se_ve = condicion is None or condicion.evaluar(lector.comparables)
        respuesta = _respuesta(campo, contexto, encargo, azar, lector.comparables, se_ve)
        if respuesta is not None:
            crudo[campo.id] = respuesta
        if se_ve:
            lector.recibir(campo, respuesta)
    return crudo


def responder(
    campos: Iterable[Campo], contexto: Contexto, azar: random.Random, parte: float = 0.7
) -> dict[str, Any]:
    """Respuestas válidas a lo que pide un paso: lo obligatorio y esa parte de lo demás."""
    crudo: dict[str, Any] = {}
    lector = Lector(contexto)
    for campo in campos:
        se_ve = campo.si is None or campo.si.evaluar(lector.comparables)
        if campo.obligatorio or azar.random() < parte:
            crudo[campo.id] = campo.muestra(azar, contexto, lector.comparables)
            if se_ve:
                lector.recibir(campo, crudo[campo.id])
    return crudo


def _respuesta(
    campo: Campo,
    contexto: Contexto,
    encargo: Encargo,
    azar: random.Random,
    visto: Mapping[str, Any],
    se_ve: bool,
) -> Any:
    if campo.id in encargo.fijas:
        return encargo.fijas[campo.id]
    suerte = azar.random()
    if encargo.hostil and suerte < 0.1 and not campo.es_archivo:
        return azar.choice(HOSTILES)
    if not se_ve:
        # Sin `:has`, el navegador muestra y manda también lo que no va.
        return campo.muestra(azar, contexto, visto) if suerte < 0.1 else None
    if campo.obligatorio or encargo.llena or suerte < 0.7:
        return campo.muestra(azar, contexto, visto)
    return None

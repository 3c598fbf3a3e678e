"""Presentaciones al azar, casi todas como las escribiría una persona y algunas hostiles."""

import random
from typing import Any

from facilita.definicion import Definicion
from facilita.definicion.campos import Lector

from .material import CONTEXTO, HOSTILES


def presentacion(
    definicion: Definicion, azar: random.Random, hostilidad: float = 0.02
) -> dict[str, Any]:
    """Una presentación cruda: cada campo respondido, en blanco si puede, o atacado a veces."""
    crudo: dict[str, Any] = {}
    lector = Lector(CONTEXTO)
    for campo, condicion in definicion.condicionados:
        suerte = azar.random()
        if suerte < hostilidad:
            crudo[campo.id] = azar.choice(HOSTILES)
        elif campo.obligatorio or suerte < 0.7:
            crudo[campo.id] = campo.muestra(azar, CONTEXTO, lector.comparables)
        if condicion is None or condicion.evaluar(lector.comparables):
            lector.recibir(campo, crudo.get(campo.id))
    return crudo

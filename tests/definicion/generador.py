"""Presentaciones al azar, casi todas como las escribiría una persona y algunas hostiles."""

import random
from typing import Any

from facilita.definicion import Definicion

from .material import CONTEXTO, HOSTILES


def presentacion(
    definicion: Definicion, azar: random.Random, hostilidad: float = 0.02
) -> dict[str, Any]:
    """Una presentación cruda: cada campo respondido, en blanco si puede, o atacado a veces."""
    crudo: dict[str, Any] = {}
    for campo in definicion.campos.values():
        suerte = azar.random()
        if suerte < hostilidad:
            crudo[campo.id] = azar.choice(HOSTILES)
        elif campo.obligatorio or suerte < 0.7:
            crudo[campo.id] = campo.muestra(azar, CONTEXTO, crudo)
    return crudo

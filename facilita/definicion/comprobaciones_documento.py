"""El documento que se comprueba: el dato con buena forma, indexado."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from facilita.definicion.esquema import campos_crudos
from facilita.definicion.fallas import Buzon, Ruta


@dataclass(frozen=True)
class Lugar:
    """Un campo del documento: dónde está, en qué página y en qué puesto."""

    ruta: Ruta
    dato: Mapping[str, Any]
    pagina: int
    orden: int


class Documento:
    """El dato de una definición con buena forma, indexado para comprobarlo."""

    def __init__(self, dato: Mapping[str, Any], buzon: Buzon, normas: frozenset[str] | None):
        self.dato = dato
        self.buzon = buzon
        self.normas = normas

    @cached_property
    def lugares(self) -> list[Lugar]:
        """Los campos que responde el ciudadano, en orden; la revisión es la última página."""
        ultima = len(self.dato["paginas"])
        return [
            Lugar(ruta, campo, ruta[1] if ruta[0] == "paginas" else ultima, n)  # type: ignore[arg-type]
            for n, (ruta, campo) in enumerate(
                (r, c) for r, c in campos_crudos(self.dato) if r[0] not in ("flujo", "tareas")
            )
        ]

    @cached_property
    def por_id(self) -> dict[str, Lugar]:
        """El primer lugar de cada id."""
        indice: dict[str, Lugar] = {}
        for lugar in self.lugares:
            indice.setdefault(lugar.dato["id"], lugar)
        return indice

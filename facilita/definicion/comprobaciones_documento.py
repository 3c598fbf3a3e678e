"""El documento que se comprueba: el dato con buena forma, indexado."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from facilita.definicion.esquema import campos_crudos
from facilita.definicion.fallas import Buzon, Ruta
from facilita.definicion.presentacion import es_de_una_pagina


@dataclass(frozen=True)
class Lugar:
    """Un campo del documento: dónde está, en qué página, en qué puesto y en qué grupo."""

    ruta: Ruta
    dato: Mapping[str, Any]
    pagina: int
    orden: int
    grupo: str | None = None


class Documento:
    """El dato de una definición con buena forma, indexado para comprobarlo."""

    def __init__(self, dato: Mapping[str, Any], buzon: Buzon, normas: frozenset[str] | None):
        self.dato = dato
        self.buzon = buzon
        self.normas = normas

    @cached_property
    def una_pagina(self) -> bool:
        """Si todas sus páginas se muestran en una."""
        return es_de_una_pagina(self.dato)

    def pagina(self, p: int) -> int:
        """En qué página se muestra la que está escrita en ese puesto."""
        return 0 if self.una_pagina else p

    @cached_property
    def _escritos(self) -> dict[Ruta, list[tuple[Ruta, Any]]]:
        """Los campos por a quién se le preguntan: al ciudadano, o a quien da una transición."""
        grupos: dict[Ruta, list[tuple[Ruta, Any]]] = {}
        for ruta, campo in campos_crudos(self.dato):
            quien = ruta[:3] if ruta[0] == "flujo" else ()
            grupos.setdefault(quien, []).append((ruta, campo))
        return grupos

    @cached_property
    def lugares(self) -> list[Lugar]:
        """Los campos que responde el ciudadano, en orden; la revisión es la última página."""
        return self._lugares(())

    def lugares_de(self, transicion: int) -> list[Lugar]:
        """Los campos que pide una transición, en orden, como una sola página."""
        return self._lugares(("flujo", "transiciones", transicion))

    def _lugares(self, quien: Ruta) -> list[Lugar]:
        lugares: list[Lugar] = []
        for n, (ruta, campo) in enumerate(self._escritos.get(quien, ())):
            # Un campo de una fila viene después de su grupo y cuelga de él.
            padre = next((x for x in reversed(lugares) if x.grupo is None), None)
            dentro = padre is not None and ruta[: len(padre.ruta)] == padre.ruta
            grupo = padre.dato["id"] if padre is not None and dentro else None
            lugares.append(Lugar(ruta, campo, self._pagina_de(ruta), n, grupo))
        return lugares

    def _pagina_de(self, ruta: Ruta) -> int:
        if ruta[0] == "paginas":
            return self.pagina(int(ruta[1]))
        return len(self.dato["paginas"])

    @cached_property
    def por_id(self) -> dict[str, Lugar]:
        """El primer lugar de cada id."""
        return por_id(self.lugares)


def por_id(lugares: Iterable[Lugar]) -> dict[str, Lugar]:
    """El primer lugar de cada id."""
    indice: dict[str, Lugar] = {}
    for lugar in lugares:
        indice.setdefault(lugar.dato["id"], lugar)
    return indice

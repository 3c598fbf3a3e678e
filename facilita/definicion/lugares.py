"""Dónde está cada elemento de una definición: su familia, su lista y quien lo contiene.

Recorre `FAMILIAS`, así que una familia nueva se compara y se actualiza con solo registrarla.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from facilita.definicion.familias import FAMILIAS

Dato = Mapping[str, Any]

NINGUNO = ""
"""El lugar de lo que no está dentro de otro elemento: las páginas, los estados, los mensajes."""
LA_REVISION = "la revisión"


@dataclass(frozen=True)
class Elemento:
    """Un elemento con id y el lugar donde está."""

    familia: str
    dato: Any
    lista: list[Any]
    lugar: str
    padre: tuple[str, str] | None
    """La familia y el id de quien lo contiene; nada, si no está dentro de otro."""

    @property
    def id(self) -> str:
        """Su id."""
        return str(self.dato["id"])

    @property
    def nombre(self) -> str:
        """Cómo se le nombra: «el campo «asunto»»."""
        return nombrar(self.familia, self.id)


class Lugares:
    """Los elementos de una definición, por familia y por id."""

    def __init__(self, dato: Dato) -> None:
        self.dato = dato
        self._de_lista: dict[int, str] = {}
        self._padres: dict[int, tuple[str, str]] = {}
        self._listas: dict[str, list[list[Any]]] = {
            nombre: list(familia.listas(dato)) for nombre, familia in FAMILIAS.items()
        }
        self.de_familia = frozenset(id(lista) for x in self._listas.values() for lista in x)
        """La identidad de las listas que son de una familia: se comparan por su lado."""
        self._nombrar_listas()
        self.por_familia: dict[str, dict[str, Elemento]] = {
            familia: {
                e["id"]: Elemento(familia, e, lista, self.lugar(lista), self._padres.get(id(lista)))
                for lista in listas
                for e in lista
            }
            for familia, listas in self._listas.items()
        }

    def _nombrar_listas(self) -> None:
        self._de_lista[id(self.dato["revision"]["campos"])] = LA_REVISION
        for familia, listas in self._listas.items():
            for elemento in (e for lista in listas for e in lista):
                for dentro in elemento.values():
                    if isinstance(dentro, list):
                        self._de_lista[id(dentro)] = nombrar(familia, elemento["id"])
                        self._padres[id(dentro)] = (familia, elemento["id"])

    def lugar(self, lista: list[Any]) -> str:
        """El nombre de quien contiene una lista."""
        return self._de_lista.get(id(lista), NINGUNO)

    def hallar(self, familia: str, cual: str) -> Elemento | None:
        """El elemento de ese id, o `None`."""
        return self.por_familia[familia].get(cual)

    def todos(self) -> Iterator[Elemento]:
        """Todos los elementos, por familia."""
        for elementos in self.por_familia.values():
            yield from elementos.values()

    def dentro(self, familia: str, cual: str) -> Iterator[Elemento]:
        """Los elementos que contiene otro, a cualquier profundidad."""
        for elemento in self.todos():
            if elemento.padre == (familia, cual):
                yield elemento
                yield from self.dentro(elemento.familia, elemento.id)

    def listas(self) -> Iterator[tuple[str, list[Any]]]:
        """Cada lista de elementos con su familia, en el orden en que se leen."""
        for familia, listas in self._listas.items():
            for lista in listas:
                yield familia, lista


def nombrar(familia: str, cual: str) -> str:
    """«el campo «asunto»»."""
    return f"{FAMILIAS[familia].nombre} «{cual}»"

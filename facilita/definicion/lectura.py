"""La lectura de una presentación: un solo paso, de arriba abajo, sin mirar el orden de llegada."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from facilita.definicion.campos import Campo, Error, Lector
from facilita.definicion.condiciones import HOY, Condicion
from facilita.definicion.contexto import Contexto


class Respuestas(Mapping[str, Any]):
    """Las respuestas aceptadas de una presentación: id de campo → valor, listas para JSON.

    Solo `leer` las crea y solo `de_guardadas` las trae de vuelta.
    """

    __slots__ = ("_valores",)

    def __init__(self, valores: Mapping[str, Any], *, _llave: object = None) -> None:
        if _llave is not _LLAVE:
            raise TypeError("solo la lectura de una definición crea respuestas")
        self._valores = MappingProxyType(dict(valores))

    @classmethod
    def de_guardadas(cls, valores: Mapping[str, Any]) -> "Respuestas":
        """Las respuestas que ya se aceptaron y se guardaron."""
        return cls(valores, _llave=_LLAVE)

    def __getitem__(self, campo: str) -> Any:
        return self._valores[campo]

    def __iter__(self) -> Iterator[str]:
        return iter(self._valores)

    def __len__(self) -> int:
        return len(self._valores)

    def a_json(self) -> dict[str, Any]:
        """Una copia para guardar."""
        return dict(self._valores)


_LLAVE = object()


@dataclass(frozen=True, slots=True)
class Lectura:
    """El resultado de leer: `respuestas` solo si no hay errores; los avisos no impiden (N04).

    `visibles` son los campos que existen y, por su camino, los de las filas: `personas-0-nombre`.
    """

    valores: Mapping[str, Any]
    visibles: frozenset[str]
    errores: tuple[Error, ...]
    avisos: tuple[Error, ...]
    comparables: Mapping[str, Any]
    """Lo que miran las condiciones."""

    @property
    def dia(self) -> str | None:
        """El día con que se decidieron las condiciones, como `AAAA-MM-DD`."""
        return self.comparables.get(HOY)

    @property
    def respuestas(self) -> Respuestas | None:
        """Las respuestas aceptadas, o `None` si hay errores."""
        return None if self.errores else Respuestas(self.valores, _llave=_LLAVE)

    def decide_otra_cosa(self, otra: "Lectura") -> bool:
        """Si otra lectura de lo mismo pregunta o guarda algo distinto."""
        return (self.visibles, self.valores) != (otra.visibles, otra.valores)

    def errores_de(self, campos: Iterable[str]) -> tuple[Error, ...]:
        """Los errores de esos campos, en su orden."""
        cuales = frozenset(campos)
        return tuple(e for e in self.errores if e.de in cuales)

    def avisos_de(self, campos: Iterable[str]) -> tuple[Error, ...]:
        """Los avisos de esos campos, en su orden."""
        cuales = frozenset(campos)
        return tuple(a for a in self.avisos if a.de in cuales)


def leer(
    condicionados: Iterable[tuple[Campo, Condicion | None]],
    crudo: Mapping[str, Any],
    contexto: Contexto,
) -> Lectura:
    """Lee cada campo que existe; uno oculto no se exige, no se guarda y no cuenta."""
    lector = Lector(contexto)
    for campo, condicion in condicionados:
        if condicion is not None and not condicion.evaluar(lector.comparables):
            continue
        lector.visibles.add(campo.id)
        lector.recibir(campo, crudo.get(campo.id))
    return Lectura(
        lector.valores,
        frozenset(lector.visibles),
        tuple(lector.errores),
        tuple(lector.avisos),
        lector.comparables,
    )

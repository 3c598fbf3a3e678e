"""Lo que una simulación se propone ver y lo que ya vio: cada meta con su cuenta."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Meta(NamedTuple):
    """Algo que ver: de qué familia es, de qué elemento del formulario y qué de él."""

    familia: str
    cual: str
    que: str = ""


@dataclass
class Cobertura:
    """Las metas en su orden, cuántas veces se vio cada una y cuáles no se pueden ver."""

    metas: dict[Meta, str | None] = field(default_factory=dict)
    """Cada meta y, si no se puede ver, por qué."""
    vistas: Counter[Meta] = field(default_factory=Counter)

    def proponer(self, meta: Meta) -> None:
        """Agrega una meta."""
        self.metas.setdefault(meta, None)

    def ver(self, meta: Meta) -> None:
        """Anota que se vio."""
        self.vistas[meta] += 1

    def descartar(self, meta: Meta, motivo: str) -> None:
        """Anota por qué no se puede ver; no cuenta como falta."""
        if meta in self.metas:
            self.metas[meta] = motivo

    def falta(self, meta: Meta) -> bool:
        """Si se propuso, se puede ver y todavía no se vio."""
        return meta in self.metas and self.metas[meta] is None and not self.vistas[meta]

    def faltan(self, *familias: str) -> Iterator[Meta]:
        """Las que faltan de esas familias, o todas."""
        return (m for m in self.metas if self.falta(m) and (not familias or m.familia in familias))

    def de(self, familia: str, cual: str | None = None) -> list[Meta]:
        """Las metas de una familia o de uno de sus elementos."""
        return [m for m in self.metas if m.familia == familia and cual in (None, m.cual)]


def opcion(valor: Any) -> str:
    """El nombre de una opción en la tabla."""
    return ("no", "sí")[valor] if isinstance(valor, bool) else str(valor)

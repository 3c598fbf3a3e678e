"""Los botones del constructor: cada uno lleva escrita su acción, «mover|campos|asunto|arriba»."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Accion:
    """Una acción sobre la obra y adónde se vuelve después."""

    dato: Mapping[str, Any]
    campo: str | None = None
    """El campo de cuyas opciones se trata, si es de una opción."""
    ancla: str = ""


def de_boton(escrito: str) -> Accion:
    """La acción de un botón; una que no se entiende la niega el constructor."""
    que, *partes = escrito.split("|")[:6]
    hacer = _BOTONES.get((que, len(partes)))
    return hacer(*partes) if hacer else Accion({"accion": que[:40]})


def _de_elemento(que: str, con_ancla: bool) -> Callable[..., Accion]:
    def hacer(familia: str, cual: str, hacia: str = "") -> Accion:
        dato = {"accion": que, "familia": familia, "cual": cual, "hacia": hacia}
        return Accion(dato, ancla=f"#{familia}-{cual}" if con_ancla else "")

    return hacer


def _ordenar(familia: str, ids: str) -> Accion:
    """Lo que se arrastró: los hermanos en su nuevo orden."""
    dato = {"accion": "ordenar", "familia": familia, "ids": ids.split(",")[:1000]}
    return Accion(dato, ancla=f"#{familia}-{ids.split(',')[0]}")


def _quitar_opcion(campo: str, valor: str) -> Accion:
    return Accion({"accion": "quitar_opcion", "campo": campo, "valor": valor}, campo=campo)


def _mover_opcion(campo: str, valor: str, hacia: str) -> Accion:
    dato = {"accion": "mover", "familia": "opciones", "campo": campo, "valor": valor}
    return Accion({**dato, "hacia": hacia}, campo=campo)


_BOTONES: Mapping[tuple[str, int], Callable[..., Accion]] = {
    ("mover", 3): _de_elemento("mover", con_ancla=True),
    ("quitar", 2): _de_elemento("quitar", con_ancla=False),
    ("ordenar", 2): _ordenar,
    ("reponer", 2): _de_elemento("reponer", con_ancla=True),
    ("quitar_opcion", 2): _quitar_opcion,
    ("mover_opcion", 3): _mover_opcion,
}

"""Dónde va lo agregado cuando aquello junto a lo que estaba ya no existe."""

from collections.abc import Iterator, Mapping
from typing import Any

from facilita.definicion.familias import CONTENIDOS, FAMILIAS
from facilita.definicion.lugares import Elemento, Lugares

Vivos = Mapping[str, set[str]]
ANCLAS = ("despues_de", "antes_de", "en")
CONTENEDOR: Mapping[str, str] = {dentro: mayor for mayor, dentro in CONTENIDOS.items()}
"""La familia que contiene a otra: donde se agrega con «en»."""


def ancla_perdida(entrada: Mapping[str, Any], familia: str, vivos: Vivos) -> str | None:
    """Aquello junto a lo que iba un elemento, si ya no existe."""
    for clave in ANCLAS:
        if clave in entrada:
            donde = CONTENEDOR.get(familia, familia) if clave == "en" else familia
            return None if entrada[clave] in vivos[donde] else str(entrada[clave])
    return None


def ancla_nueva(antes: Lugares, familia: str, cual: str, vivos: Vivos) -> dict[str, str]:
    """Junto a qué va: lo más cercano que sobrevive de lo que tenía antes, o a falta de eso después.

    Primero en su mismo lugar; después, en cualquiera.
    """
    for clave, vecino in _vecinos(antes, antes.hallar(familia, cual)):
        donde = CONTENEDOR[familia] if clave == "en" else familia
        if vecino in vivos[donde]:
            return {clave: vecino}
    if familia in CONTENEDOR:
        return {"en": next(i for i in antes_o_nuevos(antes, vivos, CONTENEDOR[familia]))}
    return {}


def antes_o_nuevos(antes: Lugares, vivos: Vivos, familia: str) -> Iterator[str]:
    """Los que quedan de una familia: primero los que ya estaban, en su orden."""
    yield from (i for i in antes.por_familia[familia] if i in vivos[familia])
    yield from sorted(vivos[familia])


def _vecinos(antes: Lugares, elemento: Elemento | None) -> Iterator[tuple[str, str]]:
    if elemento is None:
        return
    ids = [e["id"] for e in elemento.lista]
    yield from _alrededor(ids, elemento.id)
    if elemento.padre is not None and elemento.familia in CONTENEDOR:
        yield "en", elemento.padre[1]
    todos = [e["id"] for lista in FAMILIAS[elemento.familia].listas(antes.dato) for e in lista]
    yield from _alrededor(todos, elemento.id)


def _alrededor(ids: list[str], cual: str) -> Iterator[tuple[str, str]]:
    lugar = ids.index(cual)
    yield from (("despues_de", i) for i in reversed(ids[:lugar]))
    yield from (("antes_de", i) for i in ids[lugar + 1 :])


def ancla_de_opcion(valores: list[str], valor: str, vivos: set[str]) -> dict[str, str]:
    """Junto a qué opción va una que perdió la suya; nada, si va al final."""
    if valor in valores:
        for clave, vecino in _alrededor(valores, valor):
            if vecino in vivos:
                return {clave: vecino}
    return {}

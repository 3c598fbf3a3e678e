"""Cambios sobre los datos de un documento sin perder de qué archivo y línea vino cada uno."""

from collections.abc import Mapping
from typing import Any

from facilita.definicion.fallas import Lista, Mapa, Sitio


def copiar(dato: Any) -> Any:
    """Una copia profunda que conserva el sitio de cada dato."""
    if isinstance(dato, Mapping):
        mapa = Mapa({c: copiar(v) for c, v in dato.items()}, sitio=getattr(dato, "sitio", None))
        mapa.sitios = dict(getattr(dato, "sitios", {}))
        return mapa
    if isinstance(dato, list):
        lista = Lista((copiar(v) for v in dato), sitio=getattr(dato, "sitio", None))
        lista.sitios = list(getattr(dato, "sitios", []))
        return lista
    return dato


def poner(destino: Mapa, propiedad: str, valor: Any, origen: Any) -> None:
    """Escribe una propiedad (o la borra si es `None`) con el sitio de donde vino."""
    if valor is None:
        destino.pop(propiedad, None)
        return
    destino[propiedad] = copiar(valor)
    sitio = getattr(origen, "sitios", {}).get(propiedad)
    if sitio:
        destino.sitios[propiedad] = sitio


def sacar(lista: Lista, lugar: int) -> None:
    """Quita el elemento de ese lugar."""
    del lista[lugar]
    del lista.sitios[lugar : lugar + 1]


def meter(lista: Lista, lugar: int, elemento: Any, sitio: Sitio | None) -> None:
    """Pone un elemento en ese lugar."""
    lista.insert(lugar, elemento)
    if sitio:
        lista.sitios.insert(lugar, sitio)


def reordenar(lista: Lista, ids: list[str]) -> None:
    """Ordena los elementos de una lista según sus ids."""
    parejas = {e["id"]: n for n, e in enumerate(lista)}
    lugares = [parejas[i] for i in ids]
    sitios = [lista.sitios[n] for n in lugares] if lista.sitios else []
    lista[:] = [lista[n] for n in lugares]
    lista.sitios[:] = sitios

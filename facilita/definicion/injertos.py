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
        lista.sitios = list(getattr(dato, "sitios", ())) or [None] * len(lista)
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
    del lista.sitios[lugar]


def meter(lista: Lista, lugar: int, elemento: Any, sitio: Sitio | None) -> None:
    """Pone un elemento en ese lugar."""
    lista.insert(lugar, elemento)
    lista.sitios.insert(lugar, sitio)


def olvidar_opcion(dato: Any, campo: str, valor: str) -> None:
    """Quita una opción de las listas `es_alguno` que la nombran, si les queda otra."""
    if isinstance(dato, Mapping):
        valores = dato.get("es_alguno")
        if dato.get("campo") == campo and isinstance(valores, Lista) and set(valores) - {valor}:
            while valor in valores:
                sacar(valores, valores.index(valor))
        dato = list(dato.values())
    for dentro in dato if isinstance(dato, list) else ():
        olvidar_opcion(dentro, campo, valor)


def nombre_de_parte(parte: Mapping[str, Any]) -> str:
    """El valor de una opción o el id de otra parte."""
    return str(parte["valor"] if "valor" in parte else parte["id"])


def reordenar(lista: Lista, ids: list[str]) -> None:
    """Ordena los elementos de una lista según sus ids, o sus valores si son opciones."""
    parejas = {nombre_de_parte(e): n for n, e in enumerate(lista)}
    lugares = [parejas[i] for i in ids]
    lista[:], lista.sitios[:] = [lista[n] for n in lugares], [lista.sitios[n] for n in lugares]

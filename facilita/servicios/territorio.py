"""Los distritos del Perú con su código INEI, y cómo encontrarlos escritos por cualquiera."""

import difflib
import json
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from facilita.definicion.contexto import Lugar

_LARGO_MAXIMO = 100
_PALABRAS_MAXIMAS = 10
_PREFIJO_MINIMO = 2
_PARECIDO = 0.75
_ENLACES = {"de", "del", "la", "las", "los", "el", "y"}
_SOBRAN = {"distrito", "provincia", "departamento", "region", "cercado", "peru"}
_APODOS = {
    "sjl": "san juan de lurigancho",
    "sjm": "san juan de miraflores",
    "smp": "san martin de porres",
    "vmt": "villa maria del triunfo",
    "ves": "villa el salvador",
    "chosica": "lurigancho",
}


class Territorio:
    """Los distritos, con un índice que se arma una sola vez."""

    def __init__(self, lugares: Iterable[Lugar]) -> None:
        self._lugares = sorted(lugares, key=lambda lugar: lugar.codigo)
        self._por_codigo = {lugar.codigo: lugar for lugar in self._lugares}
        self._fichas = [_Ficha(lugar) for lugar in self._lugares]
        self._indice: dict[str, set[int]] = defaultdict(set)
        for numero, ficha in enumerate(self._fichas):
            for palabra in ficha.todas:
                self._indice[palabra].add(numero)
        self._vocabulario = sorted(self._indice)
        self._por_nombre: dict[str, set[int]] = defaultdict(set)
        for numero, ficha in enumerate(self._fichas):
            self._por_nombre[ficha.nombre.replace(" ", "")].add(numero)

    def lugar(self, codigo: str) -> Lugar | None:
        """El distrito de ese código, o `None`."""
        return self._por_codigo.get(codigo)

    def buscar(self, texto: str, limite: int = 20) -> list[Lugar]:
        """Los distritos que responden a lo escrito, los más parecidos primero."""
        consulta = _Consulta(texto)
        if not consulta.palabras:
            return []
        halladas = (
            self._con_palabras(consulta.palabras, self._exacta)
            or self._con_palabras(consulta.palabras, self._por_prefijo)
            or self._con_palabras(consulta.palabras, self._parecidas)
            or self._de_nombre_parecido(consulta)
        )
        return [ficha.lugar for ficha in _ordenar(halladas, consulta)[:limite]]

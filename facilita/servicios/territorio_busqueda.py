"""La búsqueda de un distrito por lo que alguien escribió: sin tildes, a medias o con una errata."""

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from facilita.definicion.contexto import Lugar
from facilita.servicios.territorio_apodos import APODOS

_LARGO_MAXIMO = 100
_PALABRAS_MAXIMAS = 10
_PREFIJO_MINIMO = 2
_ERRATA_MINIMO = 4
_ENLACES = {"de", "del", "la", "las", "los", "el", "y"}
_SOBRAN = _ENLACES | {
    *("distrito", "dist", "provincia", "prov", "departamento", "dpto", "dep", "region"),
    *("cercado", "metropolitana", "constitucional", "peru"),
}
# Las letras que suenan igual y se confunden más: «Chorriyos», «Uamanga»; no cuentan como errata.
_SUENAN = (
    (re.compile(r"ll"), "y"),
    (re.compile(r"v"), "b"),
    (re.compile(r"z|c(?=[ei])"), "s"),
    (re.compile(r"qu(?=[ei])|k|c(?!h)"), "k"),
    (re.compile(r"(?<!c)h"), ""),
)
_NO_ES_PALABRA = re.compile(r"[^a-z0-9]+")

Palabras = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Ficha:
    lugar: Lugar
    nombres: tuple[Palabras, ...]
    provincia: Palabras
    departamento: Palabras

    def todas(self) -> set[str]:
        """Cada palabra por la que se le puede buscar."""
        return {p for n in (*self.nombres, self.provincia, self.departamento) for p in n}

    def escrituras(self) -> Iterator[tuple[int, str]]:
        """Cada forma de escribirlo entero y su rango: 0 solo, 1 con provincia, 2 con región."""
        p, d = self.provincia, self.departamento
        for completo in self.nombres:
            for n in (completo, _sin(_ENLACES, completo)):
                yield 0, "".join(n)
                for sitio in (n + p, p + n, n + p + d, d + p + n):
                    yield 1, "".join(sitio)
                for sitio in (n + d, d + n):
                    yield 2, "".join(sitio)


class Busqueda:
    """Un índice de distritos que no cambia."""

    def __init__(self, lugares: Sequence[Lugar], apodos: Mapping[str, str] = APODOS) -> None:
        self._fichas = [_ficha(lugar, apodos) for lugar in lugares]
        self._escrituras: dict[str, dict[int, int]] = defaultdict(dict)
        self._indice: dict[str, set[int]] = defaultdict(set)
        for numero, ficha in enumerate(self._fichas):
            for palabra in ficha.todas():
                self._indice[palabra].add(numero)
            for rango, escrita in ficha.escrituras():
                en_rangos = self._escrituras[escrita]
                en_rangos[numero] = min(rango, en_rangos.get(numero, rango))
        self._vocabulario = sorted(self._indice)
        self._erratas = _recortadas(self._vocabulario)
        self._erratas_de_nombre = _recortadas(
            e for e, r in self._escrituras.items() if 0 in r.values()
        )

    def grados(self, texto: str) -> Iterator[list[Lugar]]:
        """De lo más seguro a lo menos: exactos, por inicio de palabra, con errata, pegados."""
        palabras = partir(texto)
        utiles = _sin(_SOBRAN, palabras) or palabras
        yield self._exactos(palabras)
        yield self._con_palabras(utiles, self._por_inicio)
        yield self._con_palabras(utiles, self._por_inicio_o_errata)
        yield self._pegados(utiles)

    def _exactos(self, palabras: Palabras) -> list[Lugar]:
        # Primero tal cual: «El Tambo» no es «Tambo», y «Mi Perú» es un distrito.
        for intento in (palabras, _sin(_ENLACES, palabras), _sin(_SOBRAN, palabras)):
            rangos = self._escrituras.get("".join(intento))
            if rangos:
                mejor = min(rangos.values())
                return [self._fichas[n].lugar for n in sorted(rangos) if rangos[n] == mejor]
        return []

    def _con_palabras(
        self, palabras: Palabras, parecidas: Callable[[str], Iterable[str]]
    ) -> list[Lugar]:
        if not palabras:
            return []
        hallados: set[int] | None = None
        for palabra in sorted(palabras, key=len, reverse=True):
            con_esta = set[int]().union(*(self._indice[p] for p in parecidas(palabra)))
            hallados = con_esta if hallados is None else hallados & con_esta
            if not hallados:
                return []
        return self._ordenados(hallados or (), palabras)

    def _por_inicio(self, palabra: str) -> list[str]:
        if len(palabra) < _PREFIJO_MINIMO:
            return [palabra] if palabra in self._indice else []
        desde = bisect_left(self._vocabulario, palabra)
        hasta = bisect_left(self._vocabulario, palabra + "\uffff")
        return self._vocabulario[desde:hasta]

    def _por_inicio_o_errata(self, palabra: str) -> set[str]:
        return {*self._por_inicio(palabra), *_cercanas(self._erratas, palabra)}

    def _pegados(self, palabras: Palabras) -> list[Lugar]:
        cercanas = _cercanas(self._erratas_de_nombre, "".join(palabras))
        return self._ordenados({n for e in cercanas for n in self._escrituras[e]}, palabras)

    def _ordenados(self, numeros: Iterable[int], palabras: Palabras) -> list[Lugar]:
        escrito = "".join(palabras)

        def orden(numero: int) -> tuple[bool, int, int, int]:
            nombre = self._fichas[numero].nombres[0]
            propias = sum(any(n.startswith(p) for n in nombre) for p in palabras)
            empieza = "".join(_sin(_ENLACES, nombre)).startswith(escrito)
            return not empieza, -propias, len(nombre), numero

        return [self._fichas[numero].lugar for numero in sorted(numeros, key=orden)]


def partir(texto: str) -> Palabras:
    """Las palabras de un texto, en minúsculas y sin tildes ni signos."""
    separado = unicodedata.normalize("NFKD", texto[:_LARGO_MAXIMO].casefold())
    llano = "".join(c for c in separado if not unicodedata.combining(c))
    return tuple(_NO_ES_PALABRA.sub(" ", llano).split())[:_PALABRAS_MAXIMAS]


def _ficha(lugar: Lugar, apodos: Mapping[str, str]) -> _Ficha:
    propios = (apodo for apodo, codigo in apodos.items() if codigo == lugar.codigo)
    nombres = tuple(partir(nombre) for nombre in (lugar.distrito, *propios))
    return _Ficha(lugar, nombres, partir(lugar.provincia), partir(lugar.departamento))


def _sin(sobrantes: set[str], palabras: Palabras) -> Palabras:
    return tuple(p for p in palabras if p not in sobrantes)


def _recortadas(escritas: Iterable[str]) -> dict[str, set[str]]:
    """Cada una, por como suena y por lo que queda al quitarle una letra."""
    indice: dict[str, set[str]] = defaultdict(set)
    for escrita in escritas:
        if len(escrita) >= _ERRATA_MINIMO:
            for forma in _recortes(escrita):
                indice[forma].add(escrita)
    return dict(indice)


def _cercanas(indice: Mapping[str, set[str]], palabra: str) -> set[str]:
    if len(palabra) < _ERRATA_MINIMO:
        return set()
    # Dos palabras a una errata (de más, de menos, cambiada o al revés) comparten algún recorte.
    return set[str]().union(*(indice.get(forma, ()) for forma in _recortes(palabra)))


def _recortes(palabra: str) -> set[str]:
    sonido = palabra
    for letras, suena in _SUENAN:
        sonido = letras.sub(suena, sonido)
    return {sonido, *(sonido[:i] + sonido[i + 1 :] for i in range(len(sonido)))}

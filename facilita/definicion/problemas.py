"""Lo que falta arreglar, dicho para una pantalla: en qué elemento está y qué norma lo manda."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from facilita.definicion.candados import Dato, normas_de
from facilita.definicion.fallas import Falla
from facilita.definicion.familias import FAMILIAS, con_fijo
from facilita.definicion.lugares import Elemento, Lugares

LARGO_DE_TITULO = 80
_ENTRE_COMILLAS = re.compile(r"«([A-Za-z0-9_.-]+)»")


@dataclass(frozen=True, slots=True)
class Problema:
    """Una falla con su lugar: el elemento donde se arregla y los que lo contienen."""

    texto: str
    es_aviso: bool
    lugar: tuple[str, ...]
    """Los nombres de los elementos, de afuera adentro: «página «Tu documento»»."""
    familia: str | None = None
    cual: str | None = None
    normas: tuple[str, ...] = ()


def problemas_de(dato: Dato, fallas: tuple[Falla, ...]) -> tuple[Problema, ...]:
    """Las fallas de un formulario, cada una en su elemento."""
    lugares = Lugares(dato)
    return tuple(_problema(lugares, falla) for falla in fallas)


def _problema(lugares: Lugares, falla: Falla) -> Problema:
    camino = list(_camino(lugares, falla.ruta))
    texto = falla.texto[:1].upper() + falla.texto[1:]
    texto = texto if texto.endswith((".", "?")) else texto + "."
    if not camino:
        donde = "el plazo" if falla.ruta.split(".")[:2] == ["flujo", "plazo"] else "el formulario"
        return Problema(texto, falla.es_aviso, (donde,))
    ultimo = camino[-1]
    return Problema(
        texto,
        falla.es_aviso,
        tuple(nombre_a_la_vista(e) for e in camino),
        ultimo.familia,
        ultimo.id,
        _suyas(lugares, ultimo),
    )


def _suyas(lugares: Lugares, elemento: Elemento) -> tuple[str, ...]:
    """Las normas que mandan ese elemento; las de quien lo contiene no dicen nada de él."""
    propio = elemento.dato.get("base_legal") or any(con_fijo(elemento.dato))
    return normas_de(lugares, elemento) if propio else ()


def _camino(lugares: Lugares, ruta: str) -> Iterator[Elemento]:
    partes = ruta.split(".")
    for clave, cual in pairwise(partes):
        hallado = lugares.hallar(clave, cual) if clave in FAMILIAS else None
        if hallado is not None:
            yield hallado


def a_la_vista(texto: str, *datos: Dato) -> str:
    """Una frase sobre unos formularios con los nombres que se leen en lugar de los ids."""
    nombres: dict[str, str] = {}
    for dato in datos:
        for elemento in Lugares(dato).todos():
            nombres[elemento.id] = titulo_de(elemento)
            for opcion in elemento.dato.get("opciones") or ():
                nombres[f"{elemento.id}.{opcion['valor']}"] = opcion["etiqueta"]
    dicho = _ENTRE_COMILLAS.sub(lambda m: f"«{nombres.get(m[1], m[1])}»", texto)
    cabeza, orden, cola = dicho.partition(": ahora ")
    if not orden:
        return dicho
    return cabeza + orden + ", ".join(nombres.get(i, i) for i in cola.split(", "))


def titulo_de(elemento: Elemento) -> str:
    """Cómo se lee un elemento en la pantalla."""
    dato = elemento.dato
    titulo = dato.get("etiqueta") or dato.get("titulo") or dato.get("asunto") or elemento.id
    return " ".join(str(titulo).split())[:LARGO_DE_TITULO]


def nombre_a_la_vista(elemento: Elemento) -> str:
    """«la página «Tu documento»»: con lo que se lee en la pantalla y no con su id."""
    return f"{FAMILIAS[elemento.familia].nombre} «{titulo_de(elemento)}»"

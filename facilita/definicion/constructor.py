"""Construir por pasos: cada acción da unos cambios nuevos o dice por qué no se puede.

Pura y total. Una acción se hace sobre el formulario armado; después se deducen los cambios y se
comprueba que, puestos sobre la plantilla, den eso mismo. Así lo fijo lo decide `adaptar`, que es
la misma función de siempre.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from facilita.definicion.acciones import Inaplicable, culpable, frases, hacer
from facilita.definicion.adaptacion import adaptar
from facilita.definicion.canonico import canonizar
from facilita.definicion.compilador import Examen, examinar_dato
from facilita.definicion.deduccion import deducir
from facilita.definicion.diferencias import comparar
from facilita.definicion.esquema import comprobar_forma
from facilita.definicion.fallas import Buzon, Falla, en_orden
from facilita.definicion.familias import FAMILIAS, fallas_de_forma
from facilita.definicion.injertos import copiar
from facilita.definicion.problemas import a_la_vista

Dato = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Resultado:
    """Lo que dejó una acción: los cambios y, si no se pudo, por qué (y entonces no cambian)."""

    documento: Dato
    negativas: tuple[str, ...] = ()
    propiedad: str | None = None
    """La propiedad que tiene la culpa, si es una."""
    hecho: str = ""
    """Lo que se hizo, en palabras."""


def operar(plantilla: Dato, documento: Dato, accion: Dato) -> Resultado:
    """Los cambios después de una acción; si no se puede, los mismos y por qué."""
    antes, _ = adaptar(plantilla, documento)
    try:
        nuevo = copiar(antes)
        hacer(plantilla, nuevo, accion)
        return _deducido(plantilla, antes, nuevo)
    except Inaplicable as negativa:
        return Resultado(documento, negativa.frases, negativa.propiedad)


def _deducido(plantilla: Dato, antes: Dato, nuevo: Dato) -> Resultado:
    _exigir_forma(antes, nuevo)
    _exigir_ids_unicos(nuevo)
    documento = deducir(plantilla, nuevo)
    dato, fallas = adaptar(plantilla, documento)
    if fallas:
        raise Inaplicable(*frases(fallas), propiedad=culpable(fallas))
    if canonizar(dato) != canonizar(nuevo):
        raise Inaplicable("Eso no se puede decir como un cambio de la plantilla.")
    return Resultado(documento, hecho=en_palabras(antes, dato))


def reemplazar(plantilla: Dato, documento: Dato) -> tuple[Falla, ...]:
    """Lo que impide usar unos cambios escritos aparte: su forma o que tocan lo fijo."""
    mal_formadas = en_orden(fallas_de_forma(documento))
    if mal_formadas:
        return mal_formadas
    dato, fallas = adaptar(plantilla, documento)
    return fallas or en_orden(_de_forma(dato))


def examinar_obra(plantilla: Dato, documento: Dato, normas: frozenset[str] | None) -> Examen:
    """La definición que dan los cambios, o todo lo que falta arreglar para publicarla."""
    dato, fallas = adaptar(plantilla, documento)
    examen = examinar_dato(dato, normas=normas)
    todas = en_orden((*fallas, *examen.fallas))
    return Examen(None if todas else examen.definicion, todas, examen.avisos)


def en_palabras(antes: Dato, ahora: Dato, cuantas: int = 2) -> str:
    """Las primeras diferencias, en palabras."""
    diferencias = comparar(antes, ahora)
    dichas = "; ".join(a_la_vista(str(d), antes, ahora) for d in diferencias[:cuantas])
    resto = len(diferencias) - cuantas
    return f"{dichas}; y {resto} más" if resto > 0 else dichas


def _exigir_ids_unicos(dato: Dato) -> None:
    for nombre, familia in FAMILIAS.items():
        ids = [e.get("id") for lista in familia.listas(dato) for e in lista]
        repetido = next((i for i in ids if ids.count(i) > 1), None)
        if repetido is not None:
            raise Inaplicable(f"Ya hay {FAMILIAS[nombre].indefinido} «{repetido}»: usa otro id.")


def _exigir_forma(antes: Dato, nuevo: Dato) -> None:
    """Lo mal escrito no entra; lo que falta arreglar por su sentido entra y se dice al publicar."""
    halladas = _de_forma(nuevo)
    ya = {(f.codigo, f.texto) for f in _de_forma(antes)} if halladas else set()
    malas = tuple(f for f in halladas if (f.codigo, f.texto) not in ya)
    if malas:
        raise Inaplicable(*frases(malas), propiedad=culpable(malas))


def _de_forma(dato: Dato) -> list[Falla]:
    buzon = Buzon(dato)
    comprobar_forma(dato, buzon)
    return buzon.fallas

"""Un valor de una definición dicho en palabras: textos, listas, condiciones, efectos."""

from collections.abc import Callable, Mapping
from typing import Any

MUESTRA = 90
"""Caracteres que se muestran de un valor largo."""

_OPERADORES: Mapping[str, str] = {
    "es": "es",
    "es_alguno": "es alguno de",
    "mayor_que": "es mayor que",
    "menor_que": "es menor que",
    "desde": "es, como mínimo,",
    "hasta": "es, como máximo,",
}


def decir(propiedad: str | None, valor: Any) -> str:
    """El valor de una propiedad, en palabras y recortado si es largo."""
    texto = _COMO_SE_DICE.get(propiedad or "", _decir_cualquiera)(valor)
    return texto if len(texto) <= MUESTRA else texto[: MUESTRA - 1] + "…"


def decir_condicion(dato: Any) -> str:
    """Una condición `si:` en palabras; si no se entiende, como está escrita."""
    if not isinstance(dato, Mapping):
        return _decir_cualquiera(dato)
    for clave, union in (("todas", " y "), ("alguna", " o ")):
        if isinstance(dato.get(clave), list):
            partes = [_entre_parentesis(p) for p in dato[clave]]
            return union.join(partes)
    if "no" in dato:
        return f"no ocurre que {_entre_parentesis(dato['no'])}"
    operador = next((c for c in dato if c != "campo"), None)
    if "campo" not in dato or operador is None:
        return _decir_cualquiera(dato)
    como = _OPERADORES.get(operador, operador.replace("_", " "))
    return f"«{dato['campo']}» {como} {_decir_cualquiera(dato[operador])}"


def _entre_parentesis(parte: Any) -> str:
    texto = decir_condicion(parte)
    compuesta = isinstance(parte, Mapping) and ("todas" in parte or "alguna" in parte)
    return f"({texto})" if compuesta else texto


def _decir_fijo(valor: Any) -> str:
    if not isinstance(valor, Mapping):
        return _decir_cualquiera(valor)
    return ", ".join(
        f"{c} de {v[0]} a {v[1]}" if isinstance(v, list) and len(v) == 2 else f"{c} {v}"
        for c, v in valor.items()
    )


def _decir_cualquiera(valor: Any) -> str:
    if isinstance(valor, bool):
        return "sí" if valor else "no"
    if isinstance(valor, list) and valor and all(isinstance(v, str) for v in valor):
        return ", ".join(valor)
    return f"«{' '.join(valor.split())}»" if isinstance(valor, str) else str(_llano(valor))


def _llano(valor: Any) -> Any:
    if isinstance(valor, Mapping):
        return ", ".join(f"{c}: {_llano(v)}" for c, v in valor.items()) or "nada"
    if isinstance(valor, list):
        return "[" + ", ".join(str(_llano(v)) for v in valor) + "]"
    if isinstance(valor, bool):
        return "sí" if valor else "no"
    return "nada" if valor is None else valor


_COMO_SE_DICE: Mapping[str, Callable[[Any], str]] = {"si": decir_condicion, "fijo": _decir_fijo}

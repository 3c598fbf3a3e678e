"""Una condición dicha marcando respuestas: «si respondió esto o esto, y también esto otro»."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from facilita.definicion.lugares import Dato, Lugares
from facilita.definicion.nuevos import CON_OPCIONES


class Eleccion(NamedTuple):
    """Una pregunta de elección con sus respuestas: (valor, etiqueta)."""

    campo: str
    etiqueta: str
    respuestas: list[tuple[str, str]]


def eleccion_de(dato: Dato, familia: str, cual: str) -> list[Eleccion]:
    """Las preguntas de elección de antes: las que la condición de un elemento puede mirar."""
    lugares = Lugares(dato)
    antes: list[Eleccion] = []
    for pagina in dato["paginas"]:
        if familia == "paginas" and pagina["id"] == cual:
            return antes
        for seccion in pagina["secciones"]:
            if familia == "secciones" and seccion["id"] == cual:
                return antes
            for campo in seccion["campos"]:
                if familia == "campos" and campo["id"] == cual:
                    return antes
                antes += _de_eleccion(campo)
    elemento = lugares.hallar(familia, cual)
    # Dentro de un grupo se mira lo de antes del grupo.
    if elemento is not None and elemento.padre and elemento.padre[0] == "campos":
        return eleccion_de(dato, *elemento.padre)
    return antes


def _de_eleccion(campo: Dato) -> list[Eleccion]:
    if campo["tipo"] == "si_no":
        return [Eleccion(campo["id"], campo["etiqueta"], [("true", "Sí"), ("false", "No")])]
    if campo["tipo"] in CON_OPCIONES:
        pares = [(o["valor"], o["etiqueta"]) for o in campo["opciones"]]
        return [Eleccion(campo["id"], campo["etiqueta"], pares)]
    return []


def condicion_de(marcadas: Sequence[str]) -> dict[str, Any] | None:
    """La condición de unas opciones marcadas («campo|valor»): de un campo, cualquiera de ellas."""
    por_campo: dict[str, list[Any]] = {}
    for marcada in marcadas:
        campo, _, valor = marcada.partition("|")
        por_campo.setdefault(campo, []).append({"true": True, "false": False}.get(valor, valor))
    hojas: list[dict[str, Any]] = [
        {"campo": c, "es": v[0]} if len(v) == 1 else {"campo": c, "es_alguno": v}
        for c, v in por_campo.items()
    ]
    if len(hojas) < 2:
        return hojas[0] if hojas else None
    return {"todas": hojas}


def marcadas_de(condicion: Any) -> list[str] | None:
    """Las opciones marcadas que dicen una condición; `None` si no se puede decir así."""
    if condicion is None:
        return []
    hojas = condicion.get("todas") if isinstance(condicion, dict) else None
    hojas = [condicion] if hojas is None else hojas
    marcadas = []
    for hoja in hojas if isinstance(hojas, list) else [None]:
        valores = _valores_de(hoja)
        if valores is None:
            return None
        marcadas += [f"{campo}|{_escrito(v)}" for campo, v in valores]
    return marcadas if condicion_de(marcadas) == condicion else None


def _valores_de(hoja: Any) -> list[tuple[str, Any]] | None:
    if not isinstance(hoja, dict) or not isinstance(hoja.get("campo"), str) or len(hoja) != 2:
        return None
    valores = hoja.get("es_alguno", [hoja["es"]] if "es" in hoja else None)
    return [(hoja["campo"], v) for v in valores] if isinstance(valores, list) else None


def _escrito(valor: Any) -> str:
    return str(valor).lower() if isinstance(valor, bool) else str(valor)

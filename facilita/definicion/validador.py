"""El comprobador de esquemas del lenguaje: el de JSON Schema, más corto de camino.

Un entero se escribe sin decimales.

Casi todo lo que un formulario dice es un texto corto o un sí o no: esos se miran de una vez, sin
armar otro comprobador para cada uno. Lo que no cumple, y todo lo demás, va por el camino largo, que
es el que sabe decir qué está mal.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

_DE_TEXTO = frozenset({"type", "minLength", "maxLength", "pattern", "enum"})


def _es_de_texto(esquema: Mapping[str, Any]) -> bool:
    return esquema.get("type") == "string" and esquema.keys() <= _DE_TEXTO


def _cumple(esquema: Any, valor: Any) -> bool:
    """Si un texto o un sí o no cumple un esquema de los que se miran de una vez."""
    if isinstance(valor, bool):
        return bool(esquema == {"type": "boolean"})
    if not (isinstance(valor, str) and isinstance(esquema, dict) and _es_de_texto(esquema)):
        return False
    if not esquema.get("minLength", 0) <= len(valor) <= esquema.get("maxLength", len(valor)):
        return False
    patron, enumerados = esquema.get("pattern"), esquema.get("enum")
    return (patron is None or re.search(patron, valor) is not None) and (
        enumerados is None or valor in enumerados
    )


def _propiedades(
    comprobador: Any, propiedades: Mapping[str, Any], dato: Any, _esquema: Any
) -> Iterator[ValidationError]:
    if not isinstance(dato, Mapping):
        return
    for clave, suyo in propiedades.items():
        if clave in dato and not _cumple(suyo, dato[clave]):
            yield from comprobador.descend(dato[clave], suyo, path=clave, schema_path=clave)


# JSON Schema llama entero también a 10.0; aquí un entero se escribe sin decimales.
Validador: type[Draft202012Validator] = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    {"properties": _propiedades},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, dato: isinstance(dato, int) and not isinstance(dato, bool)
    ),
)

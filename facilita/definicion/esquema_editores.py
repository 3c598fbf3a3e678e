"""El esquema entero para los editores de texto: completa, explica y marca mientras se escribe.

Sale del mismo registro con que se comprueba; lo que aquí no cabe lo dice `facilita validar`.
"""

from collections.abc import Mapping
from typing import Any

from facilita.definicion.campos import REGISTRO, esquema_de
from facilita.definicion.descripciones import DESCRIPCIONES
from facilita.definicion.esquema import DEFINICIONES, ESQUEMA
from facilita.definicion.familias import ESQUEMA_ADAPTACION

_UN_CAMPO = {"type": "object"}
_CAMPO = {"$ref": "#/$defs/campo"}


def esquema_para_editores() -> dict[str, Any]:
    """Un JSON Schema que acepta una plantilla, un formulario entero o una adaptación."""
    definicion, adaptacion = (_abierto(e) for e in (ESQUEMA, ESQUEMA_ADAPTACION))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Definición de Facilita",
        "description": "Una plantilla, un formulario, o una plantilla más los cambios.",
        "type": "object",
        "if": {"required": ["cambios"]},
        "then": {"$ref": "#/$defs/adaptacion"},
        "else": {"$ref": "#/$defs/definicion"},
        "$defs": {
            **_abierto(DEFINICIONES),
            "definicion": definicion,
            "adaptacion": adaptacion,
            "campo": _campo(),
        },
    }


def _campo() -> dict[str, Any]:
    """Un campo: su tipo decide lo demás."""
    return {
        "type": "object",
        "required": ["id", "tipo"],
        "properties": {"tipo": {"enum": list(REGISTRO), "description": DESCRIPCIONES["tipo"]}},
        "allOf": [
            {
                "if": {"properties": {"tipo": {"const": tipo}}, "required": ["tipo"]},
                "then": {
                    "title": clase.nombre,
                    "description": " ".join(str(clase.__doc__).split()),
                    **_abierto(esquema_de(clase)),
                },
            }
            for tipo, clase in REGISTRO.items()
        ],
    }


def _abierto(esquema: Any, clave: str = "") -> Any:
    """Una copia donde cada campo se comprueba según su tipo y cada propiedad se explica."""
    if esquema == _UN_CAMPO and clave in ("campo", "items"):
        return dict(_CAMPO)
    if isinstance(esquema, Mapping):
        copia = {c: _abierto(v, c) for c, v in esquema.items() if c not in ("$schema", "$defs")}
        return _explicado(copia)
    return [_abierto(e) for e in esquema] if isinstance(esquema, list) else esquema


def _explicado(esquema: dict[str, Any]) -> dict[str, Any]:
    propiedades = esquema.get("properties")
    if not isinstance(propiedades, Mapping):
        return esquema
    explicadas = {
        clave: {"description": DESCRIPCIONES[clave], **forma} if clave in DESCRIPCIONES else forma
        for clave, forma in propiedades.items()
    }
    return {**esquema, "properties": explicadas}

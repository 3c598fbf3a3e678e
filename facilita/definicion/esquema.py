"""La forma de una definición: JSON Schema armado con los fragmentos de los tipos de campo."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from facilita.definicion.campos import REGISTRO, esquema_de
from facilita.definicion.campos.base import FORMA_DE_ID, FORMA_DE_SLUG, TEXTO, TEXTO_CORTO
from facilita.definicion.condiciones import ESQUEMA as ESQUEMA_CONDICION
from facilita.definicion.explicaciones import explicar
from facilita.definicion.fallas import Buzon, Ruta
from facilita.definicion.flujo import ESQUEMA_FLUJO
from facilita.definicion.numeracion import ESQUEMA_CONSERVACION, ESQUEMA_NUMERACION
from facilita.definicion.presentacion import PRESENTACIONES
from facilita.definicion.sugerencias import parecido
from facilita.definicion.tareas import ESQUEMA_ROL, ESQUEMA_ROLES, ESQUEMA_TAREA, ESQUEMA_TAREAS
from facilita.definicion.validador import Validador

SLUG = {"type": "string", "pattern": FORMA_DE_SLUG, "maxLength": 60}
_NORMAS = {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True}
_CONDICION = {"$ref": "#/$defs/condicion"}
_FIJO = {"$ref": "#/$defs/fijo"}

DEFINICIONES: dict[str, Any] = {
    "condicion": ESQUEMA_CONDICION,
    "fijo": {
        "type": ["boolean", "object"],
        "additionalProperties": {
            "anyOf": [
                {"enum": ["libre", "quitar"]},
                {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
            ]
        },
    },
}

_CAMPOS = {"type": "array", "minItems": 1, "maxItems": 1000, "items": {"type": "object"}}
_SECCION = {
    "type": "object",
    "required": ["id", "campos"],
    "properties": {
        "id": {"type": "string", "pattern": FORMA_DE_ID},
        "titulo": TEXTO_CORTO,
        "introduccion": TEXTO,
        "si": _CONDICION,
        "fijo": _FIJO,
        "campos": _CAMPOS,
    },
    "additionalProperties": False,
}
_PAGINA = {
    "type": "object",
    "required": ["id", "titulo", "secciones"],
    "properties": {
        "id": SLUG,
        "titulo": TEXTO_CORTO,
        "introduccion": TEXTO,
        "si": _CONDICION,
        "fijo": _FIJO,
        "secciones": {"type": "array", "minItems": 1, "maxItems": 200, "items": _SECCION},
    },
    "additionalProperties": False,
}
_MENSAJE = {
    "type": "object",
    "required": ["id", "asunto", "cuerpo"],
    "properties": {
        "id": {"type": "string", "pattern": FORMA_DE_ID},
        "asunto": TEXTO_CORTO,
        "cuerpo": TEXTO,
        "exige": {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True},
        "fijo": _FIJO,
    },
    "additionalProperties": False,
}

_FLUJO = ESQUEMA_FLUJO["properties"]

FORMAS_DE_ELEMENTO: dict[str, Any] = {
    "pagina": _PAGINA,
    "seccion": _SECCION,
    "campo": {"type": "object"},
    "estado": _FLUJO["estados"]["items"],
    "transicion": _FLUJO["transiciones"]["items"],
    "mensaje": _MENSAJE,
    "rol": ESQUEMA_ROL,
    "tarea": ESQUEMA_TAREA,
}
"""La forma de cada elemento con id; la de un campo depende de su tipo."""

ESQUEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["formato", "titulo", "paginas", "revision", "flujo", "mensajes"],
    "oneOf": [
        {"required": ["plantilla", "version"]},
        {"required": ["formulario"], "not": {"required": ["plantilla"]}},
    ],
    "properties": {
        "formato": {"const": 1},
        "plantilla": SLUG,
        "version": {"type": "integer", "minimum": 1, "maximum": 99999},
        "formulario": SLUG,
        "origen": SLUG,
        "titulo": TEXTO_CORTO,
        "introduccion": TEXTO,
        "base_legal": _NORMAS,
        "horario": {"type": "string", "enum": ["mesa_de_partes", "otros"]},
        "presentacion": {"type": "string", "enum": list(PRESENTACIONES)},
        "plataforma": {"type": "boolean"},
        "fijo": _FIJO,
        "numeracion": ESQUEMA_NUMERACION,
        "conservacion": ESQUEMA_CONSERVACION,
        "paginas": {"type": "array", "minItems": 1, "maxItems": 60, "items": _PAGINA},
        "revision": {
            "type": "object",
            "required": ["titulo", "campos"],
            "properties": {
                "titulo": TEXTO_CORTO,
                "introduccion": TEXTO,
                "campos": _CAMPOS,
            },
            "additionalProperties": False,
        },
        "flujo": ESQUEMA_FLUJO,
        "roles": ESQUEMA_ROLES,
        "tareas": ESQUEMA_TAREAS,
        "mensajes": {"type": "array", "minItems": 1, "maxItems": 60, "items": _MENSAJE},
    },
    "additionalProperties": False,
    "$defs": DEFINICIONES,
}


_PARTIDO = re.compile("[\ud800-\udfff]")
_DE_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@cache
def _validador(clave: str) -> Draft202012Validator:
    if clave == "":
        return Validador(ESQUEMA)
    return Validador({**esquema_de(REGISTRO[clave]), "$defs": DEFINICIONES})


def comprobar_forma(dato: Any, buzon: Buzon) -> None:
    """Anota en el buzón todo lo que no tiene la forma del lenguaje."""
    anotar_errores(_validador(""), dato, (), buzon)
    _comprobar_letras(dato, (), buzon)
    if isinstance(dato, Mapping):
        for ruta, campo in campos_crudos(dato):
            comprobar_campo(campo, ruta, buzon)


def _comprobar_letras(dato: Any, ruta: Ruta, buzon: Buzon) -> None:
    """Medio carácter o uno de control no se pueden guardar, y nadie los ve al leer."""
    if isinstance(dato, str):
        if not dato.isascii() and _PARTIDO.search(dato):
            buzon.falla("forma.valor", ruta, "hay un carácter partido, que no es texto")
        elif not dato.isprintable() and _DE_CONTROL.search(dato):
            buzon.falla("forma.valor", ruta, "hay un carácter de control, que no es texto")
    elif isinstance(dato, Mapping):
        for clave, valor in dato.items():
            _comprobar_letras(valor, (*ruta, clave), buzon)
    elif isinstance(dato, list):
        for n, valor in enumerate(dato):
            _comprobar_letras(valor, (*ruta, n), buzon)


def comprobar_campo(campo: Any, ruta: Ruta, buzon: Buzon) -> None:
    """Anota lo que no tiene la forma del tipo de campo."""
    if not isinstance(campo, Mapping):
        return
    tipo = campo.get("tipo")
    if tipo is None:
        buzon.falla("forma.falta", ruta, "falta «tipo», el tipo del campo")
    elif not isinstance(tipo, str) or tipo not in REGISTRO:
        texto = f"no hay un tipo de campo «{tipo}»{parecido(tipo, REGISTRO)}; puede ser: "
        buzon.falla("campo.tipo", (*ruta, "tipo"), texto + ", ".join(sorted(REGISTRO)))
    else:
        anotar_errores(_validador(tipo), campo, ruta, buzon)


def campos_crudos(dato: Mapping[str, Any]) -> Iterator[tuple[Ruta, Any]]:
    """Los campos de un documento todavía sin comprobar, con su ruta; tras un grupo, los suyos."""
    for p, pagina in _lista(dato, "paginas"):
        for s, seccion in _lista(pagina, "secciones"):
            yield from _campos_de(seccion, "campos", ("paginas", p, "secciones", s))
    yield from _campos_de(dato.get("revision"), "campos", ("revision",))
    for t, transicion in _lista(dato.get("flujo"), "transiciones"):
        yield from _campos_de(transicion, "pide", ("flujo", "transiciones", t))
    for t, tarea in _lista(dato, "tareas"):
        for lista in ("pide", "responde"):
            yield from _campos_de(tarea, lista, ("tareas", t))


def _campos_de(dueno: Any, clave: str, ruta: Ruta) -> Iterator[tuple[Ruta, Any]]:
    for n, campo in _lista(dueno, clave):
        suya: Ruta = (*ruta, clave, n)
        yield suya, campo
        for k, dentro in _lista(campo, "campos"):
            yield (*suya, "campos", k), dentro


def _lista(dato: Any, clave: str) -> Iterator[tuple[int, Any]]:
    valor = dato.get(clave) if isinstance(dato, Mapping) else None
    return enumerate(valor) if isinstance(valor, list) else enumerate(())


def anotar_errores(validador: Draft202012Validator, dato: Any, base: Ruta, buzon: Buzon) -> None:
    """Anota cada error del esquema con su ruta y su frase."""
    for error in validador.iter_errors(dato):
        ruta = (*base, *error.absolute_path)
        for codigo, paso, texto in explicar(error):
            buzon.falla(codigo, (*ruta, *paso), texto)

"""Las fallas del esquema dichas en español, con lo que sería correcto."""

from collections.abc import Callable, Mapping
from typing import Any

from jsonschema.exceptions import ValidationError

from facilita.definicion.campos.base import FORMA_DE_AUTOCOMPLETAR, FORMA_DE_ID, FORMA_DE_SLUG
from facilita.definicion.campos.fechas import FORMA_DE_HORA, FORMA_DE_LIMITE
from facilita.definicion.campos.opciones import FORMA_DE_VALOR
from facilita.definicion.fallas import Ruta
from facilita.definicion.sugerencias import como_se_escribe, donde_va, parecido

FORMA_DE_REFERENCIA = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*@[1-9][0-9]{0,4}$(?!\n)"

_FORMAS = {
    FORMA_DE_ID: "un id son minúsculas sin tilde, números y «_», empieza con letra y tiene 40 "
    "caracteres como máximo",
    FORMA_DE_SLUG: "son minúsculas sin tilde y números, separados con «-»",
    FORMA_DE_VALOR: "son minúsculas sin tilde, números y «_», 60 como máximo",
    FORMA_DE_LIMITE: "es un día como 2026-11-27, o «hoy», con días de más o de menos: hoy+30",
    FORMA_DE_HORA: "es una hora de 00:00 a 23:59; por ejemplo, 08:30",
    FORMA_DE_REFERENCIA: "es la plantilla y su versión; por ejemplo, mesa-de-partes@1",
    FORMA_DE_AUTOCOMPLETAR: "es una palabra de autocompletar de HTML; por ejemplo, given-name",
}

_TIPOS = {
    "string": "un texto",
    "integer": "un número entero",
    "number": "un número",
    "boolean": "true o false",
    "array": "una lista (cada elemento con «- »)",
    "object": "un mapa (claves con «: »)",
    "null": "nada",
}

_QUE_FALTA = {
    "formato": ": el archivo empieza con «formato: 1»",
    "cambios": ", lo que la entidad cambia de la plantilla; puede ir vacío",
    "desde": ": presentado, entrada o notificado",
}
"""Lo que conviene decir de una clave que falta."""

_POR_ID = {
    "paginas": "{tus-datos: {titulo: Tus datos}}",
    "secciones": "{contacto: {titulo: Cómo ubicarte}}",
    "campos": "{correo: {ayuda: Ahí te avisamos.}}",
    "estados": "{nuevo: {etiqueta: Recibido}}",
    "transiciones": "{atender: {etiqueta: Responder}}",
    "mensajes": '{recibido: {asunto: "Recibimos {numero}"}}',
    "opciones": "{tipo_documento: {otro: {etiqueta: Otro documento}}}",
}
"""Cómo se escribe, dentro de «cambios», lo que se cambia de cada elemento por su id."""

Explicacion = list[tuple[str, Ruta, str]]


def explicar(error: ValidationError) -> Explicacion:
    """El error del esquema en frases: (código, pasos hasta el dato, frase)."""
    explicar = _EXPLICACIONES.get(str(error.validator))
    if explicar is None:
        return [("forma", (), f"este valor no se permite: {_corto(error.instance)}")]
    return explicar(error)


def _tipo(e: Any) -> Explicacion:
    tipos = e.validator_value if isinstance(e.validator_value, list) else [e.validator_value]
    pide = " o ".join(_TIPOS[t] for t in tipos)
    texto = f"debe ser {pide}, y es {_corto(e.instance)}"
    ruta = tuple(e.absolute_path)
    clave = next((p for p in reversed(ruta) if isinstance(p, str)), None)
    if ruta[:1] == ("cambios",) and tipos == ["object"] and clave in _POR_ID:
        return [("forma.tipo", (), f"{texto}; se escribe así: {_POR_ID[clave]}")]
    return [("forma.tipo", (), texto + como_se_escribe(clave, e.instance, tipos))]


def _falta(e: Any) -> Explicacion:
    if not isinstance(e.instance, Mapping):
        return []
    faltan = [c for c in e.validator_value if c not in e.instance]
    # jsonschema da un error por clave: cada uno dice la suya.
    clave = next((c for c in faltan if repr(c) in e.message), faltan[0])
    return [("forma.falta", (), f"falta «{clave}»{_QUE_FALTA.get(clave, '')}")]


def _de_mas(e: Any) -> Explicacion:
    conocidas = sorted(e.schema.get("properties", {}))
    return [
        (
            "forma.desconocida",
            (clave,),
            f"no se conoce «{clave}» aquí{parecido(clave, conocidas)}; puede ir: "
            + ", ".join(conocidas)
            + donde_va(clave, conocidas, e.instance[clave]),
        )
        for clave in e.instance
        if clave not in conocidas
    ]


def _enumerado(e: Any) -> Explicacion:
    validos = [str(v) for v in e.validator_value]
    texto = f"{_corto(e.instance)} no vale{parecido(e.instance, validos)}; puede ser: "
    return [("forma.valor", (), texto + ", ".join(validos))]


def _patron(e: Any) -> Explicacion:
    frase = _FORMAS[e.validator_value]
    return [("forma.escritura", (), f"{_corto(e.instance)} no está bien escrito: {frase}")]


def _una_de(e: Any) -> Explicacion:
    if not isinstance(e.instance, Mapping):
        return []
    if "plantilla" in e.instance and "formulario" in e.instance:
        return [("forma.clase", (), "es «plantilla» o es «formulario», no las dos cosas")]
    if "plantilla" in e.instance:
        return [("forma.falta", (), "falta «version», el número de la plantilla")]
    return [("forma.falta", (), "falta «plantilla» (con su «version») o «formulario»")]


def _cuantos(e: Any, que: str) -> str:
    return f"{e.validator_value} {que}" + ("" if e.validator_value == 1 else "s")


_EXPLICACIONES: Mapping[str, Callable[[Any], Explicacion]] = {
    "type": _tipo,
    "required": _falta,
    "additionalProperties": _de_mas,
    "enum": _enumerado,
    "pattern": _patron,
    "oneOf": _una_de,
    "const": lambda e: [("forma.valor", (), f"debe ser {e.validator_value}")],
    "anyOf": lambda e: [
        ("forma.valor", (), "debe ser «libre», «quitar» o un rango [mínimo, máximo]")
    ],
    "minLength": lambda e: [("texto.vacio", (), "el texto está vacío")],
    "maxLength": lambda e: [
        ("forma.largo", (), f"pasa de {e.validator_value} caracteres (tiene {len(e.instance)})")
    ],
    "minItems": lambda e: [
        ("forma.cantidad", (), f"debe tener {_cuantos(e, 'elemento')} como mínimo")
    ],
    "maxItems": lambda e: [
        ("forma.cantidad", (), f"debe tener {_cuantos(e, 'elemento')} como máximo")
    ],
    "minProperties": lambda e: [("forma.cantidad", (), "está vacío")],
    "maxProperties": lambda e: [
        ("forma.cantidad", (), f"lleva {_cuantos(e, 'clave')} como máximo")
    ],
    "uniqueItems": lambda e: [("forma.repetido", (), "hay elementos repetidos en la lista")],
    "minimum": lambda e: [("forma.rango", (), f"debe ser {e.validator_value} como mínimo")],
    "maximum": lambda e: [("forma.rango", (), f"debe ser {e.validator_value} como máximo")],
}


def _corto(valor: Any) -> str:
    if isinstance(valor, Mapping):
        return "un mapa"
    if isinstance(valor, list):
        return "una lista"
    if valor is None:
        return "nada (está vacío)"
    if isinstance(valor, bool):
        return "true" if valor else "false"
    texto = str(valor).replace("\n", "\\n")
    return f"«{texto[:60]}…»" if len(texto) > 60 else f"«{texto}»"

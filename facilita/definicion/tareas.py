"""Los roles que una definición declara y las tareas que se encargan dentro de una solicitud.

Una tarea no cambia el estado: pide algo a un rol y puede detener pasos hasta que responda.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from facilita.definicion.campos import Campo, crear_campo
from facilita.definicion.campos.base import FORMA_DE_ID, TEXTO, TEXTO_CORTO


@dataclass(frozen=True, slots=True)
class Rol:
    """Un rol propio de un formulario: la entidad dice qué personas o áreas lo cumplen."""

    id: str
    etiqueta: str
    ayuda: str | None = None


@dataclass(frozen=True, slots=True)
class Tarea:
    """Un encargo dentro de una solicitud: quién lo abre, quién lo atiende y qué detiene."""

    id: str
    etiqueta: str
    ayuda: str | None
    quien: frozenset[str]
    en: frozenset[str]
    para: str
    pide: tuple[Campo, ...]
    responde: tuple[Campo, ...]
    dias_habiles: int | None
    base_legal: tuple[str, ...]
    detiene: frozenset[str]


_ID = {"type": "string", "pattern": FORMA_DE_ID}
_IDS = {"type": "array", "items": _ID, "minItems": 1, "uniqueItems": True}
_NORMAS = {"type": "array", "items": {"type": "string"}, "minItems": 1}
_CAMPOS = {"type": "array", "items": {"type": "object"}, "maxItems": 20}

ESQUEMA_ROL: dict[str, Any] = {
    "type": "object",
    "required": ["id", "etiqueta"],
    "properties": {
        "id": {"type": "string", "pattern": FORMA_DE_ID},
        "etiqueta": TEXTO_CORTO,
        "ayuda": TEXTO,
        "fijo": {"$ref": "#/$defs/fijo"},
    },
    "additionalProperties": False,
}

ESQUEMA_TAREA: dict[str, Any] = {
    "type": "object",
    "required": ["id", "etiqueta", "quien", "en", "para"],
    "properties": {
        "id": _ID,
        "etiqueta": TEXTO_CORTO,
        "ayuda": TEXTO,
        "quien": {"type": "array", "items": {"type": "string"}, "minItems": 1},
        "en": _IDS,
        "para": {"type": "string"},
        "pide": _CAMPOS,
        "responde": {**_CAMPOS, "minItems": 1},
        "plazo": {
            "type": "object",
            "required": ["dias_habiles"],
            "properties": {
                "dias_habiles": {"type": "integer", "minimum": 1, "maximum": 365},
                "base_legal": _NORMAS,
            },
            "additionalProperties": False,
        },
        "detiene": _IDS,
        "base_legal": _NORMAS,
        "fijo": {"$ref": "#/$defs/fijo"},
    },
    "additionalProperties": False,
}

ESQUEMA_ROLES: dict[str, Any] = {"type": "array", "maxItems": 20, "items": ESQUEMA_ROL}
ESQUEMA_TAREAS: dict[str, Any] = {"type": "array", "maxItems": 40, "items": ESQUEMA_TAREA}


def crear_rol(dato: Mapping[str, Any]) -> Rol:
    """El rol de un dato que ya pasó el esquema."""
    return Rol(dato["id"], dato["etiqueta"], dato.get("ayuda"))


def crear_tarea(dato: Mapping[str, Any]) -> Tarea:
    """La tarea de un dato que ya pasó el esquema."""
    plazo = dato.get("plazo", {})
    return Tarea(
        id=dato["id"],
        etiqueta=dato["etiqueta"],
        ayuda=dato.get("ayuda"),
        quien=frozenset(dato["quien"]),
        en=frozenset(dato["en"]),
        para=dato["para"],
        pide=tuple(crear_campo(c) for c in dato.get("pide", ())),
        responde=tuple(crear_campo(c) for c in dato.get("responde", ())),
        dias_habiles=plazo.get("dias_habiles"),
        base_legal=tuple(plazo.get("base_legal", dato.get("base_legal", ()))),
        detiene=frozenset(dato.get("detiene", ())),
    )

"""La numeración propia de un formulario, y cuánto tiempo se conserva lo presentado en él."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from facilita.definicion.campos.base import FORMA_DE_SLUG, TEXTO_CORTO

LARGO_DE_NUMERO = 60
LARGO_DE_SERIE = 40
# Un ancho de dos cifras basta: «{numero:0999999999d}» llenaría la memoria.
_LLAVES = re.compile(r"\{([^{}]*)\}")
_NUMERO = re.compile(r"numero(:0?[1-9]?[0-9]?d?)?")


@dataclass(frozen=True, slots=True)
class Numeracion:
    """Una serie progresiva y sin huecos, por entidad y año, aparte de la del registro (N22)."""

    serie: str
    formato: str


@dataclass(frozen=True, slots=True)
class Conservacion:
    """Cuántos años se conserva lo presentado, y la norma que lo manda."""

    anios: int
    base_legal: tuple[str, ...] = ()

    def texto(self) -> str:
        """Lo dice en palabras: «10 años»."""
        return "1 año" if self.anios == 1 else f"{self.anios} años"


ESQUEMA_NUMERACION: dict[str, Any] = {
    "type": "object",
    "required": ["serie", "formato"],
    "properties": {
        "serie": {"type": "string", "pattern": FORMA_DE_SLUG, "maxLength": LARGO_DE_SERIE},
        "formato": TEXTO_CORTO,
    },
    "additionalProperties": False,
}

ESQUEMA_CONSERVACION: dict[str, Any] = {
    "type": "object",
    "required": ["anios"],
    "properties": {
        "anios": {"type": "integer", "minimum": 1, "maximum": 100},
        "base_legal": {"type": "array", "items": {"type": "string"}, "minItems": 1},
    },
    "additionalProperties": False,
}


def crear_numeracion(dato: Mapping[str, Any] | None) -> Numeracion | None:
    """La numeración de un dato que ya pasó el esquema."""
    return Numeracion(dato["serie"], dato["formato"]) if dato else None


def crear_conservacion(dato: Mapping[str, Any] | None) -> Conservacion | None:
    """La conservación de un dato que ya pasó el esquema."""
    return Conservacion(dato["anios"], tuple(dato.get("base_legal", ()))) if dato else None


def falla_de_formato(formato: str) -> str | None:
    """Por qué un formato no sirve para numerar sin repetir, o `None` si sirve."""
    dentro = {"numero" if _NUMERO.fullmatch(d) else d for d in _LLAVES.findall(formato)}
    sueltas = _LLAVES.sub("", formato)
    if dentro != {"numero", "anio"} or "{" in sueltas or "}" in sueltas:
        return "lleva {numero} y {anio}, y nada más entre llaves; como «{numero:06d}-{anio}»"
    hecho = formato.format(numero=999_999, anio=9999)
    return None if len(hecho) <= LARGO_DE_NUMERO else f"pasa de {LARGO_DE_NUMERO} letras"

"""Limpieza de lo que llega escrito: lo invisible se quita, lo visible no se toca."""

import re
import unicodedata
from typing import Any

# Controles, sustitutos sueltos y marcas que cambian el sentido de la escritura a escondidas.
_INVISIBLES = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff]"
)
_FINES = re.compile(r"[ \t]+\n")


def uno(crudo: Any) -> str:
    """El texto de una respuesta cruda, venga como texto o como lista de un solo texto."""
    if isinstance(crudo, list):
        crudo = crudo[-1] if crudo else ""
    return crudo if isinstance(crudo, str) else ""


def una_linea(crudo: Any) -> str | None:
    """El texto en una línea, sin espacios repetidos; `None` si no queda nada."""
    texto = crudo if isinstance(crudo, str) else uno(crudo)
    if not texto:
        return None
    if not (texto.isascii() and texto.isprintable()):
        texto = unicodedata.normalize("NFC", _INVISIBLES.sub("", texto))
    return " ".join(texto.split()) or None


def varias_lineas(crudo: Any) -> str | None:
    """El texto con sus saltos de línea como `\\n`; `None` si no queda nada."""
    texto = uno(crudo).replace("\r\n", "\n").replace("\r", "\n")
    texto = unicodedata.normalize("NFC", _INVISIBLES.sub("", texto))
    return _FINES.sub("\n", texto).strip() or None

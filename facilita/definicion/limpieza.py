"""Limpieza de lo que llega escrito: lo invisible se quita, lo visible no se toca."""

import re
import unicodedata
from typing import Any

# Controles, sustitutos sueltos, espacios sin ancho y marcas que cambian a escondidas el sentido
# de la escritura. Los que unen letras (U+200C y U+200D) se quedan: hay alfabetos que los usan.
_INVISIBLES = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e007f]"
)
_FINES = re.compile(r"[ \t]+\n")
_SOLO_UNEN = " \t\n\u200c\u200d\ufe0e\ufe0f"
_ACENTOS_SEGUIDOS = 30


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
        texto = _visible(texto)
    return " ".join(texto.split()) or None


def varias_lineas(crudo: Any) -> str | None:
    """El texto con sus saltos de línea como `\\n`; `None` si no queda nada."""
    texto = _visible(uno(crudo).replace("\r\n", "\n").replace("\r", "\n"))
    return _FINES.sub("\n", texto).strip() or None


def sin_marcas(texto: str) -> str:
    """El texto sin acentos sueltos ni uniones: quedan sus letras, de cualquier alfabeto."""
    if texto.isascii():
        return texto
    return "".join(
        c for c in texto if c not in "\u200c\u200d" and unicodedata.category(c)[0] != "M"
    )


def _visible(texto: str) -> str:
    if texto.isascii():
        return _INVISIBLES.sub("", texto)
    texto = unicodedata.normalize("NFC", _sin_pilas(_INVISIBLES.sub("", texto)))
    return texto if texto.strip(_SOLO_UNEN) else ""


def _sin_pilas(texto: str) -> str:
    """El texto con 30 acentos seguidos como máximo: ordenar más cuesta el cuadrado de su largo."""
    if len(texto) <= 500:
        return texto
    letras, seguidos = [], 0
    for letra in texto:
        seguidos = seguidos + 1 if unicodedata.combining(letra) else 0
        if seguidos <= _ACENTOS_SEGUIDOS:
            letras.append(letra)
    return "".join(letras)

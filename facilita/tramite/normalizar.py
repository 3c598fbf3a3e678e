"""La escritura con que se busca: sin tildes, sin mayúsculas, igual en los dos motores."""

import re
import unicodedata

_NO_PALABRA = re.compile(r"[^a-z0-9]+")


def normalizar(texto: str) -> str:
    """El texto en minúsculas, sin tildes ni signos, con un espacio entre palabras."""
    sin_tildes = unicodedata.normalize("NFKD", texto.casefold())
    limpio = "".join(c for c in sin_tildes if not unicodedata.combining(c))
    return _NO_PALABRA.sub(" ", limpio).strip()


def guardable(texto: str) -> str:
    """El texto sin lo que ninguna base admite: el carácter nulo y los sustitutos sueltos."""
    return texto.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def palabras(texto: str) -> list[str]:
    """Las palabras que se buscan: ocho como mucho y de largo razonable."""
    return [palabra[:100] for palabra in normalizar(texto[:1000]).split()[:8]]

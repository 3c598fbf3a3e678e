"""Los códigos que se dictan por teléfono y las fichas secretas que viajan en un enlace."""

import base64
import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Sequence
from typing import Protocol

# Sin vocales no salen palabras; sin 0, 1, 5, 8, B, L, S ni Y no hay con qué confundirse.
ALFABETO = "234679CDFGHJKMNPQRTVWXZ"
_GRUPOS, _POR_GRUPO = 4, 4
_SOBRA = re.compile(r"[\s_\u00ad\u2212\u200b-\u200f\u2060\ufeff]")


class Azar(Protocol):
    """Una fuente de azar con la forma del módulo `secrets`."""

    def choice(self, seq: Sequence[str]) -> str:
        """Un elemento cualquiera de `seq`."""


def codigo_seguimiento(azar: Azar = secrets) -> str:
    """Un código imposible de adivinar (72 bits), como «F7XK-29QD-TRWM-4H6C»."""
    return _agrupar("".join(azar.choice(ALFABETO) for _ in range(_GRUPOS * _POR_GRUPO)))


def normalizar_codigo(texto: str) -> str | None:
    """El código como se emitió, aunque lo hayan escrito a su manera; `None` si no es uno."""
    if len(texto) > 100:
        return None
    limpio = unicodedata.normalize("NFKC", _SOBRA.sub("", texto)).upper()
    limpio = "".join(c for c in limpio if unicodedata.category(c) != "Pd")
    if len(limpio) != _GRUPOS * _POR_GRUPO or not set(limpio) <= set(ALFABETO):
        return None
    return _agrupar(limpio)


def ficha_secreta() -> str:
    """Una ficha de 256 bits que cabe en una dirección web."""
    return secrets.token_urlsafe(32)


def ficha_derivada(secreto: str, *de: object) -> str:
    """La ficha que siempre toca a lo mismo: se vuelve a dar sin guardarla y nadie más la deduce."""
    partes = "\n".join(str(parte) for parte in de)
    firma = hmac.digest(secreto.encode(), partes.encode(), "sha256")
    return base64.urlsafe_b64encode(firma).rstrip(b"=").decode()


def huella(ficha: str) -> str:
    """El SHA-256 en hexadecimal con el que se guarda una ficha sin guardar la ficha."""
    return hashlib.sha256(ficha.encode("utf-8", "surrogatepass")).hexdigest()


def _agrupar(letras: str) -> str:
    return "-".join(letras[i : i + _POR_GRUPO] for i in range(0, len(letras), _POR_GRUPO))

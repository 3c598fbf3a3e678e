"""Cómo salen los mensajes al celular: un protocolo, y la puerta que elige por dónde (N51)."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from facilita.servicios.correo_mensaje import Entrega
from facilita.servicios.mensajeria_demo import MensajeriaDemo
from facilita.servicios.mensajeria_http import CUERPO, MensajeriaHTTP, TextoCelular

__all__ = [
    "CUERPO",
    "Mensajeria",
    "MensajeriaDemo",
    "MensajeriaHTTP",
    "Pasarela",
    "TextoCelular",
    "abrir_mensajeria",
    "leer_cuerpo",
    "numero_de_celular",
]

_CELULAR_PERUANO = re.compile(r"(?:\+?51)?(9[0-9]{8})")
_DE_OTRO_PAIS = re.compile(r"\+[1-9][0-9]{7,14}")


class Mensajeria(Protocol):
    """Quien entrega mensajes al celular."""

    def enviar(self, lote: Sequence[TextoCelular]) -> list[Entrega]:
        """Un resultado por mensaje y en su orden; nunca falla por una entrega."""


@dataclass(frozen=True, slots=True)
class Pasarela:
    """Por dónde salen: su dirección, su clave y la forma del cuerpo."""

    url: str = field(repr=False)
    clave: str = field(default="", repr=False)
    cuerpo: Mapping[str, Any] = field(default_factory=lambda: CUERPO)


def abrir_mensajeria(pasarela: Pasarela, *, demo: bool) -> Mensajeria | None:
    """El canal al celular de `https://pasarela…` o, solo en la demostración, `demo:RUTA`.

    Sin dirección no hay canal: `None`. Lanza `ValueError` si la dirección no sirve.
    """
    if not pasarela.url:
        return None
    esquema, _, resto = pasarela.url.partition(":")
    if esquema == "demo" and resto:
        return MensajeriaDemo(resto, demo=demo)
    return MensajeriaHTTP(pasarela.url, pasarela.clave, pasarela.cuerpo)


def leer_cuerpo(texto: str) -> Mapping[str, Any]:
    """El cuerpo JSON de cada mensaje; `ValueError` si no nombra {para} y {texto}."""
    cuerpo = json.loads(texto)
    if not isinstance(cuerpo, dict) or "{para}" not in texto or "{texto}" not in texto:
        raise ValueError("el cuerpo es un objeto JSON que nombra {para} y {texto}")
    return cuerpo


def numero_de_celular(escrito: str | None) -> str | None:
    """El número con su país, como «+51987654321»; `None` si no es de un celular."""
    limpio = re.sub(r"[\s().-]", "", escrito or "")
    if peruano := _CELULAR_PERUANO.fullmatch(limpio):
        return f"+51{peruano[1]}"
    return limpio if _DE_OTRO_PAIS.fullmatch(limpio) and not limpio.startswith("+51") else None

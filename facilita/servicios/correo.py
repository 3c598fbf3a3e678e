"""Cómo sale el correo: un protocolo, y la puerta que elige entre una carpeta y SMTP."""

from collections.abc import Sequence
from typing import Protocol

from facilita.servicios.correo_carpeta import CorreoCarpeta, CorreoGuardado, leer_carpeta
from facilita.servicios.correo_html import html_de
from facilita.servicios.correo_mensaje import Adjunto, Entrega, Mensaje
from facilita.servicios.correo_smtp import CorreoSMTP

__all__ = [
    "Adjunto",
    "Correo",
    "CorreoCarpeta",
    "CorreoGuardado",
    "CorreoSMTP",
    "Entrega",
    "Mensaje",
    "SinServidor",
    "abrir_correo",
    "html_de",
    "leer_carpeta",
]


class SinServidor(Exception):
    """El servidor de correo no atiende: lo pendiente espera, sin gastar intentos."""


class Correo(Protocol):
    """Quien entrega mensajes."""

    def enviar(self, lote: Sequence[Mensaje]) -> list[Entrega]:
        """Un resultado por mensaje y en su orden; nunca falla por una entrega."""


def abrir_correo(url: str) -> Correo:
    """El correo de esa dirección: `carpeta:var/correos`, `smtp://…` o `smtps://…`."""
    esquema, _, resto = url.partition(":")
    if esquema == "carpeta" and resto:
        return CorreoCarpeta(resto)
    return CorreoSMTP(url)

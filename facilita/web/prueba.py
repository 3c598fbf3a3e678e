"""Por dónde llegó un consentimiento: lo que se guarda como prueba, según la política (N33)."""

from ipaddress import ip_address, ip_network
from secrets import token_hex
from typing import Any

from flask import request

from facilita.web.mundo import mundo

BITS_QUE_SE_GUARDAN = {4: 24, 6: 48}
"""Lo que queda de una dirección recortada: dice la red, no el equipo."""


def prueba_de_la_peticion() -> dict[str, Any]:
    """El canal, un número de este pedido y la red desde donde llegó."""
    prueba: dict[str, Any] = {"canal": "formulario web", "pedido": token_hex(8)}
    red = red_de(request.remote_addr or "", mundo().ajustes.red_en_consentimientos)
    return {**prueba, "red": red} if red else prueba


def red_de(direccion: str, politica: str) -> str | None:
    """La dirección como la política deja guardarla; `None` si no deja o no se entiende."""
    if politica == "no":
        return None
    try:
        leida = ip_address(direccion)
    except ValueError:
        return None
    if politica == "completa":
        return str(leida)
    return str(ip_network((leida, BITS_QUE_SE_GUARDAN[leida.version]), strict=False))

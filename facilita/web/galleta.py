"""La cookie con que un navegador halla lo que dejó a medias en un formulario.

Lleva solo las fichas de sus borradores, va solo a las direcciones de ese formulario y ningún
programa de la página la lee. La primera página no la mira: es la misma para todos.
"""

import re

from flask import request
from werkzeug.wrappers import Response as Respuesta

from facilita.servicios.codigos import huella
from facilita.web.mundo import entorno, mundo

NOMBRE = "borradores"
CABEN = 8
_FICHA = re.compile(r"[A-Za-z0-9_-]{40,64}")


def fichas() -> list[str]:
    """Las fichas que trae este navegador, de la última a la primera."""
    escritas = request.cookies.get(NOMBRE, "")[:1000].split(".")
    return [f for f in escritas if _FICHA.fullmatch(f)][:CABEN]


def recordar(respuesta: Respuesta, entidad: str, formulario: str, ficha: str) -> Respuesta:
    """Deja una ficha en este navegador, la primera de todas, por lo que dura un borrador."""
    return _poner(respuesta, entidad, formulario, [ficha, *_sin(ficha)])


def olvidar(respuesta: Respuesta, entidad: str, formulario: str, ficha: str) -> Respuesta:
    """Quita una ficha de este navegador."""
    return _poner(respuesta, entidad, formulario, _sin(ficha))


def _sin(ficha: str) -> list[str]:
    return [f for f in fichas() if huella(f) != huella(ficha)]


def _poner(respuesta: Respuesta, entidad: str, formulario: str, suyas: list[str]) -> Respuesta:
    camino = f"/{entidad}/{formulario}"
    if not suyas:
        respuesta.delete_cookie(NOMBRE, path=camino)
        return respuesta
    respuesta.set_cookie(
        NOMBRE,
        ".".join(suyas[:CABEN]),
        max_age=entorno().dias_de_borrador * 24 * 3600,
        httponly=True,
        secure=not mundo().ajustes.demo,
        samesite="Lax",
        path=camino,
    )
    return respuesta

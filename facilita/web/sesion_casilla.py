"""Quién está dentro de su casilla: su cookie, aparte de la del personal."""

from typing import cast

from flask import Response, g, request

from facilita.tramite import sesiones_casilla
from facilita.tramite.sesiones_casilla import Dueno
from facilita.web.mundo import entorno, mundo

GALLETA = "casilla"
RUTA = "/casilla"


def ficha_de_casilla() -> str:
    """La ficha de la sesión, o vacía."""
    return request.cookies.get(GALLETA, "")


def dueno_en_uso() -> Dueno | None:
    """Quien está dentro, o `None`; se mira una vez por petición."""
    # Lo que ve lleva secretos junto a texto ajeno: no se comprime.
    g.con_cuenta = True
    if "dueno" not in g:
        ficha = ficha_de_casilla()
        g.dueno = sesiones_casilla.dueno_de(entorno(), ficha) if ficha else None
    return cast(Dueno | None, g.dueno)


def dueno() -> Dueno:
    """Quien está dentro, en una ruta que ya lo exigió."""
    return cast(Dueno, g.dueno)


def poner_galleta_de_casilla(respuesta: Response, ficha: str) -> None:
    """Deja la sesión en el navegador, solo para la casilla."""
    respuesta.set_cookie(
        GALLETA, ficha, httponly=True, secure=not mundo().ajustes.demo, samesite="Lax", path=RUTA
    )


def quitar_galleta_de_casilla(respuesta: Response) -> None:
    """Quita la sesión del navegador."""
    respuesta.delete_cookie(GALLETA, path=RUTA)

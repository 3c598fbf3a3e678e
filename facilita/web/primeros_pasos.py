"""El panel de los primeros pasos de una entidad y la bienvenida de quien acaba de entrar."""

from typing import Any

from flask import render_template

from facilita.tramite import entidades, primeros_pasos
from facilita.tramite.primeros_pasos import PASOS
from facilita.web.mundo import entorno
from facilita.web.rutas import PUBLICO, Rutas
from facilita.web.sesion import actor

bp = Rutas("primeros_pasos", __name__)


@bp.ruta("/bandeja/primeros-pasos", permiso="pasos.ver")
def ver() -> Any:
    """Qué se hizo, qué falta y el botón para hacerlo."""
    return render_template(
        "primeros_pasos.html", actor=actor(), tablero=primeros_pasos.ver(entorno(), actor())
    )


@bp.ruta("/bienvenida", permiso=PUBLICO)
def bienvenida() -> Any:
    """Lo que ve quien lidera una entidad después de poner su contraseña."""
    return render_template(
        "bienvenida.html", pasos=PASOS, plataforma=entidades.de_la_plataforma(entorno())
    )

"""Los correos que no se entregaron: la pantalla de quien coordina."""

from typing import Any

from flask import redirect, render_template, request, session, url_for

from facilita.tramite import sin_entregar
from facilita.tramite.sin_entregar import Filtro
from facilita.web.identificador import identificador
from facilita.web.mundo import entorno
from facilita.web.rutas import Rutas
from facilita.web.sesion import actor

bp = Rutas("correos", __name__, url_prefix="/bandeja/correos")


@bp.ruta("", permiso="correo.reenviar")
def ver() -> Any:
    """Los correos sin entregar, con búsqueda y por cómo van."""
    filtro = _filtro(request.args)
    return render_template(
        "sin_entregar.html",
        actor=actor(),
        f=filtro,
        p=sin_entregar.listar(entorno(), actor(), filtro),
        aviso=session.pop("aviso", None),
    )


def _filtro(pedido: Any) -> Filtro:
    return Filtro(
        como=pedido.get("como") or None,
        texto=pedido.get("q", "")[:100],
        antes_de=pedido.get("antes_de", type=identificador),
    )


@bp.ruta("/<int:cual>/reenviar", permiso="correo.reenviar", metodos=("POST",))
def reenviar(cual: int) -> Any:
    """Vuelve a poner en camino un correo."""
    sin_entregar.reenviar(entorno(), actor(), cual)
    session["aviso"] = "El correo está otra vez en camino."
    return redirect(url_for("correos.ver"), 303)


@bp.ruta("/reenviar", permiso="correo.reenviar", metodos=("POST",))
def reenviar_todos() -> Any:
    """Vuelve a poner en camino los que coinciden con la búsqueda."""
    cuantos = sin_entregar.reenviar_todos(entorno(), actor(), _filtro(request.form))
    dicho = "1 correo está" if cuantos == 1 else f"{cuantos} correos están"
    session["aviso"] = f"{dicho} otra vez en camino."
    return redirect(url_for("correos.ver"), 303)

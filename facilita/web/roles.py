"""Quién cumple los roles propios de cada formulario: la pantalla de quien coordina."""

from typing import Any

from flask import redirect, render_template, request, session, url_for

from facilita.tramite import encargos
from facilita.tramite.encargos import Titular
from facilita.tramite.errores import Invalido
from facilita.web.mundo import entorno
from facilita.web.rutas import Rutas
from facilita.web.sesion import actor
from facilita.web.titulares import escrito, titular_de

bp = Rutas("roles", __name__, url_prefix="/bandeja/roles")


@bp.ruta("", permiso="rol.asignar")
def ver() -> Any:
    """Los roles de cada formulario y quienes los cumplen."""
    return _pagina()


@bp.ruta("/<formulario>/<rol>", permiso="rol.asignar", metodos=("POST",))
def asignar(formulario: str, rol: str) -> Any:
    """Da el rol a una persona o a un área."""
    titular = titular_de(request.form.get("titular")) or Titular()
    quien = actor()
    try:
        encargos.asignar(entorno(), quien.entidad_id, formulario, rol, titular, quien)
    except Invalido as negativa:
        return _pagina((formulario, rol, negativa.errores[0].texto)), 422
    session["aviso"] = "Listo: ya cumple ese rol."
    return redirect(url_for("roles.ver"), 303)


@bp.ruta("/<formulario>/<rol>/quitar", permiso="rol.asignar", metodos=("POST",))
def quitar(formulario: str, rol: str) -> Any:
    """Quita el rol a quien lo cumple."""
    titular = titular_de(request.form.get("titular")) or Titular()
    quien = actor()
    encargos.quitar(entorno(), quien.entidad_id, formulario, rol, titular, quien)
    session["aviso"] = "Listo: ya no cumple ese rol."
    return redirect(url_for("roles.ver"), 303)


def _pagina(error: tuple[str, str, str] | None = None) -> str:
    quien = actor()
    return render_template(
        "roles.html",
        actor=quien,
        formularios=encargos.listar(entorno(), quien.entidad_id),
        posibles=encargos.posibles(entorno(), quien.entidad_id),
        escrito=escrito,
        error=error,
        aviso=session.pop("aviso", None),
    )

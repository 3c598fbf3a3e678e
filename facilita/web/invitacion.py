"""El enlace con que alguien recién invitado pone su contraseña."""

from typing import Any

from flask import redirect, render_template, request, url_for

from facilita.tramite import invitaciones
from facilita.tramite.errores import Invalido
from facilita.web.mundo import entorno
from facilita.web.rutas import FICHA, Rutas

bp = Rutas("invitacion", __name__)


@bp.ruta("/invitacion/<ficha>", permiso=FICHA, limite="60/minute")
def ver(ficha: str) -> Any:
    """A quién se invita y a qué entidad."""
    return _pagina(ficha)


@bp.ruta("/invitacion/<ficha>", permiso=FICHA, metodos=("POST",), limite="20/minute")
def aceptar(ficha: str) -> Any:
    """Pone la contraseña y gasta el enlace."""
    try:
        invitaciones.aceptar(entorno(), ficha, request.form.get("nueva", "")[:200])
    except Invalido as negativa:
        return _pagina(ficha, negativa.errores), 422
    return redirect(url_for("primeros_pasos.bienvenida"), 303)


def _pagina(ficha: str, errores: Any = ()) -> str:
    invitado = invitaciones.mirar(entorno(), ficha)
    return render_template("invitacion.html", i=invitado, errores=errores)

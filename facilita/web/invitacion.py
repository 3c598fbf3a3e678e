"""El enlace con que alguien recién invitado pone su contraseña."""

from typing import Any

from flask import redirect, render_template, request, session, url_for

from facilita.definicion.campos import Error
from facilita.tramite import invitaciones
from facilita.tramite.errores import Invalido
from facilita.tramite.intentos import Desde, IngresoDetenido
from facilita.tramite.permisos import COORDINADOR_ENTIDAD
from facilita.web.limites import red
from facilita.web.mundo import entorno
from facilita.web.rutas import FICHA, Rutas

bp = Rutas("invitacion", __name__)


@bp.ruta("/invitacion/<ficha>", permiso=FICHA, limite="60/minute")
def ver(ficha: str) -> Any:
    """A quién se invita y a qué entidad."""
    return _pagina(ficha)


@bp.ruta("/invitacion/<ficha>", permiso=FICHA, metodos=("POST",), limite="20/minute")
def aceptar(ficha: str) -> Any:
    """Pone la contraseña y gasta el enlace; a quien lidera la entidad le da la bienvenida."""
    invitado = invitaciones.mirar(entorno(), ficha)
    try:
        clave = request.form.get("nueva", "")[:200]
        invitaciones.aceptar(entorno(), ficha, clave, Desde(red()))
    except Invalido as negativa:
        return _pagina(ficha, negativa.errores), 422
    except IngresoDetenido as negativa:
        return _pagina(ficha, [Error("nueva", "detenido", negativa.frase)]), 429
    if invitado.rol == COORDINADOR_ENTIDAD:
        return redirect(url_for("primeros_pasos.bienvenida"), 303)
    session["aviso"] = (
        "Aceptaste la invitación. Ingresa con tu contraseña de siempre."
        if invitado.tiene_cuenta
        else "Guardamos tu contraseña. Ingresa con ella."
    )
    return redirect(url_for("cuenta.ingresar"), 303)


def _pagina(ficha: str, errores: Any = ()) -> str:
    invitado = invitaciones.mirar(entorno(), ficha)
    return render_template("invitacion.html", i=invitado, errores=errores)

"""Cuando alguien del personal olvidó su contraseña: pedir el enlace y poner otra."""

from typing import Any

from flask import redirect, render_template, request, session, url_for

from facilita.tramite import olvidos
from facilita.tramite.errores import Invalido
from facilita.web.mundo import entorno
from facilita.web.rutas import FICHA, PUBLICO, Rutas

bp = Rutas("olvido", __name__)
PEDIDO = (
    "Si ese correo tiene una cuenta, en unos minutos le llegará un enlace que sirve una hora. "
    "Mira también en los correos no deseados."
)


@bp.ruta("/ingresar/olvido", permiso=PUBLICO)
def preguntar() -> Any:
    """A qué correo se envía el enlace."""
    return render_template("olvido.html", correo="", error=None)


@bp.ruta("/ingresar/olvido", permiso=PUBLICO, metodos=("POST",), limite="5/minute;30/hour")
def pedir() -> Any:
    """Envía el enlace; contesta lo mismo tenga cuenta o no."""
    correo = request.form.get("correo", "").strip()[:254]
    if "@" not in correo:
        error = "Escribe el correo con que ingresas, como nombre@entidad.gob.pe."
        return render_template("olvido.html", correo=correo, error=error), 422
    olvidos.pedir(entorno(), correo)
    session["aviso"] = PEDIDO
    return redirect(url_for("cuenta.ingresar"), 303)


@bp.ruta("/contrasena/<enlace>", permiso=FICHA, limite="60/minute")
def ver(enlace: str) -> Any:
    """De quién es el enlace y dónde se escribe la contraseña nueva."""
    return _pagina(enlace)


@bp.ruta("/contrasena/<enlace>", permiso=FICHA, metodos=("POST",), limite="20/minute")
def cambiar(enlace: str) -> Any:
    """Pone la contraseña y gasta el enlace."""
    try:
        olvidos.cambiar(entorno(), enlace, request.form.get("nueva", "")[:200])
    except Invalido as negativa:
        return _pagina(enlace, negativa.errores), 422
    session["aviso"] = "Guardamos tu contraseña y cerramos tus sesiones. Ingresa con la nueva."
    return redirect(url_for("cuenta.ingresar"), 303)


def _pagina(enlace: str, errores: Any = ()) -> str:
    olvido = olvidos.mirar(entorno(), enlace)
    return render_template("contrasena.html", o=olvido, errores=errores)

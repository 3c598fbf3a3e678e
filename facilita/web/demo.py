"""Solo en la demostración: los correos y mensajes que habrían salido, a la vista."""

from typing import Any

from flask import render_template

from facilita.servicios.correo import leer_carpeta
from facilita.servicios.mensajeria_demo import leer_textos
from facilita.web.mundo import mundo
from facilita.web.rutas import PUBLICO, Rutas

bp = Rutas("demo", __name__, url_prefix="/demo")


@bp.ruta("/correos", permiso=PUBLICO)
def correos() -> Any:
    """Los últimos correos de la demostración."""
    carpeta = mundo().ajustes.correo.removeprefix("carpeta:")
    return render_template("correos.html", correos=leer_carpeta(carpeta))


@bp.ruta("/celulares", permiso=PUBLICO)
def celulares() -> Any:
    """Los últimos mensajes al celular de la demostración."""
    carpeta = mundo().ajustes.mensajeria.removeprefix("demo:")
    return render_template("celulares.html", textos=leer_textos(carpeta) if carpeta else ())

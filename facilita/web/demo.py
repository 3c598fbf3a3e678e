"""Solo en la demostración: los correos que habrían salido, a la vista."""

from typing import Any

from flask import render_template

from facilita.servicios.correo import leer_carpeta
from facilita.web.mundo import mundo
from facilita.web.rutas import PUBLICO, Rutas

bp = Rutas("demo", __name__, url_prefix="/demo")


@bp.ruta("/correos", permiso=PUBLICO)
def correos() -> Any:
    """Los últimos correos de la demostración."""
    carpeta = mundo().ajustes.correo.removeprefix("carpeta:")
    return render_template("correos.html", correos=leer_carpeta(carpeta))

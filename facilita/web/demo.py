"""Solo en la demostración: los correos y mensajes que habrían salido, a la vista."""

import base64
import hashlib
from typing import Any

from flask import Response, render_template

from facilita.servicios.correo import leer_carpeta
from facilita.servicios.correo_html import ESTILO
from facilita.servicios.mensajeria_demo import leer_textos
from facilita.tramite.errores import NoExiste
from facilita.web.mundo import mundo
from facilita.web.rutas import PUBLICO, Rutas

bp = Rutas("demo", __name__, url_prefix="/demo")

_HUELLA = base64.b64encode(hashlib.sha256(ESTILO.encode()).digest()).decode()
_POLITICA = (
    f"default-src 'none'; style-src 'sha256-{_HUELLA}'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""Un correo no carga nada: su estilo va dentro y se admite solo ese."""


@bp.ruta("/correos", permiso=PUBLICO)
def correos() -> Any:
    """Los últimos correos de la demostración."""
    return render_template("correos.html", correos=leer_carpeta(_carpeta()))


@bp.ruta("/correos/<archivo>", permiso=PUBLICO)
def correo(archivo: str) -> Response:
    """Un correo como lo muestra quien lo recibe con formato."""
    hallado = next((c for c in leer_carpeta(_carpeta()) if c.archivo == archivo), None)
    if hallado is None or hallado.html is None:
        raise NoExiste("No encontramos ese correo.")
    respuesta = Response(hallado.html, content_type="text/html; charset=utf-8")
    respuesta.headers["Content-Security-Policy"] = _POLITICA
    return respuesta


def _carpeta() -> str:
    return mundo().ajustes.correo.removeprefix("carpeta:")


@bp.ruta("/celulares", permiso=PUBLICO)
def celulares() -> Any:
    """Los últimos mensajes al celular de la demostración."""
    carpeta = mundo().ajustes.mensajeria.removeprefix("demo:")
    return render_template("celulares.html", textos=leer_textos(carpeta) if carpeta else ())

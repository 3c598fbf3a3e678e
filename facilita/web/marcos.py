"""La vista previa dentro de otra página: lo único que se deja enmarcar, y solo por este sitio."""

from flask import Response, make_response

from facilita.web.respuestas import POLITICA

CABECERA = "Content-Security-Policy"


def enmarcable(html: str, codigo: int = 200) -> Response:
    """Una página que este mismo sitio puede mostrar dentro de otra."""
    respuesta = make_response(html, codigo)
    politica = POLITICA.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    respuesta.headers[CABECERA] = politica
    return respuesta


def con_vista(html: str, codigo: int = 200) -> Response:
    """Una página que muestra dentro una vista previa."""
    respuesta = make_response(html, codigo)
    respuesta.headers[CABECERA] = f"{POLITICA}; frame-src 'self'"
    return respuesta

"""La API: los mismos verbos, en JSON."""

from typing import Any

from flask import request

from facilita.web.mundo import entorno
from facilita.web.rutas import PUBLICO, Rutas

bp = Rutas("api", __name__, url_prefix="/api/v1")


@bp.ruta("/ubigeo", permiso=PUBLICO, limite="300/minute")
def ubigeo() -> Any:
    """Los distritos que responden a lo escrito: código INEI y nombre completo."""
    texto = request.args.get("q", "")[:80]
    lugares = entorno().territorio.buscar(texto, 8) if len(texto.strip()) > 1 else ()
    cuerpo = [{"codigo": x.codigo, "nombre": x.nombre} for x in lugares]
    return cuerpo, 200, {"Cache-Control": "public, max-age=86400"}

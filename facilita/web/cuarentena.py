"""La cuarentena: ver qué se halló en un archivo y, con permiso y un motivo, descargarlo."""

from typing import Any

from flask import render_template, request

from facilita.tramite import descargas
from facilita.tramite.errores import Invalido
from facilita.web.archivos import servir_descarga
from facilita.web.mundo import entorno
from facilita.web.rutas import Rutas
from facilita.web.sesion import actor

bp = Rutas("cuarentena", __name__, url_prefix="/bandeja/<int:cual>/archivo/<int:adjunto>")


@bp.ruta("/cuarentena", permiso="archivo.abrir_infectado")
def ver(cual: int, adjunto: int) -> Any:
    """Qué halló el antivirus y qué pasa si se descarga."""
    return _pagina(cual, adjunto)


@bp.ruta("/cuarentena", permiso="archivo.abrir_infectado", metodos=("POST",), limite="30/minute")
def abrir(cual: int, adjunto: int) -> Any:
    """Lo descarga, por el motivo que se escribió; queda anotado."""
    motivo = request.form.get("motivo")
    try:
        descarga = descargas.abrir_apartado(entorno(), actor(), cual, adjunto, motivo)
    except Invalido as negativa:
        return _pagina(cual, adjunto, motivo, negativa.errores), 422
    return servir_descarga(descarga)


def _pagina(cual: int, adjunto: int, motivo: str | None = None, errores: Any = ()) -> str:
    apartado = descargas.ver_apartado(entorno(), actor(), cual, adjunto)
    return render_template(
        "cuarentena.html", actor=actor(), a=apartado, cual=cual, motivo=motivo, errores=errores
    )

"""El Observatorio, para cualquiera, y el Reporte Nacional, para la SGTD."""

from datetime import date
from typing import Any

from flask import Response, redirect, render_template, request, session, url_for

from facilita.plazos import fecha_lima
from facilita.servicios.taller import TallerFallo
from facilita.tramite import observatorio, reportes
from facilita.tramite.directorio import dia_pedido
from facilita.tramite.errores import NoExiste
from facilita.tramite.observatorio import COLUMNAS
from facilita.tramite.reportes import FORMATOS
from facilita.web import dibujos
from facilita.web.mundo import entorno
from facilita.web.rutas import PUBLICO, Rutas
from facilita.web.sesion import actor

bp = Rutas("observatorio", __name__)
del_personal = Rutas("reportes", __name__, url_prefix="/bandeja/reporte-nacional")
MAL_DIA = "Escribe un día que ya haya llegado, como 2026-11-25."


@bp.ruta("/observatorio", permiso=PUBLICO, limite="60/minute")
def ver() -> Any:
    """Cuántas entidades cumplen, por región y tipo, y cómo va mes a mes."""
    escrito = request.args.get("al", "")[:10]
    dia = dia_pedido(entorno(), escrito)
    if dia is None:
        return _pagina(_hoy(), _si_es_dia(escrito), error=MAL_DIA), 422
    return _pagina(dia, dia.isoformat())


def _si_es_dia(escrito: str) -> str:
    """Lo escrito, si un control de fecha lo puede mostrar."""
    try:
        return date.fromisoformat(escrito).isoformat()
    except ValueError:
        return ""


def _hoy() -> date:
    return fecha_lima(entorno().reloj.ahora())


def _pagina(dia: date, escrito: str, error: str | None = None) -> str:
    foto = observatorio.mirar(entorno(), dia)
    por_region, alto_de_regiones = dibujos.barras(foto.por_region)
    por_tipo, alto_de_tipos = dibujos.barras(foto.por_tipo)
    return render_template(
        "observatorio.html",
        foto=foto,
        es_hoy=dia == _hoy(),
        escrito=escrito,
        hoy=_hoy().isoformat(),
        error=error,
        regiones=(por_region, alto_de_regiones),
        tipos=(por_tipo, alto_de_tipos),
        columnas=dibujos.columnas(foto.evolucion),
        medidas=dibujos,
        dicho_de=COLUMNAS,
    )


@bp.ruta("/observatorio/datos.<formato>", permiso=PUBLICO, limite="30/minute")
def datos(formato: str) -> Response:
    """Los datos abiertos de un día, en CSV o JSON."""
    dia = dia_pedido(entorno(), request.args.get("al", "")[:10])
    if formato not in ("csv", "json") or dia is None:
        raise NoExiste(MAL_DIA if dia is None else None)
    cuerpo = reportes.datos_abiertos(observatorio.mirar(entorno(), dia), formato)
    respuesta = _descarga(cuerpo, f"mesas-de-partes-{dia}", formato)
    respuesta.headers["Access-Control-Allow-Origin"] = "*"
    return respuesta


def _descarga(cuerpo: bytes, nombre: str, formato: str) -> Response:
    respuesta = Response(cuerpo, content_type=FORMATOS[formato])
    respuesta.headers["Content-Disposition"] = f'attachment; filename="{nombre}.{formato}"'
    return respuesta


@del_personal.ruta("", permiso="reporte.ver")
def elegir() -> Any:
    """De qué día y en qué formato se quiere el reporte."""
    return _elegir(request.args.get("al", "")[:10])


def _elegir(escrito: str) -> Any:
    dia = dia_pedido(entorno(), escrito)
    html = render_template(
        "reporte_nacional.html",
        actor=actor(),
        dia=dia,
        es_hoy=dia == _hoy(),
        escrito=dia.isoformat() if dia else _si_es_dia(escrito),
        hoy=_hoy().isoformat(),
        foto=observatorio.mirar(entorno(), dia) if dia else None,
        error=None if dia else MAL_DIA,
        aviso=session.pop("aviso", None),
    )
    return html, (200 if dia else 422)


@del_personal.ruta("/reporte.<formato>", permiso="reporte.ver", limite="30/minute")
def nacional(formato: str) -> Any:
    """El reporte de un día: el mismo archivo cada vez que se pida."""
    dia = dia_pedido(entorno(), request.args.get("al", "")[:10])
    if formato not in FORMATOS or dia is None:
        raise NoExiste(MAL_DIA if dia is None else None)
    try:
        cuerpo = reportes.nacional(entorno(), actor(), dia, formato)
    except TallerFallo:
        session["aviso"] = "No pudimos hacer el PDF en este momento. Prueba otra vez."
        return redirect(url_for("reportes.elegir", al=dia.isoformat()), 303)
    return _descarga(cuerpo, f"reporte-nacional-{dia}", formato)

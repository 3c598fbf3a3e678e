"""Invitar a muchos con una planilla: bajar la plantilla, revisar lo llenado y crearlos."""

import json
from collections.abc import Sequence
from typing import Any

from flask import Response, abort, redirect, render_template, request, url_for

from facilita.definicion.campos import Error
from facilita.servicios.planillas import PESO_MAXIMO
from facilita.tramite import planilla
from facilita.tramite.errores import Invalido
from facilita.tramite.planilla import COLUMNAS, FILAS, Fila
from facilita.web.mundo import entorno
from facilita.web.rutas import Rutas
from facilita.web.sesion import actor

bp = Rutas("planilla", __name__, url_prefix="/bandeja/usuarios/planilla")
TIPOS = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@bp.ruta("", permiso="usuario.crear")
def ver() -> Any:
    """Cómo se hace, y subir la planilla."""
    return _pagina()


@bp.ruta("", permiso="usuario.crear", metodos=("POST",), limite="60/hour")
def revisar() -> Any:
    """Lo que está mal en cada fila; todavía no se crea a nadie."""
    archivo = request.files.get("planilla")
    try:
        filas = planilla.leer(archivo.stream.read(PESO_MAXIMO + 1) if archivo else b"")
    except Invalido as negativa:
        return _pagina(negativa.errores), 422
    return _previa(filas)


@bp.ruta("/crear", permiso="usuario.crear")
def volver() -> Any:
    """Los enlaces se muestran una vez: al recargar, se empieza otra vez."""
    return redirect(url_for("planilla.ver"), 303)


@bp.ruta("/crear", permiso="usuario.crear", metodos=("POST",), limite="60/hour")
def crear() -> Any:
    """Invita a las personas de las filas sin faltas."""
    try:
        hechos = planilla.crear(entorno(), actor(), _filas(request.form.get("filas", "")))
    except Invalido as negativa:
        return _pagina(negativa.errores), 422
    return render_template("planilla_hecha.html", actor=actor(), hechos=hechos)


@bp.ruta("/plantilla.<formato>", permiso="usuario.crear")
def plantilla(formato: str) -> Any:
    """La planilla por llenar, en CSV o XLSX."""
    if formato not in TIPOS:
        abort(404)
    respuesta = Response(planilla.plantilla(entorno(), actor(), formato), mimetype=TIPOS[formato])
    respuesta.headers["Content-Disposition"] = f'attachment; filename="usuarios.{formato}"'
    return respuesta


def _filas(escrito: str) -> list[Fila]:
    """Las filas que la revisión dejó en la página; lo que no es eso, ninguna."""
    try:
        dato = json.loads(escrito)
    except ValueError:
        return []
    filas = dato if isinstance(dato, list) else []
    return [
        {c: f[c] for c in COLUMNAS if isinstance(f.get(c), str)}
        for f in filas[:FILAS]
        if isinstance(f, dict)
    ]


def _previa(filas: Sequence[Fila]) -> str:
    vistas = planilla.previa(entorno(), actor(), filas)
    buenas = [dict(v.escrito) for v in vistas if not v.errores]
    return render_template(
        "planilla_previa.html",
        actor=actor(),
        vistas=vistas,
        buenas=len(buenas),
        filas=json.dumps(buenas, ensure_ascii=False),
    )


def _pagina(errores: Sequence[Error] = ()) -> str:
    return render_template("planilla.html", actor=actor(), errores=errores, columnas=COLUMNAS)

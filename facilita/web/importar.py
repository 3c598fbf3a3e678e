"""Traer la lista de entidades: se sube, se mira qué pasaría y se confirma."""

from typing import Any

from flask import redirect, render_template, request, session, url_for

from facilita.tramite import importacion
from facilita.tramite.importacion import OBLIGATORIAS, OPCIONALES, TAMANO, Previa
from facilita.tramite.padron import TIPOS
from facilita.web.mundo import entorno
from facilita.web.rutas import Rutas
from facilita.web.sesion import actor

bp = Rutas("importar", __name__, url_prefix="/bandeja/entidades/importar")
SIN_LISTA = "Elige el archivo CSV o pega sus líneas."
PURAS_FALLAS = "Ninguna línea se puede importar: corrige sus fallas y prueba otra vez."
A_LA_VISTA = 50
"""Cuántas filas y cuántas fallas se muestran."""


@bp.ruta("", permiso="entidad.crear")
def elegir() -> Any:
    """Cómo es el archivo y dónde se sube."""
    return _pagina()


@bp.ruta("", permiso="entidad.crear", metodos=("POST",), limite="30/minute")
def mirar() -> Any:
    """Qué pasaría con el archivo; o, si ya se miró, lo hace."""
    texto = _texto()
    if not texto.strip():
        return _pagina(error=SIN_LISTA), 422
    if request.form.get("accion") == "importar":
        hecha = importacion.importar(entorno(), actor(), texto)
        session["aviso"] = _en_palabras(hecha)
        return redirect(url_for("plataforma.listar"), 303)
    previa = importacion.mirar(entorno(), actor(), texto)
    if not previa.filas:
        return _pagina(previa=previa, texto=texto, error=PURAS_FALLAS), 422
    return _pagina(previa=previa, texto=texto)


def _texto() -> str:
    subido = request.files.get("archivo")
    if subido and subido.filename:
        return importacion.texto_de(subido.stream.read(4 * TAMANO))
    return request.form.get("texto", "")


def _en_palabras(hecha: Previa) -> str:
    nuevas, cambian = hecha.cuantas("nueva"), hecha.cuantas("cambia")
    sobra = f" Quedaron sin importar {len(hecha.fallas)} con fallas." if hecha.fallas else ""
    return f"Entidades nuevas: {nuevas}. Con datos cambiados: {cambian}.{sobra}"


def _pagina(previa: Previa | None = None, texto: str = "", error: str | None = None) -> str:
    return render_template(
        "importar.html",
        actor=actor(),
        previa=previa,
        texto=texto,
        error=error,
        obligatorias=OBLIGATORIAS,
        opcionales=OPCIONALES,
        tipos=TIPOS,
        a_la_vista=A_LA_VISTA,
    )

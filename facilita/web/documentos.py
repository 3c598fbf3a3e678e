"""Los documentos del expediente: el cargo en PDF, el índice y todo junto."""

from typing import Any

from flask import Response, render_template

from facilita.tramite import carpeta, entidades, indice
from facilita.tramite.indice import Carpeta
from facilita.tramite.leido import hallar
from facilita.web.archivos import servir_descarga
from facilita.web.direcciones import CARPETA, exigir_suya
from facilita.web.mundo import entorno
from facilita.web.rutas import EXPEDIENTE, FICHA, Rutas
from facilita.web.sesion import actor
from facilita.web.todo_junto import servir_todo

bp = Rutas("documentos", __name__)
DEL_CIUDADANO = "/seguimiento/<codigo>/expediente"
DEL_PERSONAL = "/bandeja/<int:cual>"


@bp.ruta(f"{CARPETA}/cargo.pdf", permiso=FICHA)
def recien_presentado(entidad: str, formulario: str, ficha: str) -> Response:
    """El PDF del cargo, o de la constancia, de lo que se acaba de presentar."""
    publica = entidades.por_slug(entorno(), entidad)
    exigir_suya(hallar(entorno(), publica, ficha).definicion, formulario)
    return servir_descarga(carpeta.descarga_recien_presentado(entorno(), publica, ficha))


@bp.ruta(f"{DEL_CIUDADANO}/cargo.pdf", permiso=EXPEDIENTE)
def mi_cargo(codigo: str) -> Response:
    """El cargo de mi expediente: adonde lleva el correo que lo confirma (N20)."""
    return servir_descarga(carpeta.cargo_del_ciudadano(entorno(), codigo))


@bp.ruta(f"{DEL_CIUDADANO}/documento/<int:documento>", permiso=EXPEDIENTE)
def mio(codigo: str, documento: int) -> Response:
    """Un documento de mi expediente."""
    return servir_descarga(carpeta.documento_del_ciudadano(entorno(), codigo, documento))


@bp.ruta(f"{DEL_CIUDADANO}/indice", permiso=EXPEDIENTE)
def mi_indice(codigo: str) -> Any:
    """El índice de mi expediente (N23)."""
    suya = carpeta.del_ciudadano(entorno(), codigo)
    return _indice(suya, f"/seguimiento/{codigo}/expediente")


@bp.ruta(f"{DEL_CIUDADANO}/todo.zip", permiso=EXPEDIENTE, limite="20/minute")
def todo_lo_mio(codigo: str) -> Response:
    """Mi expediente entero."""
    return servir_todo(carpeta.del_ciudadano(entorno(), codigo))


@bp.ruta(f"{DEL_PERSONAL}/documento/<int:documento>", permiso="solicitud.ver")
def del_personal(cual: int, documento: int) -> Response:
    """Un documento de una solicitud."""
    return servir_descarga(carpeta.documento_del_personal(entorno(), actor(), cual, documento))


@bp.ruta(f"{DEL_PERSONAL}/indice", permiso="solicitud.ver")
def indice_del_personal(cual: int) -> Any:
    """El índice de una solicitud, con lo interno."""
    suya = carpeta.del_personal(entorno(), actor(), cual, "indice_visto")
    return _indice(suya, f"/bandeja/{cual}", actor=actor())


@bp.ruta(f"{DEL_PERSONAL}/todo.zip", permiso="solicitud.ver", limite="20/minute")
def todo_para_el_personal(cual: int) -> Response:
    """El expediente entero de una solicitud, con lo interno."""
    return servir_todo(carpeta.del_personal(entorno(), actor(), cual, "descargado"))


def _indice(suya: Carpeta, volver: str, **contexto: Any) -> str:
    return render_template(
        "indice.html",
        carpeta=suya,
        nombres=indice.nombres_en_carpeta(suya.piezas),
        volver=volver,
        base=f"{volver}/",
        **contexto,
    )

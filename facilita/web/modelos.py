"""Los modelos de respuesta: la pantalla de quien coordina, y usar uno al responder."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import redirect, render_template, request, session, url_for

from facilita.definicion.campos import Error
from facilita.tramite import modelos_de_respuesta
from facilita.tramite.errores import Invalido
from facilita.tramite.modelos_de_respuesta import GENERALES, Escrito
from facilita.web.identificador import identificador
from facilita.web.mundo import entorno
from facilita.web.rutas import Rutas
from facilita.web.sesion import actor

bp = Rutas("modelos", __name__, url_prefix="/bandeja/modelos")


@bp.ruta("", permiso="modelo.cambiar")
def ver() -> Any:
    """Los modelos de la entidad."""
    return render_template(
        "modelos.html",
        actor=actor(),
        modelos=modelos_de_respuesta.listar(entorno(), actor()),
        aviso=session.pop("aviso", None),
    )


@bp.ruta("/nuevo", permiso="modelo.cambiar")
def nuevo() -> Any:
    """Un modelo por escribir."""
    return _pagina(None, Escrito())


@bp.ruta("/nuevo", permiso="modelo.cambiar", metodos=("POST",))
def crear() -> Any:
    """Guarda un modelo nuevo."""
    return _guardar(None)


@bp.ruta("/<int:cual>", permiso="modelo.cambiar")
def abrir(cual: int) -> Any:
    """Un modelo, para cambiarlo."""
    return _pagina(cual, modelos_de_respuesta.escrito(entorno(), actor(), cual))


@bp.ruta("/<int:cual>", permiso="modelo.cambiar", metodos=("POST",))
def cambiar(cual: int) -> Any:
    """Guarda los cambios de un modelo."""
    return _guardar(cual)


@bp.ruta("/<int:cual>/quitar", permiso="modelo.cambiar", metodos=("POST",))
def quitar(cual: int) -> Any:
    """Deja de ofrecer un modelo."""
    modelos_de_respuesta.quitar(entorno(), actor(), cual)
    session["aviso"] = "Quitaste el modelo."
    return redirect(url_for("modelos.ver"), 303)


def _guardar(cual: int | None) -> Any:
    pedido = request.form
    nuevo = Escrito(*(pedido.get(c, "") for c in ("titulo", "texto", "formulario")))
    try:
        modelos_de_respuesta.guardar(entorno(), actor(), nuevo, cual)
    except Invalido as negativa:
        return _pagina(cual, nuevo, negativa.errores), 422
    session["aviso"] = "Guardamos el modelo."
    return redirect(url_for("modelos.ver"), 303)


def _pagina(cual: int | None, m: Escrito, errores: Sequence[Error] = ()) -> str:
    return render_template(
        "modelo.html",
        actor=actor(),
        cual=cual,
        m=m,
        errores=errores,
        generales=GENERALES,
        formularios=modelos_de_respuesta.formularios(entorno(), actor()),
    )


def usar(
    solicitud_id: int, campo: str, crudo: Mapping[str, Any]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Lo escrito con el modelo elegido puesto en su campo, y los datos que le faltan.

    Lo que ya estaba escrito se queda, delante.
    """
    cual = request.form.get("modelo", type=identificador) or 0
    lleno = modelos_de_respuesta.llenar(entorno(), actor(), solicitud_id, cual)
    ya = str(crudo.get(campo) or "").strip()
    texto = lleno.texto if ya in ("", lleno.texto) else f"{ya}\n\n{lleno.texto}"
    return {**crudo, campo: texto}, lleno.faltan

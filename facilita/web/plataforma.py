"""Las pantallas de la SGTD: el directorio de entidades y la situación de cada una."""

from typing import Any

from flask import redirect, render_template, request, session, url_for

from facilita.definicion.campos import Error
from facilita.tramite import directorio, situaciones
from facilita.tramite.directorio import SITUACIONES, Busqueda
from facilita.tramite.errores import Invalido
from facilita.tramite.padron import MESAS, TIPOS
from facilita.web.identificador import identificador
from facilita.web.mundo import entorno
from facilita.web.rutas import Rutas
from facilita.web.sesion import actor

bp = Rutas("plataforma", __name__, url_prefix="/bandeja/entidades")


@bp.ruta("", permiso="entidad.ver")
def listar() -> Any:
    """Las entidades, con búsqueda, filtros y páginas."""
    busqueda = _busqueda()
    return render_template(
        "entidades.html",
        actor=actor(),
        b=busqueda,
        listado=directorio.listar(entorno(), actor(), busqueda),
        tipos=TIPOS,
        mesas=MESAS,
        situaciones=SITUACIONES,
        con=_con,
        aviso=session.pop("aviso", None),
    )


def _busqueda() -> Busqueda:
    pedido = request.args
    return Busqueda(
        texto=pedido.get("q", "")[:100],
        tipo=pedido.get("tipo", "")[:40],
        region=pedido.get("region", "")[:2],
        situacion=pedido.get("situacion", "")[:20],
        mesa=pedido.get("mesa", "")[:20],
        pagina=pedido.get("pagina", type=identificador) or 1,
    )


def _con(pagina: int) -> str:
    """La misma búsqueda en otra página."""
    pedido = {c: v for c, v in request.args.items() if v and c != "pagina"}
    return url_for("plataforma.listar", **pedido, pagina=pagina)  # type: ignore[arg-type]


@bp.ruta("/<int:cual>", permiso="entidad.ver")
def ver(cual: int) -> Any:
    """Una entidad: sus datos, lo que le pasó, quién la coordina y qué publica."""
    return _pagina(cual)


@bp.ruta("/<int:cual>/suspender", permiso="entidad.suspender", metodos=("POST",))
def suspender(cual: int) -> Any:
    """La suspende, con su motivo."""
    return _cambiar(cual, situaciones.suspender, "La entidad quedó suspendida.")


@bp.ruta("/<int:cual>/reactivar", permiso="entidad.suspender", metodos=("POST",))
def reactivar(cual: int) -> Any:
    """La vuelve a activar, con su motivo."""
    return _cambiar(cual, situaciones.reactivar, "La entidad vuelve a estar activa.")


def _cambiar(cual: int, verbo: Any, aviso: str) -> Any:
    try:
        verbo(entorno(), actor(), cual, request.form.get("motivo", "")[:2000])
    except Invalido as negativa:
        return _pagina(cual, negativa.errores[0]), 422
    session["aviso"] = f"{aviso} Le avisamos por correo a quien la coordina."
    return redirect(url_for("plataforma.ver", cual=cual), 303)


def _pagina(cual: int, error: Error | None = None) -> str:
    return render_template(
        "entidad_de_la_plataforma.html",
        actor=actor(),
        e=directorio.ver(entorno(), actor(), cual),
        tipos=TIPOS,
        mesas=MESAS,
        situaciones=SITUACIONES,
        error=error,
        errores=[error] if error else [],
        escrito=request.form.get("motivo", ""),
        aviso=session.pop("aviso", None),
    )

"""Quién lidera la mesa de partes de la entidad, y entregar el encargo a otra persona."""

from collections.abc import Sequence
from typing import Any

from flask import make_response, redirect, render_template, request, session, url_for

from facilita.definicion.campos import Error
from facilita.tramite import liderazgo
from facilita.tramite.errores import Invalido
from facilita.tramite.liderazgo import CALIDADES, Entrega
from facilita.web.identificador import identificador
from facilita.web.mundo import entorno
from facilita.web.rutas import Rutas
from facilita.web.sesion import actor, quitar_galleta

bp = Rutas("liderazgo", __name__, url_prefix="/bandeja/lider")


@bp.ruta("", permiso="liderazgo.entregar")
def ver() -> Any:
    """Quien lidera, los anteriores, y cómo entregarlo."""
    return _pagina(Entrega())


@bp.ruta("", permiso="liderazgo.entregar", metodos=("POST",))
def entregar() -> Any:
    """Registra la entrega; es un acto y no se cambia."""
    pedido = request.form
    entrega = Entrega(
        a=pedido.get("a", type=identificador),
        calidad=pedido.get("calidad", "")[:20],
        cargo=pedido.get("cargo", "")[:400],
        sustento=pedido.get("sustento", "")[:600],
        despues=pedido.get("despues", "")[:20],
    )
    try:
        se_fue = liderazgo.entregar(entorno(), actor(), entrega)
    except Invalido as negativa:
        return _pagina(entrega, negativa.errores), 422
    session["aviso"] = "Quedó registrado. Le avisamos por correo a quien lo recibe."
    if not se_fue:
        return redirect(url_for("liderazgo.ver"), 303)
    respuesta = make_response(redirect(url_for("cuenta.ingresar"), 303))
    quitar_galleta(respuesta)
    return respuesta


def _pagina(e: Entrega, errores: Sequence[Error] = ()) -> str:
    return render_template(
        "lider.html",
        actor=actor(),
        encargo=liderazgo.ver(entorno(), actor()),
        e=e,
        errores=errores,
        calidades=CALIDADES,
        aviso=session.pop("aviso", None),
    )

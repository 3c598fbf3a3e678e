"""Cuándo no funcionó la casilla: el aviso público y el registro de la plataforma (N55)."""

from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, session, url_for

from facilita.definicion.campos import Error
from facilita.plazos import LIMA
from facilita.tramite import interrupciones
from facilita.tramite.errores import Invalido
from facilita.web.mundo import entorno
from facilita.web.rutas import PUBLICO, Rutas
from facilita.web.sesion import actor

bp = Rutas("interrupciones", __name__)
PRIMER_ANIO = 2000
"""Antes no hubo casilla: es un error al escribir."""


@bp.ruta("/casilla/interrupciones", permiso=PUBLICO, limite="120/minute")
def publicas() -> Any:
    """Todas, con su fecha, hora y duración."""
    return render_template("interrupciones.html", lista=interrupciones.listar(entorno()))


@bp.ruta("/bandeja/interrupciones", permiso="interrupcion.registrar")
def ver() -> Any:
    """El registro, para quien opera la plataforma."""
    return _pagina(())


@bp.ruta("/bandeja/interrupciones", permiso="interrupcion.registrar", metodos=("POST",))
def registrar() -> Any:
    """Anota una interrupción."""
    try:
        interrupciones.registrar(
            entorno(), actor(), _instante("empezo"), _instante("termino"),
            request.form.get("motivo"),
        )  # fmt: skip
    except Invalido as negativa:
        return _pagina(negativa.errores), 422
    session["aviso"] = "Quedó registrada y ya se ve en el aviso público."
    return redirect(url_for("interrupciones.ver"), 303)


@bp.ruta("/bandeja/interrupciones/<int:cual>", permiso="interrupcion.registrar", metodos=("POST",))
def terminar(cual: int) -> Any:
    """Anota que terminó, ahora."""
    interrupciones.terminar(entorno(), actor(), cual, None)
    session["aviso"] = "Anotamos que terminó."
    return redirect(url_for("interrupciones.ver"), 303)


def _instante(campo: str) -> datetime | None:
    """Lo escrito, en hora de Lima; en blanco es nada, y lo que no se entiende no es «en blanco»."""
    texto = request.form.get(campo, "").strip()
    if not texto:
        return None
    try:
        escrito = datetime.fromisoformat(texto)
    except ValueError:
        escrito = None
    if escrito is None or escrito.year < PRIMER_ANIO:
        frase = "Escribe el día y la hora, como 2026-11-25 14:30."
        raise Invalido([Error(campo, "fecha", frase)])
    return escrito.replace(tzinfo=LIMA) if escrito.tzinfo is None else escrito


def _pagina(errores: tuple[Error, ...]) -> str:
    return render_template(
        "interrupciones_registro.html",
        actor=actor(),
        lista=interrupciones.listar(entorno()),
        errores=errores,
        escrito=request.form,
        aviso=session.pop("aviso", None),
    )

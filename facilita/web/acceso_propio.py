"""La seguridad de la propia cuenta: el segundo factor y las sesiones abiertas."""

from collections.abc import Callable
from typing import Any

from flask import make_response, redirect, render_template, request, session, url_for
from flask_login import current_user

from facilita.definicion.campos import Error
from facilita.tramite import segundo_factor, sesiones
from facilita.tramite.errores import Conflicto, Invalido, Vencido
from facilita.tramite.intentos import Desde, IngresoDetenido
from facilita.web.agentes import en_palabras
from facilita.web.cargo import dibujar_qr
from facilita.web.cuenta import despues_de_entrar
from facilita.web.limites import red
from facilita.web.mundo import entorno
from facilita.web.pendiente import CAMPO
from facilita.web.rutas import PUBLICO, Rutas
from facilita.web.sesion import GALLETA, actor, poner_galleta

bp = Rutas("acceso_propio", __name__)


# --- entrar con él --------------------------------------------------------------------------------


@bp.ruta("/ingresar/codigo", permiso=PUBLICO)
def pedir_codigo() -> Any:
    """El segundo paso del ingreso."""
    if not sesiones.espera_codigo(entorno(), request.cookies.get(GALLETA, "")):
        return redirect(url_for("cuenta.ingresar"), 303)
    return _segundo_paso()


@bp.ruta("/ingresar/codigo", permiso=PUBLICO, metodos=("POST",), limite="20/minute;200/hour")
def dar_codigo() -> Any:
    """Comprueba el código y abre la sesión."""
    ficha = request.cookies.get(GALLETA, "")
    try:
        escrito = request.form.get("codigo", "")[:40]
        nueva = sesiones.confirmar(entorno(), ficha, escrito, Desde(red()))
    except Invalido as negativa:
        return _segundo_paso(negativa.errores), 422
    except IngresoDetenido as negativa:
        return _segundo_paso([Error("codigo", "detenido", negativa.frase)]), 429
    except Vencido as negativa:
        session["aviso"] = negativa.frase
        return redirect(url_for("cuenta.ingresar"), 303)
    respuesta = make_response(despues_de_entrar(nueva))
    poner_galleta(respuesta, nueva)
    return respuesta


def _segundo_paso(errores: Any = ()) -> str:
    return render_template(
        "ingresar_codigo.html",
        errores=errores,
        pendiente=request.form.get(CAMPO),
        siguiente=request.args.get("siguiente"),
    )


# --- activarlo ------------------------------------------------------------------------------------


@bp.ruta("/cuenta/segundo-factor", permiso="cuenta.ver")
def ver() -> Any:
    """En qué va mi segundo factor, y cómo activarlo."""
    return _pagina()


@bp.ruta("/cuenta/segundo-factor", permiso="cuenta.cambiar", metodos=("POST",), limite="20/minute")
def activar() -> Any:
    """Lo activa con el primer código y muestra los de recuperación, una vez."""
    codigo = request.form.get("codigo", "")[:40]
    return _con_codigos(
        lambda: segundo_factor.activar(
            entorno(), actor().usuario_id, codigo, str(current_user.ficha)
        )
    )


@bp.ruta(
    "/cuenta/segundo-factor/codigos", permiso="cuenta.cambiar", metodos=("POST",),
    limite="20/minute",
)  # fmt: skip
def renovar_codigos() -> Any:
    """Otros códigos de recuperación."""
    clave = request.form.get("clave", "")[:200]
    return _con_codigos(
        lambda: segundo_factor.renovar_codigos(entorno(), actor().usuario_id, clave)
    )


@bp.ruta(
    "/cuenta/segundo-factor/quitar", permiso="cuenta.cambiar", metodos=("POST",),
    limite="20/minute",
)  # fmt: skip
def quitar() -> Any:
    """Lo quita, si ninguna de mis entidades lo exige."""
    clave = request.form.get("clave_para_quitar", "")[:200]
    try:
        segundo_factor.quitar(entorno(), actor().usuario_id, clave)
    except Invalido as negativa:
        # Hay dos contraseñas en la página: el error va junto a la suya.
        errores = [Error("clave_para_quitar", e.clave, e.texto) for e in negativa.errores]
        return _pagina(errores), 422
    except Conflicto as negativa:
        return _pagina(negado=negativa.frase), 409
    session["aviso"] = "Quitaste tu segundo factor: ahora basta tu contraseña."
    return redirect(url_for("acceso_propio.ver"), 303)


def _con_codigos(hacer: Callable[[], tuple[str, ...]]) -> Any:
    try:
        codigos = hacer()
    except Invalido as negativa:
        return _pagina(negativa.errores), 422
    except Conflicto as negativa:
        return _pagina(negado=negativa.frase), 409
    return _pagina(codigos=codigos)


def _pagina(errores: Any = (), negado: str | None = None, codigos: tuple[str, ...] = ()) -> str:
    estado = segundo_factor.estado(entorno(), actor().usuario_id)
    por_activar = None
    if estado.desde is None:
        por_activar = segundo_factor.empezar(entorno(), actor().usuario_id)
    return render_template(
        "segundo_factor.html",
        actor=actor(),
        estado=estado,
        por_activar=por_activar,
        qr=dibujar_qr(por_activar.direccion) if por_activar else None,
        codigos=codigos,
        errores=errores,
        negado=negado,
        aviso=session.pop("aviso", None),
    )


# --- las sesiones ---------------------------------------------------------------------------------


@bp.ruta("/cuenta/sesiones", permiso="cuenta.ver")
def ver_sesiones() -> Any:
    """Dónde está abierta mi cuenta."""
    abiertas = sesiones.abiertas(entorno(), actor().usuario_id, current_user.ficha)
    return render_template(
        "sesiones.html",
        actor=actor(),
        abiertas=[(s, en_palabras(s.agente)) for s in abiertas],
        aviso=session.pop("aviso", None),
    )


@bp.ruta("/cuenta/sesiones", permiso="cuenta.cambiar", metodos=("POST",), limite="60/minute")
def cerrar_sesiones() -> Any:
    """Cierra una, o todas las demás."""
    cual = request.form.get("cual", "")[:64]
    todas = cual == "otras"
    sesiones.cerrar(entorno(), actor().usuario_id, current_user.ficha, None if todas else cual)
    session["aviso"] = "Cerramos las demás sesiones." if todas else "Cerramos esa sesión."
    return redirect(url_for("acceso_propio.ver_sesiones"), 303)


# --- lo que exige la entidad ----------------------------------------------------------------------


@bp.ruta("/bandeja/seguridad", permiso="segundo_factor.exigir")
def ver_seguridad() -> Any:
    """Si la entidad exige el segundo factor, y a quiénes les falta."""
    return _de_seguridad()


@bp.ruta("/bandeja/seguridad", permiso="segundo_factor.exigir", metodos=("POST",))
def exigir() -> Any:
    """Lo exige, o deja de exigirlo."""
    exige = request.form.get("exige") == "true"
    try:
        segundo_factor.exigir_en_entidad(entorno(), actor(), exige=exige)
    except Conflicto as negativa:
        return _de_seguridad(negativa.frase), 409
    session["aviso"] = (
        "Desde ahora, quien no lo tenga lo activa antes de seguir."
        if exige
        else "Ya no se exige: cada quien decide."
    )
    return redirect(url_for("acceso_propio.ver_seguridad"), 303)


def _de_seguridad(negado: str | None = None) -> str:
    exige, faltan = segundo_factor.lo_exige(entorno(), actor())
    return render_template(
        "seguridad.html",
        actor=actor(),
        exige=exige,
        faltan=faltan,
        negado=negado,
        aviso=session.pop("aviso", None),
    )

"""Ingresar, salir y «mi cuenta» del personal."""

from typing import Any
from urllib.parse import urlsplit

from flask import g, make_response, redirect, render_template, request, session, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as Respuesta
from wtforms import PasswordField

from facilita.servicios.codigos import huella
from facilita.tramite import sesiones, usuarios
from facilita.tramite.errores import Invalido, NoPermitido
from facilita.tramite.intentos import IngresoDetenido
from facilita.web import equipo
from facilita.web.identificador import identificador
from facilita.web.ingreso import FormularioDeIngreso, pantalla_de_ingreso
from facilita.web.mundo import entorno
from facilita.web.pendiente import CAMPO, abrir_pendiente
from facilita.web.rutas import PUBLICO, Rutas
from facilita.web.sesion import actor, actor_en_uso, poner_galleta, quedan, quitar_galleta

bp = Rutas("cuenta", __name__)


class FormularioDeClave(FlaskForm):
    """Cambiar la contraseña propia."""

    actual = PasswordField("Contraseña actual", render_kw={"autocomplete": "current-password"})
    nueva = PasswordField("Contraseña nueva", render_kw={"autocomplete": "new-password"})


@bp.ruta("/ingresar", permiso=PUBLICO)
def ingresar() -> Any:
    """La pantalla de ingreso."""
    if actor_en_uso():
        return redirect(url_for("personal.ver_bandeja"), 303)
    aviso = session.pop("aviso", None)
    return pantalla_de_ingreso(aviso=aviso)


@bp.ruta("/ingresar", permiso=PUBLICO, metodos=("POST",), limite="20/minute;200/hour")
def entrar() -> Any:
    """Abre la sesión."""
    formulario = FormularioDeIngreso()
    correo = (formulario.correo.data or "")[:254]
    try:
        ficha = sesiones.ingresar(
            entorno(),
            correo,
            (formulario.clave.data or "")[:200],
            request.user_agent.string,
            equipo.desde(correo),
        )
    except NoPermitido as negativa:
        codigo = 429 if isinstance(negativa, IngresoDetenido) else 422
        sellado = request.form.get(CAMPO)
        return pantalla_de_ingreso(formulario, error=negativa.frase, pendiente=sellado), codigo
    session.clear()
    respuesta = make_response(_seguir(ficha))
    poner_galleta(respuesta, ficha)
    equipo.recordar(respuesta, correo, "/ingresar")
    return respuesta


def _seguir(ficha: str) -> Any:
    """El segundo paso, si la cuenta lo tiene; si no, adentro."""
    if not sesiones.espera_codigo(entorno(), ficha):
        return despues_de_entrar(ficha)
    g.pop("csrf_token", None)
    return render_template(
        "ingresar_codigo.html",
        errores=(),
        pendiente=request.form.get(CAMPO),
        siguiente=request.args.get("siguiente"),
    )


def despues_de_entrar(ficha: str) -> Any:
    """Lo que quedó a medio enviar, si lo hay; si no, adonde iba."""
    # La ficha contra envíos ajenos es de la sesión nueva, no de la que se acaba de vaciar.
    g.pop("csrf_token", None)
    pendiente = abrir_pendiente(request.form.get(CAMPO))
    quien = sesiones.actor_de(entorno(), ficha) if pendiente else None
    if pendiente and quien:
        return render_template("pendiente.html", actor=quien, pendiente=pendiente)
    return redirect(_destino(request.args.get("siguiente")), 303)


def _destino(siguiente: str | None) -> str:
    """Solo dentro de este sitio: una dirección ajena no sirve de destino."""
    if siguiente and siguiente.isprintable() and siguiente.startswith("/"):
        recta = siguiente.replace("\\", "/")
        # Un navegador lee «///otro.sitio» como «//otro.sitio».
        if not recta.startswith("//") and not urlsplit(recta).netloc:
            return siguiente
    return url_for("personal.ver_bandeja")


@bp.ruta("/salir", permiso="cuenta.ver", metodos=("POST",))
def salir() -> Respuesta:
    """Cierra la sesión."""
    sesiones.salir(entorno(), current_user.ficha)
    session.clear()
    respuesta = make_response(redirect(url_for("cuenta.ingresar"), 303))
    quitar_galleta(respuesta)
    return respuesta


@bp.ruta("/cuenta/seguir", permiso="cuenta.ver", metodos=("POST",), limite="60/minute")
def seguir() -> Any:
    """Aplaza el cierre de la sesión: lo pide el aviso de la página (WCAG 2.2.1)."""
    return {"segundos": quedan(actor().cierra_en)}


@bp.ruta("/cuenta", permiso="cuenta.ver")
def mi_cuenta() -> Any:
    """Mis datos, mis puestos y mi contraseña."""
    return _pagina(FormularioDeClave(), ())


@bp.ruta("/cuenta/clave", permiso="cuenta.cambiar", metodos=("POST",), limite="20/minute")
def cambiar_clave() -> Any:
    """Cambia la contraseña propia y cierra las demás sesiones."""
    formulario = FormularioDeClave()
    try:
        usuarios.cambiar_clave(
            entorno(),
            actor().usuario_id,
            formulario.actual.data or "",
            formulario.nueva.data or "",
            huella(current_user.ficha),
        )
    except Invalido as negativa:
        return _pagina(formulario, negativa.errores), 422
    session["aviso"] = "Cambiaste tu contraseña. Cerramos tus otras sesiones."
    return redirect(url_for("cuenta.mi_cuenta"), 303)


@bp.ruta("/cuenta/perfil", permiso="cuenta.cambiar", metodos=("POST",), limite="20/minute")
def cambiar_perfil() -> Any:
    """Cambia los datos propios."""
    nombres, documento = (request.form.get(c, "")[:400] for c in ("nombres", "documento"))
    try:
        usuarios.cambiar_perfil(entorno(), actor().usuario_id, nombres, documento)
    except Invalido as negativa:
        perfil = (nombres, documento)
        return _pagina(FormularioDeClave(formdata=None), negativa.errores, perfil), 422
    session["aviso"] = "Guardamos tus datos."
    return redirect(url_for("cuenta.mi_cuenta"), 303)


@bp.ruta("/cuenta/puesto", permiso="cuenta.ver", metodos=("POST",))
def usar_puesto() -> Any:
    """Cambia de entidad o de puesto."""
    cual = request.form.get("puesto", type=identificador) or 0
    sesiones.usar_puesto(entorno(), current_user.ficha, actor().usuario_id, cual)
    return redirect(url_for("personal.ver_bandeja"), 303)


def _pagina(
    formulario: FormularioDeClave, errores: Any, perfil: tuple[str, str] | None = None
) -> str:
    nombres, documento = perfil or usuarios.perfil(entorno(), actor().usuario_id)
    return render_template(
        "cuenta.html",
        actor=actor(),
        formulario=formulario,
        errores=errores,
        nombres=nombres,
        documento=documento,
        puestos=sesiones.puestos(entorno(), actor().usuario_id),
        aviso=session.pop("aviso", None),
    )

"""Notificar por casilla desde el expediente, y lo que el personal hace después."""

from collections.abc import Mapping, Sequence
from secrets import token_urlsafe
from typing import Any

from flask import Response, redirect, render_template, request, session, url_for

from facilita.definicion.campos import Error
from facilita.tramite import (
    actos,
    alertas,
    aperturas,
    depositos,
    destinatarios,
    detalle,
    evidencias,
    personas,
)
from facilita.tramite.detalle import Detalle
from facilita.tramite.errores import Conflicto, Invalido
from facilita.web.campo_visto import diciendo_la_fila
from facilita.web.casilla import servir_pdf
from facilita.web.envio import Envio, recibir_archivos
from facilita.web.mundo import entorno
from facilita.web.pedido import formulario_de_pedido, recoger_pedido
from facilita.web.retenidos import retener, retenidos
from facilita.web.rutas import Rutas
from facilita.web.sesion import actor

bp = Rutas("depositos", __name__, url_prefix="/bandeja/<int:cual>/casilla")


@bp.ruta("", permiso="casilla.notificar")
def preparar(cual: int) -> Any:
    """Lo que hace falta para notificar por casilla."""
    personas.exigir_encendida(entorno())
    d = detalle.ver(entorno(), actor(), cual)
    return _pagina(d, {"unidad_emisora": d.area or "Mesa de partes"})


@bp.ruta("", permiso="casilla.notificar", metodos=("POST",))
def depositar(cual: int) -> Any:
    """Deposita; con errores, nada de lo escrito ni subido se pierde."""
    personas.exigir_encendida(entorno())
    d = detalle.ver(entorno(), actor(), cual)
    campos = _campos(d)
    crudo, _ = recoger_pedido(campos)
    envio = Envio({}, subidas=retenidos(request.form.getlist("retenido"), cual))
    recibir_archivos(envio, campos, actor().entidad_slug)
    if envio.rechazos:
        return _pagina(d, crudo, tuple(envio.rechazos), _guardados(envio, cual)), 422
    try:
        escrito = {**crudo, "envio": request.form.get("envio", "")}
        depositos.depositar(entorno(), actor(), cual, escrito, envio.subidas)
    except Invalido as negativa:
        return _pagina(d, crudo, negativa.errores, _guardados(envio, cual)), 422
    session["aviso"] = "Depositamos la notificación y salen las alertas al correo y al celular."
    return redirect(url_for("personal.ver", cual=cual), 303)


def _campos(d: Detalle) -> Sequence[Any]:
    sin_consentir = d.casilla is None or d.casilla.disponible.autorizacion is None
    return actos.campos_para(con_norma=sin_consentir)


def _guardados(envio: Envio, cual: int) -> tuple[tuple[str, str], ...]:
    return tuple((s.nombre, retener(s, cual)) for s in envio.subidas)


def _pagina(
    d: Detalle,
    crudo: Mapping[str, Any],
    errores: Sequence[Error] = (),
    guardados: tuple[tuple[str, str], ...] = (),
) -> str:
    campos = _campos(d)
    if d.casilla is None or d.casilla.disponible.por_que_no:
        raise Conflicto(d.casilla.disponible.por_que_no if d.casilla else None)
    return render_template(
        "depositar.html",
        actor=actor(),
        d=d,
        puede=d.casilla.disponible,
        pedido=formulario_de_pedido(campos, crudo, {e.campo: e for e in reversed(errores)}),
        errores=diciendo_la_fila(errores, {c.id: c for c in campos}),
        guardados=guardados,
        envio=request.form.get("envio", "")[:64] or token_urlsafe(16),
    )


@bp.ruta("/validar", permiso="casilla.validar")
def ver_validar(cual: int) -> Any:
    """Validar en persona la identidad de quien presentó."""
    personas.exigir_encendida(entorno())
    d = detalle.ver(entorno(), actor(), cual)
    correo, celular = destinatarios.contacto_de(d.definicion, d.respuestas)
    return _validar(d, {"correo": correo, "celular": celular}, None)


@bp.ruta("/validar", permiso="casilla.validar", metodos=("POST",), limite="60/hour")
def validar(cual: int) -> Any:
    """Le manda los códigos con que activa su casilla."""
    correo, celular = (request.form.get(c, "")[:254] for c in ("correo", "celular"))
    visto = request.form.get("visto") == "true"
    try:
        personas.validar_en_persona(entorno(), actor(), cual, correo, celular, visto=visto)
    except Invalido as negativa:
        d = detalle.ver(entorno(), actor(), cual)
        return _validar(d, request.form, negativa.errores[0]), 422
    session["aviso"] = "Le enviamos un enlace a su correo y un código a su celular."
    return redirect(url_for("personal.ver", cual=cual), 303)


def _validar(d: Detalle, escrito: Mapping[str, Any], error: Error | None) -> str:
    if d.casilla is None or d.casilla.disponible.identidad is None:
        raise Conflicto("Esta solicitud no dice el documento de quien presentó.")
    return render_template(
        "casilla_validar.html",
        actor=actor(),
        d=d,
        quien=d.casilla.disponible.identidad,
        escrito=escrito,
        error=error,
    )


@bp.ruta("/<int:deposito>/cedula", permiso="casilla.notificar", metodos=("POST",))
def a_cedula(cual: int, deposito: int) -> Any:
    """Abre la tarea de notificar por cédula, porque una alerta falló."""
    aperturas.pasar_a_cedula(entorno(), actor(), cual, deposito)
    session["aviso"] = "Quedó abierta la tarea de notificar por cédula."
    return redirect(url_for("personal.ver", cual=cual), 303)


@bp.ruta("/alerta/<int:salida>", permiso="casilla.notificar", metodos=("POST",))
def reenviar_alerta(cual: int, salida: int) -> Any:
    """Vuelve a intentar una alerta."""
    alertas.reenviar(entorno(), actor(), cual, salida)
    session["aviso"] = "La alerta está otra vez en camino."
    return redirect(url_for("personal.ver", cual=cual), 303)


@bp.ruta("/<int:deposito>/evidencia", permiso="solicitud.ver", limite="120/hour")
def evidencia(cual: int, deposito: int) -> Response:
    """La constancia con toda la cadena, en PDF."""
    return servir_pdf(*evidencias.evidencia_del_personal(entorno(), actor(), cual, deposito))

"""El seguimiento con el código, abrir lo notificado y verificar un cargo."""

from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from facilita.servicios.codigos import normalizar_codigo
from facilita.tramite import llaves, notificaciones, seguimiento
from facilita.tramite.errores import NoExiste
from facilita.web import equipo
from facilita.web.direcciones import de_borrador
from facilita.web.limites import limitador
from facilita.web.mundo import entorno
from facilita.web.pendiente import CAMPO
from facilita.web.reapertura import pantalla_de_seguimiento, pendiente_de
from facilita.web.rutas import FICHA, PUBLICO, Rutas
from facilita.web.sesion import recordar_expediente

bp = Rutas("ciudadano", __name__)
FALLOS_POR_CODIGO = "30/hour"
"""Documentos equivocados que se prueban con un mismo código, desde cualquier dirección."""
MUCHOS = (
    "Se probaron muchos documentos con este código. Ábrelo con el enlace de cualquiera de los "
    "correos de este trámite, que no espera, o vuelve en una hora."
)


@bp.ruta("/seguimiento", permiso=PUBLICO)
def buscar() -> Any:
    """Escribir el código para ver en qué va un trámite."""
    return render_template("buscar.html", codigo=request.args.get("codigo", ""), error=None)


@bp.ruta("/seguimiento", permiso=PUBLICO, metodos=("POST",), limite="60/minute")
def hallar() -> Any:
    """Lleva al trámite de un código."""
    escrito = request.form.get("codigo", "")[:100]
    try:
        codigo, _ = seguimiento.hallar(entorno(), escrito)
    except NoExiste as negativa:
        texto = negativa.frase if escrito.strip() else "Escribe tu código de seguimiento."
        return render_template("buscar.html", codigo=escrito, error=texto), 422
    return redirect(url_for("ciudadano.seguimiento_de", codigo=codigo), 303)


@bp.ruta("/seguimiento/<codigo>", permiso=PUBLICO, limite="120/minute")
def seguimiento_de(codigo: str) -> Any:
    """Estado y fechas; nada que diga quién es la persona ni qué pidió."""
    return pantalla_de_seguimiento(codigo)


@bp.ruta("/seguimiento/<codigo>", permiso=PUBLICO, metodos=("POST",), limite="20/minute")
def abrir(codigo: str) -> Any:
    """Con el número de documento se abre el expediente completo."""
    identidad = request.form.get("identidad", "")[:300]
    sellado, suyo = request.form.get(CAMPO), normalizar_codigo(codigo) or ""
    cuota = _cuota(suyo)
    if not limitador.queda(*cuota):
        return _no_coincide(codigo, MUCHOS, sellado), 429
    try:
        hallado = seguimiento.comprobar_identidad(entorno(), codigo, identidad)
    except NoExiste as negativa:
        limitador.gastar(*cuota, cuanto=1)
        error = negativa.frase if identidad.strip() else "Escribe tu número de documento."
        return _no_coincide(codigo, error, sellado), 422
    recordar_expediente(hallado)
    respuesta = make_response(_adentro(hallado, sellado))
    equipo.recordar(respuesta, hallado, "/seguimiento")
    return respuesta


def _cuota(codigo: str) -> tuple[str, str, str]:
    """Con la llave de los correos, o en un equipo que ya lo abrió, se cuenta aparte.

    Así quien solo sabe el código no deja afuera a la persona.
    """
    if llaves.es_su_llave(entorno(), codigo, request.form.get("llave", "")[:64]):
        return FALLOS_POR_CODIGO, "expediente con llave", codigo
    conocido = equipo.desde(codigo).equipo
    return FALLOS_POR_CODIGO, "expediente", f"{codigo} {conocido}".strip()


def _adentro(codigo: str, sellado: str | None) -> Any:
    pendiente = pendiente_de(codigo, sellado)
    expediente = url_for("expediente.ver", codigo=codigo)
    if pendiente:
        return render_template("pendiente.html", pendiente=pendiente, dejarlo=expediente)
    return redirect(expediente, 303)


def _no_coincide(codigo: str, error: str, sellado: str | None) -> str:
    """La misma respuesta si el código no existe o si el documento es de otra persona."""
    try:
        return pantalla_de_seguimiento(codigo, error=error, pendiente=sellado)
    except NoExiste:
        return render_template("buscar.html", codigo=codigo, error=error)


@bp.ruta("/notificacion/<ficha>", permiso=FICHA)
def notificacion(ficha: str) -> Any:
    """El aviso antes de abrirlo, porque mirarlo no es enterarse; después, solo lo notificado."""
    aviso = notificaciones.hallar(entorno(), ficha)
    if not aviso.abierta_en:
        return render_template("notificacion.html", aviso=aviso)
    acto = notificaciones.ver_acto(entorno(), aviso, ficha)
    return render_template("notificado.html", a=acto, ficha=ficha)


@bp.ruta("/notificacion/<ficha>", permiso=FICHA, metodos=("POST",), limite="60/minute")
def abrir_notificacion(ficha: str) -> Any:
    """La persona abre la notificación: desde hoy se cuenta su plazo (N07)."""
    aviso = notificaciones.hallar(entorno(), ficha)
    notificaciones.acusar(entorno(), aviso, ficha)
    return redirect(url_for("ciudadano.notificacion", ficha=ficha), 303)


@bp.ruta("/notificacion/<ficha>/corregir", permiso=FICHA, metodos=("POST",), limite="60/minute")
def corregir_lo_notificado(ficha: str) -> Any:
    """Abre la corrección de lo notificado, sin abrir el expediente."""
    aviso = notificaciones.hallar(entorno(), ficha)
    acto = notificaciones.ver_acto(entorno(), aviso, ficha)
    suya = notificaciones.corregir(entorno(), aviso, ficha)
    primera = acto.definicion.paginas[0].id
    return redirect(de_borrador(acto.entidad.slug, acto.definicion.id, suya, primera), 303)

"""El expediente completo, para la persona que presentó: respuestas, historia y acciones."""

from typing import Any

from flask import Response, redirect, render_template, request, url_for

from facilita.tramite import descargas, seguimiento, subsanacion
from facilita.tramite.errores import Invalido, NoExiste
from facilita.tramite.seguimiento import ExpedienteAbierto
from facilita.web.archivos import servir_descarga
from facilita.web.cargo import pagina_de_cargo, pagina_de_constancia
from facilita.web.direcciones import de_borrador
from facilita.web.mundo import entorno
from facilita.web.pedido import formulario_de_pedido
from facilita.web.rutas import EXPEDIENTE, Rutas
from facilita.web.sesion import cerrar_expediente

bp = Rutas("expediente", __name__, url_prefix="/seguimiento/<codigo>/expediente")


@bp.ruta("", permiso=EXPEDIENTE)
def ver(codigo: str) -> Any:
    """Todo lo del trámite."""
    return render_template("expediente.html", e=seguimiento.ver_expediente(entorno(), codigo))


@bp.ruta("/cargo", permiso=EXPEDIENTE)
def cargo(codigo: str) -> Any:
    """El cargo."""
    return pagina_de_cargo(seguimiento.ver_cargo(entorno(), codigo))


@bp.ruta("/constancia/<int:orden>", permiso=EXPEDIENTE)
def constancia(codigo: str, orden: int) -> Any:
    """La constancia de una corrección."""
    return pagina_de_constancia(seguimiento.ver_constancia(entorno(), codigo, orden))


@bp.ruta("/archivo/<int:adjunto>", permiso=EXPEDIENTE)
def archivo(codigo: str, adjunto: int) -> Response:
    """Un archivo presentado o recibido en respuesta."""
    return servir_descarga(descargas.del_ciudadano(entorno(), codigo, adjunto))


@bp.ruta("/corregir", permiso=EXPEDIENTE, metodos=("POST",))
def corregir(codigo: str) -> Any:
    """Abre la corrección de lo observado en las mismas pantallas."""
    e = seguimiento.ver_expediente(entorno(), codigo)
    entidad = e.publico.entidad
    ficha = subsanacion.abrir_correccion(entorno(), entidad.id, e.solicitud_id)
    primera = e.definicion.paginas[0].id
    direccion = de_borrador(entidad.slug, e.definicion.id, ficha, primera)
    return redirect(direccion, 303)


@bp.ruta("/accion/<cual>", permiso=EXPEDIENTE)
def accion(codigo: str, cual: str) -> Any:
    """Lo que hace falta para dar un paso, como desistir."""
    e = seguimiento.ver_expediente(entorno(), codigo)
    return _pedir(e, cual)


@bp.ruta("/accion/<cual>", permiso=EXPEDIENTE, metodos=("POST",), limite="30/minute")
def actuar(codigo: str, cual: str) -> Any:
    """Da el paso."""
    try:
        seguimiento.actuar(entorno(), codigo, cual, request.form.to_dict())
    except Invalido as negativa:
        e = seguimiento.ver_expediente(entorno(), codigo)
        return _pedir(e, cual, {x.campo: x for x in negativa.errores}), 422
    return redirect(url_for("expediente.ver", codigo=codigo), 303)


def _pedir(e: ExpedienteAbierto, cual: str, errores: Any = None) -> str:
    transicion = next((t for t in e.acciones if t.id == cual), None)
    if transicion is None:
        raise NoExiste("Ese paso ya no está disponible.")
    return render_template(
        "accion.html",
        e=e,
        transicion=transicion,
        pedido=formulario_de_pedido(transicion.pide, request.form.to_dict(), errores or {}),
        errores=list((errores or {}).values()),
    )


@bp.ruta("/cerrar", permiso=EXPEDIENTE, metodos=("POST",))
def cerrar(codigo: str) -> Any:
    """Olvida el expediente en este navegador."""
    cerrar_expediente(codigo)
    return redirect(url_for("ciudadano.seguimiento_de", codigo=codigo), 303)

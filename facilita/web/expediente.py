"""El expediente completo, para la persona que presentó: respuestas, historia y acciones."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, redirect, render_template, request, session, url_for

from facilita.definicion import Transicion
from facilita.definicion.campos import Error
from facilita.tramite import (
    accesos,
    analisis,
    carpeta,
    consentimientos,
    descargas,
    seguimiento,
    subsanacion,
)
from facilita.tramite.errores import Invalido, NoExiste
from facilita.tramite.seguimiento import ExpedienteAbierto
from facilita.web.analizados import mostrar_analisis
from facilita.web.archivos import servir_descarga
from facilita.web.campo_visto import diciendo_la_fila
from facilita.web.cargo import Pdf, pagina_de_cargo, pagina_de_constancia
from facilita.web.direcciones import de_borrador
from facilita.web.mundo import entorno
from facilita.web.pedido import (
    contexto_de_pedido,
    estilo_de_pedido,
    formulario_de_pedido,
    recoger_pedido,
)
from facilita.web.prueba import prueba_de_la_peticion
from facilita.web.rutas import EXPEDIENTE, Rutas
from facilita.web.sesion import (
    cerrar_expediente,
    cierre_de_expediente,
    quedan,
    recordar_expediente,
)

bp = Rutas("expediente", __name__, url_prefix="/seguimiento/<codigo>/expediente")


@bp.ruta("", permiso=EXPEDIENTE)
def ver(codigo: str) -> Any:
    """Todo lo del trámite."""
    e = seguimiento.ver_expediente(entorno(), codigo)
    if e.sin_acuse:
        seguimiento.enterarse(entorno(), codigo)
        e = seguimiento.ver_expediente(entorno(), codigo)
    suyos = analisis.de_solicitud(entorno(), e.publico.entidad.id, e.solicitud_id)
    mostrar_analisis(suyos, para="ciudadano")
    return render_template("expediente.html", e=e, aviso=session.pop("aviso", None))


@bp.ruta("/cargo", permiso=EXPEDIENTE)
def cargo(codigo: str) -> Any:
    """El cargo."""
    return pagina_de_cargo(seguimiento.ver_cargo(entorno(), codigo), _pdf(codigo, "cargo", 0))


def _pdf(codigo: str, clase: str, orden: int) -> Pdf:
    documento = carpeta.buscar(entorno(), codigo, clase, orden)
    cual = documento.id if documento else 0
    hecho = documento is not None and documento.archivo_id is not None
    return Pdf(url_for("documentos.mio", codigo=codigo, documento=cual), hecho)


@bp.ruta("/constancia/<int:orden>", permiso=EXPEDIENTE)
def constancia(codigo: str, orden: int) -> Any:
    """La constancia de una corrección."""
    dada = seguimiento.ver_constancia(entorno(), codigo, orden)
    return pagina_de_constancia(dada, _pdf(codigo, "constancia", orden))


@bp.ruta("/accesos", permiso=EXPEDIENTE)
def quien_lo_abrio(codigo: str) -> Any:
    """Quién abrió el expediente, día por día (N61)."""
    return render_template("accesos.html", a=accesos.ver(entorno(), codigo))


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
    return _pedir(e, cual, {})


@bp.ruta("/accion/<cual>", permiso=EXPEDIENTE, metodos=("POST",), limite="30/minute")
def actuar(codigo: str, cual: str) -> Any:
    """Da el paso; si con él termina el trámite, antes pide confirmarlo."""
    e = seguimiento.ver_expediente(entorno(), codigo)
    transicion = next((t for t in e.acciones if t.id == cual), None)
    crudo, de_filas = recoger_pedido(transicion.pide if transicion else ())
    if de_filas or "retomar" in crudo:
        return _pedir(e, cual, crudo)
    try:
        if transicion and _falta_confirmar(e, transicion):
            return _confirmar(e, transicion, seguimiento.revisar(entorno(), codigo, cual, crudo))
        seguimiento.actuar(entorno(), codigo, cual, crudo, prueba_de_la_peticion())
    except Invalido as negativa:
        return _pedir(e, cual, crudo, negativa.errores), 422
    session["aviso"] = f"Registramos tu pedido: «{transicion.etiqueta if transicion else cual}»."
    return redirect(url_for("expediente.ver", codigo=codigo), 303)


def _falta_confirmar(e: ExpedienteAbierto, transicion: Transicion) -> bool:
    return e.definicion.flujo.estados[transicion.a].final and not request.form.get("confirma")


def _confirmar(
    e: ExpedienteAbierto, transicion: Transicion, dicho: Sequence[tuple[str, str]]
) -> str:
    flujo = e.definicion.flujo
    escrito = [
        (campo, valor)
        for campo, valor in request.form.items(multi=True)
        if campo not in ("csrf_token", "confirma")
    ]
    return render_template(
        "confirmar.html",
        e=e,
        transicion=transicion,
        estado=flujo.estados[transicion.a],
        dicho=dicho,
        escrito=escrito,
    )


def _pedir(
    e: ExpedienteAbierto, cual: str, crudo: Mapping[str, Any], errores: Sequence[Error] = ()
) -> str:
    transicion = next((t for t in e.acciones if t.id == cual), None)
    if transicion is None:
        raise NoExiste("Ese paso ya no está disponible.")
    return render_template(
        "accion.html",
        e=e,
        transicion=transicion,
        pedido=formulario_de_pedido(
            transicion.pide,
            crudo,
            {x.campo: x for x in reversed(errores)},
            contexto_de_pedido(e.publico.entidad),
        ),
        css=estilo_de_pedido(e.publico.entidad.slug, e.definicion, transicion.pide),
        errores=diciendo_la_fila(errores, {c.id: c for c in transicion.pide}),
    )


@bp.ruta(
    "/consentimiento/<campo>/retirar", permiso=EXPEDIENTE, metodos=("POST",), limite="30/minute"
)
def retirar(codigo: str, campo: str) -> Any:
    """Retira un consentimiento: tan fácil como darlo (N33)."""
    consentimientos.retirar(entorno(), codigo, campo, prueba_de_la_peticion())
    return redirect(url_for("expediente.ver", codigo=codigo) + "#consentimientos", 303)


@bp.ruta("/consentimiento/<campo>/dar", permiso=EXPEDIENTE, metodos=("POST",), limite="30/minute")
def volver_a_dar(codigo: str, campo: str) -> Any:
    """Vuelve a dar un consentimiento que se retiró: tan fácil como retirarlo (N33)."""
    consentimientos.volver_a_dar(entorno(), codigo, campo, prueba_de_la_peticion())
    return redirect(url_for("expediente.ver", codigo=codigo) + "#consentimientos", 303)


@bp.ruta("/seguir", permiso=EXPEDIENTE, metodos=("POST",), limite="60/minute")
def seguir(codigo: str) -> Any:
    """Deja abierto el expediente media hora más (WCAG 2.2.1)."""
    recordar_expediente(codigo)
    if request.accept_mimetypes.best == "application/json":
        return {"segundos": quedan(cierre_de_expediente(codigo))}
    return redirect(url_for("expediente.ver", codigo=codigo) + "#tiempo", 303)


@bp.ruta("/cerrar", permiso=EXPEDIENTE, metodos=("POST",))
def cerrar(codigo: str) -> Any:
    """Olvida el expediente en este navegador."""
    cerrar_expediente(codigo)
    return redirect(url_for("ciudadano.seguimiento_de", codigo=codigo), 303)

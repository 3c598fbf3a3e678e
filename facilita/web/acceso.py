"""Cómo pide su acceso una entidad: la página que lo explica y el oficio listo para firmar."""

from collections.abc import Mapping
from typing import Any

from flask import Response, redirect, render_template, request

from facilita.definicion import Contexto
from facilita.definicion.campos import Error
from facilita.servicios import oficio_docx, taller
from facilita.servicios.taller import TallerFallo
from facilita.tramite import borradores, entidades, formularios, oficios
from facilita.tramite.entidades import EntidadPublica
from facilita.tramite.errores import Invalido, NoExiste
from facilita.tramite.formularios import Vigente
from facilita.tramite.oficios import CAMPOS, GRUPOS, Oficio
from facilita.web import antispam, galleta
from facilita.web.direcciones import de_borrador
from facilita.web.mundo import entorno
from facilita.web.pedido import formulario_de_pedido
from facilita.web.rutas import PUBLICO, Rutas

bp = Rutas("acceso", __name__)
SOLICITUD, SISTEMA = "solicitud-de-acceso", "sistema-propio"
TIPOS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
OCUPADO = "No pudimos hacer el PDF en este momento. Prueba otra vez o descarga el DOCX."


@bp.ruta("/acceso", permiso=PUBLICO)
def explicar() -> Any:
    """Quién puede pedir el acceso, cómo y qué pasa después."""
    plataforma = entidades.de_la_plataforma(entorno())
    return render_template(
        "acceso.html",
        plataforma=plataforma,
        vigente=_vigente(plataforma),
        solicitud=SOLICITUD,
        con_sistema=SISTEMA if _vigente(plataforma, SISTEMA) else None,
    )


@bp.ruta("/acceso/oficio", permiso=PUBLICO)
def preguntar() -> Any:
    """Los datos con que se hace el oficio."""
    return _pagina({}, ())


@bp.ruta("/acceso/oficio", permiso=PUBLICO, metodos=("POST",), limite="20/minute;200/hour")
def hacer() -> Any:
    """El oficio en el formato que se pidió; o la solicitud, empezada con lo mismo."""
    crudo = {c.id: request.form.get(c.id, "")[:500] for c in CAMPOS}
    accion = request.form.get("accion", "pdf")
    try:
        oficio = oficios.redactar(entorno(), _plataforma(), crudo)
    except Invalido as negativa:
        return _pagina(crudo, negativa.errores), 422
    if accion == "solicitar":
        return _empezar_solicitud(crudo)
    try:
        return _descarga(oficio, "docx" if accion == "docx" else "pdf")
    except TallerFallo:
        return _pagina(crudo, (), aviso=OCUPADO), 503


def _plataforma() -> EntidadPublica:
    plataforma = entidades.de_la_plataforma(entorno())
    if plataforma is None:
        raise NoExiste("Esta instalación no tiene todavía quien dé el acceso.")
    return plataforma


def _vigente(plataforma: EntidadPublica | None, cual: str = SOLICITUD) -> Vigente | None:
    if plataforma is None:
        return None
    try:
        return formularios.vigente(entorno(), plataforma.slug, cual)
    except NoExiste:
        return None


def _descarga(oficio: Oficio, formato: str) -> Response:
    if formato == "docx":
        cuerpo = oficio_docx.componer(oficio.datos, oficio.creado)
    else:
        cuerpo = taller.componer("oficio", oficio.datos, oficio.creado)
    respuesta = Response(cuerpo, content_type=TIPOS[formato])
    respuesta.headers["Content-Disposition"] = f'attachment; filename="oficio-de-acceso.{formato}"'
    # Lleva datos de personas: no queda en ninguna memoria intermedia.
    respuesta.headers["Cache-Control"] = "no-store"
    return respuesta


def _empezar_solicitud(crudo: Mapping[str, str]) -> Any:
    """Abre la solicitud con lo ya escrito: nada se pide dos veces."""
    vigente = _vigente(_plataforma())
    if vigente is None:
        raise NoExiste("Las solicitudes de acceso no se reciben por aquí en este momento.")
    if not antispam.cabe_otro_borrador():
        return _pagina(crudo, (), aviso="Espera un momento y prueba otra vez."), 429
    definicion = vigente.definicion
    escrito = {c: v for c, v in crudo.items() if c in definicion.campos and v}
    ficha, _ = borradores.abrir(entorno(), vigente, escrito)
    lugar = vigente.entidad.slug, vigente.slug, ficha
    respuesta = redirect(de_borrador(*lugar, definicion.paginas[0].id), 303)
    return galleta.recordar(respuesta, *lugar)


def _pagina(crudo: Mapping[str, Any], errores: tuple[Error, ...], aviso: str | None = None) -> str:
    plataforma = _plataforma()
    contexto = Contexto(territorio=entorno().territorio)
    por_campo = {e.campo: e for e in reversed(errores)}
    return render_template(
        "oficio.html",
        plataforma=plataforma,
        grupos=[
            (titulo, formulario_de_pedido(campos, crudo, por_campo, contexto))
            for titulo, campos in GRUPOS
        ],
        errores=errores,
        aviso=aviso,
        con_solicitud=_vigente(plataforma) is not None,
    )

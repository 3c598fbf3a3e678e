"""El modo de prueba en pantalla: las páginas de verdad, marcadas, que no presentan nada."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from flask import Response, redirect, render_template, request

from facilita.definicion import Pagina
from facilita.definicion.campos import Campo, Error
from facilita.definicion.campos.archivos import Archivos
from facilita.definicion.campos.base import completar
from facilita.definicion.css import vista_de
from facilita.servicios.almacen import Recepcion
from facilita.tramite import ensayos, publicaciones
from facilita.tramite.ensayos import Ensayado
from facilita.tramite.errores import Conflicto, NoExiste
from facilita.web.envio import cambiar_filas, recoger
from facilita.web.marcos import enmarcable
from facilita.web.mundo import entorno
from facilita.web.presentar import Respondido
from facilita.web.rutas import Rutas
from facilita.web.sesion import actor
from facilita.web.vista import css_de, para_resumir, resumen, supuestos, uno_por_campo, ver_pagina

CARPETA = "/bandeja/formularios/<slug>/prueba"
bp = Rutas("ensayo", __name__)


def direccion(slug: str, resto: str = "") -> str:
    """Una dirección de la prueba de una obra."""
    return f"/bandeja/formularios/{slug}/prueba/{resto}"


@bp.ruta(CARPETA, permiso="formulario.construir")
def empezar(slug: str) -> Any:
    """La primera página, o lo que falta arreglar para poder probar."""
    try:
        hecho = ensayos.leer(entorno(), actor(), slug)
    except Conflicto:
        return con_problemas(slug)
    return redirect(direccion(slug, hecho.paso.paginas[0].id), 303)


def con_problemas(slug: str) -> Response:
    """Lo que se ve en lugar del formulario mientras tenga problemas."""
    lista = publicaciones.comprobar(entorno(), actor(), slug)
    html = render_template("ensayo_problemas.html", lista=lista, slug=slug)
    return enmarcable(html)


@bp.ruta(f"{CARPETA}/otra", permiso="formulario.construir", metodos=("POST",))
def de_nuevo(slug: str) -> Any:
    """Borra lo escrito en la prueba y empieza otra."""
    ensayos.terminar(entorno(), actor(), slug)
    return redirect(direccion(slug).rstrip("/"), 303)


@bp.ruta(f"{CARPETA}/<pagina>", permiso="formulario.construir")
def ver(slug: str, pagina: str) -> Any:
    """Una página de la prueba, con lo ya escrito."""
    try:
        hecho = ensayos.leer(entorno(), actor(), slug)
    except Conflicto:
        return con_problemas(slug)
    if pagina == "revisar":
        return enmarcable(_revision(hecho, con_errores=False))
    cual = hecho.paso.definicion.pagina(pagina)
    if cual not in hecho.paso.paginas or cual is None:
        return redirect(direccion(slug, hecho.paso.paginas[0].id), 303)
    return enmarcable(dibujar(hecho, cual, con_errores=False))


@bp.ruta(f"{CARPETA}/<pagina>", permiso="formulario.construir", metodos=("POST",))
def guardar(slug: str, pagina: str) -> Any:
    """Guarda una página de la prueba y sigue; al final dice qué habría pasado."""
    hecho = ensayos.leer(entorno(), actor(), slug)
    if pagina == "revisar":
        return _terminar(hecho)
    cual = hecho.paso.definicion.pagina(pagina)
    if cual is None:
        raise NoExiste("El formulario no tiene esa página.")
    crudo, fichas, rechazos = _recibido(cual.campos, hecho.paso.crudo)
    hay_filas = bool(cambiar_filas(crudo, cual.campos))
    hecho = ensayos.guardar(entorno(), actor(), slug, crudo, fichas)
    paso = hecho.paso.con_rechazos(rechazos)
    hecho = Ensayado(slug, hecho.entidad, paso)
    if hay_filas:
        return redirect(direccion(slug, pagina), 303)
    if paso.errores_de(cual):
        return enmarcable(dibujar(hecho, cual, con_errores=True), 422)
    siguiente = None if request.args.get("volver") else paso.siguiente(cual)
    return redirect(direccion(slug, siguiente.id if siguiente else "revisar"), 303)


def _recibido(
    campos: Sequence[Campo], antes: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, list[Any]], list[Error]]:
    """Lo escrito en una página, las fichas de sus archivos y los que no se aceptan."""
    suyos = [c for c in campos if c.se_responde]
    callados = (c.id for c in suyos if c.callar_es_responder)
    crudo = {**dict.fromkeys(callados, ""), **recoger(suyos)}
    fichas: dict[str, list[Any]] = {}
    rechazos: list[Error] = []
    for campo in suyos:
        if isinstance(campo, Archivos):
            fichas[campo.id] = _de_archivos(campo, antes, rechazos)
    return crudo, fichas, rechazos


def _de_archivos(campo: Archivos, antes: Mapping[str, Any], rechazos: list[Error]) -> list[Any]:
    quedan = list(antes.get(campo.id) or ())
    for archivo in request.files.getlist(campo.id):
        if not archivo.filename:
            continue
        recepcion = cast(Recepcion, archivo.stream)
        ficha = ensayos.ficha_de(campo, archivo.filename, recepcion)
        if isinstance(ficha, Error):
            rechazos.append(ficha)
        elif campo.cantidad_maxima == 1:
            quedan = [ficha]
        else:
            quedan.append(ficha)
    return quedan


def dibujar(hecho: Ensayado, pagina: Pagina, *, con_errores: bool, guardada: bool = True) -> str:
    """Una página del formulario como la verá la persona, con la franja de la prueba.

    Lo que todavía no se guarda no tiene dónde pedir su estilo: se ve todo, sin condiciones.
    """
    paso, entidad, slug = hecho.paso, hecho.entidad, hecho.slug
    definicion = paso.definicion
    orden = [p.id for p in paso.paginas]
    lugar = orden.index(pagina.id) if pagina.id in orden else 0
    vista, nombres = css_de(paso, pagina), entidad.nombres_para(definicion)
    catalogo = entorno().catalogo.normas
    return render_template(
        "formulario.html",
        ensayo=True,
        entidad=entidad,
        definicion=definicion,
        formulario=slug,
        ficha=None,
        pagina=pagina,
        paso=paso,
        introduccion=completar(definicion.introduccion or "", nombres) if lugar == 0 else "",
        numero=lugar + 1,
        total=len(orden) + 1,
        anterior=orden[lugar - 1] if lugar else None,
        secciones=ver_pagina(paso, pagina, entidad, con_errores=con_errores),
        errores=resumen(paso, pagina) if con_errores else (),
        supuestos=supuestos(paso, pagina),
        clases=" ".join(vista.clases(paso.comparables)),
        css=direccion(slug, f"estilo/{definicion.digest[:16]}/{pagina.id}.css")
        if vista.css and guardada
        else None,
        nombres=nombres,
        normas=[catalogo[n] for n in definicion.normas if n in catalogo] if lugar == 0 else (),
        direccion_base=direccion(slug),
        visto="",
        por_vencer=None,
        dias=0,
        espera=False,
        version_nueva=False,
        lleva_archivos=any(c.es_archivo for c in pagina.campos),
        a_medias={},
        lleva_filas=any(c.control == "grupo" for c in pagina.campos),
    )


@bp.ruta(f"{CARPETA}/estilo/<digest>/<pagina>.css", permiso="formulario.construir")
def estilo(slug: str, digest: str, pagina: str) -> Response:
    """Las condiciones de una página de la prueba, en CSS."""
    definicion = ensayos.leer(entorno(), actor(), slug).paso.definicion
    cual = definicion.pagina(pagina)
    css = vista_de(definicion, cual).css if cual and definicion.digest.startswith(digest) else None
    if css is None:
        raise NoExiste
    return Response(css, content_type="text/css; charset=utf-8")


def _revision(hecho: Ensayado, *, con_errores: bool) -> str:
    paso = hecho.paso
    revision = paso.definicion.revision.pagina
    faltan = {p.id: e for p in paso.paginas if (e := para_resumir(paso, p))}
    propios = uno_por_campo(paso.lectura.errores_de(revision.ids))
    return render_template(
        "ensayo_revisar.html",
        ensayo=True,
        entidad=hecho.entidad,
        definicion=paso.definicion,
        formulario=hecho.slug,
        pagina=revision,
        paginas=[(p, _respondido(hecho, p)) for p in paso.paginas],
        secciones=ver_pagina(paso, revision, hecho.entidad, con_errores=con_errores),
        faltan=faltan if con_errores else {},
        errores=propios if con_errores else (),
        nombres=hecho.entidad.nombres_para(paso.definicion),
        total=len(paso.paginas) + 1,
        direccion_base=direccion(hecho.slug),
    )


def _respondido(hecho: Ensayado, pagina: Pagina) -> list[Respondido]:
    lectura = hecho.paso.lectura
    avisos = {a.de: a.texto for a in lectura.avisos}
    return [
        Respondido(
            campo,
            campo.mostrar(valor) if (valor := lectura.valores.get(campo.id)) is not None else None,
            None,
            avisos.get(campo.id),
            True,
        )
        for campo in pagina.campos
        if campo.se_responde and campo.id in lectura.visibles
    ]


def _terminar(hecho: Ensayado) -> Response:
    revision = hecho.paso.definicion.revision.campos
    crudo = {**{c.id: "" for c in revision if c.callar_es_responder}, **recoger(revision)}
    hecho = ensayos.guardar(entorno(), actor(), hecho.slug, crudo, {})
    if hecho.paso.lectura.respuestas is None:
        return enmarcable(_revision(hecho, con_errores=True), 422)
    flujo = hecho.paso.definicion.flujo
    ensayos.terminar(entorno(), actor(), hecho.slug)
    html = render_template(
        "ensayo_fin.html",
        ensayo=True,
        entidad=hecho.entidad,
        definicion=hecho.paso.definicion,
        formulario=hecho.slug,
        estado=flujo.estados[flujo.inicial],
        plazo=flujo.plazo,
        mensajes=hecho.paso.definicion.al_presentar,
        direccion_base=direccion(hecho.slug),
    )
    return enmarcable(html)

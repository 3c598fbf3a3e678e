"""El constructor: la obra entera, cada elemento con su candado, y cada acción con su botón."""

from collections.abc import Sequence
from typing import Any

from flask import Response, redirect, render_template, request, session, url_for

from facilita.definicion.campos import REGISTRO, Error
from facilita.definicion.candados import candado_de
from facilita.definicion.lugares import Lugares
from facilita.definicion.problemas import nombre_a_la_vista
from facilita.tramite import estanteria, obras, pasos_de_obra, publicaciones
from facilita.tramite.errores import Conflicto, Invalido, ObraCambiada
from facilita.tramite.obras import EnObra
from facilita.web.botones import Accion, de_boton
from facilita.web.identificador import identificador
from facilita.web.marcos import con_vista
from facilita.web.mundo import entorno
from facilita.web.rutas import Rutas
from facilita.web.sesion import actor

CONSTRUIR = "formulario.construir"
CARPETA = "/bandeja/formularios"
bp = Rutas("obras", __name__, url_prefix=CARPETA)


# --- el listado -----------------------------------------------------------------------------------


@bp.ruta("", permiso=CONSTRUIR)
def listado() -> Any:
    """Los formularios de la entidad y las plantillas que puede usar."""
    tenidos, ofrecidas = estanteria.listar(entorno(), actor())
    return render_template(
        "formularios.html",
        actor=actor(),
        tenidos=tenidos,
        ofrecidas=ofrecidas,
        normas=entorno().catalogo.normas,
        aviso=session.pop("aviso", None),
    )


@bp.ruta("", permiso=CONSTRUIR, metodos=("POST",))
def usar() -> Any:
    """Usa una plantilla: empieza la obra y lleva al asistente."""
    slug = obras.empezar(entorno(), actor(), request.form.get("plantilla", ""))
    return redirect(url_for("asistente.ver", slug=slug, pantalla="entidad"), 303)


@bp.ruta("/<slug>/editar", permiso=CONSTRUIR, metodos=("POST",))
def editar(slug: str) -> Any:
    """Abre la obra de un formulario publicado."""
    return redirect(url_for("obras.ver", slug=obras.editar(entorno(), actor(), slug)), 303)


# --- la obra --------------------------------------------------------------------------------------


@bp.ruta("/<slug>", permiso=CONSTRUIR)
def ver(slug: str) -> Any:
    """La obra entera: páginas, secciones, campos, flujo y mensajes, con sus candados."""
    return _pagina(slug)


def _pagina(slug: str, errores: Sequence[Error] = (), codigo: int = 200) -> Response:
    lista = publicaciones.comprobar(entorno(), actor(), slug)
    obra = lista.obra
    lugares = Lugares(obra.dato)
    html = render_template(
        "obra.html",
        actor=actor(),
        obra=obra,
        lista=lista,
        candado=lambda familia, cual: candado_de(lugares, familia, cual),
        tipos={t: c.nombre for t, c in REGISTRO.items()},
        propio=_propios(obra),
        quitados=list(_quitados(obra)),
        errores=errores,
        normas=entorno().catalogo.normas,
        vista=_primera_pagina(lista),
        aviso=session.pop("aviso", None),
    )
    return con_vista(html, codigo)


def _primera_pagina(lista: publicaciones.Comprobacion) -> str:
    return f"{CARPETA}/{lista.obra.slug}/prueba"


def _propios(obra: EnObra) -> frozenset[tuple[str, str]]:
    """Lo que la entidad agregó: la plantilla no lo tiene."""
    de_antes = Lugares(obra.plantilla)
    return frozenset(
        (e.familia, e.id)
        for e in Lugares(obra.dato).todos()
        if de_antes.hallar(e.familia, e.id) is None
    )


def _quitados(obra: EnObra) -> Sequence[tuple[str, str, str]]:
    """Lo que la entidad quitó de la plantilla: familia, id y cómo se llama."""
    ahora, de_antes = Lugares(obra.dato), Lugares(obra.plantilla)
    return [
        (e.familia, e.id, nombre_a_la_vista(e))
        for e in de_antes.todos()
        if ahora.hallar(e.familia, e.id) is None
        and (e.padre is None or ahora.hallar(*e.padre) is not None)
    ]


@bp.ruta("/<slug>/accion", permiso=CONSTRUIR, metodos=("POST",))
def hacer(slug: str) -> Any:
    """Un botón de la obra: subir, bajar, quitar o reponer."""
    boton = de_boton(request.form.get("boton", ""))
    return dar(slug, boton, lambda errores, codigo: _pagina(slug, errores, codigo))


def dar(slug: str, accion: Accion, si_no: Any) -> Any:
    """Da un paso y vuelve adonde toca; si no se puede, `si_no` dibuja los errores."""
    try:
        pasos_de_obra.hacer(entorno(), actor(), slug, revision_enviada(), accion.dato)
    except Invalido as negativa:
        return si_no(negativa.errores, 422)
    except ObraCambiada as cambiada:
        return si_no([Error("accion", "cambiada", cambiada.frase)], 409)
    return redirect(destino(slug, accion), 303)


def destino(slug: str, accion: Accion) -> str:
    """Adónde se vuelve después de una acción."""
    if accion.campo is not None:
        donde = url_for("elementos.ver", slug=slug, familia="campos", cual=accion.campo)
        return f"{donde}#opciones"
    return url_for("obras.ver", slug=slug) + accion.ancla


def revision_enviada() -> int:
    """La revisión de la obra que veía quien envía."""
    return request.form.get("revision", -1, type=identificador)


@bp.ruta("/<slug>/deshacer", permiso=CONSTRUIR, metodos=("POST",))
def deshacer(slug: str) -> Any:
    """Deshace el último paso."""
    return _correr(slug, pasos_de_obra.deshacer)


@bp.ruta("/<slug>/rehacer", permiso=CONSTRUIR, metodos=("POST",))
def rehacer(slug: str) -> Any:
    """Rehace el paso deshecho."""
    return _correr(slug, pasos_de_obra.rehacer)


def _correr(slug: str, verbo: Any) -> Any:
    try:
        verbo(entorno(), actor(), slug, revision_enviada())
    except Conflicto as negativa:
        return _pagina(slug, [Error("accion", "cambiada", negativa.frase)], 409)
    return redirect(url_for("obras.ver", slug=slug), 303)


@bp.ruta("/<slug>/descartar", permiso=CONSTRUIR)
def por_descartar(slug: str) -> Any:
    """Pregunta antes de dejar los cambios."""
    obra = obras.leer(entorno(), actor(), slug)
    return render_template("obra_descartar.html", actor=actor(), obra=obra)


@bp.ruta("/<slug>/descartar", permiso=CONSTRUIR, metodos=("POST",))
def descartar(slug: str) -> Any:
    """Deja los cambios sin publicar."""
    try:
        obras.descartar(entorno(), actor(), slug, revision_enviada())
    except ObraCambiada as cambiada:
        return _pagina(slug, [Error("accion", "cambiada", cambiada.frase)], 409)
    session["aviso"] = "Dejaste los cambios. Lo publicado sigue igual."
    return redirect(url_for("obras.listado"), 303)

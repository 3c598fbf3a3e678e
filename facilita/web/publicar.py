"""Publicar una obra, el archivo de sus cambios, y las versiones de un formulario."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, redirect, render_template, request, session, url_for

from facilita.definicion.campos import Error
from facilita.tramite import historial, obras, pasos_de_obra, publicaciones
from facilita.tramite.errores import Conflicto, Invalido, ObraCambiada
from facilita.web.identificador import identificador
from facilita.web.marcos import con_vista
from facilita.web.mundo import entorno
from facilita.web.obras import CARPETA, CONSTRUIR, revision_enviada
from facilita.web.rutas import Rutas
from facilita.web.sesion import actor

bp = Rutas("publicar", __name__, url_prefix=CARPETA)
PUBLICAR = "formulario.publicar"
LARGO_DE_ARCHIVO = 600 * 1024


# --- publicar -------------------------------------------------------------------------------------


@bp.ruta("/<slug>/publicar", permiso=PUBLICAR)
def ver(slug: str) -> Any:
    """La lista de comprobación: lo que está, lo que falta y dónde se arregla."""
    return _comprobacion(slug)


@bp.ruta("/<slug>/publicar", permiso=PUBLICAR, metodos=("POST",))
def publicar(slug: str) -> Any:
    """Publica; si falta algo o alguien más la cambió, lo dice y no publica."""
    motivo = request.form.get("motivo", "")[:500]
    try:
        publicaciones.publicar(entorno(), actor(), slug, revision_enviada(), motivo)
    except Invalido as negativa:
        return _comprobacion(slug, negativa.errores, motivo, 422)
    except Conflicto as negativa:
        return _comprobacion(slug, [Error("motivo", "cambiada", negativa.frase)], motivo, 409)
    session.pop("asistente", None)
    session["aviso"] = "Publicado. Ya recibe documentos en su dirección."
    return redirect(url_for("publicar.versiones", slug=slug), 303)


def _comprobacion(
    slug: str, errores: Sequence[Error] = (), motivo: str = "", codigo: int = 200
) -> Response:
    lista = publicaciones.comprobar(entorno(), actor(), slug)
    html = render_template(
        "obra_publicar.html",
        actor=actor(),
        obra=lista.obra,
        lista=lista,
        errores=[e for e in errores if e.campo == "motivo"],
        motivo=motivo or ("" if lista.obra.vigente else "Primera publicación"),
        normas=entorno().catalogo.normas,
        asistente=request.args.get("asistente") == "si",
    )
    return con_vista(html, codigo)


# --- el archivo de los cambios --------------------------------------------------------------------


@bp.ruta("/<slug>/archivo", permiso=CONSTRUIR)
def archivo(slug: str) -> Any:
    """Los cambios como archivo: mirarlos, descargarlos y subir otros."""
    return _de_archivo(slug)


@bp.ruta("/<slug>/archivo.yaml", permiso=CONSTRUIR)
def descargar(slug: str) -> Response:
    """El archivo de los cambios."""
    obra = obras.leer(entorno(), actor(), slug)
    respuesta = Response(obra.yaml, content_type="application/yaml; charset=utf-8")
    respuesta.headers["Content-Disposition"] = f'attachment; filename="{obra.slug}.yaml"'
    return respuesta


@bp.ruta("/<slug>/archivo", permiso=CONSTRUIR, metodos=("POST",))
def subir(slug: str) -> Any:
    """Reemplaza los cambios por los de un archivo, con las mismas comprobaciones."""
    escrito = request.form.get("texto", "")
    texto: str | bytes = escrito.replace("\r\n", "\n")
    subido = request.files.get("archivo")
    if subido and subido.filename:
        subido.stream.seek(0)
        texto = subido.stream.read(LARGO_DE_ARCHIVO)
        escrito = texto.decode("utf-8", "replace")
    try:
        pasos_de_obra.subir(entorno(), actor(), slug, revision_enviada(), texto)
    except Invalido as negativa:
        return _de_archivo(slug, escrito, negativa.errores, 422)
    except ObraCambiada as cambiada:
        return _de_archivo(slug, escrito, [Error("texto", "cambiada", cambiada.frase)], 409)
    session["aviso"] = "Los cambios son ahora los del archivo. Si no era lo que querías, deshazlo."
    return redirect(url_for("obras.ver", slug=slug), 303)


def _de_archivo(
    slug: str, escrito: str | None = None, errores: Sequence[Error] = (), codigo: int = 200
) -> Any:
    obra = obras.leer(entorno(), actor(), slug)
    suyos = [Error("texto", e.clave, e.texto) for e in errores]
    html = render_template(
        "obra_archivo.html",
        actor=actor(),
        obra=obra,
        texto=obra.yaml if escrito is None else escrito,
        errores=suyos,
    )
    return html, codigo


# --- las versiones --------------------------------------------------------------------------------


@bp.ruta("/<slug>/versiones", permiso=CONSTRUIR)
def versiones(slug: str) -> Any:
    """Las versiones: quién, cuándo, por qué, qué cambió y qué hay en curso con cada una."""
    return _versiones(slug)


@bp.ruta("/<slug>/versiones/volver", permiso=PUBLICAR, metodos=("POST",))
def volver(slug: str) -> Any:
    """Vuelve a publicar una versión anterior."""
    numero = request.form.get("numero", 0, type=identificador)
    motivo = request.form.get("motivo", "")[:500]
    try:
        historial.volver(entorno(), actor(), slug, numero, motivo)
    except Invalido as negativa:
        suyos = [Error(f"motivo-{numero}", e.clave, e.texto) for e in negativa.errores]
        return _versiones(slug, suyos), 422
    except Conflicto as negativa:
        return _versiones(slug, [Error("versiones", "conflicto", negativa.frase)]), 409
    session["aviso"] = f"La versión {numero} es otra vez la publicada."
    return redirect(url_for("publicar.versiones", slug=slug), 303)


@bp.ruta("/<slug>/versiones/retirar", permiso=PUBLICAR, metodos=("POST",))
def retirar(slug: str) -> Any:
    """Deja de ofrecer el formulario, con un aviso para quien llegue."""
    escrito = {c: request.form.get(c, "")[:500] for c in ("motivo", "aviso")}
    try:
        historial.retirar(entorno(), actor(), slug, escrito["motivo"], escrito["aviso"])
    except Invalido as negativa:
        suyos = [Error(f"retiro-{e.campo}", e.clave, e.texto) for e in negativa.errores]
        return _versiones(slug, suyos, escrito), 422
    except Conflicto as negativa:
        return _versiones(slug, [Error("versiones", "conflicto", negativa.frase)]), 409
    session["aviso"] = "Retirado: ya no recibe. Lo presentado sigue su curso."
    return redirect(url_for("publicar.versiones", slug=slug), 303)


def _versiones(
    slug: str, errores: Sequence[Error] = (), escrito: Mapping[str, str] | None = None
) -> str:
    return render_template(
        "versiones.html",
        actor=actor(),
        h=historial.historia(entorno(), actor(), slug),
        errores=errores,
        escrito=escrito or {},
        aviso=session.pop("aviso", None),
    )

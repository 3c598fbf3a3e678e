"""El asistente «Usar la plantilla»: cinco pantallas que solo piden los datos de la entidad."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, redirect, render_template, request, session, url_for

from facilita.definicion.campos import Campo, Error
from facilita.servicios.logo import TAMANO_MAXIMO
from facilita.tramite import datos_de_entidad, entidades, horarios, obras, sedes
from facilita.tramite.datos_de_entidad import CONTACTO, DE_PRIVACIDAD
from facilita.tramite.errores import Invalido, NoExiste
from facilita.tramite.horarios import BLOQUES, DIAS
from facilita.web.horario import NOMBRES
from facilita.web.marcos import con_vista
from facilita.web.mundo import entorno
from facilita.web.obras import CARPETA, CONSTRUIR
from facilita.web.pedido import formulario_de_pedido
from facilita.web.rutas import Rutas
from facilita.web.sesion import actor

bp = Rutas("asistente", __name__, url_prefix=CARPETA)
PANTALLAS: Mapping[str, str] = {
    "entidad": "Cómo ubicar a la entidad",
    "sedes": "Sedes que reciben",
    "horario": "Horario de atención",
    "privacidad": "Aviso de privacidad",
}
"""Las pantallas en su orden; la quinta es la lista de comprobación, donde se publica."""
ORDEN = tuple(PANTALLAS)


@bp.ruta("/<slug>/asistente/<pantalla>", permiso=CONSTRUIR)
def ver(slug: str, pantalla: str) -> Any:
    """Una pantalla del asistente, con lo que la entidad ya dijo."""
    return _pagina(slug, pantalla)


@bp.ruta("/<slug>/asistente/<pantalla>", permiso=CONSTRUIR, metodos=("POST",))
def guardar(slug: str, pantalla: str) -> Any:
    """Guarda lo escrito y pasa a la siguiente; con errores, nada se pierde."""
    if pantalla not in PANTALLAS:
        raise NoExiste("El asistente no tiene esa pantalla.")
    try:
        _GUARDAR[pantalla]()
    except Invalido as negativa:
        return _pagina(slug, pantalla, negativa.errores, 422)
    if request.form.get("accion") == "quedarse":
        return redirect(url_for("asistente.ver", slug=slug, pantalla=pantalla), 303)
    lugar = ORDEN.index(pantalla) + 1
    if lugar == len(ORDEN):
        return redirect(url_for("publicar.ver", slug=slug, asistente="si"), 303)
    return redirect(url_for("asistente.ver", slug=slug, pantalla=ORDEN[lugar]), 303)


def _de_campos(campos: Sequence[Campo]) -> dict[str, str]:
    return {c.id: request.form.get(c.id, "")[:1000] for c in campos}


def _contacto() -> None:
    datos_de_entidad.cambiar_contacto(entorno(), actor(), _de_campos(CONTACTO))
    if request.form.get("quitar_logo") == "true":
        datos_de_entidad.quitar_logo(entorno(), actor())
    subido = request.files.get("logo")
    if subido and subido.filename:
        subido.stream.seek(0)
        datos = subido.stream.read(TAMANO_MAXIMO + 1)
        datos_de_entidad.cambiar_logo(entorno(), actor(), datos)


def _privacidad() -> None:
    datos_de_entidad.cambiar_privacidad(entorno(), actor(), _de_campos(DE_PRIVACIDAD))


def _horario() -> None:
    if not actor().puede("horario.cambiar"):
        return
    escrito = _horario_escrito()
    otros = None if request.form.get("el_mismo") == "true" else escrito["horario_otros"]
    editables = [b for b in BLOQUES if request.form.get(f"modo-{b}") == "editable"]
    horarios.cambiar(entorno(), actor(), escrito["horario"], otros, editables)


def _horario_escrito() -> dict[str, dict[str, str]]:
    return {b: {d: request.form.get(f"{b}-{d}", "")[:100] for d in DIAS} for b in BLOQUES}


_GUARDAR = {
    "entidad": _contacto,
    "sedes": lambda: None,
    "horario": _horario,
    "privacidad": _privacidad,
}


def _pagina(slug: str, pantalla: str, errores: Sequence[Error] = (), codigo: int = 200) -> Response:
    if pantalla not in PANTALLAS:
        raise NoExiste("El asistente no tiene esa pantalla.")
    obra = obras.leer(entorno(), actor(), slug)
    lugar = ORDEN.index(pantalla)
    if pantalla == "sedes":
        # Las sedes se cambian en su pantalla: desde ahí se vuelve aquí.
        session["asistente"] = url_for("asistente.ver", slug=slug, pantalla=pantalla)
    html = render_template(
        "asistente.html",
        actor=actor(),
        obra=obra,
        pantalla=pantalla,
        titulo=PANTALLAS[pantalla],
        numero=lugar + 1,
        total=len(ORDEN) + 1,
        anterior=ORDEN[lugar - 1] if lugar else None,
        errores=errores,
        aviso=session.pop("aviso", None),
        **_DATOS[pantalla](errores),
    )
    return con_vista(html, codigo)


def _preguntas(
    campos: Sequence[Campo], dicho: Mapping[str, str], errores: Sequence[Error]
) -> dict[str, Any]:
    escrito = _de_campos(campos) if errores else dicho
    dichos = {e.campo: e for e in reversed(errores)}
    return {"campos": formulario_de_pedido(campos, escrito, dichos)}


def _ver_contacto(errores: Sequence[Error]) -> dict[str, Any]:
    propios = datos_de_entidad.leer(entorno(), actor())
    suya = entidades.por_slug(entorno(), actor().entidad_slug)
    del_logo = [e for e in errores if e.campo == "logo"]
    return {
        **_preguntas(CONTACTO, propios.contacto, errores),
        "entidad": suya,
        "mal_logo": del_logo[0].texto if del_logo else None,
    }


def _ver_sedes(_errores: Sequence[Error]) -> dict[str, Any]:
    return {"sedes": sedes.listar(entorno(), actor())}


def _ver_privacidad(errores: Sequence[Error]) -> dict[str, Any]:
    propios = datos_de_entidad.leer(entorno(), actor())
    return _preguntas(DE_PRIVACIDAD, propios.privacidad, errores)


def _ver_horario(errores: Sequence[Error]) -> dict[str, Any]:
    entidad = entidades.por_slug(entorno(), actor().entidad_slug)
    escrito: Mapping[str, Any] = {
        "horario": horarios.escribir(entidad.horario),
        "horario_otros": horarios.escribir(entidad.horario_otros or entidad.horario),
    }
    el_mismo, editables = entidad.horario_otros is None, set(entidad.horarios_editables)
    if errores:
        escrito, el_mismo = _horario_escrito(), request.form.get("el_mismo") == "true"
        editables = {b for b in BLOQUES if request.form.get(f"modo-{b}") == "editable"}
    return {
        "dias": tuple(zip(DIAS, NOMBRES, strict=True)),
        "escrito": escrito,
        "el_mismo": el_mismo,
        "editables": editables,
        "por_campo": {e.campo: e.texto for e in errores},
        "puede": actor().puede("horario.cambiar"),
        "horario": entidad.horario.texto(),
    }


_DATOS = {
    "entidad": _ver_contacto,
    "sedes": _ver_sedes,
    "horario": _ver_horario,
    "privacidad": _ver_privacidad,
}

"""El horario propio de un formulario, si el de la entidad es una sugerencia (N42)."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import redirect, render_template, request, session, url_for

from facilita.definicion.campos import Error
from facilita.tramite import formularios, horarios
from facilita.tramite.errores import Invalido
from facilita.tramite.horarios import DIAS
from facilita.web.horario import NOMBRES
from facilita.web.mundo import entorno
from facilita.web.obras import CARPETA, CONSTRUIR
from facilita.web.rutas import Rutas
from facilita.web.sesion import actor

bp = Rutas("horario_de_formulario", __name__, url_prefix=CARPETA)


@bp.ruta("/<slug>/horario", permiso=CONSTRUIR)
def ver(slug: str) -> Any:
    """El horario que rige y, si se puede, el suyo para cambiarlo."""
    suyo = horarios.de_formulario(entorno(), actor(), slug)
    return _pagina(slug, suyo, horarios.escribir(suyo.rige))


@bp.ruta("/<slug>/horario", permiso=CONSTRUIR, metodos=("POST",))
def cambiar(slug: str) -> Any:
    """Guarda el horario propio, o vuelve al de la entidad."""
    suyo = horarios.de_formulario(entorno(), actor(), slug)
    escrito = {d: request.form.get(f"{suyo.bloque}-{d}", "")[:100] for d in DIAS}
    quitar = request.form.get("accion") == "quitar"
    try:
        horarios.cambiar_de_formulario(entorno(), actor(), slug, None if quitar else escrito)
    except Invalido as negativa:
        return _pagina(slug, suyo, escrito, negativa.errores), 422
    session["aviso"] = "Guardamos el horario. El formulario ya lo muestra."
    return redirect(url_for("horario_de_formulario.ver", slug=slug), 303)


def _pagina(
    slug: str,
    suyo: horarios.DeFormulario,
    escrito: Mapping[str, str],
    errores: Sequence[Error] = (),
) -> str:
    titulo = formularios.vigente(entorno(), actor().entidad_slug, slug).definicion.titulo
    return render_template(
        "obra_horario.html",
        actor=actor(),
        slug=slug,
        titulo=titulo,
        h=suyo,
        dias=tuple(zip(DIAS, NOMBRES, strict=True)),
        escrito=escrito,
        errores=errores,
        por_campo={e.campo: e.texto for e in errores},
        aviso=session.pop("aviso", None),
    )

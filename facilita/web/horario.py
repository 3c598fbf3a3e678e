"""El horario de atención de la entidad: la pantalla de quien la coordina."""

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, session, url_for

from facilita.tramite import entidades, horarios
from facilita.tramite.errores import Invalido
from facilita.tramite.horarios import BLOQUES, DIAS
from facilita.web.mundo import entorno
from facilita.web.rutas import Rutas
from facilita.web.sesion import actor

bp = Rutas("horario", __name__, url_prefix="/bandeja/horario")
NOMBRES = ("Lunes", "Martes", "Miércoles", "Jueves", "Viernes", "Sábado", "Domingo")


@bp.ruta("", permiso="horario.cambiar")
def ver() -> Any:
    """Los dos horarios, día por día."""
    entidad = entidades.por_slug(entorno(), actor().entidad_slug)
    escrito = {
        "horario": horarios.escribir(entidad.horario),
        "horario_otros": horarios.escribir(entidad.horario_otros or entidad.horario),
    }
    return _pagina(escrito, el_mismo=entidad.horario_otros is None)


@bp.ruta("", permiso="horario.cambiar", metodos=("POST",))
def cambiar() -> Any:
    """Guarda los horarios; con errores, lo escrito no se pierde."""
    escrito = {b: {d: request.form.get(f"{b}-{d}", "")[:100] for d in DIAS} for b in BLOQUES}
    el_mismo = request.form.get("el_mismo") == "true"
    otros = None if el_mismo else escrito["horario_otros"]
    try:
        horarios.cambiar(entorno(), actor(), escrito["horario"], otros)
    except Invalido as negativa:
        return _pagina(escrito, el_mismo=el_mismo, errores=negativa.errores), 422
    session["aviso"] = "Guardamos el horario. Las páginas públicas ya lo muestran."
    return redirect(url_for("horario.ver"), 303)


def _pagina(escrito: Mapping[str, Any], *, el_mismo: bool, errores: Any = ()) -> str:
    return render_template(
        "horario.html",
        actor=actor(),
        dias=tuple(zip(DIAS, NOMBRES, strict=True)),
        escrito=escrito,
        el_mismo=el_mismo,
        errores=errores,
        por_campo={e.campo: e.texto for e in errores},
        aviso=session.pop("aviso", None),
    )

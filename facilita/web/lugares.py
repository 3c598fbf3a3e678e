"""Las sedes y las áreas de la entidad: las pantallas de quien la coordina."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import redirect, render_template, request, session, url_for

from facilita.definicion.campos import Error
from facilita.tramite import areas, sedes
from facilita.tramite.areas import AreaEscrita
from facilita.tramite.errores import Conflicto, Invalido
from facilita.tramite.sedes import SedeEscrita
from facilita.web.identificador import identificador
from facilita.web.mundo import entorno
from facilita.web.rutas import Rutas
from facilita.web.sesion import actor

bp = Rutas("lugares", __name__, url_prefix="/bandeja")


# --- sedes ----------------------------------------------------------------------------------------


@bp.ruta("/sedes", permiso="sede.cambiar")
def ver_sedes() -> Any:
    """Las sedes de la entidad."""
    return _de_sedes()


def _de_sedes(negado: str | None = None) -> str:
    return render_template(
        "sedes.html",
        actor=actor(),
        sedes=sedes.listar(entorno(), actor()),
        negado=negado,
        aviso=session.pop("aviso", None),
    )


@bp.ruta("/sedes/nueva", permiso="sede.cambiar")
def nueva_sede() -> Any:
    """Una sede por escribir."""
    return _de_sede(None, SedeEscrita())


@bp.ruta("/sedes/nueva", permiso="sede.cambiar", metodos=("POST",))
def crear_sede() -> Any:
    """Guarda una sede nueva."""
    return _guardar_sede(None)


@bp.ruta("/sedes/<int:cual>", permiso="sede.cambiar")
def abrir_sede(cual: int) -> Any:
    """Una sede, para cambiarla."""
    s = sedes.ver(entorno(), actor(), cual)
    escrita = SedeEscrita(s.nombre, s.direccion, (s.distrito,), s.principal, s.recibe)
    return _de_sede(cual, escrita)


@bp.ruta("/sedes/<int:cual>", permiso="sede.cambiar", metodos=("POST",))
def cambiar_sede(cual: int) -> Any:
    """Guarda los cambios de una sede."""
    return _guardar_sede(cual)


@bp.ruta("/sedes/<int:cual>/inactivar", permiso="sede.cambiar", metodos=("POST",))
def inactivar_sede(cual: int) -> Any:
    """Deja de ofrecer una sede."""
    return _mover(lambda: sedes.inactivar(entorno(), actor(), cual), "sedes", "inactivaste la sede")


@bp.ruta("/sedes/<int:cual>/reactivar", permiso="sede.cambiar", metodos=("POST",))
def reactivar_sede(cual: int) -> Any:
    """Vuelve a ofrecer una sede."""
    return _mover(lambda: sedes.reactivar(entorno(), actor(), cual), "sedes", "la sede está activa")


def _guardar_sede(cual: int | None) -> Any:
    pedido = request.form
    nueva = SedeEscrita(
        nombre=pedido.get("nombre", "")[:400],
        direccion=pedido.get("direccion", "")[:600],
        distrito=tuple(p[:100] for p in pedido.getlist("distrito")[:3]),
        principal=pedido.get("principal") == "true",
        recibe=pedido.get("recibe") == "true",
    )
    try:
        sedes.guardar(entorno(), actor(), nueva, cual)
    except Invalido as negativa:
        return _de_sede(cual, nueva, negativa.errores), 422
    session["aviso"] = f"Guardamos la sede «{nueva.nombre.strip()}»."
    return redirect(url_for("lugares.ver_sedes"), 303)


def _de_sede(cual: int | None, s: SedeEscrita, errores: Sequence[Error] = ()) -> str:
    hallados = sedes.posibles(entorno().territorio, s.distrito)
    return render_template(
        "sede.html",
        actor=actor(),
        cual=cual,
        s=s,
        errores=errores,
        candidatos=hallados if len(hallados) > 1 else (),
    )


# --- áreas ----------------------------------------------------------------------------------------


@bp.ruta("/areas", permiso="area.cambiar")
def ver_areas() -> Any:
    """Las áreas de la entidad."""
    return _de_areas()


def _de_areas(negado: str | None = None) -> str:
    return render_template(
        "areas.html",
        actor=actor(),
        areas=areas.listar(entorno(), actor()),
        negado=negado,
        aviso=session.pop("aviso", None),
    )


@bp.ruta("/areas/nueva", permiso="area.cambiar")
def nueva_area() -> Any:
    """Un área por escribir."""
    return _de_area(None, AreaEscrita())


@bp.ruta("/areas/nueva", permiso="area.cambiar", metodos=("POST",))
def crear_area() -> Any:
    """Guarda un área nueva."""
    return _guardar_area(None)


@bp.ruta("/areas/<int:cual>", permiso="area.cambiar")
def abrir_area(cual: int) -> Any:
    """Un área, para cambiarla."""
    a = areas.ver(entorno(), actor(), cual)
    return _de_area(cual, AreaEscrita(a.nombre, a.sede_id))


@bp.ruta("/areas/<int:cual>", permiso="area.cambiar", metodos=("POST",))
def cambiar_area(cual: int) -> Any:
    """Guarda los cambios de un área."""
    return _guardar_area(cual)


@bp.ruta("/areas/<int:cual>/inactivar", permiso="area.cambiar", metodos=("POST",))
def inactivar_area(cual: int) -> Any:
    """Deja de ofrecer un área."""
    return _mover(lambda: areas.inactivar(entorno(), actor(), cual), "areas", "inactivaste el área")


@bp.ruta("/areas/<int:cual>/reactivar", permiso="area.cambiar", metodos=("POST",))
def reactivar_area(cual: int) -> Any:
    """Vuelve a ofrecer un área."""
    return _mover(lambda: areas.reactivar(entorno(), actor(), cual), "areas", "el área está activa")


def _guardar_area(cual: int | None) -> Any:
    nueva = AreaEscrita(request.form.get("nombre", "")[:400], _sede_escrita())
    try:
        areas.guardar(entorno(), actor(), nueva, cual)
    except Invalido as negativa:
        return _de_area(cual, nueva, negativa.errores), 422
    session["aviso"] = f"Guardamos el área «{nueva.nombre.strip()}»."
    return redirect(url_for("lugares.ver_areas"), 303)


def _sede_escrita() -> int | None:
    sede = request.form.get("sede", "")
    try:
        return identificador(sede) if sede else None
    except ValueError:
        # Lo que no es un número no es de ninguna sede: el verbo lo dice.
        return 0


def _de_area(cual: int | None, a: AreaEscrita, errores: Sequence[Error] = ()) -> str:
    return render_template(
        "area.html",
        actor=actor(),
        cual=cual,
        a=a,
        errores=errores,
        sedes=[s for s in sedes.listar(entorno(), actor()) if s.activa or s.id == a.sede_id],
    )


def _mover(hacer: Callable[[], None], cuales: str, hecho: str) -> Any:
    """Hace el cambio y vuelve a la lista; si no se puede, la lista dice por qué."""
    pagina = {"sedes": _de_sedes, "areas": _de_areas}[cuales]
    try:
        hacer()
    except Conflicto as negativa:
        return pagina(negativa.frase), 409
    except Invalido as negativa:
        return pagina(negativa.frase), 409
    session["aviso"] = f"Listo: {hecho}."
    return redirect(url_for(f"lugares.ver_{cuales}"), 303)

"""Los usuarios de la entidad: las pantallas de quien los administra."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import redirect, render_template, request, session, url_for

from facilita.definicion.campos import Error
from facilita.tramite import membresias, plantel
from facilita.tramite.errores import Conflicto, Invalido
from facilita.tramite.invitaciones import Enlace
from facilita.tramite.membresias import PorInvitar
from facilita.tramite.permisos import ROLES
from facilita.tramite.puestos import Puesto
from facilita.web.mundo import entorno
from facilita.web.rutas import Rutas
from facilita.web.sesion import actor

bp = Rutas("usuarios", __name__, url_prefix="/bandeja/usuarios")

QUE_PUEDE = {
    "coordinador_entidad": (
        "Ve todo lo de la entidad, administra a todos sus usuarios, sedes, áreas y formularios, y "
        "es quien fija los horarios."
    ),
    "coordinador_sede": "Ve todo lo de su sede y administra a sus usuarios.",
    "colaborador": "Atiende los formularios que se le asignan o lo que llega a su área.",
    "autoridad": "Titular de la entidad: ve toda la bandeja y no cambia nada.",
    "sgtd": "Administra la plataforma.",
}


@bp.ruta("", permiso="usuario.cambiar")
def ver() -> Any:
    """Los que trabajan en la entidad, con búsqueda."""
    texto, inactivos = request.args.get("q", "")[:100], request.args.get("inactivos") == "si"
    return render_template(
        "usuarios.html",
        actor=actor(),
        miembros=plantel.listar(entorno(), actor(), texto, inactivos=inactivos),
        texto=texto,
        inactivos=inactivos,
        aviso=session.pop("aviso", None),
    )


@bp.ruta("/nuevo", permiso="usuario.crear")
def nuevo() -> Any:
    """Alguien por invitar."""
    return _por_invitar(PorInvitar(), Puesto("colaborador", atiende_todo=False))


@bp.ruta("/nuevo", permiso="usuario.crear", metodos=("POST",), limite="120/hour")
def invitar() -> Any:
    """Le da un puesto y lo invita."""
    pedido = request.form
    nuevo = PorInvitar(pedido.get("correo", "")[:254], pedido.get("nombres", "")[:400])
    puesto = _puesto_escrito()
    try:
        enlace = membresias.invitar(entorno(), actor(), nuevo, puesto)
    except Invalido as negativa:
        return _por_invitar(nuevo, puesto, negativa.errores), 422
    _recordar(enlace)
    session["aviso"] = f"Invitamos a {nuevo.correo.strip()}."
    return redirect(url_for("usuarios.abrir", cual=_puesto_de(enlace)), 303)


def _recordar(enlace: Enlace) -> None:
    """Para mostrarlo una sola vez, en la página que sigue."""
    session["enlace"] = {"usuario": enlace.usuario_id, "direccion": enlace.direccion}


def _puesto_de(enlace: Enlace) -> int:
    miembros = plantel.listar(entorno(), actor())
    return next(m.id for m in miembros if m.usuario_id == enlace.usuario_id)


def _puesto_escrito() -> Puesto:
    pedido = request.form
    return Puesto(
        rol=pedido.get("rol", "")[:30],
        sede=pedido.get("sede", "")[:40] or None,
        area=pedido.get("area", "")[:40] or None,
        formularios=tuple(f[:60] for f in pedido.getlist("formularios")[:100]),
        atiende_todo=pedido.get("atiende_todo") == "true",
    )


def _por_invitar(nuevo: PorInvitar, puesto: Puesto, errores: Sequence[Error] = ()) -> str:
    return render_template(
        "usuario_nuevo.html",
        actor=actor(),
        u=nuevo,
        p=puesto,
        errores=errores,
        **_para_elegir(),
    )


def _para_elegir() -> dict[str, Any]:
    return {
        "opciones": plantel.opciones(entorno(), actor()),
        "roles": ROLES,
        "que_puede": QUE_PUEDE,
    }


@bp.ruta("/<int:cual>", permiso="usuario.cambiar")
def abrir(cual: int) -> Any:
    """Alguien de la entidad: su puesto, su acceso y lo que pasó con su cuenta."""
    return _ficha(cual)


def _ficha(
    cual: int,
    errores: Sequence[Error] = (),
    puesto: Puesto | None = None,
    negado: str | None = None,
) -> str:
    f = plantel.ver(entorno(), actor(), cual)
    enlace = session.pop("enlace", None) or {}
    return render_template(
        "usuario.html",
        actor=actor(),
        f=f,
        p=puesto or f.miembro.puesto,
        errores=errores,
        negado=negado,
        enlace=enlace.get("direccion") if enlace.get("usuario") == f.miembro.usuario_id else None,
        aviso=session.pop("aviso", None),
        **_para_elegir(),
    )


@bp.ruta("/<int:cual>", permiso="usuario.cambiar", metodos=("POST",))
def cambiar(cual: int) -> Any:
    """Cambia su puesto."""
    puesto = _puesto_escrito()
    try:
        return _hacer(
            cual,
            lambda: membresias.cambiar_puesto(entorno(), actor(), cual, puesto),
            "Guardamos su puesto. Vale desde ahora.",
        )
    except Invalido as negativa:
        return _ficha(cual, negativa.errores, puesto), 422


@bp.ruta("/<int:cual>/inactivar", permiso="usuario.cambiar", metodos=("POST",))
def inactivar(cual: int) -> Any:
    """Le quita el acceso; lo que hizo queda."""
    motivo = request.form.get("motivo", "")[:400]
    return _hacer(
        cual,
        lambda: membresias.inactivar(entorno(), actor(), cual, motivo),
        "Listo: ya no entra, y sus sesiones se cerraron. Lo que hizo queda registrado.",
    )


@bp.ruta("/<int:cual>/reactivar", permiso="usuario.cambiar", metodos=("POST",))
def reactivar(cual: int) -> Any:
    """Le devuelve su puesto."""
    return _hacer(
        cual,
        lambda: membresias.reactivar(entorno(), actor(), cual),
        "Listo: tiene otra vez su puesto.",
    )


@bp.ruta("/<int:cual>/invitacion", permiso="usuario.cambiar", metodos=("POST",), limite="60/hour")
def renovar(cual: int) -> Any:
    """Otro enlace para quien no aceptó; se muestra una sola vez."""
    return _hacer(
        cual,
        lambda: _recordar(membresias.renovar(entorno(), actor(), cual)),
        "Le mandamos otro enlace. El anterior ya no sirve.",
    )


def _hacer(cual: int, hacer: Callable[[], None], aviso: str) -> Any:
    """Hace el cambio y vuelve a la ficha; si no se puede, ahí mismo se dice por qué."""
    try:
        hacer()
    except Conflicto as negativa:
        return _ficha(cual, negado=negativa.frase), 409
    session["aviso"] = aviso
    return redirect(url_for("usuarios.abrir", cual=cual), 303)

"""La tabla de permisos: qué puede cada rol. La única."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true

from facilita.tramite.errores import NoPermitido
from facilita.tramite.modelos import (
    Encargo,
    FormularioACargo,
    Membresia,
    Solicitud,
    Tarea,
    Usuario,
)

SGTD = "sgtd"
COORDINADOR_ENTIDAD = "coordinador_entidad"
COORDINADOR_SEDE = "coordinador_sede"
COLABORADOR = "colaborador"
AUTORIDAD = "autoridad"

ROLES = {
    COORDINADOR_ENTIDAD: "Coordinador de entidad",
    COORDINADOR_SEDE: "Coordinador de sede",
    COLABORADOR: "Colaborador",
    AUTORIDAD: "Máxima autoridad",
    SGTD: "SGTD",
}

_PERSONAL = frozenset({COORDINADOR_ENTIDAD, COORDINADOR_SEDE, COLABORADOR})
_MIRAN = _PERSONAL | {AUTORIDAD, SGTD}
"""Quienes ven la bandeja; la máxima autoridad ve todo lo de su entidad y no cambia nada."""
_VEN_TODO = frozenset({COORDINADOR_ENTIDAD, AUTORIDAD, SGTD})
_COORDINACION = frozenset({COORDINADOR_ENTIDAD, COORDINADOR_SEDE})

PERMISOS: dict[str, frozenset[str]] = {
    "cuenta.ver": _MIRAN,
    "cuenta.cambiar": _MIRAN,
    "bandeja.ver": _MIRAN,
    "solicitud.ver": _MIRAN,
    "solicitud.atender": _PERSONAL | {SGTD},
    "solicitud.derivar": _PERSONAL | {SGTD},
    "solicitud.asignar": _COORDINACION | {SGTD},
    "solicitud.anotar": _PERSONAL | {SGTD},
    "correo.reenviar": _COORDINACION | {SGTD},
    "modelo.cambiar": frozenset({COORDINADOR_ENTIDAD, SGTD}),
    "formulario.publicar": frozenset({COORDINADOR_ENTIDAD, SGTD}),
    "formulario.construir": frozenset({COORDINADOR_ENTIDAD, SGTD}),
    "entidad.cambiar": frozenset({COORDINADOR_ENTIDAD, SGTD}),
    "sede.cambiar": frozenset({COORDINADOR_ENTIDAD, SGTD}),
    "area.cambiar": frozenset({COORDINADOR_ENTIDAD, SGTD}),
    "usuario.crear": _COORDINACION | {SGTD},
    "usuario.cambiar": _COORDINACION | {SGTD},
    "entidad.crear": frozenset({SGTD}),
    "entidad.ver": frozenset({SGTD}),
    "entidad.suspender": frozenset({SGTD}),
    "reporte.ver": frozenset({SGTD}),
    "gobpe.publicar": frozenset({COORDINADOR_ENTIDAD}),
    "cumplimiento.reportar": frozenset({COORDINADOR_ENTIDAD}),
    "cumplimiento.revisar": frozenset({SGTD}),
    "pasos.ver": frozenset({COORDINADOR_ENTIDAD}),
    "rol.asignar": frozenset({COORDINADOR_ENTIDAD, SGTD}),
    "liderazgo.entregar": frozenset({COORDINADOR_ENTIDAD, SGTD}),
    "segundo_factor.exigir": frozenset({COORDINADOR_ENTIDAD, SGTD}),
    "horario.cambiar": frozenset({COORDINADOR_ENTIDAD}),
    "archivo.abrir_infectado": frozenset({COORDINADOR_ENTIDAD, SGTD}),
    "opinion.ver": _VEN_TODO,
    "invitacion.renovar": frozenset({SGTD}),
    "casilla.notificar": _PERSONAL | {SGTD},
    "casilla.por_norma": frozenset({COORDINADOR_ENTIDAD, SGTD}),
    "casilla.validar": _PERSONAL | {SGTD},
    "interrupcion.registrar": frozenset({SGTD}),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Quien actúa desde una entidad: el usuario y la membresía que está usando."""

    usuario_id: int
    nombres: str
    correo: str
    membresia_id: int
    entidad_id: int
    entidad_slug: str
    entidad_nombre: str
    rol: str
    sede_id: int | None = None
    area_id: int | None = None
    atiende_todo: bool = False
    """Si, siendo colaborador, atiende todo lo que llega a su sede."""
    debe_segundo_factor: bool = field(default=False, compare=False)
    """Si su entidad lo exige y todavía no lo tiene: antes de nada, lo activa."""
    cierra_en: datetime | None = field(default=None, compare=False)
    """Cuándo se cierra su sesión si no hace nada más."""
    suspension: tuple[datetime, str] | None = field(default=None, compare=False)
    """Desde cuándo está suspendida su entidad y por qué."""
    se_alarga: bool = field(default=True, compare=False)
    """Si usar la sesión aplaza su cierre; al llegar a su duración, ya no."""

    def puede(self, permiso: str) -> bool:
        """Si su rol tiene el permiso."""
        return self.rol in PERMISOS[permiso]

    @property
    def rol_en_palabras(self) -> str:
        """El nombre de su rol."""
        return ROLES[self.rol]

    @property
    def coordina(self) -> bool:
        """Si coordina la entidad o una sede."""
        return self.rol in (COORDINADOR_ENTIDAD, COORDINADOR_SEDE, SGTD)


def exigir(actor: Actor, permiso: str) -> None:
    """Lanza `NoPermitido` si el rol del actor no tiene el permiso."""
    if not actor.puede(permiso):
        raise NoPermitido


def alcance(actor: Actor) -> ColumnElement[bool]:
    """Las solicitudes de su entidad que le tocan.

    Todas, las de su sede o, a un colaborador, las de sus formularios y las de su área.
    """
    if actor.rol in _VEN_TODO:
        return true()
    de_su_sede = (
        or_(Solicitud.sede_id == actor.sede_id, Solicitud.sede_id.is_(None))
        if actor.sede_id
        else true()
    )
    if actor.rol == COORDINADOR_SEDE:
        return de_su_sede if actor.sede_id else false()
    propias = Solicitud.asignada_id == actor.usuario_id
    if actor.atiende_todo:
        return or_(propias, de_su_sede)
    suyos = select(FormularioACargo.formulario_id).where(
        FormularioACargo.usuario_id == actor.usuario_id
    )
    a_cargo: ColumnElement[bool] = Solicitud.formulario_id.in_(suyos)
    if actor.area_id is not None:
        a_cargo = or_(a_cargo, Solicitud.area_id == actor.area_id)
    return or_(propias, de_su_sede & a_cargo)


def cumple(actor: Actor) -> ColumnElement[bool]:
    """Los encargos que cumple el actor, en persona o por su área."""
    suyo = Encargo.usuario_id == actor.usuario_id
    return suyo if actor.area_id is None else or_(suyo, Encargo.area_id == actor.area_id)


def alcance_con_roles(actor: Actor) -> ColumnElement[bool]:
    """Su alcance más lo que sus roles propios de cada formulario le dejan ver."""
    suyo = alcance(actor)
    if actor.rol in _VEN_TODO:
        return suyo
    de_sus_formularios = select(Encargo.formulario_id).where(cumple(actor), Encargo.atiende)
    de_sus_tareas = select(Tarea.solicitud_id).where(por_encargo(actor))
    return or_(
        suyo, Solicitud.formulario_id.in_(de_sus_formularios), Solicitud.id.in_(de_sus_tareas)
    )


def por_encargo(actor: Actor) -> ColumnElement[bool]:
    """Las tareas para un rol que cumple, si no se le pidieron a otro."""
    suyo = exists().where(
        Encargo.formulario_id == Tarea.formulario_id, Encargo.rol == Tarea.rol, cumple(actor)
    )
    return and_(suyo, _pedida_a(actor))


def _pedida_a(actor: Actor) -> ColumnElement[bool]:
    persona = or_(Tarea.usuario_id.is_(None), Tarea.usuario_id == actor.usuario_id)
    nadie = Tarea.area_id.is_(None)
    area = nadie if actor.area_id is None else or_(nadie, Tarea.area_id == actor.area_id)
    return and_(persona, area)


def tareas_de(actor: Actor) -> ColumnElement[bool]:
    """Las tareas que el actor puede responder: por un rol propio o por su puesto."""
    # Tarea por tarea, que son pocas: nunca se recorren todas las solicitudes.
    a_su_alcance = exists().where(Solicitud.id == Tarea.solicitud_id, alcance(actor))
    por_puesto = and_(Tarea.rol.in_(papeles(actor)), a_su_alcance)
    return or_(por_encargo(actor), por_puesto)


def papeles(actor: Actor) -> frozenset[str]:
    """Los papeles del flujo que cumple el actor sobre una solicitud que está a su alcance."""
    if actor.rol == AUTORIDAD:
        return frozenset()
    suyos = {"atiende", actor.rol}
    if actor.coordina:
        suyos.add("coordinador")
    if actor.rol == SGTD:
        suyos.add(COORDINADOR_ENTIDAD)
    return frozenset(suyos)


def en_uso() -> ColumnElement[bool]:
    """Los puestos que se usan: de alguien activo que ya aceptó su invitación."""
    return and_(Usuario.activo, Membresia.activa, Membresia.invitada_como.is_(None))


def que_atienden() -> ColumnElement[bool]:
    """Los puestos en uso de quienes pueden atender: la máxima autoridad solo mira."""
    return and_(en_uso(), Membresia.rol != AUTORIDAD)

"""La tabla de permisos: qué puede cada rol. La única."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, or_, true

from facilita.tramite.errores import NoPermitido
from facilita.tramite.modelos import Solicitud

SGTD = "sgtd"
COORDINADOR_ENTIDAD = "coordinador_entidad"
COORDINADOR_SEDE = "coordinador_sede"
COLABORADOR = "colaborador"

ROLES = {
    COORDINADOR_ENTIDAD: "Coordinador de entidad",
    COORDINADOR_SEDE: "Coordinador de sede",
    COLABORADOR: "Colaborador",
    SGTD: "SGTD",
}

_PERSONAL = frozenset({COORDINADOR_ENTIDAD, COORDINADOR_SEDE, COLABORADOR})
_COORDINACION = frozenset({COORDINADOR_ENTIDAD, COORDINADOR_SEDE})

PERMISOS: dict[str, frozenset[str]] = {
    "cuenta.ver": _PERSONAL | {SGTD},
    "cuenta.cambiar": _PERSONAL | {SGTD},
    "bandeja.ver": _PERSONAL | {SGTD},
    "solicitud.ver": _PERSONAL | {SGTD},
    "solicitud.atender": _PERSONAL | {SGTD},
    "solicitud.derivar": _PERSONAL | {SGTD},
    "solicitud.asignar": _COORDINACION | {SGTD},
    "solicitud.anotar": _PERSONAL | {SGTD},
    "formulario.publicar": frozenset({COORDINADOR_ENTIDAD, SGTD}),
    "usuario.crear": _COORDINACION | {SGTD},
    "entidad.crear": frozenset({SGTD}),
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
    """Las solicitudes de su entidad que le tocan: todas, las de su sede o las de su área."""
    if actor.rol in (COORDINADOR_ENTIDAD, SGTD):
        return true()
    de_su_sede = (
        or_(Solicitud.sede_id == actor.sede_id, Solicitud.sede_id.is_(None))
        if actor.sede_id
        else true()
    )
    if actor.rol == COORDINADOR_SEDE:
        return de_su_sede if actor.sede_id else false()
    propias = Solicitud.asignada_id == actor.usuario_id
    if actor.area_id is None:
        return or_(propias, de_su_sede)
    return or_(propias, de_su_sede & (Solicitud.area_id == actor.area_id))


def papeles(actor: Actor) -> frozenset[str]:
    """Los papeles del flujo que cumple el actor sobre una solicitud que está a su alcance."""
    suyos = {"atiende", actor.rol}
    if actor.coordina:
        suyos.add("coordinador")
    if actor.rol == SGTD:
        suyos.add(COORDINADOR_ENTIDAD)
    return frozenset(suyos)

"""El puesto de una persona en una entidad: qué lleva cada rol, y quién puede darlo (N61)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, false, select, true
from sqlalchemy.orm import Session

from facilita.definicion.campos import Error
from facilita.tramite.errores import Invalido, NoExiste
from facilita.tramite.modelos import Area, Entidad, Formulario, FormularioACargo, Membresia, Sede
from facilita.tramite.permisos import (
    AUTORIDAD,
    COLABORADOR,
    COORDINADOR_ENTIDAD,
    COORDINADOR_SEDE,
    ROLES,
    SGTD,
    Actor,
)


@dataclass(frozen=True)
class Puesto:
    """Dónde trabaja un usuario: su rol y, si los tiene, los códigos de su sede y su área."""

    rol: str
    sede: str | None = None
    area: str | None = None
    formularios: tuple[str, ...] = ()
    """Los slugs de los formularios que un colaborador tiene a su cargo."""
    atiende_todo: bool | None = None
    """Si un colaborador atiende todo lo que llega a su sede; sin decirlo, si no se le dio más."""

    @property
    def lo_atiende_todo(self) -> bool:
        """Lo dicho o, sin decirlo, si no tiene ni área ni formularios."""
        if self.atiende_todo is None:
            return self.area is None and not self.formularios
        return self.atiende_todo


def gobierna(actor: Actor) -> ColumnElement[bool]:
    """Los puestos que el actor administra: cada rol tiene su límite exacto.

    Quien coordina la entidad, todos los de la entidad; quien coordina una sede, los de su sede
    menos los de quienes coordinan la entidad; los demás, ninguno.
    """
    if actor.rol == SGTD:
        return true()
    if actor.rol == COORDINADOR_ENTIDAD:
        return Membresia.rol != SGTD
    if actor.rol == COORDINADOR_SEDE and actor.sede_id is not None:
        de_su_sede = Membresia.sede_id == actor.sede_id
        return and_(de_su_sede, Membresia.rol.in_((COORDINADOR_SEDE, COLABORADOR)))
    return false()


def roles_que_da(actor: Actor) -> tuple[str, ...]:
    """Los roles que el actor puede dar."""
    if actor.rol == COORDINADOR_SEDE:
        return (COORDINADOR_SEDE, COLABORADOR)
    de_entidad = (COORDINADOR_ENTIDAD, COORDINADOR_SEDE, COLABORADOR, AUTORIDAD)
    if actor.rol == SGTD:
        return (*de_entidad, SGTD)
    return de_entidad if actor.rol == COORDINADOR_ENTIDAD else ()


def comprobar(sesion: Session, actor: Actor, puesto: Puesto) -> None:
    """Lanza `Invalido` si el actor no puede dar ese puesto, o si le falta algo."""
    if errores := errores_de(sesion, actor, puesto):
        raise Invalido(errores)


def errores_de(sesion: Session, actor: Actor, puesto: Puesto) -> list[Error]:
    """Por qué el actor no puede dar ese puesto; nada si puede."""
    errores = [*_de_rol(actor, puesto), *_de_sede(sesion, actor, puesto)]
    if puesto.rol == COLABORADOR and not (
        puesto.lo_atiende_todo or puesto.area or puesto.formularios
    ):
        frase = "Elige su área, al menos un formulario, o marca que atiende todo lo de su sede."
        errores.append(Error("atiende_todo", "vacio", frase))
    return errores


def _de_rol(actor: Actor, puesto: Puesto) -> list[Error]:
    if puesto.rol in roles_que_da(actor):
        return []
    frase = "Elige un rol de la lista."
    if puesto.rol in ROLES:
        frase = f"Desde tu cuenta no puedes dar el rol {ROLES[puesto.rol]}."
    return [Error("rol", "rol", frase)]


def _de_sede(sesion: Session, actor: Actor, puesto: Puesto) -> list[Error]:
    if actor.rol == COORDINADOR_SEDE:
        suya = sesion.scalar(select(Sede.codigo).where(Sede.id == actor.sede_id))
        if puesto.sede != suya:
            return [Error("sede", "sede", "Solo puedes dar puestos en tu sede.")]
    if puesto.rol == COORDINADOR_SEDE and not puesto.sede:
        return [Error("sede", "sede", "Un coordinador de sede necesita su sede.")]
    return []


def dar(sesion: Session, membresia: Membresia, puesto: Puesto, ahora: datetime) -> None:
    """Escribe el puesto en la membresía; lanza `Invalido` o `NoExiste`."""
    if puesto.rol == SGTD and not sesion.get_one(Entidad, membresia.entidad_id).es_plataforma:
        frase = "El rol SGTD solo existe en la entidad de la plataforma."
        raise Invalido([Error("rol", "rol", frase)])
    membresia.rol = puesto.rol
    membresia.activa = True
    membresia.sede_id = _id_de(sesion, Sede, puesto.sede, "sede")
    membresia.area_id = _id_de(sesion, Area, puesto.area, "área")
    membresia.atiende_todo = puesto.rol == COLABORADOR and puesto.lo_atiende_todo
    sesion.add(membresia)
    sesion.flush()
    _dar_formularios(sesion, membresia, puesto, ahora)


def _id_de(
    sesion: Session, modelo: type[Sede] | type[Area], codigo: str | None, que: str
) -> int | None:
    if codigo is None:
        return None
    hallado = sesion.scalar(select(modelo.id).where(modelo.codigo == codigo, modelo.activa))
    if hallado is None:
        raise NoExiste(f"La entidad no tiene una {que} «{codigo}».")
    return hallado


def _dar_formularios(
    sesion: Session, membresia: Membresia, puesto: Puesto, ahora: datetime
) -> None:
    suyos = FormularioACargo.usuario_id == membresia.usuario_id
    sesion.execute(delete(FormularioACargo).where(suyos))
    if puesto.rol != COLABORADOR:
        return
    for slug in dict.fromkeys(puesto.formularios):
        cual = sesion.scalar(select(Formulario.id).where(Formulario.slug == slug))
        if cual is None:
            frase = "Elige los formularios de la lista."
            raise Invalido([Error("formularios", "opcion", frase)])
        sesion.add(
            FormularioACargo(
                entidad_id=membresia.entidad_id,
                formulario_id=cual,
                usuario_id=membresia.usuario_id,
                creado_en=ahora,
            )
        )
    sesion.flush()

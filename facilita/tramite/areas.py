"""Las áreas de una entidad: crearlas, cambiarlas e inactivarlas; ninguna se borra."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from facilita.definicion.campos import Error
from facilita.definicion.limpieza import una_linea
from facilita.tramite.ambito import Ambito
from facilita.tramite.bitacora import anotar
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto, Invalido, NoExiste
from facilita.tramite.modelos import Area, Entidad, Formulario, Membresia, Sede, Solicitud
from facilita.tramite.permisos import Actor, exigir
from facilita.tramite.sedes import codigo_libre, errores_de_nombre


@dataclass(frozen=True)
class AreaEscrita:
    """Lo que se escribe de un área."""

    nombre: str = ""
    sede_id: int | None = None
    """Dónde está; nada, en toda la entidad."""


@dataclass(frozen=True)
class AreaVista:
    """Un área, con lo que depende de ella."""

    id: int
    codigo: str
    nombre: str
    sede_id: int | None
    sede: str | None
    activa: bool
    personas: int
    abiertas: int
    """Cuántas solicitudes sin terminar están ahí."""
    formularios: tuple[str, ...]
    """Los formularios cuyas solicitudes le llegan."""


def listar(entorno: Entorno, actor: Actor) -> tuple[AreaVista, ...]:
    """Las áreas de la entidad, por su nombre; al final las inactivas."""
    exigir(actor, "area.cambiar")
    with entorno.bd.lectura(Ambito.de(actor.entidad_id)) as sesion:
        areas = sesion.scalars(select(Area).order_by(Area.activa.desc(), Area.nombre)).all()
        return tuple(_vista(sesion, a) for a in areas)


def _vista(sesion: Session, area: Area) -> AreaVista:
    return AreaVista(
        id=area.id,
        codigo=area.codigo,
        nombre=area.nombre,
        sede_id=area.sede_id,
        sede=area.sede.nombre if area.sede else None,
        activa=area.activa,
        personas=_personas(sesion, area),
        abiertas=_abiertas(sesion, area),
        formularios=_formularios(sesion, area),
    )


def _personas(sesion: Session, area: Area) -> int:
    suyas = select(func.count()).select_from(Membresia)
    return sesion.scalar(suyas.where(Membresia.activa, Membresia.area_id == area.id)) or 0


def _abiertas(sesion: Session, area: Area) -> int:
    suyas = select(func.count()).select_from(Solicitud)
    return sesion.scalar(suyas.where(Solicitud.abierta, Solicitud.area_id == area.id)) or 0


def _formularios(sesion: Session, area: Area) -> tuple[str, ...]:
    suyos = select(Formulario.titulo).where(
        Formulario.area_id == area.id, Formulario.vigente_id.is_not(None)
    )
    return tuple(sesion.scalars(suyos.order_by(Formulario.titulo)))


def ver(entorno: Entorno, actor: Actor, cual: int) -> AreaVista:
    """Un área de la entidad; lanza `NoExiste`."""
    exigir(actor, "area.cambiar")
    with entorno.bd.lectura(Ambito.de(actor.entidad_id)) as sesion:
        return _vista(sesion, _hallar(sesion, cual))


def guardar(entorno: Entorno, actor: Actor, nueva: AreaEscrita, cual: int | None = None) -> int:
    """Crea un área o cambia una; da su id. Lanza `NoPermitido`, `NoExiste` o `Invalido`."""
    exigir(actor, "area.cambiar")
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        sesion.get_one(Entidad, actor.entidad_id, with_for_update=True)
        area = _hallar(sesion, cual) if cual is not None else Area(entidad_id=actor.entidad_id)
        nombre = una_linea(nueva.nombre) or ""
        errores = [
            *errores_de_nombre(sesion, Area, nombre, cual, "esa área"),
            *_de_sede(sesion, nueva.sede_id),
        ]
        if errores:
            raise Invalido(errores)
        if cual is None:
            area.codigo = codigo_libre(sesion, Area, nombre)
        area.nombre, area.sede_id = nombre, nueva.sede_id
        sesion.add(area)
        _anotar(entorno, sesion, actor, "area.guardada", area)
        sesion.flush()
        return area.id


def inactivar(entorno: Entorno, actor: Actor, cual: int) -> None:
    """Deja de ofrecer un área; lanza `Conflicto` si todavía tiene personas o trabajo."""
    exigir(actor, "area.cambiar")
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        sesion.get_one(Entidad, actor.entidad_id, with_for_update=True)
        area = _hallar(sesion, cual)
        _exigir_vacia(sesion, area)
        area.activa = False
        _anotar(entorno, sesion, actor, "area.inactivada", area)


def reactivar(entorno: Entorno, actor: Actor, cual: int) -> None:
    """Vuelve a ofrecer un área inactiva."""
    exigir(actor, "area.cambiar")
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        area = _hallar(sesion, cual)
        area.activa = True
        _anotar(entorno, sesion, actor, "area.reactivada", area)


def _exigir_vacia(sesion: Session, area: Area) -> None:
    if cuantas := _personas(sesion, area):
        quienes = "1 persona" if cuantas == 1 else f"{cuantas} personas"
        raise Conflicto(f"Ahí trabaja {quienes}: antes cámbiales el área, o inactívalas.")
    if cuantas := _abiertas(sesion, area):
        cuales = "1 solicitud" if cuantas == 1 else f"{cuantas} solicitudes"
        raise Conflicto(f"Tiene {cuales} sin terminar: antes derívalas a otra área.")
    if suyos := _formularios(sesion, area):
        raise Conflicto(f"Recibe lo que llega por «{suyos[0]}»: antes elige otra área para él.")


def _de_sede(sesion: Session, sede_id: int | None) -> list[Error]:
    if sede_id is None:
        return []
    suya = select(Sede.id).where(Sede.id == sede_id, Sede.activa)
    if sesion.scalar(suya) is not None:
        return []
    return [Error("sede", "opcion", "Elige una sede de la lista.")]


def _hallar(sesion: Session, cual: int) -> Area:
    area = sesion.scalar(select(Area).where(Area.id == cual))
    if area is None:
        raise NoExiste("No encontramos esa área.")
    return area


def _anotar(entorno: Entorno, sesion: Session, actor: Actor, que: str, area: Area) -> None:
    ahora = entorno.reloj.ahora()
    anotar(sesion, ahora, actor.entidad_id, actor.usuario_id, que, area.codigo, nombre=area.nombre)

"""Los roles propios de cada formulario: quién los cumple en la entidad."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from facilita.definicion import Definicion, Rol
from facilita.definicion.campos import Error
from facilita.tramite.ambito import Ambito
from facilita.tramite.bitacora import anotar
from facilita.tramite.caso import Caso
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto, Invalido, NoExiste
from facilita.tramite.modelos import (
    Area,
    Encargo,
    Formulario,
    Membresia,
    Solicitud,
    Usuario,
    Version,
)
from facilita.tramite.permisos import Actor, alcance, cumple, exigir, papeles, que_atienden


@dataclass(frozen=True)
class Titular:
    """A quién se le da un rol: una persona o un área, por su id."""

    usuario_id: int | None = None
    area_id: int | None = None


@dataclass(frozen=True)
class Encargado:
    """Quien cumple un rol, para mostrarlo."""

    encargo_id: int
    nombre: str
    es_area: bool
    titular: Titular


@dataclass(frozen=True)
class Posibles:
    """A quiénes se les puede dar un rol, con su nombre."""

    personas: tuple[tuple[Titular, str], ...]
    areas: tuple[tuple[Titular, str], ...]


@dataclass(frozen=True)
class RolOfrecido:
    """Un rol de un formulario y quienes lo cumplen."""

    rol: Rol
    encargados: tuple[Encargado, ...]


@dataclass(frozen=True)
class FormularioConRoles:
    """Un formulario que declara roles."""

    slug: str
    titulo: str
    roles: tuple[RolOfrecido, ...]


def asignar(
    entorno: Entorno,
    entidad_id: int,
    formulario: str,
    rol: str,
    titular: Titular,
    por: Actor | None = None,
) -> None:
    """Da un rol de un formulario a una persona o a un área; dárselo otra vez no cambia nada.

    Lanza `NoPermitido`, `NoExiste`, o `Invalido` si no es de la entidad.
    """
    if por is not None:
        exigir(por, "rol.asignar")
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de(entidad_id)) as sesion:
        suyo, definicion = _formulario(sesion, entorno, formulario)
        if rol not in definicion.roles:
            raise NoExiste(_no_hay_rol(definicion, rol))
        nombre = _exigir_titular(sesion, titular)
        if sesion.scalar(_mismo(suyo.id, rol, titular)) is not None:
            return
        sesion.add(
            Encargo(
                formulario_id=suyo.id,
                rol=rol,
                usuario_id=titular.usuario_id,
                area_id=titular.area_id,
                atiende=rol in definicion.roles_que_atienden,
                creado_en=ahora,
            )
        )
        quien = por.usuario_id if por else None
        anotar(sesion, ahora, entidad_id, quien, "rol.asignado", f"{formulario} {rol}", a=nombre)


def quitar(
    entorno: Entorno,
    entidad_id: int,
    formulario: str,
    rol: str,
    titular: Titular,
    por: Actor | None = None,
) -> None:
    """Quita un rol a quien lo cumple; lanza `NoExiste` si no lo cumplía."""
    if por is not None:
        exigir(por, "rol.asignar")
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de(entidad_id)) as sesion:
        suyo, _ = _formulario(sesion, entorno, formulario)
        encargo = sesion.scalar(_mismo(suyo.id, rol, titular))
        if encargo is None:
            raise NoExiste("Esa persona o área no cumple ese rol.")
        sesion.delete(encargo)
        quien = por.usuario_id if por else None
        anotar(sesion, ahora, entidad_id, quien, "rol.quitado", f"{formulario} {rol}")


def listar(entorno: Entorno, entidad_id: int) -> tuple[FormularioConRoles, ...]:
    """Los formularios que declaran roles, con quienes los cumplen."""
    with entorno.bd.lectura(Ambito.de(entidad_id)) as sesion:
        pares = [
            (f, _ultima(sesion, entorno, f))
            for f in sesion.scalars(select(Formulario).order_by(Formulario.id))
        ]
        return tuple(
            FormularioConRoles(
                f.slug,
                definicion.titulo,
                tuple(
                    RolOfrecido(rol, encargados(sesion, f.id, rol.id))
                    for rol in definicion.roles.values()
                ),
            )
            for f, definicion in pares
            if definicion.roles
        )


def posibles(entorno: Entorno, entidad_id: int) -> Posibles:
    """Las personas y las áreas de la entidad a las que se les puede dar un rol."""
    with entorno.bd.lectura(Ambito.de(entidad_id)) as sesion:
        personas = sesion.execute(
            select(Usuario.id, Usuario.nombres)
            .join(Membresia, Membresia.usuario_id == Usuario.id)
            .where(que_atienden())
            .order_by(Usuario.nombres)
        ).all()
        areas = sesion.execute(
            select(Area.id, Area.nombre).where(Area.activa).order_by(Area.nombre)
        ).all()
    return Posibles(
        tuple((Titular(usuario_id=f[0]), f[1]) for f in personas),
        tuple((Titular(area_id=f[0]), f[1]) for f in areas),
    )


def area_de(entorno: Entorno, entidad_id: int, codigo: str) -> int:
    """El id de un área por su código; lanza `NoExiste`."""
    with entorno.bd.lectura(Ambito.de(entidad_id)) as sesion:
        area = sesion.scalar(select(Area.id).where(Area.codigo == codigo, Area.activa))
    if area is None:
        raise NoExiste(f"La entidad no tiene un área «{codigo}».")
    return area


def encargados(sesion: Session, formulario_id: int, rol: str) -> tuple[Encargado, ...]:
    """Quienes cumplen hoy un rol: personas con un lugar en la entidad y áreas activas."""
    personas = sesion.execute(
        select(Encargo, Usuario.nombres)
        .join(Usuario, Usuario.id == Encargo.usuario_id)
        .join(Membresia, Membresia.usuario_id == Usuario.id)
        .where(
            Encargo.formulario_id == formulario_id, Encargo.rol == rol,
            que_atienden(),
        )
        .order_by(Usuario.nombres)
    ).all()  # fmt: skip
    areas = sesion.execute(
        select(Encargo, Area.nombre)
        .join(Area, Area.id == Encargo.area_id)
        .where(Encargo.formulario_id == formulario_id, Encargo.rol == rol, Area.activa)
        .order_by(Area.nombre)
    ).all()
    return tuple(
        Encargado(e.id, nombre, e.area_id is not None, Titular(e.usuario_id, e.area_id))
        for e, nombre in (*personas, *areas)
    )


def sin_nadie(sesion: Session, formulario_id: int, definicion: Definicion) -> tuple[str, ...]:
    """Los roles de una definición que nadie cumple todavía, por su etiqueta."""
    return tuple(
        rol.etiqueta
        for rol in definicion.roles.values()
        if not encargados(sesion, formulario_id, rol.id)
    )


def poner_al_dia(sesion: Session, formulario_id: int, definicion: Definicion) -> None:
    """Al publicar, lo que cada rol deja ver es lo que la versión nueva dice."""
    for encargo in sesion.scalars(select(Encargo).where(Encargo.formulario_id == formulario_id)):
        encargo.atiende = encargo.rol in definicion.roles_que_atienden


def papeles_en(caso: Caso, actor: Actor) -> frozenset[str]:
    """Los papeles del actor en una solicitud: los de su puesto y los roles propios que cumple."""
    roles = frozenset(
        caso.sesion.scalars(
            select(Encargo.rol).where(
                Encargo.formulario_id == caso.solicitud.formulario_id, cumple(actor)
            )
        )
    )
    if not roles:
        return papeles(actor)
    # Quien solo la ve por su rol no la atiende en lo demás.
    return roles | papeles(actor) if es_suya(caso, actor) else roles


def es_suya(caso: Caso, actor: Actor) -> bool:
    """Si la alcanza por su puesto, y no solo por un rol propio del formulario."""
    suya = select(func.count()).select_from(Solicitud)
    return bool(caso.sesion.scalar(suya.where(Solicitud.id == caso.solicitud.id, alcance(actor))))


def _formulario(sesion: Session, entorno: Entorno, slug: str) -> tuple[Formulario, Definicion]:
    formulario = sesion.scalar(select(Formulario).where(Formulario.slug == slug))
    if formulario is None:
        raise NoExiste(f"La entidad no tiene un formulario «{slug}».")
    return formulario, _ultima(sesion, entorno, formulario)


def _ultima(sesion: Session, entorno: Entorno, formulario: Formulario) -> Definicion:
    """La definición vigente o, si se retiró, la última que tuvo."""
    version = sesion.scalars(
        select(Version)
        .where(Version.formulario_id == formulario.id)
        .order_by((Version.id == formulario.vigente_id).desc(), Version.numero.desc())
        .limit(1)
    ).one_or_none()
    if version is None:
        raise Conflicto("El formulario todavía no tiene ninguna versión.")
    return entorno.definiciones.de(version)


def _no_hay_rol(definicion: Definicion, rol: str) -> str:
    hay = ", ".join(definicion.roles) or "ninguno"
    return f"El formulario «{definicion.id}» no declara el rol «{rol}». Declara: {hay}."


def _exigir_titular(sesion: Session, titular: Titular) -> str:
    """El nombre de la persona o del área, si es de la entidad."""
    if (titular.usuario_id is None) == (titular.area_id is None):
        raise Invalido([Error("titular", "titular", "Elige a una persona o un área.")])
    nombres: Iterable[str]
    if titular.area_id is not None:
        nombres = sesion.scalars(select(Area.nombre).where(Area.id == titular.area_id, Area.activa))
    else:
        nombres = sesion.scalars(
            select(Usuario.nombres)
            .join(Membresia, Membresia.usuario_id == Usuario.id)
            .where(Usuario.id == titular.usuario_id, que_atienden())
        )
    nombre = next(iter(nombres), None)
    if nombre is None:
        frase = "Elige a una persona o un área de la entidad, de la lista."
        raise Invalido([Error("titular", "titular", frase)])
    return nombre


def _mismo(formulario_id: int, rol: str, titular: Titular) -> Select[Encargo]:
    # Comparar con `None` es «IS NULL».
    return select(Encargo).where(
        Encargo.formulario_id == formulario_id,
        Encargo.rol == rol,
        Encargo.usuario_id == titular.usuario_id,
        Encargo.area_id == titular.area_id,
    )

"""Quiénes trabajan en la entidad, para mostrarlos a quien los administra."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from facilita.tramite.ambito import Ambito
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import NoExiste
from facilita.tramite.membresias import cuantas_a_cargo
from facilita.tramite.modelos import (
    Area,
    Bitacora,
    Formulario,
    FormularioACargo,
    Invitacion,
    Membresia,
    Sede,
    SesionAbierta,
    Usuario,
)
from facilita.tramite.normalizar import normalizar
from facilita.tramite.permisos import ROLES, Actor, exigir
from facilita.tramite.puestos import Puesto, gobierna, roles_que_da

CUANTOS = 500
SITUACIONES = {
    "activo": "Activo",
    "invitado": "Invitado: todavía no acepta",
    "vencida": "Su invitación venció",
    "inactivo": "Inactivo",
}


@dataclass(frozen=True)
class Miembro:
    """Alguien con un puesto en la entidad."""

    id: int
    """El de su puesto."""
    usuario_id: int
    nombres: str
    correo: str
    puesto: Puesto
    rol: str
    sede: str | None
    area: str | None
    formularios: tuple[str, ...]
    situacion: str
    """«activo», «invitado», «vencida» o «inactivo»."""
    vence_en: datetime | None
    es_propio: bool

    @property
    def situacion_en_palabras(self) -> str:
        """Su situación, dicha."""
        return SITUACIONES[self.situacion]

    @property
    def atiende(self) -> str:
        """Qué atiende, en una frase."""
        partes = [self.area] if self.area else []
        partes += self.formularios
        return ", ".join(partes) or ("Todo" if self.puesto.lo_atiende_todo else "")


@dataclass(frozen=True)
class Ficha:
    """Alguien con un puesto, y lo que hace falta saber antes de cambiarlo."""

    miembro: Miembro
    a_cargo: int
    """Cuántas solicitudes sin terminar tiene."""
    sesiones: int
    hechos: tuple[tuple[datetime, str, str], ...]
    """Lo que pasó con su cuenta: cuándo, qué y quién."""


@dataclass(frozen=True)
class Opciones:
    """Lo que se ofrece al dar un puesto."""

    roles: tuple[str, ...]
    sedes: tuple[tuple[str, str], ...]
    areas: tuple[tuple[str, str], ...]
    formularios: tuple[tuple[str, str], ...]


def listar(
    entorno: Entorno, actor: Actor, texto: str = "", *, inactivos: bool = False
) -> tuple[Miembro, ...]:
    """Los que el actor administra, por su nombre; los inactivos, si se piden."""
    exigir(actor, "usuario.cambiar")
    buscado = normalizar(texto[:100]).split()
    with entorno.bd.lectura(Ambito.de(actor.entidad_id)) as sesion:
        consulta = _con_lugares().where(gobierna(actor), Membresia.activa.is_(not inactivos))
        filas = sesion.execute(consulta.order_by(Usuario.nombres, Usuario.id)).all()
        todos = _miembros(sesion, actor, filas, entorno.reloj.ahora())
    return tuple(m for m in todos if _responde(m, buscado))[:CUANTOS]


def _responde(miembro: Miembro, buscado: Sequence[str]) -> bool:
    suyo = normalizar(f"{miembro.nombres} {miembro.correo}")
    return all(palabra in suyo for palabra in buscado)


def _con_lugares() -> Select[Membresia, Usuario, Sede, Area]:
    return (
        select(Membresia, Usuario, Sede, Area)
        .join(Usuario, Usuario.id == Membresia.usuario_id)
        .outerjoin(Sede, Sede.id == Membresia.sede_id)
        .outerjoin(Area, Area.id == Membresia.area_id)
    )


def ver(entorno: Entorno, actor: Actor, cual: int) -> Ficha:
    """Alguien que el actor administra; lanza `NoExiste`."""
    exigir(actor, "usuario.cambiar")
    with entorno.bd.lectura(Ambito.de(actor.entidad_id)) as sesion:
        suya = _con_lugares().where(gobierna(actor), Membresia.id == cual)
        filas = sesion.execute(suya).all()
        if not filas:
            raise NoExiste("No encontramos a esa persona.")
        (miembro,) = _miembros(sesion, actor, filas, entorno.reloj.ahora())
        abiertas = select(func.count()).select_from(SesionAbierta)
        suyas = abiertas.where(SesionAbierta.membresia_id == cual)
        return Ficha(
            miembro,
            a_cargo=cuantas_a_cargo(sesion, miembro.usuario_id),
            sesiones=sesion.scalar(suyas) or 0,
            hechos=_hechos(sesion, actor.entidad_id, miembro.correo),
        )


HECHOS = {
    "usuario.creado": "Se creó su cuenta",
    "usuario.invitado": "Se le invitó",
    "usuario.puesto": "Cambió su puesto",
    "usuario.inactivado": "Se inactivó",
    "usuario.reactivado": "Se reactivó",
    "invitacion.renovada": "Se le dio otro enlace",
}


def _hechos(sesion: Session, entidad_id: int, correo: str) -> tuple[tuple[datetime, str, str], ...]:
    filas = sesion.execute(
        select(Bitacora, Usuario.nombres)
        .outerjoin(Usuario, Usuario.id == Bitacora.usuario_id)
        .where(
            Bitacora.entidad_id == entidad_id,
            Bitacora.sobre == correo[:120],
            Bitacora.accion.in_(HECHOS),
        )
        .order_by(Bitacora.id.desc())
        .limit(20)
    )
    return tuple((b.cuando, _dicho(b), quien or "La plataforma") for b, quien in filas)


def _dicho(linea: Bitacora) -> str:
    que, rol = HECHOS[linea.accion], linea.datos.get("rol")
    motivo = linea.datos.get("motivo")
    if motivo:
        return f"{que}: {motivo}"
    return f"{que}: {ROLES[rol]}" if rol in ROLES else que


def opciones(entorno: Entorno, actor: Actor) -> Opciones:
    """Los roles, sedes, áreas y formularios que el actor puede dar."""
    exigir(actor, "usuario.crear")
    with entorno.bd.lectura(Ambito.de(actor.entidad_id)) as sesion:
        sedes = select(Sede.codigo, Sede.nombre).where(Sede.activa)
        if "coordinador_entidad" not in roles_que_da(actor):
            sedes = sedes.where(Sede.id == actor.sede_id)
        areas = select(Area.codigo, Area.nombre).where(Area.activa).order_by(Area.nombre)
        formularios = select(Formulario.slug, Formulario.titulo).order_by(Formulario.titulo)
        return Opciones(
            roles=roles_que_da(actor),
            sedes=_pares(sesion, sedes.order_by(Sede.principal.desc(), Sede.nombre)),
            areas=_pares(sesion, areas),
            formularios=_pares(sesion, formularios),
        )


def _pares(sesion: Session, consulta: Select[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((f[0], f[1]) for f in sesion.execute(consulta))


def _miembros(
    sesion: Session, actor: Actor, filas: Sequence[Any], ahora: datetime
) -> list[Miembro]:
    usuarios = [usuario.id for _, usuario, _, _ in filas]
    de_cada_uno = _formularios(sesion, usuarios)
    vencen = _vencimientos(sesion, actor.entidad_id, usuarios)
    return [
        _miembro(actor, fila, de_cada_uno.get(fila[1].id, []), vencen.get(fila[1].id), ahora)
        for fila in filas
    ]


def _miembro(
    actor: Actor,
    fila: Any,
    formularios: Sequence[tuple[str, str]],
    vence_en: datetime | None,
    ahora: datetime,
) -> Miembro:
    membresia, usuario, sede, area = fila
    situacion = _situacion(membresia, usuario, vence_en, ahora)
    return Miembro(
        id=membresia.id,
        usuario_id=usuario.id,
        # Hasta que acepta no se dice cómo se llama en otra entidad.
        nombres=membresia.invitada_como or usuario.nombres,
        correo=usuario.correo,
        puesto=Puesto(
            membresia.rol,
            sede.codigo if sede else None,
            area.codigo if area else None,
            tuple(slug for slug, _ in formularios),
            membresia.atiende_todo,
        ),
        rol=ROLES[membresia.rol],
        sede=sede.nombre if sede else None,
        area=area.nombre if area else None,
        formularios=tuple(titulo for _, titulo in formularios),
        situacion=situacion,
        vence_en=vence_en if situacion == "invitado" else None,
        es_propio=membresia.id == actor.membresia_id,
    )


def _situacion(
    membresia: Membresia, usuario: Usuario, vence_en: datetime | None, ahora: datetime
) -> str:
    if not membresia.activa:
        return "inactivo"
    if membresia.invitada_como is None and usuario.clave is not None:
        return "activo"
    return "invitado" if vence_en and ahora < vence_en else "vencida"


def _formularios(sesion: Session, usuarios: Sequence[int]) -> Mapping[int, list[tuple[str, str]]]:
    filas = sesion.execute(
        select(FormularioACargo.usuario_id, Formulario.slug, Formulario.titulo)
        .join(Formulario, Formulario.id == FormularioACargo.formulario_id)
        .where(FormularioACargo.usuario_id.in_(usuarios))
        .order_by(Formulario.titulo)
    )
    suyos: dict[int, list[tuple[str, str]]] = {}
    for usuario_id, slug, titulo in filas:
        suyos.setdefault(usuario_id, []).append((slug, titulo))
    return suyos


def _vencimientos(
    sesion: Session, entidad_id: int, usuarios: Sequence[int]
) -> Mapping[int, datetime]:
    """Hasta cuándo sirve el último enlace de cada uno."""
    filas = sesion.execute(
        select(Invitacion.usuario_id, func.max(Invitacion.vence_en))
        .where(
            Invitacion.destino_id == entidad_id,
            Invitacion.usuario_id.in_(usuarios),
            Invitacion.usada_en.is_(None),
        )
        .group_by(Invitacion.usuario_id)
    )
    return {f[0]: f[1] for f in filas}

"""Los usuarios de una entidad: invitarlos, darles un puesto, inactivarlos; nadie se borra (N61)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from facilita.definicion.campos import Error
from facilita.definicion.limpieza import una_linea
from facilita.tramite import invitaciones
from facilita.tramite.ambito import Ambito
from facilita.tramite.bitacora import anotar
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto, Invalido, NoExiste
from facilita.tramite.invitaciones import Enlace, Invitado
from facilita.tramite.modelos import (
    Entidad,
    Invitacion,
    Membresia,
    SesionAbierta,
    Solicitud,
    Usuario,
)
from facilita.tramite.permisos import COORDINADOR_ENTIDAD, ROLES, SGTD, Actor, exigir
from facilita.tramite.puestos import Puesto, comprobar, dar, errores_de, gobierna
from facilita.tramite.usuarios import normalizar_correo

LARGO_DE_NOMBRES = 150
PROPIO = "Tu propio puesto lo cambia otra persona que coordina la entidad."
ULTIMO = (
    "Es la única persona que coordina la entidad con su cuenta en uso: antes dale ese rol a otra "
    "y espera a que acepte."
)


@dataclass(frozen=True)
class PorInvitar:
    """A quién se invita."""

    correo: str = ""
    nombres: str = ""


def invitar(entorno: Entorno, actor: Actor, nuevo: PorInvitar, puesto: Puesto) -> Enlace:
    """Da un puesto a alguien y lo invita por correo; el enlace se muestra también, una sola vez.

    La respuesta es la misma tenga o no una cuenta en otra entidad. Lanza `NoPermitido` o
    `Invalido`.
    """
    exigir(actor, "usuario.crear")
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        entidad = con_turno(sesion, actor)
        limpio, errores = revisar(sesion, actor, nuevo, puesto)
        if errores:
            raise Invalido(errores)
        return agregar(entorno, sesion, actor, entidad, limpio, puesto)


def revisar(
    sesion: Session, actor: Actor, nuevo: PorInvitar, puesto: Puesto
) -> tuple[PorInvitar, list[Error]]:
    """Los datos limpios de alguien por invitar, y todo lo que está mal en ellos o en su puesto."""
    limpio, errores = _limpiar(nuevo)
    errores += errores_de(sesion, actor, puesto)
    usuario = sesion.scalar(select(Usuario).where(Usuario.correo == limpio.correo))
    if usuario is not None:
        errores += _si_ya_tiene_puesto(sesion, usuario)
    return limpio, errores


def _limpiar(nuevo: PorInvitar) -> tuple[PorInvitar, list[Error]]:
    errores: list[Error] = []
    correo, nombres = "", una_linea(nuevo.nombres) or ""
    try:
        correo = normalizar_correo(nuevo.correo)
    except Invalido as negativa:
        errores += negativa.errores
    if not nombres or len(nombres) > LARGO_DE_NOMBRES:
        frase = f"Escribe sus nombres y apellidos, en {LARGO_DE_NOMBRES} letras como máximo."
        errores.append(Error("nombres", "nombres", frase))
    return PorInvitar(correo, nombres), errores


def agregar(
    entorno: Entorno,
    sesion: Session,
    actor: Actor,
    entidad: Entidad,
    nuevo: PorInvitar,
    puesto: Puesto,
) -> Enlace:
    """Lo mismo que `invitar`, con todo ya revisado y dentro de una transacción."""
    ahora = entorno.reloj.ahora()
    usuario = _usuario(sesion, nuevo, ahora)
    membresia = Membresia(
        entidad_id=entidad.id, usuario_id=usuario.id, creada_en=ahora, invitada_como=nuevo.nombres
    )
    dar(sesion, membresia, puesto, ahora)
    _anotar(entorno, sesion, actor, "usuario.invitado", usuario, rol=puesto.rol)
    return _enviar(entorno, sesion, entidad, membresia, usuario)


def _usuario(sesion: Session, nuevo: PorInvitar, ahora: datetime) -> Usuario:
    suyo = select(Usuario).where(Usuario.correo == nuevo.correo)
    if sesion.scalar(suyo) is None:
        try:
            with sesion.begin_nested():
                sesion.add(Usuario(correo=nuevo.correo, nombres=nuevo.nombres, creado_en=ahora))
        except IntegrityError:
            pass  # Otra entidad lo invitó a la vez.
    return sesion.scalars(suyo).one()


def _si_ya_tiene_puesto(sesion: Session, usuario: Usuario) -> list[Error]:
    ya = sesion.scalar(select(Membresia).where(Membresia.usuario_id == usuario.id))
    if ya is None:
        return []
    frase = "Ese correo ya es de alguien de la entidad."
    if not ya.activa:
        frase = "Ese correo es de alguien inactivo de la entidad: reactívalo en vez de invitarlo."
    return [Error("correo", "repetido", frase)]


def _enviar(
    entorno: Entorno, sesion: Session, entidad: Entidad, membresia: Membresia, usuario: Usuario
) -> Enlace:
    invitado = Invitado(
        usuario_id=usuario.id,
        correo=usuario.correo,
        nombres=membresia.invitada_como or usuario.nombres,
        entidad_id=entidad.id,
        entidad=entidad.nombre,
        rol=membresia.rol,
    )
    return invitaciones.escribir(entorno, sesion, entidad, invitado)


def renovar(entorno: Entorno, actor: Actor, cual: int) -> Enlace:
    """Otro enlace para quien todavía no acepta; el anterior deja de servir.

    Lanza `Conflicto` si ya aceptó o está inactivo.
    """
    exigir(actor, "usuario.cambiar")
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        entidad = con_turno(sesion, actor)
        membresia, usuario = hallar(sesion, actor, cual)
        if not membresia.activa:
            raise Conflicto("Está inactivo: antes reactívalo.")
        if membresia.invitada_como is None and usuario.clave is not None:
            raise Conflicto("Esa persona ya aceptó: no necesita otro enlace.")
        _anotar(entorno, sesion, actor, "invitacion.renovada", usuario)
        return _enviar(entorno, sesion, entidad, membresia, usuario)


def cambiar_puesto(entorno: Entorno, actor: Actor, cual: int, puesto: Puesto) -> None:
    """Cambia el rol, la sede, el área o los formularios de alguien; vale desde ya.

    Lanza `NoExiste`, `Invalido`, o `Conflicto` si es el puesto propio o el último que coordina.
    """
    exigir(actor, "usuario.cambiar")
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        con_turno(sesion, actor)
        membresia, usuario = hallar(sesion, actor, cual)
        _exigir_ajeno(actor, usuario)
        if not membresia.activa:
            raise Conflicto("Está inactivo: antes reactívalo.")
        comprobar(sesion, actor, puesto)
        if puesto.rol != membresia.rol:
            exigir_otro_que_coordine(sesion, membresia)
        antes = membresia.rol
        dar(sesion, membresia, puesto, entorno.reloj.ahora())
        _anotar(entorno, sesion, actor, "usuario.puesto", usuario, antes=antes, rol=puesto.rol)


def inactivar(entorno: Entorno, actor: Actor, cual: int, motivo: str = "") -> None:
    """Le quita el puesto a alguien: sus sesiones se cierran y todo lo que hizo queda.

    Lanza `Conflicto` si es el puesto propio o el último que coordina la entidad.
    """
    exigir(actor, "usuario.cambiar")
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        con_turno(sesion, actor)
        membresia, usuario = hallar(sesion, actor, cual)
        _exigir_ajeno(actor, usuario)
        exigir_otro_que_coordine(sesion, membresia)
        cerrar_puesto(sesion, membresia, entorno.reloj.ahora())
        dicho = (una_linea(motivo) or "")[:200]
        _anotar(entorno, sesion, actor, "usuario.inactivado", usuario, motivo=dicho)


def cerrar_puesto(sesion: Session, membresia: Membresia, ahora: datetime) -> None:
    """Deja el puesto sin uso: sin sesiones y sin enlaces que sirvan."""
    membresia.activa = False
    sesion.execute(delete(SesionAbierta).where(SesionAbierta.membresia_id == membresia.id))
    sesion.execute(
        update(Invitacion)
        .where(
            Invitacion.usuario_id == membresia.usuario_id,
            Invitacion.destino_id == membresia.entidad_id,
            Invitacion.usada_en.is_(None),
            Invitacion.vence_en > ahora,
        )
        .values(vence_en=ahora)
    )


def reactivar(entorno: Entorno, actor: Actor, cual: int) -> None:
    """Devuelve su puesto a alguien inactivo, tal como estaba."""
    exigir(actor, "usuario.cambiar")
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        con_turno(sesion, actor)
        membresia, usuario = hallar(sesion, actor, cual)
        membresia.activa = True
        _anotar(entorno, sesion, actor, "usuario.reactivado", usuario, rol=membresia.rol)


def con_turno(sesion: Session, actor: Actor) -> Entidad:
    """La entidad, con su turno: los puestos se cambian de a uno, y siempre queda quien coordine."""
    return sesion.get_one(Entidad, actor.entidad_id, with_for_update=True)


def hallar(sesion: Session, actor: Actor, cual: int) -> tuple[Membresia, Usuario]:
    """El puesto y la persona, si el actor los administra; lanza `NoExiste`."""
    fila = sesion.execute(
        select(Membresia, Usuario)
        .join(Usuario, Usuario.id == Membresia.usuario_id)
        .where(Membresia.id == cual, or_(gobierna(actor), Membresia.id == actor.membresia_id))
    ).one_or_none()
    if fila is None:
        raise NoExiste("No encontramos a esa persona.")
    return fila[0], fila[1]


def _exigir_ajeno(actor: Actor, usuario: Usuario) -> None:
    if usuario.id == actor.usuario_id:
        raise Conflicto(PROPIO)


def exigir_otro_que_coordine(sesion: Session, membresia: Membresia) -> None:
    """Lanza `Conflicto` si nadie más con la cuenta en uso coordina la entidad."""
    cabezas = (COORDINADOR_ENTIDAD, SGTD)
    if membresia.rol not in cabezas or not membresia.activa:
        return
    otros = (
        select(func.count())
        .select_from(Membresia)
        .join(Usuario, Usuario.id == Membresia.usuario_id)
        .where(
            Membresia.id != membresia.id,
            Membresia.rol == membresia.rol,
            Membresia.activa,
            Membresia.invitada_como.is_(None),
            Usuario.activo,
            Usuario.clave.is_not(None),
        )
    )
    if not sesion.scalar(otros):
        raise Conflicto(ULTIMO)


def cuantas_a_cargo(sesion: Session, usuario_id: int) -> int:
    """Cuántas solicitudes sin terminar tiene alguien a su cargo."""
    suyas = select(func.count()).select_from(Solicitud)
    suyas = suyas.where(Solicitud.abierta, Solicitud.asignada_id == usuario_id)
    return sesion.scalar(suyas) or 0


def _anotar(
    entorno: Entorno, sesion: Session, actor: Actor, que: str, usuario: Usuario, **datos: object
) -> None:
    ahora = entorno.reloj.ahora()
    rol = datos.get("rol")
    if isinstance(rol, str):
        datos["rol_dicho"] = ROLES[rol]
    anotar(sesion, ahora, actor.entidad_id, actor.usuario_id, que, usuario.correo[:120], **datos)

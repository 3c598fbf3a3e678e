"""Quién lidera la mesa de partes de una entidad, y cómo entrega el encargo a otra persona."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from facilita.definicion.campos import Error
from facilita.definicion.limpieza import una_linea
from facilita.servicios.codigos import ficha_secreta
from facilita.tramite.ambito import Ambito
from facilita.tramite.bitacora import anotar
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Invalido
from facilita.tramite.membresias import cerrar_puesto, con_turno
from facilita.tramite.modelos import Entidad, Liderazgo, Membresia, Salida, Usuario
from facilita.tramite.permisos import COORDINADOR_ENTIDAD, SGTD, Actor, en_uso, exigir
from facilita.tramite.puestos import Puesto, dar

TITULAR, ENCARGADO = "titular", "encargado"
CALIDADES: Mapping[str, str] = {
    TITULAR: "Líder de Gobierno y Transformación Digital",
    ENCARGADO: "Quien hace sus veces",
}
SIGUE, SE_VA = "sigue", "se_va"
LARGO_DE_CARGO, LARGO_DE_SUSTENTO = 150, 250


@dataclass(frozen=True)
class Entrega:
    """Lo que se escribe al entregar el encargo."""

    a: int | None = None
    """El puesto de quien lo recibe."""
    calidad: str = TITULAR
    cargo: str = ""
    sustento: str = ""
    despues: str = SIGUE
    """Si quien entrega «sigue» coordinando o «se_va»."""


@dataclass(frozen=True)
class Lider:
    """Quien lidera, desde cuándo y por qué."""

    usuario_id: int
    nombres: str
    correo: str
    calidad: str
    cargo: str
    sustento: str
    desde: datetime | None
    """Vacío si nunca hubo una entrega: lo es desde que la entidad está."""
    entrega: str | None = None
    """De quién lo recibió."""
    registro: str | None = None
    """Quién lo registró."""


@dataclass(frozen=True)
class Encargo:
    """Quien lidera, los anteriores y quiénes pueden recibirlo."""

    actual: Lider | None
    anteriores: tuple[Lider, ...]
    posibles: tuple[tuple[int, str], ...]


def ver(entorno: Entorno, actor: Actor) -> Encargo:
    """El liderazgo de la entidad, con su historia."""
    exigir(actor, "liderazgo.entregar")
    with entorno.bd.lectura(Ambito.de(actor.entidad_id)) as sesion:
        todos = historia(sesion)
        lider = todos[0] if todos else None
        otros = (
            select(Membresia.id, Usuario.nombres)
            .join(Usuario, Usuario.id == Membresia.usuario_id)
            .where(en_uso(), Usuario.clave.is_not(None), Membresia.rol != SGTD)
            .order_by(Usuario.nombres)
        )
        if lider:
            otros = otros.where(Usuario.id != lider.usuario_id)
        posibles = tuple((f[0], f[1]) for f in sesion.execute(otros))
        return Encargo(lider, todos[1:], posibles)


def actual(sesion: Session) -> Lider | None:
    """Quien lidera hoy la entidad de la sesión."""
    return next(iter(historia(sesion)), None)


def historia(sesion: Session) -> tuple[Lider, ...]:
    """Quienes la lideraron, del último al primero."""
    filas = sesion.scalars(select(Liderazgo).order_by(Liderazgo.id.desc())).all()
    if not filas:
        primero = _sin_entregas(sesion)
        return (primero,) if primero else ()
    return tuple(_lider(fila) for fila in filas)


def _lider(fila: Liderazgo) -> Lider:
    return Lider(
        fila.usuario_id,
        fila.usuario.nombres,
        fila.usuario.correo,
        CALIDADES[fila.calidad],
        fila.cargo,
        fila.sustento,
        fila.desde,
        fila.entrega.nombres if fila.entrega else None,
        fila.registra.nombres,
    )


def _sin_entregas(sesion: Session) -> Lider | None:
    """Mientras nadie lo entregó, es quien coordina la entidad desde antes."""
    usuario = sesion.scalar(
        select(Usuario)
        .join(Membresia, Membresia.usuario_id == Usuario.id)
        .where(Membresia.rol == COORDINADOR_ENTIDAD, Membresia.activa, Usuario.activo)
        .order_by(Membresia.id)
        .limit(1)
    )
    if usuario is None:
        return None
    return Lider(usuario.id, usuario.nombres, usuario.correo, CALIDADES[TITULAR], "", "", None)


def entregar(entorno: Entorno, actor: Actor, entrega: Entrega) -> bool:
    """Registra que otra persona lidera la entidad; da si quien lo pidió se queda sin su puesto.

    Quien recibe pasa a coordinar la entidad. Es un acto: queda con su sustento y no se cambia.
    Lanza `NoPermitido` o `Invalido`.
    """
    exigir(actor, "liderazgo.entregar")
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        entidad, antes = con_turno(sesion, actor), actual(sesion)
        cargo, sustento = una_linea(entrega.cargo) or "", una_linea(entrega.sustento) or ""
        recibe = _quien_recibe(sesion, entrega, antes)
        errores = [*_errores(entrega, cargo, sustento), *([] if recibe else [_SIN_QUIEN])]
        if errores or recibe is None:
            raise Invalido(errores)
        membresia, usuario = recibe
        sesion.add(
            Liderazgo(
                entidad_id=entidad.id, usuario_id=usuario.id, calidad=entrega.calidad,
                cargo=cargo, sustento=sustento, desde=ahora,
                entrega_id=antes.usuario_id if antes else None, registra_id=actor.usuario_id,
            )
        )  # fmt: skip
        if membresia.rol != COORDINADOR_ENTIDAD:
            dar(sesion, membresia, Puesto(COORDINADOR_ENTIDAD), ahora)
        se_va = _despedir(sesion, antes, entrega, ahora)
        anotar(
            sesion, ahora, entidad.id, actor.usuario_id, "liderazgo.entregado",
            usuario.correo[:120], de=antes.correo if antes else None, sustento=sustento,
            despues=entrega.despues,
        )  # fmt: skip
        _avisar(sesion, entorno, entidad, usuario, cargo, ahora)
        return se_va and antes is not None and antes.usuario_id == actor.usuario_id


_SIN_QUIEN = Error("a", "opcion", "Elige a quién lo recibe: alguien que ya entra con su cuenta.")


def _quien_recibe(
    sesion: Session, entrega: Entrega, antes: Lider | None
) -> tuple[Membresia, Usuario] | None:
    fila = sesion.execute(
        select(Membresia, Usuario)
        .join(Usuario, Usuario.id == Membresia.usuario_id)
        .where(
            Membresia.id == (entrega.a or 0),
            en_uso(),
            Usuario.clave.is_not(None),
            Membresia.rol != SGTD,
        )
    ).one_or_none()
    if fila is None or (antes and fila[1].id == antes.usuario_id):
        return None
    return fila[0], fila[1]


def _errores(entrega: Entrega, cargo: str, sustento: str) -> list[Error]:
    errores = []
    if entrega.calidad not in CALIDADES:
        errores.append(Error("calidad", "opcion", "Elige en qué calidad lo recibe."))
    if not cargo or len(cargo) > LARGO_DE_CARGO:
        frase = f"Escribe el cargo de quien lo recibe, en {LARGO_DE_CARGO} letras como máximo."
        errores.append(Error("cargo", "vacio", frase))
    if not sustento or len(sustento) > LARGO_DE_SUSTENTO:
        frase = (
            "Escribe el documento que lo designa, como «Resolución de Alcaldía N.° 012-2026», en "
            f"{LARGO_DE_SUSTENTO} letras como máximo."
        )
        errores.append(Error("sustento", "vacio", frase))
    if entrega.despues not in (SIGUE, SE_VA):
        errores.append(Error("despues", "opcion", "Elige qué pasa con quien lo entrega."))
    return errores


def _despedir(sesion: Session, antes: Lider | None, entrega: Entrega, ahora: datetime) -> bool:
    """Si quien entrega se va, su puesto queda inactivo y sus sesiones se cierran."""
    if entrega.despues != SE_VA or antes is None:
        return False
    suyo = select(Membresia).where(
        Membresia.usuario_id == antes.usuario_id,
        Membresia.rol == COORDINADOR_ENTIDAD,
        Membresia.activa,
    )
    puesto = sesion.scalar(suyo)
    if puesto is None:
        return False
    cerrar_puesto(sesion, puesto, ahora)
    return True


def _avisar(
    sesion: Session,
    entorno: Entorno,
    entidad: Entidad,
    usuario: Usuario,
    cargo: str,
    ahora: datetime,
) -> None:
    texto = (
        f"Hola, {usuario.nombres}:\n\nDesde hoy lideras la mesa de partes digital de "
        f"{entidad.nombre} ({cargo}) y coordinas la entidad en la plataforma.\n\n"
        f"Ingresa con tu contraseña de siempre: {entorno.direccion_publica}/ingresar\n\n"
        f"--\n{entidad.nombre}\n"
    )
    sesion.add(
        Salida(
            entidad_id=entidad.id,
            clase="correo",
            clave=f"liderazgo.{ficha_secreta()[:24]}",
            datos={
                "para": usuario.correo,
                "asunto": f"Lideras la mesa de partes de {entidad.nombre_corto}",
                "texto": texto,
                "responder_a": entidad.correo,
                "nombre_de": entidad.nombre_corto,
                "entidad": entidad.nombre,
            },
            proxima_en=ahora,
            creada_en=ahora,
        )
    )

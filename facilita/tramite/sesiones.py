"""Las sesiones de los usuarios: viven en la base, así que se pueden cerrar."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from facilita.servicios.claves import cifrar, necesita_cifrar, verificar
from facilita.servicios.codigos import ficha_secreta, huella
from facilita.tramite import segundo_factor
from facilita.tramite.ambito import NADA, Ambito
from facilita.tramite.bitacora import anotar
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import NoExiste, NoPermitido, Vencido
from facilita.tramite.intentos import (
    AQUI,
    Desde,
    anotar_fallo,
    barrer_intentos,
    exigir_turno,
    olvidar_los_suyos,
)
from facilita.tramite.modelos import Entidad, Membresia, SesionAbierta, Usuario
from facilita.tramite.normalizar import guardable
from facilita.tramite.permisos import Actor, en_uso
from facilita.tramite.segundo_factor import lo_tiene
from facilita.tramite.situaciones import suspension_de

INACTIVIDAD = timedelta(hours=2)
DURACION = timedelta(hours=12)
PARA_EL_CODIGO = timedelta(minutes=10)
LARGO_DE_CUAL = 16
FRASE = "El correo o la contraseña no son correctos."


class IngresoNegado(NoPermitido):
    """No se pudo ingresar; la frase es la misma para todo lo que no coincide."""

    frase = FRASE


@dataclass(frozen=True)
class PuestoOfrecido:
    """Una membresía que la persona puede usar."""

    id: int
    entidad: str
    rol: str


def ingresar(
    entorno: Entorno, correo: str, clave: str, agente: str | None, desde: Desde = AQUI
) -> str:
    """Abre una sesión y da su ficha; lanza `IngresoNegado` o `IngresoDetenido`."""
    ahora = entorno.reloj.ahora()
    escrito = guardable(correo.strip().casefold())
    with entorno.bd.lectura(NADA) as sesion:
        usuario = sesion.scalar(select(Usuario).where(Usuario.correo == escrito))
    # Verificar cuesta lo mismo exista o no la cuenta, y no detiene a nadie más.
    coincide = verificar(usuario.clave if usuario else None, clave)
    with entorno.bd.lectura(NADA) as sesion:
        exigir_turno(sesion, escrito, ahora, desde)
    if usuario is None or not coincide or not usuario.activo:
        _anotar_fallo(entorno, escrito, usuario.id if usuario else None, ahora, desde)
        raise IngresoNegado
    return _abrir(entorno, usuario, clave, agente, desde)


def _anotar_fallo(
    entorno: Entorno, correo: str, usuario_id: int | None, ahora: datetime, desde: Desde
) -> None:
    """Cuenta el fallo de un correo, tenga cuenta o no: las dos respuestas son la misma."""
    with entorno.bd.transaccion(NADA) as sesion:
        anotar_fallo(sesion, correo, ahora, desde)
        anotar(sesion, ahora, None, usuario_id, "ingreso.fallido")


def _abrir(
    entorno: Entorno, conocido: Usuario, clave: str, agente: str | None, desde: Desde
) -> str:
    ahora, ficha, usuario_id = entorno.reloj.ahora(), ficha_secreta(), conocido.id
    membresias = _membresias(entorno, usuario_id)
    if not membresias:
        raise NoPermitido("Tu cuenta no tiene un lugar en ninguna entidad.")
    with entorno.bd.transaccion(NADA) as sesion:
        usuario = sesion.get_one(Usuario, usuario_id, with_for_update=True)
        olvidar_los_suyos(sesion, usuario.correo, desde)
        falta_codigo = lo_tiene(sesion, usuario_id)
        if usuario.clave and necesita_cifrar(usuario.clave):
            usuario.clave = cifrar(clave)
        sesion.add(
            SesionAbierta(
                huella=huella(ficha),
                usuario_id=usuario_id,
                membresia_id=membresias[0].id,
                abierta_en=ahora,
                vista_en=ahora,
                vence_en=ahora + (PARA_EL_CODIGO if falta_codigo else DURACION),
                agente=guardable(agente or "")[:200] or None,
                red=desde.red[:60] or None,
                pendiente=falta_codigo,
            )
        )
        if not falta_codigo:
            anotar(sesion, ahora, None, usuario_id, "ingreso")
    return ficha


def espera_codigo(entorno: Entorno, ficha: str) -> bool:
    """Si una sesión espera todavía el segundo factor."""
    with entorno.bd.lectura(NADA) as sesion:
        return _pendiente(sesion, ficha, entorno.reloj.ahora()) is not None


def _pendiente(sesion: Session, ficha: str, ahora: datetime) -> SesionAbierta | None:
    abierta = sesion.get(SesionAbierta, huella(ficha))
    return abierta if abierta and abierta.pendiente and ahora <= abierta.vence_en else None


def confirmar(entorno: Entorno, ficha: str, codigo: str, desde: Desde = AQUI) -> str:
    """Con el segundo factor, la sesión se abre; da su ficha, que es otra.

    Lanza `Vencido` si ya no espera, `Invalido` o `IngresoDetenido`.
    """
    ahora = entorno.reloj.ahora()
    with entorno.bd.lectura(NADA) as sesion:
        espera = _pendiente(sesion, ficha, ahora)
    if espera is None:
        raise Vencido("Pasó mucho tiempo. Ingresa otra vez con tu contraseña.")
    segundo_factor.comprobar(entorno, espera.usuario_id, codigo, ahora, desde)
    nueva = ficha_secreta()
    with entorno.bd.transaccion(NADA) as sesion:
        vieja = sesion.get(SesionAbierta, huella(ficha))
        if vieja is None:
            raise Vencido("Pasó mucho tiempo. Ingresa otra vez con tu contraseña.")
        sesion.delete(vieja)
        sesion.add(
            SesionAbierta(
                huella=huella(nueva), usuario_id=vieja.usuario_id,
                membresia_id=vieja.membresia_id, abierta_en=ahora, vista_en=ahora,
                vence_en=ahora + DURACION, agente=vieja.agente, red=vieja.red, pendiente=False,
            )
        )  # fmt: skip
        anotar(sesion, ahora, None, vieja.usuario_id, "ingreso")
    return nueva


def _membresias(entorno: Entorno, usuario_id: int) -> list[Membresia]:
    with entorno.bd.lectura(Ambito.de_plataforma("membresías de quien ingresa")) as sesion:
        return list(
            sesion.scalars(
                select(Membresia)
                .join(Usuario, Usuario.id == Membresia.usuario_id)
                .join(Entidad, Entidad.id == Membresia.entidad_id)
                .where(Membresia.usuario_id == usuario_id, en_uso())
                .order_by(Membresia.id)
            )
        )


def actor_de(entorno: Entorno, ficha: str) -> Actor | None:
    """Quien usa una sesión, o `None` si no hay tal o ya terminó."""
    ahora = entorno.reloj.ahora()
    with entorno.bd.lectura(Ambito.de_plataforma("sesión de un usuario")) as sesion:
        abierta = sesion.get(SesionAbierta, huella(ficha))
        if abierta is None or not _vive(abierta, ahora):
            return None
        actor = _actor(sesion, abierta)
        vista_en, vence_en = abierta.vista_en, abierta.vence_en
    if actor is None:
        return None
    if ahora - vista_en > timedelta(minutes=1):
        _marcar_vista(entorno, ficha, ahora)
        vista_en = ahora
    inactiva_en = vista_en + INACTIVIDAD
    return replace(
        actor, cierra_en=min(inactiva_en, vence_en), se_alarga=ahora + INACTIVIDAD < vence_en
    )


def _vive(abierta: SesionAbierta, ahora: datetime) -> bool:
    if abierta.pendiente:
        return False
    return ahora <= abierta.vence_en and ahora - abierta.vista_en <= INACTIVIDAD


def _actor(sesion: Session, abierta: SesionAbierta) -> Actor | None:
    fila = sesion.execute(
        select(Usuario, Membresia, Entidad)
        .join(Membresia, Membresia.usuario_id == Usuario.id)
        .join(Entidad, Entidad.id == Membresia.entidad_id)
        .where(
            Usuario.id == abierta.usuario_id,
            Membresia.id == abierta.membresia_id,
            en_uso(),
        )
    ).one_or_none()
    if fila is None:
        return None
    usuario, membresia, entidad = fila
    return Actor(
        usuario_id=usuario.id,
        nombres=usuario.nombres,
        correo=usuario.correo,
        membresia_id=membresia.id,
        entidad_id=entidad.id,
        entidad_slug=entidad.slug,
        entidad_nombre=entidad.nombre,
        rol=membresia.rol,
        sede_id=membresia.sede_id,
        area_id=membresia.area_id,
        atiende_todo=membresia.atiende_todo,
        suspension=_suspension(sesion, entidad),
        debe_segundo_factor=entidad.exige_segundo_factor and not lo_tiene(sesion, usuario.id),
    )


def _suspension(sesion: Session, entidad: Entidad) -> tuple[datetime, str] | None:
    suya = suspension_de(sesion, entidad)
    return (suya.desde, suya.motivo) if suya else None


def _marcar_vista(entorno: Entorno, ficha: str, ahora: datetime) -> None:
    with entorno.bd.transaccion(NADA) as sesion:
        abierta = sesion.get(SesionAbierta, huella(ficha))
        if abierta is not None:
            abierta.vista_en = ahora


def puestos(entorno: Entorno, usuario_id: int) -> list[PuestoOfrecido]:
    """Los puestos que la persona puede usar."""
    with entorno.bd.lectura(Ambito.de_plataforma("lugares de un usuario")) as sesion:
        filas = sesion.execute(
            select(Membresia.id, Entidad.nombre, Membresia.rol)
            .join(Usuario, Usuario.id == Membresia.usuario_id)
            .join(Entidad, Entidad.id == Membresia.entidad_id)
            .where(Membresia.usuario_id == usuario_id, en_uso())
            .order_by(Entidad.nombre)
        ).all()
    return [PuestoOfrecido(f[0], f[1], f[2]) for f in filas]


def usar_puesto(entorno: Entorno, ficha: str, usuario_id: int, membresia_id: int) -> None:
    """Cambia la membresía en uso por otra de la misma persona; lanza `NoExiste`."""
    if membresia_id not in {puesto.id for puesto in puestos(entorno, usuario_id)}:
        raise NoExiste
    with entorno.bd.transaccion(NADA) as sesion:
        sesion.get_one(SesionAbierta, huella(ficha)).membresia_id = membresia_id


def salir(entorno: Entorno, ficha: str) -> None:
    """Cierra una sesión."""
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(NADA) as sesion:
        abierta = sesion.get(SesionAbierta, huella(ficha))
        if abierta is not None:
            sesion.delete(abierta)
            anotar(sesion, ahora, None, abierta.usuario_id, "salida")


@dataclass(frozen=True)
class SesionVista:
    """Una sesión abierta de una persona, para que la reconozca."""

    cual: str
    """Con qué se cierra: no es su ficha ni sirve para entrar."""
    agente: str
    red: str
    abierta_en: datetime
    vista_en: datetime
    es_esta: bool


def abiertas(entorno: Entorno, usuario_id: int, ficha: str) -> tuple[SesionVista, ...]:
    """Las sesiones abiertas de una persona: la que usa ahora, primero."""
    ahora = entorno.reloj.ahora()
    with entorno.bd.lectura(NADA) as sesion:
        suyas = select(SesionAbierta).where(SesionAbierta.usuario_id == usuario_id)
        filas = sesion.scalars(suyas.order_by(SesionAbierta.vista_en.desc())).all()
    vistas = [
        SesionVista(
            s.huella[:LARGO_DE_CUAL], s.agente or "", s.red or "", s.abierta_en, s.vista_en,
            s.huella == huella(ficha),
        )
        for s in filas
        if _vive(s, ahora)
    ]  # fmt: skip
    return tuple(sorted(vistas, key=lambda v: not v.es_esta))


def cerrar(entorno: Entorno, usuario_id: int, ficha: str, cual: str | None) -> None:
    """Cierra una sesión propia o, sin decir cuál, todas menos la que se usa; lanza `NoExiste`."""
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(NADA) as sesion:
        otras = select(SesionAbierta).where(
            SesionAbierta.usuario_id == usuario_id, SesionAbierta.huella != huella(ficha)
        )
        suyas = sesion.scalars(otras).all()
        elegidas = [s for s in suyas if cual is None or s.huella[:LARGO_DE_CUAL] == cual]
        if cual is not None and not elegidas:
            raise NoExiste("Esa sesión ya está cerrada.")
        for abierta in elegidas:
            sesion.delete(abierta)
        anotar(sesion, ahora, None, usuario_id, "sesiones.cerradas", cuantas=len(elegidas))


def barrer(entorno: Entorno) -> None:
    """Borra las sesiones que ya vencieron y los intentos que ya se olvidan."""
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(NADA) as sesion:
        sesion.execute(delete(SesionAbierta).where(SesionAbierta.vence_en < ahora))
        barrer_intentos(sesion, ahora)

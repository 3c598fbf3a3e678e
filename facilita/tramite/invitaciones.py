"""Las invitaciones: un enlace que vence y sirve una vez para que alguien ponga su contraseña."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from facilita.definicion.campos import Error
from facilita.plazos import momento_largo
from facilita.servicios.claves import cifrar, fallas_de_clave
from facilita.servicios.codigos import ficha_secreta, huella
from facilita.tramite import bienvenida
from facilita.tramite.ambito import NADA
from facilita.tramite.bitacora import anotar
from facilita.tramite.caso import Caso
from facilita.tramite.correos import dejar
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Invalido, NoExiste, Vencido
from facilita.tramite.modelos import Entidad, Invitacion, Movimiento, Usuario

DURACION = timedelta(days=7)
SUCESO = "entidad_creada"


@dataclass(frozen=True)
class Invitado:
    """A quién se invita, y a qué entidad."""

    usuario_id: int
    correo: str
    nombres: str
    entidad_id: int
    entidad: str


@dataclass(frozen=True)
class Alta:
    """La entidad que creó una solicitud y en qué va la invitación de su líder."""

    slug: str
    entidad: str
    correo: str
    situacion: str
    """«con_cuenta», «aceptada», «pendiente» o «vencida»."""
    vence_en: datetime | None


def invitar(caso: Caso, invitado: Invitado, slug: str, clave: str) -> None:
    """Escribe el correo con el enlace; a quien ya tiene contraseña solo le avisa."""
    raiz = caso.entorno.direccion_publica
    usuario = caso.sesion.get_one(Usuario, invitado.usuario_id)
    if usuario.clave is None:
        ficha = nueva(caso.sesion, invitado.usuario_id, invitado.entidad_id, caso.ahora)
        hasta = momento_largo(caso.ahora + DURACION)
        como = (
            f"Pon tu contraseña aquí: {raiz}/invitacion/{ficha}\n"
            f"El enlace sirve una sola vez, hasta el {hasta}.\n"
        )
    else:
        como = f"Ingresa con tu contraseña de siempre: {raiz}/ingresar\n"
    texto = bienvenida.correo(
        invitado.nombres, invitado.entidad, f"{raiz}/{slug}/", como, caso.entidad, raiz
    )
    dejar(caso, clave, invitado.correo, f"Tu cuenta para {invitado.entidad}", texto)


def nueva(sesion: Session, usuario_id: int, entidad_id: int, ahora: datetime) -> str:
    """Una ficha nueva; las anteriores de esa persona dejan de servir."""
    vigentes = update(Invitacion).where(
        Invitacion.usuario_id == usuario_id, Invitacion.usada_en.is_(None)
    )
    sesion.execute(vigentes.values(vence_en=ahora))
    ficha = ficha_secreta()
    sesion.add(
        Invitacion(
            huella=huella(ficha),
            usuario_id=usuario_id,
            destino_id=entidad_id,
            creada_en=ahora,
            vence_en=ahora + DURACION,
        )
    )
    sesion.flush()
    return ficha


def mirar(entorno: Entorno, ficha: str) -> Invitado:
    """A quién invita un enlace; lanza `NoExiste`, o `Vencido` si ya no sirve."""
    with entorno.bd.lectura(NADA) as sesion:
        invitacion = _vigente(sesion, ficha, entorno.reloj.ahora())
        usuario = sesion.get_one(Usuario, invitacion.usuario_id)
        entidad = sesion.get_one(Entidad, invitacion.destino_id)
        return Invitado(usuario.id, usuario.correo, usuario.nombres, entidad.id, entidad.nombre)


def aceptar(entorno: Entorno, ficha: str, clave: str) -> None:
    """Pone la contraseña de quien fue invitado y gasta el enlace.

    Lanza `NoExiste`, `Vencido`, o `Invalido` si la contraseña no sirve.
    """
    invitado, ahora = mirar(entorno, ficha), entorno.reloj.ahora()
    fallas = fallas_de_clave(clave, invitado.correo)
    if fallas:
        raise Invalido([Error("nueva", "nueva", falla) for falla in fallas])
    cifrada = cifrar(clave)
    with entorno.bd.transaccion(NADA) as sesion:
        usuario = sesion.get_one(Usuario, invitado.usuario_id, with_for_update=True)
        # Con el turno tomado: dos envíos a la vez del mismo enlace no sirven los dos.
        invitacion = _vigente(sesion, ficha, ahora)
        if usuario.clave is not None:
            raise Vencido("Esta cuenta ya tiene contraseña. Ingresa con ella.")
        usuario.clave = cifrada
        invitacion.usada_en = ahora
        anotar(sesion, ahora, None, usuario.id, "invitacion.aceptada")


def _vigente(sesion: Session, ficha: str, ahora: datetime) -> Invitacion:
    invitacion = sesion.scalar(
        select(Invitacion)
        .where(Invitacion.huella == huella(ficha))
        .execution_options(populate_existing=True)
    )
    if invitacion is None:
        raise NoExiste("Ese enlace no es de ninguna invitación. Revísalo o pide otro.")
    if invitacion.usada_en is not None:
        raise Vencido("Este enlace ya se usó. Ingresa con la contraseña que pusiste.")
    if ahora >= invitacion.vence_en:
        raise Vencido("Este enlace venció. Pide otro a quien te invitó.")
    return invitacion


def de_solicitud(caso: Caso) -> Alta | None:
    """La entidad que creó esta solicitud, o `None`."""
    if not caso.definicion.es_de_plataforma:
        return None
    suceso = suceso_de(caso)
    if suceso is None:
        return None
    datos = suceso.datos
    invitacion = caso.sesion.scalar(
        select(Invitacion)
        .where(
            Invitacion.usuario_id == datos["usuario_id"],
            Invitacion.destino_id == datos["entidad_id"],
        )
        .order_by(Invitacion.id.desc())
        .limit(1)
    )
    situacion = _situacion(invitacion, caso.ahora)
    vence = invitacion.vence_en if invitacion else None
    return Alta(datos["entidad"], datos["nombre"], datos["correo"], situacion, vence)


def _situacion(invitacion: Invitacion | None, ahora: datetime) -> str:
    if invitacion is None:
        return "con_cuenta"
    if invitacion.usada_en is not None:
        return "aceptada"
    return "pendiente" if ahora < invitacion.vence_en else "vencida"


def suceso_de(caso: Caso) -> Movimiento | None:
    """El movimiento con que la solicitud creó una entidad, si la creó."""
    return caso.sesion.scalar(
        select(Movimiento).where(
            Movimiento.solicitud_id == caso.solicitud.id, Movimiento.tipo == SUCESO
        )
    )

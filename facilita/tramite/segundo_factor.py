"""El segundo factor: un código de seis cifras del celular (RFC 6238) y códigos de recuperación.

El secreto que se comparte con el celular no se guarda: sale del de la instalación y de una semilla.
Cada código vale una vez, y los de recuperación se guardan como huella.
"""

import base64
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from facilita.definicion.campos import Error
from facilita.servicios.claves import verificar
from facilita.servicios.codigos import ALFABETO, ficha_secreta, huella
from facilita.tramite.ambito import NADA, Ambito
from facilita.tramite.bitacora import anotar
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto, Invalido
from facilita.tramite.intentos import AQUI, Desde, anotar_fallo, exigir_turno, olvidar_los_suyos
from facilita.tramite.modelos import (
    CodigoDeRecuperacion,
    Entidad,
    Membresia,
    SegundoFactor,
    SesionAbierta,
    Usuario,
)
from facilita.tramite.permisos import Actor, en_uso, exigir

PASO = 30
"""Segundos que vale cada código."""
VENTANA = (-1, 0, 1)
"""Los relojes de los celulares se apartan: se admite el paso de antes y el de después."""
CUANTOS = 10
EMISOR = "Facilita"
MALO = "Ese código no es correcto o ya se usó. Escribe el que tu aplicación muestra ahora."


@dataclass(frozen=True)
class PorActivar:
    """Lo que se lleva al celular para activarlo."""

    secreto: str
    """En base 32, en grupos de cuatro: se puede escribir a mano."""
    direccion: str
    """La dirección `otpauth://` que va en el QR."""


@dataclass(frozen=True)
class Estado:
    """Si una persona tiene su segundo factor, desde cuándo y cuántos códigos le quedan."""

    desde: datetime | None
    quedan: int
    lo_exigen: tuple[str, ...]
    """Las entidades suyas que lo exigen."""


def estado(entorno: Entorno, usuario_id: int) -> Estado:
    """En qué va el segundo factor de una persona."""
    with entorno.bd.lectura(Ambito.de_plataforma("segundo factor de un usuario")) as sesion:
        fila = sesion.get(SegundoFactor, usuario_id)
        libres = select(func.count()).select_from(CodigoDeRecuperacion)
        libres = libres.where(
            CodigoDeRecuperacion.usuario_id == usuario_id, CodigoDeRecuperacion.usado_en.is_(None)
        )
        return Estado(
            desde=fila.activado_en if fila else None,
            quedan=sesion.scalar(libres) or 0,
            lo_exigen=_lo_exigen(sesion, usuario_id),
        )


def _lo_exigen(sesion: Session, usuario_id: int) -> tuple[str, ...]:
    suyas = (
        select(Entidad.nombre)
        .join(Membresia, Membresia.entidad_id == Entidad.id)
        .join(Usuario, Usuario.id == Membresia.usuario_id)
        .where(Usuario.id == usuario_id, en_uso(), Entidad.exige_segundo_factor)
        .order_by(Entidad.nombre)
    )
    return tuple(sesion.scalars(suyas))


def lo_tiene(sesion: Session, usuario_id: int) -> bool:
    """Si la persona ya activó su segundo factor."""
    fila = sesion.get(SegundoFactor, usuario_id)
    return fila is not None and fila.activado_en is not None


def empezar(entorno: Entorno, usuario_id: int) -> PorActivar:
    """Lo que se lleva al celular; lo mismo hasta que se active. Lanza `Conflicto` si ya lo está."""
    with entorno.bd.transaccion(NADA) as sesion:
        usuario = sesion.get_one(Usuario, usuario_id, with_for_update=True)
        fila = sesion.get(SegundoFactor, usuario_id)
        if fila is None:
            ahora = entorno.reloj.ahora()
            fila = SegundoFactor(
                usuario_id=usuario_id, semilla=ficha_secreta(), ultimo_paso=0, creado_en=ahora
            )
            sesion.add(fila)
        if fila.activado_en is not None:
            raise Conflicto("Tu segundo factor ya está activado.")
        secreto = _secreto(entorno, fila)
        grupos = " ".join(secreto[n : n + 4] for n in range(0, len(secreto), 4))
        reloj = pyotp.TOTP(secreto)
        return PorActivar(grupos, reloj.provisioning_uri(name=usuario.correo, issuer_name=EMISOR))


def activar(entorno: Entorno, usuario_id: int, codigo: str, ficha: str) -> tuple[str, ...]:
    """Lo activa con el primer código del celular; da los de recuperación, que no se repiten.

    Cierra las demás sesiones: se abrieron sin él. Lanza `Conflicto` o `Invalido`.
    """
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(NADA) as sesion:
        sesion.get_one(Usuario, usuario_id, with_for_update=True)
        fila = sesion.get(SegundoFactor, usuario_id)
        if fila is None or fila.activado_en is not None:
            raise Conflicto("Tu segundo factor ya está activado.")
        if not _usar_codigo(entorno, fila, codigo, ahora):
            raise Invalido([Error("codigo", "codigo", MALO)])
        fila.activado_en = ahora
        otras = delete(SesionAbierta).where(
            SesionAbierta.usuario_id == usuario_id, SesionAbierta.huella != huella(ficha)
        )
        sesion.execute(otras)
        anotar(sesion, ahora, None, usuario_id, "segundo_factor.activado")
        return _nuevos_codigos(entorno, sesion, usuario_id)


def renovar_codigos(entorno: Entorno, usuario_id: int, clave: str) -> tuple[str, ...]:
    """Otros códigos de recuperación; los anteriores dejan de servir. Lanza `Invalido`."""
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(NADA) as sesion:
        _exigir_clave(sesion, usuario_id, clave)
        if not lo_tiene(sesion, usuario_id):
            raise Conflicto("Primero activa tu segundo factor.")
        anotar(sesion, ahora, None, usuario_id, "segundo_factor.codigos")
        return _nuevos_codigos(entorno, sesion, usuario_id)


def quitar(entorno: Entorno, usuario_id: int, clave: str) -> None:
    """Lo quita, si ninguna de sus entidades lo exige; lanza `Conflicto` o `Invalido`."""
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de_plataforma("quitar un segundo factor")) as sesion:
        _exigir_clave(sesion, usuario_id, clave)
        if entidades := _lo_exigen(sesion, usuario_id):
            raise Conflicto(f"{entidades[0]} exige el segundo factor: no se puede quitar.")
        borrar(sesion, usuario_id)
        anotar(sesion, ahora, None, usuario_id, "segundo_factor.quitado")


def borrar(sesion: Session, usuario_id: int) -> None:
    """Borra el segundo factor de una persona y sus códigos de recuperación."""
    codigos = delete(CodigoDeRecuperacion).where(CodigoDeRecuperacion.usuario_id == usuario_id)
    sesion.execute(codigos)
    sesion.execute(delete(SegundoFactor).where(SegundoFactor.usuario_id == usuario_id))


def exigir_en_entidad(entorno: Entorno, actor: Actor, *, exige: bool) -> None:
    """Quien coordina decide si su entidad lo exige; antes activa el suyo. Lanza `Conflicto`."""
    exigir(actor, "segundo_factor.exigir")
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        entidad = sesion.get_one(Entidad, actor.entidad_id, with_for_update=True)
        if exige and not lo_tiene(sesion, actor.usuario_id):
            raise Conflicto("Antes activa el tuyo, en «Mi cuenta»: si no, no podrías volver aquí.")
        entidad.exige_segundo_factor = exige
        anotar(
            sesion, entorno.reloj.ahora(), entidad.id, actor.usuario_id,
            "segundo_factor.exigido" if exige else "segundo_factor.libre", entidad.slug,
        )  # fmt: skip


def lo_exige(entorno: Entorno, actor: Actor) -> tuple[bool, tuple[str, ...]]:
    """Si la entidad lo exige, y quiénes de ella todavía no lo tienen."""
    exigir(actor, "segundo_factor.exigir")
    con_el = select(SegundoFactor.usuario_id).where(SegundoFactor.activado_en.is_not(None))
    with entorno.bd.lectura(Ambito.de(actor.entidad_id)) as sesion:
        faltan = (
            select(Usuario.nombres)
            .join(Membresia, Membresia.usuario_id == Usuario.id)
            .where(en_uso(), Usuario.id.not_in(con_el))
            .order_by(Usuario.nombres)
        )
        exige = sesion.get_one(Entidad, actor.entidad_id).exige_segundo_factor
        return exige, tuple(sesion.scalars(faltan))


def comprobar(
    entorno: Entorno, usuario_id: int, escrito: str, ahora: datetime, desde: Desde = AQUI
) -> None:
    """El código del celular o uno de recuperación, una sola vez.

    Lanza `IngresoDetenido` si hubo muchos fallos, o `Invalido`.
    """
    quien = f"segundo factor\n{usuario_id}"
    with entorno.bd.transaccion(NADA) as sesion:
        exigir_turno(sesion, quien, ahora, desde)
        sesion.get_one(Usuario, usuario_id, with_for_update=True)
        fila = sesion.get(SegundoFactor, usuario_id, populate_existing=True)
        if fila and fila.activado_en:
            con_celular = _usar_codigo(entorno, fila, escrito, ahora)
            if con_celular or _usar_recuperacion(entorno, sesion, usuario_id, escrito, ahora):
                olvidar_los_suyos(sesion, quien, desde)
                return
    with entorno.bd.transaccion(NADA) as sesion:
        anotar_fallo(sesion, quien, ahora, desde)
        anotar(sesion, ahora, None, usuario_id, "segundo_factor.fallido")
    raise Invalido([Error("codigo", "codigo", MALO)])


def _usar_codigo(entorno: Entorno, fila: SegundoFactor, escrito: str, ahora: datetime) -> bool:
    """Si es el código de un paso que todavía no se usó; ese paso y los de antes ya no valen."""
    limpio = "".join(escrito.split())[:20]
    if not (limpio.isascii() and limpio.isdecimal()):
        return False
    reloj, de_ahora = pyotp.TOTP(_secreto(entorno, fila)), int(ahora.timestamp()) // PASO
    for corre in VENTANA:
        paso = de_ahora + corre
        suyo = reloj.generate_otp(paso)
        if paso > fila.ultimo_paso and hmac.compare_digest(suyo, limpio):
            fila.ultimo_paso = paso
            return True
    return False


def _usar_recuperacion(
    entorno: Entorno, sesion: Session, usuario_id: int, escrito: str, ahora: datetime
) -> bool:
    suyo = select(CodigoDeRecuperacion).where(
        CodigoDeRecuperacion.usuario_id == usuario_id,
        CodigoDeRecuperacion.huella == _huella(entorno, usuario_id, escrito),
        CodigoDeRecuperacion.usado_en.is_(None),
    )
    codigo = sesion.scalar(suyo)
    if codigo is None:
        return False
    codigo.usado_en = ahora
    anotar(sesion, ahora, None, usuario_id, "segundo_factor.recuperacion")
    return True


def _nuevos_codigos(entorno: Entorno, sesion: Session, usuario_id: int) -> tuple[str, ...]:
    viejos = delete(CodigoDeRecuperacion).where(CodigoDeRecuperacion.usuario_id == usuario_id)
    sesion.execute(viejos)
    codigos: set[str] = set()
    while len(codigos) < CUANTOS:
        letras = "".join(secrets.choice(ALFABETO) for _ in range(10))
        codigos.add(f"{letras[:5]}-{letras[5:]}")
    for codigo in codigos:
        fila = CodigoDeRecuperacion(
            usuario_id=usuario_id, huella=_huella(entorno, usuario_id, codigo)
        )
        sesion.add(fila)
    return tuple(sorted(codigos))


def _huella(entorno: Entorno, usuario_id: int, escrito: str) -> str:
    limpio = "".join(c for c in escrito.upper() if c.isalnum())[:20]
    return _sello(entorno, f"recuperacion\n{usuario_id}\n{limpio}").hex()


def _secreto(entorno: Entorno, fila: SegundoFactor) -> str:
    sello = _sello(entorno, f"segundo factor\n{fila.usuario_id}\n{fila.semilla}")
    return base64.b32encode(sello[:20]).decode()


def _sello(entorno: Entorno, de: str) -> bytes:
    return hmac.digest(entorno.secreto.encode(), de.encode("utf-8", "replace"), "sha256")


def _exigir_clave(sesion: Session, usuario_id: int, clave: str) -> None:
    usuario = sesion.get_one(Usuario, usuario_id, with_for_update=True)
    if not verificar(usuario.clave, clave):
        raise Invalido([Error("clave", "clave", "Esa no es tu contraseña.")])

"""«Olvidé mi contraseña»: un enlace al correo de la cuenta, que vence en una hora y sirve una vez.

No se guarda nada: la ficha sale del secreto de la instalación, de la cuenta, de cuándo se pidió y
de la contraseña que tenía. Al cambiarla, ningún enlace anterior sirve.
"""

import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from facilita.definicion.campos import Error
from facilita.plazos import momento_largo
from facilita.servicios.claves import cifrar, fallas_de_clave
from facilita.servicios.codigos import ficha_derivada, huella
from facilita.tramite.ambito import NADA, Ambito
from facilita.tramite.bitacora import anotar
from facilita.tramite.entorno import Entorno
from facilita.tramite.envios import DE_LA_FICHA
from facilita.tramite.errores import Invalido, NoExiste, Vencido
from facilita.tramite.intentos import olvidar_intentos
from facilita.tramite.modelos import Entidad, Membresia, Salida, SesionAbierta, Usuario
from facilita.tramite.normalizar import guardable
from facilita.tramite.permisos import en_uso

DURACION = timedelta(hours=1)
CADA = timedelta(minutes=5)
"""Pedirlo otra vez antes de este tiempo no envía otro correo."""
_PARTES = re.compile(r"(\d{1,9})\.(\d{1,15})\.([\w-]{43})", re.ASCII)


@dataclass(frozen=True)
class Olvido:
    """De qué cuenta es un enlace que todavía sirve."""

    usuario_id: int
    correo: str


def pedir(entorno: Entorno, correo: str) -> None:
    """Deja el correo con el enlace si hay una cuenta en uso; no dice si la hay."""
    ahora = entorno.reloj.ahora()
    escrito = guardable(correo.strip().casefold())
    with entorno.bd.transaccion(Ambito.de_plataforma("contraseña olvidada")) as sesion:
        suyo = _con_un_puesto(sesion, escrito)
        if suyo is None:
            return
        usuario, entidad = suyo
        turno = int(ahora.timestamp() // CADA.total_seconds())
        clave = f"olvido.{usuario.id}.{turno}"
        if sesion.scalar(select(Salida.id).where(Salida.clave == clave)) is None:
            sesion.add(_salida(entorno.direccion_publica, usuario, entidad, clave, ahora))
            anotar(sesion, ahora, None, usuario.id, "clave.olvidada")


def _con_un_puesto(sesion: Session, correo: str) -> tuple[Usuario, Entidad] | None:
    """La cuenta, con turno para escribir, y la entidad en cuyo nombre va el correo."""
    usuario = sesion.scalar(select(Usuario).where(Usuario.correo == correo).with_for_update())
    if usuario is None or usuario.clave is None:
        return None
    entidad = sesion.scalar(
        select(Entidad)
        .join(Membresia, Membresia.entidad_id == Entidad.id)
        .join(Usuario, Usuario.id == Membresia.usuario_id)
        .where(Usuario.id == usuario.id, en_uso())
        .order_by(Membresia.id)
        .limit(1)
    )
    return (usuario, entidad) if entidad else None


def _salida(raiz: str, usuario: Usuario, entidad: Entidad, clave: str, ahora: datetime) -> Salida:
    pedido = int(ahora.timestamp())
    texto = (
        f"Hola, {usuario.nombres}:\n\nPidieron cambiar la contraseña de tu cuenta.\n\n"
        f"Pon una nueva aquí: {raiz}/contrasena/{usuario.id}.{pedido}.{DE_LA_FICHA}\n"
        f"El enlace sirve una sola vez, hasta el {momento_largo(ahora + DURACION)}.\n\n"
        f"Si no fuiste tú, no hagas nada: tu contraseña sigue igual.\n\n--\n{entidad.nombre}\n"
    )
    return Salida(
        entidad_id=entidad.id,
        clase="correo",
        clave=clave,
        datos={
            "para": usuario.correo,
            "asunto": "Cambia tu contraseña",
            "texto": texto,
            "ficha_de": _semilla(usuario, pedido),
            "responder_a": entidad.correo,
            "nombre_de": entidad.nombre_corto,
            "entidad": entidad.nombre,
        },
        proxima_en=ahora,
        creada_en=ahora,
    )


def _semilla(usuario: Usuario, pedido: int) -> str:
    return f"olvido.{usuario.id}.{pedido}.{huella(usuario.clave or '')[:32]}"


def mirar(entorno: Entorno, enlace: str) -> Olvido:
    """De quién es un enlace; lanza `NoExiste`, o `Vencido` si ya no sirve."""
    with entorno.bd.lectura(NADA) as sesion:
        usuario = _dueno(entorno, sesion, enlace)
        return Olvido(usuario.id, usuario.correo)


def _dueno(entorno: Entorno, sesion: Session, enlace: str, *, con_turno: bool = False) -> Usuario:
    partes = _PARTES.fullmatch(enlace)
    usuario = None
    if partes:
        usuario = sesion.get(Usuario, int(partes[1]), with_for_update=con_turno)
    if partes is None or usuario is None or not usuario.activo:
        raise NoExiste("Ese enlace no sirve para cambiar ninguna contraseña. Pide otro.")
    pedido = int(partes[2])
    esperada = ficha_derivada(entorno.secreto, _semilla(usuario, pedido))
    if not hmac.compare_digest(esperada, partes[3]):
        raise Vencido("Este enlace ya se usó o no es el último. Pide otro.")
    if entorno.reloj.ahora() >= datetime.fromtimestamp(pedido, UTC) + DURACION:
        raise Vencido("Este enlace venció. Pide otro.")
    return usuario


def cambiar(entorno: Entorno, enlace: str, nueva: str) -> None:
    """Pone la contraseña nueva y cierra todas las sesiones; el segundo factor queda como estaba.

    Lanza `NoExiste`, `Vencido` o `Invalido`.
    """
    olvido = mirar(entorno, enlace)
    if fallas := fallas_de_clave(nueva, olvido.correo):
        raise Invalido([Error("nueva", "nueva", falla) for falla in fallas])
    cifrada = cifrar(nueva)
    with entorno.bd.transaccion(NADA) as sesion:
        # Con el turno tomado: dos envíos a la vez del mismo enlace no sirven los dos.
        usuario = _dueno(entorno, sesion, enlace, con_turno=True)
        usuario.clave = cifrada
        sesion.execute(delete(SesionAbierta).where(SesionAbierta.usuario_id == usuario.id))
        olvidar_intentos(sesion, usuario.correo)
        anotar(sesion, entorno.reloj.ahora(), None, usuario.id, "clave.repuesta")

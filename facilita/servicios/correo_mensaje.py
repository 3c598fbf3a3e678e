"""El correo que sale: el mensaje, su resultado y cómo se escribe sin que nadie le inyecte nada."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

_ID = re.compile(r"<[!-;=?-~]{1,200}@[!-;=?-~]{1,200}>")
_DIRECCION = re.compile(
    r"(?:(?P<nombre>[^<>]*)<)?"
    r"(?P<usuario>[^\s,;:<>()\"\\@]+)@(?P<dominio>[^\s,;:<>()\"\\@]+)"
    r"(?(nombre)>)"
)
_MIME = re.compile(r"(?!message/|multipart/)[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,100}")


@dataclass(frozen=True, slots=True)
class Adjunto:
    """Un archivo que acompaña al mensaje."""

    nombre: str
    mime: str
    contenido: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mensaje:
    """Un correo para una persona; `id_mensaje` es el mismo en cada reintento."""

    id_mensaje: str
    para: str
    asunto: str
    texto: str = field(repr=False)
    html: str | None = field(default=None, repr=False)
    de: str
    responder_a: str | None = None
    fecha: datetime | None = None
    """Cuándo se escribió: un reintento es el mismo correo, con su misma fecha."""
    adjuntos: tuple[Adjunto, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Entrega:
    """Qué pasó con un mensaje; `definitivo` si no tiene caso reintentarlo."""

    id_mensaje: str
    entregado: bool
    definitivo: bool
    respuesta: str
    intentado: bool = True
    """Falso si el servidor ni siquiera atendió: no es culpa de este mensaje."""


def componer(mensaje: Mensaje) -> EmailMessage:
    """El mensaje listo para salir; `ValueError` si una dirección o su identificador no sirven."""
    if not _ID.fullmatch(mensaje.id_mensaje):
        raise ValueError("el Message-ID debe ser <algo@dominio>")
    correo = EmailMessage(policy=SMTP)
    correo["Message-ID"] = mensaje.id_mensaje
    correo["Date"] = format_datetime(mensaje.fecha or datetime.now(UTC))
    correo["From"] = direccion(mensaje.de)
    correo["To"] = direccion(mensaje.para)
    if mensaje.responder_a:
        correo["Reply-To"] = direccion(mensaje.responder_a)
    correo["Subject"] = una_linea(mensaje.asunto)
    correo["Auto-Submitted"] = "auto-generated"
    _poner_cuerpo(correo, mensaje)
    return correo


def direccion(texto: str) -> Address:
    """La dirección, con su dominio en ASCII; `ValueError` si no es una sola y completa."""
    if any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} for c in texto):
        raise ValueError("la dirección tiene caracteres de control")
    # `parseaddr` parte en la coma de «Municipalidad de Lima, Perú <…>» y, de dos, entrega una.
    partes = _DIRECCION.fullmatch(texto.strip())
    if partes is None or "=?" in partes["usuario"]:
        raise ValueError("la dirección de correo no está completa")
    nombre, usuario, dominio = partes["nombre"] or "", partes["usuario"], partes["dominio"]
    return Address(una_linea(nombre.strip(' "')), usuario, dominio.encode("idna").decode("ascii"))


def una_linea(texto: str, limite: int = 500) -> str:
    """El texto sin saltos ni caracteres de control, recortado: cabe en una cabecera."""
    llano = "".join(
        " " if unicodedata.category(c) in {"Cc", "Zl", "Zp", "Cs"} else c for c in texto
    )
    # «=?utf-8?q?=0D=0ABcc:…?=» es ASCII inocente hasta que `email` lo decodifica y lo deja suelto.
    return " ".join(llano.split()).replace("=?", "= ?")[:limite]


def _poner_cuerpo(correo: EmailMessage, mensaje: Mensaje) -> None:
    correo.set_content(_codificable(mensaje.texto))
    if mensaje.html is not None:
        correo.add_alternative(_codificable(mensaje.html), subtype="html")
    for adjunto in mensaje.adjuntos:
        mime = adjunto.mime if _MIME.fullmatch(adjunto.mime) else "application/octet-stream"
        tipo, _, subtipo = mime.partition("/")
        nombre = una_linea(adjunto.nombre)
        correo.add_attachment(adjunto.contenido, maintype=tipo, subtype=subtipo, filename=nombre)


def _codificable(texto: str) -> str:
    return texto.encode("utf-8", "replace").decode("utf-8")

"""Cómo se lee cada valor de la configuración, y qué se dice del que no sirve."""

import re
from collections.abc import Callable
from email.utils import parseaddr
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.engine import URL

from facilita.servicios.antivirus import abrir_antivirus
from facilita.servicios.mensajeria import leer_cuerpo

PREFIJO = "FACILITA_"
LARGO_DEL_SECRETO = 32
DE_ESTA_MAQUINA = ("127.0.0.1", "localhost", "::1")
_SI_O_NO = {
    **dict.fromkeys(("si", "sí", "true", "1"), True),
    **dict.fromkeys(("no", "false", "0"), False),
}

COMO_SECRETO = (
    f"debe tener {LARGO_DEL_SECRETO} caracteres o más, al azar, y venir de {PREFIJO}SECRETO; haz "
    'uno con: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
)
COMO_BASE = "se escribe «sqlite:///carpeta/archivo.db» o «postgresql://usuario:clave@equipo/nombre»"
COMO_ALMACEN = "es una carpeta o «s3://balde?endpoint=https://…&region=…», sin claves dentro"
COMO_CORREO = (
    "se escribe «carpeta:RUTA» o «smtp://usuario:clave@equipo:puerto?tls=starttls»; con usuario "
    "y clave, tls es «starttls» o «ssl»"
)
COMO_MENSAJERIA = (
    "se escribe «https://pasarela.ejemplo.pe/mensajes», sin usuario ni clave; la clave va en "
    f"{PREFIJO}MENSAJERIA_CLAVE"
)
COMO_CUERPO = 'es un objeto JSON que nombra {para} y {texto}: {"to": "{para}", "text": "{texto}"}'
COMO_CASILLA = (
    "necesita un canal al celular: la ley pide avisar por correo y por celular; da la pasarela en "
    "«mensajeria»"
)
COMO_DIRECCION = "se escribe «https://mesa.ejemplo.gob.pe», sin nada después del nombre o el puerto"
COMO_ANTIVIRUS = (
    "se escribe «clamd://equipo:3310», «clamd:/var/run/clamav/clamd.ctl» o «ninguno»; se le puede "
    "agregar «?maximo_mb=100&segundos=60»"
)
COMO_TSA = (
    "se escribe «https://usuario:clave@tsa.ejemplo.pe/tsr»; el usuario y la clave, si los pide"
)
COMO_REMITENTE = "se escribe «Nombre <correo@ejemplo.gob.pe>»"


class NoSirve(Exception):
    """Un valor que no sirve, con lo que sería correcto."""


def url_sqlite(archivo: Path) -> str:
    """La dirección de una base SQLite."""
    return URL.create("sqlite", database=str(archivo)).render_as_string()


def leer_texto(valor: Any, como: str) -> str:
    """Un texto de una línea, sin espacios alrededor."""
    if not isinstance(valor, str) or not valor.strip() or any(c < " " for c in valor):
        raise NoSirve(como)
    return valor.strip()


def partir_url(texto: str, como: str) -> Any:
    """Las partes de una dirección."""
    try:
        partes = urlsplit(texto)
        _ = partes.port
    except ValueError:
        raise NoSirve(como) from None
    return partes


def pedir_biblioteca(modulo: str, extra: str) -> None:
    """Lanza `NoSirve` si falta la biblioteca de un extra."""
    if find_spec(modulo) is None:
        raise NoSirve(f"le falta una biblioteca; instálala con: pip install 'facilita[{extra}]'")


def leer_entero(desde: int, hasta: int) -> Callable[[Any], int]:
    """Quien lee un entero entre dos, contándolos."""

    def convertir(valor: Any) -> int:
        texto = str(valor).strip()
        numero = int(texto) if re.fullmatch(r"[0-9]{1,6}", texto) else -1
        if not desde <= numero <= hasta:
            raise NoSirve(f"«{texto[:40]}» no sirve: es un número entero de {desde} a {hasta}")
        return numero

    return convertir


def leer_una_de(*palabras: str) -> Callable[[Any], str]:
    """Quien lee una de esas palabras."""

    def convertir(valor: Any) -> str:
        # En YAML, «no» a secas es falso.
        texto = "no" if valor is False else str(valor).strip().lower()
        if texto not in palabras:
            lista = ", ".join(f"«{p}»" for p in palabras)
            raise NoSirve(f"«{texto[:40]}» no sirve: es una de {lista}")
        return texto

    return convertir


def leer_si_o_no(valor: Any) -> bool:
    """Sí o no, escrito como sea."""
    texto = str(valor).strip().lower()
    if texto not in _SI_O_NO:
        raise NoSirve(f"«{texto[:40]}» no sirve: es «sí» o «no»")
    return _SI_O_NO[texto]


def leer_secreto(valor: Any) -> str:
    """Un secreto largo y al azar."""
    secreto = str(valor)
    if len(secreto) < LARGO_DEL_SECRETO or len(set(secreto)) < LARGO_DEL_SECRETO // 4:
        raise NoSirve(COMO_SECRETO)
    return secreto


def leer_antivirus(valor: Any) -> str:
    """La dirección de un antivirus, o «ninguno»."""
    texto = leer_texto(valor, COMO_ANTIVIRUS)
    try:
        abrir_antivirus(texto)
    except ValueError:
        raise NoSirve(COMO_ANTIVIRUS) from None
    return texto


def leer_mensaje(valor: Any) -> str:
    """El JSON que se envía a la pasarela, con sus nombres."""
    try:
        leer_cuerpo(str(valor))
    except ValueError:
        raise NoSirve(COMO_CUERPO) from None
    return str(valor)


def leer_remitente(valor: Any) -> str:
    """Quien envía los correos."""
    texto = leer_texto(valor, COMO_REMITENTE)
    _, correo = parseaddr(texto)
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", correo):
        raise NoSirve(COMO_REMITENTE)
    return texto


def leer_tsa(valor: Any) -> str:
    """La dirección de un sellador de tiempo."""
    texto = leer_texto(valor, COMO_TSA)
    partes = partir_url(texto, COMO_TSA)
    # Sin https vale solo una pasarela en esta máquina.
    cerca = partes.scheme == "http" and partes.hostname in DE_ESTA_MAQUINA
    if not (partes.hostname and " " not in texto and (partes.scheme == "https" or cerca)):
        raise NoSirve(COMO_TSA)
    return texto


def _direccion(valor: Any) -> str:
    texto = leer_texto(valor, COMO_DIRECCION).rstrip("/")
    partes = partir_url(texto, COMO_DIRECCION)
    if partes.scheme not in ("http", "https") or not partes.hostname or " " in texto:
        raise NoSirve(COMO_DIRECCION)
    if partes.path or partes.query or partes.fragment or "@" in partes.netloc:
        raise NoSirve(COMO_DIRECCION)
    return texto


def leer_direccion_segura(valor: Any) -> str:
    """La dirección pública, por https."""
    direccion = _direccion(valor)
    if not direccion.startswith("https:"):
        raise NoSirve(f"debe ser https; {COMO_DIRECCION}")
    return direccion


def leer_direccion_de_demo(valor: Any) -> str:
    """La de la demostración: solo esta máquina."""
    direccion = _direccion(valor)
    if urlsplit(direccion).hostname not in DE_ESTA_MAQUINA:
        raise NoSirve("la demostración solo atiende en esta máquina: «http://127.0.0.1:8000»")
    return direccion

"""clamd, por TCP o por un zócalo de Unix: con INSTREAM el archivo viaja y no comparten disco."""

import socket
import struct
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from facilita.servicios.antivirus import (
    INFECTADO,
    LIMPIO,
    NO_ANALIZADO,
    AntivirusNoDisponible,
    Veredicto,
)
from facilita.servicios.revision_tipos import Contenido

MEGA = 1024 * 1024
_MAL_ESCRITA = "la dirección de clamd no está bien escrita"
_PUERTO = 3310
_CONECTAR_S = 5
_BLOQUE = 256 * 1024
_RESPUESTA = 4096
# Lo que clamd anuncia como hallazgo y solo dice que no pudo mirar.
_SIN_MIRAR = {
    "Heuristics.Encrypted": "está cifrado y no se puede mirar por dentro",
    "Heuristics.Limits": "tiene más cosas adentro de las que el antivirus mira",
}


@dataclass(frozen=True)
class Clamd:
    """Un clamd; cada análisis abre y cierra su conexión."""

    destino: str | tuple[str, int]
    maximo: int = 100 * MEGA
    segundos: int = 60
    configurado: bool = True

    @classmethod
    def de(cls, url: str) -> "Clamd":
        """El clamd de una dirección; lanza `ValueError` si no está bien escrita."""
        partes = urlsplit(url)
        opciones = dict(parse_qsl(partes.query, strict_parsing=bool(partes.query)))
        if partes.scheme != "clamd" or opciones.keys() - {"maximo_mb", "segundos"}:
            raise ValueError(_MAL_ESCRITA)
        maximo, segundos = (_entero(opciones.get(n, d)) for n, d in _OMISIONES)
        if partes.hostname and not partes.path.strip("/") and "@" not in partes.netloc:
            destino: str | tuple[str, int] = (partes.hostname, partes.port or _PUERTO)
        elif not partes.netloc and partes.path.startswith("/"):
            destino = unquote(partes.path)
        else:
            raise ValueError(_MAL_ESCRITA)
        return cls(destino, maximo * MEGA, segundos)

    def version(self) -> str:
        """La versión de clamd y de sus firmas."""
        with self._conectar() as enchufe:
            try:
                enchufe.sendall(b"zVERSION\0")
                return _leer(enchufe)
            except OSError as falla:
                raise AntivirusNoDisponible(f"clamd no contesta: {falla}") from falla

    def analizar(self, archivo: Contenido) -> Veredicto:
        """Envía el contenido y lee qué dijo; que cuelgue a mitad nunca es un «limpio»."""
        if archivo.seek(0, 2) > self.maximo:
            return Veredicto(NO_ANALIZADO, "pesa más de lo que el antivirus mira")
        archivo.seek(0)
        with self._conectar() as enchufe:
            cortado = _enviar(enchufe, archivo)
            try:
                respuesta = _leer(enchufe)
            except OSError as falla:
                raise AntivirusNoDisponible(f"clamd no contesta: {cortado or falla}") from falla
        return _interpretar(respuesta)

    def _conectar(self) -> socket.socket:
        familia = socket.AF_UNIX if isinstance(self.destino, str) else socket.AF_INET
        enchufe = socket.socket(familia, socket.SOCK_STREAM)
        try:
            enchufe.settimeout(_CONECTAR_S)
            enchufe.connect(self.destino)
            enchufe.settimeout(self.segundos)
        except OSError as falla:
            enchufe.close()
            raise AntivirusNoDisponible(f"clamd no responde: {falla}") from falla
        return enchufe


_OMISIONES = (("maximo_mb", "100"), ("segundos", "60"))


def _entero(texto: str) -> int:
    if not (texto.isascii() and texto.isdecimal() and 0 < int(texto) <= 4000):
        raise ValueError(_MAL_ESCRITA)
    return int(texto)


def _enviar(enchufe: socket.socket, archivo: Contenido) -> OSError | None:
    """Manda el contenido por trozos; si clamd cuelga, devuelve cómo: quizá alcanzó a decir algo."""
    try:
        enchufe.sendall(b"zINSTREAM\0")
        while bloque := archivo.read(_BLOQUE):
            enchufe.sendall(struct.pack(">I", len(bloque)) + bloque)
        enchufe.sendall(b"\0\0\0\0")
    except OSError as falla:
        return falla
    return None


def _leer(enchufe: socket.socket) -> str:
    partes = b""
    while not partes.endswith(b"\0") and len(partes) < _RESPUESTA:
        with suppress(InterruptedError):
            leido = enchufe.recv(_RESPUESTA)
            if not leido:
                break
            partes += leido
    if not partes.endswith(b"\0"):
        raise ConnectionError("colgó sin decir nada")
    return partes.rstrip(b"\0").decode("utf-8", "replace").strip()


def _interpretar(respuesta: str) -> Veredicto:
    dicho = respuesta.partition(":")[2].strip() if ":" in respuesta else respuesta
    if dicho == "OK":
        return Veredicto(LIMPIO)
    if dicho.endswith(" FOUND"):
        hallado = dicho.removesuffix(" FOUND").removesuffix(".UNOFFICIAL")
        for inicio, motivo in _SIN_MIRAR.items():
            if hallado.startswith(inicio):
                return Veredicto(NO_ANALIZADO, motivo)
        return Veredicto(INFECTADO, hallado[:200])
    if "size limit exceeded" in respuesta:
        return Veredicto(NO_ANALIZADO, "pesa más de lo que el antivirus mira")
    raise AntivirusNoDisponible(f"clamd contestó: {respuesta[:200]}")

"""Preguntar a una dirección de internet si responde, sin dejar que lleve a la red de adentro.

Solo https y solo a direcciones públicas: se resuelve el nombre, se mira cada dirección y se conecta
a la misma que se miró. Cada redirección pasa por lo mismo. El tiempo y lo leído tienen tope.
"""

import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from threading import Timer
from time import monotonic
from typing import Protocol
from urllib.parse import SplitResult, urljoin, urlsplit

PLAZO = 15.0
"""Segundos para todo: resolver, conectar, seguir las redirecciones y leer la respuesta."""
SALTOS = 5
PUERTO = 443
_DE_SALTO = frozenset({301, 302, 303, 307, 308})
_AGENTE = "Facilita/1 (revisa que la mesa de partes responda)"
# Llevan por dentro una dirección IPv4 que puede ser de adentro.
_QUE_ENVUELVEN = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))

Ip = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Sondeo:
    """Si una dirección respondió, y qué pasó, en palabras."""

    responde: bool
    detalle: str


class Sonda(Protocol):
    """Quien pregunta a una dirección si responde."""

    def preguntar(self, direccion: str) -> Sondeo:
        """El resultado; nunca falla por lo que haga el otro lado."""


class NoSeSigue(Exception):
    """Una dirección a la que no se va, con el motivo."""


def es_publica(ip: Ip) -> bool:
    """Si una dirección de red es de internet y no lleva a la red de adentro."""
    if isinstance(ip, IPv6Address):
        por_dentro = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])
        if por_dentro or any(ip in red for red in _QUE_ENVUELVEN):
            return False
    return ip.is_global and not ip.is_multicast


def resolver(equipo: str, puerto: int) -> list[Ip]:
    """Todas las direcciones de un nombre."""
    hallados = socket.getaddrinfo(equipo, puerto, type=socket.SOCK_STREAM)
    return [ip_address(str(h[4][0]).partition("%")[0]) for h in hallados]


class SondaHTTPS:
    """La de verdad; las pruebas le dan otro modo de resolver y otro puerto."""

    def __init__(
        self,
        *,
        plazo: float = PLAZO,
        puerto: int = PUERTO,
        contexto: ssl.SSLContext | None = None,
        resolver: Callable[[str, int], Sequence[Ip]] = resolver,
        admite: Callable[[Ip], bool] = es_publica,
    ) -> None:
        self._plazo = plazo
        self._puerto = puerto
        self._contexto = contexto or ssl.create_default_context()
        self._resolver = resolver
        self._admite = admite

    def preguntar(self, direccion: str) -> Sondeo:
        """Sigue las redirecciones y dice si al final hay una página."""
        limite = monotonic() + self._plazo
        try:
            for _ in range(SALTOS + 1):
                codigo, adonde = self._pedir(_partir(direccion), limite)
                if codigo not in _DE_SALTO or not adonde:
                    return _resultado(codigo)
                direccion = urljoin(direccion, adonde)
        except NoSeSigue as negada:
            return Sondeo(False, str(negada))
        except (OSError, HTTPException, ValueError) as falla:
            return Sondeo(False, _en_palabras(falla))
        return Sondeo(False, f"Redirige más de {SALTOS} veces.")

    def _pedir(self, partes: SplitResult, limite: float) -> tuple[int, str | None]:
        equipo = partes.hostname or ""
        ip = self._elegir(equipo)
        quedan = limite - monotonic()
        if quedan <= 0:
            raise TimeoutError
        camino = (partes.path or "/") + (f"?{partes.query}" if partes.query else "")
        linea = _Linea(equipo, self._puerto, ip, quedan, self._contexto)
        # Una respuesta que gotea no vence ningún plazo de lectura: se corta la línea entera.
        corte = Timer(quedan, linea.cortar)
        corte.daemon = True
        corte.start()
        try:
            with closing(linea):
                linea.request("GET", camino, headers={"User-Agent": _AGENTE, "Accept": "text/html"})
                respuesta = linea.getresponse()
                if linea.cortada:
                    # Lo que llegó antes del corte no es una respuesta entera.
                    raise TimeoutError
                return respuesta.status, respuesta.headers.get("Location")
        finally:
            corte.cancel()

    def _elegir(self, equipo: str) -> Ip:
        """La primera dirección del nombre; si alguna es de adentro, ninguna sirve."""
        ips = self._resolver(equipo, self._puerto)
        if not ips:
            raise NoSeSigue("Ese nombre no existe en internet.")
        if not all(self._admite(ip) for ip in ips):
            raise NoSeSigue("Lleva a una red privada: solo se mira lo que está en internet.")
        return ips[0]


class _Linea(HTTPSConnection):
    """Una conexión a la dirección que ya se miró: el nombre no se vuelve a resolver."""

    def __init__(
        self, equipo: str, puerto: int, ip: Ip, plazo: float, contexto: ssl.SSLContext
    ) -> None:
        super().__init__(equipo, puerto, timeout=plazo, context=contexto)
        self._ip = str(ip)
        self._tls = contexto
        self._equipo = equipo
        self.cortada = False

    def connect(self) -> None:
        tubo = socket.create_connection((self._ip, self.port), self.timeout)
        self.sock = tubo
        self.sock = self._tls.wrap_socket(tubo, server_hostname=self._equipo)

    def cortar(self) -> None:
        """Corta la línea desde otro hilo: quien espera deja de esperar."""
        self.cortada, tubo = True, self.sock
        if tubo is not None:
            with suppress(OSError):
                tubo.shutdown(socket.SHUT_RDWR)


def _partir(direccion: str) -> SplitResult:
    partes = urlsplit(direccion)
    if partes.scheme != "https":
        raise NoSeSigue("Lleva a una dirección sin https.")
    if not partes.hostname or "@" in partes.netloc or partes.port not in (None, PUERTO):
        raise NoSeSigue("Lleva a una dirección que no es de una página pública.")
    if not direccion.isascii() or any(c.isspace() for c in direccion):
        raise NoSeSigue("Lleva a una dirección mal escrita.")
    return partes


def _resultado(codigo: int) -> Sondeo:
    if 200 <= codigo < 300:
        return Sondeo(True, "La página responde.")
    if codigo in (404, 410):
        return Sondeo(False, f"La página no existe (respondió {codigo}).")
    return Sondeo(False, f"El servidor respondió {codigo}.")


def _en_palabras(falla: Exception) -> str:
    if isinstance(falla, ssl.SSLCertVerificationError):
        return "Su certificado https no es válido para ese nombre."
    if isinstance(falla, socket.gaierror):
        return "Ese nombre no existe en internet."
    if isinstance(falla, TimeoutError):
        return "No respondió a tiempo."
    return "No se pudo conectar, o cortó antes de responder."

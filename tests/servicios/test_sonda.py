"""Mirar si una dirección de afuera responde, sin que lleve a la red de adentro."""

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from facilita.servicios.sonda import SondaHTTPS, es_publica

LOCAL = ip_address("127.0.0.1")
NOMBRES = ("pagina.example", "otra.example", "interno.example", "mixto.example")
DIRECCIONES = {
    "interno.example": ["10.0.0.7"],
    "mixto.example": ["127.0.0.1", "192.168.1.5"],
    "nadie.example": [],
}


class Atiende(BaseHTTPRequestHandler):
    """Responde según el camino: un código, o una redirección."""

    def do_GET(self) -> None:
        self.server.pedidos.append(self.path)  # type: ignore[attr-defined]
        que, _, adonde = self.path[1:].partition("/")
        if que == "gotea":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
            while self._gotear():
                pass
            return
        self.send_response(int(que))
        if adonde:
            self.send_header("Location", adonde if ":" in adonde else f"/{adonde}")
        self.end_headers()

    def _gotear(self) -> bool:
        try:
            self.wfile.write(b"a")
        except OSError:
            return False
        return not self.server.cerrado.wait(0.02)  # type: ignore[attr-defined]

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def servidor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Un servidor https de verdad en esta máquina, con su certificado."""
    pem = _certificado(tmp_path_factory.mktemp("tls") / "todo.pem")
    abierto: Any = ThreadingHTTPServer(("127.0.0.1", 0), Atiende)
    abierto.pedidos, abierto.cerrado, abierto.pem = [], threading.Event(), pem
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(pem)
    abierto.socket = tls.wrap_socket(abierto.socket, server_side=True)
    hilo = threading.Thread(target=abierto.serve_forever, daemon=True)
    hilo.start()
    yield abierto
    abierto.cerrado.set()
    abierto.shutdown()
    abierto.server_close()


def _certificado(ruta: Path) -> Path:
    clave, ahora = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    nombre = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "prueba")])
    certificado = (
        x509.CertificateBuilder()
        .subject_name(nombre)
        .issuer_name(nombre)
        .public_key(clave.public_key())
        .serial_number(1)
        .not_valid_before(ahora - timedelta(days=1))
        .not_valid_after(ahora + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(n) for n in NOMBRES]), critical=False
        )
        .sign(clave, SHA256())
    )
    formato = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    ruta.write_bytes(clave.private_bytes(*formato) + certificado.public_bytes(Encoding.PEM))
    return ruta


def sonda(servidor: Any, plazo: float = 10.0) -> SondaHTTPS:
    return SondaHTTPS(
        plazo=plazo,
        puerto=servidor.server_address[1],
        contexto=ssl.create_default_context(cafile=servidor.pem),
        resolver=lambda equipo, _: [ip_address(d) for d in DIRECCIONES.get(equipo, ["127.0.0.1"])],
        admite=lambda ip: ip == LOCAL or es_publica(ip),
    )


@pytest.mark.parametrize(
    ("direccion", "responde", "dice"),
    [
        ("https://pagina.example/200", True, "responde"),
        ("https://pagina.example/302/200", True, "responde"),
        ("https://pagina.example/301/https://otra.example/200", True, "responde"),
        ("https://pagina.example/404", False, "no existe (respondió 404)"),
        ("https://pagina.example/500", False, "respondió 500"),
        ("https://ajeno.example/200", False, "certificado"),
        ("https://nadie.example/", False, "no existe en internet"),
        # Lo de adentro, de entrada o por una redirección.
        ("https://interno.example/200", False, "red privada"),
        ("https://mixto.example/200", False, "red privada"),
        ("https://pagina.example/302/https://interno.example/200", False, "red privada"),
        ("https://pagina.example/302/http://pagina.example/200", False, "sin https"),
        ("https://pagina.example/302/file:///etc/passwd", False, "sin https"),
        ("https://pagina.example/302/https://pagina.example:8443/", False, "pública"),
        ("https://pagina.example/302/https://yo@pagina.example/", False, "pública"),
        ("https://pagina.example/" + "302/" * 7 + "200", False, "más de 5 veces"),
    ],
)
def test_lo_que_se_sigue_y_lo_que_no(servidor: Any, direccion: str, responde: bool, dice: str):
    """N62: una dirección que alguien escribe no sirve para mirar la red de adentro."""
    servidor.pedidos.clear()
    hecho = sonda(servidor).preguntar(direccion)
    assert (hecho.responde, dice in hecho.detalle) == (responde, True), hecho
    if "interno" in direccion or "mixto" in direccion:
        assert len(servidor.pedidos) == direccion.count("302"), "no se le pidió nada"


def test_una_respuesta_que_gotea_se_corta(servidor: Any):
    hecho = sonda(servidor, plazo=0.4).preguntar("https://pagina.example/gotea")
    assert not hecho.responde


@pytest.mark.parametrize(
    "ip",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1",
        "::ffff:10.0.0.1", "::ffff:8.8.8.8", "2002:0a00:0001::", "64:ff9b::a00:1",
    ],
)  # fmt: skip
def test_lo_que_no_es_internet(ip: str):
    assert not es_publica(ip_address(ip))


def test_internet_si():
    assert es_publica(ip_address("8.8.8.8"))
    assert es_publica(ip_address("2001:4860:4860::8888"))

"""Certificados y una TSA de verdad, hechos para una prueba."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

from asn1crypto import keys, tsp
from asn1crypto import x509 as ax509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

DESDE = datetime(2026, 1, 1, tzinfo=UTC)
AGENTE = "AGENTE AUTOMATIZADO VALLE SERENO"
CLAVE = "clave del certificado ñ"


def _nombre(quien: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, quien)])


@cache
def _raiz() -> tuple[Any, x509.Certificate]:
    clave = ec.generate_private_key(ec.SECP256R1())
    return clave, _certificar(clave, "Raíz de prueba", clave, "Raíz de prueba", es_ca=True)


def _certificar(
    clave: Any, quien: str, emisora: Any, emisor: str, *, es_ca: bool = False,
    para_tiempo: bool = False, dias: int = 900,
) -> x509.Certificate:  # fmt: skip
    c = (
        x509.CertificateBuilder()
        .subject_name(_nombre(quien))
        .issuer_name(_nombre(emisor))
        .public_key(clave.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(DESDE)
        .not_valid_after(DESDE + timedelta(days=dias))
        .add_extension(x509.BasicConstraints(ca=es_ca, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(True, True, False, False, False, es_ca, es_ca, False, False), True
        )
    )
    if para_tiempo:
        c = c.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True)
    return c.sign(emisora, hashes.SHA256())


def p12(quien: str = AGENTE, clave: str = CLAVE, dias: int = 900) -> bytes:
    """El PKCS#12 de una entidad, RSA, con su cadena."""
    suya = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    emisora, raiz = _raiz()
    propio = _certificar(suya, quien, emisora, "Raíz de prueba", dias=dias)
    cifrado = BestAvailableEncryption(clave.encode())
    return serialize_key_and_certificates(b"entidad", suya, propio, [raiz], cifrado)


@contextmanager
def tsa() -> Iterator[tuple[str, HTTPServer]]:
    """Una TSA en este proceso, por HTTP: sella con un certificado para eso."""
    clave = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    emisora, _ = _raiz()
    propio = _certificar(clave, "TSA de prueba", emisora, "Raíz de prueba", para_tiempo=True)
    der = clave.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    sellador = DummyTimeStamper(
        ax509.Certificate.load(propio.public_bytes(Encoding.DER)), keys.PrivateKeyInfo.load(der)
    )

    class Ventanilla(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            pedido = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            cuerpo = asyncio.run(sellador.async_request_tsa_response(pedido)).dump()
            self.server.pedidos += 1  # type: ignore[attr-defined]
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(cuerpo)))
            self.end_headers()
            self.wfile.write(cuerpo)

        def log_message(self, *_: Any) -> None:
            """Las pruebas no imprimen nada."""

    servidor = HTTPServer(("127.0.0.1", 0), Ventanilla)
    servidor.pedidos = 0  # type: ignore[attr-defined]
    hilo = Thread(target=servidor.serve_forever, daemon=True)
    hilo.start()
    try:
        yield f"http://127.0.0.1:{servidor.server_port}/tsr", servidor
    finally:
        servidor.shutdown()
        servidor.server_close()
        hilo.join()

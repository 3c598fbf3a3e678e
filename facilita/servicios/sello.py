"""El sello de la plataforma: una clave con id, y la declaración firmada que cabe en un QR.

De un secreto y un id salen siempre las mismas claves privadas: no se guardan en ninguna parte. Lo
que se guarda y se publica es lo público: la clave Ed25519 que comprueba las declaraciones y el
certificado con que se cubre cada PDF.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, unquote

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.x509.oid import NameOID

FORMA = "1"
ANIOS_DEL_CERTIFICADO = 20
LARGO_MAXIMO = 600
_ORDEN_P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True)
class Declaracion:
    """Lo que una clave de la plataforma afirma de un documento, en pocas letras."""

    clase: str
    codigo: str
    numero: str
    fecha: str
    """El instante del documento, en hora de Lima, como `2026-03-04T10:00:07-05:00`."""
    huella: str
    """El SHA-256 de los datos congelados."""

    def mensaje(self) -> bytes:
        """Lo que se firma."""
        partes = ("facilita-declaracion", FORMA, *self._partes(), self.huella)
        return "\n".join(partes).encode()

    def _partes(self) -> tuple[str, ...]:
        return (self.clase, self.codigo, self.numero, self.fecha)


@dataclass(frozen=True)
class Claves:
    """Las claves privadas de un sello."""

    id: str
    declara: Ed25519PrivateKey
    firma: ec.EllipticCurvePrivateKey

    @property
    def publica(self) -> str:
        """La clave pública que comprueba las declaraciones, en hexadecimal."""
        return self.declara.public_key().public_bytes_raw().hex()


def huella_de(datos: Mapping[str, Any]) -> str:
    """El SHA-256 de unos datos congelados: cambia si cambia un solo carácter."""
    escrito = json.dumps(datos, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(escrito.encode("utf-8", "surrogatepass")).hexdigest()


def derivar(secreto: str, cual: str) -> Claves:
    """Las claves de un sello; solo quien tiene el secreto de la instalación puede hacerlas."""
    semilla = HKDF(hashes.SHA256(), 64, salt=None, info=f"facilita sello {cual}".encode())
    bytes_ = semilla.derive(secreto.encode())
    escalar = int.from_bytes(bytes_[32:], "big") % (_ORDEN_P256 - 1) + 1
    return Claves(
        id=cual,
        declara=Ed25519PrivateKey.from_private_bytes(bytes_[:32]),
        firma=ec.derive_private_key(escalar, ec.SECP256R1()),
    )


def certificar(claves: Claves, plataforma: str, ahora: datetime) -> str:
    """El certificado, firmado por sí mismo, con que un PDF nombra el sello; en PEM."""
    nombre = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, f"Sello {claves.id} de {plataforma}"[:64]),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Facilita"),
        ]
    )
    dia = ahora.replace(hour=0, minute=0, second=0, microsecond=0)
    certificado = (
        x509.CertificateBuilder()
        .subject_name(nombre)
        .issuer_name(nombre)
        .public_key(claves.firma.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(dia - timedelta(days=1))
        .not_valid_after(dia + timedelta(days=365 * ANIOS_DEL_CERTIFICADO))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_SOLO_FIRMA, critical=True)
        .sign(claves.firma, hashes.SHA256())
    )
    return certificado.public_bytes(serialization.Encoding.PEM).decode()


_SOLO_FIRMA = x509.KeyUsage(
    digital_signature=True, content_commitment=True, key_encipherment=False,
    data_encipherment=False, key_agreement=False, key_cert_sign=False, crl_sign=False,
    encipher_only=False, decipher_only=False,
)  # fmt: skip


def declarar(claves: Claves, declaracion: Declaracion) -> str:
    """La declaración firmada, con lo justo para caber en un QR y en una dirección."""
    firma = claves.declara.sign(declaracion.mensaje())
    return "~".join(
        (
            FORMA,
            claves.id,
            # quote deja pasar la virgulilla, que aquí separa.
            *(quote(p, safe=":").replace("~", "%7E") for p in declaracion._partes()),
            _en_letras(bytes.fromhex(declaracion.huella)),
            _en_letras(firma),
        )
    )


def leer_declaracion(texto: str) -> tuple[Declaracion, str, bytes]:
    """La declaración, el id de la clave que dice y su firma, sin comprobar; o `ValueError`."""
    partes = texto.split("~")
    if len(texto) > LARGO_MAXIMO or len(partes) != 8 or partes[0] != FORMA:
        raise ValueError("no es una declaración de Facilita")
    clase, codigo, numero, fecha = (unquote(p, errors="strict") for p in partes[2:6])
    huella, firma = _de_letras(partes[6]), _de_letras(partes[7])
    return Declaracion(clase, codigo, numero, fecha, huella.hex()), partes[1], firma


def comprobar_declaracion(texto: str, publicas: Mapping[str, str]) -> Declaracion | None:
    """La declaración si la firmó una de las claves públicas dadas (id → hexadecimal)."""
    try:
        declaracion, cual, firma = leer_declaracion(texto)
        publica = Ed25519PublicKey.from_public_bytes(bytes.fromhex(publicas[cual]))
        publica.verify(firma, declaracion.mensaje())
    except (ValueError, KeyError, InvalidSignature):
        return None
    return declaracion


def _en_letras(datos: bytes) -> str:
    return base64.urlsafe_b64encode(datos).rstrip(b"=").decode()


def _de_letras(texto: str) -> bytes:
    return base64.b64decode(texto + "=" * (-len(texto) % 4), altchars=b"-_", validate=True)

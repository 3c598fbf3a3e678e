"""Con qué firma cada entidad: su certificado PKCS#12, y la TSA que sella la hora (N21)."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from cryptography.x509 import Certificate
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Tsa:
    """Una autoridad de sellado de tiempo (RFC 3161)."""

    url: str
    usuario: str | None = None
    clave: str | None = None

    @classmethod
    def de(cls, direccion: str) -> "Tsa":
        """La de una dirección como `https://usuario:clave@tsa.ejemplo.pe/tsr`."""
        partes = urlsplit(direccion)
        equipo = partes.netloc.rpartition("@")[2]
        url = partes._replace(netloc=equipo).geturl()
        usuario = unquote(partes.username) if partes.username else None
        return cls(url, usuario, unquote(partes.password or "") if usuario else None)

    @property
    def nombre(self) -> str:
        """Cómo se la nombra en un documento."""
        return urlsplit(self.url).hostname or self.url


@dataclass(frozen=True)
class Certificado:
    """El certificado de una entidad, ya abierto; la clave privada queda en su archivo."""

    p12: bytes
    clave: str
    pem: str
    """El suyo y su cadena."""
    huella: str
    """El SHA-256 del suyo."""
    nombre: str
    emisor: str
    desde: datetime
    hasta: datetime

    def vale(self, ahora: datetime) -> bool:
        """Si está dentro de su vigencia."""
        return self.desde <= ahora <= self.hasta


class CertificadoInservible(Exception):
    """Hay un certificado y no se puede usar, con el motivo."""


@dataclass(frozen=True)
class Firmas:
    """Los certificados de las entidades, por su nombre en la dirección: `<entidad>.p12`.

    La clave de cada uno va al lado, en `<entidad>.clave`.
    """

    carpeta: Path | None = None
    tsa: Tsa | None = None

    def de(self, entidad: str, ahora: datetime) -> Certificado | None:
        """El certificado de una entidad, si tiene; lanza `CertificadoInservible`."""
        archivo = self.carpeta / f"{entidad}.p12" if self.carpeta else None
        if archivo is None or not archivo.is_file():
            return None
        try:
            clave = archivo.with_suffix(".clave")
            cambio = (archivo.stat().st_mtime_ns, clave.stat().st_mtime_ns)
            certificado = _abrir(archivo, clave, cambio)
        except (OSError, ValueError) as error:
            raise CertificadoInservible(f"{archivo.name} no se abre: {error}") from None
        if not certificado.vale(ahora):
            raise CertificadoInservible(
                f"{archivo.name} vale del {certificado.desde:%Y-%m-%d} al "
                f"{certificado.hasta:%Y-%m-%d}"
            )
        return certificado


@lru_cache(maxsize=500)
def _abrir(archivo: Path, clave: Path, _cambio: tuple[int, int]) -> Certificado:
    p12, escrita = archivo.read_bytes(), clave.read_text("utf-8").rstrip("\r\n")
    abierto = load_pkcs12(p12, escrita.encode() or None)
    if abierto.cert is None or abierto.key is None:
        raise ValueError("le falta el certificado o su clave privada")
    propio = abierto.cert.certificate
    cadena = [propio, *(c.certificate for c in abierto.additional_certs)]
    return Certificado(
        p12=p12,
        clave=escrita,
        pem="".join(c.public_bytes(Encoding.PEM).decode() for c in cadena),
        huella=propio.fingerprint(SHA256()).hex(),
        nombre=_nombre(propio, de_quien="subject"),
        emisor=_nombre(propio, de_quien="issuer"),
        desde=propio.not_valid_before_utc,
        hasta=propio.not_valid_after_utc,
    )


def _nombre(certificado: Certificate, de_quien: str) -> str:
    nombre = getattr(certificado, de_quien)
    comunes = nombre.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(comunes[0].value if comunes else nombre.rfc4514_string())[:200]

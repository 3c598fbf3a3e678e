"""La firma PAdES de un PDF y su revisión, con pyHanko.

Cargarla tarda más de un segundo: quien atiende peticiones no la importa (ver `taller.py`).
"""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from asn1crypto import cms, keys, x509
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps.api import TimeStamper
from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import ModificationLevel, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

CAMPO = "Sello"
SITIO = 8192
SITIO_DE_LA_TSA = 16384
"""Lo que se reserva para la firma: medirlo antes sería firmar dos veces."""
RESUMEN = {"algorithm": "sha256"}
PLAZO_DE_LA_TSA = 10
# Lo que pyHanko piensa de una cadena que no conoce va al resultado, no al registro.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)


class NoSeFirma(Exception):
    """La clave o el certificado no sirven para firmar."""


@dataclass(frozen=True)
class Firma:
    """Lo que una firma dice de un PDF; cada cosa por separado."""

    cubre_todo: bool
    """Si alcanza al archivo entero, sin nada agregado después."""
    integra: bool
    certificado: str
    """La huella SHA-256 del certificado que firmó."""
    nombre: str
    emisor: str
    firmado_en: datetime | None
    """Lo que dice quien firma; vale más lo del sello de tiempo."""
    sellado_en: datetime | None
    sellado_por: str | None


def firmante_de_clave(clave_der: bytes, certificado: bytes) -> signers.SimpleSigner:
    """Quien firma con una clave PKCS#8 y su certificado (PEM o DER)."""
    (propio,) = load_certs_from_pemder_data(certificado)
    return signers.SimpleSigner(
        signing_cert=propio,
        signing_key=keys.PrivateKeyInfo.load(clave_der),
        cert_registry=SimpleCertificateStore(),
    )


def firmante_de_p12(p12: bytes, clave: str) -> signers.SimpleSigner:
    """Quien firma con el certificado PKCS#12 de una entidad; lanza `NoSeFirma`."""
    try:
        firmante = signers.SimpleSigner.load_pkcs12_data(p12, (), clave.encode() or None)
    except ValueError as error:
        raise NoSeFirma("el certificado no se abre con esa clave") from error
    return firmante


def sellador(url: str, usuario: str | None = None, clave: str | None = None) -> TimeStamper:
    """Quien pide a una TSA el sello de tiempo (RFC 3161)."""
    quien = (usuario, clave) if usuario else None
    return RequestsHTTPTimeStamper(url, timeout=PLAZO_DE_LA_TSA, auth=quien)


def firmar(
    pdf: bytes,
    firmante: signers.Signer,
    *,
    ahora: datetime,
    motivo: str,
    anexo: bytes,
    tiempo: TimeStamper | None = None,
) -> bytes:
    """El PDF con sus datos congelados dentro y cubierto entero por una firma PAdES.

    Los datos van en `PieceInfo`, que PDF/A-2 admite y ningún lector muestra.
    """
    escritor = IncrementalPdfFileWriter(BytesIO(pdf))
    datos = escritor.add_object(generic.StreamObject(stream_data=anexo))
    escritor.root["/PieceInfo"] = _diccionario(
        Facilita=_diccionario(LastModified=generic.pdf_date(ahora), Private=datos)
    )
    escritor.update_root()
    ajustes = signers.PdfSignatureMetadata(
        field_name=CAMPO,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        reason=motivo,
        location="Perú",
    )
    salida = BytesIO()
    _aparte(
        _ConReloj(ajustes, signer=firmante, timestamper=tiempo, ahora=ahora).sign_pdf,
        escritor,
        output=salida,
        bytes_reserved=SITIO + (SITIO_DE_LA_TSA if tiempo else 0) + firmante_ocupa(firmante),
    )
    return salida.getvalue()


def _aparte(hacer: Callable[..., Any], *datos: Any, **opciones: Any) -> Any:
    # pyHanko abre su bucle de asyncio, y el hilo de quien llama puede tener ya uno en marcha.
    with ThreadPoolExecutor(1) as hilo:
        return hilo.submit(hacer, *datos, **opciones).result()


def firmante_ocupa(firmante: signers.Signer) -> int:
    """Lo que ocupan, en hexadecimal, el certificado de quien firma y su cadena."""
    return sum(2 * len(c.dump()) for c in (firmante.signing_cert, *firmante.cert_registry))


class _ConReloj(signers.PdfSigner):  # type: ignore[misc]
    """Firma con la hora que se le da: el reloj de la casa es uno."""

    def __init__(self, *args: Any, ahora: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._ahora = ahora

    def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:
        sesion = super().init_signing_session(*args, **kwargs)
        sesion.system_time = self._ahora.astimezone(UTC).replace(microsecond=0)
        return sesion


def _diccionario(**partes: Any) -> generic.DictionaryObject:
    return generic.DictionaryObject({generic.NameObject(f"/{k}"): v for k, v in partes.items()})


def leer(pdf: bytes, conocidos: Mapping[str, str]) -> tuple[Firma | None, bytes | None]:
    """La firma que cubre un PDF y sus datos congelados; lo que no se puede leer, no está.

    `conocidos` son los certificados en que se confía, en PEM. No consulta nada afuera.
    """
    try:
        lector = PdfFileReader(BytesIO(pdf), strict=False)
        return _firma(pdf, lector, conocidos), _anexo(lector)
    except Exception:
        # De un PDF roto puede salir cualquier excepción: lo que no se lee no está firmado.
        return None, None


def _anexo(lector: PdfFileReader) -> bytes | None:
    try:
        datos: bytes = lector.root["/PieceInfo"]["/Facilita"]["/Private"].data
    except Exception:
        return None
    return datos


def _firma(pdf: bytes, lector: PdfFileReader, conocidos: Mapping[str, str]) -> Firma | None:
    hechas = lector.embedded_signatures
    if len(hechas) != 1:
        return None
    raices: list[x509.Certificate] = [
        c for pem in conocidos.values() for c in load_certs_from_pemder_data(pem.encode())
    ]
    contexto = ValidationContext(trust_roots=raices, allow_fetching=False)
    estado = _aparte(validate_pdf_signature, hechas[0], contexto)
    sello: Any = estado.timestamp_validity
    sello_vale = bool(sello and sello.intact and sello.valid)
    return Firma(
        cubre_todo=estado.coverage == SignatureCoverageLevel.ENTIRE_FILE
        and estado.modification_level in (None, ModificationLevel.NONE),
        integra=bool(estado.intact and estado.valid)
        and _es_exacta(pdf, hechas[0], raices)
        and (sello is None or sello_vale),
        certificado=estado.signing_cert.sha256.hex(),
        nombre=_nombre(estado.signing_cert.subject),
        emisor=_nombre(estado.signing_cert.issuer),
        firmado_en=hechas[0].self_reported_timestamp,
        sellado_en=sello.timestamp if sello_vale else None,
        sellado_por=_nombre(sello.signing_cert.subject) if sello_vale else None,
    )


def _es_exacta(pdf: bytes, hecha: Any, raices: list[x509.Certificate]) -> bool:
    """Si el hueco de la firma lleva la firma y nada más.

    La firma no se cubre a sí misma: su relleno y sus partes sin firmar se podrían cambiar sin que
    se note. Aquí se escribe otra vez, con lo firmado y lo conocido, y debe dar los mismos bytes.
    """
    inicio, largo, despues, _ = (int(n) for n in hecha.byte_range)
    hueco = pdf[inicio + largo : despues]
    escrita = _escribir_cms(hecha.signed_data, {c.dump() for c in raices}).hex().upper().encode()
    return hueco == b"<" + escrita.ljust(len(hueco) - 2, b"0") + b">"


def _escribir_cms(datos: Any, conocidos: set[bytes]) -> bytes:
    (firmante,) = datos["signer_infos"]
    certificados = [c.chosen for c in datos["certificates"]]
    propio = next(c for c in certificados if c.serial_number == _serie(firmante))
    if propio.dump() not in conocidos:
        # De quien no se conoce, lo más que se dice es si su firma es coherente.
        conocidos = {c.dump() for c in certificados}
    suyo = {"issuer": propio.issuer, "serial_number": propio.serial_number}
    firmadas = ("signed_attrs", "signature_algorithm", "signature", "unsigned_attrs")
    firma = {
        "version": "v1",
        "sid": cms.SignerIdentifier("issuer_and_serial_number", suyo),
        "digest_algorithm": RESUMEN,
        **{parte: firmante[parte] for parte in firmadas if firmante[parte].native is not None},
    }
    contenido = {
        "version": "v1",
        "digest_algorithms": [RESUMEN],
        "encap_content_info": {"content_type": "data"},
        "certificates": [c for c in certificados if c.dump() in conocidos],
        "signer_infos": [firma],
    }
    sobre = {"content_type": "signed_data", "content": cms.SignedData(contenido)}
    return bytes(cms.ContentInfo(sobre).dump(force=True))


def _serie(firmante: Any) -> int:
    return int(firmante["sid"].chosen["serial_number"].native)


def _nombre(quien: x509.Name) -> str:
    partes = quien.native
    return str(partes.get("common_name") or quien.human_friendly)[:200]

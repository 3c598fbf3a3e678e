"""El sello de la plataforma y la firma de los PDF (N21): lo que se cambia, se nota."""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pdfua
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from firmantes import CLAVE, p12, tsa
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from facilita.servicios import firma_pdf
from facilita.servicios.firma_pdf import Firma, NoSeFirma
from facilita.servicios.firmas import Certificado, CertificadoInservible, Firmas, Tsa
from facilita.servicios.impresion import componer
from facilita.servicios.sello import (
    Declaracion,
    certificar,
    comprobar_declaracion,
    declarar,
    derivar,
    huella_de,
)

AHORA = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
SECRETO = "un secreto de la instalación, largo y al azar"
CLAVES = derivar(SECRETO, "h7xk29")
CERTIFICADO = certificar(CLAVES, "mesa.ejemplo.gob.pe", AHORA)
CONOCIDOS = {CLAVES.id: CERTIFICADO}
DECLARACION = Declaracion(
    "cargo", "F7XK-29QD-TRWM-4H6C", "E-2026/001~ñ", "2026-11-23T10:00:00-05:00", huella_de({"a": 1})
)


def sellar(anexo: bytes = b'{"a":1}') -> bytes:
    """Un PDF cubierto por la clave de la plataforma."""
    pdf = componer("documento", {"titulo": "Cargo", "entidad": {"nombre": "Muni"}}, AHORA)
    clave = CLAVES.firma.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    firmante = firma_pdf.firmante_de_clave(clave, CERTIFICADO.encode())
    return firma_pdf.firmar(pdf, firmante, ahora=AHORA, motivo="Cargo", anexo=anexo)


@pytest.fixture(scope="module")
def sellado() -> bytes:
    return sellar()


def vale(pdf: bytes, conocidos: Mapping[str, str] = CONOCIDOS) -> bool:
    firma, _ = firma_pdf.leer(pdf, conocidos)
    return bool(firma and firma.cubre_todo and firma.integra and _es_conocida(firma))


def _es_conocida(firma: Firma) -> bool:
    return firma.nombre == "Sello h7xk29 de mesa.ejemplo.gob.pe"


# --- la declaración -----------------------------------------------------------------------------


def test_del_mismo_secreto_salen_las_mismas_claves_y_de_otro_otras() -> None:
    assert derivar(SECRETO, "h7xk29").publica == CLAVES.publica
    assert derivar(SECRETO, "otra").publica != CLAVES.publica
    assert derivar(SECRETO + "!", "h7xk29").publica != CLAVES.publica


def test_la_declaracion_se_comprueba_con_la_clave_publica_y_cabe_en_un_qr() -> None:
    texto = declarar(CLAVES, DECLARACION)
    assert comprobar_declaracion(texto, {CLAVES.id: CLAVES.publica}) == DECLARACION
    assert len(texto) < 260
    assert set(texto) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789~:-_.%")


@pytest.mark.parametrize("cual", ["clase", "codigo", "numero", "fecha", "huella"])
def test_cambiar_una_parte_de_la_declaracion_la_invalida(cual: str) -> None:
    firma = declarar(CLAVES, DECLARACION).rpartition("~")[2]
    otra = replace(DECLARACION, **{cual: huella_de({"a": 2}) if cual == "huella" else "otra"})
    falsa = declarar(CLAVES, otra).rpartition("~")[0] + "~" + firma
    assert comprobar_declaracion(falsa, {CLAVES.id: CLAVES.publica}) is None


@pytest.mark.parametrize("texto", ["", "~" * 7, "1~x~a~b~c~d~%%~é", "1~" * 400, "\x00"])
def test_una_declaracion_rota_no_vale_ni_falla(texto: str) -> None:
    assert comprobar_declaracion(texto, {CLAVES.id: CLAVES.publica}) is None
    assert comprobar_declaracion(declarar(CLAVES, DECLARACION), {}) is None


# --- la firma del PDF ---------------------------------------------------------------------------


def test_el_pdf_sellado_vale_y_lleva_sus_datos(sellado: bytes, tmp_path: Path) -> None:
    firma, anexo = firma_pdf.leer(sellado, CONOCIDOS)
    assert anexo == b'{"a":1}'
    assert firma is not None
    assert vale(sellado)
    assert firma.firmado_en == AHORA
    assert firma.sellado_en is None
    archivo = tmp_path / "a.pdf"
    archivo.write_bytes(sellado)
    assert not pdfua.validate(str(archivo)).findings


def test_un_byte_cambiado_en_cualquier_parte_se_nota(sellado: bytes) -> None:
    """También en el hueco de la firma, que la firma no cubre: su relleno y sus partes sueltas."""
    semilla = random.randrange(10**6)
    azar = random.Random(semilla)
    hueco = sellado.index(b"/Contents <")
    firma = range(hueco, sellado.index(b">", hueco))
    lugares = [*azar.sample(range(len(sellado)), 8), *azar.sample(firma, 12), firma[-1]]
    no_vistos = [
        n for n in lugares if vale(sellado[:n] + bytes([sellado[n] ^ 1]) + sellado[n + 1 :])
    ]
    assert no_vistos == [], f"semilla {semilla}"


def test_agregar_algo_despues_de_la_firma_se_nota(sellado: bytes) -> None:
    escritor = IncrementalPdfFileWriter(BytesIO(sellado))
    escritor.root["/Otra"] = escritor.root["/PieceInfo"]
    escritor.update_root()
    salida = BytesIO()
    escritor.write(salida)
    for cambiado in (salida.getvalue(), sellado + b"\n", sellado + b"x" * 2000):
        assert not vale(cambiado)


@pytest.mark.parametrize("cuanto", [0, 1, 100, 5000])
def test_un_pdf_roto_no_vale_ni_falla(sellado: bytes, cuanto: int) -> None:
    assert firma_pdf.leer(sellado[:cuanto], CONOCIDOS)[0] is None


def test_de_una_clave_desconocida_se_dice_que_es_coherente_y_nada_mas(sellado: bytes) -> None:
    firma, _ = firma_pdf.leer(sellado, {})
    assert firma is not None
    assert firma.integra
    assert firma.certificado not in {CLAVES.id}


# --- el certificado de la entidad y la TSA ------------------------------------------------------


@pytest.fixture
def carpeta(tmp_path: Path) -> Path:
    (tmp_path / "valle.p12").write_bytes(p12())
    (tmp_path / "valle.clave").write_text(CLAVE + "\n", "utf-8")
    return tmp_path


def test_el_certificado_de_una_entidad_se_abre_con_su_clave(carpeta: Path) -> None:
    certificado = Firmas(carpeta).de("valle", AHORA)
    assert isinstance(certificado, Certificado)
    assert certificado.nombre == "AGENTE AUTOMATIZADO VALLE SERENO"
    assert certificado.emisor == "Raíz de prueba"
    assert certificado.pem.count("BEGIN CERTIFICATE") == 2
    assert Firmas(carpeta).de("otra", AHORA) is None
    assert Firmas().de("valle", AHORA) is None


def test_un_certificado_que_no_sirve_dice_por_que(carpeta: Path) -> None:
    with pytest.raises(CertificadoInservible, match="vale del 2026-01-01"):
        Firmas(carpeta).de("valle", datetime(2036, 1, 1, tzinfo=UTC))
    (carpeta / "valle.clave").write_text("otra clave larga")
    with pytest.raises(CertificadoInservible, match="no se abre"):
        Firmas(carpeta).de("valle", AHORA)
    (carpeta / "valle.clave").unlink()
    with pytest.raises(CertificadoInservible):
        Firmas(carpeta).de("valle", AHORA)


def test_con_certificado_y_tsa_la_firma_dice_quien_y_cuando(carpeta: Path) -> None:
    """N21: agente automatizado de la entidad y sello de tiempo, con una TSA por HTTP."""
    certificado = Firmas(carpeta).de("valle", AHORA)
    assert certificado is not None
    pdf = componer("documento", {"titulo": "Cargo", "entidad": {"nombre": "Muni"}}, AHORA)
    firmante = firma_pdf.firmante_de_p12(certificado.p12, certificado.clave)
    with tsa() as (url, servidor):
        tiempo = firma_pdf.sellador(url)
        firmado = firma_pdf.firmar(
            pdf, firmante, ahora=AHORA, motivo="Cargo", anexo=b"{}", tiempo=tiempo
        )
        assert servidor.pedidos >= 1  # type: ignore[attr-defined]
    conocidos = {certificado.huella: certificado.pem}
    firma, _ = firma_pdf.leer(firmado, conocidos)
    assert firma is not None
    assert firma.integra and firma.cubre_todo
    assert firma.certificado == certificado.huella
    assert (firma.nombre, firma.emisor) == (certificado.nombre, certificado.emisor)
    assert firma.sellado_por == "TSA de prueba"
    assert firma.sellado_en is not None
    hueco = firmado.index(b"/Contents <")
    azar = random.Random(7)
    for n in azar.sample(range(hueco + 11, firmado.index(b">", hueco)), 8):
        cambiado = firmado[:n] + bytes([firmado[n] ^ 1]) + firmado[n + 1 :]
        otra, _ = firma_pdf.leer(cambiado, conocidos)
        entera = otra and otra.integra and otra.cubre_todo
        assert not (entera and otra.certificado == firma.certificado and otra.sellado_en), n


def test_una_clave_que_no_abre_el_certificado_no_firma() -> None:
    with pytest.raises(NoSeFirma):
        firma_pdf.firmante_de_p12(p12(), "otra")


def test_la_direccion_de_la_tsa_lleva_su_usuario_y_su_clave() -> None:
    suya = Tsa.de("https://juan:cla%40ve@tsa.ejemplo.pe:8443/tsr")
    assert (suya.usuario, suya.clave) == ("juan", "cla@ve")
    assert suya.url == "https://tsa.ejemplo.pe:8443/tsr"
    assert suya.nombre == "tsa.ejemplo.pe"
    assert Tsa.de("https://tsa.ejemplo.pe/tsr").usuario is None

"""Qué es de verdad un archivo: se recibe, se recibe con marcas o se rechaza con su motivo (N04)."""

import io
import random
import struct
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from facilita.servicios.almacen import abrir_almacen
from facilita.servicios.revision import MARCAS, TIPOS, Ficha, nombre_seguro, revisar

from . import muestras

SANOS = muestras.sanos()
EXTENSIONES = [e for tipo in TIPOS.values() for e in tipo.extensiones]


def ver(datos: bytes, nombre: str) -> Ficha:
    ficha = revisar(io.BytesIO(datos), nombre)
    assert (ficha.tipo is None) == (ficha.motivo is not None)
    assert set(ficha.marcas) <= MARCAS.keys()
    return ficha


def test_hay_muestra_de_cada_tipo() -> None:
    assert SANOS.keys() == TIPOS.keys()


@pytest.mark.parametrize("tipo", SANOS)
def test_lo_sano_se_recibe_sin_marcas(tipo: str) -> None:
    paginas = {"pdf": 3, "jpg": 1, "png": 1}.get(tipo)
    esperada = Ficha(tipo, TIPOS[tipo].mime, paginas)
    for extension in TIPOS[tipo].extensiones:
        assert ver(SANOS[tipo], f"Solicitud N.º 5.{extension.upper()}") == esperada
    assert ver(SANOS[tipo], "sin extension") == esperada


@pytest.mark.parametrize("tipo", SANOS)
def test_lo_que_finge_ser_otra_cosa_no_se_recibe(tipo: str) -> None:
    for otro in SANOS.keys() - {tipo, "zip"}:
        ficha = ver(SANOS[tipo], f"informe.{otro}")
        assert ficha.tipo is None, (tipo, otro)
        assert f"«.{otro}»" in (ficha.motivo or "")


@pytest.mark.parametrize(
    "cabeza",
    [
        b"MZ\x90\x00" + bytes(100),
        b"\x7fELF" + bytes(100),
        b"Rar!\x1a\x07\x01\x00",
        b"7z\xbc\xaf\x27\x1c\x00",
        b"GIF89a" + bytes(20),
        b"\x00\x00\x00\x18ftypheic" + bytes(20),
        b"{\\rtf1 hola}",
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"  \n<svg onload=alert(1)>",
        b"\xef\xbb\xbf<?php system('x');",
        b"#!/bin/sh\nrm -rf /\n",
        b"MZ %PDF-1.7 poliglota" + bytes(50),
        bytes(range(256)),
    ],
)
def test_lo_ajeno_no_se_recibe_se_llame_como_se_llame(cabeza: bytes) -> None:
    for extension in [*EXTENSIONES, "exe", ""]:
        assert ver(cabeza, f"archivo.{extension}").tipo is None


@pytest.mark.parametrize("nombre", ["virus.exe", "a.pdf.exe", "pagina.html", "macro.docm", "x.svg"])
def test_una_extension_que_no_se_conoce_no_se_recibe(nombre: str) -> None:
    assert "No se reciben archivos" in (ver(SANOS["pdf"], nombre).motivo or "")


def test_lo_vacio_no_se_recibe() -> None:
    assert ver(b"", "a.pdf").motivo == "El archivo está vacío."


def test_el_numero_de_un_oficio_no_es_una_extension() -> None:
    assert ver(SANOS["pdf"], "Oficio N.045").tipo == "pdf"


@pytest.mark.parametrize(
    ("nombre", "datos", "marca"),
    [
        ("a.pdf", SANOS["pdf"][: len(SANOS["pdf"]) // 2], "danado"),
        ("a.pdf", b"%PDF-1.7\n", "danado"),
        ("a.pdf", muestras.pdf(clave="secreta"), "cifrado"),
        ("a.pdf", muestras.pdf(adjunto=True), "con_adjuntos"),
        ("a.pdf", muestras.pdf_con_anotacion_adjunta(), "con_adjuntos"),
        ("a.pdf", muestras.pdf(script=True), "con_codigo"),
        ("a.docx", SANOS["docx"][:60], "danado"),
        ("a.docx", muestras.ole("EncryptionInfo", "EncryptedPackage"), "cifrado"),
        ("a.xlsx", muestras.office("xl/workbook.xml", "xl/vbaProject.bin"), "con_codigo"),
        ("a.doc", SANOS["doc"][:600], "danado"),
        ("a.doc", muestras.ole("WordDocument", "Macros"), "con_codigo"),
        ("a.zip", muestras.zip_con([("a.txt", b"x")], cifrado=True), "cifrado"),
        ("a.zip", b"PK\x03\x04" + bytes(200), "danado"),
        ("a.zip", muestras.zip_con([("ceros", bytes(200 * 1024 * 1024))]), "desmedido"),
        ("a.jpg", SANOS["jpg"][:30], "danado"),
        ("a.png", SANOS["png"][:40], "danado"),
    ],
    ids=lambda valor: valor if isinstance(valor, str) else "",
)
def test_un_tipo_permitido_con_problemas_se_recibe_marcado(
    nombre: str, datos: bytes, marca: str
) -> None:
    ficha = ver(datos, nombre)
    assert ficha.tipo == nombre.removeprefix("a.")
    assert marca in ficha.marcas


def test_un_pdf_con_basura_delante_sigue_siendo_un_pdf() -> None:
    ficha = ver(b"\n\ncabecera del escaner\n" + SANOS["pdf"], "escaneado.pdf")
    assert ficha.tipo == "pdf"
    assert ficha.paginas == 3


def test_acepta_una_ruta_y_una_recepcion_sin_moverlas(tmp_path: Path) -> None:
    esperada = ver(SANOS["pdf"], "a.pdf")
    ruta = tmp_path / "cualquier.nombre"
    ruta.write_bytes(SANOS["pdf"])
    assert revisar(ruta, "a.pdf") == revisar(str(ruta), "a.pdf") == esperada
    almacen = abrir_almacen(str(tmp_path / "archivos"))
    with almacen.recibir() as recepcion:
        recepcion.write(SANOS["pdf"])
        assert revisar(recepcion, "a.pdf") == esperada
        assert recepcion.tell() == recepcion.tamano
        clave = almacen.guardar(recepcion, "muni")
    with almacen.abrir(clave) as archivo:
        assert revisar(archivo, "a.pdf") == esperada


@pytest.mark.parametrize(
    ("nombre", "seguro"),
    [
        ("Solicitud de María.pdf", "Solicitud de María.pdf"),
        ("C:\\fakepath\\informe.docx", "informe.docx"),
        ("../../etc/passwd", "passwd"),
        ("factura\u202efdp.exe", "facturafdp.exe"),
        ("a\x00b\r\nc.pdf", "ab c.pdf"),
        ("CON.pdf", "archivo CON.pdf"),
        ("", "archivo"),
        ("...", "archivo"),
        (".pdf", "archivo.pdf"),
        ('a<b>:"c|?*.txt', "a_b___c___.txt"),
        ("n\u0303.pdf", "ñ.pdf"),
        ("a.pdf   ", "a.pdf"),
    ],
)
def test_nombre_seguro(nombre: str, seguro: str) -> None:
    assert nombre_seguro(nombre) == seguro


@given(st.text(max_size=400))
def test_nombre_seguro_sirve_para_cualquier_texto(nombre: str) -> None:
    seguro = nombre_seguro(nombre)
    assert 0 < len(seguro) <= 150
    assert not set(seguro) & set('/\\<>:"|?*\x00\r\n\u202e')
    assert nombre_seguro(seguro) == seguro


nombres = st.one_of(st.sampled_from([f"a.{e}" for e in [*EXTENSIONES, "exe", ""]]), st.text())
firmas = [b"%PDF-1.7\n", muestras.OLE, b"PK\x03\x04", b"PK\x05\x06", b"\x89PNG\r\n\x1a\n"]
cabezas = st.sampled_from([b"", b"MZ", b"\xff\xd8\xff", b"\xff\xfe", *firmas])


@settings(max_examples=400, deadline=None)
@given(cabezas, st.binary(max_size=2000), nombres)
def test_bytes_al_azar_no_lo_hacen_fallar(cabeza: bytes, resto: bytes, nombre: str) -> None:
    ver(cabeza + resto, nombre)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(SANOS)), st.sampled_from(EXTENSIONES), st.randoms())
@example("zip", "docx", random.Random(1))
def test_documentos_mordidos_no_lo_hacen_fallar(
    tipo: str, extension: str, azar: random.Random
) -> None:
    datos = bytearray(SANOS[tipo])
    for _ in range(azar.randint(1, 8)):
        lugar = azar.randrange(len(datos))
        datos[lugar : lugar + azar.choice([1, 1, 4])] = azar.randbytes(azar.choice([1, 4, 0, 9]))
        datos = datos or bytearray(b"x")
    ver(
        bytes(datos[: azar.randint(1, len(datos))] if azar.random() < 0.3 else datos),
        f"a.{extension}",
    )


def test_un_ole_cuyas_cadenas_dan_vueltas_termina() -> None:
    datos = bytearray(SANOS["doc"])
    struct.pack_into("<I", datos, 512 + 4, 1)
    assert ver(bytes(datos), "a.doc").tipo == "doc"
    struct.pack_into("<I", datos, 68, 0)
    ver(bytes(datos), "a.doc")


def test_un_zip_con_una_multitud_de_entradas_no_se_recorre_entero() -> None:
    entrada = struct.pack("<4s4xHH8xIIHHH8xI", b"PK\x01\x02", 0, 8, 9, 9, 8, 0, 0, 0) + b"mimetype"
    directorio = entrada * 100_000
    cola = struct.pack("<4s8xIIH", b"PK\x05\x06", len(directorio), 30, 0)
    ficha = ver(b"PK\x03\x04" + bytes(26) + directorio + cola, "a.zip")
    assert ficha.tipo == "zip"
    assert "desmedido" in ficha.marcas

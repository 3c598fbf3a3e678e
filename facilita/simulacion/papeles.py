"""Archivos inventados, de cada tipo que se recibe: los bytes de las fichas que un campo muestra."""

import io
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import pikepdf

GRANDE = 25 * 1024 * 1024
"""Hasta cuántos bytes se fabrican para que un archivo pase del límite de su campo."""


@cache
def _pdf(paginas: int) -> bytes:
    documento, salida = pikepdf.new(), io.BytesIO()
    for _ in range(paginas):
        documento.add_blank_page()
    # Sin fecha ni azar: los mismos bytes cada vez.
    documento.save(salida, deterministic_id=True)
    return salida.getvalue()


@cache
def _zip(*nombres: str, mimetype: str = "") -> bytes:
    salida = io.BytesIO()
    with zipfile.ZipFile(salida, "w") as comprimido:
        if mimetype:
            comprimido.writestr(zipfile.ZipInfo("mimetype"), mimetype)
        for nombre in nombres:
            comprimido.writestr(zipfile.ZipInfo(nombre), "<x/>")
    return salida.getvalue()


def _office(principal: str) -> bytes:
    return _zip("[Content_Types].xml", "_rels/.rels", principal)


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
_ODF = "application/vnd.oasis.opendocument."
_POR_TIPO: Mapping[str, Callable[[int], bytes]] = {
    "pdf": _pdf,
    # De la firma basta la cabeza: lo incompleto se recibe con su marca (N04).
    # Cada uno con sus bytes: un archivo repetido es el mismo archivo, con el tipo del primero.
    "doc": lambda _: _OLE + b"doc",
    "xls": lambda _: _OLE + b"xls",
    "ppt": lambda _: _OLE + b"ppt",
    "docx": lambda _: _office("word/document.xml"),
    "xlsx": lambda _: _office("xl/workbook.xml"),
    "pptx": lambda _: _office("ppt/presentation.xml"),
    "odt": lambda _: _zip("content.xml", mimetype=_ODF + "text"),
    "ods": lambda _: _zip("content.xml", mimetype=_ODF + "spreadsheet"),
    "jpg": lambda _: b"\xff\xd8\xff\xe0" + bytes(60),
    "png": lambda _: b"\x89PNG\r\n\x1a\n" + bytes(60),
    "txt": lambda _: "Pido la revisión de mi caso.\n".encode(),
    "zip": lambda _: _zip("planos/hoja.txt"),
}


def se_puede_fabricar(ficha: Mapping[str, Any]) -> bool:
    """Si sus bytes caben en lo que una simulación gasta."""
    return bool(ficha["tamano"] <= GRANDE)


def fabricar(ficha: Mapping[str, Any]) -> bytes:
    """Los bytes de una ficha: de su tipo, vacíos si mide cero, o tan grandes como dice."""
    if not ficha["tamano"]:
        return b""
    hacer = _POR_TIPO.get(ficha["tipo"])
    datos = hacer(ficha.get("paginas") or 1) if hacer else b"MZ" + bytes(60)
    return datos.ljust(ficha["tamano"], b"\0") if ficha["tamano"] > 1024 * 1024 else datos

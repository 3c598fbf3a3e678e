"""Qué es un contenido por sus primeros bytes: las familias que se reciben y las que no."""

import codecs
import re

_TEXTO_MIRADO = 1024 * 1024
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_CONTROL_TEXTO = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f\ufffe\uffff]")
# Las etiquetas por las que un navegador toma un texto por HTML (norma MIME Sniffing).
_HTML = re.compile(
    r"\s*(<\?xml|<\?php|<!--|<svg[\s>]|<!doctype\s"
    r"|<(html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|object|embed)[\s>])",
    re.IGNORECASE,
)
_PALABRAS = (
    ("{\\rtf", "un documento RTF"),
    ("%!PS", "un archivo PostScript"),
    ("#!", "un programa"),
)
_AJENOS = (
    (b"MZ", "un programa de Windows"),
    (b"\x7fELF", "un programa de Linux"),
    (b"\xcf\xfa\xed\xfe", "un programa de macOS"),
    (b"\xca\xfe\xba\xbe", "un programa"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "un acceso directo de Windows"),
    (b"Rar!\x1a\x07", "un comprimido RAR"),
    (b"7z\xbc\xaf\x27\x1c", "un comprimido 7-Zip"),
    (b"\x1f\x8b", "un comprimido GZIP"),
    (b"MSCF", "un comprimido CAB"),
    (b"GIF8", "una imagen GIF"),
    (b"BM", "una imagen BMP"),
    (b"II*\x00", "una imagen TIFF"),
    (b"MM\x00*", "una imagen TIFF"),
    (b"RIFF", "una imagen WEBP o un video"),
    (b"OggS", "un audio o video"),
    (b"ID3", "un audio MP3"),
    (b"{\\rtf", "un documento RTF"),
)
_FTYP_FOTO = {b"heic", b"heix", b"mif1", b"msf1", b"heim", b"hevc", b"avif"}
_FIRMAS = (
    (b"%PDF-", "pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
)


def familia(cabeza: bytes) -> str | None:
    """La familia de un contenido de los que se reciben, por su firma; `None` si no tiene una."""
    return next((nombre for firma, nombre in _FIRMAS if cabeza.startswith(firma)), None)


def ajeno(cabeza: bytes) -> str | None:
    """Cómo llamarle a un contenido que no se recibe, o `None` si no se reconoce."""
    if cabeza[4:8] == b"ftyp":
        return "una foto HEIC" if cabeza[8:12] in _FTYP_FOTO else "un video"
    return next((nombre for firma, nombre in _AJENOS if cabeza.startswith(firma)), None)


def texto_de(muestra: bytes) -> str | None:
    """El texto de una muestra de hasta 1 MB, o `None` si no es texto."""
    muestra = muestra[:_TEXTO_MIRADO]
    if muestra.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _utf16(muestra)
    if _CONTROL.search(muestra):
        return None
    try:
        # `final=False`: la muestra puede cortar el último carácter por la mitad.
        return codecs.getincrementaldecoder("utf-8-sig")().decode(muestra)
    except UnicodeDecodeError:
        return muestra.decode("latin-1")


def disfraz(texto: str) -> str | None:
    """Qué es en realidad un texto que no es solo texto, o `None` si lo es."""
    if _HTML.match(texto[:1024]):
        return "una página web"
    inicio = texto[:16].lstrip()
    return next((nombre for firma, nombre in _PALABRAS if inicio.startswith(firma)), None)


def _utf16(muestra: bytes) -> str | None:
    try:
        texto = codecs.getincrementaldecoder("utf-16")().decode(muestra)
    except UnicodeDecodeError:
        return None
    return None if _CONTROL_TEXTO.search(texto) else texto

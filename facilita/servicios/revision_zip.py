"""Los que son un ZIP por dentro: se mira solo su directorio, nunca se descomprime el contenido."""

import struct
import zlib
from dataclasses import dataclass

from facilita.servicios.revision_tipos import Contenido, Visto, como

_MEGA = 1024 * 1024
_DIRECTORIO_MAXIMO = 4 * _MEGA
_ENTRADAS_MAXIMAS = 20_000
_COLA = 22 + 65_535
_ENTRADA = struct.Struct("<4s4xHH8xIIHHH8xI")
_ENTRADA_LARGO = 46
_OFFICE = (("docx", b"word/document"), ("xlsx", b"xl/workbook"), ("pptx", b"ppt/presentation"))
_ODF = b"application/vnd.oasis.opendocument."
_ODF_RECIBIDOS = {_ODF + b"text": "odt", _ODF + b"spreadsheet": "ods"}
# Con qué empieza un documento de Office o de OpenDocument, por si el directorio se perdió.
_PRIMEROS = (
    b"[content",
    b"_rels/",
    b"docprops/",
    b"word/",
    b"xl/",
    b"ppt/",
    b"customxml/",
    b"mimetype",
)


@dataclass(frozen=True, slots=True)
class _Directorio:
    nombres: frozenset[bytes]
    expandido: int
    cifrado: bool
    completo: bool
    mimetype: bytes


class _Roto(ValueError):
    """El directorio no se puede leer."""


def mirar_zip(archivo: Contenido, tamano: int, esperado: str | None) -> Visto:
    """Qué hay en un ZIP; si su directorio está roto, se toma por lo que su nombre dice."""
    try:
        directorio = _leer_directorio(archivo, tamano)
    except (_Roto, struct.error):
        return _danado(archivo, esperado)
    marcas = []
    if directorio.cifrado:
        marcas.append("cifrado")
    if any(nombre.endswith(b"vbaproject.bin") for nombre in directorio.nombres):
        marcas.append("con_codigo")
    if not directorio.completo or _es_bomba(directorio.expandido, tamano):
        marcas.append("desmedido")
    return _clasificar(directorio, tuple(marcas))


def _clasificar(directorio: _Directorio, marcas: tuple[str, ...]) -> Visto:
    if directorio.mimetype.startswith(_ODF):
        tipo = _ODF_RECIBIDOS.get(directorio.mimetype)
        return como(tipo, marcas) if tipo else Visto(None, "un OpenDocument de otra clase")
    if b"[content_types].xml" in directorio.nombres:
        for tipo, inicio in _OFFICE:
            if any(n.startswith(inicio) and n.endswith(b".xml") for n in directorio.nombres):
                return como(tipo, marcas)
    return como("zip", marcas)


def _danado(archivo: Contenido, esperado: str | None) -> Visto:
    archivo.seek(30)
    primero = archivo.read(16).lower()
    de_documento = {"docx", "xlsx", "pptx", "odt", "ods"}
    if esperado in de_documento and primero.startswith(_PRIMEROS):
        return como(esperado, ("danado",))
    return como("zip", ("danado",))


def _es_bomba(expandido: int, tamano: int) -> bool:
    return expandido > 1024 * _MEGA or (expandido > 100 * _MEGA and expandido > 100 * tamano)


def _leer_directorio(archivo: Contenido, tamano: int) -> _Directorio:
    inicio, largo, final = _ubicar_directorio(archivo, tamano)
    archivo.seek(inicio)
    crudo = archivo.read(min(largo, _DIRECTORIO_MAXIMO))
    nombres: set[bytes] = set()
    expandido, lugar, cifrado, mimetype = 0, 0, False, b""
    while lugar + _ENTRADA_LARGO <= len(crudo) and len(nombres) < _ENTRADAS_MAXIMAS:
        firma, banderas, metodo, ocupa, abierto, n, x, c, cabecera = _ENTRADA.unpack_from(
            crudo, lugar
        )
        if firma != b"PK\x01\x02":
            raise _Roto
        lugar += _ENTRADA_LARGO
        nombre = crudo[lugar : lugar + n].lower().replace(b"\\", b"/")
        expandido += abierto
        cifrado = cifrado or bool(banderas & 1)
        if nombre == b"mimetype" and nombre not in nombres:
            mimetype = _leer_mimetype(archivo, inicio - final + cabecera, metodo, min(ocupa, 200))
        nombres.add(nombre)
        lugar += n + x + c
    return _Directorio(frozenset(nombres), expandido, cifrado, lugar >= largo, mimetype)


def _ubicar_directorio(archivo: Contenido, tamano: int) -> tuple[int, int, int]:
    """Dónde empieza, cuánto mide, y dónde dice él que empieza (difieren si hay algo delante)."""
    base = max(0, tamano - _COLA)
    archivo.seek(base)
    cola = archivo.read(_COLA)
    lugar = cola.rfind(b"PK\x05\x06")
    if lugar < 0:
        raise _Roto
    largo, dicho = struct.unpack_from("<II", cola, lugar + 12)
    fin = base + lugar
    if 0xFFFFFFFF in (largo, dicho) or cola[lugar + 10 : lugar + 12] == b"\xff\xff":
        fin, largo, dicho = _ubicar_zip64(archivo, cola, lugar, (fin, largo, dicho))
    if largo > fin:
        raise _Roto
    return fin - largo, largo, dicho


def _ubicar_zip64(
    archivo: Contenido, cola: bytes, lugar: int, simple: tuple[int, int, int]
) -> tuple[int, int, int]:
    localizador = cola[max(0, lugar - 20) : lugar]
    if not localizador.startswith(b"PK\x06\x07"):
        return simple
    (donde,) = struct.unpack_from("<Q", localizador, 8)
    if donde > simple[0]:
        raise _Roto
    archivo.seek(donde)
    registro = archivo.read(56)
    if not registro.startswith(b"PK\x06\x06"):
        raise _Roto
    largo, dicho = struct.unpack_from("<QQ", registro, 40)
    return donde, largo, dicho


def _leer_mimetype(archivo: Contenido, lugar: int, metodo: int, ocupa: int) -> bytes:
    if lugar < 0:
        return b""
    archivo.seek(lugar)
    cabecera = archivo.read(30)
    if len(cabecera) < 30:
        return b""
    n, x = struct.unpack_from("<HH", cabecera, 26)
    archivo.seek(lugar + 30 + n + x)
    datos = archivo.read(ocupa)
    if metodo == zlib.DEFLATED:
        try:
            datos = zlib.decompressobj(-15).decompress(datos, 200)
        except zlib.error:
            return b""
    return datos

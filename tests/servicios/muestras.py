"""Archivos de muestra, hechos aquí mismo: sanos, rotos, cifrados y tramposos."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable

import pikepdf

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ULTIMO, _LIBRE, _FAT, _NADA = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF


def pdf(paginas: int = 1, *, clave: str = "", adjunto: bool = False, script: bool = False) -> bytes:
    """Un PDF de hojas en blanco."""
    documento, salida = pikepdf.new(), io.BytesIO()
    for _ in range(paginas):
        documento.add_blank_page()
    if adjunto:
        documento.attachments["nota.txt"] = b"hola"
    if script:
        # Puesto en línea: no se ve si solo se recorren los objetos indirectos.
        documento.Root.OpenAction = pikepdf.Dictionary(
            S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)")
        )
    cifrado = pikepdf.Encryption(user=clave, owner=clave) if clave else False
    documento.save(salida, encryption=cifrado)
    return salida.getvalue()


def pdf_con_anotacion_adjunta() -> bytes:
    """Un PDF con el adjunto en un clip pegado a la hoja y no en el índice."""
    documento, salida = pikepdf.new(), io.BytesIO()
    hoja = documento.add_blank_page()
    flujo = documento.make_stream(b"MZ")
    clip = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.FileAttachment,
        FS=pikepdf.Dictionary(EF=pikepdf.Dictionary(F=flujo)),
    )
    hoja.obj.Annots = pikepdf.Array([documento.make_indirect(clip)])
    documento.save(salida)
    return salida.getvalue()


def pdf_a_mano(*objetos: bytes, raiz: bytes = b"/Root 1 0 R") -> bytes:
    """Un PDF sin tabla de posiciones, que el lector tiene que reconstruir."""
    cuerpo = b"".join(b"%d 0 obj\n%s\nendobj\n" % par for par in enumerate(objetos, 1))
    return b"%PDF-1.7\n" + cuerpo + b"trailer <<" + raiz + b">>\n%%EOF\n"


def flujo(datos: bytes, resto: bytes = b"/Filter /FlateDecode") -> bytes:
    """Un objeto con esos bytes."""
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (resto, len(datos), datos)


def ceros_comprimidos(megas: int) -> bytes:
    """Muchos megas de ceros, comprimidos."""
    compresor = zlib.compressobj(9)
    mega = bytes(1024 * 1024)
    return b"".join(compresor.compress(mega) for _ in range(megas)) + compresor.flush()


def pdfs_abusivos() -> dict[str, bytes]:
    """PDF hechos para agotar el tiempo o la memoria de quien los abra."""
    bomba = ceros_comprimidos(200)
    xref = b"/Type /XRef /Size 90000000 /W [1 4 2] /Root 1 0 R /Filter /FlateDecode"
    con_xref = b"%PDF-1.7\n1 0 obj\n" + flujo(bomba, xref) + b"\nendobj\n"
    objetos = b"/Type /ObjStm /N 9000000 /First 90000000 /Filter /FlateDecode"
    hojas = b"<< /Type /Pages /Count 1 /Kids [%s] >>"
    honda = b"".join(b"%d 0 obj\n" % n + hojas % (b"%d 0 R" % (n + 1)) + b"\nendobj\n"
                     for n in range(2, 20_000))  # fmt: skip
    catalogo = b"<< /Type /Catalog /Pages 2 0 R >>"
    return {
        "xref": con_xref + b"startxref\n9\n%%EOF\n",
        "objetos": pdf_a_mano(catalogo, flujo(bomba, objetos)),
        "doble": pdf_a_mano(
            catalogo,
            flujo(
                zlib.compress(bomba),
                objetos.replace(b"/FlateDecode", b"[/FlateDecode /FlateDecode]"),
            ),
        ),
        "circular": pdf_a_mano(catalogo, hojas % b"2 0 R 2 0 R"),
        "hondo": pdf_a_mano(catalogo) + honda,
        "anidado": pdf_a_mano(catalogo, b"[" * 2_000_000),
        "diccionarios": pdf_a_mano(catalogo, b"<</A" * 500_000),
        "repetido": pdf_a_mano(catalogo, hojas % (b"3 0 R " * 100_000), b"<< /Type /Page >>"),
        "muchos": pdf_a_mano(*[catalogo] * 30_000),
        "previos": b"%PDF-1.7\n" + b"startxref\n9\n%%EOF\n" * 40_000,
        "memoria": _pdf_que_se_infla(),
        "cuenta": pdf_a_mano(catalogo, b"<< /Type /Pages /Count 2147483647 /Kids [] >>"),
    }


def _pdf_que_se_infla(cuantos: int = 100_000) -> bytes:
    """Un mega que abierto ocupa mil: cien mil objetos con cien listas una dentro de otra."""
    valor = b"[" * 100 + b"]" * 100 + b" "
    indice = b"".join(b"%d %d " % (10 + n, n * len(valor)) for n in range(cuantos))
    resto = b"/Type /ObjStm /N %d /First %d /Filter /FlateDecode" % (cuantos, len(indice))
    todos = b" ".join(b"%d 0 R" % (10 + n) for n in range(0, cuantos, 5))
    objetos = (
        b"<< /Type /Catalog /Pages 2 0 R /Todos [%s] >>" % todos,
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
        flujo(zlib.compress(indice + valor * cuantos), resto),
    )
    cuerpo, lugares = b"%PDF-1.7\n", [0]
    for numero, objeto in enumerate(objetos, 1):
        lugares.append(len(cuerpo))
        cuerpo += b"%d 0 obj\n%s\nendobj\n" % (numero, objeto)
    filas = b"".join(struct.pack(">BII", 1, lugar, 0) for lugar in lugares) + bytes(9 * 5)
    filas += b"".join(struct.pack(">BII", 2, 4, n) for n in range(cuantos))
    resto = b"/Type /XRef /Size %d /W [1 4 4] /Root 1 0 R /Filter /FlateDecode" % (10 + cuantos)
    tabla = b"5 0 obj\n" + flujo(zlib.compress(filas), resto) + b"\nendobj\n"
    return cuerpo + tabla + b"startxref\n%d\n%%%%EOF\n" % len(cuerpo)


def zip_con(entradas: Iterable[tuple[str, bytes]], *, cifrado: bool = False) -> bytes:
    """Un ZIP con esas entradas."""
    salida = io.BytesIO()
    with zipfile.ZipFile(salida, "w", zipfile.ZIP_DEFLATED) as comprimido:
        for nombre, datos in entradas:
            comprimido.writestr(nombre, datos)
    hecho = bytearray(salida.getvalue())
    if cifrado:
        hecho[hecho.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(hecho)


def office(principal: str, *mas: str) -> bytes:
    """Un documento de Office, con lo justo para reconocerlo."""
    return zip_con((n, b"<x/>") for n in ("[Content_Types].xml", principal, *mas))


def opendocument(clase: str) -> bytes:
    """Un OpenDocument con su `mimetype` sin comprimir, como manda la norma."""
    salida = io.BytesIO()
    with zipfile.ZipFile(salida, "w") as comprimido:
        comprimido.writestr("mimetype", "application/vnd.oasis.opendocument." + clase)
        comprimido.writestr("content.xml", b"<x/>")
    return salida.getvalue()


def ole(*flujos: str) -> bytes:
    """Un contenedor OLE cuya raíz tiene esos flujos."""
    cabecera = bytearray(512)
    cabecera[:8] = OLE
    struct.pack_into("<HHHHH", cabecera, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIII", cabecera, 44, 1, 1, 0, 4096, _ULTIMO, 0, _ULTIMO, 0)
    struct.pack_into("<109I", cabecera, 76, 0, *[_LIBRE] * 108)
    nodos = [_nodo("Root Entry", 5, hijo=1)]
    for lugar, nombre in enumerate(flujos, 1):
        nodos.append(_nodo(nombre, 2, derecha=lugar + 1 if lugar < len(flujos) else _NADA))
    directorio = b"".join(nodos).ljust(-(-len(nodos) // 4) * 512, b"\x00")
    cuantos = len(directorio) // 512
    cadena = [_FAT, *range(2, cuantos + 1), _ULTIMO]
    fat = struct.pack("<128I", *cadena, *[_LIBRE] * (128 - len(cadena)))
    return bytes(cabecera) + fat + directorio


def _nodo(nombre: str, clase: int, *, derecha: int = _NADA, hijo: int = _NADA) -> bytes:
    texto = nombre.encode("utf-16-le")
    partes = struct.pack("<HBB3I", len(texto) + 2, clase, 1, _NADA, derecha, hijo)
    return texto.ljust(64, b"\x00") + partes + bytes(128 - 64 - len(partes))


def png() -> bytes:
    """Una imagen PNG de un punto."""

    def trozo(tipo: bytes, datos: bytes) -> bytes:
        return (
            struct.pack(">I", len(datos))
            + tipo
            + datos
            + struct.pack(">I", zlib.crc32(tipo + datos))
        )

    cabecera = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    cuerpo = trozo(b"IHDR", cabecera) + trozo(b"IDAT", zlib.compress(b"\x00\x00"))
    return b"\x89PNG\r\n\x1a\n" + cuerpo + trozo(b"IEND", b"")


def jpg() -> bytes:
    """Los segmentos de una foto JPG."""
    jfif = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    return (
        b"\xff\xd8"
        + jfif
        + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"
        + b"\x12\x34" * 50
        + b"\xff\xd9"
    )


def sanos() -> dict[str, bytes]:
    """Uno sano de cada tipo que se recibe, por su extensión."""
    return {
        "pdf": pdf(3),
        "doc": ole("WordDocument", "1Table"),
        "docx": office("word/document.xml"),
        "xls": ole("Workbook"),
        "xlsx": office("xl/workbook.xml"),
        "ppt": ole("PowerPoint Document"),
        "pptx": office("ppt/presentation.xml"),
        "odt": opendocument("text"),
        "ods": opendocument("spreadsheet"),
        "jpg": jpg(),
        "png": png(),
        "txt": "Señor alcalde:\r\nsolicito…".encode(),
        "zip": zip_con([("leeme.txt", b"hola")]),
    }

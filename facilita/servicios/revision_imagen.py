"""Las imágenes: basta con recorrer sus segmentos, sin convertirlas en puntos."""

import struct

from facilita.servicios.revision_tipos import Contenido, Visto, como

_SEGMENTOS = 2_000
_BLOQUE = 256 * 1024
_SIN_LARGO = {0x01, *range(0xD0, 0xD9)}
_EMPIEZA_LA_IMAGEN = 0xDA


def mirar_jpg(archivo: Contenido) -> Visto:
    """Una foto JPG; está dañada si no se llega a su imagen o a su final."""
    lugar = _donde_empieza(archivo)
    entera = lugar is not None and _hay_despues(archivo, lugar, b"\xff\xd9")
    return como("jpg", () if entera else ("danado",), 1)


def mirar_png(archivo: Contenido, tamano: int) -> Visto:
    """Una imagen PNG; está dañada si le falta la cabecera o el final."""
    archivo.seek(12)
    cabecera = archivo.read(4)
    archivo.seek(max(0, tamano - 64 * 1024))
    entera = cabecera == b"IHDR" and b"IEND" in archivo.read()
    return como("png", () if entera else ("danado",), 1)


def _donde_empieza(archivo: Contenido) -> int | None:
    lugar = 2
    for _ in range(_SEGMENTOS):
        archivo.seek(lugar)
        crudo = archivo.read(4)
        if len(crudo) < 4 or crudo[0] != 0xFF:
            return None
        if crudo[1] == _EMPIEZA_LA_IMAGEN:
            return lugar
        if crudo[1] == 0xFF:
            lugar += 1
        elif crudo[1] in _SIN_LARGO:
            lugar += 2
        else:
            lugar += 2 + struct.unpack(">H", crudo[2:])[0]
    return None


def _hay_despues(archivo: Contenido, lugar: int, marca: bytes) -> bool:
    archivo.seek(lugar)
    resto = b""
    while bloque := archivo.read(_BLOQUE):
        if marca in resto + bloque:
            return True
        resto = bloque[-len(marca) + 1 :]
    return False

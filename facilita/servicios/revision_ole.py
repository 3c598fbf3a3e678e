"""Los documentos antiguos de Office: se mira el directorio de su contenedor OLE y nada más."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from facilita.servicios.revision_tipos import Contenido, Visto, como

_SECTORES_DE_DIRECTORIO = 1024
_SECTORES_DE_DIFAT = 256
_NINGUNO = 0xFFFFFFFF
_ULTIMO_SECTOR = 0xFFFFFFFA
_RAIZ = 5
_PRINCIPALES = (
    ("worddocument", "doc"),
    ("workbook", "xls"),
    ("book", "xls"),
    ("powerpoint document", "ppt"),
)
_MACROS = {"macros", "_vba_project_cur", "_vba_project", "vba"}
_OFFICE_NUEVO = {"docx", "xlsx", "pptx"}


class _Nodo(NamedTuple):
    nombre: str
    clase: int
    parientes: tuple[int, int]
    hijo: int


class _Roto(ValueError):
    """El contenedor no se puede leer."""


def mirar_ole(archivo: Contenido, esperado: str | None) -> Visto:
    """Qué documento es; si el contenedor está roto, se toma por lo que su nombre dice."""
    try:
        nodos = list(_Contenedor(archivo).directorio())
    except (_Roto, struct.error):
        if esperado in {"doc", "xls", "ppt"}:
            return como(esperado, ("danado",))
        return Visto(None, "un documento antiguo de Office dañado")
    raices = _nombres_de_la_raiz(nodos)
    if "encryptedpackage" in raices and esperado in _OFFICE_NUEVO:
        return como(esperado, ("cifrado",))
    marcas = ("con_codigo",) if any(n.nombre in _MACROS for n in nodos) else ()
    for principal, tipo in _PRINCIPALES:
        if principal in raices:
            return como(tipo, marcas)
    return Visto(None, "un archivo de otra clase con formato de Office antiguo")


class _Contenedor:
    """Un contenedor OLE abierto; cada lectura está acotada, aunque sus cadenas den vueltas."""

    def __init__(self, archivo: Contenido) -> None:
        self._archivo = archivo
        archivo.seek(0)
        cabecera = archivo.read(512)
        (exponente,) = struct.unpack_from("<H", cabecera, 30)
        if exponente not in (9, 12):
            raise _Roto
        self._largo = 1 << exponente
        (self._inicio,) = struct.unpack_from("<I", cabecera, 48)
        self._fat = [s for s in struct.unpack_from("<109I", cabecera, 76) if s < _ULTIMO_SECTOR]
        self._sumar_difat(struct.unpack_from("<I", cabecera, 68)[0])

    def directorio(self) -> Iterator[_Nodo]:
        """Los nodos del directorio, en su orden, contando los vacíos."""
        sector = self._inicio
        for _ in range(_SECTORES_DE_DIRECTORIO):
            if sector >= _ULTIMO_SECTOR:
                return
            crudo = self._sector(sector)
            for lugar in range(0, len(crudo), 128):
                yield _nodo(crudo[lugar : lugar + 128])
            sector = self._siguiente(sector)

    def _siguiente(self, sector: int) -> int:
        por_sector = self._largo // 4
        cual, lugar = divmod(sector, por_sector)
        if cual >= len(self._fat):
            raise _Roto
        (siguiente,) = struct.unpack_from("<I", self._sector(self._fat[cual]), lugar * 4)
        return int(siguiente)

    def _sumar_difat(self, sector: int) -> None:
        for _ in range(_SECTORES_DE_DIFAT):
            if sector >= _ULTIMO_SECTOR:
                return
            *sectores, sector = struct.unpack(f"<{self._largo // 4}I", self._sector(sector))
            self._fat += [s for s in sectores if s < _ULTIMO_SECTOR]

    def _sector(self, numero: int) -> bytes:
        self._archivo.seek((numero + 1) * self._largo)
        crudo = self._archivo.read(self._largo)
        if len(crudo) < self._largo:
            raise _Roto
        return crudo


def _nodo(crudo: bytes) -> _Nodo:
    largo, clase = struct.unpack_from("<HB", crudo, 64)
    izquierda, derecha, hijo = struct.unpack_from("<3I", crudo, 68)
    nombre = crudo[: max(0, min(largo, 64) - 2)].decode("utf-16-le", "replace")
    return _Nodo(nombre.lower(), clase, (izquierda, derecha), hijo)


def _nombres_de_la_raiz(nodos: list[_Nodo]) -> set[str]:
    """Los que cuelgan de la raíz: un Word con un Excel adentro sigue siendo un Word."""
    if not nodos or nodos[0].clase != _RAIZ:
        return set()
    vistos: set[int] = set()
    pendientes = [nodos[0].hijo]
    while pendientes:
        cual = pendientes.pop()
        if cual == _NINGUNO or cual >= len(nodos) or cual in vistos:
            continue
        vistos.add(cual)
        pendientes += nodos[cual].parientes
    return {nodos[cual].nombre for cual in vistos}

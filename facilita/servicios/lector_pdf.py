"""Un proceso aparte que abre PDF ajenos: si uno lo cuelga o lo revienta, el servidor ni se entera.

Se ejecuta como programa suelto (`revision_pdf` lo arranca) y no importa nada de facilita: recibe
descriptores de archivo por un socket y contesta una línea JSON por cada uno.
"""

import io
import json
import os
import resource
import signal
import socket
import sys
from typing import Any, BinaryIO, cast

import pikepdf

_MEMORIA = 512 * 1024 * 1024
_STREAM = 64 * 1024 * 1024
_NODOS = 200_000
# Por aquí no se llega a acciones ni a adjuntos, y es casi todo el documento.
_SIN_ACCIONES = {"/Contents", "/Resources", "/Parent", "/P", "/StructTreeRoot", "/AP", "/Thumb"}
# Lo que qpdf dice cuando tuvo que adivinar la estructura o le faltó un pedazo. Lo demás que avisa
# (una página sin recursos, una clave repetida) se ve y se cuenta igual.
_ROTO = (
    "file is damaged", "reconstruct", "recover", "unexpected eof", "parse error", "xref not found",
    "can't find startxref", "unable to find", "expected endstream",
)  # fmt: skip
_ACCIONES_QUE_EJECUTAN = {"/JavaScript", "/Launch"}


class PorDescriptor(io.RawIOBase):
    """Lee de un descriptor prestado sin moverle la posición a su dueño."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lugar = 0

    def readinto(self, destino: Any, /) -> int:
        datos = os.pread(self._descriptor, len(destino), self._lugar)
        destino[: len(datos)] = datos
        self._lugar += len(datos)
        return len(datos)

    def seek(self, lugar: int, desde: int = os.SEEK_SET, /) -> int:
        tamano = os.fstat(self._descriptor).st_size
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._lugar, os.SEEK_END: tamano}[desde]
        self._lugar = max(0, base + lugar)
        return self._lugar

    def tell(self) -> int:
        return self._lugar

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True


def examinar(archivo: BinaryIO) -> dict[str, Any]:
    """Las páginas y las marcas de un PDF abierto."""
    try:
        with pikepdf.open(archivo) as pdf:
            paginas = len(pdf.pages)
            marcas = sorted(_marcas(pdf))
            if not paginas or _quedo_roto(pdf.get_warnings()):
                marcas.append("danado")
            return {"paginas": paginas or None, "marcas": marcas}
    except pikepdf.PasswordError:
        return {"paginas": None, "marcas": ["cifrado"]}
    except MemoryError:
        return {"paginas": None, "marcas": ["desmedido"]}
    except Exception:
        return {"paginas": None, "marcas": ["danado"]}


def _quedo_roto(avisos: list[Any]) -> bool:
    return any(dicho in str(aviso).casefold() for aviso in avisos for dicho in _ROTO)


def _marcas(pdf: Any) -> set[str]:
    marcas: set[str] = set()
    pendientes, vistos = [pdf.Root], set()
    for _ in range(_NODOS):
        if not pendientes:
            return marcas
        nodo = pendientes.pop()
        if nodo.is_indirect:
            if nodo.objgen in vistos:
                continue
            vistos.add(nodo.objgen)
        pendientes += _hijos(nodo, marcas)
    return marcas | {"sin_examinar"}


def _hijos(nodo: Any, marcas: set[str]) -> list[Any]:
    if isinstance(nodo, pikepdf.Array):
        valores = list(nodo)
    else:
        entradas = dict(nodo.items())
        if "/JS" in entradas or str(entradas.get("/S")) in _ACCIONES_QUE_EJECUTAN:
            marcas.add("con_codigo")
        if "/EF" in entradas:
            marcas.add("con_adjuntos")
        valores = [v for clave, v in entradas.items() if clave not in _SIN_ACCIONES]
    return [
        v for v in valores if isinstance(v, pikepdf.Array | pikepdf.Dictionary | pikepdf.Stream)
    ]


def _limitar() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORIA, _MEMORIA))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pikepdf.settings.set_qpdf_limits(
        doc_max_warnings=100,
        parser_max_container_size=500_000,
        max_stream_filters=4,
        flate_max_memory=_STREAM,
        run_length_max_memory=_STREAM,
        png_max_memory=_STREAM,
        tiff_max_memory=_STREAM,
    )


def main(conversacion: socket.socket, plazo: int) -> None:
    """Atiende descriptores hasta que del otro lado cuelguen."""
    _limitar()
    while True:
        pedido, descriptores, _, _ = socket.recv_fds(conversacion, 1, 1)
        if not pedido:
            return
        # Sin manejador: la alarma mata el proceso aunque esté dentro de C++.
        signal.alarm(plazo)
        archivo = io.BufferedReader(PorDescriptor(descriptores[0]), 64 * 1024)
        respuesta = examinar(cast(BinaryIO, archivo))
        signal.alarm(0)
        os.close(descriptores[0])
        conversacion.sendall(json.dumps(respuesta).encode() + b"\n")


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2]))

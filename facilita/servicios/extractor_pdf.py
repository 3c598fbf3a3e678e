"""Un proceso aparte que saca lo que un PDF lleva adentro: sus adjuntos y su código.

Se ejecuta como programa suelto (`antivirus_partes` lo arranca) y no importa nada de facilita: lee
el PDF de su entrada y escribe cada parte: un largo de ocho bytes y sus bytes; al final, un cero.

Hace falta porque clamd no descomprime un adjunto si `/Filter` es la última clave de su diccionario,
que es como lo escriben qpdf y pikepdf (ClamAV #1773).
"""

import io
import resource
import signal
import struct
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

import pikepdf

_MEMORIA = 768 * 1024 * 1024
_PLAZO_S = 120
_PARTES = 200
_BYTES = 256 * 1024 * 1024
_FONDO = 4
_NODOS = 500_000


class Demasiado(Exception):
    """Lleva más de lo que se saca: no se miró entero."""


def partes(archivo: BinaryIO) -> Iterator[bytes]:
    """Cada adjunto y cada trozo de código, descomprimidos, también los de un PDF dentro de otro."""
    pendientes: list[tuple[int, BinaryIO]] = [(0, archivo)]
    cuantas = pesan = 0
    while pendientes:
        hondo, actual = pendientes.pop()
        with pikepdf.open(actual) as pdf:
            for parte in _de(pdf):
                cuantas, pesan = cuantas + 1, pesan + len(parte)
                if cuantas > _PARTES or pesan > _BYTES or hondo >= _FONDO:
                    raise Demasiado
                yield parte
                if b"%PDF-" in parte[:1024]:
                    pendientes.append((hondo + 1, io.BytesIO(parte)))


def _de(pdf: Any) -> Iterator[bytes]:
    """Se mira cada objeto del archivo, aunque ninguna página llegue a él."""
    vistos: set[tuple[int, int]] = set()
    nodos = 0
    pendientes = [*pdf.objects, pdf.trailer]
    while pendientes:
        nodo = pendientes.pop()
        nodos += 1
        if nodos > _NODOS:
            raise Demasiado
        if isinstance(nodo, pikepdf.Array):
            pendientes += [v for v in nodo if _es_caja(v) and not v.is_indirect]
            continue
        if not _es_caja(nodo):
            continue
        for valor in _que_se_miran(nodo):
            if isinstance(valor, pikepdf.Stream) and valor.objgen not in vistos:
                vistos.add(valor.objgen)
                yield valor.read_bytes()
            elif isinstance(valor, pikepdf.String):
                yield bytes(valor)
        pendientes += [v for _, v in nodo.items() if _es_caja(v) and not v.is_indirect]


def _es_caja(valor: Any) -> bool:
    return isinstance(valor, pikepdf.Array | pikepdf.Dictionary | pikepdf.Stream)


def _que_se_miran(nodo: Any) -> list[Any]:
    miran = [nodo] if str(nodo.get("/Type", "")) == "/EmbeddedFile" else []
    adjuntos = nodo.get("/EF")
    if isinstance(adjuntos, pikepdf.Dictionary):
        miran += [v for _, v in adjuntos.items()]
    return [*miran, *([nodo.get("/JS")] if "/JS" in nodo else [])]


def main(salida: BinaryIO) -> None:
    """Saca las partes del PDF que llega por la entrada."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORIA, _MEMORIA))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(_PLAZO_S)
    for parte in partes(sys.stdin.buffer):
        salida.write(struct.pack(">Q", len(parte) + 1) + parte)
    salida.write(struct.pack(">Q", 0))
    salida.flush()


if __name__ == "__main__":
    main(sys.stdout.buffer)

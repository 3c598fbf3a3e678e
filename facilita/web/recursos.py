"""Bytes que no cambian: se comprimen una vez, llevan su ETag y se sirven tal cual."""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import Response, request

INMUTABLE = "public, max-age=31536000, immutable"
REVALIDAR = "public, no-cache"
MINIMO_PARA_COMPRIMIR = 600


_SIN_GZIP = re.compile(r"gzip\s*;\s*q=0(\.0*)?\s*(,|$)")


def acepta_gzip(acepta: str) -> bool:
    """Si quien pregunta, según su Accept-Encoding, puede descomprimir."""
    return "gzip" in acepta and not _SIN_GZIP.search(acepta)


@dataclass(frozen=True)
class Recurso:
    """Un contenido listo para servirse, con y sin comprimir."""

    cuerpo: bytes
    comprimido: bytes | None
    tipo: str
    etag: str

    @classmethod
    def de(cls, cuerpo: bytes, tipo: str) -> "Recurso":
        """Comprime y calcula el ETag."""
        comprimido = gzip.compress(cuerpo, 9, mtime=0) if len(cuerpo) > 200 else None
        return cls(cuerpo, comprimido, tipo, hashlib.sha256(cuerpo).hexdigest()[:20])

    def responder(self, cache: str) -> Response:
        """La respuesta para quien pregunta."""
        cabeceras = request.headers
        estado, propias, cuerpo = self.servir(
            cabeceras.get("Accept-Encoding", ""), cabeceras.get("If-None-Match", ""), cache
        )
        return Response(cuerpo, status=estado, headers=propias)

    def servir(
        self, acepta: str, tiene: str, cache: str
    ) -> tuple[str, list[tuple[str, str]], bytes]:
        """Estado, cabeceras y cuerpo: 304 si ya lo tiene, comprimido si lo acepta."""
        con_gzip = self.comprimido is not None and acepta_gzip(acepta)
        etag = f'"{self.etag}{"-gz" if con_gzip else ""}"'
        cabeceras = [("ETag", etag), ("Cache-Control", cache), ("Vary", "Accept-Encoding")]
        if etag in tiene:
            return "304 NOT MODIFIED", cabeceras, b""
        cuerpo = (self.comprimido if con_gzip else None) or self.cuerpo
        if con_gzip:
            cabeceras.append(("Content-Encoding", "gzip"))
        cabeceras += [("Content-Type", self.tipo), ("Content-Length", str(len(cuerpo)))]
        return "200 OK", cabeceras, cuerpo


class Recursos:
    """Los archivos de `estatico/`, leídos al arrancar; su dirección lleva su huella."""

    def __init__(self, carpeta: Path) -> None:
        self._por_nombre: Mapping[str, Recurso] = {
            ruta.name: Recurso.de(_aligerado(ruta), _tipo(ruta)) for ruta in carpeta.iterdir()
        }

    def direccion(self, nombre: str) -> str:
        """La dirección de un recurso: cambia cuando cambia su contenido."""
        return f"/estatico/{self._por_nombre[nombre].etag}/{nombre}"

    def hallar(self, nombre: str) -> Recurso | None:
        """El recurso de ese nombre, o `None`."""
        return self._por_nombre.get(nombre)

    @property
    def huella(self) -> str:
        """Una huella de todos: las páginas que los nombran cambian con ella."""
        juntos = "".join(sorted(r.etag for r in self._por_nombre.values()))
        return hashlib.sha256(juntos.encode()).hexdigest()[:16]


def _aligerado(ruta: Path) -> bytes:
    """Un programa sin sus comentarios de línea ni su sangría; lo demás, tal cual.

    Vale porque ninguno tiene textos de varias líneas (una prueba lo mira).
    """
    if ruta.suffix != ".js":
        return ruta.read_bytes()
    lineas = (linea.strip() for linea in ruta.read_text().splitlines())
    return "\n".join(x for x in lineas if x and not x.startswith("//")).encode()


def _tipo(ruta: Path) -> str:
    tipo = mimetypes.guess_type(ruta.name)[0] or "application/octet-stream"
    return f"{tipo}; charset=utf-8" if tipo.startswith("text/") or "script" in tipo else tipo

"""El expediente entero en un ZIP que se arma mientras se envía: sin juntarlo en memoria."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from flask import Response, render_template
from zipstream import ZipStream

from facilita.tramite import indice, sellos
from facilita.tramite.indice import Carpeta
from facilita.web.mundo import entorno

TROZO = 256 * 1024


def servir_todo(carpeta: Carpeta) -> Response:
    """El ZIP, con su tamaño exacto dicho antes de empezar."""
    nombres = indice.nombres_en_carpeta(carpeta.piezas)
    paquete = ZipStream(sized=True)
    paquete.add(_indice_suelto(carpeta, nombres), "00-indice.html")
    paquete.add(_en_json(indice.carpeta_en_datos(carpeta)), "00-indice.json")
    paquete.add(_en_json(sellos.publicar(entorno())), "00-claves.json")
    if carpeta.indice and carpeta.indice_al_dia and carpeta.indice.clave:
        _agregar(paquete, "00-indice-del-expediente.pdf", carpeta.indice)
    for nombre, pieza in nombres.items():
        if pieza.clave:
            _agregar(paquete, nombre, pieza)
    respuesta = Response(paquete, content_type="application/zip")
    respuesta.headers.update(
        {
            "Content-Length": str(len(paquete)),
            "Content-Disposition": "attachment; filename*=UTF-8''"
            + quote(f"expediente-{carpeta.expediente}.zip", safe=""),
            "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
            "Cache-Control": "private, no-store",
        }
    )
    return respuesta


def _agregar(paquete: ZipStream, nombre: str, pieza: Any) -> None:
    paquete.add(_trozos(pieza.clave), nombre, size=pieza.tamano)


def _trozos(clave: str) -> Iterator[bytes]:
    # El generador abre el archivo cuando le toca, ya fuera de la petición: se lleva el almacén.
    return _leer(entorno().almacen, clave)


def _leer(almacen: Any, clave: str) -> Iterator[bytes]:
    with almacen.abrir(clave) as archivo:
        while trozo := archivo.read(TROZO):
            yield trozo


def _indice_suelto(carpeta: Carpeta, nombres: Any) -> bytes:
    return render_template(
        "indice_suelto.html",
        carpeta=carpeta,
        nombres=nombres,
        base=None,
        direccion=entorno().direccion_publica,
    ).encode()


def _en_json(dato: Any) -> bytes:
    return (json.dumps(dato, ensure_ascii=False, indent=2) + "\n").encode()

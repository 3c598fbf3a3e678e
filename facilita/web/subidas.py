"""Subir por trozos a un borrador: tus 1.0 con creación, sumas, vencimiento y término.

https://tus.io/protocols/resumable-upload — cualquier cliente de tus sirve; el campo y el nombre van
en `Upload-Metadata` como `campo` y `filename`.
"""

import base64
import hashlib
import hmac
import json
from binascii import Error as NoEsBase64
from email.utils import format_datetime
from typing import Any

from flask import Response, request, url_for
from werkzeug.exceptions import ClientDisconnected

from facilita.servicios.almacen import Recepcion
from facilita.tramite import entidades, subidas, trozos
from facilita.tramite.cruce import leer_visto
from facilita.tramite.entidades import EntidadPublica
from facilita.tramite.errores import Conflicto, Invalido, Negativa
from facilita.tramite.leido import hallar
from facilita.tramite.subidas import Parcial
from facilita.web.direcciones import CARPETA, exigir_suya
from facilita.web.envio import SIN_CUOTA, cabe_en_la_cuota
from facilita.web.errores import codigo_de
from facilita.web.mundo import entorno
from facilita.web.rutas import FICHA, Rutas

bp = Rutas("subidas", __name__)

VERSION = "1.0.0"
EXTENSIONES = "creation,checksum,expiration,termination"
SUMAS = ("sha256", "sha1")
MAXIMO = 200 * 1024 * 1024
TROZO = "application/offset+octet-stream"
SUMA_DISTINTA = 460
BLOQUE = 256 * 1024
UNA = f"{CARPETA}/archivo/parcial/<int:parcial>"


@bp.before_request
def _misma_version() -> Any:
    if request.method in ("OPTIONS", "GET") or request.headers.get("Tus-Resumable") == VERSION:
        return None
    return _texto(412, "Este servidor habla tus 1.0.0.")


@bp.after_request
def _con_version(respuesta: Response) -> Response:
    respuesta.headers["Tus-Resumable"] = VERSION
    respuesta.headers["Tus-Version"] = VERSION
    return respuesta


@bp.errorhandler(Negativa)
def _negativa(negativa: Negativa) -> Response:
    if not isinstance(negativa, Invalido):
        return _texto(codigo_de(negativa), negativa.frase)
    (error, *_) = negativa.errores
    return _texto(413 if error.clave == "archivo_grande" else 422, error.texto)


@bp.ruta(f"{CARPETA}/archivo", permiso=FICHA, metodos=("OPTIONS",))
def que_sabe(entidad: str, formulario: str, ficha: str) -> Response:
    """Lo que este servidor sabe de tus."""
    return Response(
        status=204,
        headers={
            "Tus-Extension": EXTENSIONES,
            "Tus-Max-Size": str(MAXIMO),
            "Tus-Checksum-Algorithm": ",".join(SUMAS),
        },
    )


@bp.ruta(f"{CARPETA}/archivo", permiso=FICHA, metodos=("POST",), limite="240/minute")
def abrir(entidad: str, formulario: str, ficha: str) -> Response:
    """Abre una subida; lo que no se recibirá se dice antes de que llegue un byte (N04)."""
    largo = _numero("Upload-Length")
    if largo is None:
        return _texto(400, "Falta Upload-Length.")
    publica = _duena(entidad, formulario, ficha)
    if largo <= MAXIMO and not cabe_en_la_cuota(largo, ficha):
        return _texto(429, SIN_CUOTA)
    datos = _metadatos(request.headers.get("Upload-Metadata", ""))
    parcial = subidas.abrir(
        entorno(),
        publica,
        ficha,
        datos.get("campo", ""),
        datos.get("filename", "archivo"),
        largo,
        _huella(datos.get("sha256", "")),
        leer_visto(datos.get("visto")),
    )
    donde = url_for(
        "subidas.mirar", entidad=entidad, formulario=formulario, ficha=ficha, parcial=parcial.id
    )
    return _como_va(parcial, 201, {"Location": donde})


@bp.ruta(UNA, permiso=FICHA)
def mirar(entidad: str, formulario: str, ficha: str, parcial: int) -> Response:
    """Por dónde va una subida (HEAD) y la huella de cada trozo que llegó (GET)."""
    vista = subidas.ver(entorno(), _duena(entidad, formulario, ficha), ficha, parcial)
    return _como_va(vista, 200, {"Upload-Length": str(vista.largo)}, con_trozos=True)


@bp.ruta(UNA, permiso=FICHA, metodos=("PATCH",))
def agregar(entidad: str, formulario: str, ficha: str, parcial: int) -> Response:
    """Recibe el trozo que sigue."""
    desde, suma = _numero("Upload-Offset"), request.headers.get("Upload-Checksum", "")
    if request.mimetype != TROZO:
        return _texto(415, f"Un trozo va como {TROZO}.")
    algoritmo, _, esperada = suma.partition(" ")
    if desde is None or (suma and algoritmo not in SUMAS):
        return _texto(400, "Falta Upload-Offset, o la suma no es sha256 ni sha1.")
    publica = _duena(entidad, formulario, ficha)
    antes = subidas.ver(entorno(), publica, ficha, parcial)
    if antes.recibido != desde or not antes.sigue:
        raise Conflicto("Ese trozo no empieza donde la subida iba.")
    with entorno().almacen.recibir() as recepcion:
        if not _leer(recepcion, antes.largo - desde):
            return _texto(413, "Llegaron más bytes que los anunciados.")
        if suma and not _es(recepcion, algoritmo, esperada):
            return _texto(SUMA_DISTINTA, "El trozo no llegó como salió.")
        despues = trozos.agregar(entorno(), publica, ficha, parcial, desde, recepcion)
    if despues.situacion == "rechazada":
        return _texto(422, despues.motivo or "")
    if despues.recibido == desde:
        return _texto(400, f"Un trozo que no es el último trae {trozos.MENOR} bytes o más.")
    return _como_va(despues, 204)


@bp.ruta(UNA, permiso=FICHA, metodos=("DELETE",))
def soltar(entidad: str, formulario: str, ficha: str, parcial: int) -> Response:
    """Deja una subida a medias y borra lo que llegó."""
    publica = _duena(entidad, formulario, ficha)
    subidas.ver(entorno(), publica, ficha, parcial)
    subidas.soltar(entorno(), publica, ficha, parcial)
    return Response(status=204)


@bp.ruta(UNA, permiso=FICHA, metodos=("POST",))
def con_otro_metodo(entidad: str, formulario: str, ficha: str, parcial: int) -> Response:
    """Para redes que no dejan pasar PATCH ni DELETE: el método va en una cabecera."""
    vista = {"PATCH": agregar, "DELETE": soltar, "HEAD": mirar}.get(
        request.headers.get("X-HTTP-Method-Override", "").upper()
    )
    if vista is None:
        return _texto(405, "Di el método en X-HTTP-Method-Override.")
    respuesta: Response = vista(
        entidad=entidad, formulario=formulario, ficha=ficha, parcial=parcial
    )
    return respuesta


def _duena(entidad: str, formulario: str, ficha: str) -> EntidadPublica:
    """La entidad de la dirección, si el borrador es suyo y de ese formulario."""
    publica = entidades.por_slug(entorno(), entidad)
    exigir_suya(hallar(entorno(), publica, ficha).definicion, formulario)
    return publica


def _como_va(
    parcial: Parcial, codigo: int, mas: dict[str, str] | None = None, *, con_trozos: bool = False
) -> Response:
    cabeceras = {"Upload-Offset": str(parcial.recibido), **(mas or {})}
    if parcial.sigue:
        cabeceras["Upload-Expires"] = format_datetime(parcial.vence_en, usegmt=True)
    elif parcial.situacion == "completa" and parcial.sha256:
        entera = base64.b64encode(bytes.fromhex(parcial.sha256)).decode()
        cabeceras["Repr-Digest"] = f"sha-256=:{entera}:"
    if not con_trozos:
        return Response(status=codigo, headers=cabeceras)
    respuesta = Response(status=codigo, headers=cabeceras, content_type="application/json")
    respuesta.set_data(json.dumps({"recibido": parcial.recibido, "trozos": parcial.trozos}))
    return respuesta


def _leer(recepcion: Recepcion, caben: int) -> bool:
    """Pasa el cuerpo a la recepción; `False` si trae más de lo que falta.

    Si la línea se corta a mitad de un trozo, lo que llegó se queda.
    """
    try:
        while bloque := request.stream.read(BLOQUE):
            if recepcion.tamano + len(bloque) > caben:
                return False
            recepcion.write(bloque)
    except ClientDisconnected:
        pass
    return True


def _es(recepcion: Recepcion, algoritmo: str, esperada: str) -> bool:
    """Si lo recibido tiene la suma anunciada."""
    try:
        anunciada = base64.b64decode(esperada, validate=True)
    except (NoEsBase64, ValueError):
        return False
    if algoritmo == "sha256":
        return hmac.compare_digest(bytes.fromhex(recepcion.sha256), anunciada)
    # SHA-1 es lo que tus exige saber; aquí solo descubre un cable malo, no a un atacante.
    suma = hashlib.sha1(usedforsecurity=False)
    recepcion.seek(0)
    while bloque := recepcion.read(BLOQUE):
        suma.update(bloque)
    return hmac.compare_digest(suma.digest(), anunciada)


def _numero(cabecera: str) -> int | None:
    texto = request.headers.get(cabecera, "")
    return int(texto) if texto.isascii() and texto.isdecimal() and len(texto) < 16 else None


def _metadatos(cabecera: str) -> dict[str, str]:
    """Lo que dice `Upload-Metadata`; lo que no se entiende no está."""
    datos = {}
    for par in cabecera.split(",")[:20]:
        clave, _, valor = par.strip().partition(" ")
        try:
            datos[clave] = base64.b64decode(valor, validate=True).decode()
        except (NoEsBase64, ValueError):
            continue
    return datos


def _huella(texto: str) -> str | None:
    limpio = texto.lower()
    hexadecimal = len(limpio) == 64 and set(limpio) <= set("0123456789abcdef")
    return limpio if hexadecimal else None


def _texto(codigo: int, frase: str) -> Response:
    """Una respuesta para un programa, con la frase que puede mostrar."""
    return Response(frase, status=codigo, content_type="text/plain; charset=utf-8")

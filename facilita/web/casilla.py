"""La bandeja de la casilla: leer, abrir, descargar, llevarse todo y cuidar las sesiones."""

from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import quote

from flask import Response, make_response, redirect, render_template, request, session, url_for
from zipstream import ZipStream

from facilita.definicion.campos import Error
from facilita.tramite import aperturas, casilla, evidencias, personas, sesiones_casilla
from facilita.tramite.descargas import Descarga
from facilita.tramite.errores import Invalido
from facilita.web.archivos import TROZO, servir_descarga
from facilita.web.mundo import entorno
from facilita.web.rutas import CASILLA, Rutas
from facilita.web.sesion_casilla import dueno, ficha_de_casilla, quitar_galleta_de_casilla

bp = Rutas("casilla", __name__, url_prefix="/casilla")
PAGINAS = 1000


@bp.ruta("", permiso=CASILLA)
def ver_bandeja() -> Any:
    """Lo depositado por todas las entidades, primero lo que falta abrir."""
    texto = request.args.get("q", "")[:100]
    pagina = min(request.args.get("pagina", 0, type=int), PAGINAS)
    leida = casilla.listar(entorno(), dueno(), texto, max(pagina, 0))
    return render_template(
        "casilla.html",
        d=dueno(), b=leida, texto=texto, pagina=max(pagina, 0),
        aviso=session.pop("aviso", None),
    )  # fmt: skip


@bp.ruta("/<int:cual>", permiso=CASILLA)
def ver(cual: int) -> Any:
    """Una notificación: antes de abrirla, solo de quién es; después, todo."""
    leido = casilla.ver(entorno(), dueno(), cual)
    plantilla = "casilla_sobre.html" if leido.sin_abrir else "casilla_notificacion.html"
    return render_template(plantilla, d=dueno(), n=leido)


@bp.ruta("/<int:cual>/abrir", permiso=CASILLA, metodos=("POST",))
def abrir(cual: int) -> Any:
    """El acuse: la persona la abre (N51)."""
    aperturas.abrir(entorno(), dueno().casilla_id, cual)
    return redirect(url_for("casilla.ver", cual=cual), 303)


@bp.ruta("/<int:cual>/documento/<int:adjunto>", permiso=CASILLA)
def documento(cual: int, adjunto: int) -> Response:
    """Un documento de lo ya abierto."""
    return servir_descarga(casilla.documento(entorno(), dueno(), cual, adjunto))


@bp.ruta("/<int:cual>/constancia", permiso=CASILLA, limite="60/hour")
def constancia(cual: int) -> Response:
    """La constancia con toda la cadena, en PDF."""
    return servir_pdf(*evidencias.evidencia(entorno(), dueno(), cual))


def servir_pdf(nombre: str, pdf: bytes) -> Response:
    """Un PDF hecho aquí, para descargar."""
    respuesta = Response(pdf, content_type="application/pdf")
    respuesta.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(nombre)}"
    respuesta.headers["Cache-Control"] = "private, no-store"
    return respuesta


@bp.ruta("/todo.zip", permiso=CASILLA, limite="10/hour")
def exportar() -> Response:
    """Todo lo suyo, en un ZIP que sale mientras se arma."""
    todo = casilla.exportar(entorno(), dueno())
    zip_ = ZipStream()
    zip_.add(todo.indice, "indice.csv")
    for nombre, descarga in todo.documentos:
        zip_.add(_bytes_de(descarga), nombre)
    mundo = entorno()
    for leido in todo.constancias:
        zip_.add(
            _una(partial(evidencias.en_pdf, mundo, leido, completa=True)),
            f"{leido.numero}/constancia.pdf",
        )
    respuesta = Response(iter(zip_), content_type="application/zip")
    respuesta.headers["Content-Disposition"] = "attachment; filename=casilla.zip"
    respuesta.headers["Cache-Control"] = "private, no-store"
    return respuesta


def _bytes_de(descarga: Descarga) -> Iterator[bytes]:
    # Se arma dentro de la petición y se lee después: el almacén se toma ahora.
    almacen = entorno().almacen

    def leer() -> Iterator[bytes]:
        with almacen.abrir(descarga.clave) as archivo:
            while trozo := archivo.read(TROZO):
                yield trozo

    return leer()


def _una(hacer: Any) -> Iterator[bytes]:
    yield hacer()[1]


# --- mi casilla ---------------------------------------------------------------------------------


@bp.ruta("/cuenta", permiso=CASILLA)
def cuenta() -> Any:
    """Mis datos, mi contraseña y mis sesiones."""
    return _cuenta(())


def _cuenta(errores: tuple[Error, ...]) -> str:
    return render_template(
        "casilla_cuenta.html",
        d=dueno(),
        nivel=personas.NIVELES[dueno().nivel],
        abiertas=sesiones_casilla.abiertas(entorno(), dueno(), ficha_de_casilla()),
        errores=errores,
        aviso=session.pop("aviso", None),
    )


@bp.ruta("/cuenta/clave", permiso=CASILLA, metodos=("POST",), limite="20/minute")
def poner_clave() -> Any:
    """Pone o cambia la contraseña; las demás sesiones se cierran."""
    actual, nueva = (request.form.get(c, "")[:200] for c in ("actual", "nueva"))
    try:
        sesiones_casilla.poner_clave(entorno(), dueno(), actual, nueva, ficha_de_casilla())
    except Invalido as negativa:
        return _cuenta(negativa.errores), 422
    session["aviso"] = "Guardamos tu contraseña. Cerramos tus otras sesiones."
    return redirect(url_for("casilla.cuenta"), 303)


@bp.ruta("/cuenta/sesiones", permiso=CASILLA, metodos=("POST",))
def cerrar_otras() -> Any:
    """Cierra las demás sesiones."""
    sesiones_casilla.cerrar_otras(entorno(), dueno(), ficha_de_casilla())
    session["aviso"] = "Cerramos tus otras sesiones."
    return redirect(url_for("casilla.cuenta"), 303)


@bp.ruta("/salir", permiso=CASILLA, metodos=("POST",))
def salir() -> Any:
    """Cierra esta sesión."""
    sesiones_casilla.salir(entorno(), ficha_de_casilla())
    respuesta = make_response(redirect(url_for("casilla_ingreso.ingresar"), 303))
    quitar_galleta_de_casilla(respuesta)
    return respuesta

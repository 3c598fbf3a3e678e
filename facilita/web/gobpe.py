"""La página de gob.pe de la entidad: verla, copiarla, bajarla, el cartel y dónde se publicó."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Response, redirect, render_template, request, session, url_for

from facilita.definicion.campos import Error
from facilita.servicios import taller
from facilita.servicios.taller import TallerFallo
from facilita.tramite import direcciones_gobpe, gobpe
from facilita.tramite.errores import Conflicto, Invalido, NoExiste
from facilita.tramite.gobpe import Pagina
from facilita.tramite.gobpe_formatos import datos_del_cartel, en_texto, escribir_jsonld
from facilita.web.mundo import entorno
from facilita.web.rutas import Rutas
from facilita.web.sesion import actor

bp = Rutas("gobpe", __name__, url_prefix="/bandeja/gobpe")
PUBLICAR = "gobpe.publicar"
OCUPADO = "No pudimos hacer el cartel en este momento. Prueba otra vez en un minuto."


@bp.ruta("", permiso=PUBLICAR)
def ver() -> Any:
    """La página armada, las reglas de gob.pe y dónde se publicó."""
    return _pagina()


@bp.ruta("", permiso=PUBLICAR, metodos=("POST",))
def declarar() -> Any:
    """Anota dónde se publicó."""
    escrita = request.form.get("direccion", "")[:2500]
    try:
        direcciones_gobpe.declarar(entorno(), actor(), escrita)
    except Invalido as negativa:
        return _pagina(negativa.errores, escrita), 422
    session["aviso"] = "Anotamos dónde está publicada tu página."
    return redirect(url_for("gobpe.ver"), 303)


@bp.ruta("/retirar", permiso=PUBLICAR, metodos=("POST",))
def retirar() -> Any:
    """Anota que la página ya no está publicada."""
    try:
        direcciones_gobpe.retirar(entorno(), actor())
    except Conflicto as negativa:
        return _pagina(negado=negativa.frase), 409
    session["aviso"] = "Anotamos que tu página ya no está publicada."
    return redirect(url_for("gobpe.ver"), 303)


@bp.ruta("/descargar/<formato>", permiso=PUBLICAR)
def descargar(formato: str) -> Response:
    """La página en un formato."""
    if formato not in _FORMATOS:
        raise NoExiste
    tipo, nombre, escribir = _FORMATOS[formato]
    pagina = _la_suya()
    respuesta = Response(escribir(pagina), content_type=tipo)
    respuesta.headers["Content-Disposition"] = f'attachment; filename="{nombre}"'
    return respuesta


@bp.ruta("/cartel.pdf", permiso=PUBLICAR, limite="20/minute")
def cartel() -> Any:
    """El cartel con el QR, para la puerta de la oficina."""
    datos = datos_del_cartel(_la_suya())
    try:
        cuerpo = taller.componer("cartel", datos, entorno().reloj.ahora())
    except TallerFallo:
        return _pagina(negado=OCUPADO), 503
    respuesta = Response(cuerpo, content_type="application/pdf")
    nombre = f"cartel-mesa-de-partes-{actor().entidad_slug}.pdf"
    respuesta.headers["Content-Disposition"] = f'attachment; filename="{nombre}"'
    return respuesta


def _la_suya() -> Pagina:
    pagina = gobpe.de_la_entidad(entorno(), actor())
    if pagina is None:
        raise NoExiste("Primero publica tu mesa de partes digital.")
    return pagina


def _html(pagina: Pagina) -> str:
    return render_template("gobpe_suelta.html", p=pagina, jsonld=escribir_jsonld(pagina))


_FORMATOS: Mapping[str, tuple[str, str, Callable[[Pagina], str]]] = {
    # No es una página de este sitio: se guarda, y aquí nunca se abre.
    "html": ("application/octet-stream", "acceder-a-mesa-de-partes.html", _html),
    "jsonld": ("application/ld+json", "acceder-a-mesa-de-partes.jsonld", escribir_jsonld),
    "txt": ("text/plain; charset=utf-8", "acceder-a-mesa-de-partes.txt", en_texto),
}


def _pagina(
    errores: Sequence[Error] = (), escrita: str | None = None, negado: str | None = None
) -> str:
    pagina = gobpe.de_la_entidad(entorno(), actor())
    publicada = direcciones_gobpe.ver(entorno(), actor())
    actual = publicada.actual.direccion if publicada.actual else ""
    return render_template(
        "gobpe.html",
        actor=actor(),
        p=pagina,
        reglas=gobpe.revisar(pagina) if pagina else (),
        texto=en_texto(pagina) if pagina else "",
        publicada=publicada,
        errores=errores,
        escrita=actual if escrita is None else escrita,
        negado=negado,
        aviso=session.pop("aviso", None),
    )

"""Pasar lo que se está llenando a la versión nueva del formulario, viendo antes qué cambia."""

from typing import Any

from flask import redirect, render_template, request

from facilita.tramite import borradores, entidades, formularios, mudanzas
from facilita.tramite.entidades import EntidadPublica
from facilita.tramite.errores import Conflicto, NoExiste
from facilita.tramite.mudanzas import Previa
from facilita.tramite.paso import Paso
from facilita.web.direcciones import CARPETA, de_borrador
from facilita.web.mundo import entorno
from facilita.web.rutas import FICHA, Rutas

bp = Rutas("mudanza", __name__)


def hay_version_nueva(paso: Paso, entidad: EntidadPublica, formulario: str) -> bool:
    """Si el formulario de un borrador tiene ya otra versión vigente; se sabe sin ir a la base."""
    if paso.corrige:
        return False
    try:
        vigente = formularios.vigente(entorno(), entidad.slug, formulario)
    except NoExiste:
        return False
    suya = paso.definicion
    return vigente.definicion.id == suya.id and vigente.definicion.digest != suya.digest


@bp.ruta(f"{CARPETA}/version/nueva", permiso=FICHA)
def ver(entidad: str, formulario: str, ficha: str) -> Any:
    """Qué pasaría con lo respondido al pasar a la versión nueva."""
    publica = entidades.por_slug(entorno(), entidad)
    previa = mudanzas.ver_mudanza(entorno(), publica, ficha)
    if previa is None:
        return a_su_pagina(borradores.leer(entorno(), publica, ficha), entidad, formulario, ficha)
    return _dibujar(previa, publica, formulario, ficha)


@bp.ruta(f"{CARPETA}/version/nueva", permiso=FICHA, metodos=("POST",), limite="60/minute")
def mover(entidad: str, formulario: str, ficha: str) -> Any:
    """Pasa el borrador; si algo cambió desde que se miró, lo muestra otra vez."""
    publica = entidades.por_slug(entorno(), entidad)
    hacia, revision = request.form.get("hacia", "")[:64], request.form.get("revision", "")
    revisado = int(revision) if _es_numero(revision) else -1
    try:
        paso = mudanzas.mover_borrador(entorno(), publica, ficha, hacia, revisado)
    except Conflicto:
        previa = mudanzas.ver_mudanza(entorno(), publica, ficha)
        if previa is None:
            raise
        return _dibujar(previa, publica, formulario, ficha, cambio=True), 409
    return a_su_pagina(paso, entidad, formulario, ficha)


def _es_numero(texto: str) -> bool:
    return len(texto) < 19 and texto.isascii() and texto.isdecimal()


def a_su_pagina(paso: Paso, entidad: str, formulario: str, ficha: str) -> Any:
    """La primera página a la que le falta algo; si a ninguna, la revisión."""
    con_errores = (p.id for p in paso.paginas if paso.errores_de(p))
    pagina = "cargo" if paso.presentado else next(con_errores, "revisar")
    return redirect(de_borrador(entidad, formulario, ficha, pagina), 303)


def _dibujar(
    previa: Previa, entidad: EntidadPublica, formulario: str, ficha: str, *, cambio: bool = False
) -> str:
    desde = request.args.get("desde", "")
    conocida = desde == "revisar" or previa.vieja.pagina(desde) is not None
    anterior = desde if conocida else previa.vieja.paginas[0].id
    return render_template(
        "mudanza.html",
        entidad=entidad,
        previa=previa,
        mudanza=previa.mudanza,
        definicion=previa.nueva,
        formulario=formulario,
        cambio=cambio,
        direccion=de_borrador(entidad.slug, formulario, ficha, "version/nueva"),
        anterior=de_borrador(entidad.slug, formulario, ficha, anterior),
    )

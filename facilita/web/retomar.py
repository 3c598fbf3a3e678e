"""Guardar y continuar después: hallar lo que se dejó, recibir su enlace, alargarlo y borrarlo."""

from typing import Any

from flask import make_response, redirect, render_template, request

from facilita.definicion.campos import Error
from facilita.servicios.codigos import huella
from facilita.tramite import borradores, elecciones, entidades, formularios, retomar
from facilita.tramite.elecciones import PorElegir
from facilita.tramite.entidades import EntidadPublica
from facilita.tramite.errores import Invalido
from facilita.tramite.leido import hallar
from facilita.tramite.paso import Paso
from facilita.web import galleta
from facilita.web.direcciones import CARPETA, de_borrador, exigir_suya
from facilita.web.limites import limitador, red
from facilita.web.mudanza import a_su_pagina
from facilita.web.mundo import entorno
from facilita.web.rutas import FICHA, PUBLICO, Rutas

bp = Rutas("retomar", __name__)

# Un correo que cualquiera puede pedir para cualquiera: por borrador, por destino y por red.
ENLACES_POR_BORRADOR = "5/hour"
ENLACES_POR_CORREO = "10/day"
ENLACES_POR_RED = "200/hour"


@bp.ruta("/<entidad>/<formulario>/continuar", permiso=PUBLICO)
def continuar(entidad: str, formulario: str) -> Any:
    """Lo que este navegador dejó a medias en un formulario."""
    publica = entidades.por_slug(entorno(), entidad)
    vigente = formularios.vigente(entorno(), entidad, formulario)
    abiertos = retomar.abiertos(entorno(), publica, formulario, galleta.fichas())
    return render_template(
        "continuar.html",
        entidad=publica,
        definicion=vigente.definicion,
        formulario=formulario,
        abiertos=abiertos,
        dias=entorno().dias_de_borrador,
    )


@bp.ruta(f"{CARPETA}/despues/seguir", permiso=FICHA)
def seguir(entidad: str, formulario: str, ficha: str) -> Any:
    """Adonde lleva el enlace: la primera página a la que le falta algo."""
    publica = entidades.por_slug(entorno(), entidad)
    paso = borradores.leer(entorno(), publica, ficha)
    exigir_suya(paso.definicion, formulario)
    destino = a_su_pagina(paso, entidad, formulario, ficha)
    if paso.presentado:
        return galleta.olvidar(destino, entidad, formulario, ficha)
    return galleta.recordar(destino, entidad, formulario, ficha)


@bp.ruta(f"{CARPETA}/despues/guardado", permiso=FICHA)
def guardado(entidad: str, formulario: str, ficha: str) -> Any:
    """Lo guardado, hasta cuándo, y cómo volver."""
    publica = entidades.por_slug(entorno(), entidad)
    paso = borradores.leer(entorno(), publica, ficha)
    exigir_suya(paso.definicion, formulario)
    if paso.presentado:
        return a_su_pagina(paso, entidad, formulario, ficha)
    respuesta = make_response(_guardado(paso, publica, formulario, ficha))
    return galleta.recordar(respuesta, entidad, formulario, ficha)


def _guardado(
    paso: Paso,
    entidad: EntidadPublica,
    formulario: str,
    ficha: str,
    *,
    errores: tuple[Error, ...] = (),
    enviado: str | None = None,
) -> str:
    carpeta = de_borrador(entidad.slug, formulario, ficha, "")
    correo = next((c.id for c in paso.definicion.campos.values() if c.uso == "correo"), "")
    return render_template(
        "guardado.html",
        entidad=entidad,
        definicion=paso.definicion,
        formulario=formulario,
        paso=paso,
        carpeta=carpeta,
        enlace=f"{entorno().direccion_publica}{carpeta}despues/seguir",
        escrito=request.form.get("correo", paso.lectura.valores.get(correo) or ""),
        errores=errores,
        enviado=enviado,
        dias=entorno().dias_de_borrador,
    )


@bp.ruta(f"{CARPETA}/despues/enlace", permiso=FICHA, metodos=("POST",))
def enviar_enlace(entidad: str, formulario: str, ficha: str) -> Any:
    """Manda el enlace por correo."""
    publica = entidades.por_slug(entorno(), entidad)
    paso = borradores.leer(entorno(), publica, ficha)
    exigir_suya(paso.definicion, formulario)
    escrito = request.form.get("correo", "")[:300]
    if not _cabe_otro(ficha, escrito):
        frase = "Ya enviamos varios enlaces. Míralos en tu correo o espera una hora."
        errores: tuple[Error, ...] = (Error("correo", "muchos", frase),)
        return _guardado(paso, publica, formulario, ficha, errores=errores), 429
    try:
        correo = retomar.enviar_enlace(entorno(), publica, ficha, escrito)
    except Invalido as negativa:
        html = _guardado(paso, publica, formulario, ficha, errores=negativa.errores)
        return html, 422
    return _guardado(paso, publica, formulario, ficha, enviado=correo)


def _cabe_otro(ficha: str, correo: str) -> bool:
    destino = huella(correo.strip().casefold())[:32]
    return (
        limitador.cabe(ENLACES_POR_BORRADOR, "enlace", huella(ficha)[:32])
        and limitador.cabe(ENLACES_POR_CORREO, "enlace", destino)
        and limitador.cabe(ENLACES_POR_RED, "enlace", red())
    )


@bp.ruta(f"{CARPETA}/despues/alargar", permiso=FICHA, metodos=("POST",), limite="120/minute")
def alargar(entidad: str, formulario: str, ficha: str) -> Any:
    """Vuelve a empezar el tiempo de un borrador: lo pide el aviso de la página."""
    publica = entidades.por_slug(entorno(), entidad)
    exigir_suya(hallar(entorno(), publica, ficha).definicion, formulario)
    hasta = retomar.alargar(entorno(), publica, ficha)
    return {"segundos": max(0, int((hasta - entorno().reloj.ahora()).total_seconds()))}


@bp.ruta(f"{CARPETA}/despues/borrar", permiso=FICHA)
def preguntar(entidad: str, formulario: str, ficha: str) -> Any:
    """Antes de borrar un borrador se pregunta: no se puede deshacer."""
    publica = entidades.por_slug(entorno(), entidad)
    paso = borradores.leer(entorno(), publica, ficha)
    exigir_suya(paso.definicion, formulario)
    if paso.presentado or paso.corrige:
        return a_su_pagina(paso, entidad, formulario, ficha)
    return render_template(
        "borrar.html",
        entidad=publica,
        definicion=paso.definicion,
        formulario=formulario,
        carpeta=de_borrador(entidad, formulario, ficha, ""),
    )


@bp.ruta(f"{CARPETA}/despues/borrar", permiso=FICHA, metodos=("POST",))
def borrar(entidad: str, formulario: str, ficha: str) -> Any:
    """Borra el borrador y lo dice."""
    publica = entidades.por_slug(entorno(), entidad)
    definicion = hallar(entorno(), publica, ficha).definicion
    exigir_suya(definicion, formulario)
    retomar.borrar(entorno(), publica, ficha)
    html = render_template(
        "borrado.html", entidad=publica, definicion=definicion, formulario=formulario
    )
    return galleta.olvidar(make_response(html), entidad, formulario, ficha)


@bp.ruta(f"{CARPETA}/despues/olvidar", permiso=FICHA, metodos=("POST",))
def olvidar(entidad: str, formulario: str, ficha: str) -> Any:
    """Quita un borrador de este navegador; sigue guardado y se abre con su enlace."""
    publica = entidades.por_slug(entorno(), entidad)
    exigir_suya(hallar(entorno(), publica, ficha).definicion, formulario)
    destino = redirect(f"/{publica.slug}/{formulario}/continuar", 303)
    return galleta.olvidar(destino, entidad, formulario, ficha)


# --- dos ventanas -----------------------------------------------------------------------------


@bp.ruta(f"{CARPETA}/ventanas/elegir", permiso=FICHA)
def mirar(entidad: str, formulario: str, ficha: str) -> Any:
    """Lo que se respondió distinto en dos ventanas, lado a lado."""
    publica = entidades.por_slug(entorno(), entidad)
    falta = elecciones.ver(entorno(), publica, ficha)
    exigir_suya(falta.leido.definicion, formulario)
    if falta.leido.presentado or not falta.dudas:
        return _despues_de_elegir(falta, entidad, formulario, ficha)
    return _elegir(falta, publica, formulario, ficha)


@bp.ruta(f"{CARPETA}/ventanas/elegir", permiso=FICHA, metodos=("POST",))
def elegir(entidad: str, formulario: str, ficha: str) -> Any:
    """Se queda con lo elegido; lo que falta, o cambió mientras se miraba, se pregunta otra vez."""
    publica = entidades.por_slug(entorno(), entidad)
    exigir_suya(hallar(entorno(), publica, ficha).definicion, formulario)
    elegidas = _con_prefijo("elegida-")
    falta = elecciones.elegir(entorno(), publica, ficha, elegidas, _con_prefijo("mostradas-"))
    if falta.leido.presentado or not falta.dudas:
        return _despues_de_elegir(falta, entidad, formulario, ficha)
    errores = tuple(
        Error(f"elegida-{d.campo.id}", "elegir", _frase(d.campo.etiqueta, d.campo.id in elegidas))
        for d in falta.dudas
    )
    return _elegir(falta, publica, formulario, ficha, errores), 422


def _frase(etiqueta: str, eligio: bool) -> str:
    if eligio:
        return f"Hay otra respuesta en «{etiqueta}». Elige otra vez."
    return f"Elige con qué respuesta te quedas en «{etiqueta}»."


def _con_prefijo(prefijo: str) -> dict[str, str]:
    return {
        nombre.removeprefix(prefijo): valor[:2000]
        for nombre, valor in request.form.items()
        if nombre.startswith(prefijo)
    }


def _despues_de_elegir(falta: PorElegir, entidad: str, formulario: str, ficha: str) -> Any:
    desde = request.args.get("desde", "")
    conocida = desde == "revisar" or falta.leido.definicion.pagina(desde) is not None
    pagina = desde if conocida else "despues/seguir"
    return redirect(de_borrador(entidad, formulario, ficha, pagina), 303)


def _elegir(
    falta: PorElegir,
    entidad: EntidadPublica,
    formulario: str,
    ficha: str,
    errores: tuple[Error, ...] = (),
) -> str:
    return render_template(
        "elegir.html",
        entidad=entidad,
        definicion=falta.leido.definicion,
        formulario=formulario,
        dudas=falta.dudas,
        errores=errores,
        por_campo={e.campo: e.texto for e in errores},
        carpeta=de_borrador(entidad.slug, formulario, ficha, ""),
        desde=request.args.get("desde", ""),
    )

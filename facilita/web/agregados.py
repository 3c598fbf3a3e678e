"""Agregar algo a la obra: una pregunta, una sección, una página o una opción."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import redirect, render_template, request, session, url_for

from facilita.definicion.campos import REGISTRO, Error
from facilita.definicion.limpieza import una_linea
from facilita.definicion.lugares import Lugares
from facilita.definicion.nuevos import (
    CON_OPCIONES,
    SE_OFRECEN,
    campo_nuevo,
    opciones_nuevas,
    pagina_nueva,
    seccion_nueva,
)
from facilita.definicion.problemas import nombre_a_la_vista
from facilita.tramite import obras, pasos_de_obra
from facilita.tramite.errores import Invalido, NoExiste, ObraCambiada
from facilita.tramite.obras import EnObra
from facilita.web.mundo import entorno
from facilita.web.obras import CARPETA, CONSTRUIR, revision_enviada
from facilita.web.rutas import Rutas
from facilita.web.sesion import actor

bp = Rutas("agregados", __name__, url_prefix=CARPETA)
QUE = {"campos": "una pregunta", "secciones": "una sección", "paginas": "una página"}
AL_COMIENZO = "-"
Escrito = Mapping[str, str]


@bp.ruta("/<slug>/agregar/<familia>/<en>", permiso=CONSTRUIR)
def ver(slug: str, familia: str, en: str) -> Any:
    """Lo que hace falta para agregar una pregunta, una sección o una página."""
    return _pagina(obras.leer(entorno(), actor(), slug), familia, en, {})


@bp.ruta("/<slug>/agregar/<familia>/<en>", permiso=CONSTRUIR, metodos=("POST",))
def agregar(slug: str, familia: str, en: str) -> Any:
    """La agrega y lleva a editarla."""
    obra = obras.leer(entorno(), actor(), slug)
    enviado = {c: request.form.get(c, "")[:4000] for c in CONTROLES}
    escrito = {**enviado, "titulo": una_linea(enviado["titulo"]) or ""}
    lugares = _hermanos(obra, familia, en)
    errores = _errores(familia, escrito)
    if errores:
        return _pagina(obra, familia, en, escrito, errores), 422
    nuevo = _nuevo(obra, familia, escrito)
    ancla = _ancla(escrito["despues_de"], familia, en, [i for i, _ in lugares])
    accion = {"accion": "agregar", "familia": familia, "elemento": nuevo, **ancla}
    try:
        pasos_de_obra.hacer(entorno(), actor(), slug, revision_enviada(), accion)
    except Invalido as negativa:
        suyos = [Error("titulo", e.clave, e.texto) for e in negativa.errores]
        return _pagina(obra, familia, en, escrito, suyos), 422
    except ObraCambiada as cambiada:
        return _cambiada(obra, familia, en, escrito, cambiada.frase)
    session["aviso"] = "Agregado. Aquí puedes completarlo."
    return redirect(url_for("elementos.ver", slug=slug, familia=familia, cual=nuevo["id"]), 303)


CONTROLES = ("titulo", "tipo", "opciones", "despues_de")


def _cambiada(obra: EnObra, familia: str, en: str, escrito: Escrito, frase: str) -> Any:
    suyos = [Error("titulo", "cambiada", frase)]
    return _pagina(obras.leer(entorno(), actor(), obra.slug), familia, en, escrito, suyos), 409


def _errores(familia: str, escrito: Escrito) -> list[Error]:
    errores = []
    if not escrito["titulo"]:
        frase = "Escribe la pregunta." if familia == "campos" else "Escribe el título."
        errores.append(Error("titulo", "vacio", frase))
    if familia == "campos" and escrito["tipo"] not in SE_OFRECEN:
        errores.append(Error("tipo", "vacio", "Elige qué clase de respuesta es."))
    if escrito["tipo"] in CON_OPCIONES and len(_lineas(escrito["opciones"])) < 2:
        errores.append(Error("opciones", "vacio", "Escribe al menos dos opciones, una por línea."))
    return errores


def _lineas(texto: str) -> list[str]:
    lineas = (una_linea(linea) for linea in texto.splitlines())
    return [linea[:200] for linea in lineas if linea][:100]


def _nuevo(obra: EnObra, familia: str, escrito: Escrito) -> dict[str, Any]:
    titulo = escrito["titulo"]
    if familia == "campos":
        opciones = _lineas(escrito["opciones"])
        return campo_nuevo(obra.plantilla, obra.dato, escrito["tipo"], titulo, opciones)
    hacer = seccion_nueva if familia == "secciones" else pagina_nueva
    return hacer(obra.plantilla, obra.dato, titulo)


def _hermanos(obra: EnObra, familia: str, en: str) -> list[tuple[str, str]]:
    """Lo que ya hay en ese lugar: id y cómo se llama."""
    if familia not in QUE:
        raise NoExiste("Eso no se agrega.")
    suyos = [
        e
        for e in Lugares(obra.dato).por_familia[familia].values()
        if familia == "paginas" or (e.padre is not None and e.padre[1] == en)
    ]
    if not suyos:
        raise NoExiste("Ese lugar ya no está en el formulario.")
    return [(e.id, nombre_a_la_vista(e)) for e in suyos]


def _ancla(despues_de: str, familia: str, en: str, hermanos: Sequence[str]) -> dict[str, str]:
    if despues_de == AL_COMIENZO:
        return {"antes_de": hermanos[0]}
    if despues_de in hermanos:
        return {"despues_de": despues_de}
    return {"despues_de": hermanos[-1]} if familia == "paginas" else {"en": en}


def _pagina(
    obra: EnObra, familia: str, en: str, escrito: Escrito, errores: Sequence[Error] = ()
) -> str:
    hermanos = _hermanos(obra, familia, en)
    return render_template(
        "obra_agregar.html",
        actor=actor(),
        obra=obra,
        familia=familia,
        en=en,
        que=QUE[familia],
        hermanos=hermanos,
        tipos=[(t, REGISTRO[t].nombre, _para_que(t)) for t in SE_OFRECEN],
        escrito=escrito,
        errores=errores,
    )


def _para_que(tipo: str) -> str:
    return " ".join(str(REGISTRO[tipo].__doc__).split())


@bp.ruta("/<slug>/opciones/<campo>", permiso=CONSTRUIR, metodos=("POST",))
def agregar_opciones(slug: str, campo: str) -> Any:
    """Agrega las opciones escritas, una por línea."""
    obra = obras.leer(entorno(), actor(), slug)
    suyo = Lugares(obra.dato).hallar("campos", campo)
    if suyo is None:
        raise NoExiste("Ese campo ya no está en el formulario.")
    usados = [o["valor"] for o in suyo.dato.get("opciones") or ()]
    nuevas = opciones_nuevas(_lineas(request.form.get("opciones", "")), usados)
    revision = revision_enviada()
    try:
        for nueva in nuevas:
            accion = {"accion": "agregar_opcion", "campo": campo, "opcion": nueva}
            revision = pasos_de_obra.hacer(entorno(), actor(), slug, revision, accion).revision
    except Invalido as negativa:
        session["aviso"] = f"No se agregó: {negativa.errores[0].texto}"
    except ObraCambiada as cambiada:
        session["aviso"] = cambiada.frase
    else:
        session["aviso"] = "Opciones agregadas." if nuevas else "No escribiste ninguna opción."
    destino = url_for("elementos.ver", slug=slug, familia="campos", cual=campo)
    return redirect(f"{destino}#opciones", 303)

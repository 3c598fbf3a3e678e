"""Un elemento de la obra en pantalla: sus propiedades, sus candados, sus opciones y su vista."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, redirect, render_template, request, session, url_for

from facilita.definicion.campos import REGISTRO, Error
from facilita.definicion.candados import (
    candado_de,
    candado_de_opcion,
    normas_de,
    propiedades_de,
)
from facilita.definicion.canonico import canonizar, digerir
from facilita.definicion.familias import FAMILIAS, permiso_de_opciones
from facilita.definicion.injertos import nombre_de_parte
from facilita.definicion.limpieza import una_linea
from facilita.definicion.lugares import Lugares
from facilita.definicion.marcadas import eleccion_de
from facilita.definicion.palabras import decir
from facilita.definicion.problemas import nombre_a_la_vista
from facilita.tramite import obras, pasos_de_obra, publicaciones
from facilita.tramite.errores import Conflicto, Invalido, NoExiste, ObraCambiada
from facilita.tramite.obras import EnObra
from facilita.web.botones import Accion
from facilita.web.ensayo import con_problemas
from facilita.web.ensayo import dibujar as dibujar_ensayo
from facilita.web.marcos import con_vista, enmarcable
from facilita.web.mundo import entorno
from facilita.web.obras import CARPETA, CONSTRUIR, dar, destino, revision_enviada
from facilita.web.pedido import formulario_de_pedido
from facilita.web.propiedades import PREFIJO, Preguntas, leer_respuestas, preguntas_de
from facilita.web.rutas import Rutas
from facilita.web.sesion import actor

SUELTAS = ("formulario", "plazo")
CON_CONDICION = ("paginas", "secciones", "campos")
bp = Rutas("elementos", __name__, url_prefix=CARPETA)


@bp.ruta("/<slug>/elemento/<familia>/<cual>", permiso=CONSTRUIR)
def ver(slug: str, familia: str, cual: str) -> Any:
    """Las propiedades de un elemento: las que cambian y las que la plantilla fija."""
    obra = obras.leer(entorno(), actor(), slug)
    return _de_elemento(obra, familia, cual)


@bp.ruta("/<slug>/elemento/<familia>/<cual>", permiso=CONSTRUIR, metodos=("POST",))
def cambiar(slug: str, familia: str, cual: str) -> Any:
    """Guarda las propiedades; con errores, lo escrito no se pierde."""
    obra = obras.leer(entorno(), actor(), slug)
    preguntas = _preguntas(obra, familia, cual)
    crudo = _enviado(preguntas)
    accion, errores = _accion_de(preguntas, familia, cual, crudo)
    if errores:
        return _de_elemento(obra, familia, cual, crudo, errores, 422)
    if not accion["propiedades"]:
        session["aviso"] = "No cambiaste nada."
        return redirect(url_for("obras.ver", slug=slug), 303)
    try:
        pasos_de_obra.hacer(entorno(), actor(), slug, revision_enviada(), accion)
    except Invalido as negativa:
        suyos = [Error(_control(preguntas, e.campo), e.clave, e.texto) for e in negativa.errores]
        return _de_elemento(obra, familia, cual, crudo, suyos, 422)
    except ObraCambiada as cambiada:
        suyos = [Error(preguntas.todas[0].id, "cambiada", cambiada.frase)]
        return _de_elemento(obra, familia, cual, crudo, suyos, 409)
    session["aviso"] = "Guardado."
    ancla = "" if familia in SUELTAS else f"#{familia}-{cual}"
    return redirect(url_for("obras.ver", slug=slug) + ancla, 303)


def _accion_de(
    preguntas: Preguntas, familia: str, cual: str, crudo: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Error]]:
    propiedades, errores = leer_respuestas(preguntas, crudo)
    accion = {"accion": "cambiar", "familia": familia, "cual": cual, "propiedades": propiedades}
    return accion, errores


def _control(preguntas: Preguntas, propiedad: str) -> str:
    """El control de la propiedad que tiene la culpa, o el primero."""
    ids = [c.id for c in preguntas.todas]
    return f"{PREFIJO}{propiedad}" if f"{PREFIJO}{propiedad}" in ids else ids[0]


def _enviado(preguntas: Preguntas) -> dict[str, Any]:
    lista = request.form.getlist
    suyos = ((c, lista(c.id)) for c in preguntas.todas)
    return {c.id: c.del_formulario(v) if v else "" for c, v in suyos}


def _preguntas(obra: EnObra, familia: str, cual: str) -> Preguntas:
    dato = _dato_de(obra, familia, cual)
    elecciones = eleccion_de(obra.dato, familia, cual) if familia in CON_CONDICION else ()
    tipo = dato.get("tipo") if familia == "campos" else None
    preguntas = preguntas_de(propiedades_de(familia, dato), elecciones, tipo)
    if not preguntas.todas:
        raise NoExiste("Ahí no hay nada que cambiar: la plantilla lo fija todo.")
    return preguntas


def _dato_de(obra: EnObra, familia: str, cual: str) -> Mapping[str, Any]:
    if familia in SUELTAS:
        return obra.dato if familia == "formulario" else obra.dato["flujo"]["plazo"]
    hallado = Lugares(obra.dato).hallar(familia, cual) if familia in FAMILIAS else None
    if hallado is None:
        raise NoExiste("Eso ya no está en el formulario.")
    suyo: Mapping[str, Any] = hallado.dato
    return suyo


def _de_elemento(
    obra: EnObra,
    familia: str,
    cual: str,
    crudo: Mapping[str, Any] | None = None,
    errores: Sequence[Error] = (),
    codigo: int = 200,
) -> Response:
    preguntas = _preguntas(obra, familia, cual)
    dato = _dato_de(obra, familia, cual)
    lugares = Lugares(obra.dato)
    suyo = lugares.hallar(familia, cual) if familia in FAMILIAS else None
    escrito = preguntas.crudo if crudo is None else crudo
    dichos = {e.campo: e for e in reversed(errores)}
    html = render_template(
        "obra_elemento.html",
        actor=actor(),
        obra=obra,
        familia=familia,
        cual=cual,
        dato=dato,
        titulo=nombre_a_la_vista(suyo) if suyo else _nombre_suelto(familia),
        basicas=formulario_de_pedido(preguntas.basicas, escrito, dichos),
        otras=formulario_de_pedido(preguntas.otras, escrito, dichos),
        otras_con_error=any(c.id in dichos for c in preguntas.otras),
        bloqueadas=preguntas.bloqueadas,
        candado=candado_de(lugares, familia, cual) if suyo else None,
        citas=normas_de(lugares, suyo) if suyo else (),
        normas=entorno().catalogo.normas,
        tipo=REGISTRO[dato["tipo"]].nombre if familia == "campos" else None,
        opciones=_opciones(dato),
        permiso=permiso_de_opciones(dato),
        hacia=_hacia(obra, familia, cual),
        de_la_plantilla=suyo is not None
        and Lugares(obra.plantilla).hallar(familia, cual) is not None,
        errores=errores,
        codigo=codigo,
        aviso=session.pop("aviso", None),
    )
    return con_vista(html, codigo)


def _hacia(obra: EnObra, familia: str, cual: str) -> str:
    """La página de la prueba donde se ve el elemento."""
    lugares = Lugares(obra.dato)
    suyo = lugares.hallar(familia, cual) if familia in FAMILIAS else None
    while suyo is not None and suyo.familia != "paginas":
        suyo = lugares.hallar(*suyo.padre) if suyo.padre else None
    return f"/{suyo.id}" if suyo else ""


def _nombre_suelto(familia: str) -> str:
    return "el formulario" if familia == "formulario" else "el plazo para responder"


def _opciones(dato: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], str | None, str | None]]:
    """Cada opción de un campo, por qué no se quita y cuándo se ofrece."""
    opciones = dato.get("opciones") or ()
    return [
        (o, candado_de_opcion(dato, o), decir("si", o["si"]) if o.get("si") else None)
        for o in opciones
    ]


@bp.ruta("/<slug>/vista/<familia>/<cual>", permiso=CONSTRUIR, metodos=("POST",))
def vista(slug: str, familia: str, cual: str) -> Any:
    """Cómo quedaría la página con lo que se está escribiendo, sin guardarlo."""
    obra = obras.leer(entorno(), actor(), slug)
    preguntas = _preguntas(obra, familia, cual)
    accion, errores = _accion_de(preguntas, familia, cual, _enviado(preguntas))
    try:
        hecho = publicaciones.mirar(entorno(), actor(), slug, {} if errores else accion)
    except Conflicto:
        return con_problemas(slug)
    pagina = _pagina_de(hecho.paso.definicion, familia, cual) or hecho.paso.definicion.paginas[0]
    guardada = hecho.paso.definicion.digest == digerir(canonizar(obra.dato))
    return enmarcable(dibujar_ensayo(hecho, pagina, con_errores=False, guardada=guardada))


def _pagina_de(definicion: Any, familia: str, cual: str) -> Any:
    """La página donde se ve un elemento."""
    for pagina in definicion.paginas:
        dentro = {("paginas", pagina.id), *(("secciones", s.id) for s in pagina.secciones)}
        if (familia, cual) in dentro | {("campos", c) for c in pagina.ids}:
            return pagina
    return None


# --- las opciones ---------------------------------------------------------------------------------


@bp.ruta("/<slug>/opcion/<campo>/<valor>", permiso=CONSTRUIR)
def opcion(slug: str, campo: str, valor: str) -> Any:
    """Una opción de un campo, para cambiarla."""
    return _de_opcion(slug, campo, valor)


@bp.ruta("/<slug>/opcion/<campo>/<valor>", permiso=CONSTRUIR, metodos=("POST",))
def cambiar_opcion(slug: str, campo: str, valor: str) -> Any:
    """Guarda una opción."""
    suya = _opcion_de(obras.leer(entorno(), actor(), slug), campo, valor)
    escrito = {c: una_linea(request.form.get(c, "")[:400]) or "" for c in ("etiqueta", "ayuda")}
    propiedades = {c: v or None for c, v in escrito.items() if v != suya.get(c, "")}
    if not propiedades:
        return redirect(destino(slug, Accion({}, campo=campo)), 303)
    dato = {"accion": "cambiar_opcion", "campo": campo, "valor": valor, "propiedades": propiedades}
    accion = Accion(dato, campo=campo)
    return dar(slug, accion, lambda e, c: (_de_opcion(slug, campo, valor, escrito, e), c))


def _opcion_de(obra: EnObra, campo: str, valor: str) -> Mapping[str, Any]:
    opciones = _dato_de(obra, "campos", campo).get("opciones") or ()
    suya = next((o for o in opciones if nombre_de_parte(o) == valor), None)
    if suya is None:
        raise NoExiste("Esa opción ya no está.")
    hallada: Mapping[str, Any] = suya
    return hallada


def _de_opcion(
    slug: str,
    campo: str,
    valor: str,
    escrito: Mapping[str, str] | None = None,
    errores: Sequence[Error] = (),
) -> str:
    obra = obras.leer(entorno(), actor(), slug)
    dato = _dato_de(obra, "campos", campo)
    suya = _opcion_de(obra, campo, valor)
    suyos = [
        Error(e.campo if e.campo == "ayuda" else "etiqueta", e.clave, e.texto) for e in errores
    ]
    return render_template(
        "obra_opcion.html",
        actor=actor(),
        obra=obra,
        campo=dato,
        opcion=suya,
        fija=bool(suya.get("fijo")) or permiso_de_opciones(dato) != "libre",
        escrito=escrito or suya,
        errores=suyos,
    )

"""La pregunta de después de presentar y, para quien coordina, lo que respondieron todos."""

from typing import Any

from flask import redirect, render_template, request

from facilita.definicion.campos import Error
from facilita.tramite import entidades, opiniones
from facilita.tramite.errores import Invalido
from facilita.tramite.leido import hallar
from facilita.web.direcciones import CARPETA, de_borrador, exigir_suya
from facilita.web.mundo import entorno
from facilita.web.rutas import FICHA, Rutas
from facilita.web.sesion import actor

bp = Rutas("opiniones", __name__)
del_personal = Rutas("opiniones_personal", __name__, url_prefix="/bandeja/opiniones")

ANCHO, ALTO, LETRA = 360, 34, 130
"""Las medidas del dibujo: su ancho, el alto de cada barra y el lugar de las palabras."""


@bp.ruta(f"{CARPETA}/opinion/dar", permiso=FICHA)
def preguntar(entidad: str, formulario: str, ficha: str) -> Any:
    """La pregunta, en su propia página."""
    return _pagina(entidad, formulario, ficha)


@bp.ruta(f"{CARPETA}/opinion/dar", permiso=FICHA, metodos=("POST",), limite="120/minute")
def opinar(entidad: str, formulario: str, ficha: str) -> Any:
    """Guarda la opinión; con algo mal pregunta otra vez, con lo escrito."""
    publica = entidades.por_slug(entorno(), entidad)
    exigir_suya(hallar(entorno(), publica, ficha).definicion, formulario)
    escrita = request.form.get("nota", "")
    nota = int(escrita) if escrita in ("1", "2", "3", "4", "5") else None
    comentario = request.form.get("comentario", "")
    try:
        opiniones.opinar(entorno(), publica, ficha, nota, comentario)
    except Invalido as negativa:
        return _pagina(entidad, formulario, ficha, negativa.errores), 422
    return redirect(de_borrador(entidad, formulario, ficha, "opinion/dar"), 303)


def _pagina(entidad: str, formulario: str, ficha: str, errores: tuple[Error, ...] = ()) -> Any:
    publica = entidades.por_slug(entorno(), entidad)
    leido = hallar(entorno(), publica, ficha)
    exigir_suya(leido.definicion, formulario)
    if not leido.presentado or leido.codigo is None:
        return redirect(de_borrador(entidad, formulario, ficha, "revisar"), 303)
    return render_template(
        "opinion.html",
        entidad=publica,
        definicion=leido.definicion,
        hecha=opiniones.ya_opino(entorno(), publica, leido.codigo),
        notas=opiniones.NOTAS,
        opinion=de_borrador(entidad, formulario, ficha, "opinion/dar"),
        codigo=leido.codigo,
        errores=errores,
        fallas={e.campo: e.texto for e in errores},
        nota=request.form.get("nota", ""),
        comentario=request.form.get("comentario", ""),
    )


@del_personal.ruta("", permiso="opinion.ver")
def ver() -> Any:
    """Lo que respondieron, dibujado y en su tabla; sin decir de quién es cada respuesta."""
    formulario, periodo = request.args.get("formulario", ""), request.args.get("periodo", "")
    r = opiniones.resultados(
        entorno(), actor(), formulario or None, opiniones.PERIODOS.get(periodo)
    )
    mayor = max(r.cuentas.values(), default=0) or 1
    barras = [
        (frase, cuantas, n * ALTO, round((ANCHO - LETRA - 40) * cuantas / mayor))
        for n, (nota, frase) in enumerate(opiniones.NOTAS.items())
        for cuantas in [r.cuentas.get(nota, 0)]
    ]
    return render_template(
        "opiniones.html",
        actor=actor(),
        r=r,
        barras=barras,
        notas=opiniones.NOTAS,
        minimo=opiniones.MINIMO,
        formulario=formulario,
        periodo=periodo,
        medidas=(ANCHO, ALTO, LETRA, ALTO * len(barras)),
    )

"""El reporte de cumplimiento en pantalla: la entidad lo envía, la SGTD lo revisa."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, redirect, render_template, request, session, url_for

from facilita.definicion import Contexto
from facilita.definicion.campos import Error
from facilita.plazos import fecha_lima
from facilita.servicios.taller import TallerFallo
from facilita.tramite import cumplimiento, cumplimientos
from facilita.tramite.cumplimiento import Suceso
from facilita.tramite.cumplimiento_papel import COLUMNAS, de_la_mesa, de_los_servicios, en_pdf
from facilita.tramite.errores import Conflicto, Invalido
from facilita.tramite.padron import REPORTES
from facilita.tramite.reporte_campos import CAMPOS, GRUPOS
from facilita.web.identificador import identificador
from facilita.web.mundo import entorno
from facilita.web.pedido import formulario_de_pedido, recoger_pedido
from facilita.web.rutas import Rutas
from facilita.web.sesion import actor

bp = Rutas("cumplimiento", __name__, url_prefix="/bandeja/cumplimiento")
de_la_sgtd = Rutas("cumplimientos", __name__, url_prefix="/bandeja/cumplimientos")
REPORTAR, REVISAR = "cumplimiento.reportar", "cumplimiento.revisar"
OCUPADO = "No pudimos hacer el PDF en este momento. Prueba otra vez en un minuto."
EN_PALABRAS = {
    "situaciones": REPORTES,
    "columnas": COLUMNAS,
    "de_la_mesa": de_la_mesa,
    "de_los_servicios": de_los_servicios,
}


# --- la entidad -----------------------------------------------------------------------------------


@bp.ruta("", permiso=REPORTAR)
def ver() -> Any:
    """Lo que se sabe ya llenado, lo que falta, y lo enviado hasta ahora."""
    return _de_la_entidad()


@bp.ruta("", permiso=REPORTAR, metodos=("POST",))
def enviar() -> Any:
    """Envía el reporte; o agrega o quita la fila que se pidió."""
    crudo, de_filas = recoger_pedido(CAMPOS)
    if de_filas or "retomar" in crudo:
        return _de_la_entidad(crudo)
    try:
        numero = cumplimiento.enviar(entorno(), actor(), crudo)
    except Invalido as negativa:
        return _de_la_entidad(crudo, negativa.errores), 422
    except Conflicto as negativa:
        return _de_la_entidad(crudo, negado=negativa.frase), 409
    session["aviso"] = f"Enviaste el reporte {numero}. Te avisaremos por correo cuando lo revisen."
    return redirect(url_for("cumplimiento.ver"), 303)


@bp.ruta("/<int:numero>/reporte.pdf", permiso=REPORTAR, limite="30/minute")
def papel(numero: int) -> Any:
    """Un reporte enviado, en PDF."""
    envio = cumplimiento.mios(entorno(), actor()).envio(numero)
    return _pdf(envio, actor().entidad_slug) or (_de_la_entidad(negado=OCUPADO), 503)


def _de_la_entidad(
    crudo: Mapping[str, Any] | None = None,
    errores: Sequence[Error] = (),
    negado: str | None = None,
) -> str:
    p = cumplimiento.preparar(entorno(), actor())
    escrito = p.crudo if crudo is None else crudo
    por_campo = {e.campo: e for e in reversed(errores)}
    contexto = Contexto(territorio=entorno().territorio, hoy=fecha_lima(entorno().reloj.ahora()))
    return render_template(
        "cumplimiento.html",
        actor=actor(),
        p=p,
        grupos=[
            (titulo, formulario_de_pedido(campos, escrito, por_campo, contexto))
            for titulo, campos in GRUPOS
        ],
        errores=errores,
        negado=negado,
        base="/bandeja/cumplimiento",
        aviso=session.pop("aviso", None),
        **EN_PALABRAS,
    )


def _pdf(envio: Suceso, de: str) -> Response | None:
    """El PDF para descargar, o nada si el taller está ocupado."""
    try:
        cuerpo = en_pdf(envio)
    except TallerFallo:
        return None
    respuesta = Response(cuerpo, content_type="application/pdf")
    nombre = f"reporte-de-cumplimiento-{de}-{envio.numero}.pdf"
    respuesta.headers["Content-Disposition"] = f'attachment; filename="{nombre}"'
    return respuesta


# --- la SGTD --------------------------------------------------------------------------------------


@de_la_sgtd.ruta("", permiso=REVISAR)
def listar() -> Any:
    """Cómo va el reporte de cada entidad; primero lo que espera."""
    situacion, texto = request.args.get("situacion", "")[:20], request.args.get("q", "")[:100]
    pagina = request.args.get("pagina", type=identificador) or 1
    return render_template(
        "cumplimientos.html",
        actor=actor(),
        lista=cumplimientos.listar(entorno(), actor(), situacion, texto, pagina),
        situacion=situacion,
        texto=texto,
        situaciones=REPORTES,
        con=lambda n: url_for("cumplimientos.listar", q=texto, situacion=situacion, pagina=n),
        aviso=session.pop("aviso", None),
    )


@de_la_sgtd.ruta("/<int:cual>", permiso=REVISAR)
def mirar(cual: int) -> Any:
    """El reporte de una entidad, para aceptarlo u observarlo."""
    return _de_una(cual)


@de_la_sgtd.ruta("/<int:cual>/aceptar", permiso=REVISAR, metodos=("POST",))
def aceptar(cual: int) -> Any:
    """Lo acepta."""
    return _decidir(cual, "Aceptaste el reporte.", lambda n: cumplimiento.aceptar(
        entorno(), actor(), cual, n
    ))  # fmt: skip


@de_la_sgtd.ruta("/<int:cual>/observar", permiso=REVISAR, metodos=("POST",))
def observar(cual: int) -> Any:
    """Lo observa, con su motivo."""
    motivo = request.form.get("motivo", "")[:4000]
    return _decidir(cual, "Observaste el reporte.", lambda n: cumplimiento.observar(
        entorno(), actor(), cual, n, motivo
    ))  # fmt: skip


@de_la_sgtd.ruta("/<int:cual>/<int:numero>/reporte.pdf", permiso=REVISAR, limite="60/minute")
def papel_de_una(cual: int, numero: int) -> Any:
    """Un reporte de una entidad, en PDF."""
    _, reportes = cumplimiento.de_una(entorno(), actor(), cual)
    return _pdf(reportes.envio(numero), str(cual)) or (_de_una(cual, negado=OCUPADO), 503)


def _decidir(cual: int, aviso: str, decidir: Any) -> Any:
    numero = request.form.get("numero", 0, type=identificador)
    try:
        decidir(numero)
    except Invalido as negativa:
        return _de_una(cual, negativa.errores), 422
    except Conflicto as negativa:
        return _de_una(cual, negado=negativa.frase), 409
    session["aviso"] = f"{aviso} Le avisamos por correo a quien coordina la entidad."
    return redirect(url_for("cumplimientos.listar"), 303)


def _de_una(cual: int, errores: Sequence[Error] = (), negado: str | None = None) -> str:
    nombre, reportes = cumplimiento.de_una(entorno(), actor(), cual)
    return render_template(
        "cumplimiento_de_entidad.html",
        actor=actor(),
        cual=cual,
        nombre=nombre,
        reportes=reportes,
        errores=errores,
        negado=negado,
        escrito=request.form.get("motivo", ""),
        base=f"/bandeja/cumplimientos/{cual}",
        **EN_PALABRAS,
    )

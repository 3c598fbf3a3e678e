"""Las tareas de una solicitud: abrirlas, responderlas y dejarlas sin efecto."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import redirect, render_template, request, session, url_for

from facilita.definicion.campos import Campo, Error
from facilita.tramite import detalle, entidades, tareas
from facilita.tramite.archivos import Subida
from facilita.tramite.detalle import Detalle
from facilita.tramite.encargos import Titular
from facilita.tramite.errores import Invalido
from facilita.tramite.tablero import TareaOfrecida
from facilita.web.campo_visto import diciendo_la_fila
from facilita.web.envio import Envio, recibir_archivos
from facilita.web.mundo import entorno
from facilita.web.pedido import (
    contexto_de_pedido,
    estilo_de_pedido,
    formulario_de_pedido,
    recoger_pedido,
)
from facilita.web.retenidos import retener, retenidos
from facilita.web.rutas import Rutas
from facilita.web.sesion import actor
from facilita.web.titulares import titular_de

bp = Rutas("tareas", __name__, url_prefix="/bandeja/<int:cual>/tarea")


@dataclass(frozen=True)
class Escrito:
    """Lo que vuelve a la pantalla cuando algo está mal: errores, lo escrito y lo ya subido."""

    errores: Sequence[Error] = ()
    crudo: Mapping[str, Any] = field(default_factory=dict)
    guardados: Sequence[tuple[str, str]] = ()


EN_BLANCO = Escrito()
YA_NO = "Esa tarea ya no está disponible: la solicitud cambió."


@bp.ruta("/nueva/<tarea>", permiso="solicitud.atender")
def preparar(cual: int, tarea: str) -> Any:
    """Lo que hace falta para abrir una tarea."""
    return _abrir(detalle.ver(entorno(), actor(), cual), tarea)


@bp.ruta("/nueva/<tarea>", permiso="solicitud.atender", metodos=("POST",))
def abrir(cual: int, tarea: str) -> Any:
    """Abre la tarea; con errores, nada de lo escrito ni subido se pierde."""
    d = detalle.ver(entorno(), actor(), cual)
    ofrecida = _ofrecida(d, tarea)
    campos = ofrecida.declarada.pide if ofrecida else ()

    def hacer(crudo: Mapping[str, Any], subidas: Sequence[Subida]) -> None:
        titular = titular_de(request.form.get("titular")) or Titular()
        tareas.abrir(entorno(), actor(), cual, tarea, crudo, subidas, titular)

    etiqueta = ofrecida.declarada.etiqueta if ofrecida else tarea
    aviso = f"Tarea abierta: {etiqueta}."
    return _hacer(cual, campos, hacer, aviso, lambda con: _abrir(d, tarea, con))


@bp.ruta("/<int:numero>", permiso="solicitud.atender")
def responder(cual: int, numero: int) -> Any:
    """Lo que hace falta para responder una tarea."""
    return _responder(detalle.ver(entorno(), actor(), cual), numero)


@bp.ruta("/<int:numero>", permiso="solicitud.atender", metodos=("POST",))
def enviar(cual: int, numero: int) -> Any:
    """Responde la tarea."""
    d = detalle.ver(entorno(), actor(), cual)
    vista = next((t for t in d.tareas if t.id == numero), None)
    campos = vista.declarada.responde if vista else ()

    def hacer(crudo: Mapping[str, Any], subidas: Sequence[Subida]) -> None:
        tareas.responder(entorno(), actor(), cual, numero, crudo, subidas)

    aviso = "Respondiste la tarea."
    return _hacer(cual, campos, hacer, aviso, lambda con: _responder(d, numero, con))


@bp.ruta("/<int:numero>/retirar", permiso="solicitud.atender", metodos=("POST",))
def retirar(cual: int, numero: int) -> Any:
    """Deja la tarea sin efecto."""
    motivo = request.form.get(f"motivo-{numero}")
    try:
        tareas.retirar(entorno(), actor(), cual, numero, motivo)
    except Invalido as negativa:
        d = detalle.ver(entorno(), actor(), cual)
        return _responder(d, numero, Escrito(negativa.errores)), 422
    session["aviso"] = "La tarea quedó sin efecto."
    return redirect(url_for("personal.ver", cual=cual), 303)


def _hacer(
    cual: int,
    campos: Sequence[Campo],
    verbo: Callable[[Mapping[str, Any], Sequence[Subida]], None],
    aviso: str,
    otra_vez: Callable[[Escrito], Any],
) -> Any:
    crudo, de_filas = recoger_pedido(campos)
    if "retomar" in crudo:
        return otra_vez(Escrito(crudo=crudo))
    envio = Envio({}, subidas=retenidos(request.form.getlist("retenido"), cual))
    recibir_archivos(envio, campos, actor().entidad_slug)
    errores: Sequence[Error] = envio.rechazos
    if de_filas:
        return otra_vez(Escrito(errores, crudo, _guardados(envio, cual)))
    if not errores:
        try:
            verbo(crudo, envio.subidas)
        except Invalido as negativa:
            errores = negativa.errores
        else:
            session["aviso"] = aviso
            return redirect(url_for("personal.ver", cual=cual), 303)
    pagina = otra_vez(Escrito(errores, crudo, _guardados(envio, cual)))
    return (pagina, 422) if isinstance(pagina, str) else pagina


def _guardados(envio: Envio, cual: int) -> tuple[tuple[str, str], ...]:
    return tuple((s.nombre, retener(s, cual)) for s in envio.subidas)


def _ofrecida(d: Detalle, tarea: str) -> TareaOfrecida | None:
    return next((o for o in d.ofrecidas if o.declarada.id == tarea), None)


def _abrir(d: Detalle, tarea: str, con: Escrito = EN_BLANCO) -> Any:
    ofrecida = _ofrecida(d, tarea)
    if ofrecida is None:
        return _ya_no(d)
    destino = url_for("tareas.abrir", cual=d.id, tarea=tarea)
    return _pagina(d, ofrecida.declarada, ofrecida.declarada.pide, destino, con, ofrecida=ofrecida)


def _responder(d: Detalle, numero: int, con: Escrito = EN_BLANCO) -> Any:
    vista = next((t for t in d.tareas if t.id == numero), None)
    if vista is None or not (vista.puede_responder or vista.puede_retirar):
        return _ya_no(d)
    campos = vista.declarada.responde if vista.puede_responder else ()
    destino = url_for("tareas.enviar", cual=d.id, numero=numero)
    return _pagina(d, vista.declarada, campos, destino, con, vista=vista)


def _ya_no(d: Detalle) -> Any:
    session["aviso"] = YA_NO
    return redirect(url_for("personal.ver", cual=d.id), 303)


def _pagina(
    d: Detalle, tarea: Any, campos: Sequence[Campo], destino: str, con: Escrito, **mas: Any
) -> str:
    return render_template(
        "tarea.html",
        actor=actor(),
        d=d,
        tarea=tarea,
        destino=destino,
        pedido=formulario_de_pedido(
            campos,
            con.crudo,
            {e.campo: e for e in reversed(con.errores)},
            contexto_de_pedido(entidades.por_slug(entorno(), actor().entidad_slug)),
        ),
        css=estilo_de_pedido(actor().entidad_slug, d.definicion, campos) if campos else None,
        errores=diciendo_la_fila(con.errores, {c.id: c for c in campos}),
        crudo=con.crudo,
        guardados=con.guardados,
        **mas,
    )

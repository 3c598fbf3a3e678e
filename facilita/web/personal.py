"""La bandeja del personal y el detalle de cada solicitud, con todo lo que se puede hacer."""

from collections.abc import Mapping
from datetime import date
from secrets import token_urlsafe
from typing import Any

from flask import redirect, render_template, request, session, url_for

from facilita.definicion import Transicion
from facilita.definicion.campos import Error
from facilita.tramite import (
    analisis,
    atencion,
    bandeja,
    descargas,
    detalle,
    entidades,
    notificaciones,
    primeros_pasos,
    renovaciones,
    salidas,
)
from facilita.tramite.bandeja import Filtros
from facilita.tramite.detalle import Detalle
from facilita.tramite.errores import EnCuarentena, Invalido
from facilita.web import modelos
from facilita.web.analizados import mostrar_analisis
from facilita.web.archivos import servir_descarga
from facilita.web.campo_visto import diciendo_la_fila
from facilita.web.envio import Envio, recibir_archivos
from facilita.web.identificador import identificador
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

bp = Rutas("personal", __name__, url_prefix="/bandeja")


@bp.ruta("", permiso="bandeja.ver")
def ver_bandeja() -> Any:
    """Las solicitudes a mi alcance, por estado, con búsqueda y filtros."""
    filtros = _filtros()
    listado = bandeja.listar(entorno(), actor(), filtros)
    return render_template(
        "bandeja.html",
        actor=actor(),
        b=listado,
        f=filtros,
        tablero=primeros_pasos.ver(entorno(), actor()) if actor().puede("pasos.ver") else None,
        aviso=session.pop("aviso", None),
    )


def _filtros() -> Filtros:
    pedido = request.args
    return Filtros(
        estado=pedido.get("estado") or None,
        texto=pedido.get("q", "")[:100],
        formulario=pedido.get("formulario") or None,
        cargo_de=pedido.get("a_cargo") or None,
        plazo=pedido.get("plazo") or None,
        espera=pedido.get("espera") or None,
        antes_de=pedido.get("antes_de", type=identificador),
    )


@bp.ruta("/<int:cual>", permiso="solicitud.ver")
def ver(cual: int) -> Any:
    """Una solicitud: respuestas, archivos, historia y acciones."""
    return _pagina(detalle.ver(entorno(), actor(), cual))


def _pagina(d: Detalle, error: Error | None = None) -> str:
    mostrar_analisis(analisis.de_solicitud(entorno(), actor().entidad_id, d.id), para="personal")
    paginas = [
        (pagina, [(c, d.respuestas.get(c.id)) for c in pagina.campos if c.se_responde])
        for pagina in (*d.definicion.paginas, d.definicion.revision.pagina)
    ]
    return render_template(
        "detalle.html",
        actor=actor(),
        d=d,
        paginas=paginas,
        error=error,
        enlace=session.pop("enlace", None) if d.alta else None,
        escrito=request.form,
        envio=request.form.get("envio") or token_urlsafe(16),
        aviso=session.pop("aviso", None),
    )


@bp.ruta("/<int:cual>/archivo/<int:adjunto>", permiso="solicitud.ver")
def archivo(cual: int, adjunto: int) -> Any:
    """Un archivo de la solicitud; si está en cuarentena, antes se explica a quien puede abrirlo."""
    try:
        return servir_descarga(descargas.del_personal(entorno(), actor(), cual, adjunto))
    except EnCuarentena:
        if not actor().puede("archivo.abrir_infectado"):
            raise
        return redirect(url_for("cuarentena.ver", cual=cual, adjunto=adjunto), 303)


@bp.ruta("/<int:cual>/paso/<paso>", permiso="solicitud.atender")
def preparar(cual: int, paso: str) -> Any:
    """Lo que hace falta para dar un paso."""
    return _preparar(detalle.ver(entorno(), actor(), cual), paso, {}, (), ())


def _preparar(
    d: Detalle,
    paso: str,
    crudo: Mapping[str, Any],
    errores: tuple[Error, ...],
    guardados: tuple[tuple[str, str], ...],
    faltan: tuple[str, ...] | None = None,
) -> Any:
    elegido = next((p for p in d.pasos if p.transicion.id == paso), None)
    if elegido is None:
        session["aviso"] = "Ese paso ya no está disponible: la solicitud cambió o venció su plazo."
        return redirect(url_for("personal.ver", cual=d.id), 303)
    transicion = elegido.transicion
    observables = _observables(d) if transicion.acto == "observacion" else []
    responde = next((c for c in transicion.pide if c.id == transicion.responde), None)
    return render_template(
        "paso.html",
        actor=actor(),
        d=d,
        paso=elegido,
        transicion=transicion,
        pedido=formulario_de_pedido(
            elegido.campos,
            crudo,
            {e.campo: e for e in reversed(errores)},
            contexto_de_pedido(entidades.por_slug(entorno(), actor().entidad_slug)),
        ),
        css=estilo_de_pedido(actor().entidad_slug, d.definicion, transicion.pide),
        observables=observables,
        crudo=crudo,
        errores=diciendo_la_fila(errores, {c.id: c for c in elegido.campos}),
        guardados=guardados,
        prefijo=atencion.PREFIJO_OBSERVACION,
        modelos=d.modelos if responde else (),
        responde=responde.etiqueta if responde else None,
        faltan=faltan,
    )


def _observables(d: Detalle) -> list[tuple[Any, list[tuple[Any, Any]]]]:
    paginas = (
        (pagina, [(c, d.respuestas.get(c.id)) for c in pagina.campos if c.id in d.observables])
        for pagina in d.definicion.paginas
    )
    return [(pagina, campos) for pagina, campos in paginas if campos]


@bp.ruta("/<int:cual>/paso/<paso>", permiso="solicitud.atender", metodos=("POST",))
def dar_paso(cual: int, paso: str) -> Any:
    """Da el paso; con errores, nada de lo escrito ni subido se pierde."""
    d = detalle.ver(entorno(), actor(), cual)
    elegido = next((p for p in d.pasos if p.transicion.id == paso), None)
    transicion = elegido.transicion if elegido else None
    crudo, de_filas = recoger_pedido(elegido.campos if elegido else ())
    if "retomar" in crudo:
        return _preparar(d, paso, crudo, (), ())
    envio = _archivos_de(transicion, cual)
    if "usar_modelo" in crudo and transicion and transicion.responde:
        crudo, faltan = modelos.usar(cual, transicion.responde, crudo)
        rechazos = tuple(envio.rechazos)
        return _preparar(d, paso, crudo, rechazos, _guardados(envio, cual), faltan)
    if de_filas:
        return _preparar(d, paso, crudo, tuple(envio.rechazos), _guardados(envio, cual))
    if envio.rechazos:
        return _con_errores(cual, paso, crudo, tuple(envio.rechazos), envio)
    try:
        atencion.transitar(entorno(), actor(), cual, paso, crudo, envio.subidas)
    except Invalido as negativa:
        return _con_errores(cual, paso, crudo, negativa.errores, envio)
    etiqueta = transicion.etiqueta if transicion else paso
    session["aviso"] = f"Listo: «{etiqueta}»."
    return redirect(url_for("personal.ver", cual=cual), 303)


def _archivos_de(transicion: Transicion | None, cual: int) -> Envio:
    envio = Envio({}, subidas=retenidos(request.form.getlist("retenido"), cual))
    if transicion:
        recibir_archivos(envio, transicion.pide, actor().entidad_slug)
    return envio


def _con_errores(
    cual: int, paso: str, crudo: Mapping[str, Any], errores: tuple[Error, ...], envio: Envio
) -> Any:
    d = detalle.ver(entorno(), actor(), cual)
    pagina = _preparar(d, paso, crudo, errores, _guardados(envio, cual))
    return (pagina, 422) if isinstance(pagina, str) else pagina


def _guardados(envio: Envio, cual: int) -> tuple[tuple[str, str], ...]:
    """Los archivos ya subidos, cada uno con su ficha para no perderlo."""
    return tuple((s.nombre, retener(s, cual)) for s in envio.subidas)


@bp.ruta("/<int:cual>/derivar", permiso="solicitud.derivar", metodos=("POST",))
def derivar(cual: int) -> Any:
    """Envía la solicitud a otra área."""
    area = request.form.get("area", type=identificador) or 0
    comentario = request.form.get("comentario")
    return _hacer(
        cual,
        "La solicitud pasó a otra área.",
        lambda: atencion.derivar(entorno(), actor(), cual, area, comentario),
        a_bandeja=True,
    )


@bp.ruta("/<int:cual>/asignar", permiso="solicitud.asignar", metodos=("POST",))
def asignar(cual: int) -> Any:
    """Pone la solicitud a cargo de alguien."""
    usuario = request.form.get("usuario", type=identificador) or 0
    return _hacer(
        cual,
        "La solicitud tiene nuevo responsable.",
        lambda: atencion.asignar(entorno(), actor(), cual, usuario),
    )


@bp.ruta("/<int:cual>/nota", permiso="solicitud.anotar", metodos=("POST",))
def nota(cual: int) -> Any:
    """Deja una nota interna."""
    texto, envio = request.form.get("nota"), request.form.get("envio")
    return _hacer(
        cual,
        "Guardamos la nota.",
        lambda: atencion.anotar_nota(entorno(), actor(), cual, texto, envio),
    )


@bp.ruta("/<int:cual>/cedula/<int:notificacion>", permiso="solicitud.atender", metodos=("POST",))
def cedula(cual: int, notificacion: int) -> Any:
    """Anota el día en que se notificó por cédula (N54)."""
    try:
        dia = date.fromisoformat(request.form.get("fecha_cedula", ""))
    except ValueError:
        dia = None
    confirmado = request.form.get("confirmado") == "true"
    return _hacer(
        cual,
        "Guardamos el día de la notificación.",
        lambda: notificaciones.registrar_cedula(
            entorno(), actor(), cual, notificacion, dia, aunque_venza=confirmado
        ),
    )


@bp.ruta("/<int:cual>/invitacion", permiso="invitacion.renovar", metodos=("POST",))
def renovar_invitacion(cual: int) -> Any:
    """Un enlace nuevo para quien lidera la entidad creada: se muestra esta vez y ninguna más."""
    session["enlace"] = renovaciones.renovar(entorno(), actor(), cual)
    return redirect(url_for("personal.ver", cual=cual), 303)


@bp.ruta("/<int:cual>/correo/<int:correo>", permiso="solicitud.atender", metodos=("POST",))
def reenviar(cual: int, correo: int) -> Any:
    """Vuelve a enviar un correo que no se pudo entregar."""
    return _hacer(
        cual,
        "El correo está otra vez en camino.",
        lambda: salidas.reenviar_de(entorno(), actor(), cual, correo),
    )


def _hacer(cual: int, aviso: str, verbo: Any, *, a_bandeja: bool = False) -> Any:
    try:
        verbo()
    except Invalido as negativa:
        return _pagina(detalle.ver(entorno(), actor(), cual), negativa.errores[0]), 422
    session["aviso"] = aviso
    # Quien deriva puede dejar de tenerla a su alcance.
    destino = url_for("personal.ver_bandeja") if a_bandeja else url_for("personal.ver", cual=cual)
    return redirect(destino, 303)

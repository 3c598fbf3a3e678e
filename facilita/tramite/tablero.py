"""Las tareas para mostrarlas: las de una solicitud y las que esperan a una persona."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from facilita.definicion import Definicion
from facilita.definicion import Tarea as Declarada
from facilita.plazos import Calendario, Computo, fecha_lima, restantes, semaforo
from facilita.tramite import pendientes
from facilita.tramite.archivos import ficha_de
from facilita.tramite.caso import Caso
from facilita.tramite.encargos import Encargado, encargados
from facilita.tramite.entorno import Entorno
from facilita.tramite.modelos import Adjunto, Movimiento, Solicitud, Tarea, Usuario
from facilita.tramite.permisos import Actor, tareas_de
from facilita.tramite.plazo import Plazo, quedan
from facilita.tramite.tareas import abribles, le_toca, puede_retirar

AMBAR, ROJO = 2, 1
"""Una tarea se cuenta en pocos días: ámbar el penúltimo, rojo el último."""
CUANTAS = 20


@dataclass(frozen=True)
class TareaVista:
    """Una tarea abierta de una solicitud, con lo que quien mira puede hacer con ella."""

    id: int
    declarada: Declarada
    para: str
    abierta_en: datetime
    abierta_por: str
    plazo: Plazo | None
    cuenta: Computo | None
    pedido: tuple[tuple[str, str], ...]
    """Lo que se escribió al abrirla."""
    archivos: tuple[Mapping[str, Any], ...]
    puede_responder: bool
    puede_retirar: bool


@dataclass(frozen=True)
class TareaOfrecida:
    """Una tarea que se puede abrir, y a quiénes se les puede pedir."""

    declarada: Declarada
    posibles: tuple[Encargado, ...]


@dataclass(frozen=True)
class TareaMia:
    """Una tarea que espera a quien mira su bandeja."""

    id: int
    solicitud_id: int
    numero: str
    asunto: str
    etiqueta: str
    abierta_en: datetime
    plazo: Plazo | None


def de_solicitud(caso: Caso, actor: Actor) -> tuple[TareaVista, ...]:
    """Las tareas abiertas de la solicitud."""
    if not caso.definicion.tareas:
        return ()
    return tuple(_vista(caso, actor, tarea) for tarea in pendientes.abiertas(caso))


def _vista(caso: Caso, actor: Actor, tarea: Tarea) -> TareaVista:
    return TareaVista(
        id=tarea.id,
        declarada=caso.definicion.tareas[tarea.cual],
        para=_para(caso.definicion, tarea),
        abierta_en=tarea.abierta_en,
        abierta_por=caso.sesion.get_one(Usuario, tarea.abierta_por_id).nombres,
        plazo=plazo_de(tarea, caso.ahora, caso.calendario),
        cuenta=Computo.de_json(tarea.cuenta) if tarea.cuenta else None,
        pedido=_pedido(caso, tarea),
        archivos=_archivos(caso, tarea),
        puede_responder=le_toca(caso, actor, tarea.id),
        puede_retirar=puede_retirar(caso, actor, tarea),
    )


def _pedido(caso: Caso, tarea: Tarea) -> tuple[tuple[str, str], ...]:
    escrito = caso.sesion.get_one(Movimiento, tarea.movimiento_id).datos["campos"]
    return tuple(
        (campo.etiqueta, campo.mostrar(escrito[campo.id]).texto)
        for campo in caso.definicion.tareas[tarea.cual].pide
        if not campo.es_archivo and escrito.get(campo.id) is not None
    )


def _archivos(caso: Caso, tarea: Tarea) -> tuple[Mapping[str, Any], ...]:
    suyos = select(Adjunto).where(Adjunto.movimiento_id == tarea.movimiento_id)
    return tuple(ficha_de(a) for a in caso.sesion.scalars(suyos.order_by(Adjunto.orden)))


def _para(definicion: Definicion, tarea: Tarea) -> str:
    if tarea.usuario is not None:
        return tarea.usuario.nombres
    if tarea.area is not None:
        return tarea.area.nombre
    rol = definicion.roles.get(tarea.rol)
    return rol.etiqueta if rol else tarea.rol.replace("_", " ").capitalize()


def ofrecidas(caso: Caso, actor: Actor) -> tuple[TareaOfrecida, ...]:
    """Las tareas que el actor puede abrir ahora, con quienes las atenderían."""
    formulario, roles = caso.solicitud.formulario_id, caso.definicion.roles
    todas = [
        TareaOfrecida(t, encargados(caso.sesion, formulario, t.para) if t.para in roles else ())
        for t in abribles(caso, actor)
    ]
    esperan = {t.cual for t in pendientes.abiertas(caso)} if todas else set()
    # La que ya espera se puede pedir otra vez solo si hay a quién más pedírsela.
    return tuple(o for o in todas if o.declarada.id not in esperan or len(o.posibles) > 1)


def mias(
    sesion: Session, entorno: Entorno, actor: Actor, ahora: datetime, calendario: Calendario
) -> tuple[TareaMia, ...]:
    """Las tareas que esperan al actor, primero las que vencen antes."""
    tramite = aliased(Solicitud)
    filas = sesion.execute(
        select(Tarea, tramite)
        .join(tramite, tramite.id == Tarea.solicitud_id)
        .where(Tarea.situacion == "abierta", tareas_de(actor))
        .order_by(Tarea.vence_en.is_(None), Tarea.vence_en, Tarea.id)
        .limit(CUANTAS)
    ).all()
    return tuple(
        TareaMia(
            id=tarea.id,
            solicitud_id=s.id,
            numero=s.numero,
            asunto=s.asunto,
            etiqueta=entorno.definiciones.de(s.version).tareas[tarea.cual].etiqueta,
            abierta_en=tarea.abierta_en,
            plazo=plazo_de(tarea, ahora, calendario),
        )
        for tarea, s in filas
    )


def plazo_de(tarea: Tarea, ahora: datetime, calendario: Calendario) -> Plazo | None:
    """Cuánto queda para responderla, en palabras y en color; nada si no tiene plazo."""
    if not tarea.cuenta:
        return None
    cuenta, hoy = Computo.de_json(tarea.cuenta), fecha_lima(ahora)
    color = semaforo(hoy, cuenta, calendario, AMBAR, ROJO)
    return Plazo(color, quedan(restantes(hoy, cuenta, calendario)), cuenta.vence_en)

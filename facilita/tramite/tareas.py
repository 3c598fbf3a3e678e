"""Verbos de tareas: encargar algo dentro de una solicitud, responderlo o dejarlo sin efecto."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from facilita.definicion import Tarea as Declarada
from facilita.definicion.limpieza import varias_lineas
from facilita.plazos import Computo, computar, fecha_lima
from facilita.tramite import pendientes
from facilita.tramite.archivos import Subida
from facilita.tramite.atencion import LARGO_DE_NOTA, tomar
from facilita.tramite.bitacora import anotar
from facilita.tramite.caso import Caso
from facilita.tramite.encargos import Titular, encargados, papeles_en
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Invalido, NoExiste, NoPermitido, YaCambio
from facilita.tramite.modelos import Tarea
from facilita.tramite.permisos import Actor, tareas_de
from facilita.tramite.recados import de_tarea_abierta, de_tarea_respondida
from facilita.tramite.sucesos import mover
from facilita.tramite.transiciones import adjuntar, error_de, leer_campos

A_CUALQUIERA = Titular()


def abrir(
    entorno: Entorno,
    actor: Actor,
    solicitud_id: int,
    cual: str,
    crudo: Mapping[str, Any],
    subidas: Sequence[Subida] = (),
    titular: Titular = A_CUALQUIERA,
) -> int:
    """Encarga una tarea a quien cumple su rol, o a uno de ellos. Da su id.

    Lanza `Conflicto` si ya no se puede o ya está abierta, `Invalido` si falta algo.
    """
    with tomar(entorno, actor, solicitud_id, "solicitud.atender", con_roles=True) as caso:
        declarada = _abrible(caso, actor, cual)
        nombre = _nombre_del_titular(caso, declarada, titular)
        if _ya_abierta(caso, cual, titular):
            raise YaCambio("Esa tarea ya está abierta y espera respuesta.")
        pedido = leer_campos(caso, declarada.pide, crudo, subidas)
        cuenta = _cuenta(caso, declarada)
        datos = {
            "tarea": cual, "campos": dict(pedido.valores), "para": nombre,
            "vence": cuenta.vence.isoformat() if cuenta else None,
        }  # fmt: skip
        movimiento = mover(caso, "tarea_abierta", datos)
        adjuntar(caso, movimiento, pedido.subidas)
        tarea = Tarea(
            entidad_id=caso.entidad.id,
            solicitud_id=solicitud_id,
            formulario_id=caso.solicitud.formulario_id,
            movimiento_id=movimiento.id,
            cual=cual,
            rol=declarada.para,
            usuario_id=titular.usuario_id,
            area_id=titular.area_id,
            abierta_por_id=actor.usuario_id,
            abierta_en=caso.ahora,
            vence_en=cuenta.vence_en if cuenta else None,
            cuenta=cuenta.a_json() if cuenta else {},
        )
        caso.sesion.add(tarea)
        caso.sesion.flush()
        de_tarea_abierta(caso, tarea, declarada)
        _anotar(caso, actor, "tarea.abierta", cual)
        return tarea.id


def responder(
    entorno: Entorno,
    actor: Actor,
    solicitud_id: int,
    tarea_id: int,
    crudo: Mapping[str, Any],
    subidas: Sequence[Subida] = (),
) -> None:
    """Responde una tarea y la cierra; avisa a quien la abrió.

    Lanza `NoPermitido` si no le toca, `Conflicto` si ya se cerró, `Invalido` si falta algo.
    """
    with tomar(entorno, actor, solicitud_id, "solicitud.atender", con_roles=True) as caso:
        tarea = _abierta(caso, tarea_id)
        if not le_toca(caso, actor, tarea.id):
            raise NoPermitido("Esta tarea es de otra persona o de otra área.")
        declarada = caso.definicion.tareas[tarea.cual]
        pedido = leer_campos(caso, declarada.responde, crudo, subidas)
        datos = {"tarea": tarea.cual, "cual": tarea.id, "campos": dict(pedido.valores)}
        movimiento = mover(caso, "tarea_respondida", datos)
        adjuntar(caso, movimiento, pedido.subidas)
        pendientes.cerrar(caso, tarea, "respondida")
        de_tarea_respondida(caso, tarea, declarada)
        _anotar(caso, actor, "tarea.respondida", tarea.cual)


def retirar(
    entorno: Entorno, actor: Actor, solicitud_id: int, tarea_id: int, motivo: str | None
) -> None:
    """Deja sin efecto una tarea abierta; puede quien la abrió o quien coordina."""
    with tomar(entorno, actor, solicitud_id, "solicitud.atender", con_roles=True) as caso:
        tarea = _abierta(caso, tarea_id)
        if not puede_retirar(caso, actor, tarea):
            raise NoPermitido("La deja sin efecto quien la abrió o quien coordina.")
        escrito = (varias_lineas(motivo) or "")[:LARGO_DE_NOTA]
        if not escrito:
            raise Invalido([error_de(f"motivo-{tarea.id}", "Escribe por qué queda sin efecto.")])
        datos = {"tarea": tarea.cual, "cual": tarea.id, "motivo": escrito}
        mover(caso, "tarea_retirada", datos)
        pendientes.cerrar(caso, tarea, "retirada")
        _anotar(caso, actor, "tarea.retirada", tarea.cual)


def abribles(caso: Caso, actor: Actor) -> tuple[Declarada, ...]:
    """Las tareas que el actor puede abrir ahora."""
    declaradas = [t for t in caso.definicion.tareas.values() if caso.solicitud.estado in t.en]
    if not declaradas or not actor.puede("solicitud.atender"):
        return ()
    suyos = papeles_en(caso, actor)
    return tuple(t for t in declaradas if t.quien & suyos)


def le_toca(caso: Caso, actor: Actor, tarea_id: int) -> bool:
    """Si el actor puede responder esa tarea."""
    suya = select(Tarea.id).where(Tarea.id == tarea_id, tareas_de(actor))
    return caso.sesion.scalar(suya) is not None


def puede_retirar(caso: Caso, actor: Actor, tarea: Tarea) -> bool:
    """Si el actor puede dejarla sin efecto: la abrió, o coordina y la alcanza."""
    return tarea.abierta_por_id == actor.usuario_id or "coordinador" in papeles_en(caso, actor)


def _abrible(caso: Caso, actor: Actor, cual: str) -> Declarada:
    declarada = next((t for t in abribles(caso, actor) if t.id == cual), None)
    if declarada is None:
        raise YaCambio("El trámite ya no está en un estado que permita abrir esa tarea.")
    return declarada


def _nombre_del_titular(caso: Caso, declarada: Declarada, titular: Titular) -> str:
    """A quién se le pide, en palabras; lanza `Invalido` si no cumple el rol."""
    rol = caso.definicion.roles.get(declarada.para)
    etiqueta = rol.etiqueta if rol else declarada.para.replace("_", " ").capitalize()
    if titular == A_CUALQUIERA:
        return etiqueta
    posibles = encargados(caso.sesion, caso.solicitud.formulario_id, declarada.para)
    elegido = next((e for e in posibles if e.titular == titular), None)
    if elegido is None:
        raise Invalido([error_de("titular", "Elige a quien la atiende, de la lista.")])
    return elegido.nombre


def _ya_abierta(caso: Caso, cual: str, titular: Titular) -> bool:
    return any(
        t.cual == cual and (t.usuario_id, t.area_id) == (titular.usuario_id, titular.area_id)
        for t in pendientes.abiertas(caso)
    )


def _abierta(caso: Caso, tarea_id: int) -> Tarea:
    tarea = caso.sesion.scalar(
        select(Tarea)
        .where(Tarea.id == tarea_id, Tarea.solicitud_id == caso.solicitud.id)
        .execution_options(populate_existing=True)
    )
    if tarea is None:
        raise NoExiste("No encontramos esa tarea.")
    if tarea.situacion != "abierta":
        raise YaCambio("La tarea ya se cerró: no espera respuesta.")
    return tarea


def _cuenta(caso: Caso, declarada: Declarada) -> Computo | None:
    if declarada.dias_habiles is None:
        return None
    return computar(fecha_lima(caso.ahora), declarada.dias_habiles, caso.calendario)


def _anotar(caso: Caso, actor: Actor, accion: str, cual: str) -> None:
    numero = caso.solicitud.numero
    anotar(caso.sesion, caso.ahora, actor.entidad_id, actor.usuario_id, accion, numero, tarea=cual)

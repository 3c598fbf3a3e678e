"""Lo que comparten los verbos que cambian el estado: guardas, lo que se pide y el cambio."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from facilita.definicion import Hechos, Transicion
from facilita.definicion.campos import Campo, Error
from facilita.definicion.lectura import leer
from facilita.tramite import acuses, conversacion, documentos, pendientes, por_casilla, terminos
from facilita.tramite.archivos import Subida, registrar
from facilita.tramite.caso import Caso
from facilita.tramite.efectos import ejecutar
from facilita.tramite.errores import Conflicto, Invalido, Vencido, YaCambio
from facilita.tramite.modelos import Adjunto, Movimiento
from facilita.tramite.paso import contexto_de
from facilita.tramite.sucesos import mover

FRASE_VENCIDA = "El plazo para hacer esto terminó el {limite}."


@dataclass(frozen=True)
class Pedido:
    """Lo que una transición pidió y recibió: sus valores y sus archivos."""

    valores: Mapping[str, Any]
    subidas: Sequence[Subida] = ()


NADA_PEDIDO = Pedido({})


def hechos_de(caso: Caso) -> Hechos:
    """Lo ocurrido con la solicitud, para las guardas de su flujo."""
    filas = caso.sesion.execute(
        select(Movimiento.transicion, func.count())
        .where(Movimiento.solicitud_id == caso.solicitud.id, Movimiento.transicion.is_not(None))
        .group_by(Movimiento.transicion)
    ).all()
    limites = {
        t.id: limite
        for t in caso.definicion.flujo.transiciones
        if t.hasta and (limite := terminos.limite_de(caso, t.hasta))
    }
    veces = {str(f[0]): f[1] for f in filas}
    impedidas = {**_sin_plazo(caso), **pendientes.detenidas(caso)}
    return Hechos(caso.ahora.replace(microsecond=0), veces, limites, impedidas)


def _sin_plazo(caso: Caso) -> dict[str, str]:
    """Los pasos que amplían un plazo que ya no corre."""
    amplian = [
        t.id
        for t in caso.definicion.flujo.transiciones
        if any(e.nombre == "ampliar_plazo" for e in t.efectos)
    ]
    if not amplian or terminos.se_puede_ampliar(caso):
        return {}
    return dict.fromkeys(amplian, "El plazo para resolver ya venció: no se puede ampliar.")


def posibles(caso: Caso, papeles: frozenset[str]) -> list[Transicion]:
    """Las transiciones que alguien con esos papeles puede dar ahora."""
    return caso.definicion.flujo.posibles(caso.solicitud.estado, papeles, hechos_de(caso))


def exigir_posible(caso: Caso, cual: str, papeles: frozenset[str]) -> Transicion:
    """La transición pedida, si se puede; si no, `Conflicto` o `Vencido` con su frase."""
    transicion = caso.definicion.flujo.transicion(caso.solicitud.estado, cual)
    if transicion is None or not transicion.quien & papeles:
        raise _por_que_no(caso, cual, papeles)
    hechos = hechos_de(caso)
    if not caso.definicion.flujo.permitida(transicion, hechos):
        if cual in hechos.impedidas:
            raise Conflicto(hechos.impedidas[cual])
        if transicion.una_vez and hechos.veces.get(cual):
            raise Conflicto("Eso solo se puede hacer una vez y ya se hizo.")
        raise Vencido
    return transicion


def _por_que_no(caso: Caso, cual: str, papeles: frozenset[str]) -> Conflicto:
    """Si el paso dejó de poder darse, o si nunca fue de quien lo pide."""
    suyos = [t for t in caso.definicion.flujo.transiciones if t.id == cual]
    if not suyos:
        return Conflicto("Este trámite no tiene ese paso.")
    if not any(t.quien & papeles for t in suyos):
        return Conflicto("Ese paso no te toca a ti.")
    return YaCambio("El trámite ya no está en un estado que permita hacer eso.")


def leer_pedido(
    caso: Caso, transicion: Transicion, crudo: Mapping[str, Any], subidas: Sequence[Subida] = ()
) -> Pedido:
    """Lee lo que la transición pide; lanza `Invalido` con los errores."""
    return leer_campos(caso, por_casilla.campos_de(caso, transicion), crudo, subidas)


def leer_campos(
    caso: Caso,
    campos: Sequence[Campo],
    crudo: Mapping[str, Any],
    subidas: Sequence[Subida] = (),
) -> Pedido:
    """Lee lo que pide un paso o una tarea; lanza `Invalido` con los errores."""
    completo = dict(crudo)
    for campo in campos:
        if campo.es_archivo:
            completo[campo.id] = [_ficha(s) for s in subidas if s.campo == campo.id]
    contexto = contexto_de(caso.sesion, caso.entorno, caso.entidad, caso.ahora)
    lectura = leer([(campo, campo.si) for campo in campos], completo, contexto)
    if lectura.errores:
        raise Invalido(lectura.errores)
    return Pedido(lectura.valores, tuple(s for s in subidas if lectura.valores.get(s.campo)))


def _ficha(subida: Subida) -> dict[str, Any]:
    return {
        "nombre": subida.nombre,
        "tipo": subida.tipo,
        "tamano": subida.tamano,
        "sha256": subida.sha256,
        "paginas": subida.paginas,
        "marcas": list(subida.marcas),
    }


def aplicar(
    caso: Caso,
    transicion: Transicion,
    pedido: Pedido = NADA_PEDIDO,
    datos: Mapping[str, Any] | None = None,
) -> Movimiento:
    """Cambia el estado, anota el movimiento, mueve los plazos y deja escritos los avisos."""
    anterior = caso.solicitud.estado
    _nombrar(caso, transicion.pide, pedido.valores)
    for del_reloj in caso.definicion.flujo.del_reloj(anterior):
        terminos.cerrar(caso, del_reloj.id)
    if transicion.a != anterior:
        acuses.dejar_sin_efecto(caso)
    caso.solicitud.estado = transicion.a
    caso.solicitud.abierta = not caso.estado.final
    movimiento = mover(
        caso,
        "transicion",
        {"campos": dict(pedido.valores), **_plazo_que_sigue(caso, transicion), **(datos or {})},
        transicion=transicion.id,
        de=anterior,
        a=transicion.a,
    )
    adjuntar(caso, movimiento, pedido.subidas)
    if transicion.reabre:
        terminos.reabrir_resolver(caso)
    _suspender_o_reanudar(caso, anterior, transicion)
    terminos.abrir_del_reloj(caso, "presentado", caso.solicitud.presentado_en)
    terminos.abrir_del_reloj(caso, "entrada", caso.ahora)
    ejecutar(caso, transicion.efectos, movimiento)
    if caso.estado.final:
        terminos.cerrar_todos(caso)
        pendientes.cerrar_todas(caso)
        conversacion.dar_por_atendidos(caso)
    caso.sesion.flush()
    return movimiento


def _plazo_que_sigue(caso: Caso, transicion: Transicion) -> dict[str, Any]:
    return {"quedaban": terminos.quedaban(caso)} if transicion.reabre else {}


def _suspender_o_reanudar(caso: Caso, anterior: str, transicion: Transicion) -> None:
    """Un estado que suspende detiene el plazo mientras dura (N07)."""
    flujo = caso.definicion.flujo
    cuenta_de_nuevo = any(e.nombre == "reiniciar_plazo" for e in transicion.efectos)
    if caso.estado.suspende:
        terminos.suspender_resolver(caso)
    elif flujo.estados[anterior].suspende and not (caso.estado.final or cuenta_de_nuevo):
        terminos.reanudar_resolver(caso)


def adjuntar(caso: Caso, movimiento: Movimiento, subidas: Sequence[Subida]) -> None:
    """Ata a un movimiento los archivos que lo acompañan."""
    caso.sesion.flush()
    for orden, subida in enumerate(subidas):
        archivo = registrar(caso.sesion, caso.entorno, subida, caso.ahora)
        caso.sesion.add(
            Adjunto(
                entidad_id=caso.entidad.id,
                movimiento_id=movimiento.id,
                archivo_id=archivo.id,
                campo=subida.campo,
                nombre=subida.nombre,
                tipo=subida.tipo,
                orden=orden,
            )
        )
    if subidas:
        documentos.pedir_indice(caso)


def _nombrar(caso: Caso, campos: Sequence[Campo], valores: Mapping[str, Any]) -> None:
    for campo in campos:
        valor = valores.get(campo.id)
        caso.nombres[campo.id] = campo.mostrar(valor).texto if valor is not None else ""


def error_de(campo: str, texto: str) -> Error:
    """Un error de lo que pide una acción del personal."""
    return Error(campo, "pedido", texto)


def limite(caso: Caso, transicion: Transicion) -> datetime | None:
    """El último instante en que se puede dar una transición, si lo tiene."""
    return terminos.limite_de(caso, transicion.hasta) if transicion.hasta else None

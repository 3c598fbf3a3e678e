"""El reloj: las transiciones que ocurren solas cuando un plazo termina (N07, N08).

Cada una ocurre en su instante, el primero en que ya es tarde, aunque se anote después: las de una
solicitud, en el orden en que vencieron y de una en una.
"""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, and_, func, select

from facilita.definicion import Transicion
from facilita.tramite import terminos
from facilita.tramite.ambito import Ambito
from facilita.tramite.caso import RELOJ, Caso, tomar_caso
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto
from facilita.tramite.modelos import Movimiento, Termino
from facilita.tramite.transiciones import aplicar, exigir_posible

registro = structlog.get_logger(__name__)

POR_VUELTA = 200
PASOS_SEGUIDOS = 1000
"""Cuántos pasos atrasados se dan de una vez en una solicitud."""
UN_SEGUNDO = timedelta(seconds=1)
ATRASO = timedelta(hours=1)
"""Desde cuánto atraso la historia dice además cuándo se anotó."""


def vencer(entorno: Entorno) -> int:
    """Da los pasos del reloj cuyo plazo ya terminó; devuelve cuántos dio.

    Cada solicitud va en su transacción: una que falla no detiene a las demás.
    """
    ahora = entorno.reloj.ahora()
    with entorno.bd.lectura(Ambito.de_plataforma("plazos vencidos")) as sesion:
        vencidas = sesion.execute(
            select(Termino.solicitud_id, Termino.entidad_id)
            .where(_vencio(ahora))
            .group_by(Termino.solicitud_id, Termino.entidad_id)
            .order_by(func.min(Termino.vence_en), Termino.solicitud_id)
            .limit(POR_VUELTA)
        ).all()
    return sum(_intentar(entorno, *fila) for fila in vencidas)


def _vencio(ahora: datetime) -> ColumnElement[bool]:
    return and_(
        Termino.situacion == "corre",
        Termino.clase != terminos.RESOLVER,
        Termino.vence_en < ahora.replace(microsecond=0),
    )


def _intentar(entorno: Entorno, solicitud_id: int, entidad_id: int) -> int:
    try:
        return _ponerse_al_dia(entorno, solicitud_id, entidad_id)
    except Exception:
        # Una solicitud con un defecto no deja a las demás sin su plazo.
        registro.exception("reloj.fallo", solicitud=solicitud_id)
        return 0


def _ponerse_al_dia(entorno: Entorno, solicitud_id: int, entidad_id: int) -> int:
    with entorno.bd.transaccion(Ambito.de(entidad_id)) as sesion:
        caso = tomar_caso(sesion, entorno, solicitud_id, RELOJ, entorno.reloj.ahora())
        # Con el turno tomado: lo que se cumplió mientras se esperaba ya no está.
        return poner_al_dia(caso)


def poner_al_dia(caso: Caso) -> int:
    """Da los pasos del reloj que ya vencieron, antes de lo que se vaya a hacer; dice cuántos."""
    autor, ahora, dados = caso.autor, caso.ahora, 0
    caso.autor, caso.anotado_en = RELOJ, ahora
    while dados < PASOS_SEGUIDOS and (termino := _el_que_sigue(caso)) is not None:
        dados += _dar(caso, termino)
    caso.autor, caso.ahora, caso.anotado_en = autor, ahora, None
    return dados


def exigir_al_dia(caso: Caso, cual: str, papeles: frozenset[str]) -> Transicion:
    """La transición pedida, si se puede después de los pasos del reloj que ya tocaban (N07, N08).

    Lanza lo mismo que `exigir_posible`; si por uno de esos pasos ya no se puede, lo dice.
    """
    antes = caso.estado.etiqueta
    if not poner_al_dia(caso):
        return exigir_posible(caso, cual, papeles)
    try:
        return exigir_posible(caso, cual, papeles)
    except Conflicto as negativa:
        raise Conflicto(
            f"Venció el plazo de «{antes}» y el trámite pasa a «{caso.estado.etiqueta}»: desde ahí "
            "eso no se puede hacer. El cambio se verá en unos momentos."
        ) from negativa


def _el_que_sigue(caso: Caso) -> Termino | None:
    return caso.sesion.scalar(
        select(Termino)
        .where(Termino.solicitud_id == caso.solicitud.id, _vencio(caso.al_anotar))
        .order_by(Termino.vence_en, Termino.id)
        .limit(1)
        .execution_options(populate_existing=True)
    )


def _dar(caso: Caso, termino: Termino) -> bool:
    """Da el paso de un plazo vencido en su instante, o en el de lo último que ya se anotó."""
    caso.ahora = max(termino.vence_en + UN_SEGUNDO, _lo_ultimo(caso))
    termino.situacion = "vencido"
    termino.cerrado_en = caso.ahora
    caso.sesion.flush()
    transicion = caso.definicion.flujo.transicion(caso.solicitud.estado, termino.clase)
    if transicion is None:
        return False
    tarde = caso.al_anotar - caso.ahora >= ATRASO
    aplicar(caso, transicion, datos={"anotado": caso.al_anotar.isoformat()} if tarde else None)
    return True


def _lo_ultimo(caso: Caso) -> datetime:
    """Cuándo fue lo último de la historia, que no vuelve atrás."""
    return caso.sesion.scalars(
        select(Movimiento.cuando)
        .where(Movimiento.solicitud_id == caso.solicitud.id)
        .order_by(Movimiento.orden.desc())
        .limit(1)
    ).one()

"""El reloj: las transiciones que ocurren solas cuando un plazo termina (N07, N08)."""

import structlog
from sqlalchemy import select

from facilita.tramite import terminos
from facilita.tramite.ambito import Ambito
from facilita.tramite.caso import RELOJ, tomar_caso
from facilita.tramite.entorno import Entorno
from facilita.tramite.modelos import Termino
from facilita.tramite.transiciones import aplicar

registro = structlog.get_logger(__name__)

POR_VUELTA = 200


def vencer(entorno: Entorno) -> int:
    """Da los pasos del reloj cuyo plazo ya terminó; devuelve cuántos dio.

    Cada solicitud va en su transacción: una que falla no detiene a las demás.
    """
    ahora = entorno.reloj.ahora()
    with entorno.bd.lectura(Ambito.de_plataforma("plazos vencidos")) as sesion:
        vencidos = sesion.execute(
            select(Termino.id, Termino.solicitud_id, Termino.entidad_id)
            .where(
                Termino.situacion == "corre",
                Termino.clase != terminos.RESOLVER,
                Termino.vence_en < ahora.replace(microsecond=0),
            )
            .order_by(Termino.vence_en)
            .limit(POR_VUELTA)
        ).all()
    return sum(_intentar(entorno, *fila) for fila in vencidos)


def _intentar(entorno: Entorno, termino_id: int, solicitud_id: int, entidad_id: int) -> bool:
    try:
        return _vencer(entorno, termino_id, solicitud_id, entidad_id)
    except Exception:
        # Una solicitud con un defecto no deja a las demás sin su plazo.
        registro.exception("reloj.fallo", solicitud=solicitud_id, termino=termino_id)
        return False


def _vencer(entorno: Entorno, termino_id: int, solicitud_id: int, entidad_id: int) -> bool:
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de(entidad_id)) as sesion:
        caso = tomar_caso(sesion, entorno, solicitud_id, RELOJ, ahora)
        termino = sesion.get_one(Termino, termino_id, populate_existing=True)
        # Pudo cumplirse mientras se esperaba el turno.
        if termino.situacion != "corre" or not terminos.vencio(termino.vence_en, ahora):
            return False
        termino.situacion = "vencido"
        termino.cerrado_en = ahora
        sesion.flush()
        transicion = caso.definicion.flujo.transicion(caso.solicitud.estado, termino.clase)
        if transicion is None:
            return False
        aplicar(caso, transicion)
        return True

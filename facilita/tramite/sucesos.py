"""Lo que comparten los verbos: anotar un movimiento, encadenado al anterior."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from sqlalchemy import select

from facilita.definicion.limpieza import una_linea
from facilita.tramite.caso import Caso
from facilita.tramite.modelos import Movimiento

ULTIMOS = 20
"""Entre cuántos sucesos se busca uno repetido."""


def mover(
    caso: Caso,
    tipo: str,
    datos: Mapping[str, Any] | None = None,
    *,
    transicion: str | None = None,
    de: str | None = None,
    a: str | None = None,
    es_el_primero: bool = False,
) -> Movimiento:
    """Anota un movimiento encadenado al anterior; quien llama ya tiene el turno de la solicitud."""
    anterior = None if es_el_primero else _ultimo(caso)
    movimiento = Movimiento(
        entidad_id=caso.entidad.id,
        solicitud_id=caso.solicitud.id,
        orden=anterior.orden + 1 if anterior else 0,
        tipo=tipo,
        transicion=transicion,
        de=de,
        a=a,
        quien=caso.autor.quien,
        usuario_id=caso.autor.usuario_id,
        cuando=caso.ahora,
        datos=dict(datos or {}),
    )
    movimiento.huella = encadenar(anterior.huella if anterior else "", movimiento)
    caso.sesion.add(movimiento)
    return movimiento


def _ultimo(caso: Caso) -> Movimiento | None:
    return caso.sesion.scalar(
        select(Movimiento)
        .where(Movimiento.solicitud_id == caso.solicitud.id)
        .order_by(Movimiento.orden.desc())
        .limit(1)
    )


def ya_llego(caso: Caso, tipo: str, envio: str) -> bool:
    """Si lo de ese envío ya se anotó: dos toques de un botón son uno."""
    ultimos = (
        select(Movimiento.datos)
        .where(Movimiento.solicitud_id == caso.solicitud.id, Movimiento.tipo == tipo)
        .order_by(Movimiento.orden.desc())
        .limit(ULTIMOS)
    )
    return bool(envio) and any(d.get("envio") == envio for d in caso.sesion.scalars(ultimos))


def leer_envio(escrito: Any) -> str:
    """El número que la página le puso a un envío; vacío si no trae."""
    return (una_linea(escrito) or "")[:64]


def encadenar(anterior: str, m: Movimiento) -> str:
    """El SHA-256 de un movimiento junto con la huella del que le precede."""
    contenido = [
        anterior, m.solicitud_id, m.orden, m.tipo, m.transicion, m.de, m.a, m.quien,
        m.usuario_id, m.cuando.astimezone(UTC).isoformat(), m.datos,
    ]  # fmt: skip
    escrito = json.dumps(contenido, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(escrito.encode()).hexdigest()

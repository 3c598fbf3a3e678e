"""Lo que cambió en cada corrección: qué decía y qué dice, con los archivos de antes y de ahora."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from facilita.definicion import Definicion
from facilita.definicion.campos import Mostrado
from facilita.tramite.archivos import mismo_contenido
from facilita.tramite.caso import Caso
from facilita.tramite.modelos import Contenido


@dataclass(frozen=True)
class Correccion:
    """Lo que decía y lo que dice un campo corregido, y cuándo se corrigió."""

    etiqueta: str
    antes: Mostrado | None
    ahora: Mostrado | None
    cuando: datetime


def correcciones(caso: Caso) -> tuple[Correccion, ...]:
    """Los campos que cambió cada corrección, de la primera a la última (N12)."""
    contenidos = caso.sesion.scalars(
        select(Contenido)
        .where(Contenido.solicitud_id == caso.solicitud.id)
        .order_by(Contenido.orden)
    ).all()
    campos = caso.definicion.campos
    return tuple(
        Correccion(
            campos[c].etiqueta,
            mostrado(caso.definicion, antes.respuestas, c),
            mostrado(caso.definicion, ahora.respuestas, c),
            ahora.creado_en,
        )
        for antes, ahora in pairwise(contenidos)
        for c in cambiados(caso.definicion, antes.respuestas, ahora.respuestas)
    )


def cambiados(
    definicion: Definicion, antes: Mapping[str, Any], ahora: Mapping[str, Any]
) -> list[str]:
    """Los campos cuya respuesta no es la misma, en su orden."""
    return [c for c in definicion.campos if not mismo_contenido(antes.get(c), ahora.get(c))]


def mostrado(definicion: Definicion, respuestas: Mapping[str, Any], campo: str) -> Mostrado | None:
    """Una respuesta para ser leída, o `None` si no la hay."""
    valor = respuestas.get(campo)
    return None if valor is None else definicion.campos[campo].mostrar(valor)

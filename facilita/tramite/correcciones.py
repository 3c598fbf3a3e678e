"""Lo que cambió en cada corrección: qué decía y qué dice, con los archivos de antes y de ahora."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from facilita.definicion import Definicion
from facilita.definicion.campos import Mostrado
from facilita.tramite.archivos import mismo_contenido
from facilita.tramite.caso import Caso
from facilita.tramite.modelos import Contenido, Observacion


@dataclass(frozen=True)
class Correccion:
    """Lo que decía y lo que dice un campo corregido, y cuándo se corrigió."""

    etiqueta: str
    antes: Mostrado | None
    ahora: Mostrado | None
    cuando: datetime
    observado: str | None = None
    """Lo que se le observó a ese campo, si se le observó algo."""
    cambio: bool = True


def correcciones(caso: Caso) -> tuple[Correccion, ...]:
    """Lo que decía y lo que dice cada campo observado o cambiado, en su orden (N07, N12)."""
    contenidos = caso.sesion.scalars(
        select(Contenido)
        .where(Contenido.solicitud_id == caso.solicitud.id)
        .order_by(Contenido.orden)
    ).all()
    observado = _lo_observado(caso)
    return tuple(
        correccion
        for antes, ahora in pairwise(contenidos)
        for correccion in _de_una(caso, antes, ahora, observado)
    )


def _lo_observado(caso: Caso) -> dict[str, str]:
    suyas = select(Observacion).where(Observacion.solicitud_id == caso.solicitud.id)
    return {o.campo: o.texto for o in caso.sesion.scalars(suyas.order_by(Observacion.id))}


def _de_una(
    caso: Caso, antes: Contenido, ahora: Contenido, observado: Mapping[str, str]
) -> Iterator[Correccion]:
    distintos = set(cambiados(caso.definicion, antes.respuestas, ahora.respuestas))
    for cual, campo in caso.definicion.campos.items():
        if cual in distintos or cual in observado:
            yield Correccion(
                campo.etiqueta,
                mostrado(caso.definicion, antes.respuestas, cual),
                mostrado(caso.definicion, ahora.respuestas, cual),
                ahora.creado_en,
                observado.get(cual),
                cual in distintos,
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

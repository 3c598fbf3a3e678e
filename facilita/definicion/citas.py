"""Las normas que una definición cita, y dónde."""

from collections.abc import Iterator, Mapping
from typing import Any

from facilita.definicion.fallas import Ruta


def citas(dato: Any, ruta: Ruta = ()) -> Iterator[tuple[Ruta, str]]:
    """Cada cita con su ruta, en el orden en que se escribieron."""
    pasos = (
        dato.items()
        if isinstance(dato, Mapping)
        else enumerate(dato)
        if isinstance(dato, list)
        else ()
    )
    for paso, valor in pasos:
        if paso == "base_legal" and isinstance(valor, list):
            yield from (((*ruta, paso, n), str(cual)) for n, cual in enumerate(valor))
        else:
            yield from citas(valor, (*ruta, paso))

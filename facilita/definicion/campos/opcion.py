"""Una opción de un campo de elección, y con qué condición se ofrece."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from facilita.definicion.condiciones import Condicion, leer_condicion


@dataclass(frozen=True, slots=True)
class Opcion:
    """Una opción de un campo de elección."""

    valor: str
    etiqueta: str
    ayuda: str | None = None
    si: Condicion | None = None

    def se_ofrece(self, visto: Mapping[str, Any]) -> bool:
        """Si se ofrece con lo respondido más arriba."""
        return self.si is None or self.si.evaluar(visto)


def crear_opcion(dato: Mapping[str, Any]) -> Opcion:
    """La opción de un dato que ya pasó el esquema."""
    si = leer_condicion(dato.get("si"))
    return Opcion(dato["valor"], dato["etiqueta"], dato.get("ayuda"), si)

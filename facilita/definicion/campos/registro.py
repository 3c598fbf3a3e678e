"""Los tipos de campo por su nombre; los enumera `campos/__init__.py`, una sola vez."""

from collections.abc import Mapping
from typing import Any

from facilita.definicion.campos.base import Campo

REGISTRO: dict[str, type[Campo]] = {}


def registrar(*clases: type[Campo]) -> None:
    """Pone unas clases en el registro, cada una con el nombre de su tipo."""
    REGISTRO.update({clase.tipo: clase for clase in clases})


def crear_campo(dato: Mapping[str, Any]) -> Campo:
    """El campo de un dato que ya pasó su esquema."""
    return REGISTRO[dato["tipo"]](dato)

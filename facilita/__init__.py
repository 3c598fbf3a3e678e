"""Facilita: mesa de partes digital para cualquier entidad pública del Perú."""

import importlib
from typing import Any

__version__ = "0.1.0"


def __getattr__(nombre: str) -> Any:
    # Quien solo usa el lenguaje o el calendario no carga la web.
    if nombre == "create_app":
        return importlib.import_module("facilita.web").create_app
    raise AttributeError(nombre)

"""Lo que una petición encuentra a mano: el entorno de los verbos, los ajustes y los recursos."""

from dataclasses import dataclass, field
from typing import cast

from flask import current_app

from facilita.config import Configuracion
from facilita.tramite.entorno import Entorno, Memoria
from facilita.web.recursos import Recurso, Recursos


@dataclass(frozen=True)
class Mundo:
    """Lo que se arma una vez por proceso."""

    entorno: Entorno
    ajustes: Configuracion
    recursos: Recursos
    paginas: Memoria[Recurso] = field(default_factory=lambda: Memoria(2000))
    """Las páginas que son iguales para todos, por su contenido."""


def mundo() -> Mundo:
    """El mundo de la aplicación que atiende."""
    return cast(Mundo, current_app.extensions["facilita"])


def entorno() -> Entorno:
    """El entorno de los verbos."""
    return mundo().entorno

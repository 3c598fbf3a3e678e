"""Los campos que una persona aún no tocó: son los mismos bytes para todas y se dibujan una vez."""

from collections.abc import Mapping
from typing import Any, cast

from flask import Flask, current_app
from markupsafe import Markup

from facilita.tramite.entorno import Memoria
from facilita.web.vista import CampoVisto

_dibujados: Memoria[Markup] = Memoria(5000)


def dibujar(visto: CampoVisto, nombres: Mapping[str, str], base: str | None = None) -> Markup:
    """Un campo dibujado; si no tiene nada de una persona, el que ya se dibujó."""
    if visto.intacto is None:
        return _dibujar(visto, nombres, base)
    return _dibujados.dar(visto.intacto, lambda: _dibujar(visto, nombres, base))


def _dibujar(visto: CampoVisto, nombres: Mapping[str, str], base: str | None) -> Markup:
    macros: Any = current_app.jinja_env.get_template("_campo.html").module
    return cast(Markup, macros.campo(visto, nombres, base))


def registrar_intactos(app: Flask) -> None:
    """Lo pone al alcance de las plantillas."""
    app.jinja_env.globals["dibujar"] = dibujar

"""Formularios de cualquier tamaño para las medidas: el mismo, en el lenguaje y a mano."""

import json
from collections.abc import Iterator
from typing import Any

from flask import Flask
from wtforms import EmailField, Form, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import Email, InputRequired, Length, NumberRange, Optional

from bench.a_mano import PAGINA, opciones

MENSAJES = [{"id": "m", "asunto": "Recibimos {numero}", "cuerpo": "Hola, {nombre}: {enlace}"}]
FLUJO: dict[str, Any] = {
    "inicial": "nuevo",
    "al_presentar": [{"notificar": "m"}],
    "plazo": {"dias_habiles": 10},
    "estados": [
        {"id": "nuevo", "etiqueta": "Nuevo", "ciudadano": "Lo recibimos."},
        {"id": "listo", "etiqueta": "Listo", "ciudadano": "Está listo.", "final": True},
    ],
    "transiciones": [
        {"id": "ver", "de": ["nuevo"], "a": "listo", "etiqueta": "Ver", "quien": ["atiende"]}
    ],
}
_SI_NO = [{"valor": "si", "etiqueta": "Sí"}, {"valor": "no", "etiqueta": "No"}]


def campos(cuantos: int) -> Iterator[dict[str, Any]]:
    """Campos de cinco tipos por turno; cada décimo depende de una elección de más arriba."""
    formas: tuple[dict[str, Any], ...] = (
        {"tipo": "texto", "largo_maximo": 100, "ayuda": "Como en tu documento."},
        {"tipo": "opcion_unica", "opciones": _SI_NO},
        {"tipo": "numero", "minimo": 0, "maximo": 500},
        {"tipo": "correo"},
        {"tipo": "parrafo", "largo_maximo": 2000},
    )
    for n in range(cuantos):
        campo = {"id": f"c{n}", "etiqueta": f"La pregunta {n}", "obligatorio": n % 2 == 0}
        if n % 10 == 9:
            campo["si"] = {"campo": f"c{n - 8}", "es": "si"}
        yield {**campo, **formas[n % len(formas)]}


def definicion(cuantos: int, nombre: str = "medida", por_pagina: int = 25) -> dict[str, Any]:
    """El dato de un formulario con esos campos, en páginas."""
    todos = list(campos(cuantos))
    paginas = [
        {
            "id": f"p{n}",
            "titulo": f"Página {n}",
            "secciones": [{"id": f"s{n}", "campos": todos[n : n + por_pagina]}],
        }
        for n in range(0, cuantos, por_pagina)
    ]
    acepto = {"id": "acepto", "tipo": "consentimiento", "etiqueta": "Acepto", "texto": "Acepto."}
    return {
        "formato": 1,
        "formulario": nombre,
        "titulo": "Una medida",
        "paginas": paginas,
        "revision": {"titulo": "Revisa", "campos": [{**acepto, "obligatorio": True}]},
        "flujo": FLUJO,
        "mensajes": MENSAJES,
    }


def yaml_de(cuantos: int, nombre: str) -> str:
    """El mismo formulario escrito en YAML, un campo por línea y sus llaves como en un ejemplo."""
    return _yaml(definicion(cuantos, nombre), 0)


def _yaml(dato: Any, sangria: int) -> str:
    """YAML de bloques, como lo escribe una persona; los textos, entre comillas."""
    margen = "  " * sangria
    if isinstance(dato, dict):
        partes = [f"{margen}{c}:{_valor(v, sangria)}" for c, v in dato.items()]
        return "\n".join(partes)
    partes = [f"{margen}- {_yaml(v, sangria + 1).strip()}" for v in dato]
    return "\n".join(partes)


def _valor(valor: Any, sangria: int) -> str:
    if isinstance(valor, dict) or (isinstance(valor, list) and isinstance(valor[0], dict)):
        return "\n" + _yaml(valor, sangria + 1)
    return f" {json.dumps(valor, ensure_ascii=False)}"


def respuestas(cuantos: int) -> dict[str, str]:
    """Una presentación válida de esos campos."""
    escritas = ("Ana Quispe", "si", "12", "ana@example.com", "Lo pido por escrito.")
    return {"acepto": "true", **{f"c{n}": escritas[n % 5] for n in range(cuantos)}}


def a_mano(cuantos: int) -> type[Form]:
    """Los mismos campos en una clase de WTForms."""
    clases = (
        lambda e, v: StringField(e, [*v, Length(max=100)]),
        lambda e, v: RadioField(e, v, choices=opciones(("si", "Sí"), ("no", "No"))),
        lambda e, v: IntegerField(e, [*v, NumberRange(min=0, max=500)]),
        lambda e, v: EmailField(e, [*v, Email()]),
        lambda e, v: TextAreaField(e, [*v, Length(max=2000)]),
    )
    cuerpo = {
        f"c{n}": clases[n % 5](f"La pregunta {n}", [InputRequired() if n % 2 == 0 else Optional()])
        for n in range(cuantos)
    }
    return type("AMano", (Form,), cuerpo)


def servir_a_mano(formulario: type[Form]) -> Flask:
    """Una aplicación Flask que dibuja ese formulario, con la plantilla ya compilada."""
    app = Flask(__name__)
    plantilla = app.jinja_env.from_string(PAGINA)

    @app.get("/a-mano")
    def pagina() -> str:
        return plantilla.render(formulario=formulario())

    return app

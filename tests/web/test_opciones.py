"""Opciones que se ofrecen a veces, de punta a punta por HTTP: qué se dibuja y qué se recibe."""

from pathlib import Path

import pytest
from fabrica import VALLE, Mundo
from flask import Flask

from facilita.tramite import formularios

from .cliente import Pagina, Visita

TEXTO = (Path(__file__).parents[1] / "definicion" / "opciones.yaml").read_text("utf-8")
CARPETA = f"/{VALLE}/opciones"


@pytest.fixture
def visita(mundo: Mundo, app: Flask) -> Visita:
    """Alguien que llena el formulario de las opciones, ya publicado."""
    entidad = mundo.entidad(VALLE).id
    formularios.publicar(mundo.entorno, entidad, TEXTO, "opciones.yaml", motivo="Prueba")
    return Visita(app)


def opciones(visita: Visita, direccion: str, campo: str) -> list[str]:
    """Las opciones de un campo que la página trae."""
    return [c["value"] for c in visita.leer(direccion).todos("input", name=campo)]


def segunda(visita: Visita, **primera: str) -> str:
    """La dirección de la segunda página, con esas respuestas en la primera."""
    return visita.enviar(CARPETA, {"accion": "continuar", **primera}).location


def test_lo_que_mira_una_pagina_anterior_no_llega_a_dibujarse(visita: Visita) -> None:
    pocos = segunda(visita, a="x", b="x", n="1")
    assert opciones(visita, pocos, "f") == ["z"]
    muchos = segunda(visita, a="y", b="y", n="5")
    assert opciones(visita, muchos, "f") == ["x", "y", "z"]
    # Y otra vez la primera: lo que se dibujó una vez no se le sirve a quien no le toca.
    assert opciones(visita, pocos, "f") == ["z"]
    # Lo que mira la misma página llega entero; el navegador lo esconde.
    assert opciones(visita, pocos, "g") == ["x", "y", "z"]


def test_lo_que_no_se_ofrece_no_se_recibe_y_se_dice(visita: Visita) -> None:
    pagina = segunda(visita, a="x", b="x", n="1")
    rechazada = visita.enviar(pagina, {"accion": "continuar", "f": "x"})
    assert rechazada.status_code == 422
    assert "«X» no va con tus otras respuestas" in Pagina(rechazada.text).errores["f"]
    assert visita.enviar(pagina, {"accion": "continuar", "f": ["x", "z"]}).status_code == 303
    assert "Quitamos «X» de «F»" in visita.leer(pagina).texto


def test_al_cambiar_lo_de_antes_lo_elegido_se_va_con_lo_que_dependia(visita: Visita) -> None:
    pagina = segunda(visita, a="y", b="y", n="5")
    visita.enviar(pagina, {"accion": "continuar", "f": ["x"], "g": "x", "h": "lo que dependía"})
    revisar = pagina.rsplit("/", 1)[0] + "/revisar"
    assert "lo que dependía" in visita.leer(revisar).texto
    anterior = pagina.rsplit("/", 1)[0] + "/uno"
    visita.enviar(anterior, {"accion": "continuar", "a": "y", "b": "y", "n": "1"})
    dicho = visita.leer(revisar).texto
    assert "lo que dependía" not in dicho and "«X» no va con tus otras respuestas" in dicho

"""Una presentación que cruza la medianoche, por HTTP: se mira otra vez antes de presentar."""

import pytest
from fabrica import RAIZ, VALLE, Mundo
from flask import Flask

from facilita.tramite import formularios

from .cliente import Pagina, Visita, codigo_de

TEXTO = (RAIZ / "tests/definicion/hoy.yaml").read_text("utf-8")
DATOS = {
    "nombre": "Ana", "correo": "ana@example.com", "fecha": "18/11/2026", "testigos": "1",
    "testigos-0-testigo": "Rosa", "accion": "continuar",
}  # fmt: skip


@pytest.mark.parametrize("motor", ["sqlite"], indirect=True)
def test_pasada_la_medianoche_se_mira_otra_vez(mundo: Mundo, app: Flask) -> None:
    formularios.publicar(mundo.entorno, mundo.entidad().id, TEXTO, "hoy.yaml", motivo="Prueba")
    mundo.poner(23, "23:58:00")
    visita = Visita(app)
    segunda = visita.enviar(f"/{VALLE}/hoy", DATOS).location
    datos = {"medio": "normal", "ultimos": "Llamé", "accion": "continuar"}
    revisar = visita.enviar(segunda, datos).location
    revision = visita.leer(revisar)
    assert revision.escrito["dia"] == ["2026-11-23"] and "Llamé" in revision.texto

    mundo.poner(24, "00:01:00")
    presenta = {"acepto": "true", "accion": "presentar"}
    respuesta = visita.enviar(revisar, {**presenta, "dia": "2026-11-23"})
    otra = Pagina(respuesta.text)
    assert respuesta.status_code == 422 and otra.por_id("otro-dia") is not None
    assert otra.escrito["dia"] == ["2026-11-24"] and "Llamé" not in otra.texto
    codigo_de(visita.seguir(visita.enviar(revisar, {**presenta, "dia": otra.escrito["dia"][0]})))


@pytest.mark.parametrize("motor", ["sqlite"], indirect=True)
@pytest.mark.parametrize("dia", ["", "ayer", "2026-13-40", "9999-99-99"])
def test_un_dia_que_no_se_entiende_no_impide(mundo: Mundo, app: Flask, dia: str) -> None:
    formularios.publicar(mundo.entorno, mundo.entidad().id, TEXTO, "hoy.yaml", motivo="Prueba")
    visita = Visita(app)
    segunda = visita.enviar(f"/{VALLE}/hoy", DATOS).location
    revisar = visita.enviar(segunda, {"medio": "normal", "accion": "continuar"}).location
    datos = {"acepto": "true", "accion": "presentar", "dia": dia}
    codigo_de(visita.seguir(visita.enviar(revisar, datos)))

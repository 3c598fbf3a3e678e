"""Los dos últimos pasos por pantalla: la página de gob.pe con su cartel, y el reporte."""

import json
import re

import pytest
from fabrica import RIO, Mundo
from flask import Flask

from .cliente import Visita

# Lo que hay debajo corre en los dos motores; aquí se mira la pantalla.
pytestmark = pytest.mark.parametrize("motor", ["sqlite"], indirect=True)
GOBPE, REPORTE = "/bandeja/gobpe", "/bandeja/cumplimiento"


def test_la_pagina_se_baja_en_cada_formato_y_se_anota_donde_esta(mundo: Mundo, app: Flask):
    """N61: la misma página en HTML, JSON-LD y texto; el cartel es un PDF."""
    rita = Visita(app).ingresar("rita")
    pagina = rita.leer(GOBPE)
    texto = pagina.por_id("texto")
    assert texto is not None and "readonly" in texto.atributos
    bajado = {f: rita.ver(f"{GOBPE}/descargar/{f}") for f in ("html", "jsonld", "txt")}
    assert bajado["txt"].text.strip() == texto.texto.strip()
    dentro = re.search(r'ld\+json">(.*?)</script>', bajado["html"].text, re.DOTALL)
    assert dentro and json.loads(dentro[1]) == json.loads(bajado["jsonld"].text)
    assert all("attachment" in r.headers["Content-Disposition"] for r in bajado.values())
    assert rita.ver(f"{GOBPE}/descargar/exe").status_code == 404
    assert rita.ver(f"{GOBPE}/cartel.pdf").data[:4] == b"%PDF"

    ajena = rita.pagina(rita.con_csrf(GOBPE, {"direccion": "https://otra.example"}))
    assert "gob.pe" in ajena.errores["direccion"]
    assert ajena.escrito["direccion"] == ["https://otra.example"], "lo escrito no se pierde"
    hecho = rita.seguir(rita.con_csrf(GOBPE, {"direccion": "https://www.gob.pe/1-mesa"}))
    assert "https://www.gob.pe/1-mesa" in hecho.texto
    assert "Esta instalación no lo comprueba" in hecho.texto
    assert "ya no está publicada" in rita.seguir(rita.con_csrf(f"{GOBPE}/retirar")).texto


def test_el_reporte_va_y_vuelve(mundo: Mundo, app: Flask):
    """N33, N61: sin JavaScript; se agrega una fila, se corrige lo observado y se acepta."""
    rita, sara = Visita(app).ingresar("rita"), Visita(app).ingresar("sara")
    escrito = {**rita.leer(REPORTE).escrito, "cargo": "Jefa de TI", "interopera": "no"}
    con_fila = rita.pagina(rita.con_csrf(REPORTE, {**escrito, "fila": "agregar-servicios"}))
    assert con_fila.escrito["cargo"] == ["Jefa de TI"]
    mal = rita.con_csrf(REPORTE, con_fila.escrito)
    assert (mal.status_code, [*rita.pagina(mal).errores]) == (422, ["declaracion"])
    nuevo = {
        "servicios-1-nombre": "Licencias", "servicios-1-responsable": "Comercio",
        "servicios-1-estado": "en_linea", "servicios-1-desde": "1/3/2026",
        "servicios-1-recibidas": "12", "declaracion": "true",
    }  # fmt: skip
    enviado = rita.seguir(rita.con_csrf(REPORTE, {**con_fila.escrito, **nuevo}))
    assert "Enviaste el reporte 1" in enviado.texto and "Licencias" in enviado.texto
    assert rita.ver(f"{REPORTE}/1/reporte.pdf").data[:4] == b"%PDF"

    suyo = f"/bandeja/cumplimientos/{mundo.entidad(RIO).id}"
    assert "Licencias" in sara.leer(suyo).texto
    assert sara.con_csrf(f"{suyo}/observar", {"numero": "1"}).status_code == 422
    sara.seguir(sara.con_csrf(f"{suyo}/observar", {"numero": "1", "motivo": "Falta el anexo."}))
    vuelta = rita.leer(REPORTE)
    assert "Falta el anexo." in vuelta.texto
    assert vuelta.escrito["servicios-1-nombre"] == ["Licencias"], "lo demás está como lo envió"
    rita.seguir(rita.con_csrf(REPORTE, {**vuelta.escrito, "declaracion": "true"}))
    assert sara.con_csrf(f"{suyo}/aceptar", {"numero": "1"}).status_code == 409
    sara.seguir(sara.con_csrf(f"{suyo}/aceptar", {"numero": "2"}))
    assert "Aceptado" in rita.leer(REPORTE).texto
    assert sara.ver(f"{suyo}/2/reporte.pdf").data[:4] == b"%PDF"

"""axe y las medidas propias, en cada página y en cada estado; las páginas salen de las rutas."""

from urllib.parse import urlsplit

import pytest
from flask import Flask

from facilita.web.errores import TITULOS, pagina_de_error

from . import (  # noqa: F401
    estados_casilla,
    estados_ciudadano,
    estados_correos,
    estados_formularios,
    estados_gobpe,
    estados_ingreso,
    estados_lugares,
    estados_personal,
    estados_plataforma,
    estados_seguimiento,
    estados_tareas,
    estados_usuarios,
)
from .auditoria import EN_EL_TELEFONO, EN_TODO, auditar
from .conftest import AbrirVentana
from .estados import ESTADOS, Estado, Mirada
from .servidor import Sitio

NO_SON_PAGINAS = {
    "subidas.mirar",
    "casilla.constancia", "casilla.documento", "casilla.exportar", "depositos.evidencia",
    "api.ubigeo", "documentos.del_personal", "documentos.mi_cargo", "documentos.mio",
    "documentos.recien_presentado",
    "documentos.todo_lo_mio", "documentos.todo_para_el_personal", "verificar.claves",
    "gobpe.descargar", "gobpe.cartel", "cumplimiento.papel", "cumplimientos.papel_de_una",
    "ensayo.estilo", "portal.logo", "publicar.descargar",
    "expediente.archivo", "formulario.archivo", "formulario.estilo",
    "personal.archivo", "planilla.plantilla",
    "portal.favicon", "portal.recurso", "portal.robots", "portal.salud",
    "observatorio.datos", "reportes.nacional", "retomar.seguir",
}  # fmt: skip


SIN_ESTADO = sorted(set(TITULOS) - {e.codigo for e in ESTADOS})
"""Las páginas de error a las que ningún estado llega por su camino."""


PRIMEROS = {(e.ruta, e.codigo): e.nombre for e in reversed(ESTADOS)}
"""El estado de cada página que axe mira también en la computadora; los demás, en el teléfono."""


@pytest.mark.parametrize("estado", ESTADOS, ids=lambda e: e.nombre)
def test_cada_pagina_en_cada_estado(
    vitrina: Sitio, abrir_ventana: AbrirVentana, estado: Estado
) -> None:
    ventana = abrir_ventana(vitrina)

    estado.preparar(Mirada(vitrina, ventana))

    assert ventana.estado == estado.codigo
    if estado.codigo == 200:
        assert _ruta(vitrina.app, ventana.pagina.url) == estado.ruta
    es_primero = PRIMEROS[estado.ruta, estado.codigo] == estado.nombre
    faltas = auditar(ventana, EN_TODO if es_primero else EN_EL_TELEFONO)
    assert not faltas, "\n".join(faltas)


@pytest.mark.parametrize("codigo", SIN_ESTADO)
def test_cada_pagina_de_error(
    vitrina: Sitio, abrir_ventana: AbrirVentana, monkeypatch: pytest.MonkeyPatch, codigo: int
) -> None:
    ventana = abrir_ventana(vitrina)
    ventana.tolera = ("/accesibilidad", "Failed to load resource")
    vistas = vitrina.app.view_functions
    monkeypatch.setitem(vistas, "portal.accesibilidad", lambda: pagina_de_error(codigo))

    ventana.ir("/accesibilidad")

    assert ventana.estado == codigo
    faltas = auditar(ventana)
    assert not faltas, "\n".join(faltas)


ROTA = """<html lang="es"><head><title>Error: rota</title></head><body><main><h1>Rota</h1>
<p id="dos"></p><p id="dos"></p><div style="width: 900px">Ancha</div><img src="data:,">
<ul><li><a href="/" style="font-size: 9px">uno</a></li></ul>
<div class="campo"><label>Uno <input></label><p class="ayuda">Nadie me nombra.</p></div>
</main></body></html>"""


def test_la_auditoria_ve_cada_clase_de_falta(vitrina: Sitio, abrir_ventana: AbrirVentana) -> None:
    ventana = abrir_ventana(vitrina)
    ventana.pagina.set_content(ROTA)

    faltas = "\n".join(auditar(ventana))

    for clase in (
        "no dice es-PE", "el título no dice", "#dos está repetido", "nadie lo nombra",
        "360 px: image-alt", "se sale de 320 px", "se sale de 640 px", "mide ",
    ):  # fmt: skip
        assert clase in faltas


def test_toda_ruta_que_muestra_una_pagina_tiene_un_estado(vitrina: Sitio) -> None:
    rutas = {r.endpoint for r in vitrina.app.url_map.iter_rules() if "GET" in (r.methods or ())}

    assert rutas - NO_SON_PAGINAS == {e.ruta for e in ESTADOS if e.codigo == 200}


def test_lo_que_no_es_pagina_no_es_html(vitrina: Sitio, abrir_ventana: AbrirVentana) -> None:
    pedir = abrir_ventana(vitrina).contexto.request
    direcciones = ("/api/v1/ubigeo?q=lima", "/favicon.ico", "/robots.txt", "/salud")

    tipos = [pedir.get(d).headers["content-type"].partition(";")[0] for d in direcciones]

    assert tipos == ["application/json", "image/svg+xml", "text/plain", "application/json"]


def _ruta(app: Flask, direccion: str) -> str:
    ruta, _ = app.url_map.bind("").match(urlsplit(direccion).path)
    return str(ruta)

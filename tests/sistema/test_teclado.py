"""Lo que el teclado encuentra en cada página: el salto al contenido y un foco que se ve."""

import pytest
from playwright.sync_api import expect

from .auditoria import MEDIDAS
from .conftest import AbrirVentana
from .estados import Mirada, Preparar
from .estados_ciudadano import pagina_con_archivo, primera_vacia
from .estados_personal import bandeja_con_filtros, detalle_nuevo, paso_observar
from .estados_seguimiento import expediente_observado
from .servidor import Sitio

PAGINAS = [
    primera_vacia, pagina_con_archivo, expediente_observado, bandeja_con_filtros, detalle_nuevo,
    paso_observar,
]  # fmt: skip


@pytest.mark.parametrize("preparar", PAGINAS, ids=lambda p: p.__name__)
def test_tab_recorre_toda_la_pagina_y_el_foco_siempre_se_ve(
    vitrina: Sitio, abrir_ventana: AbrirVentana, preparar: Preparar
) -> None:
    ventana = abrir_ventana(vitrina)
    preparar(Mirada(vitrina, ventana))
    ventana.evaluar("document.activeElement.blur()")
    paradas = ventana.evaluar(f"{MEDIDAS}.paradas()")

    visto = []
    for _ in paradas:
        ventana.pagina.keyboard.press("Tab")
        visto.append(ventana.evaluar("document.activeElement.outerHTML"))
        assert ventana.evaluar(f"{MEDIDAS}.foco_perdido()") == []

    assert [" ".join(v.split())[:110] for v in visto] == paradas
    assert len(paradas) > 5


def test_lo_primero_es_saltar_al_contenido(vitrina: Sitio, abrir_ventana: AbrirVentana) -> None:
    pagina = abrir_ventana(vitrina).pagina
    pagina.goto("/")

    pagina.keyboard.press("Tab")
    expect(pagina.get_by_text("Ir al contenido")).to_be_in_viewport()
    pagina.keyboard.press("Enter")
    expect(pagina.locator("main")).to_be_focused()
    pagina.keyboard.press("Tab")

    expect(pagina.locator("#q")).to_be_focused()

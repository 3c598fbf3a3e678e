"""Los consentimientos en la pantalla: sin marcar de antes, y retirarlos igual de fácil."""

import pytest
from fabrica import CONTACTO, MESA, VALLE, Mundo
from flask import Flask

from facilita.tramite.modelos import Consentimiento
from facilita.web.prueba import red_de

from .cliente import Visita
from .conftest import Armar


@pytest.mark.parametrize("cual", [MESA, CONTACTO])
def test_ninguno_viene_marcado(visita: Visita, mundo: Mundo, cual: str):
    """N33: ni en la primera página ni en la revisión."""
    ficha = mundo.abrir_mesa() if cual == MESA else mundo.abrir_contacto()
    for direccion in ("", f"/borrador/{ficha}/revisar"):
        pagina = visita.leer(f"/{VALLE}/{cual}{direccion}")
        casillas = pagina.todos("input", type="checkbox")
        assert casillas or not direccion
        assert not [c.id for c in casillas if "checked" in c.atributos]


def test_se_retira_desde_el_expediente_y_lo_ve_el_personal(app: Flask, mundo: Mundo):
    """N33: un botón, con lo que cambia dicho antes."""
    visita = Visita(app)
    codigo = mundo.presentar_mesa(acepta_notificacion="true")
    pagina = visita.abrir_expediente(codigo)
    donde = f"/seguimiento/{codigo}/expediente"
    assert "por cédula" in pagina.texto
    retirar = f"{donde}/consentimiento/acepta_notificacion/retirar"
    assert pagina.todos("form", action=retirar)
    despues = visita.seguir(visita.con_csrf(retirar))
    assert "Lo retiraste el lunes 23 de noviembre" in despues.texto
    assert not despues.todos("form", action=retirar)
    assert visita.con_csrf(retirar).status_code == 409
    dar = f"{donde}/consentimiento/acepta_notificacion/dar"
    assert despues.todos("form", action=dar)
    otra_vez = visita.seguir(visita.con_csrf(dar))
    assert not otra_vez.todos("form", action=dar) and "Lo retiraste" not in otra_vez.texto
    assert visita.con_csrf(dar).status_code == 409 and otra_vez.todos("form", action=retirar)
    visita.con_csrf(retirar)
    assert mundo.todo(Consentimiento)[-1].prueba["red"] == "190.0.2.0/24"
    del_personal = Visita(app).ingresar("ana").leer(f"/bandeja/{mundo.solicitud(codigo).id}")
    assert "No uses sus datos para esto" in del_personal.texto
    assert "Consentimiento retirado" in del_personal.texto


def test_sin_haber_abierto_el_expediente_no_se_retira(visita: Visita, mundo: Mundo):
    """N33: ni sabiendo el código."""
    codigo = mundo.presentar_mesa(acepta_notificacion="true")
    retirar = f"/seguimiento/{codigo}/expediente/consentimiento/acepta_notificacion/retirar"
    assert visita.con_csrf(retirar).location == f"/seguimiento/{codigo}"
    assert {c.acto for c in mundo.todo(Consentimiento)} == {"dado"}


@pytest.mark.parametrize(
    ("direccion", "politica", "queda"),
    [
        ("190.0.2.77", "recortada", "190.0.2.0/24"),
        ("190.0.2.77", "completa", "190.0.2.77"),
        ("190.0.2.77", "no", None),
        ("2800:200:1:2:3::9", "recortada", "2800:200:1::/48"),
        ("", "completa", None),
        ("no es", "recortada", None),
    ],
)
def test_la_red_se_guarda_segun_la_politica(direccion: str, politica: str, queda: str | None):
    """N33: lo que no hace falta no se guarda."""
    assert red_de(direccion, politica) == queda


def test_la_politica_es_un_ajuste(otra_app: Armar, mundo: Mundo):
    """N33: con «no», la prueba no dice de qué red llegó."""
    visita = Visita(otra_app(red_en_consentimientos="no"))
    visita.presentar(visita.hasta_revisar())
    pruebas = [c.prueba for c in mundo.todo(Consentimiento)]
    assert pruebas and all(set(p) == {"canal", "pedido", "borrador"} for p in pruebas)

"""Lo que aparece y desaparece en una misma página, sin ningún programa en el navegador."""

from playwright.sync_api import expect

from .conftest import AbrirVentana
from .estados_ciudadano import PRIMERA
from .personas import Persona
from .servidor import Sitio

NATURAL, JURIDICA = "tipo_persona", "tipo_persona-1"


def test_la_organizacion_aparece_y_se_va_sin_script(
    vitrina: Sitio, abrir_ventana: AbrirVentana
) -> None:
    p = Persona(abrir_ventana(vitrina, script=False))
    p.ventana.ir(PRIMERA)
    expect(p.control("ruc")).to_be_hidden()

    p.marcar(p.control(JURIDICA))
    expect(p.control("ruc")).to_be_visible()
    p.enviar(p.boton("Continuar"))
    assert "Escribe el RUC de la organización." in p.leer()

    p.marcar(p.control(NATURAL))
    expect(p.control("ruc")).to_be_hidden()
    p.enviar(p.boton("Continuar"))
    assert "RUC" not in p.pagina.locator("#resumen-errores").inner_text()
    assert "Escribe tus nombres." in p.leer()


def test_lo_oculto_no_recibe_el_foco_ni_se_guarda(
    vitrina: Sitio, abrir_ventana: AbrirVentana
) -> None:
    p = Persona(abrir_ventana(vitrina, script=False))
    ficha = vitrina.mundo.abrir_mesa()
    p.ventana.ir(f"{PRIMERA}/borrador/{ficha}/tus-datos")
    p.marcar(p.control(JURIDICA))
    p.escribir("ruc", "20131312955")
    p.escribir("razon_social", "Río SAC")
    p.marcar(p.control(NATURAL))

    p.control(NATURAL).focus()
    p.pagina.keyboard.press("Tab")
    expect(p.control("tipo_documento_identidad")).to_be_focused()
    p.enviar(p.boton("Continuar"))

    p.ventana.ir(f"{PRIMERA}/borrador/{ficha}/revisar")
    assert "Persona natural" in p.leer() and "20131312955" not in p.leer()

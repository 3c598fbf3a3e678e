"""Lo que aparece y desaparece en una misma página, sin ningún programa en el navegador."""

from playwright.sync_api import expect

from .conftest import AbrirVentana
from .estados_ciudadano import PRIMERA, publicar_muestrario
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


def test_cada_fila_muestra_lo_suyo_y_conserva_lo_escrito_sin_script(
    vitrina: Sitio, abrir_ventana: AbrirVentana
) -> None:
    p = Persona(abrir_ventana(vitrina, script=False))
    p.ventana.ir(publicar_muestrario(vitrina.mundo))
    expect(p.control("testigos-0-cuando")).to_be_hidden()
    p.marcar(p.control("testigos-0-declara"))
    expect(p.control("testigos-0-cuando")).to_be_visible()
    p.escribir("testigos-0-testigo", "Rosa")
    p.escribir("testigos-0-cuando", "mañana")

    p.enviar(p.boton("Agregar testigo"))
    expect(p.control("testigos-1")).to_be_focused()
    expect(p.control("testigos-0-cuando")).to_have_value("mañana")
    expect(p.control("testigos-1-cuando")).to_be_hidden()
    p.marcar(p.control("testigos-1-declara-1"))
    p.escribir("testigos-1-testigo", "Luz")
    expect(p.control("testigos-1-cuando")).to_be_hidden()

    p.enviar(p.boton("Quitar Testigo 1"))
    expect(p.control("testigos-0-testigo")).to_have_value("Luz")
    expect(p.control("testigos-0-declara-1")).to_be_checked()
    expect(p.control("testigos-0-cuando")).to_be_hidden()
    expect(p.control("testigos-1")).to_have_count(0)


def test_varias_opciones_y_un_no_deciden_sin_script(
    vitrina: Sitio, abrir_ventana: AbrirVentana
) -> None:
    p = Persona(abrir_ventana(vitrina, script=False))
    p.ventana.ir(publicar_muestrario(vitrina.mundo))
    expect(p.control("herida")).to_be_hidden()
    p.marcar(p.control("danos"))
    expect(p.control("herida")).to_be_hidden()
    p.marcar(p.control("danos-1"))
    expect(p.control("herida")).to_be_visible()
    expect(p.control("porque")).to_be_hidden()
    p.marcar(p.control("urgente-1"))
    expect(p.control("porque")).to_be_visible()
    p.enviar(p.boton("Continuar"))
    resumen = p.pagina.locator("#resumen-errores")
    assert "¿Quién se hizo daño y cómo?" in resumen.inner_text()
    # El resumen lleva a la primera pregunta del grupo y del pago.
    for cual in ("testigos-0-testigo", "pago-medio"):
        resumen.locator(f"a[href='#{cual}']").click()
        expect(p.control(cual)).to_be_focused()


def test_una_opcion_se_ofrece_segun_otra_respuesta_sin_script(
    vitrina: Sitio, abrir_ventana: AbrirVentana
) -> None:
    p = Persona(abrir_ventana(vitrina, script=False))
    p.ventana.ir(publicar_muestrario(vitrina.mundo))
    adoquin = p.control("material").locator("option[value=adoquin]")
    p.marcar(p.control("via"))
    expect(adoquin).to_have_css("display", "none")
    p.marcar(p.control("via-1"))
    expect(adoquin).not_to_have_css("display", "none")
    p.control("material").select_option("adoquin")
    # Lo elegido que deja de ofrecerse no se recibe, y se dice.
    p.marcar(p.control("via"))
    p.enviar(p.boton("Continuar"))
    assert "«Adoquín» no va con tus otras respuestas" in p.leer()


def test_entrar_dentro_de_una_fila_no_quita_ni_agrega(
    vitrina: Sitio, abrir_ventana: AbrirVentana
) -> None:
    p = Persona(abrir_ventana(vitrina, script=False))
    p.ventana.ir(publicar_muestrario(vitrina.mundo))
    p.enviar(p.boton("Agregar testigo"))
    p.escribir("testigos-1-testigo", "Luz")
    with p.pagina.expect_navigation():
        p.control("testigos-1-testigo").press("Enter")
    expect(p.control("testigos-1-testigo")).to_have_value("Luz")
    expect(p.control("resumen-errores")).to_be_visible()

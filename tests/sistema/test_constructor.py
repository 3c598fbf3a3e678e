"""De la plantilla a publicado, y un cambio después: en un teléfono, sin programas ni ratón."""

from fabrica import CONTACTO, RIO

from facilita.tramite import formularios, obras

from .conftest import AbrirVentana
from .estados import Mirada
from .personas import Teclado
from .servidor import Sitio

LIBRO = "libro-de-reclamaciones"
BASE = f"/bandeja/formularios/{LIBRO}"
LIMITE = 40
"""Pulsaciones, a lo más, desde que la entidad ya puede entrar."""


def test_se_ve_mientras_se_escribe_y_despues_se_guarda(
    vitrina: Sitio, abrir_ventana: AbrirVentana
) -> None:
    ventana = abrir_ventana(vitrina)
    mirada = Mirada(vitrina, ventana)
    slug = obras.editar(vitrina.mundo.entorno, vitrina.mundo.actor("ana"), CONTACTO)
    mirada.ingresar("ana")
    ventana.ir(f"/bandeja/formularios/{slug}/elemento/campos/mensaje")

    mirada.escribir(p_ayuda="Cuéntalo con calma")
    marco = ventana.pagina.frame_locator("iframe[name=vista]")
    marco.get_by_text("Cuéntalo con calma").wait_for()
    mirada.enviar("Guardar")

    assert "Guardado." in mirada.persona.leer()

    # Arrastrar hace lo mismo que «Subir».
    suyas = ventana.pagina.locator("[data-ordena] > li")
    nombres = [suyas.nth(n).get_attribute("data-id") for n in range(3)]
    suyas.nth(0).scroll_into_view_if_needed()
    cajas = [suyas.nth(n).bounding_box() for n in (2, 0)]
    raton = ventana.pagina.mouse
    raton.move(cajas[0]["x"] + 30, cajas[0]["y"] + 8)
    raton.down()
    raton.move(cajas[1]["x"] + 30, cajas[1]["y"] + 4, steps=8)
    with ventana.pagina.expect_navigation():
        raton.up()
    ahora = [suyas.nth(n).get_attribute("data-id") for n in range(3)]
    assert ahora == [nombres[2], nombres[0], nombres[1]]


def test_con_teclado_y_sin_programas_se_publica_una_plantilla(
    vitrina: Sitio, abrir_ventana: AbrirVentana
) -> None:
    ventana = abrir_ventana(vitrina, script=False)
    ventana.pagina.set_viewport_size({"width": 360, "height": 740})
    lider, pulsaciones = Teclado(ventana), 0
    Mirada(vitrina, ventana).ingresar("rita")
    ventana.ir("/bandeja/formularios")

    lider.enviar(lider.boton("Usar la plantilla Libro de Reclamaciones"))
    pulsaciones += 1
    while "/asistente/" in ventana.pagina.url:
        lider.enviar(lider.boton("Continuar"))
        pulsaciones += 1
    lider.enviar(lider.boton("Publicar"))
    pulsaciones += 1

    print(f"De «Usar la plantilla» a publicado: {pulsaciones} pulsaciones.")
    assert pulsaciones <= LIMITE
    assert formularios.vigente(vitrina.mundo.entorno, RIO, LIBRO).numero == 1

    # Después, un cambio: se edita, se mira cómo queda sin guardar, se guarda y se deshace.
    ventana.ir(f"{BASE}/elemento/campos/canal")
    lider.escribir("p_ayuda", "Elige uno")
    lider.pulsar(lider.boton("Ver cómo queda"))
    marco = ventana.pagina.frame_locator("iframe[name=vista]")
    marco.get_by_text("Elige uno").wait_for()
    lider.enviar(lider.boton("Guardar"))
    assert "Guardado." in lider.leer()
    lider.enviar(ventana.pagina.locator("button:has-text('Deshacer')"))
    assert "Todavía no cambiaste nada" in lider.leer()

"""Cómo usa una página cada persona: con el ratón o el dedo, o con nada más que el teclado."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

from .ventanas import Ventana

INTENTOS = 8
"""Vueltas con que se llega a cualquier parte de la página; más es estar perdido."""

_MEDIDAS = Path(__file__).with_name("medidas.js").read_text()


class Persona:
    """Alguien que toca la pantalla."""

    def __init__(self, ventana: Ventana) -> None:
        self.ventana = ventana
        self.pagina: Page = ventana.pagina

    def boton(self, nombre: str) -> Locator:
        """El botón que se llama así."""
        return self.pagina.get_by_role("button", name=nombre, exact=True)

    def vinculo(self, nombre: str) -> Locator:
        """El primer vínculo que se llama así."""
        return self.pagina.get_by_role("link", name=nombre, exact=True).first

    def control(self, cual: str) -> Locator:
        """El control de un campo: su id es el del campo."""
        return self.pagina.locator(f"[id='{cual}']")

    def leer(self) -> str:
        """Lo que dice la página."""
        return self.pagina.locator("main").inner_text()

    def enviar(self, objeto: Locator) -> None:
        """Pulsa algo que lleva a otra página, y espera a que llegue."""
        with self.pagina.expect_navigation():
            self.pulsar(objeto)

    def pulsar(self, objeto: Locator) -> None:
        """Pulsa algo."""
        objeto.click()

    def escribir(self, cual: str, texto: str) -> None:
        """Escribe en un campo, en lugar de lo que hubiera."""
        self.control(cual).fill(texto)

    def elegir(self, cual: str, opcion: str) -> None:
        """Elige de una lista por su nombre."""
        self.control(cual).select_option(label=opcion)

    def marcar(self, casilla: Locator) -> None:
        """Marca una casilla o una opción."""
        casilla.check()

    def adjuntar(self, cual: str, archivo: Path) -> None:
        """Elige un archivo; con programas en la página, espera a que suba."""
        self.control(cual).set_input_files(archivo)


class Teclado(Persona):
    """Alguien que no usa ratón: Tab, Mayúsculas+Tab, espacio, Entrar, flechas y letras."""

    def hasta(self, objeto: Locator) -> None:
        """Tabula hasta llegar, y al llegar el foco se ve y está a la vista."""
        for _ in range(INTENTOS):
            donde = self._donde(objeto)
            if donde["llego"] or donde["grupo"]:
                assert donde["se_ve"], f"no se ve el foco: {donde['quien']}"
                return
            tecla = "Shift+Tab" if donde["faltan"] < 0 else "Tab"
            for _ in range(abs(donde["faltan"])):
                self.pagina.keyboard.press(tecla)
        raise AssertionError(f"con Tab no se llega a {objeto}: {donde}")

    def _donde(self, objeto: Locator) -> dict[str, Any]:
        return dict(objeto.evaluate(f"objetivo => {_MEDIDAS}.donde(objetivo)"))

    def pulsar(self, objeto: Locator) -> None:
        """Llega y pulsa Entrar."""
        self.hasta(objeto)
        self.pagina.keyboard.press("Enter")

    def escribir(self, cual: str, texto: str) -> None:
        """Llega, borra y teclea."""
        self.hasta(self.control(cual))
        self.pagina.keyboard.press("Control+A")
        self.pagina.keyboard.type(texto)

    def elegir(self, cual: str, opcion: str) -> None:
        """Llega a la lista y teclea el nombre de la opción."""
        self.hasta(self.control(cual))
        self.pagina.keyboard.type(opcion)
        puesto = self.control(cual).evaluate("e => e.selectedOptions[0].label")
        assert puesto == opcion

    def marcar(self, casilla: Locator) -> None:
        """Llega y pulsa espacio; entre las opciones de un grupo se mueve con las flechas."""
        self.hasta(casilla)
        for _ in range(20):
            donde = self._donde(casilla)
            if donde["llego"]:
                break
            self.pagina.keyboard.press("ArrowUp" if donde["atras"] else "ArrowDown")
        if not casilla.is_checked():
            self.pagina.keyboard.press("Space")
        assert casilla.is_checked()

    def adjuntar(self, cual: str, archivo: Path) -> None:
        """Llega al control; el cuadro de elegir archivos es del sistema y no de la página."""
        self.hasta(self.control(cual))
        super().adjuntar(cual, archivo)

"""Las ventanas de Chromium: cada una apunta lo que falla mientras alguien la usa."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Response

TELEFONO = {"width": 360, "height": 740}
ESPERA = 15_000
ES_4XX = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")


class Ventana:
    """Una persona con su navegador: sus cookies, su página y las faltas que dejó."""

    def __init__(self, navegador: Browser, direccion: str, *, script: bool = True) -> None:
        self.direccion = direccion
        self.script = script
        self.contexto = navegador.new_context(
            base_url=direccion, viewport=TELEFONO, java_script_enabled=script, locale="es-PE",
            reduced_motion="reduce",
        )  # fmt: skip
        self.contexto.set_default_timeout(ESPERA)
        self.pagina: Page = self.contexto.new_page()
        self.faltas: list[str] = []
        self.tolera: Sequence[str] = ()
        """Lo que esta prueba provoca a propósito: trozos de mensajes que no son faltas."""
        self.ultima: Response | None = None
        self._vigilar()

    def _vigilar(self) -> None:
        self.pagina.on("console", lambda m: self._anotar(m.type, m.text))
        self.pagina.on("pageerror", lambda e: self._anotar("pageerror", str(e)))
        self.pagina.on("response", self._respuesta)

    def _anotar(self, tipo: str, texto: str) -> None:
        # Quien ya está en un control se queda ahí: el navegador lo cuenta y no es una falta.
        del_foco = tipo == "info" and texto.startswith("Autofocus processing was blocked")
        if not (del_foco or ES_4XX.match(texto)):
            self.faltas.append(f"{tipo}: {texto}")

    def _respuesta(self, respuesta: Response) -> None:
        if respuesta.status >= 500:
            self.faltas.append(f"{respuesta.status}: {respuesta.url}")
        # Lo que se ve dentro de un marco no es la página.
        suya = respuesta.request.is_navigation_request() and not respuesta.frame.parent_frame
        if suya and not 300 <= respuesta.status < 400:
            self.ultima = respuesta

    def ir(self, direccion: str) -> None:
        """Abre una dirección del sitio."""
        self.pagina.goto(direccion)

    def poner_cookie(self, nombre: str, valor: str) -> None:
        """Deja una cookie del sitio."""
        self.contexto.add_cookies([{"name": nombre, "value": valor, "url": self.direccion}])

    @property
    def estado(self) -> int:
        """El código con que llegó lo que se ve."""
        assert self.ultima is not None
        return self.ultima.status

    def evaluar(self, guion: str) -> Any:
        """Corre un trozo de programa en la página, aunque su política no deje ponerle otro."""
        return self.pagina.evaluate(guion)

    def cerrar(self) -> list[str]:
        """Cierra el navegador de esta persona; da las faltas que nadie esperaba."""
        self.contexto.close()
        return [f for f in self.faltas if not any(t in f for t in self.tolera)]


def guardar_pdf(carpeta: Path, nombre: str, datos: bytes) -> Path:
    """Un archivo en el disco, como lo tiene la persona."""
    ruta = carpeta / nombre
    ruta.write_bytes(datos)
    return ruta

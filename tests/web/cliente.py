"""Un navegador de mentira: sigue lo que dicen las páginas y las lee por dentro."""

import io
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from fabrica import ACEPTA, CLAVE, CONTACTO, DE_CONTACTO, DE_MESA, MESA, VALLE, correo_de, pdf
from flask import Flask
from werkzeug.test import TestResponse

SITIO = "https://mesa.example"
VACIOS = {"meta", "link", "input", "br", "img", "hr", "path"}
PAGINAS = {
    "tus-datos": (
        "tipo_persona", "tipo_documento_identidad", "numero_documento_identidad", "nombres",
        "apellido_paterno", "apellido_materno", "correo", "celular", "ubigeo", "direccion",
    ),
    "tu-documento": (
        "sede", "destinatario", "tipo_documento", "numero_documento", "asunto", "pedido",
    ),
    "tus-archivos": ("folios",),
}  # fmt: skip


def de_pagina(pagina: str, **cambios: Any) -> dict[str, Any]:
    """Lo que una persona escribe en una página de mesa de partes, con esos cambios."""
    return {**{c: DE_MESA[c] for c in PAGINAS[pagina]}, "accion": "continuar", **cambios}


def adjunto(nombre: str = "carta.pdf", datos: bytes | None = None, paginas: int = 1) -> Any:
    """Un archivo listo para enviarse."""
    return io.BytesIO(pdf(paginas) if datos is None else datos), nombre


class Elemento:
    """Una etiqueta de una página, con su texto."""

    def __init__(self, nombre: str, atributos: Mapping[str, str]) -> None:
        self.nombre = nombre
        self.atributos = atributos
        self.texto = ""

    def __getitem__(self, atributo: str) -> str:
        return self.atributos[atributo]

    def get(self, atributo: str, omision: str = "") -> str:
        """El valor de un atributo."""
        return self.atributos.get(atributo, omision)

    @property
    def esta_puesto(self) -> bool:
        """Si el navegador enviaría su valor."""
        tipo = self.get("type")
        if "disabled" in self.atributos:
            return False
        return tipo != "file" and (tipo not in ("radio", "checkbox") or "checked" in self.atributos)

    @property
    def id(self) -> str:
        """Su id, o vacío."""
        return self.get("id")


class Pagina(HTMLParser):
    """Una página leída: cada etiqueta con sus atributos y todo el texto que lleva dentro."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.elementos: list[Elemento] = []
        self._abiertos: list[Elemento] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        elemento = Elemento(tag, {nombre: valor or "" for nombre, valor in attrs})
        self.elementos.append(elemento)
        if tag not in VACIOS:
            self._abiertos.append(elemento)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elementos.append(Elemento(tag, {nombre: valor or "" for nombre, valor in attrs}))

    def handle_endtag(self, tag: str) -> None:
        while self._abiertos and self._abiertos.pop().nombre != tag:
            pass

    def handle_data(self, data: str) -> None:
        for elemento in self._abiertos:
            elemento.texto += data

    def todos(self, nombre: str, **atributos: str) -> list[Elemento]:
        """Las etiquetas de ese nombre con esos atributos."""
        return [
            e for e in self.elementos
            if e.nombre == nombre and all(e.get(a) == v for a, v in atributos.items())
        ]  # fmt: skip

    def por_id(self, cual: str) -> Elemento | None:
        """La etiqueta con ese id."""
        return next((e for e in self.elementos if e.id == cual), None)

    @property
    def texto(self) -> str:
        """Lo que se lee, con los espacios juntos."""
        return " ".join(self.todos("body")[0].texto.split()) if self.todos("body") else ""

    @property
    def titular(self) -> str:
        """El título de la página."""
        return " ".join(self.todos("h1")[0].texto.split())

    @property
    def errores(self) -> dict[str, str]:
        """El resumen de errores: campo → frase."""
        if self.por_id("resumen-errores") is None:
            return {}
        desde = self.html.index('id="resumen-errores"')
        hasta = self.html.index("</ul>", desde)
        enlaces = Pagina(self.html[desde:hasta]).todos("a")
        return {e["href"].rpartition("#")[2]: e.texto for e in enlaces}

    @property
    def escrito(self) -> dict[str, list[str]]:
        """Lo que quedó puesto en los controles, como lo enviaría el navegador."""
        puesto: dict[str, list[str]] = {}
        for nombre, valor in self._puestos():
            puesto.setdefault(nombre, []).append(valor)
        return puesto

    def _puestos(self) -> Iterator[tuple[str, str]]:
        lista = ""
        for e in self.elementos:
            lista = e.get("name") if e.nombre == "select" else lista
            if e.nombre == "option" and "selected" in e.atributos:
                yield lista, e.get("value")
            elif e.nombre == "textarea":
                yield e.get("name"), e.texto.lstrip("\r\n")
            elif e.nombre == "input" and e.get("name") and e.esta_puesto:
                yield e.get("name"), e.get("value")


class Visita:
    """Alguien con su navegador: sus cookies y nada más."""

    def __init__(self, app: Flask, sitio: str = SITIO, ip: str = "190.0.2.1") -> None:
        self.app = app
        self.cliente = app.test_client()
        self._base = {
            "base_url": sitio,
            "environ_overrides": {"REMOTE_ADDR": ip},
            # Como un servidor: al terminar cierra lo que la respuesta tenía abierto.
            "buffered": True,
        }

    # --- pedir --------------------------------------------------------------------------------

    def ver(self, direccion: str, **opciones: Any) -> TestResponse:
        """GET, sin seguir adonde mande."""
        return self.cliente.get(direccion, **self._base, **opciones)

    def enviar(self, direccion: str, datos: Any = None, **opciones: Any) -> TestResponse:
        """POST, sin seguir adonde mande."""
        return self.cliente.post(direccion, data=datos, **self._base, **opciones)

    def pedir(self, metodo: str, direccion: str, **opciones: Any) -> TestResponse:
        """Cualquier método."""
        return self.cliente.open(direccion, method=metodo, **self._base, **opciones)

    def leer(self, direccion: str, codigo: int = 200) -> Pagina:
        """La página de una dirección, siguiendo adonde mande."""
        respuesta = self.ver(direccion, follow_redirects=True)
        assert respuesta.status_code == codigo, (respuesta.status_code, respuesta.text)
        return Pagina(respuesta.text)

    def pagina(self, respuesta: TestResponse) -> Pagina:
        """La página que trae una respuesta."""
        return Pagina(respuesta.text)

    def seguir(self, respuesta: TestResponse) -> Pagina:
        """La página adonde manda una respuesta."""
        assert respuesta.status_code == 303, (respuesta.status_code, respuesta.text)
        return self.leer(urljoin(respuesta.request.path, respuesta.location))

    def con_csrf(self, direccion: str, datos: Mapping[str, Any] | None = None) -> TestResponse:
        """POST con la ficha contra envíos ajenos que corresponde a sus cookies."""
        return self.enviar(direccion, {**(datos or {}), "csrf_token": self.csrf()})

    def csrf(self) -> str:
        """Una ficha válida para este navegador."""
        for direccion in ("/ingresar", "/cuenta"):
            puesto = Pagina(self.ver(direccion).text).escrito.get("csrf_token")
            if puesto:
                return puesto[0]
        raise AssertionError("ninguna página da la ficha")

    # --- ser alguien --------------------------------------------------------------------------

    def ingresar(self, quien: str, clave: str = CLAVE, **opciones: Any) -> "Visita":
        """Ingresa como alguien del personal."""
        respuesta = self.con_csrf("/ingresar", {"correo": correo_de(quien), "clave": clave})
        assert respuesta.status_code == 303, respuesta.text
        return self

    def abrir_expediente(self, codigo: str, identidad: str = "12345678") -> Pagina:
        """Abre su expediente con el código y el documento."""
        respuesta = self.enviar(f"/seguimiento/{codigo}", {"identidad": identidad})
        return self.seguir(respuesta)

    # --- presentar ----------------------------------------------------------------------------

    def hasta_revisar(self, entidad: str = VALLE, **cambios: Any) -> str:
        """Llena mesa de partes hasta la revisión; da la dirección del borrador."""
        respuesta = self.enviar(f"/{entidad}/{MESA}", de_pagina("tus-datos"))
        assert respuesta.status_code == 303, respuesta.text
        carpeta = respuesta.location.removesuffix("tu-documento")
        datos = de_pagina("tu-documento", **cambios)
        assert self.enviar(carpeta + "tu-documento", datos).status_code == 303
        datos = de_pagina("tus-archivos", documento_principal=adjunto())
        assert self.enviar(carpeta + "tus-archivos", datos).location == carpeta + "revisar"
        return carpeta

    def presentar(self, carpeta: str) -> str:
        """Acepta y presenta; da el código del cargo."""
        respuesta = self.enviar(carpeta + "revisar", {**ACEPTA, "accion": "presentar"})
        return codigo_de(self.seguir(respuesta))

    def presentar_contacto(self, entidad: str = VALLE, **cambios: Any) -> str:
        """Manda un mensaje por el formulario de contacto; da el código."""
        datos = {**DE_CONTACTO, "accion": "continuar", **cambios}
        respuesta = self.enviar(f"/{entidad}/{CONTACTO}", datos)
        assert respuesta.status_code == 303, respuesta.text
        return self.presentar(respuesta.location.removesuffix("revisar"))


def codigo_de(pagina: Pagina) -> str:
    """El código de seguimiento que muestra un cargo."""
    hallado = re.search(r"[2-9A-Z]{4}(-[2-9A-Z]{4}){3}", pagina.texto)
    assert hallado, pagina.texto
    return hallado[0]

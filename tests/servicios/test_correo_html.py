"""El HTML de un correo: dice lo mismo que el texto, se lee sin estilo y nadie mete nada en él."""

import re
from html.parser import HTMLParser

import pytest

from facilita.servicios.correo import html_de
from facilita.servicios.correo_html import ESTILO

PROPIA = "https://mesa.muni.gob.pe"
TEXTO = f"""Hola, Ñusta:

Municipalidad recibió tu documento el lunes.

Número de registro: 000001-2026
Expediente: EXP-000001-2026

Falta esto:
- Asunto: Precisa cuál.
  Y de qué año.
- Pedido: Falta la fecha.

Mira tu cargo aquí:
{PROPIA}/seguimiento/ABCD.

--
Municipalidad de Prueba
mesa@muni.gob.pe
"""


class Leido(HTMLParser):
    """Las etiquetas, los enlaces y las palabras de un HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.etiquetas: list[str] = []
        self.atributos: list[tuple[str, str, str | None]] = []
        self.palabras: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.etiquetas.append(tag)
        self.atributos += [(tag, nombre, valor) for nombre, valor in attrs]

    def handle_data(self, data: str) -> None:
        if self.etiquetas[-1] not in ("style", "title"):
            self.palabras += data.split()

    @property
    def enlaces(self) -> list[str | None]:
        return [valor for tag, nombre, valor in self.atributos if (tag, nombre) == ("a", "href")]


def de(texto: str, asunto: str = "Un asunto") -> Leido:
    return Leido(html_de(asunto, texto, "Municipalidad de Prueba", PROPIA))


def test_dice_todo_lo_del_texto_en_su_orden() -> None:
    """N24: el texto vale solo y el HTML no calla ni agrega nada."""
    del_texto = re.sub(r"^--$|^- ", "", TEXTO, flags=re.MULTILINE).split()
    esperado = ["Municipalidad", "de", "Prueba", "Un", "asunto", *del_texto]
    assert "".join(de(TEXTO).palabras) == "".join(esperado)


def test_lleva_estructura_idioma_y_el_nombre_de_la_entidad() -> None:
    html = html_de("Un asunto", TEXTO, "Municipalidad de Prueba", PROPIA)
    assert '<html lang="es-PE">' in html
    assert "<h1>Un asunto</h1>" in html
    assert "<ul><li>Asunto: Precisa cuál.<br>Y de qué año.</li><li>Pedido:" in html
    assert "<p>Número de registro: 000001-2026<br>Expediente: EXP-000001-2026</p>" in html


def test_no_pide_nada_a_ningun_sitio() -> None:
    """Ni imágenes, ni estilos, ni un punto que avise que se abrió."""
    leido = de(TEXTO)
    assert not {"img", "script", "link", "iframe", "object", "form"} & set(leido.etiquetas)
    assert "url(" not in ESTILO
    assert "@import" not in ESTILO
    assert leido.enlaces == [f"{PROPIA}/seguimiento/ABCD"]


@pytest.mark.parametrize(
    "ajeno",
    [
        "http://otro.sitio/pago", "https://mesa.muni.gob.pe.otro.sitio/", "javascript:alert(1)",
        "https://mesa.muni.gob.pe@otro.sitio/", "https://mesa.muni.gob.pe:8443/", "//otro.sitio",
        "https://[", "data:text/html,x", "https://otro.sitio/https://mesa.muni.gob.pe/",
    ],
)  # fmt: skip
def test_lo_que_escribe_un_tercero_no_se_enlaza(ajeno: str) -> None:
    """Con el correo de otra persona se puede presentar: la entidad no le pone un enlace ajeno."""
    leido = de(f"Recibimos tu documento «{ajeno}» hoy.\n\n{ajeno}\n")
    assert leido.enlaces == []


@pytest.mark.parametrize(
    "malo",
    [
        '<script>alert("x")</script>', '<a href="https://x">pulsa</a>', "<img src=x onerror=y>",
        '"><b>', "</main></body>", "</title><script>", "&lt;b&gt;", "<!-- ", "<style>*{}</style>",
        f'{PROPIA}/"onmouseover="x', f"{PROPIA}/<b>",
    ],
)  # fmt: skip
def test_nadie_mete_nada_en_el_html(malo: str) -> None:
    llano = de("Hola.\n\nTu documento «x».\n")
    leido = de(f"Hola.\n\nTu documento «{malo}».\n", asunto=malo)
    sin_enlaces = [e for e in leido.etiquetas if e != "a"]
    assert sin_enlaces == llano.etiquetas
    assert {n for t, n, _ in leido.atributos if t == "a"} <= {"href"}
    assert all(e and e.startswith(PROPIA) and '"' not in e for e in leido.enlaces)


def test_un_guion_doble_escrito_por_la_persona_no_se_lleva_el_texto_al_pie() -> None:
    html = html_de("A", "Uno\n--\nDos\n\n--\nEntidad\n", "Entidad", PROPIA)
    assert "Dos" in html.split("<footer>")[0]
    assert html.split("<footer>")[1].startswith("Entidad</footer>")


def test_un_texto_vacio_o_sin_pie_no_falla() -> None:
    assert "<footer></footer>" in html_de("A", "", "Entidad", PROPIA)
    assert "<p>Solo esto</p>" in html_de("A", "Solo esto", "Entidad", PROPIA)

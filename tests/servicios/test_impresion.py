"""Componer un PDF: conforme, determinista y con los datos siempre como texto (N20)."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pdfua
import pikepdf
import pytest

from facilita.servicios import impresion
from facilita.servicios.impresion import NoSeCompone, componer

CREADO = datetime(2026, 3, 4, 15, 0, 7, tzinfo=UTC)
DATOS: dict[str, Any] = {
    "titulo": "Constancia de prueba",
    "entidad": {"nombre": "Municipalidad Distrital de Ñaña", "ruc": "20131312955"},
    "datos": [["Número", "E-2026-000001"], ["Asunto", "Pido copia"]],
    "parrafos": ["Primero.", "Segundo."],
    "secciones": [
        {"titulo": "Lo corregido", "columnas": ["Antes", "Ahora"], "filas": [["a", "b"]] * 90},
        {"titulo": "Más", "parrafos": ["Otro."], "datos": [["Canal", "Mesa de partes"]]},
    ],
    "archivos": [{"nombre": "plano.pdf", "detalle": "3 folios", "sha256": "ab" * 32}],
    "qr": {"texto": "https://mesa.gob.pe/verificar/ABCD", "descripcion": "Código QR"},
    "al_pie_del_qr": ["Comprueba este documento."],
}


def test_es_pdf_a_y_pdf_ua_a_la_vez(tmp_path: Any) -> None:
    archivo = tmp_path / "a.pdf"
    archivo.write_bytes(componer("documento", DATOS, CREADO))
    assert not pdfua.validate(str(archivo)).findings
    with pikepdf.open(archivo) as pdf:
        datos = pdf.open_metadata()
        assert (datos["pdfaid:part"], datos["pdfaid:conformance"]) == ("2", "A")
        assert datos["pdfuaid:part"] == "1"
        assert datos["dc:title"] == "Constancia de prueba"
        assert str(pdf.Root.Lang) == "es-PE"
        assert len(pdf.pages) == 3


def test_los_mismos_datos_dan_los_mismos_bytes() -> None:
    una = componer("documento", DATOS, CREADO)
    assert una == componer("documento", dict(reversed(DATOS.items())), CREADO)
    assert una != componer("documento", {**DATOS, "titulo": "Otra"}, CREADO)


@pytest.mark.parametrize(
    "texto",
    [
        '#read("/etc/passwd") *no* $x$ = #panic()',
        "日本 😀 \ue000 ع \U0001f468\u200d\U0001f469",
        "\x00\x07\ud800 \u202eal revés\u2066",
        'comillas " y \\ barra \\u{41}',
        "e\u0301 ãẽĩõũ ñ Ñ q'inti p’unchay",
        "x" * 4000,
        "",
    ],
)
def test_cualquier_texto_sale_como_texto(texto: str) -> None:
    """Nada que una persona escriba impide su cargo ni se interpreta."""
    datos = {"titulo": "Cargo", "entidad": {"nombre": texto}, "datos": [["Asunto", texto]]}
    with pikepdf.open(BytesIO(componer("documento", datos, CREADO))) as pdf:
        assert len(pdf.pages) >= 1


def test_lo_que_la_letra_no_tiene_sale_con_su_codigo(monkeypatch: pytest.MonkeyPatch) -> None:
    vistos: list[Any] = []
    compilar = impresion._compilar

    def espiar(nombre: str, datos: Any, creado: datetime) -> bytes | str:
        vistos.append(datos)
        return compilar(nombre, datos, creado)

    monkeypatch.setattr(impresion, "_compilar", espiar)
    componer("documento", {**DATOS, "parrafos": ["Ana 😀 «日»"]}, CREADO)
    assert vistos[-1]["parrafos"] == ["Ana [U+1F600] «[U+65E5]»"]


def test_una_plantilla_que_no_existe_o_sin_sus_datos_lo_dice() -> None:
    with pytest.raises(NoSeCompone):
        componer("no_existe", DATOS, CREADO)
    with pytest.raises(NoSeCompone, match="titulo"):
        componer("documento", {}, CREADO)

"""Pedir el acceso de una entidad: la página, el oficio en sus dos formatos y la solicitud."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pdfua
import pikepdf
import pytest
from docx import Document
from fabrica import RAIZ, Mundo, crear_entidad
from flask import Flask

from facilita.servicios import taller
from facilita.servicios.taller import TallerOcupado
from facilita.tramite import formularios, oficios
from facilita.tramite.modelos import Borrador

from .cliente import Visita

SOLO_SQLITE = pytest.mark.parametrize("motor", ["sqlite"], indirect=True)
"""La base no cambia nada aquí."""


OFICIO = {
    "nombre_entidad": "Municipalidad Distrital de Puerto Lindo", "ruc": "20512345671",
    "numero_oficio": "", "nombre_autoridad": "María Elena Quispe", "cargo_autoridad": "Alcaldesa",
    "nombres": "Carmen", "apellido_paterno": "Ríos", "apellido_materno": "",
    "tipo_documento_identidad": "dni", "numero_documento_identidad": "40112233",
    "cargo": "Jefa de TI", "correo": "carmen.rios@puertolindo.example", "celular": "987654321",
}  # fmt: skip


@pytest.fixture
def plataforma(mundo: Mundo) -> Mundo:
    """Valle-sereno administra la plataforma y recibe solicitudes de acceso de verdad."""
    crear_entidad(mundo.entorno, plataforma=True)
    archivo = RAIZ / "formularios" / "gobierno-digital" / "solicitud-de-acceso.yaml"
    formularios.publicar(
        mundo.entorno, mundo.entidad().id, archivo.read_text(), archivo.name, motivo="Apertura"
    )
    return mundo


def test_el_oficio_pregunta_con_los_mismos_ids_que_la_solicitud():
    """Lo escrito para el oficio sirve para la solicitud: nada se pide dos veces."""
    texto = (RAIZ / "plantillas" / "solicitud-de-acceso.yaml").read_text()
    ids = {linea.partition("id: ")[2] for linea in texto.splitlines() if "- id: " in linea}
    assert {c.id for c in oficios.CAMPOS} <= ids


@SOLO_SQLITE
def test_sin_quien_de_el_acceso_se_dice(visita: Visita):
    assert "no tiene todavía" in visita.leer("/acceso").texto
    assert visita.ver("/acceso/oficio").status_code == 404


@SOLO_SQLITE
def test_el_oficio_sale_en_pdf_y_en_docx(plataforma: Mundo, visita: Visita, tmp_path: Path):
    """Los dos dicen lo mismo, siempre con los mismos bytes, y no se guarda nada."""
    antes = plataforma.cuantas(Borrador)
    dados = {f: visita.enviar("/acceso/oficio", {**OFICIO, "accion": f}) for f in ("pdf", "docx")}
    for formato, respuesta in dados.items():
        assert respuesta.status_code == 200
        assert f"oficio-de-acceso.{formato}" in respuesta.headers["Content-Disposition"]
        assert respuesta.headers["Cache-Control"] == "no-store"
        otra = visita.enviar("/acceso/oficio", {**OFICIO, "accion": formato})
        assert otra.data == respuesta.data
    pdf = tmp_path / "oficio.pdf"
    pdf.write_bytes(dados["pdf"].data)
    assert not pdfua.validate(str(pdf)).findings
    with pikepdf.open(pdf) as abierto:
        assert abierto.open_metadata()["dc:title"] == f"Oficio N.° {oficios.SIN_NUMERO}"
    documento = Document(BytesIO(dados["docx"].data))
    textos = [p.text for p in documento.paragraphs]
    textos += [c.text for fila in documento.tables[0].rows for c in fila.cells]
    dicho = "\n".join(textos)
    for dato in ("Carmen Ríos", "40112233", "Jefa de TI", "Alcaldesa", "Ley 31170", "María Elena"):
        assert dato in dicho
    assert documento.core_properties.language == "es-PE"
    assert plataforma.cuantas(Borrador) == antes


@SOLO_SQLITE
def test_lo_mal_escrito_se_dice_en_su_sitio(plataforma: Mundo, visita: Visita):
    respuesta = visita.enviar("/acceso/oficio", {**OFICIO, "ruc": "20131312950", "nombres": ""})
    pagina = visita.pagina(respuesta)
    assert respuesta.status_code == 422
    assert set(pagina.errores) == {"ruc", "nombres"}
    assert pagina.escrito["correo"] == [OFICIO["correo"]]


@SOLO_SQLITE
@pytest.mark.parametrize("texto", ["#panic() *no* <w:p>", "日本 \x00\ud800", "x" * 5000])
def test_un_texto_hostil_es_texto(plataforma: Mundo, visita: Visita, texto: str):
    for formato in ("pdf", "docx"):
        datos = {**OFICIO, "cargo": texto, "nombre_entidad": texto, "accion": formato}
        respuesta = visita.enviar("/acceso/oficio", {
            c: v.encode("utf-8", "replace").decode() for c, v in datos.items()
        })  # fmt: skip
        assert respuesta.status_code in (200, 422)


@SOLO_SQLITE
def test_la_solicitud_empieza_con_lo_del_oficio(plataforma: Mundo, visita: Visita):
    """Y solo entonces se guarda."""
    pagina = visita.seguir(visita.enviar("/acceso/oficio", {**OFICIO, "accion": "solicitar"}))
    assert pagina.escrito["nombre_entidad"] == [OFICIO["nombre_entidad"]]
    assert plataforma.cuantas(Borrador) == [1]
    (borrador,) = plataforma.todo(Borrador)
    assert borrador.crudo["correo"] == OFICIO["correo"]


@SOLO_SQLITE
def test_si_el_taller_no_puede_se_ofrece_el_docx(
    plataforma: Mundo, app: Flask, monkeypatch: pytest.MonkeyPatch
):
    def ocupado(*_: Any) -> bytes:
        raise TallerOcupado("hay otros")

    monkeypatch.setattr(taller, "componer", ocupado)
    respuesta = Visita(app).enviar("/acceso/oficio", OFICIO)
    assert respuesta.status_code == 503
    assert "DOCX" in respuesta.text and OFICIO["correo"] in respuesta.text

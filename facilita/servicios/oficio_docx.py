"""El oficio en DOCX, para completarlo en un procesador de textos: los mismos datos del PDF."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from facilita.servicios.paquetes_fijos import fijar

LETRA = "Times New Roman"


def componer(datos: Mapping[str, Any], creado: datetime) -> bytes:
    """El DOCX; con los mismos datos e instante, los mismos bytes."""
    documento = Document()
    _preparar(documento, datos, creado)
    documento.add_paragraph(_limpio(datos["fecha"])).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    documento.add_heading(_limpio(datos["titulo"]), level=1)
    _lineas(documento, datos["para"])
    for etiqueta, valor in datos["encabezado"]:
        parrafo = documento.add_paragraph()
        parrafo.add_run(f"{_limpio(etiqueta)}: ").bold = True
        parrafo.add_run(_limpio(valor))
    for texto in datos["parrafos"]:
        documento.add_paragraph(_limpio(texto))
    _tabla(documento, datos["lider"])
    for texto in datos["despues"]:
        documento.add_paragraph(_limpio(texto))
    _firma(documento, datos["firma"])
    salida = BytesIO()
    documento.save(salida)
    return fijar(salida.getvalue())


def _preparar(documento: Any, datos: Mapping[str, Any], creado: datetime) -> None:
    propias = documento.core_properties
    propias.title, propias.subject = _limpio(datos["titulo"]), _limpio(datos["descripcion"])
    propias.author = propias.last_modified_by = _limpio(datos["entidad"]["nombre"])
    propias.comments, propias.language = "", "es-PE"
    propias.created = propias.modified = creado.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    hoja = documento.sections[0]
    hoja.page_width, hoja.page_height = Mm(210), Mm(297)
    hoja.left_margin = hoja.right_margin = Mm(28)
    hoja.header.paragraphs[
        0
    ].text = f"{_limpio(datos['entidad']['nombre'])}\nRUC {_limpio(datos['entidad']['ruc'])}"
    hoja.footer.paragraphs[0].text = _limpio(datos["pie"])
    for estilo, tamano in (("Normal", 11.5), ("Heading 1", 14)):
        letra = documento.styles[estilo].font
        letra.name, letra.size, letra.color.rgb = LETRA, Pt(tamano), None
    idioma = documento.styles["Normal"].element.get_or_add_rPr()
    marca = OxmlElement("w:lang")
    marca.set(qn("w:val"), "es-PE")
    idioma.append(marca)


def _lineas(documento: Any, lineas: Sequence[str]) -> None:
    documento.add_paragraph("\n".join(_limpio(linea) for linea in lineas))


def _tabla(documento: Any, filas: Sequence[Sequence[str]]) -> None:
    tabla = documento.add_table(rows=1, cols=2, style="Table Grid")
    for celda, titulo in zip(tabla.rows[0].cells, ("Dato", "Contenido"), strict=True):
        celda.paragraphs[0].add_run(titulo).bold = True
    # La primera fila dice qué es cada columna: quien escucha la tabla la oye con cada dato.
    encabezado = OxmlElement("w:tblHeader")
    encabezado.set(qn("w:val"), "true")
    tabla.rows[0]._tr.get_or_add_trPr().append(encabezado)
    for etiqueta, valor in filas:
        celdas = tabla.add_row().cells
        celdas[0].paragraphs[0].add_run(_limpio(etiqueta)).bold = True
        celdas[1].text = _limpio(valor)
    documento.add_paragraph()


def _firma(documento: Any, lineas: Sequence[str]) -> None:
    parrafo = documento.add_paragraph("\n\n\n______________________________\n")
    parrafo.alignment = WD_ALIGN_PARAGRAPH.CENTER
    parrafo.add_run(_limpio(lineas[0])).bold = True
    parrafo.add_run("".join(f"\n{_limpio(linea)}" for linea in lineas[1:]))


def _limpio(texto: str) -> str:
    """Sin lo que XML no admite."""
    return "".join(c for c in texto if c in "\t\n" or (c.isprintable() or c == "\u00a0"))

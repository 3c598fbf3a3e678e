"""Los documentos de la demostración: una carta en PDF, escrita con sus palabras."""

import io
from collections.abc import Sequence
from textwrap import wrap

import pikepdf

_ANCHO, _ALTO, _MARGEN, _LETRA = 595, 842, 72, 11


def carta(lineas: Sequence[str]) -> bytes:
    """Un PDF de una hoja A4 con esas líneas."""
    documento, salida = pikepdf.new(), io.BytesIO()
    hoja = documento.add_blank_page(page_size=(_ANCHO, _ALTO))
    hoja.Resources = pikepdf.Dictionary(
        Font=pikepdf.Dictionary(
            F1=pikepdf.Dictionary(
                Type=pikepdf.Name.Font,
                Subtype=pikepdf.Name.Type1,
                BaseFont=pikepdf.Name.Helvetica,
                Encoding=pikepdf.Name.WinAnsiEncoding,
            )
        )
    )
    hoja.Contents = documento.make_stream(_escribir(lineas))
    # Sin fecha ni azar: la misma carta da los mismos bytes.
    documento.save(salida, deterministic_id=True)
    return salida.getvalue()


def _escribir(lineas: Sequence[str]) -> bytes:
    partidas = [trozo for linea in lineas for trozo in (wrap(linea, 80) or [""])]
    dichas = b"".join(b"(%s) Tj T*\n" % _escapar(linea) for linea in partidas)
    arriba = _ALTO - _MARGEN
    return b"BT /F1 %d Tf %d %d Td 16 TL\n%sET" % (_LETRA, _MARGEN, arriba, dichas)


def _escapar(linea: str) -> bytes:
    for signo in ("\\", "(", ")"):
        linea = linea.replace(signo, "\\" + signo)
    return linea.encode("cp1252", "replace")

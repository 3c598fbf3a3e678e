"""El cargo en la pantalla: los datos congelados, sus fechas explicadas y su código QR."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import segno
from flask import render_template
from markupsafe import Markup

from facilita.plazos import Computo
from facilita.servicios.sello import huella_de
from facilita.tramite.opiniones import NOTAS
from facilita.web.mundo import entorno


@dataclass(frozen=True)
class Pdf:
    """Dónde se descarga un documento en PDF, y si ya está hecho."""

    direccion: str
    hecho: bool


def pagina_de_cargo(
    datos: Mapping[str, Any],
    pdf: Pdf,
    *,
    recien: bool = False,
    corregido: bool = False,
    tarde: bool = False,
    opinion: str | None = None,
) -> str:
    """El cargo, listo para leerse o imprimirse (N20)."""
    direccion = f"{entorno().direccion_publica}/verificar/{datos['codigo']}"
    return render_template(
        "cargo.html",
        cargo=datos,
        pdf=pdf,
        plazo=Computo.de_json(datos["plazo"]),
        direccion=direccion,
        qr=qr(direccion),
        huella=huella_de(datos),
        recien=recien,
        corregido=corregido,
        tarde=tarde,
        opinion=opinion,
        notas=NOTAS,
    )


def pagina_de_constancia(datos: Mapping[str, Any], pdf: Pdf, *, recien: bool = False) -> str:
    """La constancia de una corrección, lista para leerse o imprimirse."""
    direccion = f"{entorno().direccion_publica}/verificar/{datos['codigo']}"
    return render_template(
        "constancia.html",
        constancia=datos,
        pdf=pdf,
        plazo=Computo.de_json(datos["plazo"]) if datos["plazo"] else None,
        direccion=direccion,
        qr=qr(direccion),
        huella=huella_de(datos),
        recien=recien,
    )


@lru_cache(maxsize=500)
def qr(direccion: str) -> Markup:
    """El código QR de una dirección pública, como dibujo dentro de la página."""
    return dibujar_qr(direccion)


def dibujar_qr(texto: str) -> Markup:
    """El código QR de un texto, sin recordarlo: sirve también para un secreto."""
    dibujo = segno.make(texto, error="m", micro=False, mask=4).svg_inline(
        scale=3, border=2, omitsize=True, svgclass="qr", lineclass=None, title=None
    )
    return Markup(dibujo)  # noqa: S704 (lo escribe segno, sin texto ajeno)

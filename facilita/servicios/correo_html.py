"""La parte HTML de un correo, hecha de su texto: nada ajeno pasa sin escaparse.

El texto vale solo: el HTML dice lo mismo, sin imágenes ni nada que se pida a otro sitio.
"""

import re
from collections.abc import Iterator
from html import escape
from urllib.parse import urlsplit

ESTILO = (
    "body{margin:0;background:#eef1f4;color:#1c2733;font:17px/1.5 Roboto,Arial,sans-serif;"
    "overflow-wrap:anywhere}"
    "main{max-width:36rem;margin:0 auto;padding:1.5rem;background:#fff;"
    "border-top:6px solid #b3122a}"
    ".de{margin:0 0 .5rem;color:#0b3a6f;font-weight:700}"
    "h1{margin:0 0 1rem;font-size:1.375rem;line-height:1.3}"
    "p,ul{margin:0 0 1rem}a{color:#0b4a8f}"
    "footer{max-width:36rem;margin:0 auto;padding:1rem 1.5rem;color:#48535f;font-size:.9375rem}"
)
_CORTE = "\n--\n"
_VINETA = re.compile(r"[-*•] +")
_ENLACE = re.compile(r"https?://[^\s<>\"'«»]+")
_SOBRANTE = ".,;:!?)]}"
"""Lo que suele ir pegado a una dirección sin ser parte de ella."""


def html_de(asunto: str, texto: str, entidad: str, propia: str) -> str:
    """El mismo correo en HTML; solo se enlaza lo que empieza por la dirección `propia`.

    Un enlace escrito por un tercero queda como texto: la entidad no lo avala.
    """
    cuerpo, corte, pie = texto.rpartition(_CORTE)
    if not corte:
        cuerpo, pie = texto, ""
    raiz = propia.rstrip("/") + "/"
    bloques = "".join(_bloques(cuerpo, raiz))
    return (
        '<!doctype html><html lang="es-PE"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(asunto)}</title><style>{ESTILO}</style></head><body>"
        f'<main><p class="de">{escape(entidad)}</p><h1>{escape(asunto)}</h1>{bloques}</main>'
        f"<footer>{_lineas(pie.splitlines(), raiz)}</footer></body></html>\n"
    )


def _bloques(cuerpo: str, raiz: str) -> Iterator[str]:
    """Cada párrafo o lista; una lista puede venir pegada a la línea que la anuncia."""
    for bloque in re.split(r"\n\s*\n", cuerpo.strip("\n")):
        parrafo: list[str] = []
        puntos: list[list[str]] = []
        for linea in bloque.splitlines():
            if _VINETA.match(linea):
                puntos.append([_VINETA.sub("", linea, count=1)])
            else:
                (puntos[-1] if puntos else parrafo).append(linea)
        if any(linea.strip() for linea in parrafo):
            yield f"<p>{_lineas(parrafo, raiz)}</p>"
        if puntos:
            yield f"<ul>{''.join(f'<li>{_lineas(p, raiz)}</li>' for p in puntos)}</ul>"


def _lineas(lineas: list[str], raiz: str) -> str:
    return "<br>".join(_enlazar(linea.strip(), raiz) for linea in lineas if linea.strip())


def _enlazar(linea: str, raiz: str) -> str:
    hecho, hasta = "", 0
    for hallado in _ENLACE.finditer(linea):
        direccion = hallado[0].rstrip(_SOBRANTE)
        if not _es_propia(direccion, raiz):
            continue
        limpia = escape(direccion)
        hecho += f'{escape(linea[hasta : hallado.start()])}<a href="{limpia}">{limpia}</a>'
        hasta = hallado.start() + len(direccion)
    return hecho + escape(linea[hasta:])


def _es_propia(direccion: str, raiz: str) -> bool:
    """Si lleva a este sitio: «https://mesa.gob.pe@otro.sitio» empieza igual y no lo es."""
    try:
        partes, suyas = urlsplit(direccion), urlsplit(raiz)
    except ValueError:
        return False
    return (f"{direccion}/").startswith(raiz) and partes.netloc == suyas.netloc

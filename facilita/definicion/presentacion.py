"""La presentación: en varias páginas, o en una sola que las junta (`presentacion: una_pagina`)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from facilita.definicion.estructura import Pagina, Seccion, juntar

PRESENTACIONES = ("por_paginas", "una_pagina")


def es_de_una_pagina(dato: Mapping[str, Any]) -> bool:
    """Si una definición muestra todas sus páginas en una."""
    return dato.get("presentacion") == "una_pagina"


def paginas_de(dato: Mapping[str, Any], paginas: tuple[Pagina, ...]) -> tuple[Pagina, ...]:
    """Las páginas como se muestran; lo que cada página pedía pasa a sus secciones."""
    if not es_de_una_pagina(dato) or len(paginas) == 1:
        return paginas
    primera, *demas = paginas
    secciones = [replace(s, si=juntar(primera.si, s.si)) for s in primera.secciones]
    for pagina in demas:
        secciones += _secciones_de(pagina)
    return (replace(primera, si=None, secciones=tuple(secciones)),)


def _secciones_de(pagina: Pagina) -> list[Seccion]:
    """Las secciones de una página que se junta a otra: la primera lleva su título."""
    secciones = [replace(s, si=juntar(pagina.si, s.si)) for s in pagina.secciones]
    primera = secciones[0]
    propio = primera.titulo if primera.titulo != pagina.titulo else None
    titulo = f"{pagina.titulo}: {propio}" if propio else pagina.titulo
    textos = (pagina.introduccion, primera.introduccion)
    introduccion = "\n\n".join(t for t in textos if t) or None
    secciones[0] = replace(primera, titulo=titulo, introduccion=introduccion)
    return secciones

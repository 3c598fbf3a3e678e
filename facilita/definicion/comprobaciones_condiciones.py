"""Lo que publicar prueba de las condiciones: que miren arriba, a campos y opciones que existen."""

from typing import Any

from facilita.definicion.campos import Campo, crear_campo
from facilita.definicion.comprobaciones_documento import Documento
from facilita.definicion.condiciones import Condicion, Hoja, leer_condicion
from facilita.definicion.fallas import Ruta


def comprobar_condiciones(doc: Documento) -> None:
    """Cada condición de páginas, secciones y campos."""
    orden = 0
    for p, pagina in enumerate(doc.dato["paginas"]):
        _condicion(doc, pagina.get("si"), ("paginas", p, "si"), p, orden, hasta_pagina=p)
        for s, seccion in enumerate(pagina["secciones"]):
            ruta: Ruta = ("paginas", p, "secciones", s)
            _condicion(doc, seccion.get("si"), (*ruta, "si"), p, orden)
            for c, campo in enumerate(seccion["campos"]):
                _condicion(doc, campo.get("si"), (*ruta, "campos", c, "si"), p, orden)
                orden += 1
    ultima = len(doc.dato["paginas"])
    for c, campo in enumerate(doc.dato["revision"]["campos"]):
        _condicion(doc, campo.get("si"), ("revision", "campos", c, "si"), ultima, orden)
        orden += 1


def _condicion(
    doc: Documento, dato: Any, ruta: Ruta, pagina: int, orden: int, hasta_pagina: int | None = None
) -> None:
    if dato is None:
        return
    try:
        condicion = leer_condicion(dato)
    except ValueError as error:
        doc.buzon.falla("si.forma", ruta, str(error))
        return
    for hoja in condicion.hojas if isinstance(condicion, Condicion) else ():
        problema = _problema_de_hoja(doc, hoja, pagina, orden, hasta_pagina)
        if problema:
            doc.buzon.falla(problema[0], ruta, problema[1])


def _problema_de_hoja(
    doc: Documento, hoja: Hoja, pagina: int, orden: int, hasta_pagina: int | None
) -> tuple[str, str] | None:
    otro = doc.por_id.get(hoja.campo)
    if otro is None:
        return "si.campo", f"la condición mira «{hoja.campo}», que no existe"
    if otro.orden >= orden or (hasta_pagina is not None and otro.pagina >= hasta_pagina):
        donde = "en una página anterior" if hasta_pagina is not None else "más arriba"
        return "si.abajo", f"la condición mira «{hoja.campo}», que no está {donde}"
    campo = crear_campo(otro.dato)
    posibles = campo.valores_posibles
    if posibles is None and otro.pagina >= pagina:
        texto = f"«{hoja.campo}» no es de elección: debe estar en una página anterior"
        return "si.pagina", texto
    return _problema_de_valor(hoja, campo, posibles)


def _problema_de_valor(
    hoja: Hoja, campo: Campo, posibles: tuple[Any, ...] | None
) -> tuple[str, str] | None:
    if hoja.operador not in ("es", "es_alguno"):
        if campo.ordenable and isinstance(hoja.contra, str):
            return "si.valor", f"«{hoja.campo}» es un número: se compara con un número sin comillas"
        if campo.ordenable:
            return None
        return "si.operador", f"«{hoja.campo}» no se puede comparar con «{hoja.operador}»"
    if posibles is None:
        return "si.operador", f"«{hoja.campo}» no es de elección: no se compara con «es»"
    extranos = [v for v in hoja.esperados if v not in posibles]
    if extranos:
        validos = ", ".join(map(_escrito, posibles))
        texto = f"«{hoja.campo}» no tiene la opción «{_escrito(extranos[0])}»: tiene {validos}"
        return "si.opcion", texto
    return None


def _escrito(valor: Any) -> str:
    return str(valor).lower() if isinstance(valor, bool) else str(valor)

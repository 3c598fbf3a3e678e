"""Lo que publicar prueba de las condiciones: que miren arriba, a campos y opciones que existen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from facilita.definicion.campos import Campo, crear_campo
from facilita.definicion.comprobaciones_documento import Documento, Lugar, por_id
from facilita.definicion.condiciones import Condicion, Hoja, leer_condicion
from facilita.definicion.fallas import Ruta
from facilita.definicion.sugerencias import parecido

Falla = tuple[str, str] | None


@dataclass(frozen=True)
class _Desde:
    """Desde dónde mira una condición: su página, su puesto, su grupo y qué páginas no alcanza."""

    pagina: int
    orden: int
    grupo: str | None = None
    hasta_pagina: int | None = None


def comprobar_condiciones(doc: Documento) -> None:
    """Cada condición de páginas, secciones, campos y de lo que piden las transiciones."""
    orden = 0
    for p, pagina in enumerate(doc.dato["paginas"]):
        limite = None if doc.una_pagina else p
        desde = _Desde(doc.pagina(p), orden, hasta_pagina=limite)
        _condicion(doc, doc.por_id, pagina.get("si"), ("paginas", p, "si"), desde)
        for s, seccion in enumerate(pagina["secciones"]):
            ruta: Ruta = ("paginas", p, "secciones", s, "si")
            _condicion(doc, doc.por_id, seccion.get("si"), ruta, _Desde(doc.pagina(p), orden))
            orden += sum(1 + len(campo.get("campos", ())) for campo in seccion["campos"])
    _de_campos(doc, doc.lugares, doc.por_id)
    for lugares in doc.pedidos():
        _de_campos(doc, lugares, por_id(lugares))


def _de_campos(doc: Documento, lugares: list[Lugar], indice: Mapping[str, Lugar]) -> None:
    for lugar in lugares:
        desde = _Desde(lugar.pagina, lugar.orden, lugar.grupo)
        _condicion(doc, indice, lugar.dato.get("si"), (*lugar.ruta, "si"), desde)
        for n, opcion in enumerate(lugar.dato.get("opciones", ())):
            _condicion(doc, indice, opcion.get("si"), (*lugar.ruta, "opciones", n, "si"), desde)


def _condicion(
    doc: Documento, indice: Mapping[str, Lugar], dato: Any, ruta: Ruta, desde: _Desde
) -> None:
    if dato is None:
        return
    try:
        condicion = leer_condicion(dato)
    except ValueError as error:
        doc.buzon.falla("si.forma", ruta, str(error))
        return
    for hoja in condicion.hojas if isinstance(condicion, Condicion) else ():
        problema = _problema_de_hoja(indice, hoja, desde)
        if problema:
            ajeno = indice is not doc.por_id and hoja.campo in doc.por_id
            consejo = _SOLO_LO_SUYO if ajeno else _consejo(problema[0], doc.una_pagina)
            doc.buzon.falla(problema[0], ruta, problema[1] + consejo)


_SOLO_LO_SUYO = "; lo que pide un paso solo mira lo que ese mismo paso pide"


def _consejo(codigo: str, una_pagina: bool) -> str:
    if codigo != "si.pagina":
        return ""
    if una_pagina:
        return "; con «presentacion: una_pagina» solo se miran elecciones"
    return "; lleva este campo, o su sección, a otra página"


def _problema_de_hoja(indice: Mapping[str, Lugar], hoja: Hoja, desde: _Desde) -> Falla:
    otro = indice.get(hoja.campo)
    if otro is None:
        cerca = parecido(hoja.campo, indice)
        return "si.campo", f"la condición mira «{hoja.campo}», que no existe{cerca}"
    lejos = desde.hasta_pagina is not None and otro.pagina >= desde.hasta_pagina
    if otro.orden >= desde.orden or lejos:
        donde = "en una página anterior" if desde.hasta_pagina is not None else "más arriba"
        return "si.abajo", f"la condición mira «{hoja.campo}», que no está {donde}"
    return _problema_de_grupo(hoja, otro, desde) or _problema_de_campo(hoja, otro, desde)


def _problema_de_grupo(hoja: Hoja, otro: Lugar, desde: _Desde) -> Falla:
    """Una fila mira lo suyo o una página anterior, y a una fila solo la mira ella misma."""
    if otro.grupo and otro.grupo != desde.grupo:
        texto = f"«{hoja.campo}» es de las filas de «{otro.grupo}»: solo lo miran los de su fila"
        return "si.grupo", texto
    if desde.grupo and not otro.grupo and otro.pagina >= desde.pagina:
        texto = (
            f"«{hoja.campo}» no es de la misma fila: desde un grupo se mira la propia fila o una "
            "página anterior"
        )
        return "si.grupo", texto
    return None


def _problema_de_campo(hoja: Hoja, otro: Lugar, desde: _Desde) -> Falla:
    campo = crear_campo(_sin_condiciones(otro.dato))
    posibles = campo.valores_posibles
    if posibles is None and not campo.ordenable:
        texto = (
            f"«{hoja.campo}» es de tipo «{campo.tipo}», que una condición no mira: mira "
            "elecciones, números, montos, fechas y horas"
        )
        return "si.tipo", texto
    if posibles is None and otro.pagina >= desde.pagina:
        return "si.pagina", f"«{hoja.campo}» no es de elección: debe estar en una página anterior"
    return _problema_de_valor(hoja, campo, posibles)


def _sin_condiciones(dato: Any) -> Any:
    """Un campo sin condiciones: las suyas pueden estar mal escritas, y se dice aparte."""
    if isinstance(dato, Mapping):
        return {c: _sin_condiciones(v) for c, v in dato.items() if c != "si"}
    return [_sin_condiciones(v) for v in dato] if isinstance(dato, list) else dato


def _problema_de_valor(hoja: Hoja, campo: Campo, posibles: tuple[Any, ...] | None) -> Falla:
    if hoja.operador not in ("es", "es_alguno"):
        if not campo.ordenable:
            texto = f"«{hoja.campo}» no se puede comparar con «{hoja.operador}»: usa «es»"
            return "si.operador", texto
        problema = campo.por_que_no_se_compara(hoja.contra)
        return ("si.valor", problema) if problema else None
    if posibles is None:
        texto = (
            f"«{hoja.campo}» no es de elección: no se compara con «es»; usa «desde», «hasta», "
            "«mayor_que» o «menor_que»"
        )
        return "si.operador", texto
    extranos = [v for v in hoja.esperados if v not in posibles]
    if extranos:
        validos = ", ".join(map(_escrito, posibles))
        texto = f"«{hoja.campo}» no tiene la opción «{_escrito(extranos[0])}»: tiene {validos}"
        if campo.valores_posibles == (True, False):
            texto = f"«{hoja.campo}» es un sí o no: escribe «es: true» o «es: false», sin comillas"
        return "si.opcion", texto
    return None


def _escrito(valor: Any) -> str:
    return str(valor).lower() if isinstance(valor, bool) else str(valor)

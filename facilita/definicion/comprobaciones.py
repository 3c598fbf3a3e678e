"""Lo que publicar prueba de los campos: ids, condiciones, referencias, textos y lo que no se pide.

Cada comprobación recibe un `Documento` ya con buena forma y anota sus fallas en el buzón.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from facilita.definicion.campos import REGISTRO, Campo, crear_campo
from facilita.definicion.campos.base import nombres_en
from facilita.definicion.campos.personas import DOCUMENTOS
from facilita.definicion.comprobaciones_alcance import comprobar_alcance
from facilita.definicion.comprobaciones_flujo import comprobar_flujo
from facilita.definicion.condiciones import Condicion, Hoja, leer_condicion
from facilita.definicion.esquema import campos_crudos
from facilita.definicion.fallas import Buzon, Ruta
from facilita.definicion.frases import FRASES
from facilita.definicion.textos import DE_LA_ENTIDAD, fallas_de_texto

# Direcciones que el borrador usa para sí: una página no puede llamarse así.
PAGINAS_RESERVADAS = frozenset({"revisar", "archivo", "cargo", "borrador"})

TIPO_DE_USO = {
    "correo": ("correo",),
    "identidad": ("documento_identidad",),
    "tipo_documento_identidad": ("lista", "opcion_unica"),
    "ruc": ("ruc",),
    "celular": ("telefono",),
    "ubigeo": ("ubigeo",),
    "sede": ("sede",),
    "expediente": ("expediente",),
    "documento_principal": ("archivo",),
    "anexos": ("archivo",),
    "folios": ("folios",),
    "notificacion": ("consentimiento",),
    "asunto": ("texto", "lista", "opcion_unica"),
}


@dataclass(frozen=True)
class Lugar:
    """Un campo del documento: dónde está, en qué página y en qué puesto."""

    ruta: Ruta
    dato: Mapping[str, Any]
    pagina: int
    orden: int


class Documento:
    """El dato de una definición con buena forma, indexado para comprobarlo."""

    def __init__(self, dato: Mapping[str, Any], buzon: Buzon, normas: frozenset[str] | None):
        self.dato = dato
        self.buzon = buzon
        self.normas = normas

    @cached_property
    def lugares(self) -> list[Lugar]:
        """Los campos que responde el ciudadano, en orden; la revisión es la última página."""
        ultima = len(self.dato["paginas"])
        return [
            Lugar(ruta, campo, ruta[1] if ruta[0] == "paginas" else ultima, n)  # type: ignore[arg-type]
            for n, (ruta, campo) in enumerate(
                (r, c) for r, c in campos_crudos(self.dato) if r[0] != "flujo"
            )
        ]

    @cached_property
    def por_id(self) -> dict[str, Lugar]:
        """El primer lugar de cada id."""
        indice: dict[str, Lugar] = {}
        for lugar in self.lugares:
            indice.setdefault(lugar.dato["id"], lugar)
        return indice


def comprobar(dato: Mapping[str, Any], buzon: Buzon, normas: frozenset[str] | None) -> None:
    """Corre todas las comprobaciones sobre un dato con buena forma."""
    documento = Documento(dato, buzon, normas)
    for comprobacion in COMPROBACIONES:
        comprobacion(documento)
    # Las combinaciones solo se prueban con ids y condiciones que se entienden.
    if not buzon.hay_errores:
        comprobar_alcance(dato, buzon)
    comprobar_flujo(dato, buzon)


def _ids_unicos(doc: Documento) -> None:
    familias: dict[str, list[tuple[Ruta, str]]] = {
        "la página repetida": [
            (("paginas", p), d["id"]) for p, d in enumerate(doc.dato["paginas"])
        ],
        "la sección repetida": [
            (("paginas", p, "secciones", s), d["id"])
            for p, pagina in enumerate(doc.dato["paginas"])
            for s, d in enumerate(pagina["secciones"])
        ],
        "el campo repetido": [(lugar.ruta, lugar.dato["id"]) for lugar in doc.lugares],
    }
    for nombre, elementos in familias.items():
        que, repetido = nombre.rsplit(" ", 1)
        vistos: set[str] = set()
        for ruta, cual in elementos:
            if cual in vistos:
                doc.buzon.falla("id.repetido", (*ruta, "id"), f"{que} «{cual}» está {repetido}")
            vistos.add(cual)


def _paginas_reservadas(doc: Documento) -> None:
    for p, pagina in enumerate(doc.dato["paginas"]):
        if pagina["id"] in PAGINAS_RESERVADAS:
            texto = f"«{pagina['id']}» es una dirección del sistema; usa otro id"
            doc.buzon.falla("id.reservado", ("paginas", p, "id"), texto)


def _limites(doc: Documento) -> None:
    for ruta, campo in campos_crudos(doc.dato):
        for codigo, dentro, texto in REGISTRO[campo["tipo"]].fallas(campo):
            doc.buzon.falla(codigo, (*ruta, *dentro), texto)


def _referencias(doc: Documento) -> None:
    for lugar in doc.lugares:
        if "campo_tipo" in lugar.dato:
            _campo_del_documento(doc, lugar)
        for n, cual in enumerate(lugar.dato.get("archivos", ())):
            otro = doc.por_id.get(cual)
            if otro is None or otro.dato["tipo"] != "archivo" or otro.orden > lugar.orden:
                texto = f"«{cual}» debe ser un campo de archivo que esté más arriba"
                doc.buzon.falla("campo.referencia", (*lugar.ruta, "archivos", n), texto)


def _campo_del_documento(doc: Documento, lugar: Lugar) -> None:
    ruta = (*lugar.ruta, "campo_tipo")
    otro = doc.por_id.get(lugar.dato["campo_tipo"])
    if otro is None or otro.orden > lugar.orden or "opciones" not in otro.dato:
        texto = "debe ser un campo de elección, más arriba, con el tipo de documento"
        doc.buzon.falla("campo.referencia", ruta, texto)
        return
    extranos = [o["valor"] for o in otro.dato["opciones"] if o["valor"] not in DOCUMENTOS]
    if extranos:
        texto = (
            f"no se sabe comprobar un documento «{extranos[0]}»; las opciones pueden ser: "
            + ", ".join(DOCUMENTOS)
        )
        doc.buzon.falla("campo.referencia", ruta, texto)


def _usos(doc: Documento) -> None:
    vistos: dict[str, str] = {}
    for lugar in doc.lugares:
        uso = lugar.dato.get("uso")
        if uso is None:
            continue
        ruta = (*lugar.ruta, "uso")
        if uso in vistos:
            doc.buzon.falla("uso.repetido", ruta, f"«{vistos[uso]}» ya tiene el uso «{uso}»")
        vistos[uso] = lugar.dato["id"]
        tipos = TIPO_DE_USO.get(uso)
        if tipos and lugar.dato["tipo"] not in tipos:
            texto = f"el uso «{uso}» es para un campo de tipo {' o '.join(tipos)}"
            doc.buzon.falla("uso.tipo", ruta, texto)


def _frases(doc: Documento) -> None:
    for ruta, campo in campos_crudos(doc.dato):
        claves = REGISTRO[campo["tipo"]].claves
        for clave, frase in campo.get("mensajes", {}).items():
            donde = (*ruta, "mensajes", clave)
            if not frase.strip():
                doc.buzon.falla("texto.vacio", donde, "el texto está vacío")
            elif clave not in claves:
                texto = f"este campo no dice «{clave}»; puede ser: {', '.join(sorted(claves))}"
                doc.buzon.falla("mensaje.clave", donde, texto)
            elif nombres_en(frase) - nombres_en(FRASES[clave]) - {"campo"}:
                nombres = sorted(nombres_en(FRASES[clave]) | {"campo"})
                texto = "hay un {nombre} que no se conoce; puede ser: " + ", ".join(nombres)
                doc.buzon.falla("mensaje.nombre", donde, texto)


def _normas(doc: Documento) -> None:
    if doc.normas is None:
        return
    for ruta, cual in _citas(doc.dato, ()):
        if cual not in doc.normas:
            texto = f"la norma «{cual}» no está en el catálogo de normas"
            doc.buzon.falla("norma.desconocida", ruta, texto)


def _citas(dato: Any, ruta: Ruta) -> Iterator[tuple[Ruta, str]]:
    pasos = (
        dato.items()
        if isinstance(dato, Mapping)
        else enumerate(dato)
        if isinstance(dato, list)
        else ()
    )
    for paso, valor in pasos:
        if paso == "base_legal" and isinstance(valor, list):
            yield from (((*ruta, paso, n), str(cual)) for n, cual in enumerate(valor))
        else:
            yield from _citas(valor, (*ruta, paso))


# --- condiciones -----------------------------------------------------------------------------


def _condiciones(doc: Documento) -> None:
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


# --- textos ----------------------------------------------------------------------------------

_TEXTOS = ("titulo", "introduccion", "etiqueta", "ayuda", "ejemplo", "texto", "ciudadano")


def _textos(doc: Documento) -> None:
    for ruta, texto in _textos_de(doc.dato, ()):
        for frase in fallas_de_texto(texto, DE_LA_ENTIDAD):
            doc.buzon.falla("texto.nombre", ruta, frase)
        if not texto.strip():
            doc.buzon.falla("texto.vacio", ruta, "el texto está vacío")


def _textos_de(dato: Any, ruta: Ruta) -> Iterator[tuple[Ruta, str]]:
    if isinstance(dato, Mapping):
        for clave, valor in dato.items():
            if clave in _TEXTOS and isinstance(valor, str):
                yield (*ruta, clave), valor
            else:
                yield from _textos_de(valor, (*ruta, clave))
    elif isinstance(dato, list):
        for n, valor in enumerate(dato):
            yield from _textos_de(valor, (*ruta, n))


# --- lo que la ley no deja pedir (N31) -------------------------------------------------------

_PROHIBIDOS = (
    (r"\b(copia|fotocopia|escaneo|foto)s?\b.{0,30}\b(dni|documento de identidad)\b",
     "la copia del DNI"),
    (r"\bficha\b.{0,12}\bruc\b", "la ficha RUC"),
    (r"\b(partida|copia literal|vigencia de poder|certificado)\b.{0,30}\b(registral|sunarp|poder)",
     "certificados registrales que el Estado ya tiene"),
    (r"\b(voucher|comprobante|recibo|constancia)s?\b.{0,20}\bpago\b",
     "el comprobante de pago (solo su número y su fecha)"),
    (r"\bfotograf[ií]as?\b|\bfotos?\b.{0,15}\bcarn[eé]\b", "fotografías"),
)  # fmt: skip


def _prohibidos(doc: Documento) -> None:
    for lugar in doc.lugares:
        campo = lugar.dato
        if campo["tipo"] != "archivo" or not campo.get("obligatorio"):
            continue
        texto = " ".join(str(campo.get(p, "")) for p in ("etiqueta", "ayuda", "contiene")).lower()
        for patron, que in _PROHIBIDOS:
            if re.search(patron, texto):
                frase = (
                    f"no se puede exigir {que}: DL 1246, arts. 4 y 5, y LPAG, art. 40.1; hazlo "
                    "opcional o quítalo"
                )
                doc.buzon.falla("ley.prohibido", (*lugar.ruta, "obligatorio"), frase, aviso=True)


COMPROBACIONES: tuple[Callable[[Documento], None], ...] = (
    _ids_unicos,
    _paginas_reservadas,
    _limites,
    _referencias,
    _usos,
    _frases,
    _normas,
    _condiciones,
    _textos,
    _prohibidos,
)

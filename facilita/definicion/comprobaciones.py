"""Lo que publicar prueba de los campos: ids, condiciones, referencias, textos y lo que no se pide.

Cada comprobación recibe un `Documento` ya con buena forma y anota sus fallas en el buzón.
"""

from collections.abc import Callable, Mapping
from typing import Any

from facilita.definicion.campos import REGISTRO
from facilita.definicion.campos.base import nombres_en
from facilita.definicion.campos.personas import DOCUMENTOS
from facilita.definicion.citas import citas
from facilita.definicion.comprobaciones_alcance import comprobar_alcance
from facilita.definicion.comprobaciones_condiciones import comprobar_condiciones
from facilita.definicion.comprobaciones_documento import Documento, Lugar
from facilita.definicion.comprobaciones_fijo import comprobar_fijo
from facilita.definicion.comprobaciones_flujo import comprobar_flujo
from facilita.definicion.comprobaciones_plazos import comprobar_plazos
from facilita.definicion.comprobaciones_respuestas import comprobar_respuestas
from facilita.definicion.comprobaciones_tareas import comprobar_tareas
from facilita.definicion.comprobaciones_textos import (
    comprobar_consentimientos,
    comprobar_destino,
    comprobar_exigidos,
    comprobar_prohibidos,
    comprobar_rechazos,
    comprobar_textos,
)
from facilita.definicion.esquema import campos_crudos
from facilita.definicion.fallas import Buzon, Ruta
from facilita.definicion.frases import FRASES
from facilita.definicion.sugerencias import cuales_hay, parecido

# Direcciones que el borrador usa para sí: una página no puede llamarse así.
PAGINAS_RESERVADAS = frozenset({"revisar", "archivo", "cargo", "borrador"})

UNA_ELECCION = ("lista", "opcion_unica")

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
    "entidad_nombre": ("texto",),
    "entidad_siglas": ("texto",),
    "entidad_ruc": ("ruc",),
    "entidad_ubigeo": ("ubigeo",),
    "entidad_tipo": ("lista", "opcion_unica"),
    "entidad_correo": ("correo",),
    "lider_nombres": ("texto",),
    "lider_dni": ("documento_identidad", "texto"),
    "lider_correo": ("correo",),
    "lider_celular": ("telefono",),
    "sistema_direccion": ("enlace",),
    "sistema_desde": ("fecha",),
    "sistema_estados": ("parrafo", "texto"),
}


def comprobar(dato: Mapping[str, Any], buzon: Buzon, normas: frozenset[str] | None) -> None:
    """Corre todas las comprobaciones sobre un dato con buena forma."""
    documento = Documento(dato, buzon, normas)
    for comprobacion in COMPROBACIONES:
        comprobacion(documento)
    # Las combinaciones solo se prueban con ids y condiciones que se entienden.
    if not buzon.hay_errores:
        comprobar_alcance(dato, buzon)
    comprobar_flujo(dato, buzon)
    comprobar_tareas(dato, buzon)
    comprobar_plazos(dato, buzon)
    comprobar_respuestas(dato, buzon)


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
                hay = cuales_hay(cual, _de_arriba(doc, lugar, ("archivo",)))
                texto = f"«{cual}» debe ser un campo de archivo que esté más arriba{hay}"
                doc.buzon.falla("campo.referencia", (*lugar.ruta, "archivos", n), texto)


def _de_arriba(doc: Documento, lugar: Lugar, tipos: tuple[str, ...]) -> list[str]:
    de_esos = (x for x in doc.lugares if x.dato["tipo"] in tipos and x.grupo == lugar.grupo)
    return [x.dato["id"] for x in de_esos if x.orden < lugar.orden]


def _campo_del_documento(doc: Documento, lugar: Lugar) -> None:
    ruta = (*lugar.ruta, "campo_tipo")
    otro = doc.por_id.get(lugar.dato["campo_tipo"])
    if otro is None or otro.orden > lugar.orden or otro.dato["tipo"] not in UNA_ELECCION:
        escrito = lugar.dato["campo_tipo"]
        hay = cuales_hay(escrito, _de_arriba(doc, lugar, UNA_ELECCION))
        texto = f"«{escrito}» debe ser un campo de elección, más arriba, con el tipo de documento"
        texto += hay
        doc.buzon.falla("campo.referencia", ruta, texto)
        return
    if otro.grupo != lugar.grupo:
        texto = f"«{lugar.dato['campo_tipo']}» debe ser de la misma fila que el número"
        doc.buzon.falla("campo.referencia", ruta, texto)
        return
    extranos = [o["valor"] for o in otro.dato["opciones"] if o["valor"] not in DOCUMENTOS]
    if extranos:
        texto = (
            f"no se sabe comprobar un documento «{extranos[0]}»; las opciones pueden ser: "
            + ", ".join(DOCUMENTOS)
        )
        doc.buzon.falla("campo.referencia", ruta, texto)


def _grupos(doc: Documento) -> None:
    """Qué puede ir en las filas de un grupo: lo que se responde y cabe en una fila."""
    for ruta, campo in campos_crudos(doc.dato):
        for n, suyo in enumerate(campo.get("campos", ())):
            donde = (*ruta, "campos", n)
            if not REGISTRO[suyo["tipo"]].cabe_en_grupo:
                texto = f"un campo «{suyo['tipo']}» no va dentro de un grupo"
                doc.buzon.falla("campo.en_grupo", (*donde, "tipo"), texto)
            if "uso" in suyo:
                texto = "el campo de una fila se repite: no puede tener un uso"
                doc.buzon.falla("uso.grupo", (*donde, "uso"), texto)


def _usos(doc: Documento) -> None:
    vistos: dict[str, str] = {}
    for lugar in doc.lugares:
        uso = lugar.dato.get("uso")
        if uso is None or lugar.grupo:
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
                hay = f"{parecido(clave, claves)}; puede ser: {', '.join(sorted(claves))}"
                texto = f"este campo no dice «{clave}»{hay}"
                doc.buzon.falla("mensaje.clave", donde, texto)
            elif nombres_en(frase) - nombres_en(FRASES[clave]) - {"campo"}:
                nombres = sorted(nombres_en(FRASES[clave]) | {"campo"})
                texto = "hay un {nombre} que no se conoce; puede ser: " + ", ".join(nombres)
                doc.buzon.falla("mensaje.nombre", donde, texto)


def _normas(doc: Documento) -> None:
    if doc.normas is None:
        return
    for ruta, cual in citas(doc.dato):
        if cual not in doc.normas:
            texto = (
                f"la norma «{cual}» no está en el catálogo de normas{parecido(cual, doc.normas)}; "
                "agrégala en «normas.yaml», en la carpeta de las plantillas"
            )
            doc.buzon.falla("norma.desconocida", ruta, texto)


COMPROBACIONES: tuple[Callable[[Documento], None], ...] = (
    _ids_unicos,
    _paginas_reservadas,
    _limites,
    _grupos,
    _referencias,
    _usos,
    _frases,
    _normas,
    comprobar_condiciones,
    comprobar_textos,
    comprobar_exigidos,
    comprobar_rechazos,
    comprobar_prohibidos,
    comprobar_fijo,
    comprobar_consentimientos,
    comprobar_destino,
)

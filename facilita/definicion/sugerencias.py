"""Qué quiso decir quien escribió otra cosa, y cómo se escribe: el final de muchas fallas."""

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any

SINONIMOS: Mapping[str, tuple[str, ...]] = {
    # Tipos de campo.
    "texto": ("text", "string", "cadena", "alfanumerico", "varchar"),
    "parrafo": ("textarea", "texto_largo", "texto_area", "multilinea", "memo"),
    "numero": ("entero", "integer", "int", "decimal", "number", "numerico", "float"),
    "dinero": ("moneda", "monto", "soles", "importe", "precio"),
    "fecha": ("date", "dia", "calendario"),
    "hora": ("time",),
    "correo": ("email", "e_mail", "mail", "correo_electronico"),
    "telefono": ("celular", "tel", "phone", "movil"),
    "opcion_unica": ("radio", "opcion", "opciones", "seleccion", "eleccion", "seleccion_unica"),
    "lista": ("select", "combo", "desplegable", "dropdown", "combobox"),
    "opciones_multiples": ("checkbox", "casillas", "checkboxes", "multiple", "multiselect",
                           "seleccion_multiple"),
    "si_no": ("booleano", "boolean", "bool", "logico", "sino"),
    "consentimiento": ("declaracion", "declaracion_jurada", "casilla", "aceptacion", "check",
                       "acepto"),
    "documento_identidad": ("dni", "documento", "identidad", "carne", "pasaporte"),
    "ubigeo": ("distrito", "lugar", "ciudad", "departamento", "provincia"),
    "archivo": ("file", "adjunto", "documento_adjunto", "pdf", "imagen", "upload"),
    "enlace": ("url", "link", "web"),
    "grupo": ("tabla", "repetible", "lista_de_filas", "subformulario", "filas"),
    "informativo": ("nota", "aviso", "html", "parrafo_fijo", "mensaje"),
    # Claves.
    "obligatorio": ("requerido", "required", "requerida", "obligatoria", "mandatorio"),
    "etiqueta": ("label", "titulo", "pregunta", "nombre", "rotulo", "name"),
    "ejemplo": ("placeholder", "marcador"),
    "ayuda": ("help", "descripcion", "hint", "tooltip"),
    "introduccion": ("descripcion", "intro", "bajada"),
    "titulo": ("nombre", "title", "etiqueta"),
    "campos": ("preguntas", "fields", "items"),
    "secciones": ("campos", "bloques"),
    "valor": ("id", "value", "codigo"),
    "id": ("nombre", "name", "clave", "codigo"),
    "tipo": ("type", "clase"),
    "si": ("condicion", "visible", "mostrar_si", "cuando", "depende_de"),
    "minimo": ("min", "desde"),
    "maximo": ("max", "hasta"),
    "largo_maximo": ("max_length", "longitud", "longitud_maxima", "maximo"),
    "formato": ("patron", "pattern", "regex"),
    "cuerpo": ("texto", "contenido", "mensaje"),
    "asunto": ("titulo", "subject"),
    "ciudadano": ("descripcion", "texto", "mensaje"),
    "quien": ("rol", "roles", "responsable", "actor"),
    "responde": ("respuesta",),
    "dias_habiles": ("dias", "dias_calendario", "dias_utiles", "plazo"),
    "desde": (">=", "mayor_o_igual", "minimo"),
    "hasta": ("<=", "menor_o_igual", "maximo"),
    "mayor_que": (">", "mayor", "mas_de"),
    "menor_que": ("<", "menor", "menos_de"),
    "es": ("igual", "=", "==", "igual_a", "valor", "contiene"),
    "es_alguno": ("en", "in", "uno_de", "cualquiera", "es_alguna"),
    "no": ("no_es", "distinto", "distinto_de", "!=", "diferente", "not"),
    "todas": ("y", "and", "todos", "todo"),
    "alguna": ("o", "or", "alguno", "cualquiera"),
    "notificar": ("correo", "enviar", "mensaje", "avisar", "email"),
    "suspender": ("suspender_plazo", "pausar", "detener"),
    "reanudar": ("continuar", "reanudar_plazo"),
    "vacio": ("obligatorio", "requerido", "required"),
}  # fmt: skip
"""Cada palabra del lenguaje y lo que otras personas y otros programas escriben en su lugar."""

COMO_SE_ESCRIBE: Mapping[str, str] = {
    "si": "{campo: vigencia, es: temporal}",
    "todas": "[{campo: vigencia, es: temporal}, {campo: local, es: propio}]",
    "alguna": "[{campo: vigencia, es: temporal}, {campo: local, es: propio}]",
    "es_alguno": "[natural, juridica]",
    "opciones": "- {valor: natural, etiqueta: Persona natural}",
    "medios": "- {id: caja, etiqueta: Caja de la entidad}",
    "plazo": "{dias_habiles: 10}",
    "hasta": "{dias_habiles: 2, desde: presentado}",
    "al_vencer": "{dias_habiles: 2, desde: notificado}",
    "conservacion": "{anios: 10}",
    "numeracion": '{serie: cartas, formato: "{numero:06}-{anio}"}',
    "base_legal": "[lpag-117], con ids de «normas.yaml»",
    "fijo": "true, o {tamano_maximo: [5, 50]}",
    "quitar": "{campos: [anexos]}",
    "agregar": "- {campo: {id: referencia, tipo: texto, etiqueta: Referencia}, en: local}",
    "efectos": "[suspender, {notificar: observado}]",
    "monto": "180.50",
    "mensajes{}": "{vacio: Escribe tu correo.}",
    "mensajes[]": '- {id: recibida, asunto: "Recibimos {numero}", cuerpo: "{enlace}"}',
}
"""Cómo se escribe el valor de una clave que se suele escribir de otra manera."""

_PROPIAS: Mapping[tuple[str, type], str] = {
    ("obligatorio", dict): "; escribe «obligatorio: true» y pon la condición en «si»",
    ("es", list): "; para varias usa «es_alguno»",
    ("es", int): "; un número se compara con «desde», «hasta», «mayor_que» o «menor_que»",
    ("es", float): "; un número se compara con «desde», «hasta», «mayor_que» o «menor_que»",
}
"""Lo que se dice de una clave cuando se le dio otra clase de valor."""

_SUELTO = re.compile(r"[\w.@-]{1,40}")
_NUMERO = re.compile(r"[^0-9]*?(-?[0-9]+(?:[.,][0-9]+)?)[^0-9]*")


def parecido(palabra: Any, conocidas: Iterable[str]) -> str:
    """« (¿quisiste decir «x»?)» si hay una palabra conocida que se parece o que dice lo mismo."""
    hay = list(conocidas)
    cerca = difflib.get_close_matches(str(palabra), hay, n=1, cutoff=0.7) or _sinonimos(
        str(palabra), hay
    )
    return f" (¿quisiste decir «{cerca[0]}»?)" if cerca else ""


def cuales_hay(palabra: str, hay: Iterable[str]) -> str:
    """El final de «debe ser X»: el que se le parece, o los que hay."""
    lista = list(hay)
    return parecido(palabra, lista) or (
        f"; hay: {', '.join(lista)}" if lista else "; no hay ninguno"
    )


def _sinonimos(palabra: str, conocidas: list[str]) -> list[str]:
    dicha = palabra.lower().replace("-", "_").replace(" ", "_")
    return [c for c, otras in SINONIMOS.items() if c in conocidas and dicha in otras]


def como_se_escribe(clave: Any, valor: Any, tipos: list[str]) -> str:
    """El final de «debe ser X, y es Y»: lo que habría que escribir, si se sabe."""
    if valor is None:
        return ""
    propia = _PROPIAS.get((clave, _clase(valor)))
    if propia:
        return propia
    for tipo in tipos:
        frase = _SEGUN_EL_TIPO.get(tipo, lambda valor: "")(valor)
        if frase:
            return frase
    forma = "[]" if "array" in tipos else "{}"
    escrita = COMO_SE_ESCRIBE.get(clave) or COMO_SE_ESCRIBE.get(f"{clave}{forma}")
    return f"; se escribe así: {escrita}" if escrita else ""


def _clase(valor: Any) -> type:
    clases = (bool, dict, list)
    return next((c for c in clases if isinstance(valor, c)), type(valor))


def donde_va(clave: str, conocidas: Iterable[str], valor: Any) -> str:
    """El final de «no se conoce X aquí»: dónde va, si es del lenguaje y va en otra parte."""
    hay = set(conocidas)
    if "es_alguno" in hay and isinstance(valor, str | bool) and not parecido(clave, hay):
        dicho = str(valor).lower() if isinstance(valor, bool) else valor
        return f"; se escribe así: {{campo: {clave}, es: {dicho}}}"
    frases = (f"; {f}" for c, marca, f in _EN_OTRA_PARTE if c == clave and marca in hay)
    return next(frases, "")


_EN_OTRA_PARTE = (
    ("despues_de", "tipo", "va al lado de «campo:», no dentro"),
    ("antes_de", "tipo", "va al lado de «campo:», no dentro"),
    ("en", "tipo", "va al lado de «campo:», no dentro"),
    ("roles", "transiciones", "va en la raíz, al nivel de «flujo»"),
    ("tareas", "transiciones", "va en la raíz, al nivel de «flujo»"),
    ("mensajes", "transiciones", "va en la raíz, al nivel de «flujo»"),
    ("plazo", "paginas", "va dentro de «flujo»"),
    ("estados", "paginas", "va dentro de «flujo»"),
    ("transiciones", "paginas", "va dentro de «flujo»"),
    ("flujo", "quitar", "del flujo se cambian «plazo», «estados» y «transiciones»"),
    ("revision", "quitar", "lo de la revisión se cambia en «campos»"),
)
"""Una clave, otra que hay donde se escribió mal, y dónde va."""


def _un_logico(valor: Any) -> str:
    dicho = str(valor).lower()
    if dicho in ("sí", "si", "yes", "verdadero", "on", "1"):
        return "; escribe true"
    return "; escribe false" if dicho in ("no", "falso", "off", "0") else ""


def _un_numero(valor: Any) -> str:
    hallado = _NUMERO.fullmatch(valor) if isinstance(valor, str) else None
    if hallado is None:
        return ""
    numero = re.sub(r"^(-?)0+(?=[0-9])", r"\1", hallado[1].replace(",", "."))
    return f"; escríbelo sin comillas: {numero}" if valor == numero else f"; escribe {numero}"


def _un_entero(valor: Any) -> str:
    if isinstance(valor, float):
        return f"; escribe {valor:.0f}" if valor.is_integer() else ""
    frase = _un_numero(valor)
    return "" if "." in frase else frase


def _una_lista(valor: Any) -> str:
    suelto = isinstance(valor, str) and _SUELTO.fullmatch(valor)
    return f"; si es uno solo, va entre corchetes: [{valor}]" if suelto else ""


def _un_texto(valor: Any) -> str:
    if isinstance(valor, Mapping) and list(valor.values()) == [None]:
        return f'; un texto que empieza con «{{» va entre comillas: "{{{next(iter(valor))}}}"'
    es_numero = isinstance(valor, int | float)
    return "; si es un texto, escríbelo entre comillas" if es_numero else ""


_SEGUN_EL_TIPO = {
    "boolean": _un_logico,
    "integer": _un_entero,
    "number": _un_numero,
    "array": _una_lista,
    "string": _un_texto,
}

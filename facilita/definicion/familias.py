"""Las familias de elementos que una entidad puede cambiar, y la forma de sus cambios."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from facilita.definicion.campos.multiples import ESQUEMA_MULTIPLES
from facilita.definicion.esquema import (
    DEFINICIONES,
    FORMAS_DE_ELEMENTO,
    SLUG,
    anotar_errores,
    campos_crudos,
    comprobar_campo,
)
from facilita.definicion.explicaciones import FORMA_DE_REFERENCIA
from facilita.definicion.fallas import Buzon, Falla, Ruta
from facilita.definicion.validador import Validador


@dataclass(frozen=True, slots=True)
class Familia:
    """Una clase de elemento con id: dónde vive y qué puede cambiarse aunque sea fijo."""

    singular: str
    nombre: str
    listas: Callable[[Mapping[str, Any]], Iterator[Any]]
    libres: frozenset[str]

    @property
    def indefinido(self) -> str:
        """«una página», «un estado»."""
        articulo, palabra = self.nombre.split(" ")
        return f"{'una' if articulo == 'la' else 'un'} {palabra}"

    @property
    def plural(self) -> str:
        """«las páginas», «los estados»."""
        articulo, palabra = self.nombre.split(" ")
        palabra = palabra.removesuffix("ón") + "on" if palabra.endswith("ón") else palabra
        final = "s" if palabra[-1] in "aeiou" else "es"
        return f"{'las' if articulo == 'la' else 'los'} {palabra}{final}"


def _paginas(dato: Mapping[str, Any]) -> Iterator[Any]:
    yield dato["paginas"]


def _secciones(dato: Mapping[str, Any]) -> Iterator[Any]:
    for pagina in dato["paginas"]:
        yield pagina["secciones"]


def _campos(dato: Mapping[str, Any]) -> Iterator[Any]:
    for secciones in _secciones(dato):
        for seccion in secciones:
            yield from _con_sus_grupos(seccion["campos"])
    yield from _con_sus_grupos(dato["revision"]["campos"])


def _con_sus_grupos(campos: Any) -> Iterator[Any]:
    yield campos
    yield from (campo["campos"] for campo in campos if "campos" in campo)


def _opcional(clave: str) -> Callable[[Mapping[str, Any]], Iterator[Any]]:
    return lambda dato: iter([dato[clave]] if clave in dato else [])


FAMILIAS: Mapping[str, Familia] = {
    "paginas": Familia("pagina", "la página", _paginas, frozenset({"titulo", "introduccion"})),
    "secciones": Familia(
        "seccion", "la sección", _secciones, frozenset({"titulo", "introduccion"})
    ),
    "campos": Familia("campo", "el campo", _campos, frozenset({"ayuda", "ejemplo", "mensajes"})),
    "estados": Familia(
        "estado",
        "el estado",
        lambda d: iter([d["flujo"]["estados"]]),
        frozenset({"etiqueta", "ciudadano"}),
    ),
    "transiciones": Familia(
        "transicion",
        "la transición",
        lambda d: iter([d["flujo"]["transiciones"]]),
        frozenset({"etiqueta", "ayuda"}),
    ),
    "mensajes": Familia(
        "mensaje", "el mensaje", lambda d: iter([d["mensajes"]]), frozenset({"asunto", "cuerpo"})
    ),
    "roles": Familia("rol", "el rol", _opcional("roles"), frozenset({"etiqueta", "ayuda"})),
    "tareas": Familia("tarea", "la tarea", _opcional("tareas"), frozenset({"etiqueta", "ayuda"})),
}

OPCIONALES = ("roles", "tareas")
"""Las familias que una definición puede no tener; las demás están siempre."""

CONTENIDOS: Mapping[str, str] = {"paginas": "secciones", "secciones": "campos"}
"""Qué familia contiene a cuál, en la clave del mismo nombre."""

DE_LA_RAIZ = (
    "titulo", "introduccion", "base_legal", "presentacion", "numeracion", "conservacion",
)  # fmt: skip
"""Lo que no es de ninguna familia y una entidad puede cambiar."""

RAIZ = Familia(
    "formulario", "el formulario", lambda d: iter(()), frozenset({"titulo", "introduccion"})
)
"""El formulario entero: su `fijo` cuida lo que no es de ninguna familia."""

DE_UNA_OPCION = ("etiqueta", "ayuda", "si")
"""Lo que una entidad puede cambiar de una opción; de una fija, solo la ayuda."""

PLAZO = Familia("plazo", "el plazo", lambda d: iter(()), frozenset())

_IDS = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}
_POR_ID = {"type": "object", "additionalProperties": {"type": "object"}}

ESQUEMA_ADAPTACION: dict[str, Any] = {
    "type": "object",
    "required": ["formato", "formulario", "plantilla", "cambios"],
    "properties": {
        "formato": {"const": 1},
        "formulario": SLUG,
        "plantilla": {"type": "string", "pattern": FORMA_DE_REFERENCIA},
        "cambios": {
            "type": ["object", "null"],
            "properties": {
                "titulo": {"type": "string"},
                "introduccion": {"type": ["string", "null"]},
                "base_legal": {"type": "array"},
                "presentacion": {"type": ["string", "null"]},
                "plazo": {"type": "object"},
                "numeracion": {"type": ["object", "null"]},
                "conservacion": {"type": ["object", "null"]},
                **dict.fromkeys(FAMILIAS, _POR_ID),
                "opciones": {"type": "object", "additionalProperties": _POR_ID},
                "quitar": {
                    "type": "object",
                    "properties": {
                        **dict.fromkeys(FAMILIAS, _IDS),
                        "opciones": {"type": "object", "additionalProperties": _IDS},
                    },
                    "additionalProperties": False,
                },
                "agregar": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {
                            **FORMAS_DE_ELEMENTO,
                            "opcion": ESQUEMA_MULTIPLES["items"],
                            "de": {"type": "string"},
                            "en": {"type": "string"},
                            "antes_de": {"type": "string"},
                            "despues_de": {"type": "string"},
                        },
                        "additionalProperties": False,
                    },
                },
                "orden": {"type": "object", "additionalProperties": _IDS},
            },
            "additionalProperties": False,
        },
    },
    "additionalProperties": False,
    "$defs": DEFINICIONES,
}

_VALIDADOR = Validador(ESQUEMA_ADAPTACION)


def es_adaptacion(dato: Any) -> bool:
    """Si un documento es «plantilla más cambios» y no una definición entera."""
    if not isinstance(dato, Mapping):
        return False
    # «plantilla: x@1» solo lo escribe quien adapta, aunque olvide «cambios».
    return "cambios" in dato or "@" in str(dato.get("plantilla"))


def fallas_de_forma(documento: Mapping[str, Any]) -> tuple[Falla, ...]:
    """Lo que no tiene la forma de una adaptación."""
    buzon = Buzon(documento)
    anotar_errores(_VALIDADOR, documento, (), buzon)
    for ruta, campo in _campos_agregados(documento):
        comprobar_campo(campo, ruta, buzon)
    return tuple(buzon.fallas)


# Dónde iría cada elemento agregado en un documento, y cuántos pasos lleva llegar a él.
_ENVOLTURAS: Mapping[str, tuple[Callable[[Any], Mapping[str, Any]], int]] = {
    "pagina": (lambda e: {"paginas": [e]}, 2),
    "seccion": (lambda e: {"paginas": [{"secciones": [e]}]}, 4),
    "campo": (lambda e: {"revision": {"campos": [e]}}, 3),
    "transicion": (lambda e: {"flujo": {"transiciones": [e]}}, 3),
    "tarea": (lambda e: {"tareas": [e]}, 2),
}


def _campos_agregados(documento: Mapping[str, Any]) -> Iterator[tuple[Ruta, Any]]:
    cambios = documento.get("cambios")
    agregados = cambios.get("agregar") if isinstance(cambios, Mapping) else None
    for n, agregado in enumerate(agregados if isinstance(agregados, list) else ()):
        for clave, (envolver, pasos) in _ENVOLTURAS.items():
            if isinstance(agregado, Mapping) and clave in agregado:
                for ruta, campo in campos_crudos(envolver(agregado[clave])):
                    yield ("cambios", "agregar", n, clave, *ruta[pasos:]), campo


def por_que_no_cambia(
    familia: Familia, elemento: Mapping[str, Any], propiedad: str, valor: Any
) -> str | None:
    """La frase que dice por qué una propiedad no puede cambiarse, o `None` si puede."""
    if propiedad in ("id", "tipo", "fijo"):
        return f"«{propiedad}» no se cambia; si necesitas otra cosa, agrégala aparte"
    if propiedad == "si" and any(con_fijo(elemento)):
        return "no se le pone una condición: la plantilla fija que siempre se pregunte"
    if propiedad in ("opciones", "campos", "secciones"):
        return f"«{propiedad}» se cambia con «agregar», «quitar», «opciones» u «orden»"
    fijo = elemento.get("fijo")
    if not fijo or propiedad in familia.libres:
        return None
    permiso = fijo.get(propiedad) if isinstance(fijo, Mapping) else None
    if permiso == "libre":
        return None
    if isinstance(permiso, list):
        return _fuera_de_rango(propiedad, permiso, valor)
    cual = f" «{elemento['id']}»" if "id" in elemento and familia is not RAIZ else ""
    fijo = "fija" if familia.nombre.startswith("la ") else "fijo"
    return f"{familia.nombre}{cual} es {fijo} en la plantilla: «{propiedad}» no se cambia"


def _fuera_de_rango(propiedad: str, rango: list[Any], valor: Any) -> str | None:
    minimo, maximo = rango
    es_numero = isinstance(valor, int | float) and not isinstance(valor, bool)
    if es_numero and minimo <= valor <= maximo:
        return None
    return f"«{propiedad}» debe estar entre {minimo} y {maximo}: la plantilla fija ese rango"


def permiso_de_opciones(campo: Mapping[str, Any]) -> str:
    """Qué puede una entidad con las opciones de un campo: «libre», «quitar» o «nada»."""
    fijo = campo.get("fijo")
    if not fijo:
        return "libre"
    return str(fijo.get("opciones", "nada")) if isinstance(fijo, Mapping) else "nada"


def familia_de(singular: str) -> str:
    """El nombre de la familia de un singular: «campo» → «campos»."""
    return next(nombre for nombre, f in FAMILIAS.items() if f.singular == singular)


def con_fijo(elemento: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """El elemento y los que contiene que la plantilla fija."""
    if elemento.get("fijo"):
        yield elemento
    for lista in ("secciones", "campos"):
        for dentro in elemento.get(lista, ()):
            yield from con_fijo(dentro)

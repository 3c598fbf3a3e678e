"""Los candados: qué no deja cambiar la plantilla de cada elemento, por qué y con qué norma."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from facilita.definicion.campos import REGISTRO, esquema_de
from facilita.definicion.esquema import ESQUEMA, FORMAS_DE_ELEMENTO
from facilita.definicion.familias import (
    DE_LA_RAIZ,
    FAMILIAS,
    PLAZO,
    RAIZ,
    con_fijo,
    permiso_de_opciones,
    por_que_no_cambia,
)
from facilita.definicion.flujo import ESQUEMA_FLUJO
from facilita.definicion.lugares import Elemento, Lugares

Dato = Mapping[str, Any]
APARTE = frozenset({"id", "tipo", "fijo", "secciones", "campos", "opciones"})
"""Lo que no se edita como una propiedad: no cambia nunca o tiene sus propias acciones."""


_SUELTAS = {**FAMILIAS, RAIZ.singular: RAIZ, PLAZO.singular: PLAZO}


@dataclass(frozen=True, slots=True)
class Candado:
    """Por qué algo no se quita y las normas que lo mandan, por su id."""

    frase: str
    normas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Propiedad:
    """Una propiedad de un elemento: su forma, lo que dice hoy y, si no cambia, por qué."""

    nombre: str
    forma: Dato
    valor: Any
    motivo: str | None = None
    rango: tuple[Any, Any] | None = None
    """Entre qué valores puede moverse, si la plantilla fija un rango."""
    exigida: bool = False


def candado_de(lugares: Lugares, familia: str, cual: str) -> Candado | None:
    """Por qué no se puede quitar un elemento; nada, si se puede."""
    elemento = lugares.hallar(familia, cual)
    fijos = list(con_fijo(elemento.dato)) if elemento else []
    if elemento is None or not fijos:
        return None
    if elemento.dato.get("fijo"):
        frase = f"La plantilla fija {FAMILIAS[familia].nombre}: no se quita."
    else:
        nombres = ", ".join(f"«{e.get('etiqueta') or e.get('titulo') or e['id']}»" for e in fijos)
        frase = f"No se quita porque dentro está lo que la plantilla fija: {nombres}."
    return Candado(frase, normas_de(lugares, elemento))


def candado_de_opcion(campo: Dato, opcion: Dato) -> str | None:
    """Por qué una opción no se puede quitar; nada, si se puede."""
    if opcion.get("fijo") or permiso_de_opciones(campo) == "nada":
        return "La plantilla la fija: no se quita."
    return None


def normas_de(lugares: Lugares, elemento: Elemento) -> tuple[str, ...]:
    """Las normas de un elemento: las suyas, las de lo que contiene o las de quien lo contiene."""
    propias = elemento.dato.get("base_legal")
    de_dentro = [n for e in con_fijo(elemento.dato) for n in e.get("base_legal", ())]
    normas = list(propias or ()) or de_dentro
    padre = lugares.hallar(*elemento.padre) if elemento.padre else None
    if not normas and padre is not None:
        return normas_de(lugares, padre)
    return tuple(dict.fromkeys(normas or lugares.dato.get("base_legal", ())))


def propiedades_de(familia: str, dato: Dato) -> tuple[Propiedad, ...]:
    """Las propiedades que puede tener un elemento, con su candado si lo tienen."""
    return tuple(_propiedades(familia, dato))


def _propiedades(familia: str, dato: Dato) -> Iterator[Propiedad]:
    esquema = forma_de(familia, dato)
    for nombre, forma in esquema["properties"].items():
        if nombre in APARTE or (familia == "formulario" and nombre not in DE_LA_RAIZ):
            continue
        valor = dato.get(nombre)
        permiso = dato["fijo"].get(nombre) if isinstance(dato.get("fijo"), Mapping) else None
        rango = (permiso[0], permiso[1]) if isinstance(permiso, list) else None
        # Un rango se comprueba con lo que se escriba; lo demás no depende del valor.
        motivo = None if rango else por_que_no_cambia(_SUELTAS[familia], dato, nombre, valor)
        exigida = nombre in esquema.get("required", ())
        yield Propiedad(nombre, forma, valor, motivo, rango, exigida)


def forma_de(familia: str, dato: Dato) -> Mapping[str, Any]:
    """El JSON Schema de un elemento: el de su familia o, si es un campo, el de su tipo."""
    if familia == "campos":
        return esquema_de(REGISTRO[dato["tipo"]])
    if familia in (RAIZ.singular, PLAZO.singular):
        raiz = {"formulario": ESQUEMA, "plazo": ESQUEMA_FLUJO["properties"]["plazo"]}
        return raiz[familia]  # type: ignore[no-any-return]
    forma: Mapping[str, Any] = FORMAS_DE_ELEMENTO[FAMILIAS[familia].singular]
    return forma

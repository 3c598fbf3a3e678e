"""Las acciones de quien construye: cada una cambia el formulario armado o dice por qué no puede."""

from collections.abc import Callable, Mapping
from typing import Any

from facilita.definicion.fallas import Falla, Lista, Mapa
from facilita.definicion.familias import DE_LA_RAIZ, FAMILIAS, fallas_de_forma
from facilita.definicion.injertos import copiar, meter, olvidar_opcion, poner, reordenar, sacar
from facilita.definicion.lugares import Lugares

Dato = Mapping[str, Any]


class Inaplicable(Exception):
    """Una acción que no se puede hacer; `fallas` dice por qué, en palabras."""

    def __init__(self, *frases: str, propiedad: str | None = None) -> None:
        self.frases = frases
        self.propiedad = propiedad
        super().__init__(" ".join(frases))


def frases(fallas: tuple[Falla, ...]) -> tuple[str, ...]:
    """Unas fallas como frases, sin repetir."""
    return tuple(dict.fromkeys(f.texto[:1].upper() + f.texto[1:] + "." for f in fallas))


def culpable(fallas: tuple[Falla, ...]) -> str | None:
    """La propiedad donde está la primera."""
    return fallas[0].ruta.rsplit(".", 1)[-1]


def _exigir_forma_de(agregado: Dato) -> None:
    """Que lo que se agrega esté bien escrito: lo demás ya puede recorrerlo."""
    documento = {"formato": 1, "formulario": "x", "plantilla": "x@1"}
    malas = fallas_de_forma({**documento, "cambios": {"agregar": [agregado]}})
    if malas:
        raise Inaplicable(*frases(malas), propiedad=culpable(malas))


def hacer(plantilla: Dato, dato: Any, accion: Dato) -> None:
    """Hace una acción sobre el formulario armado; lanza `Inaplicable`."""
    que = accion.get("accion")
    suya = _ACCIONES.get(que) if isinstance(que, str) else None
    if suya is None:
        raise Inaplicable("No se conoce esa acción.")
    suya(plantilla, dato, accion)


def _texto(accion: Dato, clave: str) -> str:
    valor = accion.get(clave)
    if not isinstance(valor, str):
        raise Inaplicable(f"A la acción le falta «{clave}».")
    return valor


def _mapa(accion: Dato, clave: str) -> Mapping[str, Any]:
    valor = accion.get(clave)
    if not isinstance(valor, Mapping) or not all(isinstance(c, str) for c in valor):
        raise Inaplicable(f"A la acción le falta «{clave}».")
    return valor


def _hallar(dato: Any, familia: str, cual: str) -> tuple[Lista, int]:
    """La lista y el lugar de un elemento."""
    for lista in FAMILIAS[familia].listas(dato) if familia in FAMILIAS else ():
        for n, elemento in enumerate(lista):
            if elemento["id"] == cual:
                return lista, n
    raise Inaplicable(f"Ya no está «{cual}»: quizá otra persona lo quitó.")


def _opciones(dato: Any, accion: Dato) -> Lista:
    lista, n = _hallar(dato, "campos", _texto(accion, "campo"))
    opciones = lista[n].get("opciones")
    if not isinstance(opciones, Lista):
        raise Inaplicable("Ese campo no tiene opciones.")
    return opciones


def _lugar_de_opcion(opciones: Lista, valor: str) -> int:
    lugar = next((n for n, o in enumerate(opciones) if o["valor"] == valor), None)
    if lugar is None:
        raise Inaplicable(f"Ya no está la opción «{valor}».")
    return lugar


def _cambiar(_plantilla: Dato, dato: Any, accion: Dato) -> None:
    familia, propiedades = _texto(accion, "familia"), _mapa(accion, "propiedades")
    if familia == "formulario":
        elemento, fuera = dato, set(propiedades) - set(DE_LA_RAIZ)
    elif familia == "plazo":
        elemento, fuera = dato["flujo"]["plazo"], {"fijo"} & set(propiedades)
    else:
        lista, n = _hallar(dato, familia, _texto(accion, "cual"))
        elemento = lista[n]
        fuera = {"id", "tipo", "fijo", "secciones", "campos", "opciones"} & set(propiedades)
    if fuera:
        raise Inaplicable(f"«{min(fuera)}» no se cambia así.", propiedad=min(fuera))
    for propiedad, valor in propiedades.items():
        poner(elemento, propiedad, valor, None)


def _cambiar_opcion(_plantilla: Dato, dato: Any, accion: Dato) -> None:
    opciones, propiedades = _opciones(dato, accion), _mapa(accion, "propiedades")
    if {"valor", "fijo"} & set(propiedades):
        raise Inaplicable("El valor que se guarda de una opción no cambia; agrega otra.")
    opcion = opciones[_lugar_de_opcion(opciones, _texto(accion, "valor"))]
    for propiedad, valor in propiedades.items():
        poner(opcion, propiedad, valor, None)


def _agregar(_plantilla: Dato, dato: Any, accion: Dato) -> None:
    familia, elemento = _texto(accion, "familia"), _mapa(accion, "elemento")
    if familia not in FAMILIAS:
        raise Inaplicable("No se conoce lo que se quiere agregar.")
    _exigir_forma_de({FAMILIAS[familia].singular: elemento})
    lista, lugar = _destino(dato, familia, accion)
    meter(lista, lugar, copiar(elemento), None)


def _destino(dato: Any, familia: str, accion: Dato) -> tuple[Lista, int]:
    for ancla, corrimiento in (("despues_de", 1), ("antes_de", 0)):
        if accion.get(ancla) is not None:
            lista, n = _hallar(dato, familia, _texto(accion, ancla))
            return lista, n + corrimiento
    if accion.get("en") is not None:
        dentro = _dentro_de(dato, familia, _texto(accion, "en"))
        return dentro, len(dentro)
    listas = list(FAMILIAS[familia].listas(dato))
    if not listas and familia in ("roles", "tareas"):
        dato[familia] = Lista()
        listas = [dato[familia]]
    if len(listas) != 1:
        raise Inaplicable("Falta decir dónde va.")
    return listas[0], len(listas[0])


def _dentro_de(dato: Any, familia: str, donde: str) -> Lista:
    mayores = {"campos": ("secciones", "campos"), "secciones": ("paginas",)}.get(familia, ())
    for mayor in mayores:
        for lista in FAMILIAS[mayor].listas(dato):
            for elemento in lista:
                if elemento["id"] == donde and isinstance(elemento.get(familia), Lista):
                    dentro: Lista = elemento[familia]
                    return dentro
    raise Inaplicable(f"Ya no está «{donde}»: quizá otra persona lo quitó.")


def _agregar_opcion(_plantilla: Dato, dato: Any, accion: Dato) -> None:
    opciones, opcion = _opciones(dato, accion), _mapa(accion, "opcion")
    _exigir_forma_de({"opcion": opcion})
    valor = _texto(opcion, "valor")
    if any(o["valor"] == valor for o in opciones):
        raise Inaplicable(f"Ya hay una opción «{valor}».", propiedad="valor")
    ancla = accion.get("despues_de")
    lugar = len(opciones) if ancla is None else 1 + _lugar_de_opcion(opciones, str(ancla))
    meter(opciones, lugar, copiar(opcion), None)


def _quitar(_plantilla: Dato, dato: Any, accion: Dato) -> None:
    familia = _texto(accion, "familia")
    lista, n = _hallar(dato, familia, _texto(accion, "cual"))
    if len(lista) == 1 and familia in ("paginas", "secciones", "campos"):
        raise Inaplicable(
            f"Es lo único que queda ahí: no se puede quitar {FAMILIAS[familia].nombre}. "
            "Quita lo que la contiene o agrega otra cosa antes."
        )
    sacar(lista, n)
    if not lista and familia in ("roles", "tareas"):
        del dato[familia]


def _quitar_opcion(_plantilla: Dato, dato: Any, accion: Dato) -> None:
    opciones, valor = _opciones(dato, accion), _texto(accion, "valor")
    sacar(opciones, _lugar_de_opcion(opciones, valor))
    olvidar_opcion(dato, _texto(accion, "campo"), valor)


def _mover(_plantilla: Dato, dato: Any, accion: Dato) -> None:
    familia = _texto(accion, "familia")
    if familia == "opciones":
        lista = _opciones(dato, accion)
        n = _lugar_de_opcion(lista, _texto(accion, "valor"))
    else:
        lista, n = _hallar(dato, familia, _texto(accion, "cual"))
    _correr(lista, n, _texto(accion, "hacia"))


def _correr(lista: Lista, n: int, hacia: str) -> None:
    otro = n + {"arriba": -1, "abajo": 1}.get(hacia, 0)
    if otro == n or not 0 <= otro < len(lista):
        raise Inaplicable("Ya está en el extremo: no se puede mover más hacia ahí.")
    lista[n], lista[otro] = lista[otro], lista[n]


def _ordenar(_plantilla: Dato, dato: Any, accion: Dato) -> None:
    """Pone los hermanos de un elemento en el orden dicho: lo que hace arrastrar."""
    familia, ids = _texto(accion, "familia"), accion.get("ids")
    if not isinstance(ids, list) or not ids or not all(isinstance(i, str) for i in ids):
        raise Inaplicable("A la acción le falta «ids».")
    lista, _ = _hallar(dato, familia, ids[0])
    if sorted(ids) != sorted(e["id"] for e in lista):
        raise Inaplicable("El orden debe nombrar a todos los que están ahí.")
    reordenar(lista, ids)


def _reponer(plantilla: Dato, dato: Any, accion: Dato) -> None:
    """Deja un elemento como en la plantilla: si se quitó, vuelve; si se cambió, se deshace."""
    familia, cual = _texto(accion, "familia"), _texto(accion, "cual")
    original = Lugares(plantilla).hallar(familia, cual) if familia in FAMILIAS else None
    if original is None:
        raise Inaplicable("La plantilla no tiene eso.")
    quedan = Lugares(dato)
    if quedan.hallar(familia, cual):
        lista, n = _hallar(dato, familia, cual)
        dentro = {c: lista[n][c] for c in ("secciones", "campos") if c in lista[n]}
        lista[n] = Mapa({**copiar(original.dato), **dentro})
        return
    lista = _lista_gemela(dato, familia, original.padre, original.lista)
    vecinos = [e["id"] for e in original.lista]
    previos = vecinos[: vecinos.index(cual)]
    lugar = max((n + 1 for n, e in enumerate(lista) if e["id"] in previos), default=0)
    meter(lista, lugar, copiar(original.dato), None)


def _lista_gemela(
    dato: Any, familia: str, padre: tuple[str, str] | None, original: list[Any]
) -> Lista:
    """La lista del formulario que corresponde a una de la plantilla."""
    if padre is not None:
        suya, n = _hallar(dato, *padre)
        dentro: Lista = suya[n][familia]
        return dentro
    ids = {e["id"] for e in original}
    listas = list(FAMILIAS[familia].listas(dato))
    if not listas:
        listas = [Lista()]
        dato[familia] = listas[0]
    gemela: Lista = next((x for x in listas if ids & {e["id"] for e in x}), listas[-1])
    return gemela


_ACCIONES: Mapping[str, Callable[[Dato, Any, Dato], None]] = {
    "cambiar": _cambiar,
    "cambiar_opcion": _cambiar_opcion,
    "agregar": _agregar,
    "agregar_opcion": _agregar_opcion,
    "quitar": _quitar,
    "quitar_opcion": _quitar_opcion,
    "mover": _mover,
    "ordenar": _ordenar,
    "reponer": _reponer,
}
ACCIONES = tuple(_ACCIONES)

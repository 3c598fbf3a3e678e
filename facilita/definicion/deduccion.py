"""`deducir`: de un formulario ya armado, los cambios que lo distinguen de su plantilla.

Es `adaptar` al revés. Quien construye por pantalla mueve lo que ve; los cambios se deducen, y así
siempre son los menos posibles y nunca quedan anclas colgadas de algo que se quitó.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from facilita.definicion.adaptacion import adaptar
from facilita.definicion.familias import DE_LA_RAIZ, DE_UNA_OPCION, FAMILIAS
from facilita.definicion.injertos import nombre_de_parte
from facilita.definicion.lugares import LA_REVISION, Elemento, Lugares

Dato = Mapping[str, Any]
_LO_DE_DENTRO = ("secciones", "campos", "opciones")
_NO_CAMBIA = ("id", "tipo", "fijo", *_LO_DE_DENTRO)
_ORDENABLES = ("paginas", "secciones", "campos")


def documento_vacio(plantilla: Dato, formulario: str) -> dict[str, Any]:
    """El documento de un formulario que usa la plantilla tal cual."""
    referencia = f"{plantilla['plantilla']}@{plantilla['version']}"
    return {"formato": 1, "formulario": formulario, "plantilla": referencia, "cambios": {}}


def deducir(plantilla: Dato, dato: Dato) -> dict[str, Any]:
    """El documento cuyos cambios, puestos sobre la plantilla, dan ese formulario.

    Lo que los cambios no saben decir queda fuera: quien llama compara con lo que quería.
    """
    documento = documento_vacio(plantilla, str(dato.get("formulario", "")))
    cambios = documento["cambios"]
    _poner(cambios, "quitar", _quitado(_aplicado(plantilla, documento), dato))
    base = Lugares(_aplicado(plantilla, documento))
    ahora = Lugares(dato)
    for familia in FAMILIAS:
        _poner(cambios, familia, _cambiado(base, ahora, familia))
    _poner(cambios, "opciones", _opciones_cambiadas(base, ahora))
    cambios.update(_propiedades(base.dato, dato, DE_LA_RAIZ))
    de, a = base.dato["flujo"]["plazo"], dato["flujo"]["plazo"]
    _poner(cambios, "plazo", _propiedades(de, a, [c for c in (*de, *a) if c != "fijo"]))
    _poner(cambios, "agregar", list(_agregado(base, ahora)))
    _poner(cambios, "orden", _orden(Lugares(_aplicado(plantilla, documento)), ahora))
    return documento


def _aplicado(plantilla: Dato, documento: Dato) -> Dato:
    return adaptar(plantilla, documento)[0]


def _poner(cambios: dict[str, Any], clave: str, valor: Any) -> None:
    if valor:
        cambios[clave] = valor


def _opciones(elemento: Elemento) -> dict[str, Any]:
    opciones = elemento.dato.get("opciones")
    return {o["valor"]: o for o in opciones} if isinstance(opciones, list) else {}


def _quitado(base: Dato, dato: Dato) -> dict[str, Any]:
    antes, ahora = Lugares(base), Lugares(dato)
    quitado: dict[str, Any] = {}
    for familia, elementos in antes.por_familia.items():
        _poner(quitado, familia, [
            e.id
            for e in elementos.values()
            if ahora.hallar(familia, e.id) is None and _queda_su_padre(ahora, e)
        ])  # fmt: skip
    opciones = {
        e.id: [v for v in _opciones(e) if v not in _opciones(suyo)]
        for e in antes.por_familia["campos"].values()
        if (suyo := ahora.hallar("campos", e.id)) is not None
    }
    _poner(quitado, "opciones", {c: v for c, v in opciones.items() if v})
    return quitado


def _queda_su_padre(ahora: Lugares, elemento: Elemento) -> bool:
    return elemento.padre is None or ahora.hallar(*elemento.padre) is not None


def _propiedades(antes: Dato, ahora: Dato, cuales: Any) -> dict[str, Any]:
    return {c: ahora.get(c) for c in dict.fromkeys(cuales) if antes.get(c) != ahora.get(c)}


def _cambiado(base: Lugares, ahora: Lugares, familia: str) -> dict[str, Any]:
    cambiado: dict[str, Any] = {}
    for cual, elemento in base.por_familia[familia].items():
        suyo = ahora.hallar(familia, cual)
        if suyo is not None:
            propias = [c for c in (*elemento.dato, *suyo.dato) if c not in _NO_CAMBIA]
            _poner(cambiado, cual, _propiedades(elemento.dato, suyo.dato, propias))
    return cambiado


def _opciones_cambiadas(base: Lugares, ahora: Lugares) -> dict[str, Any]:
    cambiadas: dict[str, Any] = {}
    for cual, elemento in base.por_familia["campos"].items():
        suyo = ahora.hallar("campos", cual)
        nuevas = _opciones(suyo) if suyo is not None else {}
        suyas = {
            valor: _propiedades(opcion, nuevas[valor], DE_UNA_OPCION)
            for valor, opcion in _opciones(elemento).items()
            if valor in nuevas
        }
        _poner(cambiadas, cual, {v: c for v, c in suyas.items() if c})
    return cambiadas


# --- lo agregado ----------------------------------------------------------------------------------


def _agregado(base: Lugares, ahora: Lugares) -> Iterator[dict[str, Any]]:
    for familia, lista in ahora.listas():
        if _es_de_lo_agregado(base, ahora, lista):
            continue
        estan = {e["id"] for e in lista if base.hallar(familia, e["id"])}
        padre = _padre_de(ahora, lista)
        for n, elemento in enumerate(lista):
            if elemento["id"] not in estan:
                clave = FAMILIAS[familia].singular
                yield {clave: elemento, **_ancla(lista, n, estan, "id", padre)}
                estan.add(elemento["id"])
    for cual, campo in ahora.por_familia["campos"].items():
        de_antes = base.hallar("campos", cual)
        if de_antes is not None:
            yield from _opciones_agregadas(cual, campo, de_antes)


def _opciones_agregadas(cual: str, campo: Elemento, antes: Elemento) -> Iterator[dict[str, Any]]:
    estan, lista = set(_opciones(antes)), list(_opciones(campo).values())
    for n, opcion in enumerate(lista):
        if opcion["valor"] not in estan:
            yield {"opcion": opcion, "de": cual, **_ancla(lista, n, estan, "valor", None)}
            estan.add(opcion["valor"])


def _es_de_lo_agregado(base: Lugares, ahora: Lugares, lista: list[Any]) -> bool:
    """Si la lista está dentro de algo agregado: viaja entera con él."""
    padre = _padre_de(ahora, lista)
    return padre is not None and base.hallar(*padre) is None


def _padre_de(lugares: Lugares, lista: list[Any]) -> tuple[str, str] | None:
    return next((e.padre for e in lugares.todos() if e.lista is lista), None)


def _ancla(
    lista: list[Any], n: int, estan: set[str], nombre: str, padre: tuple[str, str] | None
) -> dict[str, str]:
    """Dónde va: detrás del anterior, que ya está; si es el primero, delante del que esté."""
    if n:
        return {"despues_de": lista[n - 1][nombre]}
    siguiente = next((e[nombre] for e in lista if e[nombre] in estan), None)
    if siguiente is not None:
        return {"antes_de": siguiente}
    return {"en": padre[1]} if padre else {}


# --- el orden -------------------------------------------------------------------------------------


def _orden(hecho: Lugares, ahora: Lugares) -> dict[str, list[str]]:
    orden: dict[str, list[str]] = {}
    for donde, lista in _ordenables(ahora).items():
        suya = _ordenables(hecho).get(donde)
        nombres = [nombre_de_parte(e) for e in lista]
        de_ahora = [nombre_de_parte(e) for e in suya or ()]
        if nombres != de_ahora and sorted(nombres) == sorted(de_ahora):
            orden[donde] = nombres
    return orden


def _ordenables(lugares: Lugares) -> dict[str, list[Any]]:
    """Cada lista cuyo orden se puede decir, por el nombre con que se dice."""
    listas: dict[str, list[Any]] = {"paginas": lugares.dato["paginas"]}
    for familia in reversed(_ORDENABLES):
        for elemento in lugares.por_familia[familia].values():
            for clave in _LO_DE_DENTRO:
                dentro = elemento.dato.get(clave)
                if isinstance(dentro, list) and elemento.lugar != LA_REVISION:
                    listas[elemento.id] = dentro
    return listas

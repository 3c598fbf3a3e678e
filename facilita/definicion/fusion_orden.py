"""El orden que la entidad puso, frente al de la plantilla nueva."""

from collections.abc import Mapping
from typing import Any

from facilita.definicion.adaptacion import adaptar
from facilita.definicion.fallas import Mapa
from facilita.definicion.familias import permiso_de_opciones
from facilita.definicion.fusion import Fusion
from facilita.definicion.injertos import copiar, nombre_de_parte
from facilita.definicion.lugares import Lugares
from facilita.definicion.palabras import decir

Dato = Mapping[str, Any]


def fundir_orden(fusion: Fusion) -> None:
    """Cada orden propio se completa con lo nuevo, sobra o queda por decidir."""
    orden = fusion.cambios.get("orden")
    if not orden:
        return
    ahora = Lugares(_sin_orden(fusion.nueva.dato, fusion.documento, fusion.cambios))
    antes = Lugares(_sin_orden(fusion.vieja.dato, fusion.documento, fusion.documento["cambios"]))
    for donde in list(orden):
        _uno(fusion, donde, _lista(antes, donde) or [], _lista(ahora, donde))


def _sin_orden(plantilla: Dato, documento: Dato, cambios: Dato) -> Dato:
    sin = Mapa({c: v for c, v in cambios.items() if c != "orden"})
    return adaptar(plantilla, Mapa({**documento, "cambios": copiar(sin)}))[0]


def _lista(lugares: Lugares, donde: str) -> list[str] | None:
    """Los ids de lo que contiene una página, una sección, un grupo o un campo, o de las páginas."""
    if donde == "paginas":
        return [p["id"] for p in lugares.dato["paginas"]]
    for familia, dentro in (("secciones", "campos"), ("paginas", "secciones")):
        elemento = lugares.hallar(familia, donde)
        if elemento is not None:
            return [e["id"] for e in elemento.dato[dentro]]
    campo = lugares.hallar("campos", donde)
    partes = (campo.dato.get("campos") or campo.dato.get("opciones")) if campo else None
    return [nombre_de_parte(parte) for parte in partes] if partes else None


def _fija_sus_opciones(fusion: Fusion, donde: str) -> bool:
    """Si lo ordenado son las opciones de un campo y la plantilla ya no deja cambiarlas."""
    es_otra_cosa = fusion.nueva.hallar("secciones", donde) or fusion.nueva.hallar("paginas", donde)
    campo = None if es_otra_cosa else fusion.nueva.hallar("campos", donde)
    if campo is None or "opciones" not in campo.dato or ("campos", donde) in fusion.propios:
        return False
    return permiso_de_opciones(campo.dato) != "libre"


def _uno(fusion: Fusion, donde: str, antes: list[str], ahora: list[str] | None) -> None:
    clave, quien = f"orden.{donde}", f"el orden de «{donde}»"
    suyo = list(fusion.cambios["orden"][donde])
    if ahora is None:
        fusion.borrar("orden", donde)
        fusion.avisar(clave, "no_cabe", f"{quien}: «{donde}» ya no está")
        return
    if _fija_sus_opciones(fusion, donde):
        fusion.borrar("orden", donde)
        fusion.avisar(clave, "fijo", f"{quien}: vuelve a {decir(None, ahora)}")
        return
    junto = completar_orden(suyo, ahora)
    if junto == ahora and antes != ahora:
        fusion.borrar("orden", donde)
        fusion.avisar(clave, "sobra", f"{quien}: ya queda como lo pusiste")
        return
    if _lo_cambio_la_plantilla(fusion, donde, antes, ahora):
        dicen = (f"lo deja en {decir(None, ahora)}", f"lo pusiste en {decir(None, suyo)}")
        ruta = ("cambios", "orden", donde)
        if not fusion.disputar(clave, quien, ruta, (antes, ahora, suyo), dicen):
            fusion.borrar("orden", donde)
            return
    else:
        fusion.avisar(clave, "tuyo", f"{quien}: sigue siendo {decir(None, junto)}")
    if junto != suyo:
        fusion.poner(junto, "orden", donde)


def _lo_cambio_la_plantilla(fusion: Fusion, donde: str, antes: list[str], ahora: list[str]) -> bool:
    """Si lo que está en los dos y es de la plantilla quedó en otro orden."""
    suyos = {e.id for e in fusion.nueva.todos()} | set(_lista(fusion.nueva, donde) or ())
    de_la_plantilla = suyos - {cual for _, cual in fusion.propios}
    comunes = [i for i in antes if i in ahora and i in de_la_plantilla]
    return comunes != [i for i in ahora if i in comunes]


def completar_orden(suyo: list[str], ahora: list[str]) -> list[str]:
    """El orden propio sin lo que ya no está, y con lo nuevo detrás de su vecino."""
    junto = [i for i in suyo if i in ahora]
    for n, cual in enumerate(ahora):
        if cual not in junto:
            lugar = junto.index(ahora[n - 1]) + 1 if n else 0
            junto.insert(lugar, cual)
    return junto

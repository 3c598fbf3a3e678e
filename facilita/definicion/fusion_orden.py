"""El orden que la entidad puso, frente al de la plantilla nueva."""

from collections.abc import Mapping
from typing import Any

from facilita.definicion.adaptacion import adaptar
from facilita.definicion.fallas import Mapa
from facilita.definicion.fusion import Fusion
from facilita.definicion.injertos import copiar
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
    """Los ids de lo que contiene una página o una sección, o de las páginas."""
    if donde == "paginas":
        return [p["id"] for p in lugares.dato["paginas"]]
    for familia, dentro in (("secciones", "campos"), ("paginas", "secciones")):
        elemento = lugares.hallar(familia, donde)
        if elemento is not None:
            return [e["id"] for e in elemento.dato[dentro]]
    return None


def _uno(fusion: Fusion, donde: str, antes: list[str], ahora: list[str] | None) -> None:
    clave, quien = f"orden.{donde}", f"el orden de «{donde}»"
    suyo = list(fusion.cambios["orden"][donde])
    if ahora is None:
        fusion.borrar("orden", donde)
        fusion.avisar(clave, "no_cabe", f"{quien}: «{donde}» ya no está")
        return
    junto = completar_orden(suyo, ahora)
    if junto == ahora and antes != ahora:
        fusion.borrar("orden", donde)
        fusion.avisar(clave, "sobra", f"{quien}: ya queda como lo pusiste")
        return
    if _lo_cambio_la_plantilla(fusion, antes, ahora):
        dicen = (f"lo deja en {decir(None, ahora)}", f"lo pusiste en {decir(None, suyo)}")
        ruta = ("cambios", "orden", donde)
        if not fusion.disputar(clave, quien, ruta, (antes, ahora, suyo), dicen):
            fusion.borrar("orden", donde)
            return
    else:
        fusion.avisar(clave, "tuyo", f"{quien}: sigue siendo {decir(None, junto)}")
    if junto != suyo:
        fusion.poner(junto, "orden", donde)


def _lo_cambio_la_plantilla(fusion: Fusion, antes: list[str], ahora: list[str]) -> bool:
    """Si lo que está en los dos y es de la plantilla quedó en otro orden."""
    de_la_plantilla = {e.id for e in fusion.nueva.todos()} - {cual for _, cual in fusion.propios}
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

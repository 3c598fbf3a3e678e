"""Las propiedades que la entidad cambió, frente a las que trae la plantilla nueva."""

from collections.abc import Mapping
from typing import Any

from facilita.definicion.fallas import Mapa, Ruta
from facilita.definicion.familias import (
    CONTENIDOS,
    FAMILIAS,
    PLAZO,
    RAIZ,
    permiso_de_opciones,
    por_que_no_cambia,
)
from facilita.definicion.fusion import Fusion, resolver
from facilita.definicion.injertos import copiar
from facilita.definicion.lugares import nombrar

_CON_SU_REGLA = frozenset({*FAMILIAS, "opciones", "quitar", "agregar", "orden", "plazo"})
"""De los cambios, lo que no es una propiedad de la raíz."""


def fundir_cambios(fusion: Fusion) -> None:
    """Cada propiedad cambiada sigue, sobra, vuelve a lo fijo o queda por decidir."""
    _revivir(fusion, _perdidos(fusion))
    _raiz(fusion)
    quitados = set(fusion.quitados())
    for familia in FAMILIAS:
        for cual in list(fusion.cambios.get(familia, {})):
            # Lo de fuera de aquí se quita después de cambiarlo: su cambio no se ve.
            if (familia, cual) not in quitados:
                _elemento(fusion, familia, cual)
    for campo in list(fusion.cambios.get("opciones", {})):
        if ("campos", campo) not in quitados:
            _opciones(fusion, campo)


def _raiz(fusion: Fusion) -> None:
    vieja, nueva = fusion.vieja.dato, fusion.nueva.dato
    for propiedad in [c for c in fusion.cambios if c not in _CON_SU_REGLA]:
        lados = (vieja.get(propiedad), nueva.get(propiedad), fusion.cambios[propiedad])
        motivo = por_que_no_cambia(RAIZ, nueva, propiedad, fusion.cambios[propiedad])
        resolver(fusion, propiedad, "el formulario", (propiedad,), lados, motivo)
    de_antes, de_ahora = vieja["flujo"].get("plazo", {}), nueva["flujo"].get("plazo", {})
    for propiedad, valor in list(fusion.cambios.get("plazo", {}).items()):
        lados = (de_antes.get(propiedad), de_ahora.get(propiedad), valor)
        motivo = por_que_no_cambia(PLAZO, de_ahora, propiedad, valor)
        clave = f"plazo.{propiedad}"
        resolver(fusion, clave, "el plazo", ("plazo", propiedad), lados, motivo)


def _elemento(fusion: Fusion, familia: str, cual: str) -> None:
    viejo, nuevo = fusion.vieja.hallar(familia, cual), fusion.nueva.hallar(familia, cual)
    if viejo is None or nuevo is None:
        return
    otra_cosa = viejo.dato.get("tipo") != nuevo.dato.get("tipo")
    for propiedad, valor in list(fusion.cambios[familia][cual].items()):
        resolver(
            fusion,
            f"{familia}.{cual}.{propiedad}",
            nuevo.nombre,
            (familia, cual, propiedad),
            (viejo.dato.get(propiedad), nuevo.dato.get(propiedad), valor),
            por_que_no_cambia(FAMILIAS[familia], nuevo.dato, propiedad, valor),
            otra_cosa=otra_cosa,
        )


# --- opciones ---------------------------------------------------------------------------------


def _opciones(fusion: Fusion, campo: str) -> None:
    viejo, nuevo = fusion.vieja.hallar("campos", campo), fusion.nueva.hallar("campos", campo)
    if viejo is None or nuevo is None:
        return
    de_antes = {o["valor"]: o for o in viejo.dato.get("opciones", ())}
    de_ahora = {o["valor"]: o for o in nuevo.dato.get("opciones", ())}
    quitadas = fusion.cambios.get("quitar", {}).get("opciones", {}).get(campo, ())
    for valor in list(fusion.cambios["opciones"][campo]):
        if valor in de_ahora and valor not in quitadas:
            _opcion(fusion, campo, de_antes.get(valor, {}), de_ahora[valor])
        elif valor not in de_ahora:
            _opcion_perdida(fusion, campo, valor, nuevo.dato)


def _opcion(fusion: Fusion, campo: str, vieja: Mapping[str, Any], nueva: Mapping[str, Any]) -> None:
    valor = nueva["valor"]
    dato = fusion.nueva.por_familia["campos"][campo].dato
    fija = nueva.get("fijo") or permiso_de_opciones(dato) != "libre"
    for propiedad, suya in list(fusion.cambios["opciones"][campo][valor].items()):
        resolver(
            fusion,
            f"opciones.{campo}.{valor}.{propiedad}",
            f"la opción «{campo}.{valor}»",
            ("opciones", campo, valor, propiedad),
            (vieja.get(propiedad), nueva.get(propiedad), suya),
            "fija" if fija and propiedad != "ayuda" else None,
        )


def _opcion_perdida(fusion: Fusion, campo: str, valor: str, nuevo: Mapping[str, Any]) -> None:
    """La plantilla quita una opción que la entidad había cambiado."""
    clave, quien = f"opciones.{campo}.{valor}", f"la opción «{campo}.{valor}»"
    ruta = ("opciones", campo, valor)
    opcion = next(
        (
            o
            for o in fusion.antes.por_familia["campos"][campo].dato.get("opciones", ())
            if o["valor"] == valor
        ),
        None,
    )
    if opcion is None:
        fusion.borrar(*ruta)
        fusion.avisar(clave, "sobra", f"{quien}: la plantilla también la quita")
    elif permiso_de_opciones(nuevo) != "libre" or "opciones" not in nuevo:
        fusion.borrar(*ruta)
        fusion.avisar(clave, "no_cabe", f"{quien}: la plantilla la quita y no deja agregarla")
    else:
        lados = (None, None, copiar(opcion))
        dicen = ("la quita", "la cambiaste")
        if fusion.disputar(clave, quien, ("cambios", *ruta), lados, dicen):
            propia = Mapa({c: copiar(v) for c, v in opcion.items() if c != "fijo"})
            fusion.revividos.append(Mapa({"opcion": propia, "de": campo}))
        fusion.borrar(*ruta)


# --- lo que la plantilla quita y la entidad cambió ----------------------------------------------

Perdidos = dict[tuple[str, str], list[Ruta]]


def _perdidos(fusion: Fusion) -> Perdidos:
    """Lo cambiado que la plantilla nueva ya no tiene, con las rutas de sus cambios."""
    perdidos: Perdidos = {}
    for familia in FAMILIAS:
        for cual in fusion.cambios.get(familia, {}):
            _si_se_perdio(fusion, perdidos, familia, cual, (familia, cual))
    for campo in fusion.cambios.get("opciones", {}):
        _si_se_perdio(fusion, perdidos, "campos", campo, ("opciones", campo))
    for campo in fusion.cambios.get("quitar", {}).get("opciones", {}):
        _si_se_perdio(fusion, perdidos, "campos", campo, ("quitar", "opciones", campo))
    for n, entrada in enumerate(fusion.cambios.get("agregar", ())):
        if "opcion" in entrada:
            _si_se_perdio(fusion, perdidos, "campos", entrada["de"], ("agregar", n))
    return perdidos


def _si_se_perdio(fusion: Fusion, perdidos: Perdidos, familia: str, cual: str, ruta: Ruta) -> None:
    se_fue = fusion.vieja.hallar(familia, cual) and not fusion.nueva.hallar(familia, cual)
    # Una opción de un campo propio con el id de uno quitado va con él: no se perdió.
    de_lo_propio = ruta[0] == "agregar" and (familia, cual) in fusion.propios
    if se_fue and not de_lo_propio:
        perdidos.setdefault((familia, cual), []).append(ruta)


def _revivir(fusion: Fusion, perdidos: Perdidos) -> None:
    quedan: set[tuple[str, str]] = set()
    for (familia, cual), rutas in perdidos.items():
        if _se_queda(fusion, familia, cual, rutas[0]):
            quedan.add((familia, cual))
        for ruta in rutas:
            _soltar(fusion, ruta)
    dentro_de_otro = {(e.familia, e.id) for queda in quedan for e in fusion.antes.dentro(*queda)}
    for familia, cual in perdidos:
        if (familia, cual) in quedan - dentro_de_otro:
            _devolver(fusion, familia, cual, set(perdidos) - quedan)


def _se_queda(fusion: Fusion, familia: str, cual: str, ruta: Ruta) -> bool:
    antes = fusion.antes.hallar(familia, cual)
    quien, clave = nombrar(familia, cual), f"{familia}.{cual}"
    es_propio = (familia, cual) in fusion.propios
    if antes is None or es_propio or not _lo_cambio(fusion, familia, cual):
        fusion.avisar(clave, "sobra", f"{quien}: la plantilla también lo quita")
        return False
    base = fusion.vieja.por_familia[familia][cual].dato
    return fusion.disputar(
        clave,
        quien,
        ("cambios", *ruta),
        (base, None, antes.dato),
        ("lo quita", "lo cambiaste"),
    )


def _lo_cambio(fusion: Fusion, familia: str, cual: str) -> bool:
    """Si lo que la entidad escribió cambia algo de verdad."""
    antes, viejo = fusion.antes.hallar(familia, cual), fusion.vieja.hallar(familia, cual)
    return antes is not None and viejo is not None and antes.dato != viejo.dato


def _soltar(fusion: Fusion, ruta: Ruta) -> None:
    if ruta[0] == "agregar":
        fusion.caidos.add(int(ruta[1]))
    else:
        fusion.borrar(*(str(paso) for paso in ruta))


def _devolver(fusion: Fusion, familia: str, cual: str, fuera: set[tuple[str, str]]) -> None:
    """Vuelve propio lo que la plantilla quita, sin lo que ya está en otra parte."""
    elemento = fusion.antes.por_familia[familia][cual]
    propio = _podado(fusion, familia, elemento.dato, fuera)
    if propio is None:
        texto = f"{elemento.nombre}: todo lo que tenía está ahora en otra parte"
        fusion.avisar(f"{familia}.{cual}", "no_cabe", texto)
    else:
        fusion.revividos.append(Mapa({FAMILIAS[familia].singular: propio}))


def _podado(
    fusion: Fusion, familia: str, dato: Mapping[str, Any], fuera: set[tuple[str, str]]
) -> Mapa | None:
    propio: Mapa = sin_fijo(dato)
    dentro = CONTENIDOS.get(familia)
    if dentro is None:
        return propio
    quedan = [
        _podado(fusion, dentro, hijo, fuera)
        for hijo in dato[dentro]
        if (dentro, hijo["id"]) not in fuera
        and fusion.vieja.hallar(dentro, hijo["id"])
        and not fusion.nueva.hallar(dentro, hijo["id"])
    ]
    propio[dentro] = [hijo for hijo in quedan if hijo is not None]
    return propio if propio[dentro] else None


def sin_fijo(dato: Any) -> Any:
    """Una copia sin las marcas `fijo`: lo propio de una entidad no lo fija nadie."""
    if isinstance(dato, Mapping):
        return Mapa({c: sin_fijo(v) for c, v in dato.items() if c != "fijo"})
    return [sin_fijo(v) for v in dato] if isinstance(dato, list) else dato

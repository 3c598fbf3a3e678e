"""`actualizar`: trae una versión nueva de la plantilla al formulario de una entidad.

Es una fusión de tres lados: la plantilla vieja, la nueva y los cambios de la entidad sobre la
vieja. Lo fijo termina como dice la plantilla nueva y ningún cambio propio se pierde en silencio.
"""

from collections.abc import Mapping
from typing import Any

from facilita.definicion.adaptacion import adaptar
from facilita.definicion.compilador import examinar_dato
from facilita.definicion.diferencias import comparar
from facilita.definicion.fallas import Buzon, Falla, Mapa, en_orden
from facilita.definicion.familias import fallas_de_forma
from facilita.definicion.fusion import Fusion
from facilita.definicion.fusion_agregar import fundir_agregados
from facilita.definicion.fusion_cambios import fundir_cambios
from facilita.definicion.fusion_orden import fundir_orden
from facilita.definicion.fusion_quitar import fundir_quitados
from facilita.definicion.injertos import copiar
from facilita.definicion.novedades import LADOS, Actualizacion, Novedad

Dato = Mapping[str, Any]


def actualizar(
    vieja: Dato,
    nueva: Dato,
    documento: Dato,
    decisiones: Dato | None = None,
    *,
    normas: frozenset[str] | None = None,
) -> Actualizacion:
    """El formulario de una entidad, traído de una versión de su plantilla a otra.

    Pura y total: lo que no se puede traer vuelve como fallas con su lugar; lo que cambiaron los
    dos, como conflictos. Mientras no se decide un conflicto, vale lo de la entidad.
    """
    fallas = _fallas_de_entrada(vieja, nueva, documento)
    antes, de_antes = (Mapa(), ()) if fallas else adaptar(vieja, documento)
    if fallas or de_antes:
        return Actualizacion(documento, antes, fallas=en_orden((*fallas, *de_antes)))
    fusion = _fundir(vieja, nueva, documento, antes, decisiones or {})
    nuevo = _documento(documento, nueva, fusion.cambios)
    dato, de_cambios = adaptar(nueva, nuevo)
    examen = examinar_dato(dato, normas=normas)
    return Actualizacion(
        cambios=nuevo,
        dato=dato,
        novedades=(*_de_la_plantilla(fusion, antes, dato), *fusion.novedades),
        conflictos=tuple(fusion.conflictos),
        fallas=en_orden((*de_cambios, *examen.fallas, *_fallas_de_decisiones(fusion))),
    )


def _fundir(vieja: Dato, nueva: Dato, documento: Dato, antes: Dato, decisiones: Dato) -> Fusion:
    fusion = Fusion(vieja, nueva, documento, antes, decisiones)
    for fundir in (fundir_quitados, fundir_cambios, fundir_agregados, fundir_orden):
        fundir(fusion)
    return fusion


def _fallas_de_entrada(vieja: Dato, nueva: Dato, documento: Dato) -> tuple[Falla, ...]:
    mal_formados = fallas_de_forma(documento)
    if mal_formados:
        return mal_formados
    buzon = Buzon(documento)
    cual = f"{vieja.get('plantilla')}@{vieja.get('version')}"
    if documento["plantilla"] != cual:
        texto = f"el formulario es de «{documento['plantilla']}» y no de «{cual}»"
        buzon.falla("plantilla.otra", ("plantilla",), texto)
    elif nueva.get("plantilla") != vieja.get("plantilla"):
        texto = (
            f"«{nueva.get('plantilla')}» es otra plantilla: un formulario no cambia de plantilla"
        )
        buzon.falla("plantilla.otra", ("plantilla",), texto)
    return tuple(buzon.fallas)


def _documento(documento: Dato, nueva: Dato, cambios: Mapa) -> Mapa:
    nuevo: Mapa = copiar(documento)
    nuevo["plantilla"] = f"{nueva['plantilla']}@{nueva['version']}"
    nuevo["cambios"] = cambios if cambios or documento.get("cambios") is not None else None
    return nuevo


def _de_la_plantilla(fusion: Fusion, antes: Dato, dato: Dato) -> list[Novedad]:
    """Lo que se ve distinto y no se dijo por otro motivo."""
    dichas = {
        n.id.removeprefix("quitar.").removeprefix("agregar.")
        for n in fusion.novedades
        if n.motivo in ("fijo", "lugar")
    }
    diferencias = (
        (f"{d.clave}.{d.propiedad}" if d.clave and d.propiedad else d.propiedad or d.clave, d)
        for d in comparar(antes, dato)
    )
    return [Novedad(i, "plantilla", str(d)) for i, d in diferencias if i not in dichas]


def _fallas_de_decisiones(fusion: Fusion) -> tuple[Falla, ...]:
    buzon = Buzon(Mapa({"decisiones": fusion.decisiones}))
    ids = {c.id for c in fusion.conflictos}
    if not set(fusion.decisiones) <= ids:
        # Decidir un conflicto puede resolver otro: el suyo también se pudo decidir.
        lados = (fusion.vieja.dato, fusion.nueva.dato, fusion.documento, fusion.antes.dato)
        ids |= {c.id for c in _fundir(*lados, {}).conflictos}
    for cual, valor in fusion.decisiones.items():
        if cual not in ids:
            texto = f"no hay ningún conflicto «{cual}» que decidir; quítalo"
            buzon.falla("decision.no_existe", ("decisiones", cual), texto)
        elif valor is not None and valor not in LADOS:
            texto = f"se decide «plantilla» o «entidad», y dice «{valor}»"
            buzon.falla("decision.valor", ("decisiones", cual), texto)
    return tuple(buzon.fallas)

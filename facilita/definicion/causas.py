"""Qué cambio de la entidad causa una falla que aparece en la plantilla.

La entidad no puede tocar la plantilla: cada falla se dice donde está el cambio que la causa. Se
sabe probando: es el cambio sin el cual la falla desaparece y no aparece ninguna otra.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from facilita.definicion.fallas import Buzon, Falla, Ruta
from facilita.definicion.familias import FAMILIAS
from facilita.definicion.injertos import copiar, sacar

Examinar = Callable[[Mapping[str, Any]], tuple[Falla, ...]]
"""Examina la plantilla con unos cambios y da todas sus fallas, o todos sus avisos."""

CAMBIOS_QUE_SE_PRUEBAN = 200
"""Con más cambios que estos no se busca la causa."""

_NIVELES: Mapping[str, int] = {
    "agregar": 1,
    "orden": 1,
    "plazo": 1,
    "opciones": 3,
    **dict.fromkeys(FAMILIAS, 2),
}


def con_su_causa(
    documento: Mapping[str, Any], fallas: tuple[Falla, ...], examinar: Examinar
) -> tuple[Falla, ...]:
    """Las fallas, cada una en el cambio que la causa; las que ya están en los cambios, igual."""
    ajenas = [f for f in fallas if _es_de_la_plantilla(f, documento)]
    if ajenas:
        # Lo que la plantilla sola ya dice no lo causa nadie.
        de_antes = set(map(_clave, examinar({**documento, "cambios": {}})))
        ajenas = [f for f in ajenas if _clave(f) not in de_antes]
    causas = _causas(documento, ajenas, fallas, examinar) if ajenas else {}
    return tuple(causas.get(f, f) for f in fallas)


def _es_de_la_plantilla(falla: Falla, documento: Mapping[str, Any]) -> bool:
    propio = getattr(documento, "sitio", None)
    return propio is not None and (falla.sitio is None or falla.sitio.archivo != propio.archivo)


def _causas(
    documento: Mapping[str, Any], ajenas: list[Falla], todas: tuple[Falla, ...], examinar: Examinar
) -> dict[Falla, Falla]:
    pendientes, antes = dict.fromkeys(map(_clave, ajenas)), set(map(_clave, todas))
    halladas: dict[Falla, Falla] = {}
    for ruta in _por_probar(documento):
        quedan = set(map(_clave, examinar(_sin(documento, ruta))))
        if quedan - antes:
            continue
        for falla in ajenas:
            if _clave(falla) in pendientes and _clave(falla) not in quedan:
                halladas[falla] = _en_el_cambio(documento, ruta, falla)
                del pendientes[_clave(falla)]
        if not pendientes:
            break
    return halladas


def _por_probar(documento: Mapping[str, Any]) -> list[Ruta]:
    """Los cambios uno por uno y después, de a varios, los que se escribieron juntos."""
    sueltos = list(_cambios(documento["cambios"] or {}))
    juntos = (ruta[:largo] for largo in (4, 3, 2) for ruta in sueltos if len(ruta) > largo)
    todos = list(dict.fromkeys((*sueltos, *juntos)))
    return todos if len(todos) <= CAMBIOS_QUE_SE_PRUEBAN else []


def _clave(falla: Falla) -> tuple[str, str, str]:
    return falla.codigo, falla.ruta, falla.texto


def _cambios(cambios: Mapping[str, Any]) -> Iterator[Ruta]:
    """Cada cambio suelto: lo que se podría borrar solo."""
    for clave, valor in cambios.items():
        if clave == "quitar":
            for familia, dentro in valor.items():
                niveles = 2 if familia == "opciones" else 1
                yield from _hojas(dentro, ("cambios", clave, familia), niveles)
        else:
            yield from _hojas(valor, ("cambios", clave), _NIVELES.get(clave, 0))


def _hojas(dato: Any, ruta: Ruta, niveles: int) -> Iterator[Ruta]:
    if niveles and isinstance(dato, Mapping):
        for clave, valor in dato.items():
            yield from _hojas(valor, (*ruta, clave), niveles - 1)
    elif niveles and isinstance(dato, list):
        yield from ((*ruta, n) for n in range(len(dato)))
    else:
        yield ruta


def _sin(documento: Mapping[str, Any], ruta: Ruta) -> Mapping[str, Any]:
    copia = copiar(documento)
    dentro: Any = copia
    for paso in ruta[:-1]:
        dentro = dentro[paso]
    if isinstance(dentro, list):
        sacar(dentro, ruta[-1])  # type: ignore[arg-type]
    else:
        del dentro[ruta[-1]]
    return copia  # type: ignore[no-any-return]


def _en_el_cambio(documento: Mapping[str, Any], ruta: Ruta, falla: Falla) -> Falla:
    linea = f", en la línea {falla.sitio.linea} de la plantilla" if falla.sitio else ""
    suya = f"«{falla.ruta.rsplit('.', 1)[-1]}» " if falla.codigo.startswith("forma.") else ""
    texto = (
        f"{_que_haces(documento, ruta)} y entonces {suya}{_sin_pregunta(falla.texto)} "
        f"({falla.ruta}{linea}); "
        "quita o cambia también eso"
    )
    buzon = Buzon(documento)
    buzon.falla(falla.codigo, ruta, texto, aviso=falla.es_aviso)
    return buzon.fallas[0]


def _sin_pregunta(texto: str) -> str:
    """Quien quita algo no lo escribió mal: ahí no se le propone otra palabra."""
    return re.sub(r" \(¿quisiste decir «[^»]*»\?\)", "", texto)


def _que_haces(documento: Mapping[str, Any], ruta: Ruta) -> str:
    """El cambio en palabras: «quitas la opción «x» de «y»»."""
    _, clave, *resto = ruta
    if ruta not in set(_cambios(documento["cambios"])):
        return f"cambias «{'.'.join(map(str, ruta[1:]))}»"
    if clave == "quitar":
        return "quitas " + _lo_quitado(documento, ruta)
    if clave == "agregar":
        agregado = documento["cambios"]["agregar"][ruta[2]]
        return "agregas " + _lo_agregado(agregado)
    if clave == "orden":
        return f"cambias el orden de «{resto[0]}»"
    if clave == "opciones":
        return f"cambias la opción «{resto[1]}» de «{resto[0]}»"
    if clave in FAMILIAS:
        return f"cambias «{resto[1]}» de «{resto[0]}»"
    return f"cambias «{resto[0] if resto else clave}»"


def _lo_quitado(documento: Mapping[str, Any], ruta: Ruta) -> str:
    dato: Any = documento
    for paso in ruta:
        dato = dato[paso]
    if ruta[2] == "opciones":
        return f"la opción «{dato}» de «{ruta[3]}»"
    return f"{FAMILIAS[str(ruta[2])].nombre} «{dato}»"


def _lo_agregado(agregado: Mapping[str, Any]) -> str:
    if "opcion" in agregado:
        return f"la opción «{agregado['opcion'].get('valor')}» a «{agregado.get('de')}»"
    familia = next(f for f in FAMILIAS.values() if f.singular in agregado)
    return f"{familia.nombre} «{agregado[familia.singular].get('id')}»"

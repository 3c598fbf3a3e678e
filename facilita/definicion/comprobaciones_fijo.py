"""Lo que publicar prueba de lo `fijo`: que nombre propiedades que existen y que se cumpla."""

from collections.abc import Iterator, Mapping
from typing import Any

from facilita.definicion.campos import REGISTRO, esquema_de
from facilita.definicion.comprobaciones_documento import Documento
from facilita.definicion.esquema import FORMAS_DE_ELEMENTO, campos_crudos
from facilita.definicion.fallas import Ruta
from facilita.definicion.flujo import ESQUEMA_FLUJO
from facilita.definicion.sugerencias import parecido

_NO_SE_MUEVEN = ("id", "tipo", "fijo", "valor")


def comprobar_fijo(doc: Documento) -> None:
    """Avisa si un permiso de `fijo` no es de ese elemento, o si su rango no incluye lo que dice."""
    for ruta, elemento, propiedades in _elementos(doc.dato):
        fijo = elemento.get("fijo")
        for propiedad, permiso in fijo.items() if isinstance(fijo, Mapping) else ():
            donde = (*ruta, "fijo", propiedad)
            if propiedad not in propiedades:
                hay = ", ".join(sorted(propiedades))
                cerca = parecido(propiedad, propiedades)
                texto = f"aquí no hay «{propiedad}» que fijar{cerca}; puede ser: {hay}"
                doc.buzon.falla("fijo.propiedad", donde, texto, aviso=True)
            elif isinstance(permiso, list):
                _rango(doc, donde, permiso, elemento.get(propiedad))


def _rango(doc: Documento, ruta: Ruta, permiso: list[Any], valor: Any) -> None:
    minimo, maximo = permiso
    if minimo > maximo:
        texto = f"el rango va de menor a mayor: [{maximo}, {minimo}]"
        doc.buzon.falla("fijo.rango", ruta, texto)
    elif isinstance(valor, int | float) and not minimo <= valor <= maximo:
        texto = f"el rango es de {minimo} a {maximo} y la plantilla dice {valor}: inclúyelo"
        doc.buzon.falla("fijo.rango", ruta, texto, aviso=True)


def _elementos(dato: Mapping[str, Any]) -> Iterator[tuple[Ruta, Mapping[str, Any], set[str]]]:
    """Lo que puede llevar `fijo`, con su ruta y las propiedades que tiene su clase."""
    flujo = dato["flujo"]
    yield ("flujo", "plazo"), flujo["plazo"], _de(ESQUEMA_FLUJO["properties"]["plazo"])
    for clase, ruta, lista in (
        ("pagina", ("paginas",), dato["paginas"]),
        ("estado", ("flujo", "estados"), flujo["estados"]),
        ("transicion", ("flujo", "transiciones"), flujo["transiciones"]),
        ("mensaje", ("mensajes",), dato["mensajes"]),
        ("rol", ("roles",), dato.get("roles", ())),
        ("tarea", ("tareas",), dato.get("tareas", ())),
    ):
        for n, elemento in enumerate(lista):
            yield (*ruta, n), elemento, _de(FORMAS_DE_ELEMENTO[clase])
    for p, pagina in enumerate(dato["paginas"]):
        for s, seccion in enumerate(pagina["secciones"]):
            suyas = _de(FORMAS_DE_ELEMENTO["seccion"])
            yield ("paginas", p, "secciones", s), seccion, suyas
    for lugar, campo in campos_crudos(dato):
        yield lugar, campo, _de(esquema_de(REGISTRO[campo["tipo"]]))


def _de(esquema: Mapping[str, Any]) -> set[str]:
    return set(esquema["properties"]) - set(_NO_SE_MUEVEN)

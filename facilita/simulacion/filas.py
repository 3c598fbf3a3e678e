"""Lo que se ve dentro de un campo hecho de otros: las filas de un grupo y las partes de un pago."""

from collections.abc import Iterator, Mapping
from typing import Any

from facilita.definicion.campos import Campo, Lector
from facilita.definicion.condiciones import Condicion
from facilita.simulacion.busqueda import Buscador
from facilita.simulacion.cobertura import Meta, opcion

INTENTOS = 300
"""Cuántas muestras se prueban buscando una fila."""


def condiciones_de(campo: Campo, nombre: str = "") -> Iterator[tuple[str, Condicion]]:
    """La condición de un campo y las de sus opciones, cada una con su nombre."""
    nombre = nombre or campo.id
    if campo.si:
        yield nombre, campo.si
    for una in campo.opciones:
        if una.si:
            yield f"{nombre}={una.valor}", una.si


def metas(campo: Campo) -> Iterator[Meta]:
    """Las metas de los campos de dentro."""
    for suyo in campo.campos:
        nombre = f"{campo.id}.{suyo.id}"
        yield Meta("campo", nombre, "respondido")
        for valor in suyo.valores_posibles or ():
            yield Meta("opción", nombre, opcion(valor))
        for cual, _ in condiciones_de(suyo, nombre):
            yield Meta("condición", cual, "sí")
            yield Meta("condición", cual, "no")


def vistas(campo: Campo, valor: Any, fuera: Mapping[str, Any]) -> Iterator[Meta]:
    """Las metas de dentro que una respuesta deja ver; `fuera` es lo que miran las condiciones."""
    if not campo.campos:
        return
    por_id = {suyo.id: suyo for suyo in campo.campos}
    for fila in valor if isinstance(valor, list) else [valor]:
        dentro = {c: por_id[c].comparable(v) for c, v in fila.items() if c in por_id}
        for suyo in campo.campos:
            nombre = f"{campo.id}.{suyo.id}"
            for cual, si in condiciones_de(suyo, nombre):
                se_cumple = si.evaluar({**fuera, **dentro})
                yield Meta("condición", cual, "sí" if se_cumple else "no")
            if suyo.id in dentro:
                yield Meta("campo", nombre, "respondido")
                visto = dentro[suyo.id]
                for uno in visto if isinstance(visto, list | tuple) else (visto,):
                    yield Meta("opción", nombre, opcion(uno))


def muestra_que_ve(
    meta: Meta, campo: Campo, buscador: Buscador, antes: Mapping[str, Any]
) -> Any | None:
    """Una respuesta que deja ver esa meta, o `None` si no se halló."""
    for _ in range(INTENTOS):
        crudo = campo.muestra(buscador.azar, buscador.contexto, antes)
        lector = Lector(buscador.contexto, comparables=dict(antes))
        valor = campo.leer(crudo, lector)
        if not lector.errores and valor is not None and meta in vistas(campo, valor, antes):
            return crudo
    return None

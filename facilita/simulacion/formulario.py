"""Los encargos que buscan algo del formulario: cada campo, cada opción y cada condición."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from facilita.definicion import Definicion
from facilita.definicion.campos import Campo
from facilita.simulacion import filas, planes
from facilita.simulacion.busqueda import Buscador
from facilita.simulacion.cobertura import Cobertura, Meta, opcion
from facilita.simulacion.papeles import se_puede_fabricar
from facilita.simulacion.respuestas import Encargo

NINGUNA = "ninguna presentación lo permite"
NINGUNA_FILA = f"no se halló en {filas.INTENTOS} filas inventadas"


def encargos_del_formulario(
    definicion: Definicion, buscador: Buscador, cobertura: Cobertura
) -> Iterator[Encargo]:
    """Un encargo por cada meta del formulario que los anteriores no hayan visto ya."""
    for nombre, condicion in planes.condiciones(definicion):
        for que, quiero in (("sí", True), ("no", False)):
            meta = Meta("condición", nombre, que)
            if cobertura.falta(meta):
                hallazgo = buscador.hallar(condicion, quiero)
                if hallazgo.crudo is not None:
                    yield Encargo(f"{nombre}: {que}", hallazgo.crudo)
                elif hallazgo.completa:
                    cobertura.descartar(meta, NINGUNA)
    for campo in definicion.campos.values():
        if campo.se_responde:
            yield from _de_campo(campo, buscador, cobertura)


def _de_campo(campo: Campo, buscador: Buscador, cobertura: Cobertura) -> Iterator[Encargo]:
    para_verlo = buscador.hallar(buscador.por_campo[campo.id])
    if para_verlo.crudo is None:
        return
    antes = para_verlo.crudo
    for meta, crudo in _respuestas_que_ven(campo, buscador, antes):
        if cobertura.falta(meta):
            respuesta = crudo()
            if respuesta is None:
                cobertura.descartar(meta, NINGUNA_FILA)
            else:
                yield Encargo(" ".join(meta), {**antes, campo.id: respuesta})
    if cobertura.falta(Meta("campo", campo.id, "respondido")):
        yield Encargo(f"{campo.id}: respondido", antes, llena=True)
    if cobertura.falta(Meta("campo", campo.id, "vacío")):
        rechazada = campo.id if campo.obligatorio else None
        yield Encargo(f"{campo.id}: vacío", {**antes, campo.id: None}, rechazada)
    yield from _mal_respondido(campo, antes)


def _respuestas_que_ven(
    campo: Campo, buscador: Buscador, antes: Mapping[str, Any]
) -> Iterator[tuple[Meta, Callable[[], Any]]]:
    """Cada meta de las opciones y de lo de dentro de un campo, y la respuesta que la deja ver."""
    for valor in campo.valores_posibles or ():
        yield Meta("opción", campo.id, opcion(valor)), partial(campo.cruda, valor)
    for meta in filas.metas(campo):
        yield meta, partial(filas.muestra_que_ve, meta, campo, buscador, antes)


def _mal_respondido(campo: Campo, antes: Mapping[str, Any]) -> Iterator[Encargo]:
    for malo in campo.muestras_invalidas():
        if campo.es_archivo:
            # Uno de más en un campo de uno solo no se rechaza: queda el último.
            sobra = len(malo) > 1 and len(malo) <= 2
            if sobra or not all(se_puede_fabricar(f) for f in malo):
                continue
        yield Encargo(f"{campo.id}: {malo!r:.60}", {**antes, campo.id: malo}, campo.id)

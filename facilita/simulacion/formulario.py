"""Los encargos que buscan algo del formulario: cada campo, cada opción y cada condición."""

from collections.abc import Iterator, Mapping
from typing import Any

from facilita.definicion import Definicion
from facilita.definicion.campos import Campo
from facilita.definicion.estructura import juntar
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
    for valor in campo.valores_posibles or ():
        yield from _eleccion(campo, valor, buscador, cobertura)
    for meta in filter(cobertura.falta, filas.metas(campo)):
        respuesta = filas.muestra_que_ve(meta, campo, buscador, para_verlo.visto)
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


def _eleccion(
    campo: Campo, valor: Any, buscador: Buscador, cobertura: Cobertura
) -> Iterator[Encargo]:
    """La presentación que elige una opción, con lo que hace falta para que se ofrezca."""
    meta = Meta("opción", campo.id, opcion(valor))
    if not cobertura.falta(meta):
        return
    suya = next((o.si for o in campo.opciones if o.valor == valor), None)
    hallazgo = buscador.hallar(juntar(buscador.por_campo[campo.id], suya))
    if hallazgo.crudo is not None:
        respuesta = campo.cruda(valor, hallazgo.visto)
        yield Encargo(" ".join(meta), {**hallazgo.crudo, campo.id: respuesta})
    elif hallazgo.completa:
        cobertura.descartar(meta, NINGUNA)


def _mal_respondido(campo: Campo, antes: Mapping[str, Any]) -> Iterator[Encargo]:
    for malo in campo.muestras_invalidas():
        if campo.es_archivo:
            # Uno de más en un campo de uno solo no se rechaza: queda el último.
            sobra = len(malo) > 1 and len(malo) <= 2
            if sobra or not all(se_puede_fabricar(f) for f in malo):
                continue
        yield Encargo(f"{campo.id}: {malo!r:.60}", {**antes, campo.id: malo}, campo.id)

"""Los pasos de una obra: hacer una acción, deshacerla, rehacerla y subir un archivo de cambios."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import func, select

from facilita.definicion import DefinicionInvalida, es_adaptacion, leer_yaml
from facilita.definicion.campos import Error
from facilita.definicion.constructor import operar, reemplazar
from facilita.definicion.fallas import Falla
from facilita.tramite.ambito import Ambito
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto, Invalido
from facilita.tramite.modelos import PasoDeObra
from facilita.tramite.obras import (
    Documento,
    EnObra,
    dejar_paso,
    documento_de,
    leida,
    plantilla_de,
    titulo_de,
    tocar,
    tomar,
)
from facilita.tramite.permisos import Actor, exigir

Cambiar = Callable[[Mapping[str, Any], Documento], tuple[Documento, str]]


def hacer(
    entorno: Entorno, actor: Actor, slug: str, revision: int, accion: Mapping[str, Any]
) -> EnObra:
    """Da un paso; lanza `Invalido` con lo que no se puede y `ObraCambiada` si otro la cambió."""

    def cambiar(plantilla: Mapping[str, Any], documento: Documento) -> tuple[Documento, str]:
        resultado = operar(plantilla, documento, accion)
        if resultado.negativas:
            campo = resultado.propiedad or "accion"
            raise Invalido([Error(campo, "constructor", n) for n in resultado.negativas])
        return dict(resultado.documento), resultado.hecho

    return _cambiada(entorno, actor, slug, revision, cambiar)


def subir(entorno: Entorno, actor: Actor, slug: str, revision: int, texto: str | bytes) -> EnObra:
    """Reemplaza los cambios por los de un archivo; lanza `Invalido` con sus fallas por línea."""

    def cambiar(plantilla: Mapping[str, Any], anterior: Documento) -> tuple[Documento, str]:
        documento = _leer_archivo(texto, anterior)
        fallas = reemplazar(plantilla, documento)
        if fallas:
            raise Invalido(_errores(fallas))
        return documento, "Se subió un archivo de cambios"

    return _cambiada(entorno, actor, slug, revision, cambiar)


def _leer_archivo(texto: str | bytes, anterior: Documento) -> Documento:
    try:
        leido = leer_yaml(texto, "archivo")
    except DefinicionInvalida as invalida:
        raise Invalido(_errores(invalida.fallas)) from None
    if not es_adaptacion(leido):
        _rechazar("No es un archivo de cambios: empieza con «formato: 1» y lleva «cambios:».")
    for clave, que in (("formulario", "de otro formulario"), ("plantilla", "de otra plantilla")):
        if leido.get(clave) != anterior[clave]:
            _rechazar(
                f"El archivo es {que}: dice «{clave}: {leido.get(clave)}» y aquí es "
                f"«{anterior[clave]}»."
            )
    if leido.get("cambios") is None:
        leido["cambios"] = {}
    documento: Documento = leido
    return documento


def _rechazar(frase: str) -> None:
    raise Invalido([Error("archivo", "constructor", frase)])


def _errores(fallas: tuple[Falla, ...]) -> list[Error]:
    return [
        Error(
            "archivo",
            f.codigo,
            f"Línea {f.sitio.linea}: {f.ruta}: {f.texto}." if f.sitio else f"{f.ruta}: {f.texto}.",
        )
        for f in fallas[:50]
    ]


def _cambiada(entorno: Entorno, actor: Actor, slug: str, revision: int, cambiar: Cambiar) -> EnObra:
    exigir(actor, "formulario.construir")
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        obra = tomar(sesion, slug, revision)
        plantilla = plantilla_de(entorno, obra.plantilla)
        anterior = documento_de(sesion, obra)
        documento, hecho = cambiar(plantilla, json.loads(anterior))
        dejar_paso(sesion, entorno, actor, obra, documento, hecho or "Sin diferencias")
        obra.titulo = titulo_de(plantilla, documento)
        sesion.flush()
        return leida(sesion, entorno, obra)


def deshacer(entorno: Entorno, actor: Actor, slug: str, revision: int) -> EnObra:
    """Vuelve al paso anterior, con sus mismos bytes; lanza `Conflicto` si no hay."""
    return _correr(entorno, actor, slug, revision, -1)


def rehacer(entorno: Entorno, actor: Actor, slug: str, revision: int) -> EnObra:
    """Vuelve a dar el paso deshecho; lanza `Conflicto` si no hay."""
    return _correr(entorno, actor, slug, revision, 1)


def _correr(entorno: Entorno, actor: Actor, slug: str, revision: int, cuanto: int) -> EnObra:
    exigir(actor, "formulario.construir")
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        obra = tomar(sesion, slug, revision)
        hay = select(func.count()).where(
            PasoDeObra.obra_id == obra.id, PasoDeObra.numero == obra.paso + cuanto
        )
        if not sesion.scalar(hay):
            raise Conflicto("No hay más pasos que " + ("deshacer." if cuanto < 0 else "rehacer."))
        obra.paso += cuanto
        tocar(obra, actor, entorno.reloj.ahora())
        sesion.flush()
        plantilla = plantilla_de(entorno, obra.plantilla)
        obra.titulo = titulo_de(plantilla, json.loads(documento_de(sesion, obra)))
        return leida(sesion, entorno, obra)

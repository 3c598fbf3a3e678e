"""Lo que llega de un formulario: respuestas crudas por campo y archivos ya guardados."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from flask import request

from facilita.definicion.campos import Campo, Error
from facilita.definicion.campos.archivos import Archivos
from facilita.servicios.almacen import Recepcion
from facilita.tramite.archivos import Subida, recibir
from facilita.web.mundo import entorno


@dataclass
class Envio:
    """Las respuestas de una página, los archivos aceptados y los rechazados."""

    crudo: dict[str, Any]
    subidas: list[Subida] = field(default_factory=list)
    rechazos: list[Error] = field(default_factory=list)
    quitar: tuple[int, ...] = ()
    accion: str = "continuar"


def leer_envio(campos: Iterable[Campo], entidad: str) -> Envio:
    """Lee lo enviado para esos campos; lo que no viene queda vacío."""
    campos = [c for c in campos if c.se_responde]
    crudo: dict[str, Any] = {}
    for campo in campos:
        if not campo.es_archivo:
            enviados = request.form.getlist(campo.id)
            crudo[campo.id] = campo.del_formulario(enviados) if enviados else ""
    envio = Envio(crudo, accion=request.form.get("accion", "continuar"))
    envio.quitar = tuple(
        int(q)
        for q in request.form.getlist("quitar")
        if len(q) < 19 and q.isascii() and q.isdecimal()
    )[:50]
    recibir_archivos(envio, campos, entidad)
    return envio


def recibir_archivos(envio: Envio, campos: Iterable[Campo], entidad: str) -> None:
    """Guarda los archivos aceptados y anota por qué no los demás."""
    for campo in campos:
        if not isinstance(campo, Archivos):
            continue
        for archivo in request.files.getlist(campo.id):
            if not archivo.filename:
                continue
            recepcion = cast(Recepcion, archivo.stream)
            resultado = recibir(entorno(), entidad, campo, archivo.filename, recepcion)
            if isinstance(resultado, Subida):
                envio.subidas.append(resultado)
            else:
                envio.rechazos.append(resultado)

"""Recibir archivos: se revisan y se guardan por su huella antes de tocar la base."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from facilita.definicion.campos import Error
from facilita.definicion.campos.archivos import Archivos
from facilita.servicios.almacen import AlmacenNoDisponible, Recepcion
from facilita.servicios.revision import nombre_seguro, revisar
from facilita.tramite.analisis import encolar
from facilita.tramite.entorno import Entorno
from facilita.tramite.modelos import Adjunto, Archivo


@dataclass(frozen=True)
class Subida:
    """Un archivo que llegó por un campo, ya guardado en el almacén y revisado."""

    campo: str
    nombre: str
    clave: str
    sha256: str
    tamano: int
    tipo: str
    mime: str
    paginas: int | None
    marcas: tuple[str, ...]


def recibir(
    entorno: Entorno, entidad: str, campo: Archivos, nombre: str, recepcion: Recepcion
) -> Subida | Error:
    """Revisa y guarda lo recibido; si no se puede aceptar, dice por qué y no guarda nada.

    Un archivo de tipo permitido pero dañado o cifrado se recibe con su marca (N04).
    """
    visible = nombre_seguro(nombre)
    recepcion.seek(0)
    revisada = revisar(recepcion, nombre)
    ficha = {
        "nombre": visible,
        "tamano": recepcion.tamano,
        "tipo": revisada.tipo,
        "motivo": revisada.motivo,
    }
    reparo = campo.reparo(ficha)
    if reparo:
        clave, datos = reparo
        return Error(campo.id, clave, campo.frase(clave, **datos))
    return Subida(
        campo=campo.id,
        nombre=visible,
        clave=entorno.almacen.guardar(recepcion, entidad),
        sha256=recepcion.sha256,
        tamano=recepcion.tamano,
        tipo=revisada.tipo or "",
        mime=revisada.mime,
        paginas=revisada.paginas,
        marcas=tuple(revisada.marcas),
    )


def registrar(sesion: Session, entorno: Entorno, subida: Subida, ahora: datetime) -> Archivo:
    """La fila de los bytes de una subida; la misma huella es la misma fila.

    Lanza `AlmacenNoDisponible` si el barrido se llevó los bytes mientras llegaban.
    """
    misma = select(Archivo).where(Archivo.sha256 == subida.sha256)
    archivo = sesion.scalar(misma.with_for_update(read=True, key_share=True))
    if archivo is None:
        if not entorno.almacen.existe(subida.clave):
            raise AlmacenNoDisponible("el archivo no llegó a guardarse")
        archivo = Archivo(
            sha256=subida.sha256,
            clave=subida.clave,
            tamano=subida.tamano,
            tipo=subida.tipo,
            mime=subida.mime,
            paginas=subida.paginas,
            marcas=list(subida.marcas),
            creado_en=ahora,
        )
        sesion.add(archivo)
        sesion.flush()
    encolar(sesion, entorno, archivo, ahora)
    return archivo


def ficha_de(adjunto: Adjunto) -> dict[str, Any]:
    """Un adjunto como lo guardan las respuestas."""
    archivo = adjunto.archivo
    return {
        "id": adjunto.id,
        "nombre": adjunto.nombre,
        "tipo": adjunto.tipo or archivo.tipo,
        "tamano": archivo.tamano,
        "sha256": archivo.sha256,
        "paginas": archivo.paginas,
        "marcas": list(archivo.marcas),
    }


def mismo_contenido(uno: Any, otro: Any) -> bool:
    """Si dos respuestas dicen lo mismo; un archivo que se conserva cambia de fila y no de bytes."""
    return bool(_sin_ids(uno) == _sin_ids(otro))


def _sin_ids(valor: Any) -> Any:
    if isinstance(valor, list):
        return [_sin_id(elemento) for elemento in valor]
    return valor


def _sin_id(elemento: Any) -> Any:
    """La ficha de un archivo sin el id de su fila; lo demás de una lista, como está."""
    if isinstance(elemento, dict) and "sha256" in elemento:
        return {clave: dato for clave, dato in elemento.items() if clave != "id"}
    return elemento


def por_campo(adjuntos: Iterable[Adjunto]) -> Mapping[str, list[dict[str, Any]]]:
    """Los adjuntos agrupados por campo, en su orden."""
    grupos: dict[str, list[dict[str, Any]]] = {}
    for adjunto in sorted(adjuntos, key=lambda a: (a.campo, a.orden, a.id)):
        grupos.setdefault(adjunto.campo, []).append(ficha_de(adjunto))
    return grupos

"""Descargar un archivo: quién puede, y de dónde se leen sus bytes."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from facilita.servicios.codigos import huella
from facilita.tramite.ambito import Ambito
from facilita.tramite.bitacora import anotar
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import NoExiste
from facilita.tramite.modelos import Adjunto, Borrador, Contenido, Movimiento, Solicitud
from facilita.tramite.permisos import Actor, alcance_con_roles, exigir
from facilita.tramite.recorrido import RESERVADOS
from facilita.tramite.seguimiento import hallar


@dataclass(frozen=True)
class Descarga:
    """Un archivo listo para servirse, siempre como adjunto."""

    clave: str
    nombre: str
    tamano: int
    sha256: str
    presentado_en: str | None = None
    """El código del expediente que ya lo tenía: se abre con su identidad."""


def del_personal(entorno: Entorno, actor: Actor, solicitud_id: int, adjunto_id: int) -> Descarga:
    """Un archivo de una solicitud al alcance del actor; queda anotado (N61)."""
    exigir(actor, "solicitud.ver")
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        solicitud = sesion.scalar(
            select(Solicitud).where(Solicitud.id == solicitud_id, alcance_con_roles(actor))
        )
        if solicitud is None:
            raise NoExiste
        descarga = _de_solicitud(sesion, solicitud.id, adjunto_id, con_interno=True)
        anotar(
            sesion, entorno.reloj.ahora(), actor.entidad_id, actor.usuario_id,
            "archivo.descargado", solicitud.numero, adjunto=adjunto_id,
        )  # fmt: skip
        return descarga


def del_ciudadano(entorno: Entorno, codigo: str, adjunto_id: int) -> Descarga:
    """Un archivo del expediente propio; quien llama ya comprobó la identidad."""
    codigo, entidad_id = hallar(entorno, codigo)
    with entorno.bd.lectura(Ambito.de(entidad_id)) as sesion:
        solicitud_id = sesion.scalar(select(Solicitud.id).where(Solicitud.codigo == codigo))
        return _de_solicitud(sesion, solicitud_id or 0, adjunto_id, con_interno=False)


def _de_solicitud(
    sesion: Session, solicitud_id: int, adjunto_id: int, *, con_interno: bool
) -> Descarga:
    adjunto = sesion.scalar(
        select(Adjunto)
        .outerjoin(Contenido, Contenido.id == Adjunto.contenido_id)
        .outerjoin(Movimiento, Movimiento.id == Adjunto.movimiento_id)
        .where(
            Adjunto.id == adjunto_id,
            (Contenido.solicitud_id == solicitud_id) | (Movimiento.solicitud_id == solicitud_id),
        )
    )
    if adjunto is None or not (con_interno or _es_suyo(sesion, adjunto)):
        raise NoExiste
    return _descarga(adjunto)


def _es_suyo(sesion: Session, adjunto: Adjunto) -> bool:
    if adjunto.movimiento_id is None:
        return True
    return sesion.get_one(Movimiento, adjunto.movimiento_id).tipo not in RESERVADOS


def del_borrador(entorno: Entorno, entidad_id: int, ficha: str, adjunto_id: int) -> Descarga:
    """Un archivo que la persona puso en su borrador."""
    with entorno.bd.lectura(Ambito.de(entidad_id)) as sesion:
        adjunto = sesion.scalar(
            select(Adjunto)
            .join(Borrador, Borrador.id == Adjunto.borrador_id)
            .where(Adjunto.id == adjunto_id, Borrador.huella == huella(ficha))
        )
        if adjunto is None:
            raise NoExiste
        return _descarga(adjunto, _ya_presentado_en(sesion, adjunto))


def _ya_presentado_en(sesion: Session, adjunto: Adjunto) -> str | None:
    """En una corrección, el código de la solicitud que ya traía ese archivo."""
    return sesion.scalar(
        select(Solicitud.codigo)
        .join(Borrador, Borrador.subsana_id == Solicitud.id)
        .join(Contenido, Contenido.solicitud_id == Solicitud.id)
        .join(_original, _original.contenido_id == Contenido.id)
        .where(
            Borrador.id == adjunto.borrador_id,
            _original.archivo_id == adjunto.archivo_id,
            _original.id != adjunto.id,
        )
        .limit(1)
    )


_original = aliased(Adjunto)


def de_movimiento(sesion: Session, movimiento_id: int) -> dict[int, Descarga]:
    """Los archivos de un movimiento, por el id de su adjunto y en su orden."""
    suyos = select(Adjunto).where(Adjunto.movimiento_id == movimiento_id).order_by(Adjunto.orden)
    return {adjunto.id: _descarga(adjunto) for adjunto in sesion.scalars(suyos)}


def _descarga(adjunto: Adjunto, presentado_en: str | None = None) -> Descarga:
    archivo = adjunto.archivo
    return Descarga(archivo.clave, adjunto.nombre, archivo.tamano, archivo.sha256, presentado_en)

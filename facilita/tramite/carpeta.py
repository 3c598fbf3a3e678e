"""La carpeta del expediente: sus documentos, su índice y cada uno para descargar.

La ve la persona que presentó y el personal que la alcanza; lo del personal queda anotado (N61).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.orm import Session

from facilita.servicios.codigos import huella
from facilita.tramite import indice, reservados
from facilita.tramite.ambito import Ambito
from facilita.tramite.atencion import tomar
from facilita.tramite.bitacora import anotar
from facilita.tramite.caso import CIUDADANO, Caso, armar_caso
from facilita.tramite.descargas import Descarga
from facilita.tramite.entidades import EntidadPublica
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import NoExiste
from facilita.tramite.modelos import Borrador, Documento, Solicitud
from facilita.tramite.permisos import Actor
from facilita.tramite.seguimiento import hallar

TODAVIA_NO = "Ese documento todavía se está preparando. Vuelve a probar en un momento."


def del_ciudadano(entorno: Entorno, codigo: str) -> indice.Carpeta:
    """La carpeta del expediente propio; quien llama ya comprobó la identidad."""
    with _caso_del_ciudadano(entorno, codigo) as caso:
        return indice.ver(caso)


@contextmanager
def _caso_del_ciudadano(entorno: Entorno, codigo: str) -> Iterator[Caso]:
    codigo, entidad_id = hallar(entorno, codigo)
    with entorno.bd.lectura(Ambito.de(entidad_id)) as sesion:
        solicitud = sesion.scalar(select(Solicitud).where(Solicitud.codigo == codigo))
        if solicitud is None:
            raise NoExiste
        yield armar_caso(sesion, entorno, solicitud, CIUDADANO, entorno.reloj.ahora())


def del_personal(entorno: Entorno, actor: Actor, solicitud_id: int, para: str) -> indice.Carpeta:
    """La carpeta de una solicitud al alcance del actor, con lo interno; queda anotado (N61)."""
    with tomar(entorno, actor, solicitud_id, "solicitud.ver", con_roles=True) as caso:
        anotar(
            caso.sesion, caso.ahora, actor.entidad_id, actor.usuario_id, f"expediente.{para}",
            caso.solicitud.numero,
        )  # fmt: skip
        return indice.ver(caso, con_internas=True)


def documento_del_ciudadano(entorno: Entorno, codigo: str, documento_id: int) -> Descarga:
    """Un documento del expediente propio; quien llama ya comprobó la identidad."""
    with _caso_del_ciudadano(entorno, codigo) as caso:
        _exigir_abierto(caso, documento_id)
        return _descarga(caso.sesion, caso.solicitud.id, documento_id, caso.solicitud.numero)


def cargo_del_ciudadano(entorno: Entorno, codigo: str) -> Descarga:
    """El cargo del expediente propio; quien llama ya comprobó la identidad (N20)."""
    with _caso_del_ciudadano(entorno, codigo) as caso:
        documento = _ultimo(caso.sesion, caso.solicitud.id, "cargo")
        if documento is None:
            raise NoExiste("No encontramos ese documento.")
        return _de(documento, caso.solicitud.numero)


def documento_del_personal(
    entorno: Entorno, actor: Actor, solicitud_id: int, documento_id: int
) -> Descarga:
    """Un documento de una solicitud al alcance del actor; queda anotado (N61)."""
    with tomar(entorno, actor, solicitud_id, "solicitud.ver", con_roles=True) as caso:
        anotar(
            caso.sesion, caso.ahora, actor.entidad_id, actor.usuario_id, "documento.descargado",
            caso.solicitud.numero, documento=documento_id,
        )  # fmt: skip
        return _descarga(caso.sesion, caso.solicitud.id, documento_id, caso.solicitud.numero)


def _descarga(sesion: Session, solicitud_id: int, documento_id: int, numero: str) -> Descarga:
    documento = sesion.scalar(
        select(Documento).where(
            Documento.id == documento_id, Documento.solicitud_id == solicitud_id
        )
    )
    if documento is None:
        raise NoExiste("No encontramos ese documento.")
    return _de(documento, numero)


def _exigir_abierto(caso: Caso, documento_id: int) -> None:
    """Lo que se notifica por la casilla se abre ahí: antes no existe en el expediente (N51)."""
    ocultas = reservados.de_solicitud(caso.sesion, caso.solicitud.id).respuestas
    documento = caso.sesion.get(Documento, documento_id)
    if documento and documento.clase == "respuesta" and documento.orden in ocultas:
        raise NoExiste("Abre primero esta respuesta en tu casilla electrónica.")


def _de(documento: Documento, numero: str) -> Descarga:
    archivo = documento.archivo
    if archivo is None:
        raise NoExiste(TODAVIA_NO)
    nombre = indice.de_documento(documento).archivo.removesuffix(".pdf")
    return Descarga(archivo.clave, f"{nombre}-{numero}.pdf", archivo.tamano, archivo.sha256)


def recien_presentado(entorno: Entorno, entidad: EntidadPublica, ficha: str) -> Documento | None:
    """El cargo, o la constancia de la corrección, de lo que se presentó con un borrador."""
    with entorno.bd.lectura(Ambito.de(entidad.id)) as sesion:
        borrador = sesion.scalar(select(Borrador).where(Borrador.huella == huella(ficha)))
        if borrador is None:
            return None
        if borrador.subsana_id is not None:
            return _ultimo(sesion, borrador.subsana_id, "constancia")
        cual = select(Solicitud.id).where(Solicitud.borrador_id == borrador.id)
        return _ultimo(sesion, sesion.scalar(cual) or 0, "cargo")


def _ultimo(sesion: Session, solicitud_id: int, clase: str) -> Documento | None:
    return sesion.scalar(
        select(Documento)
        .where(Documento.solicitud_id == solicitud_id, Documento.clase == clase)
        .order_by(Documento.orden.desc())
        .limit(1)
    )


def descarga_recien_presentado(entorno: Entorno, entidad: EntidadPublica, ficha: str) -> Descarga:
    """El PDF de lo que se presentó con un borrador; lanza `NoExiste` si aún no está."""
    documento = recien_presentado(entorno, entidad, ficha)
    if documento is None:
        raise NoExiste("No encontramos ese documento.")
    with entorno.bd.lectura(Ambito.de(entidad.id)) as sesion:
        numero = sesion.scalar(
            select(Solicitud.numero).where(Solicitud.id == documento.solicitud_id)
        )
    return _de(documento, numero or "")


def buscar(entorno: Entorno, codigo: str, clase: str, orden: int) -> Documento | None:
    """Un documento del expediente propio; quien llama ya comprobó la identidad."""
    codigo, entidad_id = hallar(entorno, codigo)
    with entorno.bd.lectura(Ambito.de(entidad_id)) as sesion:
        return sesion.scalar(
            select(Documento)
            .join(Solicitud, Solicitud.id == Documento.solicitud_id)
            .where(Solicitud.codigo == codigo, Documento.clase == clase, Documento.orden == orden)
        )

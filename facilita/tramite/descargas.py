"""Descargar un archivo: quién puede, y de dónde se leen sus bytes."""

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from facilita.definicion.campos import Error
from facilita.definicion.limpieza import varias_lineas
from facilita.servicios.codigos import huella
from facilita.tramite import reservados
from facilita.tramite.ambito import Ambito
from facilita.tramite.analisis import Estado, estado_de
from facilita.tramite.bitacora import anotar
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto, EnCuarentena, Invalido, NoExiste
from facilita.tramite.modelos import Adjunto, Borrador, Contenido, Movimiento, Solicitud
from facilita.tramite.permisos import Actor, alcance_con_roles, exigir
from facilita.tramite.recorrido import DEL_PERSONAL
from facilita.tramite.seguimiento import hallar

LARGO_DE_MOTIVO = 500


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
        solicitud = _a_su_alcance(sesion, actor, solicitud_id)
        adjunto = _abrible(sesion, _de_solicitud(sesion, solicitud.id, adjunto_id))
        anotar(
            sesion, entorno.reloj.ahora(), actor.entidad_id, actor.usuario_id,
            "archivo.descargado", solicitud.numero, adjunto=adjunto_id,
        )  # fmt: skip
        return _descarga(adjunto)


@dataclass(frozen=True)
class Apartado:
    """Un archivo en cuarentena: qué se halló en él y en qué solicitud está."""

    nombre: str
    numero: str
    estado: Estado


def ver_apartado(entorno: Entorno, actor: Actor, solicitud_id: int, adjunto_id: int) -> Apartado:
    """Lo que se sabe de un archivo en cuarentena; queda anotado. Lanza `NoExiste` si no lo está."""
    exigir(actor, "archivo.abrir_infectado")
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        solicitud = _a_su_alcance(sesion, actor, solicitud_id)
        adjunto = _de_solicitud(sesion, solicitud.id, adjunto_id)
        estado = estado_de(sesion, adjunto.archivo_id)
        if not estado.infectado:
            raise NoExiste("Este archivo no está apartado.")
        anotar(
            sesion, entorno.reloj.ahora(), actor.entidad_id, actor.usuario_id,
            "archivo.apartado_visto", solicitud.numero, adjunto=adjunto_id,
        )  # fmt: skip
        return Apartado(adjunto.nombre, solicitud.numero, estado)


def abrir_apartado(
    entorno: Entorno, actor: Actor, solicitud_id: int, adjunto_id: int, motivo: str | None
) -> Descarga:
    """Un archivo en cuarentena, con permiso y por un motivo que queda anotado (N61).

    Su nombre termina en «.infectado»: no se abre solo al tocarlo.
    """
    exigir(actor, "archivo.abrir_infectado")
    escrito = varias_lineas(motivo)
    if not escrito or len(escrito) > LARGO_DE_MOTIVO:
        frase = f"Escribe para qué lo descargas, en {LARGO_DE_MOTIVO} caracteres como máximo."
        raise Invalido([Error("motivo", "motivo", frase)])
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        solicitud = _a_su_alcance(sesion, actor, solicitud_id)
        adjunto = _de_solicitud(sesion, solicitud.id, adjunto_id)
        if not estado_de(sesion, adjunto.archivo_id).infectado:
            raise Conflicto("Este archivo ya no está apartado: descárgalo como los demás.")
        anotar(
            sesion, entorno.reloj.ahora(), actor.entidad_id, actor.usuario_id,
            "archivo.infectado_descargado", solicitud.numero, adjunto=adjunto_id, motivo=escrito,
        )  # fmt: skip
        suya = _descarga(adjunto)
        return replace(suya, nombre=f"{suya.nombre}.infectado")


def _a_su_alcance(sesion: Session, actor: Actor, solicitud_id: int) -> Solicitud:
    suya = select(Solicitud).where(Solicitud.id == solicitud_id, alcance_con_roles(actor))
    solicitud = sesion.scalar(suya)
    if solicitud is None:
        raise NoExiste
    return solicitud


def _abrible(sesion: Session, adjunto: Adjunto) -> Adjunto:
    """El mismo adjunto si no está en cuarentena; si no, lanza `EnCuarentena`."""
    if estado_de(sesion, adjunto.archivo_id).infectado:
        raise EnCuarentena
    return adjunto


def del_ciudadano(entorno: Entorno, codigo: str, adjunto_id: int) -> Descarga:
    """Un archivo del expediente propio; quien llama ya comprobó la identidad."""
    codigo, entidad_id = hallar(entorno, codigo)
    with entorno.bd.lectura(Ambito.de(entidad_id)) as sesion:
        solicitud_id = sesion.scalar(select(Solicitud.id).where(Solicitud.codigo == codigo))
        suyo = _de_solicitud(sesion, solicitud_id or 0, adjunto_id, con_interno=False)
        return _descarga(_abrible(sesion, suyo))


def _de_solicitud(
    sesion: Session, solicitud_id: int, adjunto_id: int, *, con_interno: bool = True
) -> Adjunto:
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
    return adjunto


def _es_suyo(sesion: Session, adjunto: Adjunto) -> bool:
    if adjunto.movimiento_id is None:
        return True
    suyo = sesion.get_one(Movimiento, adjunto.movimiento_id)
    ocultos = reservados.de_solicitud(sesion, suyo.solicitud_id).movimientos
    return suyo.tipo not in DEL_PERSONAL and suyo.id not in ocultos


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
        return _descarga(_abrible(sesion, adjunto), _ya_presentado_en(sesion, adjunto))


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

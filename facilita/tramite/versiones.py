"""Poner a la vista una versión de un formulario, dentro de la transacción de quien publica."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from facilita.definicion import Definicion
from facilita.tramite import encargos, privacidad
from facilita.tramite.bitacora import anotar
from facilita.tramite.entidades import exigir_activa, publica
from facilita.tramite.errores import Conflicto, NoExiste
from facilita.tramite.modelos import Area, Entidad, Formulario, Publicacion, Version


@dataclass(frozen=True)
class Publicado:
    """El resultado de publicar."""

    formulario: str
    version: int
    digest: str
    es_nueva: bool
    cambio: str = "nueva"
    """«nueva», «repuesta» en lugar de otra, «vuelve» tras retirarse o «ninguno»."""
    sin_nadie: tuple[str, ...] = ()
    """Los roles que nadie cumple todavía, por su etiqueta."""
    sin_declarar: tuple[str, ...] = ()
    """Lo que su aviso de privacidad debe decir y nadie declaró todavía (N34)."""


@dataclass(frozen=True)
class Motivo:
    """Quién publica o retira, por qué y cuándo."""

    cuando: datetime
    texto: str
    usuario_id: int | None = None


def poner(
    sesion: Session,
    entidad_id: int,
    definicion: Definicion,
    fuente: str,
    motivo: Motivo,
    area: str | None = None,
) -> Publicado:
    """Deja vigente ese contenido; el mismo no crea otra versión. El suceso queda con su porqué."""
    _exigir_plataforma(sesion, entidad_id, definicion)
    exigir_activa(sesion.get_one(Entidad, entidad_id))
    formulario = _formulario(sesion, entidad_id, definicion, motivo.cuando, area)
    antes = formulario.vigente_id
    version, es_nueva = _version(sesion, formulario, definicion, fuente, motivo.cuando)
    if formulario.vigente_id != version.id:
        formulario.vigente_id = version.id
        formulario.titulo = definicion.titulo
        formulario.aviso = None
        anotar_publicacion(sesion, formulario, version.id, motivo, "formulario.publicado")
        encargos.poner_al_dia(sesion, formulario.id, definicion)
    return Publicado(
        formulario.slug,
        version.numero,
        version.digest,
        es_nueva,
        _cambio(antes, version.id, es_nueva=es_nueva),
        encargos.sin_nadie(sesion, formulario.id, definicion),
        privacidad.faltan(publica(sesion, sesion.get_one(Entidad, entidad_id)), definicion),
    )


def retirar(sesion: Session, formulario: Formulario, aviso: str | None, motivo: Motivo) -> None:
    """Deja de ofrecer el formulario; el aviso es lo que se le dice a quien llega."""
    formulario.vigente_id = None
    formulario.aviso = (aviso or "").strip()[:500] or None
    anotar_publicacion(sesion, formulario, None, motivo, "formulario.retirado")


def anotar_publicacion(
    sesion: Session, formulario: Formulario, version_id: int | None, motivo: Motivo, accion: str
) -> None:
    """El suceso de publicar una versión, o de retirar el formulario (sin versión)."""
    sesion.add(
        Publicacion(
            formulario_id=formulario.id,
            version_id=version_id,
            usuario_id=motivo.usuario_id,
            motivo=motivo.texto[:500],
            cuando=motivo.cuando,
        )
    )
    entidad_id = formulario.entidad_id
    anotar(sesion, motivo.cuando, entidad_id, motivo.usuario_id, accion, formulario.slug)


def _exigir_plataforma(sesion: Session, entidad_id: int, definicion: Definicion) -> None:
    if definicion.es_de_plataforma and not sesion.get_one(Entidad, entidad_id).es_plataforma:
        raise Conflicto(
            "Este formulario actúa sobre la plataforma («plataforma: true»): solo se publica en la "
            "entidad que la administra."
        )


def _cambio(antes: int | None, ahora: int, *, es_nueva: bool) -> str:
    if es_nueva:
        return "nueva"
    if antes is None:
        return "vuelve"
    return "ninguno" if antes == ahora else "repuesta"


def _formulario(
    sesion: Session, entidad_id: int, definicion: Definicion, ahora: Any, area: str | None
) -> Formulario:
    formulario = sesion.scalar(
        select(Formulario).where(Formulario.slug == definicion.id).with_for_update()
    )
    if formulario is None:
        formulario = Formulario(
            entidad_id=entidad_id,
            slug=definicion.id,
            plantilla=definicion.dato.get("origen", ""),
            titulo=definicion.titulo,
            creado_en=ahora,
        )
        sesion.add(formulario)
    if area is not None:
        formulario.area_id = sesion.scalar(select(Area.id).where(Area.codigo == area))
        if formulario.area_id is None:
            hay = ", ".join(sesion.scalars(select(Area.codigo).order_by(Area.codigo))) or "ninguna"
            raise NoExiste(f"La entidad no tiene un área «{area}». Hay: {hay}.")
    sesion.flush()
    return formulario


def _version(
    sesion: Session, formulario: Formulario, definicion: Definicion, texto: str, ahora: Any
) -> tuple[Version, bool]:
    de_este = select(Version).where(Version.formulario_id == formulario.id)
    igual = sesion.scalar(de_este.where(Version.digest == definicion.digest))
    if igual is not None:
        return igual, False
    ultima = sesion.scalar(
        select(func.max(Version.numero)).where(Version.formulario_id == formulario.id)
    )
    version = Version(
        formulario_id=formulario.id,
        numero=(ultima or 0) + 1,
        digest=definicion.digest,
        canonico=definicion.canonico,
        fuente=texto,
        creada_en=ahora,
    )
    sesion.add(version)
    sesion.flush()
    return version, True

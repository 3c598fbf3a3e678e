"""La historia de un formulario: sus versiones, qué hay en curso con cada una, volver y retirar."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from facilita.definicion import abrir
from facilita.definicion.campos import Error
from facilita.definicion.limpieza import una_linea
from facilita.tramite import obras, versiones
from facilita.tramite.ambito import Ambito
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto, Invalido, NoExiste
from facilita.tramite.modelos import (
    Borrador,
    Formulario,
    Obra,
    Publicacion,
    Solicitud,
    Usuario,
    Version,
)
from facilita.tramite.normalizar import guardable
from facilita.tramite.permisos import Actor, exigir
from facilita.tramite.publicaciones import causa_de, diferencias
from facilita.tramite.versiones import Publicado


@dataclass(frozen=True)
class EnCurso:
    """Lo que todavía se llena o se atiende con una versión."""

    solicitudes: int = 0
    borradores: int = 0


@dataclass(frozen=True)
class Suceso:
    """Una publicación o un retiro: quién, cuándo y por qué."""

    cuando: datetime
    quien: str
    motivo: str
    numero: int | None
    """La versión que se publicó; nada, si se retiró."""


@dataclass(frozen=True)
class VersionVista:
    """Una versión, con lo que está en curso con ella y en qué se distingue de la anterior."""

    numero: int
    digest: str
    creada_en: datetime
    es_vigente: bool
    en_curso: EnCurso
    diferencias: tuple[str, ...]


@dataclass(frozen=True)
class Historia:
    """Las versiones de un formulario y los sucesos, de lo último a lo primero."""

    slug: str
    titulo: str
    vigente: int | None
    aviso: str | None
    versiones: tuple[VersionVista, ...]
    sucesos: tuple[Suceso, ...]
    en_obra: bool


def historia(entorno: Entorno, actor: Actor, slug: str) -> Historia:
    """Las versiones de un formulario: quién, cuándo, por qué, qué cambió y qué hay en curso."""
    exigir(actor, "formulario.construir")
    with entorno.bd.lectura(Ambito.de(actor.entidad_id)) as sesion:
        formulario = _formulario(sesion, slug)
        suyas = select(Version).where(Version.formulario_id == formulario.id)
        filas = sesion.scalars(
            suyas.order_by(Version.numero.desc()).options(undefer(Version.canonico))
        ).all()
        en_curso = _en_curso(sesion, formulario.id, entorno.reloj.ahora())
        datos = [json.loads(v.canonico) for v in filas]
        vistas = tuple(
            VersionVista(
                v.numero,
                v.digest,
                v.creada_en,
                v.id == formulario.vigente_id,
                en_curso.get(v.id, EnCurso()),
                diferencias(datos[n + 1], datos[n]) if n + 1 < len(datos) else (),
            )
            for n, v in enumerate(filas)
        )
        return Historia(
            formulario.slug,
            formulario.titulo,
            next((v.numero for v in vistas if v.es_vigente), None),
            formulario.aviso,
            vistas,
            _sucesos(sesion, formulario.id),
            sesion.scalar(select(Obra.id).where(Obra.slug == formulario.slug)) is not None,
        )


def _formulario(sesion: Session, slug: str) -> Formulario:
    suyo = select(Formulario).where(Formulario.slug == guardable(slug))
    formulario = sesion.scalar(suyo.with_for_update())
    if formulario is None:
        raise NoExiste("La entidad no tiene ese formulario.")
    return formulario


def _sucesos(sesion: Session, formulario_id: int) -> tuple[Suceso, ...]:
    filas = sesion.execute(
        select(Publicacion.cuando, Usuario.nombres, Publicacion.motivo, Version.numero)
        .outerjoin(Usuario, Usuario.id == Publicacion.usuario_id)
        .outerjoin(Version, Version.id == Publicacion.version_id)
        .where(Publicacion.formulario_id == formulario_id)
        .order_by(Publicacion.id.desc())
    ).all()
    return tuple(Suceso(c, quien or "La plataforma", motivo, n) for c, quien, motivo, n in filas)


def _en_curso(sesion: Session, formulario_id: int, ahora: datetime) -> dict[int, EnCurso]:
    abiertas = _contadas(
        sesion,
        select(Solicitud.version_id, func.count())
        .where(Solicitud.formulario_id == formulario_id, Solicitud.abierta)
        .group_by(Solicitud.version_id),
    )
    llenando = _contadas(
        sesion,
        select(Borrador.version_id, func.count())
        .join(Version, Version.id == Borrador.version_id)
        .where(
            Version.formulario_id == formulario_id,
            Borrador.presentado.is_(False),
            Borrador.subsana_id.is_(None),
            Borrador.vence_en > ahora,
        )
        .group_by(Borrador.version_id),
    )
    return {v: EnCurso(abiertas.get(v, 0), llenando.get(v, 0)) for v in {*abiertas, *llenando}}


def _contadas(sesion: Session, consulta: Any) -> dict[int, int]:
    return {int(version): int(cuantas) for version, cuantas in sesion.execute(consulta)}


def volver(entorno: Entorno, actor: Actor, slug: str, numero: int, motivo: str) -> Publicado:
    """Vuelve a publicar el contenido de una versión anterior: queda como un suceso nuevo."""
    exigir(actor, "formulario.publicar")
    causa = causa_de(entorno, actor, motivo)
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        formulario = _formulario(sesion, slug)
        version = _version(sesion, formulario, numero)
        if version.id == formulario.vigente_id:
            raise Conflicto("Esa versión ya es la vigente.")
        definicion = abrir(version.canonico)
        resultado = versiones.poner(sesion, actor.entidad_id, definicion, version.fuente, causa)
        _poner_en_obra(sesion, entorno, actor, version)
    entorno.punteros.olvidar()
    return resultado


def _version(sesion: Session, formulario: Formulario, numero: int) -> Version:
    version = sesion.scalar(
        select(Version)
        .where(Version.formulario_id == formulario.id, Version.numero == numero)
        .options(undefer(Version.canonico), undefer(Version.fuente))
    )
    if version is None:
        raise NoExiste("El formulario no tiene esa versión.")
    return version


def _poner_en_obra(sesion: Session, entorno: Entorno, actor: Actor, version: Version) -> None:
    """Si el formulario está en obra, la obra también vuelve: es un paso más, que se deshace."""
    slug = sesion.get_one(Formulario, version.formulario_id).slug
    obra = sesion.scalar(select(Obra).where(Obra.slug == slug).with_for_update())
    if obra is None:
        return
    documento, _ = obras.fuente_de(entorno, version)
    if documento["plantilla"] == obra.plantilla:
        hecho = f"Se volvió a publicar la versión {version.numero}"
        obras.dejar_paso(sesion, entorno, actor, obra, documento, hecho)
        obra.base = version.digest


def retirar(entorno: Entorno, actor: Actor, slug: str, motivo: str, aviso: str) -> None:
    """Deja de ofrecer un formulario; a quien llegue se le dice el aviso. Lo presentado sigue."""
    exigir(actor, "formulario.publicar")
    causa = causa_de(entorno, actor, motivo)
    dicho = (una_linea(aviso) or "")[:500]
    if not dicho:
        frase = "Escribe qué se le dice a quien llega: por ejemplo, dónde presentar ahora."
        raise Invalido([Error("aviso", "vacio", frase)])
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        formulario = _formulario(sesion, slug)
        if formulario.vigente_id is None:
            raise Conflicto("Ese formulario ya estaba retirado.")
        versiones.retirar(sesion, formulario, dicho, causa)
    entorno.punteros.olvidar()

"""La estantería: los formularios que una entidad tiene y las plantillas que puede usar."""

from dataclasses import dataclass

from sqlalchemy import select

from facilita.tramite import obras
from facilita.tramite.ambito import Ambito
from facilita.tramite.entorno import Entorno
from facilita.tramite.modelos import Entidad, Formulario, Obra, Version
from facilita.tramite.permisos import Actor, exigir


@dataclass(frozen=True)
class Tenido:
    """Un formulario de la entidad: publicado, retirado o todavía en obra."""

    slug: str
    titulo: str
    version: int | None
    en_obra: bool
    retirado: bool
    con_cambios: bool
    """Si la obra dice algo distinto de lo publicado."""


@dataclass(frozen=True)
class Ofrecida:
    """Una plantilla que la entidad puede usar."""

    id: str
    titulo: str
    normas: tuple[str, ...]
    usada: bool


def listar(entorno: Entorno, actor: Actor) -> tuple[tuple[Tenido, ...], tuple[Ofrecida, ...]]:
    """Los formularios de la entidad y las plantillas que puede usar."""
    exigir(actor, "formulario.construir")
    with entorno.bd.lectura(Ambito.de(actor.entidad_id)) as sesion:
        entidad = sesion.get_one(Entidad, actor.entidad_id)
        filas = sesion.execute(
            select(Formulario, Version.numero)
            .outerjoin(Version, Version.id == Formulario.vigente_id)
            .order_by(Formulario.id)
        ).all()
        en_obra = {o.slug: o for o in sesion.scalars(select(Obra).order_by(Obra.id))}
        iguales = {
            slug for slug, o in en_obra.items() if obras.leida(sesion, entorno, o).es_lo_publicado
        }
        hechos = [
            Tenido(
                f.slug,
                f.titulo,
                n,
                f.slug in en_obra,
                f.vigente_id is None,
                f.slug in en_obra and f.slug not in iguales,
            )
            for f, n in filas
        ]
        slugs = {t.slug for t in hechos}
        nuevos = [
            Tenido(o.slug, o.titulo, None, True, False, True)
            for o in en_obra.values()
            if o.slug not in slugs
        ]
        usadas = {f.plantilla for f, _ in filas}
        usadas |= {o.plantilla.split("@")[0] for o in en_obra.values()}
    return (*hechos, *nuevos), _ofrecidas(entorno, usadas, de_plataforma=entidad.es_plataforma)


def _ofrecidas(entorno: Entorno, usadas: set[str], *, de_plataforma: bool) -> tuple[Ofrecida, ...]:
    ids = sorted({d["plantilla"] for d in entorno.catalogo.plantillas.values()})
    ultimas = [u[1] for i in ids if (u := entorno.catalogo.ultima(i))]
    return tuple(
        Ofrecida(
            d["plantilla"], d["titulo"], tuple(d.get("base_legal", ())), d["plantilla"] in usadas
        )
        for d in sorted(ultimas, key=lambda d: d["plantilla"] != "mesa-de-partes")
        if de_plataforma or not d.get("plataforma")
    )

"""La dirección de una entidad nueva: sale de sus siglas o de su nombre y no la usa nadie más."""

import re
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from facilita.tramite.entidades import SLUGS_RESERVADOS
from facilita.tramite.modelos import Entidad
from facilita.tramite.normalizar import normalizar

LARGO = 60


def slug_libre(sesion: Session, siglas: str | None, nombre: str) -> str:
    """Una dirección que se puede dictar y que ninguna entidad usa."""
    return elegir_slug(siglas, nombre, lambda slug: _ocupado(sesion, slug))


def elegir_slug(siglas: str | None, nombre: str, ocupado: Callable[[str], bool]) -> str:
    """De las siglas o del nombre; si ya está, con un número."""
    base = _slug(siglas or "") or _slug(nombre) or "entidad"
    n, slug = 1, base
    while slug in SLUGS_RESERVADOS or ocupado(slug):
        n += 1
        slug = f"{base[: LARGO - 5]}-{n}"
    return slug


def _slug(texto: str) -> str:
    slug = re.sub("[^a-z0-9]+", "-", normalizar(texto)).strip("-")[:LARGO].strip("-")
    # Una dirección empieza con letra.
    return slug if slug[:1].isalpha() or not slug else f"entidad-{slug}"[:LARGO]


def _ocupado(sesion: Session, slug: str) -> bool:
    return sesion.scalar(select(Entidad.id).where(Entidad.slug == slug)) is not None

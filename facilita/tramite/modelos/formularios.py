"""Los formularios publicados: versiones inmutables y publicaciones como sucesos con fecha."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facilita.tramite.bd import Base, ConId, DeEntidad


class Formulario(ConId, DeEntidad, Base):
    """Una dirección pública donde una entidad recibe: su slug no cambia una vez usado."""

    __tablename__ = "formulario"
    __table_args__ = (
        UniqueConstraint("entidad_id", "id"),
        UniqueConstraint("entidad_id", "slug"),
        ForeignKeyConstraint(["entidad_id", "area_id"], ["area.entidad_id", "area.id"]),
    )

    slug: Mapped[str] = mapped_column(String(60))
    plantilla: Mapped[str] = mapped_column(String(60))
    titulo: Mapped[str] = mapped_column(String(200))
    area_id: Mapped[int | None]
    """El área que recibe lo que llega por este formulario (N05)."""
    vigente_id: Mapped[int | None]
    """La versión que se ofrece hoy; nada si se retiró."""
    creado_en: Mapped[datetime]
    aviso: Mapped[str | None] = mapped_column(String(500))
    """Lo que se le dice a quien llega a un formulario retirado."""
    horario: Mapped[dict[str, Any] | None]
    """El suyo, si el bloque de horario de la entidad deja cambiarlo (N42)."""


class Version(ConId, DeEntidad, Base):
    """El contenido exacto de un formulario, identificado por su digest. No cambia nunca."""

    __tablename__ = "version"
    __table_args__ = (
        UniqueConstraint("entidad_id", "id"),
        UniqueConstraint("formulario_id", "digest"),
        UniqueConstraint("formulario_id", "numero"),
        ForeignKeyConstraint(
            ["entidad_id", "formulario_id"], ["formulario.entidad_id", "formulario.id"]
        ),
    )
    inmutable = True

    formulario_id: Mapped[int]
    numero: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64), index=True)
    plantilla_version: Mapped[int | None]
    canonico: Mapped[str] = mapped_column(Text, deferred=True)
    fuente: Mapped[str] = mapped_column(Text, deferred=True)
    """El YAML con que se publicó: la plantilla nombrada y los cambios, o la definición entera."""
    creada_en: Mapped[datetime]


class Publicacion(ConId, DeEntidad, Base):
    """El suceso de publicar una versión o de retirar el formulario (sin versión)."""

    __tablename__ = "publicacion"
    __table_args__ = (
        ForeignKeyConstraint(
            ["entidad_id", "formulario_id"], ["formulario.entidad_id", "formulario.id"]
        ),
        ForeignKeyConstraint(["entidad_id", "version_id"], ["version.entidad_id", "version.id"]),
    )
    inmutable = True

    formulario_id: Mapped[int]
    version_id: Mapped[int | None]
    usuario_id: Mapped[int | None] = mapped_column(ForeignKey("usuario.id"))
    motivo: Mapped[str] = mapped_column(String(500))
    cuando: Mapped[datetime]

    version: Mapped[Version | None] = relationship(viewonly=True)

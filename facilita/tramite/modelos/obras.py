"""Los formularios en obra: lo que una entidad cambia y todavía no publica."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from facilita.tramite.bd import Base, ConId, DeEntidad


class Obra(ConId, DeEntidad, Base):
    """Los cambios sin publicar de un formulario: una obra por dirección, para todo el que edita."""

    __tablename__ = "obra"
    __table_args__ = (UniqueConstraint("entidad_id", "id"), UniqueConstraint("entidad_id", "slug"))

    slug: Mapped[str] = mapped_column(String(60))
    plantilla: Mapped[str] = mapped_column(String(80))
    """La plantilla y su versión: «mesa-de-partes@1»."""
    titulo: Mapped[str] = mapped_column(String(200))
    paso: Mapped[int]
    """El número del paso en que está: deshacer lo baja y rehacer lo sube."""
    revision: Mapped[int]
    """Cambia con cada escritura: quien edita sobre una que ya no está se entera y no escribe."""
    base: Mapped[str | None] = mapped_column(String(64))
    """El digest de lo publicado cuando empezó: si otro publica por fuera, se sabe."""
    creada_en: Mapped[datetime]
    cambiada_en: Mapped[datetime]
    cambiada_por_id: Mapped[int | None] = mapped_column(ForeignKey("usuario.id"))


class PasoDeObra(ConId, DeEntidad, Base):
    """Los cambios enteros después de una acción; por eso deshacer da los mismos bytes."""

    __tablename__ = "paso_de_obra"
    __table_args__ = (
        UniqueConstraint("obra_id", "numero"),
        ForeignKeyConstraint(["entidad_id", "obra_id"], ["obra.entidad_id", "obra.id"]),
    )

    obra_id: Mapped[int]
    numero: Mapped[int]
    documento: Mapped[str] = mapped_column(Text, deferred=True)
    hecho: Mapped[str] = mapped_column(String(500))
    usuario_id: Mapped[int | None] = mapped_column(ForeignKey("usuario.id"))
    cuando: Mapped[datetime]


class Ensayo(ConId, DeEntidad, Base):
    """Lo que alguien del personal llena para probar una obra: no se presenta ni tiene número."""

    __tablename__ = "ensayo"
    __table_args__ = (
        UniqueConstraint("obra_id", "usuario_id"),
        ForeignKeyConstraint(["entidad_id", "obra_id"], ["obra.entidad_id", "obra.id"]),
    )

    obra_id: Mapped[int]
    usuario_id: Mapped[int] = mapped_column(ForeignKey("usuario.id"))
    crudo: Mapped[dict[str, Any]]
    tocado_en: Mapped[datetime]

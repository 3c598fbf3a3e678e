"""La dirección de la página de gob.pe que cada entidad publicó, y si responde."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facilita.tramite.bd import Base, ConId, DeEntidad
from facilita.tramite.modelos.personas import Usuario


class DireccionGobpe(ConId, DeEntidad, Base):
    """La dirección donde la entidad dijo que publicó su página. Solo se agregan: vale la última.

    Sin `direccion`, dijo que ya no está publicada.
    """

    __tablename__ = "direccion_gobpe"
    __table_args__ = (
        UniqueConstraint("entidad_id", "id"),
        Index("ix_direccion_gobpe_cuando", "cuando"),
    )
    inmutable = True

    cuando: Mapped[datetime]
    direccion: Mapped[str | None] = mapped_column(String(300))
    usuario_id: Mapped[int | None] = mapped_column(ForeignKey("usuario.id"))

    usuario: Mapped[Usuario | None] = relationship(viewonly=True)


class Sondeada(ConId, DeEntidad, Base):
    """Una vez que se miró si esa dirección respondía. Solo se agregan."""

    __tablename__ = "sondeada"
    __table_args__ = (
        ForeignKeyConstraint(
            ["entidad_id", "direccion_id"], ["direccion_gobpe.entidad_id", "direccion_gobpe.id"]
        ),
        Index("ix_sondeada_direccion_id_cuando", "direccion_id", "cuando"),
    )
    inmutable = True

    cuando: Mapped[datetime]
    direccion_id: Mapped[int]
    responde: Mapped[bool]
    detalle: Mapped[str] = mapped_column(String(300))

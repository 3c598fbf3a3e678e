"""Lo que le pasa a cada entidad en la plataforma, con su fecha, y el sistema propio que usa."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facilita.tramite.bd import Base, ConId, DeEntidad
from facilita.tramite.modelos.personas import Usuario


class SucesoDeEntidad(ConId, DeEntidad, Base):
    """Algo que le pasó a una entidad en la plataforma. Solo se agregan."""

    __tablename__ = "suceso_de_entidad"
    __table_args__ = (Index("ix_suceso_de_entidad_cuando", "cuando"),)
    inmutable = True

    clase: Mapped[str] = mapped_column(String(30))
    """«registrada», «datos», «acceso», «suspendida» o «reactivada»."""
    cuando: Mapped[datetime]
    usuario_id: Mapped[int | None] = mapped_column(ForeignKey("usuario.id"))
    motivo: Mapped[str | None] = mapped_column(String(500))
    datos: Mapped[dict[str, Any]]
    """Cómo quedó la entidad: nombre, RUC, tipo, distrito. De aquí salen los reportes de un día."""

    usuario: Mapped[Usuario | None] = relationship(viewonly=True)


class SistemaPropio(ConId, DeEntidad, Base):
    """La mesa de partes digital que una entidad tiene fuera de la plataforma, como la reportó.

    Solo se agregan: vale la última. Sin `direccion`, dijo que ya no la tiene.
    """

    __tablename__ = "sistema_propio"
    inmutable = True

    cuando: Mapped[datetime]
    direccion: Mapped[str | None] = mapped_column(String(300))
    desde: Mapped[date | None]
    """Desde qué día recibe."""
    como_informa: Mapped[str | None] = mapped_column(String(1000))
    """Cómo le dice a la persona en qué estado va lo suyo."""
    contacto: Mapped[str | None] = mapped_column(String(150))
    correo: Mapped[str | None] = mapped_column(String(254))
    telefono: Mapped[str | None] = mapped_column(String(40))
    solicitud: Mapped[str | None] = mapped_column(String(40))
    """El número de registro de la solicitud con que lo reportó."""
    usuario_id: Mapped[int | None] = mapped_column(ForeignKey("usuario.id"))

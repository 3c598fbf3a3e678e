"""El reporte de cumplimiento de cada entidad: cada envío y cada decisión, con su fecha."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facilita.tramite.bd import Base, ConId, DeEntidad
from facilita.tramite.modelos.personas import Usuario


class SucesoDeReporte(ConId, DeEntidad, Base):
    """Que la entidad envió su reporte, o que la SGTD lo aceptó u observó. Solo se agregan."""

    __tablename__ = "suceso_de_reporte"
    __table_args__ = (
        UniqueConstraint("entidad_id", "orden"),
        Index("ix_suceso_de_reporte_cuando", "cuando"),
    )
    inmutable = True

    cuando: Mapped[datetime]
    orden: Mapped[int]
    """Su lugar entre los de su entidad: dos a la vez no pueden tener el mismo."""
    numero: Mapped[int]
    """De cuál de los envíos de la entidad es."""
    clase: Mapped[str] = mapped_column(String(12))
    """«enviado», «aceptado» u «observado»."""
    usuario_id: Mapped[int | None] = mapped_column(ForeignKey("usuario.id"))
    motivo: Mapped[str | None] = mapped_column(String(1000))
    datos: Mapped[dict[str, Any]]
    """Lo declarado, congelado al enviarlo; vacío en una decisión."""

    usuario: Mapped[Usuario | None] = relationship(viewonly=True)

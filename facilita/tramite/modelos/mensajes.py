"""Lo que se escriben la persona y la entidad dentro de un expediente."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facilita.tramite.bd import Base, ConId, DeEntidad
from facilita.tramite.modelos.personas import Usuario
from facilita.tramite.modelos.solicitudes import Solicitud, _de
from facilita.tramite.modelos.sucesos import Movimiento


class Mensaje(ConId, DeEntidad, Base):
    """Si un mensaje ya se leyó y se atendió; lo escrito está en su movimiento y no cambia (N12)."""

    __tablename__ = "mensaje"
    __table_args__ = (
        UniqueConstraint("movimiento_id"),
        _de("solicitud", "solicitud_id"),
        _de("movimiento", "movimiento_id"),
        Index("ix_mensaje_pendiente", "entidad_id", "de", "atendido_en"),
    )

    solicitud_id: Mapped[int] = mapped_column(index=True)
    movimiento_id: Mapped[int]
    de: Mapped[str] = mapped_column(String(12))
    """«ciudadano» o «usuario»: quién lo escribió."""
    leido_en: Mapped[datetime | None]
    """La primera vez que lo abrió la otra parte."""
    leido_por_id: Mapped[int | None] = mapped_column(ForeignKey("usuario.id"))
    """Quién del personal lo abrió primero."""
    atendido_en: Mapped[datetime | None]
    """Cuándo dejó de esperar respuesta: se respondió, no hacía falta o el trámite terminó."""

    movimiento: Mapped[Movimiento] = relationship(viewonly=True, lazy="joined", innerjoin=True)
    solicitud: Mapped[Solicitud] = relationship(viewonly=True)
    leido_por: Mapped[Usuario | None] = relationship(viewonly=True)

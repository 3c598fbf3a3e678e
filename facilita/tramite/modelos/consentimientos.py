"""Lo que una persona aceptó y lo que opinó."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from facilita.tramite.bd import Base, ConId, DeEntidad
from facilita.tramite.modelos.solicitudes import _de


class Consentimiento(ConId, DeEntidad, Base):
    """Un acto sobre un consentimiento: darlo o retirarlo, con su texto y su prueba (N33)."""

    __tablename__ = "consentimiento"
    __table_args__ = (
        _de("solicitud", "solicitud_id"),
        _de("version", "version_id"),
        Index("ix_consentimiento_solicitud_id", "solicitud_id", "campo"),
    )
    inmutable = True

    solicitud_id: Mapped[int]
    version_id: Mapped[int]
    """La versión del formulario donde está el texto."""
    campo: Mapped[str] = mapped_column(String(90))
    """El campo o, si está en una fila o lo pidió un paso, su camino: «testigos-0-declara»."""
    acto: Mapped[str] = mapped_column(String(10))
    """«dado» o «retirado»."""
    finalidad: Mapped[str] = mapped_column(String(200))
    """Para qué se consiente: la etiqueta con que se pidió."""
    uso: Mapped[str | None] = mapped_column(String(40))
    texto: Mapped[str] = mapped_column(Text)
    """El texto tal como se mostró, con los datos de la entidad puestos."""
    digest: Mapped[str] = mapped_column(String(64))
    """El SHA-256 del texto: dice si dos personas aceptaron lo mismo."""
    exigido: Mapped[bool]
    """Si era necesario para presentar; una declaración así no se retira."""
    cuando: Mapped[datetime]
    prueba: Mapped[dict[str, Any]]
    """Por dónde llegó: el canal, el borrador, el pedido y la red, según la política."""


class Opinion(ConId, DeEntidad, Base):
    """Cuán fácil fue presentar, del 1 al 5. No dice de qué solicitud es."""

    __tablename__ = "opinion"
    __table_args__ = (
        UniqueConstraint("entidad_id", "huella"),
        _de("formulario", "formulario_id"),
        Index("ix_opinion_dia", "entidad_id", "dia"),
    )

    formulario_id: Mapped[int]
    huella: Mapped[str] = mapped_column(String(64))
    """Una por solicitud, sin decir cuál: sale del código y del secreto de la instalación."""
    nota: Mapped[int]
    comentario: Mapped[str | None] = mapped_column(Text)
    dia: Mapped[date]
    """Solo el día: con la hora se sabría de quién es."""

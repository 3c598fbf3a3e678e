"""Lo que ocurre con una solicitud: movimientos, observaciones, plazos, notificaciones y salidas."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facilita.tramite.bd import Base, ConCola, ConId, DeEntidad
from facilita.tramite.modelos.personas import Usuario
from facilita.tramite.modelos.solicitudes import Solicitud, _de

SIN_EFECTO = "sin_efecto"
"""El canal de una notificación cuyo acuse ya no hace falta: el trámite siguió sin él."""


class Movimiento(ConId, DeEntidad, Base):
    """Un suceso de una solicitud. Solo se agregan; cada huella encadena con la anterior."""

    __tablename__ = "movimiento"
    __table_args__ = (
        UniqueConstraint("entidad_id", "id"),
        UniqueConstraint("solicitud_id", "orden"),
        _de("solicitud", "solicitud_id"),
    )
    inmutable = True

    solicitud_id: Mapped[int]
    orden: Mapped[int]
    tipo: Mapped[str] = mapped_column(String(40))
    """«presentado», «transicion», «derivado», «asignado», «nota», «notificado»…"""
    transicion: Mapped[str | None] = mapped_column(String(40))
    de: Mapped[str | None] = mapped_column(String(40))
    a: Mapped[str | None] = mapped_column(String(40))
    quien: Mapped[str] = mapped_column(String(20))
    """«ciudadano», «usuario» o «reloj»."""
    usuario_id: Mapped[int | None] = mapped_column(ForeignKey("usuario.id"))
    cuando: Mapped[datetime]
    datos: Mapped[dict[str, Any]]
    huella: Mapped[str] = mapped_column(String(64))

    usuario: Mapped[Usuario | None] = relationship(viewonly=True)


class Observacion(ConId, DeEntidad, Base):
    """Algo que falta o está mal, atado a un campo o archivo (N06)."""

    __tablename__ = "observacion"
    __table_args__ = (_de("solicitud", "solicitud_id"), _de("movimiento", "movimiento_id"))
    inmutable = True

    solicitud_id: Mapped[int] = mapped_column(index=True)
    movimiento_id: Mapped[int]
    campo: Mapped[str] = mapped_column(String(40))
    texto: Mapped[str] = mapped_column(Text)


class Termino(ConId, DeEntidad, Base):
    """Un plazo en curso o terminado, con su vencimiento y la cuenta que lo explica."""

    __tablename__ = "termino"
    __table_args__ = (
        _de("solicitud", "solicitud_id"),
        Index("ix_termino_reloj", "situacion", "vence_en"),
    )

    solicitud_id: Mapped[int] = mapped_column(index=True)
    clase: Mapped[str] = mapped_column(String(40))
    """«resolver» o el id de la transición que da el reloj."""
    vence_en: Mapped[datetime]
    cuenta: Mapped[dict[str, Any]]
    """El cómputo: desde, días hábiles, vencimiento, días saltados y revisión del calendario."""
    situacion: Mapped[str] = mapped_column(String(12), default="corre")
    """«corre», «suspendido», «cumplido», «ampliado» o «vencido»."""
    abierto_en: Mapped[datetime]
    cerrado_en: Mapped[datetime | None]

    solicitud: Mapped[Solicitud] = relationship(viewonly=True)


class Notificacion(ConId, DeEntidad, Base):
    """Un acto notificado por correo o casilla que espera acuse, o por cédula si falló (N54)."""

    __tablename__ = "notificacion"
    __table_args__ = (
        _de("solicitud", "solicitud_id"),
        _de("movimiento", "movimiento_id"),
        _de("deposito", "deposito_id"),
        Index("ix_notificacion_pendiente", "notificado_en", "acuse_hasta"),
        Index("ix_notificacion_entidad_id_por_cedula", "entidad_id", "por_cedula"),
    )

    solicitud_id: Mapped[int] = mapped_column(index=True)
    movimiento_id: Mapped[int]
    huella: Mapped[str] = mapped_column(String(64), unique=True)
    enviada_en: Mapped[datetime]
    acuse_hasta: Mapped[datetime]
    notificado_en: Mapped[datetime | None]
    canal: Mapped[str | None] = mapped_column(String(20))
    """Cómo se supo: «enlace», «expediente», «casilla», «sin_abrir» (en la casilla) o «cedula»; o
    «sin_efecto», si ya no hizo falta."""
    deposito_id: Mapped[int | None]
    """El depósito en la casilla, si va por ella: ahí se abre y ahí se cuenta (N51)."""
    por_cedula: Mapped[bool] = mapped_column(default=False)
    """La tarea «notificar por cédula» está abierta."""

    @property
    def espera(self) -> bool:
        """Si el acuse todavía hace falta."""
        return self.notificado_en is None and self.canal is None


class Salida(ConCola, DeEntidad, Base):
    """Algo que el trabajador debe entregar afuera: se escribe con el suceso, se entrega después.

    La base no deja borrarla: es prueba de lo que se avisó (N24).
    """

    __tablename__ = "salida"
    __table_args__ = (
        _de("solicitud", "solicitud_id"),
        Index("ix_salida_turno", "situacion", "proxima_en"),
    )
    imborrable = True

    clase: Mapped[str] = mapped_column(String(20))
    clave: Mapped[str] = mapped_column(String(120), unique=True)
    solicitud_id: Mapped[int | None] = mapped_column(index=True)
    datos: Mapped[dict[str, Any]]
    situacion: Mapped[str] = mapped_column(String(12), default="lista")
    """«lista», «entregada» o «muerta»."""
    respuesta: Mapped[str | None] = mapped_column(String(500))
    """Lo último que dijo el servidor."""
    historia: Mapped[list[Any] | None]
    """Cada intento: cuándo, a qué dirección, si se entregó y qué respondió el servidor."""
    creada_en: Mapped[datetime]
    entregada_en: Mapped[datetime | None]

    solicitud: Mapped[Solicitud | None] = relationship(viewonly=True)

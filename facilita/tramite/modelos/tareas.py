"""Quién atiende cada formulario, quién cumple sus roles propios, y las tareas que se encargan."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facilita.tramite.bd import Base, ConId, DeEntidad
from facilita.tramite.modelos.entidades import Area
from facilita.tramite.modelos.formularios import Formulario
from facilita.tramite.modelos.personas import Usuario
from facilita.tramite.modelos.solicitudes import Solicitud, _de


class Encargo(ConId, DeEntidad, Base):
    """Quién cumple un rol de un formulario: una persona o un área."""

    __tablename__ = "encargo"
    __table_args__ = (
        CheckConstraint("usuario_id IS NOT NULL OR area_id IS NOT NULL", name="titular"),
        UniqueConstraint("formulario_id", "rol", "usuario_id"),
        UniqueConstraint("formulario_id", "rol", "area_id"),
        _de("formulario", "formulario_id"),
        _de("area", "area_id"),
    )

    formulario_id: Mapped[int]
    rol: Mapped[str] = mapped_column(String(40))
    usuario_id: Mapped[int | None] = mapped_column(ForeignKey("usuario.id"), index=True)
    area_id: Mapped[int | None]
    atiende: Mapped[bool] = mapped_column(default=False)
    """Si el rol da pasos o abre tareas, ve todas las solicitudes; si no, las de sus tareas."""
    creado_en: Mapped[datetime]

    formulario: Mapped[Formulario] = relationship(viewonly=True)
    usuario: Mapped[Usuario | None] = relationship(viewonly=True)
    area: Mapped[Area | None] = relationship(viewonly=True)


class FormularioACargo(ConId, DeEntidad, Base):
    """Un formulario que un colaborador atiende, además de lo de su área."""

    __tablename__ = "formulario_a_cargo"
    __table_args__ = (
        UniqueConstraint("usuario_id", "formulario_id"),
        _de("formulario", "formulario_id"),
    )

    formulario_id: Mapped[int]
    usuario_id: Mapped[int] = mapped_column(ForeignKey("usuario.id"))
    creado_en: Mapped[datetime]

    formulario: Mapped[Formulario] = relationship(viewonly=True)


class Tarea(ConId, DeEntidad, Base):
    """Un encargo abierto dentro de una solicitud, y cómo terminó."""

    __tablename__ = "tarea"
    __table_args__ = (
        UniqueConstraint("entidad_id", "id"),
        _de("solicitud", "solicitud_id"),
        _de("formulario", "formulario_id"),
        _de("area", "area_id"),
        _de("movimiento", "movimiento_id"),
        Index("ix_tarea_pendiente", "entidad_id", "situacion", "rol"),
    )

    solicitud_id: Mapped[int] = mapped_column(index=True)
    formulario_id: Mapped[int]
    movimiento_id: Mapped[int]
    """El movimiento que la abrió."""
    cual: Mapped[str] = mapped_column(String(40))
    """Su id en la definición."""
    rol: Mapped[str] = mapped_column(String(40))
    """El papel o rol que la responde."""
    usuario_id: Mapped[int | None] = mapped_column(ForeignKey("usuario.id"))
    area_id: Mapped[int | None]
    """A cuál de los que cumplen el rol se le pidió; ninguno, a cualquiera."""
    abierta_por_id: Mapped[int] = mapped_column(ForeignKey("usuario.id"))
    abierta_en: Mapped[datetime]
    vence_en: Mapped[datetime | None]
    cuenta: Mapped[dict[str, Any]]
    """El cómputo de su plazo; vacío si no lo tiene."""
    situacion: Mapped[str] = mapped_column(String(12), default="abierta")
    """«abierta», «respondida», «retirada» o «cerrada» porque la solicitud terminó."""
    cerrada_en: Mapped[datetime | None]

    solicitud: Mapped[Solicitud] = relationship(viewonly=True)
    usuario: Mapped[Usuario | None] = relationship(viewonly=True, foreign_keys=[usuario_id])
    area: Mapped[Area | None] = relationship(viewonly=True)

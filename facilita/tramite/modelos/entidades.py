"""Las entidades y sus lugares: sedes, áreas y días no hábiles."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facilita.tramite.bd import Base, ConId, DeEntidad


class Entidad(ConId, Base):
    """Una entidad pública. Sus datos son públicos; la sesión no la filtra al leer."""

    __tablename__ = "entidad"

    slug: Mapped[str] = mapped_column(String(60), unique=True)
    nombre: Mapped[str] = mapped_column(String(200))
    nombre_corto: Mapped[str] = mapped_column(String(60))
    ruc: Mapped[str] = mapped_column(String(11), unique=True)
    tipo: Mapped[str] = mapped_column(String(40))
    ubigeo: Mapped[str] = mapped_column(String(6))
    correo: Mapped[str] = mapped_column(String(254))
    telefono: Mapped[str | None] = mapped_column(String(40))
    direccion: Mapped[str | None] = mapped_column(String(250))
    sitio: Mapped[str | None] = mapped_column(String(250))
    horario: Mapped[dict[str, Any]]
    """El de mesa de partes."""
    horario_otros: Mapped[dict[str, Any] | None]
    """El de los demás formularios; nada, el mismo."""
    horarios_editables: Mapped[list[Any] | None]
    """Los bloques de horario que son una sugerencia: cada formulario puede tener el suyo."""
    privacidad: Mapped[dict[str, Any]]
    numeracion: Mapped[dict[str, Any]]
    logo: Mapped[str | None] = mapped_column(Text, deferred=True)
    """La imagen, achicada, en base64."""
    logo_huella: Mapped[str | None] = mapped_column(String(20))
    """Va en su dirección: si cambia el logo, cambia."""
    busqueda: Mapped[str] = mapped_column(String(400))
    revision: Mapped[int] = mapped_column(default=1)
    """Sube con cada cambio que se ve en público."""
    es_plataforma: Mapped[bool] = mapped_column(default=False)
    exige_segundo_factor: Mapped[bool] = mapped_column(default=False)
    """Si quien trabaja en ella entra con segundo factor."""
    activa: Mapped[bool] = mapped_column(default=True)
    creada_en: Mapped[datetime]


class Sede(ConId, DeEntidad, Base):
    """Un local de la entidad."""

    __tablename__ = "sede"
    __table_args__ = (
        UniqueConstraint("entidad_id", "id"),
        UniqueConstraint("entidad_id", "codigo"),
    )

    codigo: Mapped[str] = mapped_column(String(40))
    nombre: Mapped[str] = mapped_column(String(150))
    direccion: Mapped[str | None] = mapped_column(String(250))
    ubigeo: Mapped[str] = mapped_column(String(6))
    principal: Mapped[bool] = mapped_column(default=False)
    recibe: Mapped[bool] = mapped_column(default=True)
    activa: Mapped[bool] = mapped_column(default=True)


class Area(ConId, DeEntidad, Base):
    """Una unidad de organización a la que se derivan solicitudes."""

    __tablename__ = "area"
    __table_args__ = (
        UniqueConstraint("entidad_id", "id"),
        UniqueConstraint("entidad_id", "codigo"),
        ForeignKeyConstraint(["entidad_id", "sede_id"], ["sede.entidad_id", "sede.id"]),
    )

    codigo: Mapped[str] = mapped_column(String(40))
    nombre: Mapped[str] = mapped_column(String(150))
    sede_id: Mapped[int | None]
    activa: Mapped[bool] = mapped_column(default=True)

    sede: Mapped[Sede | None] = relationship(viewonly=True)


class DiaInhabil(ConId, Base):
    """Un día no hábil que no es feriado nacional: cada uno cita su norma (N41)."""

    __tablename__ = "dia_inhabil"
    __table_args__ = (UniqueConstraint("fecha", "ambito"),)

    fecha: Mapped[date]
    ambito: Mapped[str] = mapped_column(String(20))
    """«nacional», «region:NN», «provincia:NNNN» o «distrito:NNNNNN»."""
    motivo: Mapped[str] = mapped_column(String(200))
    norma: Mapped[str] = mapped_column(String(200))


class Codigo(Base):
    """De qué entidad es un código de seguimiento: la única puerta sin entidad en la dirección."""

    __tablename__ = "codigo"

    codigo: Mapped[str] = mapped_column(String(40), primary_key=True)
    entidad_id: Mapped[int] = mapped_column(ForeignKey("entidad.id"))

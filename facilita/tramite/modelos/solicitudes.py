"""Lo que llega: borradores, solicitudes, expedientes, sus archivos y lo que les ocurre."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facilita.tramite.bd import Base, ConId, DeEntidad
from facilita.tramite.modelos.entidades import Area, Sede
from facilita.tramite.modelos.formularios import Version
from facilita.tramite.modelos.personas import Usuario


def _de(tabla: str, columna: str) -> ForeignKeyConstraint:
    """La segunda red: la fila apuntada es de la misma entidad."""
    return ForeignKeyConstraint(["entidad_id", columna], [f"{tabla}.entidad_id", f"{tabla}.id"])


class Contador(DeEntidad, Base):
    """El último número dado de una serie en un año: registro, expediente o una propia (N22)."""

    __tablename__ = "contador"

    entidad_id: Mapped[int] = mapped_column(ForeignKey("entidad.id"), primary_key=True)
    serie: Mapped[str] = mapped_column(String(60), primary_key=True)
    anio: Mapped[int] = mapped_column(primary_key=True)
    ultimo: Mapped[int]
    dado_en: Mapped[datetime]
    """El reloj leído con el turno tomado: el siguiente nunca es anterior."""


class Borrador(ConId, DeEntidad, Base):
    """Lo que una persona va llenando; quien tiene la ficha lo abre. Vence."""

    __tablename__ = "borrador"
    __table_args__ = (
        UniqueConstraint("entidad_id", "id"),
        _de("version", "version_id"),
        _de("solicitud", "subsana_id"),
    )

    huella: Mapped[str] = mapped_column(String(64), unique=True)
    version_id: Mapped[int]
    crudo: Mapped[dict[str, Any]]
    revision: Mapped[int] = mapped_column(default=0)
    """Cambia con cada escritura: quien escribe sobre una que ya no está, no escribe."""
    subsana_id: Mapped[int | None]
    """La solicitud observada que se corrige, si es una corrección."""
    presentado: Mapped[bool] = mapped_column(default=False)
    creado_en: Mapped[datetime]
    tocado_en: Mapped[datetime]
    vence_en: Mapped[datetime] = mapped_column(index=True)
    semilla: Mapped[str | None] = mapped_column(String(64))
    """Con el secreto de la instalación da su ficha otra vez: así se puede escribir su enlace."""
    correo: Mapped[str | None] = mapped_column(String(254))
    """Adonde la persona pidió que se le mande el enlace para seguir."""
    avisado_en: Mapped[datetime | None]
    """Cuándo se le avisó por correo que está por vencer."""
    por_elegir: Mapped[dict[str, Any] | None]
    """Lo que otra ventana quiso guardar en un campo ya cambiado: la persona elige."""
    senales: Mapped[list[Any] | None]
    """Lo que hizo dudar de que lo llena una persona; al presentar se pide confirmarlo."""

    version: Mapped[Version] = relationship(viewonly=True, lazy="joined", innerjoin=True)

    __mapper_args__ = {"version_id_col": revision}


class Expediente(ConId, DeEntidad, Base):
    """El expediente que abre cada solicitud; el personal puede acumularlos."""

    __tablename__ = "expediente"
    __table_args__ = (
        UniqueConstraint("entidad_id", "id"),
        UniqueConstraint("entidad_id", "numero"),
    )

    numero: Mapped[str] = mapped_column(String(60))
    abierto_en: Mapped[datetime]


class Solicitud(ConId, DeEntidad, Base):
    """Una presentación hecha: su número, su estado de hoy y la versión con la que se ve siempre."""

    __tablename__ = "solicitud"
    __table_args__ = (
        UniqueConstraint("entidad_id", "id"),
        UniqueConstraint("entidad_id", "numero"),
        _de("formulario", "formulario_id"),
        _de("version", "version_id"),
        _de("expediente", "expediente_id"),
        _de("sede", "sede_id"),
        _de("area", "area_id"),
        Index("ix_solicitud_bandeja", "entidad_id", "estado", "id"),
        Index("ix_solicitud_vence", "entidad_id", "vence_en"),
    )

    formulario_id: Mapped[int]
    version_id: Mapped[int]
    expediente_id: Mapped[int]
    borrador_id: Mapped[int] = mapped_column(unique=True)
    """La ficha única que hace que presentar dos veces sea presentar una."""
    numero: Mapped[str] = mapped_column(String(60))
    numero_propio: Mapped[str | None] = mapped_column(String(60))
    """El de la serie propia de su formulario, si la tiene."""
    codigo: Mapped[str] = mapped_column(String(40), unique=True)
    presentado_en: Mapped[datetime]
    estado: Mapped[str] = mapped_column(String(40))
    abierta: Mapped[bool] = mapped_column(default=True)
    asunto: Mapped[str] = mapped_column(String(250))
    remitente: Mapped[str] = mapped_column(String(250))
    identidad: Mapped[str] = mapped_column(String(60))
    """Con esto y el código se abre el expediente: el número de documento o el correo."""
    correo: Mapped[str | None] = mapped_column(String(254))
    sede_id: Mapped[int | None]
    area_id: Mapped[int | None]
    asignada_id: Mapped[int | None] = mapped_column(ForeignKey("usuario.id"))
    vence_en: Mapped[datetime | None]
    suspendida: Mapped[bool] = mapped_column(default=False)
    busqueda: Mapped[str] = mapped_column(Text)
    cargo: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    """Los datos congelados del cargo (N20)."""

    version: Mapped[Version] = relationship(viewonly=True, lazy="joined", innerjoin=True)
    expediente: Mapped[Expediente] = relationship(viewonly=True, lazy="joined", innerjoin=True)
    sede: Mapped[Sede | None] = relationship(viewonly=True)
    area: Mapped[Area | None] = relationship(viewonly=True)
    asignada: Mapped[Usuario | None] = relationship(viewonly=True)


class Contenido(ConId, DeEntidad, Base):
    """Lo respondido: el original (orden 0) y cada corrección. No se altera (N12)."""

    __tablename__ = "contenido"
    __table_args__ = (
        UniqueConstraint("entidad_id", "id"),
        UniqueConstraint("solicitud_id", "orden"),
        _de("solicitud", "solicitud_id"),
    )
    inmutable = True

    solicitud_id: Mapped[int]
    orden: Mapped[int]
    respuestas: Mapped[dict[str, Any]]
    crudo: Mapped[dict[str, Any]]
    creado_en: Mapped[datetime]


class Archivo(ConId, DeEntidad, Base):
    """Los bytes de un archivo guardado, por su SHA-256; nunca cambian."""

    __tablename__ = "archivo"
    __table_args__ = (
        UniqueConstraint("entidad_id", "id"),
        UniqueConstraint("entidad_id", "sha256"),
    )

    sha256: Mapped[str] = mapped_column(String(64))
    clave: Mapped[str] = mapped_column(String(200))
    tamano: Mapped[int]
    tipo: Mapped[str] = mapped_column(String(10))
    mime: Mapped[str] = mapped_column(String(120))
    paginas: Mapped[int | None]
    marcas: Mapped[list[Any]]
    creado_en: Mapped[datetime]


class Adjunto(ConId, DeEntidad, Base):
    """Un archivo puesto en un campo: de un borrador, de lo presentado o de una respuesta."""

    __tablename__ = "adjunto"
    __table_args__ = (
        CheckConstraint(
            "borrador_id IS NOT NULL OR contenido_id IS NOT NULL OR movimiento_id IS NOT NULL",
            name="dueno",
        ),
        _de("borrador", "borrador_id"),
        _de("contenido", "contenido_id"),
        _de("movimiento", "movimiento_id"),
        _de("archivo", "archivo_id"),
        Index("ix_adjunto_borrador_id", "borrador_id"),
        Index("ix_adjunto_contenido_id", "contenido_id"),
        Index("ix_adjunto_movimiento_id", "movimiento_id"),
        Index("ix_adjunto_archivo_id", "archivo_id"),
    )

    borrador_id: Mapped[int | None]
    contenido_id: Mapped[int | None]
    movimiento_id: Mapped[int | None]
    archivo_id: Mapped[int]
    campo: Mapped[str] = mapped_column(String(40))
    nombre: Mapped[str] = mapped_column(String(160))
    tipo: Mapped[str | None] = mapped_column(String(10))
    """Lo que es con este nombre; unos mismos bytes rotos pueden ser un DOC o un XLS."""
    orden: Mapped[int]

    archivo: Mapped[Archivo] = relationship(viewonly=True, lazy="joined", innerjoin=True)

"""Los documentos que la entidad genera de un expediente, y los sellos con que se cubren."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facilita.tramite.bd import Base, ConCola, DeEntidad
from facilita.tramite.modelos.solicitudes import Archivo, _de


class Documento(ConCola, DeEntidad, Base):
    """Un PDF que el trabajador compone una vez, de datos congelados; después no cambia (N20)."""

    __tablename__ = "documento"
    __table_args__ = (
        UniqueConstraint("entidad_id", "id"),
        UniqueConstraint("solicitud_id", "clase", "orden"),
        _de("solicitud", "solicitud_id"),
        _de("archivo", "archivo_id"),
        Index("ix_documento_turno", "situacion", "proxima_en"),
        Index("ix_documento_archivo_id", "archivo_id"),
    )

    solicitud_id: Mapped[int]
    clase: Mapped[str] = mapped_column(String(20))
    """«cargo», «respuestas», «constancia», «indice»…: las de `documentos.CLASES`."""
    orden: Mapped[int] = mapped_column(default=0)
    """Cuál de su clase: el orden del movimiento o del contenido que lo origina."""
    datos: Mapped[dict[str, Any] | None]
    """Sus datos congelados, si no los guarda ya otra tabla."""
    archivo_id: Mapped[int | None]
    situacion: Mapped[str] = mapped_column(String(12), default="pendiente")
    """«pendiente», «hecho» o «fallido»."""
    falla: Mapped[str | None] = mapped_column(String(400))
    firma: Mapped[dict[str, Any] | None]
    """Con qué se firmó: el sello o el certificado, y la TSA si la hubo."""
    creado_en: Mapped[datetime]
    hecho_en: Mapped[datetime | None]

    archivo: Mapped[Archivo | None] = relationship(viewonly=True, lazy="joined")


class Sello(Base):
    """Lo público de una clave con que se firma: de la plataforma, o el certificado de una entidad.

    No se borra: lo que se firmó con ella se comprueba siempre.
    """

    __tablename__ = "sello"

    cual: Mapped[str] = mapped_column(String(64), primary_key=True)
    """El de la plataforma, corto; el de un certificado, su huella SHA-256."""
    clase: Mapped[str] = mapped_column(String(12))
    """«plataforma» o «entidad»."""
    quien: Mapped[str] = mapped_column(String(200))
    publica: Mapped[str | None] = mapped_column(String(64))
    """La clave Ed25519, en hexadecimal."""
    certificado: Mapped[str] = mapped_column(Text)
    creado_en: Mapped[datetime]
    retirado_en: Mapped[datetime | None]

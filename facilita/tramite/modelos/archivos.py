"""Lo que le pasa a un archivo: cómo va llegando por trozos y qué dijo de él el antivirus."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from facilita.tramite.bd import Base, ConCola, ConId, DeEntidad


class SubidaParcial(ConId, DeEntidad, Base):
    """Un archivo que llega por trozos a un campo de un borrador; vence si nadie la sigue."""

    __tablename__ = "subida_parcial"
    __table_args__ = (
        UniqueConstraint("entidad_id", "id"),
        ForeignKeyConstraint(["entidad_id", "borrador_id"], ["borrador.entidad_id", "borrador.id"]),
        Index("ix_subida_parcial_borrador_id", "borrador_id"),
        Index("ix_subida_parcial_vence_en", "vence_en"),
    )

    borrador_id: Mapped[int]
    campo: Mapped[str] = mapped_column(String(40))
    nombre: Mapped[str] = mapped_column(String(160))
    largo: Mapped[int]
    recibido: Mapped[int] = mapped_column(default=0)
    """Los bytes que llegaron bien y de corrido: desde ahí se sigue."""
    sha256: Mapped[str | None] = mapped_column(String(64))
    """La huella que anunció quien sube, si la dijo; con el archivo entero, la que tiene."""
    visto: Mapped[str | None] = mapped_column(String(64))
    """La marca de lo que la ventana mostraba ahí: lo de otra no se reemplaza sin mirarlo."""
    carpeta: Mapped[str] = mapped_column(String(32))
    """Dónde están sus trozos en el almacén."""
    situacion: Mapped[str] = mapped_column(String(12), default="llegando")
    """«llegando», «completa» o «rechazada»."""
    motivo: Mapped[str | None] = mapped_column(String(500))
    """Por qué no se recibió, si se rechazó."""
    creada_en: Mapped[datetime]
    vence_en: Mapped[datetime]


class Trozo(ConId, DeEntidad, Base):
    """Un trozo guardado de una subida: desde qué byte, cuántos y su huella."""

    __tablename__ = "trozo"
    __table_args__ = (
        UniqueConstraint("subida_id", "desde"),
        ForeignKeyConstraint(
            ["entidad_id", "subida_id"], ["subida_parcial.entidad_id", "subida_parcial.id"]
        ),
    )

    subida_id: Mapped[int]
    desde: Mapped[int]
    largo: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))

    @property
    def nombre(self) -> str:
        """Cómo se llama en el almacén: con su huella, otro trozo no lo puede pisar."""
        return nombre_de_trozo(self.desde, self.sha256)


def nombre_de_trozo(desde: int, sha256: str) -> str:
    """El nombre en el almacén del trozo que empieza ahí."""
    return f"{desde}-{sha256[:16]}"


class Analisis(ConCola, DeEntidad, Base):
    """Lo que se sabe del antivirus sobre unos bytes; sin fila, no se analizaron."""

    __tablename__ = "analisis"
    __table_args__ = (
        UniqueConstraint("entidad_id", "archivo_id"),
        ForeignKeyConstraint(["entidad_id", "archivo_id"], ["archivo.entidad_id", "archivo.id"]),
        Index("ix_analisis_proxima_en", "proxima_en"),
    )

    archivo_id: Mapped[int]
    situacion: Mapped[str] = mapped_column(String(12), default="pendiente")
    """«pendiente», «limpio», «infectado» o «no_analizado»."""
    detalle: Mapped[str | None] = mapped_column(String(300))
    """El nombre de lo hallado, o por qué no se pudo analizar."""
    motor: Mapped[str | None] = mapped_column(String(120))
    """Qué antivirus lo dijo, con la versión de sus firmas."""
    proxima_en: Mapped[datetime | None] = mapped_column(nullable=True)  # type: ignore[assignment]
    """Cuándo toca analizarlo; vacío si no hace falta otra vez."""
    pedido_en: Mapped[datetime]
    analizado_en: Mapped[datetime | None]

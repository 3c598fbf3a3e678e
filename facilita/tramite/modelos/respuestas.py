"""Los modelos de respuesta: los textos con que una entidad responde lo que más le presentan."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facilita.tramite.bd import Base, ConId, DeEntidad
from facilita.tramite.modelos.formularios import Formulario
from facilita.tramite.modelos.solicitudes import _de


class ModeloDeRespuesta(ConId, DeEntidad, Base):
    """Un texto con `{nombres}` que quien atiende elige, completa y corrige antes de responder."""

    __tablename__ = "modelo_de_respuesta"
    __table_args__ = (UniqueConstraint("entidad_id", "id"), _de("formulario", "formulario_id"))

    titulo: Mapped[str] = mapped_column(String(120))
    texto: Mapped[str] = mapped_column(Text)
    formulario_id: Mapped[int | None]
    """El formulario cuyas respuestas puede nombrar; ninguno, sirve para todos."""
    activo: Mapped[bool] = mapped_column(default=True)
    cambiado_por_id: Mapped[int | None] = mapped_column(ForeignKey("usuario.id"))
    creado_en: Mapped[datetime]
    cambiado_en: Mapped[datetime]

    formulario: Mapped[Formulario | None] = relationship(viewonly=True)

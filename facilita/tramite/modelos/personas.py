"""Los usuarios de las entidades, su lugar en cada una, sus sesiones y lo que quedó anotado."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facilita.tramite.bd import Base, ConId, DeEntidad
from facilita.tramite.modelos.entidades import Area, Entidad, Sede


class Usuario(ConId, Base):
    """Una persona que trabaja en la plataforma: un correo, una persona. Nunca se borra."""

    __tablename__ = "usuario"

    correo: Mapped[str] = mapped_column(String(254), unique=True)
    nombres: Mapped[str] = mapped_column(String(150))
    documento: Mapped[str | None] = mapped_column(String(20))
    clave: Mapped[str | None] = mapped_column(String(200))
    activo: Mapped[bool] = mapped_column(default=True)
    creado_en: Mapped[datetime]


class Membresia(ConId, DeEntidad, Base):
    """El lugar de un usuario en una entidad: su rol, su sede y su área."""

    __tablename__ = "membresia"
    __table_args__ = (
        UniqueConstraint("entidad_id", "usuario_id"),
        ForeignKeyConstraint(["entidad_id", "sede_id"], ["sede.entidad_id", "sede.id"]),
        ForeignKeyConstraint(["entidad_id", "area_id"], ["area.entidad_id", "area.id"]),
    )

    usuario_id: Mapped[int] = mapped_column(ForeignKey("usuario.id"), index=True)
    rol: Mapped[str] = mapped_column(String(30))
    sede_id: Mapped[int | None]
    area_id: Mapped[int | None]
    atiende_todo: Mapped[bool] = mapped_column(default=False)
    """Si un colaborador atiende todo lo que llega a su sede, y no solo lo de su área."""
    invitada_como: Mapped[str | None] = mapped_column(String(150))
    """Los nombres con que se le invitó; vacío desde que acepta. Hasta entonces no entra."""
    activa: Mapped[bool] = mapped_column(default=True)
    creada_en: Mapped[datetime]

    usuario: Mapped[Usuario] = relationship()
    entidad: Mapped[Entidad] = relationship(viewonly=True)
    sede: Mapped[Sede | None] = relationship(viewonly=True)
    area: Mapped[Area | None] = relationship(viewonly=True)


class SesionAbierta(Base):
    """Una sesión de un usuario; guarda la huella de su ficha, nunca la ficha."""

    __tablename__ = "sesion_abierta"

    huella: Mapped[str] = mapped_column(String(64), primary_key=True)
    usuario_id: Mapped[int] = mapped_column(ForeignKey("usuario.id"), index=True)
    membresia_id: Mapped[int | None]
    abierta_en: Mapped[datetime]
    vista_en: Mapped[datetime]
    vence_en: Mapped[datetime]
    agente: Mapped[str | None] = mapped_column(String(200))
    red: Mapped[str | None] = mapped_column(String(60))
    """Desde qué red se abrió."""
    pendiente: Mapped[bool] = mapped_column(default=False)
    """Si falta el segundo factor: mientras tanto no abre nada."""


class SegundoFactor(Base):
    """El segundo factor de un usuario; su secreto sale de la semilla y del de la instalación."""

    __tablename__ = "segundo_factor"

    usuario_id: Mapped[int] = mapped_column(ForeignKey("usuario.id"), primary_key=True)
    semilla: Mapped[str] = mapped_column(String(64))
    ultimo_paso: Mapped[int]
    """El último paso de 30 segundos cuyo código se usó: ninguno se usa dos veces."""
    activado_en: Mapped[datetime | None]
    creado_en: Mapped[datetime]


class CodigoDeRecuperacion(ConId, Base):
    """Un código para entrar sin el celular; guarda su huella y sirve una vez."""

    __tablename__ = "codigo_de_recuperacion"
    __table_args__ = (UniqueConstraint("usuario_id", "huella"),)

    usuario_id: Mapped[int] = mapped_column(ForeignKey("usuario.id"))
    huella: Mapped[str] = mapped_column(String(64))
    usado_en: Mapped[datetime | None]


class Intento(Base):
    """Los ingresos fallidos con un nombre, desde un lugar; tenga cuenta o no, así no se sabe."""

    __tablename__ = "intento"

    huella: Mapped[str] = mapped_column(String(64), primary_key=True)
    """La del correo o documento escrito y del lugar: una red, un equipo o todas las redes."""
    de: Mapped[str] = mapped_column(String(64), index=True)
    """La del correo o documento solo."""
    fallos: Mapped[int]
    bloqueado_hasta: Mapped[datetime | None]
    ultimo_en: Mapped[datetime] = mapped_column(index=True)


class Invitacion(ConId, Base):
    """Un enlace para que alguien nuevo ponga su contraseña: vence y sirve una vez."""

    __tablename__ = "invitacion"

    huella: Mapped[str] = mapped_column(String(64), unique=True)
    usuario_id: Mapped[int] = mapped_column(ForeignKey("usuario.id"), index=True)
    destino_id: Mapped[int] = mapped_column(ForeignKey("entidad.id"))
    """La entidad a la que se le invita."""
    creada_en: Mapped[datetime]
    vence_en: Mapped[datetime]
    usada_en: Mapped[datetime | None]

    usuario: Mapped[Usuario] = relationship(viewonly=True)
    destino: Mapped[Entidad] = relationship(viewonly=True)


class Liderazgo(ConId, DeEntidad, Base):
    """El acto con que alguien pasa a liderar la mesa de partes de una entidad. No cambia nunca."""

    __tablename__ = "liderazgo"
    inmutable = True

    usuario_id: Mapped[int] = mapped_column(ForeignKey("usuario.id"))
    calidad: Mapped[str] = mapped_column(String(12))
    """«titular» o «encargado»: quien hace sus veces."""
    cargo: Mapped[str] = mapped_column(String(150))
    sustento: Mapped[str] = mapped_column(String(250))
    """El documento que lo designa."""
    desde: Mapped[datetime]
    entrega_id: Mapped[int | None] = mapped_column(ForeignKey("usuario.id"))
    """Quién lo lideraba."""
    registra_id: Mapped[int] = mapped_column(ForeignKey("usuario.id"))

    usuario: Mapped[Usuario] = relationship(viewonly=True, foreign_keys=[usuario_id])
    entrega: Mapped[Usuario | None] = relationship(viewonly=True, foreign_keys=[entrega_id])
    registra: Mapped[Usuario] = relationship(viewonly=True, foreign_keys=[registra_id])


class Bitacora(ConId, Base):
    """Lo que hicieron las cuentas: ingresos, vistas, cambios, descargas (N61). Solo se agrega."""

    __tablename__ = "bitacora"
    __table_args__ = (
        Index("ix_bitacora_entidad_id_cuando", "entidad_id", "cuando"),
        Index("ix_bitacora_entidad_id_sobre", "entidad_id", "sobre"),
    )
    inmutable = True

    cuando: Mapped[datetime]
    entidad_id: Mapped[int | None] = mapped_column(ForeignKey("entidad.id"))
    usuario_id: Mapped[int | None] = mapped_column(ForeignKey("usuario.id"), index=True)
    accion: Mapped[str] = mapped_column(String(60))
    sobre: Mapped[str | None] = mapped_column(String(120))
    datos: Mapped[dict[str, Any]]

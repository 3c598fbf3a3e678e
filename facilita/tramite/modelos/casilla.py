"""La casilla electrónica: las personas, su casilla y su ingreso, lo depositado y las caídas."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from facilita.tramite.bd import Base, ConId, DeEntidad
from facilita.tramite.modelos.entidades import Entidad
from facilita.tramite.modelos.solicitudes import Solicitud, _de

ESPERA, ABIERTO, CUMPLIDO, CEDULA = "espera", "abierto", "cumplido", "cedula"
"""Las situaciones de un depósito; «cumplido» es que surtió efecto sin que nadie lo abriera."""
DEPOSITADA, POR_CORREO = "depositada", "por_correo"
"""En qué termina una respuesta que esperaba su PDF para ir a la casilla."""


class Persona(ConId, Base):
    """Una persona de toda la plataforma, por el tipo y el número de su documento."""

    __tablename__ = "persona"
    __table_args__ = (UniqueConstraint("tipo", "numero"),)

    tipo: Mapped[str] = mapped_column(String(40))
    numero: Mapped[str] = mapped_column(String(60))
    nombres: Mapped[str] = mapped_column(String(250))
    creada_en: Mapped[datetime]


class Casilla(ConId, Base):
    """El buzón de una persona, con el correo y el celular que probó; una sola está abierta."""

    __tablename__ = "casilla"

    persona_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), index=True)
    nivel: Mapped[str] = mapped_column(String(12))
    """Cuánto se sabe de quién es: «declarada» o «presencial»."""
    correo: Mapped[str] = mapped_column(String(254))
    celular: Mapped[str] = mapped_column(String(20))
    clave: Mapped[str | None] = mapped_column(String(200))
    origen_id: Mapped[int] = mapped_column(ForeignKey("entidad.id"))
    """La entidad por la que se activó: de parte de ella salen sus códigos de ingreso."""
    validada_por_id: Mapped[int | None] = mapped_column(ForeignKey("usuario.id"))
    activada_en: Mapped[datetime]
    cerrada_en: Mapped[datetime | None]

    persona: Mapped[Persona] = relationship(viewonly=True, lazy="joined", innerjoin=True)


class Activacion(ConId, Base):
    """Una activación a medias: espera el código del correo y el del celular. Vence."""

    __tablename__ = "activacion"

    huella: Mapped[str] = mapped_column(String(64), unique=True)
    tipo: Mapped[str] = mapped_column(String(40))
    numero: Mapped[str] = mapped_column(String(60))
    nombres: Mapped[str] = mapped_column(String(250))
    correo: Mapped[str] = mapped_column(String(254))
    celular: Mapped[str] = mapped_column(String(20))
    origen_id: Mapped[int] = mapped_column(ForeignKey("entidad.id"))
    validada_por_id: Mapped[int | None] = mapped_column(ForeignKey("usuario.id"))
    """Quién vio su documento en persona; nadie, si la activa con una solicitud suya."""
    fallos: Mapped[int] = mapped_column(default=0)
    creada_en: Mapped[datetime]
    vence_en: Mapped[datetime]
    usada_en: Mapped[datetime | None]


class CodigoDeIngreso(ConId, Base):
    """Un código de un solo uso para entrar; el código sale del secreto y no se guarda."""

    __tablename__ = "codigo_de_ingreso"

    casilla_id: Mapped[int] = mapped_column(ForeignKey("casilla.id"), index=True)
    pedido: Mapped[str | None] = mapped_column(String(64))
    """La huella de la ficha que se llevó quien lo pidió: solo con ella vale el código."""
    canal: Mapped[str | None] = mapped_column(String(12))
    """Por dónde se mandó: «correo» o «celular»."""
    fallos: Mapped[int] = mapped_column(default=0)
    creado_en: Mapped[datetime]
    vence_en: Mapped[datetime]
    usado_en: Mapped[datetime | None]


class SesionDeCasilla(Base):
    """Una sesión de una persona en su casilla: aparte de las del personal."""

    __tablename__ = "sesion_de_casilla"

    huella: Mapped[str] = mapped_column(String(64), primary_key=True)
    casilla_id: Mapped[int] = mapped_column(ForeignKey("casilla.id"), index=True)
    abierta_en: Mapped[datetime]
    vista_en: Mapped[datetime]
    vence_en: Mapped[datetime]
    agente: Mapped[str | None] = mapped_column(String(200))


class Deposito(ConId, DeEntidad, Base):
    """Un acto puesto en una casilla, con su constancia; sus alertas son salidas (N51, N55)."""

    __tablename__ = "deposito"
    __table_args__ = (
        UniqueConstraint("entidad_id", "id"),
        UniqueConstraint("entidad_id", "numero"),
        # El acuse nunca va antes que el depósito (N51).
        CheckConstraint("abierto_en IS NULL OR abierto_en >= depositado_en", name="orden"),
        _de("solicitud", "solicitud_id"),
        _de("movimiento", "movimiento_id"),
        Index("ix_deposito_bandeja", "casilla_id", "depositado_en"),
        Index("ix_deposito_reloj", "situacion", "efecto_en"),
    )

    solicitud_id: Mapped[int] = mapped_column(index=True)
    movimiento_id: Mapped[int]
    casilla_id: Mapped[int] = mapped_column(ForeignKey("casilla.id"))
    numero: Mapped[str] = mapped_column(String(60))
    """El de su constancia de depósito."""
    depositado_en: Mapped[datetime]
    vale_en: Mapped[datetime]
    """Desde cuándo se tiene por depositado: fuera de horario, el hábil siguiente (N52)."""
    acto: Mapped[dict[str, Any]]
    """Lo notificado (N55), congelado."""
    constancia: Mapped[dict[str, Any]]
    mismo_dia: Mapped[bool] = mapped_column(default=False)
    situacion: Mapped[str] = mapped_column(String(12), default="espera")
    """«espera», «abierto», «cumplido» (nadie lo abrió y surtió efecto) o «cedula»."""
    abierto_en: Mapped[datetime | None]
    abrir_hasta: Mapped[datetime | None]
    """Hasta cuándo puede abrirlo antes de que surta efecto; se sabe al llegar las dos alertas."""
    efecto_en: Mapped[datetime | None]
    busqueda: Mapped[str] = mapped_column(Text)
    cuenta: Mapped[dict[str, Any]]
    """De dónde salen esas fechas, para explicarlas."""

    solicitud: Mapped[Solicitud] = relationship(viewonly=True)
    casilla: Mapped[Casilla] = relationship(viewonly=True)
    entidad: Mapped[Entidad] = relationship(viewonly=True)


class PorDepositar(ConId, DeEntidad, Base):
    """Una respuesta que va por la casilla y espera su PDF; si ya no se puede, va por correo."""

    __tablename__ = "por_depositar"
    __table_args__ = (
        UniqueConstraint("solicitud_id", "orden"),
        _de("solicitud", "solicitud_id"),
        _de("movimiento", "movimiento_id"),
        _de("deposito", "deposito_id"),
        Index("ix_por_depositar_situacion", "situacion"),
    )

    solicitud_id: Mapped[int]
    movimiento_id: Mapped[int]
    """El del paso con que se respondió."""
    orden: Mapped[int]
    """El del movimiento que congela la respuesta: es también el de su PDF."""
    huella: Mapped[str | None] = mapped_column(String(64))
    """La de la ficha de su enlace, si el paso espera acuse."""
    aviso: Mapped[dict[str, Any]]
    """El correo ya redactado, por si no se puede depositar."""
    situacion: Mapped[str] = mapped_column(String(12), default="espera")
    """«espera», «depositada» o «por_correo»."""
    motivo: Mapped[str | None] = mapped_column(String(200))
    """Por qué no fue por la casilla."""
    deposito_id: Mapped[int | None]
    creada_en: Mapped[datetime]


class Interrupcion(ConId, Base):
    """Un rato en que la casilla no funcionó: fecha, hora y duración, a la vista (N55)."""

    __tablename__ = "interrupcion"

    empezo_en: Mapped[datetime] = mapped_column(index=True)
    termino_en: Mapped[datetime | None]
    motivo: Mapped[str] = mapped_column(String(500))
    registrada_por_id: Mapped[int] = mapped_column(ForeignKey("usuario.id"))
    creada_en: Mapped[datetime]

"""La casilla electrónica: personas, casillas, ingreso, depósitos e interrupciones."""

import sqlalchemy as sa
from alembic import op

from facilita.migraciones.tipos import Entero, Instante, Json

revision = "0007"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _persona()
    _casilla()
    _activacion()
    _codigo_de_ingreso()
    _sesion_de_casilla()
    _deposito()
    _interrupcion()
    with op.batch_alter_table("notificacion") as notificacion:
        notificacion.add_column(sa.Column("deposito_id", Entero, nullable=True))
        notificacion.create_foreign_key(
            "fk_notificacion_entidad_id_deposito_id",
            "deposito",
            ["entidad_id", "deposito_id"],
            ["entidad_id", "id"],
        )


def downgrade() -> None:
    with op.batch_alter_table("notificacion") as notificacion:
        notificacion.drop_constraint("fk_notificacion_entidad_id_deposito_id", type_="foreignkey")
        notificacion.drop_column("deposito_id")
    for tabla in (
        "interrupcion", "deposito", "sesion_de_casilla", "codigo_de_ingreso", "activacion",
        "casilla", "persona",
    ):  # fmt: skip
        op.drop_table(tabla)


def _fk(tabla: str, columna: str, ajena: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([columna], [f"{ajena}.id"], name=f"fk_{tabla}_{columna}")


def _persona() -> None:
    op.create_table(
        "persona",
        sa.Column("id", Entero, nullable=False),
        sa.Column("tipo", sa.String(40), nullable=False),
        sa.Column("numero", sa.String(60), nullable=False),
        sa.Column("nombres", sa.String(250), nullable=False),
        sa.Column("creada_en", Instante, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_persona"),
        sa.UniqueConstraint("tipo", "numero", name="uq_persona_tipo_numero"),
    )


def _casilla() -> None:
    op.create_table(
        "casilla",
        sa.Column("id", Entero, nullable=False),
        sa.Column("persona_id", Entero, nullable=False),
        sa.Column("nivel", sa.String(12), nullable=False),
        sa.Column("correo", sa.String(254), nullable=False),
        sa.Column("celular", sa.String(20), nullable=False),
        sa.Column("clave", sa.String(200), nullable=True),
        sa.Column("origen_id", Entero, nullable=False),
        sa.Column("validada_por_id", Entero, nullable=True),
        sa.Column("activada_en", Instante, nullable=False),
        sa.Column("cerrada_en", Instante, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_casilla"),
        _fk("casilla", "persona_id", "persona"),
        _fk("casilla", "origen_id", "entidad"),
        _fk("casilla", "validada_por_id", "usuario"),
    )
    op.create_index("ix_casilla_persona_id", "casilla", ["persona_id"])


def _activacion() -> None:
    op.create_table(
        "activacion",
        sa.Column("id", Entero, nullable=False),
        sa.Column("huella", sa.String(64), nullable=False),
        sa.Column("tipo", sa.String(40), nullable=False),
        sa.Column("numero", sa.String(60), nullable=False),
        sa.Column("nombres", sa.String(250), nullable=False),
        sa.Column("correo", sa.String(254), nullable=False),
        sa.Column("celular", sa.String(20), nullable=False),
        sa.Column("origen_id", Entero, nullable=False),
        sa.Column("validada_por_id", Entero, nullable=True),
        sa.Column("fallos", Entero, nullable=False),
        sa.Column("creada_en", Instante, nullable=False),
        sa.Column("vence_en", Instante, nullable=False),
        sa.Column("usada_en", Instante, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_activacion"),
        sa.UniqueConstraint("huella", name="uq_activacion_huella"),
        _fk("activacion", "origen_id", "entidad"),
        _fk("activacion", "validada_por_id", "usuario"),
    )


def _codigo_de_ingreso() -> None:
    op.create_table(
        "codigo_de_ingreso",
        sa.Column("id", Entero, nullable=False),
        sa.Column("casilla_id", Entero, nullable=False),
        sa.Column("fallos", Entero, nullable=False),
        sa.Column("creado_en", Instante, nullable=False),
        sa.Column("vence_en", Instante, nullable=False),
        sa.Column("usado_en", Instante, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_codigo_de_ingreso"),
        _fk("codigo_de_ingreso", "casilla_id", "casilla"),
    )
    op.create_index("ix_codigo_de_ingreso_casilla_id", "codigo_de_ingreso", ["casilla_id"])


def _sesion_de_casilla() -> None:
    op.create_table(
        "sesion_de_casilla",
        sa.Column("huella", sa.String(64), nullable=False),
        sa.Column("casilla_id", Entero, nullable=False),
        sa.Column("abierta_en", Instante, nullable=False),
        sa.Column("vista_en", Instante, nullable=False),
        sa.Column("vence_en", Instante, nullable=False),
        sa.Column("agente", sa.String(200), nullable=True),
        sa.PrimaryKeyConstraint("huella", name="pk_sesion_de_casilla"),
        _fk("sesion_de_casilla", "casilla_id", "casilla"),
    )
    op.create_index("ix_sesion_de_casilla_casilla_id", "sesion_de_casilla", ["casilla_id"])


def _deposito() -> None:
    op.create_table(
        "deposito",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("solicitud_id", Entero, nullable=False),
        sa.Column("movimiento_id", Entero, nullable=False),
        sa.Column("casilla_id", Entero, nullable=False),
        sa.Column("numero", sa.String(60), nullable=False),
        sa.Column("depositado_en", Instante, nullable=False),
        sa.Column("vale_en", Instante, nullable=False),
        sa.Column("acto", Json, nullable=False),
        sa.Column("constancia", Json, nullable=False),
        sa.Column("mismo_dia", sa.Boolean(), nullable=False),
        sa.Column("situacion", sa.String(12), nullable=False),
        sa.Column("abierto_en", Instante, nullable=True),
        sa.Column("abrir_hasta", Instante, nullable=True),
        sa.Column("efecto_en", Instante, nullable=True),
        sa.Column("busqueda", sa.Text(), nullable=False),
        sa.Column("cuenta", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deposito"),
        sa.UniqueConstraint("entidad_id", "id", name="uq_deposito_entidad_id_id"),
        sa.UniqueConstraint("entidad_id", "numero", name="uq_deposito_entidad_id_numero"),
        sa.CheckConstraint(
            "abierto_en IS NULL OR abierto_en >= depositado_en", name=op.f("ck_deposito_orden")
        ),
        _fk("deposito", "entidad_id", "entidad"),
        _fk("deposito", "casilla_id", "casilla"),
        sa.ForeignKeyConstraint(
            ["entidad_id", "solicitud_id"],
            ["solicitud.entidad_id", "solicitud.id"],
            name="fk_deposito_entidad_id_solicitud_id",
        ),
        sa.ForeignKeyConstraint(
            ["entidad_id", "movimiento_id"],
            ["movimiento.entidad_id", "movimiento.id"],
            name="fk_deposito_entidad_id_movimiento_id",
        ),
    )
    op.create_index("ix_deposito_entidad_id", "deposito", ["entidad_id"])
    op.create_index("ix_deposito_solicitud_id", "deposito", ["solicitud_id"])
    op.create_index("ix_deposito_bandeja", "deposito", ["casilla_id", "depositado_en"])
    op.create_index("ix_deposito_reloj", "deposito", ["situacion", "efecto_en"])


def _interrupcion() -> None:
    op.create_table(
        "interrupcion",
        sa.Column("id", Entero, nullable=False),
        sa.Column("empezo_en", Instante, nullable=False),
        sa.Column("termino_en", Instante, nullable=True),
        sa.Column("motivo", sa.String(500), nullable=False),
        sa.Column("registrada_por_id", Entero, nullable=False),
        sa.Column("creada_en", Instante, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_interrupcion"),
        _fk("interrupcion", "registrada_por_id", "usuario"),
    )
    op.create_index("ix_interrupcion_empezo_en", "interrupcion", ["empezo_en"])

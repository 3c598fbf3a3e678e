"""El segundo factor, desde dónde se abrió cada sesión, y quién lidera cada entidad."""

import sqlalchemy as sa
from alembic import op

from facilita.migraciones.inmutables import desproteger, proteger
from facilita.migraciones.tipos import Entero, Instante

revision = "0032"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _con_valor("sesion_abierta", "pendiente")
    _con_valor("entidad", "exige_segundo_factor")
    op.add_column("sesion_abierta", sa.Column("red", sa.String(60), nullable=True))
    op.create_table(
        "segundo_factor",
        sa.Column("usuario_id", Entero, nullable=False),
        sa.Column("semilla", sa.String(64), nullable=False),
        sa.Column("ultimo_paso", Entero, nullable=False),
        sa.Column("activado_en", Instante, nullable=True),
        sa.Column("creado_en", Instante, nullable=False),
        sa.PrimaryKeyConstraint("usuario_id", name="pk_segundo_factor"),
        _al_usuario("segundo_factor", "usuario_id"),
    )
    op.create_table(
        "codigo_de_recuperacion",
        sa.Column("id", Entero, nullable=False),
        sa.Column("usuario_id", Entero, nullable=False),
        sa.Column("huella", sa.String(64), nullable=False),
        sa.Column("usado_en", Instante, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_codigo_de_recuperacion"),
        sa.UniqueConstraint(
            "usuario_id", "huella", name="uq_codigo_de_recuperacion_usuario_id_huella"
        ),
        _al_usuario("codigo_de_recuperacion", "usuario_id"),
    )
    op.create_table(
        "liderazgo",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("usuario_id", Entero, nullable=False),
        sa.Column("calidad", sa.String(12), nullable=False),
        sa.Column("cargo", sa.String(150), nullable=False),
        sa.Column("sustento", sa.String(250), nullable=False),
        sa.Column("desde", Instante, nullable=False),
        sa.Column("entrega_id", Entero, nullable=True),
        sa.Column("registra_id", Entero, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_liderazgo"),
        sa.ForeignKeyConstraint(["entidad_id"], ["entidad.id"], name="fk_liderazgo_entidad_id"),
        *(_al_usuario("liderazgo", c) for c in ("usuario_id", "entrega_id", "registra_id")),
    )
    op.create_index("ix_liderazgo_entidad_id", "liderazgo", ["entidad_id"])
    proteger("liderazgo")


def downgrade() -> None:
    desproteger("liderazgo")
    for tabla in ("liderazgo", "codigo_de_recuperacion", "segundo_factor"):
        op.drop_table(tabla)
    # Una sesión que esperaba su código no es una sesión.
    op.execute("DELETE FROM sesion_abierta WHERE pendiente")
    with op.batch_alter_table("sesion_abierta") as sesion:
        sesion.drop_column("pendiente")
        sesion.drop_column("red")
    with op.batch_alter_table("entidad") as entidad:
        entidad.drop_column("exige_segundo_factor")


def _con_valor(tabla: str, columna: str) -> None:
    """Una columna sí o no, que hasta hoy es no."""
    with op.batch_alter_table(tabla) as suya:
        suya.add_column(sa.Column(columna, sa.Boolean, nullable=False, server_default=sa.false()))
    with op.batch_alter_table(tabla) as suya:
        suya.alter_column(columna, existing_type=sa.Boolean, server_default=None)


def _al_usuario(tabla: str, columna: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([columna], ["usuario.id"], name=f"fk_{tabla}_{columna}")

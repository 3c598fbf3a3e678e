"""Las respuestas que esperan su PDF para depositarse en la casilla."""

import sqlalchemy as sa
from alembic import op

from facilita.migraciones.tipos import Entero, Instante, Json

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "por_depositar",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("solicitud_id", Entero, nullable=False),
        sa.Column("movimiento_id", Entero, nullable=False),
        sa.Column("orden", Entero, nullable=False),
        sa.Column("huella", sa.String(64), nullable=True),
        sa.Column("aviso", Json, nullable=False),
        sa.Column("situacion", sa.String(12), nullable=False),
        sa.Column("motivo", sa.String(200), nullable=True),
        sa.Column("deposito_id", Entero, nullable=True),
        sa.Column("creada_en", Instante, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_por_depositar"),
        sa.UniqueConstraint("solicitud_id", "orden", name="uq_por_depositar_solicitud_id_orden"),
        sa.ForeignKeyConstraint(["entidad_id"], ["entidad.id"], name="fk_por_depositar_entidad_id"),
        *(_de(ajena) for ajena in ("solicitud", "movimiento", "deposito")),
    )
    op.create_index("ix_por_depositar_entidad_id", "por_depositar", ["entidad_id"])
    op.create_index("ix_por_depositar_situacion", "por_depositar", ["situacion"])


def downgrade() -> None:
    op.drop_table("por_depositar")


def _de(ajena: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["entidad_id", f"{ajena}_id"],
        [f"{ajena}.entidad_id", f"{ajena}.id"],
        name=f"fk_por_depositar_entidad_id_{ajena}_id",
    )

"""Los mensajes de un expediente, y buscar en la bitácora lo que se hizo con él."""

import sqlalchemy as sa
from alembic import op

from facilita.migraciones.tipos import Entero, Instante

revision = "0004"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mensaje",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("solicitud_id", Entero, nullable=False),
        sa.Column("movimiento_id", Entero, nullable=False),
        sa.Column("de", sa.String(12), nullable=False),
        sa.Column("leido_en", Instante, nullable=True),
        sa.Column("leido_por_id", Entero, nullable=True),
        sa.Column("atendido_en", Instante, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_mensaje"),
        sa.UniqueConstraint("movimiento_id", name="uq_mensaje_movimiento_id"),
        sa.ForeignKeyConstraint(["entidad_id"], ["entidad.id"], name="fk_mensaje_entidad_id"),
        sa.ForeignKeyConstraint(["leido_por_id"], ["usuario.id"], name="fk_mensaje_leido_por_id"),
        _de("solicitud", "solicitud_id"),
        _de("movimiento", "movimiento_id"),
    )
    op.create_index("ix_mensaje_entidad_id", "mensaje", ["entidad_id"])
    op.create_index("ix_mensaje_solicitud_id", "mensaje", ["solicitud_id"])
    op.create_index("ix_mensaje_pendiente", "mensaje", ["entidad_id", "de", "atendido_en"])
    op.create_index("ix_bitacora_entidad_id_sobre", "bitacora", ["entidad_id", "sobre"])


def downgrade() -> None:
    op.drop_index("ix_bitacora_entidad_id_sobre", "bitacora")
    op.drop_table("mensaje")


def _de(ajena: str, columna: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["entidad_id", columna],
        [f"{ajena}.entidad_id", f"{ajena}.id"],
        name=f"fk_mensaje_entidad_id_{columna}",
    )

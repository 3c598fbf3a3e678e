"""Buscar las notificaciones por cédula de una entidad sin recorrer todas las suyas."""

from alembic import op

revision = "0009"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_notificacion_entidad_id_por_cedula", "notificacion", ["entidad_id", "por_cedula"]
    )


def downgrade() -> None:
    op.drop_index("ix_notificacion_entidad_id_por_cedula", "notificacion")

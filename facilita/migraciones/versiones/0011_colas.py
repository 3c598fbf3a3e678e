"""Las tres colas llaman igual a lo mismo: hasta cuándo está tomado y desde cuándo toca."""

from alembic import op

revision = "0011"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE salida RENAME COLUMN tomada_hasta TO tomado_hasta")
    op.drop_index("ix_analisis_proximo_en", "analisis")
    op.execute("ALTER TABLE analisis RENAME COLUMN proximo_en TO proxima_en")
    op.create_index("ix_analisis_proxima_en", "analisis", ["proxima_en"])


def downgrade() -> None:
    op.drop_index("ix_analisis_proxima_en", "analisis")
    op.execute("ALTER TABLE analisis RENAME COLUMN proxima_en TO proximo_en")
    op.create_index("ix_analisis_proximo_en", "analisis", ["proximo_en"])
    op.execute("ALTER TABLE salida RENAME COLUMN tomado_hasta TO tomada_hasta")

"""Los intentos se cuentan por lugar, y un código es de quien lo pidió."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Los castigos de ahora duran quince minutos y no se traducen: se empieza de cero.
    op.execute("DELETE FROM intento")
    with op.batch_alter_table("intento") as intento:
        intento.add_column(sa.Column("de", sa.String(64), nullable=False))
        intento.create_index("ix_intento_de", ["de"])
    with op.batch_alter_table("codigo_de_ingreso") as codigo:
        codigo.add_column(sa.Column("pedido", sa.String(64), nullable=True))
        codigo.add_column(sa.Column("canal", sa.String(12), nullable=True))


def downgrade() -> None:
    op.execute("DELETE FROM intento")
    with op.batch_alter_table("codigo_de_ingreso") as codigo:
        codigo.drop_column("canal")
        codigo.drop_column("pedido")
    with op.batch_alter_table("intento") as intento:
        intento.drop_index("ix_intento_de")
        intento.drop_column("de")

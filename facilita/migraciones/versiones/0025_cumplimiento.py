"""El reporte de cumplimiento de cada entidad: envíos y decisiones, con su fecha."""

import sqlalchemy as sa
from alembic import op

from facilita.migraciones.inmutables import desproteger, proteger
from facilita.migraciones.tipos import Entero, Instante, Json

revision = "0025"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLA = "suceso_de_reporte"


def upgrade() -> None:
    op.create_table(
        TABLA,
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("cuando", Instante, nullable=False),
        sa.Column("orden", Entero, nullable=False),
        sa.Column("numero", Entero, nullable=False),
        sa.Column("clase", sa.String(12), nullable=False),
        sa.Column("usuario_id", Entero, nullable=True),
        sa.Column("motivo", sa.String(1000), nullable=True),
        sa.Column("datos", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{TABLA}"),
        sa.UniqueConstraint("entidad_id", "orden", name=f"uq_{TABLA}_entidad_id_orden"),
        sa.ForeignKeyConstraint(["entidad_id"], ["entidad.id"], name=f"fk_{TABLA}_entidad_id"),
        sa.ForeignKeyConstraint(["usuario_id"], ["usuario.id"], name=f"fk_{TABLA}_usuario_id"),
    )
    op.create_index(f"ix_{TABLA}_entidad_id", TABLA, ["entidad_id"])
    op.create_index(f"ix_{TABLA}_cuando", TABLA, ["cuando"])
    proteger(TABLA)


def downgrade() -> None:
    desproteger(TABLA)
    op.drop_table(TABLA)

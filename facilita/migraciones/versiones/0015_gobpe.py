"""La dirección de la página de gob.pe de cada entidad, y cuándo se miró si responde."""

import sqlalchemy as sa
from alembic import op

from facilita.migraciones.inmutables import desproteger, proteger
from facilita.migraciones.tipos import Entero, Instante

revision = "0015"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "direccion_gobpe",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("cuando", Instante, nullable=False),
        sa.Column("direccion", sa.String(300), nullable=True),
        sa.Column("usuario_id", Entero, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_direccion_gobpe"),
        sa.UniqueConstraint("entidad_id", "id", name="uq_direccion_gobpe_entidad_id_id"),
        sa.ForeignKeyConstraint(
            ["entidad_id"], ["entidad.id"], name="fk_direccion_gobpe_entidad_id"
        ),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuario.id"], name="fk_direccion_gobpe_usuario_id"
        ),
    )
    op.create_index("ix_direccion_gobpe_entidad_id", "direccion_gobpe", ["entidad_id"])
    op.create_index("ix_direccion_gobpe_cuando", "direccion_gobpe", ["cuando"])
    op.create_table(
        "sondeada",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("cuando", Instante, nullable=False),
        sa.Column("direccion_id", Entero, nullable=False),
        sa.Column("responde", sa.Boolean(), nullable=False),
        sa.Column("detalle", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sondeada"),
        sa.ForeignKeyConstraint(["entidad_id"], ["entidad.id"], name="fk_sondeada_entidad_id"),
        sa.ForeignKeyConstraint(
            ["entidad_id", "direccion_id"],
            ["direccion_gobpe.entidad_id", "direccion_gobpe.id"],
            name="fk_sondeada_entidad_id_direccion_id",
        ),
    )
    op.create_index("ix_sondeada_entidad_id", "sondeada", ["entidad_id"])
    op.create_index("ix_sondeada_direccion_id_cuando", "sondeada", ["direccion_id", "cuando"])
    proteger("direccion_gobpe", "sondeada")


def downgrade() -> None:
    desproteger("direccion_gobpe", "sondeada")
    op.drop_table("sondeada")
    op.drop_table("direccion_gobpe")

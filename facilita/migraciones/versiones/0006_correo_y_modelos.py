"""Los intentos de cada correo, que ya no se borra (N24), y los modelos de respuesta."""

import sqlalchemy as sa
from alembic import op

from facilita.migraciones.inmutables import desproteger_del_borrado, proteger_del_borrado
from facilita.migraciones.tipos import Entero, Instante, Json

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("salida", sa.Column("historia", Json, nullable=True))
    proteger_del_borrado("salida")
    op.create_table(
        "modelo_de_respuesta",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("titulo", sa.String(120), nullable=False),
        sa.Column("texto", sa.Text(), nullable=False),
        sa.Column("formulario_id", Entero, nullable=True),
        sa.Column("activo", sa.Boolean(), nullable=False),
        sa.Column("cambiado_por_id", Entero, nullable=True),
        sa.Column("creado_en", Instante, nullable=False),
        sa.Column("cambiado_en", Instante, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_modelo_de_respuesta"),
        sa.UniqueConstraint("entidad_id", "id", name="uq_modelo_de_respuesta_entidad_id_id"),
        sa.ForeignKeyConstraint(
            ["entidad_id"], ["entidad.id"], name="fk_modelo_de_respuesta_entidad_id"
        ),
        sa.ForeignKeyConstraint(
            ["cambiado_por_id"], ["usuario.id"], name="fk_modelo_de_respuesta_cambiado_por_id"
        ),
        sa.ForeignKeyConstraint(
            ["entidad_id", "formulario_id"],
            ["formulario.entidad_id", "formulario.id"],
            name="fk_modelo_de_respuesta_entidad_id_formulario_id",
        ),
    )
    op.create_index("ix_modelo_de_respuesta_entidad_id", "modelo_de_respuesta", ["entidad_id"])


def downgrade() -> None:
    op.drop_table("modelo_de_respuesta")
    desproteger_del_borrado("salida")
    with op.batch_alter_table("salida") as salida:
        salida.drop_column("historia")

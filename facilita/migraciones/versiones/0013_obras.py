"""Los formularios en obra, los ensayos, el logo, y el horario propio de un formulario (N42)."""

import sqlalchemy as sa
from alembic import op

from facilita.migraciones.tipos import Entero, Instante, Json

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "obra",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("slug", sa.String(60), nullable=False),
        sa.Column("plantilla", sa.String(80), nullable=False),
        sa.Column("titulo", sa.String(200), nullable=False),
        sa.Column("paso", Entero, nullable=False),
        sa.Column("revision", Entero, nullable=False),
        sa.Column("base", sa.String(64), nullable=True),
        sa.Column("creada_en", Instante, nullable=False),
        sa.Column("cambiada_en", Instante, nullable=False),
        sa.Column("cambiada_por_id", Entero, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_obra"),
        sa.UniqueConstraint("entidad_id", "id", name="uq_obra_entidad_id_id"),
        sa.UniqueConstraint("entidad_id", "slug", name="uq_obra_entidad_id_slug"),
        sa.ForeignKeyConstraint(["entidad_id"], ["entidad.id"], name="fk_obra_entidad_id"),
        sa.ForeignKeyConstraint(
            ["cambiada_por_id"], ["usuario.id"], name="fk_obra_cambiada_por_id"
        ),
    )
    op.create_index("ix_obra_entidad_id", "obra", ["entidad_id"])
    op.create_table(
        "paso_de_obra",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("obra_id", Entero, nullable=False),
        sa.Column("numero", Entero, nullable=False),
        sa.Column("documento", sa.Text(), nullable=False),
        sa.Column("hecho", sa.String(500), nullable=False),
        sa.Column("usuario_id", Entero, nullable=True),
        sa.Column("cuando", Instante, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_paso_de_obra"),
        sa.UniqueConstraint("obra_id", "numero", name="uq_paso_de_obra_obra_id_numero"),
        *_de_la_obra("paso_de_obra"),
    )
    op.create_index("ix_paso_de_obra_entidad_id", "paso_de_obra", ["entidad_id"])
    op.create_table(
        "ensayo",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("obra_id", Entero, nullable=False),
        sa.Column("usuario_id", Entero, nullable=False),
        sa.Column("crudo", Json, nullable=False),
        sa.Column("tocado_en", Instante, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ensayo"),
        sa.UniqueConstraint("obra_id", "usuario_id", name="uq_ensayo_obra_id_usuario_id"),
        *_de_la_obra("ensayo"),
    )
    op.create_index("ix_ensayo_entidad_id", "ensayo", ["entidad_id"])
    op.add_column("formulario", sa.Column("aviso", sa.String(500), nullable=True))
    op.add_column("formulario", sa.Column("horario", Json, nullable=True))
    op.add_column("entidad", sa.Column("logo", sa.Text(), nullable=True))
    op.add_column("entidad", sa.Column("logo_huella", sa.String(20), nullable=True))
    op.add_column("entidad", sa.Column("horarios_editables", Json, nullable=True))


def _de_la_obra(tabla: str) -> tuple[sa.ForeignKeyConstraint, ...]:
    return (
        sa.ForeignKeyConstraint(["entidad_id"], ["entidad.id"], name=f"fk_{tabla}_entidad_id"),
        sa.ForeignKeyConstraint(["usuario_id"], ["usuario.id"], name=f"fk_{tabla}_usuario_id"),
        sa.ForeignKeyConstraint(
            ["entidad_id", "obra_id"],
            ["obra.entidad_id", "obra.id"],
            name=f"fk_{tabla}_entidad_id_obra_id",
        ),
    )


def downgrade() -> None:
    with op.batch_alter_table("entidad") as entidad:
        entidad.drop_column("horarios_editables")
        entidad.drop_column("logo_huella")
        entidad.drop_column("logo")
    with op.batch_alter_table("formulario") as formulario:
        formulario.drop_column("horario")
        formulario.drop_column("aviso")
    op.drop_table("ensayo")
    op.drop_table("paso_de_obra")
    op.drop_table("obra")

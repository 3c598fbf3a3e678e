"""Qué formularios atiende cada colaborador, si atiende todo, y con qué nombre se le invitó."""

import sqlalchemy as sa
from alembic import op

from facilita.migraciones.tipos import Entero, Instante

revision = "0012"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("membresia") as membresia:
        membresia.add_column(
            sa.Column("atiende_todo", sa.Boolean, nullable=False, server_default=sa.false())
        )
        membresia.add_column(sa.Column("invitada_como", sa.String(150), nullable=True))
    with op.batch_alter_table("membresia") as membresia:
        membresia.alter_column("atiende_todo", existing_type=sa.Boolean, server_default=None)
    # Hasta hoy, quien no tenía área atendía todo lo de su sede.
    puesto = sa.table(
        "membresia", sa.column("atiende_todo", sa.Boolean), sa.column("rol"), sa.column("area_id")
    )
    sin_area = (puesto.c.rol == "colaborador") & puesto.c.area_id.is_(None)
    op.execute(puesto.update().where(sin_area).values(atiende_todo=sa.true()))
    op.create_table(
        "formulario_a_cargo",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("formulario_id", Entero, nullable=False),
        sa.Column("usuario_id", Entero, nullable=False),
        sa.Column("creado_en", Instante, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_formulario_a_cargo"),
        sa.UniqueConstraint(
            "usuario_id", "formulario_id", name="uq_formulario_a_cargo_usuario_id_formulario_id"
        ),
        sa.ForeignKeyConstraint(
            ["entidad_id"], ["entidad.id"], name="fk_formulario_a_cargo_entidad_id"
        ),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuario.id"], name="fk_formulario_a_cargo_usuario_id"
        ),
        sa.ForeignKeyConstraint(
            ["entidad_id", "formulario_id"],
            ["formulario.entidad_id", "formulario.id"],
            name="fk_formulario_a_cargo_entidad_id_formulario_id",
        ),
    )
    op.create_index("ix_formulario_a_cargo_entidad_id", "formulario_a_cargo", ["entidad_id"])


def downgrade() -> None:
    op.drop_table("formulario_a_cargo")
    # La máxima autoridad no existía: sin su rol no ve nada.
    op.execute("UPDATE membresia SET activa = false WHERE rol = 'autoridad'")
    with op.batch_alter_table("membresia") as membresia:
        membresia.drop_column("invitada_como")
        membresia.drop_column("atiende_todo")

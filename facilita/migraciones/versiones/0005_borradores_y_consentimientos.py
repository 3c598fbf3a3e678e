"""Seguir un borrador después, los consentimientos de cada solicitud y las opiniones."""

import sqlalchemy as sa
from alembic import op

from facilita.migraciones.inmutables import desproteger, proteger
from facilita.migraciones.tipos import Entero, Instante, Json

revision = "0005"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for columna in (
        sa.Column("semilla", sa.String(64), nullable=True),
        sa.Column("correo", sa.String(254), nullable=True),
        sa.Column("avisado_en", Instante, nullable=True),
        sa.Column("por_elegir", Json, nullable=True),
        sa.Column("senales", Json, nullable=True),
    ):
        op.add_column("borrador", columna)
    _consentimiento()
    _opinion()
    proteger("consentimiento")


def downgrade() -> None:
    desproteger("consentimiento")
    for tabla in ("opinion", "consentimiento"):
        op.drop_table(tabla)
    for columna in ("senales", "por_elegir", "avisado_en", "correo", "semilla"):
        op.drop_column("borrador", columna)


def _consentimiento() -> None:
    op.create_table(
        "consentimiento",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("solicitud_id", Entero, nullable=False),
        sa.Column("version_id", Entero, nullable=False),
        sa.Column("campo", sa.String(90), nullable=False),
        sa.Column("acto", sa.String(10), nullable=False),
        sa.Column("finalidad", sa.String(200), nullable=False),
        sa.Column("uso", sa.String(40), nullable=True),
        sa.Column("texto", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("exigido", sa.Boolean(), nullable=False),
        sa.Column("cuando", Instante, nullable=False),
        sa.Column("prueba", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_consentimiento"),
        sa.ForeignKeyConstraint(
            ["entidad_id"], ["entidad.id"], name="fk_consentimiento_entidad_id"
        ),
        _de("consentimiento", "solicitud", "solicitud_id"),
        _de("consentimiento", "version", "version_id"),
    )
    op.create_index("ix_consentimiento_entidad_id", "consentimiento", ["entidad_id"])
    op.create_index("ix_consentimiento_solicitud_id", "consentimiento", ["solicitud_id", "campo"])


def _opinion() -> None:
    op.create_table(
        "opinion",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("formulario_id", Entero, nullable=False),
        sa.Column("huella", sa.String(64), nullable=False),
        sa.Column("nota", Entero, nullable=False),
        sa.Column("comentario", sa.Text(), nullable=True),
        sa.Column("dia", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_opinion"),
        sa.UniqueConstraint("entidad_id", "huella", name="uq_opinion_entidad_id_huella"),
        sa.ForeignKeyConstraint(["entidad_id"], ["entidad.id"], name="fk_opinion_entidad_id"),
        _de("opinion", "formulario", "formulario_id"),
    )
    op.create_index("ix_opinion_entidad_id", "opinion", ["entidad_id"])
    op.create_index("ix_opinion_dia", "opinion", ["entidad_id", "dia"])


def _de(tabla: str, ajena: str, columna: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["entidad_id", columna],
        [f"{ajena}.entidad_id", f"{ajena}.id"],
        name=f"fk_{tabla}_entidad_id_{columna}",
    )

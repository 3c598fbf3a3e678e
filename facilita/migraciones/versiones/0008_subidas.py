"""Archivos que llegan por trozos, lo que dice el antivirus y el tipo de cada adjunto."""

import sqlalchemy as sa
from alembic import op

from facilita.migraciones.tipos import Entero, Instante

revision = "0008"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _subida_parcial()
    _trozo()
    _analisis()
    op.add_column("adjunto", sa.Column("tipo", sa.String(10), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("adjunto") as adjunto:
        adjunto.drop_column("tipo")
    for tabla in ("analisis", "trozo", "subida_parcial"):
        op.drop_table(tabla)


def _de(tabla: str, ajena: str, columna: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["entidad_id", columna],
        [f"{ajena}.entidad_id", f"{ajena}.id"],
        name=f"fk_{tabla}_entidad_id_{columna}",
    )


def _subida_parcial() -> None:
    op.create_table(
        "subida_parcial",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("borrador_id", Entero, nullable=False),
        sa.Column("campo", sa.String(40), nullable=False),
        sa.Column("nombre", sa.String(160), nullable=False),
        sa.Column("largo", Entero, nullable=False),
        sa.Column("recibido", Entero, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("visto", sa.String(64), nullable=True),
        sa.Column("carpeta", sa.String(32), nullable=False),
        sa.Column("situacion", sa.String(12), nullable=False),
        sa.Column("motivo", sa.String(500), nullable=True),
        sa.Column("creada_en", Instante, nullable=False),
        sa.Column("vence_en", Instante, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subida_parcial"),
        sa.UniqueConstraint("entidad_id", "id", name="uq_subida_parcial_entidad_id_id"),
        sa.ForeignKeyConstraint(
            ["entidad_id"], ["entidad.id"], name="fk_subida_parcial_entidad_id"
        ),
        _de("subida_parcial", "borrador", "borrador_id"),
    )
    op.create_index("ix_subida_parcial_entidad_id", "subida_parcial", ["entidad_id"])
    op.create_index("ix_subida_parcial_borrador_id", "subida_parcial", ["borrador_id"])
    op.create_index("ix_subida_parcial_vence_en", "subida_parcial", ["vence_en"])


def _trozo() -> None:
    op.create_table(
        "trozo",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("subida_id", Entero, nullable=False),
        sa.Column("desde", Entero, nullable=False),
        sa.Column("largo", Entero, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_trozo"),
        sa.UniqueConstraint("subida_id", "desde", name="uq_trozo_subida_id_desde"),
        sa.ForeignKeyConstraint(["entidad_id"], ["entidad.id"], name="fk_trozo_entidad_id"),
        _de("trozo", "subida_parcial", "subida_id"),
    )
    op.create_index("ix_trozo_entidad_id", "trozo", ["entidad_id"])


def _analisis() -> None:
    op.create_table(
        "analisis",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("archivo_id", Entero, nullable=False),
        sa.Column("situacion", sa.String(12), nullable=False),
        sa.Column("detalle", sa.String(300), nullable=True),
        sa.Column("motor", sa.String(120), nullable=True),
        sa.Column("intentos", Entero, nullable=False),
        sa.Column("proximo_en", Instante, nullable=True),
        sa.Column("tomado_hasta", Instante, nullable=True),
        sa.Column("pedido_en", Instante, nullable=False),
        sa.Column("analizado_en", Instante, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_analisis"),
        sa.UniqueConstraint("entidad_id", "archivo_id", name="uq_analisis_entidad_id_archivo_id"),
        sa.ForeignKeyConstraint(["entidad_id"], ["entidad.id"], name="fk_analisis_entidad_id"),
        _de("analisis", "archivo", "archivo_id"),
    )
    op.create_index("ix_analisis_entidad_id", "analisis", ["entidad_id"])
    op.create_index("ix_analisis_proximo_en", "analisis", ["proximo_en"])

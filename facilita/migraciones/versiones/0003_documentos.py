"""Los documentos que se componen en PDF y los sellos con que se firman."""

import sqlalchemy as sa
from alembic import op

from facilita.migraciones.tipos import Entero, Instante, Json

revision = "0003"
down_revision = "0004"
branch_labels = None
depends_on = None

# Lo presentado antes también recibe sus documentos.
_DE_LO_PRESENTADO = (
    ("cargo", "0", "solicitud", "id", "presentado_en", ""),
    ("respuestas", "orden", "contenido", "solicitud_id", "creado_en", ""),
    ("constancia", "orden", "movimiento", "solicitud_id", "cuando", "WHERE tipo = 'constancia'"),
)


def upgrade() -> None:
    op.create_table(
        "sello",
        sa.Column("cual", sa.String(64), nullable=False),
        sa.Column("clase", sa.String(12), nullable=False),
        sa.Column("quien", sa.String(200), nullable=False),
        sa.Column("publica", sa.String(64), nullable=True),
        sa.Column("certificado", sa.Text(), nullable=False),
        sa.Column("creado_en", Instante, nullable=False),
        sa.Column("retirado_en", Instante, nullable=True),
        sa.PrimaryKeyConstraint("cual", name="pk_sello"),
    )
    op.create_table(
        "documento",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("solicitud_id", Entero, nullable=False),
        sa.Column("clase", sa.String(20), nullable=False),
        sa.Column("orden", Entero, nullable=False),
        sa.Column("datos", Json, nullable=True),
        sa.Column("archivo_id", Entero, nullable=True),
        sa.Column("situacion", sa.String(12), nullable=False),
        sa.Column("intentos", Entero, nullable=False),
        sa.Column("proxima_en", Instante, nullable=False),
        sa.Column("tomado_hasta", Instante, nullable=True),
        sa.Column("falla", sa.String(400), nullable=True),
        sa.Column("firma", Json, nullable=True),
        sa.Column("creado_en", Instante, nullable=False),
        sa.Column("hecho_en", Instante, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_documento"),
        sa.UniqueConstraint("entidad_id", "id", name="uq_documento_entidad_id_id"),
        sa.UniqueConstraint(
            "solicitud_id", "clase", "orden", name="uq_documento_solicitud_id_clase_orden"
        ),
        sa.ForeignKeyConstraint(["entidad_id"], ["entidad.id"], name="fk_documento_entidad_id"),
        _de("solicitud", "solicitud_id"),
        _de("archivo", "archivo_id"),
    )
    op.create_index("ix_documento_entidad_id", "documento", ["entidad_id"])
    op.create_index("ix_documento_archivo_id", "documento", ["archivo_id"])
    op.create_index("ix_documento_turno", "documento", ["situacion", "proxima_en"])
    for clase, orden, tabla, solicitud, cuando, donde in _DE_LO_PRESENTADO:
        op.execute(
            "INSERT INTO documento (entidad_id, solicitud_id, clase, orden, situacion, intentos, "  # noqa: S608
            "proxima_en, creado_en) "
            f"SELECT entidad_id, {solicitud}, '{clase}', {orden}, 'pendiente', 0, {cuando}, "
            f"{cuando} FROM {tabla} {donde}"
        )


def downgrade() -> None:
    op.drop_table("documento")
    op.drop_table("sello")


def _de(otra: str, columna: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["entidad_id", columna],
        [f"{otra}.entidad_id", f"{otra}.id"],
        name=f"fk_documento_entidad_id_{columna}",
    )

"""Lo que le pasa a cada entidad, con su fecha, y el sistema propio que reporta."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from facilita.migraciones.inmutables import desproteger, proteger
from facilita.migraciones.tipos import Entero, Instante, Json

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_COPIADOS = ("slug", "nombre", "nombre_corto", "ruc", "tipo", "ubigeo")


def upgrade() -> None:
    suceso = op.create_table(
        "suceso_de_entidad",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("clase", sa.String(30), nullable=False),
        sa.Column("cuando", Instante, nullable=False),
        sa.Column("usuario_id", Entero, nullable=True),
        sa.Column("motivo", sa.String(500), nullable=True),
        sa.Column("datos", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_suceso_de_entidad"),
        *_de_entidad("suceso_de_entidad"),
    )
    op.create_index("ix_suceso_de_entidad_entidad_id", "suceso_de_entidad", ["entidad_id"])
    op.create_index("ix_suceso_de_entidad_cuando", "suceso_de_entidad", ["cuando"])
    _empezar(suceso)
    op.create_table(
        "sistema_propio",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("direccion", sa.String(300), nullable=True),
        sa.Column("desde", sa.Date(), nullable=True),
        sa.Column("como_informa", sa.String(1000), nullable=True),
        sa.Column("contacto", sa.String(150), nullable=True),
        sa.Column("correo", sa.String(254), nullable=True),
        sa.Column("telefono", sa.String(40), nullable=True),
        sa.Column("solicitud", sa.String(40), nullable=True),
        sa.Column("usuario_id", Entero, nullable=True),
        sa.Column("cuando", Instante, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sistema_propio"),
        *_de_entidad("sistema_propio"),
    )
    op.create_index("ix_sistema_propio_entidad_id", "sistema_propio", ["entidad_id"])
    proteger("suceso_de_entidad", "sistema_propio")


def _de_entidad(tabla: str) -> tuple[sa.ForeignKeyConstraint, ...]:
    return (
        sa.ForeignKeyConstraint(["entidad_id"], ["entidad.id"], name=f"fk_{tabla}_entidad_id"),
        sa.ForeignKeyConstraint(["usuario_id"], ["usuario.id"], name=f"fk_{tabla}_usuario_id"),
    )


def _empezar(suceso: sa.Table) -> None:
    """Las entidades que ya estaban tienen acceso desde que se crearon."""
    columnas: list[Any] = [sa.column(c) for c in ("id", *_COPIADOS)]
    entidad = sa.table("entidad", *columnas, sa.column("creada_en", Instante))
    for fila in op.get_bind().execute(sa.select(entidad).order_by(entidad.c.id)).mappings():
        datos = {c: fila[c] for c in _COPIADOS}
        for clase in ("registrada", "acceso"):
            op.execute(
                suceso.insert().values(
                    entidad_id=fila["id"], clase=clase, cuando=fila["creada_en"], datos=datos
                )
            )


def downgrade() -> None:
    desproteger("suceso_de_entidad", "sistema_propio")
    op.drop_table("sistema_propio")
    op.drop_table("suceso_de_entidad")

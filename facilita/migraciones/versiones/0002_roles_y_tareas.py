"""Roles de un formulario, tareas, invitaciones, intentos de ingreso, series y horarios propios."""

import sqlalchemy as sa
from alembic import op

from facilita.migraciones.tipos import Entero, Instante, Json

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _encargo()
    _tarea()
    _invitacion()
    _intento()
    op.add_column("solicitud", sa.Column("numero_propio", sa.String(60), nullable=True))
    op.add_column("entidad", sa.Column("horario_otros", Json, nullable=True))
    with op.batch_alter_table("contador") as contador:
        contador.alter_column("serie", existing_type=sa.String(20), type_=sa.String(60))
    with op.batch_alter_table("usuario") as usuario:
        usuario.drop_column("fallos")
        usuario.drop_column("bloqueado_hasta")


def downgrade() -> None:
    with op.batch_alter_table("usuario") as usuario:
        usuario.add_column(sa.Column("fallos", Entero, nullable=False, server_default="0"))
        usuario.add_column(sa.Column("bloqueado_hasta", Instante, nullable=True))
    with op.batch_alter_table("usuario") as usuario:
        usuario.alter_column("fallos", existing_type=Entero, server_default=None)
    # Las series propias no existían: su nombre no cabe en la columna de antes.
    op.execute("DELETE FROM contador WHERE serie NOT IN ('registro', 'expediente')")
    with op.batch_alter_table("contador") as contador:
        contador.alter_column("serie", existing_type=sa.String(60), type_=sa.String(20))
    with op.batch_alter_table("entidad") as entidad:
        entidad.drop_column("horario_otros")
    with op.batch_alter_table("solicitud") as solicitud:
        solicitud.drop_column("numero_propio")
    for tabla in ("intento", "invitacion", "tarea", "encargo"):
        op.drop_table(tabla)


def _encargo() -> None:
    op.create_table(
        "encargo",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("formulario_id", Entero, nullable=False),
        sa.Column("rol", sa.String(40), nullable=False),
        sa.Column("usuario_id", Entero, nullable=True),
        sa.Column("area_id", Entero, nullable=True),
        sa.Column("atiende", sa.Boolean(), nullable=False),
        sa.Column("creado_en", Instante, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_encargo"),
        sa.CheckConstraint(
            "usuario_id IS NOT NULL OR area_id IS NOT NULL", name=op.f("ck_encargo_titular")
        ),
        sa.UniqueConstraint(
            "formulario_id", "rol", "usuario_id", name="uq_encargo_formulario_id_rol_usuario_id"
        ),
        sa.UniqueConstraint(
            "formulario_id", "rol", "area_id", name="uq_encargo_formulario_id_rol_area_id"
        ),
        sa.ForeignKeyConstraint(["entidad_id"], ["entidad.id"], name="fk_encargo_entidad_id"),
        sa.ForeignKeyConstraint(["usuario_id"], ["usuario.id"], name="fk_encargo_usuario_id"),
        _de("encargo", "formulario", "formulario_id"),
        _de("encargo", "area", "area_id"),
    )
    op.create_index("ix_encargo_entidad_id", "encargo", ["entidad_id"])
    op.create_index("ix_encargo_usuario_id", "encargo", ["usuario_id"])


def _tarea() -> None:
    op.create_table(
        "tarea",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("solicitud_id", Entero, nullable=False),
        sa.Column("formulario_id", Entero, nullable=False),
        sa.Column("movimiento_id", Entero, nullable=False),
        sa.Column("cual", sa.String(40), nullable=False),
        sa.Column("rol", sa.String(40), nullable=False),
        sa.Column("usuario_id", Entero, nullable=True),
        sa.Column("area_id", Entero, nullable=True),
        sa.Column("abierta_por_id", Entero, nullable=False),
        sa.Column("abierta_en", Instante, nullable=False),
        sa.Column("vence_en", Instante, nullable=True),
        sa.Column("cuenta", Json, nullable=False),
        sa.Column("situacion", sa.String(12), nullable=False),
        sa.Column("cerrada_en", Instante, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_tarea"),
        sa.UniqueConstraint("entidad_id", "id", name="uq_tarea_entidad_id_id"),
        sa.ForeignKeyConstraint(["entidad_id"], ["entidad.id"], name="fk_tarea_entidad_id"),
        sa.ForeignKeyConstraint(["usuario_id"], ["usuario.id"], name="fk_tarea_usuario_id"),
        sa.ForeignKeyConstraint(["abierta_por_id"], ["usuario.id"], name="fk_tarea_abierta_por_id"),
        _de("tarea", "solicitud", "solicitud_id"),
        _de("tarea", "formulario", "formulario_id"),
        _de("tarea", "area", "area_id"),
        _de("tarea", "movimiento", "movimiento_id"),
    )
    op.create_index("ix_tarea_entidad_id", "tarea", ["entidad_id"])
    op.create_index("ix_tarea_solicitud_id", "tarea", ["solicitud_id"])
    op.create_index("ix_tarea_pendiente", "tarea", ["entidad_id", "situacion", "rol"])


def _de(tabla: str, ajena: str, columna: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["entidad_id", columna],
        [f"{ajena}.entidad_id", f"{ajena}.id"],
        name=f"fk_{tabla}_entidad_id_{columna}",
    )


def _invitacion() -> None:
    op.create_table(
        "invitacion",
        sa.Column("id", Entero, nullable=False),
        sa.Column("huella", sa.String(64), nullable=False),
        sa.Column("usuario_id", Entero, nullable=False),
        sa.Column("destino_id", Entero, nullable=False),
        sa.Column("creada_en", Instante, nullable=False),
        sa.Column("vence_en", Instante, nullable=False),
        sa.Column("usada_en", Instante, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_invitacion"),
        sa.UniqueConstraint("huella", name="uq_invitacion_huella"),
        sa.ForeignKeyConstraint(["usuario_id"], ["usuario.id"], name="fk_invitacion_usuario_id"),
        sa.ForeignKeyConstraint(["destino_id"], ["entidad.id"], name="fk_invitacion_destino_id"),
    )
    op.create_index("ix_invitacion_usuario_id", "invitacion", ["usuario_id"])


def _intento() -> None:
    op.create_table(
        "intento",
        sa.Column("huella", sa.String(64), nullable=False),
        sa.Column("fallos", Entero, nullable=False),
        sa.Column("bloqueado_hasta", Instante, nullable=True),
        sa.Column("ultimo_en", Instante, nullable=False),
        sa.PrimaryKeyConstraint("huella", name="pk_intento"),
    )
    op.create_index("ix_intento_ultimo_en", "intento", ["ultimo_en"])

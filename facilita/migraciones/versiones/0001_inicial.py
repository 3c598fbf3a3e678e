"""El esquema con que Facilita empieza."""

import sqlalchemy as sa
from alembic import op

from facilita.migraciones.inmutables import olvidar_funcion, proteger
from facilita.migraciones.tipos import Entero, Instante, Json

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SOLO_SE_AGREGAN = (
    "bitacora",
    "contenido",
    "movimiento",
    "observacion",
    "publicacion",
    "version",
)


def upgrade() -> None:
    _dia_inhabil()
    _entidad()
    _usuario()
    _archivo()
    _bitacora()
    _codigo()
    _contador()
    _expediente()
    _sede()
    _sesion_abierta()
    _area()
    _formulario()
    _membresia()
    _version()
    _publicacion()
    _solicitud()
    _borrador()
    _contenido()
    _movimiento()
    _salida()
    _termino()
    _adjunto()
    _notificacion()
    _observacion()
    proteger(*SOLO_SE_AGREGAN)


def downgrade() -> None:
    for tabla in (
        "observacion",
        "notificacion",
        "adjunto",
        "termino",
        "salida",
        "movimiento",
        "contenido",
        "borrador",
        "solicitud",
        "publicacion",
        "version",
        "membresia",
        "formulario",
        "area",
        "sesion_abierta",
        "sede",
        "expediente",
        "contador",
        "codigo",
        "bitacora",
        "archivo",
        "usuario",
        "entidad",
        "dia_inhabil",
    ):
        op.drop_table(tabla)
    olvidar_funcion()


def _dia_inhabil() -> None:
    op.create_table(
        "dia_inhabil",
        sa.Column("id", Entero, nullable=False),
        sa.Column("fecha", sa.Date(), nullable=False),
        sa.Column("ambito", sa.String(20), nullable=False),
        sa.Column("motivo", sa.String(200), nullable=False),
        sa.Column("norma", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dia_inhabil"),
        sa.UniqueConstraint("fecha", "ambito", name="uq_dia_inhabil_fecha_ambito"),
    )


def _entidad() -> None:
    op.create_table(
        "entidad",
        sa.Column("id", Entero, nullable=False),
        sa.Column("slug", sa.String(60), nullable=False),
        sa.Column("nombre", sa.String(200), nullable=False),
        sa.Column("nombre_corto", sa.String(60), nullable=False),
        sa.Column("ruc", sa.String(11), nullable=False),
        sa.Column("tipo", sa.String(40), nullable=False),
        sa.Column("ubigeo", sa.String(6), nullable=False),
        sa.Column("correo", sa.String(254), nullable=False),
        sa.Column("telefono", sa.String(40), nullable=True),
        sa.Column("direccion", sa.String(250), nullable=True),
        sa.Column("sitio", sa.String(250), nullable=True),
        sa.Column("horario", Json, nullable=False),
        sa.Column("privacidad", Json, nullable=False),
        sa.Column("numeracion", Json, nullable=False),
        sa.Column("busqueda", sa.String(400), nullable=False),
        sa.Column("revision", Entero, nullable=False),
        sa.Column("es_plataforma", sa.Boolean(), nullable=False),
        sa.Column("activa", sa.Boolean(), nullable=False),
        sa.Column("creada_en", Instante, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_entidad"),
        sa.UniqueConstraint("ruc", name="uq_entidad_ruc"),
        sa.UniqueConstraint("slug", name="uq_entidad_slug"),
    )


def _usuario() -> None:
    op.create_table(
        "usuario",
        sa.Column("id", Entero, nullable=False),
        sa.Column("correo", sa.String(254), nullable=False),
        sa.Column("nombres", sa.String(150), nullable=False),
        sa.Column("documento", sa.String(20), nullable=True),
        sa.Column("clave", sa.String(200), nullable=True),
        sa.Column("activo", sa.Boolean(), nullable=False),
        sa.Column("fallos", Entero, nullable=False),
        sa.Column("bloqueado_hasta", Instante, nullable=True),
        sa.Column("creado_en", Instante, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_usuario"),
        sa.UniqueConstraint("correo", name="uq_usuario_correo"),
    )


def _archivo() -> None:
    op.create_table(
        "archivo",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("clave", sa.String(200), nullable=False),
        sa.Column("tamano", Entero, nullable=False),
        sa.Column("tipo", sa.String(10), nullable=False),
        sa.Column("mime", sa.String(120), nullable=False),
        sa.Column("paginas", Entero, nullable=True),
        sa.Column("marcas", Json, nullable=False),
        sa.Column("creado_en", Instante, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_archivo"),
        sa.UniqueConstraint("entidad_id", "id", name="uq_archivo_entidad_id_id"),
        sa.UniqueConstraint("entidad_id", "sha256", name="uq_archivo_entidad_id_sha256"),
        sa.ForeignKeyConstraint(["entidad_id"], ["entidad.id"], name="fk_archivo_entidad_id"),
    )
    op.create_index("ix_archivo_entidad_id", "archivo", ["entidad_id"])


def _bitacora() -> None:
    op.create_table(
        "bitacora",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=True),
        sa.Column("cuando", Instante, nullable=False),
        sa.Column("usuario_id", Entero, nullable=True),
        sa.Column("accion", sa.String(60), nullable=False),
        sa.Column("sobre", sa.String(120), nullable=True),
        sa.Column("datos", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bitacora"),
        sa.ForeignKeyConstraint(["entidad_id"], ["entidad.id"], name="fk_bitacora_entidad_id"),
        sa.ForeignKeyConstraint(["usuario_id"], ["usuario.id"], name="fk_bitacora_usuario_id"),
    )
    op.create_index("ix_bitacora_entidad_id_cuando", "bitacora", ["entidad_id", "cuando"])
    op.create_index("ix_bitacora_usuario_id", "bitacora", ["usuario_id"])


def _codigo() -> None:
    op.create_table(
        "codigo",
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("codigo", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("codigo", name="pk_codigo"),
        sa.ForeignKeyConstraint(["entidad_id"], ["entidad.id"], name="fk_codigo_entidad_id"),
    )


def _contador() -> None:
    op.create_table(
        "contador",
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("serie", sa.String(20), nullable=False),
        sa.Column("anio", Entero, nullable=False),
        sa.Column("ultimo", Entero, nullable=False),
        sa.Column("dado_en", Instante, nullable=False),
        sa.PrimaryKeyConstraint("entidad_id", "serie", "anio", name="pk_contador"),
        sa.ForeignKeyConstraint(["entidad_id"], ["entidad.id"], name="fk_contador_entidad_id"),
    )


def _expediente() -> None:
    op.create_table(
        "expediente",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("numero", sa.String(60), nullable=False),
        sa.Column("abierto_en", Instante, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_expediente"),
        sa.UniqueConstraint("entidad_id", "id", name="uq_expediente_entidad_id_id"),
        sa.UniqueConstraint("entidad_id", "numero", name="uq_expediente_entidad_id_numero"),
        sa.ForeignKeyConstraint(["entidad_id"], ["entidad.id"], name="fk_expediente_entidad_id"),
    )
    op.create_index("ix_expediente_entidad_id", "expediente", ["entidad_id"])


def _sede() -> None:
    op.create_table(
        "sede",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("codigo", sa.String(40), nullable=False),
        sa.Column("nombre", sa.String(150), nullable=False),
        sa.Column("direccion", sa.String(250), nullable=True),
        sa.Column("ubigeo", sa.String(6), nullable=False),
        sa.Column("principal", sa.Boolean(), nullable=False),
        sa.Column("recibe", sa.Boolean(), nullable=False),
        sa.Column("activa", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sede"),
        sa.UniqueConstraint("entidad_id", "codigo", name="uq_sede_entidad_id_codigo"),
        sa.UniqueConstraint("entidad_id", "id", name="uq_sede_entidad_id_id"),
        sa.ForeignKeyConstraint(["entidad_id"], ["entidad.id"], name="fk_sede_entidad_id"),
    )
    op.create_index("ix_sede_entidad_id", "sede", ["entidad_id"])


def _sesion_abierta() -> None:
    op.create_table(
        "sesion_abierta",
        sa.Column("huella", sa.String(64), nullable=False),
        sa.Column("usuario_id", Entero, nullable=False),
        sa.Column("membresia_id", Entero, nullable=True),
        sa.Column("abierta_en", Instante, nullable=False),
        sa.Column("vista_en", Instante, nullable=False),
        sa.Column("vence_en", Instante, nullable=False),
        sa.Column("agente", sa.String(200), nullable=True),
        sa.PrimaryKeyConstraint("huella", name="pk_sesion_abierta"),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuario.id"], name="fk_sesion_abierta_usuario_id"
        ),
    )
    op.create_index("ix_sesion_abierta_usuario_id", "sesion_abierta", ["usuario_id"])


def _area() -> None:
    op.create_table(
        "area",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("codigo", sa.String(40), nullable=False),
        sa.Column("nombre", sa.String(150), nullable=False),
        sa.Column("sede_id", Entero, nullable=True),
        sa.Column("activa", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_area"),
        sa.UniqueConstraint("entidad_id", "codigo", name="uq_area_entidad_id_codigo"),
        sa.UniqueConstraint("entidad_id", "id", name="uq_area_entidad_id_id"),
        sa.ForeignKeyConstraint(["entidad_id"], ["entidad.id"], name="fk_area_entidad_id"),
        sa.ForeignKeyConstraint(
            ["entidad_id", "sede_id"],
            ["sede.entidad_id", "sede.id"],
            name="fk_area_entidad_id_sede_id",
        ),
    )
    op.create_index("ix_area_entidad_id", "area", ["entidad_id"])


def _formulario() -> None:
    op.create_table(
        "formulario",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("slug", sa.String(60), nullable=False),
        sa.Column("plantilla", sa.String(60), nullable=False),
        sa.Column("titulo", sa.String(200), nullable=False),
        sa.Column("area_id", Entero, nullable=True),
        sa.Column("vigente_id", Entero, nullable=True),
        sa.Column("creado_en", Instante, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_formulario"),
        sa.UniqueConstraint("entidad_id", "id", name="uq_formulario_entidad_id_id"),
        sa.UniqueConstraint("entidad_id", "slug", name="uq_formulario_entidad_id_slug"),
        sa.ForeignKeyConstraint(["entidad_id"], ["entidad.id"], name="fk_formulario_entidad_id"),
        sa.ForeignKeyConstraint(
            ["entidad_id", "area_id"],
            ["area.entidad_id", "area.id"],
            name="fk_formulario_entidad_id_area_id",
        ),
    )
    op.create_index("ix_formulario_entidad_id", "formulario", ["entidad_id"])


def _membresia() -> None:
    op.create_table(
        "membresia",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("usuario_id", Entero, nullable=False),
        sa.Column("rol", sa.String(30), nullable=False),
        sa.Column("sede_id", Entero, nullable=True),
        sa.Column("area_id", Entero, nullable=True),
        sa.Column("activa", sa.Boolean(), nullable=False),
        sa.Column("creada_en", Instante, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_membresia"),
        sa.UniqueConstraint("entidad_id", "usuario_id", name="uq_membresia_entidad_id_usuario_id"),
        sa.ForeignKeyConstraint(["entidad_id"], ["entidad.id"], name="fk_membresia_entidad_id"),
        sa.ForeignKeyConstraint(
            ["entidad_id", "area_id"],
            ["area.entidad_id", "area.id"],
            name="fk_membresia_entidad_id_area_id",
        ),
        sa.ForeignKeyConstraint(
            ["entidad_id", "sede_id"],
            ["sede.entidad_id", "sede.id"],
            name="fk_membresia_entidad_id_sede_id",
        ),
        sa.ForeignKeyConstraint(["usuario_id"], ["usuario.id"], name="fk_membresia_usuario_id"),
    )
    op.create_index("ix_membresia_entidad_id", "membresia", ["entidad_id"])
    op.create_index("ix_membresia_usuario_id", "membresia", ["usuario_id"])


def _version() -> None:
    op.create_table(
        "version",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("formulario_id", Entero, nullable=False),
        sa.Column("numero", Entero, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("plantilla_version", Entero, nullable=True),
        sa.Column("canonico", sa.Text(), nullable=False),
        sa.Column("fuente", sa.Text(), nullable=False),
        sa.Column("creada_en", Instante, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_version"),
        sa.UniqueConstraint("entidad_id", "id", name="uq_version_entidad_id_id"),
        sa.UniqueConstraint("formulario_id", "digest", name="uq_version_formulario_id_digest"),
        sa.UniqueConstraint("formulario_id", "numero", name="uq_version_formulario_id_numero"),
        sa.ForeignKeyConstraint(["entidad_id"], ["entidad.id"], name="fk_version_entidad_id"),
        sa.ForeignKeyConstraint(
            ["entidad_id", "formulario_id"],
            ["formulario.entidad_id", "formulario.id"],
            name="fk_version_entidad_id_formulario_id",
        ),
    )
    op.create_index("ix_version_digest", "version", ["digest"])
    op.create_index("ix_version_entidad_id", "version", ["entidad_id"])


def _publicacion() -> None:
    op.create_table(
        "publicacion",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("formulario_id", Entero, nullable=False),
        sa.Column("version_id", Entero, nullable=True),
        sa.Column("usuario_id", Entero, nullable=True),
        sa.Column("motivo", sa.String(500), nullable=False),
        sa.Column("cuando", Instante, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_publicacion"),
        sa.ForeignKeyConstraint(["entidad_id"], ["entidad.id"], name="fk_publicacion_entidad_id"),
        sa.ForeignKeyConstraint(
            ["entidad_id", "formulario_id"],
            ["formulario.entidad_id", "formulario.id"],
            name="fk_publicacion_entidad_id_formulario_id",
        ),
        sa.ForeignKeyConstraint(
            ["entidad_id", "version_id"],
            ["version.entidad_id", "version.id"],
            name="fk_publicacion_entidad_id_version_id",
        ),
        sa.ForeignKeyConstraint(["usuario_id"], ["usuario.id"], name="fk_publicacion_usuario_id"),
    )
    op.create_index("ix_publicacion_entidad_id", "publicacion", ["entidad_id"])


def _solicitud() -> None:
    op.create_table(
        "solicitud",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("formulario_id", Entero, nullable=False),
        sa.Column("version_id", Entero, nullable=False),
        sa.Column("expediente_id", Entero, nullable=False),
        sa.Column("borrador_id", Entero, nullable=False),
        sa.Column("numero", sa.String(60), nullable=False),
        sa.Column("codigo", sa.String(40), nullable=False),
        sa.Column("presentado_en", Instante, nullable=False),
        sa.Column("estado", sa.String(40), nullable=False),
        sa.Column("abierta", sa.Boolean(), nullable=False),
        sa.Column("asunto", sa.String(250), nullable=False),
        sa.Column("remitente", sa.String(250), nullable=False),
        sa.Column("identidad", sa.String(60), nullable=False),
        sa.Column("correo", sa.String(254), nullable=True),
        sa.Column("sede_id", Entero, nullable=True),
        sa.Column("area_id", Entero, nullable=True),
        sa.Column("asignada_id", Entero, nullable=True),
        sa.Column("vence_en", Instante, nullable=True),
        sa.Column("suspendida", sa.Boolean(), nullable=False),
        sa.Column("busqueda", sa.Text(), nullable=False),
        sa.Column("cargo", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_solicitud"),
        sa.UniqueConstraint("borrador_id", name="uq_solicitud_borrador_id"),
        sa.UniqueConstraint("codigo", name="uq_solicitud_codigo"),
        sa.UniqueConstraint("entidad_id", "id", name="uq_solicitud_entidad_id_id"),
        sa.UniqueConstraint("entidad_id", "numero", name="uq_solicitud_entidad_id_numero"),
        sa.ForeignKeyConstraint(["asignada_id"], ["usuario.id"], name="fk_solicitud_asignada_id"),
        sa.ForeignKeyConstraint(["entidad_id"], ["entidad.id"], name="fk_solicitud_entidad_id"),
        sa.ForeignKeyConstraint(
            ["entidad_id", "area_id"],
            ["area.entidad_id", "area.id"],
            name="fk_solicitud_entidad_id_area_id",
        ),
        sa.ForeignKeyConstraint(
            ["entidad_id", "expediente_id"],
            ["expediente.entidad_id", "expediente.id"],
            name="fk_solicitud_entidad_id_expediente_id",
        ),
        sa.ForeignKeyConstraint(
            ["entidad_id", "formulario_id"],
            ["formulario.entidad_id", "formulario.id"],
            name="fk_solicitud_entidad_id_formulario_id",
        ),
        sa.ForeignKeyConstraint(
            ["entidad_id", "sede_id"],
            ["sede.entidad_id", "sede.id"],
            name="fk_solicitud_entidad_id_sede_id",
        ),
        sa.ForeignKeyConstraint(
            ["entidad_id", "version_id"],
            ["version.entidad_id", "version.id"],
            name="fk_solicitud_entidad_id_version_id",
        ),
    )
    op.create_index("ix_solicitud_bandeja", "solicitud", ["entidad_id", "estado", "id"])
    op.create_index("ix_solicitud_entidad_id", "solicitud", ["entidad_id"])
    op.create_index("ix_solicitud_vence", "solicitud", ["entidad_id", "vence_en"])


def _borrador() -> None:
    op.create_table(
        "borrador",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("huella", sa.String(64), nullable=False),
        sa.Column("version_id", Entero, nullable=False),
        sa.Column("crudo", Json, nullable=False),
        sa.Column("revision", Entero, nullable=False),
        sa.Column("subsana_id", Entero, nullable=True),
        sa.Column("presentado", sa.Boolean(), nullable=False),
        sa.Column("creado_en", Instante, nullable=False),
        sa.Column("tocado_en", Instante, nullable=False),
        sa.Column("vence_en", Instante, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_borrador"),
        sa.UniqueConstraint("entidad_id", "id", name="uq_borrador_entidad_id_id"),
        sa.UniqueConstraint("huella", name="uq_borrador_huella"),
        sa.ForeignKeyConstraint(["entidad_id"], ["entidad.id"], name="fk_borrador_entidad_id"),
        sa.ForeignKeyConstraint(
            ["entidad_id", "subsana_id"],
            ["solicitud.entidad_id", "solicitud.id"],
            name="fk_borrador_entidad_id_subsana_id",
        ),
        sa.ForeignKeyConstraint(
            ["entidad_id", "version_id"],
            ["version.entidad_id", "version.id"],
            name="fk_borrador_entidad_id_version_id",
        ),
    )
    op.create_index("ix_borrador_entidad_id", "borrador", ["entidad_id"])
    op.create_index("ix_borrador_vence_en", "borrador", ["vence_en"])


def _contenido() -> None:
    op.create_table(
        "contenido",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("solicitud_id", Entero, nullable=False),
        sa.Column("orden", Entero, nullable=False),
        sa.Column("respuestas", Json, nullable=False),
        sa.Column("crudo", Json, nullable=False),
        sa.Column("creado_en", Instante, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_contenido"),
        sa.UniqueConstraint("entidad_id", "id", name="uq_contenido_entidad_id_id"),
        sa.UniqueConstraint("solicitud_id", "orden", name="uq_contenido_solicitud_id_orden"),
        sa.ForeignKeyConstraint(["entidad_id"], ["entidad.id"], name="fk_contenido_entidad_id"),
        sa.ForeignKeyConstraint(
            ["entidad_id", "solicitud_id"],
            ["solicitud.entidad_id", "solicitud.id"],
            name="fk_contenido_entidad_id_solicitud_id",
        ),
    )
    op.create_index("ix_contenido_entidad_id", "contenido", ["entidad_id"])


def _movimiento() -> None:
    op.create_table(
        "movimiento",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("solicitud_id", Entero, nullable=False),
        sa.Column("orden", Entero, nullable=False),
        sa.Column("tipo", sa.String(40), nullable=False),
        sa.Column("transicion", sa.String(40), nullable=True),
        sa.Column("de", sa.String(40), nullable=True),
        sa.Column("a", sa.String(40), nullable=True),
        sa.Column("quien", sa.String(20), nullable=False),
        sa.Column("usuario_id", Entero, nullable=True),
        sa.Column("cuando", Instante, nullable=False),
        sa.Column("datos", Json, nullable=False),
        sa.Column("huella", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_movimiento"),
        sa.UniqueConstraint("entidad_id", "id", name="uq_movimiento_entidad_id_id"),
        sa.UniqueConstraint("solicitud_id", "orden", name="uq_movimiento_solicitud_id_orden"),
        sa.ForeignKeyConstraint(["entidad_id"], ["entidad.id"], name="fk_movimiento_entidad_id"),
        sa.ForeignKeyConstraint(
            ["entidad_id", "solicitud_id"],
            ["solicitud.entidad_id", "solicitud.id"],
            name="fk_movimiento_entidad_id_solicitud_id",
        ),
        sa.ForeignKeyConstraint(["usuario_id"], ["usuario.id"], name="fk_movimiento_usuario_id"),
    )
    op.create_index("ix_movimiento_entidad_id", "movimiento", ["entidad_id"])


def _salida() -> None:
    op.create_table(
        "salida",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("clase", sa.String(20), nullable=False),
        sa.Column("clave", sa.String(120), nullable=False),
        sa.Column("solicitud_id", Entero, nullable=True),
        sa.Column("datos", Json, nullable=False),
        sa.Column("situacion", sa.String(12), nullable=False),
        sa.Column("intentos", Entero, nullable=False),
        sa.Column("proxima_en", Instante, nullable=False),
        sa.Column("tomada_hasta", Instante, nullable=True),
        sa.Column("respuesta", sa.String(500), nullable=True),
        sa.Column("creada_en", Instante, nullable=False),
        sa.Column("entregada_en", Instante, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_salida"),
        sa.UniqueConstraint("clave", name="uq_salida_clave"),
        sa.ForeignKeyConstraint(["entidad_id"], ["entidad.id"], name="fk_salida_entidad_id"),
        sa.ForeignKeyConstraint(
            ["entidad_id", "solicitud_id"],
            ["solicitud.entidad_id", "solicitud.id"],
            name="fk_salida_entidad_id_solicitud_id",
        ),
    )
    op.create_index("ix_salida_entidad_id", "salida", ["entidad_id"])
    op.create_index("ix_salida_solicitud_id", "salida", ["solicitud_id"])
    op.create_index("ix_salida_turno", "salida", ["situacion", "proxima_en"])


def _termino() -> None:
    op.create_table(
        "termino",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("solicitud_id", Entero, nullable=False),
        sa.Column("clase", sa.String(40), nullable=False),
        sa.Column("vence_en", Instante, nullable=False),
        sa.Column("cuenta", Json, nullable=False),
        sa.Column("situacion", sa.String(12), nullable=False),
        sa.Column("abierto_en", Instante, nullable=False),
        sa.Column("cerrado_en", Instante, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_termino"),
        sa.ForeignKeyConstraint(["entidad_id"], ["entidad.id"], name="fk_termino_entidad_id"),
        sa.ForeignKeyConstraint(
            ["entidad_id", "solicitud_id"],
            ["solicitud.entidad_id", "solicitud.id"],
            name="fk_termino_entidad_id_solicitud_id",
        ),
    )
    op.create_index("ix_termino_entidad_id", "termino", ["entidad_id"])
    op.create_index("ix_termino_reloj", "termino", ["situacion", "vence_en"])
    op.create_index("ix_termino_solicitud_id", "termino", ["solicitud_id"])


def _adjunto() -> None:
    op.create_table(
        "adjunto",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("borrador_id", Entero, nullable=True),
        sa.Column("contenido_id", Entero, nullable=True),
        sa.Column("movimiento_id", Entero, nullable=True),
        sa.Column("archivo_id", Entero, nullable=False),
        sa.Column("campo", sa.String(40), nullable=False),
        sa.Column("nombre", sa.String(160), nullable=False),
        sa.Column("orden", Entero, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_adjunto"),
        sa.ForeignKeyConstraint(["entidad_id"], ["entidad.id"], name="fk_adjunto_entidad_id"),
        sa.ForeignKeyConstraint(
            ["entidad_id", "archivo_id"],
            ["archivo.entidad_id", "archivo.id"],
            name="fk_adjunto_entidad_id_archivo_id",
        ),
        sa.ForeignKeyConstraint(
            ["entidad_id", "borrador_id"],
            ["borrador.entidad_id", "borrador.id"],
            name="fk_adjunto_entidad_id_borrador_id",
        ),
        sa.ForeignKeyConstraint(
            ["entidad_id", "contenido_id"],
            ["contenido.entidad_id", "contenido.id"],
            name="fk_adjunto_entidad_id_contenido_id",
        ),
        sa.ForeignKeyConstraint(
            ["entidad_id", "movimiento_id"],
            ["movimiento.entidad_id", "movimiento.id"],
            name="fk_adjunto_entidad_id_movimiento_id",
        ),
        sa.CheckConstraint(
            "borrador_id IS NOT NULL OR contenido_id IS NOT NULL OR movimiento_id IS NOT NULL",
            name=op.f("ck_adjunto_dueno"),
        ),
    )
    op.create_index("ix_adjunto_archivo_id", "adjunto", ["archivo_id"])
    op.create_index("ix_adjunto_borrador_id", "adjunto", ["borrador_id"])
    op.create_index("ix_adjunto_contenido_id", "adjunto", ["contenido_id"])
    op.create_index("ix_adjunto_entidad_id", "adjunto", ["entidad_id"])
    op.create_index("ix_adjunto_movimiento_id", "adjunto", ["movimiento_id"])


def _notificacion() -> None:
    op.create_table(
        "notificacion",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("solicitud_id", Entero, nullable=False),
        sa.Column("movimiento_id", Entero, nullable=False),
        sa.Column("huella", sa.String(64), nullable=False),
        sa.Column("enviada_en", Instante, nullable=False),
        sa.Column("acuse_hasta", Instante, nullable=False),
        sa.Column("notificado_en", Instante, nullable=True),
        sa.Column("canal", sa.String(20), nullable=True),
        sa.Column("por_cedula", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notificacion"),
        sa.UniqueConstraint("huella", name="uq_notificacion_huella"),
        sa.ForeignKeyConstraint(["entidad_id"], ["entidad.id"], name="fk_notificacion_entidad_id"),
        sa.ForeignKeyConstraint(
            ["entidad_id", "movimiento_id"],
            ["movimiento.entidad_id", "movimiento.id"],
            name="fk_notificacion_entidad_id_movimiento_id",
        ),
        sa.ForeignKeyConstraint(
            ["entidad_id", "solicitud_id"],
            ["solicitud.entidad_id", "solicitud.id"],
            name="fk_notificacion_entidad_id_solicitud_id",
        ),
    )
    op.create_index("ix_notificacion_entidad_id", "notificacion", ["entidad_id"])
    op.create_index("ix_notificacion_pendiente", "notificacion", ["notificado_en", "acuse_hasta"])
    op.create_index("ix_notificacion_solicitud_id", "notificacion", ["solicitud_id"])


def _observacion() -> None:
    op.create_table(
        "observacion",
        sa.Column("id", Entero, nullable=False),
        sa.Column("entidad_id", Entero, nullable=False),
        sa.Column("solicitud_id", Entero, nullable=False),
        sa.Column("movimiento_id", Entero, nullable=False),
        sa.Column("campo", sa.String(40), nullable=False),
        sa.Column("texto", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_observacion"),
        sa.ForeignKeyConstraint(["entidad_id"], ["entidad.id"], name="fk_observacion_entidad_id"),
        sa.ForeignKeyConstraint(
            ["entidad_id", "movimiento_id"],
            ["movimiento.entidad_id", "movimiento.id"],
            name="fk_observacion_entidad_id_movimiento_id",
        ),
        sa.ForeignKeyConstraint(
            ["entidad_id", "solicitud_id"],
            ["solicitud.entidad_id", "solicitud.id"],
            name="fk_observacion_entidad_id_solicitud_id",
        ),
    )
    op.create_index("ix_observacion_entidad_id", "observacion", ["entidad_id"])
    op.create_index("ix_observacion_solicitud_id", "observacion", ["solicitud_id"])

"""Los guardias que impiden, en la misma base, cambiar o borrar lo que solo se agrega (N12, N61).

En SQLite, una migración que rehace una tabla protegida pierde sus guardias: los vuelve a poner.
"""

from alembic import op

_FUNCION = """
CREATE OR REPLACE FUNCTION rechazar_cambio() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% no se cambia ni se borra', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$
"""


def proteger(*tablas: str) -> None:
    """Desde ahora esas tablas rechazan UPDATE, DELETE y (en PostgreSQL) TRUNCATE."""
    if _es_sqlite():
        for tabla in tablas:
            for orden in ("UPDATE", "DELETE"):
                op.execute(_guardia_sqlite(tabla, orden))
        return
    op.execute(_FUNCION)
    for tabla in tablas:
        op.execute(_guardia_postgresql(tabla, "cambio", "UPDATE OR DELETE", "ROW"))
        op.execute(_guardia_postgresql(tabla, "vaciado", "TRUNCATE", "STATEMENT"))


def desproteger(*tablas: str) -> None:
    """Quita los guardias de esas tablas."""
    guardias = ("update", "delete") if _es_sqlite() else ("cambio", "vaciado")
    donde = "" if _es_sqlite() else " ON {tabla}"
    for tabla in tablas:
        for guardia in guardias:
            op.execute(f"DROP TRIGGER {tabla}_sin_{guardia}" + donde.format(tabla=tabla))


def proteger_del_borrado(tabla: str) -> None:
    """Desde ahora esa tabla rechaza DELETE y (en PostgreSQL) TRUNCATE; cambiarla, sí (N24)."""
    if _es_sqlite():
        op.execute(_guardia_sqlite(tabla, "DELETE"))
        return
    op.execute(_guardia_postgresql(tabla, "borrado", "DELETE", "ROW"))
    op.execute(_guardia_postgresql(tabla, "vaciado", "TRUNCATE", "STATEMENT"))


def desproteger_del_borrado(tabla: str) -> None:
    """Quita esos guardias."""
    if _es_sqlite():
        op.execute(f"DROP TRIGGER {tabla}_sin_delete")
        return
    for guardia in ("borrado", "vaciado"):
        op.execute(f"DROP TRIGGER {tabla}_sin_{guardia} ON {tabla}")


def olvidar_funcion() -> None:
    """Quita de PostgreSQL la función de los guardias; va al deshacer la primera migración."""
    if not _es_sqlite():
        op.execute("DROP FUNCTION rechazar_cambio()")


def _es_sqlite() -> bool:
    return op.get_context().dialect.name == "sqlite"


def _guardia_sqlite(tabla: str, orden: str) -> str:
    return (
        f"CREATE TRIGGER {tabla}_sin_{orden.lower()} BEFORE {orden} ON {tabla} "
        f"BEGIN SELECT RAISE(ABORT, '{tabla} no se cambia ni se borra'); END"
    )


def _guardia_postgresql(tabla: str, guardia: str, ordenes: str, cada: str) -> str:
    return (
        f"CREATE TRIGGER {tabla}_sin_{guardia} BEFORE {ordenes} ON {tabla} "
        f"FOR EACH {cada} EXECUTE FUNCTION rechazar_cambio()"
    )

"""Los tipos con que se escriben las migraciones, y cómo las redacta alembic."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from facilita.tramite import bd

Entero = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Json = sa.JSON().with_variant(JSONB(), "postgresql")
Instante = sa.DateTime(timezone=True)


def _nombrar(clase: str, objeto: Any, _contexto: Any) -> str | bool:
    """Los tipos propios van por su nombre: una migración no cambia si mañana cambia el modelo."""
    if clase != "type":
        return False
    if isinstance(objeto, bd.Instante):
        return "Instante"
    nombres = {repr(bd.Entero): "Entero", repr(bd.Json): "Json"}
    return nombres.get(repr(objeto), False)


OPCIONES: dict[str, Any] = {
    # SQLite no sabe cambiar una columna: alembic rehace la tabla.
    "render_as_batch": True,
    "compare_type": True,
    "compare_server_default": True,
    "transaction_per_migration": False,
    "render_item": _nombrar,
}

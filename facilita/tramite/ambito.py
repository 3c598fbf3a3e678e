"""El ámbito de una sesión: de qué entidad puede ver y tocar, o la plataforma con su motivo.

El filtro va en cada SELECT, UPDATE y DELETE; lo que se guarda también se comprueba.
"""

from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import event, false
from sqlalchemy.orm import ORMExecuteState, Session, sessionmaker, with_loader_criteria

registro = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ambito:
    """Qué ve una sesión: una entidad, toda la plataforma (con motivo) o nada."""

    entidad_id: int | None = None
    plataforma: str | None = None

    @classmethod
    def de(cls, entidad_id: int) -> "Ambito":
        """El ámbito de una entidad."""
        return cls(entidad_id=entidad_id)

    @classmethod
    def de_plataforma(cls, motivo: str) -> "Ambito":
        """El de SGTD y el trabajador: ve todas las entidades y deja constancia del motivo."""
        registro.debug("ambito.plataforma", motivo=motivo)
        return cls(plataforma=motivo)


NADA = Ambito()


class FueraDeAmbito(RuntimeError):
    """Un programa quiso tocar filas de otra entidad: es un defecto, no una respuesta."""


def vigilar(sesiones: sessionmaker[Session], de_entidad: type[Any]) -> None:
    """Pone el filtro y la comprobación en todas las sesiones de esa fábrica."""

    def filtrar(estado: ORMExecuteState) -> None:
        ambito: Ambito = estado.session.info.get("ambito", NADA)
        if ambito.plataforma:
            return
        if estado.is_orm_statement and not estado.is_insert:
            estado.statement = estado.statement.options(_criterio(ambito, de_entidad))
        else:
            _rechazar_sin_filtro(estado.statement, de_entidad)

    def comprobar(sesion: Session, _contexto: Any, _instancias: Any) -> None:
        ambito: Ambito = sesion.info.get("ambito", NADA)
        for objeto in (*sesion.new, *sesion.dirty, *sesion.deleted):
            _rechazar_inmutable(sesion, objeto)
            if isinstance(objeto, de_entidad) and not ambito.plataforma:
                _comprobar_objeto(ambito, objeto)

    event.listen(sesiones, "do_orm_execute", filtrar)
    event.listen(sesiones, "before_flush", comprobar)


def _criterio(ambito: Ambito, de_entidad: type[Any]) -> Any:
    entidad_id = ambito.entidad_id
    if entidad_id is None:
        return with_loader_criteria(de_entidad, lambda _cls: false(), include_aliases=True)
    return with_loader_criteria(
        de_entidad, lambda cls: cls.entidad_id == entidad_id, include_aliases=True
    )


def _rechazar_sin_filtro(sentencia: Any, de_entidad: type[Any]) -> None:
    """El filtro no alcanza al SQL escrito, a las tablas sueltas ni a insertar en masa."""
    tablas = _tablas(sentencia)
    if tablas is None:
        raise FueraDeAmbito("SQL escrito a mano: el filtro de entidad no lo alcanza")
    prohibidas = tablas & {m.class_.__tablename__ for m in _mapeados(de_entidad)}
    if prohibidas:
        raise FueraDeAmbito(f"sin filtro de entidad: {', '.join(sorted(prohibidas))}")


def _tablas(sentencia: Any) -> set[str] | None:
    if hasattr(sentencia, "get_final_froms"):
        return {getattr(t, "name", "") for t in sentencia.get_final_froms()}
    tabla = getattr(sentencia, "table", None)
    return None if tabla is None else {tabla.name}


def _mapeados(de_entidad: type[Any]) -> list[Any]:
    vistos, pendientes = [], list(de_entidad.__subclasses__())
    while pendientes:
        clase = pendientes.pop()
        pendientes += clase.__subclasses__()
        if hasattr(clase, "__mapper__"):
            vistos.append(clase.__mapper__)
    return vistos


def _comprobar_objeto(ambito: Ambito, objeto: Any) -> None:
    if ambito.entidad_id is None:
        raise FueraDeAmbito(f"sin ámbito no se guarda {type(objeto).__name__}")
    if objeto.entidad_id is None:
        objeto.entidad_id = ambito.entidad_id
    if objeto.entidad_id != ambito.entidad_id:
        raise FueraDeAmbito(f"{type(objeto).__name__} es de otra entidad")


def _rechazar_inmutable(sesion: Session, objeto: Any) -> None:
    if not getattr(type(objeto), "inmutable", False) or objeto in sesion.new:
        return
    if objeto in sesion.deleted or sesion.is_modified(objeto):
        raise FueraDeAmbito(f"{type(objeto).__name__} no se cambia ni se borra")

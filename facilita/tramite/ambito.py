"""El ámbito de una sesión: de qué entidad puede ver y tocar, o la plataforma con su motivo.

El filtro va en cada SELECT, UPDATE y DELETE; lo que se guarda también se comprueba.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import structlog
from sqlalchemy import (
    BigInteger,
    ClauseElement,
    Column,
    Delete,
    Insert,
    Select,
    SelectBase,
    Table,
    TextClause,
    TextualSelect,
    Update,
    bindparam,
    event,
    false,
)
from sqlalchemy.orm import ORMExecuteState, Session, sessionmaker, with_loader_criteria
from sqlalchemy.orm.context import FromStatement
from sqlalchemy.sql.visitors import iterate

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


DEL_AMBITO = bindparam("entidad_del_ambito", type_=BigInteger())
"""El dato con que viaja la entidad: la misma consulta ya compilada sirve a todas."""


def vigilar(sesiones: sessionmaker[Session], de_entidad: Any) -> None:
    """Pone el filtro y la comprobación en todas las sesiones de esa fábrica."""
    filtro = _Filtro(de_entidad)

    def filtrar(estado: ORMExecuteState) -> None:
        ambito: Ambito = estado.session.info.get("ambito", NADA)
        if not ambito.plataforma:
            filtro.poner(estado, ambito)

    def comprobar(sesion: Session, _contexto: Any, _instancias: Any) -> None:
        ambito: Ambito = sesion.info.get("ambito", NADA)
        for objeto in (*sesion.new, *sesion.dirty, *sesion.deleted):
            _rechazar_inmutable(sesion, objeto)
            if isinstance(objeto, de_entidad) and not ambito.plataforma:
                _comprobar_objeto(ambito, objeto)

    event.listen(sesiones, "do_orm_execute", filtrar)
    event.listen(sesiones, "before_flush", comprobar)


class _Filtro:
    """El filtro de entidad; recuerda, mientras exista, cada consulta que ya revisó y filtró."""

    def __init__(self, de_entidad: Any) -> None:
        self._de_entidad = de_entidad
        # Sin entidad el dato va vacío, y nada es igual a un vacío: no se ve nada.
        self._de_consulta = with_loader_criteria(
            de_entidad,
            lambda cls: cls.entidad_id == DEL_AMBITO,
            include_aliases=True,
            # Lo que se carga después también pasa por aquí, con el ámbito de su sesión.
            propagate_to_loaders=False,
        )
        # Una consulta no cambia después de armada: basta revisarla una vez.
        self._revisadas: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()

    def poner(self, estado: ORMExecuteState, ambito: Ambito) -> None:
        if not estado.is_select:
            self._poner_en_cambio(estado, ambito)
            return
        estado.statement = self._filtrada(estado)
        if estado.is_orm_statement:
            datos: Any = estado.parameters or {}
            estado.parameters = {**datos, DEL_AMBITO.key: ambito.entidad_id}

    def _filtrada(self, estado: ORMExecuteState) -> Any:
        if estado.is_relationship_load or estado.is_column_load:
            return estado.statement.options(self._de_consulta)
        filtrada = self._revisadas.get(estado.statement)
        if filtrada is None:
            _rechazar_sin_filtro(estado, self._de_entidad)
            filtrada = estado.statement
            if estado.is_orm_statement:
                filtrada = filtrada.options(self._de_consulta)
            self._revisadas[estado.statement] = filtrada
        return filtrada

    def _poner_en_cambio(self, estado: ORMExecuteState, ambito: Ambito) -> None:
        # Los datos de un UPDATE son lo que cambia: la entidad va escrita en la sentencia.
        _rechazar_sin_filtro(estado, self._de_entidad)
        if estado.is_orm_statement:
            criterio = _criterio(ambito.entidad_id, self._de_entidad)
            estado.statement = estado.statement.options(criterio)


@lru_cache(maxsize=5000)
def _criterio(entidad_id: int | None, de_entidad: Any) -> Any:
    if entidad_id is None:
        return with_loader_criteria(de_entidad, lambda _cls: false(), include_aliases=True)
    return with_loader_criteria(
        de_entidad, lambda cls: cls.entidad_id == entidad_id, include_aliases=True
    )


def _rechazar_sin_filtro(estado: ORMExecuteState, de_entidad: Any) -> None:
    """El filtro no alcanza al SQL escrito, a las tablas sueltas ni a insertar en masa."""
    suyas = _tablas_de(de_entidad)
    sentencia: Any = estado.statement
    sueltas = {tabla for parte in iterate(sentencia) for tabla in _sueltas(parte)} & suyas
    if sueltas:
        raise FueraDeAmbito(f"sin filtro de entidad: {', '.join(sorted(sueltas))}")
    if estado.is_update and sentencia.table.name in suyas:
        _rechazar_cambio_en_masa(sentencia, estado.parameters)


def _rechazar_cambio_en_masa(sentencia: Any, parametros: Any) -> None:
    if parametros:
        raise FueraDeAmbito("cambiar en masa por clave: el filtro de entidad no lo alcanza")
    if "entidad_id" in _puestas(sentencia):
        raise FueraDeAmbito("cambiar de entidad en masa")


def _puestas(sentencia: Any) -> set[str]:
    """Las columnas que un UPDATE cambia."""
    return {getattr(columna, "key", columna) for columna in sentencia._values or ()}


def _sueltas(parte: Any) -> set[str]:
    """Las tablas que una parte de la sentencia nombra sin pasar por su modelo."""
    if isinstance(parte, FromStatement | TextualSelect | TextClause):
        raise FueraDeAmbito("SQL escrito a mano: el filtro de entidad no lo alcanza")
    if isinstance(parte, Select):
        return _sueltas_de_select(parte)
    if isinstance(parte, Insert) or (isinstance(parte, Update | Delete) and not _es_orm(parte)):
        return {getattr(parte.table, "name", "")}
    return set()


def _sueltas_de_select(parte: Any) -> set[str]:
    if not _es_orm(parte):
        return _tablas(parte)
    lugares = [*parte._raw_columns, *parte._from_obj, *(j[0] for j in parte._setup_joins)]
    return set().union(*(_tablas(lugar) for lugar in lugares if not _es_de_modelo(lugar)))


def _es_de_modelo(lugar: Any) -> bool:
    """Un modelo, una columna de un modelo, una relación o una subconsulta (que se mira aparte)."""
    elemento = getattr(lugar, "element", lugar)
    return (
        not isinstance(lugar, ClauseElement)
        or "parententity" in lugar._annotations
        or isinstance(elemento, SelectBase)
    )


def _tablas(parte: Any) -> set[str]:
    """Las tablas sin modelo dentro de una parte, también las de sus columnas."""
    partes = [p for p in iterate(parte) if "parententity" not in p._annotations]
    duenos = [getattr(p, "table", None) for p in partes if isinstance(p, Column)]
    return {t.name for t in (*partes, *duenos) if isinstance(t, Table)}


@cache
def _tablas_de(de_entidad: Any) -> frozenset[str]:
    return frozenset(mapa.local_table.name for mapa in _mapeados(de_entidad))


def _es_orm(parte: Any) -> bool:
    return bool(parte._propagate_attrs.get("compile_state_plugin") == "orm")


@cache
def _mapeados(de_entidad: Any) -> list[Any]:
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

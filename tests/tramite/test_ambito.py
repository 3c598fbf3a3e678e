"""El aislamiento entre entidades, sobre todos los modelos `DeEntidad` que haya."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    Table,
    delete,
    exists,
    func,
    insert,
    inspect,
    literal,
    literal_column,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session, aliased, undefer

import facilita
from facilita.tramite.ambito import NADA, Ambito, FueraDeAmbito
from facilita.tramite.bd import Base, BaseDeDatos, DeEntidad
from facilita.tramite.modelos import Entidad, Sede

PLATAFORMA = Ambito.de_plataforma("prueba")
MODELOS: list[Any] = sorted(
    (m.class_ for m in Base.registry.mappers if issubclass(m.class_, DeEntidad)),
    key=lambda clase: clase.__name__,
)
CAMBIABLES = [modelo for modelo in MODELOS if not getattr(modelo, "inmutable", False)]
INMUTABLES = [modelo for modelo in MODELOS if modelo not in CAMBIABLES]
BORRABLES = [modelo for modelo in CAMBIABLES if not getattr(modelo, "imborrable", False)]
IMBORRABLES = [modelo for modelo in CAMBIABLES if modelo not in BORRABLES]
"""Cambian y no se borran: un correo es prueba (N24)."""


@pytest.fixture
def dos(bd: BaseDeDatos, sembrar):
    """Las filas de dos entidades, una de cada en cada tabla."""
    return sembrar(bd), sembrar(bd)


def clave(modelo: Any) -> Any:
    """Una columna de la clave que distingue las filas de las dos entidades."""
    return modelo.id if hasattr(modelo, "id") else modelo.entidad_id


def una_columna(modelo: Any) -> Any:
    """Una columna cualquiera que se puede escribir sin romper nada."""
    nombre = next(
        c.name
        for c in modelo.__table__.columns
        if not (c.primary_key or c.foreign_keys or c.unique)
    )
    return getattr(modelo, nombre)


def cambiar(fila: Any) -> None:
    """Pone otro valor en una columna de la fila."""
    columna = una_columna(type(fila)).key
    valor = getattr(fila, columna)
    otros: dict[type, Any] = {
        bool: not valor,
        datetime: datetime(2020, 1, 1, tzinfo=UTC),
        dict: {"otro": 1},
        int: 0,
        str: "otro",
    }
    setattr(fila, columna, otros[type(valor)])


def identidad(fila: Any) -> Any:
    """La clave de una fila, como la pide `Session.get`."""
    return inspect(fila).identity


def de_todas(modelo: Any) -> list[Any]:
    """Muchas maneras de leer la entidad de las filas de un modelo."""
    otro = aliased(modelo)
    adentro = select(modelo).subquery()
    con = select(modelo.entidad_id).cte()
    return [
        select(modelo.entidad_id),
        select(otro.entidad_id),
        select(modelo.entidad_id).distinct(),
        select(modelo.entidad_id).order_by(clave(modelo)).limit(9),
        select(adentro.c.entidad_id),
        select(con.c.entidad_id),
        select(aliased(modelo, adentro).entidad_id),
        select(func.max(modelo.entidad_id)).group_by(modelo.entidad_id),
        select(otro.entidad_id).select_from(modelo).join(otro, literal(True)),
        select(otro.entidad_id).select_from(Entidad).join(otro, otro.entidad_id == Entidad.id),
        select(otro.entidad_id).select_from(Entidad).outerjoin(otro, literal(True)),
        select(Entidad.id).where(exists().where(modelo.entidad_id == Entidad.id)),
        select(Entidad.id).where(Entidad.id.in_(select(modelo.entidad_id))),
        select(select(modelo.entidad_id).limit(1).scalar_subquery()),
        union_all(select(modelo.entidad_id), select(otro.entidad_id)),
    ]


def test_hay_modelos_que_probar():
    assert len(MODELOS) >= 15
    assert CAMBIABLES
    assert INMUTABLES


def test_se_lee_solo_lo_propio_de_cualquier_manera(bd, dos):
    mia = dos[0][Entidad].id
    with bd.lectura(Ambito.de(mia)) as sesion:
        for modelo in MODELOS:
            for n, consulta in enumerate(de_todas(modelo)):
                assert set(sesion.scalars(consulta)) == {mia}, (modelo.__name__, n)


def test_sin_ambito_no_se_ve_nada(bd, dos):
    with bd.lectura(NADA) as sesion:
        for modelo in MODELOS:
            for n, consulta in enumerate(de_todas(modelo)):
                vistas = set(sesion.scalars(consulta)) - {None}
                assert vistas == set(), (modelo.__name__, n)


def test_la_plataforma_ve_todo(bd, dos):
    todas = {filas[Entidad].id for filas in dos}
    with bd.lectura(PLATAFORMA) as sesion:
        for modelo in MODELOS:
            assert set(sesion.scalars(select(modelo.entidad_id))) == todas, modelo.__name__


def test_contar(bd, dos):
    for ambito, cuantas in ((Ambito.de(dos[0][Entidad].id), 1), (NADA, 0), (PLATAFORMA, 2)):
        with bd.lectura(ambito) as sesion:
            for modelo in MODELOS:
                for consulta in (
                    select(func.count()).select_from(modelo),
                    select(func.count(clave(modelo))),
                ):
                    assert sesion.scalar(consulta) == cuantas, modelo.__name__


def test_pedir_por_su_clave_lo_de_otra_es_como_si_no_existiera(bd, dos):
    mias, ajenas = dos
    with bd.lectura(Ambito.de(mias[Entidad].id)) as sesion:
        for modelo in MODELOS:
            assert sesion.get(modelo, identidad(mias[modelo])) is not None, modelo.__name__
            assert sesion.get(modelo, identidad(ajenas[modelo])) is None, modelo.__name__


def test_cambiar_en_masa_no_toca_lo_ajeno(bd, dos):
    mias, _ = dos
    with bd.transaccion(Ambito.de(mias[Entidad].id)) as sesion:
        for modelo in CAMBIABLES:
            columna = una_columna(modelo)
            orden = update(modelo).values({columna: columna})
            assert sesion.execute(orden).rowcount == 1, modelo.__name__


def test_borrar_en_masa_no_toca_lo_ajeno(bd, dos):
    mias, ajenas = dos
    for modelo in BORRABLES:
        with bd.lectura(Ambito.de(mias[Entidad].id)) as sesion:
            # Se borra y se deshace: otra tabla puede apuntar a esta.
            _sin_referencias(sesion)
            assert sesion.execute(delete(modelo)).rowcount == 1, modelo.__name__
            quedan = set(_crudo(sesion, modelo))
            assert quedan == {ajenas[Entidad].id}, modelo.__name__


def _sin_referencias(sesion: Session) -> None:
    conexion = sesion.connection()
    conexion.exec_driver_sql(
        "PRAGMA defer_foreign_keys=ON"
        if conexion.dialect.name == "sqlite"
        else "SET LOCAL session_replication_role = replica"
    )


def _crudo(sesion: Session, modelo: Any) -> list[Any]:
    consulta = text(f"SELECT entidad_id FROM {modelo.__tablename__}")
    return [fila[0] for fila in sesion.connection().execute(consulta)]


def test_sin_ambito_no_se_cambia_ni_se_borra_nada(bd, dos):
    with bd.transaccion(NADA) as sesion:
        for modelo in CAMBIABLES:
            columna = una_columna(modelo)
            orden = update(modelo).values({columna: columna})
            assert sesion.execute(orden).rowcount == 0, modelo.__name__
            assert sesion.execute(delete(modelo)).rowcount == 0, modelo.__name__


@pytest.mark.parametrize("motor", ["sqlite"], indirect=True)
def test_no_se_pasan_filas_a_otra_entidad_en_masa(bd, dos):
    mias, ajenas = dos
    for modelo in MODELOS:
        orden = update(modelo).values(entidad_id=ajenas[Entidad].id)
        for ambito in (Ambito.de(mias[Entidad].id), NADA):
            with pytest.raises(FueraDeAmbito), bd.lectura(ambito) as sesion:
                sesion.execute(orden)


def test_cambiar_en_masa_por_clave_no_toca_lo_ajeno(bd, dos):
    mias, ajenas = dos
    for modelo in CAMBIABLES:
        claves = [c.name for c in inspect(modelo).primary_key]
        columna = una_columna(modelo).key
        fila = ajenas[modelo]
        nombres = [*claves, columna]
        cambio = dict(zip(nombres, [*identidad(fila), getattr(fila, columna)], strict=True))
        with pytest.raises(FueraDeAmbito), bd.lectura(Ambito.de(mias[Entidad].id)) as sesion:
            sesion.execute(update(modelo), [cambio])


def test_no_se_guarda_una_fila_de_otra_entidad(bd, dos):
    mias, ajenas = dos
    for modelo in MODELOS:
        copia = {
            c.key: getattr(ajenas[modelo], c.key)
            for c in inspect(modelo).column_attrs
            if c.key != "id"
        }
        for ambito in (Ambito.de(mias[Entidad].id), NADA):
            with pytest.raises(FueraDeAmbito), bd.transaccion(ambito) as sesion:
                sesion.add(modelo(**copia))


def test_no_se_cambia_ni_se_borra_una_fila_ajena_traida_de_fuera(bd, dos):
    mias, ajenas = dos
    for modelo in CAMBIABLES:
        with pytest.raises(FueraDeAmbito), bd.transaccion(Ambito.de(mias[Entidad].id)) as sesion:
            sesion.delete(sesion.merge(ajenas[modelo], load=False))
        with pytest.raises(FueraDeAmbito), bd.transaccion(Ambito.de(mias[Entidad].id)) as sesion:
            cambiar(sesion.merge(ajenas[modelo], load=False))


def test_una_fila_propia_no_se_pasa_a_otra_entidad(bd, dos):
    mias, ajenas = dos
    for modelo in CAMBIABLES:
        with pytest.raises(FueraDeAmbito), bd.transaccion(Ambito.de(mias[Entidad].id)) as sesion:
            fila = sesion.get(modelo, identidad(mias[modelo]))
            assert fila is not None
            fila.entidad_id = ajenas[Entidad].id


def test_la_entidad_que_falta_es_la_del_ambito(bd, dos):
    mia = dos[0][Entidad].id
    with bd.transaccion(Ambito.de(mia)) as sesion:
        sede = Sede(codigo="nueva", nombre="Nueva", ubigeo="150101")
        sesion.add(sede)
        sesion.flush()
        assert sede.entidad_id == mia


def sin_filtro(modelo: Any) -> dict[str, Any]:
    """Sentencias que el filtro no alcanza y por eso se rechazan."""
    tabla: Table = modelo.__table__
    return {
        "Core": select(tabla),
        "Core, columnas": select(tabla.c.entidad_id),
        "Core, contar": select(func.count()).select_from(tabla),
        "Core, alias": select(tabla.alias("otra")),
        "Core, unión de tablas": select(tabla.c.entidad_id).join(
            Entidad.__table__, tabla.c.entidad_id == Entidad.__table__.c.id
        ),
        "Core, adentro": select(select(tabla).subquery()),
        "Core, exists": select(literal(1)).where(select(tabla.c.entidad_id).exists()),
        "Core, escalar": select(select(tabla.c.entidad_id).limit(1).scalar_subquery()),
        "Core, cte": select(select(tabla.c.entidad_id).cte()),
        "Core, suma": union_all(select(tabla.c.entidad_id), select(tabla.c.entidad_id)),
        "ORM con tabla": select(Entidad.id).join(tabla, tabla.c.entidad_id == Entidad.id),
        "ORM con exists": select(Entidad.id).where(select(tabla.c.entidad_id).exists()),
        "ORM con in": select(Entidad.id).where(Entidad.id.in_(select(tabla.c.entidad_id))),
        "ORM con columna": select(Entidad.id, tabla.c.entidad_id),
        "ORM con texto": select(modelo).from_statement(text(f"SELECT * FROM {tabla.name}")),
        "UPDATE": update(tabla).values(entidad_id=tabla.c.entidad_id),
        "DELETE": delete(tabla),
        "INSERT": insert(tabla).values(entidad_id=1),
        "INSERT de modelo": insert(modelo).values(entidad_id=1),
        "texto": text(f"SELECT entidad_id FROM {tabla.name}"),
        "texto, columnas": text(f"SELECT entidad_id FROM {tabla.name}").columns(
            literal_column("entidad_id")
        ),
    }


@pytest.mark.parametrize(
    "caso",
    sin_filtro(MODELOS[0]),
)
@pytest.mark.parametrize("motor", ["sqlite"], indirect=True)
def test_se_rechaza_lo_que_el_filtro_no_alcanza(bd, dos, caso):
    for ambito in (Ambito.de(dos[0][Entidad].id), NADA):
        with bd.lectura(ambito) as sesion:
            for modelo in MODELOS:
                with pytest.raises(FueraDeAmbito):
                    sesion.execute(sin_filtro(modelo)[caso])


def test_nadie_usa_lo_que_pasa_por_debajo_de_la_vigilancia():
    """`bulk_*` y la conexión cruda no avisan a la sesión."""
    prohibido = re.compile(r"\bbulk_\w+\(|\.connection\(\)|exec_driver_sql")
    libres = {"tramite/bd.py", "migraciones/__init__.py"}
    raiz = Path(facilita.__file__).parent
    assert [
        str(archivo.relative_to(raiz))
        for archivo in sorted(raiz.rglob("*.py"))
        if prohibido.search(archivo.read_text()) and str(archivo.relative_to(raiz)) not in libres
    ] == []


def test_la_plataforma_puede_con_las_tablas(bd, dos):
    with bd.lectura(PLATAFORMA) as sesion:
        for modelo in MODELOS:
            assert len(sesion.execute(select(modelo.__table__)).all()) == 2


def test_lo_inmutable_no_se_cambia_ni_se_borra(bd, dos):
    mias, _ = dos
    for ambito in (Ambito.de(mias[Entidad].id), PLATAFORMA):
        for modelo in INMUTABLES:
            with pytest.raises(FueraDeAmbito), bd.transaccion(ambito) as sesion:
                sesion.delete(sesion.get(modelo, identidad(mias[modelo])))
            with pytest.raises(FueraDeAmbito), bd.transaccion(ambito) as sesion:
                cambiar(sesion.get(modelo, identidad(mias[modelo])))
            for orden in (
                update(modelo).values({una_columna(modelo): una_columna(modelo)}),
                delete(modelo),
            ):
                with (
                    pytest.raises((FueraDeAmbito, DatabaseError)),
                    bd.transaccion(ambito) as sesion,
                ):
                    sesion.execute(orden)


def test_lo_imborrable_se_cambia_y_no_se_borra(bd, dos):
    """N24: los correos son prueba; ni la base los deja borrar."""
    mias, _ = dos
    assert IMBORRABLES
    for modelo in IMBORRABLES:
        with pytest.raises(DatabaseError), bd.transaccion(PLATAFORMA) as sesion:
            sesion.execute(delete(modelo))
        with bd.transaccion(Ambito.de(mias[Entidad].id)) as sesion:
            cambiar(sesion.get(modelo, identidad(mias[modelo])))


def test_lo_que_se_carga_despues_tambien_se_filtra(bd, dos):
    """Columnas diferidas y relaciones: se leen con otra consulta, con el mismo filtro."""
    mias, _ = dos
    with bd.lectura(Ambito.de(mias[Entidad].id)) as sesion:
        for modelo in MODELOS:
            fila = sesion.get(modelo, identidad(mias[modelo]))
            for columna in inspect(modelo).column_attrs:
                getattr(fila, columna.key)
            for relacion in inspect(modelo).relationships:
                apuntada = getattr(fila, relacion.key)
                assert getattr(apuntada, "entidad_id", fila.entidad_id) == fila.entidad_id
            sesion.refresh(fila)
            assert sesion.scalars(select(modelo).options(undefer("*"))).one() is fila


def test_la_misma_consulta_sirve_a_cada_ambito_y_da_lo_suyo(bd, dos):
    """Una consulta se revisa una vez y se recuerda: lo de una entidad no pasa a la siguiente."""
    una, otra = (filas[Entidad].id for filas in dos)
    ambitos = ((Ambito.de(una), {una}), (NADA, set()), (Ambito.de(otra), {otra}))
    for modelo in MODELOS:
        for n, consulta in enumerate(de_todas(modelo)):
            for ambito, ve in (*ambitos, *ambitos):
                with bd.lectura(ambito) as sesion:
                    vistas = set(sesion.scalars(consulta)) - {None}
                assert vistas == ve, (modelo.__name__, n, ambito)


@pytest.mark.parametrize("motor", ["sqlite"], indirect=True)
def test_lo_rechazado_se_rechaza_cada_vez(bd, dos):
    for consulta in sin_filtro(MODELOS[0]).values():
        for ambito in (NADA, Ambito.de(dos[0][Entidad].id), NADA):
            with pytest.raises(FueraDeAmbito), bd.lectura(ambito) as sesion:
                sesion.execute(consulta)

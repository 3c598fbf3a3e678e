"""Las migraciones dejan lo mismo que los modelos, van y vuelven, y protegen lo que no cambia."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import delete, inspect, text, update
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DatabaseError

from facilita import migraciones
from facilita.tramite.ambito import Ambito
from facilita.tramite.bd import Base, BaseDeDatos

PLATAFORMA = Ambito.de_plataforma("prueba")
INMUTABLES = sorted(
    (m.class_ for m in Base.registry.mappers if getattr(m.class_, "inmutable", False)),
    key=lambda clase: clase.__name__,
)


@pytest.fixture
def vacia(url_vacia: str):
    """Una base sin tablas."""
    base = BaseDeDatos(url_vacia)
    yield base
    base.cerrar()


def retrato(motor: Engine) -> dict[str, Any]:
    """Lo que una base dice de sus tablas, sin el orden de las columnas."""
    mirada = inspect(motor)
    return {
        tabla: {
            "columnas": {
                c["name"]: (str(c["type"]), c["nullable"], c["default"] is None)
                for c in mirada.get_columns(tabla)
            },
            "clave": mirada.get_pk_constraint(tabla),
            "unicas": _por_nombre(mirada.get_unique_constraints(tabla)),
            "referencias": _por_nombre(mirada.get_foreign_keys(tabla)),
            "comprobaciones": _por_nombre(mirada.get_check_constraints(tabla)),
            "indices": _por_nombre(mirada.get_indexes(tabla)),
        }
        for tabla in mirada.get_table_names()
        if tabla != "alembic_version"
    }


def _por_nombre(cosas: list[Any]) -> list[Any]:
    return sorted(cosas, key=lambda cosa: str(cosa["name"]))


def test_las_migraciones_dejan_lo_mismo_que_los_modelos(bd, vacia):
    assert migraciones.diferencias(bd) == []
    Base.metadata.create_all(vacia.motor)
    assert retrato(bd.motor) == retrato(vacia.motor)


def test_subir_bajar_y_volver_a_subir(vacia):
    migraciones.migrar(vacia)
    subida = retrato(vacia.motor)
    assert set(subida) == set(Base.metadata.tables)
    migraciones.retroceder(vacia, "base")
    assert retrato(vacia.motor) == {}
    migraciones.migrar(vacia)
    assert retrato(vacia.motor) == subida


def test_cada_migracion_baja_y_vuelve_a_subir(vacia):
    guion = ScriptDirectory.from_config(migraciones._ajustes())
    for revision in [r.revision for r in guion.walk_revisions()][::-1]:
        migraciones.migrar(vacia)
        migraciones.retroceder(vacia, revision)
        migraciones.migrar(vacia)
        assert migraciones.diferencias(vacia) == []


def test_pendientes_son_las_que_faltan_y_migrar_dos_veces_no_hace_nada(vacia):
    assert migraciones.pendientes(vacia)[0] == "0001"
    migraciones.migrar(vacia)
    assert migraciones.pendientes(vacia) == []
    migraciones.migrar(vacia.motor)
    assert migraciones.pendientes(vacia.motor) == []


def test_una_base_de_una_version_mas_nueva_se_rechaza(bd):
    with bd.motor.begin() as conexion:
        conexion.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for orden in (migraciones.pendientes, migraciones.migrar):
        with pytest.raises(migraciones.RevisionDesconocida, match="«9999»"):
            orden(bd)


def test_dos_procesos_que_arrancan_juntos_migran_de_a_uno(url_vacia):
    bases = [BaseDeDatos(url_vacia, conexiones=1) for _ in range(2)]
    with ThreadPoolExecutor(2) as hilos:
        list(hilos.map(migraciones.migrar, bases))
    assert migraciones.pendientes(bases[0]) == []
    for base in bases:
        base.cerrar()


def test_una_migracion_que_falla_no_deja_nada(vacia, monkeypatch):
    def fallar(*_tablas: str) -> None:
        raise ValueError("a medio camino")

    monkeypatch.setattr("facilita.migraciones.inmutables.proteger", fallar)
    with pytest.raises(ValueError, match="a medio camino"):
        migraciones.migrar(vacia)
    assert inspect(vacia.motor).get_table_names() == []


def test_migrar_deja_vigiladas_las_referencias(vacia):
    migraciones.migrar(vacia)
    with pytest.raises(DatabaseError), vacia.motor.begin() as conexion:
        conexion.execute(text("INSERT INTO codigo (codigo, entidad_id) VALUES ('x', 404)"))


def test_lo_que_solo_se_agrega_no_se_cambia_ni_se_borra(bd, sembrar):
    assert {clase.__tablename__ for clase in INMUTABLES} >= {
        "bitacora", "contenido", "movimiento", "observacion", "publicacion", "version",
    }  # fmt: skip
    filas = sembrar(bd)
    for clase in INMUTABLES:
        tabla = clase.__table__
        columna = next(c for c in tabla.columns if not c.primary_key)
        igual = {columna: getattr(filas[clase], columna.name)}
        for orden in (update(tabla).values(igual), delete(tabla)):
            with (
                pytest.raises(DatabaseError, match=f"{tabla.name} no se cambia ni se borra"),
                bd.transaccion(PLATAFORMA) as sesion,
            ):
                sesion.execute(orden)


@pytest.mark.parametrize("motor", ["postgresql"], indirect=True)
def test_lo_que_solo_se_agrega_no_se_vacia(bd):
    for clase in INMUTABLES:
        tabla = clase.__tablename__
        with pytest.raises(DatabaseError, match="no se cambia"), bd.motor.begin() as conexion:
            conexion.execute(text(f"TRUNCATE {tabla} CASCADE"))


def test_redactar_escribe_un_borrador_vacio_si_nada_cambio(bd, monkeypatch, tmp_path, capsys):
    (tmp_path / "versiones").mkdir()
    for archivo in ("env.py", "script.py.mako", "versiones/0001_inicial.py"):
        (tmp_path / archivo).write_text((migraciones._CARPETA / archivo).read_text())
    monkeypatch.setattr(migraciones, "_CARPETA", tmp_path)
    escrita = migraciones.redactar(bd, "0099", "prueba de redacción")
    assert "pass" in escrita.read_text()

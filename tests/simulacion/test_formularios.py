"""Cada formulario y cada plantilla del proyecto, recorridos enteros contra el motor."""

from pathlib import Path

import pytest
from fabrica import RAIZ
from sqlalchemy import create_engine, inspect

from facilita.simulacion.cobertura import Meta

from .conftest import AQUI, Simular

TODOS = sorted(
    ruta
    for carpeta in ("plantillas", "formularios")
    for ruta in (RAIZ / carpeta).rglob("*.yaml")
    if ruta.stem not in ("normas", "entidad")
)
PLANTILLAS = [ruta for ruta in TODOS if ruta.parent.name == "plantillas"]
USADOS = [ruta for ruta in TODOS if ruta.parent.name != "plantillas"]


def _nombre(ruta: Path) -> str:
    return str(ruta.relative_to(RAIZ))


@pytest.mark.parametrize("archivo", USADOS, ids=_nombre)
def test_se_ve_todo_lo_que_el_formulario_tiene(archivo: Path, correr: Simular) -> None:
    _se_ve_todo(archivo, correr)


@pytest.mark.larga
@pytest.mark.parametrize("archivo", PLANTILLAS, ids=_nombre)
def test_se_ve_todo_lo_que_la_plantilla_tiene(archivo: Path, correr: Simular) -> None:
    """Cada una se recorre ya con los formularios que la usan; sola, en las pruebas largas."""
    _se_ve_todo(archivo, correr)


def _se_ve_todo(archivo: Path, correr: Simular) -> None:
    informe = correr(archivo)
    assert informe.pasa, "\n".join(informe.lineas())
    cobertura = informe.cobertura
    for familia in ("estado", "paso", "papel", "mensaje", "condición", "opción"):
        for meta in cobertura.de(familia):
            # Aquí no se perdona nada: ni siquiera con un motivo.
            assert cobertura.vistas[meta], meta
    assert informe.validas >= informe.casos * 0.3
    assert not [m for m, motivo in cobertura.metas.items() if motivo]


@pytest.mark.parametrize("cual", ["opciones", "hoy"])
def test_se_ve_todo_lo_que_depende_de_otra_respuesta(cual: str, correr: Simular) -> None:
    informe = correr(RAIZ / "tests" / "definicion" / f"{cual}.yaml", casos=1)
    assert informe.pasa, "\n".join(informe.lineas())


def test_se_ve_todo_con_varios_relojes_vencidos_a_la_vez(correr: Simular) -> None:
    informe = correr(AQUI / "relojes.yaml", casos=1)
    assert informe.pasa, "\n".join(informe.lineas())


def test_se_ve_todo_en_los_dos_motores(correr: Simular, motor: str, url_vacia: str) -> None:
    informe = correr(base=url_vacia if motor == "postgresql" else None)
    assert informe.pasa, "\n".join(informe.lineas())
    assert {m.que for m in informe.cobertura.de("guarda", "observar")} == {
        "papel", "pide", "una_vez", "plazo", "estado",
    }  # fmt: skip
    assert informe.cobertura.vistas[Meta("condición", "página mas", "sí")]
    if motor == "postgresql":
        _quedo_como_estaba(url_vacia)


def _quedo_como_estaba(url: str) -> None:
    mirando = create_engine(url)
    try:
        assert inspect(mirando).get_schema_names() == ["information_schema", "public"]
        assert inspect(mirando).get_table_names() == []
    finally:
        mirando.dispose()


def test_la_misma_semilla_repite_lo_mismo(correr: Simular) -> None:
    una = correr(casos=6)
    assert una.a_json() == correr(casos=6).a_json()
    otra = correr(casos=6, semilla=una.semilla + 1)
    assert otra.a_json()["metas"] != una.a_json()["metas"]


@pytest.mark.larga
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("archivo", PLANTILLAS, ids=_nombre)
def test_diez_mil_presentaciones(archivo: Path, correr: Simular) -> None:
    informe = correr(archivo, casos=10_000)
    print("\n".join(informe.lineas()))
    assert informe.pasa
    assert informe.casos >= 10_000

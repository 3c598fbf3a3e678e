"""Los ejemplos enteros de `docs/ejemplos`: valen, adaptan lo que dicen y se recorren del todo."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from facilita.cli import main
from facilita.cli.examen import Examinador, archivos_de
from facilita.definicion import compilar
from facilita.servicios.catalogo import Catalogo

EJEMPLOS = Path(__file__).resolve().parents[1] / "docs" / "ejemplos"
CATALOGO = Catalogo(EJEMPLOS / "plantillas")
LICENCIA = EJEMPLOS / "plantillas" / "licencia-de-funcionamiento.yaml"
TEMPORAL = EJEMPLOS / "villa-clara" / "licencia-temporal.yaml"


def compilado(archivo: Path) -> Any:
    """Un ejemplo, compilado con su catálogo."""
    return compilar(
        archivo.read_bytes(),
        archivo.name,
        normas=CATALOGO.ids_de_normas,
        buscar_plantilla=CATALOGO.plantilla,
    )


def test_los_ejemplos_no_tienen_fallas_ni_avisos() -> None:
    resultado = Examinador(CATALOGO).examinar(list(archivos_de([EJEMPLOS])))
    assert resultado.archivos == 4
    assert [*map(str, resultado.fallas), *map(str, resultado.avisos)] == []


def test_la_licencia_muestra_lo_que_el_documento_dice_de_ella() -> None:
    licencia = compilado(LICENCIA)
    campos = [c for p in (*licencia.paginas, licencia.revision.pagina) for c in p.campos]
    campos += [dentro for c in campos if c.tipo == "grupo" for dentro in c.campos]
    assert (len(campos), len({c.tipo for c in campos})) == (39, 22)
    assert sum(e.final for e in licencia.flujo.estados.values()) == 4
    assert licencia.roles and licencia.tareas and licencia.base_legal
    assert {"grupo", "pago"} <= {c.tipo for c in campos}
    actos = {t.acto for t in licencia.flujo.transiciones}
    assert {"observacion", "subsanacion"} <= actos
    assert any(t.al_vencer for t in licencia.flujo.transiciones)
    assert any(e.suspende for e in licencia.flujo.estados.values())


def test_el_formulario_de_la_entidad_agrega_quita_y_cambia() -> None:
    antes, despues = compilado(LICENCIA), compilado(TEMPORAL)
    ids = [{c.id for p in d.paginas for c in p.campos} for d in (antes, despues)]
    assert {"feria", "productos"} <= ids[1] - ids[0]
    assert {"inversion", "cesionarios"} <= ids[0] - ids[1]
    assert despues.titulo != antes.titulo


@pytest.mark.larga
@pytest.mark.parametrize("archivo", [LICENCIA, TEMPORAL], ids=lambda a: a.stem)
def test_cada_ejemplo_se_recorre_hasta_ver_todo(archivo: Path) -> None:
    orden = ["simular", str(archivo), "--plantillas", str(CATALOGO.carpeta), "--semilla", "1"]
    hecho = CliRunner().invoke(main, orden)
    assert hecho.exit_code == 0, hecho.output
    assert "Resultado: todo visto" in hecho.output

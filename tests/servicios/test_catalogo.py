"""El catálogo en disco: qué plantillas y qué normas hay en una carpeta."""

from pathlib import Path

import pytest

from facilita.servicios.catalogo import Catalogo, Norma

NORMAS = "normas:\n  - id: N04\n    titulo: Ley 27444\n    sumilla: Se recibe siempre.\n"


@pytest.fixture
def catalogo(tmp_path: Path) -> Catalogo:
    (tmp_path / "normas.yaml").write_text(NORMAS)
    for version in (2, 9, 10):
        texto = f"plantilla: solicitud\nversion: {version}\n"
        (tmp_path / f"solicitud-{version}.yaml").write_text(texto)
    (tmp_path / "leeme.txt").write_text("plantilla: no")
    return Catalogo(tmp_path)


def test_cada_plantilla_por_su_version(catalogo: Catalogo) -> None:
    assert set(catalogo.plantillas) == {"solicitud@2", "solicitud@9", "solicitud@10"}
    assert catalogo.plantilla("solicitud", 9) == {"plantilla": "solicitud", "version": 9}
    assert catalogo.plantilla("solicitud", 3) is None


def test_la_ultima_es_la_de_numero_mas_alto(catalogo: Catalogo) -> None:
    ultima = catalogo.ultima("solicitud")
    assert ultima is not None
    assert ultima[0] == 10
    assert catalogo.ultima("otra") is None


def test_las_normas_por_su_id(catalogo: Catalogo) -> None:
    assert catalogo.normas == {"N04": Norma("N04", "Ley 27444", "Se recibe siempre.")}
    assert catalogo.ids_de_normas == {"N04"}

"""Los roles que un formulario declara y sus tareas, recorridos como lo demás."""

import pytest

from facilita.simulacion.cobertura import Meta
from facilita.tramite import pendientes, tareas

from .conftest import AQUI, Simular

CON_TAREAS = AQUI / "con_tareas.yaml"


def test_se_ven_los_roles_las_tareas_y_lo_que_detienen(correr: Simular) -> None:
    informe = correr(CON_TAREAS)
    assert informe.pasa, "\n".join(informe.lineas())
    assert {m.que for m in informe.cobertura.de("tarea", "pedir_informacion")} == {
        "pedida", "respondida", "retirada", "atender",
    }  # fmt: skip
    assert informe.cobertura.vistas[Meta("papel", "prorrogar", "frai")]
    assert informe.cobertura.vistas[Meta("guarda", "prorrogar", "papel")]


def test_una_tarea_que_no_detiene_se_encuentra(
    correr: Simular, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pendientes, "detenidas", lambda caso: {})
    informe = correr(CON_TAREAS)
    assert any("espera a pedir_informacion" in t.que for t in informe.tropiezos)


def test_una_tarea_que_responde_cualquiera_se_encuentra(
    correr: Simular, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tareas, "le_toca", lambda *_: True)
    informe = correr(CON_TAREAS)
    assert any("debía negarse por «papel»" in t.que for t in informe.tropiezos)

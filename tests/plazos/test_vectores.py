"""Los vectores contados a mano por quien leyó la norma (N02, N03, N06-N08, N40, N52, N53)."""

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from facilita.plazos import (
    LIMA,
    Calendario,
    Horario,
    a_tiempo,
    computar,
    considerado_depositado,
    fecha_lima,
    plazo_desde,
    surte_efecto,
)

from .casos import AQUI

VECTORES: dict[str, Any] = json.loads((AQUI / "plazos.json").read_text("utf-8"))
NACIONAL = Calendario()
DIAS_DE_OBSERVACION = 2


def _instante(texto: str | None) -> datetime | None:
    return datetime.fromisoformat(texto) if texto else None


def _presentaciones() -> list[Any]:
    return [
        pytest.param(v, int(dias), vence, id=f"{v['presentado']}+{dias}")
        for v in VECTORES["presentaciones"]
        for dias, vence in v["dias"].items()
    ]


def test_los_vectores_estan_en_la_hora_de_lima_y_no_traen_nada_nuevo() -> None:
    assert VECTORES["zona"] == LIMA.key
    assert set(VECTORES) == {"zona", "nota", "presentaciones", "observaciones", "casilla"}


@pytest.mark.parametrize(("vector", "dias", "vence"), _presentaciones())
def test_presentacion(vector: dict[str, Any], dias: int, vence: str) -> None:
    presentado = datetime.fromisoformat(vector["presentado"])
    fecha = fecha_lima(presentado)
    assert fecha.isoformat() == vector["fecha_presentacion"]
    computo = computar(fecha, dias, NACIONAL)
    assert computo.vence.isoformat() == vence
    assert computo.primer_dia == plazo_desde(presentado, NACIONAL)
    assert computo.primer_dia.isoformat() == vector["dias"]["1"]


@pytest.mark.parametrize("vector", VECTORES["observaciones"])
def test_observacion(vector: dict[str, Any]) -> None:
    for suceso, limite in (
        ("presentado", "se_puede_observar_hasta"),
        ("notificado", "se_puede_subsanar_hasta"),
    ):
        inicio = fecha_lima(datetime.fromisoformat(vector[suceso]))
        computo = computar(inicio, DIAS_DE_OBSERVACION, NACIONAL)
        assert computo.vence_en.isoformat() == vector[limite]
        assert a_tiempo(computo.vence_en, computo)
    # El último en contarse es el de subsanar.
    caducada = computo.vence_en + timedelta(seconds=1)
    assert not a_tiempo(caducada, computo)
    assert fecha_lima(caducada) == date.fromisoformat(vector["no_presentada_desde"])


@pytest.mark.parametrize("vector", VECTORES["casilla"])
def test_casilla(vector: dict[str, Any]) -> None:
    horario = Horario.de_dict({"lunes_a_viernes": [vector["horario"].split("-")]})
    depositado = datetime.fromisoformat(vector["depositado"])
    vale = considerado_depositado(depositado, horario, NACIONAL)
    assert vale.isoformat() == vector["se_considera_depositado"]
    efecto = surte_efecto(depositado, _instante(vector["abierto"]), horario, NACIONAL)
    assert efecto.isoformat() == vector["surte_efecto"]

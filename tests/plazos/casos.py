"""Los casos de casos.yaml, leídos para quien los corra."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from facilita.plazos import HORARIO_MESA, Calendario, DiaNoHabil, Horario

AQUI = Path(__file__).parent
CASOS: list[dict[str, Any]] = yaml.safe_load((AQUI / "casos.yaml").read_text("utf-8"))


def parametros(verbo: str | None = None) -> list[Any]:
    """Los casos de un verbo, o todos, con su norma y su nombre."""
    return [
        pytest.param(caso, id=f"{caso['norma']}-{caso['id']}")
        for caso in CASOS
        if verbo in (None, caso["verbo"])
    ]


def calendario(da: Mapping[str, Any], *claves: str) -> Calendario:
    """El calendario de un caso, con los días que declaran esas claves."""
    extras = [DiaNoHabil(**dia) for clave in claves or ("extras",) for dia in da.get(clave, ())]
    return Calendario(da.get("ubigeo"), tuple(extras))


def horario(da: Mapping[str, Any]) -> Horario:
    """El horario de un caso, o el de la mesa si no trae ninguno."""
    return Horario.de_dict(da["horario"]) if "horario" in da else HORARIO_MESA

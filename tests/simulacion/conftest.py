"""Lo que comparten las pruebas de la simulación."""

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from fabrica import RAIZ

from facilita.servicios.catalogo import Catalogo
from facilita.simulacion import Informe, simular

AQUI = Path(__file__).parent
Simular = Callable[..., Informe]


@pytest.fixture
def semilla() -> int:
    """La semilla de lo generado: la de `SEMILLA` o una nueva, que se imprime."""
    escrita = os.environ.get("SEMILLA")
    elegida = int(escrita) if escrita else random.SystemRandom().randrange(2**32)
    print(f"SEMILLA={elegida}")
    return elegida


@pytest.fixture
def correr(semilla: int) -> Simular:
    """Simula un archivo con las plantillas del proyecto."""

    def _correr(archivo: Path = AQUI / "pequeno.yaml", **como: object) -> Informe:
        opciones: dict[str, object] = {"casos": 20, "semilla": semilla, **como}
        return simular(archivo, Catalogo(RAIZ / "plantillas"), **opciones)  # type: ignore[arg-type]

    return _correr

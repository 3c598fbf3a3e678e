"""La memoria de un proceso: lo que recuerda cabe, y lo caducado no retiene nada."""

import gc
import weakref

import pytest

from facilita.tramite import entorno
from facilita.tramite.entorno import Memoria


class Cosa:
    """Algo que pesa."""


def test_lo_caducado_se_suelta(monkeypatch: pytest.MonkeyPatch) -> None:
    hora = 0.0
    monkeypatch.setattr(entorno, "monotonic", lambda: hora)
    memoria: Memoria[Cosa] = Memoria(5000, segundos=2.0)
    vieja = weakref.ref(memoria.dar("a", Cosa))
    hora = 1.0
    assert memoria.dar("b", Cosa) and vieja() is not None
    hora = 2.5
    memoria.dar("c", Cosa)
    gc.collect()
    assert vieja() is None
    assert memoria.mirar("a") is None and memoria.mirar("b") is not None


def test_no_pasa_de_su_cabida() -> None:
    memoria: Memoria[int] = Memoria(3)
    for n in range(10):
        memoria.dar(n, lambda n=n: n)  # type: ignore[misc]
    assert [n for n in range(10) if memoria.mirar(n) is not None] == [7, 8, 9]
    assert memoria.dar(8, lambda: 0) == 8

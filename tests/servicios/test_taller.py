"""El taller: un oficial que se cae, se cuelga o no tiene trabajo (N20)."""

import os
import sys
import time
from pathlib import Path

import pytest

from facilita.servicios.taller import Taller, TallerFallo, TallerOcupado

from .test_sello import CONOCIDOS, sellar


@pytest.fixture
def propio() -> Taller:
    suyo = Taller()
    yield suyo
    suyo.cerrar()


def test_si_el_oficial_muere_el_siguiente_encargo_trae_otro(propio: Taller) -> None:
    sellado = sellar()
    assert propio.revisar(sellado, CONOCIDOS)["firma"]["integra"]
    assert propio._oficial is not None
    primero = propio._oficial.pid
    os.kill(primero, 9)
    propio._oficial.wait()
    assert propio.revisar(sellado, CONOCIDOS)["firma"]["integra"]
    assert propio._oficial.pid != primero


def test_el_oficial_no_conoce_los_secretos_del_entorno(
    propio: Taller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FACILITA_SECRETO", "no debe pasar")
    propio.revisar(b"", {})
    assert propio._oficial is not None
    entorno = Path(f"/proc/{propio._oficial.pid}/environ").read_bytes()
    assert b"FACILITA" not in entorno


def test_el_que_tarda_se_corta_y_no_se_dice_que_el_documento_este_mal() -> None:
    apurado = Taller(plazo=0.01)
    try:
        with pytest.raises(TallerOcupado):
            apurado.revisar(b"", {})
    finally:
        apurado.cerrar()


def test_lo_que_tumba_al_oficial_no_es_un_documento() -> None:
    debil = Taller()
    debil._orden = [sys.executable, "-c", "input()"]
    assert debil.revisar(b"%PDF-1.7 que gasta toda la memoria", {}) == {
        "firma": None, "anexo": None,
    }  # fmt: skip
    debil.cerrar()


def test_lo_que_no_sabe_hacer_vuelve_como_falla_y_sigue_atendiendo(propio: Taller) -> None:
    with pytest.raises(TallerFallo, match="KeyError"):
        propio._encargar({"que": "volar"})
    assert propio.revisar(b"", {}) == {"firma": None, "anexo": None}


def test_quien_espera_demasiado_se_entera() -> None:
    """No se dice que un documento está mal porque no hubo quien lo mirara."""
    lleno = Taller(plazo=0.05)
    with lleno._turno, pytest.raises(TallerOcupado):
        lleno.revisar(b"", {})


def test_sin_trabajo_el_oficial_se_va() -> None:
    breve = Taller(ocio=0.01)
    breve.revisar(b"", {})
    limite = time.monotonic() + 10
    while breve._oficial is not None and time.monotonic() < limite:
        time.sleep(0.01)
    assert breve._oficial is None

"""Los bordes que las demás pruebas rozan sin tocar: los hallaron las mutaciones."""

from datetime import date

import pytest

from facilita.plazos import Calendario, Horario, computar, feriados_nacionales
from facilita.plazos.feriados import PRIMER_ANIO, ULTIMO_ANIO
from facilita.plazos.palabras import enumerar


@pytest.mark.parametrize(
    "cosas,dice",
    [
        ([], ""),
        (["lunes"], "lunes"),
        (["lunes", "martes"], "lunes y martes"),
        (["lunes", "martes", "jueves"], "lunes, martes y jueves"),
        (["lunes", "martes", "jueves", "viernes"], "lunes, martes, jueves y viernes"),
    ],
)
def test_enumerar(cosas: list[str], dice: str) -> None:
    assert enumerar(cosas) == dice


@pytest.mark.parametrize("anio", [PRIMER_ANIO, ULTIMO_ANIO])
def test_el_primer_y_el_ultimo_anio_tienen_feriados(anio: int) -> None:
    assert date(anio, 1, 1) in feriados_nacionales(anio)


@pytest.mark.parametrize("anio", [PRIMER_ANIO - 1, ULTIMO_ANIO + 1])
def test_fuera_de_los_anios_no_se_inventa(anio: int) -> None:
    with pytest.raises(ValueError, match=str(anio)):
        feriados_nacionales(anio)


def test_un_solo_dia_de_fin_de_semana_se_dice_en_singular() -> None:
    # Del sábado 7 de noviembre de 2026 al lunes 9: se salta solo el domingo.
    texto = computar(date(2026, 11, 7), 1, Calendario()).explicar()
    assert "los sábados y domingos (1 día, " in texto


def test_la_revision_distingue_el_territorio() -> None:
    assert Calendario(ubigeo="150101").revision != Calendario(ubigeo="080101").revision


def test_un_bloque_sin_duracion_es_una_falla() -> None:
    horario = Horario.de_dict({"lunes_a_viernes": [["08:00", "08:00"], ["08:00", "17:00"]]})
    assert any("08:00" in falla or "8:00" in falla for falla in horario.fallas())


def test_el_computo_dice_su_ultimo_segundo() -> None:
    assert computar(date(2026, 11, 9), 1, Calendario()).a_json()["vence_en"] == (
        "2026-11-10T23:59:59-05:00"
    )

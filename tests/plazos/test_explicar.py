"""Cada fecha calculada cuenta de dónde sale: qué días se saltó y por qué norma (N03, N10, N40)."""

from datetime import date
from typing import Any

import pytest
from holidays.countries.peru import Peru

from facilita.plazos import (
    Calendario,
    Computo,
    DiaNoHabil,
    Salto,
    computar,
    fecha_larga,
    feriados_nacionales,
    momento_largo,
)
from facilita.plazos.normas import DIAS_HABILES, FERIADOS

from .casos import calendario, parametros

NACIONAL = Calendario()


@pytest.mark.parametrize("caso", [p for p in parametros("computar") if "error" not in p.values[0]])
def test_cada_caso_se_explica(caso: dict[str, Any]) -> None:
    da = caso["da"]
    computo = computar(da["desde"], da["dias"], calendario(da))
    texto = computo.explicar()
    for fecha in (computo.desde, computo.primer_dia, computo.vence):
        assert fecha_larga(fecha) in texto
    assert "23:59:59" in texto
    for salto in computo.saltados:
        if salto.es_fin_de_semana:
            assert DIAS_HABILES in texto
        else:
            assert f"el {fecha_larga(salto.fecha)}, {salto.motivo} ({salto.norma})" in texto


def test_el_parrafo_entero() -> None:
    assert computar(date(2026, 7, 24), 2, NACIONAL).explicar() == (
        "Se cuentan 2 días hábiles desde el viernes 24 de julio de 2026, sin contar ese día. "
        "El primero es el lunes 27 de julio de 2026 y el plazo vence el "
        "jueves 30 de julio de 2026 a las 23:59:59, hora de Lima. "
        "No se contaron: los sábados y domingos (2 días, LPAG art. 134); "
        "el martes 28 de julio de 2026, Fiestas Patrias (DL 713, art. 6); "
        "el miércoles 29 de julio de 2026, Fiestas Patrias (DL 713, art. 6)."
    )


def test_un_solo_dia_y_nada_que_saltar() -> None:
    texto = computar(date(2026, 8, 3), 1, NACIONAL).explicar()
    assert texto.startswith("Se cuenta 1 día hábil desde el lunes 3 de agosto de 2026")
    assert texto.endswith("No hubo días que saltar.")


def test_un_domingo_feriado_dice_sus_dos_razones() -> None:
    salto = NACIONAL.por_que_no(date(2026, 6, 7))
    assert salto is not None
    assert not salto.es_fin_de_semana
    assert salto.norma == "LPAG art. 134; DL 713, art. 6; Ley 31788"
    assert salto.motivo in computar(date(2026, 6, 5), 1, NACIONAL).explicar()


def test_dos_decretos_del_mismo_dia_se_citan_los_dos() -> None:
    lunes = date(2026, 7, 27)
    decretos = tuple(DiaNoHabil(lunes, "nacional", "Puente", f"DS {n}") for n in (2, 1, 1))
    assert Calendario(None, decretos).por_que_no(lunes) == Salto(lunes, "Puente", "DS 1; DS 2")


@pytest.mark.parametrize("fecha", [date(2026, 8, 10), date(2026, 8, 9)])
def test_un_decreto_que_se_llama_como_un_domingo_no_se_esconde(fecha: date) -> None:
    decretado = Calendario(None, (DiaNoHabil(fecha, "nacional", "Domingo", "DS 902-2026-PCM"),))
    salto = decretado.por_que_no(fecha)
    assert salto is not None
    assert not salto.es_fin_de_semana
    assert "DS 902-2026-PCM" in computar(date(2026, 8, 7), 2, decretado).explicar()


def test_la_biblioteca_no_calla_ningun_feriado_ni_les_cambia_el_nombre() -> None:
    # Un nombre que cambie al subir de versión dejaría de ser feriado sin que nadie lo note.
    publicados = set(Peru(years=2026, expand=False, language="es").values())
    assert publicados - set(FERIADOS) == {"Domingo de Resurrección"}
    assert set(FERIADOS) <= publicados


def test_los_dieciseis_feriados_de_2026() -> None:
    dias = "0101 0402 0403 0501 0607 0629 0723 0728 0729 0806 0830 1008 1101 1208 1209 1225"
    assert [f"{fecha:%m%d}" for fecha in sorted(feriados_nacionales(2026))] == dias.split()


@pytest.mark.parametrize("anio", [1899, 2201])
def test_fuera_de_sus_anios_no_inventa(anio: int) -> None:
    with pytest.raises(ValueError, match="queda fuera"):
        feriados_nacionales(anio)


def test_la_revision_solo_cambia_con_lo_que_rige() -> None:
    fiesta = DiaNoHabil(date(2026, 6, 24), "region:08", "Fiesta", "Ordenanza 1")
    assert Calendario("150101", (fiesta,)).revision == Calendario("150101").revision
    assert Calendario("080101", (fiesta,)).revision != Calendario("080101").revision


@pytest.mark.parametrize(
    "cambio",
    [{"desde": "ayer"}, {"vence": None}, {"saltados": [{"fecha": "2026-08-06"}]}, {"saltados": 3}],
)
def test_un_computo_ilegible_es_un_error_claro(cambio: dict[str, Any]) -> None:
    datos = computar(date(2026, 8, 3), 3, NACIONAL).a_json() | cambio
    with pytest.raises(ValueError, match="cómputo ilegible"):
        Computo.de_json(datos)


def test_el_momento_en_palabras() -> None:
    vence_en = computar(date(2026, 8, 3), 2, NACIONAL).vence_en
    assert momento_largo(vence_en) == "miércoles 5 de agosto de 2026, 23:59:59"

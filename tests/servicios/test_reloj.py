"""La hora: siempre con zona, y quieta cuando se le pide."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from facilita.servicios.reloj import RelojFijo, RelojSistema

INSTANTE = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def test_el_del_sistema_dice_la_hora_en_utc() -> None:
    ahora = RelojSistema().ahora()
    assert ahora.tzinfo is UTC
    assert abs(datetime.now(UTC) - ahora) < timedelta(seconds=5)


def test_el_fijo_solo_se_mueve_si_se_le_pide() -> None:
    reloj = RelojFijo(INSTANTE)
    assert reloj.ahora() == reloj.ahora() == INSTANTE
    reloj.avanzar(timedelta(days=1))
    assert reloj.ahora() == INSTANTE + timedelta(days=1)
    reloj.avanzar(timedelta(days=-1))
    reloj.poner(INSTANTE + timedelta(hours=2))
    assert reloj.ahora() == INSTANTE + timedelta(hours=2)


def test_el_fijo_habla_en_utc_aunque_lo_pongan_en_lima() -> None:
    lima = timezone(timedelta(hours=-5))
    reloj = RelojFijo(datetime(2026, 11, 23, 10, 0, tzinfo=lima))
    assert reloj.ahora() == INSTANTE
    assert reloj.ahora().tzinfo is UTC


def test_sin_zona_no_hay_instante() -> None:
    sin_zona = datetime(2026, 11, 23)  # noqa: DTZ001
    with pytest.raises(ValueError):
        RelojFijo(sin_zona)
    with pytest.raises(ValueError):
        RelojFijo(INSTANTE).poner(sin_zona)

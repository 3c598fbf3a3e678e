"""Lo que vale para cualquier fecha, plazo y calendario, contra una cuenta hecha de otra manera."""

import json
from datetime import UTC, date, datetime, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from facilita.plazos import (
    HORARIO_MESA,
    LIMA,
    Calendario,
    Computo,
    DiaNoHabil,
    Horario,
    a_tiempo,
    ampliar,
    computar,
    considerado_depositado,
    fecha_larga,
    fecha_lima,
    feriados_nacionales,
    habiles_entre,
    plazo_desde,
    reanudar,
    restantes,
    semaforo,
    surte_efecto,
    suspender,
)

# Cada corrida busca lugares nuevos; el que falla se imprime para repetirlo.
busca = settings(max_examples=80, deadline=None, derandomize=False, print_blob=True)

UN_DIA, UN_SEGUNDO = timedelta(days=1), timedelta(seconds=1)
PRIMERO, ULTIMO = date(2020, 1, 1), date(2040, 12, 31)

fechas = st.dates(PRIMERO, ULTIMO)
plazos = st.integers(1, 60)
instantes = st.builds(datetime.combine, fechas, st.times(), st.sampled_from([UTC, LIMA]))
# Juntos en dos meses, los días declarados caen dentro de los plazos y no se pierden en 20 años.
cercanas = st.dates(date(2026, 6, 15), date(2026, 8, 15))
declarados = st.builds(
    DiaNoHabil,
    fecha=cercanas,
    ambito=st.sampled_from(["nacional", "region:08", "provincia:0801", "distrito:080101"]),
    motivo=st.sampled_from(["Puente", "Fiesta", "Duelo"]),
    norma=st.sampled_from(["DS 1-2026-PCM", "Ley 2", "Ordenanza 3"]),
)
calendarios = st.builds(
    Calendario,
    ubigeo=st.sampled_from([None, "08", "0801", "080101", "080102", "150101"]),
    extras=st.lists(declarados, max_size=12).map(tuple),
)
inicios = st.one_of(fechas, cercanas)


def _es_habil(fecha: date, calendario: Calendario) -> bool:
    """La misma pregunta respondida a la larga, sin los índices del calendario."""
    rigen = {dia.fecha for dia in calendario.extras if dia.rige_en(calendario.ubigeo)}
    return fecha.weekday() < 5 and fecha not in {*feriados_nacionales(fecha.year), *rigen}


def _entre(desde: date, hasta: date) -> list[date]:
    return [desde + UN_DIA * n for n in range(1, (hasta - desde).days + 1)]


@busca
@given(inicios, plazos, calendarios)
def test_vence_en_dia_habil_y_cuenta_los_que_dice(desde: date, dias: int, cal: Calendario) -> None:
    computo = computar(desde, dias, cal)
    habiles = [dia for dia in _entre(desde, computo.vence) if _es_habil(dia, cal)]
    assert len(habiles) == dias == habiles_entre(desde, computo.vence, cal)
    assert (habiles[0], habiles[-1]) == (computo.primer_dia, computo.vence)
    assert computo.primer_dia == cal.siguiente_habil(desde)
    assert computo.revision == cal.revision


@busca
@given(inicios, plazos, calendarios)
def test_explica_todos_los_dias_que_no_cuenta(desde: date, dias: int, cal: Calendario) -> None:
    computo = computar(desde, dias, cal)
    mudos = [dia for dia in _entre(desde, computo.vence) if not _es_habil(dia, cal)]
    assert [salto.fecha for salto in computo.saltados] == mudos
    for salto in computo.saltados:
        assert salto == cal.por_que_no(salto.fecha)
        assert salto.motivo and salto.norma
        esperado = salto.norma if salto.es_fin_de_semana else fecha_larga(salto.fecha)
        assert esperado in computo.explicar()


@busca
@given(inicios, plazos, calendarios)
def test_va_a_json_y_vuelve(desde: date, dias: int, cal: Calendario) -> None:
    computo = computar(desde, dias, cal)
    assert Computo.de_json(json.loads(json.dumps(computo.a_json()))) == computo


@busca
@given(inicios, plazos, calendarios, st.integers(-5, 120), st.integers(0, 60))
def test_suspender_y_reanudar_no_gana_ni_pierde_dias(
    desde: date, dias: int, cal: Calendario, hasta: int, pausa: int
) -> None:
    computo = computar(desde, dias, cal)
    el_dia = desde + UN_DIA * hasta
    detenido = suspender(computo, el_dia, cal)
    assert detenido.consumidos + detenido.restantes == dias
    assert (detenido.restantes == 0) == (el_dia > computo.vence)
    assume(detenido.restantes)
    sigue = reanudar(detenido, el_dia + UN_DIA * pausa, cal)
    assert detenido.consumidos + sigue.dias_habiles == dias
    if pausa == 0 and desde <= el_dia < computo.vence:
        assert sigue.vence == computo.vence


@busca
@given(inicios, plazos, plazos, calendarios)
def test_mas_dias_vencen_despues(desde: date, menos: int, mas: int, cal: Calendario) -> None:
    corto, largo = computar(desde, menos, cal), computar(desde, menos + mas, cal)
    assert corto.vence < largo.vence
    assert ampliar(corto, mas, cal) == largo


@busca
@given(inicios, st.integers(0, 30), plazos, calendarios)
def test_empezar_despues_nunca_vence_antes(
    desde: date, demora: int, dias: int, cal: Calendario
) -> None:
    antes, luego = computar(desde, dias, cal), computar(desde + UN_DIA * demora, dias, cal)
    assert antes.vence <= luego.vence


@busca
@given(inicios, plazos, calendarios, declarados)
def test_un_dia_declarado_nunca_acorta(
    desde: date, dias: int, cal: Calendario, dia: DiaNoHabil
) -> None:
    con_el_dia = Calendario(cal.ubigeo, (*cal.extras, dia))
    antes, despues = computar(desde, dias, cal), computar(desde, dias, con_el_dia)
    cuenta = desde < dia.fecha <= antes.vence and dia.rige_en(cal.ubigeo)
    assert (despues.vence > antes.vence) == (cuenta and cal.es_habil(dia.fecha))


@busca
@given(inicios, plazos, calendarios)
def test_el_segundo_siguiente_es_tarde(desde: date, dias: int, cal: Calendario) -> None:
    computo = computar(desde, dias, cal)
    assert a_tiempo(computo.vence_en.astimezone(UTC), computo)
    assert not a_tiempo((computo.vence_en + UN_SEGUNDO).astimezone(UTC), computo)


@busca
@given(inicios, plazos, calendarios, st.integers(-5, 120))
def test_lo_que_queda_baja_y_el_color_lo_sigue(
    desde: date, dias: int, cal: Calendario, hasta: int
) -> None:
    computo = computar(desde, dias, cal)
    hoy = desde + UN_DIA * hasta
    quedan = restantes(hoy, computo, cal)
    assert quedan >= restantes(hoy + UN_DIA, computo, cal)
    assert (quedan < 0) == (hoy > computo.vence) == (semaforo(hoy, computo, cal) == "vencido")


@busca
@given(instantes, calendarios)
def test_el_plazo_corre_desde_otro_dia_y_habil(presentado: datetime, cal: Calendario) -> None:
    desde = plazo_desde(presentado, cal)
    assert desde > fecha_lima(presentado)
    assert _es_habil(desde, cal)
    assert not any(_es_habil(dia, cal) for dia in _entre(fecha_lima(presentado), desde)[:-1])


@busca
@given(instantes, calendarios)
def test_el_deposito_vale_en_horario_y_no_antes(instante: datetime, cal: Calendario) -> None:
    vale = considerado_depositado(instante, HORARIO_MESA, cal)
    assert vale >= instante
    assert HORARIO_MESA.dentro(vale, cal)
    assert considerado_depositado(vale, HORARIO_MESA, cal) == vale


@busca
@given(instantes, st.timedeltas(timedelta(0), timedelta(days=30)), calendarios)
def test_la_notificacion_surte_efecto_a_mas_tardar_el_sexto_dia(
    depositado: datetime, demora: timedelta, cal: Calendario
) -> None:
    vale = considerado_depositado(depositado, HORARIO_MESA, cal).date()
    sexto = surte_efecto(depositado, None, HORARIO_MESA, cal)
    assert habiles_entre(vale, sexto, cal) == 6
    abierta = surte_efecto(depositado, depositado + demora, HORARIO_MESA, cal)
    mismo_dia = surte_efecto(depositado, depositado + demora, HORARIO_MESA, cal, mismo_dia=True)
    assert _es_habil(abierta, cal) and _es_habil(sexto, cal)
    assert vale <= mismo_dia <= abierta <= sexto


horas = st.integers(0, 24 * 60).map(lambda m: f"{m // 60:02d}:{m % 60:02d}")
semanas = st.dictionaries(
    st.sampled_from(["lunes", "martes", "miercoles", "jueves", "viernes", "sábado", "domingo"]),
    st.lists(st.tuples(horas, horas), max_size=3),
)


@busca
@given(semanas)
def test_todo_horario_se_guarda_se_lee_y_se_dice(semana: dict[str, list[tuple[str, str]]]) -> None:
    horario = Horario.de_dict(semana)
    assert Horario.de_dict(json.loads(json.dumps(horario.a_dict()))) == horario
    assert horario.texto()[0].isupper()
    assert all(falla.endswith(".") for falla in horario.fallas())

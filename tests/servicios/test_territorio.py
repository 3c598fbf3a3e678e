"""Los distritos del INEI y cómo se encuentran escritos por cualquiera."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilita.definicion.contexto import Lugar
from facilita.servicios.territorio import Territorio, abrir_territorio
from facilita.servicios.territorio_apodos import APODOS
from facilita.servicios.territorio_busqueda import partir

PERU = abrir_territorio()
TODOS = [lugar for lugar in map(PERU.lugar, PERU._por_codigo) if lugar]
MIRAFLORES_LIMA = "150122"


def codigos(texto: str) -> list[str]:
    return [lugar.codigo for lugar in PERU.buscar(texto)]


def test_son_los_que_cuenta_el_inei() -> None:
    assert len(PERU) == 1891
    assert len({lugar.codigo[:4] for lugar in TODOS}) == 196
    assert len({lugar.codigo[:2] for lugar in TODOS}) == 25
    assert Counter(len(lugar.codigo) for lugar in TODOS) == {6: 1891}


def test_se_lee_una_sola_vez() -> None:
    assert abrir_territorio() is PERU


def test_un_codigo_es_un_distrito() -> None:
    assert PERU.lugar(MIRAFLORES_LIMA) == Lugar(MIRAFLORES_LIMA, "Miraflores", "Lima", "Lima")
    assert PERU.lugar("999999") is None
    assert PERU.lugar("") is None
    assert codigos(" 150122 ") == [MIRAFLORES_LIMA]


def test_el_nombre_completo() -> None:
    assert PERU.nombre("150143") == "Villa María del Triunfo, Lima, Lima"
    assert PERU.nombre("0401") == "Arequipa, Arequipa"
    assert PERU.nombre("04") == "Arequipa"
    assert PERU.nombre("99") is None


def test_un_nombre_repetido_ofrece_todos() -> None:
    assert sorted(codigos("Miraflores")) == ["040110", "100506", "150122", "151021"]


@pytest.mark.parametrize(
    "texto",
    [
        "Miraflores, Lima",
        "miraflores lima",
        "MIRAFLORES - LIMA - LIMA",
        "Lima / Lima / Miraflores",
        "  Distrito de Miraflores (Provincia de Lima), Perú ",
        "Mirafloreslima",
    ],
)
def test_con_su_provincia_queda_uno(texto: str) -> None:
    assert codigos(texto) == [MIRAFLORES_LIMA]


@pytest.mark.parametrize(
    ("texto", "esperados"),
    [
        ("Lima", ["150101"]),
        ("Cercado de Lima", ["150101"]),
        ("breña", ["150105"]),
        ("BRENA", ["150105"]),
        ("NAHUIMPUQUIO", ["090710"]),
        ("Mi Perú", ["070107"]),
        ("El Tambo", ["120114"]),
        ("sanjuandelurigancho", ["150132"]),
        ("san juan lurigancho", ["150132"]),
        ("SJL", ["150132"]),
        ("Surco, Lima", ["150140"]),
        ("Pucallpa", ["250101"]),
        ("Chorri", ["150108"]),
        ("jose luis bustamante", ["040129"]),
    ],
)
def test_como_lo_escribe_la_gente(texto: str, esperados: list[str]) -> None:
    assert codigos(texto) == esperados


def test_el_nombre_exacto_gana_al_que_solo_empieza_igual() -> None:
    assert [lugar.distrito for lugar in PERU.buscar("Lurigancho")] == ["Lurigancho"]
    assert {lugar.distrito for lugar in PERU.buscar("San Juan")} == {"San Juan"}


def test_un_apodo_no_esconde_al_que_si_se_llama_asi() -> None:
    assert {lugar.provincia for lugar in PERU.buscar("Surco")} == {"Lima", "Huarochirí"}


@pytest.mark.parametrize(
    ("texto", "codigo"),
    [
        ("Mirafores", MIRAFLORES_LIMA),
        ("Jesus Maira", "150113"),
        ("San Juan de Lurigacho", "150132"),
        ("Chorriyos", "150108"),
        ("Pueblo Livre, Lima", "150121"),
        ("Billa el Zalbador", "150142"),
        ("sanjuandelurigacho", "150132"),
    ],
)
def test_una_errata_se_perdona(texto: str, codigo: str) -> None:
    assert codigo in codigos(texto)


def test_con_un_acierto_no_se_buscan_erratas() -> None:
    assert all("lima" in partir(lugar.nombre) for lugar in PERU.buscar("Lima"))
    assert [lugar.distrito for lugar in PERU.buscar("Lince")] == ["Lince"]


@pytest.mark.parametrize(
    "texto", ["", "   ", "...", "x", "Springfield", "12", "Av. Larco 345 dpto"]
)
def test_lo_que_no_es_un_distrito_no_encuentra_nada(texto: str) -> None:
    assert codigos(texto) == []
    assert PERU.sugerir(texto) == []


def test_nunca_ofrece_demasiados() -> None:
    assert len(PERU.buscar("san")) == 20
    assert len(PERU.buscar("san", limite=3)) == 3


def test_una_provincia_ofrece_sus_distritos() -> None:
    assert {lugar.provincia for lugar in PERU.buscar("Coronel Portillo")} == {"Coronel Portillo"}


@pytest.mark.parametrize("escribe", ["{0}, {1}, {2}", "{2} {1} {0}"])
def test_todo_distrito_se_encuentra_por_su_nombre_completo(escribe: str) -> None:
    for lugar in TODOS:
        texto = escribe.format(lugar.distrito, lugar.provincia, lugar.departamento)
        assert lugar in PERU.buscar(texto), texto
        assert len(PERU.buscar(texto)) == 1, (texto, PERU.buscar(texto))


def test_todo_distrito_se_encuentra_por_su_solo_nombre() -> None:
    assert [lugar for lugar in TODOS if lugar not in PERU.buscar(lugar.distrito, 50)] == []


def test_los_apodos_apuntan_a_distritos() -> None:
    assert all(PERU.lugar(codigo) in PERU.buscar(apodo) for apodo, codigo in APODOS.items())


def test_sugerir_pone_primero_el_exacto_y_sigue_con_los_que_empiezan_asi() -> None:
    sugeridos = [lugar.distrito for lugar in PERU.sugerir("lima")]
    assert sugeridos[:3] == ["Lima", "Limabamba", "Limatambo"]
    assert len(sugeridos) == 10
    assert [lugar.distrito for lugar in PERU.sugerir("mirafl", limite=2)] == ["Miraflores"] * 2
    assert PERU.sugerir("chorriyos")[0].distrito == "Chorrillos"


@given(st.text(max_size=300))
def test_ningun_texto_lo_hace_fallar(texto: str) -> None:
    assert len(PERU.buscar(texto)) <= 20
    assert len(PERU.sugerir(texto, 5)) <= 5


@pytest.mark.parametrize("texto", ["a" * 5000, "de " * 50, "San " * 1200, "\u0301" * 3000])
def test_un_texto_desmedido_ni_falla_ni_halla_de_mas(texto: str) -> None:
    assert len(PERU.buscar(texto, 20)) <= 20
    assert len(PERU.sugerir(texto)) <= 20


def test_con_otros_lugares() -> None:
    uno = Lugar("010101", "Uno", "Dos", "Tres")
    assert Territorio([uno]).buscar("uno") == [uno]
    assert Territorio([]).buscar("uno") == []

"""El horario: cómo se lee, cómo se dice y qué le falta (N01, N42)."""

from collections.abc import Mapping
from typing import Any

import pytest

from facilita.plazos import HORARIO_MESA, Bloque, Horario
from facilita.plazos.palabras import DIAS

OCHO = [["08:00", "16:00"]]
NUEVE = [["09:00", "17:00"]]
A_LAS_OCHO = (Bloque(8 * 60, 16 * 60),)


def _dias(horario: Horario) -> list[int]:
    return [dia for dia, bloques in enumerate(horario.semana) if bloques]


@pytest.mark.parametrize(("dia", "nombre"), list(enumerate(DIAS)))
def test_cada_dia_por_su_nombre_con_tilde_o_sin_ella_y_por_su_cifra(dia: int, nombre: str) -> None:
    sin_tilde = nombre.replace("á", "a").replace("é", "e")
    for clave in (nombre, sin_tilde, str(dia), dia):
        horario = Horario.de_dict({clave: OCHO})
        assert _dias(horario) == [dia]
        assert horario.semana[dia] == A_LAS_OCHO


@pytest.mark.parametrize(
    ("clave", "dias"),
    [
        ("lunes_a_viernes", [0, 1, 2, 3, 4]),
        ("lunes_a_sabado", [0, 1, 2, 3, 4, 5]),
        ("lunes_a_domingo", [0, 1, 2, 3, 4, 5, 6]),
        ("martes_a_miércoles", [1, 2]),
        ("miercoles_a_sábado", [2, 3, 4, 5]),
    ],
)
def test_los_rangos_de_dias(clave: str, dias: list[int]) -> None:
    assert _dias(Horario.de_dict({clave: OCHO})) == dias


def test_se_mezclan_nombres_rangos_y_cifras() -> None:
    mezcla = {"lunes_a_jueves": OCHO, "viernes": OCHO, "5": NUEVE}
    assert Horario.de_dict(mezcla) == Horario.de_dict({**dict.fromkeys(range(5), OCHO), 5: NUEVE})


@pytest.mark.parametrize(
    ("datos", "frase"),
    [
        ({"lunes_a_viernes": OCHO, "miercoles": NUEVE}, "el miércoles está dos veces"),
        ({"miercoles": OCHO, "miércoles": OCHO}, "sobra 'miércoles'"),
        ({"lunes_a_miercoles": OCHO, "miercoles_a_viernes": OCHO}, "el miércoles está dos veces"),
        ({0: OCHO, "0": OCHO}, "el lunes está dos veces en el horario"),
        ({"0": OCHO, "lunes": []}, "el lunes está dos veces en el horario"),
        ({"viernes_a_lunes": OCHO}, "del primer día al último de la semana"),
        ({"lunes_a_lunes": OCHO}, "del primer día al último de la semana"),
        ({"lunes_a_": OCHO}, "día 'lunes_a_'"),
        ({"_a_viernes": OCHO}, "escribe lunes, lunes_a_viernes"),
        ({"lunes_a_martes_a_jueves": OCHO}, "escribe lunes"),
        ({"0_a_4": OCHO}, "escribe lunes"),
        ({"7": OCHO}, "día '7'"),
        ({-1: OCHO}, "día -1"),
        ({True: OCHO}, "día True"),
        ({"monday": OCHO}, "día 'monday'"),
        ({"lunes": "08:00-16:00"}, "se espera una lista de bloques"),
        ({"lunes": ["08:00"]}, "son dos horas"),
        ({"lunes": [["08:00", "12:00", "16:00"]]}, "son dos horas"),
        ({"lunes": [[480, 960]]}, "HH:MM entre comillas"),
        ({"lunes": [["08:00", "24:01"]]}, "de 00:00 a 24:00"),
        ({"lunes": [["8h", "16:00"]]}, "hora '8h'"),
    ],
)
def test_lo_que_no_se_entiende_se_dice(datos: Mapping[Any, Any], frase: str) -> None:
    with pytest.raises(ValueError) as atrapado:
        Horario.de_dict(datos)
    assert frase in str(atrapado.value)


@pytest.mark.parametrize(
    ("datos", "texto"),
    [
        ({"lunes_a_viernes": [["08:00", "16:30"]]}, "De lunes a viernes, de 8:00 a 16:30"),
        ({"sabado": OCHO}, "Los sábados, de 8:00 a 16:00"),
        ({"lunes": OCHO, "martes": OCHO}, "Los lunes y martes, de 8:00 a 16:00"),
        (
            {"lunes_a_miercoles": OCHO, "viernes": OCHO},
            "De lunes a miércoles y los viernes, de 8:00 a 16:00",
        ),
        (
            {"lunes_a_viernes": OCHO, "sabado": NUEVE},
            "De lunes a viernes, de 8:00 a 16:00; los sábados, de 9:00 a 17:00",
        ),
        (
            {"domingo": [["13:00", "17:00"], ["08:00", "12:00"]]},
            "Los domingos, de 8:00 a 12:00 y de 13:00 a 17:00",
        ),
        ({}, "Sin días de atención"),
    ],
)
def test_se_escribe_en_una_frase(datos: Mapping[Any, Any], texto: str) -> None:
    assert Horario.de_dict(datos).texto() == texto


def test_lo_que_se_guarda_se_vuelve_a_leer() -> None:
    horario = Horario.de_dict({"lunes_a_viernes": [["8:00", "16:30"]], "sabado": []})
    assert horario.a_dict() == {str(dia): [["08:00", "16:30"]] for dia in range(5)}
    assert Horario.de_dict(horario.a_dict()) == horario


def test_el_horario_de_la_mesa_cumple_la_norma() -> None:
    assert HORARIO_MESA.fallas() == []
    assert HORARIO_MESA.texto() == "De lunes a viernes, de 7:00 a 15:00"


def test_las_fallas_nombran_cada_dia() -> None:
    corto = Horario.de_dict({"lunes": [["08:00", "12:00"]], "martes_a_jueves": OCHO, "viernes": []})
    assert [falla.partition(":")[0] for falla in corto.fallas()] == ["Lunes"]
    partido = Horario.de_dict({"lunes_a_martes": [["08:00", "13:00"], ["14:00", "17:00"]]})
    assert [falla.partition(":")[0] for falla in partido.fallas()] == ["Lunes", "Martes"]

"""El camino corto del comprobador dice lo mismo que el de JSON Schema entero."""

import random
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.validators import extend

from facilita.definicion import leer_yaml
from facilita.definicion.esquema import ESQUEMA
from facilita.definicion.validador import Validador

from .material import AQUI, TEXTOS
from .test_estropeadas import estropear

ENTERO = extend(Draft202012Validator, type_checker=Validador.TYPE_CHECKER)
FUENTES = (*TEXTOS.values(), (AQUI / "rotas/base.yaml").read_text("utf-8"))


def errores(comprobador: Any, dato: Any) -> list[str]:
    return sorted(f"{e.json_path}: {e.message}" for e in comprobador(ESQUEMA).iter_errors(dato))


def test_dice_lo_mismo_de_lo_estropeado() -> None:
    con_errores = 0
    for n in range(80):
        azar = random.Random(n)
        dato = estropear(leer_yaml(azar.choice(FUENTES)), azar)
        hallados = errores(Validador, dato)
        assert hallados == errores(ENTERO, dato), n
        con_errores += bool(hallados)
    assert con_errores > 20


@pytest.mark.parametrize(
    ("esquema", "valor", "cumple"),
    [
        ({"type": "string"}, "", True),
        ({"type": "string", "minLength": 1}, "", False),
        ({"type": "string", "minLength": 2}, "ab", True),
        ({"type": "string", "maxLength": 2}, "ab", True),
        ({"type": "string", "maxLength": 2}, "abc", False),
        ({"type": "string", "pattern": "b"}, "abc", True),
        ({"type": "string", "pattern": "^b"}, "abc", False),
        ({"type": "string", "enum": ["a", "b"]}, "b", True),
        ({"type": "string", "enum": ["a", "b"]}, "c", False),
        ({"type": "string", "pattern": "a", "enum": ["b"]}, "a", False),
        ({"type": "string", "const": "a"}, "b", False),
        ({"type": "boolean"}, True, True),
        ({"type": "boolean"}, 1, False),
        ({"type": "string"}, True, False),
        ({"enum": ["a"]}, "b", False),
        (True, "a", True),
        (False, "a", False),
    ],
)
def test_un_texto_o_un_si_o_no(esquema: Any, valor: Any, cumple: bool) -> None:
    dato = {"x": valor}
    for comprobador in (Validador, ENTERO):
        assert comprobador({"properties": {"x": esquema}}).is_valid(dato) == cumple
    assert Validador({"properties": {"x": esquema}}).is_valid("no es un mapa")

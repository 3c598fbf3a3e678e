"""Lecturas de un campo, como datos: lo que llega y lo que se guarda o el error que se dice."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from facilita.definicion.campos import REGISTRO, Lector, crear_campo

from .material import CONTEXTO, datos, sin_tildes

CASOS = datos("casos.yaml")


def crudo_de(caso: Mapping[str, Any]) -> Any:
    """Lo que llega: escrito, o un texto repetido muchas veces con un final."""
    if "repite" in caso:
        texto, veces = caso["repite"]
        return texto * veces + caso.get("y", "")
    return caso["crudo"]


@pytest.mark.timeout(5)
@pytest.mark.parametrize("caso", CASOS, ids=[sin_tildes(c["caso"]) for c in CASOS])
def test_lectura(caso: Mapping[str, Any]) -> None:
    antes = caso.get("antes", {})
    lector = Lector(CONTEXTO, valores=dict(antes), comparables=dict(antes))
    campo = crear_campo({"id": "x", "etiqueta": "El campo", **caso["campo"]})
    valor = campo.leer(crudo_de(caso), lector)
    assert [e.clave for e in lector.errores] == ([caso["error"]] if "error" in caso else [])
    assert [a.clave for a in lector.avisos] == ([caso["aviso"]] if "aviso" in caso else [])
    assert valor == caso.get("valor")
    assert json.loads(json.dumps(valor)) == valor
    for dicho in (*lector.errores, *lector.avisos):
        assert dicho.de == "x"
        assert dicho.campo == caso.get("control", "x")
        assert "{" not in dicho.texto.replace("{campo}", "")


def test_hay_casos_de_todos_los_tipos_y_de_todas_las_claves() -> None:
    assert len(CASOS) >= 60
    assert len({c["caso"] for c in CASOS}) == len(CASOS)
    assert {c["campo"]["tipo"] for c in CASOS} == set(REGISTRO)
    dichas = {c[que] for c in CASOS for que in ("error", "aviso") if que in c}
    assert dichas == {clave for clase in REGISTRO.values() for clave in clase.claves}

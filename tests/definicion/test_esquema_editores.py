"""El esquema de los editores dice lo mismo que el comprobador, y está escrito al día."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from facilita.definicion.descripciones import DESCRIPCIONES
from facilita.definicion.esquema_editores import esquema_para_editores
from facilita.definicion.lectura_yaml import leer_yaml

RAIZ = Path(__file__).parents[2]
ESQUEMA = esquema_para_editores()
ESCRITOS = sorted(
    archivo
    for archivo in [*RAIZ.glob("plantillas/**/*.yaml"), *RAIZ.glob("formularios/*/*.yaml")]
    if archivo.name not in ("normas.yaml", "entidad.yaml")
)
BASE = leer_yaml((RAIZ / "plantillas/contacto.yaml").read_bytes(), "contacto.yaml")


def errores(dato: Any) -> list[str]:
    return [e.message for e in Draft202012Validator(ESQUEMA).iter_errors(dato)]


def test_el_archivo_de_docs_esta_al_dia() -> None:
    escrito = json.loads((RAIZ / "docs/esquema.json").read_text("utf-8"))
    assert escrito == esquema_para_editores(), (
        "vuelve a escribirlo: facilita esquema --salida docs/esquema.json"
    )


def test_es_un_esquema_valido() -> None:
    Draft202012Validator.check_schema(ESQUEMA)


@pytest.mark.parametrize("archivo", ESCRITOS, ids=lambda a: f"{a.parent.name}-{a.stem}")
def test_lo_que_se_ofrece_lo_cumple(archivo: Path) -> None:
    assert errores(leer_yaml(archivo.read_bytes(), archivo.name)) == []


@pytest.mark.parametrize(
    "ruta,valor",
    [
        (("titulo",), 3),
        (("sobra",), "x"),
        (("paginas", 0, "secciones", 0, "campos", 0, "tipo"), "textos"),
        (("paginas", 0, "secciones", 0, "campos", 0, "tamano_maximo"), 3),
        (("paginas", 0, "secciones", 0, "campos", 0, "largo_maximo"), "mucho"),
        (("revision", "campos", 0, "texto"), None),
        (("flujo", "transiciones", 0, "pide", 0, "tipo"), "nada"),
        (("flujo", "estados", 0, "final"), "tal vez"),
        (("mensajes", 0, "cuerpo"), ""),
    ],
)
def test_marca_lo_que_esta_mal(ruta: tuple[Any, ...], valor: Any) -> None:
    dato = json.loads(json.dumps(BASE))
    donde = dato
    for paso in ruta[:-1]:
        donde = donde[paso]
    donde[ruta[-1]] = valor
    assert errores(dato)


def test_cada_palabra_del_lenguaje_se_explica() -> None:
    sin_explicar = {clave for clave in _propiedades(ESQUEMA) if clave not in DESCRIPCIONES}
    # Las claves de «opciones», «quitar» y demás nombran ids o familias ya explicadas.
    assert not sin_explicar, sorted(sin_explicar)
    assert set(DESCRIPCIONES) <= set(_propiedades(ESQUEMA)), "hay descripciones que sobran"


def _propiedades(esquema: Any) -> set[str]:
    if isinstance(esquema, list):
        return set().union(*map(_propiedades, esquema))
    if not isinstance(esquema, dict):
        return set()
    propias = esquema.get("properties")
    claves = set(propias) if isinstance(propias, dict) else set()
    return claves.union(*map(_propiedades, esquema.values()))

"""Definiciones rotas, como datos: cada una con la línea, la ruta, el código y la frase exacta."""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import facilita.definicion
from facilita.definicion import Examen, examinar, leer_yaml
from facilita.definicion.campos.base import FORMA_DE_ID
from facilita.definicion.explicaciones import _FORMAS, explicar
from facilita.definicion.validador import Validador

from .material import AQUI, NORMAS, caminos, datos, sin_tildes
from .test_actualizacion import CODIGOS

FAMILIAS = sorted(p.stem for p in (AQUI / "rotas").glob("*.yaml") if p.stem != "base")
BASE = (AQUI / "rotas" / "base.yaml").read_text("utf-8")
CASOS = [(f, caso) for f in FAMILIAS for caso in datos(f"rotas/{f}.yaml")]
AVISOS = {
    "flujo.detenido", "flujo.espera", "ley.consentimiento_exigido", "ley.consentimiento_junto",
    "ley.plazo", "ley.prohibido", "ley.rechazo", "mensaje.sin_destino", "mensaje.sin_uso",
    "rol.sin_uso", "si.sin_probar",
}  # fmt: skip
"""Lo que se dice sin impedir publicar."""
DE_LOS_DOS = {"fijo.propiedad", "fijo.rango"}
"""Los códigos que a veces impiden publicar y a veces no."""


def texto_de(caso: Mapping[str, Any]) -> str:
    """El texto roto: el suyo entero, uno repetido, o la base con unos reemplazos."""
    if "repite" in caso:
        return str(caso["repite"][0]) * int(caso["repite"][1])
    if "documento" in caso:
        return str(caso["documento"])
    texto = BASE
    for viejo, nuevo in ((c["donde"], c["por"]) for c in caso["cambia"]):
        assert texto.count(viejo) == 1, f"«{viejo}» está {texto.count(viejo)} veces en la base"
        texto = texto.replace(viejo, nuevo)
    return texto


def examinar_caso(caso: Mapping[str, Any]) -> Examen:
    """Examina el texto del caso, con la base como plantilla disponible."""
    return examinar(
        texto_de(caso),
        "caso.yaml",
        normas=NORMAS,
        buscar_plantilla=lambda cual, version: (
            leer_yaml(BASE, "base.yaml") if (cual, version) == ("base", 1) else None
        ),
    )


def encontradas(examen: Examen) -> list[str]:
    """Las fallas y avisos como se escriben en los casos: «código | archivo:línea: ruta: frase»."""
    return [f"{f.codigo} | {f}" for f in (*examen.fallas, *examen.avisos)]


def test_la_base_esta_bien() -> None:
    assert encontradas(examinar(BASE, "base.yaml", normas=NORMAS)) == []


@pytest.mark.parametrize(
    "caso", [c for _, c in CASOS], ids=[sin_tildes(f"{f}: {c['caso']}") for f, c in CASOS]
)
def test_definicion_rota(caso: Mapping[str, Any]) -> None:
    examen = examinar_caso(caso)
    assert encontradas(examen) == caso["fallas"]
    assert (examen.definicion is None) == bool(examen.fallas)
    assert {f.codigo for f in examen.avisos} <= AVISOS | DE_LOS_DOS
    assert not {f.codigo for f in examen.fallas} & AVISOS


def codigos_emitidos() -> set[str]:
    """Los códigos de falla escritos en el paquete: textos de la forma «familia.nombre»."""
    return {
        nodo.value
        for ruta in Path(facilita.definicion.__file__).parent.rglob("*.py")
        for nodo in ast.walk(ast.parse(ruta.read_text("utf-8")))
        if isinstance(nodo, ast.Constant) and isinstance(nodo.value, str) and _es_codigo(nodo.value)
    }


def _es_codigo(texto: str) -> bool:
    partes = texto.split(".")
    return len(partes) == 2 and all(p.replace("_", "a").isidentifier() for p in partes)


def test_cada_codigo_tiene_un_caso() -> None:
    con_caso = {linea.split(" | ")[0] for _, caso in CASOS for linea in caso["fallas"]}
    assert codigos_emitidos() == con_caso | CODIGOS


def test_la_tabla_de_lo_que_se_detecta() -> None:
    """Cuántos defectos plantados hay de cada código y cuántos se ven; `pytest -rP` la muestra."""
    plantados: Counter[str] = Counter()
    vistos: Counter[str] = Counter()
    for _, caso in CASOS:
        esperadas = Counter(linea.split(" | ")[0] for linea in caso["fallas"])
        halladas = Counter(linea.split(" | ")[0] for linea in encontradas(examinar_caso(caso)))
        plantados += esperadas
        vistos += esperadas & halladas
    for codigo, cuantos in sorted(plantados.items()):
        print(f"{codigo:<28} {vistos[codigo]:>3} de {cuantos}")
    print(f"{'en total':<28} {vistos.total():>3} de {plantados.total()}")
    assert vistos == plantados


def test_hay_sesenta_casos_y_ninguno_se_llama_igual() -> None:
    nombres = [caso["caso"] for _, caso in CASOS]
    assert len(nombres) >= 60
    assert len(set(nombres)) == len(nombres)


def patrones(esquema: Any) -> Iterator[str]:
    """Las formas que pide un esquema."""
    return (str(dato) for ruta, dato in caminos(esquema) if ruta and ruta[-1] == "pattern")


def test_cada_forma_se_explica_sin_mostrar_su_expresion() -> None:
    from facilita.definicion.campos import REGISTRO, esquema_de
    from facilita.definicion.esquema import ESQUEMA
    from facilita.definicion.familias import ESQUEMA_ADAPTACION

    esquemas = [ESQUEMA, ESQUEMA_ADAPTACION, *(esquema_de(c) for c in REGISTRO.values())]
    usadas = {p for esquema in esquemas for p in patrones(esquema)}
    assert usadas == set(_FORMAS)
    assert FORMA_DE_ID in usadas


def test_una_regla_sin_explicacion_igual_se_dice() -> None:
    error = next(Validador({"multipleOf": 2}).iter_errors(3))
    assert explicar(error) == [("forma", (), "este valor no se permite: «3»")]


@pytest.mark.parametrize(
    "texto", ["a: '\ud800'", b"a: \xff\xfe\xfd", b"\x80", "a: \x07"], ids="abcd"
)
def test_lo_que_no_es_texto_se_dice_y_no_revienta(texto: str | bytes) -> None:
    assert [f.codigo for f in examinar(texto).fallas] == ["yaml.escritura"]


@pytest.mark.timeout(20)
def test_unos_corchetes_sin_fin_no_cuestan() -> None:
    assert [f.codigo for f in examinar("[" * 500_000).fallas] == ["yaml.profundidad"]

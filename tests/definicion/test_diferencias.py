"""La comparación de dos definiciones: cada clase de cambio, dicha en palabras."""

import copy
import random
from collections.abc import Callable
from typing import Any

import pytest

from facilita.definicion.diferencias import comparar
from facilita.definicion.familias import FAMILIAS
from facilita.definicion.injertos import copiar
from facilita.definicion.palabras import decir, decir_condicion

from .material import PLANTILLAS, semilla, sin_tildes

MESA = PLANTILLAS["mesa-de-partes"]


def _campo(d: Any, cual: str) -> Any:
    return next(c for lista in FAMILIAS["campos"].listas(d) for c in lista if c["id"] == cual)


def _transicion(d: Any, cual: str) -> Any:
    return next(t for t in d["flujo"]["transiciones"] if t["id"] == cual)


def _mover(d: Any) -> None:
    secciones = d["paginas"][0]["secciones"]
    secciones[0]["campos"].append(secciones[1]["campos"].pop())


CASOS: dict[str, tuple[Callable[[Any], Any], list[str]]] = {
    "un texto": (
        lambda d: d.update(titulo="Otra mesa"),
        ["el formulario: «titulo» pasa de «Mesa de partes digital» a «Otra mesa»"],
    ),
    "una lista de textos": (
        lambda d: d.update(base_legal=["ley-31170", "lpag-117", "rlgd-46", "lpag-35"]),
        ["el formulario: «base_legal»: se agrega lpag-35; se quita rlgd-47"],
    ),
    "el orden de una lista de textos": (
        lambda d: d.update(base_legal=["lpag-117", "ley-31170", "rlgd-46", "rlgd-47"]),
        ["el formulario: «base_legal»: cambia el orden: lpag-117, ley-31170, rlgd-46, rlgd-47"],
    ),
    "el plazo y lo que agrupa": (
        lambda d: d["flujo"].update(plazo={**d["flujo"]["plazo"], "dias_habiles": 7}),
        ["el formulario: «plazo.dias_habiles» pasa de 30 a 7"],
    ),
    "el estado inicial y la revisión": (
        lambda d: (d["flujo"].update(inicial="en_proceso"), d["revision"].update(titulo="Fin")),
        [
            "el formulario: «flujo.inicial» pasa de «nuevo» a «en_proceso»",
            "el formulario: «revision.titulo» pasa de «Revisa y envía» a «Fin»",
        ],
    ),
    "una condición": (
        lambda d: d["paginas"][0]["secciones"][1].update(
            si={"alguna": [{"campo": "a", "es": "b"}, {"no": {"campo": "n", "desde": 3}}]}
        ),
        [
            "la sección «organizacion»: «si» pasa de «tipo_persona» es alguno de juridica, "
            "entidad_publica a «a» es «b» o no ocurre que «n» es, como mínimo, 3"
        ],
    ),
    "lo que se vuelve fijo": (
        lambda d: _campo(d, "destinatario").update(fijo={"largo_maximo": [80, 200]}),
        ["el campo «destinatario»: se pone «fijo»: largo_maximo de 80 a 200"],
    ),
    "una opción": (
        lambda d: _campo(d, "tipo_documento")["opciones"][1].update(etiqueta="Misiva"),
        ["la opción «tipo_documento.carta»: «etiqueta» pasa de «Carta» a «Misiva»"],
    ),
    "el orden de las opciones": (
        lambda d: _campo(d, "tipo_persona")["opciones"].reverse(),
        ["el campo «tipo_persona»: reordenado: ahora entidad_publica, juridica, natural"],
    ),
    "lo que pide un paso": (
        lambda d: _transicion(d, "reabrir")["pide"][0].update(etiqueta="¿Por qué?"),
        [
            "el dato pedido «reabrir.motivo»: «etiqueta» pasa de "
            f"«{_transicion(MESA, 'reabrir')['pide'][0]['etiqueta']}» a «¿Por qué?»"
        ],
    ),
    "un campo que cambia de sección": (
        _mover,
        ["el campo «poder»: movido: de la sección «organizacion» a la sección «quien»"],
    ),
    "el orden de los estados": (
        lambda d: d["flujo"]["estados"].reverse(),
        [
            "los estados: reordenados: ahora "
            + ", ".join(e["id"] for e in reversed(MESA["flujo"]["estados"]))
        ],
    ),
    "un mensaje que se quita": (
        lambda d: d["mensajes"].pop(0),
        [f"el mensaje «{MESA['mensajes'][0]['id']}»: quitado"],
    ),
    "una clave de la raíz que no se conocía": (
        lambda d: d.update(conservacion={"anios": 10}),
        ["el formulario: se pone «conservacion»: anios: 10"],
    ),
}


@pytest.mark.parametrize("caso", CASOS, ids=sin_tildes)
def test_se_dice_en_palabras(caso: str) -> None:
    cambiar, esperadas = CASOS[caso]
    otra = copy.deepcopy(copiar(MESA))
    cambiar(otra)
    assert [str(d) for d in comparar(MESA, otra)] == esperadas


@pytest.mark.parametrize("cual", sorted(PLANTILLAS))
def test_nadie_se_distingue_de_si_mismo(cual: str) -> None:
    assert comparar(PLANTILLAS[cual], copiar(PLANTILLAS[cual])) == []


@pytest.mark.parametrize("familia", sorted(FAMILIAS))
def test_lo_que_se_quita_en_un_sentido_se_agrega_en_el_otro(familia: str) -> None:
    azar = random.Random(semilla())
    # Roles y tareas no los tienen todas: se toma la primera plantilla que tenga de esa familia.
    base = next(p for p in (MESA, *PLANTILLAS.values()) if any(FAMILIAS[familia].listas(p)))
    otra = copiar(base)
    lista = azar.choice([x for x in FAMILIAS[familia].listas(otra) if x])
    sale = lista.pop(azar.randrange(len(lista)))["id"]
    ida = {d.clave for d in comparar(base, otra) if d.cambio == "quitado"}
    vuelta = {d.clave for d in comparar(otra, base) if d.cambio == "agregado"}
    assert f"{familia}.{sale}" in ida and ida == vuelta


def test_lo_que_no_se_entiende_se_dice_como_esta() -> None:
    assert decir_condicion("nada") == "«nada»"
    assert decir_condicion({"campo": "x"}) == "campo: x"
    assert decir_condicion({"campo": "x", "raro_asi": 3}) == "«x» raro asi 3"
    assert decir(None, [True, {"a": False}]) == "[sí, a: no]"
    assert decir("si", {"todas": [{"alguna": [{"campo": "a", "es": True}]}]}) == "(«a» es sí)"
    assert len(decir(None, "x" * 500)) == 90

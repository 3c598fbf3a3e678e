"""Lo que se acepta se puede usar: definiciones inventadas, leídas, mostradas y reescritas."""

import json
import random
from collections import Counter
from typing import Any

import pytest
from definiciones_al_azar import definicion_al_azar, definiciones, escribir
from hypothesis import HealthCheck, given, settings

from facilita.definicion import Respuestas, abrir, compilar, examinar_dato
from facilita.definicion.campos import REGISTRO
from facilita.definicion.css import vista_de, vista_de_pedido

from .generador import presentacion
from .material import CONTEXTO, semilla

SIN_PRISA = settings(
    max_examples=150,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def usar(dato: dict[str, Any], azar: random.Random) -> bool:
    """Usa de todas las maneras una definición, si se acepta; dice si se aceptó."""
    examen = examinar_dato(dato)
    for falla in (*examen.fallas, *examen.avisos):
        assert falla.codigo and falla.texto and str(falla)
    if examen.definicion is None:
        return False
    definicion = examen.definicion
    # Lo mismo desde su texto y desde su forma canónica.
    assert compilar(escribir(dato), "inventada.yaml").digest == definicion.digest
    abierta = abrir(definicion.canonico)
    assert (abierta.digest, abierta.canonico) == (definicion.digest, definicion.canonico)
    for pagina in definicion.paginas:
        vista_de(definicion, pagina)
    for transicion in definicion.flujo.transiciones:
        vista_de_pedido(transicion.pide)
    for hostilidad in (0.0, 0.0, 0.3):
        leer_y_mostrar(
            definicion, presentacion(definicion, azar, hostilidad), estricto=not hostilidad
        )
    leer_y_mostrar(definicion, {}, estricto=False)
    return True


def leer_y_mostrar(definicion: Any, crudo: dict[str, Any], *, estricto: bool) -> None:
    """Lee una presentación, la guarda como JSON y la muestra; la de muestras, sin errores."""
    lectura = definicion.leer(crudo, CONTEXTO)
    if estricto:
        assert not lectura.errores, lectura.errores
    if lectura.respuestas is not None:
        vuelta = Respuestas.de_guardadas(json.loads(json.dumps(lectura.respuestas.a_json())))
        assert dict(vuelta) == dict(lectura.respuestas)
        for cual, valor in vuelta.items():
            assert definicion.campos[cual].mostrar(valor).texto


@pytest.mark.timeout(200)
@SIN_PRISA
@given(definiciones)
def test_lo_que_se_acepta_se_puede_usar(dato: dict[str, Any]) -> None:
    usar(dato, random.Random(0))


@pytest.mark.timeout(200)
def test_se_inventa_de_todo_y_casi_todo_se_acepta() -> None:
    elegida = semilla()
    vistos: Counter[str] = Counter()
    aceptadas = 0
    for n in range(150):
        azar = random.Random(f"{elegida}-{n}")
        dato = definicion_al_azar(azar)
        try:
            aceptadas += usar(dato, azar)
        except Exception as error:
            error.add_note(f"SEMILLA={elegida}, definición {n}: {json.dumps(dato)}")
            raise
        vistos.update(_de(dato))
    assert aceptadas >= 75
    assert set(REGISTRO) | {"todas", "alguna", "no", "es", "es_alguno", "desde"} <= set(vistos)
    assert {"una_pagina", "observacion", "reloj", "pide", "roles", "tareas"} <= set(vistos)


def _de(dato: Any) -> list[str]:
    """Todo lo que se nombra en un dato: claves y textos."""
    if isinstance(dato, dict):
        return [*dato, *(x for v in dato.values() for x in _de(v))]
    if isinstance(dato, list):
        return [x for v in dato for x in _de(v)]
    return [dato] if isinstance(dato, str) else []


@pytest.mark.larga
@pytest.mark.timeout(3600)
@settings(SIN_PRISA, max_examples=5000)
@given(definiciones)
def test_lo_que_se_acepta_se_puede_usar_cinco_mil_veces(dato: dict[str, Any]) -> None:
    usar(dato, random.Random(0))

"""Llevar lo respondido de una versión a otra: nada se pierde sin decirse."""

import copy
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facilita.definicion import Definicion
from facilita.definicion.compilador import armar, examinar_dato
from facilita.definicion.familias import FAMILIAS
from facilita.definicion.mudanza import MOTIVOS, Mudanza, mudar

from .generador import presentacion
from .material import CONTEXTO, DEFINICIONES, PLANTILLAS, sin_tildes
from .test_actualizacion_al_azar import plantilla_cambiada

MESA = DEFINICIONES["mesa-de-partes"]


def campo(dato: Any, cual: str) -> Any:
    """Un campo del dato de una definición."""
    return next(c for lista in FAMILIAS["campos"].listas(dato) for c in lista if c["id"] == cual)


def con(cambiar: Any) -> Definicion:
    """La mesa de partes con un cambio."""
    dato = copy.deepcopy(dict(MESA.dato))
    cambiar(dato)
    return armar(dato)


def de(mudanza: Mudanza) -> dict[str, str]:
    """Cada respuesta que no se queda igual, con su motivo."""
    return {x.campo.id: x.motivo or "corregir" for x in (*mudanza.se_pierden, *mudanza.se_corrigen)}


def condicionar(dato: Any) -> None:
    """Una carta la presenta solo una persona natural."""
    (carta,) = (o for o in campo(dato, "tipo_documento")["opciones"] if o["valor"] == "carta")
    carta["si"] = {"campo": "tipo_persona", "es": "natural"}


CRUDO = {
    "tipo_persona": "juridica", "ruc": "20131312955", "razon_social": "Uno SAC",
    "numero_documento": "001", "asunto": "Un asunto", "tipo_documento": "carta",
    "pedido": "x" * 50, "declaracion_jurada": "true", "cargo_representante": "Gerente",
}  # fmt: skip
CASOS: dict[str, tuple[Any, dict[str, str]]] = {
    "nada": (lambda d: None, {}),
    "un texto": (lambda d: campo(d, "asunto").update(etiqueta="¿Qué pides?"), {}),
    "quita un campo": (
        lambda d: [x.remove(campo(d, "pedido")) for x in FAMILIAS["campos"].listas(d)
                   if campo(d, "asunto") in x],
        {"pedido": "no_esta"},
    ),
    "otro tipo": (
        lambda d: campo(d, "numero_documento").update(tipo="parrafo"),
        {"numero_documento": "otra_pregunta"},
    ),
    "quita una opción": (
        lambda d: campo(d, "tipo_documento").update(opciones=[
            o for o in campo(d, "tipo_documento")["opciones"] if o["valor"] != "carta"]),
        {"tipo_documento": "opcion"},
    ),
    "una opción con condición": (
        lambda d: (campo(d, "tipo_documento").update(obligatorio=False), condicionar(d)),
        {"tipo_documento": "no_va"},
    ),
    "una opción con condición, y hay que elegir": (
        lambda d: condicionar(d), {"tipo_documento": "corregir"},
    ),
    "un límite": (lambda d: campo(d, "pedido").update(largo_maximo=10), {"pedido": "corregir"}),
    "otra condición": (
        lambda d: d["paginas"][0]["secciones"][1].update(
            si={"campo": "tipo_persona", "es": "entidad_publica"}),
        {"ruc": "oculto", "razon_social": "oculto", "cargo_representante": "oculto"},
    ),
    "otro texto que se acepta": (
        lambda d: campo(d, "declaracion_jurada").update(texto="Declaro otra cosa."),
        {"declaracion_jurada": "otro_texto"},
    ),
    "se vuelve informativo": (
        lambda d: (campo(d, "cargo_representante").clear(),
                   d["paginas"][0]["secciones"][1]["campos"][2].update(
                       id="cargo_representante", tipo="informativo", texto="Lee esto.")),
        {"cargo_representante": "no_esta"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("caso", CASOS, ids=sin_tildes)
def test_cada_cambio_se_dice(caso: str) -> None:
    cambiar, esperado = CASOS[caso]
    nueva = con(cambiar)
    mudanza = mudar(MESA, nueva, CRUDO, CONTEXTO)
    assert de(mudanza) == esperado
    assert {q.campo.id for q in mudanza.se_quedan} == set(CRUDO) - set(esperado)
    assert mudanza.pierde == any(m != "corregir" for m in esperado.values())
    for perdida in mudanza.se_pierden:
        assert perdida.mostrado.texto and perdida.texto == MOTIVOS[perdida.motivo]


def test_lo_que_se_pierde_y_sigue_preguntandose_se_pregunta_otra_vez() -> None:
    nueva = con(CASOS["quita una opción"][0])
    pedidos = [c.id for c in mudar(MESA, nueva, CRUDO, CONTEXTO).se_preguntan]
    assert pedidos == ["tipo_documento"]


def test_lo_mal_escrito_se_muestra_como_se_escribio() -> None:
    nueva = con(lambda d: campo(d, "correo").update(tipo="texto"))
    (perdida,) = mudar(MESA, nueva, {"correo": "yo arroba nada"}, CONTEXTO).se_pierden
    assert perdida.mostrado.texto == "yo arroba nada"


def test_los_motivos_se_usan_todos() -> None:
    dichos = {m for _, esperado in CASOS.values() for m in esperado.values()} - {"corregir"}
    assert dichos == set(MOTIVOS) - {"parte"}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_ninguna_respuesta_desaparece_callando(numero: int) -> None:
    azar = random.Random(numero)
    plantilla = PLANTILLAS[azar.choice(sorted(PLANTILLAS))]
    vieja = examinar_dato(plantilla).definicion
    nueva = examinar_dato(plantilla_cambiada(plantilla, azar)).definicion
    assert vieja is not None
    if nueva is None:
        return
    crudo = presentacion(vieja, azar)
    antes = vieja.leer(crudo, CONTEXTO)
    mudanza = mudar(vieja, nueva, crudo, CONTEXTO)
    ahora = nueva.leer(mudanza.crudo, CONTEXTO)
    dichas = set(de(mudanza))
    for cual, valor in antes.valores.items():
        assert cual in dichas or cual not in crudo or ahora.valores.get(cual) == valor, cual
    assert set(mudanza.crudo) <= set(crudo)
    de_nuevo = mudar(nueva, nueva, mudanza.crudo, CONTEXTO)
    assert not de_nuevo.se_pierden and not de_nuevo.se_corrigen

"""Los códigos que se dictan: imposibles de adivinar, fáciles de leer, tolerantes al teclear."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilita.servicios.codigos import (
    ALFABETO,
    codigo_seguimiento,
    ficha_secreta,
    huella,
    normalizar_codigo,
)

CODIGO = "F7XK-29QD-TRWM-4H6C"


def test_el_alfabeto_no_tiene_vocales_ni_parecidos() -> None:
    assert not set("AEIOU0158BLSY") & set(ALFABETO)
    assert len(set(ALFABETO)) == len(ALFABETO)


def test_un_codigo_tiene_cuatro_grupos_y_no_se_repite() -> None:
    emitidos = {codigo_seguimiento() for _ in range(2000)}
    assert len(emitidos) == 2000
    assert all(re.fullmatch(rf"([{ALFABETO}]{{4}}-){{3}}[{ALFABETO}]{{4}}", e) for e in emitidos)
    assert set("".join(emitidos)) == {*ALFABETO, "-"}


def test_el_azar_se_puede_poner() -> None:
    uno, otro = random.Random(7), random.Random(7)
    assert codigo_seguimiento(uno) == codigo_seguimiento(otro)


@pytest.mark.parametrize(
    "escrito",
    [
        CODIGO,
        CODIGO.lower(),
        "f7xk 29qd trwm 4h6c",
        "F7XK29QDTRWM4H6C",
        "\t f7xk–29qd—trwm‑4h6c \n",
        "F7XK_29QD_TRWM_4H6C",
        "F7XK\u200b-29QD\u00ad-TRWM−4H6C",
        "Ｆ７ＸＫ-29QD-TRWM-4H6C",
    ],
)
def test_se_reconoce_escrito_de_cualquier_manera(escrito: str) -> None:
    assert normalizar_codigo(escrito) == CODIGO


@pytest.mark.parametrize(
    "escrito",
    ["", "F7XK", CODIGO + "2", CODIGO.replace("F", "0"), "A" * 16, "-" * 50, "2" * 10_000],
)
def test_lo_que_no_es_un_codigo_no_lo_es(escrito: str) -> None:
    assert normalizar_codigo(escrito) is None


@given(st.text(max_size=120))
def test_ningun_texto_lo_hace_fallar(texto: str) -> None:
    codigo = normalizar_codigo(texto)
    assert codigo is None or normalizar_codigo(codigo) == codigo


def test_la_ficha_secreta_no_se_guarda_sino_su_huella() -> None:
    fichas = {ficha_secreta() for _ in range(500)}
    assert len(fichas) == 500
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", ficha) for ficha in fichas)
    assert huella("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert len(huella("\ud800")) == 64

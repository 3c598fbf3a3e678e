"""Las contraseñas: se guardan con argon2id, se comprueban y no se aceptan las fáciles."""

import time

import pytest

from facilita.servicios.claves import (
    LARGO_MAXIMO,
    LARGO_MINIMO,
    cifrar,
    fallas_de_clave,
    necesita_cifrar,
    verificar,
)

CORREO = "rosa.quispe@muni.gob.pe"


def test_la_contrasena_correcta_entra_y_la_otra_no() -> None:
    guardado = cifrar("caballo grapa batería")
    assert guardado.startswith("$argon2id$")
    assert verificar(guardado, "caballo grapa batería")
    assert not verificar(guardado, "caballo grapa bateria")
    assert not verificar(guardado, "")
    assert guardado != cifrar("caballo grapa batería")


def test_da_igual_como_escriba_la_enie_el_teclado() -> None:
    assert verificar(cifrar("mañana azul 77"), "man\u0303ana azul 77")


def test_lo_raro_ni_falla_ni_entra() -> None:
    for hash_ in (None, "", "cualquier cosa", "$argon2id$roto"):
        assert not verificar(hash_, "clave")
    guardado = cifrar("a" * LARGO_MAXIMO)
    assert not verificar(guardado, "a" * (LARGO_MAXIMO + 1))
    assert not verificar(guardado, "\ud800" * 10)
    assert verificar(cifrar("\ud800 medio par"), "\ud800 medio par")
    with pytest.raises(ValueError):
        cifrar("a" * (LARGO_MAXIMO + 1))


def test_un_usuario_que_no_existe_tarda_lo_mismo() -> None:
    guardado = cifrar("una clave cualquiera")
    verificar(None, "calienta")
    existe = min(_segundos(guardado) for _ in range(5))
    nadie = min(_segundos(None) for _ in range(5))
    assert 1 / 3 < nadie / existe < 3


def _segundos(guardado: str | None) -> float:
    inicio = time.perf_counter()
    verificar(guardado, "no es esta")
    return time.perf_counter() - inicio


def test_un_hash_antiguo_se_rehace() -> None:
    assert not necesita_cifrar(cifrar("una clave cualquiera"))
    assert necesita_cifrar("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$" + "A" * 43)
    assert necesita_cifrar("md5")


@pytest.mark.parametrize(
    "clave",
    [
        "corta",
        "a" * (LARGO_MAXIMO + 1),
        "1234567890",
        "aaaaaaaaaaaa",
        "contraseña123",
        CORREO,
        "rosa.quispe2026",
        "Rosa.Quispe!",
    ],
)
def test_las_faciles_no_se_aceptan(clave: str) -> None:
    fallas = fallas_de_clave(clave, CORREO)
    assert fallas
    assert all(falla.endswith(".") for falla in fallas)


@pytest.mark.parametrize("clave", ["caballo grapa batería", "Zx9!mQ2#rt", "ñ" * 3 + "andu veloz"])
def test_las_buenas_si(clave: str) -> None:
    assert len(clave) >= LARGO_MINIMO
    assert fallas_de_clave(clave, CORREO) == []
    assert fallas_de_clave(clave, "") == []

"""Las contraseñas: se guardan con argon2id, se comprueban y no se aceptan las fáciles."""

import pytest

from facilita.servicios import claves
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


@pytest.mark.parametrize("largo", [10, LARGO_MAXIMO + 1])
def test_un_usuario_que_no_existe_cuesta_lo_mismo(
    monkeypatch: pytest.MonkeyPatch, largo: int
) -> None:
    """Exista o no, y sea la clave admisible o no: una verificación con los mismos parámetros."""
    costos: list[tuple[str, int]] = []
    verdadero = claves._ARGON2

    class Contador:
        def verify(self, guardado: str, clave: bytes) -> bool:
            costos.append((guardado.rpartition("$")[0].rpartition("$")[0], len(clave)))
            return verdadero.verify(guardado, clave)

    guardado = cifrar("una clave cualquiera")
    verificar(None, "prepara el hash de nadie")
    monkeypatch.setattr(claves, "_ARGON2", Contador())
    assert not verificar(guardado, "x" * largo)
    assert not verificar(None, "x" * largo)
    assert len(costos) == 2 and costos[0] == costos[1]


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

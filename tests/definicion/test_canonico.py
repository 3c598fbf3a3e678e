"""La forma canónica: el mismo contenido da los mismos bytes, y de ellos sale lo mismo."""

import hashlib
import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilita.definicion import abrir, compilar, leer_yaml
from facilita.definicion.canonico import canonizar, digerir
from facilita.definicion.css import vista_de

from .material import DEFINICIONES, NORMAS, TEXTOS

toda_definicion = pytest.mark.parametrize("nombre", DEFINICIONES)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text(),
    lambda dentro: st.lists(dentro) | st.dictionaries(st.text(), dentro),
    max_leaves=20,
)


def revuelto(dato: Any, azar: random.Random) -> Any:
    """El mismo dato con las claves de sus mapas en otro orden."""
    if isinstance(dato, dict):
        claves = list(dato)
        azar.shuffle(claves)
        return {c: revuelto(dato[c], azar) for c in claves}
    return [revuelto(d, azar) for d in dato] if isinstance(dato, list) else dato


@toda_definicion
def test_abrir_da_la_misma_definicion(nombre: str) -> None:
    definicion = DEFINICIONES[nombre]
    abierta = abrir(definicion.canonico)
    assert (abierta.canonico, abierta.digest) == (definicion.canonico, definicion.digest)
    assert abierta.digest == hashlib.sha256(definicion.canonico.encode()).hexdigest()
    for que in ("id", "es_plantilla", "titulo", "introduccion", "base_legal", "flujo"):
        assert _parte(abierta, que) == _parte(definicion, que), que
    assert abierta.mensajes == definicion.mensajes
    assert abierta.al_presentar == definicion.al_presentar
    assert [c.dato for c in abierta.campos.values()] == [c.dato for c in definicion.campos.values()]
    assert list(abierta.condicionados) and abierta.por_campo == definicion.por_campo
    for una, otra in zip(abierta.paginas, definicion.paginas, strict=True):
        assert vista_de(abierta, una) == vista_de(definicion, otra)


def _parte(definicion: Any, que: str) -> Any:
    # Los campos que pide una transición se comparan por su dato: no tienen igualdad propia.
    return definicion.dato["flujo"] if que == "flujo" else getattr(definicion, que)


@toda_definicion
def test_el_orden_de_las_claves_no_cambia_el_digest(nombre: str) -> None:
    definicion = DEFINICIONES[nombre]
    for n in range(5):
        otro = revuelto(json.loads(definicion.canonico), random.Random(n))
        assert canonizar(otro) == definicion.canonico
        assert digerir(canonizar(otro)) == definicion.digest


@pytest.mark.parametrize("nombre", TEXTOS)
def test_ni_comentarios_ni_comillas_ni_version_cambian_el_digest(nombre: str) -> None:
    original = compilar(TEXTOS[nombre], nombre, normas=NORMAS)
    dato = json.loads(json.dumps(leer_yaml(TEXTOS[nombre])))
    dato["version"] = 77
    escrito = "# Otra escritura\n" + json.dumps(dato, ensure_ascii=False, indent=1)
    otro = compilar(escrito, nombre, normas=NORMAS)
    assert (otro.canonico, otro.digest) == (original.canonico, original.digest)


@pytest.mark.parametrize("nombre", TEXTOS)
def test_un_cambio_de_contenido_cambia_el_digest(nombre: str) -> None:
    original = compilar(TEXTOS[nombre], nombre)
    otro = compilar(TEXTOS[nombre].replace("etiqueta: ", "etiqueta: Su ", 1), nombre)
    assert otro.digest != original.digest


@given(JSON)
def test_canonizar_es_estable(dato: Any) -> None:
    try:
        escrito = canonizar({"x": dato})
        escrito.encode()
    except UnicodeEncodeError:
        return
    assert canonizar(json.loads(escrito)) == escrito

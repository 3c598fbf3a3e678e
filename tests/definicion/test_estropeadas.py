"""YAML estropeado a propósito: se rechaza o se acepta, y nunca revienta ni se cuelga.

Parte de las plantillas y los formularios del proyecto y los cambia por dentro (claves, valores,
listas, ramas enteras) y por fuera (letras, sangrías, líneas). `make pruebas-largas` insiste más.
"""

import copy
import random
import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import yaml

from facilita.definicion import DefinicionInvalida, adaptar, compilar, examinar_dato, leer_yaml
from facilita.definicion.actualizacion import actualizar
from facilita.definicion.novedades import LADOS

from .material import FORMULARIOS, NORMAS, PLANTILLAS, TEXTOS, buscar_plantilla, caminos, semilla

TODOS = {**TEXTOS, **FORMULARIOS}
LENTO = 10.0
"""Segundos de procesador que un solo archivo no debe costar nunca."""

RAROS: tuple[Any, ...] = (
    None, True, False, 0, -1, 10**30, 1.5, float("inf"), float("nan"), "", " ", "x" * 5000, "\x00",
    "hoy+99999", "9999-12-31", "0000-00-00", "{nombre}", "{", "}{", "dni", "a@9999999999", "*",
    [], {}, [[]], [{}], {"": 1}, {"es": "x"}, {"campo": "asunto", "es": "x"}, {"no": {"no": {}}},
    {"todas": []}, {"fijo": True}, {"notificar": "x"}, [None] * 300, {"a": {"b": {"c": {"d": []}}}},
)  # fmt: skip
TROZOS = (
    "\n", "  ", ":", "- ", "- - ", "{", "}", "[", "]", "&a ", "*a", "<<: *a\n", "!!int ", "|", ">",
    "!!python/object:os ", "#", "\t", "\x00", "\u2028", "\ufeff", "? ", "%YAML 1.1\n", "---\n",
    "...\n", "'", '"', "{}: ", "[[[[[[[[", "99999999999999999999", "é" * 300,
)  # fmt: skip

Ruta = tuple[Any, ...]


def _ramas(dato: Any) -> list[Ruta]:
    return [ruta for ruta, _ in caminos(dato) if ruta]


def _padre(dato: Any, ruta: Ruta) -> Any:
    for paso in ruta[:-1]:
        dato = dato[paso]
    return dato


def _poner(dato: Any, azar: random.Random, ruta: Ruta) -> None:
    _padre(dato, ruta)[ruta[-1]] = copy.deepcopy(azar.choice(RAROS))


def _quitar(dato: Any, azar: random.Random, ruta: Ruta) -> None:
    del _padre(dato, ruta)[ruta[-1]]


def _trasplantar(dato: Any, azar: random.Random, ruta: Ruta) -> None:
    otra = azar.choice(_ramas(dato))
    _padre(dato, ruta)[ruta[-1]] = copy.deepcopy(_padre(dato, otra)[otra[-1]])


def _repetir(dato: Any, azar: random.Random, ruta: Ruta) -> None:
    dueno = _padre(dato, ruta)
    if isinstance(dueno, list):
        dueno.insert(azar.randrange(len(dueno) + 1), copy.deepcopy(dueno[ruta[-1]]))


def _renombrar(dato: Any, azar: random.Random, ruta: Ruta) -> None:
    dueno = _padre(dato, ruta)
    if isinstance(dueno, dict):
        otra = azar.choice([r[-1] for r in _ramas(dato) if isinstance(r[-1], str)])
        dueno[otra] = dueno.pop(ruta[-1])


def _desordenar(dato: Any, azar: random.Random, ruta: Ruta) -> None:
    dueno = _padre(dato, ruta)
    if isinstance(dueno, list):
        azar.shuffle(dueno)


CAMBIOS: tuple[Callable[[Any, random.Random, Ruta], None], ...] = (
    _poner, _poner, _quitar, _trasplantar, _repetir, _renombrar, _desordenar,
)  # fmt: skip


def estropear(dato: Any, azar: random.Random) -> Any:
    """Una copia con uno a cuatro cambios en cualquier parte."""
    copia = _llano(dato)
    for _ in range(azar.randint(1, 4)):
        ramas = _ramas(copia)
        if ramas:
            azar.choice(CAMBIOS)(copia, azar, azar.choice(ramas))
    return copia


def _llano(dato: Any) -> Any:
    if isinstance(dato, Mapping):
        return {str(c): _llano(v) for c, v in dato.items()}
    return [_llano(v) for v in dato] if isinstance(dato, list) else dato


def escribir(dato: Any) -> str:
    """El dato como YAML; sin anclas, que el lector rechaza siempre."""
    return yaml.safe_dump(copy.deepcopy(dato), allow_unicode=True, sort_keys=False)


def estropear_texto(texto: str, azar: random.Random) -> str:
    """Un texto con letras y líneas de más, de menos o en otro sitio."""
    for _ in range(azar.randint(1, 5)):
        en = azar.randrange(len(texto) + 1)
        hasta = min(len(texto), en + azar.randint(0, 40))
        texto = azar.choice((
            texto[:en] + azar.choice(TROZOS) + texto[en:],
            texto[:en] + texto[hasta:],
            texto[:en] + texto[en:hasta] * azar.randint(2, 4) + texto[hasta:],
        ))  # fmt: skip
    return texto


def _examinar(texto: str, buscar: Any = buscar_plantilla) -> str:
    try:
        compilar(texto, "x.yaml", normas=NORMAS, buscar_plantilla=buscar)
    except DefinicionInvalida as invalida:
        assert invalida.fallas
        assert all(falla.codigo and str(falla) for falla in invalida.fallas)
        return "rechazada"
    return "aceptada"


def _por_dentro(azar: random.Random) -> str:
    return _examinar(escribir(estropear(leer_yaml(TODOS[azar.choice(sorted(TODOS))]), azar)))


def _por_fuera(azar: random.Random) -> str:
    return _examinar(estropear_texto(TODOS[azar.choice(sorted(TODOS))], azar))


def _al_adaptar(azar: random.Random) -> str:
    """`adaptar` es total: con cualquier plantilla válida y cualquier cambio da algo."""
    documento: Any = leer_yaml(FORMULARIOS[azar.choice(sorted(FORMULARIOS))])
    plantilla: Any = PLANTILLAS[documento["plantilla"].split("@")[0]]
    if azar.random() < 0.5:
        otra = leer_yaml(escribir(estropear(plantilla, azar)))
        plantilla = otra if examinar_dato(otra).definicion else plantilla
    cambiado = {**documento, "cambios": estropear(documento["cambios"], azar)}
    texto = escribir(_llano(cambiado))
    como = _examinar(texto, lambda *_: plantilla)
    if como == "aceptada":
        dato, fallas = adaptar(plantilla, leer_yaml(texto))
        assert not fallas and examinar_dato(dato).definicion is not None
    return como


def _al_actualizar(azar: random.Random) -> str:
    """`actualizar` da algo con cualquier versión y cualquier cambio; otra vez, lo mismo."""
    documento: Any = leer_yaml(FORMULARIOS[azar.choice(sorted(FORMULARIOS))])
    cual, version = documento["plantilla"].split("@")
    vieja: Any = buscar_plantilla(cual, int(version))
    otra = leer_yaml(escribir(estropear(vieja, azar)))
    valida = examinar_dato(otra).definicion is not None and otra.get("plantilla") == cual
    nueva = {**(otra if valida else vieja), "version": vieja["version"] + 1}
    cambios = estropear(documento["cambios"], azar) if azar.random() < 0.7 else documento["cambios"]
    try:
        propio = leer_yaml(escribir(_llano({**documento, "cambios": cambios})))
    except DefinicionInvalida:
        return "rechazada"
    sin_decidir = actualizar(vieja, nueva, propio, normas=NORMAS)
    lados = (*LADOS, "lo mío", None, [])
    decisiones = {c.id: azar.choice(lados) for c in sin_decidir.conflictos}
    hecha = actualizar(vieja, nueva, propio, decisiones, normas=NORMAS)
    assert all(falla.codigo and str(falla) for falla in hecha.fallas)
    if any(f.codigo.startswith(("forma.", "plantilla.", "fijo.", "cambio.")) for f in hecha.fallas):
        return "rechazada"
    repetida = actualizar(nueva, nueva, hecha.cambios, normas=NORMAS)
    assert repetida.cambios == hecha.cambios and not repetida.conflictos
    return "rechazada" if hecha.fallas else "aceptada"


MANERAS: Mapping[str, Callable[[random.Random], str]] = {
    "por_dentro": _por_dentro,
    "por_fuera": _por_fuera,
    "al_adaptar": _al_adaptar,
    "al_actualizar": _al_actualizar,
}
todas_las_maneras = pytest.mark.parametrize("manera", MANERAS)


def insistir(manera: str, segundos: float) -> dict[str, int]:
    """Estropea archivos por un tiempo de procesador; cuenta los aceptados y los rechazados."""
    elegida = semilla()
    cuentas: dict[str, int] = {"aceptada": 0, "rechazada": 0}
    fin, n = time.process_time() + segundos, 0
    while time.process_time() < fin:
        empieza = time.process_time()
        try:
            cuentas[MANERAS[manera](random.Random(f"{elegida}-{n}"))] += 1
        except Exception as error:
            error.add_note(f"SEMILLA={elegida}, {manera}, archivo {n}")
            raise
        tardo = time.process_time() - empieza
        assert tardo < LENTO, f"SEMILLA={elegida}, {manera}, archivo {n}: {tardo:.1f} s"
        n += 1
    print(manera, cuentas)
    return cuentas


@todas_las_maneras
@pytest.mark.timeout(120)
def test_lo_estropeado_se_rechaza_o_se_acepta(manera: str) -> None:
    assert insistir(manera, 2)["rechazada"]


@todas_las_maneras
@pytest.mark.larga
@pytest.mark.timeout(3600)
def test_lo_estropeado_se_rechaza_o_se_acepta_por_minutos(manera: str) -> None:
    cuentas = insistir(manera, 240)
    assert cuentas["rechazada"] and cuentas["aceptada"]

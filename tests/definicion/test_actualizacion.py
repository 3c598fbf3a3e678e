"""Traer una plantilla nueva: la tabla de cada cambio de la plantilla con cada cambio propio.

Las celdas son datos. Con `python -m tests.definicion.test_actualizacion` se imprimen como salen
hoy, para leerlas y guardarlas en `actualizacion/celdas.yaml` si son lo que se quiere.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from facilita.definicion import leer_yaml
from facilita.definicion.actualizacion import actualizar
from facilita.definicion.familias import FAMILIAS, familia_de
from facilita.definicion.novedades import LADOS, PLANTILLA, Actualizacion

from .material import AQUI, NORMAS, datos, sin_tildes

TEXTO = (AQUI / "actualizacion/base.yaml").read_text("utf-8")
DE_LA_PLANTILLA: Mapping[str, Any] = datos("actualizacion/plantilla.yaml")
DE_LA_ENTIDAD: Mapping[str, Any] = datos("actualizacion/entidad.yaml")
CELDAS: Mapping[str, Any] = datos("actualizacion/celdas.yaml")
# Sin su lugar en el archivo: los cambios no vienen de ninguno.
ESCENAS: list[Any] = json.loads(json.dumps(datos("actualizacion/escenas.yaml")))
ANCLAS = ("en", "antes_de", "despues_de")


def plantilla(cambios: list[Mapping[str, str]], version: int = 2) -> Any:
    """La plantilla base con unos reemplazos y otra versión."""
    texto = TEXTO
    for cambio in cambios:
        assert texto.count(cambio["donde"]) == 1, cambio["donde"]
        texto = texto.replace(cambio["donde"], cambio["por"])
    return leer_yaml(texto.replace("version: 1\n", f"version: {version}\n"), "base.yaml")


VIEJA = plantilla([], 1)


def documento(cambios: Mapping[str, Any] | None, version: int = 1) -> dict[str, Any]:
    """El formulario de una entidad con esos cambios."""
    return {
        "formato": 1, "formulario": "tramite", "plantilla": f"base@{version}", "cambios": cambios,
    }  # fmt: skip


def operaciones(cambios: Mapping[str, Any] | None) -> Iterator[str]:
    """Cada cosa que piden unos cambios: «campos.x.ayuda», «quitar.campos.x», «orden.x»…"""
    cambios = cambios or {}
    yield from (c for c in ("titulo", "introduccion", "base_legal", "presentacion") if c in cambios)
    yield from (f"plazo.{p}" for p in cambios.get("plazo", {}))
    for familia in FAMILIAS:
        for cual, propiedades in cambios.get(familia, {}).items():
            yield from (f"{familia}.{cual}.{p}" for p in propiedades)
        yield from (f"quitar.{familia}.{i}" for i in cambios.get("quitar", {}).get(familia, ()))
    for campo, valores in cambios.get("opciones", {}).items():
        for valor, propiedades in valores.items():
            yield from (f"opciones.{campo}.{valor}.{p}" for p in propiedades)
    for campo, valores in cambios.get("quitar", {}).get("opciones", {}).items():
        yield from (f"quitar.opciones.{campo}.{v}" for v in valores)
    for entrada in cambios.get("agregar", ()):
        yield _agregado(entrada)
    yield from (f"orden.{d}" for d in cambios.get("orden", {}))


def _agregado(entrada: Mapping[str, Any]) -> str:
    clave = next(c for c in entrada if c not in (*ANCLAS, "de"))
    if clave == "opcion":
        return f"agregar.opciones.{entrada['de']}.{entrada['opcion']['valor']}"
    return f"agregar.{familia_de(clave)}.{entrada[clave]['id']}"


def lugares(cambios: Mapping[str, Any] | None) -> Iterator[str]:
    """Junto a qué va lo agregado, y cada orden."""
    for entrada in (cambios or {}).get("agregar", ()):
        donde = next((f"{a} {entrada[a]}" for a in ANCLAS if a in entrada), "al final")
        yield f"{_agregado(entrada)} {donde}"
    for donde, ids in (cambios or {}).get("orden", {}).items():
        yield f"orden.{donde} {' '.join(ids)}"


def resumir(hecha: Actualizacion) -> list[str]:
    """Una celda: lo que se dice, lo que se discute, las fallas y los cambios que quedan."""
    con_lugar = {linea.split(" ")[0]: linea for linea in lugares(hecha.cambios["cambios"])}
    return [
        *(f"{n.motivo} {n.id}" for n in hecha.novedades),
        *(f"conflicto {c.id}" for c in hecha.conflictos),
        *(f"falla {f.codigo} {f.ruta}" for f in hecha.fallas),
        *(f"queda {con_lugar.get(o, o)}" for o in operaciones(hecha.cambios["cambios"])),
    ]


def celda(de_la_plantilla: str, de_la_entidad: str) -> Actualizacion:
    """Lo que resulta de un cambio de la plantilla con uno de la entidad."""
    nueva = plantilla(DE_LA_PLANTILLA[de_la_plantilla])
    propio = documento(DE_LA_ENTIDAD[de_la_entidad])
    return actualizar(VIEJA, nueva, propio, normas=NORMAS)


def contado(hecha: Actualizacion, operacion: str) -> bool:
    """Si lo que pedía la entidad sigue pedido o se dice qué fue de ello."""
    dichos = {n.id for n in hecha.novedades} | {c.id for c in hecha.conflictos}
    partes = operacion.split(".")
    de_su_campo = f"campos.{partes[-2]}" if partes[0] in ("agregar", "quitar") else operacion
    if partes[0] == "opciones":
        de_su_campo = f"campos.{partes[1]}"
    return (
        operacion in set(operaciones(hecha.cambios["cambios"]))
        or de_su_campo in dichos
        or any(operacion == d or operacion.startswith(f"{d}.") for d in dichos)
    )


@pytest.mark.parametrize("de_la_entidad", sorted(DE_LA_ENTIDAD))
@pytest.mark.parametrize("de_la_plantilla", sorted(DE_LA_PLANTILLA))
def test_celda(de_la_plantilla: str, de_la_entidad: str) -> None:
    hecha = celda(de_la_plantilla, de_la_entidad)
    assert resumir(hecha) == CELDAS[de_la_plantilla][de_la_entidad]
    pedidas = operaciones(DE_LA_ENTIDAD[de_la_entidad])
    assert [o for o in pedidas if not contado(hecha, o)] == []
    assert hecha.cambios["plantilla"] == "base@2"
    json.dumps(hecha.a_json())


def test_la_tabla_tiene_todas_las_celdas() -> None:
    assert set(CELDAS) == set(DE_LA_PLANTILLA)
    assert all(set(celdas) == set(DE_LA_ENTIDAD) for celdas in CELDAS.values())
    assert sum(map(len, CELDAS.values())) >= 400


CON_CONFLICTO = [
    (p, e)
    for p, celdas in CELDAS.items()
    for e, lineas in celdas.items()
    if any(linea.startswith("conflicto ") for linea in lineas)
]


@pytest.mark.parametrize("lado", LADOS)
@pytest.mark.parametrize(("de_la_plantilla", "de_la_entidad"), CON_CONFLICTO)
def test_un_conflicto_se_decide(de_la_plantilla: str, de_la_entidad: str, lado: str) -> None:
    nueva = plantilla(DE_LA_PLANTILLA[de_la_plantilla])
    propio = documento(DE_LA_ENTIDAD[de_la_entidad])
    conflictos = celda(de_la_plantilla, de_la_entidad).conflictos
    decisiones = {c.id: lado for c in conflictos}
    hecha = actualizar(VIEJA, nueva, propio, decisiones, normas=NORMAS)
    assert [c.id for c in hecha.conflictos] == [c.id for c in conflictos]
    assert hecha.pendientes == ()
    if lado == PLANTILLA:
        # Sin lo decidido, es lo mismo que si la entidad nunca lo hubiera cambiado.
        assert hecha.fallas == ()
        quedan = set(operaciones(hecha.cambios["cambios"]))
        assert not quedan & {c.id for c in conflictos}
    else:
        sin_decidir = actualizar(VIEJA, nueva, propio, normas=NORMAS)
        assert hecha.cambios == sin_decidir.cambios


def test_un_conflicto_dice_los_dos_lados_y_donde() -> None:
    texto = (
        "formato: 1\nformulario: tramite\nplantilla: base@1\ncambios:\n"
        "  campos:\n    asunto: {ayuda: Resúmelo.}\n"
    )
    nueva = plantilla(DE_LA_PLANTILLA["la_ayuda_de_un_campo"])
    (conflicto,) = actualizar(VIEJA, nueva, leer_yaml(texto, "mio.yaml")).conflictos
    assert (conflicto.base, conflicto.plantilla, conflicto.entidad) == (
        "Dilo en una línea.", "Una línea basta.", "Resúmelo.",
    )  # fmt: skip
    assert str(conflicto) == (
        "mio.yaml:6: campos.asunto.ayuda: el campo «asunto»: la plantilla pasa «ayuda» de "
        "«Dilo en una línea.» a «Una línea basta.»; tú lo dejaste en «Resúmelo.»"
    )


DECISIONES: list[tuple[Any, list[str]]] = [
    ({"campos.otro.ayuda": "plantilla"}, ["decision.no_existe decisiones.campos.otro.ayuda"]),
    ({"campos.asunto.ayuda": "lo mío"}, ["decision.valor decisiones.campos.asunto.ayuda"]),
    ({"campos.asunto.ayuda": ["entidad"]}, ["decision.valor decisiones.campos.asunto.ayuda"]),
    ({"campos.asunto.ayuda": None}, []),
]
NO_SE_TRAEN: list[tuple[Any, str]] = [
    ({**documento({}), "plantilla": "otra@1"}, "plantilla.otra"),
    (documento({}, version=2), "plantilla.otra"),
    (documento({"campo": {}}), "forma.desconocida"),
    (documento({"quitar": {"campos": ["correo"]}}), "fijo.quitado"),
]
CODIGOS = {f.split(" ")[0] for _, fallas in DECISIONES for f in fallas} | {
    codigo for _, codigo in NO_SE_TRAEN
}
"""Los códigos de falla que tienen aquí su caso."""


@pytest.mark.parametrize("escena", ESCENAS, ids=[sin_tildes(e["caso"]) for e in ESCENAS])
def test_escena(escena: Mapping[str, Any]) -> None:
    """Lo que se dice, palabra por palabra, y lo que queda; traerla otra vez no cambia nada."""
    nueva = plantilla(escena["plantilla"])
    hecha = actualizar(VIEJA, nueva, documento(escena["cambios"]), normas=NORMAS)
    assert [*map(str, (*hecha.novedades, *hecha.conflictos, *hecha.fallas))] == escena["dice"]
    assert hecha.cambios["cambios"] == escena["queda"]
    repetida = actualizar(nueva, nueva, hecha.cambios, normas=NORMAS)
    assert repetida.cambios == hecha.cambios and not repetida.conflictos


@pytest.mark.parametrize(("decisiones", "esperadas"), DECISIONES)
def test_una_decision_que_no_vale_se_dice(decisiones: Any, esperadas: list[str]) -> None:
    nueva = plantilla(DE_LA_PLANTILLA["la_ayuda_de_un_campo"])
    propio = documento(DE_LA_ENTIDAD["otra_ayuda"])
    hecha = actualizar(VIEJA, nueva, propio, decisiones, normas=NORMAS)
    assert [f"{f.codigo} {f.ruta}" for f in hecha.fallas] == esperadas
    assert len(hecha.pendientes) == 1


@pytest.mark.parametrize(("propio", "codigo"), NO_SE_TRAEN)
def test_lo_que_no_se_puede_traer_vuelve_con_su_falla(propio: Any, codigo: str) -> None:
    hecha = actualizar(VIEJA, plantilla([]), propio)
    assert [f.codigo for f in hecha.fallas] == [codigo]
    assert hecha.cambios == propio


def test_no_se_cambia_a_otra_plantilla() -> None:
    otra = {**plantilla([]), "plantilla": "distinta"}
    assert [f.codigo for f in actualizar(VIEJA, otra, documento({})).fallas] == ["plantilla.otra"]


def test_unos_cambios_vacios_siguen_vacios() -> None:
    assert actualizar(VIEJA, plantilla([]), documento(None)).cambios["cambios"] is None
    assert actualizar(VIEJA, plantilla([]), documento({})).cambios["cambios"] == {}


if __name__ == "__main__":
    for una in DE_LA_PLANTILLA:
        print(f"{una}:")
        for otra in DE_LA_ENTIDAD:
            print(f"  {otra}: [{', '.join(resumir(celda(una, otra)))}]")

"""Adaptar es total: cualquier cambio da una definición o fallas, y lo fijo siempre queda."""

import json
import random
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facilita.definicion import Examen, adaptar, examinar, leer_yaml
from facilita.definicion.familias import FAMILIAS

from .material import (
    AQUI,
    FORMULARIOS,
    HOSTILES,
    NORMAS,
    PLANTILLAS,
    buscar_plantilla,
    caminos,
    semilla,
)

BASE = leer_yaml((AQUI / "rotas/base.yaml").read_text("utf-8"), "base.yaml")
TODAS = {**PLANTILLAS, "base": BASE}
CUANTOS = 150
RAROS: tuple[Any, ...] = (
    None, True, False, 0, 5, 7.5, -1, "", "x", "natural", "otro texto", [], {}, [[]], [None],
    ["a"], {"a": 1}, [5, 50], "si", {"campo": "medio", "es": "papel"}, {"campo": "x", "es": "y"},
    [{"id": "x"}], [{"valor": "z", "etiqueta": "Z"}], {"fijo": True}, "\ud800", 10**20,
)  # fmt: skip
CAMPOS_NUEVOS: tuple[dict[str, Any], ...] = (
    {"id": "nuevo", "tipo": "texto", "etiqueta": "Nuevo"},
    {"id": "otro_nuevo", "tipo": "numero", "etiqueta": "Otro", "minimo": 3},
    {"id": "asunto", "tipo": "texto", "etiqueta": "Asunto otra vez"},
    {"id": 5, "tipo": "texto", "etiqueta": "Mal id"},
    {"id": "lista_mala", "tipo": "lista", "etiqueta": "L", "opciones": "abc"},
    {"id": "sin_tipo"},
    {"id": "con_si", "tipo": "texto", "etiqueta": "C", "si": {"campo": "medio", "es": "papel"}},
)


@pytest.mark.parametrize(
    ("fijo", "cambios", "fallas"),
    [
        (None, {"presentacion": "una_pagina"}, []),
        (True, {"titulo": "Otro", "introduccion": None}, []),
        (True, {"presentacion": "una_pagina", "conservacion": {"anios": 5}},
         ["cambios.conservacion", "cambios.presentacion"]),
        ({"presentacion": "libre"}, {"presentacion": "una_pagina", "base_legal": []},
         ["cambios.base_legal"]),
    ],
)  # fmt: skip
def test_lo_fijo_de_la_raiz(fijo: Any, cambios: dict[str, Any], fallas: list[str]) -> None:
    plantilla = {**BASE, **({"fijo": fijo} if fijo is not None else {})}
    documento = {"formato": 1, "formulario": "mio", "plantilla": "base@1", "cambios": cambios}
    dato, halladas = adaptar(plantilla, documento)
    assert sorted(f.ruta for f in halladas) == fallas
    assert {f.codigo for f in halladas} <= {"fijo.cambio"}
    if not fallas:
        assert {c: dato.get(c) for c in cambios} == cambios


def ids_de(plantilla: Mapping[str, Any], familia: str) -> list[str]:
    """Los ids de los elementos de una familia."""
    return [e["id"] for lista in FAMILIAS[familia].listas(plantilla) for e in lista]


def elementos(dato: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Cada elemento con id de una definición, con el nombre de su familia."""
    for nombre, familia in FAMILIAS.items():
        for lista in familia.listas(dato):
            for elemento in lista:
                yield nombre, elemento


def cambios_al_azar(plantilla: Mapping[str, Any], azar: random.Random) -> dict[str, Any]:
    """Unos cambios con la forma debida casi siempre, y a menudo prohibidos o absurdos."""
    cambios: dict[str, Any] = {}
    for _ in range(azar.choice((1, 1, 2, 5))):
        azar.choice(
            (_bueno, _bueno, _cambia, _quita, _quita_opcion, _agrega, _ordena, _opcion, _raiz)
        )(plantilla, azar, cambios)
    return cambios


def _bueno(plantilla: Any, azar: random.Random, cambios: dict[str, Any]) -> None:
    """Un cambio que siempre se puede: una ayuda nueva y un campo propio al final."""
    seccion = plantilla["paginas"][0]["secciones"][0]
    cual = azar.choice(seccion["campos"])["id"]
    cambios.setdefault("campos", {}).setdefault(cual, {})["ayuda"] = "Escríbelo con calma."
    propio = {"id": f"propio_{len(cambios.get('agregar', ()))}", "tipo": "correo"}
    cambios.setdefault("agregar", []).append(
        {"campo": {**propio, "etiqueta": "Otro correo"}, "en": seccion["id"]}
    )


def _una(azar: random.Random, cosas: list[str]) -> str:
    return azar.choice([*cosas, "no_existe"])


def _valor(azar: random.Random) -> Any:
    return azar.choice(RAROS)


def _cambia(plantilla: Any, azar: random.Random, cambios: dict[str, Any]) -> None:
    familia = azar.choice(list(FAMILIAS))
    cual = _una(azar, ids_de(plantilla, familia))
    propias = [p for f, e in elementos(plantilla) if f == familia and e["id"] == cual for p in e]
    propiedad = azar.choice([*propias, "ayuda", "obligatorio", "si", "fijo", "tipos", "inventada"])
    cambios.setdefault(familia, {}).setdefault(cual, {})[propiedad] = _valor(azar)


def _quita(plantilla: Any, azar: random.Random, cambios: dict[str, Any]) -> None:
    familia = azar.choice(list(FAMILIAS))
    quitar = cambios.setdefault("quitar", {})
    quitar[familia] = list({_una(azar, ids_de(plantilla, familia)) for _ in range(2)})


def _con_opciones(plantilla: Any) -> dict[str, list[str]]:
    return {
        e["id"]: [o["valor"] for o in e["opciones"]]
        for f, e in elementos(plantilla)
        if f == "campos" and "opciones" in e
    } or {"no_existe": ["x"]}


def _quita_opcion(plantilla: Any, azar: random.Random, cambios: dict[str, Any]) -> None:
    campo, valores = azar.choice(list(_con_opciones(plantilla).items()))
    quitar = cambios.setdefault("quitar", {}).setdefault("opciones", {})
    quitar[campo] = list({_una(azar, valores) for _ in range(3)})


def _agrega(plantilla: Any, azar: random.Random, cambios: dict[str, Any]) -> None:
    que = azar.choice(
        (
            {"campo": azar.choice(CAMPOS_NUEVOS)},
            {"seccion": {"id": "s_nueva", "campos": [azar.choice(CAMPOS_NUEVOS)]}},
            {"pagina": {"id": "p-nueva", "titulo": "P", "secciones": azar.choice(([], [{}]))}},
            {"opcion": {"valor": "z", "etiqueta": "Z"}, "de": _una(azar, ["medio", "asunto"])},
            {"estado": {"id": "e", "etiqueta": "E", "ciudadano": "E."}},
            {"mensaje": {"id": "m", "asunto": "M", "cuerpo": _valor(azar)}},
            {"transicion": {"id": "t", "de": ["nuevo"], "a": "nuevo", "quien": ["atiende"]}},
            {"opcion": _valor(azar)},
            {},
        )
    )
    anclas = [i for familia in FAMILIAS for i in ids_de(plantilla, familia)]
    lugar = azar.choice(({}, {"despues_de": 0}, {"antes_de": 0}, {"en": 0}))
    donde = {c: _una(azar, anclas) for c in lugar}
    cambios.setdefault("agregar", []).append({**que, **donde})


def _ordena(plantilla: Any, azar: random.Random, cambios: dict[str, Any]) -> None:
    pagina = azar.choice(plantilla["paginas"])
    seccion = azar.choice(pagina["secciones"])
    ids = [c["id"] for c in seccion["campos"]]
    azar.shuffle(ids)
    cambios["orden"] = {_una(azar, [seccion["id"]]): ids[: azar.choice((1, None, None))]}


def _opcion(plantilla: Any, azar: random.Random, cambios: dict[str, Any]) -> None:
    campo, valores = azar.choice(list(_con_opciones(plantilla).items()))
    propiedad = azar.choice(("etiqueta", "ayuda", "valor", "fijo"))
    nuevo = {_una(azar, valores): {propiedad: _valor(azar)}}
    cambios.setdefault("opciones", {})[campo] = nuevo


def _raiz(plantilla: Any, azar: random.Random, cambios: dict[str, Any]) -> None:
    clave = azar.choice(("titulo", "introduccion", "base_legal", "plazo", "inventada"))
    cambios[clave] = {"dias_habiles": _valor(azar)} if clave == "plazo" else _valor(azar)


def examinar_cambios(nombre: str, cambios: Any) -> Examen:
    """Examina una adaptación escrita como JSON, que también es YAML."""
    plantilla = TODAS[nombre]
    documento = {
        "formato": 1,
        "formulario": "prueba",
        "plantilla": f"{nombre}@{plantilla['version']}",
        "cambios": cambios,
    }
    return examinar(
        json.dumps(documento),
        "prueba.yaml",
        normas=NORMAS,
        buscar_plantilla=lambda cual, version: TODAS.get(cual),
    )


def comprobar_fijo(plantilla: Mapping[str, Any], dato: Mapping[str, Any]) -> None:
    """Todo lo fijo de la plantilla sigue ahí, con lo mismo salvo lo que la plantilla suelta."""
    quedan = {(f, e["id"]): e for f, e in elementos(dato) if e.get("fijo")}
    for familia, antes in elementos(plantilla):
        if not antes.get("fijo"):
            continue
        ahora = quedan[familia, antes["id"]]
        sueltas = {*FAMILIAS[familia].libres, "opciones", "campos", "secciones"}
        permisos = antes["fijo"] if isinstance(antes["fijo"], Mapping) else {}
        for propiedad in {*antes, *ahora} - sueltas - set(permisos) - {"si"}:
            assert ahora.get(propiedad) == antes.get(propiedad), (antes["id"], propiedad)
        assert _sin_listas(ahora.get("si")) == _sin_listas(antes.get("si"))
        for propiedad, permiso in permisos.items():
            if isinstance(permiso, list):
                assert permiso[0] <= ahora[propiedad] <= permiso[1]
        _comprobar_opciones(antes, ahora, permisos)


def _sin_listas(condicion: Any) -> Any:
    """Una condición sin las opciones que nombra: la entidad puede haber quitado alguna."""
    return {**condicion, "es_alguno": ()} if condicion and "es_alguno" in condicion else condicion


def _comprobar_opciones(antes: Any, ahora: Any, permisos: Mapping[str, Any]) -> None:
    permiso = permisos.get("opciones")
    nuevas = {o["valor"]: o.get("etiqueta") for o in ahora.get("opciones", ())}
    for opcion in antes.get("opciones", ()):
        if permiso is None or opcion.get("fijo"):
            assert nuevas[opcion["valor"]] == opcion["etiqueta"]
    if permiso != "libre":
        assert set(nuevas) <= {o["valor"] for o in antes.get("opciones", ())}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("nombre", TODAS)
def test_cambios_al_azar_dan_definicion_o_fallas(nombre: str) -> None:
    elegida = semilla()
    azar = random.Random(elegida)
    buenas = 0
    for n in range(CUANTOS):
        cambios = cambios_al_azar(TODAS[nombre], azar)
        try:
            examen = examinar_cambios(nombre, cambios)
            assert (examen.definicion is None) == bool(examen.fallas)
            assert all(f.texto and f.ruta and f.sitio for f in examen.fallas)
            if examen.definicion is not None:
                buenas += 1
                comprobar_fijo(TODAS[nombre], examen.definicion.dato)
            dato, fallas = adaptar(TODAS[nombre], _documento(cambios))
            assert isinstance(fallas, tuple)
            comprobar_fijo(TODAS[nombre], dato)
        except Exception as error:
            error.add_note(f"SEMILLA={elegida}, cambio {n}: {cambios!r}")
            raise
    assert buenas >= CUANTOS * 0.05, f"SEMILLA={elegida}"


def _documento(cambios: Any) -> dict[str, Any]:
    return {"formato": 1, "formulario": "f", "plantilla": "p@1", "cambios": cambios}


@settings(max_examples=150, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda dentro: st.lists(dentro, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["cambios", "campos", "quitar", "agregar", "orden", "opciones", "plazo", "asunto",
                 "medio", "campo", "id", "tipo", "en", "de", "despues_de", "titulo", "papel"]
            ),
            dentro,
            max_size=4,
        ),
        max_leaves=15,
    )
)  # fmt: skip
def test_cambios_sin_pies_ni_cabeza_no_revientan(cambios: Any) -> None:
    dato, fallas = adaptar(BASE, _documento(cambios))
    comprobar_fijo(BASE, dato)
    assert isinstance(fallas, tuple)


@pytest.mark.parametrize("documento", [{}, {"cambios": 5}, {"cambios": [1]}, {"formulario": 3}])
def test_un_documento_sin_forma_da_fallas(documento: dict[str, Any]) -> None:
    dato, fallas = adaptar(BASE, documento)
    assert fallas
    assert dato["paginas"] == BASE["paginas"]


@pytest.mark.parametrize("nombre", TODAS)
def test_adaptar_no_toca_la_plantilla_ni_los_cambios(nombre: str) -> None:
    azar = random.Random(semilla())
    antes = json.dumps(TODAS[nombre])
    for _ in range(50):
        documento = _documento(cambios_al_azar(TODAS[nombre], azar))
        escrito = repr(documento)
        adaptar(TODAS[nombre], documento)
        assert repr(documento) == escrito
    assert json.dumps(TODAS[nombre]) == antes


@pytest.mark.parametrize("nombre", FORMULARIOS)
def test_los_formularios_del_proyecto_conservan_lo_fijo(nombre: str) -> None:
    examen = examinar(FORMULARIOS[nombre], normas=NORMAS, buscar_plantilla=buscar_plantilla)
    assert examen.definicion is not None
    plantilla = PLANTILLAS[examen.definicion.dato["origen"]]
    comprobar_fijo(plantilla, examen.definicion.dato)


def test_quitar_una_opcion_la_olvida_en_las_condiciones() -> None:
    """La plantilla deja quitar «Entidad pública»: su sección la miraba y no debe romperse."""
    examen = examinar_cambios(
        "mesa-de-partes", {"quitar": {"opciones": {"tipo_persona": ["entidad_publica"]}}}
    )
    assert examen.fallas == ()
    assert examen.definicion is not None
    seccion = examen.definicion.paginas[0].secciones[1]
    assert seccion.si is not None
    assert [h.contra for h in seccion.si.hojas] == [("juridica",)]


def test_lo_agregado_dentro_queda_en_orden_al_final() -> None:
    nuevos = [
        {"campo": {"id": f"n{n}", "tipo": "texto", "etiqueta": f"N{n}"}, "en": "pedido"}
        for n in range(2)
    ]
    examen = examinar_cambios("base", {"agregar": nuevos})
    assert examen.definicion is not None
    assert [c.id for c in examen.definicion.paginas[1].campos][-3:] == ["correo", "n0", "n1"]


def test_cada_falla_de_lo_agregado_sabe_su_archivo_y_su_linea() -> None:
    """Aunque la plantilla venga de la base de datos, sin archivo ni líneas."""
    texto = (
        "formato: 1\nformulario: prueba\nplantilla: base@1\ncambios:\n  agregar:\n"
        "    - campo: {id: nuevo, tipo: numero, etiqueta: N, minimo: 3, maximo: 1}\n"
        "      despues_de: asunto\n"
    )
    sin_lineas = json.loads(json.dumps(BASE))
    examen = examinar(texto, "prueba.yaml", buscar_plantilla=lambda cual, version: sin_lineas)
    assert [(f.codigo, f.sitio and f.sitio.linea) for f in examen.fallas] == [("campo.limites", 6)]


def test_una_definicion_mutilada_da_fallas_y_no_revienta() -> None:
    """Cada dato de una definición buena, cambiado por cada cosa rara o hostil."""
    azar = random.Random(semilla())
    rutas = [ruta for ruta, _ in caminos(json.loads(json.dumps(BASE))) if ruta]
    for ruta in rutas:
        for raro in (*azar.sample(RAROS, 3), azar.choice(HOSTILES[:40])):
            dato = json.loads(json.dumps(BASE))
            destino = dato
            for paso in ruta[:-1]:
                destino = destino[paso]
            destino[ruta[-1]] = raro
            examen = examinar(json.dumps(dato, ensure_ascii=True), "mutilada.yaml")
            assert (examen.definicion is None) == bool(examen.fallas)

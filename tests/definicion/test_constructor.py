"""Construir por pasos: nunca una excepción, y con pasos se hace cualquier formulario."""

import json
import random
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facilita.definicion import Definicion, adaptar, compilar, examinar, leer_yaml
from facilita.definicion.acciones import ACCIONES
from facilita.definicion.candados import candado_de, propiedades_de
from facilita.definicion.constructor import examinar_obra, operar, reemplazar
from facilita.definicion.deduccion import deducir, documento_vacio
from facilita.definicion.familias import DE_LA_RAIZ, FAMILIAS, familia_de
from facilita.definicion.lugares import Lugares
from facilita.definicion.nuevos import nombre_libre

from .material import AQUI, FORMULARIOS, HOSTILES, NORMAS, PLANTILLAS, buscar_plantilla, semilla
from .test_adaptacion import CAMPOS_NUEVOS, RAROS, cambios_al_azar, ids_de

BASE = leer_yaml((AQUI / "rotas/base.yaml").read_text("utf-8"), "base.yaml")
TODAS = {**PLANTILLAS, "base": BASE}
MESA = PLANTILLAS["mesa-de-partes"]


def de_que_plantilla(documento: Mapping[str, Any]) -> Mapping[str, Any]:
    """La plantilla que nombra un formulario."""
    return PLANTILLAS[documento["plantilla"].split("@")[0]]


def acciones_de(documento: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Lo que una persona haría en la pantalla para llegar a esos cambios, paso por paso."""
    cambios = documento["cambios"] or {}
    yield from _ediciones(cambios)
    yield from _quitadas(cambios.get("quitar", {}))
    yield from (_agregar(a) for a in cambios.get("agregar", ()))
    raiz = {c: cambios[c] for c in DE_LA_RAIZ if c in cambios}
    yield from (_cambiar("formulario", {c: v}) for c, v in raiz.items())
    if "plazo" in cambios:
        yield _cambiar("plazo", cambios["plazo"])


def _ediciones(cambios: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for familia in FAMILIAS:
        for cual, nuevo in cambios.get(familia, {}).items():
            yield from (_cambiar(familia, {p: v}, cual) for p, v in nuevo.items())
    for campo, opciones in cambios.get("opciones", {}).items():
        for valor, nuevo in opciones.items():
            yield {"accion": "cambiar_opcion", "campo": campo, "valor": valor, "propiedades": nuevo}


def _quitadas(quitar: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for familia, ids in quitar.items():
        if familia != "opciones":
            yield from ({"accion": "quitar", "familia": familia, "cual": i} for i in ids)
    for campo, valores in quitar.get("opciones", {}).items():
        yield from ({"accion": "quitar_opcion", "campo": campo, "valor": v} for v in valores)


def _cambiar(familia: str, propiedades: Any, cual: str = "") -> dict[str, Any]:
    return {"accion": "cambiar", "familia": familia, "cual": cual, "propiedades": propiedades}


def _agregar(agregado: Mapping[str, Any]) -> dict[str, Any]:
    ancla = {c: agregado[c] for c in ("en", "antes_de", "despues_de") if c in agregado}
    if "opcion" in agregado:
        suyo = {"campo": agregado["de"], "opcion": agregado["opcion"]}
        return {"accion": "agregar_opcion", **suyo, **ancla}
    clave = next(c for c in agregado if c not in ancla)
    elemento = {"familia": familia_de(clave), "elemento": agregado[clave]}
    return {"accion": "agregar", **elemento, **ancla}


@pytest.mark.parametrize("cual", sorted(FORMULARIOS))
def test_con_pasos_se_hace_el_mismo_formulario(cual: str) -> None:
    escrito = leer_yaml(FORMULARIOS[cual], cual)
    plantilla = de_que_plantilla(escrito)
    documento: Mapping[str, Any] = documento_vacio(plantilla, escrito["formulario"])
    for accion in acciones_de(escrito):
        hecho = operar(plantilla, documento, accion)
        assert not hecho.negativas, (accion, hecho.negativas)
        assert hecho.hecho
        documento = hecho.documento
    publicado = compilar(FORMULARIOS[cual], cual, normas=NORMAS, buscar_plantilla=buscar_plantilla)
    assert _definicion(plantilla, documento).digest == publicado.digest


def _definicion(plantilla: Mapping[str, Any], documento: Mapping[str, Any]) -> Definicion:
    examen = examinar_obra(plantilla, documento, NORMAS)
    assert examen.definicion is not None, examen.fallas
    return examen.definicion


@pytest.mark.parametrize("cual", sorted(FORMULARIOS))
def test_lo_deducido_da_el_mismo_formulario(cual: str) -> None:
    escrito = leer_yaml(FORMULARIOS[cual], cual)
    plantilla = de_que_plantilla(escrito)
    dato, fallas = adaptar(plantilla, escrito)
    assert not fallas
    assert _canonico(adaptar(plantilla, deducir(plantilla, dato))[0]) == _canonico(dato)


def _canonico(dato: Any) -> str:
    return json.dumps(dato, sort_keys=True)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_cualquier_serie_de_pasos_deja_un_formulario_o_sus_problemas(una: int) -> None:
    azar = random.Random(una)
    plantilla = TODAS[azar.choice(sorted(TODAS))]
    documento: Mapping[str, Any] = documento_vacio(plantilla, "mio")
    pasos = [_canonico(documento)]
    for _ in range(azar.randint(1, 8)):
        hecho = operar(plantilla, documento, accion_al_azar(plantilla, documento, azar))
        # O se hizo y se dice qué, o no se hizo y se dice por qué, y los cambios son los mismos.
        assert bool(hecho.negativas) == (hecho.documento is documento)
        documento = hecho.documento
        pasos.append(_canonico(documento))
        assert not reemplazar(plantilla, documento)
    examen = examinar_obra(plantilla, documento, NORMAS)
    assert (examen.definicion is None) == bool(examen.fallas)
    assert all(f.texto for f in examen.fallas)
    # Lo que la pantalla guarda se vuelve a leer igual: deshacer da los mismos bytes.
    leido = json.loads(pasos[-1])
    assert _canonico(adaptar(plantilla, leido)[0]) == _canonico(adaptar(plantilla, documento)[0])
    # Todo lo que está al final se puede deducir otra vez y no cambia.
    assert _canonico(deducir(plantilla, adaptar(plantilla, leido)[0])) == pasos[-1]


def test_series_largas_con_otra_semilla() -> None:
    azar = random.Random(semilla())
    for _ in range(8):
        test_cualquier_serie_de_pasos_deja_un_formulario_o_sus_problemas.hypothesis.inner_test(  # type: ignore[attr-defined]
            azar.randrange(2**32)
        )


def accion_al_azar(plantilla: Any, documento: Any, azar: random.Random) -> dict[str, Any]:
    """Una acción casi siempre posible y a veces absurda."""
    dato, _ = adaptar(plantilla, documento)
    familia = azar.choice([*FAMILIAS, "campos", "campos", "secciones"])
    ids = ids_de(dato, familia) or ["nada"]
    con_opciones = [
        e for e in Lugares(dato).por_familia["campos"].values() if e.dato.get("opciones")
    ]
    campo = (
        azar.choice(con_opciones).dato
        if con_opciones
        else {"id": "x", "opciones": [{"valor": "y"}]}
    )
    opcion = azar.choice(campo["opciones"])["valor"]
    propiedad = azar.choice(("etiqueta", "ayuda", "titulo", "obligatorio", "si", "cuerpo", "fijo"))
    valor = azar.choice((*RAROS, "Otro texto", "Otro texto", 20))
    nuevo = dict(azar.choice(CAMPOS_NUEVOS))
    nuevo["id"] = azar.choice((nuevo.get("id"), nombre_libre(plantilla, dato, "Dato nuevo")))
    return {
        "accion": azar.choice((*ACCIONES, "inventada")),
        "familia": familia,
        "cual": azar.choice(ids),
        "campo": campo["id"],
        "valor": opcion,
        "hacia": azar.choice(("arriba", "abajo", "afuera")),
        "ids": azar.sample(ids, len(ids)) if azar.random() < 0.8 else valor,
        "propiedades": {propiedad: valor} if azar.random() < 0.9 else valor,
        "elemento": nuevo,
        "opcion": {"valor": azar.choice((opcion, "propia")), "etiqueta": "Otra"},
        azar.choice(("en", "antes_de", "despues_de")): azar.choice(ids),
    }


@pytest.mark.parametrize("clave", ["accion", "familia", "cual", "propiedades", "elemento", "en"])
def test_una_accion_hostil_se_niega_y_no_cambia_nada(clave: str) -> None:
    plantilla = PLANTILLAS["contacto"]
    vacio = documento_vacio(plantilla, "mio")
    entera = {**_cambiar("campos", {"ayuda": "x"}, "asunto"), "elemento": {}, "en": "destino"}
    for accion in ("cambiar", "agregar", "quitar", "mover", "ordenar", "reponer"):
        for hostil in HOSTILES:
            hecho = operar(plantilla, vacio, {**entera, "accion": accion, clave: hostil})
            assert hecho.negativas or hecho.documento["cambios"] is not vacio["cambios"]


def test_lo_que_no_se_puede_dice_por_que() -> None:
    """Lo que fija la plantilla no se toca (N32, LPAG 113)."""
    vacio = documento_vacio(MESA, "mio")
    for accion, dicho in (
        ({"accion": "quitar", "familia": "campos", "cual": "asunto"}, "la plantilla lo fija"),
        (_cambiar("campos", {"obligatorio": False}, "asunto"), "es fijo en la plantilla"),
        (_cambiar("campos", {"tamano_maximo": 60}, "documento_principal"), "entre 5 y 50"),
        (_cambiar("campos", {"etiqueta": ""}, "destinatario"), "está vacío"),
        (_cambiar("plazo", {"dias_habiles": 45}), "entre 1 y 30"),
        ({"accion": "quitar_opcion", "campo": "tipo_persona", "valor": "natural"}, "la fija"),
        ({"accion": "mover", "familia": "paginas", "cual": "tus-datos", "hacia": "arriba"},
         "extremo"),
    ):  # fmt: skip
        hecho = operar(MESA, vacio, accion)
        assert hecho.documento is vacio
        assert any(dicho in n for n in hecho.negativas), (accion, hecho.negativas)


def test_los_candados_citan_su_norma() -> None:
    lugares = Lugares(MESA)
    candado = candado_de(lugares, "campos", "numero_documento_identidad")
    assert candado and candado.normas == ("lpag-113",)
    assert candado_de(lugares, "campos", "anexos") is None
    seccion = candado_de(lugares, "secciones", "persona")
    assert seccion and "lpag-113" in seccion.normas
    suyas = {
        p.nombre: p for p in propiedades_de("campos", lugares.por_familia["campos"]["asunto"].dato)
    }
    assert suyas["ayuda"].motivo is None
    assert "es fijo" in (suyas["etiqueta"].motivo or "")
    principal = lugares.por_familia["campos"]["documento_principal"].dato
    rangos = {p.nombre: p.rango for p in propiedades_de("campos", principal) if p.rango}
    assert rangos == {"tamano_maximo": (5, 50)}


def test_quitar_un_ancla_no_rompe_lo_agregado() -> None:
    """Lo que va detrás de un campo propio se queda cuando ese campo se quita."""
    documento: Mapping[str, Any] = documento_vacio(MESA, "mio")
    for n in (1, 2):
        ancla = {"despues_de": "destinatario" if n == 1 else "uno"}
        nuevo = {"id": ("uno", "dos")[n - 1], "tipo": "texto", "etiqueta": f"Dato {n}"}
        accion = {"accion": "agregar", "familia": "campos", "elemento": nuevo, **ancla}
        documento = operar(MESA, documento, accion).documento
    quita = {"accion": "quitar", "familia": "campos", "cual": "uno"}
    documento = operar(MESA, documento, quita).documento
    documento = operar(MESA, documento, {**quita, "cual": "destinatario"}).documento
    assert "dos" in _definicion(MESA, documento).campos
    assert "destinatario" not in _definicion(MESA, documento).campos
    repone = {"accion": "reponer", "familia": "campos", "cual": "destinatario"}
    documento = operar(MESA, documento, repone).documento
    assert "quitar" not in documento["cambios"]


def test_reponer_deshace_lo_cambiado_y_no_pierde_lo_de_dentro() -> None:
    vacio = documento_vacio(MESA, "mio")
    hecho = operar(MESA, vacio, _cambiar("secciones", {"titulo": "Otro"}, "destino"))
    nuevo = {"id": "mio", "tipo": "texto", "etiqueta": "Mío"}
    agrega = {"accion": "agregar", "familia": "campos", "elemento": nuevo, "en": "destino"}
    hecho = operar(MESA, hecho.documento, agrega)
    repone = {"accion": "reponer", "familia": "secciones", "cual": "destino"}
    hecho = operar(MESA, hecho.documento, repone)
    assert list(hecho.documento["cambios"]) == ["agregar"]


def test_lo_escrito_aparte_pasa_por_las_mismas_comprobaciones() -> None:
    azar = random.Random(7)
    for _ in range(40):
        plantilla = TODAS[azar.choice(sorted(TODAS))]
        documento = {
            **documento_vacio(plantilla, "mio"),
            "cambios": cambios_al_azar(plantilla, azar),
        }
        if reemplazar(plantilla, documento):
            continue
        dato, _ = adaptar(plantilla, documento)
        assert examinar(json.dumps(documento)).fallas
        deducido = deducir(plantilla, dato)
        assert _canonico(adaptar(plantilla, deducido)[0]) == _canonico(dato)

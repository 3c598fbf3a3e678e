"""Actualizar, al azar: plantillas que cambian y entidades que cambian, juntas y por separado."""

import json
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from facilita.definicion import adaptar, leer_yaml
from facilita.definicion.actualizacion import actualizar
from facilita.definicion.esquema import comprobar_forma
from facilita.definicion.fallas import Buzon
from facilita.definicion.familias import FAMILIAS, familia_de, permiso_de_opciones
from facilita.definicion.injertos import copiar, nombre_de_parte, olvidar_opcion
from facilita.definicion.lugares import Elemento, Lugares
from facilita.definicion.novedades import LADOS, Actualizacion

from .material import AQUI, HOSTILES, NORMAS, PLANTILLAS, caminos, semilla
from .test_actualizacion import ANCLAS, TEXTO, contado, operaciones
from .test_adaptacion import RAROS

BASES: Mapping[str, Any] = {
    "base": leer_yaml(TEXTO, "base.yaml"),
    "rotas": leer_yaml((AQUI / "rotas/base.yaml").read_text("utf-8"), "rotas.yaml"),
    **PLANTILLAS,
}
CUANTOS = 100
Azar = random.Random
SEMILLAS = st.integers(0, 2**32 - 1)


# --- cambios al azar de una plantilla -------------------------------------------------------------


def _listas(dato: Any, familia: str) -> list[Any]:
    return [lista for lista in FAMILIAS[familia].listas(dato) if lista]


def _alguno(dato: Any, azar: Azar, familia: str | None = None) -> tuple[str, Any, Any]:
    familia = familia or azar.choice([f for f in FAMILIAS if _listas(dato, f)])
    lista = azar.choice(_listas(dato, familia))
    return familia, lista, azar.choice(lista)


def _texto(dato: Any, azar: Azar) -> None:
    _, _, elemento = _alguno(dato, azar)
    propiedad = azar.choice(("etiqueta", "titulo", "ayuda", "cuerpo"))
    elemento[propiedad] = azar.choice(("Otra cosa", "Un texto nuevo", "Lo de la entidad"))


def _propiedad(dato: Any, azar: Azar) -> None:
    _, _, campo = _alguno(dato, azar, "campos")
    campo[azar.choice(("ayuda", "ejemplo", "largo_maximo"))] = azar.choice((77, "Nuevo", "Otra"))


def _fijar(dato: Any, azar: Azar) -> None:
    _, _, elemento = _alguno(dato, azar)
    if elemento.get("fijo"):
        elemento.pop("fijo")
    else:
        elemento["fijo"] = azar.choice((True, {"largo_maximo": [60, 90]}, {"opciones": "quitar"}))


def _quitar(dato: Any, azar: Azar) -> None:
    _, lista, elemento = _alguno(dato, azar)
    if len(lista) > 1:
        lista.remove(elemento)


def _mover(dato: Any, azar: Azar) -> None:
    familia = azar.choice(("campos", "secciones"))
    _, lista, elemento = _alguno(dato, azar, familia)
    if len(lista) > 1:
        lista.remove(elemento)
        otra = azar.choice(_listas(dato, familia))
        otra.insert(azar.randint(0, len(otra)), elemento)


def _reordenar(dato: Any, azar: Azar) -> None:
    azar.shuffle(_alguno(dato, azar)[1])


def _agregar(dato: Any, azar: Azar) -> None:
    cual = azar.choice(NUEVOS)
    lista = azar.choice(_listas(dato, "campos"))
    if cual["id"] not in {c["id"] for x in _listas(dato, "campos") for c in x}:
        lista.insert(azar.randint(0, len(lista)), copiar({**cual, **azar.choice(({}, FIJO))}))


def _opcion(dato: Any, azar: Azar) -> None:
    campos = [c for x in _listas(dato, "campos") for c in x if "opciones" in c]
    if not campos:
        return
    opciones = azar.choice(campos)["opciones"]
    que = azar.randrange(4)
    if que == 0 and len(opciones) > 1:
        opciones.pop(azar.randrange(len(opciones)))
    elif que == 1:
        azar.choice(opciones)["etiqueta"] = "Otro nombre"
    elif que == 2:
        azar.choice(opciones)["fijo"] = True
    elif "nueva" not in {o["valor"] for o in opciones}:
        opciones.insert(azar.randint(0, len(opciones)), copiar(azar.choice(OPCIONES)))


def _raiz(dato: Any, azar: Azar) -> None:
    azar.choice(
        (
            lambda: dato.update(titulo="Título nuevo"),
            lambda: dato.update(introduccion="Introducción nueva."),
            lambda: dato["flujo"]["plazo"].update(dias_habiles=azar.randint(10, 30)),
            lambda: dato["flujo"]["plazo"].update(fijo={"dias_habiles": [10, 20]}),
        )
    )()


FIJO = {"fijo": True}
NUEVOS: tuple[dict[str, Any], ...] = (
    {"id": "nuevo", "tipo": "texto", "etiqueta": "Nuevo"},
    {"id": "nuevo_dos", "tipo": "parrafo", "etiqueta": "Nuevo dos"},
    {"id": "nuevo_tres", "tipo": "lista", "etiqueta": "L", "opciones": [
        {"valor": "uno", "etiqueta": "Uno"}]},
)  # fmt: skip
OPCIONES = ({"valor": "nueva", "etiqueta": "Nueva"}, {"valor": "nueva", "etiqueta": "Otra nueva"})
CAMBIOS_DE_PLANTILLA: tuple[Callable[[Any, Azar], None], ...] = (
    _texto, _propiedad, _fijar, _quitar, _mover, _reordenar, _agregar, _opcion, _raiz,
)  # fmt: skip


def plantilla_cambiada(plantilla: Any, azar: Azar) -> Any:
    """La plantilla con unos cambios al azar y la versión que sigue."""
    nueva = json.loads(json.dumps(plantilla))
    for _ in range(azar.randint(1, 8)):
        azar.choice(CAMBIOS_DE_PLANTILLA)(nueva, azar)
    nueva["version"] = plantilla["version"] + 1
    return nueva


# --- cambios al azar de una entidad ---------------------------------------------------------------


def _propio_texto(cambios: Any, dato: Any, azar: Azar) -> None:
    familia, _, elemento = _alguno(dato, azar)
    propiedad = azar.choice([p for p in elemento if p not in ("id", "tipo", "fijo")])
    valor = azar.choice(("Un texto nuevo", "Lo de la entidad", None, 77, 65))
    cambios.setdefault(familia, {}).setdefault(elemento["id"], {})[propiedad] = valor


def _propia_condicion(cambios: Any, dato: Any, azar: Azar) -> None:
    familia, _, elemento = _alguno(dato, azar, azar.choice(("campos", "secciones", "paginas")))
    si = {"campo": "medio", "es": "papel"}
    cambios.setdefault(familia, {}).setdefault(elemento["id"], {})["si"] = si


def _propio_quitar(cambios: Any, dato: Any, azar: Azar) -> None:
    familia, _, elemento = _alguno(dato, azar)
    ids = cambios.setdefault("quitar", {}).setdefault(familia, [])
    if elemento["id"] not in ids:
        ids.append(elemento["id"])


def _propia_opcion(cambios: Any, dato: Any, azar: Azar) -> None:
    campos = [c for x in _listas(dato, "campos") for c in x if "opciones" in c]
    if not campos:
        return
    campo = azar.choice(campos)
    opcion = azar.choice(campo["opciones"])["valor"]
    que = azar.randrange(3)
    if que == 0:
        suyas = cambios.setdefault("opciones", {}).setdefault(campo["id"], {})
        suyas[opcion] = {"etiqueta": azar.choice(("Otro nombre", "De la entidad"))}
    elif que == 1:
        quitar = cambios.setdefault("quitar", {}).setdefault("opciones", {})
        quitar.setdefault(campo["id"], []).append(opcion)
    else:
        nueva = {"opcion": dict(azar.choice(OPCIONES)), "de": campo["id"]}
        ancla = azar.choice(({}, {"despues_de": opcion}, {"antes_de": opcion}))
        cambios.setdefault("agregar", []).append({**nueva, **ancla})


def _propio_agregar(cambios: Any, dato: Any, azar: Azar) -> None:
    familia, _, vecino = _alguno(dato, azar, azar.choice(("campos", "secciones", "paginas")))
    if familia == "campos":
        nuevo = copiar(azar.choice(NUEVOS))
    else:
        campo = {"id": f"campo_{azar.randrange(99)}", "tipo": "texto", "etiqueta": "C"}
        nuevo = {"id": "mia", "campos": [azar.choice((campo, copiar(NUEVOS[0])))]}
        if familia == "paginas":
            nuevo = {"id": "suya", "titulo": "S", "secciones": [{**nuevo, "id": "de_suya"}]}
    entrada = {FAMILIAS[familia].singular: nuevo, azar.choice(ANCLAS[1:]): vecino["id"]}
    if familia == "campos" and azar.random() < 0.4:
        seccion = _alguno(dato, azar, "secciones")[2]["id"]
        entrada = {"campo": nuevo, "en": seccion}
    agregar = cambios.setdefault("agregar", [])
    agregar.insert(azar.randint(0, len(agregar)), entrada)


def _propio_orden(cambios: Any, dato: Any, azar: Azar) -> None:
    lista, donde = azar.choice(
        [(dato["paginas"], "paginas")]
        + [(s["campos"], s["id"]) for x in _listas(dato, "secciones") for s in x]
        + [(p["secciones"], p["id"]) for p in dato["paginas"]]
        + [
            (c[q], c["id"])
            for x in _listas(dato, "campos")
            for c in x
            for q in ("campos", "opciones")
            if q in c
        ]
    )
    ids = [nombre_de_parte(e) for e in lista]
    azar.shuffle(ids)
    cambios.setdefault("orden", {})[donde] = ids


def _propia_raiz(cambios: Any, dato: Any, azar: Azar) -> None:
    cambios[azar.choice(("titulo", "introduccion"))] = azar.choice(("Título nuevo", "El mío"))
    if azar.random() < 0.5:
        cambios.setdefault("plazo", {})["dias_habiles"] = azar.randint(10, 30)


CAMBIOS_PROPIOS: tuple[Callable[[Any, Any, Azar], None], ...] = (
    _propio_texto, _propio_texto, _propia_condicion, _propio_quitar, _propia_opcion,
    _propio_agregar, _propio_agregar, _propio_orden, _propia_raiz,
)  # fmt: skip


def formulario_propio(plantilla: Any, azar: Azar) -> dict[str, Any]:
    """Una adaptación al azar que su plantilla admite."""
    documento: dict[str, Any] = {
        "formato": 1, "formulario": "mio",
        "plantilla": f"{plantilla['plantilla']}@{plantilla['version']}", "cambios": {},
    }  # fmt: skip
    for _ in range(azar.randint(1, 9)):
        prueba = json.loads(json.dumps(documento))
        dato = adaptar(plantilla, documento)[0]
        mirado = azar.choice((plantilla, plantilla, dato))
        azar.choice(CAMBIOS_PROPIOS)(prueba["cambios"], mirado, azar)
        resultado, fallas = adaptar(plantilla, prueba)
        if not fallas and not _repetidos(resultado) and not _mal_formado(resultado):
            documento = prueba
    return documento


def _mal_formado(dato: Any) -> bool:
    buzon = Buzon(dato)
    comprobar_forma(dato, buzon)
    return buzon.hay_errores


def _repetidos(dato: Any) -> bool:
    for familia in FAMILIAS:
        ids = [e["id"] for lista in FAMILIAS[familia].listas(dato) for e in lista]
        if len(ids) != len(set(ids)) or not all(FAMILIAS[familia].listas(dato)):
            return True
    valores = [
        (c["id"], o["valor"])
        for x in _listas(dato, "campos")
        for c in x
        for o in c.get("opciones", ())
    ]
    return len(valores) != len(set(valores))


# --- lo que siempre se cumple ---------------------------------------------------------------------


def escena(numero: int) -> tuple[Any, Any, dict[str, Any]]:
    """Una plantilla, su versión nueva y un formulario de la vieja."""
    azar = random.Random(numero)
    vieja = BASES[azar.choice(sorted(BASES))]
    return vieja, plantilla_cambiada(vieja, azar), formulario_propio(vieja, azar)


def lo_fijo_como_la_nueva(nueva: Any, hecha: Actualizacion) -> list[str]:
    """Lo fijo de la plantilla nueva que el resultado no tiene igual."""
    hay = Lugares(hecha.dato)
    nueva = copiar(nueva)
    # Una opción que se puede quitar sale también de las condiciones que la nombran.
    for campo, valores in hecha.cambios["cambios"].get("quitar", {}).get("opciones", {}).items():
        for valor in valores:
            olvidar_opcion(nueva, campo, valor)
    return [
        falta
        for elemento in Lugares(nueva).todos()
        if elemento.dato.get("fijo")
        for falta in _lo_fijo_de(elemento, hay.hallar(elemento.familia, elemento.id))
    ]


def _lo_fijo_de(elemento: Elemento, queda: Elemento | None) -> Iterator[str]:
    if queda is None:
        yield f"falta {elemento.nombre}"
        return
    fijo = elemento.dato["fijo"]
    libres = FAMILIAS[elemento.familia].libres | {"secciones", "campos"}
    if permiso_de_opciones(elemento.dato) != "nada":
        libres |= {"opciones"}
    sueltas = set(fijo) if isinstance(fijo, Mapping) else set()
    for propiedad in {*elemento.dato, *queda.dato} - libres - sueltas:
        if _sin_ayuda(elemento.dato.get(propiedad)) != _sin_ayuda(queda.dato.get(propiedad)):
            yield f"{elemento.nombre}: {propiedad}"


def _sin_ayuda(valor: Any) -> Any:
    """De una opción fija solo se mueve su ayuda."""
    if isinstance(valor, list) and all(isinstance(v, dict) and "valor" in v for v in valor):
        return [{c: x for c, x in v.items() if c != "ayuda"} for v in valor]
    return valor


def sin_efecto(documento: Mapping[str, Any], hecha: Actualizacion) -> list[str]:
    """Lo que sigue pedido y no se ve en el resultado."""
    hay = Lugares(hecha.dato)
    mal = []
    cambios = hecha.cambios["cambios"]
    for familia in FAMILIAS:
        mal += [i for i in cambios.get("quitar", {}).get(familia, ()) if hay.hallar(familia, i)
                and i not in str(cambios.get("agregar"))]  # fmt: skip
        for cual, propiedades in cambios.get(familia, {}).items():
            elemento = hay.hallar(familia, cual)
            propio = any(e.get(FAMILIAS[familia].singular, {}).get("id") == cual
                         for e in cambios.get("agregar", ()))  # fmt: skip
            if elemento is not None and not propio:
                mal += [f"{cual}.{p}" for p, v in propiedades.items() if elemento.dato.get(p) != v]
    for entrada in cambios.get("agregar", ()):
        clave = next(c for c in entrada if c not in (*ANCLAS, "de"))
        if clave != "opcion" and not hay.hallar(familia_de(clave), entrada[clave]["id"]):
            mal.append(f"agregar {entrada[clave]['id']}")
    return mal


def revisar(numero: int) -> Actualizacion:
    """Comprueba en una escena todo lo que se promete."""
    vieja, nueva, propio = escena(numero)
    original = json.dumps([vieja, nueva, propio])
    igual = actualizar(vieja, vieja, propio, normas=NORMAS)
    assert igual.cambios == propio and not igual.conflictos
    hecha = actualizar(vieja, nueva, propio, normas=NORMAS)
    de_adaptar = [f for f in hecha.fallas if f.codigo.startswith(("cambio.", "fijo."))]
    assert de_adaptar == [], f"{[str(f) for f in de_adaptar]} {propio}"
    assert lo_fijo_como_la_nueva(nueva, hecha) == []
    pedidas = list(operaciones(propio["cambios"]))
    assert [o for o in pedidas if not contado(hecha, o)] == []
    assert sin_efecto(propio, hecha) == []
    assert all(f.ruta and f.texto for f in hecha.fallas)
    otra_vez = actualizar(nueva, nueva, hecha.cambios, normas=NORMAS)
    assert otra_vez.cambios == hecha.cambios
    assert otra_vez.dato == hecha.dato and not otra_vez.conflictos
    decidir(vieja, nueva, propio, hecha)
    json.dumps(hecha.a_json())
    assert json.dumps([vieja, nueva, propio]) == original
    return hecha


def decidir(vieja: Any, nueva: Any, propio: Any, hecha: Actualizacion) -> None:
    """Todo conflicto se decide para cualquiera de los dos lados."""
    for lado in LADOS:
        decisiones = {c.id: lado for c in hecha.conflictos}
        decidida = actualizar(vieja, nueva, propio, decisiones, normas=NORMAS)
        assert decidida.pendientes == ()
        codigos = {f.codigo for f in decidida.fallas}
        assert not {c for c in codigos if c.startswith(("cambio.", "fijo.", "decision."))}
        assert lo_fijo_como_la_nueva(nueva, decidida) == []


@settings(max_examples=CUANTOS, deadline=None)
@given(SEMILLAS)
def test_lo_fijo_queda_y_nada_propio_se_pierde(numero: int) -> None:
    revisar(numero)


@pytest.mark.larga
def test_miles_de_actualizaciones() -> None:
    azar = random.Random(semilla())
    con_conflicto = 0
    for _ in range(2000):
        numero = azar.randrange(2**32)
        try:
            con_conflicto += bool(revisar(numero).conflictos)
        except AssertionError as error:
            raise AssertionError(f"escena({numero}): {error}") from error
    assert con_conflicto > 200


@settings(max_examples=CUANTOS, deadline=None)
@given(SEMILLAS)
@example(8588970).via("medio carácter en la introducción")
def test_lo_absurdo_no_revienta(numero: int) -> None:
    azar = random.Random(numero)
    vieja, nueva, propio = escena(numero)
    rutas = [r for r, _ in caminos(propio) if r and r[0] == "cambios"]
    for _ in range(azar.randint(1, 3)):
        ruta = azar.choice(rutas)
        destino: Any = propio
        try:
            for paso in ruta[:-1]:
                destino = destino[paso]
            destino[ruta[-1]] = azar.choice((*RAROS, *HOSTILES))
        except (KeyError, IndexError, TypeError):
            continue
    hecha = actualizar(vieja, nueva, propio, normas=NORMAS)
    assert all(isinstance(f.texto, str) for f in hecha.fallas)

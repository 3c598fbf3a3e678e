"""Miles de presentaciones al azar por formulario: ninguna revienta y muchas son válidas."""

import json
import random
from collections.abc import Mapping
from typing import Any

import pytest

from facilita.definicion import Definicion, Lectura, Respuestas, abrir, compilar
from facilita.definicion.campos import Campo
from facilita.definicion.lectura import leer

from .generador import presentacion
from .material import AQUI, CONTEXTO, DEFINICIONES, semilla

CUANTAS = 2000
FORMULARIOS = {
    **DEFINICIONES,
    "base": compilar((AQUI / "rotas/base.yaml").read_text("utf-8"), "base.yaml"),
    "condiciones": compilar((AQUI / "css.yaml").read_text("utf-8"), "css.yaml"),
    "opciones": compilar((AQUI / "opciones.yaml").read_text("utf-8"), "opciones.yaml"),
    "hoy": compilar((AQUI / "hoy.yaml").read_text("utf-8"), "hoy.yaml"),
    "grupos": compilar((AQUI / "grupos.yaml").read_text("utf-8"), "grupos.yaml"),
}

todo_formulario = pytest.mark.parametrize("nombre", FORMULARIOS)


def igual(una: Lectura, otra: Lectura) -> None:
    """Dos lecturas dicen lo mismo."""
    assert dict(una.valores) == dict(otra.valores)
    assert (una.visibles, una.errores, una.avisos) == (otra.visibles, otra.errores, otra.avisos)


@pytest.mark.timeout(60)
@todo_formulario
def test_dos_mil_presentaciones(nombre: str) -> None:
    elegida = semilla()
    azar = random.Random(elegida)
    definicion = FORMULARIOS[nombre]
    validas = 0
    for n in range(CUANTAS):
        crudo = presentacion(definicion, azar)
        try:
            validas += comprobar_lectura(definicion, crudo)
        except Exception as error:
            error.add_note(f"SEMILLA={elegida}, presentación {n}")
            raise
    assert validas >= CUANTAS * 0.3, f"SEMILLA={elegida}"


def comprobar_lectura(definicion: Definicion, crudo: dict[str, Any]) -> bool:
    """Comprueba lo que toda lectura cumple; dice si la presentación fue válida."""
    lectura = definicion.leer(crudo, CONTEXTO)
    assert set(lectura.valores) <= lectura.visibles
    assert {e.de for e in (*lectura.errores, *lectura.avisos)} <= lectura.visibles
    for dicho in (*lectura.errores, *lectura.avisos):
        assert dicho.clave in campo_del_control(definicion, dicho.campo).claves
        assert dicho.texto
    respuestas = lectura.respuestas
    assert (respuestas is None) == bool(lectura.errores)
    if respuestas is None:
        return False
    exigidos = {c.id for c in definicion.campos.values() if c.obligatorio and c.se_responde}
    assert exigidos & lectura.visibles <= set(respuestas)
    vuelta = Respuestas.de_guardadas(json.loads(json.dumps(respuestas.a_json())))
    assert dict(vuelta) == dict(respuestas)
    for cual, valor in vuelta.items():
        assert definicion.campos[cual].mostrar(valor).texto
    return True


def campo_del_control(definicion: Definicion, control: str) -> Campo:
    """El campo que dice un error: el del formulario o, por su camino, el de una fila."""
    primero, *camino = control.split("-")
    campo = definicion.campos[primero]
    # Las partes de un pago dicen lo del pago.
    if campo.tipo == "grupo" and camino:
        campo = next(c for c in campo.campos if c.id == camino[1])
    return campo


@todo_formulario
def test_el_orden_en_que_llegan_no_importa(nombre: str) -> None:
    azar = random.Random(semilla())
    definicion = FORMULARIOS[nombre]
    for _ in range(150):
        crudo = presentacion(definicion, azar, hostilidad=0.1)
        pares = list(crudo.items())
        azar.shuffle(pares)
        igual(definicion.leer(crudo, CONTEXTO), definicion.leer(dict(pares), CONTEXTO))


@todo_formulario
def test_lo_oculto_no_impide_ni_queda(nombre: str) -> None:
    """Responder mal, bien o nada lo que no se muestra da exactamente la misma lectura."""
    azar = random.Random(semilla())
    definicion = FORMULARIOS[nombre]
    for _ in range(150):
        crudo = presentacion(definicion, azar)
        lectura = definicion.leer(crudo, CONTEXTO)
        ocultos = set(definicion.campos) - lectura.visibles
        sin_ellos = {c: v for c, v in crudo.items() if c not in ocultos}
        atacados = {**crudo, **dict.fromkeys(ocultos, "\x00\u202e;")}
        igual(lectura, definicion.leer(sin_ellos, CONTEXTO))
        igual(lectura, definicion.leer(atacados, CONTEXTO))
        assert not ocultos & set(lectura.valores)


def test_lo_oculto_de_una_fila_no_impide_ni_queda() -> None:
    """Lo mismo, dentro de un grupo: responder lo oculto de una fila no cambia la lectura."""
    azar = random.Random(semilla())
    definicion = FORMULARIOS["grupos"]
    ocultos = 0
    for _ in range(300):
        crudo = presentacion(definicion, azar, hostilidad=0)
        comparables = {
            c: definicion.campos[c].comparable(v)
            for c, v in definicion.leer(crudo, CONTEXTO).valores.items()
        }
        atacado, limpio = dict(crudo), dict(crudo)
        for grupo in (c for c in definicion.campos.values() if c.tipo == "grupo"):
            filas = crudo.get(grupo.id) or []
            no_van = [ocultos_de(grupo, fila, comparables) for fila in filas]
            ocultos += sum(map(len, no_van))
            atacado[grupo.id] = [
                {**f, **dict.fromkeys(n, "\x00\u202e;")} for f, n in zip(filas, no_van, strict=True)
            ]
            limpio[grupo.id] = [
                {c: v for c, v in f.items() if c not in n}
                for f, n in zip(filas, no_van, strict=True)
            ]
        lectura = definicion.leer(crudo, CONTEXTO)
        igual(lectura, definicion.leer(atacado, CONTEXTO))
        igual(lectura, definicion.leer(limpio, CONTEXTO))
    assert ocultos > 100


def ocultos_de(grupo: Campo, fila: Mapping[str, Any], antes: Mapping[str, Any]) -> set[str]:
    """Los campos que una fila no muestra, según lo respondido antes y en ella."""
    comparables, ocultos = dict(antes), set()
    for campo in grupo.campos:
        if campo.si is not None and not campo.si.evaluar(comparables):
            ocultos.add(campo.id)
            continue
        valor = leer([(campo, None)], fila, CONTEXTO).valores.get(campo.id)
        if valor is not None:
            comparables[campo.id] = campo.comparable(valor)
    return ocultos


@todo_formulario
def test_lo_que_nadie_pregunto_no_entra(nombre: str) -> None:
    azar = random.Random(semilla())
    definicion = FORMULARIOS[nombre]
    for _ in range(20):
        crudo = presentacion(definicion, azar)
        ajeno = {**crudo, "estado": "atendido", "__class__": "x", "": "y", "csrf_token": "z"}
        igual(definicion.leer(crudo, CONTEXTO), definicion.leer(ajeno, CONTEXTO))


@todo_formulario
def test_leer_no_cambia_lo_que_llega_ni_la_definicion(nombre: str) -> None:
    azar = random.Random(semilla())
    definicion = FORMULARIOS[nombre]
    for _ in range(20):
        crudo = presentacion(definicion, azar, hostilidad=0)
        antes = json.dumps(crudo)
        una = definicion.leer(crudo, CONTEXTO)
        igual(una, definicion.leer(crudo, CONTEXTO))
        assert json.dumps(crudo) == antes
    assert abrir(definicion.canonico).digest == definicion.digest


@todo_formulario
def test_la_definicion_abierta_de_su_forma_canonica_lee_igual(nombre: str) -> None:
    azar = random.Random(semilla())
    definicion = FORMULARIOS[nombre]
    abierta = abrir(definicion.canonico)
    for _ in range(100):
        crudo = presentacion(definicion, azar, hostilidad=0.1)
        igual(definicion.leer(crudo, CONTEXTO), abierta.leer(crudo, CONTEXTO))

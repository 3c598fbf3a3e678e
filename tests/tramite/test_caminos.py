"""Cada transición de cada formulario que se entrega, dada de verdad al menos una vez."""

from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from fabrica import CONTACTO, MESA, RAIZ, VALLE, Mundo

from facilita.definicion import Definicion, Transicion, examinar
from facilita.servicios.catalogo import Catalogo
from facilita.tramite import formularios, seguimiento, subsanacion, vencimientos

PRESENTAR: Mapping[str, Callable[[Mundo], str]] = {
    MESA: lambda mundo: mundo.presentar_mesa(),
    CONTACTO: lambda mundo: mundo.presentar_contacto(),
}
"""Cómo se presenta cada formulario; uno nuevo se agrega aquí."""


class Camino(NamedTuple):
    """Los pasos desde el estado inicial: el último es el que se prueba."""

    formulario: str
    pasos: tuple[Transicion, ...]
    desde: str


def entregados() -> list[Path]:
    """Los de la municipalidad de las pruebas que no declaran roles propios.

    Los demás, con sus roles, sus tareas y las otras entidades, los recorre enteros la simulación
    (`tests/simulacion/test_formularios.py`).
    """
    suyos = sorted((RAIZ / "formularios" / VALLE).glob("*.yaml"))
    return [a for a in suyos if a.name != "entidad.yaml" and not definicion_de(a).roles]


def definicion_de(archivo: Path) -> Definicion:
    catalogo = Catalogo(RAIZ / "plantillas")
    examen = examinar(
        archivo.read_text(), archivo.name, normas=catalogo.ids_de_normas,
        buscar_plantilla=catalogo.plantilla,
    )  # fmt: skip
    assert examen.definicion is not None, examen.fallas
    return examen.definicion


def caminos(definicion: Definicion) -> list[Camino]:
    """El camino más corto a cada transición desde cada estado del que sale."""
    flujo = definicion.flujo
    hasta: dict[str, tuple[Transicion, ...]] = {flujo.inicial: ()}
    cola = deque([flujo.inicial])
    while cola:
        estado = cola.popleft()
        for t in flujo.transiciones:
            if estado in t.de and t.a not in hasta:
                hasta[t.a] = (*hasta[estado], t)
                cola.append(t.a)
    return [
        Camino(definicion.id, (*hasta[estado], t), estado)
        for t in flujo.transiciones
        for estado in t.de
        if estado in hasta
    ]


TODOS = [camino for archivo in entregados() for camino in caminos(definicion_de(archivo))]


def test_hay_camino_a_todas_las_transiciones():
    """N06, N08, N09, N11: ninguna transición de lo que se entrega queda sin probar."""
    declaradas = {
        (definicion.id, t.id, estado)
        for definicion in map(definicion_de, entregados())
        for t in definicion.flujo.transiciones
        for estado in t.de
    }
    assert {(c.formulario, c.pasos[-1].id, c.desde) for c in TODOS} == declaradas
    assert {c.formulario for c in TODOS} <= set(PRESENTAR), "falta decir cómo se presenta"
    assert len(declaradas) >= 16


@pytest.mark.parametrize(
    "camino", TODOS, ids=[f"{c.formulario}-{c.desde}-{c.pasos[-1].id}" for c in TODOS]
)
def test_la_transicion_ocurre(mundo: Mundo, camino: Camino):
    """N06, N07, N08, N09, N11, N12: cada paso cambia el estado y queda escrito, con sus avisos."""
    formularios.vigente(mundo.entorno, VALLE, camino.formulario)
    codigo = PRESENTAR[camino.formulario](mundo)
    for paso in camino.pasos:
        dar(mundo, codigo, paso)
    solicitud = mundo.solicitud(codigo)
    ultimo = [m for m in mundo.movimientos(codigo) if m.a][-1]
    paso = camino.pasos[-1]
    assert (ultimo.transicion, ultimo.de, ultimo.a) == (paso.id, camino.desde, paso.a)
    assert solicitud.estado == paso.a
    definicion = seguimiento.ver_expediente(mundo.entorno, codigo).definicion
    assert solicitud.abierta is not definicion.flujo.estados[paso.a].final
    assert solicitud.suspendida is definicion.flujo.estados[paso.a].suspende
    avisos = [m for p in camino.pasos for m in p.mensajes()]
    al_presentar = [e.dato for e in definicion.al_presentar]
    assert mundo.correos(codigo) == [*al_presentar, *avisos]


def dar(mundo: Mundo, codigo: str, paso: Transicion) -> None:
    """Da un paso como lo da quien le toca."""
    if "reloj" in paso.quien:
        esperar_al_reloj(mundo, codigo)
    elif "ciudadano" in paso.quien:
        de_ciudadano(mundo, codigo, paso)
    else:
        de_personal(mundo, codigo, paso)


def esperar_al_reloj(mundo: Mundo, codigo: str) -> None:
    enterarse(mundo, codigo)
    mundo.pasar(days=60)
    assert vencimientos.vencer(mundo.entorno) == 1


def de_ciudadano(mundo: Mundo, codigo: str, paso: Transicion) -> None:
    enterarse(mundo, codigo)
    if paso.acto != "subsanacion":
        seguimiento.actuar(mundo.entorno, codigo, paso.id, pedido(paso))
        return
    entidad, sid = mundo.entidad(), mundo.solicitud(codigo).id
    ficha = subsanacion.abrir_correccion(mundo.entorno, entidad.id, sid)
    ahora = mundo.reloj.ahora()
    subsanacion.subsanar(mundo.entorno, entidad, ficha, {}, ahora, aunque_sea_igual=True)


def de_personal(mundo: Mundo, codigo: str, paso: Transicion) -> None:
    crudo = pedido(paso)
    if paso.acto == "observacion":
        campos = seguimiento.ver_expediente(mundo.entorno, codigo).definicion.campos
        crudo[f"observacion-{next(c.id for c in campos.values() if c.se_responde)}"] = "Falta."
    archivos = [mundo.subida(c.id) for c in paso.pide if c.es_archivo]
    mundo.transitar(codigo, paso.id, crudo, archivos, quien="ana")


def enterarse(mundo: Mundo, codigo: str) -> None:
    identidad = mundo.solicitud(codigo).identidad
    seguimiento.comprobar_identidad(mundo.entorno, codigo, identidad)


def pedido(paso: Transicion) -> dict[str, Any]:
    """Una respuesta para cada cosa que el paso pide."""
    return {
        campo.id: f"Respuesta a {campo.etiqueta}" for campo in paso.pide if not campo.es_archivo
    }

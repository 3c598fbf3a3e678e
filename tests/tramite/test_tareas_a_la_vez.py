"""Dos personas a la vez: una tarea se responde una vez, un enlace sirve una vez, ni un hueco."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from fabrica import VALLE, Mundo
from propios import INFORMACION, con_plataforma, con_roles, pedir_acceso, presentar
from test_altas import NUEVA, aprobar, ficha
from test_tareas import abrir, responder

from facilita.tramite import borradores, formularios, invitaciones
from facilita.tramite.errores import Negativa
from facilita.tramite.modelos import Movimiento, Solicitud, Tarea


def a_la_vez(cuantas: int, hacer: Callable[[], Any]) -> list[type[Any]]:
    """Hace lo mismo desde varios hilos; da qué pasó en cada uno."""

    def intentar(_: int) -> type[Any]:
        try:
            hacer()
        except Negativa as negativa:
            return type(negativa)
        return type(None)

    with ThreadPoolExecutor(cuantas) as hilos:
        return list(hilos.map(intentar, range(cuantas)))


def test_una_tarea_se_responde_una_vez(mundo: Mundo):
    """N12: la segunda respuesta encuentra la tarea cerrada y no deja movimiento."""
    con_roles(mundo)
    codigo = presentar(mundo)
    cual = abrir(mundo, codigo)
    hechas = a_la_vez(4, lambda: responder(mundo, codigo, cual))
    assert hechas.count(type(None)) == 1
    assert mundo.tipos(codigo).count("tarea_respondida") == 1


def test_la_misma_tarea_no_se_abre_dos_veces(mundo: Mundo):
    con_roles(mundo)
    codigo = presentar(mundo)
    assert a_la_vez(4, lambda: abrir(mundo, codigo)).count(type(None)) == 1
    assert mundo.cuantas(Tarea) == [1]


def test_un_enlace_pone_una_sola_clave(mundo: Mundo):
    """N61: dos envíos del mismo enlace no valen los dos."""
    con_plataforma(mundo)
    aprobar(mundo, pedir_acceso(mundo))
    enlace = ficha(mundo)
    hechas = a_la_vez(4, lambda: invitaciones.aceptar(mundo.entorno, enlace, NUEVA))
    assert hechas.count(type(None)) == 1


def test_aprobar_a_la_vez_crea_una_entidad(mundo: Mundo):
    con_plataforma(mundo)
    codigo = pedir_acceso(mundo)
    assert a_la_vez(4, lambda: aprobar(mundo, codigo)).count(type(None)) == 1
    assert len(mundo.todo(Movimiento, Movimiento.tipo == "entidad_creada")) == 1


def test_la_serie_propia_no_deja_huecos(mundo: Mundo):
    """N22: doce a la vez, del uno al doce."""
    con_roles(mundo)
    vigente = formularios.vigente(mundo.entorno, VALLE, INFORMACION)
    crudo = {"nombre": "Julia Mamani", "correo": "julia@example.com", "mensaje": "Hola"}
    fichas = [borradores.abrir(mundo.entorno, vigente, crudo)[0] for _ in range(12)]
    with ThreadPoolExecutor(6) as hilos:
        list(hilos.map(mundo.presentar, fichas))
    numeros = {s.numero_propio for s in mundo.todo(Solicitud)}
    assert numeros == {f"{n:04}-2026-AIP" for n in range(1, 13)}

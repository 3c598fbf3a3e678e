"""Quien olvidó su contraseña pone otra con un enlace que llega a su correo."""

from collections.abc import Callable

import pytest
from fabrica import CLAVE, Mundo, correo_de
from flask import Flask

from facilita.tramite import olvidos, sesiones
from facilita.tramite.envios import texto_de
from facilita.tramite.modelos import Bitacora, Intento, Salida, SesionAbierta

from .cliente import Visita

NUEVA = "tortuga lenta 84"


def enlace(mundo: Mundo) -> str:
    """El último enlace, como llega a su correo."""
    salida = [s for s in mundo.todo(Salida) if s.clave.startswith("olvido.")][-1]
    assert "/contrasena/" in salida.datos["texto"]
    dicho = texto_de(mundo.entorno, salida).split("/contrasena/")[1].split()[0]
    assert dicho not in salida.datos["texto"], "la bandeja de salida no guarda el enlace"
    return "/contrasena/" + dicho


@pytest.mark.usefixtures("sin_limites")
def test_del_olvido_a_la_contrasena_nueva(app: Flask, mundo: Mundo) -> None:
    """Con el enlace se pone otra, se cierran las sesiones y se levanta el castigo."""
    luis = Visita(app).ingresar("luis")
    for _ in range(6):
        Visita(app).con_csrf("/ingresar", {"correo": correo_de("luis"), "clave": "no es esta"})
    visita = Visita(app)
    respuesta = visita.con_csrf("/ingresar/olvido", {"correo": f" {correo_de('luis').upper()} "})
    assert respuesta.status_code == 303
    lugar = enlace(mundo)

    assert visita.con_csrf(lugar, {"nueva": "corta"}).status_code == 422
    respuesta = visita.con_csrf(lugar, {"nueva": NUEVA})

    assert respuesta.status_code == 303
    assert luis.ver("/cuenta").status_code in (303, 401)
    assert not mundo.todo(SesionAbierta) and not mundo.todo(Intento)
    assert sesiones.ingresar(mundo.entorno, correo_de("luis"), NUEVA, None)
    assert visita.ver(lugar).status_code == 410, "sirve una sola vez"
    hechos = {b.accion for b in mundo.todo(Bitacora)}
    assert {"clave.olvidada", "clave.repuesta"} <= hechos


@pytest.mark.usefixtures("sin_limites")
def test_no_dice_que_correos_tienen_cuenta(app: Flask, mundo: Mundo) -> None:
    dichos = []
    for correo in (correo_de("luis"), "nadie@vallesereno.example"):
        visita = Visita(app)
        respuesta = visita.con_csrf("/ingresar/olvido", {"correo": correo})
        dichos.append((respuesta.status_code, respuesta.location, visita.leer("/ingresar").texto))
    assert dichos[0] == dichos[1]
    assert len([s for s in mundo.todo(Salida) if s.clave.startswith("olvido.")]) == 1


def test_insistir_no_llena_el_correo_y_cada_enlace_vence(mundo: Mundo) -> None:
    pedidos: Callable[[], int] = lambda: len(  # noqa: E731
        [s for s in mundo.todo(Salida) if s.clave.startswith("olvido.")]
    )
    for _ in range(3):
        olvidos.pedir(mundo.entorno, correo_de("luis"))
    assert pedidos() == 1
    mundo.pasar(minutes=10)
    olvidos.pedir(mundo.entorno, correo_de("luis"))
    assert pedidos() == 2
    cual = enlace(mundo).rpartition("/")[2]
    assert olvidos.mirar(mundo.entorno, cual).correo == correo_de("luis")
    mundo.pasar(hours=1)
    with pytest.raises(olvidos.Vencido):
        olvidos.mirar(mundo.entorno, cual)
    assert sesiones.ingresar(mundo.entorno, correo_de("luis"), CLAVE, None)


@pytest.mark.parametrize(
    "malo",
    ["x", "1.2.3", "999999999.1.{f}", "99999999999999.1.{f}", "1.99999999999999.{f}", "..", "%00"],
)
def test_un_enlace_inventado_no_abre_nada(app: Flask, malo: str) -> None:
    respuesta = Visita(app).ver("/contrasena/" + malo.format(f="a" * 43))
    assert respuesta.status_code in (404, 410)

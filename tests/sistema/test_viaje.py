"""Un documento, de la portada a la respuesta, en un navegador de verdad y en un teléfono."""

from pathlib import Path

import pytest
from fabrica import pdf

from facilita.tramite.modelos import Solicitud

from .conftest import AbrirVentana
from .personas import Persona, Teclado
from .servidor import Sitio
from .viaje import Ciudadano, Funcionario


@pytest.mark.parametrize(
    ("motor", "clase", "script"),
    [
        pytest.param("sqlite", Persona, True, id="con_script", marks=pytest.mark.larga),
        pytest.param("postgresql", Persona, True, id="con_script_en_postgresql"),
        pytest.param("sqlite", Persona, False, id="sin_script"),
        pytest.param("sqlite", Teclado, True, id="solo_teclado"),
    ],
    indirect=["motor"],
)
def test_de_la_portada_a_la_respuesta(
    sitio: Sitio, abrir_ventana: AbrirVentana, carta: Path, clase: type[Persona], script: bool
) -> None:
    quien = Ciudadano(clase(abrir_ventana(sitio, script=script)), sitio, carta)
    luis = Funcionario(clase(abrir_ventana(sitio, script=script)), carta)

    codigo = quien.presentar()
    quien.seguir(codigo)

    luis.ingresar()
    luis.abrir_la_primera()
    sitio.mundo.pasar(hours=1)
    luis.tomar()
    luis.observar()

    sitio.mundo.pasar(hours=20)
    quien.corregir()

    sitio.mundo.pasar(hours=1)
    luis.persona.ventana.contexto.clear_cookies()
    luis.ingresar()
    luis.abrir_la_primera()
    luis.responder()

    assert quien.leer_respuesta("carta.pdf") == pdf(3)
    (solicitud,) = sitio.mundo.todo(Solicitud)
    assert (solicitud.codigo, solicitud.estado) == (codigo, "atendido")

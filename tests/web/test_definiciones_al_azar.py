"""Lo que se acepta se puede publicar, ver, llenar, presentar y atender: formularios inventados."""

import random
from typing import Any

import pytest
from definiciones_al_azar import definiciones, escribir
from fabrica import VALLE, Mundo
from flask import Flask
from hypothesis import HealthCheck, assume, given, settings

from facilita.definicion import examinar_dato
from facilita.simulacion.casos import Simulacion
from facilita.simulacion.mundo import CorreoDeEnsayo, repartir_roles
from facilita.simulacion.mundo import Mundo as MundoDeEnsayo
from facilita.simulacion.presentaciones import separar
from facilita.simulacion.respuestas import Encargo, redactar
from facilita.tramite import borradores, formularios
from facilita.tramite.formularios import Vigente
from facilita.tramite.modelos import Solicitud

from .cliente import Visita

SIN_PRISA = settings(
    max_examples=20,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
# Lo que se prueba no depende del motor: con uno basta, y el otro lo prueban las simulaciones.
en_sqlite = pytest.mark.parametrize("motor", ["sqlite"], indirect=True)


class Recorrido:
    """Publica formularios inventados y los usa por todas sus puertas."""

    def __init__(self, mundo: Mundo, app: Flask) -> None:
        self.mundo = mundo
        self.app = app
        self.publicados = 0
        self.actores = [mundo.actor(n) for n in ("luis", "oscar", "norma", "nora", "ana")]

    def usar(self, dato: dict[str, Any]) -> None:
        """Todo lo que se hace con un formulario, de publicarlo a exportar lo recibido."""
        entorno = self.mundo.entorno
        self.publicados += 1
        texto = escribir({**dato, "formulario": f"inventado-{self.publicados}"})
        entidad = self.mundo.entidad().id
        publicado = formularios.publicar(entorno, entidad, texto, "inventado", motivo="Prueba")
        vigente = formularios.vigente(entorno, VALLE, publicado.formulario)
        repartir_roles(entorno, vigente, self.actores)
        de_ensayo = MundoDeEnsayo(
            entorno, self.mundo.reloj, vigente, self.actores, CorreoDeEnsayo()
        )
        azar = random.Random(publicado.digest)
        self.ver_todo(de_ensayo, vigente, azar)
        simulacion = Simulacion(de_ensayo, 0)
        for _ in range(3):
            simulacion.un_caso(Encargo("al azar", llena=True))
        assert not simulacion.tropiezos, simulacion.tropiezos[0]
        self.ver_lo_recibido(vigente)

    def ver_todo(self, de_ensayo: MundoDeEnsayo, vigente: Vigente, azar: random.Random) -> None:
        """La primera página, y las de un borrador bien y otro mal respondido, hasta la revisión."""
        visita, entorno = Visita(self.app), self.mundo.entorno
        direccion = f"/{VALLE}/{vigente.slug}"
        visita.leer(direccion)
        assert visita.enviar(direccion, {"accion": "continuar"}).status_code in (303, 422)
        contexto = vigente.contexto(entorno)
        for encargo in (Encargo("bien", llena=True), Encargo("mal", hostil=True)):
            crudo = redactar(vigente.definicion, contexto, encargo, azar)
            escrito, subidas, _ = separar(de_ensayo, vigente.definicion.campos.values(), crudo)
            ficha, paso = borradores.abrir(entorno, vigente, escrito, subidas)
            for ruta in (*(p.id for p in vigente.definicion.paginas), "revisar"):
                donde = f"{direccion}/borrador/{ficha}/{ruta}"
                assert visita.ver(donde).status_code in (200, 303), ruta
            for pagina in paso.paginas:
                donde = f"{direccion}/borrador/{ficha}/{pagina.id}"
                assert visita.enviar(donde, {"accion": "continuar"}).status_code in (303, 422)
            donde = f"{direccion}/borrador/{ficha}/revisar"
            assert visita.enviar(donde, {"accion": "presentar"}).status_code in (303, 422)

    def ver_lo_recibido(self, vigente: Vigente) -> None:
        """Cada solicitud, por el ciudadano y por el personal."""
        de_este = Solicitud.formulario_id == vigente.formulario_id
        # El reloj avanzó días: su sesión pudo terminar.
        personal = Visita(self.app).ingresar("ana")
        for solicitud in self.mundo.todo(Solicitud, de_este):
            personal.leer(f"/bandeja/{solicitud.id}")
            for transicion in vigente.definicion.flujo.transiciones:
                donde = f"/bandeja/{solicitud.id}/paso/{transicion.id}"
                assert personal.ver(donde).status_code in (200, 303, 404, 409, 410)
            visita = Visita(self.app)
            visita.leer(f"/seguimiento/{solicitud.codigo}")
            if solicitud.identidad:
                visita.abrir_expediente(solicitud.codigo, solicitud.identidad)


@pytest.fixture
def recorrido(mundo: Mundo, app: Flask, sin_limites: None) -> Recorrido:
    """Un recorrido sobre la aplicación de una prueba."""
    return Recorrido(mundo, app)


@en_sqlite
@pytest.mark.timeout(300)
@SIN_PRISA
@given(dato=definiciones)
def test_lo_que_se_acepta_recorre_todo_el_sistema(
    recorrido: Recorrido, dato: dict[str, Any]
) -> None:
    assume(examinar_dato(dato).definicion is not None)
    recorrido.usar(dato)


@en_sqlite
@pytest.mark.larga
@pytest.mark.timeout(7200)
@settings(SIN_PRISA, max_examples=500)
@given(dato=definiciones)
def test_quinientas_definiciones_recorren_todo_el_sistema(
    recorrido: Recorrido, dato: dict[str, Any]
) -> None:
    assume(examinar_dato(dato).definicion is not None)
    recorrido.usar(dato)

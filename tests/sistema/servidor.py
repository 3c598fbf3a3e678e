"""Un sitio de verdad para un navegador de verdad: waitress en un hilo y el reloj en la mano."""

import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread
from typing import Any

import waitress
import waitress.channel
from fabrica import Mundo, armar_entorno, poblar
from flask import Flask

from facilita.config import leer_configuracion
from facilita.servicios.correo_carpeta import CorreoGuardado, leer_carpeta
from facilita.servicios.mensajeria import MensajeriaDemo
from facilita.trabajador import arrancar_en_hilo
from facilita.tramite.bd import BaseDeDatos
from facilita.tramite.entorno import Entorno, Memoria
from facilita.web import create_app
from facilita.web.limites import limitador

LOCAL = "127.0.0.1"


@dataclass(frozen=True)
class Sitio:
    """Un servidor que atiende: su dirección, su aplicación y el mundo que hay detrás."""

    direccion: str
    app: Flask
    mundo: Mundo
    carpeta: Path

    def correo(self, asunto: str, segundos: float = 20.0) -> CorreoGuardado:
        """El correo más nuevo con ese trozo de asunto; lo espera."""
        limite = time.monotonic() + segundos
        while time.monotonic() < limite:
            for correo in leer_carpeta(self.carpeta / "correos"):
                if asunto in correo.asunto:
                    return correo
            time.sleep(0.05)
        raise AssertionError(f"no llegó ningún correo con «{asunto}»")

    def enlace(self, asunto: str) -> str:
        """La dirección que lleva ese correo."""
        texto = self.correo(asunto).texto
        hallados = re.findall(rf"{re.escape(self.direccion)}\S+", texto)
        assert len(hallados) == 1, texto
        return str(hallados[0])


class _Canal(waitress.channel.HTTPChannel):
    """Si la línea se corta a mitad de un envío, suelta lo que llevaba leído sin esperar al azar."""

    def handle_close(self) -> None:
        super().handle_close()
        if self.request is not None:
            self.request.close()


class Servidor:
    """waitress en un hilo; se detiene de verdad y suelta todo lo que abrió."""

    def __init__(self, app: Flask, enchufe: socket.socket) -> None:
        self._servidor = waitress.create_server(app, sockets=[enchufe], threads=4, ident=None)
        self._servidor.channel_class = _Canal
        self._hilo = Thread(target=self._servidor.run, name="servidor", daemon=True)
        self._hilo.start()

    def parar(self) -> None:
        """Cierra sus conexiones y espera a que termine lo que estaba atendiendo."""
        self._servidor.trigger.pull_trigger(self._cerrar)
        self._hilo.join(15)
        assert not self._hilo.is_alive()
        self._servidor.task_dispatcher.shutdown()

    def _cerrar(self) -> None:
        # Corre en el hilo del servidor: sin conexiones que mirar, su vuelta termina.
        for abierto in list(self._servidor._map.values()):
            abierto.close()


@contextmanager
def servir(
    bd: BaseDeDatos,
    url: str,
    carpeta: Path,
    *,
    trabaja: bool,
    poblar: Callable[[Entorno], None] = poblar,
) -> Iterator[Sitio]:
    """Puebla una base recién migrada y la atiende en un puerto libre."""
    enchufe = socket.create_server((LOCAL, 0), backlog=64)
    direccion = f"http://{LOCAL}:{enchufe.getsockname()[1]}"
    base = armar_entorno(bd, carpeta)
    entorno = replace(
        base, direccion_publica=direccion, punteros=Memoria(100, segundos=0.0), con_casilla=True,
        mensajeria=MensajeriaDemo(carpeta / "celulares", demo=True),
    )  # fmt: skip
    poblar(entorno)
    with _aplicacion(entorno, url, carpeta) as app:
        servidor = Servidor(app, enchufe)
        trabajador = arrancar_en_hilo(entorno, pausa=0.5) if trabaja else None
        try:
            yield Sitio(direccion, app, Mundo.en(entorno), carpeta)
        finally:
            if trabajador:
                assert trabajador.parar()
            servidor.parar()


@contextmanager
def _aplicacion(entorno: Any, url: str, carpeta: Path) -> Iterator[Flask]:
    ajustes = {
        "FACILITA_DEMO": "si",
        # El reloj está quieto: todo se presentaría al instante.
        "FACILITA_SEGUNDOS_DE_REVISION": "0",
        "FACILITA_SECRETO": "un secreto de prueba que no sirve en ningún otro sitio",
        "FACILITA_DIRECCION_PUBLICA": entorno.direccion_publica,
        "FACILITA_CARPETA_DE_DATOS": str(carpeta),
        "FACILITA_BASE_DE_DATOS": url,
        "FACILITA_CORREO": f"carpeta:{carpeta / 'correos'}",
        "FACILITA_CASILLA": "si",
        "FACILITA_MENSAJERIA": f"demo:{carpeta / 'celulares'}",
    }
    # Las cuentas de los límites son del proceso: cada sitio devuelve las que encontró.
    antes = getattr(limitador, "storage", None)
    app = create_app(leer_configuracion(None, ajustes), entorno)
    try:
        yield app
    finally:
        limitador.storage.motor.dispose()
        if antes is not None:
            limitador.storage = antes

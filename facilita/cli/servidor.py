"""Atender: granian si está instalado y, si no, waitress; con el trabajador al lado si se pide."""

import gc
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from threading import Event
from typing import Any

import click
import waitress  # type: ignore[import-untyped]
import waitress.parser  # type: ignore[import-untyped]
import waitress.utilities  # type: ignore[import-untyped]
from flask import Flask

import facilita
from facilita.config import Configuracion, leer_configuracion
from facilita.trabajador import arrancar_en_hilo
from facilita.tramite.entorno import Entorno
from facilita.web.peticion import VECES_EL_MAXIMO

EN_COLA = 1024
PESA_DEMASIADO = (
    "Lo que envías pesa demasiado y no se recibió. Vuelve a la página anterior: lo que ya "
    "guardaste sigue ahí. Sube los archivos de a uno."
)
CABEZA_MAXIMA = 64 * 1024
ESPERA_AL_CERRAR = 20


def hay_granian() -> bool:
    """Si granian está instalado."""
    return find_spec("granian") is not None


def exigir_puerto_libre(direccion: str, puerto: int) -> None:
    """Dice a tiempo que el puerto está ocupado, antes de preparar nada."""
    familia = socket.AF_INET6 if ":" in direccion else socket.AF_INET
    with closing(socket.socket(familia, socket.SOCK_STREAM)) as enchufe:
        # Como lo abrirá el servidor: un puerto recién cerrado no está ocupado.
        enchufe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            enchufe.bind((direccion, puerto))
        except OSError as falla:
            donde = f"{direccion}:{puerto}"
            frase = f"No se puede atender en {donde}: {falla.strerror}. Usa otro puerto."
            raise click.ClickException(frase) from None


class _Demasiado(waitress.utilities.RequestEntityTooLarge):  # type: ignore[misc]
    """La negativa de waitress a leer un envío enorme, dicha en español."""

    def to_response(self, ident: object = None) -> tuple[str, list[tuple[str, str]], bytes]:
        cabeceras = [("Content-Type", "text/plain; charset=utf-8"), ("Connection", "close")]
        return "413 Content Too Large", cabeceras, PESA_DEMASIADO.encode()


def atender_con_waitress(
    app: Flask, entorno: Entorno, configuracion: Configuracion, direccion: str, puerto: int
) -> None:
    """Atiende en este proceso hasta Ctrl-C o SIGTERM; el trabajador, en un hilo."""
    waitress.parser.RequestEntityTooLarge = _Demasiado
    servidor = waitress.create_server(
        app,
        host=direccion,
        port=puerto,
        threads=configuracion.hilos,
        backlog=EN_COLA,
        max_request_header_size=CABEZA_MAXIMA,
        max_request_body_size=VECES_EL_MAXIMO * configuracion.tamano_maximo_envio_mb * 1024 * 1024,
        ident=None,
        clear_untrusted_proxy_headers=configuracion.saltos_de_proxy == 0,
    )
    asentar_memoria()
    embebido = configuracion.trabajador_embebido
    hilo: Any = arrancar_en_hilo(entorno) if embebido else nullcontext()
    with hilo, _terminar_con_sigterm():
        # `run` atrapa Ctrl-C y espera a que terminen las peticiones en curso.
        servidor.run()
    servidor.close()


@contextmanager
def _terminar_con_sigterm() -> Iterator[None]:
    """Mientras dura, SIGTERM termina igual que Ctrl-C."""
    anterior = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, anterior)


def atender_con_granian(
    ruta: Path | None, configuracion: Configuracion, direccion: str, puerto: int, procesos: int
) -> None:
    """Atiende con granian en varios procesos; el trabajador, en el suyo."""
    granian = import_module("granian")
    servidor = granian.Granian(
        "facilita",
        address=direccion,
        port=puerto,
        interface="wsgi",
        workers=procesos,
        blocking_threads=configuracion.hilos,
        respawn_failed_workers=True,
        workers_kill_timeout=ESPERA_AL_CERRAR,
    )
    with _trabajador_aparte(ruta, si=configuracion.trabajador_embebido):
        servidor.serve(target_loader=partial(cargar, ruta), wrap_loader=False)


def cargar(ruta: Path | None) -> Flask:
    """La aplicación de un proceso de granian."""
    app: Flask = facilita.create_app(leer_configuracion(ruta, os.environ))
    asentar_memoria()
    return app


def asentar_memoria() -> None:
    """Aparta lo que vivirá mientras viva el proceso: buscar basura ahí cuesta y nunca la hay."""
    gc.collect()
    gc.freeze()


@contextmanager
def _trabajador_aparte(ruta: Path | None, *, si: bool) -> Iterator[None]:
    if not si:
        yield
        return
    opciones = ["--configuracion", str(ruta)] if ruta else []
    orden = [sys.executable, "-m", "facilita.cli", *opciones, "trabajador"]
    # En su propio grupo: el Ctrl-C de la terminal no le llega dos veces.
    proceso = subprocess.Popen(orden, start_new_session=True)  # noqa: S603
    try:
        yield
    finally:
        proceso.terminate()
        try:
            proceso.wait(ESPERA_AL_CERRAR)
        except subprocess.TimeoutExpired:
            proceso.kill()


@contextmanager
def parar_con_senales() -> Iterator[Event]:
    """Un aviso que se enciende con Ctrl-C o SIGTERM, para terminar lo que se tiene entre manos."""
    parar = Event()
    senales = (signal.SIGINT, signal.SIGTERM)
    anteriores = [signal.signal(s, lambda *_: parar.set()) for s in senales]
    try:
        yield parar
    finally:
        for senal, anterior in zip(senales, anteriores, strict=True):
            signal.signal(senal, anterior)

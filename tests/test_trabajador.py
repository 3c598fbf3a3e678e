"""El trabajador: agota lo pendiente, no muere por una falla y se detiene cuando se le pide."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from fabrica import CLAVE, LUNES, Mundo, armar_entorno, correo_de, poblar

from facilita.servicios.antivirus import abrir_antivirus
from facilita.servicios.correo import Entrega, leer_carpeta
from facilita.trabajador import TAREAS, Tarea, Trabajador, Vuelta, arrancar_en_hilo
from facilita.tramite import seguimiento, sesiones
from facilita.tramite.bd import BaseDeDatos
from facilita.tramite.entorno import Entorno
from facilita.tramite.modelos import (
    Analisis,
    Borrador,
    Documento,
    Notificacion,
    Salida,
    SesionAbierta,
)

RAIZ = Path(__file__).parent.parent


@pytest.fixture
def mundo(bd: BaseDeDatos, tmp_path: Path) -> Mundo:
    """Dos entidades recién creadas, en cada motor."""
    entorno = armar_entorno(bd, tmp_path)
    poblar(entorno)
    return Mundo.en(entorno)


@pytest.fixture
def de_nadie(tmp_path: Path) -> Iterator[Entorno]:
    """Un entorno para tareas de mentira: no llegan a tocar la base."""
    bd = BaseDeDatos(f"sqlite:///{tmp_path}/nada.db")
    yield armar_entorno(bd, tmp_path)
    bd.cerrar()


def situaciones(mundo: Mundo) -> list[str]:
    """Cómo está cada envío."""
    return [salida.situacion for salida in mundo.todo(Salida)]


def esperar(condicion: Callable[[], bool], segundos: float = 10.0) -> None:
    """Espera a que algo ocurra; si no ocurre, la prueba falla."""
    limite = time.monotonic() + segundos
    while not condicion():
        assert time.monotonic() < limite, "no ocurrió a tiempo"
        time.sleep(0.02)


class Contadora:
    """Una tarea que hace lo que se le dice y recuerda cuántas veces la llamaron."""

    def __init__(self, *resultados: int | Exception, siempre: int | Exception = 0) -> None:
        self.resultados = list(resultados)
        self.siempre = siempre
        self.veces = 0

    def __call__(self, _entorno: Entorno) -> int:
        self.veces += 1
        resultado = self.resultados.pop(0) if self.resultados else self.siempre
        if isinstance(resultado, Exception):
            raise resultado
        return resultado


def trabajador_con(entorno: Entorno, **tareas: Callable[[Entorno], int]) -> Trabajador:
    """Un trabajador rápido con esas tareas."""
    lista = tuple(Tarea(nombre, hacer) for nombre, hacer in tareas.items())
    return Trabajador(entorno, pausa=0.01, espera=0.05, tareas=lista)


def del_correo(entorno: Entorno) -> Trabajador:
    """Un trabajador con todo menos los documentos, que tienen sus pruebas."""
    return Trabajador(entorno, tareas=tuple(t for t in TAREAS if t.nombre != "componer"))


# --- lo que hace --------------------------------------------------------------------------------


def test_una_vuelta_agota_los_correos(mundo: Mundo, tmp_path: Path) -> None:
    for _ in range(23):
        mundo.presentar_contacto()
    assert situaciones(mundo) == ["lista"] * 23
    assert del_correo(mundo.entorno).vuelta() == Vuelta(23)
    assert situaciones(mundo) == ["entregada"] * 23
    assert len(leer_carpeta(tmp_path / "correos", 100)) == 23
    assert del_correo(mundo.entorno).vuelta() == Vuelta(0)


def test_dos_trabajadores_a_la_vez_no_repiten_ninguno(mundo: Mundo, tmp_path: Path) -> None:
    for _ in range(30):
        mundo.presentar_contacto()
    hilos = [Thread(target=del_correo(mundo.entorno).vuelta) for _ in range(3)]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join()
    del_correo(mundo.entorno).vuelta()
    assert situaciones(mundo) == ["entregada"] * 30
    assert len(list((tmp_path / "correos").glob("*.eml"))) == 30


def test_da_los_pasos_del_reloj(mundo: Mundo) -> None:
    codigo = mundo.presentar_mesa()
    mundo.observar(codigo)
    trabajador = del_correo(mundo.entorno)
    trabajador.vuelta()
    assert mundo.solicitud(codigo).estado == "observado"
    mundo.pasar(days=4)
    trabajador.vuelta()
    assert mundo.todo(Notificacion)[0].por_cedula
    assert mundo.solicitud(codigo).estado == "observado"


def test_vence_lo_que_no_se_corrigio(mundo: Mundo) -> None:
    codigo = mundo.presentar_mesa()
    mundo.observar(codigo)
    identidad = mundo.solicitud(codigo).identidad
    seguimiento.comprobar_identidad(mundo.entorno, codigo, identidad)
    mundo.pasar(days=4)
    del_correo(mundo.entorno).vuelta()
    assert mundo.solicitud(codigo).estado == "no_presentado"
    assert mundo.correos(codigo)[-1] == "no_presentado"


def test_barre_las_sesiones_una_vez_por_hora(mundo: Mundo) -> None:
    def abrir_y_vencer() -> None:
        sesiones.ingresar(mundo.entorno, correo_de("ana"), CLAVE, None)
        mundo.pasar(hours=13)

    trabajador = del_correo(mundo.entorno)
    abrir_y_vencer()
    trabajador.vuelta()
    assert mundo.todo(SesionAbierta) == []
    abrir_y_vencer()
    trabajador.vuelta()
    assert len(mundo.todo(SesionAbierta)) == 1


def test_barre_lo_que_nadie_presento(mundo: Mundo) -> None:
    codigo = mundo.presentar_mesa()
    mundo.abrir_mesa()
    mundo.abrir_contacto()
    mundo.pasar(days=9)
    del_correo(mundo.entorno).vuelta()
    assert [b.presentado for b in mundo.todo(Borrador)] == [True]
    assert mundo.solicitud(codigo).codigo == codigo


def test_un_correo_caido_no_lo_detiene(mundo: Mundo) -> None:
    class Caido:
        def enviar(self, lote: Any) -> list[Entrega]:
            return [Entrega(m.id_mensaje, False, False, "421 luego") for m in lote]

    mundo.presentar_contacto()
    trabajador = del_correo(replace(mundo.entorno, correo=Caido()))
    assert trabajador.vuelta() == Vuelta(1)
    assert trabajador.vuelta() == Vuelta(0)
    assert situaciones(mundo) == ["lista"]
    mundo.pasar(minutes=1)
    assert del_correo(mundo.entorno).vuelta() == Vuelta(1)
    assert situaciones(mundo) == ["entregada"]


# --- fallas -------------------------------------------------------------------------------------


def test_la_falla_de_una_tarea_no_detiene_a_las_demas(de_nadie: Entorno) -> None:
    mala, buena = Contadora(siempre=RuntimeError("base caída")), Contadora(3, siempre=0)
    assert trabajador_con(de_nadie, mala=mala, buena=buena).vuelta() == Vuelta(3, ("mala",))


def test_la_que_falla_se_aparta_cada_vez_mas_y_vuelve(de_nadie: Entorno) -> None:
    mala = Contadora(OSError("1"), OSError("2"), siempre=0)
    trabajador = trabajador_con(de_nadie, mala=mala)
    assert trabajador.vuelta().fallaron == ("mala",)
    assert trabajador.vuelta() == Vuelta(0)
    assert mala.veces == 1
    time.sleep(0.06)
    assert trabajador.vuelta().fallaron == ("mala",)
    time.sleep(0.06)
    assert trabajador.vuelta() == Vuelta(0)
    assert mala.veces == 2
    time.sleep(0.06)
    trabajador.vuelta()
    assert mala.veces == 3
    trabajador.vuelta()
    assert mala.veces == 4


def test_una_tarea_sin_fin_deja_su_turno(de_nadie: Entorno) -> None:
    llena, otra = Contadora(siempre=20), Contadora()
    vuelta = trabajador_con(de_nadie, llena=llena, otra=otra).vuelta()
    assert vuelta.hechos == 20 * llena.veces
    assert otra.veces == 1


def test_si_le_piden_parar_no_empieza_otro_lote(de_nadie: Entorno) -> None:
    parar = Event()
    despues = Contadora(siempre=5)

    def pedir_que_pare(_entorno: Entorno) -> int:
        parar.set()
        return 5

    trabajador = trabajador_con(de_nadie, una=pedir_que_pare, despues=despues)
    assert trabajador.vuelta(parar) == Vuelta(5)
    assert despues.veces == 0


def test_correr_sobrevive_a_las_fallas_y_para(de_nadie: Entorno) -> None:
    mala, buena, parar = Contadora(siempre=RuntimeError("siempre")), Contadora(), Event()
    hilo = Thread(target=trabajador_con(de_nadie, mala=mala, buena=buena).correr, args=(parar,))
    hilo.start()
    esperar(lambda: mala.veces >= 2 and buena.veces >= 5)
    assert hilo.is_alive()
    parar.set()
    hilo.join(5)
    assert not hilo.is_alive()


# --- dentro del servidor y aparte ---------------------------------------------------------------


def test_en_un_hilo_entrega_y_para(mundo: Mundo) -> None:
    with arrancar_en_hilo(mundo.entorno, pausa=0.02) as hilo:
        mundo.presentar_contacto()
        esperar(lambda: situaciones(mundo) == ["entregada"])
        assert hilo.vivo
    assert not hilo.vivo


@pytest.mark.parametrize("motor", ["sqlite"], indirect=True)
def test_un_antivirus_mudo_no_retrasa_ni_el_correo_ni_los_documentos(mundo: Mundo) -> None:
    """N12, N24: acepta la conexión y no dice nada; solo espera su carril."""
    with socket.create_server(("127.0.0.1", 0)) as mudo:
        antivirus = abrir_antivirus(f"clamd://127.0.0.1:{mudo.getsockname()[1]}?segundos=60")
        con_mudo = mundo.con(antivirus=antivirus)
        con_mudo.presentar_mesa()
        with arrancar_en_hilo(con_mudo.entorno, pausa=0.02) as hilo:
            enchufe, _ = mudo.accept()
            esperar(lambda: set(situaciones(mundo)) == {"entregada"}, 30)
            esperar(lambda: {d.situacion for d in mundo.todo(Documento)} == {"hecho"}, 60)
            assert hilo.vivo and {a.situacion for a in mundo.todo(Analisis)} == {"pendiente"}
            enchufe.close()


def test_aparte_termina_bien_con_sigterm(mundo: Mundo, url_bd: str, tmp_path: Path) -> None:
    mundo.presentar_contacto()
    entorno = {
        "PATH": os.environ["PATH"],
        "FACILITA_BASE_DE_DATOS": url_bd,
        "FACILITA_CARPETA_DE_DATOS": str(tmp_path),
        "FACILITA_SECRETO": "kX3-prueba-prueba-Qz81-prueba-4712",
        "FACILITA_DIRECCION_PUBLICA": "https://mesa.example",
        "FACILITA_PLANTILLAS": str(RAIZ / "plantillas"),
    }
    orden = [sys.executable, "-m", "facilita.cli", "trabajador"]
    registro = tmp_path / "registro.txt"
    with registro.open("w") as salida:
        proceso = subprocess.Popen(orden, cwd=tmp_path, env=entorno, stdout=salida, stderr=salida)
        try:
            # El correo y los documentos van en carriles aparte: se espera a los dos.
            esperar(lambda: registro.read_text().count("trabajador.hecho") >= 2, 60)
            proceso.send_signal(signal.SIGTERM)
            assert proceso.wait(15) == 0, registro.read_text()
        finally:
            proceso.kill()
            proceso.wait()
    assert situaciones(mundo) == ["entregada"]
    assert "trabajador.termina" in registro.read_text()
    assert mundo.reloj.ahora() == LUNES

"""Un viaje entero por HTTP: cuatro páginas, un PDF de 1 MB, presentar y ver el cargo."""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import IO, NamedTuple
from urllib.parse import urlencode, urljoin

from sqlalchemy import func, select

from bench.escena import RESPUESTAS, ajustes, armar, pdf_de_un_mega, postgres
from bench.tabla import Medida
from facilita.tramite.ambito import Ambito
from facilita.tramite.entorno import Entorno
from facilita.tramite.modelos import Salida, Solicitud

RAIZ = Path(__file__).parents[1]
A_LA_VEZ = 8
CORREOS_POR_SEGUNDO = 15
CPU_POR_VIAJE = 40
"""Dos núcleos dan 2 000 ms por segundo: para 50 viajes, 40 cada uno."""
FORMULARIO = "/valle-sereno/mesa-de-partes"
TIPO = "application/x-www-form-urlencoded"
PAGINAS = {
    1: ("tipo_persona", "tipo_documento_identidad", "numero_documento_identidad", "nombres",
        "apellido_paterno", "apellido_materno", "correo", "celular", "ubigeo", "direccion"),
    2: ("sede", "destinatario", "tipo_documento", "numero_documento", "asunto", "pedido"),
}  # fmt: skip
DECLARA = {"declaracion_jurada": "true", "privacidad": "true", "accion": "presentar"}
PLATAFORMA = Ambito(plataforma="medida")


class Persona:
    """Alguien que presenta: su propia dirección IP y una sola conexión."""

    def __init__(self, puerto: int, numero: int, pdf: bytes) -> None:
        self.conexion = HTTPConnection("127.0.0.1", puerto, timeout=60)
        ip = f"10.{numero >> 16 & 255}.{numero >> 8 & 255}.{numero & 255}"
        self.cabeceras = {"X-Forwarded-For": ip, "Accept-Encoding": "gzip"}
        self.pdf = pdf

    def pedir(self, direccion: str) -> bytes:
        """Un GET."""
        self.conexion.request("GET", direccion, headers=self.cabeceras)
        respuesta = self.conexion.getresponse()
        cuerpo = respuesta.read()
        assert respuesta.status == 200, (respuesta.status, direccion)
        return cuerpo

    def enviar(self, direccion: str, cuerpo: bytes, tipo: str = TIPO) -> str:
        """Un POST; da adónde manda."""
        cabeceras = {**self.cabeceras, "Content-Type": tipo}
        self.conexion.request("POST", direccion, cuerpo, cabeceras)
        respuesta = self.conexion.getresponse()
        texto = respuesta.read()
        assert respuesta.status == 303, (respuesta.status, texto[:300])
        return urljoin(direccion, str(respuesta.headers["Location"]))

    def viajar(self) -> tuple[float, float]:
        """Los segundos del viaje entero y los de presentar."""
        try:
            inicio = time.perf_counter()
            self.pedir(FORMULARIO)
            donde = self.pagina(FORMULARIO, 1)
            self.pedir(donde)
            donde = self.pagina(donde, 2)
            self.pedir(donde)
            donde = self.subir(donde)
            self.pedir(donde)
            antes = time.perf_counter()
            cargo = self.enviar(donde, urlencode(DECLARA).encode())
            despues = time.perf_counter()
            assert cargo.endswith("/cargo"), cargo
            self.pedir(cargo)
            return time.perf_counter() - inicio, despues - antes
        finally:
            self.conexion.close()

    def pagina(self, direccion: str, cual: int) -> str:
        """Envía una página de respuestas."""
        datos = {c: RESPUESTAS[c] for c in PAGINAS[cual]} | {"accion": "continuar"}
        return self.enviar(direccion, urlencode(datos).encode())

    def subir(self, direccion: str) -> str:
        """Envía la página de archivos, con el PDF."""
        raya = "----viaje"
        partes = [
            f'--{raya}\r\nContent-Disposition: form-data; name="folios"\r\n\r\n1\r\n',
            f'--{raya}\r\nContent-Disposition: form-data; name="accion"\r\n\r\ncontinuar\r\n',
            f'--{raya}\r\nContent-Disposition: form-data; name="documento_principal"; '
            'filename="carta.pdf"\r\nContent-Type: application/pdf\r\n\r\n',
        ]
        # Cada quien presenta lo suyo: el mismo archivo se guardaría una sola vez.
        propio = f"\n%{time.perf_counter_ns()}\n".encode()
        cuerpo = b"".join(
            ["".join(partes).encode(), self.pdf, propio, f"\r\n--{raya}--\r\n".encode()]
        )
        return self.enviar(direccion, cuerpo, f"multipart/form-data; boundary={raya}")


def medir(breve: bool) -> list[Medida]:
    """El viaje con cada servidor y cada motor de base de datos."""
    servidores = ["waitress", "granian"] if find_spec("granian") else ["waitress"]
    rondas, segundos = (1, 5.0) if breve else (3, 6.0)
    medidas: list[Medida] = []
    for servidor in servidores[-1:] if breve else servidores:
        for motor in ("SQLite", "PostgreSQL"):
            with ExitStack() as pila:
                carpeta = Path(pila.enter_context(tempfile.TemporaryDirectory()))
                base = (
                    f"sqlite:///{carpeta}/bench.db"
                    if motor == "SQLite"
                    else pila.enter_context(postgres())
                )
                _, entorno = armar(carpeta, base)
                pila.callback(entorno.bd.cerrar)
                registro = pila.enter_context((carpeta / "servidor.log").open("wb"))
                atiende = pila.enter_context(_servidor(servidor, ajustes(carpeta, base), registro))
                medidas += _medir(f"{servidor}, {motor}", entorno, atiende, rondas, segundos)
    return medidas


def _medir(
    cual: str, entorno: Entorno, servidor: "Servidor", rondas: int, segundos: float
) -> list[Medida]:
    puerto, pdf, numeros = servidor.puerto, pdf_de_un_mega(), count(1)
    tiempos: list[tuple[float, float]] = []
    ritmos, correos, gastado = [], [], []
    # Unas primeras personas, sin contarlas, despiertan a cada proceso y hilo.
    de_aviso = len(_oleada(puerto, numeros, pdf, 2.0))
    for _ in range(rondas):
        _encolar(entorno, round(CORREOS_POR_SEGUNDO * segundos))
        empezo, inicio, cpu = datetime.now(UTC), time.perf_counter(), servidor.cpu()
        hechos = _oleada(puerto, numeros, pdf, segundos)
        pasaron = time.perf_counter() - inicio
        gastado.append((servidor.cpu() - cpu) / len(hechos))
        tiempos += hechos
        ritmos.append(len(hechos) / pasaron)
        correos.append(_entregados(entorno, empezo) / pasaron)
    with entorno.bd.lectura(PLATAFORMA) as sesion:
        recibidas = sesion.scalar(select(func.count()).select_from(Solicitud))
        assert recibidas == len(tiempos) + de_aviso, (recibidas, len(tiempos), de_aviso)
    viajes, presentar = ([t[n] * 1000 for t in tiempos] for n in (0, 1))
    return [
        Medida(f"Viajes enteros por segundo ({cual})", statistics.median(ritmos), "/s",
               None, None, ">= 50"),
        Medida(f"Presentar, p95 ({cual})", _p95(presentar), "ms", None, None, "<= 500"),
        Medida(f"Viaje de 9 pedidos, p95 ({cual})", _p95(viajes), "ms", None, None, "<= 500"),
        Medida(f"Correos entregados mientras tanto ({cual})", statistics.median(correos), "/s",
               None, None, ">= 15"),
        Medida(f"CPU del servidor por viaje ({cual})", statistics.median(gastado), "ms",
               None, None, f"<= {CPU_POR_VIAJE}"),
    ]  # fmt: skip


def _oleada(
    puerto: int, numeros: Iterator[int], pdf: bytes, segundos: float
) -> list[tuple[float, float]]:
    """Ocho personas a la vez, una tras otra, hasta que se acaba el tiempo."""
    hasta = time.perf_counter() + segundos

    def atender(_: int) -> list[tuple[float, float]]:
        hechos = []
        while time.perf_counter() < hasta:
            hechos.append(Persona(puerto, next(numeros), pdf).viajar())
        return hechos

    with ThreadPoolExecutor(A_LA_VEZ) as hilos:
        return [t for hechos in hilos.map(atender, range(A_LA_VEZ)) for t in hechos]


def _encolar(entorno: Entorno, cuantos: int) -> None:
    """Más correos en la cola: que al trabajador nunca le falte qué entregar."""
    ahora = datetime.now(UTC) - timedelta(seconds=1)
    with entorno.bd.transaccion(PLATAFORMA) as sesion:
        muestra = sesion.scalars(select(Salida).limit(1)).one()
        sesion.add_all(
            Salida(
                entidad_id=muestra.entidad_id,
                clase=muestra.clase,
                clave=f"medida.{time.perf_counter_ns()}.{n}",
                datos=muestra.datos,
                proxima_en=ahora,
                creada_en=ahora,
            )
            for n in range(cuantos)
        )


def _entregados(entorno: Entorno, desde: datetime) -> int:
    with entorno.bd.lectura(PLATAFORMA) as sesion:
        return sesion.scalar(select(func.count()).where(Salida.entregada_en >= desde)) or 0


def _p95(valores: list[float]) -> float:
    return statistics.quantiles(valores, n=20)[18]


class Servidor(NamedTuple):
    """Un servidor que atiende: su puerto y su proceso."""

    puerto: int
    proceso: int

    def cpu(self) -> float:
        """Los milisegundos de CPU que llevan su proceso y los que este lanzó.

        Sin el oficial que compone los PDF: trabaja después y con menos prioridad
        (`bench/documentos.py`).
        """
        filas = {}
        for archivo in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                if b"facilita.servicios.oficial" in archivo.with_name("cmdline").read_bytes():
                    continue
                partes = archivo.read_text().rpartition(")")[2].split()
                filas[int(archivo.parent.name)] = (int(partes[1]), sum(map(int, partes[11:13])))
        suyos, antes = {self.proceso}, 0
        while len(suyos) > antes:
            antes = len(suyos)
            suyos |= {hijo for hijo, (padre, _) in filas.items() if padre in suyos}
        return sum(filas[p][1] for p in suyos if p in filas) * 1000 / os.sysconf("SC_CLK_TCK")


@contextmanager
def _servidor(cual: str, entorno: dict[str, str], registro: IO[bytes]) -> Iterator[Servidor]:
    """El servidor en su proceso, con su trabajador."""
    with socket.socket() as enchufe:
        enchufe.bind(("127.0.0.1", 0))
        puerto = int(enchufe.getsockname()[1])
    orden = [sys.executable, "-m", "bench.servidor", cual, str(puerto)]
    proceso = subprocess.Popen(
        orden, cwd=RAIZ, env={**os.environ, **entorno}, stdout=registro, stderr=registro
    )
    try:
        _esperar(puerto)
        yield Servidor(puerto, proceso.pid)
    finally:
        proceso.terminate()
        proceso.wait(40)


def _esperar(puerto: int) -> None:
    for _ in range(300):
        conexion = HTTPConnection("127.0.0.1", puerto, timeout=5)
        try:
            conexion.request("GET", FORMULARIO)
            if conexion.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            conexion.close()
    raise RuntimeError("el servidor de la medida no arrancó")

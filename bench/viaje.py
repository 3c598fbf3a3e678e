"""Un viaje entero por HTTP: cuatro páginas, un PDF de 1 MB, presentar y ver el cargo."""

import socket
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urljoin

from sqlalchemy import func, select

from bench.escena import RESPUESTAS, armar, pdf_de_un_mega, postgres
from bench.tabla import Medida
from facilita.tramite.ambito import Ambito
from facilita.tramite.modelos import Salida, Solicitud

A_LA_VEZ = 8
FORMULARIO = "/valle-sereno/mesa-de-partes"
PAGINAS = {
    1: ("tipo_persona", "tipo_documento_identidad", "numero_documento_identidad", "nombres",
        "apellido_paterno", "apellido_materno", "correo", "celular", "ubigeo", "direccion"),
    2: ("sede", "destinatario", "tipo_documento", "numero_documento", "asunto", "pedido"),
}  # fmt: skip


class Persona:
    """Alguien que presenta, con su propia dirección IP."""

    def __init__(self, puerto: int, numero: int, pdf: bytes) -> None:
        self.conexion = HTTPConnection("127.0.0.1", puerto, timeout=30)
        ip = f"10.{numero >> 16 & 255}.{numero >> 8 & 255}.{numero & 255}"
        self.cabeceras = {"X-Forwarded-For": ip, "Accept-Encoding": "gzip"}
        self.pdf = pdf

    def pedir(self, direccion: str) -> int:
        """Un GET."""
        self.conexion.request("GET", direccion, headers=self.cabeceras)
        respuesta = self.conexion.getresponse()
        respuesta.read()
        return respuesta.status

    def enviar(self, direccion: str, cuerpo: bytes, tipo: str) -> str:
        """Un POST; da adónde manda."""
        cabeceras = {**self.cabeceras, "Content-Type": tipo}
        self.conexion.request("POST", direccion, cuerpo, cabeceras)
        respuesta = self.conexion.getresponse()
        texto = respuesta.read()
        assert respuesta.status == 303, (respuesta.status, texto[:300])
        return str(respuesta.headers["Location"])

    def viajar(self) -> tuple[float, float]:
        """Los segundos del viaje entero y los de presentar."""
        inicio = time.perf_counter()
        assert self.pedir(FORMULARIO) == 200
        donde = self.pagina(FORMULARIO, 1)
        self.pedir(donde)
        donde = self.pagina(donde, 2)
        self.pedir(donde)
        donde = self.subir(donde)
        self.pedir(donde)
        antes = time.perf_counter()
        datos = urlencode({"declaracion_jurada": "true", "privacidad": "true",
                           "accion": "presentar"}).encode()  # fmt: skip
        final = self.enviar(donde, datos, "application/x-www-form-urlencoded")
        despues = time.perf_counter()
        cargo = urljoin(donde, final)
        assert self.pedir(cargo) == 200, cargo
        return time.perf_counter() - inicio, despues - antes

    def pagina(self, direccion: str, cual: int) -> str:
        """Envía una página de respuestas."""
        datos = {c: RESPUESTAS[c] for c in PAGINAS[cual]} | {"accion": "continuar"}
        return self.enviar(
            direccion, urlencode(datos).encode(), "application/x-www-form-urlencoded"
        )

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
        propio = self.pdf + f"\n%{time.perf_counter_ns()}\n".encode()
        cuerpo = "".join(partes).encode() + propio + f"\r\n--{raya}--\r\n".encode()
        return self.enviar(direccion, cuerpo, f"multipart/form-data; boundary={raya}")


def medir(breve: bool) -> list[Medida]:
    """El viaje con cada motor de base de datos."""
    cuantos = 80 if breve else 400
    medidas: list[Medida] = []
    for motor in ("SQLite", "PostgreSQL"):
        with ExitStack() as pila:
            carpeta = pila.enter_context(tempfile.TemporaryDirectory())
            base = (
                f"sqlite:///{carpeta}/bench.db"
                if motor == "SQLite"
                else pila.enter_context(postgres())
            )
            medidas += _medir(motor, Path(carpeta), base, cuantos)
    return medidas


def _medir(motor: str, carpeta: Path, base: str, cuantos: int) -> list[Medida]:
    _, entorno = armar(carpeta, base)
    puerto = _puerto_libre()
    orden = [sys.executable, "-m", "bench.servidor", str(carpeta), base, str(puerto)]
    servidor = subprocess.Popen(orden, cwd=Path(__file__).parents[1])
    try:
        _esperar(puerto)
        pdf = pdf_de_un_mega()
        with ThreadPoolExecutor(A_LA_VEZ) as hilos:
            list(hilos.map(lambda n: Persona(puerto, n, pdf).viajar(), range(A_LA_VEZ)))
            inicio = time.perf_counter()
            tiempos = list(
                hilos.map(lambda n: Persona(puerto, n, pdf).viajar(), range(100, 100 + cuantos))
            )
            segundos = time.perf_counter() - inicio
        drenados = _drenar(entorno)
        with entorno.bd.lectura(Ambito.de_plataforma("medida")) as sesion:
            assert sesion.scalar(select(func.count()).select_from(Solicitud)) == cuantos + A_LA_VEZ
    finally:
        servidor.terminate()
        servidor.wait(20)
        entorno.bd.cerrar()
    viajes, presentar = ([t[n] * 1000 for t in tiempos] for n in (0, 1))
    return [
        Medida(f"Viajes enteros por segundo, {motor}", cuantos / segundos, "por segundo",
               None, None, ">= 50"),
        Medida(f"Presentar, p95, {motor}", _p95(presentar), "ms", None, None, "<= 500"),
        Medida(f"Viaje entero (9 pedidos), p95, {motor}", _p95(viajes), "ms", None, None, "<= 500"),
        Medida(f"Correos entregados por segundo, {motor}", drenados, "por segundo",
               None, None, ">= 15"),
    ]  # fmt: skip


def _p95(valores: list[float]) -> float:
    return statistics.quantiles(valores, n=20)[18]


def _drenar(entorno) -> float:  # type: ignore[no-untyped-def]
    """Correos por segundo desde el primero hasta que no queda ninguno."""
    while True:
        with entorno.bd.lectura(Ambito.de_plataforma("medida")) as sesion:
            faltan = sesion.scalar(select(func.count()).where(Salida.situacion == "lista"))
            primero, ultimo, todos = sesion.execute(
                select(
                    func.min(Salida.entregada_en), func.max(Salida.entregada_en), func.count()
                ).where(Salida.situacion == "entregada")
            ).one()
        if not faltan:
            return float(todos / max((ultimo - primero).total_seconds(), 0.001))
        time.sleep(0.5)


def _puerto_libre() -> int:
    with socket.socket() as enchufe:
        enchufe.bind(("127.0.0.1", 0))
        return int(enchufe.getsockname()[1])


def _esperar(puerto: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", puerto), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("el servidor de la medida no arrancó")

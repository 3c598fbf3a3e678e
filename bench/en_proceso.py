"""Las medidas dentro de un proceso: la primera página y la lectura de una presentación."""

import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from werkzeug.datastructures import MultiDict

from bench import a_mano
from bench.escena import RESPUESTAS, armar
from bench.tabla import Medida
from facilita import create_app
from facilita.definicion import Contexto
from facilita.tramite import formularios

VECES, RONDAS = 200, 15
CABECERAS = {"Accept-Encoding": "gzip"}


def medir(breve: bool) -> list[Medida]:
    """Las tres comparaciones, intercaladas ronda a ronda para que la máquina no las tuerza."""
    with tempfile.TemporaryDirectory() as carpeta:
        configuracion, entorno = armar(Path(carpeta), f"sqlite:///{carpeta}/bench.db")
        nuestra = create_app(configuracion, entorno).test_client()
        direccion = "/valle-sereno/en-una-pagina"
        tamano = len(nuestra.get(direccion, headers=CABECERAS).data)
        ajena = a_mano.crear(tamano).test_client()
        vigente = formularios.vigente(entorno, "valle-sereno", "en-una-pagina")
        contexto = Contexto(sedes=vigente.entidad.sedes, territorio=entorno.territorio)
        archivos = [{"id": 1, "nombre": "a.pdf", "tipo": "pdf", "tamano": 9, "paginas": 1}]
        crudo = {**RESPUESTAS, "ubigeo": [RESPUESTAS["ubigeo"]], "documento_principal": archivos}
        enviado = MultiDict(RESPUESTAS)
        assert not vigente.definicion.leer(crudo, contexto).errores
        assert a_mano.MesaDePartes(enviado).validate(), a_mano.MesaDePartes(enviado).errors
        tiempos = intercalar(
            {
                "nuestra": lambda: nuestra.get(direccion, headers=CABECERAS),
                "a_mano": lambda: ajena.get("/a-mano"),
                "estatica": lambda: ajena.get("/estatica", headers=CABECERAS),
                "leer": lambda: vigente.definicion.leer(crudo, contexto),
                "validar": lambda: a_mano.MesaDePartes(enviado).validate(),
            },
            rondas=5 if breve else RONDAS,
        )
        entorno.bd.cerrar()
    return [
        Medida(
            "GET de la primera página (28 campos) contra el mismo formulario a mano",
            tiempos["nuestra"], "ms", tiempos["a_mano"],
            tiempos["a_mano"] / tiempos["nuestra"], ">= 25",
        ),
        Medida(
            "GET de la primera página contra una respuesta estática de Flask",
            tiempos["nuestra"], "ms", tiempos["estatica"],
            tiempos["nuestra"] / tiempos["estatica"], "<= 1.5",
        ),
        Medida(
            "Leer y comprobar una presentación contra WTForms",
            tiempos["leer"], "ms", tiempos["validar"],
            tiempos["leer"] / tiempos["validar"], "<= 0.5",
        ),
    ]  # fmt: skip


def intercalar(trabajos: dict[str, Callable[[], object]], rondas: int) -> dict[str, float]:
    """La mediana, en milisegundos, de cada trabajo; las rondas se turnan."""
    tomados: dict[str, list[float]] = {nombre: [] for nombre in trabajos}
    for _ in range(rondas):
        for nombre, trabajo in trabajos.items():
            inicio = perf_counter()
            for _ in range(VECES):
                trabajo()
            tomados[nombre].append((perf_counter() - inicio) / VECES * 1000)
    return {nombre: statistics.median(lista) for nombre, lista in tomados.items()}

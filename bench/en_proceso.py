"""Las medidas dentro de un proceso: la primera página y la lectura de una presentación."""

import re
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

VECES, RONDAS = 100, 15
CABECERAS = {"Accept-Encoding": "gzip"}
MESA, JUNTA = "/valle-sereno/mesa-de-partes", "/valle-sereno/en-una-pagina"
TRAMPA = "sitio-web"
"""El campo oculto contra envíos automáticos: el formulario a mano no lo tiene."""
CONTROL = re.compile(r'<(?:input|select|textarea)\b[^>]*\bname="([^"]+)"')


def medir(breve: bool) -> list[Medida]:
    """Las tres comparaciones, intercaladas ronda a ronda para que la máquina no las tuerza."""
    with tempfile.TemporaryDirectory() as carpeta:
        configuracion, entorno = armar(Path(carpeta), f"sqlite:///{carpeta}/bench.db")
        nuestra = create_app(configuracion, entorno).test_client()
        ajena = a_mano.crear(len(nuestra.get(MESA, headers=CABECERAS).data)).test_client()
        assert set(CONTROL.findall(nuestra.get(JUNTA).text)) - {TRAMPA} == set(
            CONTROL.findall(ajena.get("/a-mano").text)
        ), "la referencia dibuja otros campos"
        vigente = formularios.vigente(entorno, "valle-sereno", "en-una-pagina")
        contexto = Contexto(sedes=vigente.entidad.sedes, territorio=entorno.territorio)
        archivos = [{"id": 1, "nombre": "a.pdf", "tipo": "pdf", "tamano": 9, "paginas": 1}]
        crudo = {**RESPUESTAS, "ubigeo": [RESPUESTAS["ubigeo"]], "documento_principal": archivos}
        enviado = MultiDict(RESPUESTAS)
        assert not vigente.definicion.leer(crudo, contexto).errores
        assert a_mano.MesaDePartes(enviado).validate(), a_mano.MesaDePartes(enviado).errors
        t = intercalar(
            {
                "mesa": lambda: nuestra.get(MESA, headers=CABECERAS),
                "junta": lambda: nuestra.get(JUNTA, headers=CABECERAS),
                "a_mano": lambda: ajena.get("/a-mano", headers=CABECERAS),
                "estatica": lambda: ajena.get("/estatica", headers=CABECERAS),
                "leer": lambda: vigente.definicion.leer(crudo, contexto),
                "validar": lambda: a_mano.MesaDePartes(enviado).validate(),
            },
            rondas=5 if breve else RONDAS,
        )
        entorno.bd.cerrar()
    return [
        Medida("GET de 28 campos en una página / a mano con WTForms",
               t["junta"], "ms", t["a_mano"], t["a_mano"] / t["junta"], ">= 25"),
        Medida("GET de la primera página de mesa de partes / Flask estático",
               t["mesa"], "ms", t["estatica"], t["mesa"] / t["estatica"], "<= 1.5"),
        Medida("Leer y comprobar una presentación / WTForms validate()",
               t["leer"], "ms", t["validar"], t["leer"] / t["validar"], "<= 0.5"),
    ]  # fmt: skip


def intercalar(
    trabajos: dict[str, Callable[[], object]], rondas: int, veces: int = VECES
) -> dict[str, float]:
    """La mediana, en milisegundos, de cada trabajo; las rondas se turnan."""
    tomados: dict[str, list[float]] = {nombre: [] for nombre in trabajos}
    for _ in range(rondas):
        for nombre, trabajo in trabajos.items():
            inicio = perf_counter()
            for _ in range(veces):
                trabajo()
            tomados[nombre].append((perf_counter() - inicio) / veces * 1000)
    return {nombre: statistics.median(lista) for nombre, lista in tomados.items()}

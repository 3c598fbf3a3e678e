"""Las medidas del lenguaje: compilar, validar mil archivos, formularios de 500 campos y memoria."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import process_time

from click.testing import CliRunner
from werkzeug.datastructures import MultiDict

from bench import formularios as hechos
from bench.en_proceso import intercalar
from bench.escena import RAIZ, armar
from bench.tabla import Medida
from facilita import create_app
from facilita.cli import main
from facilita.definicion import Contexto, compilar, examinar_dato
from facilita.tramite import entidades, formularios

GRANDE = 500


def medir(breve: bool) -> list[Medida]:
    """Todas las del lenguaje; las que no tienen referencia, en tiempo de procesador."""
    return [
        *_compilar(5 if breve else 20),
        _validar(200 if breve else 1000),
        *_grandes(3 if breve else 15),
        _memoria(500 if breve else 5000),
    ]


def _cpu(trabajo: Callable[[], object], veces: int) -> float:
    """El menor tiempo de procesador, en milisegundos: lo que otros procesos quitan no cuenta."""
    tomados = []
    for _ in range(veces):
        inicio = process_time()
        trabajo()
        tomados.append((process_time() - inicio) * 1000)
    return min(tomados)


def _compilar(veces: int) -> list[Medida]:
    datos = {n: hechos.definicion(n) for n in (10, 40, 1000)}
    assert all(examinar_dato(dato).definicion for dato in datos.values())
    t = {n: _cpu(lambda dato=dato: examinar_dato(dato), veces) for n, dato in datos.items()}
    por_campo = {n: t[n] / n for n in t}
    return [
        Medida("Compilar una definición de 40 campos (CPU)", t[40], "ms", None, None, "<= 5"),
        Medida("Compilar, por campo: con 1 000 campos / con 40",
               por_campo[1000], "ms", por_campo[40], por_campo[1000] / por_campo[40], "<= 1.5"),
    ]  # fmt: skip


def _validar(cuantos: int) -> Medida:
    """`facilita validar` sobre una carpeta de archivos de 40 campos, en una sola corrida."""
    with tempfile.TemporaryDirectory() as carpeta:
        for n in range(cuantos):
            archivo = Path(carpeta) / f"formulario-{n}.yaml"
            archivo.write_text(hechos.yaml_de(40, f"formulario-{n}"), "utf-8")
        orden = ["validar", carpeta, "--plantillas", str(RAIZ / "plantillas")]
        inicio = process_time()
        resultado = CliRunner().invoke(main, orden)
        gastado = (process_time() - inicio) * 1000
    assert resultado.exit_code == 0, resultado.output[:500]
    nombre = f"facilita validar de {cuantos} archivos de 40 campos, por archivo (CPU)"
    return Medida(nombre, gastado / cuantos, "ms", None, None, "<= 20")


def _grandes(rondas: int) -> list[Medida]:
    """Un formulario de 500 campos en una página, contra el mismo con WTForms."""
    dato = hechos.definicion(GRANDE, "grande", por_pagina=GRANDE)
    definicion = compilar(json.dumps(dato))
    crudo = hechos.respuestas(GRANDE)
    assert not definicion.leer(crudo, Contexto()).errores
    ajena_clase, enviado = hechos.a_mano(GRANDE), MultiDict(crudo)
    assert ajena_clase(enviado).validate()
    with tempfile.TemporaryDirectory() as carpeta:
        configuracion, entorno = armar(Path(carpeta), f"sqlite:///{carpeta}/bench.db")
        entidad = entidades.por_slug(entorno, "valle-sereno").id
        formularios.publicar(entorno, entidad, json.dumps(dato), "grande.yaml", motivo="Medida")
        nuestra = create_app(configuracion, entorno).test_client()
        ajena = hechos.servir_a_mano(ajena_clase).test_client()
        donde, como = "/valle-sereno/grande", {"Accept-Encoding": "gzip"}
        assert nuestra.get(donde).text.count("<fieldset") >= GRANDE // 5
        t = intercalar(
            {
                "nuestra": lambda: nuestra.get(donde, headers=como),
                "ajena": lambda: ajena.get("/a-mano", headers=como),
                "leer": lambda: definicion.leer(crudo, Contexto()),
                "validar": lambda: ajena_clase(enviado).validate(),
            },
            rondas=rondas,
            veces=5,
        )
        entorno.bd.cerrar()
    return [
        Medida(f"GET de {GRANDE} campos en una página / a mano con WTForms",
               t["nuestra"], "ms", t["ajena"], t["ajena"] / t["nuestra"], ">= 25"),
        Medida(f"Leer y comprobar {GRANDE} campos / WTForms validate()",
               t["leer"], "ms", t["validar"], t["leer"] / t["validar"], "<= 0.5"),
    ]  # fmt: skip


def _memoria(cuantos: int) -> Medida:
    """En un proceso aparte, para que solo cuente lo suyo: la mayor memoria que llegó a usar."""
    orden = [sys.executable, "-m", "bench.memoria", str(cuantos)]
    salida = subprocess.run(orden, capture_output=True, text=True, check=True, cwd=RAIZ).stdout
    nombre = f"Memoria con {cuantos} formularios publicados y en uso"
    return Medida(nombre, float(salida.split()[-1]), "MB", None, None, "<= 300")

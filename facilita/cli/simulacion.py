"""La orden que simula un formulario antes de publicarlo."""

import random
import sys
from collections.abc import Callable
from pathlib import Path

import click

from facilita.cli.comun import Entero, Orden, en_json, escribir_json
from facilita.cli.consola import Consola, con_consola
from facilita.cli.definiciones import con_plantillas
from facilita.simulacion import simular as correr

ARCHIVO = click.Path(exists=True, dir_okay=False, path_type=Path)
CADA = 100
"""Cada cuántos casos se dice cuánto va, si no es una terminal."""


@click.command(cls=Orden, short_help="Recorre un formulario entero antes de publicarlo.")
@click.argument("formulario", metavar="FORMULARIO.yaml", type=ARCHIVO)
@click.option("--casos", type=Entero(1, 1_000_000), default=300, metavar="N",
              help="Cuántas presentaciones hacer, por lo menos.")  # fmt: skip
@click.option("--semilla", type=Entero(0, 2**32), metavar="S",
              help="Repite una simulación; si no se dice, una nueva.")  # fmt: skip
@click.option("--caso", "hasta", type=Entero(1), metavar="K",
              help="Se detiene después de ese caso: repite uno que falló.")  # fmt: skip
@click.option("--base", metavar="URL",
              help="Un PostgreSQL donde simular, en un esquema de paso.")  # fmt: skip
@con_plantillas
@en_json
@con_consola
def simular(
    consola: Consola,
    formulario: Path,
    casos: int,
    semilla: int | None,
    hasta: int | None,
    base: str | None,
    plantillas: Path | None,
    en_json: bool,
) -> None:
    """Inventa presentaciones válidas e inválidas y las lleva por todo el flujo, reloj incluido.

    FORMULARIO.yaml es un formulario o una plantilla. Todo ocurre con el motor de verdad en una
    base de paso: no toca la instalación. Muestra qué campos, opciones, condiciones, estados,
    transiciones y mensajes se vieron. Sale con 1 si algo que se puede ver no se vio, o si algo
    falló; dice entonces cómo repetirlo.
    """
    elegida = random.SystemRandom().randrange(2**32) if semilla is None else semilla
    informe = correr(
        formulario,
        consola.catalogo(plantillas),
        casos=casos,
        semilla=elegida,
        hasta=hasta,
        base=base,
        avisar=_avance(),
    )
    _despejar()
    if en_json:
        escribir_json(informe.a_json())
    else:
        for linea in informe.lineas():
            click.echo(linea)
    if not informe.pasa:
        raise click.exceptions.Exit(1)


def _avance() -> Callable[[int, int], None]:
    """Cómo se dice cuánto va: en la misma línea de una terminal, o de vez en cuando."""
    en_terminal = sys.stderr.isatty()

    def avisar(hechos: int, faltan: int) -> None:
        if en_terminal:
            click.echo(f"\r{hechos} presentaciones, faltan {faltan} metas   ", nl=False, err=True)
        elif hechos % CADA == 0:
            click.echo(f"{hechos} presentaciones, faltan {faltan} metas", err=True)

    return avisar


def _despejar() -> None:
    if sys.stderr.isatty():
        click.echo("\r\033[K", nl=False, err=True)

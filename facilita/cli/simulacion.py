"""La orden que simula un formulario antes de publicarlo."""

import random
from pathlib import Path

import click

from facilita.cli.comun import Entero, Orden, avance, en_json, escribir_json
from facilita.cli.consola import Consola, con_consola
from facilita.cli.definiciones import con_plantillas
from facilita.simulacion import simular as correr

ARCHIVO = click.Path(exists=True, dir_okay=False, path_type=Path)


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
    with avance("presentaciones") as avisar:
        informe = correr(
            formulario,
            consola.catalogo(plantillas),
            casos=casos,
            semilla=elegida,
            hasta=hasta,
            base=base,
            avisar=avisar,
        )
    if en_json:
        escribir_json(informe.a_json())
    else:
        for linea in informe.lineas():
            click.echo(linea)
    if not informe.pasa:
        raise click.exceptions.Exit(1)

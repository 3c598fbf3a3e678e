"""Las órdenes de los documentos y de las claves con que se sellan."""

import json
from pathlib import Path

import click

from facilita.cli.comun import Grupo, Orden, en_json, escribir_json
from facilita.cli.consola import Consola, con_consola
from facilita.tramite import documentos, sellos


@click.group(cls=Grupo, short_help="Lista, rota y exporta las claves de los documentos.")
def claves() -> None:
    """Las claves con que se sellan los documentos, y los certificados con que firman las entidades.

    Las privadas salen del secreto de la instalación: no se guardan ni se muestran.
    """


@claves.command("listar")
@en_json
@con_consola
def listar(consola: Consola, en_json: bool) -> None:
    """Lista las claves, de la más antigua a la más nueva."""
    with consola.entorno() as entorno:
        publicas = sellos.publicar(entorno)
    if en_json:
        escribir_json(publicas["claves"])
        return
    for c in publicas["claves"]:
        hasta = f", retirada el {c['retirada_en'][:10]}" if c["retirada_en"] else ", en uso"
        click.echo(
            f"{c['id'][:12]}  {c['clase']}  {c['quien']}  desde {c['creada_en'][:10]}{hasta}"
        )


@claves.command("rotar")
@con_consola
def rotar(consola: Consola) -> None:
    """Hace una clave nueva para lo que venga; lo firmado con la anterior se comprueba igual."""
    with consola.entorno() as entorno:
        nueva = sellos.rotar(entorno)
    click.echo(f"Desde ahora se firma con la clave {nueva}.")


@claves.command("exportar")
@click.option(
    "--salida", type=click.Path(dir_okay=False, writable=True, path_type=Path), metavar="RUTA",
    help="Dónde escribirlas; si no se dice, en la pantalla.",
)  # fmt: skip
@con_consola
def exportar(consola: Consola, salida: Path | None) -> None:
    """Escribe las claves públicas: con ellas se comprueba un documento sin esta instalación."""
    with consola.entorno() as entorno:
        publicas = sellos.publicar(entorno)
    if salida is None:
        escribir_json(publicas)
    else:
        salida.write_text(json.dumps(publicas, ensure_ascii=False, indent=2) + "\n", "utf-8")
        click.echo(f"{salida}: {len(publicas['claves'])} claves.")


@click.command("documentos", cls=Orden, short_help="Dice cómo va la cola de los documentos en PDF.")
@click.option("--reintentar", is_flag=True, help="Vuelve a intentar los que no se pudieron hacer.")
@en_json
@con_consola
def cola(consola: Consola, reintentar: bool, en_json: bool) -> None:
    """Dice cuántos documentos hay hechos, pendientes y fallidos; sale con 1 si hay fallidos.

    Los hace el trabajador.
    """
    with consola.entorno() as entorno:
        if reintentar:
            click.echo(f"En la cola otra vez: {documentos.reintentar(entorno)}.", err=en_json)
        cuantos = documentos.contar(entorno)
    if en_json:
        escribir_json(cuantos)
    else:
        click.echo(", ".join(f"{situacion}: {n}" for situacion, n in cuantos.items()))
    if cuantos["fallido"]:
        raise click.exceptions.Exit(1)

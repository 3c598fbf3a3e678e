"""Las órdenes del antivirus: cómo está y volver a analizar."""

import click

from facilita.cli.comun import Grupo, en_json, escribir_json
from facilita.cli.consola import Consola, con_consola
from facilita.servicios.antivirus import AntivirusNoDisponible
from facilita.tramite import analisis, entidades
from facilita.tramite.entorno import Entorno

con_entidad = click.option("--entidad", metavar="SLUG", help="Solo los de una entidad.")


@click.group(cls=Grupo, short_help="Dice cómo está el antivirus y vuelve a analizar.")
def antivirus() -> None:
    """El antivirus de los archivos."""


@antivirus.command("estado")
@con_entidad
@en_json
@con_consola
def estado(consola: Consola, entidad: str | None, en_json: bool) -> None:
    """Dice si el antivirus responde y cuántos archivos hay en cada situación.

    Sale con 1 si hay uno configurado y no responde.
    """
    with consola.entorno() as entorno:
        version, responde = _version(entorno)
        cuentas = dict(analisis.contar(entorno, _entidad(entorno, entidad)))
    if en_json:
        escribir_json({"antivirus": version, "responde": responde, "archivos": cuentas})
    else:
        click.echo(version)
        for situacion, cuantos in cuentas.items():
            click.echo(f"  {situacion.replace('_', ' ')}: {cuantos}")
    if not responde:
        raise click.exceptions.Exit(1)


@antivirus.command("analizar")
@con_entidad
@click.option("--todo", is_flag=True, help="También lo ya analizado: con firmas nuevas.")
@click.option("--ahora", is_flag=True, help="Lo analiza aquí mismo, sin esperar al trabajador.")
@con_consola
def analizar(consola: Consola, entidad: str | None, todo: bool, ahora: bool) -> None:
    """Pide analizar los archivos que no lo están. Los analiza el trabajador.

    Lo infectado sigue apartado mientras se analiza otra vez.
    """
    with consola.entorno() as entorno:
        if not entorno.antivirus.configurado:
            raise click.ClickException("No hay antivirus: pon el ajuste «antivirus».")
        cuantos = analisis.pedir(entorno, todos=todo, entidad_id=_entidad(entorno, entidad))
        click.echo(f"Por analizar: {cuantos}.")
        if ahora:
            _analizar_todo(entorno)


def _analizar_todo(entorno: Entorno) -> None:
    hechos = 0
    try:
        while lote := analisis.analizar(entorno):
            hechos += lote
    except AntivirusNoDisponible:
        raise click.ClickException("El antivirus no responde; el trabajador insistirá.") from None
    click.echo(f"Analizados: {hechos}.")


def _version(entorno: Entorno) -> tuple[str, bool]:
    if not entorno.antivirus.configurado:
        return "Sin antivirus: los archivos quedan sin analizar.", True
    try:
        return entorno.antivirus.version(), True
    except AntivirusNoDisponible as falla:
        return f"No responde: {falla}", False


def _entidad(entorno: Entorno, slug: str | None) -> int | None:
    return entidades.por_slug(entorno, slug).id if slug else None

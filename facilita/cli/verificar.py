"""La orden que comprueba un documento, también con el servidor apagado o desaparecido."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import click

from facilita.cli.comun import Orden, en_json, escribir_json
from facilita.cli.consola import Consola, con_consola
from facilita.servicios.comprobacion import comprobar, comprobar_qr
from facilita.servicios.comprobacion_puntos import Comprobacion, Dado
from facilita.servicios.paquetes import PaqueteExcesivo, abrir_dados
from facilita.tramite import sellos

_RUTA = click.Path(exists=True, dir_okay=False, path_type=Path)
_MARCA = {True: "BIEN", False: "MAL "}


@click.command("verificar", cls=Orden, short_help="Comprueba un cargo y sus archivos.")
@click.argument("documento", metavar="[CARGO.pdf]", type=_RUTA, required=False)
@click.argument("archivos", metavar="[ARCHIVO|ZIP]...", nargs=-1, type=_RUTA)
@click.option(
    "--claves", type=_RUTA, metavar="RUTA",
    help="Las claves públicas, de /verificar/claves.json; si no, las de esta instalación.",
)  # fmt: skip
@click.option("--qr", metavar="TEXTO", help="Lo que dice el QR de un papel, en vez de un archivo.")
@en_json
@con_consola
def verificar(
    consola: Consola,
    documento: Path | None,
    archivos: tuple[Path, ...],
    claves: Path | None,
    qr: str | None,
    en_json: bool,
) -> None:
    """Dice por separado si CARGO.pdf está intacto, quién lo firmó, si lo que declara es cierto y
    si los archivos son los suyos.

    CARGO.pdf puede ser también el ZIP del expediente: se comprueba el cargo que trae y todo lo
    demás. No usa la red. Sale con 0 si todo está bien y con 1 si algo falla.
    """
    publicas = _leer_claves(consola, claves)
    if documento is None:
        _decir_declaracion(qr, publicas, en_json)
        return
    dados = [d for ruta in (documento, *archivos) for d in _abrir(ruta)]
    principal = _principal(documento, dados)
    demas = [d for d in dados if d is not principal]
    resultado = comprobar(principal.pdf or b"", publicas, demas)
    if en_json:
        escribir_json(resultado.a_json())
    else:
        _escribir(principal.nombre, resultado)
    if not resultado.vale:
        raise click.exceptions.Exit(1)


def _decir_declaracion(qr: str | None, publicas: Mapping[str, Any], en_json: bool) -> None:
    if qr is None:
        raise click.UsageError("Di qué documento se comprueba, o lo que dice su QR con --qr.")
    dicha = comprobar_qr(qr, publicas)
    if en_json:
        escribir_json({"vale": dicha is not None, "declaracion": asdict(dicha) if dicha else None})
    elif dicha is None:
        click.echo("El QR no lo firmó ninguna de las claves dadas.")
    else:
        click.echo(f"El QR es auténtico: {dicha.clase} del registro {dicha.numero}.")
        click.echo(f"  Código: {dicha.codigo}\n  Fecha: {dicha.fecha}\n  Huella: {dicha.huella}")
    if dicha is None:
        raise click.exceptions.Exit(1)


def _principal(documento: Path, dados: list[Dado]) -> Dado:
    """El documento que se comprueba: el PDF, o el cargo de dentro del ZIP."""
    if documento.suffix.casefold() != ".zip":
        return dados[0]
    de_cargo = [d for d in dados if "cargo-de-recepcion" in d.nombre or "cargo" in d.nombre]
    if not de_cargo:
        raise click.UsageError(f"En {documento} no hay un cargo en PDF.")
    return de_cargo[0]


def _abrir(ruta: Path) -> list[Dado]:
    try:
        with ruta.open("rb") as archivo:
            return list(abrir_dados(ruta.name, archivo))
    except PaqueteExcesivo as motivo:
        raise click.UsageError(str(motivo)) from None
    except OSError as motivo:
        raise click.UsageError(f"No se puede leer {ruta}: {motivo.strerror}") from None


def _leer_claves(consola: Consola, ruta: Path | None) -> Mapping[str, Any]:
    if ruta is None:
        with consola.entorno_si_hay() as entorno:
            if entorno is None:
                raise click.UsageError(
                    "Di con qué claves públicas se comprueba: --claves claves.json"
                )
            return sellos.publicar(entorno)
    try:
        leidas = json.loads(ruta.read_text("utf-8"))
        if isinstance(leidas["claves"], list):
            return cast(Mapping[str, Any], leidas)
    except (OSError, ValueError, TypeError, KeyError):
        pass
    raise click.UsageError(f"{ruta} no tiene las claves públicas de una instalación de Facilita.")


def _escribir(nombre: str, r: Comprobacion) -> None:
    click.echo(f"{nombre}: {r.titulo}")
    for que, dato in (("Entidad", r.entidad), ("Registro", r.numero), ("Fecha", r.fecha)):
        if dato:
            click.echo(f"  {que}: {dato}")
    for que, punto in (
        ("Intacto", r.intacto),
        ("Firma", r.firmado),
        ("Declaración", r.declaracion),
    ):
        click.echo(f"{_MARCA[punto.bien]}  {que}: {punto.texto}")
    for archivo in r.archivos:
        marca = "----" if archivo.situacion == "falta" else _MARCA[archivo.bien]
        click.echo(f"{marca}  {archivo.nombre}: {archivo.texto}")
    click.echo("Todo está bien." if r.vale else "Algo no está bien.")

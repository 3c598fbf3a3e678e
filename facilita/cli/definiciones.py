"""Las órdenes de quien escribe plantillas y formularios: validar, adaptar y comparar."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from facilita.cli.arranque import redactar_adaptacion
from facilita.cli.comun import Orden, avance, en_json, escribir_fallas, escribir_json, nota
from facilita.cli.consola import Consola, con_consola
from facilita.cli.examen import Examinador, Revisados, archivos_de
from facilita.definicion import compilar
from facilita.definicion.campos.base import FORMA_DE_SLUG
from facilita.definicion.diferencias import Diferencia, comparar
from facilita.definicion.esquema_editores import esquema_para_editores
from facilita.servicios.catalogo import Catalogo

LARGO_DE_SLUG = 60
RUTA = click.Path(exists=True, path_type=Path)
CARPETA = click.Path(exists=True, file_okay=False, path_type=Path)
con_plantillas = click.option(
    "--plantillas",
    type=CARPETA,
    metavar="CARPETA",
    help="Dónde están las plantillas; si no se dice, donde diga la configuración.",
)


@click.command(cls=Orden, short_help="Revisa plantillas, formularios y entidades.")
@click.argument("rutas", metavar="RUTA...", nargs=-1, required=True, type=RUTA)
@con_plantillas
@en_json
@con_consola
def validar(
    consola: Consola, rutas: tuple[Path, ...], plantillas: Path | None, en_json: bool
) -> None:
    """Revisa plantillas, formularios y archivos de entidad.

    RUTA es un archivo o una carpeta; de una carpeta se revisan todos sus archivos YAML. Escribe
    una línea por falla, «archivo:línea: ruta: texto», y sale con 1; si no hay fallas, sale con 0.
    Los avisos no impiden publicar: van aparte, en la salida de errores.
    """
    archivos = list(archivos_de(rutas))
    if not archivos:
        raise click.UsageError("Ahí no hay ningún archivo YAML que revisar.")
    examinador = Examinador(consola.catalogo(plantillas))
    with avance(f"de {len(archivos)} archivos") as avisar:
        resultado = examinador.examinar(archivos, avisar)
    if en_json:
        escribir_json(
            {
                "archivos": resultado.archivos,
                "fallas": [f.a_json() for f in resultado.fallas],
                "avisos": [f.a_json() for f in resultado.avisos],
            }
        )
    else:
        escribir_fallas(resultado.fallas)
        _resumir(resultado)
    if resultado.fallas:
        raise click.exceptions.Exit(1)


def _resumir(resultado: Revisados) -> None:
    if resultado.avisos:
        nota("Avisos (no impiden publicar):")
        for aviso in resultado.avisos:
            nota(f"  {aviso}")
    cuantos = f"{resultado.archivos} archivo" + ("s" if resultado.archivos > 1 else "")
    fallas = len(resultado.fallas)
    como = "sin fallas" if not fallas else "1 falla" if fallas == 1 else f"{fallas} fallas"
    nota(f"{cuantos}: {como}.")


@click.command(cls=Orden, short_help="Empieza un formulario desde una plantilla.")
@click.argument("plantilla", metavar="PLANTILLA")
@click.option(
    "--entidad",
    required=True,
    metavar="SLUG",
    help="La entidad, como sale en su dirección: «puerto-lindo».",
)
@click.option(
    "--salida",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="RUTA",
    help="Dónde se escribe; si no se dice, en la pantalla.",
)
@con_plantillas
@con_consola
def adaptar(
    consola: Consola,
    plantilla: str,
    entidad: str,
    salida: Path | None,
    plantillas: Path | None,
) -> None:
    """Escribe el punto de partida de un formulario adaptado de PLANTILLA.

    PLANTILLA es su id, como «mesa-de-partes», o con su versión, «mesa-de-partes@1». Lo escrito es
    válido tal cual y trae, comentados, ejemplos de los cambios que esa plantilla permite.
    """
    _exigir_slug(entidad)
    catalogo = consola.catalogo(plantillas)
    referencia, dato = plantilla_escrita(catalogo, plantilla)
    texto = redactar_adaptacion(catalogo, referencia, dato, entidad)
    if salida is None:
        click.echo(texto, nl=False)
        return
    if salida.exists():
        raise click.ClickException(f"«{salida}» ya existe; bórralo o elige otro nombre.")
    salida.parent.mkdir(parents=True, exist_ok=True)
    salida.write_text(texto, "utf-8")
    click.echo(f"Escrito {salida}. Revísalo con: facilita validar {salida}")


def _exigir_slug(entidad: str) -> None:
    if len(entidad) > LARGO_DE_SLUG or not re.search(FORMA_DE_SLUG, entidad):
        frase = f"«{entidad}» no sirve: usa minúsculas, números y guiones, como «valle-sereno»."
        raise click.BadParameter(frase, param_hint="--entidad")


def plantilla_escrita(catalogo: Catalogo, escrita: str) -> tuple[str, Mapping[str, Any]]:
    """Una plantilla del catálogo, como se escribe: «mesa-de-partes» o «mesa-de-partes@1»."""
    cual, arroba, version = escrita.partition("@")
    if arroba and version.isdecimal():
        dato = catalogo.plantilla(cual, int(version))
        hallada = (int(version), dato) if dato else None
    else:
        hallada = catalogo.ultima(cual) if not arroba else None
    if hallada is None:
        hay = ", ".join(sorted(catalogo.plantillas)) or "ninguna"
        raise click.ClickException(f"No hay una plantilla «{escrita}». Hay: {hay}.")
    return f"{cual}@{hallada[0]}", hallada[1]


@click.command(cls=Orden, short_help="Compara dos definiciones, en palabras.")
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option(
    "--codigo-de-salida", is_flag=True, help="Sale con 1 si hay diferencias, para otro programa."
)
@con_plantillas
@en_json
@con_consola
def diferencias(
    consola: Consola,
    a: str,
    b: str,
    codigo_de_salida: bool,
    plantillas: Path | None,
    en_json: bool,
) -> None:
    """Dice en qué cambia B respecto de A, campo por campo y propiedad por propiedad.

    A y B son archivos (plantillas o formularios) o plantillas del catálogo, como
    «mesa-de-partes@1».
    """
    catalogo = consola.catalogo(plantillas)
    halladas = comparar(_dato(catalogo, a), _dato(catalogo, b))
    if en_json:
        escribir_json([d.a_json() for d in halladas])
    else:
        _escribir_diferencias(halladas)
    if halladas and codigo_de_salida:
        raise click.exceptions.Exit(1)


def _escribir_diferencias(halladas: list[Diferencia]) -> None:
    for diferencia in halladas:
        click.echo(str(diferencia))
    if not halladas:
        nota("No hay diferencias.")


def _dato(catalogo: Catalogo, escrito: str) -> Mapping[str, Any]:
    archivo = Path(escrito)
    if archivo.is_file():
        return compilar(
            archivo.read_bytes(),
            escrito,
            normas=catalogo.ids_de_normas,
            buscar_plantilla=catalogo.plantilla,
        ).dato
    if archivo.suffix in (".yaml", ".yml"):
        raise click.UsageError(f"No existe el archivo «{escrito}».")
    return plantilla_escrita(catalogo, escrito)[1]


@click.command(cls=Orden, short_help="Escribe el esquema que usan los editores de texto.")
@click.option(
    "--salida",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="ARCHIVO",
    help="Dónde escribirlo; si no se dice, en la pantalla.",
)
def esquema(salida: Path | None) -> None:
    """Escribe el JSON Schema del lenguaje, para que un editor complete y marque al escribir.

    Ya está escrito en docs/esquema.json. Un archivo lo nombra en su primera línea:
    «# yaml-language-server: $schema=../docs/esquema.json».
    """
    texto = json.dumps(esquema_para_editores(), ensure_ascii=False, indent=1) + "\n"
    if salida is None:
        click.echo(texto, nl=False)
        return
    salida.write_text(texto, "utf-8")
    click.echo(f"Escrito {salida}.")

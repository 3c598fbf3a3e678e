"""La orden que trae una versión nueva de la plantilla a un formulario adaptado."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from facilita.cli.comun import Orden, en_json, escribir_fallas, escribir_json, nota
from facilita.cli.consola import Consola, con_consola
from facilita.cli.definiciones import con_plantillas, plantilla_escrita
from facilita.cli.redaccion import reescribir
from facilita.definicion import DefinicionInvalida, es_adaptacion, leer_yaml
from facilita.definicion.actualizacion import actualizar as fundir
from facilita.definicion.fallas import Buzon, Mapa
from facilita.definicion.familias import fallas_de_forma
from facilita.definicion.novedades import LADOS, MOTIVOS, Actualizacion, Conflicto
from facilita.definicion.redaccion import redactar
from facilita.servicios.catalogo import Catalogo

ESCRIBIBLE = click.Path(dir_okay=False, path_type=Path)


@click.command(cls=Orden, short_help="Trae una versión nueva de la plantilla a un formulario.")
@click.argument(
    "formulario",
    metavar="FORMULARIO",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option(
    "--a",
    "hacia",
    metavar="PLANTILLA@N",
    help="La versión que se trae; si no se dice, la última del catálogo.",
)
@click.option(
    "--decisiones",
    type=ESCRIBIBLE,
    metavar="ARCHIVO",
    help="Lo decidido de cada conflicto; si no existe y hay conflictos, se escribe para llenarlo.",
)
@click.option(
    "--escribir", is_flag=True, help="Escribe el formulario nuevo sobre el mismo archivo."
)
@click.option("--salida", type=ESCRIBIBLE, metavar="RUTA", help="Lo escribe en otro archivo.")
@con_plantillas
@en_json
@con_consola
def actualizar(
    consola: Consola,
    formulario: Path,
    hacia: str | None,
    decisiones: Path | None,
    escribir: bool,
    salida: Path | None,
    plantillas: Path | None,
    en_json: bool,
) -> None:
    """Trae a FORMULARIO una versión nueva de su plantilla, sin perder lo que cambió la entidad.

    Dice qué cambia y por qué, y no escribe nada si no se pide con --escribir o --salida. Lo que
    cambiaron la plantilla y la entidad es un conflicto: se decide en un archivo de decisiones.
    Mientras quede alguno sin decidir, o el resultado tenga fallas, sale con 1 y no escribe.
    """
    catalogo = consola.catalogo(plantillas)
    texto = formulario.read_bytes()
    documento = _documento(texto, str(formulario))
    de, a = documento["plantilla"], _referencia(catalogo, documento, hacia)
    hecha = fundir(
        plantilla_escrita(catalogo, de)[1],
        plantilla_escrita(catalogo, a)[1],
        documento,
        leer_decisiones(decisiones),
        normas=catalogo.ids_de_normas,
    )
    se_puede = not hecha.fallas and not hecha.pendientes
    destino = (salida or (formulario if escribir and de != a else None)) if se_puede else None
    if destino is not None:
        escrito = reescribir(texto.decode(errors="replace"), documento, hecha.cambios)
        destino.write_text(escrito, "utf-8")
    if en_json:
        escribir_json({"de": de, "a": a, "escrito": destino is not None, **hecha.a_json()})
    else:
        _contar(hecha, de, a)
        _terminar(hecha, de, a, destino)
    if not se_puede:
        _pedir_decisiones(hecha.pendientes, decisiones, formulario)
        raise click.exceptions.Exit(1)


def _documento(texto: bytes, archivo: str) -> Mapping[str, Any]:
    documento: Mapping[str, Any] = leer_yaml(texto, archivo)
    if not es_adaptacion(documento):
        frase = f"«{archivo}» no es un formulario adaptado: no nombra una plantilla y sus cambios."
        raise click.UsageError(frase)
    fallas = fallas_de_forma(documento)
    if fallas:
        raise DefinicionInvalida(fallas)
    return documento


def _referencia(catalogo: Catalogo, documento: Mapping[str, Any], hacia: str | None) -> str:
    return plantilla_escrita(catalogo, hacia or documento["plantilla"].split("@")[0])[0]


def leer_decisiones(archivo: Path | None) -> Mapping[str, Any] | None:
    """Lo decidido de cada conflicto; nada, si todavía no hay archivo."""
    if archivo is None or not archivo.exists():
        return None
    documento = leer_yaml(archivo.read_text("utf-8"), str(archivo))
    bien = isinstance(documento, Mapping) and set(documento) == {"decisiones"}
    if bien and isinstance(documento["decisiones"], Mapa | None):
        return documento["decisiones"]
    buzon = Buzon(documento)
    buzon.falla("decision.forma", (), "lleva solo «decisiones:» y, debajo, «conflicto: lado»")
    raise DefinicionInvalida(buzon.fallas)


# --- decir ------------------------------------------------------------------------------------


def _contar(hecha: Actualizacion, de: str, a: str) -> None:
    if de == a:
        nota(f"El formulario ya está en {a}.")
        escribir_fallas(hecha.fallas)
        return
    nota(f"De {de} a {a}.")
    for motivo, titulo in MOTIVOS.items():
        _en_lista(titulo, [n.texto for n in hecha.novedades if n.motivo == motivo])
    _en_lista("Lo cambiaron la plantilla y tú", [_con_decision(c) for c in hecha.conflictos])
    escribir_fallas(hecha.fallas)


def _en_lista(titulo: str, textos: Sequence[str]) -> None:
    if textos:
        click.echo(f"{titulo}:")
        for texto in textos:
            click.echo(f"  {texto}")


def _con_decision(conflicto: Conflicto) -> str:
    return f"{conflicto}" + (f" (vale: {conflicto.decision})" if conflicto.decision else "")


def _terminar(hecha: Actualizacion, de: str, a: str, destino: Path | None) -> None:
    if destino is not None:
        nota(f"Escrito {destino}. Compáralo con «facilita diferencias» y publícalo.")
    elif hecha.fallas or hecha.pendientes:
        nota("No se escribió nada.")
    elif de != a:
        nota("Para escribirlo, repite la orden con --escribir.")


def _pedir_decisiones(
    pendientes: Sequence[Conflicto], archivo: Path | None, formulario: Path
) -> None:
    if not pendientes:
        return
    cuantos = f"{len(pendientes)} conflicto" + ("s" if len(pendientes) > 1 else "")
    if archivo is None:
        nota(
            f"Queda por decidir: {cuantos}. Repite la orden con --decisiones ARCHIVO: lo escribe "
            "para que digas en cada uno «plantilla» o «entidad»."
        )
    elif archivo.exists():
        nota(f"Falta decidir en {archivo}: {', '.join(c.id for c in pendientes)}.")
    else:
        archivo.write_text(_por_llenar(pendientes, formulario), "utf-8")
        nota(f"Queda por decidir: {cuantos}. Llena {archivo} y repite la orden.")


def _por_llenar(pendientes: Sequence[Conflicto], formulario: Path) -> str:
    cabeza = (
        f"# Lo que cambiaron la plantilla y {formulario.name}. Escribe después de cada uno\n"
        f"# «{LADOS[0]}» (vale lo de la plantilla) o «{LADOS[1]}» (vale lo tuyo).\n"
        "decisiones:\n"
    )
    return cabeza + "".join(_uno_por_llenar(c) for c in pendientes)


def _uno_por_llenar(conflicto: Conflicto) -> str:
    lineas = (
        conflicto.quien,
        f"  plantilla: {conflicto.dice_la_plantilla}",
        f"  entidad: {conflicto.dice_la_entidad}",
    )
    comentarios = "".join(f"  # {' '.join(linea.splitlines())}\n" for linea in lineas)
    clave = redactar({conflicto.id: None}).strip().removesuffix(" null")
    return f"\n{comentarios}  {clave}\n"

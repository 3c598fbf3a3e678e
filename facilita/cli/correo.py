"""Las órdenes de los correos: cuáles no llegaron y volver a enviarlos."""

import click

from facilita.cli.comun import Entero, Grupo, en_json, escribir_json
from facilita.cli.consola import Consola, con_consola
from facilita.tramite import entidades, salidas
from facilita.tramite.modelos import Salida

SITUACIONES = ("lista", "entregada", "muerta")
con_entidad = click.option(
    "--entidad",
    required=True,
    metavar="SLUG",
    help="La entidad, como sale en su dirección: «puerto-lindo».",
)


@click.group(cls=Grupo, short_help="Lista los correos y reenvía los que no llegaron.")
def correo() -> None:
    """Los correos al ciudadano."""


@correo.command("listar", short_help="Lista los últimos correos de una entidad.")
@con_entidad
@click.option(
    "--situacion", type=click.Choice(SITUACIONES), metavar="SITUACIÓN",
    help="Solo los que están así: lista (en camino), entregada o muerta (no se pudo entregar).",
)  # fmt: skip
@en_json
@con_consola
def listar(consola: Consola, entidad: str, situacion: str | None, en_json: bool) -> None:
    """Lista los últimos 500 correos de una entidad, del más nuevo al más antiguo."""
    with consola.entorno() as entorno:
        suya = entidades.por_slug(entorno, entidad).id
        filas = salidas.listar(entorno, suya, situacion)
    if en_json:
        escribir_json([_dato(s) for s in filas])
        return
    for s in filas:
        porque = f" ({s.respuesta})" if s.respuesta and s.situacion != "entregada" else ""
        click.echo(f"{s.id}  {s.situacion}  {s.datos['para']}  {s.datos['asunto']}{porque}")


def _dato(salida: Salida) -> dict[str, object]:
    return {
        "id": salida.id,
        "situacion": salida.situacion,
        "para": salida.datos["para"],
        "asunto": salida.datos["asunto"],
        "intentos": salida.intentos,
        "respuesta": salida.respuesta,
        "creado_en": salida.creada_en.isoformat(),
    }


@correo.command("reenviar", short_help="Vuelve a poner en camino los que no llegaron.")
@click.argument("cuales", metavar="[ID]...", nargs=-1, type=Entero(1))
@con_entidad
@click.option("--todos", is_flag=True, help="Todos los que no se pudieron entregar.")
@con_consola
def reenviar(consola: Consola, cuales: tuple[int, ...], entidad: str, todos: bool) -> None:
    """Vuelve a poner en camino los correos que no se pudieron entregar.

    ID es el número que muestra «facilita correo listar». Los entrega el trabajador.
    """
    if not (cuales or todos):
        raise click.UsageError("Di qué correos reenviar, o --todos.")
    with consola.entorno() as entorno:
        suya = entidades.por_slug(entorno, entidad).id
        pedidos = [s.id for s in salidas.listar(entorno, suya, "muerta")] if todos else cuales
        repuestos = [cual for cual in pedidos if salidas.reenviar(entorno, suya, cual)]
    for cual in set(pedidos) - set(repuestos):
        click.echo(f"El correo {cual} no está entre los que no se pudieron entregar.", err=True)
    click.echo(f"En camino otra vez: {len(repuestos)}.")
    if len(repuestos) < len(pedidos):
        raise click.exceptions.Exit(1)

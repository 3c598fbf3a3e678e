"""La orden `facilita`: los mismos verbos, desde la terminal."""

from pathlib import Path

import click

from facilita import __version__
from facilita.cli import (
    actualizacion,
    administracion,
    antivirus,
    calendario,
    claves,
    correo,
    definiciones,
    roles,
    simulacion,
    sistema,
    verificar,
)
from facilita.cli.comun import AJUSTES_DE_AYUDA, Raiz, preparar_registro
from facilita.cli.consola import Consola


@click.group(cls=Raiz, context_settings=AJUSTES_DE_AYUDA)
@click.version_option(__version__, prog_name="facilita", message="%(prog)s %(version)s",
                      help="Muestra la versión y termina.")  # fmt: skip
@click.option(
    "--configuracion",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="RUTA",
    help="El archivo de configuración; si no se dice, «config.yaml» de esta carpeta.",
)
@click.pass_context
def main(ctx: click.Context, configuracion: Path | None) -> None:
    """Facilita: la mesa de partes digital de una entidad pública.

    Cada orden tiene su ayuda: facilita ORDEN --help. Salen con 0 si se hizo, con 1 si hay fallas
    o no se pudo, y con 2 si la orden o la configuración están mal.
    """
    preparar_registro()
    ctx.obj = Consola(configuracion)


for orden in (
    definiciones.validar,
    definiciones.adaptar,
    definiciones.diferencias,
    actualizacion.actualizar,
    simulacion.simular,
    definiciones.esquema,
    administracion.publicar,
    administracion.retirar,
    administracion.entidad,
    administracion.usuario,
    roles.rol,
    correo.correo,
    antivirus.antivirus,
    verificar.verificar,
    claves.claves,
    claves.cola,
    calendario.plazo,
    calendario.dia_inhabil,
    sistema.config,
    sistema.bd,
    sistema.servir,
    sistema.trabajador,
    sistema.demo,
):
    main.add_command(orden)

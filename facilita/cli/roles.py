"""Las órdenes de los roles propios de un formulario: quién los cumple."""

from collections.abc import Callable
from typing import Any

import click

from facilita.cli.administracion import con_entidad, usuario_de
from facilita.cli.comun import Grupo, en_json, escribir_json
from facilita.cli.consola import Consola, con_consola
from facilita.tramite import encargos, entidades
from facilita.tramite.encargos import FormularioConRoles, Titular
from facilita.tramite.entorno import Entorno


@click.group(cls=Grupo)
def rol() -> None:
    """Los roles que un formulario declara y quién los cumple."""


def con_titular(orden: Callable[..., Any]) -> Callable[..., Any]:
    """El formulario, el rol y la persona o el área."""
    for decorar in (
        click.option("--area", metavar="CÓDIGO", help="El área que lo cumple."),
        click.option("--usuario", metavar="CORREO", help="La persona que lo cumple."),
        con_entidad,
        click.argument("rol", metavar="ROL"),
        click.argument("formulario", metavar="FORMULARIO"),
    ):
        orden = decorar(orden)
    return orden


@rol.command("asignar")
@con_titular
@con_consola
def asignar(
    consola: Consola, formulario: str, rol: str, entidad: str, usuario: str | None, area: str | None
) -> None:
    """Da un rol de FORMULARIO a una persona o a un área de la entidad."""
    with consola.entorno() as entorno:
        suya, titular = _titular(entorno, entidad, usuario, area)
        encargos.asignar(entorno, suya, formulario, rol, titular)
    click.echo(f"Listo: {usuario or area} cumple el rol «{rol}» en «{formulario}».")


@rol.command("quitar")
@con_titular
@con_consola
def quitar(
    consola: Consola, formulario: str, rol: str, entidad: str, usuario: str | None, area: str | None
) -> None:
    """Quita un rol de FORMULARIO a quien lo cumple."""
    with consola.entorno() as entorno:
        suya, titular = _titular(entorno, entidad, usuario, area)
        encargos.quitar(entorno, suya, formulario, rol, titular)
    click.echo(f"Listo: {usuario or area} ya no cumple el rol «{rol}» en «{formulario}».")


def _titular(
    entorno: Entorno, entidad: str, usuario: str | None, area: str | None
) -> tuple[int, Titular]:
    if (usuario is None) == (area is None):
        raise click.UsageError("Di quién lo cumple: --usuario CORREO o --area CÓDIGO, uno solo.")
    suya = entidades.por_slug(entorno, entidad).id
    if usuario is not None:
        return suya, Titular(usuario_id=usuario_de(entorno, usuario))
    return suya, Titular(area_id=encargos.area_de(entorno, suya, str(area)))


@rol.command("listar", short_help="Lista los roles y quién los cumple.")
@con_entidad
@en_json
@con_consola
def listar(consola: Consola, entidad: str, en_json: bool) -> None:
    """Lista los roles de los formularios de la entidad y quién los cumple."""
    with consola.entorno() as entorno:
        suya = entidades.por_slug(entorno, entidad).id
        formularios = encargos.listar(entorno, suya)
    if en_json:
        escribir_json([_a_json(f, r) for f in formularios for r in f.roles])
        return
    for formulario in formularios:
        for ofrecido in formulario.roles:
            quienes = ", ".join(e.nombre for e in ofrecido.encargados) or "nadie todavía"
            click.echo(f"{formulario.slug}  {ofrecido.rol.id}  {quienes}")


def _a_json(formulario: FormularioConRoles, ofrecido: encargos.RolOfrecido) -> dict[str, Any]:
    return {
        "formulario": formulario.slug,
        "rol": ofrecido.rol.id,
        "etiqueta": ofrecido.rol.etiqueta,
        "cumplen": [
            {"nombre": e.nombre, "clase": "area" if e.es_area else "persona"}
            for e in ofrecido.encargados
        ],
    }

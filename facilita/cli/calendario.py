"""Las órdenes del calendario: cuándo vence un plazo y qué días no se cuentan."""

from datetime import date

import click

from facilita.cli.comun import FECHA, Entero, Grupo, Orden, en_json, escribir_json, nota
from facilita.cli.consola import Consola, con_consola
from facilita.plazos import Calendario, Computo, DiaNoHabil, computar, fecha_larga
from facilita.servicios.territorio import abrir_territorio
from facilita.tramite import dias


@click.command(cls=Orden, short_help="Dice qué día vence un plazo, y por qué.")
@click.argument("desde", metavar="DESDE", type=FECHA)
@click.option(
    "--dias-habiles", required=True, type=Entero(1, 5000), metavar="N",
    help="Cuántos días hábiles se cuentan, desde el día siguiente.",
)  # fmt: skip
@click.option(
    "--ubigeo", metavar="CÓDIGO", help="El distrito, provincia o región, con su código del INEI."
)
@en_json
@con_consola
def plazo(
    consola: Consola, desde: date, dias_habiles: int, ubigeo: str | None, en_json: bool
) -> None:
    """Dice qué día vence un plazo que se cuenta desde DESDE, y qué días se salta y por qué.

    DESDE se escribe AAAA-MM-DD y no se cuenta. Sin --ubigeo rigen solo los días de todo el país.
    """
    if ubigeo is not None and abrir_territorio().nombre(ubigeo) is None:
        frase = f"«{ubigeo}» no es un código del INEI: son 2, 4 o 6 cifras, como 150101."
        raise click.BadParameter(frase, param_hint="--ubigeo")
    try:
        cuenta = computar(desde, dias_habiles, Calendario(ubigeo, _declarados(consola)))
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if en_json:
        dato = cuenta.a_json()
        escribir_json({c: dato[c] for c in ("desde", "dias_habiles", "vence", "saltados")})
    else:
        _explicar(cuenta)


def _declarados(consola: Consola) -> tuple[DiaNoHabil, ...]:
    with consola.entorno_si_hay() as entorno:
        if entorno is not None:
            return dias.declarados(entorno)
    nota("Sin base de datos configurada: se cuentan solo los feriados nacionales.")
    return ()


def _explicar(cuenta: Computo) -> None:
    click.echo(f"Vence el {fecha_larga(cuenta.vence)}, a las 23:59:59, hora de Lima.")
    click.echo(
        f"Son {cuenta.dias_habiles} días hábiles desde el {fecha_larga(cuenta.primer_dia)}."
        if cuenta.dias_habiles > 1
        else "Es 1 día hábil."
    )
    if cuenta.saltados:
        click.echo("No se cuentan:")
    for salto in cuenta.saltados:
        click.echo(f"  {fecha_larga(salto.fecha)}: {salto.motivo} ({salto.norma})")


@click.group("dia-inhabil", cls=Grupo, short_help="Los días no hábiles declarados.")
def dia_inhabil() -> None:
    """Los días no hábiles que declara una norma, aparte de los feriados nacionales."""


@dia_inhabil.command("agregar", short_help="Declara que una fecha no es hábil.")
@click.argument("fecha", metavar="FECHA", type=FECHA)
@click.option(
    "--ambito", required=True, metavar="ÁMBITO",
    help="Dónde rige: nacional, region:NN, provincia:NNNN o distrito:NNNNNN.",
)  # fmt: skip
@click.option("--motivo", required=True, metavar="TEXTO", help="Por qué no es hábil.")
@click.option("--norma", required=True, metavar="TEXTO", help="La norma que lo declara.")
@con_consola
def agregar_dia(consola: Consola, fecha: date, ambito: str, motivo: str, norma: str) -> None:
    """Declara que FECHA no es hábil en un ámbito, con la norma que lo manda.

    Los plazos abiertos se cuentan otra vez, y cada solicitud lo deja dicho en su historia.
    """
    try:
        dia = DiaNoHabil(fecha, ambito, motivo, norma)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    with consola.entorno() as entorno:
        cambiados = dias.agregar(entorno, dia)
    click.echo(f"El {fecha_larga(fecha)} no se cuenta ({ambito}).")
    if cambiados:
        plazos = "1 plazo abierto" if cambiados == 1 else f"{cambiados} plazos abiertos"
        click.echo(f"Se contó otra vez: {plazos}.")


@dia_inhabil.command("lista")
@en_json
@con_consola
def listar_dias(consola: Consola, en_json: bool) -> None:
    """Lista los días declarados."""
    with consola.entorno() as entorno:
        declarados = dias.declarados(entorno)
    if en_json:
        escribir_json(
            [
                {
                    "fecha": d.fecha.isoformat(),
                    "ambito": d.ambito,
                    "motivo": d.motivo,
                    "norma": d.norma,
                }
                for d in declarados
            ]
        )
        return
    for d in declarados:
        click.echo(f"{d.fecha.isoformat()}  {d.ambito}  {d.motivo} ({d.norma})")

"""Las órdenes de quien opera la máquina: configuración, base de datos, servidor y trabajador."""

import click

import facilita
from facilita import demo as demostracion
from facilita.armado import abrir_base
from facilita.cli.comun import Entero, Grupo, Orden, en_json, escribir_json, nota, preparar_registro
from facilita.cli.consola import Consola, con_consola
from facilita.cli.servidor import (
    atender_con_granian,
    atender_con_waitress,
    exigir_puerto_libre,
    hay_granian,
    parar_con_senales,
)
from facilita.migraciones import migrar, pendientes
from facilita.trabajador import Trabajador

PUERTO = Entero(1, 65535)
con_puerto = click.option(
    "--puerto", type=PUERTO, default=8000, metavar="N", help="El puerto en que atiende."
)


@click.command("config", cls=Orden, short_help="Muestra los ajustes que rigen.")
@en_json
@con_consola
def config(consola: Consola, en_json: bool) -> None:
    """Muestra los ajustes que rigen y de dónde viene cada uno, con los secretos tapados."""
    ajustes = consola.configuracion.mostrar()
    if en_json:
        escribir_json({a.nombre: {"valor": a.valor, "origen": a.origen} for a in ajustes})
        return
    ancho = max(len(a.nombre) for a in ajustes)
    for ajuste in ajustes:
        click.echo(f"{ajuste.nombre:<{ancho}}  {ajuste.valor}  ({ajuste.origen})")


@click.group(cls=Grupo, short_help="Migra la base de datos o dice cómo está.")
def bd() -> None:
    """La base de datos."""


@bd.command("migrar", short_help="Crea las tablas o las lleva a la última revisión.")
@con_consola
def migrar_bd(consola: Consola) -> None:
    """Crea las tablas o las lleva a la última revisión; si ya están, no hace nada."""
    base = abrir_base(consola.configuracion)
    try:
        faltan = pendientes(base)
        migrar(base)
    finally:
        base.cerrar()
    click.echo(f"Aplicadas: {', '.join(faltan)}." if faltan else "Ya estaba al día.")


@bd.command("estado")
@en_json
@con_consola
def estado_bd(consola: Consola, en_json: bool) -> None:
    """Dice qué migraciones faltan; sale con 1 si falta alguna."""
    base = abrir_base(consola.configuracion)
    try:
        faltan = pendientes(base)
        motor = base.motor.dialect.name
    finally:
        base.cerrar()
    if en_json:
        escribir_json({"motor": motor, "al_dia": not faltan, "pendientes": faltan})
    else:
        como = f"faltan {', '.join(faltan)}" if faltan else "al día"
        click.echo(f"{motor}: {como}.")
    if faltan:
        raise click.exceptions.Exit(1)


@click.command(cls=Orden, short_help="Atiende las peticiones.")
@click.option("--direccion", default="127.0.0.1", metavar="IP", help="La dirección en que atiende.")
@con_puerto
@click.option(
    "--procesos", type=Entero(1, 64), default=1, metavar="N",
    help="Cuántos procesos atienden; necesita granian.",
)  # fmt: skip
@con_consola
def servir(consola: Consola, direccion: str, puerto: int, procesos: int) -> None:
    """Atiende con granian si está instalado y, si no, con waitress.

    Va detrás de un proxy que ponga https. Si el ajuste «trabajador_embebido» es «sí», también
    entrega los correos y avisos.
    """
    configuracion = consola.configuracion
    if procesos > 1 and not hay_granian():
        frase = "Para varios procesos instala granian: pip install 'facilita[servidor]'"
        raise click.UsageError(frase)
    preparar_registro("info")
    exigir_puerto_libre(direccion, puerto)
    with consola.entorno() as entorno:
        if not hay_granian():
            app = facilita.create_app(configuracion, entorno)
            atender_con_waitress(app, entorno, configuracion, direccion, puerto)
            return
    # Granian arma la aplicación en sus procesos: en este no queda ninguna conexión abierta.
    atender_con_granian(consola.ruta, configuracion, direccion, puerto, procesos)


@click.command("trabajador", cls=Orden, short_help="Entrega correos y vence plazos.")
@click.option("--una-vuelta", is_flag=True, help="Hace lo pendiente y termina.")
@con_consola
def trabajador(consola: Consola, una_vuelta: bool) -> None:
    """Entrega los correos y da los pasos del reloj, hasta Ctrl-C o SIGTERM.

    Puede haber varios a la vez, también junto a un servidor que lo lleve dentro.
    """
    preparar_registro("info")
    with consola.entorno() as entorno, parar_con_senales() as parar:
        obrero = Trabajador(entorno)
        if not una_vuelta:
            obrero.correr(parar)
            return
        fallaron = obrero.vuelta(parar).fallaron
    if fallaron:
        raise click.ClickException(f"Falló: {', '.join(fallaron)}.")


@click.command("demo", cls=Orden, short_help="Prepara y atiende la demostración.")
@con_puerto
@click.option(
    "--direccion", default="127.0.0.1", metavar="IP",
    help="La demostración solo atiende en esta máquina.",
)  # fmt: skip
def demo(puerto: int, direccion: str) -> None:
    """Prepara la demostración en «var» y la atiende en http://127.0.0.1:PUERTO.

    La primera vez carga una entidad inventada con sus formularios, usuarios y solicitudes. Las
    siguientes conserva lo que haya. Sus contraseñas son públicas: no es para usarse en serio.
    """
    if direccion != demostracion.DIRECCION:
        frase = f"la demostración solo atiende en {demostracion.DIRECCION}; usa «servir»."
        raise click.BadParameter(frase, param_hint="--direccion")
    preparar_registro()
    exigir_puerto_libre(direccion, puerto)
    configuracion = demostracion.configurar(puerto)
    entorno = demostracion.preparar(configuracion, nota)
    try:
        app = facilita.create_app(configuracion, entorno)
        click.echo(demostracion.presentacion(configuracion))
        atender_con_waitress(app, entorno, configuracion, direccion, puerto)
    finally:
        entorno.bd.cerrar()
    nota("Listo. Los datos quedan en «var».")

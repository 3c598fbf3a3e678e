"""Lo que comparten las órdenes: hablar en español, decir las negativas y salir con su código.

0: se hizo. 1: la respuesta es no (hay fallas, o el verbo se negó). 2: está mal pedido o mal
configurado.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from time import monotonic
from typing import Any

import click
import structlog
from sqlalchemy.exc import DBAPIError

from facilita.cli.idioma import poner_espanol
from facilita.config import ConfiguracionInvalida
from facilita.definicion import DefinicionInvalida, Falla
from facilita.migraciones import RevisionDesconocida
from facilita.tramite.errores import Invalido, Negativa

# Antes de declarar ninguna orden: click nombra sus tipos al crearlos.
poner_espanol()

AJUSTES_DE_AYUDA = {"help_option_names": ["--help"], "show_default": True, "max_content_width": 100}


LARGO_DE_FRASE = 160


class Orden(click.Command):
    """Una orden cuya ayuda habla en español."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("options_metavar", "[OPCIONES]")
        super().__init__(*args, **kwargs)

    def get_short_help_str(self, limit: int = 45) -> str:
        """Su primera frase entera, aunque ocupe dos renglones."""
        return super().get_short_help_str(max(limit, LARGO_DE_FRASE))


class Grupo(click.Group):
    """Un grupo de órdenes."""

    command_class = Orden

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("options_metavar", "[OPCIONES]")
        kwargs.setdefault("subcommand_metavar", "ORDEN [ARGUMENTOS]...")
        super().__init__(*args, **kwargs)


class Raiz(Grupo):
    """El grupo principal: traduce a frase y código lo que las órdenes lanzan."""

    group_class: Any = Grupo

    def invoke(self, ctx: click.Context) -> Any:
        """Corre la orden; lo que se puede explicar se explica y lo demás es un defecto."""
        try:
            return super().invoke(ctx)
        except DefinicionInvalida as invalida:
            escribir_fallas(invalida.fallas)
            raise click.exceptions.Exit(1) from None
        except Invalido as invalido:
            raise click.ClickException("\n".join(e.texto for e in invalido.errores)) from None
        except Negativa as negativa:
            raise click.ClickException(negativa.frase) from None
        except ConfiguracionInvalida as mala:
            fallas = "\n".join(f"  {falla}" for falla in mala.fallas)
            raise MalConfigurado(f"la configuración no sirve:\n{fallas}") from None
        except RevisionDesconocida as ajena:
            raise click.ClickException(str(ajena)) from None
        except DBAPIError as falla:
            frase = f"No se pudo usar la base de datos: {falla.orig}"
            raise click.ClickException(frase.strip()) from None


class MalConfigurado(click.ClickException):
    """La configuración no sirve: sale con 2, como lo mal pedido."""

    exit_code = 2


class Entero(click.IntRange):
    """Un número entero entre dos límites."""

    name = "número entero"


class Fecha(click.ParamType[date, str | date]):
    """Un día, escrito AAAA-MM-DD o DD/MM/AAAA."""

    name = "fecha"

    def convert(
        self, value: str | date, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """El día escrito; si no se entiende, lo dice."""
        if isinstance(value, date):
            return value
        for forma in ("%Y-%m-%d", "%d/%m/%Y"):
            try:
                return datetime.strptime(value.strip(), forma).date()  # noqa: DTZ007
            except ValueError:
                continue
        frase = f"«{value}» no es una fecha; escríbela como 2026-07-27 o 27/07/2026."
        raise click.BadParameter(frase, ctx, param)


FECHA = Fecha()

en_json = click.option("--json", "en_json", is_flag=True, help="Escribe JSON, para otro programa.")


def escribir_json(dato: Any) -> None:
    """Escribe un dato como JSON legible."""
    click.echo(json.dumps(dato, ensure_ascii=False, indent=2))


def escribir_fallas(fallas: Iterable[Falla]) -> None:
    """Una falla por línea: `archivo:línea: ruta: texto`."""
    for falla in fallas:
        click.echo(str(falla))


def nota(texto: str) -> None:
    """Algo que se dice a la persona sin ensuciar lo que otro programa lee."""
    click.echo(texto, err=True)


@contextmanager
def avance(de_que: str) -> Iterator[Callable[[int], None]]:
    """Da con qué decir cuántos van, en una línea que se reescribe; solo en una terminal."""
    if not sys.stderr.isatty():
        yield lambda hechos: None
        return
    ultima = 0.0

    def avisar(hechos: int) -> None:
        nonlocal ultima
        # Escribir en la terminal cuesta: diez veces por segundo bastan.
        if monotonic() - ultima > 0.1:
            ultima = monotonic()
            click.echo(f"\r\033[K{hechos} {de_que}", nl=False, err=True)

    try:
        yield avisar
    finally:
        click.echo("\r\033[K", nl=False, err=True)


def preparar_registro(nivel: str = "warning") -> None:
    """Lo que se registra va a la salida de errores, una línea por suceso."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(
                key_order=["timestamp", "level", "event"], bool_as_flag=False
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(nivel),
        # Se busca la salida al escribir: quien la cambia (las pruebas) no deja una cerrada.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )

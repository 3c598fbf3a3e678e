"""Lo que una orden encuentra a mano: la configuración y, si lo pide, el entorno de los verbos."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import click
from sqlalchemy.engine import make_url

from facilita.armado import armar_entorno
from facilita.config import Configuracion, ConfiguracionInvalida, leer_configuracion
from facilita.migraciones import pendientes
from facilita.servicios.catalogo import Catalogo
from facilita.tramite.entorno import Entorno

ARCHIVO = Path("config.yaml")


class Consola:
    """La configuración se lee solo si una orden la necesita."""

    def __init__(self, ruta: Path | None = None) -> None:
        self.ruta = ruta or (ARCHIVO if ARCHIVO.is_file() else None)

    @cached_property
    def configuracion(self) -> Configuracion:
        """Los ajustes que rigen; lanza `ConfiguracionInvalida` con todas las fallas."""
        return leer_configuracion(self.ruta, os.environ)

    @contextmanager
    def entorno(self) -> Iterator[Entorno]:
        """El entorno, con la base de datos al día; suelta las conexiones al terminar."""
        entorno = armar_entorno(self.configuracion)
        try:
            if pendientes(entorno.bd):
                frase = "La base de datos no está al día. Corre antes: facilita bd migrar"
                raise click.ClickException(frase)
            yield entorno
        finally:
            entorno.bd.cerrar()

    @contextmanager
    def entorno_si_hay(self) -> Iterator[Entorno | None]:
        """El entorno si hay una instalación con su base; si no, nada: no crea ninguna."""
        try:
            url = make_url(self.configuracion.base_de_datos)
        except ConfiguracionInvalida:
            yield None
            return
        if url.drivername == "sqlite" and not Path(url.database or "").is_file():
            yield None
            return
        with self.entorno() as entorno:
            yield entorno

    def catalogo(self, carpeta: Path | None) -> Catalogo:
        """Las plantillas de esa carpeta o, si no se dice, las configuradas."""
        if carpeta is None:
            try:
                carpeta = self.configuracion.plantillas
            except ConfiguracionInvalida:
                # Revisar archivos no pide una instalación: basta la carpeta del proyecto.
                carpeta = Path("plantillas")
        if not (carpeta / "normas.yaml").is_file():
            frase = f"No hay un catálogo de plantillas en «{carpeta}»; di cuál con --plantillas."
            raise click.UsageError(frase)
        return Catalogo(carpeta)


con_consola = click.make_pass_decorator(Consola, ensure=True)

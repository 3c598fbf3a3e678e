"""El armado: de una configuración al entorno en que corren los verbos."""

from pathlib import Path

from sqlalchemy.engine import make_url

from facilita.config import Configuracion
from facilita.servicios.almacen import abrir_almacen
from facilita.servicios.antivirus import abrir_antivirus
from facilita.servicios.catalogo import Catalogo
from facilita.servicios.correo import abrir_correo
from facilita.servicios.firmas import Firmas, Tsa
from facilita.servicios.mensajeria import Pasarela, abrir_mensajeria, leer_cuerpo
from facilita.servicios.reloj import Reloj, RelojSistema
from facilita.servicios.sonda import SondaHTTPS
from facilita.servicios.territorio import abrir_territorio
from facilita.tramite.bd import BaseDeDatos
from facilita.tramite.entorno import Entorno


def armar_entorno(configuracion: Configuracion, reloj: Reloj | None = None) -> Entorno:
    """El mundo de un proceso; crea la carpeta de datos si falta. No toca la base de datos."""
    return Entorno(
        bd=abrir_base(configuracion),
        almacen=abrir_almacen(configuracion.almacen),
        antivirus=abrir_antivirus(configuracion.antivirus),
        correo=abrir_correo(configuracion.correo),
        reloj=reloj or RelojSistema(),
        territorio=abrir_territorio(),
        catalogo=Catalogo(configuracion.plantillas),
        direccion_publica=configuracion.direccion_publica,
        correo_de=configuracion.correo_de,
        dias_de_borrador=configuracion.dias_de_borrador,
        dias_de_gracia=configuracion.dias_de_gracia,
        secreto=configuracion.secreto,
        firmas=Firmas(configuracion.carpeta_de_firmas, _tsa(configuracion.sello_de_tiempo)),
        mensajeria=abrir_mensajeria(_pasarela(configuracion), demo=configuracion.demo),
        con_casilla=configuracion.casilla,
        casilla_mismo_dia=configuracion.casilla_mismo_dia,
        sonda=SondaHTTPS() if configuracion.mirar_direcciones else None,
    )


def _tsa(direccion: str | None) -> Tsa | None:
    return Tsa.de(direccion) if direccion else None


def abrir_base(configuracion: Configuracion) -> BaseDeDatos:
    """La base de datos configurada; con SQLite, crea la carpeta de su archivo."""
    url = make_url(configuracion.base_de_datos)
    if url.drivername == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    return BaseDeDatos(configuracion.base_de_datos, conexiones=configuracion.conexiones)


def _pasarela(configuracion: Configuracion) -> Pasarela:
    return Pasarela(
        configuracion.mensajeria,
        configuracion.mensajeria_clave,
        leer_cuerpo(configuracion.mensajeria_cuerpo),
    )

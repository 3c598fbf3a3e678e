"""La configuración: `config.yaml` y el entorno `FACILITA_*`, que manda; da todas las fallas."""

import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from facilita.conversiones import (
    COMO_ALMACEN,
    COMO_BASE,
    COMO_CASILLA,
    COMO_CORREO,
    COMO_DIRECCION,
    COMO_MENSAJERIA,
    COMO_REMITENTE,
    COMO_SECRETO,
    PREFIJO,
    NoSirve,
    leer_antivirus,
    leer_direccion_de_demo,
    leer_direccion_segura,
    leer_entero,
    leer_mensaje,
    leer_remitente,
    leer_secreto,
    leer_si_o_no,
    leer_texto,
    leer_tsa,
    leer_una_de,
    partir_url,
    pedir_biblioteca,
    url_sqlite,
)
from facilita.definicion import DefinicionInvalida, leer_yaml
from facilita.definicion.fallas import Mapa
from facilita.servicios.correo import CorreoSMTP
from facilita.servicios.mensajeria import CUERPO, Pasarela, abrir_mensajeria

POR_OMISION = "por omisión"
TAPADO = "•••"
NINGUNA = "ninguna"

_SOLO_DEL_ENTORNO = ("secreto", "demo", "mensajeria_clave")
_SECRETOS = ("secreto", "mensajeria_clave")
_CON_CLAVE = re.compile(r"(?P<antes>[a-z][a-z0-9+.-]*://[^:/@?]*:).*@", re.IGNORECASE | re.DOTALL)
_OPCION_SECRETA = re.compile(
    r"([?&][^=&]*(?:clave|passw|pwd|secret|token|key)[^=&]*=)[^&]*", re.IGNORECASE
)

REDES = ("recortada", "completa", "no")
"""Cuánto de la dirección de red se guarda junto a un consentimiento."""


class FallaDeAjuste(NamedTuple):
    """Un ajuste que no sirve: cuál es, de dónde vino y qué sería lo correcto."""

    ajuste: str
    origen: str
    texto: str

    def __str__(self) -> str:
        return f"{self.ajuste} ({self.origen}): {self.texto}"


class ConfiguracionInvalida(ValueError):
    """La configuración tiene fallas; están todas."""

    def __init__(self, fallas: list[FallaDeAjuste]) -> None:
        self.fallas = tuple(fallas)
        super().__init__("\n".join(map(str, fallas)))


class Ajuste(NamedTuple):
    """Un ajuste como se muestra: su valor con los secretos tapados y de dónde vino."""

    nombre: str
    valor: str
    origen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuracion:
    """Los ajustes de un proceso, ya comprobados; las rutas son absolutas."""

    demo: bool
    carpeta_de_datos: Path
    # Lo que puede llevar una clave no sale en `repr`, que acaba en los registros.
    base_de_datos: str = field(repr=False)
    almacen: str = field(repr=False)
    correo: str = field(repr=False)
    correo_de: str
    antivirus: str
    secreto: str = field(repr=False)
    casilla: bool
    """Si la casilla electrónica está encendida; nunca sin un canal al celular (N51)."""
    casilla_mismo_dia: bool
    mensajeria: str = field(repr=False)
    mensajeria_clave: str = field(repr=False)
    mensajeria_cuerpo: str
    direccion_publica: str
    plantillas: Path
    hilos: int
    conexiones: int
    dias_de_borrador: int
    dias_de_gracia: int
    tamano_maximo_envio_mb: int
    saltos_de_proxy: int
    red_en_consentimientos: str
    segundos_de_revision: int
    trabajador_embebido: bool
    mirar_direcciones: bool
    """Si el trabajador sale a internet a ver si responden las páginas de gob.pe declaradas."""
    carpeta_de_firmas: Path | None
    sello_de_tiempo: str | None = field(repr=False)
    origenes: Mapping[str, str] = field(repr=False)

    def mostrar(self) -> list[Ajuste]:
        """Cada ajuste que rige y de dónde vino, con los secretos tapados."""
        return [
            Ajuste(nombre, _tapar(nombre, getattr(self, nombre)), self.origenes[nombre])
            for nombre in AJUSTES
        ]


AJUSTES = tuple(campo.name for campo in fields(Configuracion) if campo.name != "origenes")


def leer_configuracion(ruta: Path | None, entorno: Mapping[str, str]) -> Configuracion:
    """Los ajustes del archivo (si hay) y del entorno; lanza `ConfiguracionInvalida` con todo.

    Las rutas relativas parten de la carpeta del archivo; sin archivo, de la carpeta actual.
    """
    lector = _Lector((ruta.parent if ruta else Path()).absolute())
    if ruta:
        lector.leer_archivo(ruta)
    lector.leer_entorno(entorno)
    ajustes = lector.ajustes()
    if lector.fallas:
        raise ConfiguracionInvalida(lector.fallas)
    return Configuracion(**ajustes, origenes=lector.origenes)


class _Crudo(NamedTuple):
    valor: Any
    origen: str


class _Lector:
    """Junta los valores, los convierte y anota lo que está mal."""

    def __init__(self, carpeta: Path) -> None:
        self.carpeta = carpeta
        self.crudos: dict[str, _Crudo] = {}
        self.fallas: list[FallaDeAjuste] = []
        self.origenes: dict[str, str] = {}

    def leer_archivo(self, ruta: Path) -> None:
        try:
            datos = leer_yaml(ruta.read_bytes(), ruta.name)
        except OSError:
            self._falla(ruta.name, str(ruta), "no se puede leer el archivo; revisa que exista")
            return
        except DefinicionInvalida as error:
            for falla in error.fallas:
                linea = f"{ruta.name}:{falla.sitio.linea}" if falla.sitio else ruta.name
                self._falla(ruta.name, linea, falla.texto)
            return
        if isinstance(datos, Mapa):
            for nombre, valor in datos.items():
                self._anotar_del_archivo(nombre, valor, f"{ruta.name}:{datos.sitios[nombre].linea}")
        elif datos is not None:
            self._falla(ruta.name, f"{ruta.name}:1", "se escribe con un «ajuste: valor» por línea")

    def _anotar_del_archivo(self, nombre: str, valor: Any, origen: str) -> None:
        if nombre in _SOLO_DEL_ENTORNO:
            variable = PREFIJO + nombre.upper()
            self._falla(nombre, origen, f"no va en el archivo: ponlo solo en {variable}")
        else:
            self._anotar(nombre, valor, origen, AJUSTES)

    def leer_entorno(self, entorno: Mapping[str, str]) -> None:
        variables = [PREFIJO + nombre.upper() for nombre in AJUSTES]
        for variable in sorted(v for v in entorno if v.startswith(PREFIJO)):
            nombre = variable.removeprefix(PREFIJO).lower() if variable in variables else variable
            # Una variable vacía es como se «quita» un ajuste en los archivos de despliegue.
            self._anotar(nombre, entorno[variable] or None, variable, [*AJUSTES, *variables])

    def _anotar(self, nombre: str, valor: Any, origen: str, conocidos: Any) -> None:
        if nombre in AJUSTES:
            if valor is not None:
                self.crudos[nombre] = _Crudo(valor, origen)
            return
        parecidos = get_close_matches(nombre, conocidos, 1)
        consejo = f"; quizá es «{parecidos[0]}»" if parecidos else ""
        self._falla(nombre, origen, f"no es un ajuste de Facilita{consejo}")

    def _falla(self, ajuste: str, origen: str, texto: str) -> None:
        self.fallas.append(FallaDeAjuste(ajuste, origen, texto))

    def _dar(self, nombre: str, convertir: Callable[[Any], Any], omision: Any) -> Any:
        crudo = self.crudos.get(nombre)
        self.origenes[nombre] = crudo.origen if crudo else POR_OMISION
        if crudo is None:
            return omision
        try:
            return convertir(crudo.valor)
        except NoSirve as error:
            self._falla(nombre, crudo.origen, str(error))
            return omision

    def ajustes(self) -> dict[str, Any]:
        """Todos los ajustes convertidos; valen solo si no quedó ninguna falla."""
        demo = self._dar("demo", leer_si_o_no, False)
        datos = self._dar("carpeta_de_datos", self._ruta, self.carpeta / "var")
        return {
            "demo": demo,
            "carpeta_de_datos": datos,
            "base_de_datos": self._dar(
                "base_de_datos", self._base, url_sqlite(datos / "facilita.db")
            ),
            "almacen": self._dar("almacen", self._almacen, str(datos / "archivos")),
            "correo": (correo := self._dar("correo", self._correo, f"carpeta:{datos / 'correos'}")),
            "correo_de": self._correo_de(correo),
            "antivirus": self._dar("antivirus", leer_antivirus, "ninguno"),
            **self._de_casilla(demo),
            "secreto": self._secreto(demo),
            "direccion_publica": self._direccion_publica(demo),
            "plantillas": self._dar(
                "plantillas", self._carpeta_que_existe, self.carpeta / "plantillas"
            ),
            "hilos": self._dar("hilos", leer_entero(1, 64), 8),
            "conexiones": self._dar("conexiones", leer_entero(1, 200), 10),
            "dias_de_borrador": self._dar("dias_de_borrador", leer_entero(1, 90), 7),
            "dias_de_gracia": self._dar("dias_de_gracia", leer_entero(0, 365), 15),
            "tamano_maximo_envio_mb": self._dar(
                "tamano_maximo_envio_mb", leer_entero(1, 2048), 120
            ),
            "saltos_de_proxy": self._dar("saltos_de_proxy", leer_entero(0, 5), 0),
            "red_en_consentimientos": self._dar(
                "red_en_consentimientos", leer_una_de(*REDES), "recortada"
            ),
            "segundos_de_revision": self._dar("segundos_de_revision", leer_entero(0, 30), 2),
            "trabajador_embebido": self._dar("trabajador_embebido", leer_si_o_no, True),
            "mirar_direcciones": self._dar("mirar_direcciones", leer_si_o_no, not demo),
            "carpeta_de_firmas": self._dar("carpeta_de_firmas", self._carpeta_que_existe, None),
            "sello_de_tiempo": self._dar("sello_de_tiempo", leer_tsa, None),
        }

    def _ruta(self, valor: Any) -> Path:
        return self.carpeta / Path(leer_texto(valor, "es la ruta de una carpeta")).expanduser()

    def _carpeta_que_existe(self, valor: Any) -> Path:
        ruta = self._ruta(valor)
        if not ruta.is_dir():
            raise NoSirve(f"no existe la carpeta «{ruta}»")
        return ruta

    def _base(self, valor: Any) -> str:
        texto = leer_texto(valor, COMO_BASE)
        try:
            url = make_url(texto)
        except (ArgumentError, ValueError):
            raise NoSirve(COMO_BASE) from None
        if url.drivername == "sqlite" and url.database and url.database != ":memory:":
            return url_sqlite(self._ruta(url.database))
        if url.drivername not in ("postgresql", "postgresql+psycopg") or not url.database:
            raise NoSirve(COMO_BASE)
        pedir_biblioteca("psycopg", "postgres")
        return texto

    def _almacen(self, valor: Any) -> str:
        texto = leer_texto(valor, COMO_ALMACEN)
        if not texto.startswith("s3:"):
            if "://" in texto:
                raise NoSirve(COMO_ALMACEN)
            return str(self._ruta(texto.removeprefix("file:")))
        partes = partir_url(texto, COMO_ALMACEN)
        if not partes.netloc or "@" in texto or partes.path.strip("/"):
            raise NoSirve(COMO_ALMACEN)
        pedir_biblioteca("boto3", "s3")
        return texto

    def _correo(self, valor: Any) -> str:
        texto = leer_texto(valor, COMO_CORREO)
        esquema, _, resto = texto.partition(":")
        if esquema == "carpeta" and resto:
            return f"carpeta:{self._ruta(resto)}"
        try:
            CorreoSMTP(texto)
        except ValueError:
            # Lo que dice la biblioteca puede llevar un trozo de la clave.
            raise NoSirve(COMO_CORREO) from None
        return texto

    def _correo_de(self, correo: str) -> str:
        remitente: str = self._dar("correo_de", leer_remitente, "Facilita <no-responder@localhost>")
        if "correo_de" not in self.crudos and not correo.startswith("carpeta:"):
            self._falla("correo_de", "falta", f"con un servidor SMTP hace falta; {COMO_REMITENTE}")
        return remitente

    def _de_casilla(self, demo: bool) -> dict[str, Any]:
        """La casilla y el canal al celular sin el que no se enciende (N51)."""

        def canal(valor: Any) -> str:
            return self._mensajeria(valor, demo)

        mensajeria = self._dar("mensajeria", canal, "")
        casilla = self._dar("casilla", leer_si_o_no, False)
        if casilla and not mensajeria:
            self._falla("casilla", self.origenes["casilla"], COMO_CASILLA)
        return {
            "casilla": casilla,
            "casilla_mismo_dia": self._dar("casilla_mismo_dia", leer_si_o_no, False),
            "mensajeria": mensajeria,
            "mensajeria_clave": self._dar("mensajeria_clave", str, ""),
            "mensajeria_cuerpo": self._dar(
                "mensajeria_cuerpo", leer_mensaje, json.dumps(dict(CUERPO))
            ),
        }

    def _mensajeria(self, valor: Any, demo: bool) -> str:
        texto = leer_texto(valor, COMO_MENSAJERIA)
        if texto.startswith("demo:"):
            if not demo:
                raise NoSirve("el canal de demostración no avisa a nadie: es solo para la demo")
            return f"demo:{self._ruta(texto.removeprefix('demo:'))}"
        try:
            abrir_mensajeria(Pasarela(texto), demo=demo)
        except ValueError:
            raise NoSirve(COMO_MENSAJERIA) from None
        return texto

    def _secreto(self, demo: bool) -> str:
        secreto: str = self._dar("secreto", leer_secreto, "")
        if "secreto" in self.crudos:
            return secreto
        if not demo:
            self._falla("secreto", "falta", COMO_SECRETO)
            return ""
        self.origenes["secreto"] = "al azar, para esta demostración"
        return secrets.token_urlsafe(48)

    def _direccion_publica(self, demo: bool) -> str:
        if "direccion_publica" not in self.crudos and not demo:
            self._falla("direccion_publica", "falta", COMO_DIRECCION)
        convertir = leer_direccion_de_demo if demo else leer_direccion_segura
        direccion: str = self._dar("direccion_publica", convertir, "http://127.0.0.1:8000")
        return direccion


def _tapar(nombre: str, valor: Any) -> str:
    if nombre in _SECRETOS:
        return TAPADO if valor else NINGUNA
    if valor is None:
        return "no se usa"
    if isinstance(valor, bool):
        return "sí" if valor else "no"
    if valor == "":
        return NINGUNA
    sin_clave = _CON_CLAVE.sub(rf"\g<antes>{TAPADO}@", str(valor))
    return _OPCION_SECRETA.sub(rf"\g<1>{TAPADO}", sin_clave)

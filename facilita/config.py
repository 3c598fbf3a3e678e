"""La configuración: `config.yaml` y el entorno `FACILITA_*`, que manda; da todas las fallas."""

import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from email.utils import parseaddr
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from facilita.definicion import DefinicionInvalida, leer_yaml
from facilita.definicion.fallas import Mapa
from facilita.servicios.antivirus import abrir_antivirus
from facilita.servicios.correo import CorreoSMTP
from facilita.servicios.mensajeria import CUERPO, Pasarela, abrir_mensajeria, leer_cuerpo

PREFIJO = "FACILITA_"
POR_OMISION = "por omisión"
LARGO_DEL_SECRETO = 32
TAPADO = "•••"
NINGUNA = "ninguna"

_SOLO_DEL_ENTORNO = ("secreto", "demo", "mensajeria_clave")
_SECRETOS = ("secreto", "mensajeria_clave")
_DE_ESTA_MAQUINA = ("127.0.0.1", "localhost", "::1")
_CON_CLAVE = re.compile(r"(?P<antes>[a-z][a-z0-9+.-]*://[^:/@?]*:).*@", re.IGNORECASE | re.DOTALL)
_OPCION_SECRETA = re.compile(
    r"([?&][^=&]*(?:clave|passw|pwd|secret|token|key)[^=&]*=)[^&]*", re.IGNORECASE
)
_SI_O_NO = {
    **dict.fromkeys(("si", "sí", "true", "1"), True),
    **dict.fromkeys(("no", "false", "0"), False),
}

REDES = ("recortada", "completa", "no")
"""Cuánto de la dirección de red se guarda junto a un consentimiento."""
COMO_SECRETO = (
    f"debe tener {LARGO_DEL_SECRETO} caracteres o más, al azar, y venir de {PREFIJO}SECRETO; haz "
    'uno con: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
)
COMO_BASE = "se escribe «sqlite:///carpeta/archivo.db» o «postgresql://usuario:clave@equipo/nombre»"
COMO_ALMACEN = "es una carpeta o «s3://balde?endpoint=https://…&region=…», sin claves dentro"
COMO_CORREO = (
    "se escribe «carpeta:RUTA» o «smtp://usuario:clave@equipo:puerto?tls=starttls»; con usuario "
    "y clave, tls es «starttls» o «ssl»"
)
COMO_MENSAJERIA = (
    "se escribe «https://pasarela.ejemplo.pe/mensajes», sin usuario ni clave; la clave va en "
    f"{PREFIJO}MENSAJERIA_CLAVE"
)
COMO_CUERPO = 'es un objeto JSON que nombra {para} y {texto}: {"to": "{para}", "text": "{texto}"}'
COMO_CASILLA = (
    "necesita un canal al celular: la ley pide avisar por correo y por celular; da la pasarela en "
    "«mensajeria»"
)
COMO_DIRECCION = "se escribe «https://mesa.ejemplo.gob.pe», sin nada después del nombre o el puerto"
COMO_ANTIVIRUS = (
    "se escribe «clamd://equipo:3310», «clamd:/var/run/clamav/clamd.ctl» o «ninguno»; se le puede "
    "agregar «?maximo_mb=100&segundos=60»"
)
COMO_TSA = (
    "se escribe «https://usuario:clave@tsa.ejemplo.pe/tsr»; el usuario y la clave, si los pide"
)
COMO_REMITENTE = "se escribe «Nombre <correo@ejemplo.gob.pe>»"


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


class _NoSirve(Exception):
    """Un valor que no sirve, con lo que sería correcto."""


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
        except _NoSirve as error:
            self._falla(nombre, crudo.origen, str(error))
            return omision

    def ajustes(self) -> dict[str, Any]:
        """Todos los ajustes convertidos; valen solo si no quedó ninguna falla."""
        demo = self._dar("demo", _si_o_no, False)
        datos = self._dar("carpeta_de_datos", self._ruta, self.carpeta / "var")
        return {
            "demo": demo,
            "carpeta_de_datos": datos,
            "base_de_datos": self._dar("base_de_datos", self._base, _sqlite(datos / "facilita.db")),
            "almacen": self._dar("almacen", self._almacen, str(datos / "archivos")),
            "correo": (correo := self._dar("correo", self._correo, f"carpeta:{datos / 'correos'}")),
            "correo_de": self._correo_de(correo),
            "antivirus": self._dar("antivirus", _antivirus, "ninguno"),
            **self._de_casilla(demo),
            "secreto": self._secreto(demo),
            "direccion_publica": self._direccion_publica(demo),
            "plantillas": self._dar(
                "plantillas", self._carpeta_que_existe, self.carpeta / "plantillas"
            ),
            "hilos": self._dar("hilos", _entero(1, 64), 8),
            "conexiones": self._dar("conexiones", _entero(1, 200), 10),
            "dias_de_borrador": self._dar("dias_de_borrador", _entero(1, 90), 7),
            "dias_de_gracia": self._dar("dias_de_gracia", _entero(0, 365), 15),
            "tamano_maximo_envio_mb": self._dar("tamano_maximo_envio_mb", _entero(1, 2048), 120),
            "saltos_de_proxy": self._dar("saltos_de_proxy", _entero(0, 5), 0),
            "red_en_consentimientos": self._dar(
                "red_en_consentimientos", _una_de(*REDES), "recortada"
            ),
            "segundos_de_revision": self._dar("segundos_de_revision", _entero(0, 30), 2),
            "trabajador_embebido": self._dar("trabajador_embebido", _si_o_no, True),
            "carpeta_de_firmas": self._dar("carpeta_de_firmas", self._carpeta_que_existe, None),
            "sello_de_tiempo": self._dar("sello_de_tiempo", _tsa, None),
        }

    def _ruta(self, valor: Any) -> Path:
        return self.carpeta / Path(_texto(valor, "es la ruta de una carpeta")).expanduser()

    def _carpeta_que_existe(self, valor: Any) -> Path:
        ruta = self._ruta(valor)
        if not ruta.is_dir():
            raise _NoSirve(f"no existe la carpeta «{ruta}»")
        return ruta

    def _base(self, valor: Any) -> str:
        texto = _texto(valor, COMO_BASE)
        try:
            url = make_url(texto)
        except (ArgumentError, ValueError):
            raise _NoSirve(COMO_BASE) from None
        if url.drivername == "sqlite" and url.database and url.database != ":memory:":
            return _sqlite(self._ruta(url.database))
        if url.drivername not in ("postgresql", "postgresql+psycopg") or not url.database:
            raise _NoSirve(COMO_BASE)
        _pedir_biblioteca("psycopg", "postgres")
        return texto

    def _almacen(self, valor: Any) -> str:
        texto = _texto(valor, COMO_ALMACEN)
        if not texto.startswith("s3:"):
            if "://" in texto:
                raise _NoSirve(COMO_ALMACEN)
            return str(self._ruta(texto.removeprefix("file:")))
        partes = _partir(texto, COMO_ALMACEN)
        if not partes.netloc or "@" in texto or partes.path.strip("/"):
            raise _NoSirve(COMO_ALMACEN)
        _pedir_biblioteca("boto3", "s3")
        return texto

    def _correo(self, valor: Any) -> str:
        texto = _texto(valor, COMO_CORREO)
        esquema, _, resto = texto.partition(":")
        if esquema == "carpeta" and resto:
            return f"carpeta:{self._ruta(resto)}"
        try:
            CorreoSMTP(texto)
        except ValueError:
            # Lo que dice la biblioteca puede llevar un trozo de la clave.
            raise _NoSirve(COMO_CORREO) from None
        return texto

    def _correo_de(self, correo: str) -> str:
        remitente: str = self._dar("correo_de", _remitente, "Facilita <no-responder@localhost>")
        if "correo_de" not in self.crudos and not correo.startswith("carpeta:"):
            self._falla("correo_de", "falta", f"con un servidor SMTP hace falta; {COMO_REMITENTE}")
        return remitente

    def _de_casilla(self, demo: bool) -> dict[str, Any]:
        """La casilla y el canal al celular sin el que no se enciende (N51)."""

        def canal(valor: Any) -> str:
            return self._mensajeria(valor, demo)

        mensajeria = self._dar("mensajeria", canal, "")
        casilla = self._dar("casilla", _si_o_no, False)
        if casilla and not mensajeria:
            self._falla("casilla", self.origenes["casilla"], COMO_CASILLA)
        return {
            "casilla": casilla,
            "casilla_mismo_dia": self._dar("casilla_mismo_dia", _si_o_no, False),
            "mensajeria": mensajeria,
            "mensajeria_clave": self._dar("mensajeria_clave", str, ""),
            "mensajeria_cuerpo": self._dar("mensajeria_cuerpo", _cuerpo, json.dumps(dict(CUERPO))),
        }

    def _mensajeria(self, valor: Any, demo: bool) -> str:
        texto = _texto(valor, COMO_MENSAJERIA)
        if texto.startswith("demo:"):
            if not demo:
                raise _NoSirve("el canal de demostración no avisa a nadie: es solo para la demo")
            return f"demo:{self._ruta(texto.removeprefix('demo:'))}"
        try:
            abrir_mensajeria(Pasarela(texto), demo=demo)
        except ValueError:
            raise _NoSirve(COMO_MENSAJERIA) from None
        return texto

    def _secreto(self, demo: bool) -> str:
        secreto: str = self._dar("secreto", _secreto_fuerte, "")
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
        convertir = _direccion_de_demo if demo else _direccion_segura
        direccion: str = self._dar("direccion_publica", convertir, "http://127.0.0.1:8000")
        return direccion


def _sqlite(archivo: Path) -> str:
    return URL.create("sqlite", database=str(archivo)).render_as_string()


def _texto(valor: Any, como: str) -> str:
    if not isinstance(valor, str) or not valor.strip() or any(c < " " for c in valor):
        raise _NoSirve(como)
    return valor.strip()


def _partir(texto: str, como: str) -> Any:
    try:
        partes = urlsplit(texto)
        _ = partes.port
    except ValueError:
        raise _NoSirve(como) from None
    return partes


def _pedir_biblioteca(modulo: str, extra: str) -> None:
    if find_spec(modulo) is None:
        raise _NoSirve(f"le falta una biblioteca; instálala con: pip install 'facilita[{extra}]'")


def _entero(desde: int, hasta: int) -> Callable[[Any], int]:
    def convertir(valor: Any) -> int:
        texto = str(valor).strip()
        numero = int(texto) if re.fullmatch(r"[0-9]{1,6}", texto) else -1
        if not desde <= numero <= hasta:
            raise _NoSirve(f"«{texto[:40]}» no sirve: es un número entero de {desde} a {hasta}")
        return numero

    return convertir


def _una_de(*palabras: str) -> Callable[[Any], str]:
    def convertir(valor: Any) -> str:
        # En YAML, «no» a secas es falso.
        texto = "no" if valor is False else str(valor).strip().lower()
        if texto not in palabras:
            lista = ", ".join(f"«{p}»" for p in palabras)
            raise _NoSirve(f"«{texto[:40]}» no sirve: es una de {lista}")
        return texto

    return convertir


def _si_o_no(valor: Any) -> bool:
    texto = str(valor).strip().lower()
    if texto not in _SI_O_NO:
        raise _NoSirve(f"«{texto[:40]}» no sirve: es «sí» o «no»")
    return _SI_O_NO[texto]


def _secreto_fuerte(valor: Any) -> str:
    secreto = str(valor)
    if len(secreto) < LARGO_DEL_SECRETO or len(set(secreto)) < LARGO_DEL_SECRETO // 4:
        raise _NoSirve(COMO_SECRETO)
    return secreto


def _antivirus(valor: Any) -> str:
    texto = _texto(valor, COMO_ANTIVIRUS)
    try:
        abrir_antivirus(texto)
    except ValueError:
        raise _NoSirve(COMO_ANTIVIRUS) from None
    return texto


def _cuerpo(valor: Any) -> str:
    try:
        leer_cuerpo(str(valor))
    except ValueError:
        raise _NoSirve(COMO_CUERPO) from None
    return str(valor)


def _remitente(valor: Any) -> str:
    texto = _texto(valor, COMO_REMITENTE)
    _, correo = parseaddr(texto)
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", correo):
        raise _NoSirve(COMO_REMITENTE)
    return texto


def _tsa(valor: Any) -> str:
    texto = _texto(valor, COMO_TSA)
    partes = _partir(texto, COMO_TSA)
    # Sin https vale solo una pasarela en esta máquina.
    cerca = partes.scheme == "http" and partes.hostname in _DE_ESTA_MAQUINA
    if not (partes.hostname and " " not in texto and (partes.scheme == "https" or cerca)):
        raise _NoSirve(COMO_TSA)
    return texto


def _direccion(valor: Any) -> str:
    texto = _texto(valor, COMO_DIRECCION).rstrip("/")
    partes = _partir(texto, COMO_DIRECCION)
    if partes.scheme not in ("http", "https") or not partes.hostname or " " in texto:
        raise _NoSirve(COMO_DIRECCION)
    if partes.path or partes.query or partes.fragment or "@" in partes.netloc:
        raise _NoSirve(COMO_DIRECCION)
    return texto


def _direccion_segura(valor: Any) -> str:
    direccion = _direccion(valor)
    if not direccion.startswith("https:"):
        raise _NoSirve(f"debe ser https; {COMO_DIRECCION}")
    return direccion


def _direccion_de_demo(valor: Any) -> str:
    direccion = _direccion(valor)
    if urlsplit(direccion).hostname not in _DE_ESTA_MAQUINA:
        raise _NoSirve("la demostración solo atiende en esta máquina: «http://127.0.0.1:8000»")
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

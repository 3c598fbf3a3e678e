"""YAML estricto: escalares de YAML 1.2, sin claves repetidas, alias, etiquetas ni gigantes.

PyYAML a secas lee `no` como falso, `012` como octal y deja ganar a la última clave repetida:
aquí solo `true`, `false`, `null` y los números decimales dejan de ser texto.
"""

import re
from collections.abc import Iterable
from typing import Any

import yaml

from facilita.definicion.fallas import DefinicionInvalida, Falla, Lista, Mapa, Sitio

TAMANO_MAXIMO = 512 * 1024
PROFUNDIDAD_MAXIMA = 40

_ENTERO = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,10}")
_FIJOS: dict[str, Any] = {"true": True, "false": False, "null": None, "~": None, "": None}
_EN_LA_LINEA = (
    (
        re.compile(r"""(?:[:,]|-) *\{[a-z_][a-z0-9_]*\} *[^ ,}\]\n]"""),
        'un texto que empieza con «{» va entero entre comillas: "{entidad} te responde"',
    ),
    (
        re.compile(r"""[:,-] *"[^"\n]*" *[^ ,}\]#:\n]"""),
        "sobra algo después de las comillas: ponlas al comienzo y al final del texto, y adentro "
        "usa « »",
    ),
)
"""Lo que se reconoce en la línea del problema, que el lector de YAML no sabe decir."""

_CARGADOR: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_EN_PALABRAS = (
    (
        "mapping values are not allowed",
        "hay un «:» donde no va; revisa la sangría y, si va en un texto, ponlo entre comillas",
    ),
    (
        "cannot start any token",
        "hay un carácter que no puede empezar un valor (un tabulador, «@» o "
        "«`»); usa espacios o comillas",
    ),
    ("did not find expected key", "la sangría no coincide con la de las líneas de arriba"),
    ("did not find expected '-' indicator", "en esta lista falta un «- » o la sangría no coincide"),
    ("could not find expected ':'", "falta «:» después de la clave"),
    (
        "did not find expected ',' or",
        "falta una coma o cerrar el corchete o la llave; un texto con «: » o con «{» va entre "
        "comillas",
    ),
    ("found a tab character", "hay un tabulador en la sangría; usa espacios"),
    ("unexpected end of stream", "el texto entre comillas no termina"),
    (
        "found unknown escape character",
        "hay una barra «\\» que no se entiende dentro de comillas dobles; usa comillas simples",
    ),
    ("control characters are not allowed", "hay un carácter de control que no se permite"),
    ("block sequence entries are not allowed", "el «- » de una lista no puede ir aquí"),
    ("surrogates", "hay un carácter partido, que no es texto"),
    ("block mapping", "la sangría no coincide con la de las líneas de arriba"),
    ("invalid", "hay bytes que no son UTF-8"),
)


def leer_yaml(texto: str | bytes, archivo: str = "definición") -> Any:
    """Lee un documento YAML y devuelve sus datos con el sitio de cada uno.

    Lanza `DefinicionInvalida` con el lugar y la causa en español.
    """
    if len(texto) > TAMANO_MAXIMO:
        raise _invalida(
            "yaml.tamano", Sitio(archivo, 1, 1), f"el archivo pasa de {TAMANO_MAXIMO // 1024} KB"
        )
    try:
        return _Armador(archivo).armar(yaml.parse(texto, Loader=_CARGADOR))
    except yaml.MarkedYAMLError as error:
        marca = error.problem_mark or error.context_mark
        sitio = Sitio(archivo, marca.line + 1, marca.column + 1) if marca else Sitio(archivo, 1, 1)
        frase = _en_la_linea(texto, sitio.linea) or _traducir(str(error.problem))
        raise _invalida("yaml.escritura", sitio, frase) from None
    except (yaml.YAMLError, UnicodeError) as error:
        raise _invalida("yaml.escritura", Sitio(archivo, 1, 1), _traducir(str(error))) from None


def _en_la_linea(texto: str | bytes, linea: int) -> str | None:
    """Lo que está mal, si se reconoce en esa línea."""
    lineas = (texto.decode("utf-8", "replace") if isinstance(texto, bytes) else texto).split("\n")
    escrita = lineas[linea - 1] if linea <= len(lineas) else ""
    frase = next((f for forma, f in _EN_LA_LINEA if forma.search(escrita)), None)
    return frase and f"el YAML está mal escrito: {frase}"


def _traducir(problema: str) -> str:
    for clave, frase in _EN_PALABRAS:
        if clave in problema:
            return f"el YAML está mal escrito: {frase}"
    return "el YAML está mal escrito cerca de aquí; revisa la sangría y las comillas"


def _invalida(codigo: str, sitio: Sitio, texto: str) -> DefinicionInvalida:
    return DefinicionInvalida([Falla(codigo, "documento", texto, sitio)])


class _Armador:
    """Arma los datos desde los eventos del lector, sin recursión."""

    def __init__(self, archivo: str) -> None:
        self.archivo = archivo
        self.pila: list[Mapa | Lista] = []
        self.claves: list[tuple[str, Sitio] | None] = []
        self.raiz: Any = None
        self.documentos = 0

    def armar(self, eventos: Iterable[Any]) -> Any:
        for evento in eventos:
            self._recibir(evento)
        return self.raiz

    def _recibir(self, evento: Any) -> None:
        sitio = Sitio(self.archivo, evento.start_mark.line + 1, evento.start_mark.column + 1)
        self._rechazar(evento, sitio)
        if isinstance(evento, yaml.ScalarEvent):
            self._escalar(evento, sitio)
        elif isinstance(evento, yaml.MappingStartEvent):
            self._abrir(Mapa(sitio=sitio), sitio)
        elif isinstance(evento, yaml.SequenceStartEvent):
            self._abrir(Lista(sitio=sitio), sitio)
        elif isinstance(evento, yaml.CollectionEndEvent):
            self.pila.pop()
            self.claves.pop()

    def _rechazar(self, evento: Any, sitio: Sitio) -> None:
        if isinstance(evento, yaml.AliasEvent) or getattr(evento, "anchor", None):
            raise _invalida(
                "yaml.alias",
                sitio,
                "no se permiten anclas ni alias (& y *); escribe el valor completo",
            )
        if isinstance(evento, yaml.DocumentStartEvent):
            self.documentos += 1
            if self.documentos > 1:
                raise _invalida(
                    "yaml.documentos",
                    sitio,
                    "el archivo trae más de un documento (---); deja uno solo",
                )
        etiqueta = getattr(evento, "tag", None)
        if etiqueta:
            raise _invalida(
                "yaml.etiqueta", sitio, f"no se permiten etiquetas de YAML («{etiqueta}»)"
            )

    def _abrir(self, dato: Mapa | Lista, sitio: Sitio) -> None:
        if len(self.pila) >= PROFUNDIDAD_MAXIMA:
            raise _invalida(
                "yaml.profundidad",
                sitio,
                f"hay más de {PROFUNDIDAD_MAXIMA} niveles, uno dentro de otro",
            )
        self._colocar(dato, sitio)
        self.pila.append(dato)
        self.claves.append(None)

    def _escalar(self, evento: Any, sitio: Sitio) -> None:
        if self.pila and isinstance(self.pila[-1], Mapa) and self.claves[-1] is None:
            self._clave(evento.value, sitio)
        else:
            self._colocar(_valor(evento), sitio)

    def _clave(self, clave: str, sitio: Sitio) -> None:
        mapa = self.pila[-1]
        if clave in mapa:
            raise _invalida("yaml.repetida", sitio, f"la clave «{clave}» está repetida")
        self.claves[-1] = (clave, sitio)

    def _colocar(self, dato: Any, sitio: Sitio) -> None:
        if not self.pila:
            self.raiz = dato
            return
        dentro = self.pila[-1]
        if isinstance(dentro, Lista):
            dentro.append(dato)
            dentro.sitios.append(sitio)
            return
        clave = self.claves[-1]
        if clave is None:
            raise _invalida("yaml.clave", sitio, "una clave debe ser un texto simple")
        dentro[clave[0]] = dato
        dentro.sitios[clave[0]] = clave[1]
        self.claves[-1] = None


def _valor(evento: Any) -> Any:
    texto = evento.value
    if not evento.implicit[0]:
        return texto
    if texto in _FIJOS:
        return _FIJOS[texto]
    if _ENTERO.fullmatch(texto):
        return int(texto)
    if _DECIMAL.fullmatch(texto):
        return float(texto)
    return texto

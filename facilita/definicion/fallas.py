"""Lo que está mal en una definición, dicho con su lugar: `archivo:línea: ruta: texto`."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple


class Sitio(NamedTuple):
    """Lugar de un dato en su archivo; línea y columna empiezan en 1."""

    archivo: str
    linea: int
    columna: int


class Mapa(dict[str, Any]):
    """Un mapa leído de un archivo, que recuerda dónde estaba cada clave."""

    __slots__ = ("sitio", "sitios")

    def __init__(self, *args: Any, sitio: Sitio | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sitio = sitio
        self.sitios: dict[str, Sitio] = {}


class Lista(list[Any]):
    """Una lista leída de un archivo, que recuerda dónde estaba cada elemento."""

    __slots__ = ("sitio", "sitios")

    def __init__(self, *args: Any, sitio: Sitio | None = None) -> None:
        super().__init__(*args)
        self.sitio = sitio
        self.sitios: list[Sitio | None] = []


Paso = str | int
Ruta = tuple[Paso, ...]


@dataclass(frozen=True, slots=True)
class Falla:
    """Una falla de una definición: su código, dónde está y qué sería lo correcto."""

    codigo: str
    ruta: str
    texto: str
    sitio: Sitio | None = None
    es_aviso: bool = False

    def __str__(self) -> str:
        lugar = f"{self.sitio.archivo}:{self.sitio.linea}" if self.sitio else "definición"
        return f"{lugar}: {self.ruta}: {self.texto}"

    def a_json(self) -> dict[str, Any]:
        """La falla como datos, para `--json` y para las pantallas."""
        return {
            "codigo": self.codigo,
            "archivo": self.sitio.archivo if self.sitio else None,
            "linea": self.sitio.linea if self.sitio else None,
            "columna": self.sitio.columna if self.sitio else None,
            "ruta": self.ruta,
            "texto": self.texto,
            "aviso": self.es_aviso,
        }


class DefinicionInvalida(ValueError):
    """La definición tiene fallas; `fallas` las trae todas, en el orden del archivo."""

    def __init__(self, fallas: Iterable[Falla]) -> None:
        self.fallas = en_orden(fallas)
        super().__init__("\n".join(map(str, self.fallas)))


def en_orden(fallas: Iterable[Falla]) -> tuple[Falla, ...]:
    """Las fallas sin repetir, por archivo y línea."""
    return tuple(
        sorted(
            dict.fromkeys(fallas),
            key=lambda f: (f.es_aviso, f.sitio or Sitio("", 0, 0), f.ruta, f.codigo),
        )
    )


class Buzon:
    """Reúne las fallas de un documento y sabe el sitio de cada ruta."""

    def __init__(self, raiz: Any) -> None:
        self.raiz = raiz
        self.fallas: list[Falla] = []

    def falla(self, codigo: str, ruta: Ruta, texto: str, *, aviso: bool = False) -> None:
        """Anota una falla en `ruta`, la del dato dentro del documento."""
        escrita, sitio = ubicar(self.raiz, ruta)
        self.fallas.append(Falla(codigo, escrita, texto, sitio, aviso))

    @property
    def hay_errores(self) -> bool:
        """Si alguna falla impide usar la definición."""
        return any(not f.es_aviso for f in self.fallas)


def ubicar(raiz: Any, ruta: Ruta) -> tuple[str, Sitio | None]:
    """La ruta escrita para una persona y el sitio más cercano que se conozca."""
    partes: list[str] = []
    dato, sitio = raiz, getattr(raiz, "sitio", None)
    for paso in ruta:
        sitio = _sitio_de(dato, paso) or sitio
        dato = _entrar(dato, paso)
        partes.append(_nombre(dato, paso))
    return ".".join(partes) or "documento", sitio


def _sitio_de(dato: Any, paso: Paso) -> Sitio | None:
    if isinstance(dato, Mapa):
        return dato.sitios.get(str(paso))
    if isinstance(dato, Lista) and isinstance(paso, int) and paso < len(dato.sitios):
        return dato.sitios[paso]
    return None


def _entrar(dato: Any, paso: Paso) -> Any:
    try:
        return dato[paso]
    except (KeyError, IndexError, TypeError):
        return None


def _nombre(dato: Any, paso: Paso) -> str:
    if isinstance(paso, str):
        return paso
    if isinstance(dato, dict):
        for clave in ("id", "valor"):
            if isinstance(dato.get(clave), str) and dato[clave].isprintable():
                return str(dato[clave])
    return str(paso + 1)

"""Los tipos de archivo que se reciben, las marcas que puede llevar uno y la ficha de revisión."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

CUALQUIERA = "application/octet-stream"


class Contenido(Protocol):
    """Un archivo abierto por el que se puede ir y venir: de Python, o una `Recepcion`."""

    def read(self, cuantos: int = -1, /) -> bytes:
        """Lee desde donde está."""

    def seek(self, lugar: int, desde: int = 0, /) -> int:
        """Se mueve."""

    def tell(self) -> int:
        """Dónde está."""

    def flush(self) -> None:
        """Pasa lo pendiente al sistema operativo."""

    def writable(self) -> bool:
        """Si se puede escribir."""

    def fileno(self) -> int:
        """Su descriptor, si tiene."""


@dataclass(frozen=True, slots=True)
class TipoArchivo:
    """Un tipo que se recibe; la primera extensión es la que se pone al descargar."""

    id: str
    etiqueta: str
    extensiones: tuple[str, ...]
    mime: str


@dataclass(frozen=True, slots=True)
class Ficha:
    """Lo que es un archivo por su contenido; sin `tipo`, `motivo` dice por qué no se recibe."""

    tipo: str | None
    mime: str = CUALQUIERA
    paginas: int | None = None
    marcas: tuple[str, ...] = ()
    motivo: str | None = None


@dataclass(frozen=True, slots=True)
class Visto:
    """Lo que se vio en el contenido, antes de compararlo con el nombre."""

    tipo: str | None
    descripcion: str
    paginas: int | None = None
    marcas: tuple[str, ...] = ()


_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."

TIPOS: Mapping[str, TipoArchivo] = MappingProxyType(
    {
        tipo.id: tipo
        for tipo in (
            TipoArchivo("pdf", "PDF", ("pdf",), "application/pdf"),
            TipoArchivo("doc", "Word (DOC)", ("doc",), "application/msword"),
            TipoArchivo("docx", "Word (DOCX)", ("docx",), _OOXML + "wordprocessingml.document"),
            TipoArchivo("xls", "Excel (XLS)", ("xls",), "application/vnd.ms-excel"),
            TipoArchivo("xlsx", "Excel (XLSX)", ("xlsx",), _OOXML + "spreadsheetml.sheet"),
            TipoArchivo("ppt", "PowerPoint (PPT)", ("ppt",), "application/vnd.ms-powerpoint"),
            TipoArchivo(
                "pptx", "PowerPoint (PPTX)", ("pptx",), _OOXML + "presentationml.presentation"
            ),
            TipoArchivo("odt", "OpenDocument (ODT)", ("odt",), _ODF + "text"),
            TipoArchivo("ods", "OpenDocument (ODS)", ("ods",), _ODF + "spreadsheet"),
            TipoArchivo("jpg", "Imagen JPG", ("jpg", "jpeg", "jpe", "jfif"), "image/jpeg"),
            TipoArchivo("png", "Imagen PNG", ("png",), "image/png"),
            TipoArchivo("txt", "Texto sin formato", ("txt",), "text/plain"),
            TipoArchivo("zip", "Comprimido ZIP", ("zip",), "application/zip"),
        )
    }
)

POR_EXTENSION: Mapping[str, str] = MappingProxyType(
    {extension: tipo.id for tipo in TIPOS.values() for extension in tipo.extensiones}
)

MARCAS: Mapping[str, str] = MappingProxyType(
    {
        "danado": "El archivo está dañado o incompleto.",
        "cifrado": "El archivo pide una contraseña para abrirse.",
        "con_adjuntos": "El archivo lleva otros archivos adentro.",
        "con_codigo": "El archivo lleva instrucciones que se ejecutan al abrirlo.",
        "desmedido": "Abrir el archivo exige una cantidad desmedida de tiempo o memoria.",
        "sin_examinar": "No se pudo examinar el archivo por dentro.",
    }
)


def como(tipo: str, marcas: tuple[str, ...] = (), paginas: int | None = None) -> Visto:
    """Lo visto, cuando es uno de los tipos que se reciben."""
    return Visto(tipo, TIPOS[tipo].etiqueta, paginas, marcas)

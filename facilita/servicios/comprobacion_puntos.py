"""Lo que se da para comprobar un documento, y lo que resulta, punto por punto."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Dado:
    """Un archivo que alguien da para comprobar; si puede ser un documento, con sus bytes."""

    nombre: str
    sha256: str
    pdf: bytes | None = None


@dataclass(frozen=True)
class Punto:
    """Una respuesta: si está bien, y por qué, en palabras."""

    bien: bool
    texto: str


@dataclass(frozen=True)
class ArchivoComprobado:
    """Cómo resultó uno de los archivos: «coincide», «cambio», «ajeno» o «falta»."""

    nombre: str
    situacion: str
    texto: str

    @property
    def bien(self) -> bool:
        """Si no contradice al documento; no haberlo dado no lo contradice."""
        return self.situacion in ("coincide", "falta")


@dataclass(frozen=True)
class Comprobacion:
    """El resultado de comprobar un documento, punto por punto."""

    titulo: str
    numero: str | None
    codigo: str | None
    fecha: str | None
    entidad: str | None
    intacto: Punto
    firmado: Punto
    declaracion: Punto
    archivos: tuple[ArchivoComprobado, ...] = ()

    @property
    def vale(self) -> bool:
        """Si todo está bien."""
        puntos = (self.intacto, self.firmado, self.declaracion)
        return all(p.bien for p in puntos) and all(a.bien for a in self.archivos)

    def a_json(self) -> dict[str, Any]:
        """El resultado como dato."""
        return {"vale": self.vale, **asdict(self)}

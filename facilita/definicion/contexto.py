"""Lo que una lectura necesita saber de fuera: las sedes, los distritos, los expedientes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Lugar:
    """Un distrito del Perú con su código INEI de seis dígitos."""

    codigo: str
    distrito: str
    provincia: str
    departamento: str

    @property
    def nombre(self) -> str:
        """El distrito escrito para una persona: «Miraflores, Lima, Lima»."""
        return f"{self.distrito}, {self.provincia}, {self.departamento}"


class Territorio(Protocol):
    """Quien conoce los distritos."""

    def lugar(self, codigo: str) -> Lugar | None:
        """El distrito de ese código, o `None`."""

    def buscar(self, texto: str, limite: int = 20) -> Sequence[Lugar]:
        """Los distritos que responden a lo escrito, los más parecidos primero."""


class SinTerritorio:
    """Un territorio vacío: para definiciones que no preguntan por el distrito."""

    def lugar(self, codigo: str) -> Lugar | None:
        """Nunca conoce el código."""
        return None

    def buscar(self, texto: str, limite: int = 20) -> Sequence[Lugar]:
        """Nunca encuentra nada."""
        return ()


SIN_TERRITORIO = SinTerritorio()


@dataclass(frozen=True, slots=True)
class SedeOfrecida:
    """Una sede que recibe: lo que se guarda y lo que se muestra."""

    codigo: str
    nombre: str


@dataclass(frozen=True, slots=True)
class Contexto:
    """Los datos de la entidad y del país con los que se lee un formulario."""

    sedes: tuple[SedeOfrecida, ...] = ()
    territorio: Territorio = SIN_TERRITORIO
    existe_expediente: Callable[[str], bool] = lambda numero: True
    hoy: date | None = None
    """El día de hoy en Lima; sin él, los límites que dicen «hoy» no se miran."""
    presentado: date | None = None
    """El día en que se presentó lo que se corrige: con él se deciden sus condiciones."""

    @property
    def dia(self) -> date | None:
        """El «hoy» de las condiciones: el día en que se presentó o, si aún no, el de hoy."""
        return self.presentado or self.hoy


VACIO = Contexto()

"""Lo que trae una versión nueva de una plantilla, y lo que queda por decidir."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from facilita.definicion.fallas import Falla, Sitio

MOTIVOS: Mapping[str, str] = {
    "plantilla": "De la plantilla",
    "tuyo": "Tuyo, se conserva",
    "fijo": "La plantilla ahora lo fija",
    "sobra": "Ya no hace falta",
    "lugar": "Cambia de lugar",
    "no_cabe": "Ya no cabe",
}
"""Por qué una novedad es como es."""

PLANTILLA, ENTIDAD = "plantilla", "entidad"
LADOS = (PLANTILLA, ENTIDAD)
"""Lo que se puede decidir de un conflicto: que valga lo de la plantilla o lo de la entidad."""


@dataclass(frozen=True, slots=True)
class Novedad:
    """Algo que cambia o que se conserva, y por qué."""

    id: str
    motivo: str
    texto: str

    def __str__(self) -> str:
        return f"{MOTIVOS[self.motivo]}: {self.texto}"

    def a_json(self) -> dict[str, Any]:
        """La novedad como datos."""
        return {"id": self.id, "motivo": self.motivo, "texto": self.texto}


@dataclass(frozen=True, slots=True)
class Conflicto:
    """Algo que cambiaron la plantilla y la entidad, con los dos lados y de dónde partieron."""

    id: str
    quien: str
    base: Any
    plantilla: Any
    entidad: Any
    dice_la_plantilla: str
    dice_la_entidad: str
    ruta: str
    sitio: Sitio | None
    decision: str | None = None
    """«plantilla» o «entidad», si ya se decidió."""

    def __str__(self) -> str:
        lugar = f"{self.sitio.archivo}:{self.sitio.linea}" if self.sitio else "cambios"
        return (
            f"{lugar}: {self.id}: {self.quien}: la plantilla {self.dice_la_plantilla}; "
            f"tú {self.dice_la_entidad}"
        )

    def a_json(self) -> dict[str, Any]:
        """El conflicto como datos."""
        return {
            "id": self.id,
            "archivo": self.sitio.archivo if self.sitio else None,
            "linea": self.sitio.linea if self.sitio else None,
            "ruta": self.ruta,
            "quien": self.quien,
            "base": self.base,
            "plantilla": self.plantilla,
            "entidad": self.entidad,
            "decision": self.decision,
            "texto": str(self),
        }


@dataclass(frozen=True, slots=True)
class Actualizacion:
    """El resultado de traer una versión nueva de la plantilla a un formulario."""

    cambios: Mapping[str, Any]
    """El documento nuevo: la plantilla nueva nombrada y los cambios que siguen haciendo falta."""
    dato: Mapping[str, Any]
    """La definición entera que resulta."""
    novedades: tuple[Novedad, ...] = ()
    conflictos: tuple[Conflicto, ...] = ()
    fallas: tuple[Falla, ...] = ()

    @property
    def pendientes(self) -> tuple[Conflicto, ...]:
        """Los conflictos que nadie decidió; mientras tanto queda lo de la entidad."""
        return tuple(c for c in self.conflictos if c.decision is None)

    def a_json(self) -> dict[str, Any]:
        """El resultado como datos, para `--json`."""
        return {
            "cambios": self.cambios,
            "novedades": [n.a_json() for n in self.novedades],
            "conflictos": [c.a_json() for c in self.conflictos],
            "fallas": [f.a_json() for f in self.fallas],
        }

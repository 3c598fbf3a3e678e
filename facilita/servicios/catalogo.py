"""El catálogo en disco: las plantillas de la autoridad y las normas que citan."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from facilita.definicion import leer_yaml


@dataclass(frozen=True)
class Norma:
    """Una norma citada: cómo se nombra y qué dice en una línea."""

    id: str
    titulo: str
    sumilla: str


ANTERIORES = "anteriores"
"""La subcarpeta de las versiones que ya no son la última: los formularios las nombran."""


class Catalogo:
    """Las plantillas y normas de una carpeta; se lee una vez.

    La última versión de cada plantilla va en la carpeta y las demás en `anteriores`.
    """

    def __init__(self, carpeta: Path) -> None:
        self.carpeta = carpeta

    @cached_property
    def plantillas(self) -> Mapping[str, Mapping[str, Any]]:
        """Cada plantilla, leída y sin comprobar, por su «id@versión»."""
        leidas: dict[str, Mapping[str, Any]] = {}
        hallados = [*self.carpeta.glob("*.yaml"), *self.carpeta.glob(f"{ANTERIORES}/*.yaml")]
        for archivo in sorted(hallados):
            dato = leer_yaml(archivo.read_bytes(), str(archivo))
            if isinstance(dato, Mapping) and "plantilla" in dato:
                leidas[f"{dato['plantilla']}@{dato.get('version')}"] = dato
        return leidas

    @cached_property
    def normas(self) -> Mapping[str, Norma]:
        """Las normas por id."""
        archivo = self.carpeta / "normas.yaml"
        dato = leer_yaml(archivo.read_bytes(), str(archivo))
        return {n["id"]: Norma(n["id"], n["titulo"], n["sumilla"]) for n in dato["normas"]}

    @cached_property
    def ids_de_normas(self) -> frozenset[str]:
        """Los ids que una definición puede citar."""
        return frozenset(self.normas)

    def plantilla(self, cual: str, version: int) -> Mapping[str, Any] | None:
        """El dato de una plantilla, o `None` si no la hay."""
        return self.plantillas.get(f"{cual}@{version}")

    def ultima(self, cual: str) -> tuple[int, Mapping[str, Any]] | None:
        """La versión más alta de una plantilla y su dato."""
        versiones = self.versiones(cual)
        return (versiones[-1], self.plantillas[f"{cual}@{versiones[-1]}"]) if versiones else None

    def versiones(self, cual: str) -> list[int]:
        """Los números de versión que hay de una plantilla, de menor a mayor."""
        partes = (clave.rpartition("@") for clave in self.plantillas)
        return sorted(int(n) for nombre, _, n in partes if nombre == cual and n.isdecimal())

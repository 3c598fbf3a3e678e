"""El antivirus: un protocolo, el que no hay, y la puerta que lo abre.

Lo que no se pudo mirar entero nunca es «limpio»: es «no analizado», con su porqué.
"""

import importlib
from dataclasses import dataclass
from typing import Protocol

from facilita.servicios.revision_tipos import Contenido

LIMPIO, INFECTADO, NO_ANALIZADO = "limpio", "infectado", "no_analizado"


@dataclass(frozen=True, slots=True)
class Veredicto:
    """Lo que el antivirus dijo: su situación, y qué halló o por qué no miró."""

    situacion: str
    detalle: str | None = None


class AntivirusNoDisponible(Exception):
    """El antivirus no responde o se cayó a mitad de camino; puede volver."""


class Antivirus(Protocol):
    """Quien mira si un contenido trae un programa dañino."""

    @property
    def configurado(self) -> bool:
        """Si hay un antivirus de verdad."""

    @property
    def maximo(self) -> int:
        """Los bytes que mira de un contenido; uno más grande queda sin analizar."""

    def analizar(self, archivo: Contenido) -> Veredicto:
        """Mira un contenido desde su inicio; lanza `AntivirusNoDisponible`."""

    def version(self) -> str:
        """Qué antivirus es y de cuándo son sus firmas; lanza `AntivirusNoDisponible`."""


class SinAntivirus:
    """Esta instalación no tiene antivirus: todo queda dicho como no analizado."""

    configurado = False
    maximo = 0

    def analizar(self, archivo: Contenido) -> Veredicto:
        """Nada se analiza."""
        return Veredicto(NO_ANALIZADO, "Esta instalación no tiene antivirus.")

    def version(self) -> str:
        """Ninguno."""
        return "sin antivirus"


def abrir_antivirus(url: str) -> Antivirus:
    """El antivirus de esa dirección, o ninguno; lanza `ValueError` si no está bien escrita."""
    if url == "ninguno":
        return SinAntivirus()
    # El de verdad importa este módulo: se carga al pedirlo.
    modulo = importlib.import_module("facilita.servicios.antivirus_clamd")
    clamd: Antivirus = modulo.Clamd.de(url)
    return clamd

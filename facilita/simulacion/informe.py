"""El informe de una simulación: qué se vio, qué falta y cómo repetir lo que falló."""

import shlex
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from facilita.simulacion.casos import MINIMO_DE_VALIDAS, Tropiezo
from facilita.simulacion.cobertura import Cobertura, Meta

if TYPE_CHECKING:
    from facilita.simulacion.casos import Simulacion

ANCHO = 30
ANCHO_TOTAL = 100
FAMILIAS = {
    "campo": "Campos",
    "opción": "Opciones",
    "condición": "Condiciones",
    "estado": "Estados",
    "paso": "Transiciones, desde cada estado",
    "papel": "Transiciones, por cada papel",
    "guarda": "Guardas que se negaron",
    "mensaje": "Mensajes enviados",
    "acuse": "Maneras de enterarse",
    "tarea": "Tareas, y los pasos que detienen",
}


@dataclass(frozen=True)
class Informe:
    """Lo que una simulación vio."""

    archivo: str
    semilla: int
    casos: int
    validas: int
    correos: int
    cobertura: Cobertura
    tropiezos: tuple[Tropiezo, ...]

    @classmethod
    def de(cls, simulacion: "Simulacion", archivo: str) -> "Informe":
        """El informe de una simulación que terminó."""
        return cls(
            archivo,
            simulacion.semilla,
            simulacion.casos,
            simulacion.validas,
            simulacion.mundo.correo.enviados,
            simulacion.cobertura,
            tuple(simulacion.tropiezos),
        )

    @property
    def pasa(self) -> bool:
        """Si se vio todo lo que se puede ver y nada falló."""
        bastan = self.validas >= self.casos * MINIMO_DE_VALIDAS
        return bastan and not self.tropiezos and not self.faltan

    @property
    def faltan(self) -> list[Meta]:
        """Lo que se puede ver y no se vio."""
        return list(self.cobertura.faltan())

    def orden(self, hasta: int | None = None) -> str:
        """La orden que repite esta simulación, entera o hasta un caso."""
        orden = f"facilita simular {shlex.quote(self.archivo)} --semilla {self.semilla}"
        return f"{orden} --casos {self.casos}" if hasta is None else f"{orden} --caso {hasta}"

    # --- para leer ----------------------------------------------------------------------------

    def lineas(self) -> Iterator[str]:
        """El informe como texto, alineado y angosto."""
        for familia, titulo in FAMILIAS.items():
            if metas := self.cobertura.de(familia):
                yield from self._familia(titulo, metas)
        yield from self._totales()
        for tropiezo in self.tropiezos:
            yield from self._tropiezo(tropiezo)

    def _familia(self, titulo: str, metas: list[Meta]) -> Iterator[str]:
        se_pueden = [m for m in metas if self.cobertura.metas[m] is None]
        vistas = sum(1 for m in se_pueden if self.cobertura.vistas[m])
        yield f"{titulo}  {vistas}/{len(se_pueden)}"
        for cual in dict.fromkeys(m.cual for m in metas):
            suyas = [m for m in metas if m.cual == cual]
            cuentas = ", ".join(self._cuenta(m) for m in suyas)
            yield from textwrap.wrap(
                f"  {cual:<{ANCHO}} {cuentas}", ANCHO_TOTAL, subsequent_indent=" " * (ANCHO + 3),
                break_on_hyphens=False,
            )  # fmt: skip
        yield ""

    def _cuenta(self, meta: Meta) -> str:
        veces, motivo = self.cobertura.vistas[meta], self.cobertura.metas[meta]
        dicho = str(veces) if veces else "no se puede" if motivo else "FALTA"
        return f"{meta.que} {dicho}".strip()

    def _totales(self) -> Iterator[str]:
        parte = round(100 * self.validas / self.casos) if self.casos else 0
        yield (
            f"{self.casos} presentaciones, {self.validas} válidas ({parte} %); "
            f"{self.correos} correos"
        )
        for meta, motivo in self.cobertura.metas.items():
            if motivo:
                yield f"No se puede: {' '.join(meta).strip()}: {motivo}"
        for meta in self.faltan:
            yield f"FALTA: {' '.join(meta).strip()}"
        como = (
            "todo visto"
            if self.pasa
            else f"{len(self.tropiezos)} fallas, faltan {len(self.faltan)}"
        )
        yield f"Resultado: {como}"
        yield f"Se repite con: {self.orden()}"

    def _tropiezo(self, tropiezo: Tropiezo) -> Iterator[str]:
        yield ""
        yield f"FALLA en el caso {tropiezo.caso} ({tropiezo.encargo}): {tropiezo.que}"
        yield f"  Se repite con: {self.orden(tropiezo.caso)}"
        yield "  Respuestas:"
        for campo, crudo in tropiezo.crudo.items():
            yield f"    {campo}: {crudo!r:.200}"
        yield "  Pasos:"
        for n, paso in enumerate(tropiezo.pasos, 1):
            yield f"    {n}. {paso:.300}"
        for linea in tropiezo.traza.splitlines():
            yield f"  | {linea}"

    # --- para otro programa -------------------------------------------------------------------

    def a_json(self) -> dict[str, Any]:
        """El informe como dato."""
        return {
            "archivo": self.archivo,
            "semilla": self.semilla,
            "casos": self.casos,
            "validas": self.validas,
            "correos": self.correos,
            "pasa": self.pasa,
            "orden": self.orden(),
            "metas": [
                {**m._asdict(), "veces": self.cobertura.vistas[m], "no_se_puede": motivo}
                for m, motivo in self.cobertura.metas.items()
            ],
            "fallas": [
                {
                    "caso": t.caso,
                    "encargo": t.encargo,
                    "que": t.que,
                    "respuestas": {c: repr(v) for c, v in t.crudo.items()},
                    "pasos": list(t.pasos),
                    "traza": t.traza,
                    "orden": self.orden(t.caso),
                }
                for t in self.tropiezos
            ],
        }

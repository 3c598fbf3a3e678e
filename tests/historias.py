"""Las historias con el reloj puesto: se leen de `escenarios/` y se cuentan paso a paso.

Para agregar una no se escribe Python: cada paso dice cuándo, qué hace alguien, si se le niega y qué
se ve entonces.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml
from fabrica import Mundo

from facilita.plazos import LIMA
from facilita.tramite import errores

Escenario = Mapping[str, Any]


def leer(archivo: Path) -> list[dict[str, Any]]:
    """Los escenarios de un archivo."""
    escenarios: list[dict[str, Any]] = yaml.safe_load(archivo.read_text("utf-8"))
    return escenarios


def con_norma(escenarios: Iterable[Escenario]) -> list[Any]:
    """Cada escenario como un caso que nombra su norma."""
    return [pytest.param(e, id=f"{'-'.join(e['norma'])}-{e['id']}") for e in escenarios]


def instante(escrito: Any) -> datetime:
    """Un instante de Lima, escrito como en YAML."""
    dado = escrito if isinstance(escrito, datetime) else datetime.fromisoformat(str(escrito))
    return dado if dado.tzinfo else dado.replace(tzinfo=LIMA)


def local(cuando: datetime) -> datetime:
    """La hora de Lima, como se escribe en YAML."""
    return cuando.astimezone(LIMA).replace(tzinfo=None)


class Relato:
    """Alguien a quien le pasan cosas: lo que sabe hacer y lo que se le puede ver."""

    mundo: Mundo
    codigo: str
    HACERES: ClassVar[Mapping[str, Callable[[Any, Mapping[str, Any]], None]]]
    VISTAS: ClassVar[Mapping[str, Callable[[Any], Any]]]

    def dar(self, paso: Mapping[str, Any]) -> None:
        """Pone el reloj, hace lo que dice el paso y comprueba lo que se ve."""
        self.mundo.reloj.poner(instante(paso["en"]))
        self.olvidar()
        if "niega" in paso:
            with pytest.raises(getattr(errores, paso["niega"])):
                self.HACERES[paso["hace"]](self, paso)
        elif "hace" in paso:
            self.HACERES[paso["hace"]](self, paso)
        for que, esperado in paso.get("ve", {}).items():
            assert self.VISTAS[que](self) == esperado, (paso, que)

    def olvidar(self) -> None:
        """Lo que se leyó en el paso anterior ya no vale."""

    @property
    def sid(self) -> int:
        """El id de la solicitud."""
        return self.mundo.solicitud(self.codigo).id

    @classmethod
    def exigir_completos(
        cls, escenarios: Sequence[Escenario], normas: set[str], minimo: int
    ) -> None:
        """Cada uno con su nombre y su norma; todo lo que se sabe hacer y ver, usado."""
        nombres = [e["id"] for e in escenarios]
        assert len(set(nombres)) == len(nombres) >= minimo
        assert {n for e in escenarios for n in e["norma"]} >= normas
        pasos = [p for e in escenarios for p in e["pasos"]]
        assert {p["hace"] for p in pasos if "hace" in p} == set(cls.HACERES)
        assert {v for p in pasos for v in p.get("ve", ())} == set(cls.VISTAS)

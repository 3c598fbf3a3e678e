"""Las condiciones de una misma página escritas en CSS, para que funcionen sin programa.

Sin `:has` en el navegador todo se muestra y el servidor descarta lo que no corresponde.
Lo que mira una página anterior lo decide el servidor y llega como clase del formulario (`s0`…).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from facilita.definicion.condiciones import Condicion, Hoja
from facilita.definicion.estructura import Definicion, Pagina

LARGO_MAXIMO = 20_000
"""Una regla más larga se omite: el campo se muestra y el servidor lo descarta si no va."""


@dataclass(frozen=True)
class Vista:
    """Lo que una página necesita para esconder y mostrar: su CSS y sus condiciones de antes."""

    css: str
    de_antes: tuple[Hoja, ...]

    def clases(self, comparables: Mapping[str, Any]) -> tuple[str, ...]:
        """Las clases que el servidor pone al formulario con lo ya respondido."""
        return tuple(f"s{n}" for n, h in enumerate(self.de_antes) if h.evaluar(comparables))


def vista_de(definicion: Definicion, pagina: Pagina) -> Vista:
    """La vista de una página; depende solo de la definición."""
    return _Escritor(definicion, pagina).escribir()


def decide_el_servidor(condicion: Condicion | None, pagina: Pagina) -> bool:
    """Si una condición mira solo páginas anteriores."""
    return condicion is not None and not (condicion.campos & pagina.ids)


class _MuyLarga(Exception):
    """Una condición no se puede escribir entera: ninguna regla debe llevarla a medias."""


class _Escritor:
    def __init__(self, definicion: Definicion, pagina: Pagina) -> None:
        self.definicion = definicion
        self.pagina = pagina
        self.de_antes: list[Hoja] = []
        self.visibles: dict[str, str | None] = {}

    def escribir(self) -> Vista:
        mirados = self._mirados()
        # De arriba abajo: una condición solo mira campos que ya están escritos.
        for campo in (c for c in self.pagina.campos if c.id in mirados):
            propia = self.definicion.por_campo[campo.id]
            self.visibles[campo.id] = self._escrita(propia) if propia else ""
        reglas = []
        for seccion in self.pagina.secciones:
            reglas.append(self._regla(seccion.si, f"#seccion-{seccion.id}"))
            reglas += [self._regla(campo.si, f"#campo-{campo.id}") for campo in seccion.campos]
        utiles = "".join(r for r in reglas if r)
        css = f"@supports selector(:has(*)){{{utiles}}}\n" if utiles else ""
        return Vista(css, tuple(self.de_antes))

    def _mirados(self) -> frozenset[str]:
        condiciones = [s.si for s in self.pagina.secciones] + [c.si for c in self.pagina.campos]
        return frozenset(cual for si in condiciones if si is not None for cual in si.campos)

    def _regla(self, condicion: Condicion | None, que: str) -> str:
        if condicion is None or decide_el_servidor(condicion, self.pagina):
            return ""
        escrita = self._escrita(condicion)
        if escrita is None:
            return ""
        regla = f".formulario:not({escrita}) {que}{{display:none}}"
        return regla if len(regla) <= LARGO_MAXIMO else ""

    def _escrita(self, condicion: Condicion) -> str | None:
        try:
            escrita = condicion.css(self._hoja)
        except _MuyLarga:
            return None
        return escrita if len(escrita) <= LARGO_MAXIMO else None

    def _visible(self, campo: str) -> str:
        visible = self.visibles.get(campo)
        if visible is None:
            raise _MuyLarga
        return visible

    def _hoja(self, hoja: Hoja) -> str:
        if hoja.campo not in self.pagina.ids:
            if hoja not in self.de_antes:
                self.de_antes.append(hoja)
            return f".s{self.de_antes.index(hoja)}"
        valores = ["true" if v is True else str(v) for v in hoja.esperados]
        marcas = ",".join(
            f'[name="{hoja.campo}"][value="{v}"]:checked,'
            f'[name="{hoja.campo}"] [value="{v}"]:checked'
            for v in valores
        )
        # Un campo escondido no cuenta: su propia condición acompaña a la comparación.
        return f"{self._visible(hoja.campo)}:has({marcas})"

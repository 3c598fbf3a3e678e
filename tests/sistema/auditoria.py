"""Lo que toda página debe cumplir, en cualquier estado y en cualquier pantalla."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from .ventanas import Ventana

AQUI = Path(__file__).parent
AXE = (AQUI / "axe" / "axe.min.js").read_text()
MEDIDAS = (AQUI / "medidas.js").read_text()
ETIQUETAS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
OPCIONES = {
    "runOnly": {"type": "tag", "values": ETIQUETAS},
    # Viene apagada, y es de WCAG 2.2.
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
ALTO = 740
ANCHOS = (1280, 360, 320)
EN_TODO = (1280, 360)
EN_EL_TELEFONO = (360,)
"""Los anchos con axe. A 320 las medidas propias bastan: repetiría lo que dijo en 360."""
ZOOM = (640, 400)
"""Lo que queda de una ventana de 1280 × 800 con el zoom en 200 %."""


def auditar(ventana: Ventana, con_axe: Sequence[int] = EN_TODO) -> list[str]:
    """Todas las faltas de la página que se ve; ninguna es ninguna."""
    return list(_faltas(ventana, con_axe))


def _faltas(ventana: Ventana, con_axe: Sequence[int]) -> Iterator[str]:
    _esperar_al_foco(ventana)
    yield from _medir(ventana, "pagina", "sueltos")
    # `evaluate` entra por el depurador: la política de la página no deja poner otro programa.
    ventana.evaluar(AXE)
    for ancho in ANCHOS:
        _tamano(ventana, ancho)
        if ancho in con_axe:
            yield from (f"{ancho} px: {falta}" for falta in _axe(ventana))
        yield from _medir(ventana, "desborda", "chicos")
        # Lo plegado también es página: de aquí en adelante se mira abierto.
        ventana.evaluar("document.querySelectorAll('details').forEach(d => d.open = true)")
    _tamano(ventana, *ZOOM)
    yield from _medir(ventana, "desborda")
    for ancho in (1280, 360):
        _tamano(ventana, ancho)
        # El doble de letra, sin zoom: como en un teléfono con la letra grande.
        ventana.evaluar("document.documentElement.style.fontSize = '200%'")
        yield from (f"letra doble: {falta}" for falta in _medir(ventana, "desborda"))
        ventana.evaluar("document.documentElement.style.fontSize = ''")


def _esperar_al_foco(ventana: Ventana) -> None:
    """El navegador da el foco pedido al dibujar: con la máquina ocupada tarda un poco."""
    pedido = "document.querySelector('[autofocus]')"
    for _ in range(30):
        if ventana.evaluar(f"!{pedido} || document.activeElement === {pedido}"):
            return
        ventana.pagina.wait_for_timeout(100)


def _tamano(ventana: Ventana, ancho: int, alto: int = ALTO) -> None:
    ventana.pagina.set_viewport_size({"width": ancho, "height": alto})


def _medir(ventana: Ventana, *medidas: str) -> list[str]:
    todas = ", ".join(f"...m.{medida}()" for medida in medidas)
    return list(ventana.evaluar(f"(() => {{ const m = {MEDIDAS.rstrip()}; return [{todas}]; }})()"))


def _axe(ventana: Ventana) -> Iterator[str]:
    resultado: dict[str, Any] = ventana.evaluar(f"axe.run(document, {json.dumps(OPCIONES)})")
    for regla in resultado["violations"]:
        for nodo in regla["nodes"]:
            yield f"{regla['id']}: {nodo['html'][:140]} ({nodo['failureSummary'][:200]})"

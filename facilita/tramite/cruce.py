"""Dos ventanas sobre el mismo borrador: qué cambió cada una y en qué respuestas chocan.

Cada página lleva una marca de lo que mostraba en cada campo. Con ella se sabe, sin guardar nada
más, qué cambió esta ventana y qué cambió otra entre tanto.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

LARGO = 10
"""Letras de una marca: bastan para saber si una respuesta cambió."""


def marca(valor: Any) -> str:
    """Unas letras que cambian con la respuesta; vacía si no hay respuesta."""
    limpio = _limpio(valor)
    if limpio is None:
        return ""
    escrito = json.dumps(limpio, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(escrito.encode("utf-8", "replace")).hexdigest()[:LARGO]


def _limpio(valor: Any) -> Any:
    """La respuesta sin lo que un navegador cambia solo; `None` si no dice nada."""
    if isinstance(valor, Mapping):
        # De un archivo importa cuál es: su análisis puede terminar después.
        if "sha256" in valor:
            # Su id no basta: SQLite da otra vez el de una fila que ya no está.
            return f"{valor.get('id')} {valor['sha256']} {valor.get('nombre')}"
        partes = {str(c): _limpio(v) for c, v in valor.items()}
        return {c: v for c, v in partes.items() if v is not None} or None
    if isinstance(valor, list | tuple):
        suyos = [x for x in map(_limpio, valor) if x is not None]
        if suyos and all(isinstance(x, str) for x in suyos):
            # Lo marcado entre varias opciones es lo mismo en cualquier orden.
            return suyos[0] if len(suyos) == 1 else sorted(suyos)
        return suyos or None
    texto = "" if valor is None else str(valor).replace("\r\n", "\n").strip()
    return texto or None


def escribir_visto(campos: Iterable[str], crudo: Mapping[str, Any]) -> str:
    """Lo que una página muestra, en un renglón: el campo y su marca; lo vacío no se escribe."""
    marcas = ((campo, marca(crudo.get(campo))) for campo in campos)
    return " ".join(f"{campo}.{m}" for campo, m in marcas if m)


def leer_visto(renglon: str | None) -> dict[str, str] | None:
    """Las marcas de un renglón; nada si la página no lo trajo."""
    if renglon is None:
        return None
    pares = (parte.partition(".") for parte in renglon.split()[:500])
    return {campo: m for campo, _, m in pares}


@dataclass(frozen=True)
class Cruce:
    """Lo que se puede guardar y lo que choca con lo que otra ventana ya guardó."""

    escrito: Mapping[str, Any]
    chocan: Mapping[str, Any]


def cruzar(
    visto: Mapping[str, str] | None, guardado: Mapping[str, Any], enviado: Mapping[str, Any]
) -> Cruce:
    """Qué de lo enviado se guarda, sabiendo lo que la ventana mostraba.

    Lo que esta ventana no tocó no borra lo que otra cambió; lo que cambiaron las dos, choca.
    """
    if visto is None:
        return Cruce(enviado, {})
    escrito, chocan = {}, {}
    for campo, mio in enviado.items():
        antes, hoy, nuevo = visto.get(campo, ""), marca(guardado.get(campo)), marca(mio)
        if hoy in (antes, nuevo):
            escrito[campo] = mio
        elif nuevo != antes:
            chocan[campo] = mio
    return Cruce(escrito, chocan)


def juntar(pendiente: Mapping[str, Any], chocan: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Lo que ya esperaba que la persona elija, con lo que choca ahora; nada se repite."""
    juntos = {campo: list(valores) for campo, valores in pendiente.items()}
    for campo, valor in chocan.items():
        suyos = juntos.setdefault(campo, [])
        if marca(valor) not in map(marca, suyos):
            suyos.append(valor)
    return juntos

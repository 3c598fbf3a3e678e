"""Los correos: la frase de la definición con los datos del caso."""

import re
from itertools import pairwise

from facilita.definicion import Mensaje
from facilita.definicion.campos.base import completar
from facilita.definicion.limpieza import una_linea
from facilita.tramite.caso import Caso

_LISTA = re.compile(r"\s*([-*•]|\d+[.)])\s")
_DATO = re.compile(r"[^.:]+: \{\w+\}")
_CORTADA = 40
"""Una línea más corta que esto no la cortó el ancho de la página: se escribió así."""


def redactar(caso: Caso, mensaje: Mensaje, enlace: str, ademas: str = "") -> tuple[str, str]:
    """El asunto (una sola línea) y el cuerpo de un mensaje; `ademas` va al final, antes del pie."""
    nombres = caso.todos_los_nombres(enlace)
    asunto = una_linea(completar(mensaje.asunto, nombres)) or caso.definicion.titulo
    pie = f"\n--\n{caso.entidad.nombre}\n{caso.entidad.correo}\n"
    cuerpo = completar(en_parrafos(mensaje.cuerpo), nombres).rstrip()
    return asunto[:200], "\n\n".join(p for p in (cuerpo, ademas) if p) + "\n" + pie


def en_parrafos(cuerpo: str) -> str:
    """El cuerpo sin los cortes que le puso el ancho del archivo; listas y líneas sueltas quedan."""
    lineas = cuerpo.splitlines()
    hecho = lineas[:1]
    for anterior, linea in pairwise(lineas):
        if _sigue(anterior.rstrip(), linea):
            hecho[-1] = f"{hecho[-1].rstrip()} {linea.strip()}"
        else:
            hecho.append(linea)
    return "\n".join(hecho)


def _sigue(anterior: str, linea: str) -> bool:
    """Si una línea sigue la frase de la anterior."""
    if len(anterior) < _CORTADA or not linea.strip() or _LISTA.match(linea):
        return False
    if anterior.endswith(":") or _DATO.fullmatch(anterior):
        return False
    return linea.strip() != "{enlace}"

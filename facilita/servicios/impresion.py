"""Componer un PDF: de datos congelados a PDF/A-2a y PDF/UA-1, siempre los mismos bytes.

Cada plantilla es un `impresos/<nombre>.typ` que lee sus datos como JSON: un texto ajeno nunca se
interpreta. Typst hace cumplir las dos normas: si algo no cumple, no hay PDF. Compone el trabajador,
no la petición, y nunca un proceso bifurcado: los hilos de Typst no sobreviven a un `fork`.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from io import BytesIO
from pathlib import Path
from threading import local
from typing import Any

import segno

IMPRESOS = Path(__file__).parent / "impresos"
NORMAS = ["a-2a", "ua-1"]
INTENTOS = 4

_del_hilo = local()
_NO_SE_DIBUJA = re.compile(r'(?:the text|the codepoint) `?"((?:[^"\\]|\\.)+)"')
_ESCAPADO = re.compile(r"\\u\{([0-9a-f]+)\}")
# Lo que cambia el sentido de la escritura haría leer otra cosa que la escrita.
_QUE_DAN_VUELTA = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}


class NoSeCompone(RuntimeError):
    """Una plantilla o sus datos no dan un PDF conforme."""


def componer(nombre: str, datos: Mapping[str, Any], creado: datetime) -> bytes:
    """El PDF de una plantilla con esos datos; con los mismos datos e instante, los mismos bytes.

    Todas leen `titulo`, `entidad` (`nombre` y, si hay, `ruc`, `unidad`, `direccion`), `pie` y `qr`
    (`texto` y `descripcion`). «documento» es la de uso general: `destacados` y `datos` (listas de
    (etiqueta, valor)),
    `parrafos`, `secciones` (`titulo`, `parrafos`, `datos`, `columnas` y `filas`), `archivos`
    (`nombre`, `detalle`, `sha256`) y `al_pie_del_qr`. Lo que la letra no sabe dibujar sale con su
    código, como [U+1F600]. Lanza `NoSeCompone`.
    """
    listos = _recorrer(dict(datos), _limpiar)
    if listos.get("qr"):
        listos["qr"] = listos["qr"] | {"svg": _qr(listos["qr"]["texto"])}
    for _ in range(INTENTOS):
        error = _compilar(nombre, listos, creado)
        if isinstance(error, bytes):
            return error
        faltan = _faltan(error)
        if not faltan:
            raise NoSeCompone(f"{nombre}: {error}")
        listos = _recorrer(listos, partial(_con_codigos, faltan=faltan.__contains__))
    pdf = _compilar(nombre, _recorrer(listos, partial(_con_codigos, faltan=_es_raro)), creado)
    if isinstance(pdf, bytes):
        return pdf
    raise NoSeCompone(f"{nombre}: {pdf}")


def _compilar(nombre: str, datos: Mapping[str, Any], creado: datetime) -> bytes | str:
    """El PDF, o lo que Typst dice que no puede ser."""
    # Se importa al componer: son 80 MB que el servidor no necesita para empezar.
    typst = import_module("typst")
    try:
        pdf: bytes = _compilador(typst).compile(
            input=str(IMPRESOS / f"{nombre}.typ"),
            format="pdf",
            sys_inputs={"datos": json.dumps(datos, sort_keys=True)},
            pdf_standards=NORMAS,
            timestamp=creado.astimezone(UTC).replace(microsecond=0),
        )
    except RuntimeError as error:
        return str(error)
    return pdf


def _compilador(typst: Any) -> Any:
    # Uno por hilo: compilar suelta el GIL y un compilador no se comparte.
    if not hasattr(_del_hilo, "compilador"):
        _del_hilo.compilador = typst.Compiler(root=str(IMPRESOS), ignore_system_fonts=True)
    return _del_hilo.compilador


def _recorrer(valor: Any, cambiar: Callable[[str], str]) -> Any:
    if isinstance(valor, str):
        return cambiar(valor)
    if isinstance(valor, Mapping):
        return {clave: _recorrer(v, cambiar) for clave, v in valor.items()}
    if isinstance(valor, list | tuple):
        return [_recorrer(v, cambiar) for v in valor]
    return valor


def _limpiar(texto: str) -> str:
    """Sin lo que no se imprime: controles, medios caracteres y lo que da vuelta al texto."""
    normal = unicodedata.normalize("NFC", texto.replace("\r\n", "\n").replace("\t", " "))
    return "".join(c for c in normal if c == "\n" or _se_imprime(c))


def _se_imprime(c: str) -> bool:
    return unicodedata.category(c) not in ("Cc", "Cs") and ord(c) not in _QUE_DAN_VUELTA


def _faltan(error: str) -> set[str]:
    """Los caracteres que la letra no tiene o la norma no admite, según el error."""
    dichos = _NO_SE_DIBUJA.findall(error)
    return {c for d in dichos for c in _ESCAPADO.sub(lambda m: chr(int(m[1], 16)), d)} - {"\\"}


def _con_codigos(texto: str, faltan: Callable[[str], bool]) -> str:
    return "".join(f"[U+{ord(c):04X}]" if faltan(c) else c for c in texto)


def _es_raro(caracter: str) -> bool:
    """Lo que está fuera de las letras latinas y su puntuación: el último recurso."""
    return not (ord(caracter) < 0x250 or 0x2010 <= ord(caracter) <= 0x2044)


def _qr(texto: str) -> str:
    dibujo = BytesIO()
    segno.make(texto, error="m", micro=False).save(
        dibujo, kind="svg", xmldecl=False, border=2, svgclass=None, lineclass=None
    )
    return dibujo.getvalue().decode()

"""Presentaciones al azar, casi todas como las escribiría una persona y algunas hostiles."""

import random
from collections.abc import Callable, Mapping
from typing import Any

from facilita.definicion import Definicion
from facilita.definicion.campos import Campo

from .material import HOSTILES

Generador = Callable[[Campo, random.Random, Mapping[str, Any]], Any]

NOMBRES = ("Ana", "José Luis", "Ñusta", "D’Angelo", "王小明", "Killa-Mamani", "अमित")
CORREOS = ("ana@ejemplo.pe", "j.luis+tramite@correo.example.pe", "ÑUSTA@EJEMPLO.PE")
TELEFONOS = ("987 654 321", "+51 987654321", "+34 612345678")
RUCS = ("20131312955", "20-13131295-5", "20987654326")
DISTRITOS: tuple[Any, ...] = ("Cusco", ["miraflores", "040110"], ["", "EXT"], "150101")
NUMEROS = {
    "dni": "01234567",
    "carne_extranjeria": "001234567",
    "pasaporte": "ab123456",
    "ptp": "123456789",
    "cedula_identidad": "V-123456",
    "otro": "XYZ-99",
}


def _texto(campo: Any, azar: random.Random, crudo: Mapping[str, Any]) -> Any:
    if campo.patron:
        return azar.choice(NOMBRES if campo.formato == "nombre" else ("A-001", "N.° 5", "S/N"))
    largo = azar.randint(campo.minimo, min(campo.maximo, campo.minimo + 60))
    return "".join(azar.choice("abcñé1 -") for _ in range(largo)).strip() or "x" * campo.minimo


def _numero(campo: Any, azar: random.Random, crudo: Mapping[str, Any]) -> Any:
    menor = int(campo.minimo if campo.minimo is not None else -1000)
    mayor = int(campo.maximo if campo.maximo is not None else menor + 5000)
    return str(azar.randint(menor, mayor))


def _archivo(campo: Any, azar: random.Random, crudo: Mapping[str, Any]) -> Any:
    return [
        {
            "nombre": f"anexo-{n}.{campo.tipos[0]}",
            "tamano": azar.randint(1, campo.tamano_maximo),
            "tipo": azar.choice(campo.tipos),
            "paginas": azar.choice((None, 1, 7)),
        }
        for n in range(azar.randint(1, campo.cantidad_maxima))
    ]


def _identidad(campo: Any, azar: random.Random, crudo: Mapping[str, Any]) -> Any:
    cual = crudo.get(campo.campo_tipo)
    return NUMEROS.get(cual if isinstance(cual, str) else "otro", NUMEROS["otro"])


def _de(*valores: Any) -> Generador:
    return lambda campo, azar, crudo: azar.choice(valores)


def _opcion(campo: Campo, azar: random.Random, crudo: Mapping[str, Any]) -> Any:
    return azar.choice(campo.valores_posibles or ("",))


GENERADORES: Mapping[str, Generador] = {
    "texto": _texto,
    "parrafo": _texto,
    "numero": _numero,
    "folios": lambda campo, azar, crudo: str(azar.randint(1, 300)),
    "opcion_unica": _opcion,
    "lista": _opcion,
    "consentimiento": _de("true"),
    "documento_identidad": _identidad,
    "ruc": _de(*RUCS),
    "correo": _de(*CORREOS),
    "telefono": _de(*TELEFONOS),
    "ubigeo": _de(*DISTRITOS),
    "sede": _de("central", "norte"),
    "archivo": _archivo,
    "enlace": _de("https://ejemplo.pe/anexos"),
    "expediente": _de("EXP-000123-2026", "EXP-1"),
    "informativo": _de("algo"),
}


def presentacion(
    definicion: Definicion, azar: random.Random, hostilidad: float = 0.02
) -> dict[str, Any]:
    """Una presentación cruda: cada campo respondido, en blanco si puede, o atacado a veces."""
    crudo: dict[str, Any] = {}
    for campo in definicion.campos.values():
        suerte = azar.random()
        if suerte < hostilidad:
            crudo[campo.id] = azar.choice(HOSTILES)
        elif campo.obligatorio or suerte < 0.7:
            crudo[campo.id] = GENERADORES[campo.tipo](campo, azar, crudo)
    return crudo

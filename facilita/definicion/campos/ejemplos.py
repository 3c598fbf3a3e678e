"""Respuestas inventadas con las que los campos hacen sus muestras: para simular y para probar."""

import random
from collections.abc import Mapping

NOMBRES = (
    "Ana", "José Luis", "Ñusta", "D’Angelo", "王小明", "Killa-Mamani", "अमित", "Rosa Elvira",
    "María del Carmen", "Iñaki",
)  # fmt: skip
DE_FORMATO: Mapping[str, tuple[str, ...]] = {
    "nombre": NOMBRES,
    "codigo": ("A-001", "N.° 5", "S/N", "Oficio 214-2026", "1"),
    "placa": ("ABC-123", "abc123", "A1B-234"),
}
CORREOS = ("ana@ejemplo.pe", "j.luis+tramite@correo.example.pe", "ÑUSTA@EJEMPLO.PE")
CELULARES = ("987 654 321", "+51 987654321", "+34 612345678")
FIJOS = ("01 234 5678", "(084) 22-3344")
ENLACES = ("https://ejemplo.pe/anexos", "https://archivos.ejemplo.pe/a?b=1&c=ñ")
DISTRITOS: tuple[tuple[str, ...], ...] = (
    ("Cusco, Cusco, Cusco",), ("miraflores", "040110"), ("Miraflores, Lima",), ("", "150101"),
    ("150122",),
)  # fmt: skip
PALABRAS = (
    "pido", "la", "revisión", "de", "mi", "caso", "núm.", "5", "señor", "alcalde", "—", "<b>",
    "ayllu", "d’une", "&", "“Ñ”", "{campo}", "2026",
)  # fmt: skip


def frase(azar: random.Random, largo: int, espacios: str) -> str:
    """Un texto de ese largo exacto, con palabras separadas por uno de esos espacios."""
    texto = azar.choice(PALABRAS)
    while len(texto) < largo:
        texto += azar.choice(espacios) + azar.choice(PALABRAS)
    cortado = texto[:largo]
    return cortado[:-1] + "x" if cortado[-1].isspace() else cortado


def identidad(azar: random.Random, documento: str) -> str:
    """El número de un documento de identidad de esa clase, como lo escribe una persona."""
    cifras = f"{azar.randrange(10**8):08}"
    escritos = {
        "dni": cifras,
        "carne_extranjeria": "0" + cifras,
        "pasaporte": "ab" + cifras[:6],
        "ptp": "1" + cifras,
        "cedula_identidad": "V-" + cifras[:6],
    }
    return escritos.get(documento, "XYZ-" + cifras[:4])

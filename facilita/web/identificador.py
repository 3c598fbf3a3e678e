"""Los números que vienen de afuera: ninguno pasa de lo que cabe en la base de datos."""

from werkzeug.routing import IntegerConverter

MAXIMO = 2**62


class Identificador(IntegerConverter):
    """Un número de fila en una dirección; uno imposible es una página que no existe."""

    def __init__(self, *partes: object, **opciones: object) -> None:
        opciones.setdefault("max", MAXIMO)
        super().__init__(*partes, **opciones)  # type: ignore[arg-type]


def identificador(texto: str) -> int:
    """Un número de fila enviado en un formulario; lanza `ValueError`."""
    numero = int(texto) if len(texto) < 19 and texto.isascii() and texto.isdecimal() else -1
    if not 0 <= numero <= MAXIMO:
        raise ValueError("no es un número de fila")
    return numero

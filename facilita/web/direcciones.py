"""Las direcciones de un borrador: aquí se escriben, para todas las vistas."""

from facilita.definicion import Definicion
from facilita.tramite.errores import NoExiste

CARPETA = "/<entidad>/<formulario>/borrador/<ficha>"


def exigir_suya(definicion: Definicion, formulario: str) -> None:
    """Que la dirección de un borrador diga su formulario; si no, `NoExiste`."""
    if definicion.id != formulario:
        raise NoExiste("No encontramos este borrador. Puede que su dirección esté incompleta.")


def de_borrador(entidad: str, formulario: str, ficha: str, pagina: str) -> str:
    """La dirección de una página de un borrador."""
    return f"/{entidad}/{formulario}/borrador/{ficha}/{pagina}"

"""Los correos: la frase de la definición con los datos del caso."""

from facilita.definicion import Mensaje
from facilita.definicion.campos.base import completar
from facilita.definicion.limpieza import una_linea
from facilita.tramite.caso import Caso


def redactar(caso: Caso, mensaje: Mensaje, enlace: str) -> tuple[str, str]:
    """El asunto (una sola línea) y el cuerpo de un mensaje."""
    nombres = caso.todos_los_nombres(enlace)
    asunto = una_linea(completar(mensaje.asunto, nombres)) or caso.definicion.titulo
    pie = f"\n--\n{caso.entidad.nombre}\n{caso.entidad.correo}\n"
    return asunto[:200], completar(mensaje.cuerpo, nombres).rstrip() + "\n" + pie

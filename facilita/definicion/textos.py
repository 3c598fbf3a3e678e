"""Los `{nombres}` que pueden usar los textos y los mensajes de una definición."""

import re
from collections.abc import Mapping

from facilita.definicion.campos.base import completar, nombres_en
from facilita.definicion.sugerencias import parecido

DE_LA_ENTIDAD: Mapping[str, str] = {
    "entidad": "el nombre de la entidad",
    "entidad_corta": "su nombre corto o sus siglas",
    "correo_entidad": "su correo de contacto",
    "telefono_entidad": "su teléfono de contacto",
    "horario": "su horario de atención, en palabras",
    "oficial_datos": "su oficial de datos personales y cómo escribirle",
    "banco_datos": "el nombre del banco de datos personales",
    "conservacion": "cuánto tiempo conserva los datos",
}

DE_LA_SOLICITUD: Mapping[str, str] = {
    **DE_LA_ENTIDAD,
    "nombre": "el nombre de quien presenta",
    "formulario": "el título del formulario",
    "asunto": "el asunto de lo presentado",
    "numero": "el número de registro",
    "expediente": "el número de expediente",
    "codigo": "el código de seguimiento",
    "enlace": "la dirección para hacer seguimiento",
    "estado": "el estado, en palabras para el ciudadano",
    "presentado": "la fecha y hora de presentación",
    "plazo_desde": "el día desde el que se cuenta el plazo",
    "vence": "el último día para resolver",
    "numero_propio": "el número de la serie propia del formulario, si la tiene",
}

SOLO_SI: Mapping[str, str] = {"numero_propio": "numeracion"}
"""Nombres que existen solo si la definición tiene esa clave."""

_LLAVE_SUELTA = re.compile(r"[{}]")


def fallas_de_texto(
    texto: str, permitidos: Mapping[str, str], motivos: Mapping[str, str] | None = None
) -> list[str]:
    """Lo que está mal en los `{nombres}` de un texto, en frases; `motivos` explica algunos."""
    fallas = [
        _desconocido(nombre, permitidos, (motivos or {}).get(nombre))
        for nombre in sorted(nombres_en(texto) - set(permitidos))
    ]
    if _LLAVE_SUELTA.search(completar(texto, dict.fromkeys(nombres_en(texto), ""))):
        fallas.append("hay una llave suelta: los nombres van como {nombre}, en minúsculas")
    return fallas


def _desconocido(nombre: str, permitidos: Mapping[str, str], motivo: str | None) -> str:
    if motivo is None and nombre in DE_LA_SOLICITUD and nombre not in SOLO_SI:
        motivo = "solo va en los mensajes"
    if motivo is None:
        hay = f"{parecido(nombre, permitidos)}; puede ser: {', '.join(sorted(permitidos))}"
        return f"no se conoce el nombre «{{{nombre}}}»{hay}"
    return f"aquí no va «{{{nombre}}}»{parecido(nombre, permitidos)}: {motivo}"

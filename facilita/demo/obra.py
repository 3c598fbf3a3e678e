"""Los cambios a medias que la demostración deja en obra, como los haría quien coordina."""

from collections.abc import Mapping, Sequence
from typing import Any

EN_OBRA: Sequence[Mapping[str, Any]] = (
    {
        "accion": "cambiar",
        "familia": "campos",
        "cual": "pedido",
        "propiedades": {"ayuda": "Con tus palabras. No hace falta citar normas."},
    },
    {
        "accion": "agregar",
        "familia": "campos",
        "elemento": {
            "id": "ayuda_para_leer",
            "tipo": "si_no",
            "etiqueta": "¿Necesitas que te leamos la respuesta por teléfono?",
            "ayuda": "Por ejemplo, si tienes una discapacidad visual.",
        },
        "despues_de": "pedido",
    },
    {"accion": "mover", "familia": "campos", "cual": "ayuda_para_leer", "hacia": "abajo"},
)
"""Una ayuda más clara, una pregunta nueva y su lugar."""

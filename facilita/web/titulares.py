"""A quién se le da un rol o una tarea, como viaja en un formulario: «u12» o «a3»."""

from facilita.tramite.encargos import Titular
from facilita.web.identificador import identificador


def titular_de(escrito: str | None) -> Titular | None:
    """La persona o el área elegida; `None` si no es ninguna."""
    clase, numero = (escrito or " ")[:1], _numero((escrito or "")[1:])
    if numero is None or clase not in "ua":
        return None
    return Titular(usuario_id=numero) if clase == "u" else Titular(area_id=numero)


def _numero(texto: str) -> int | None:
    try:
        return identificador(texto)
    except ValueError:
        return None


def escrito(titular: Titular) -> str:
    """Cómo viaja un titular."""
    return f"u{titular.usuario_id}" if titular.area_id is None else f"a{titular.area_id}"

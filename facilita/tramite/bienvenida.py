"""La bienvenida a quien lidera una entidad nueva: el correo con qué hacer y a quién preguntar."""

from facilita.tramite.entidades import EntidadPublica
from facilita.tramite.primeros_pasos import PASOS

PANEL = "/bandeja/primeros-pasos"


def correo(
    nombres: str, entidad: str, pagina: str, como_entra: str, plataforma: EntidadPublica, raiz: str
) -> str:
    """El texto del correo; el HTML sale de él al enviarlo."""
    pasos = "\n".join(f"- {n}. {paso.titulo}: {paso.que}" for n, paso in enumerate(PASOS, 1))
    contacto = ", ".join(c for c in (plataforma.correo, plataforma.telefono) if c)
    return (
        f"Hola, {nombres}:\n\n"
        f"Creamos {entidad} y eres su coordinador de entidad.\n\n"
        f"{como_entra}\n"
        f"Son seis pasos, y los dos primeros ya casi están:\n{pasos}\n\n"
        f"Al entrar verás cuáles hiciste y un botón para hacer el que sigue: {raiz}{PANEL}\n\n"
        f"La página de tu entidad: {pagina}\n\n"
        f"¿Dudas? Responde a este correo o escribe a {contacto}.\n\n"
        f"--\n{plataforma.nombre}\n"
    )

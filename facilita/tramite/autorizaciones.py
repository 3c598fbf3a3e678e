"""Con qué se puede notificar a alguien por casilla: su consentimiento o una norma (N50)."""

from dataclasses import asdict, dataclass
from typing import Any

from facilita.plazos import a_lima
from facilita.tramite import consentimientos
from facilita.tramite.caso import Caso

USO = "notificacion"


@dataclass(frozen=True)
class Autorizacion:
    """Por qué se notifica por casilla: «consentimiento» con su texto, o «norma» con su cita."""

    clase: str
    texto: str
    de: str = ""
    cuando: str = ""

    def a_json(self) -> dict[str, Any]:
        """Como queda en la constancia."""
        return asdict(self)


def autorizacion_de(caso: Caso) -> Autorizacion | None:
    """El consentimiento de la solicitud, si lo dio y no lo retiró."""
    suyos = consentimientos.de_solicitud(caso.sesion, caso.solicitud.id)
    dado = next((c for c in suyos if c.uso == USO and c.vale), None)
    if dado is None:
        return None
    return Autorizacion(
        "consentimiento",
        dado.texto,
        f"Solicitud {caso.solicitud.numero}",
        a_lima(dado.dado_en).isoformat(),
    )


def por_norma(cita: str) -> Autorizacion:
    """La norma citada que hace obligatoria la casilla."""
    return Autorizacion("norma", cita)

"""Con qué se puede notificar a alguien por casilla: su consentimiento o una norma (N50)."""

from dataclasses import asdict, dataclass
from typing import Any

from facilita.definicion.campos.base import completar
from facilita.plazos import a_lima
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
    campo: Any = caso.definicion.usos.get(USO)
    if campo is None or caso.respuestas.get(campo.id) is not True:
        return None
    return Autorizacion(
        "consentimiento",
        completar(campo.texto, caso.entidad.nombres_para(caso.definicion)),
        f"Solicitud {caso.solicitud.numero}",
        a_lima(caso.solicitud.presentado_en).isoformat(),
    )


def por_norma(cita: str) -> Autorizacion:
    """La norma citada que hace obligatoria la casilla."""
    return Autorizacion("norma", cita)

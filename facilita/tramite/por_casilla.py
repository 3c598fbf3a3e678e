"""Si lo que se responde a alguien se le notifica por su casilla electrónica (N09, N50)."""

from collections.abc import Sequence
from dataclasses import dataclass

from facilita.definicion import Transicion
from facilita.definicion.campos import Campo, crear_campo
from facilita.tramite.autorizaciones import Autorizacion, autorizacion_de
from facilita.tramite.caso import Caso
from facilita.tramite.destinatarios import Identidad, casilla_de, de_caso, por_que_no
from facilita.tramite.modelos import Casilla

RECURSOS = crear_campo(
    {
        "id": "recursos_del_acto",
        "tipo": "parrafo",
        "etiqueta": "Recursos y sus plazos",
        "ayuda": (
            "Qué recursos puede presentar, ante quién y en cuántos días hábiles. Si no procede "
            "ninguno, dilo."
        ),
        "obligatorio": True,
        "largo_maximo": 2000,
    }
)
"""Lo que la ley pide decir al notificar por casilla (N55)."""


@dataclass(frozen=True)
class Destino:
    """A quién y en qué casilla se notifica, y con qué autorización."""

    identidad: Identidad
    casilla: Casilla
    autorizacion: Autorizacion


def destino(caso: Caso) -> Destino | None:
    """La casilla de quien presentó, si está activa, le vale y la consintió (N50)."""
    if not caso.entorno.con_casilla or caso.entorno.mensajeria is None:
        return None
    identidad = de_caso(caso)
    casilla = casilla_de(caso.sesion, identidad.tipo, identidad.numero) if identidad else None
    if identidad is None or casilla is None or por_que_no(caso, casilla):
        return None
    autorizacion = autorizacion_de(caso)
    return Destino(identidad, casilla, autorizacion) if autorizacion else None


def campos_de(caso: Caso, transicion: Transicion) -> Sequence[Campo]:
    """Lo que pide un paso; si con él se responde por la casilla, también los recursos (N55)."""
    if transicion.responde and destino(caso):
        return (*transicion.pide, RECURSOS)
    return transicion.pide

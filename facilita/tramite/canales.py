"""Por dónde se le dice algo a la persona. Es el único lugar donde se elige (N09).

Hoy hay un canal, el correo con el enlace a su expediente, que es por donde presentó. Uno nuevo se
agrega aquí: una función más en `canales_de`, y ningún efecto ni verbo se entera.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from facilita.tramite.caso import Caso
from facilita.tramite.correos import dejar
from facilita.tramite.modelos import Movimiento


@dataclass(frozen=True)
class Aviso:
    """Lo que se le dice a la persona de un suceso: el texto ya redactado y su enlace."""

    mensaje: str
    """El id del mensaje en la definición."""
    asunto: str
    cuerpo: str
    movimiento: Movimiento
    con_acuse: bool


Canal = Callable[[Caso, Aviso], None]


def canales_de(caso: Caso) -> Sequence[Canal]:
    """Los canales por los que se avisa a quien presentó; ninguno si no dejó correo."""
    return (por_correo,) if caso.solicitud.correo else ()


def por_correo(caso: Caso, aviso: Aviso) -> None:
    """Deja escrito el correo del aviso."""
    clave = f"{caso.solicitud.id}.{aviso.movimiento.orden}.{aviso.mensaje}"
    dejar(caso, clave, caso.solicitud.correo or "", aviso.asunto, aviso.cuerpo)

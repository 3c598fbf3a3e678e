"""Decirle un suceso a la persona: se redacta una vez y va por el canal que le toca (N09)."""

from facilita.servicios.codigos import ficha_secreta, huella
from facilita.tramite.canales import Aviso, canales_de
from facilita.tramite.caso import Caso
from facilita.tramite.mensajes import redactar
from facilita.tramite.modelos import Movimiento


def avisar(caso: Caso, mensaje: str, movimiento: Movimiento, *, con_acuse: bool = False) -> None:
    """Le dice un suceso a la persona por los canales que le tocan.

    Con acuse, el enlace lleva a abrir la notificación y desde ahí se cuenta el plazo (N07, N54).
    """
    raiz = caso.entorno.direccion_publica
    ficha = ficha_secreta() if con_acuse else None
    enlace = (
        f"{raiz}/notificacion/{ficha}" if ficha else f"{raiz}/seguimiento/{caso.solicitud.codigo}"
    )
    asunto, cuerpo = redactar(caso, caso.definicion.mensajes[mensaje], enlace)
    aviso = Aviso(mensaje, asunto, cuerpo, movimiento, huella(ficha) if ficha else None)
    for canal in canales_de(caso):
        canal(caso, aviso)

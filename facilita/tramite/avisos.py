"""Decirle un suceso a la persona: se redacta una vez y va por el canal que le toca (N09)."""

from facilita.servicios.codigos import ficha_secreta, huella
from facilita.tramite.canales import Aviso, canales_de
from facilita.tramite.caso import Caso
from facilita.tramite.llaves import direccion_con_llave
from facilita.tramite.mensajes import redactar
from facilita.tramite.modelos import Movimiento


def avisar(caso: Caso, mensaje: str, movimiento: Movimiento, *, con_acuse: bool = False) -> None:
    """Le dice un suceso a la persona por los canales que le tocan.

    Con acuse, el enlace lleva a abrir la notificación y desde ahí se cuenta el plazo (N07, N54).
    """
    ficha = ficha_secreta() if con_acuse else None
    enlace = (
        f"{caso.entorno.direccion_publica}/notificacion/{ficha}"
        if ficha
        else direccion_con_llave(caso.entorno, caso.solicitud.codigo)
    )
    cargo = _donde_esta_el_cargo(caso) if movimiento.tipo == "presentado" else ""
    asunto, cuerpo = redactar(caso, caso.definicion.mensajes[mensaje], enlace, cargo)
    aviso = Aviso(mensaje, asunto, cuerpo, movimiento, huella(ficha) if ficha else None)
    for canal in canales_de(caso):
        canal(caso, aviso)


def _donde_esta_el_cargo(caso: Caso) -> str:
    """La dirección del cargo, que pide el documento: un correo se reenvía (N20)."""
    direccion = f"{caso.entorno.direccion_publica}/seguimiento/{caso.solicitud.codigo}"
    return (
        f"Tu cargo en PDF: {direccion}/expediente/cargo.pdf\n"
        "Al abrirlo te pedimos tu número de documento."
    )

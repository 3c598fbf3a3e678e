"""Por dónde se le dice algo a la persona. Es el único lugar donde se elige (N09).

Lo que responde la entidad va por la casilla electrónica de quien la tiene y la consintió para ese
trámite; lo demás, por correo, y sin correo ni casilla, por cédula. Un canal nuevo se agrega aquí:
una función más, y ningún efecto ni verbo se entera.
"""

from collections.abc import Callable
from dataclasses import dataclass

from facilita.plazos import computar, fecha_lima
from facilita.tramite import por_casilla
from facilita.tramite.caso import Caso
from facilita.tramite.correos import dejar
from facilita.tramite.modelos import Movimiento, Notificacion, PorDepositar
from facilita.tramite.sucesos import mover

DIAS_DE_ACUSE = 2
"""Días hábiles para acusar un correo antes de notificar por cédula (N54)."""


@dataclass(frozen=True)
class Aviso:
    """Lo que se le dice a la persona de un suceso: el texto ya redactado, con su enlace."""

    mensaje: str
    """El id del mensaje en la definición."""
    asunto: str
    cuerpo: str
    movimiento: Movimiento
    huella: str | None
    """La de la ficha de su enlace, si el aviso espera acuse."""


Canal = Callable[[Caso, Aviso], None]


def canales_de(caso: Caso) -> tuple[Canal, ...]:
    """Los canales por los que se le dice a quien presentó lo que acaba de pasar."""
    if caso.respuesta is not None and por_casilla.destino(caso):
        return (a_la_casilla,)
    return (sin_casilla(caso),)


def sin_casilla(caso: Caso) -> Canal:
    """El correo que dejó en su solicitud o, si no dejó, la cédula."""
    return por_correo if caso.solicitud.correo else por_cedula


def por_correo(caso: Caso, aviso: Aviso) -> None:
    """Deja escrito el correo del aviso y, si espera acuse, hasta cuándo."""
    clave = f"{caso.solicitud.id}.{aviso.movimiento.orden}.{aviso.mensaje}"
    dejar(caso, clave, caso.solicitud.correo or "", aviso.asunto, aviso.cuerpo)
    if aviso.huella:
        _esperar_acuse(caso, aviso.movimiento, aviso.huella)


def por_cedula(caso: Caso, aviso: Aviso) -> None:
    """Sin un correo adonde enviarla no hay acuse que esperar: se lleva por cédula (N54)."""
    if aviso.huella:
        _esperar_acuse(caso, aviso.movimiento, aviso.huella, cedula=True)
        mover(caso, "sin_acuse", {"enviada": caso.al_anotar.isoformat()})


def _esperar_acuse(
    caso: Caso, movimiento: Movimiento, huella: str, *, cedula: bool = False
) -> None:
    limite = computar(fecha_lima(caso.al_anotar), DIAS_DE_ACUSE, caso.calendario)
    # El movimiento recibe su identidad al escribirse.
    caso.sesion.flush()
    caso.sesion.add(
        Notificacion(
            entidad_id=caso.entidad.id,
            solicitud_id=caso.solicitud.id,
            movimiento_id=movimiento.id,
            huella=huella,
            enviada_en=caso.al_anotar,
            acuse_hasta=limite.vence_en,
            por_cedula=cedula,
        )
    )


def a_la_casilla(caso: Caso, aviso: Aviso) -> None:
    """Deja la respuesta por depositar: va a la casilla cuando la cola haga su PDF (N09, N51).

    El correo ya redactado se guarda con ella, por si para entonces no se la puede depositar.
    """
    respuesta, caso.respuesta = caso.respuesta, None
    caso.sesion.flush()
    caso.sesion.add(
        PorDepositar(
            entidad_id=caso.entidad.id,
            solicitud_id=caso.solicitud.id,
            movimiento_id=aviso.movimiento.id,
            orden=respuesta.orden if respuesta else 0,
            huella=aviso.huella,
            aviso={"mensaje": aviso.mensaje, "asunto": aviso.asunto, "cuerpo": aviso.cuerpo},
            creada_en=caso.al_anotar,
        )
    )

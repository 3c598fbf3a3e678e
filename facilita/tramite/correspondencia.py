"""Los mensajes entre la persona y la entidad mientras el expediente está abierto.

Un mensaje no es un acto: no notifica, no observa y no mueve ningún plazo.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from facilita.definicion.campos import Campo, crear_campo
from facilita.tramite import conversacion, recados
from facilita.tramite.archivos import Subida
from facilita.tramite.atencion import tomar
from facilita.tramite.bitacora import anotar
from facilita.tramite.caso import Caso
from facilita.tramite.conversacion import MensajeVisto
from facilita.tramite.encargos import papeles_en
from facilita.tramite.entidades import EntidadPublica
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Invalido, YaCambio
from facilita.tramite.permisos import Actor
from facilita.tramite.seguimiento import del_ciudadano
from facilita.tramite.subsanacion import por_corregir
from facilita.tramite.sucesos import leer_envio, ya_llego
from facilita.tramite.transiciones import adjuntar, error_de, leer_campos, posibles

POR_DIA = 10
"""Cuántos mensajes puede enviar la persona en 24 horas en un mismo expediente."""
FRASE_CERRADO = (
    "El trámite ya terminó y no recibe más mensajes. Lo que se escribió sigue aquí, para leerlo."
)
_FRASE_TOPE = (
    f"Ya enviaste {POR_DIA} mensajes en las últimas 24 horas. La entidad los tiene: espera su "
    "respuesta o escribe mañana."
)
CAMPOS: tuple[Campo, ...] = tuple(
    crear_campo(dato)
    for dato in (
        {
            "id": "mensaje", "tipo": "parrafo", "etiqueta": "Tu mensaje", "obligatorio": True,
            "largo_maximo": 4000, "mensajes": {"vacio": "Escribe tu mensaje."},
        },
        {
            "id": "archivos", "tipo": "archivo", "etiqueta": "Archivos",
            "tipos": ["pdf", "doc", "docx", "xls", "xlsx", "odt", "ods", "jpg", "png", "zip"],
            "tamano_maximo": 20, "cantidad_maxima": 5,
        },
    )
)  # fmt: skip
"""Lo que se pide para escribir: los mismos campos y las mismas revisiones que un formulario."""


@dataclass(frozen=True)
class Conversacion:
    """La conversación de un expediente, abierta por una de las dos partes."""

    codigo: str
    numero: str
    asunto: str
    remitente: str
    entidad: EntidadPublica
    mensajes: tuple[MensajeVisto, ...]
    abierta: bool
    se_corrige: bool
    """Si la solicitud espera que la persona corrija: eso no se hace con un mensaje."""
    observar: bool = False
    """Si todavía se puede observar, para quien atiende."""


def abrir_de_ciudadano(entorno: Entorno, codigo: str) -> Conversacion:
    """La conversación, para la persona, que así lee lo que le escribieron."""
    with del_ciudadano(entorno, codigo) as caso:
        vista = _vista(caso, conversacion.CIUDADANO)
        conversacion.marcar_leidos(caso, conversacion.CIUDADANO)
        return vista


def escribir_de_ciudadano(
    entorno: Entorno,
    codigo: str,
    crudo: Mapping[str, Any],
    subidas: Sequence[Subida] = (),
) -> None:
    """La persona escribe; el mismo envío dos veces es un mensaje.

    Lanza `Invalido` si falta algo o ya escribió mucho, y `Conflicto` si el trámite terminó.
    """
    with del_ciudadano(entorno, codigo) as caso:
        if not _es_nuevo(caso, crudo):
            return
        _exigir_abierto(caso)
        _exigir_medida(caso)
        sin_leer = _hay_sin_leer(caso, conversacion.CIUDADANO)
        numero = _agregar(caso, conversacion.CIUDADANO, crudo, subidas)
        if not sin_leer:
            recados.de_mensaje_al_personal(caso, numero)


def abrir_de_personal(entorno: Entorno, actor: Actor, solicitud_id: int) -> Conversacion:
    """La conversación, para el personal, que así la lee; queda anotado (N61)."""
    with tomar(entorno, actor, solicitud_id, "solicitud.ver", con_roles=True) as caso:
        puede = posibles(caso, papeles_en(caso, actor))
        observar = any(t.acto == "observacion" for t in puede)
        vista = _vista(caso, conversacion.PERSONAL, observar=observar)
        if actor.puede("solicitud.atender"):
            # Quien solo mira no la da por leída.
            conversacion.marcar_leidos(caso, conversacion.PERSONAL)
        _anotar(caso, actor, "mensajes.vistos")
        return vista


def escribir_de_personal(
    entorno: Entorno,
    actor: Actor,
    solicitud_id: int,
    crudo: Mapping[str, Any],
    subidas: Sequence[Subida] = (),
) -> None:
    """El personal escribe: lo que la persona había escrito queda respondido."""
    with tomar(entorno, actor, solicitud_id, "solicitud.atender", con_roles=True) as caso:
        if not _es_nuevo(caso, crudo):
            return
        _exigir_abierto(caso)
        sin_leer = _hay_sin_leer(caso, conversacion.PERSONAL)
        numero = _agregar(caso, conversacion.PERSONAL, crudo, subidas)
        conversacion.dar_por_atendidos(caso)
        if not sin_leer:
            recados.de_mensaje_a_la_persona(caso, numero)
        _anotar(caso, actor, "mensaje.enviado")


def dar_por_atendidos(entorno: Entorno, actor: Actor, solicitud_id: int) -> None:
    """El personal dice que lo escrito no necesita respuesta."""
    with tomar(entorno, actor, solicitud_id, "solicitud.atender", con_roles=True) as caso:
        conversacion.dar_por_atendidos(caso)
        _anotar(caso, actor, "mensajes.atendidos")


def _vista(caso: Caso, para: str, *, observar: bool = False) -> Conversacion:
    return Conversacion(
        codigo=caso.solicitud.codigo,
        numero=caso.solicitud.numero,
        asunto=caso.solicitud.asunto,
        remitente=caso.solicitud.remitente,
        entidad=caso.entidad,
        mensajes=conversacion.vistos(caso, para),
        abierta=not caso.estado.final,
        se_corrige=por_corregir(caso),
        observar=observar,
    )


def _agregar(caso: Caso, de: str, crudo: Mapping[str, Any], subidas: Sequence[Subida]) -> int:
    pedido = leer_campos(caso, CAMPOS, crudo, subidas)
    texto = str(pedido.valores["mensaje"])
    movimiento = conversacion.agregar(caso, de, texto, leer_envio(crudo.get("envio")))
    adjuntar(caso, movimiento, pedido.subidas)
    return movimiento.orden


def _es_nuevo(caso: Caso, crudo: Mapping[str, Any]) -> bool:
    """Si este envío no se recibió ya: dos toques del botón son un mensaje."""
    return not ya_llego(caso, conversacion.TIPO, leer_envio(crudo.get("envio")))


def _exigir_abierto(caso: Caso) -> None:
    if caso.estado.final:
        raise YaCambio(FRASE_CERRADO)


def _exigir_medida(caso: Caso) -> None:
    desde = caso.ahora - timedelta(days=1)
    recientes = [
        m for m in conversacion.de_solicitud(caso)
        if m.de == conversacion.CIUDADANO and m.movimiento.cuando > desde
    ]  # fmt: skip
    if len(recientes) >= POR_DIA:
        raise Invalido([error_de("mensaje", _FRASE_TOPE)])


def _hay_sin_leer(caso: Caso, de: str) -> bool:
    """Si quien escribe ya tenía algo sin leer: a la otra parte ya se le avisó."""
    return any(m.de == de and m.leido_en is None for m in conversacion.de_solicitud(caso))


def _anotar(caso: Caso, actor: Actor, accion: str) -> None:
    anotar(
        caso.sesion, caso.ahora, actor.entidad_id, actor.usuario_id, accion, caso.solicitud.numero
    )

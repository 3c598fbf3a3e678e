"""Lo que comparten los verbos: anotar un movimiento y dejar escrito su aviso."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from sqlalchemy import select

from facilita.definicion.limpieza import una_linea
from facilita.plazos import computar, fecha_lima
from facilita.servicios.codigos import ficha_secreta, huella
from facilita.tramite.canales import Aviso, canales_de
from facilita.tramite.caso import Caso
from facilita.tramite.mensajes import redactar
from facilita.tramite.modelos import Movimiento, Notificacion

DIAS_DE_ACUSE = 2
"""Días hábiles para acusar un correo antes de notificar por cédula (N54)."""
ULTIMOS = 20
"""Entre cuántos sucesos se busca uno repetido."""


def mover(
    caso: Caso,
    tipo: str,
    datos: Mapping[str, Any] | None = None,
    *,
    transicion: str | None = None,
    de: str | None = None,
    a: str | None = None,
    es_el_primero: bool = False,
) -> Movimiento:
    """Anota un movimiento encadenado al anterior; quien llama ya tiene el turno de la solicitud."""
    anterior = None if es_el_primero else _ultimo(caso)
    movimiento = Movimiento(
        entidad_id=caso.entidad.id,
        solicitud_id=caso.solicitud.id,
        orden=anterior.orden + 1 if anterior else 0,
        tipo=tipo,
        transicion=transicion,
        de=de,
        a=a,
        quien=caso.autor.quien,
        usuario_id=caso.autor.usuario_id,
        cuando=caso.ahora,
        datos=dict(datos or {}),
    )
    movimiento.huella = encadenar(anterior.huella if anterior else "", movimiento)
    caso.sesion.add(movimiento)
    return movimiento


def _ultimo(caso: Caso) -> Movimiento | None:
    return caso.sesion.scalar(
        select(Movimiento)
        .where(Movimiento.solicitud_id == caso.solicitud.id)
        .order_by(Movimiento.orden.desc())
        .limit(1)
    )


def ya_llego(caso: Caso, tipo: str, envio: str) -> bool:
    """Si lo de ese envío ya se anotó: dos toques de un botón son uno."""
    ultimos = (
        select(Movimiento.datos)
        .where(Movimiento.solicitud_id == caso.solicitud.id, Movimiento.tipo == tipo)
        .order_by(Movimiento.orden.desc())
        .limit(ULTIMOS)
    )
    return bool(envio) and any(d.get("envio") == envio for d in caso.sesion.scalars(ultimos))


def leer_envio(escrito: Any) -> str:
    """El número que la página le puso a un envío; vacío si no trae."""
    return (una_linea(escrito) or "")[:64]


def encadenar(anterior: str, m: Movimiento) -> str:
    """El SHA-256 de un movimiento junto con la huella del que le precede."""
    contenido = [
        anterior, m.solicitud_id, m.orden, m.tipo, m.transicion, m.de, m.a, m.quien,
        m.usuario_id, m.cuando.astimezone(UTC).isoformat(), m.datos,
    ]  # fmt: skip
    escrito = json.dumps(contenido, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(escrito.encode()).hexdigest()


def avisar(caso: Caso, mensaje: str, movimiento: Movimiento, *, con_acuse: bool = False) -> None:
    """Le dice un suceso a la persona por los canales que le tocan.

    Con acuse, el enlace lleva a abrir la notificación y desde ahí se cuenta el plazo (N07, N54).
    """
    raiz = caso.entorno.direccion_publica
    enlace = (
        f"{raiz}/notificacion/{_notificar(caso, movimiento)}"
        if con_acuse
        else f"{raiz}/seguimiento/{caso.solicitud.codigo}"
    )
    asunto, cuerpo = redactar(
        caso, caso.definicion.mensajes[mensaje], enlace, _con_el_cargo(caso, movimiento)
    )
    for canal in canales_de(caso):
        canal(caso, Aviso(mensaje, asunto, cuerpo, movimiento, con_acuse))


def _con_el_cargo(caso: Caso, movimiento: Movimiento) -> str:
    """Al presentar, dónde está el cargo: pide el documento, porque un correo se reenvía (N20)."""
    if movimiento.tipo != "presentado":
        return ""
    direccion = f"{caso.entorno.direccion_publica}/seguimiento/{caso.solicitud.codigo}"
    return (
        f"Tu cargo en PDF: {direccion}/expediente/cargo.pdf\n"
        "Al abrirlo te pedimos tu número de documento."
    )


def _notificar(caso: Caso, movimiento: Movimiento) -> str:
    ficha = ficha_secreta()
    limite = computar(fecha_lima(caso.al_anotar), DIAS_DE_ACUSE, caso.calendario)
    # El movimiento recibe su identidad al escribirse.
    caso.sesion.flush()
    sin_correo = not caso.solicitud.correo
    caso.sesion.add(
        Notificacion(
            entidad_id=caso.entidad.id,
            solicitud_id=caso.solicitud.id,
            movimiento_id=movimiento.id,
            huella=huella(ficha),
            enviada_en=caso.al_anotar,
            acuse_hasta=limite.vence_en,
            por_cedula=sin_correo,
        )
    )
    if sin_correo:
        # Sin un correo adonde enviarla no hay acuse que esperar (N54).
        mover(caso, "sin_acuse", {"enviada": caso.al_anotar.isoformat()})
    return ficha

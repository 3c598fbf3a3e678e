"""Los plazos de una solicitud: abrirlos, suspenderlos, reanudarlos y cerrarlos."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from facilita.definicion import Plazo
from facilita.plazos import (
    Computo,
    Suspension,
    ampliar,
    computar,
    fecha_lima,
    reanudar,
    suspender,
)
from facilita.tramite.caso import ABIERTO, Caso
from facilita.tramite.modelos import Deposito, Movimiento, Notificacion, Termino

RESOLVER = "resolver"


def vencio(limite: datetime, ahora: datetime) -> bool:
    """Si un plazo ya terminó: las 23:59:59 valen hasta su última fracción (N10)."""
    return ahora.replace(microsecond=0) > limite


def abrir(caso: Caso, clase: str, desde: datetime, dias_habiles: int) -> Computo:
    """Abre un plazo que se cuenta desde el día siguiente al instante dado (N03)."""
    cuenta = computar(fecha_lima(desde), dias_habiles, caso.calendario)
    _guardar(caso, clase, cuenta)
    return cuenta


def _guardar(caso: Caso, clase: str, cuenta: Computo) -> None:
    caso.abiertos[clase] = Termino(
        entidad_id=caso.entidad.id,
        solicitud_id=caso.solicitud.id,
        clase=clase,
        vence_en=cuenta.vence_en,
        cuenta=cuenta.a_json(),
        situacion="corre",
        abierto_en=caso.ahora,
    )
    caso.sesion.add(caso.abiertos[clase])
    if clase == RESOLVER:
        caso.solicitud.vence_en = cuenta.vence_en
        caso.solicitud.suspendida = False


def cerrar(caso: Caso, clase: str, situacion: str = "cumplido") -> None:
    """Cierra el plazo abierto de esa clase, si lo hay."""
    termino = caso.termino(clase)
    if termino:
        termino.situacion = situacion
        termino.cerrado_en = caso.ahora


def cerrar_todos(caso: Caso) -> None:
    """Cierra todos los plazos: la solicitud llegó a un estado final."""
    abiertos = select(Termino).where(
        Termino.solicitud_id == caso.solicitud.id,
        Termino.situacion.in_(ABIERTO),
    )
    for termino in caso.sesion.scalars(abiertos):
        termino.situacion = "cumplido"
        termino.cerrado_en = caso.ahora
    caso.solicitud.vence_en = None
    caso.solicitud.suspendida = False


def suspender_resolver(caso: Caso) -> None:
    """Detiene el plazo para resolver mientras el ciudadano corrige (N07)."""
    termino = caso.termino(RESOLVER)
    if termino and termino.situacion == "corre":
        detenido = suspender(
            Computo.de_json(termino.cuenta), fecha_lima(caso.ahora), caso.calendario
        )
        termino.situacion = "suspendido"
        # `consumidos` y `restantes` viajan con la cuenta: con ellos se reanuda.
        termino.cuenta = {
            **termino.cuenta,
            "consumidos": detenido.consumidos,
            "restantes": detenido.restantes,
        }
        caso.solicitud.suspendida = True


def reanudar_resolver(caso: Caso) -> None:
    """Sigue la cuenta donde quedó, desde el día hábil siguiente."""
    termino = caso.termino(RESOLVER)
    if termino is None or termino.situacion != "suspendido":
        return
    if termino.cuenta["restantes"] < 1:
        # Ya había vencido al suspenderse: sigue vencido y el trámite no se detiene por eso.
        termino.situacion = "corre"
        caso.solicitud.suspendida = False
        return
    cuenta = reanudar(_suspension(termino), fecha_lima(caso.ahora), caso.calendario)
    cerrar(caso, RESOLVER)
    _guardar(caso, RESOLVER, cuenta)


def _suspension(termino: Termino) -> Suspension:
    return Suspension(termino.cuenta["consumidos"], termino.cuenta["restantes"])


def reiniciar_resolver(caso: Caso) -> None:
    """Empieza de nuevo la cuenta, desde el día hábil siguiente a la corrección (N03, N08)."""
    cerrar(caso, RESOLVER)
    abrir(caso, RESOLVER, caso.ahora, caso.definicion.flujo.plazo.dias_habiles)


def se_puede_ampliar(caso: Caso) -> bool:
    """Si el plazo para resolver corre, o está suspendido con días por delante."""
    termino = caso.termino(RESOLVER)
    if termino is None:
        return False
    if termino.situacion == "suspendido":
        return int(termino.cuenta["restantes"]) > 0
    return not vencio(termino.vence_en, caso.ahora)


def ampliar_resolver(caso: Caso, dias: int) -> tuple[Computo, Computo] | None:
    """Agrega días hábiles al plazo en curso; el anterior queda guardado. Da las dos cuentas."""
    termino = caso.termino(RESOLVER)
    if termino is None or not se_puede_ampliar(caso):
        return None
    suspendido, quedaba = termino.situacion == "suspendido", termino.cuenta
    antes = Computo.de_json(quedaba)
    ahora = ampliar(antes, dias, caso.calendario)
    cerrar(caso, RESOLVER, "ampliado")
    _guardar(caso, RESOLVER, ahora)
    if suspendido:
        _seguir_suspendido(caso, quedaba, dias)
    return antes, ahora


def _seguir_suspendido(caso: Caso, quedaba: Mapping[str, Any], dias: int) -> None:
    """Un plazo detenido sigue detenido: lo ampliado se suma a lo que le quedaba."""
    termino = caso.termino(RESOLVER)
    if termino:
        termino.situacion = "suspendido"
        termino.cuenta = {
            **termino.cuenta,
            "consumidos": quedaba["consumidos"],
            "restantes": quedaba["restantes"] + dias,
        }
        caso.solicitud.suspendida = True


def reabrir_resolver(caso: Caso) -> None:
    """Sigue la cuenta donde quedó al cerrarse, desde el día hábil siguiente (N10).

    Si ya no quedaba nada, corre un día hábil: reabrir no da otro plazo entero.
    """
    dias = max(quedaban(caso), 1)
    _guardar(caso, RESOLVER, computar(fecha_lima(caso.ahora), dias, caso.calendario))


def quedaban(caso: Caso) -> int:
    """Los días hábiles que quedaban para resolver cuando se cerró el trámite."""
    ultimo = caso.sesion.scalar(
        select(Termino)
        .where(Termino.solicitud_id == caso.solicitud.id, Termino.clase == RESOLVER)
        .order_by(Termino.id.desc())
        .limit(1)
    )
    if ultimo is None:
        return caso.definicion.flujo.plazo.dias_habiles
    # Detenido al cerrarse: desde entonces no se gastó ningún día.
    if "restantes" in ultimo.cuenta:
        return int(ultimo.cuenta["restantes"])
    cerrado = fecha_lima(ultimo.cerrado_en or caso.ahora)
    return suspender(Computo.de_json(ultimo.cuenta), cerrado, caso.calendario).restantes


def limite_de(caso: Caso, plazo: Plazo) -> datetime | None:
    """El último instante de un plazo contado desde su suceso; `None` si aún no ocurre."""
    cuenta = cuenta_de(caso, plazo)
    return cuenta.vence_en if cuenta else None


def cuenta_de(caso: Caso, plazo: Plazo) -> Computo | None:
    """La cuenta que explica ese último instante."""
    inicio = ocurrio(caso, plazo.desde)
    if inicio is None:
        return None
    return computar(fecha_lima(inicio), plazo.dias_habiles, caso.calendario)


def ocurrio(caso: Caso, suceso: str) -> datetime | None:
    """Cuándo ocurrió lo que abre un plazo: presentar, entrar al estado o ser notificado."""
    if suceso == "presentado":
        return caso.solicitud.presentado_en
    if suceso == "notificado":
        return _ultimo_acuse(caso)
    return caso.sesion.scalar(
        select(Movimiento.cuando)
        .where(Movimiento.solicitud_id == caso.solicitud.id, Movimiento.a.is_not(None))
        .order_by(Movimiento.orden.desc())
        .limit(1)
    )


def _ultimo_acuse(caso: Caso) -> datetime | None:
    ultima = caso.sesion.scalar(
        select(Notificacion)
        .where(
            Notificacion.solicitud_id == caso.solicitud.id,
            Notificacion.movimiento_id.not_in(
                select(Deposito.movimiento_id).where(Deposito.solicitud_id == caso.solicitud.id)
            ),
        )
        .order_by(Notificacion.id.desc())
        .limit(1)
    )
    return _enterado_en(caso, ultima) if ultima else None


def _enterado_en(caso: Caso, notificacion: Notificacion) -> datetime | None:
    """Cuándo se enteró; lo que venció sin abrirse en la casilla vale aunque falte anotarlo."""
    if notificacion.notificado_en or notificacion.deposito_id is None:
        return notificacion.notificado_en
    efecto = caso.sesion.get_one(Deposito, notificacion.deposito_id).efecto_en
    return efecto if efecto and efecto <= caso.ahora else None


def es_del_flujo(caso: Caso, notificacion: Notificacion) -> bool:
    """Si lo notificado es un paso del trámite: solo eso abre sus plazos."""
    if notificacion.deposito_id is None:
        return True
    # Un acto depositado en la casilla por su cuenta es su propio movimiento.
    propio = select(Deposito.id).where(Deposito.movimiento_id == notificacion.movimiento_id)
    return caso.sesion.scalar(propio) is None


def abrir_del_reloj(caso: Caso, suceso: str, desde: datetime) -> None:
    """Abre los plazos de las transiciones del reloj que cuentan desde un suceso."""
    for transicion in caso.definicion.flujo.del_reloj(caso.solicitud.estado):
        if transicion.al_vencer and transicion.al_vencer.desde == suceso:
            cerrar(caso, transicion.id)
            abrir(caso, transicion.id, desde, transicion.al_vencer.dias_habiles)

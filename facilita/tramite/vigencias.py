"""Desde cuándo vale un depósito: la cuenta, el reloj que la cumple y lo que la mueve (N52, N53)."""

from datetime import datetime, time
from typing import Any

import structlog
from sqlalchemy import String, cast, or_, select
from sqlalchemy.orm import Session, aliased

from facilita.plazos import LIMA, Efecto, efecto_de
from facilita.tramite import alertas, interrupciones, terminos
from facilita.tramite.acuses import dar_por_notificada
from facilita.tramite.ambito import Ambito
from facilita.tramite.caso import RELOJ, Caso, tomar_caso
from facilita.tramite.entorno import Entorno
from facilita.tramite.envios import CELULAR, CORREO
from facilita.tramite.modelos import Casilla, Deposito, Notificacion, Salida
from facilita.tramite.modelos.casilla import ABIERTO, CUMPLIDO, ESPERA
from facilita.tramite.sucesos import mover

registro = structlog.get_logger(__name__)

POR_VUELTA = 200


def efecto_al_depositar(caso: Caso) -> Efecto:
    """Lo que se sabe al depositar: desde cuándo se tiene por depositado (N52)."""
    return _efecto(caso, caso.ahora, None, None, caso.entorno.casilla_mismo_dia)


def contar(caso: Caso, deposito: Deposito) -> None:
    """Cuenta las fechas de un depósito con lo que se sabe hasta ahora, y guarda su porqué."""
    efecto = _efecto(
        caso,
        deposito.depositado_en,
        alertas.llegaron_en(caso.sesion, deposito.id),
        deposito.abierto_en,
        deposito.mismo_dia,
    )
    deposito.vale_en = efecto.vale
    deposito.efecto_en = datetime.combine(efecto.dia, time.min, LIMA) if efecto.dia else None
    deposito.abrir_hasta = efecto.abrir_hasta
    deposito.cuenta = {
        "explicacion": list(efecto.explicar()),
        "presuncion": efecto.presuncion.a_json() if efecto.presuncion else None,
    }


def _efecto(
    caso: Caso,
    depositado: datetime,
    alertado: datetime | None,
    abierto: datetime | None,
    mismo_dia: bool,
) -> Efecto:
    horario = caso.entidad.horario_de(caso.definicion)
    caidas = interrupciones.caidas(caso.sesion, depositado, caso.ahora)
    return efecto_de(depositado, alertado, abierto, horario, caso.calendario, mismo_dia, caidas)


def notificar(caso: Caso, deposito: Deposito, canal: str) -> None:
    """Da por enterada a la persona de lo que ese depósito notifica, desde el día en que vale."""
    suyas = select(Notificacion).where(Notificacion.deposito_id == deposito.id)
    for notificacion in caso.sesion.scalars(suyas).all():
        dar_por_notificada(caso, notificacion, deposito.efecto_en or caso.ahora, canal)


def con_turno(sesion: Session, deposito_id: int) -> Deposito:
    """Un depósito leído de nuevo, con su turno tomado."""
    consulta = select(Deposito).where(Deposito.id == deposito_id).with_for_update()
    return sesion.scalars(consulta.execution_options(populate_existing=True)).one()


# --- el reloj -----------------------------------------------------------------------------------


def surtir_efecto(entorno: Entorno) -> int:
    """Da por notificado lo que nadie abrió en cinco días hábiles, si las dos alertas llegaron."""
    ahora = entorno.reloj.ahora()
    with entorno.bd.lectura(Ambito.de_plataforma("depósitos en espera")) as sesion:
        filas = sesion.execute(_por_revisar(ahora)).all()
    return sum(_intentar(entorno, *fila) for fila in filas)


def _por_revisar(ahora: datetime) -> Any:
    """Los depósitos alertados que aún no tienen fecha, o cuya fecha llegó."""
    correo, celular = aliased(Salida), aliased(Salida)
    clave = "deposito." + cast(Deposito.id, String)
    return (
        select(Deposito.id, Deposito.solicitud_id, Deposito.entidad_id)
        .join(correo, correo.clave == clave + f".{CORREO}")
        .join(celular, celular.clave == clave + f".{CELULAR}")
        .join(Casilla, Casilla.id == Deposito.casilla_id)
        .where(
            Deposito.situacion == ESPERA,
            Casilla.cerrada_en.is_(None),
            or_(Deposito.efecto_en.is_(None), Deposito.efecto_en <= ahora),
            correo.entregada_en.is_not(None),
            celular.entregada_en.is_not(None),
        )
        .order_by(Deposito.id)
        .limit(POR_VUELTA)
    )


def _intentar(entorno: Entorno, deposito_id: int, solicitud_id: int, entidad_id: int) -> bool:
    try:
        return _revisar(entorno, deposito_id, solicitud_id, entidad_id)
    except Exception:
        # Un depósito con un defecto no deja a los demás sin su fecha.
        registro.exception("casilla.fallo", deposito=deposito_id)
        return False


def _revisar(entorno: Entorno, deposito_id: int, solicitud_id: int, entidad_id: int) -> bool:
    with entorno.bd.transaccion(Ambito.de(entidad_id)) as sesion:
        caso = tomar_caso(sesion, entorno, solicitud_id, RELOJ, entorno.reloj.ahora())
        deposito = con_turno(sesion, deposito_id)
        if deposito.situacion != ESPERA:
            return False
        contar(caso, deposito)
        if deposito.efecto_en and deposito.efecto_en <= caso.ahora:
            deposito.situacion = CUMPLIDO
            notificar(caso, deposito, "sin_abrir")
        return True


def recontar(caso: Caso) -> None:
    """Cuenta otra vez lo que todavía no surte efecto, porque el calendario cambió (N41, N53).

    Va en la transacción que declara el día. Lo que nadie abrió lo vuelve a contar el reloj.
    """
    for deposito in caso.sesion.scalars(
        select(Deposito).where(
            Deposito.solicitud_id == caso.solicitud.id,
            Deposito.situacion.in_((ESPERA, ABIERTO)),
            Deposito.efecto_en > caso.ahora,
        )
    ).all():
        antes = deposito.efecto_en
        contar(caso, deposito)
        if deposito.situacion == ABIERTO and deposito.efecto_en != antes:
            _mover_lo_notificado(caso, deposito)


def _mover_lo_notificado(caso: Caso, deposito: Deposito) -> None:
    """Lo que ya se abrió vale otro día: sus plazos se cuentan desde ese."""
    suyas = select(Notificacion).where(Notificacion.deposito_id == deposito.id)
    for notificacion in caso.sesion.scalars(suyas).all():
        if notificacion.canal != "casilla" or deposito.efecto_en is None:
            continue
        notificacion.notificado_en = deposito.efecto_en
        if terminos.es_del_flujo(caso, notificacion):
            terminos.abrir_del_reloj(caso, "notificado", deposito.efecto_en)
    el = deposito.efecto_en.isoformat() if deposito.efecto_en else ""
    mover(caso, "efecto_recontado", {"constancia": deposito.numero, "el": el})

"""Cuando el calendario cambia, los plazos abiertos se cuentan otra vez y queda dicho (N41)."""

from collections.abc import Iterator
from datetime import datetime, time

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from facilita.plazos import LIMA, Computo, DiaNoHabil, computar, fecha_lima
from facilita.tramite import terminos, vigencias
from facilita.tramite.ambito import Ambito, en_ambito
from facilita.tramite.canales import DIAS_DE_ACUSE
from facilita.tramite.caso import RELOJ, Caso, tomar_caso
from facilita.tramite.entorno import Entorno
from facilita.tramite.modelos import (
    Deposito,
    Entidad,
    Notificacion,
    Sede,
    Solicitud,
    Tarea,
    Termino,
)
from facilita.tramite.sucesos import mover


def recalcular(sesion: Session, entorno: Entorno, dia: DiaNoHabil, ahora: datetime) -> int:
    """Cuenta otra vez los plazos abiertos que el día toca; da cuántos cambiaron.

    Va en la transacción que declara el día, con ámbito de plataforma: o cambian todos, o ninguno.
    Los cerrados y los suspendidos no cambian: lo suspendido guarda días, no fechas.
    """
    cambiados = 0
    for solicitud_id, entidad_id in _tocadas(sesion, dia):
        with en_ambito(sesion, Ambito.de(entidad_id)):
            caso = tomar_caso(sesion, entorno, solicitud_id, RELOJ, ahora)
            cambiados += _de_caso(caso, dia)
    return cambiados


def _tocadas(sesion: Session, dia: DiaNoHabil) -> list[tuple[int, int]]:
    """Las solicitudes con algo que vence ese día o después, en el territorio donde rige."""
    desde = datetime.combine(dia.fecha, time.min, LIMA)
    con_plazo = select(Termino.solicitud_id).where(
        Termino.situacion == "corre", Termino.vence_en >= desde
    )
    con_tarea = select(Tarea.solicitud_id).where(
        Tarea.situacion == "abierta", Tarea.vence_en >= desde
    )
    sin_acuse = select(Notificacion.solicitud_id).where(
        Notificacion.notificado_en.is_(None), Notificacion.acuse_hasta >= desde
    )
    sin_efecto = select(Deposito.solicitud_id).where(Deposito.efecto_en >= desde)
    filas = sesion.execute(
        select(Solicitud.id, Solicitud.entidad_id, Sede.ubigeo, Entidad.ubigeo)
        .join(Entidad, Entidad.id == Solicitud.entidad_id)
        .outerjoin(Sede, Sede.id == Solicitud.sede_id)
        .where(or_(*(Solicitud.id.in_(c) for c in (con_plazo, con_tarea, sin_acuse, sin_efecto))))
        .order_by(Solicitud.id)
    )
    return [(f[0], f[1]) for f in filas if dia.rige_en(f[2] or f[3])]


def _de_caso(caso: Caso, dia: DiaNoHabil) -> int:
    vigencias.recontar(caso)
    for notificacion in caso.sesion.scalars(
        select(Notificacion).where(
            Notificacion.solicitud_id == caso.solicitud.id, Notificacion.notificado_en.is_(None)
        )
    ):
        if notificacion.deposito_id:
            continue
        enviada = fecha_lima(notificacion.enviada_en)
        notificacion.acuse_hasta = computar(enviada, DIAS_DE_ACUSE, caso.calendario).vence_en
    return sum(_contar_otra_vez(caso, fila, dia) for fila in _abiertos(caso))


def _abiertos(caso: Caso) -> Iterator[Termino | Tarea]:
    yield from caso.sesion.scalars(
        select(Termino)
        .where(Termino.solicitud_id == caso.solicitud.id, Termino.situacion == "corre")
        .order_by(Termino.id)
    ).all()
    yield from caso.sesion.scalars(
        select(Tarea)
        .where(
            Tarea.solicitud_id == caso.solicitud.id,
            Tarea.situacion == "abierta",
            Tarea.vence_en.is_not(None),
        )
        .order_by(Tarea.id)
    ).all()


def _contar_otra_vez(caso: Caso, fila: Termino | Tarea, dia: DiaNoHabil) -> bool:
    antes = Computo.de_json(fila.cuenta)
    ahora = computar(antes.desde, antes.dias_habiles, caso.calendario)
    if ahora.vence == antes.vence:
        return False
    fila.cuenta, fila.vence_en = ahora.a_json(), ahora.vence_en
    clase = fila.clase if isinstance(fila, Termino) else f"tarea {fila.cual}"
    if clase == terminos.RESOLVER:
        caso.solicitud.vence_en = ahora.vence_en
    tipo = "recalculado" if isinstance(fila, Termino) else "tarea_recalculada"
    de_tarea = {"tarea": fila.cual, "cual": fila.id} if isinstance(fila, Tarea) else {}
    cuentas = {"antes": antes.a_json(), "ahora": ahora.a_json()}
    razon = {"motivo": dia.motivo, "norma": dia.norma}
    mover(caso, tipo, {"clase": clase, **cuentas, **razon, **de_tarea})
    return True

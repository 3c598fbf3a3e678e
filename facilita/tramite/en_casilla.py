"""Las respuestas del flujo que van por la casilla: se depositan cuando la cola hace su PDF (N09).

Si para entonces ya no se puede (retiró su consentimiento, la casilla se cerró, el PDF no sale), va
el correo que se redactó al responder: nadie se queda sin su respuesta.
"""

from typing import Any

import structlog
from sqlalchemy import and_, select

from facilita.servicios.codigos import ficha_secreta, huella
from facilita.tramite import actos, canales, depositos, documentos, por_casilla
from facilita.tramite.ambito import Ambito
from facilita.tramite.bitacora import anotar
from facilita.tramite.canales import Aviso
from facilita.tramite.caso import RELOJ, Caso, tomar_caso
from facilita.tramite.entorno import Entorno
from facilita.tramite.modelos import Adjunto, Documento, Movimiento, Notificacion, PorDepositar
from facilita.tramite.modelos.casilla import DEPOSITADA, ESPERA, POR_CORREO
from facilita.tramite.por_casilla import Destino
from facilita.tramite.respuestas import TIPO
from facilita.tramite.sucesos import mover

registro = structlog.get_logger(__name__)

POR_VUELTA = 50
SIN_PDF = "No se pudo hacer el PDF de la respuesta."
SIN_CASILLA = "Ya no tiene una casilla que valga para esta solicitud, o retiró su consentimiento."


def depositar_respuestas(entorno: Entorno) -> int:
    """Deposita las respuestas cuyo PDF ya está; da cuántas depositó o mandó por correo."""
    suyo = and_(
        Documento.solicitud_id == PorDepositar.solicitud_id,
        Documento.clase == TIPO,
        Documento.orden == PorDepositar.orden,
    )
    with entorno.bd.lectura(Ambito.de_plataforma("respuestas por depositar")) as sesion:
        filas = sesion.execute(
            select(PorDepositar.id, PorDepositar.solicitud_id, PorDepositar.entidad_id)
            .join(Documento, suyo)
            .where(PorDepositar.situacion == ESPERA, Documento.situacion.in_(("hecho", "fallido")))
            .order_by(PorDepositar.id)
            .limit(POR_VUELTA)
        ).all()
    return sum(_intentar(entorno, *fila) for fila in filas)


def _intentar(entorno: Entorno, cual: int, solicitud_id: int, entidad_id: int) -> bool:
    try:
        with entorno.bd.transaccion(Ambito.de(entidad_id)) as sesion:
            caso = tomar_caso(sesion, entorno, solicitud_id, RELOJ, entorno.reloj.ahora())
            suya = select(PorDepositar).where(PorDepositar.id == cual).with_for_update()
            fila = sesion.scalars(suya.execution_options(populate_existing=True)).one()
            if fila.situacion == ESPERA:
                _entregar(caso, fila)
            return True
    except Exception:
        # Una respuesta con un defecto no deja a las demás sin depositar.
        registro.exception("respuesta.sin_depositar", solicitud=solicitud_id)
        return False


def _entregar(caso: Caso, fila: PorDepositar) -> None:
    pdf = caso.sesion.scalars(
        select(Documento).where(
            Documento.solicitud_id == fila.solicitud_id,
            Documento.clase == TIPO,
            Documento.orden == fila.orden,
        )
    ).one()
    destino = por_casilla.destino(caso)
    if pdf.situacion == "hecho" and destino is not None:
        _depositar(caso, fila, pdf, destino)
    else:
        _por_correo(caso, fila, SIN_CASILLA if pdf.situacion == "hecho" else SIN_PDF)


def _depositar(caso: Caso, fila: PorDepositar, pdf: Documento, destino: Destino) -> None:
    paso = caso.sesion.get_one(Movimiento, fila.movimiento_id)
    respuesta = _congelada(caso, fila)
    asunto = f"Respuesta N.° {respuesta['respuesta']}: {respuesta['asunto']}"[:200]
    movimiento = depositos.mover_al_depositar(caso, asunto, respuesta=respuesta["respuesta"])
    _adjuntar(caso, movimiento, pdf, paso)
    acto = actos.congelar_respuesta(caso, destino.identidad, movimiento, respuesta)
    deposito = depositos.poner(caso, destino, movimiento, acto, _que_espera(caso, fila, paso))
    fila.situacion, fila.deposito_id = DEPOSITADA, deposito.id
    anotar(caso.sesion, caso.ahora, caso.entidad.id, None, "casilla.depositado", deposito.numero)


def _congelada(caso: Caso, fila: PorDepositar) -> dict[str, Any]:
    suceso = caso.sesion.scalars(
        select(Movimiento).where(
            Movimiento.solicitud_id == fila.solicitud_id, Movimiento.orden == fila.orden
        )
    ).one()
    congelada: dict[str, Any] = suceso.datos[TIPO]
    return congelada


def _adjuntar(caso: Caso, movimiento: Movimiento, pdf: Documento, paso: Movimiento) -> None:
    """El PDF de la respuesta y lo que se le adjuntó: los mismos bytes, ahora en la casilla."""
    caso.sesion.flush()
    suyos = caso.sesion.scalars(
        select(Adjunto).where(Adjunto.movimiento_id == paso.id).order_by(Adjunto.orden)
    ).all()
    archivos: list[tuple[int | None, str, str | None]] = [(pdf.archivo_id, "respuesta.pdf", "pdf")]
    archivos += [(a.archivo_id, a.nombre, a.tipo) for a in suyos]
    for orden, (archivo_id, nombre, tipo) in enumerate(archivos):
        caso.sesion.add(
            Adjunto(
                entidad_id=caso.entidad.id, movimiento_id=movimiento.id, archivo_id=archivo_id,
                campo=actos.DOCUMENTOS, nombre=nombre, tipo=tipo, orden=orden,
            )
        )  # fmt: skip


def _que_espera(caso: Caso, fila: PorDepositar, paso: Movimiento) -> Notificacion | None:
    """La notificación del paso, si abre un plazo y el trámite sigue donde él lo dejó (N07)."""
    if fila.huella is None or caso.solicitud.estado != paso.a:
        return None
    espera = Notificacion(
        entidad_id=caso.entidad.id, solicitud_id=caso.solicitud.id, movimiento_id=paso.id,
        huella=fila.huella, enviada_en=caso.ahora, acuse_hasta=caso.ahora,
    )  # fmt: skip
    caso.sesion.add(espera)
    return espera


def _por_correo(caso: Caso, fila: PorDepositar, motivo: str) -> None:
    fila.situacion, fila.motivo = POR_CORREO, motivo
    paso = caso.sesion.get_one(Movimiento, fila.movimiento_id)
    mover(caso, "respuesta_sin_casilla", {"motivo": motivo})
    canal = canales.sin_casilla(caso)
    # Sin correo se lleva por cédula, aunque el paso no esperara acuse: si no, nadie se entera.
    suya = fila.huella or (huella(ficha_secreta()) if canal is canales.por_cedula else None)
    canal(caso, Aviso(**fila.aviso, movimiento=paso, huella=suya))
    documentos.pedir_indice(caso)

"""El acuse de lo notificado por correo, y la cédula cuando no lo hubo (N07, N54)."""

from dataclasses import dataclass
from datetime import date, datetime, time

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from facilita.definicion import Definicion
from facilita.definicion.campos import Error
from facilita.plazos import LIMA, fecha_larga, fecha_lima
from facilita.servicios.codigos import huella
from facilita.tramite import acuses, documentos, recados
from facilita.tramite.acuses import dar_por_notificada
from facilita.tramite.ambito import Ambito
from facilita.tramite.atencion import tomar
from facilita.tramite.caso import CIUDADANO, RELOJ, Caso, armar_caso, tomar_caso
from facilita.tramite.entidades import EntidadPublica
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto, Invalido, NoExiste, YaCambio
from facilita.tramite.modelos import Movimiento, Notificacion, Solicitud
from facilita.tramite.permisos import Actor
from facilita.tramite.recorrido import Hito, hito_de
from facilita.tramite.subsanacion import (
    abrir_correccion,
    limite_para_corregir,
    por_corregir,
    se_puede_corregir,
)
from facilita.tramite.sucesos import mover
from facilita.tramite.terminos import vencio
from facilita.tramite.transiciones import error_de

registro = structlog.get_logger(__name__)

FIN_DEL_DIA = time(23, 59, 59)
POR_CONFIRMAR = "cedula_vencida"
"""La clave del error de un día que se puede confirmar."""


@dataclass(frozen=True)
class Aviso:
    """Una notificación vista desde su enlace, antes de abrirla."""

    codigo: str
    entidad: str
    entidad_id: int
    solicitud_id: int
    abierta_en: datetime | None


@dataclass(frozen=True)
class Acto:
    """Lo que se notificó: eso y nada más del expediente, que se abre con la identidad."""

    codigo: str
    numero: str
    entidad: EntidadPublica
    definicion: Definicion
    hito: Hito
    por_corregir: bool
    puede_corregir: bool
    corregir_hasta: datetime | None


def hallar(entorno: Entorno, ficha: str) -> Aviso:
    """La notificación de un enlace; mirarlo no es abrirla: los filtros de correo también miran."""
    with entorno.bd.lectura(Ambito.de_plataforma("enlace de notificación")) as sesion:
        fila = sesion.execute(
            select(Notificacion, Solicitud)
            .join(Solicitud, Solicitud.id == Notificacion.solicitud_id)
            .where(Notificacion.huella == huella(ficha))
        ).one_or_none()
        if fila is None:
            raise NoExiste("Este enlace no lleva a ninguna notificación. Cópialo completo.")
        notificacion, solicitud = fila
        return Aviso(
            solicitud.codigo,
            str(solicitud.cargo["entidad"]["nombre"]),
            solicitud.entidad_id,
            solicitud.id,
            notificacion.notificado_en,
        )


def ver_acto(entorno: Entorno, aviso: Aviso, ficha: str) -> Acto:
    """El acto de una notificación ya abierta; quien llama tiene su ficha."""
    with entorno.bd.lectura(Ambito.de(aviso.entidad_id)) as sesion:
        suya = select(Notificacion).where(Notificacion.huella == huella(ficha))
        notificacion = sesion.scalars(suya).one()
        solicitud = sesion.get_one(Solicitud, aviso.solicitud_id)
        caso = armar_caso(sesion, entorno, solicitud, CIUDADANO, entorno.reloj.ahora())
        vale = _es_la_ultima(sesion, notificacion)
        return Acto(
            codigo=solicitud.codigo,
            numero=solicitud.numero,
            entidad=caso.entidad,
            definicion=caso.definicion,
            hito=hito_de(caso, sesion.get_one(Movimiento, notificacion.movimiento_id)),
            por_corregir=vale and por_corregir(caso),
            puede_corregir=vale and se_puede_corregir(caso),
            corregir_hasta=limite_para_corregir(caso),
        )


def corregir(entorno: Entorno, aviso: Aviso, ficha: str) -> str:
    """Abre la corrección de lo notificado; da su ficha. Lanza `Conflicto` si ya no se puede."""
    if not aviso.abierta_en or not ver_acto(entorno, aviso, ficha).por_corregir:
        raise Conflicto("Esta notificación no tiene nada por corregir.")
    return abrir_correccion(entorno, aviso.entidad_id, aviso.solicitud_id)


def _es_la_ultima(sesion: Session, notificacion: Notificacion) -> bool:
    posterior = select(Notificacion.id).where(
        Notificacion.solicitud_id == notificacion.solicitud_id, Notificacion.id > notificacion.id
    )
    return sesion.scalar(posterior.limit(1)) is None


def acusar(entorno: Entorno, aviso: Aviso, ficha: str) -> None:
    """La persona abrió la notificación: desde hoy se cuenta su plazo. La segunda vez no cambia."""
    with entorno.bd.transaccion(Ambito.de(aviso.entidad_id)) as sesion:
        caso = tomar_caso(sesion, entorno, aviso.solicitud_id, CIUDADANO, entorno.reloj.ahora())
        suya = select(Notificacion).where(Notificacion.huella == huella(ficha))
        dar_por_notificada(caso, sesion.scalars(suya).one(), caso.ahora, "enlace")


def registrar_cedula(
    entorno: Entorno,
    actor: Actor,
    solicitud_id: int,
    notificacion_id: int,
    fecha: date | None,
    *,
    aunque_venza: bool = False,
) -> None:
    """Anota el día en que se notificó por cédula; desde ahí se cuenta el plazo (N54).

    Si con ese día ya no se podría corregir, lanza `Invalido` salvo que quien lo anota lo confirme.
    """
    with tomar(entorno, actor, solicitud_id, "solicitud.atender") as caso:
        notificacion = _suya(caso.sesion, solicitud_id, notificacion_id)
        if notificacion.notificado_en is not None:
            raise YaCambio("La persona ya está notificada.")
        cuando = _fecha_valida(fecha, notificacion.enviada_en, caso.ahora)
        dar_por_notificada(caso, notificacion, cuando, "cedula")
        if not aunque_venza:
            _exigir_que_alcance(caso)
        if notificacion.deposito_id:
            documentos.pedir_indice(caso)


def _suya(sesion: Session, solicitud_id: int, notificacion_id: int) -> Notificacion:
    notificacion = sesion.scalar(
        select(Notificacion).where(
            Notificacion.id == notificacion_id, Notificacion.solicitud_id == solicitud_id
        )
    )
    if notificacion is None:
        raise NoExiste
    return notificacion


def _fecha_valida(fecha: date | None, enviada_en: datetime, ahora: datetime) -> datetime:
    if fecha is None:
        raise Invalido([error_de("fecha_cedula", "Escribe el día en que se notificó por cédula.")])
    if not fecha_lima(enviada_en) <= fecha <= fecha_lima(ahora):
        frase = "El día va desde que se envió la notificación hasta hoy."
        raise Invalido([error_de("fecha_cedula", frase)])
    # La cédula trae el día y no la hora, y el plazo se cuenta por días. Se toma la última que pudo
    # ser: así nunca es antes de enviarla ni después de anotarla.
    return min(ahora, datetime.combine(fecha, FIN_DEL_DIA, tzinfo=LIMA))


def _exigir_que_alcance(caso: Caso) -> None:
    """Un día mal puesto cerraría el trámite al instante: se dice antes de guardarlo (N07)."""
    hasta = limite_para_corregir(caso)
    if hasta is not None and vencio(hasta, caso.ahora):
        frase = (
            f"Con ese día, el plazo para corregir ya terminó, el {fecha_larga(fecha_lima(hasta))}, "
            "y la persona no podrá corregir. Si el día está bien, confírmalo y guarda otra vez."
        )
        raise Invalido([Error("fecha_cedula", POR_CONFIRMAR, frase)])


def pedir_cedulas(entorno: Entorno) -> int:
    """Abre la tarea «notificar por cédula» de cada correo sin acuse a tiempo (N54)."""
    ahora = entorno.reloj.ahora()
    with entorno.bd.lectura(Ambito.de_plataforma("correos sin acuse")) as sesion:
        pendientes = sesion.execute(
            select(Notificacion.id, Notificacion.solicitud_id, Notificacion.entidad_id)
            .where(
                acuses.pendientes(),
                Notificacion.acuse_hasta < ahora.replace(microsecond=0),
                Notificacion.por_cedula.is_(False),
            )
            .limit(200)
        ).all()
    return sum(_pedir_cedula(entorno, *fila) for fila in pendientes)


def _pedir_cedula(entorno: Entorno, cual: int, solicitud_id: int, entidad_id: int) -> bool:
    ahora = entorno.reloj.ahora()
    try:
        with entorno.bd.transaccion(Ambito.de(entidad_id)) as sesion:
            caso = tomar_caso(sesion, entorno, solicitud_id, RELOJ, ahora)
            notificacion = _suya(sesion, solicitud_id, cual)
            if not notificacion.espera or notificacion.por_cedula:
                return False
            notificacion.por_cedula = True
            mover(caso, "sin_acuse", {"enviada": notificacion.enviada_en.isoformat()})
            recados.de_cedula(caso, cual)
            return True
    except Exception:
        # Una solicitud con un defecto no deja a las demás sin su aviso.
        registro.exception("cedula.fallo", solicitud=solicitud_id, notificacion=cual)
        return False

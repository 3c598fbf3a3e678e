"""La bandeja de salida: tomar lo pendiente, entregarlo y anotar qué pasó.

Cada envío se toma por un rato: si el proceso muere, otro lo retoma con el mismo Message-ID.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import formataddr, parseaddr
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from facilita.servicios.correo import Entrega, Mensaje
from facilita.tramite.ambito import Ambito
from facilita.tramite.atencion import tomar
from facilita.tramite.bitacora import anotar
from facilita.tramite.entorno import Entorno
from facilita.tramite.envios import AL_CELULAR, texto_celular, texto_de
from facilita.tramite.errores import Conflicto, NoExiste
from facilita.tramite.modelos import Salida
from facilita.tramite.permisos import Actor

POR_LOTE = 20
POR_LISTA = 500
TURNO = timedelta(minutes=5)
ESPERA = timedelta(seconds=30)
ESPERA_MAXIMA = timedelta(hours=6)
INTENTOS = 18
"""Con la espera que se dobla, dieciocho intentos son algo más de dos días."""

_MOTIVO = "bandeja de salida"


def entregar(entorno: Entorno) -> int:
    """Entrega un lote de lo pendiente; devuelve cuántos intentó. Nunca deshace un trámite."""
    salidas = _tomar(entorno, Salida.clase.not_in(AL_CELULAR))
    if not salidas:
        return 0
    mensajes = [_mensaje(entorno, salida) for salida in salidas]
    _anotar(entorno, salidas, entorno.correo.enviar(mensajes))
    return len(salidas)


def entregar_al_celular(entorno: Entorno) -> int:
    """Lo mismo que `entregar` con lo que va al celular; sin canal, espera a que lo haya (N51)."""
    if entorno.mensajeria is None:
        return 0
    salidas = _tomar(entorno, Salida.clase.in_(AL_CELULAR))
    if not salidas:
        return 0
    textos = [texto_celular(entorno, salida) for salida in salidas]
    _anotar(entorno, salidas, entorno.mensajeria.enviar(textos))
    return len(salidas)


def _tomar(entorno: Entorno, cuales: ColumnElement[bool]) -> list[Salida]:
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de_plataforma(_MOTIVO)) as sesion:
        salidas = sesion.scalars(
            select(Salida)
            .where(
                cuales,
                Salida.situacion == "lista",
                Salida.proxima_en <= ahora,
                or_(Salida.tomada_hasta.is_(None), Salida.tomada_hasta < ahora),
            )
            .order_by(Salida.proxima_en)
            .limit(POR_LOTE)
            .with_for_update(skip_locked=True)
        ).all()
        for salida in salidas:
            salida.tomada_hasta = ahora + TURNO
        return list(salidas)


def _mensaje(entorno: Entorno, salida: Salida) -> Mensaje:
    dominio = urlsplit(entorno.direccion_publica).hostname or "localhost"
    nombre = str(salida.datos.get("nombre_de") or "")
    _, buzon = parseaddr(entorno.correo_de)
    return Mensaje(
        id_mensaje=f"<{salida.clave}@{dominio}>",
        para=salida.datos["para"],
        asunto=salida.datos["asunto"],
        texto=texto_de(entorno, salida),
        de=formataddr((nombre, buzon)) if nombre else entorno.correo_de,
        responder_a=salida.datos.get("responder_a"),
    )


def _anotar(entorno: Entorno, salidas: Sequence[Salida], entregas: Sequence[Entrega]) -> None:
    ahora = entorno.reloj.ahora()
    por_id = {s.id: (s.tomada_hasta, e) for s, e in zip(salidas, entregas, strict=True)}
    with entorno.bd.transaccion(Ambito.de_plataforma(_MOTIVO)) as sesion:
        consulta = select(Salida).where(Salida.id.in_(por_id), Salida.situacion == "lista")
        for salida in sesion.scalars(consulta.with_for_update()):
            turno, entrega = por_id[salida.id]
            # Si el turno se perdió, quien lo tiene ahora dirá si falló.
            if entrega.entregado or salida.tomada_hasta == turno:
                _anotar_una(salida, entrega, ahora)


def _anotar_una(salida: Salida, entrega: Entrega, ahora: datetime) -> None:
    salida.tomada_hasta = None
    salida.intentos += 1
    salida.respuesta = entrega.respuesta[:500]
    if entrega.entregado:
        salida.situacion = "entregada"
        salida.entregada_en = ahora
    elif entrega.definitivo or salida.intentos >= INTENTOS:
        salida.situacion = "muerta"
    else:
        salida.proxima_en = ahora + espera(salida.intentos)


def espera(intentos: int) -> timedelta:
    """Cuánto se espera antes del siguiente intento: se dobla, hasta seis horas."""
    doble: int = 2 ** (intentos - 1)
    return min(ESPERA * doble, ESPERA_MAXIMA)


def listar(entorno: Entorno, entidad_id: int, situacion: str | None = None) -> list[Salida]:
    """Los envíos de una entidad, del más nuevo al más antiguo."""
    with entorno.bd.lectura(Ambito.de(entidad_id)) as sesion:
        consulta = select(Salida).order_by(Salida.id.desc()).limit(POR_LISTA)
        if situacion:
            consulta = consulta.where(Salida.situacion == situacion)
        return list(sesion.scalars(consulta))


def reenviar(entorno: Entorno, entidad_id: int, salida_id: int) -> bool:
    """Vuelve a poner en camino un envío muerto; dice si lo había."""
    with entorno.bd.transaccion(Ambito.de(entidad_id)) as sesion:
        return _reponer(sesion, salida_id, entorno.reloj.ahora())


def reenviar_de(entorno: Entorno, actor: Actor, solicitud_id: int, salida_id: int) -> None:
    """El personal vuelve a enviar un correo de una solicitud a su alcance, al correo de hoy.

    Lanza `Conflicto` si ya está en camino o entregado.
    """
    with tomar(entorno, actor, solicitud_id, "solicitud.atender") as caso:
        suya = select(Salida).where(Salida.id == salida_id, Salida.solicitud_id == solicitud_id)
        salida = caso.sesion.scalar(suya)
        if salida is None:
            raise NoExiste("No encontramos ese correo.")
        if not _reponer(caso.sesion, salida_id, caso.ahora):
            raise Conflicto("Ese correo ya está en camino o entregado.")
        if caso.solicitud.correo:
            salida.datos = {**salida.datos, "para": caso.solicitud.correo}
        anotar(
            caso.sesion, caso.ahora, actor.entidad_id, actor.usuario_id, "correo.reenviado",
            caso.solicitud.numero,
        )  # fmt: skip


def _reponer(sesion: Session, salida_id: int, ahora: datetime) -> bool:
    salida = sesion.scalar(
        select(Salida).where(Salida.id == salida_id, Salida.situacion == "muerta").with_for_update()
    )
    if salida is None:
        return False
    salida.situacion = "lista"
    salida.intentos = 0
    salida.proxima_en = ahora
    return True

"""La bandeja de salida: tomar lo pendiente, entregarlo y anotar qué pasó.

Cada envío se toma por un rato: si el proceso muere, otro lo retoma con el mismo Message-ID.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import formataddr, parseaddr
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from facilita.servicios.correo import Entrega, Mensaje, SinServidor, html_de
from facilita.tramite.ambito import Ambito
from facilita.tramite.atencion import tomar
from facilita.tramite.bitacora import anotar
from facilita.tramite.colas import Cola
from facilita.tramite.correos import poner_en_camino
from facilita.tramite.entorno import Entorno
from facilita.tramite.envios import AL_CELULAR, texto_celular, texto_de
from facilita.tramite.errores import NoExiste, YaCambio
from facilita.tramite.modelos import Salida
from facilita.tramite.permisos import Actor

POR_LOTE = 20
POR_LISTA = 500
TURNO = timedelta(minutes=5)
ESPERA = timedelta(seconds=30)
ESPERA_MAXIMA = timedelta(hours=6)
INTENTOS = 18
"""Con la espera que se dobla, dieciocho intentos son algo más de dos días."""
INTENTOS_A_LA_VISTA = 60
"""Cuántos intentos recuerda cada correo: los de sus dos días, y los de quien lo reenvía."""

COLA = Cola(
    Salida, "bandeja de salida", Salida.situacion == "lista", POR_LOTE, TURNO, ESPERA,
    ESPERA_MAXIMA, INTENTOS,
)  # fmt: skip


def entregar(entorno: Entorno) -> int:
    """Entrega un lote de lo pendiente; devuelve cuántos intentó. Nunca deshace un trámite.

    Lanza `SinServidor` si quien entrega no atiende: quien llama espera antes de insistir.
    """
    salidas = COLA.tomar(entorno, Salida.clase.not_in(AL_CELULAR))
    if not salidas:
        return 0
    mensajes = [_mensaje(entorno, salida) for salida in salidas]
    return _entregadas(entorno, salidas, entorno.correo.enviar(mensajes))


def entregar_al_celular(entorno: Entorno) -> int:
    """Lo mismo que `entregar` con lo que va al celular; sin canal, espera a que lo haya (N51)."""
    if entorno.mensajeria is None:
        return 0
    salidas = COLA.tomar(entorno, Salida.clase.in_(AL_CELULAR))
    if not salidas:
        return 0
    textos = [texto_celular(entorno, salida) for salida in salidas]
    return _entregadas(entorno, salidas, entorno.mensajeria.enviar(textos))


def _entregadas(entorno: Entorno, salidas: list[Salida], entregas: list[Entrega]) -> int:
    _anotar(entorno, salidas, entregas)
    sin_atender = next((e for e in entregas if not e.intentado), None)
    if sin_atender:
        raise SinServidor(sin_atender.respuesta)
    return len(salidas)


def _mensaje(entorno: Entorno, salida: Salida) -> Mensaje:
    datos, propia = salida.datos, entorno.direccion_publica
    dominio = urlsplit(propia).hostname or "localhost"
    nombre = str(datos.get("nombre_de") or "")
    _, buzon = parseaddr(entorno.correo_de)
    entidad = str(datos.get("entidad") or nombre or buzon)
    return Mensaje(
        id_mensaje=f"<{salida.clave}@{dominio}>",
        para=datos["para"],
        asunto=datos["asunto"],
        texto=(texto := texto_de(entorno, salida)),
        html=html_de(datos["asunto"], texto, entidad, propia),
        de=formataddr((nombre, buzon)) if nombre else entorno.correo_de,
        responder_a=datos.get("responder_a"),
        fecha=salida.creada_en,
    )


def _anotar(entorno: Entorno, salidas: Sequence[Salida], entregas: Sequence[Entrega]) -> None:
    ahora = entorno.reloj.ahora()
    por_id = {
        s.id: (s.tomado_hasta, str(s.datos["para"]), e)
        for s, e in zip(salidas, entregas, strict=True)
    }
    with entorno.bd.transaccion(COLA.ambito) as sesion:
        consulta = select(Salida).where(Salida.id.in_(por_id), COLA.pendiente)
        for salida in sesion.scalars(consulta.with_for_update()):
            turno, para, entrega = por_id[salida.id]
            # Si el turno se perdió, quien lo tiene ahora dirá si falló.
            if entrega.entregado or salida.tomado_hasta == turno:
                _anotar_una(salida, para, entrega, ahora)


def _anotar_una(salida: Salida, para: str, entrega: Entrega, ahora: datetime) -> None:
    salida.tomado_hasta = None
    salida.respuesta = entrega.respuesta[:500]
    if not entrega.intentado:
        return
    intento = {
        "cuando": ahora.isoformat(),
        "para": para,
        "entregado": entrega.entregado,
        "respuesta": salida.respuesta,
    }
    salida.historia = [*(salida.historia or ()), intento][-INTENTOS_A_LA_VISTA:]
    if para != salida.datos["para"]:
        # La persona corrigió su dirección mientras esto salía a la anterior: falta la nueva.
        return
    if entrega.entregado:
        salida.intentos += 1
        salida.situacion = "entregada"
        salida.entregada_en = ahora
    elif COLA.fallo(salida, ahora) or entrega.definitivo:
        salida.situacion = "muerta"


def listar(entorno: Entorno, entidad_id: int, situacion: str | None = None) -> list[Salida]:
    """Los envíos de una entidad, del más nuevo al más antiguo."""
    with entorno.bd.lectura(Ambito.de(entidad_id)) as sesion:
        consulta = select(Salida).order_by(Salida.id.desc()).limit(POR_LISTA)
        if situacion:
            consulta = consulta.where(Salida.situacion == situacion)
        return list(sesion.scalars(consulta))


def reenviar(entorno: Entorno, entidad_id: int, salida_id: int) -> bool:
    """Vuelve a poner en camino un envío que no se pudo entregar; dice si lo había."""
    with entorno.bd.transaccion(Ambito.de(entidad_id)) as sesion:
        salida = _por_reenviar(sesion, salida_id)
        if salida:
            poner_en_camino(salida)
        return salida is not None


def reenviar_de(entorno: Entorno, actor: Actor, solicitud_id: int, salida_id: int) -> None:
    """El personal vuelve a enviar un correo de una solicitud a su alcance.

    Lanza `Conflicto` si ya está en camino o entregado.
    """
    with tomar(entorno, actor, solicitud_id, "solicitud.atender") as caso:
        suya = select(Salida).where(Salida.id == salida_id, Salida.solicitud_id == solicitud_id)
        if caso.sesion.scalar(suya) is None:
            raise NoExiste("No encontramos ese correo.")
        salida = _por_reenviar(caso.sesion, salida_id)
        if salida is None:
            raise YaCambio("Ese correo ya está en camino o entregado.")
        poner_en_camino(salida)
        anotar(
            caso.sesion, caso.ahora, actor.entidad_id, actor.usuario_id, "correo.reenviado",
            caso.solicitud.numero,
        )  # fmt: skip


def falla() -> ColumnElement[bool]:
    """Los que todavía no se pudieron entregar y se siguen intentando."""
    return and_(Salida.situacion == "lista", Salida.intentos > 0)


def _por_reenviar(sesion: Session, salida_id: int) -> Salida | None:
    """El envío, si está muerto o espera otro intento."""
    return sesion.scalar(
        select(Salida)
        .where(Salida.id == salida_id, or_(Salida.situacion == "muerta", falla()))
        .with_for_update()
    )

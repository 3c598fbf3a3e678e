"""Las dos alertas de un depósito: se dejan escritas, llegan o fallan, y se reenvían (N51)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from facilita.plazos import momento_largo
from facilita.tramite.atencion import tomar
from facilita.tramite.bitacora import anotar
from facilita.tramite.caso import Caso
from facilita.tramite.correos import poner_en_camino
from facilita.tramite.entorno import Entorno
from facilita.tramite.envios import ALERTAS, CANALES, CELULAR, CORREO
from facilita.tramite.errores import Conflicto, NoExiste
from facilita.tramite.modelos import Casilla, Deposito, Salida
from facilita.tramite.permisos import Actor


def alertar(caso: Caso, casilla: Casilla, deposito: Deposito) -> None:
    """Deja escritas las dos alertas que la ley pide, después de la constancia (N51)."""
    textos = _textos(caso, deposito)
    for canal in CANALES:
        caso.sesion.add(
            Salida(
                entidad_id=caso.entidad.id,
                clase=ALERTAS[canal],
                clave=_clave(deposito.id, canal),
                solicitud_id=caso.solicitud.id,
                datos={
                    "para": casilla.correo if canal == CORREO else casilla.celular,
                    "asunto": "Tienes una notificación en tu casilla electrónica",
                    "texto": textos[canal],
                    "responder_a": caso.entidad.correo,
                    "nombre_de": caso.entidad.nombre_corto,
                    "entidad": caso.entidad.nombre,
                },
                proxima_en=caso.ahora,
                creada_en=caso.ahora,
            )
        )


def _textos(caso: Caso, deposito: Deposito) -> dict[str, str]:
    raiz, entidad = caso.entorno.direccion_publica, caso.entidad
    return {
        CORREO: (
            f"{entidad.nombre} depositó una notificación en tu casilla electrónica.\n\n"
            f"Expediente: {caso.expediente}\n"
            f"Depositada: {momento_largo(deposito.depositado_en)}\n"
            f"Constancia: {deposito.numero}\n\n"
            f"Ábrela aquí:\n{raiz}/casilla/{deposito.id}\n\n"
            "Tienes 5 días hábiles para abrirla. Si no la abres, surte efecto el sexto.\n"
            f"\n--\n{entidad.nombre}\n{entidad.correo}\n"
        ),
        CELULAR: (
            f"{entidad.nombre_corto} te notificó por tu casilla electrónica. Tienes 5 días hábiles "
            f"para abrir la notificación: {raiz}/casilla"
        ),
    }


def _clave(deposito_id: int, canal: str) -> str:
    return f"deposito.{deposito_id}.{canal}"


def claves_de(deposito_id: int) -> tuple[str, ...]:
    """Las claves de las dos alertas de un depósito."""
    return tuple(_clave(deposito_id, canal) for canal in CANALES)


def llegaron_en(sesion: Session, deposito_id: int) -> datetime | None:
    """Cuándo llegó la última alerta, si llegaron las dos."""
    llegadas = sesion.scalars(
        select(Salida.entregada_en).where(
            Salida.clave.in_(claves_de(deposito_id)), Salida.entregada_en.is_not(None)
        )
    ).all()
    return max(e for e in llegadas if e) if len(llegadas) == len(CANALES) else None


def por_que_falla(sesion: Session, deposito: Deposito) -> str | None:
    """Qué impide que un depósito valga si nadie lo abre; `None` si todo va bien."""
    if sesion.get_one(Casilla, deposito.casilla_id).cerrada_en:
        return "La casilla se cerró: la persona validó otra en persona."
    caidas = sesion.scalars(
        select(Salida)
        .where(Salida.clave.in_(claves_de(deposito.id)), Salida.entregada_en.is_(None))
        .order_by(Salida.id)
    ).all()
    fallan = [s for s in caidas if fallo(s)]
    if not fallan:
        return None
    nombres = {ALERTAS[CORREO]: "al correo", ALERTAS[CELULAR]: "al celular"}
    return f"No se pudo entregar la alerta {' ni '.join(nombres[s.clase] for s in fallan)}."


def fallo(alerta: Salida) -> bool:
    """Si una alerta se intentó y no llegó: lo que respondió queda escrito."""
    return alerta.entregada_en is None and alerta.respuesta is not None


def reenviar(entorno: Entorno, actor: Actor, solicitud_id: int, salida_id: int) -> None:
    """Vuelve a intentar una alerta que no se pudo entregar; lanza `Conflicto` si ya salió."""
    with tomar(entorno, actor, solicitud_id, "casilla.notificar") as caso:
        salida = caso.sesion.scalar(
            select(Salida)
            .where(
                Salida.id == salida_id,
                Salida.solicitud_id == solicitud_id,
                Salida.clase.in_(ALERTAS.values()),
            )
            .with_for_update()
        )
        if salida is None:
            raise NoExiste("No encontramos esa alerta.")
        if salida.entregada_en:
            raise Conflicto("Esa alerta ya se entregó.")
        poner_en_camino(salida)
        anotar(
            caso.sesion, caso.ahora, actor.entidad_id, actor.usuario_id, "alerta.reenviada",
            caso.solicitud.numero,
        )  # fmt: skip

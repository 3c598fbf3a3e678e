"""La constancia de una corrección: se congela al recibirla, en la cadena de movimientos (N08)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from facilita.definicion import Definicion
from facilita.plazos import Computo, a_lima
from facilita.servicios.codigos import huella
from facilita.servicios.sello import huella_de
from facilita.tramite import cargo, documentos
from facilita.tramite.ambito import Ambito
from facilita.tramite.caso import Caso
from facilita.tramite.correcciones import cambiados, mostrado
from facilita.tramite.entidades import EntidadPublica
from facilita.tramite.entorno import Entorno
from facilita.tramite.modelos import Borrador, Movimiento
from facilita.tramite.sucesos import mover

TIPO = "constancia"
"""El movimiento que la guarda; el recorrido cuenta la corrección y no lo repite."""


def dejar(caso: Caso, anterior: Mapping[str, Any], borrador_id: int) -> None:
    """Congela la constancia de lo recién corregido; quien llama ya movió los plazos."""
    suyo = {"borrador": borrador_id, "constancia": _congelar(caso, anterior)}
    documentos.pedir(caso, "constancia", mover(caso, TIPO, suyo).orden)


def membrete(caso: Caso) -> dict[str, Any]:
    """De qué presentación es una constancia y si el acto llegó en horario, para congelarlo."""
    solicitud, entidad = caso.solicitud, caso.entidad
    horario = entidad.horario_de(caso.definicion)
    return {
        "formato": 1,
        "entidad": {"slug": entidad.slug, "nombre": entidad.nombre, "ruc": entidad.ruc},
        "formulario": caso.definicion.titulo,
        "numero": solicitud.numero,
        "expediente": caso.expediente,
        "codigo": solicitud.codigo,
        "asunto": solicitud.asunto,
        "remitente": solicitud.remitente,
        "presentado_en": a_lima(solicitud.presentado_en).isoformat(),
        "dentro_de_horario": horario.dentro(caso.ahora, caso.calendario),
        "horario": horario.texto(),
        "canal": cargo.CANAL,
    }


def _congelar(caso: Caso, anterior: Mapping[str, Any]) -> dict[str, Any]:
    definicion = caso.definicion
    termino = caso.termino("resolver")
    return {
        **membrete(caso),
        "corregido_en": a_lima(caso.ahora).replace(microsecond=0).isoformat(),
        "corregido": [
            _corregido(definicion, anterior, caso.respuestas, campo)
            for campo in cambiados(definicion, anterior, caso.respuestas)
        ],
        "archivos": _nuevos(definicion, anterior, caso.respuestas),
        "respuestas": huella_de(caso.respuestas.a_json()),
        "folios": cargo.valor_de(definicion, caso.respuestas, "folios"),
        "plazo": Computo.de_json(termino.cuenta).a_json() if termino else None,
    }


def _corregido(
    definicion: Definicion, antes: Mapping[str, Any], ahora: Mapping[str, Any], campo: str
) -> dict[str, str | None]:
    era, es = mostrado(definicion, antes, campo), mostrado(definicion, ahora, campo)
    return {
        "etiqueta": definicion.campos[campo].etiqueta,
        "antes": era.texto if era else None,
        "ahora": es.texto if es else None,
    }


def _nuevos(
    definicion: Definicion, antes: Mapping[str, Any], ahora: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Los archivos que llegaron con la corrección; los que se conservaron ya los dice el cargo."""
    ya = {(a["campo"], a["sha256"]) for a in cargo.archivos(definicion, antes)}
    return [a for a in cargo.archivos(definicion, ahora) if (a["campo"], a["sha256"]) not in ya]


def de_solicitud(sesion: Session, solicitud_id: int) -> list[Movimiento]:
    """Los movimientos que guardan las constancias de una solicitud, en su orden."""
    consulta = (
        select(Movimiento)
        .where(Movimiento.solicitud_id == solicitud_id, Movimiento.tipo == TIPO)
        .order_by(Movimiento.orden)
    )
    return list(sesion.scalars(consulta))


def de_borrador(entorno: Entorno, entidad: EntidadPublica, ficha: str) -> Mapping[str, Any] | None:
    """La constancia de la corrección que se entregó con un borrador."""
    with entorno.bd.lectura(Ambito.de(entidad.id)) as sesion:
        borrador = sesion.scalar(select(Borrador).where(Borrador.huella == huella(ficha)))
        if borrador is None or borrador.subsana_id is None:
            return None
        guardadas = de_solicitud(sesion, borrador.subsana_id)
        suyas = (m.datos["constancia"] for m in guardadas if m.datos["borrador"] == borrador.id)
        return next(suyas, None)

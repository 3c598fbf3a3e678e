"""La portada de una solicitud: lo que sus respuestas ponen en sus columnas.

Con ella se busca, se avisa por correo y se abre el expediente: la escriben presentar y corregir.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from facilita.definicion import Definicion, Respuestas
from facilita.tramite import cargo, correos
from facilita.tramite.caso import Caso
from facilita.tramite.entidades import calendario_de
from facilita.tramite.modelos import Sede
from facilita.tramite.normalizar import normalizar

_SEDES = select(Sede).where(Sede.activa)
_LA_ELEGIDA = _SEDES.where(Sede.codigo == bindparam("codigo"))
_LA_PRINCIPAL = _SEDES.where(Sede.principal).limit(1)


def poner(caso: Caso) -> None:
    """Escribe la portada con lo respondido en el caso."""
    solicitud, definicion, respuestas = caso.solicitud, caso.definicion, caso.respuestas
    asunto = cargo.valor_de(definicion, respuestas, "asunto") or _titulo(caso)
    solicitud.asunto = str(asunto)[:250]
    solicitud.remitente = cargo.remitente(definicion, respuestas)
    solicitud.identidad = cargo.identidad(definicion, respuestas)
    solicitud.correo = cargo.valor_de(definicion, respuestas, "correo")
    solicitud.busqueda = _busqueda(caso)


def _titulo(caso: Caso) -> str:
    """El del formulario; lo que pide una entidad a la plataforma dice cuál es."""
    entidad = cargo.valor_de(caso.definicion, caso.respuestas, "entidad_nombre")
    de_quien = caso.definicion.es_de_plataforma and entidad
    return f"{caso.definicion.titulo}: {entidad}" if de_quien else caso.definicion.titulo


def corregir(caso: Caso, anterior: Mapping[str, Any]) -> dict[str, str]:
    """La portada de lo corregido; da con qué correo y con qué identidad se sigue, si cambiaron."""
    correo, identidad = caso.solicitud.correo, caso.solicitud.identidad
    poner(caso)
    _corregir_sede(caso, anterior)
    dicho = {}
    if caso.solicitud.correo != correo:
        correos.mudar(caso, correo)
        dicho["correo_nuevo"] = caso.solicitud.correo or "ninguno"
    if caso.solicitud.identidad != identidad:
        dicho["identidad_nueva"] = caso.solicitud.identidad
    return dicho


def _corregir_sede(caso: Caso, anterior: Mapping[str, Any]) -> None:
    antes = cargo.valor_de(caso.definicion, anterior, "sede")
    # La que no se corrige se queda, aunque ya no reciba.
    if antes == cargo.valor_de(caso.definicion, caso.respuestas, "sede"):
        return
    sede = sede_de(caso.sesion, caso.definicion, caso.respuestas)
    caso.solicitud.sede_id = sede.id if sede else None
    caso.calendario = calendario_de(caso.sesion, sede.ubigeo if sede else caso.entidad.ubigeo)


def sede_de(sesion: Session, definicion: Definicion, respuestas: Respuestas) -> Sede | None:
    """La sede a la que se dirige lo respondido, o la principal."""
    elegida = cargo.valor_de(definicion, respuestas, "sede")
    if elegida:
        return sesion.scalar(_LA_ELEGIDA, {"codigo": elegida["codigo"]})
    return sesion.scalar(_LA_PRINCIPAL)


def _busqueda(caso: Caso) -> str:
    solicitud = caso.solicitud
    partes = (
        solicitud.numero, solicitud.numero_propio or "", caso.expediente,
        solicitud.codigo.replace("-", ""), solicitud.asunto, solicitud.remitente,
        solicitud.identidad, solicitud.correo or "",
        cargo.valor_de(caso.definicion, caso.respuestas, "ruc") or "",
        cargo.valor_de(caso.definicion, caso.respuestas, "entidad_ruc") or "",
    )  # fmt: skip
    return normalizar(" ".join(partes))

"""Los archivos que ya subieron cuando su formulario vuelve con errores: no se pierden."""

from collections.abc import Iterable
from dataclasses import asdict

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from facilita.tramite.archivos import Subida
from facilita.web.sesion import actor

UN_DIA = 24 * 3600


def _firmante(de_quien: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt=f"retenido.{de_quien}")


def _del_personal(solicitud_id: int) -> str:
    return f"{actor().entidad_id}.{actor().usuario_id}.{solicitud_id}"


def retener(subida: Subida, solicitud_id: int) -> str:
    """Una ficha firmada que solo le sirve a esta persona y para esta solicitud."""
    return retener_para(_del_personal(solicitud_id), subida)


def retenidos(fichas: Iterable[str], solicitud_id: int) -> list[Subida]:
    """Las subidas de sus fichas; una ficha alterada no cuenta."""
    return retenidos_para(_del_personal(solicitud_id), fichas)


def retener_para(de_quien: str, subida: Subida) -> str:
    """Una ficha firmada que solo le sirve a quien se dice."""
    return _firmante(de_quien).dumps(asdict(subida))


def retenidos_para(de_quien: str, fichas: Iterable[str]) -> list[Subida]:
    """Las subidas de unas fichas de esa misma persona; una ficha alterada no cuenta."""
    firmante = _firmante(de_quien)
    subidas = []
    for ficha in list(fichas)[:50]:
        try:
            datos = firmante.loads(ficha, max_age=UN_DIA)
        except BadSignature:
            continue
        subidas.append(Subida(**{**datos, "marcas": tuple(datos["marcas"])}))
    return subidas

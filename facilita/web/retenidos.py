"""Los archivos que el personal ya subió cuando su formulario vuelve con errores: no se pierden."""

from collections.abc import Iterable
from dataclasses import asdict

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from facilita.tramite.archivos import Subida
from facilita.web.sesion import actor

UN_DIA = 24 * 3600


def _firmante(solicitud_id: int) -> URLSafeTimedSerializer:
    sal = f"retenido.{actor().entidad_id}.{actor().usuario_id}.{solicitud_id}"
    return URLSafeTimedSerializer(str(current_app.secret_key), salt=sal)


def retener(subida: Subida, solicitud_id: int) -> str:
    """Una ficha firmada que solo le sirve a esta persona y para esta solicitud."""
    return _firmante(solicitud_id).dumps(asdict(subida))


def retenidos(fichas: Iterable[str], solicitud_id: int) -> list[Subida]:
    """Las subidas de sus fichas; una ficha alterada no cuenta."""
    firmante = _firmante(solicitud_id)
    subidas = []
    for ficha in list(fichas)[:50]:
        try:
            datos = firmante.loads(ficha, max_age=UN_DIA)
        except BadSignature:
            continue
        subidas.append(Subida(**{**datos, "marcas": tuple(datos["marcas"])}))
    return subidas

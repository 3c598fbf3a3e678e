"""Los servicios que una entidad ofrece en la plataforma, además de su mesa de partes."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from facilita.plazos import fecha_lima
from facilita.tramite.modelos import Area, Formulario, Publicacion, Solicitud
from facilita.tramite.padron import PLANTILLA_DE_MESA
from facilita.tramite.reporte_campos import Servicio


def servicios_de(sesion: Session) -> list[Servicio]:
    """Los formularios publicados hoy: quién los recibe, desde cuándo y cuánto llegó."""
    desde = (
        select(Publicacion.formulario_id, func.min(Publicacion.cuando).label("cuando"))
        .group_by(Publicacion.formulario_id)
        .subquery()
    )
    filas = sesion.execute(
        select(Formulario.id, Formulario.titulo, Area.nombre, desde.c.cuando)
        .join(desde, desde.c.formulario_id == Formulario.id)
        .outerjoin(Area, Area.id == Formulario.area_id)
        .where(Formulario.vigente_id.is_not(None), Formulario.plantilla != PLANTILLA_DE_MESA)
        .order_by(Formulario.id)
    ).all()
    cuantas = select(Solicitud.formulario_id, func.count()).group_by(Solicitud.formulario_id)
    recibidas = {fila[0]: fila[1] for fila in sesion.execute(cuantas)}
    return [Servicio(t, area or "", fecha_lima(c), recibidas.get(i, 0)) for i, t, area, c in filas]

"""La lista de reportes de la SGTD: cómo va el de cada entidad."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from facilita.tramite.ambito import Ambito
from facilita.tramite.cumplimiento import ENVIADO
from facilita.tramite.entorno import Entorno
from facilita.tramite.modelos import Entidad, SucesoDeReporte
from facilita.tramite.normalizar import palabras
from facilita.tramite.permisos import Actor, exigir

POR_PAGINA = 25


@dataclass(frozen=True)
class Linea:
    """Una entidad y cómo va su reporte."""

    entidad_id: int
    nombre: str
    ruc: str
    situacion: str | None
    cuando: datetime | None


@dataclass(frozen=True)
class Lista:
    """Una página de la lista."""

    lineas: Sequence[Linea]
    total: int
    pagina: int
    paginas: int
    por_revisar: int


def listar(
    entorno: Entorno, actor: Actor, situacion: str = "", texto: str = "", pagina: int = 1
) -> Lista:
    """Las entidades cuyo reporte está en esa situación («ninguna», sin reporte; vacía, todas).

    Primero lo que espera, desde lo más antiguo.
    """
    exigir(actor, "cumplimiento.revisar")
    ultimos = select(func.max(SucesoDeReporte.id)).group_by(SucesoDeReporte.entidad_id)
    ultimo = select(SucesoDeReporte).where(SucesoDeReporte.id.in_(ultimos)).subquery()
    consulta = (
        select(Entidad.id, Entidad.nombre, Entidad.ruc, ultimo.c.clase, ultimo.c.cuando)
        .outerjoin(ultimo, ultimo.c.entidad_id == Entidad.id)
        .where(Entidad.es_plataforma.is_(False))
    )
    for palabra in palabras(texto):
        consulta = consulta.where(Entidad.busqueda.contains(palabra, autoescape=True))
    if situacion:
        suya = ultimo.c.clase
        consulta = consulta.where(suya.is_(None) if situacion == "ninguna" else suya == situacion)
    espera = (ultimo.c.clase == ENVIADO).desc()
    orden = (espera.nulls_last(), ultimo.c.cuando.asc().nulls_last(), Entidad.nombre)
    with entorno.bd.lectura(Ambito.de_plataforma("lista de reportes")) as sesion:
        total = sesion.scalar(select(func.count()).select_from(consulta.subquery())) or 0
        paginas = max(1, -(-total // POR_PAGINA))
        pagina = min(max(1, pagina), paginas)
        filas = sesion.execute(
            consulta.order_by(*orden).limit(POR_PAGINA).offset((pagina - 1) * POR_PAGINA)
        ).all()
        pendientes = select(func.count()).where(
            SucesoDeReporte.id.in_(ultimos), SucesoDeReporte.clase == ENVIADO
        )
        por_revisar = sesion.scalar(pendientes) or 0
    lineas = [Linea(i, nombre, ruc, clase, cuando) for i, nombre, ruc, clase, cuando in filas]
    return Lista(lineas, total, pagina, paginas, por_revisar)

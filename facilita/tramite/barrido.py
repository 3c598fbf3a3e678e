"""Lo que se borra solo: borradores vencidos, subidas a medias y archivos que nadie presentó.

Nada presentado se borra nunca (N60); esto es lo que alguien empezó y dejó.
"""

from datetime import timedelta

from sqlalchemy import delete, exists, or_, select, update

from facilita.tramite.ambito import Ambito
from facilita.tramite.entorno import Entorno
from facilita.tramite.modelos import (
    Adjunto,
    Analisis,
    Archivo,
    Borrador,
    Documento,
    SubidaParcial,
)
from facilita.tramite.subidas import olvidar

ESPERA_DE_HUERFANOS = timedelta(hours=48)
GRACIA = timedelta(days=1)
"""Lo que se guarda un borrador después de vencer: quien llega tarde sabe qué pasó."""
POR_VUELTA = 200


def barrer_borradores(entorno: Entorno) -> int:
    """Borra los borradores vencidos que no se presentaron; devuelve cuántos."""
    limite = entorno.reloj.ahora() - GRACIA
    con_subidas = exists().where(SubidaParcial.borrador_id == Borrador.id)
    with entorno.bd.transaccion(Ambito.de_plataforma("borradores vencidos")) as sesion:
        vencidos = sesion.scalars(
            select(Borrador.id)
            .where(Borrador.vence_en < limite, Borrador.presentado.is_(False), ~con_subidas)
            .limit(POR_VUELTA)
            .with_for_update(skip_locked=True)
        ).all()
        if vencidos:
            # Un archivo que ya es parte de una solicitud se queda; solo se suelta del borrador.
            suyos = Adjunto.borrador_id.in_(vencidos)
            presentado = Adjunto.contenido_id.is_not(None)
            sesion.execute(update(Adjunto).where(suyos, presentado).values(borrador_id=None))
            sesion.execute(delete(Adjunto).where(suyos))
            sesion.execute(delete(Borrador).where(Borrador.id.in_(vencidos)))
    return len(vencidos)


def barrer_subidas(entorno: Entorno) -> int:
    """Borra las subidas por trozos que ya no se esperan, con sus trozos; devuelve cuántas."""
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de_plataforma("subidas a medias")) as sesion:
        vencidas = sesion.scalars(
            select(SubidaParcial)
            .where(SubidaParcial.vence_en < ahora)
            .limit(POR_VUELTA)
            .with_for_update(skip_locked=True)
        ).all()
        olvidar(sesion, entorno, vencidas)
    return len(vencidas)


def barrer_archivos(entorno: Entorno) -> int:
    """Borra los archivos sin dueño con más de 48 horas; devuelve cuántos.

    Los bytes se borran con la fila tomada: quien suba el mismo archivo a la vez espera su turno
    y comprueba que sus bytes están.
    """
    limite = entorno.reloj.ahora() - ESPERA_DE_HUERFANOS
    con_dueno = or_(
        exists().where(Adjunto.archivo_id == Archivo.id),
        exists().where(Documento.archivo_id == Archivo.id),
    )
    with entorno.bd.transaccion(Ambito.de_plataforma("archivos sin dueño")) as sesion:
        huerfanos = sesion.scalars(
            select(Archivo)
            .where(Archivo.creado_en < limite, ~con_dueno)
            .limit(POR_VUELTA)
            .with_for_update(skip_locked=True)
        ).all()
        ids = [archivo.id for archivo in huerfanos]
        sesion.execute(delete(Analisis).where(Analisis.archivo_id.in_(ids)))
        for archivo in huerfanos:
            sesion.delete(archivo)
        sesion.flush()
        for archivo in huerfanos:
            entorno.almacen.borrar(archivo.clave)
    return len(huerfanos)

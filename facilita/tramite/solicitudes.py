"""Presentar: el borrador se convierte en solicitud, una sola vez y en una sola transacción."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from facilita.definicion import Definicion, Respuestas
from facilita.plazos import computar, fecha_lima
from facilita.servicios.codigos import codigo_seguimiento
from facilita.servicios.reloj import RelojFijo
from facilita.tramite import cargo, portada, terminos
from facilita.tramite.ambito import Ambito
from facilita.tramite.borradores import Paso, escribir, leer_borrador, tomar_borrador
from facilita.tramite.caso import CIUDADANO, Caso
from facilita.tramite.efectos import ejecutar
from facilita.tramite.entidades import EntidadPublica, calendario_de
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto
from facilita.tramite.modelos import (
    Adjunto,
    Borrador,
    Codigo,
    Contenido,
    Expediente,
    Formulario,
    Sede,
    Solicitud,
)
from facilita.tramite.numeros import dar_numero
from facilita.tramite.sucesos import mover


@dataclass(frozen=True)
class Presentada:
    """El resultado de presentar: el código si se recibió, o el paso con lo que falta."""

    codigo: str | None
    paso: Paso | None = None
    sin_cambios: bool = False
    """Una corrección que no cambia nada: se pregunta una vez antes de recibirla."""


def presentar(
    entorno: Entorno, entidad: EntidadPublica, ficha: str, crudo: Mapping[str, Any]
) -> Presentada:
    """Presenta un borrador con lo marcado en la revisión; la segunda vez da el mismo código.

    Lo que falta no es una excepción: vuelve en `paso` y lo marcado queda guardado. Lanza
    `NoExiste`, `Vencido` o `Conflicto` si el borrador es de una corrección.
    """
    with entorno.bd.transaccion(Ambito.de(entidad.id)) as sesion:
        borrador = tomar_borrador(sesion, ficha, entorno.reloj.ahora())
        if borrador.subsana_id is not None:
            raise Conflicto("Este borrador corrige una solicitud ya presentada.")
        if borrador.presentado:
            return Presentada(_codigo_de(sesion, borrador))
        escribir(borrador, crudo, entorno.reloj.ahora())
        with sesion.no_autoflush:
            paso = leer_borrador(sesion, entorno, entidad, borrador)
        respuestas = paso.lectura.respuestas
        if respuestas is None:
            return Presentada(None, paso)
        borrador.presentado = True
        solicitud = _recibir(sesion, entorno, entidad, borrador, paso.definicion, respuestas)
        return Presentada(solicitud.codigo)


def _codigo_de(sesion: Session, borrador: Borrador) -> str:
    return sesion.scalars(
        select(Solicitud.codigo).where(Solicitud.borrador_id == borrador.id)
    ).one()


def _recibir(
    sesion: Session,
    entorno: Entorno,
    entidad: EntidadPublica,
    borrador: Borrador,
    definicion: Definicion,
    respuestas: Respuestas,
) -> Solicitud:
    # Lo que solo se lee va antes del número: quien lo tiene hace esperar a los demás.
    sede = portada.sede_de(sesion, definicion, respuestas)
    calendario = calendario_de(sesion, sede.ubigeo if sede else entidad.ubigeo)
    numero, ahora = dar_numero(sesion, entorno.reloj, "registro", entidad.numeracion)
    expediente = _abrir_expediente(sesion, entorno, entidad, ahora)
    solicitud = _solicitud(sesion, borrador, definicion, expediente, sede)
    solicitud.numero = numero
    solicitud.presentado_en = ahora
    caso = Caso(
        sesion=sesion,
        entorno=entorno,
        entidad=entidad,
        solicitud=solicitud,
        definicion=definicion,
        respuestas=respuestas,
        calendario=calendario,
        ahora=ahora,
        autor=CIUDADANO,
        expediente=expediente.numero,
    )
    dias = definicion.flujo.plazo.dias_habiles
    plazo = computar(fecha_lima(ahora), dias, caso.calendario)
    solicitud.vence_en = plazo.vence_en
    portada.poner(caso)
    solicitud.cargo = cargo.congelar(caso, plazo, sede.nombre if sede else None)
    sesion.add(Codigo(codigo=solicitud.codigo, entidad_id=entidad.id))
    sesion.flush()
    guardar_contenido(caso, borrador, orden=0)
    movimiento = mover(caso, "presentado", a=solicitud.estado, es_el_primero=True)
    terminos.abrir(caso, terminos.RESOLVER, ahora, dias)
    for suceso in ("presentado", "entrada"):
        terminos.abrir_del_reloj(caso, suceso, ahora)
    ejecutar(caso, definicion.al_presentar, movimiento)
    return solicitud


def _abrir_expediente(
    sesion: Session, entorno: Entorno, entidad: EntidadPublica, ahora: datetime
) -> Expediente:
    # Con la hora de su registro: los dos números son siempre del mismo año.
    numero, _ = dar_numero(sesion, RelojFijo(ahora), "expediente", entidad.numeracion)
    expediente = Expediente(entidad_id=entidad.id, numero=numero, abierto_en=ahora)
    sesion.add(expediente)
    sesion.flush()
    return expediente


def _solicitud(
    sesion: Session,
    borrador: Borrador,
    definicion: Definicion,
    expediente: Expediente,
    sede: Sede | None,
) -> Solicitud:
    formulario = sesion.get_one(Formulario, borrador.version.formulario_id)
    solicitud = Solicitud(
        entidad_id=borrador.entidad_id,
        formulario_id=formulario.id,
        version_id=borrador.version_id,
        expediente_id=expediente.id,
        borrador_id=borrador.id,
        codigo=codigo_seguimiento(),
        estado=definicion.flujo.inicial,
        abierta=not definicion.flujo.estados[definicion.flujo.inicial].final,
        sede_id=sede.id if sede else None,
        area_id=formulario.area_id,
    )
    solicitud.version = borrador.version
    sesion.add(solicitud)
    return solicitud


def guardar_contenido(caso: Caso, borrador: Borrador, orden: int) -> Contenido:
    """Guarda lo respondido y le ata los archivos del borrador que forman parte de ello (N12)."""
    contenido = Contenido(
        entidad_id=caso.entidad.id,
        solicitud_id=caso.solicitud.id,
        orden=orden,
        respuestas=caso.respuestas.a_json(),
        crudo=borrador.crudo,
        creado_en=caso.ahora,
    )
    caso.sesion.add(contenido)
    caso.sesion.flush()
    de_archivo = [c.id for c in caso.definicion.campos.values() if c.es_archivo]
    quedan = {f["id"] for c in de_archivo for f in caso.respuestas.get(c) or ()}
    if quedan:
        suyos = update(Adjunto).where(Adjunto.borrador_id == borrador.id, Adjunto.id.in_(quedan))
        caso.sesion.execute(suyos.values(contenido_id=contenido.id))
    return contenido

"""Presentar: el borrador se convierte en solicitud, una sola vez y en una sola transacción."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from facilita.definicion import Respuestas
from facilita.plazos import Calendario, computar, fecha_lima
from facilita.servicios.codigos import codigo_seguimiento
from facilita.tramite import cargo, consentimientos, documentos, portada, terminos
from facilita.tramite.ambito import Ambito
from facilita.tramite.caso import CIUDADANO, Caso
from facilita.tramite.efectos import ejecutar
from facilita.tramite.entidades import EntidadPublica, calendario_de, exigir_activa
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto, PorElegir
from facilita.tramite.gracia import exigir_gracia
from facilita.tramite.leido import Adelantado, Leido, escribir, exigir_abierto, hallar, paso_en
from facilita.tramite.modelos import (
    Adjunto,
    Codigo,
    Contenido,
    Entidad,
    Expediente,
    Formulario,
    Sede,
    Solicitud,
)
from facilita.tramite.numeros import dar_numeros
from facilita.tramite.paso import Paso, contexto_de
from facilita.tramite.sucesos import mover

_SU_AREA = select(Formulario.area_id).where(Formulario.id == bindparam("formulario"))

GUARDADO = "Lo que escribiste queda guardado. "


@dataclass(frozen=True)
class Presentada:
    """El resultado de presentar: el código si se recibió, o el paso con lo que falta."""

    codigo: str | None
    paso: Paso | None = None
    sin_cambios: bool = False
    """Una corrección que no cambia nada: se pregunta una vez antes de recibirla."""
    otro_dia: bool = False
    """Desde que se miró cambió el día y, con él, lo que se presenta: hay que mirarlo otra vez."""


@dataclass(frozen=True)
class _Incompleta:
    """Una presentación a la que le falta algo."""

    leido: Leido
    paso: Paso
    otro_dia: bool


class _OtroDia(Adelantado):
    """Mientras se esperaba el turno empezó otro día, que puede decidir otra cosa."""


@dataclass(frozen=True)
class _Lista:
    """Una presentación leída y comprobada, con lo que recibirla necesita de la base."""

    leido: Leido
    respuestas: Respuestas
    dia: str | None
    sede: Sede | None
    area_id: int | None
    calendario: Calendario


def presentar(
    entorno: Entorno,
    entidad: EntidadPublica,
    ficha: str,
    crudo: Mapping[str, Any],
    leido: Leido | None = None,
    prueba: Mapping[str, Any] = consentimientos.SIN_PRUEBA,
    mirado: date | None = None,
) -> Presentada:
    """Presenta un borrador con lo marcado en la revisión; la segunda vez da el mismo código.

    Lo que falta no es una excepción: vuelve en `paso` y lo marcado queda guardado; `leido` ahorra
    leerlo otra vez, `prueba` dice por dónde llegó lo que se consiente (N33) y `mirado`, de qué día
    es la revisión que la persona vio. Lanza `NoExiste`,
    `Vencido`, `VersionVencida`, `PorElegir` o, si es el de una corrección, `Conflicto`.
    """
    ahora = entorno.reloj.ahora()
    leido = leido or hallar(entorno, entidad, ficha)
    exigir_abierto(leido, ahora)
    if leido.corrige:
        raise Conflicto("Este borrador corrige una solicitud ya presentada.")
    while not leido.presentado:
        try:
            return _presentar(entorno, entidad, leido.con(crudo), ahora, prueba, mirado)
        except _OtroDia:
            ahora = entorno.reloj.ahora()
        except Adelantado:
            leido = hallar(entorno, entidad, ficha)
    return Presentada(leido.codigo)


def _presentar(
    entorno: Entorno,
    entidad: EntidadPublica,
    leido: Leido,
    ahora: datetime,
    prueba: Mapping[str, Any],
    mirado: date | None,
) -> Presentada:
    if leido.por_elegir:
        raise PorElegir
    ambito = Ambito.de(entidad.id)
    # Lo que solo se lee va antes de escribir: quien escribe hace esperar a los demás.
    with entorno.bd.lectura(ambito) as sesion:
        exigir_activa(sesion.get_one(Entidad, entidad.id), GUARDADO)
        exigir_gracia(sesion, entorno, leido.version)
        lista = _alistar(sesion, entorno, entidad, leido, ahora, mirado)
    with entorno.bd.transaccion(ambito) as sesion:
        escribir(sesion, lista.leido, ahora)
        if isinstance(lista, _Incompleta):
            return Presentada(None, lista.paso, otro_dia=lista.otro_dia)
        return Presentada(_recibir(sesion, entorno, entidad, lista, prueba).codigo)


def _alistar(
    sesion: Session,
    entorno: Entorno,
    entidad: EntidadPublica,
    leido: Leido,
    ahora: datetime,
    mirado: date | None,
) -> _Lista | _Incompleta:
    paso = paso_en(sesion, entorno, entidad, leido, ahora=ahora)
    respuestas = paso.lectura.respuestas
    otro_dia = False
    if mirado is not None and leido.definicion.mira_hoy:
        contexto = contexto_de(sesion, entorno, entidad, ahora, mirado)
        otro_dia = paso.lectura.decide_otra_cosa(leido.definicion.leer(paso.crudo, contexto))
    if respuestas is None or otro_dia:
        return _Incompleta(leido, paso, otro_dia)
    sede = portada.sede_de(sesion, leido.definicion, respuestas)
    return _Lista(
        leido=replace(leido, presentado=True),
        respuestas=respuestas,
        dia=paso.lectura.dia,
        sede=sede,
        area_id=sesion.scalar(_SU_AREA, {"formulario": leido.version.formulario_id}),
        calendario=calendario_de(sesion, sede.ubigeo if sede else entidad.ubigeo),
    )


def _recibir(
    sesion: Session,
    entorno: Entorno,
    entidad: EntidadPublica,
    lista: _Lista,
    prueba: Mapping[str, Any],
) -> Solicitud:
    caso = _numerar(sesion, entorno, entidad, lista)
    solicitud, flujo = caso.solicitud, caso.definicion.flujo
    plazo = computar(fecha_lima(caso.ahora), flujo.plazo.dias_habiles, caso.calendario)
    solicitud.vence_en = plazo.vence_en
    portada.poner(caso)
    solicitud.cargo = cargo.congelar(caso, plazo, lista.sede.nombre if lista.sede else None)
    sesion.add_all([solicitud, Codigo(codigo=solicitud.codigo, entidad_id=entidad.id)])
    sesion.flush()
    movimiento = mover(caso, "presentado", a=solicitud.estado, es_el_primero=True)
    terminos.abrir(caso, terminos.RESOLVER, caso.ahora, flujo.plazo.dias_habiles)
    for suceso in ("presentado", "entrada"):
        terminos.abrir_del_reloj(caso, suceso, caso.ahora)
    ejecutar(caso, caso.definicion.al_presentar, movimiento)
    documentos.pedir(caso, "cargo")
    consentimientos.anotar_dados(caso, {}, {**prueba, "borrador": lista.leido.id})
    # Al final: lo suyo se escribe junto con todo lo que quedó pendiente.
    guardar_contenido(caso, lista.leido, orden=0)
    return solicitud


def _numerar(sesion: Session, entorno: Entorno, entidad: EntidadPublica, lista: _Lista) -> Caso:
    """Abre el caso con sus números, en el instante en que se dan; lanza `_OtroDia`."""
    definicion = lista.leido.definicion
    numeros = dar_numeros(sesion, entorno.reloj, entidad.numeracion, definicion.numeracion)
    ahora = numeros.dados_en
    if definicion.mira_hoy and lista.dia != fecha_lima(ahora).isoformat():
        raise _OtroDia
    expediente = _abrir_expediente(sesion, entidad, numeros.expediente, ahora)
    solicitud = _solicitud(entidad, lista)
    solicitud.expediente_id = expediente.id
    solicitud.numero = numeros.registro
    solicitud.numero_propio = numeros.propio
    solicitud.presentado_en = ahora
    return Caso(
        sesion=sesion,
        entorno=entorno,
        entidad=entidad,
        solicitud=solicitud,
        definicion=definicion,
        respuestas=lista.respuestas,
        calendario=lista.calendario,
        ahora=ahora,
        autor=CIUDADANO,
        expediente=expediente.numero,
    )


def _abrir_expediente(
    sesion: Session, entidad: EntidadPublica, numero: str, ahora: datetime
) -> Expediente:
    expediente = Expediente(entidad_id=entidad.id, numero=numero, abierto_en=ahora)
    sesion.add(expediente)
    sesion.flush()
    return expediente


def _solicitud(entidad: EntidadPublica, lista: _Lista) -> Solicitud:
    leido = lista.leido
    flujo = leido.definicion.flujo
    solicitud = Solicitud(
        entidad_id=entidad.id,
        formulario_id=leido.version.formulario_id,
        version_id=leido.version.id,
        borrador_id=leido.id,
        codigo=codigo_seguimiento(),
        estado=flujo.inicial,
        abierta=not flujo.estados[flujo.inicial].final,
        sede_id=lista.sede.id if lista.sede else None,
        area_id=lista.area_id,
    )
    solicitud.version = leido.version
    return solicitud


def guardar_contenido(caso: Caso, leido: Leido, orden: int) -> Contenido:
    """Guarda lo respondido y le ata los archivos del borrador que forman parte de ello (N12)."""
    contenido = Contenido(
        entidad_id=caso.entidad.id,
        solicitud_id=caso.solicitud.id,
        orden=orden,
        respuestas=caso.respuestas.a_json(),
        crudo=leido.crudo,
        creado_en=caso.ahora,
    )
    caso.sesion.add(contenido)
    documentos.pedir(caso, "respuestas", orden)
    caso.sesion.flush()
    de_archivo = [c.id for c in caso.definicion.campos.values() if c.es_archivo]
    quedan = {f["id"] for c in de_archivo for f in caso.respuestas.get(c) or ()}
    if quedan:
        suyos = update(Adjunto).where(Adjunto.borrador_id == leido.id, Adjunto.id.in_(quedan))
        cambio = suyos.values(contenido_id=contenido.id)
        caso.sesion.execute(cambio.execution_options(synchronize_session=False))
    return contenido

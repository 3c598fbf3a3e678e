"""El detalle de una solicitud para el personal: lo presentado, su historia y lo que puede hacer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from facilita.definicion import Definicion, Transicion
from facilita.definicion.campos import Campo
from facilita.plazos import Computo
from facilita.tramite import (
    acuses,
    casilla,
    consentimientos,
    conversacion,
    indice,
    invitaciones,
    modelos_de_respuesta,
    por_casilla,
    respuestas,
    tablero,
)
from facilita.tramite.atencion import observables, tomar
from facilita.tramite.bandeja import plazo_de
from facilita.tramite.bitacora import anotar
from facilita.tramite.casilla import DelPersonal
from facilita.tramite.caso import Caso
from facilita.tramite.consentimientos import Consentido
from facilita.tramite.conversacion import SIN_MENSAJES, Resumen
from facilita.tramite.correcciones import Correccion, correcciones
from facilita.tramite.encargos import papeles_en
from facilita.tramite.entorno import Entorno
from facilita.tramite.envios import ALERTAS
from facilita.tramite.indice import Carpeta
from facilita.tramite.invitaciones import Alta
from facilita.tramite.modelos import Area, Membresia, Notificacion, Salida, Termino, Usuario
from facilita.tramite.permisos import Actor, papeles, que_atienden
from facilita.tramite.plazo import Plazo
from facilita.tramite.recorrido import Hito, recorrido
from facilita.tramite.respuestas import Respuesta
from facilita.tramite.tablero import TareaOfrecida, TareaVista
from facilita.tramite.transiciones import limite, posibles


@dataclass(frozen=True)
class Paso:
    """Una transición que esta persona puede dar ahora, y hasta cuándo."""

    transicion: Transicion
    hasta: datetime | None
    campos: Sequence[Campo] = ()
    """Lo que pide; si con él se responde por la casilla, también los recursos (N55)."""

    @property
    def por_casilla(self) -> bool:
        """Si lo que se responda se notificará por la casilla electrónica."""
        return len(self.campos) > len(self.transicion.pide)


@dataclass(frozen=True)
class Detalle:
    """Una solicitud abierta por el personal."""

    id: int
    numero: str
    expediente: str
    codigo: str
    asunto: str
    remitente: str
    presentado_en: datetime
    estado: str
    estado_id: str
    abierta: bool
    sede: str | None
    area: str | None
    area_id: int | None
    asignada: str | None
    definicion: Definicion
    respuestas: Mapping[str, Any]
    observables: frozenset[str]
    cargo: Mapping[str, Any]
    plazo: Plazo
    cuenta: Computo | None
    hitos: tuple[Hito, ...]
    carpeta: Carpeta
    pasos: tuple[Paso, ...]
    correcciones: tuple[Correccion, ...]
    areas: tuple[tuple[int, str], ...]
    colegas: tuple[tuple[int, str], ...]
    sin_acuse: tuple[Notificacion, ...]
    correos: tuple[Salida, ...]
    numero_propio: str | None = None
    es_suya: bool = True
    """Si la alcanza por su puesto; si no, solo por un rol propio del formulario."""
    tareas: tuple[TareaVista, ...] = ()
    ofrecidas: tuple[TareaOfrecida, ...] = ()
    alta: Alta | None = None
    ampliado: tuple[Computo, ...] = ()
    """Las cuentas que el plazo tuvo antes de ampliarse."""
    respondido: tuple[Respuesta, ...] = ()
    modelos: tuple[tuple[int, str], ...] = ()
    """Los modelos de respuesta que le sirven."""
    casilla: DelPersonal | None = None
    mensajes: Resumen = SIN_MENSAJES
    consentimientos: tuple[Consentido, ...] = ()


def ver(entorno: Entorno, actor: Actor, solicitud_id: int) -> Detalle:
    """Abre una solicitud al alcance del actor y deja constancia de que la vio (N61)."""
    with tomar(entorno, actor, solicitud_id, "solicitud.ver", con_roles=True) as caso:
        s = caso.solicitud
        anotar(
            caso.sesion, caso.ahora, actor.entidad_id, actor.usuario_id, "solicitud.vista", s.numero
        )
        termino = caso.termino("resolver")
        suyos = papeles_en(caso, actor)
        pasos = posibles(caso, suyos) if actor.puede("solicitud.atender") else []
        return Detalle(
            id=s.id,
            numero=s.numero,
            expediente=caso.expediente,
            codigo=s.codigo,
            asunto=s.asunto,
            remitente=s.remitente,
            presentado_en=s.presentado_en,
            estado=caso.estado.etiqueta,
            estado_id=s.estado,
            abierta=not caso.estado.final,
            sede=s.sede.nombre if s.sede else None,
            area=s.area.nombre if s.area else None,
            area_id=s.area_id,
            asignada=s.asignada.nombres if s.asignada else None,
            definicion=caso.definicion,
            respuestas=dict(caso.respuestas),
            observables=observables(caso),
            cargo=s.cargo,
            plazo=plazo_de(caso.definicion, termino, caso.ahora, caso.calendario),
            cuenta=Computo.de_json(termino.cuenta) if termino else None,
            hitos=recorrido(caso, "personal"),
            carpeta=indice.ver(caso, con_internas=True),
            pasos=tuple(Paso(t, limite(caso, t), por_casilla.campos_de(caso, t)) for t in pasos),
            correcciones=correcciones(caso),
            areas=_areas(caso),
            colegas=_colegas(caso),
            sin_acuse=tuple(acuses.por_notificar(caso)),
            correos=_correos(caso),
            numero_propio=s.numero_propio,
            es_suya=suyos >= papeles(actor),
            tareas=tablero.de_solicitud(caso, actor),
            ofrecidas=tablero.ofrecidas(caso, actor),
            alta=invitaciones.de_solicitud(caso),
            ampliado=_ampliado(caso),
            respondido=respuestas.de_solicitud(caso),
            modelos=modelos_de_respuesta.para_responder(caso),
            casilla=casilla.del_personal(caso),
            mensajes=conversacion.resumir(caso, conversacion.PERSONAL),
            consentimientos=consentimientos.de_solicitud(caso.sesion, s.id),
        )


def _areas(caso: Caso) -> tuple[tuple[int, str], ...]:
    filas = caso.sesion.execute(
        select(Area.id, Area.nombre).where(Area.activa).order_by(Area.nombre)
    )
    return tuple((f[0], f[1]) for f in filas)


def _colegas(caso: Caso) -> tuple[tuple[int, str], ...]:
    filas = caso.sesion.execute(
        select(Usuario.id, Usuario.nombres)
        .join(Membresia, Membresia.usuario_id == Usuario.id)
        .where(que_atienden())
        .order_by(Usuario.nombres)
    )
    return tuple((f[0], f[1]) for f in filas)


def _ampliado(caso: Caso) -> tuple[Computo, ...]:
    consulta = (
        select(Termino)
        .where(Termino.solicitud_id == caso.solicitud.id, Termino.situacion == "ampliado")
        .order_by(Termino.id)
    )
    return tuple(Computo.de_json(t.cuenta) for t in caso.sesion.scalars(consulta))


def _correos(caso: Caso) -> tuple[Salida, ...]:
    consulta = (
        select(Salida)
        .where(Salida.solicitud_id == caso.solicitud.id, Salida.clase.not_in(ALERTAS.values()))
        .order_by(Salida.id.desc())
    )
    return tuple(caso.sesion.scalars(consulta))

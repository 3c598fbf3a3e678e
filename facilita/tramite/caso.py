"""El caso: una solicitud tomada en una transacción, con todo lo que sus reglas necesitan."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from facilita.definicion import Definicion, Estado, Respuestas
from facilita.plazos import Calendario, Computo, fecha_larga, momento_largo
from facilita.tramite.entidades import EntidadPublica, calendario_de, publica
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import NoExiste
from facilita.tramite.modelos import (
    Contenido,
    Entidad,
    Movimiento,
    Sede,
    Solicitud,
    Termino,
)


@dataclass(frozen=True, slots=True)
class Autor:
    """Quién hace algo: «ciudadano», «usuario» (con su id) o «reloj»."""

    quien: str
    usuario_id: int | None = None


CIUDADANO = Autor("ciudadano")
RELOJ = Autor("reloj")
ABIERTO = ("corre", "suspendido")
"""Las situaciones de un plazo que todavía no terminó."""


@dataclass
class Caso:
    """Una solicitud abierta para que algo le ocurra."""

    sesion: Session
    entorno: Entorno
    entidad: EntidadPublica
    solicitud: Solicitud
    definicion: Definicion
    respuestas: Respuestas
    calendario: Calendario
    ahora: datetime
    autor: Autor
    expediente: str
    nombres: dict[str, str] = field(default_factory=dict)
    """Los `{nombres}` propios del suceso: lo que pidió la transición, las observaciones."""
    abiertos: dict[str, Termino] = field(default_factory=dict)
    """Los plazos que abrió este suceso, por clase: no hace falta ir por ellos a la base."""
    respuesta: Movimiento | None = None
    """La respuesta que dio este suceso, si todavía no se dijo por ningún canal."""
    anotado_en: datetime | None = None
    """Cuándo se anota, si `ahora` ya pasó: un paso del reloj ocurre en su instante."""

    @property
    def al_anotar(self) -> datetime:
        """La hora de verdad: desde ella salen los correos y corre el acuse."""
        return self.anotado_en or self.ahora

    @property
    def estado(self) -> Estado:
        """El estado de hoy."""
        return self.definicion.flujo.estados[self.solicitud.estado]

    def termino(self, clase: str) -> Termino | None:
        """El plazo abierto de esa clase, si lo hay."""
        recien = self.abiertos.get(clase)
        if recien is not None and recien.situacion in ABIERTO:
            return recien
        return self.sesion.scalar(
            select(Termino)
            .where(
                Termino.solicitud_id == self.solicitud.id,
                Termino.clase == clase,
                Termino.situacion.in_(ABIERTO),
            )
            .order_by(Termino.id.desc())
            .limit(1)
        )

    def todos_los_nombres(self, enlace: str) -> dict[str, str]:
        """Los `{nombres}` que pueden usar los mensajes de esta solicitud."""
        solicitud = self.solicitud
        resolver = self.termino("resolver")
        cuenta = Computo.de_json(resolver.cuenta) if resolver else None
        return {
            **self.entidad.nombres_para(self.definicion),
            "nombre": solicitud.remitente,
            "formulario": self.definicion.titulo,
            "asunto": solicitud.asunto,
            "numero": solicitud.numero,
            "numero_propio": solicitud.numero_propio or "",
            "expediente": self.expediente,
            "codigo": solicitud.codigo,
            "enlace": enlace,
            "estado": self.estado.ciudadano,
            "presentado": momento_largo(solicitud.presentado_en),
            "plazo_desde": fecha_larga(cuenta.primer_dia) if cuenta else "",
            "vence": fecha_larga(cuenta.vence) if cuenta else "",
            **self.nombres,
        }


def tomar_caso(
    sesion: Session, entorno: Entorno, solicitud_id: int, autor: Autor, ahora: datetime
) -> Caso:
    """Toma el turno de una solicitud y arma su caso; lanza `NoExiste`."""
    solicitud = sesion.scalar(
        select(Solicitud)
        .where(Solicitud.id == solicitud_id)
        .with_for_update(of=Solicitud)
        .execution_options(populate_existing=True)
    )
    if solicitud is None:
        raise NoExiste("No encontramos esa solicitud.")
    return armar_caso(sesion, entorno, solicitud, autor, ahora)


def armar_caso(
    sesion: Session, entorno: Entorno, solicitud: Solicitud, autor: Autor, ahora: datetime
) -> Caso:
    """El caso de una solicitud ya leída."""
    entidad = sesion.get_one(Entidad, solicitud.entidad_id)
    return Caso(
        sesion=sesion,
        entorno=entorno,
        entidad=publica(sesion, entidad),
        solicitud=solicitud,
        definicion=entorno.definiciones.de(solicitud.version),
        respuestas=ultimas_respuestas(sesion, solicitud.id),
        calendario=calendario_de(sesion, ubigeo_de(sesion, solicitud, entidad)),
        ahora=ahora,
        autor=autor,
        expediente=solicitud.expediente.numero,
    )


def ubigeo_de(sesion: Session, solicitud: Solicitud, entidad: Entidad) -> str:
    """El territorio cuyo calendario rige: el de la sede a la que se dirige."""
    sede = sesion.get(Sede, solicitud.sede_id) if solicitud.sede_id else None
    return sede.ubigeo if sede else entidad.ubigeo


def ultimas_respuestas(sesion: Session, solicitud_id: int) -> Respuestas:
    """Lo respondido, con su última corrección."""
    contenido = ultimo_contenido(sesion, solicitud_id)
    return Respuestas.de_guardadas(contenido.respuestas)


def ultimo_contenido(sesion: Session, solicitud_id: int) -> Contenido:
    """El contenido que vale hoy."""
    return sesion.scalars(
        select(Contenido)
        .where(Contenido.solicitud_id == solicitud_id)
        .order_by(Contenido.orden.desc())
        .limit(1)
    ).one()

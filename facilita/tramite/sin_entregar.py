"""Los correos que no llegaron a su destino, para quien coordina: buscarlos y reenviarlos."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, selectinload

from facilita.tramite.ambito import Ambito
from facilita.tramite.bitacora import anotar
from facilita.tramite.correos import poner_en_camino
from facilita.tramite.entorno import Entorno
from facilita.tramite.envios import CODIGOS
from facilita.tramite.errores import NoExiste
from facilita.tramite.modelos import Salida, Solicitud
from facilita.tramite.normalizar import guardable
from facilita.tramite.permisos import COORDINADOR_ENTIDAD, SGTD, Actor, alcance, exigir
from facilita.tramite.retomar import CALLADA, CLASE
from facilita.tramite.salidas import falla

POR_PAGINA = 25
DE_UNA_VEZ = 1000
"""Cuántos se ponen en camino con un solo «Reenviar todos»."""

_MUERTA: ColumnElement[bool] = Salida.situacion == "muerta"
_ESPERA: ColumnElement[bool] = and_(Salida.situacion == "lista", Salida.intentos == 0)


@dataclass(frozen=True)
class Filtro:
    """Qué correos se piden ver; vacío, todos los que no se entregaron."""

    como: str | None = None
    """«muertos», «fallando» o «en_camino»."""
    texto: str = ""
    antes_de: int | None = None


@dataclass(frozen=True)
class Pendientes:
    """Una página de correos sin entregar, y cuántos hay de cada clase."""

    filas: tuple[Salida, ...]
    sigue: int | None
    cuentas: Mapping[str, int]


def _clases() -> dict[str, ColumnElement[bool]]:
    return {"muertos": _MUERTA, "fallando": falla(), "en_camino": _ESPERA}


def listar(entorno: Entorno, actor: Actor, filtro: Filtro) -> Pendientes:
    """Los correos sin entregar al alcance del actor, del más nuevo al más antiguo."""
    exigir(actor, "correo.reenviar")
    with entorno.bd.lectura(Ambito.de(actor.entidad_id)) as sesion:
        consulta = _consulta(actor, filtro).order_by(Salida.id.desc()).limit(POR_PAGINA + 1)
        filas = sesion.scalars(consulta).all()
        pagina = filas[:POR_PAGINA]
        return Pendientes(
            filas=tuple(pagina),
            sigue=pagina[-1].id if len(filas) > POR_PAGINA else None,
            cuentas=_cuentas(sesion, actor, filtro),
        )


def reenviar(entorno: Entorno, actor: Actor, cual: int) -> None:
    """Pone en camino un correo sin entregar; lanza `NoExiste` si no está a su alcance."""
    exigir(actor, "correo.reenviar")
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        if not _reenviar(entorno, actor, sesion, _por_reenviar(actor).where(Salida.id == cual)):
            raise NoExiste("Ese correo ya está en camino o entregado.")


def reenviar_todos(entorno: Entorno, actor: Actor, filtro: Filtro) -> int:
    """Pone en camino los que no se pudieron entregar y coinciden; da cuántos fueron."""
    exigir(actor, "correo.reenviar")
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        consulta = _por_reenviar(actor, filtro).order_by(Salida.id).limit(DE_UNA_VEZ)
        return _reenviar(entorno, actor, sesion, consulta)


def _reenviar(entorno: Entorno, actor: Actor, sesion: Session, consulta: Select[Salida]) -> int:
    salidas = sesion.scalars(consulta.with_for_update(of=Salida)).all()
    for salida in salidas:
        poner_en_camino(salida)
    if salidas:
        anotar(
            sesion, entorno.reloj.ahora(), actor.entidad_id, actor.usuario_id,
            "correo.reenviado", None, correos=[s.id for s in salidas],
        )  # fmt: skip
    return len(salidas)


def _por_reenviar(actor: Actor, filtro: Filtro | None = None) -> Select[Salida]:
    return _consulta(actor, filtro or Filtro()).where(or_(_MUERTA, falla()))


def _consulta(actor: Actor, filtro: Filtro) -> Select[Salida]:
    consulta = (
        select(Salida).options(selectinload(Salida.solicitud)).where(*_condiciones(actor, filtro))
    )
    clase = _clases().get(filtro.como or "")
    if clase is not None:
        consulta = consulta.where(clase)
    if filtro.antes_de:
        consulta = consulta.where(Salida.id < filtro.antes_de)
    return consulta


def _condiciones(actor: Actor, filtro: Filtro) -> list[ColumnElement[bool]]:
    condiciones: list[ColumnElement[bool]] = [
        Salida.situacion.in_(("lista", "muerta")),
        # Cuándo entra alguien a su casilla no es asunto de la entidad; lo que alguien todavía
        # está llenando, tampoco.
        Salida.clase.not_in((*CODIGOS.values(), CLASE, CALLADA)),
    ]
    # Los que no son de una solicitud, como una tarea por responder, los ve quien coordina toda.
    if actor.rol not in (COORDINADOR_ENTIDAD, SGTD):
        condiciones.append(_de_una(alcance(actor)))
    for palabra in guardable(filtro.texto).split():
        condiciones.append(
            or_(
                Salida.datos["para"].as_string().icontains(palabra, autoescape=True),
                Salida.datos["asunto"].as_string().icontains(palabra, autoescape=True),
                Salida.respuesta.icontains(palabra, autoescape=True),
                _de_una(Solicitud.numero.icontains(palabra, autoescape=True)),
            )
        )
    return condiciones


def _de_una(condicion: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Solicitud.id == Salida.solicitud_id, condicion)


def _cuentas(sesion: Session, actor: Actor, filtro: Filtro) -> Mapping[str, int]:
    condiciones = _condiciones(actor, filtro)
    return {clase: _cuantos(sesion, [c, *condiciones]) for clase, c in _clases().items()}


def cuantos_muertos(sesion: Session, actor: Actor) -> int:
    """Cuántos no se pudieron entregar; ninguno si el actor no puede reenviarlos."""
    if not actor.puede("correo.reenviar"):
        return 0
    return _cuantos(sesion, [_MUERTA, *_condiciones(actor, Filtro())])


def _cuantos(sesion: Session, condiciones: Sequence[ColumnElement[bool]]) -> int:
    return sesion.scalar(select(func.count(Salida.id)).where(*condiciones)) or 0

"""La bandeja del personal: pestañas por estado con su cuenta, búsqueda, filtros y plazos."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, SQLColumnExpression, func, select
from sqlalchemy.orm import Session

from facilita.definicion import Definicion
from facilita.plazos import Calendario, Computo, computar, fecha_lima, restantes, semaforo
from facilita.tramite import esperas
from facilita.tramite.ambito import Ambito
from facilita.tramite.entidades import calendario_de
from facilita.tramite.entorno import Entorno
from facilita.tramite.esperas import Marcas
from facilita.tramite.modelos import Encargo, Entidad, Formulario, Solicitud, Termino, Version
from facilita.tramite.normalizar import guardable, palabras
from facilita.tramite.permisos import Actor, alcance_con_roles, cumple, exigir
from facilita.tramite.plazo import Plazo, quedan
from facilita.tramite.sin_entregar import cuantos_muertos
from facilita.tramite.tablero import TareaMia, mias

POR_PAGINA = 25
Condicion = SQLColumnExpression[bool]


@dataclass(frozen=True)
class Filtros:
    """Lo que se pide ver; vacío, todo lo que está al alcance."""

    estado: str | None = None
    texto: str = ""
    formulario: str | None = None
    cargo_de: str | None = None
    """«mias», «sin_asignar» o «por_rol»: las de los formularios donde cumplo un rol."""
    plazo: str | None = None
    """«vencido» o «por_vencer»."""
    espera: str | None = None
    """«mensajes», las que tienen mensajes sin responder, o «cedula», las que hay que notificar."""
    antes_de: int | None = None
    """Para seguir: el id de la última fila vista."""


@dataclass(frozen=True)
class Fila:
    """Una solicitud en la bandeja."""

    id: int
    numero: str
    asunto: str
    remitente: str
    presentado_en: datetime
    estado: str
    estado_id: str
    formulario: str
    area: str | None
    asignada: str | None
    plazo: Plazo
    mensajes: int = 0
    """Los que esperan respuesta."""
    cedula: bool = False
    """Si hay que notificarla por cédula."""


@dataclass(frozen=True)
class Bandeja:
    """Una página de la bandeja."""

    pestanas: tuple[tuple[str, str, int], ...]
    total: int
    filas: tuple[Fila, ...]
    sigue: int | None
    formularios: tuple[tuple[str, str], ...] = field(default=())
    tareas: tuple[TareaMia, ...] = ()
    """Las que esperan al actor."""
    roles: tuple[str, ...] = ()
    """Los roles propios que cumple, con su formulario, en palabras."""
    correos_muertos: int = 0
    """Los que no se pudieron entregar, para quien puede reenviarlos."""
    esperan: Mapping[str, int] = field(default_factory=dict)
    """Cuántas esperan algo, por «mensajes» y «cedula»."""


def listar(entorno: Entorno, actor: Actor, filtros: Filtros) -> Bandeja:
    """La página pedida de la bandeja del actor, lo más nuevo primero."""
    exigir(actor, "bandeja.ver")
    ahora = entorno.reloj.ahora()
    with entorno.bd.lectura(Ambito.de(actor.entidad_id)) as sesion:
        ubigeo = sesion.get_one(Entidad, actor.entidad_id).ubigeo
        calendario = calendario_de(sesion, ubigeo)
        condiciones = _condiciones(actor, filtros, ahora, sesion)
        pestanas = _pestanas(sesion, entorno, condiciones, filtros.formulario)
        consulta = _filtrada(select(Solicitud), filtros, condiciones)
        solicitudes = sesion.scalars(
            consulta.order_by(Solicitud.id.desc()).limit(POR_PAGINA + 1)
        ).all()
        pagina = solicitudes[:POR_PAGINA]
        plazos, marcas = _plazos(sesion, pagina), esperas.de_pagina(sesion, pagina)
        filas = tuple(
            _fila(entorno, s, plazos.get(s.id), marcas, ahora, calendario) for s in pagina
        )
        return Bandeja(
            pestanas=pestanas,
            total=sum(p[2] for p in pestanas),
            filas=filas,
            sigue=pagina[-1].id if len(solicitudes) > POR_PAGINA else None,
            formularios=_formularios(sesion),
            tareas=mias(sesion, entorno, actor, ahora, calendario),
            roles=_roles(sesion, entorno, actor),
            correos_muertos=cuantos_muertos(sesion, actor),
            esperan=esperas.contar(sesion, actor),
        )


def _condiciones(
    actor: Actor, filtros: Filtros, ahora: datetime, sesion: Session
) -> list[Condicion]:
    condiciones: list[Condicion] = [alcance_con_roles(actor)]
    condiciones += [
        Solicitud.busqueda.contains(p, autoescape=True) for p in palabras(filtros.texto)
    ]
    if filtros.formulario:
        suyo = select(Formulario.id).where(Formulario.slug == guardable(filtros.formulario))
        condiciones.append(Solicitud.formulario_id.in_(suyo))
    if filtros.cargo_de == "mias":
        condiciones.append(Solicitud.asignada_id == actor.usuario_id)
    if filtros.cargo_de == "sin_asignar":
        condiciones += [Solicitud.asignada_id.is_(None), Solicitud.abierta]
    if filtros.cargo_de == "por_rol":
        con_rol = select(Encargo.formulario_id).where(cumple(actor))
        condiciones += [Solicitud.formulario_id.in_(con_rol), Solicitud.abierta]
    if filtros.espera in esperas.CLASES:
        condiciones.append(esperas.condicion(filtros.espera))
    return condiciones + _por_plazo(filtros.plazo, ahora, sesion, actor)


def _por_plazo(
    plazo: str | None, ahora: datetime, sesion: Session, actor: Actor
) -> list[Condicion]:
    corre: list[Condicion] = [Solicitud.abierta, Solicitud.suspendida.is_(False)]
    if plazo == "vencido":
        return [*corre, Solicitud.vence_en < ahora]
    if plazo == "por_vencer":
        return [
            *corre,
            Solicitud.vence_en >= ahora,
            Solicitud.vence_en <= _pronto(ahora, sesion, actor),
        ]
    return []


def _pronto(ahora: datetime, sesion: Session, actor: Actor) -> datetime:
    ubigeo = sesion.get_one(Entidad, actor.entidad_id).ubigeo
    return computar(fecha_lima(ahora), 4, calendario_de(sesion, ubigeo)).vence_en


def _filtrada(
    consulta: Select[Solicitud],
    filtros: Filtros,
    condiciones: Sequence[Condicion],
) -> Select[Solicitud]:
    consulta = consulta.where(*condiciones)
    if filtros.estado:
        consulta = consulta.where(Solicitud.estado == guardable(filtros.estado))
    if filtros.antes_de:
        consulta = consulta.where(Solicitud.id < filtros.antes_de)
    return consulta


def _pestanas(
    sesion: Session,
    entorno: Entorno,
    condiciones: Sequence[Condicion],
    formulario: str | None,
) -> tuple[tuple[str, str, int], ...]:
    """Cada estado con su nombre y cuántas hay, en el orden de los flujos vigentes."""
    filas = sesion.execute(
        select(Solicitud.estado, func.count()).where(*condiciones).group_by(Solicitud.estado)
    ).all()
    cuentas: dict[str, int] = {str(f[0]): f[1] for f in filas}
    nombres: dict[str, list[str]] = {}
    for definicion in _definiciones(sesion, entorno, formulario):
        for estado in definicion.flujo.estados.values():
            suyos = nombres.setdefault(estado.id, [])
            if estado.etiqueta not in suyos:
                suyos.append(estado.etiqueta)
    for estado_id in cuentas:
        nombres.setdefault(estado_id, [estado_id.replace("_", " ").capitalize()])
    return tuple((e, _juntos(suyos), cuentas.get(e, 0)) for e, suyos in nombres.items())


def _juntos(nombres: Sequence[str]) -> str:
    """Un estado que cada formulario llama a su manera se dice con los nombres que tiene."""
    primero, *otros = nombres
    if not otros:
        return primero
    return f"{primero} / {otros[0]}" if len(otros) == 1 else f"{primero} / {otros[0]} / …"


def _definiciones(sesion: Session, entorno: Entorno, formulario: str | None) -> list[Definicion]:
    vigentes = select(Version).join(Formulario, Formulario.vigente_id == Version.id)
    if formulario:
        vigentes = vigentes.where(Formulario.slug == guardable(formulario))
    versiones = sesion.scalars(vigentes.order_by(Formulario.id))
    return [entorno.definiciones.de(v) for v in versiones]


def _plazos(sesion: Session, solicitudes: Sequence[Solicitud]) -> Mapping[int, Termino]:
    ids = [s.id for s in solicitudes]
    consulta = select(Termino).where(
        Termino.solicitud_id.in_(ids),
        Termino.clase == "resolver",
        Termino.situacion.in_(("corre", "suspendido")),
    )
    return {t.solicitud_id: t for t in sesion.scalars(consulta)}


def _fila(
    entorno: Entorno,
    s: Solicitud,
    termino: Termino | None,
    marcas: Marcas,
    ahora: datetime,
    calendario: Calendario,
) -> Fila:
    definicion = entorno.definiciones.de(s.version)
    return Fila(
        id=s.id,
        numero=s.numero,
        asunto=s.asunto,
        remitente=s.remitente,
        presentado_en=s.presentado_en,
        estado=definicion.flujo.estados[s.estado].etiqueta,
        estado_id=s.estado,
        formulario=definicion.titulo,
        area=s.area.nombre if s.area else None,
        asignada=s.asignada.nombres if s.asignada else None,
        plazo=plazo_de(definicion, termino, ahora, calendario),
        mensajes=marcas.mensajes.get(s.id, 0),
        cedula=s.id in marcas.cedula,
    )


def plazo_de(
    definicion: Definicion, termino: Termino | None, ahora: datetime, calendario: Calendario
) -> Plazo:
    """Cuánto queda para resolver, en palabras y en color."""
    if termino is None:
        return Plazo("ninguno", "Sin plazo en curso")
    if termino.situacion == "suspendido":
        return Plazo("suspendido", "Plazo suspendido")
    cuenta, hoy = Computo.de_json(termino.cuenta), fecha_lima(ahora)
    flujo = definicion.flujo
    color = semaforo(hoy, cuenta, calendario, flujo.ambar, flujo.rojo)
    return Plazo(color, quedan(restantes(hoy, cuenta, calendario)), cuenta.vence_en)


def _formularios(sesion: Session) -> tuple[tuple[str, str], ...]:
    filas = sesion.execute(select(Formulario.slug, Formulario.titulo).order_by(Formulario.id))
    return tuple((f[0], f[1]) for f in filas)


def _roles(sesion: Session, entorno: Entorno, actor: Actor) -> tuple[str, ...]:
    filas = sesion.execute(
        select(Encargo.rol, Version)
        .join(Formulario, Formulario.id == Encargo.formulario_id)
        .join(Version, Version.id == Formulario.vigente_id)
        .where(cumple(actor))
        .order_by(Formulario.id, Encargo.id)
    ).all()
    dichos = [
        f"{definicion.roles[rol].etiqueta}, en {definicion.titulo}"
        for rol, definicion in ((f[0], entorno.definiciones.de(f[1])) for f in filas)
        if rol in definicion.roles
    ]
    return tuple(dict.fromkeys(dichos))

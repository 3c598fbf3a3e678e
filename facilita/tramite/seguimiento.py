"""Lo que el ciudadano ve: con el código, estado y fechas; con código e identidad, todo."""

import hmac
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from facilita.definicion import Definicion, Transicion
from facilita.plazos import Computo
from facilita.servicios.codigos import normalizar_codigo
from facilita.tramite import (
    acuses,
    consentimientos,
    constancia,
    conversacion,
    indice,
    pedidos,
    porques,
    respuestas,
)
from facilita.tramite.ambito import NADA, Ambito
from facilita.tramite.bitacora import anotar
from facilita.tramite.cargo import normalizar_identidad
from facilita.tramite.caso import CIUDADANO, Caso, armar_caso, tomar_caso
from facilita.tramite.consentimientos import Consentido
from facilita.tramite.conversacion import Resumen
from facilita.tramite.correcciones import Correccion, correcciones
from facilita.tramite.correos import SinEntregar, sin_entregar
from facilita.tramite.entidades import EntidadPublica
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import NoExiste
from facilita.tramite.indice import Carpeta
from facilita.tramite.modelos import Codigo, Solicitud
from facilita.tramite.recorrido import Hito, recorrido
from facilita.tramite.respuestas import Respuesta
from facilita.tramite.subsanacion import (
    cuenta_para_corregir,
    limite_para_corregir,
    por_corregir,
    se_puede_corregir,
)
from facilita.tramite.transiciones import aplicar, exigir_posible, leer_pedido, posibles
from facilita.tramite.vencimientos import exigir_al_dia

FRASE_NO_COINCIDE = (
    "El código y el documento no coinciden con ninguna solicitud. Revísalos y prueba otra vez."
)
PAPEL = frozenset({"ciudadano"})


@dataclass(frozen=True)
class Seguimiento:
    """Lo que se ve con el código solo: nada que diga quién es la persona ni qué pidió."""

    codigo: str
    entidad: EntidadPublica
    formulario: str
    numero: str
    estado: str
    frase: str
    final: bool
    presentado_en: datetime
    plazo: Computo | None
    suspendido: bool
    hitos: tuple[Hito, ...]
    por_corregir: bool
    puede_corregir: bool
    corregir_hasta: datetime | None
    numero_propio: str | None = None
    corregir_cuenta: Computo | None = None
    """De dónde sale la fecha para corregir."""
    fecha_explicada: str = ""
    """Por qué vale la fecha de presentación."""
    suspension_explicada: str = ""


@dataclass(frozen=True)
class ExpedienteAbierto:
    """Todo lo de una solicitud, para la persona que la presentó."""

    publico: Seguimiento
    solicitud_id: int
    expediente: str
    asunto: str
    cargo: Mapping[str, Any]
    definicion: Definicion
    respuestas: Mapping[str, Any]
    observaciones: tuple[Mapping[str, str], ...]
    hitos: tuple[Hito, ...]
    correcciones: tuple[Correccion, ...]
    constancias: Mapping[int, Mapping[str, Any]]
    acciones: tuple[Transicion, ...]
    carpeta: Carpeta
    mensajes: Resumen
    sin_acuse: bool
    """Si hay algo notificado que la persona ve aquí por primera vez: verlo es enterarse (N07)."""
    sin_entregar: tuple[SinEntregar, ...] = ()
    respondido: tuple[Respuesta, ...] = ()
    en_casilla: tuple[Respuesta, ...] = ()
    """Las respuestas que se le notifican en su casilla y todavía no abrió."""
    consentimientos: tuple[Consentido, ...] = ()


def hallar(entorno: Entorno, escrito: str) -> tuple[str, int]:
    """El código como se emitió y su entidad; lanza `NoExiste`."""
    codigo = normalizar_codigo(escrito)
    if codigo is not None:
        with entorno.bd.lectura(NADA) as sesion:
            entidad_id = sesion.scalar(select(Codigo.entidad_id).where(Codigo.codigo == codigo))
        if entidad_id is not None:
            return codigo, entidad_id
    raise NoExiste("No hay ninguna solicitud con ese código. Revísalo: son 16 letras y números.")


def _solicitud(sesion: Session, codigo: str) -> Solicitud:
    solicitud = sesion.scalar(select(Solicitud).where(Solicitud.codigo == codigo))
    if solicitud is None:
        raise NoExiste
    return solicitud


def ver(entorno: Entorno, escrito: str) -> Seguimiento:
    """El estado y las fechas de una solicitud; lanza `NoExiste`."""
    codigo, entidad_id = hallar(entorno, escrito)
    with entorno.bd.lectura(Ambito.de(entidad_id)) as sesion:
        solicitud = _solicitud(sesion, codigo)
        caso = armar_caso(sesion, entorno, solicitud, CIUDADANO, entorno.reloj.ahora())
        return _publico(caso)


def _publico(caso: Caso) -> Seguimiento:
    solicitud = caso.solicitud
    resolver = caso.termino("resolver")
    return Seguimiento(
        codigo=solicitud.codigo,
        entidad=caso.entidad,
        formulario=caso.definicion.titulo,
        numero=solicitud.numero,
        estado=caso.estado.etiqueta,
        frase=caso.estado.ciudadano,
        final=caso.estado.final,
        presentado_en=solicitud.presentado_en,
        plazo=Computo.de_json(resolver.cuenta) if resolver else None,
        suspendido=solicitud.suspendida,
        hitos=recorrido(caso, "publico"),
        por_corregir=por_corregir(caso),
        puede_corregir=se_puede_corregir(caso),
        corregir_hasta=limite_para_corregir(caso),
        numero_propio=solicitud.numero_propio,
        corregir_cuenta=cuenta_para_corregir(caso),
        fecha_explicada=porques.de_la_presentacion(caso),
        suspension_explicada=porques.de_la_suspension(caso),
    )


def comprobar_identidad(entorno: Entorno, escrito: str, identidad: str) -> str:
    """El código, si la identidad es la de quien presentó; una sola respuesta si algo no coincide.

    Abrir el expediente también es enterarse de lo notificado (N07).
    """
    try:
        codigo, entidad_id = hallar(entorno, escrito)
    except NoExiste:
        raise NoExiste(FRASE_NO_COINCIDE) from None
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de(entidad_id)) as sesion:
        solicitud = _solicitud(sesion, codigo)
        escrita = normalizar_identidad(identidad).encode("utf-8", "surrogatepass")
        if not escrita or not hmac.compare_digest(escrita, solicitud.identidad.encode()):
            raise NoExiste(FRASE_NO_COINCIDE)
        caso = tomar_caso(sesion, entorno, solicitud.id, CIUDADANO, ahora)
        acuses.acusar_pendientes(caso)
        anotar(sesion, ahora, entidad_id, None, "expediente.abierto", solicitud.numero)
    return codigo


def ver_expediente(entorno: Entorno, codigo: str) -> ExpedienteAbierto:
    """Todo el expediente; quien llama ya comprobó la identidad."""
    codigo, entidad_id = hallar(entorno, codigo)
    with entorno.bd.lectura(Ambito.de(entidad_id)) as sesion:
        solicitud = _solicitud(sesion, codigo)
        caso = armar_caso(sesion, entorno, solicitud, CIUDADANO, entorno.reloj.ahora())
        acciones = [t for t in posibles(caso, PAPEL) if t.acto is None]
        hitos, respondido = recorrido(caso, "ciudadano"), respuestas.de_solicitud(caso)
        return ExpedienteAbierto(
            publico=_publico(caso),
            solicitud_id=solicitud.id,
            expediente=caso.expediente,
            asunto=solicitud.asunto,
            cargo=solicitud.cargo,
            definicion=caso.definicion,
            respuestas=dict(caso.respuestas),
            observaciones=next((h.observaciones for h in reversed(hitos) if h.observaciones), ()),
            hitos=hitos,
            correcciones=correcciones(caso),
            constancias=_constancias(sesion, solicitud.id),
            acciones=tuple(acciones),
            carpeta=indice.ver(caso),
            mensajes=conversacion.resumir(caso, conversacion.CIUDADANO),
            sin_acuse=bool(acuses.de_solicitud(caso)),
            sin_entregar=sin_entregar(caso),
            respondido=tuple(r for r in respondido if not r.sin_abrir),
            en_casilla=tuple(r for r in respondido if r.sin_abrir),
            consentimientos=consentimientos.de_solicitud(sesion, solicitud.id),
        )


def ver_cargo(entorno: Entorno, codigo: str) -> Mapping[str, Any]:
    """Los datos congelados del cargo; quien llama ya comprobó que puede verlos."""
    codigo, entidad_id = hallar(entorno, codigo)
    with entorno.bd.lectura(Ambito.de(entidad_id)) as sesion:
        return dict(_solicitud(sesion, codigo).cargo)


def ver_constancias(entorno: Entorno, codigo: str) -> Mapping[int, Mapping[str, Any]]:
    """Las constancias de corrección, por su orden; quien llama ya comprobó qué puede mostrar."""
    codigo, entidad_id = hallar(entorno, codigo)
    with entorno.bd.lectura(Ambito.de(entidad_id)) as sesion:
        return _constancias(sesion, _solicitud(sesion, codigo).id)


def ver_constancia(entorno: Entorno, codigo: str, orden: int) -> Mapping[str, Any]:
    """Una constancia de corrección; lanza `NoExiste`."""
    hallada = ver_constancias(entorno, codigo).get(orden)
    if hallada is None:
        raise NoExiste("No encontramos esa constancia.")
    return hallada


def _constancias(sesion: Session, solicitud_id: int) -> Mapping[int, Mapping[str, Any]]:
    guardadas = constancia.de_solicitud(sesion, solicitud_id)
    return {m.orden: m.datos["constancia"] for m in guardadas}


@contextmanager
def del_ciudadano(entorno: Entorno, codigo: str) -> Iterator[Caso]:
    """El caso del ciudadano, con su turno; quien llama ya comprobó la identidad."""
    codigo, entidad_id = hallar(entorno, codigo)
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de(entidad_id)) as sesion:
        solicitud = _solicitud(sesion, codigo)
        yield tomar_caso(sesion, entorno, solicitud.id, CIUDADANO, ahora)


def enterarse(entorno: Entorno, codigo: str) -> None:
    """La persona ve en su expediente lo que aún no había abierto: corre su plazo (N07)."""
    with del_ciudadano(entorno, codigo) as caso:
        acuses.acusar_pendientes(caso)


def actuar(
    entorno: Entorno,
    codigo: str,
    cual: str,
    crudo: Mapping[str, Any],
    prueba: Mapping[str, Any] = consentimientos.SIN_PRUEBA,
) -> None:
    """Da un paso del ciudadano, como desistir; lanza `Conflicto` o `Invalido`."""
    with del_ciudadano(entorno, codigo) as caso:
        transicion = _suya(exigir_al_dia(caso, cual, PAPEL))
        pedido = leer_pedido(caso, transicion, crudo)
        movimiento = aplicar(caso, transicion, pedido)
        consentimientos.anotar_del_paso(caso, transicion, movimiento, prueba)
        pedidos.dejar_constancia(caso, transicion, pedido, movimiento)


def revisar(
    entorno: Entorno, codigo: str, cual: str, crudo: Mapping[str, Any]
) -> tuple[tuple[str, str], ...]:
    """Lo escrito para dar un paso, leído y sin darlo; lanza lo mismo que `actuar`."""
    codigo, entidad_id = hallar(entorno, codigo)
    with entorno.bd.lectura(Ambito.de(entidad_id)) as sesion:
        solicitud = _solicitud(sesion, codigo)
        caso = armar_caso(sesion, entorno, solicitud, CIUDADANO, entorno.reloj.ahora())
        transicion = _suya(exigir_posible(caso, cual, PAPEL))
        return pedidos.en_palabras(transicion, leer_pedido(caso, transicion, crudo))


def _suya(transicion: Transicion) -> Transicion:
    if transicion.acto is not None:
        raise NoExiste
    return transicion

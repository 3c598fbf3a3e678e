"""Verbos del personal sobre una solicitud: darle un paso, observarla, derivarla, asignarla."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select

from facilita.definicion import Transicion
from facilita.definicion.campos import Campo, Error
from facilita.definicion.limpieza import varias_lineas
from facilita.plazos import fecha_lima
from facilita.tramite.ambito import Ambito
from facilita.tramite.archivos import Subida
from facilita.tramite.bitacora import anotar
from facilita.tramite.caso import Autor, Caso, tomar_caso
from facilita.tramite.encargos import papeles_en
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Invalido, NoExiste, YaCambio
from facilita.tramite.modelos import Area, Membresia, Observacion, Solicitud, Usuario
from facilita.tramite.permisos import Actor, alcance, alcance_con_roles, exigir, que_atienden
from facilita.tramite.sucesos import leer_envio, mover, ya_llego
from facilita.tramite.transiciones import (
    Pedido,
    aplicar,
    error_de,
    leer_pedido,
)
from facilita.tramite.vencimientos import exigir_al_dia

LARGO_DE_NOTA = 4000
PREFIJO_OBSERVACION = "observacion-"


@contextmanager
def tomar(
    entorno: Entorno, actor: Actor, solicitud_id: int, permiso: str, *, con_roles: bool = False
) -> Iterator[Caso]:
    """El caso de una solicitud al alcance del actor, con su turno; lanza `NoExiste`.

    Con roles, también las que alcanza solo por un rol propio del formulario.
    """
    exigir(actor, permiso)
    suyas = alcance_con_roles(actor) if con_roles else alcance(actor)
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        suya = select(Solicitud.id).where(Solicitud.id == solicitud_id, suyas)
        if sesion.scalar(suya) is None:
            raise NoExiste("No encontramos esa solicitud.")
        autor = Autor("usuario", actor.usuario_id)
        yield tomar_caso(sesion, entorno, solicitud_id, autor, ahora)


def transitar(
    entorno: Entorno,
    actor: Actor,
    solicitud_id: int,
    cual: str,
    crudo: Mapping[str, Any],
    subidas: Sequence[Subida] = (),
) -> None:
    """Da un paso del flujo con lo que necesita.

    Lanza `Conflicto` o `Vencido` si ya no se puede, `Invalido` si falta algo.
    """
    with tomar(entorno, actor, solicitud_id, "solicitud.atender", con_roles=True) as caso:
        transicion = exigir_al_dia(caso, cual, papeles_en(caso, actor))
        pedido = leer_pedido(caso, transicion, crudo, subidas)
        if transicion.acto == "observacion":
            _observar(caso, transicion, pedido, crudo)
        else:
            aplicar(caso, transicion, pedido)
        anotar(
            caso.sesion, caso.ahora, actor.entidad_id, actor.usuario_id,
            f"solicitud.{cual}", caso.solicitud.numero,
        )  # fmt: skip


def _observar(caso: Caso, transicion: Transicion, pedido: Pedido, crudo: Mapping[str, Any]) -> None:
    """Todo lo observado en un solo acto, cada cosa atada a su campo (N06)."""
    observadas = _observadas(caso, crudo)
    if not observadas:
        frase = "Escribe al menos una observación, junto al dato o archivo que la tiene."
        raise Invalido([error_de("observaciones", frase)])
    campos = caso.definicion.campos
    lista = [{"campo": c, "etiqueta": campos[c].etiqueta, "texto": t} for c, t in observadas]
    caso.nombres["observaciones"] = "\n".join(f"- {o['etiqueta']}: {o['texto']}" for o in lista)
    movimiento = aplicar(caso, transicion, pedido, {"observaciones": lista})
    for campo, texto in observadas:
        caso.sesion.add(
            Observacion(
                entidad_id=caso.entidad.id,
                solicitud_id=caso.solicitud.id,
                movimiento_id=movimiento.id,
                campo=campo,
                texto=texto,
            )
        )


def observables(caso: Caso) -> frozenset[str]:
    """Los campos que se pueden observar: los que existen para lo que se respondió.

    Un consentimiento voluntario no se observa: darlo o no lo decide la persona (N33).
    """
    presentado = fecha_lima(caso.solicitud.presentado_en)
    suyos = (
        caso.definicion.campos[c] for c in caso.definicion.visibles(caso.respuestas, presentado)
    )
    return frozenset(c.id for c in suyos if c.se_responde and not _lo_decide(c))


def _lo_decide(campo: Campo) -> bool:
    return campo.se_decide and not campo.obligatorio


def _observadas(caso: Caso, crudo: Mapping[str, Any]) -> list[tuple[str, str]]:
    campos, permitidos = caso.definicion.campos, observables(caso)
    escritas = {campo: texto for campo in campos if (texto := _observado(caso, campo, crudo))}
    if ajenas := [campos[c] for c in escritas if c not in permitidos]:
        raise Invalido([error_de("observaciones", _por_que_no(ajenas[0]))])
    largas = (_muy_largo(PREFIJO_OBSERVACION + c, texto) for c, texto in escritas.items())
    if errores := [e for e in largas if e]:
        raise Invalido(errores)
    return list(escritas.items())


def _por_que_no(campo: Campo) -> str:
    if _lo_decide(campo):
        return f"«{campo.etiqueta}» lo decide la persona: aceptarlo o no, no se observa."
    return f"«{campo.etiqueta}» no corresponde a lo que se presentó: no se puede observar."


def _observado(caso: Caso, campo: str, crudo: Mapping[str, Any]) -> str | None:
    """Lo escrito sobre un campo; si es de varios archivos, dice de cuáles."""
    nombre = PREFIJO_OBSERVACION + campo
    texto = varias_lineas(crudo.get(nombre))
    if not texto or not caso.definicion.campos[campo].es_archivo:
        return texto
    suyos = caso.respuestas.get(campo) or ()
    elegidos = [f"«{a['nombre']}»" for a in suyos if crudo.get(f"{nombre}-archivo-{a['id']}")]
    return f"{', '.join(elegidos)}: {texto}" if elegidos else texto


def derivar(
    entorno: Entorno, actor: Actor, solicitud_id: int, area_id: int, comentario: str | None
) -> None:
    """Envía la solicitud a otra área; queda sin persona asignada (N05)."""
    with tomar(entorno, actor, solicitud_id, "solicitud.derivar") as caso:
        _exigir_abierta(caso)
        area = caso.sesion.scalar(select(Area).where(Area.id == area_id, Area.activa))
        if area is None:
            raise Invalido([error_de("area", "Elige un área de la lista.")])
        if area.id == caso.solicitud.area_id:
            raise Invalido([error_de("area", "La solicitud ya está en esa área.")])
        nota = _nota("comentario", comentario)
        caso.solicitud.area_id = area.id
        caso.solicitud.asignada_id = None
        mover(caso, "derivado", {"area": area.nombre, "comentario": nota})


def asignar(entorno: Entorno, actor: Actor, solicitud_id: int, usuario_id: int) -> None:
    """Pone la solicitud a cargo de una persona de la entidad."""
    with tomar(entorno, actor, solicitud_id, "solicitud.asignar") as caso:
        _exigir_abierta(caso)
        usuario = caso.sesion.scalar(
            select(Usuario)
            .join(Membresia, Membresia.usuario_id == Usuario.id)
            .where(Usuario.id == usuario_id, que_atienden())
        )
        if usuario is None:
            raise Invalido([error_de("usuario", "Elige a una persona de la lista.")])
        caso.solicitud.asignada_id = usuario.id
        mover(caso, "asignado", {"usuario": usuario.nombres})


def anotar_nota(
    entorno: Entorno, actor: Actor, solicitud_id: int, texto: str | None, envio: str | None = None
) -> None:
    """Deja una nota que solo ve el personal; el mismo envío dos veces es una nota."""
    with tomar(entorno, actor, solicitud_id, "solicitud.anotar", con_roles=True) as caso:
        _exigir_abierta(caso)
        nota = _nota("nota", texto)
        if not nota:
            raise Invalido([error_de("nota", "Escribe la nota.")])
        marca = leer_envio(envio)
        if not ya_llego(caso, "nota", marca):
            mover(caso, "nota", {"texto": nota, "envio": marca})


def _exigir_abierta(caso: Caso) -> None:
    if caso.estado.final:
        raise YaCambio("El trámite ya terminó. Si hace falta, pide que lo reabran.")


def _nota(campo: str, escrito: str | None) -> str:
    """Lo escrito por el personal, entero; lanza `Invalido` si no cabe."""
    texto = varias_lineas(escrito) or ""
    if error := _muy_largo(campo, texto):
        raise Invalido([error])
    return texto


def _muy_largo(campo: str, texto: str) -> Error | None:
    if len(texto) <= LARGO_DE_NOTA:
        return None
    sobran = len(texto) - LARGO_DE_NOTA
    frase = f"Acorta este texto: caben {LARGO_DE_NOTA:,} caracteres y sobran {sobran:,}."
    return error_de(campo, frase)

"""El modo de prueba: llenar una obra como lo haría una persona, sin que nada sea de verdad.

Un ensayo no toma número, no abre expediente, no llega a la bandeja y no guarda ningún archivo: de
cada uno solo queda su ficha. Es de quien prueba y se borra al terminar.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from facilita.definicion import Definicion
from facilita.definicion.campos import Error
from facilita.definicion.campos.archivos import Archivos
from facilita.definicion.constructor import examinar_obra
from facilita.servicios.almacen import Recepcion
from facilita.servicios.revision import nombre_seguro, revisar
from facilita.tramite import obras
from facilita.tramite.ambito import Ambito
from facilita.tramite.entidades import EntidadPublica, publica
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto
from facilita.tramite.modelos import Ensayo, Entidad, Obra
from facilita.tramite.paso import Paso, contexto_de
from facilita.tramite.permisos import Actor, exigir

DURA = timedelta(days=7)
CON_PROBLEMAS = (
    "El formulario todavía tiene problemas por arreglar: cuando no quede ninguno se puede probar."
)


@dataclass(frozen=True)
class Ensayado:
    """Un ensayo leído: la obra, la entidad y el paso en que va."""

    slug: str
    entidad: EntidadPublica
    paso: Paso


def leer(entorno: Entorno, actor: Actor, slug: str) -> Ensayado:
    """El ensayo de quien prueba, tal como va; lanza `Conflicto` si la obra tiene problemas."""
    exigir(actor, "formulario.construir")
    with entorno.bd.lectura(Ambito.de(actor.entidad_id)) as sesion:
        obra = obras.hallar(sesion, slug)
        ensayo = sesion.scalar(_suyo(obra, actor))
        return _leido(sesion, entorno, actor, obra, ensayo.crudo if ensayo else {})


def vacio(
    entorno: Entorno, actor: Actor, slug: str, definicion: Definicion | None = None
) -> Ensayado:
    """Un ensayo sin nada escrito, para mirar cómo queda; puede ser de otra definición."""
    exigir(actor, "formulario.construir")
    with entorno.bd.lectura(Ambito.de(actor.entidad_id)) as sesion:
        obra = obras.hallar(sesion, slug)
        return _leido(sesion, entorno, actor, obra, {}, definicion)


def _suyo(obra: Obra, actor: Actor) -> Any:
    return select(Ensayo).where(Ensayo.obra_id == obra.id, Ensayo.usuario_id == actor.usuario_id)


def _leido(
    sesion: Session,
    entorno: Entorno,
    actor: Actor,
    obra: Obra,
    crudo: Mapping[str, Any],
    definicion: Definicion | None = None,
) -> Ensayado:
    if definicion is None:
        leida = obras.leida(sesion, entorno, obra)
        normas = entorno.catalogo.ids_de_normas
        definicion = examinar_obra(leida.plantilla, leida.documento, normas).definicion
    if definicion is None:
        raise Conflicto(CON_PROBLEMAS)
    entidad = publica(sesion, sesion.get_one(Entidad, actor.entidad_id))
    lectura = definicion.leer(crudo, contexto_de(sesion, entorno, entidad))
    vence = entorno.reloj.ahora() + DURA
    paso = Paso(definicion, crudo, lectura, presentado=False, vence_en=vence)
    return Ensayado(obra.slug, entidad, paso)


def guardar(
    entorno: Entorno,
    actor: Actor,
    slug: str,
    crudo: Mapping[str, Any],
    fichas: Mapping[str, Sequence[Mapping[str, Any]]],
) -> Ensayado:
    """Guarda lo escrito en una página de la prueba y las fichas de sus archivos."""
    exigir(actor, "formulario.construir")
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        obra = obras.hallar(sesion, slug)
        sesion.execute(delete(Ensayo).where(Ensayo.tocado_en < ahora - DURA))
        ensayo = sesion.scalar(_suyo(obra, actor)) or Ensayo(
            obra_id=obra.id, usuario_id=actor.usuario_id, crudo={}
        )
        ensayo.crudo = {**ensayo.crudo, **crudo, **{c: list(f) for c, f in fichas.items()}}
        ensayo.tocado_en = ahora
        sesion.add(ensayo)
        sesion.flush()
        return _leido(sesion, entorno, actor, obra, ensayo.crudo)


def terminar(entorno: Entorno, actor: Actor, slug: str) -> None:
    """Borra lo escrito en la prueba."""
    exigir(actor, "formulario.construir")
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        obra = obras.hallar(sesion, slug)
        suyos = Ensayo.obra_id == obra.id, Ensayo.usuario_id == actor.usuario_id
        sesion.execute(delete(Ensayo).where(*suyos))


def ficha_de(campo: Archivos, nombre: str, recepcion: Recepcion) -> dict[str, Any] | Error:
    """La ficha de un archivo de prueba: se revisa como los de verdad y sus bytes no se guardan."""
    recepcion.seek(0)
    revisada = revisar(recepcion, nombre)
    ficha = {
        "id": 0,
        "nombre": nombre_seguro(nombre),
        "tamano": recepcion.tamano,
        "tipo": revisada.tipo or "",
        "motivo": revisada.motivo,
        "sha256": recepcion.sha256,
        "paginas": revisada.paginas,
        "marcas": list(revisada.marcas),
    }
    reparo = campo.reparo(ficha)
    if reparo:
        clave, datos = reparo
        return Error(campo.id, clave, campo.frase(clave, **datos))
    return ficha

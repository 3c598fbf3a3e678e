"""Los dos horarios de una entidad: los cambia solo quien la coordina (N42)."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from facilita.definicion.campos import Error
from facilita.plazos import Horario
from facilita.tramite import formularios
from facilita.tramite.ambito import Ambito
from facilita.tramite.bitacora import anotar
from facilita.tramite.entidades import bloque_de, fallas_de_horario
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto, Invalido, NoExiste
from facilita.tramite.modelos import Entidad, Formulario, Version
from facilita.tramite.normalizar import guardable
from facilita.tramite.permisos import Actor, exigir

DIAS = ("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo")
BLOQUES = ("horario", "horario_otros")
"""El de mesa de partes y el de los demás formularios."""
_TRAMO = re.compile(r"\s*([0-9]{1,2}):?([0-9]{2})?\s*(?:a|-|–)\s*([0-9]{1,2}):?([0-9]{2})?\s*")

Escrito = Mapping[str, str]
"""Los tramos de cada día, como se escriben: «8:00 a 13:00, 14:00 a 17:00»."""
Tramos = dict[str, list[list[str]]]


def cambiar(
    entorno: Entorno,
    actor: Actor,
    mesa: Escrito,
    otros: Escrito | None,
    editables: Collection[str] | None = None,
) -> None:
    """Cambia los horarios de la entidad; sin `otros`, los demás formularios usan el de mesa.

    `editables` son los bloques que se sugieren: cada formulario puede tener otro. Los demás son
    obligatorios y fijos. Si no se dice, quedan como estaban.
    Lanza `NoPermitido`, o `Invalido` con el día que está mal o el que no llega a 8 horas.
    """
    exigir(actor, "horario.cambiar")
    errores: list[Error] = []
    nuevos = {
        bloque: _leer(bloque, escrito, errores)
        for bloque, escrito in zip(BLOQUES, (mesa, otros), strict=True)
    }
    if errores:
        raise Invalido(errores)
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        entidad = sesion.get_one(Entidad, actor.entidad_id, with_for_update=True)
        entidad.horario = nuevos["horario"] or {}
        entidad.horario_otros = nuevos["horario_otros"]
        if editables is not None:
            entidad.horarios_editables = [b for b in BLOQUES if b in editables] or None
        entidad.revision += 1
        anotar(sesion, ahora, entidad.id, actor.usuario_id, "horario.cambiado", entidad.slug)
    entorno.punteros.olvidar()


def cambiar_de_formulario(
    entorno: Entorno, actor: Actor, slug: str, escrito: Escrito | None
) -> None:
    """Da a un formulario su propio horario, o el de su bloque si no se escribe ninguno.

    Lanza `Conflicto` si el horario de su bloque es obligatorio y fijo (N42).
    """
    exigir(actor, "formulario.construir")
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        entidad = sesion.get_one(Entidad, actor.entidad_id, with_for_update=True)
        formulario = sesion.scalar(select(Formulario).where(Formulario.slug == guardable(slug)))
        version = sesion.get(Version, formulario.vigente_id) if formulario else None
        if formulario is None or version is None:
            raise NoExiste("El horario se cambia cuando el formulario ya está publicado.")
        bloque = bloque_de(entorno.definiciones.de(version))
        if bloque not in (entidad.horarios_editables or ()):
            raise Conflicto(
                "El horario de la entidad es obligatorio y fijo: lo cambia quien la coordina."
            )
        errores: list[Error] = []
        propio = _leer(bloque, escrito, errores)
        if errores:
            raise Invalido(errores)
        formulario.horario = propio or None
        entidad.revision += 1
        anotar(sesion, ahora, entidad.id, actor.usuario_id, "horario.cambiado", formulario.slug)
    entorno.punteros.olvidar()


@dataclass(frozen=True)
class DeFormulario:
    """El horario de un formulario: el que rige, el que sugiere la entidad y si se puede cambiar."""

    bloque: str
    editable: bool
    es_propio: bool
    rige: Horario
    sugerido: Horario


def de_formulario(entorno: Entorno, actor: Actor, slug: str) -> DeFormulario:
    """El horario de un formulario publicado; lanza `NoExiste`."""
    exigir(actor, "formulario.construir")
    vigente = formularios.vigente(entorno, actor.entidad_slug, slug)
    entidad, bloque = vigente.entidad, bloque_de(vigente.definicion)
    editable = bloque in entidad.horarios_editables
    otros = entidad.horario_otros if bloque == "horario_otros" else None
    return DeFormulario(
        bloque,
        editable,
        editable and vigente.slug in entidad.horarios_propios,
        entidad.horario_de(vigente.definicion),
        otros or entidad.horario,
    )


def escribir(horario: Horario) -> dict[str, str]:
    """Los tramos de cada día, como se escriben en la pantalla."""
    tramos = horario.a_dict()
    return {
        dia: ", ".join(f"{desde} a {hasta}" for desde, hasta in tramos.get(str(n), ()))
        for n, dia in enumerate(DIAS)
    }


def _leer(bloque: str, escrito: Escrito | None, errores: list[Error]) -> Tramos | None:
    if escrito is None:
        return None
    dato: Tramos = {}
    for n, dia in enumerate(DIAS):
        tramos = [_tramo(parte) for parte in escrito.get(dia, "").split(",") if parte.strip()]
        if None in tramos:
            frase = "Escribe cada tramo como 8:00 a 16:30; si hay varios, sepáralos con comas."
            errores.append(Error(f"{bloque}-{dia}", "tramo", frase))
        elif tramos:
            dato[str(n)] = [t for t in tramos if t]
    if not errores:
        errores += [_error(bloque, falla) for falla in fallas_de_horario(dato, bloque)]
    return dato


def _tramo(texto: str) -> list[str] | None:
    forma = _TRAMO.fullmatch(texto.replace(".", ":").lower())
    if forma is None:
        return None
    horas = [f"{int(forma[n]):02d}:{forma[n + 1] or '00'}" for n in (1, 3)]
    return horas if all(h <= "24:00" and h[3:] <= "59" for h in horas) else None


def _error(bloque: str, falla: str) -> Error:
    """Una falla empieza con su día: «Lunes: atiende menos de 8 horas…»."""
    dia = falla.partition(":")[0].lower().replace("é", "e").replace("á", "a")
    return Error(f"{bloque}-{dia if dia in DIAS else DIAS[0]}", "horario", falla)

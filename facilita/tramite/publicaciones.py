"""Publicar una obra: la lista de comprobación, con su lugar y su norma, y el verbo."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from facilita.definicion import Definicion
from facilita.definicion.campos import Error
from facilita.definicion.canonico import canonizar
from facilita.definicion.constructor import examinar_obra, operar
from facilita.definicion.diferencias import comparar
from facilita.definicion.limpieza import una_linea
from facilita.definicion.problemas import Problema, a_la_vista, problemas_de
from facilita.tramite import ensayos, obras, privacidad, versiones
from facilita.tramite.ambito import Ambito
from facilita.tramite.ensayos import Ensayado
from facilita.tramite.entidades import EntidadPublica, fallas_de_horario, publica
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto, Invalido
from facilita.tramite.formularios import SLUGS_RESERVADOS
from facilita.tramite.modelos import (
    Entidad,
    Formulario,
    Obra,
    Version,
)
from facilita.tramite.permisos import Actor, exigir
from facilita.tramite.versiones import Motivo, Publicado

SIN_MOTIVO = Error("motivo", "vacio", "Escribe por qué, en una frase: queda en la historia.")
SIN_CAMBIOS = "Lo publicado ya dice exactamente esto: no hay nada que publicar."


@dataclass(frozen=True)
class Punto:
    """Algo de la lista de comprobación: si está, si falta o si conviene mirarlo."""

    estado: str
    """«bien», «falta» (impide publicar) o «aviso»."""
    texto: str
    pantalla: str | None = None
    """Dónde se arregla: una pantalla del asistente, o nada si es del formulario."""
    problema: Problema | None = None
    normas: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comprobacion:
    """La lista entera y lo que se puede mostrar del formulario."""

    obra: obras.EnObra
    definicion: Definicion | None
    puntos: tuple[Punto, ...]
    cambios: tuple[str, ...]
    """Qué cambia de lo publicado hoy, en palabras."""
    es_igual: bool
    """Si lo publicado hoy ya es exactamente esto."""

    @property
    def se_puede(self) -> bool:
        """Si nada impide publicar."""
        return not any(p.estado == "falta" for p in self.puntos)

    @property
    def faltan(self) -> tuple[Punto, ...]:
        """Lo que impide publicar."""
        return tuple(p for p in self.puntos if p.estado == "falta")


def comprobar(entorno: Entorno, actor: Actor, slug: str) -> Comprobacion:
    """Todo lo que hace falta para publicar una obra, y qué cambia."""
    exigir(actor, "formulario.construir")
    with entorno.bd.lectura(Ambito.de(actor.entidad_id)) as sesion:
        return _comprobacion(sesion, entorno, actor.entidad_id, obras.hallar(sesion, slug))


def _comprobacion(sesion: Session, entorno: Entorno, entidad_id: int, obra: Obra) -> Comprobacion:
    leida = obras.leida(sesion, entorno, obra)
    examen = examinar_obra(leida.plantilla, leida.documento, entorno.catalogo.ids_de_normas)
    entidad = publica(sesion, sesion.get_one(Entidad, entidad_id))
    problemas = problemas_de(leida.dato, (*examen.fallas, *examen.avisos))
    vigente = _canonico_vigente(sesion, leida.slug)
    puntos = (
        *_del_formulario(problemas),
        *_de_la_entidad(entidad, leida, examen.definicion),
    )
    cambios = diferencias(json.loads(vigente), leida.dato) if vigente else ()
    return Comprobacion(
        leida,
        examen.definicion,
        puntos,
        cambios,
        vigente is not None and vigente == canonizar(leida.dato),
    )


def _canonico_vigente(sesion: Session, slug: str) -> str | None:
    return sesion.scalar(
        select(Version.canonico)
        .join(Formulario, Formulario.vigente_id == Version.id)
        .where(Formulario.slug == slug)
    )


def diferencias(antes: Mapping[str, Any], ahora: Mapping[str, Any]) -> tuple[str, ...]:
    """En qué se distinguen dos formularios, en palabras."""
    dichas = (a_la_vista(str(d), antes, ahora) for d in comparar(antes, ahora))
    return tuple(d[:1].upper() + d[1:] for d in dichas)


def _del_formulario(problemas: Sequence[Problema]) -> Iterable[Punto]:
    for problema in problemas:
        estado = "aviso" if problema.es_aviso else "falta"
        yield Punto(estado, problema.texto, problema=problema, normas=problema.normas)
    if all(p.es_aviso for p in problemas):
        yield Punto("bien", "El formulario y su flujo están completos.")


def _de_la_entidad(
    entidad: EntidadPublica, obra: obras.EnObra, definicion: Definicion | None
) -> Iterable[Punto]:
    if obra.slug in SLUGS_RESERVADOS:
        yield Punto("falta", f"«{obra.slug}» es una dirección del sistema: empieza con otra.")
    yield Punto("bien", f"Te escriben a {entidad.correo}.", "entidad")
    if not entidad.telefono:
        yield Punto("aviso", "Falta el teléfono de la entidad.", "entidad")
    if entidad.sedes:
        yield Punto("bien", f"Reciben {_cuantas_sedes(entidad)}.", "sedes")
    else:
        yield Punto("falta", "Ninguna sede recibe documentos: marca al menos una.", "sedes")
    yield from _del_horario(entidad)
    faltan = privacidad.faltan(entidad, definicion) if definicion else ()
    if faltan:
        texto = "El aviso de privacidad todavía no dice: " + ", ".join(x.lower() for x in faltan)
        yield Punto("aviso", texto + ".", "privacidad", normas=("ds-016-2024-jus-6",))
    elif definicion:
        yield Punto("bien", "El aviso de privacidad está completo.", "privacidad")


def _cuantas_sedes(entidad: EntidadPublica) -> str:
    cuantas = len(entidad.sedes)
    return f"en la sede «{entidad.sedes[0].nombre}»" if cuantas == 1 else f"en {cuantas} sedes"


def _del_horario(entidad: EntidadPublica) -> Iterable[Punto]:
    fallas = fallas_de_horario(entidad.horario.a_dict(), "horario")
    for falla in fallas:
        yield Punto("falta", f"Horario de mesa de partes. {falla}", "horario", normas=("lpag-138",))
    if not fallas:
        yield Punto("bien", f"Horario: {entidad.horario.texto()}", "horario")


def mirar(entorno: Entorno, actor: Actor, slug: str, accion: Mapping[str, Any]) -> Ensayado:
    """Cómo quedaría la obra después de una acción, sin guardarla; sin acción, como está.

    Lanza `Conflicto` si así no se puede mostrar.
    """
    obra = obras.leer(entorno, actor, slug)
    hecho = operar(obra.plantilla, obra.documento, accion) if accion else None
    documento = hecho.documento if hecho else obra.documento
    normas = entorno.catalogo.ids_de_normas
    definicion = examinar_obra(obra.plantilla, documento, normas).definicion
    return ensayos.vacio(entorno, actor, slug, definicion)


# --- publicar -------------------------------------------------------------------------------------


def publicar(entorno: Entorno, actor: Actor, slug: str, revision: int, motivo: str) -> Publicado:
    """Publica la obra; lanza `Invalido` con lo que falta, u `ObraCambiada` si otro la cambió."""
    exigir(actor, "formulario.publicar")
    causa = causa_de(entorno, actor, motivo)
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        obra = obras.tomar(sesion, slug, revision)
        hecha = _comprobacion(sesion, entorno, actor.entidad_id, obra)
        if not hecha.se_puede or hecha.definicion is None:
            faltan = [Error("comprobacion", "falta", p.texto) for p in hecha.faltan]
            raise Invalido(faltan, "Todavía no se puede publicar.")
        if hecha.es_igual:
            raise Conflicto(SIN_CAMBIOS)
        fuente = hecha.obra.yaml
        resultado = versiones.poner(sesion, actor.entidad_id, hecha.definicion, fuente, causa)
        obra.base = resultado.digest
    entorno.punteros.olvidar()
    return resultado


def causa_de(entorno: Entorno, actor: Actor, motivo: str) -> Motivo:
    """Quién, cuándo y por qué; lanza `Invalido` si no se dice por qué."""
    texto = una_linea(motivo)
    if not texto:
        raise Invalido([SIN_MOTIVO])
    return Motivo(entorno.reloj.ahora(), texto, actor.usuario_id)

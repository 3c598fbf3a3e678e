"""Un formulario en obra: empezarlo, leerlo y descartarlo.

La obra guarda los cambios enteros después de cada paso. Quien escribe dice sobre qué revisión lo
hace: si otra persona la cambió, se entera de qué y no se pierde nada de nadie.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, undefer

from facilita.definicion import adaptar, es_adaptacion, leer_yaml
from facilita.definicion.canonico import canonizar, digerir
from facilita.definicion.deduccion import documento_vacio
from facilita.definicion.redaccion import redactar
from facilita.tramite.ambito import Ambito
from facilita.tramite.bitacora import anotar
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto, NoExiste, ObraCambiada
from facilita.tramite.modelos import Ensayo, Entidad, Formulario, Obra, PasoDeObra, Usuario, Version
from facilita.tramite.normalizar import guardable
from facilita.tramite.permisos import Actor, exigir

PASOS_QUE_SE_GUARDAN = 300
LARGO_DE_HECHO = 500
SIN_PLANTILLA = (
    "Este formulario se publicó entero, sin una plantilla: se cambia en su archivo y se publica "
    "con «facilita publicar»."
)

Documento = dict[str, Any]


@dataclass(frozen=True)
class Hecho:
    """Un paso ya dado, para mostrarlo."""

    numero: int
    hecho: str
    quien: str
    cuando: datetime


@dataclass(frozen=True)
class EnObra:
    """Una obra leída: su plantilla, sus cambios y el formulario que dan."""

    id: int
    slug: str
    titulo: str
    revision: int
    plantilla: Mapping[str, Any]
    documento: Documento
    dato: Mapping[str, Any]
    pasos: tuple[Hecho, ...]
    """Los que se pueden deshacer, del último al primero."""
    por_rehacer: str | None
    cambiada_en: datetime
    vigente: str | None
    """El digest de lo publicado hoy."""
    publicada_por_fuera: bool
    """Si otra versión se publicó después de empezar esta obra y sin ella."""

    @property
    def es_lo_publicado(self) -> bool:
        """Si dice exactamente lo que hoy está publicado."""
        return digerir(canonizar(self.dato)) == self.vigente

    @property
    def yaml(self) -> str:
        """Los cambios como archivo, para mirarlos, descargarlos y volver a subirlos."""
        return redactar(self.documento)


# --- leer -----------------------------------------------------------------------------------------


def leer(entorno: Entorno, actor: Actor, slug: str) -> EnObra:
    """La obra de una dirección; lanza `NoExiste`."""
    exigir(actor, "formulario.construir")
    with entorno.bd.lectura(Ambito.de(actor.entidad_id)) as sesion:
        return leida(sesion, entorno, hallar(sesion, slug))


def hallar(sesion: Session, slug: str) -> Obra:
    """La obra de una dirección, tomada por quien escribe; lanza `NoExiste`."""
    obra = sesion.scalar(select(Obra).where(Obra.slug == guardable(slug)).with_for_update())
    if obra is None:
        raise NoExiste("No hay cambios sin publicar en ese formulario.")
    return obra


def leida(sesion: Session, entorno: Entorno, obra: Obra) -> EnObra:
    """La obra con su formulario armado y su historia."""
    documento: Documento = json.loads(documento_de(sesion, obra))
    plantilla = plantilla_de(entorno, obra.plantilla)
    vigente = _vigente(sesion, obra.slug)
    digest = vigente.digest if vigente else None
    return EnObra(
        id=obra.id,
        slug=obra.slug,
        titulo=obra.titulo,
        revision=obra.revision,
        plantilla=plantilla,
        documento=documento,
        dato=adaptar(plantilla, documento)[0],
        pasos=_pasos(sesion, obra),
        por_rehacer=sesion.scalar(
            select(PasoDeObra.hecho).where(
                PasoDeObra.obra_id == obra.id, PasoDeObra.numero == obra.paso + 1
            )
        ),
        cambiada_en=obra.cambiada_en,
        vigente=digest,
        publicada_por_fuera=digest is not None and digest != obra.base,
    )


def documento_de(sesion: Session, obra: Obra) -> str:
    """Los cambios de hoy, byte por byte como se guardaron."""
    suyo = select(PasoDeObra.documento).where(
        PasoDeObra.obra_id == obra.id, PasoDeObra.numero == obra.paso
    )
    return sesion.scalars(suyo).one()


def plantilla_de(entorno: Entorno, referencia: str) -> Mapping[str, Any]:
    """La plantilla que nombra «id@versión»; lanza `NoExiste`."""
    plantilla = entorno.catalogo.plantillas.get(referencia)
    if plantilla is None:
        raise NoExiste(f"La plataforma ya no tiene la plantilla «{referencia}».")
    return plantilla


def _pasos(sesion: Session, obra: Obra) -> tuple[Hecho, ...]:
    filas = sesion.execute(
        select(PasoDeObra.numero, PasoDeObra.hecho, Usuario.nombres, PasoDeObra.cuando)
        .outerjoin(Usuario, Usuario.id == PasoDeObra.usuario_id)
        .where(PasoDeObra.obra_id == obra.id, PasoDeObra.numero <= obra.paso)
        .order_by(PasoDeObra.numero.desc())
    ).all()
    # El más antiguo es de donde se partió: no hay nada que deshacerle.
    return tuple(Hecho(n, hecho, quien or "La plataforma", c) for n, hecho, quien, c in filas[:-1])


def _vigente(sesion: Session, slug: str) -> Version | None:
    return sesion.scalar(
        select(Version)
        .join(Formulario, Formulario.vigente_id == Version.id)
        .where(Formulario.slug == slug)
        .options(undefer(Version.fuente))
    )


# --- empezar --------------------------------------------------------------------------------------


def empezar(entorno: Entorno, actor: Actor, cual: str, slug: str | None = None) -> str:
    """Empieza un formulario con la última versión de una plantilla; da su dirección.

    Si ya está en obra, es esa misma: pulsar dos veces no hace dos.
    """
    exigir(actor, "formulario.construir")
    ultima = entorno.catalogo.ultima(guardable(cual))
    if ultima is None:
        raise NoExiste("La plataforma no tiene esa plantilla.")
    _, plantilla = ultima
    direccion = slug or cual
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        entidad = sesion.get_one(Entidad, actor.entidad_id, with_for_update=True)
        if plantilla.get("plataforma") and not entidad.es_plataforma:
            raise NoExiste("La plataforma no tiene esa plantilla.")
        if sesion.scalar(select(Obra.id).where(Obra.slug == direccion)) is None:
            if sesion.scalar(select(Formulario.id).where(Formulario.slug == direccion)):
                raise Conflicto("Ya hay un formulario en esa dirección: edítalo.")
            vacio = documento_vacio(plantilla, direccion)
            _abrir(sesion, entorno, actor, vacio, plantilla, None)
            accion = "formulario.empezado"
            anotar(sesion, entorno.reloj.ahora(), entidad.id, actor.usuario_id, accion, direccion)
    return direccion


def editar(entorno: Entorno, actor: Actor, slug: str) -> str:
    """Abre una obra desde lo publicado, o la que ya está abierta; da su dirección."""
    exigir(actor, "formulario.construir")
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        formulario = sesion.scalar(
            select(Formulario).where(Formulario.slug == guardable(slug)).with_for_update()
        )
        if formulario is None:
            raise NoExiste("La entidad no tiene ese formulario.")
        if sesion.scalar(select(Obra.id).where(Obra.slug == formulario.slug)) is None:
            version = _vigente(sesion, formulario.slug) or _ultima(sesion, formulario)
            documento, plantilla = fuente_de(entorno, version)
            base = version.digest if formulario.vigente_id == version.id else None
            _abrir(sesion, entorno, actor, documento, plantilla, base)
        return formulario.slug


def _ultima(sesion: Session, formulario: Formulario) -> Version:
    suyas = select(Version).where(Version.formulario_id == formulario.id)
    version = sesion.scalars(suyas.order_by(Version.numero.desc()).limit(1)).first()
    if version is None:
        raise NoExiste("El formulario no tiene ninguna versión.")
    return version


def fuente_de(entorno: Entorno, version: Version) -> tuple[Documento, Mapping[str, Any]]:
    """Los cambios de una versión y su plantilla; lanza `Conflicto` si no salió de una."""
    leido = leer_yaml(version.fuente)
    if not es_adaptacion(leido):
        raise Conflicto(SIN_PLANTILLA)
    documento = {**leido, "cambios": leido["cambios"] or {}}
    return documento, plantilla_de(entorno, str(leido["plantilla"]))


def _abrir(
    sesion: Session,
    entorno: Entorno,
    actor: Actor,
    documento: Documento,
    plantilla: Mapping[str, Any],
    base: str | None,
) -> None:
    ahora = entorno.reloj.ahora()
    obra = Obra(
        slug=documento["formulario"],
        plantilla=documento["plantilla"],
        titulo=titulo_de(plantilla, documento),
        paso=0,
        revision=0,
        base=base,
        creada_en=ahora,
        cambiada_en=ahora,
        cambiada_por_id=actor.usuario_id,
    )
    sesion.add(obra)
    sesion.flush()
    sesion.add(_paso(obra, documento, "De aquí se partió", actor, ahora))


def titulo_de(plantilla: Mapping[str, Any], documento: Documento) -> str:
    """El título que ve quien llena el formulario."""
    return str(documento["cambios"].get("titulo") or plantilla["titulo"])[:200]


def _paso(
    obra: Obra, documento: Documento, hecho: str, actor: Actor, ahora: datetime
) -> PasoDeObra:
    return PasoDeObra(
        obra_id=obra.id,
        numero=obra.paso,
        documento=json.dumps(documento, ensure_ascii=False, separators=(",", ":")),
        hecho=hecho[:LARGO_DE_HECHO],
        usuario_id=actor.usuario_id,
        cuando=ahora,
    )


# --- escribir ------------------------------------------------------------------------------------


def tomar(sesion: Session, slug: str, revision: int) -> Obra:
    """La obra, si sigue en esa revisión; si no, lanza `ObraCambiada` con quién y qué."""
    obra = hallar(sesion, slug)
    if obra.revision != revision:
        usuario = sesion.get(Usuario, obra.cambiada_por_id) if obra.cambiada_por_id else None
        hecho = sesion.scalar(
            select(PasoDeObra.hecho).where(
                PasoDeObra.obra_id == obra.id, PasoDeObra.numero == obra.paso
            )
        )
        raise ObraCambiada(usuario.nombres if usuario else "Otra persona", hecho or "otro cambio")
    return obra


def dejar_paso(
    sesion: Session, entorno: Entorno, actor: Actor, obra: Obra, documento: Documento, hecho: str
) -> None:
    """Anota los cambios después de un paso; lo deshecho que no se rehízo se olvida."""
    ahora = entorno.reloj.ahora()
    suyos = PasoDeObra.obra_id == obra.id
    sesion.execute(delete(PasoDeObra).where(suyos, PasoDeObra.numero > obra.paso))
    obra.paso += 1
    sesion.execute(
        delete(PasoDeObra).where(suyos, PasoDeObra.numero <= obra.paso - PASOS_QUE_SE_GUARDAN)
    )
    sesion.add(_paso(obra, documento, hecho, actor, ahora))
    tocar(obra, actor, ahora)


def tocar(obra: Obra, actor: Actor, ahora: datetime) -> None:
    """Quién la cambió y cuándo; la revisión sube."""
    obra.revision += 1
    obra.cambiada_en, obra.cambiada_por_id = ahora, actor.usuario_id


def descartar(entorno: Entorno, actor: Actor, slug: str, revision: int) -> None:
    """Deja los cambios sin publicar; lo publicado sigue igual."""
    exigir(actor, "formulario.construir")
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        obra = tomar(sesion, slug, revision)
        sesion.execute(delete(PasoDeObra).where(PasoDeObra.obra_id == obra.id))
        sesion.execute(delete(Ensayo).where(Ensayo.obra_id == obra.id))
        sesion.delete(obra)
        ahora, quien = entorno.reloj.ahora(), actor.usuario_id
        anotar(sesion, ahora, actor.entidad_id, quien, "formulario.descartado", slug)

"""Pasar un borrador a la versión vigente de su formulario: ver qué pasaría, y hacerlo.

Nunca ocurre solo: la persona ve antes qué se queda, qué se pierde y qué se le va a preguntar.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from facilita.definicion import Definicion
from facilita.definicion.mudanza import Mudanza, mudar
from facilita.tramite.ambito import Ambito
from facilita.tramite.archivos import por_campo
from facilita.tramite.entidades import EntidadPublica
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import YaCambio
from facilita.tramite.gracia import limite_de_version
from facilita.tramite.leido import Leido, hallar, paso_en, releer
from facilita.tramite.modelos import Adjunto, Borrador, Formulario, Version
from facilita.tramite.paso import Paso, contexto_de
from facilita.tramite.terminos import vencio


@dataclass(frozen=True)
class Previa:
    """Qué pasaría con un borrador si pasara a la versión vigente."""

    vieja: Definicion
    nueva: Definicion
    mudanza: Mudanza
    revision: int
    """La del borrador que se miró: si cambia, hay que mirar otra vez."""
    limite: datetime | None
    """Hasta cuándo se puede presentar con la anterior."""
    vencida: bool


def ver_mudanza(entorno: Entorno, entidad: EntidadPublica, ficha: str) -> Previa | None:
    """Qué pasaría con el borrador de una ficha; nada, si no hay adónde pasarlo.

    Lanza `NoExiste` o `Vencido`.
    """
    leido = hallar(entorno, entidad, ficha)
    with entorno.bd.lectura(Ambito.de(entidad.id)) as sesion:
        version = _vigente(sesion, leido.borrador)
        return _previa(sesion, entorno, entidad, leido, version) if version else None


def mover_borrador(
    entorno: Entorno, entidad: EntidadPublica, ficha: str, hacia: str, revision: int
) -> Paso:
    """Pasa el borrador a la versión vigente, que debe ser la del digest `hacia`.

    Lanza `Conflicto` si desde que se miró cambió lo escrito o la versión vigente: lo que se
    pierde se ve siempre antes. Lanza también `NoExiste` o `Vencido`.
    """
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de(entidad.id)) as sesion:
        leido = releer(sesion, entorno, ficha, ahora)
        version = _vigente(sesion, leido.borrador)
        if version is None and leido.version.digest == hacia:
            # La segunda vez ya está: es lo que se pedía.
            return paso_en(sesion, entorno, entidad, leido)
        if version is None or version.digest != hacia or leido.revision != revision:
            raise YaCambio
        mudanza = _previa(sesion, entorno, entidad, leido, version).mudanza
        _mover(sesion, leido.borrador, version, mudanza)
        leido.borrador.tocado_en = ahora
        leido.borrador.vence_en = ahora + timedelta(days=entorno.dias_de_borrador)
        sesion.flush()
        sesion.expire(leido.borrador)
        return paso_en(sesion, entorno, entidad, releer(sesion, entorno, ficha, ahora))


def _vigente(sesion: Session, borrador: Borrador) -> Version | None:
    """La versión a la que puede pasar: una corrección y lo presentado se quedan en la suya."""
    if borrador.presentado or borrador.subsana_id is not None:
        return None
    formulario = sesion.get_one(Formulario, borrador.version.formulario_id)
    if formulario.vigente_id in (None, borrador.version_id):
        return None
    return sesion.get_one(Version, formulario.vigente_id)


def _previa(
    sesion: Session,
    entorno: Entorno,
    entidad: EntidadPublica,
    leido: Leido,
    version: Version,
) -> Previa:
    vieja, nueva = leido.definicion, entorno.definiciones.de(version)
    contexto = contexto_de(sesion, entorno, entidad)
    crudo = {**leido.crudo, **por_campo(leido.adjuntos)}
    limite = limite_de_version(sesion, entorno, leido.version)
    return Previa(
        vieja=vieja,
        nueva=nueva,
        mudanza=mudar(vieja, nueva, crudo, contexto),
        revision=leido.revision,
        limite=limite,
        vencida=limite is not None and vencio(limite, entorno.reloj.ahora()),
    )


def _mover(sesion: Session, borrador: Borrador, version: Version, mudanza: Mudanza) -> None:
    borrador.version_id = version.id
    borrador.revision += 1
    borrador.crudo = {c: v for c, v in borrador.crudo.items() if c in mudanza.crudo}
    por_elegir = borrador.por_elegir or {}
    borrador.por_elegir = {c: v for c, v in por_elegir.items() if c in mudanza.crudo} or None
    suyos = select(Adjunto.campo).where(Adjunto.borrador_id == borrador.id)
    sobran = {campo for campo in sesion.scalars(suyos) if campo not in mudanza.crudo}
    if sobran:
        sesion.execute(
            delete(Adjunto).where(Adjunto.borrador_id == borrador.id, Adjunto.campo.in_(sobran))
        )

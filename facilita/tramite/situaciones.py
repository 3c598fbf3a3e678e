"""En qué situación está cada entidad: registrada, con acceso o suspendida. Todo es un suceso."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from facilita.definicion.campos import Error
from facilita.definicion.limpieza import una_linea
from facilita.plazos import a_lima, fecha_larga
from facilita.tramite.ambito import Ambito
from facilita.tramite.avisos_de_plataforma import avisar_a_quien_coordina
from facilita.tramite.bitacora import anotar
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto, Invalido, NoExiste
from facilita.tramite.modelos import (
    Entidad,
    SistemaPropio,
    SucesoDeEntidad,
)
from facilita.tramite.normalizar import guardable
from facilita.tramite.permisos import Actor, exigir

REGISTRADA, DATOS, ACCESO = "registrada", "datos", "acceso"
SUSPENDIDA, REACTIVADA = "suspendida", "reactivada"
COPIADOS = ("slug", "nombre", "nombre_corto", "ruc", "tipo", "ubigeo")
"""Lo que cada suceso copia de la entidad."""
LARGO_DEL_MOTIVO = 500


@dataclass(frozen=True)
class Suspension:
    """Desde cuándo está suspendida una entidad y por qué."""

    desde: datetime
    motivo: str


def registrar(
    sesion: Session,
    entidad: Entidad,
    clase: str,
    cuando: datetime,
    usuario_id: int | None = None,
    motivo: str | None = None,
) -> SucesoDeEntidad:
    """Agrega un suceso con la entidad como quedó; la sesión debe tener su ámbito."""
    hecho = suceso(entidad, clase, cuando, usuario_id, motivo)
    sesion.add(hecho)
    sesion.flush()
    return hecho


def suceso(
    entidad: Entidad,
    clase: str,
    cuando: datetime,
    usuario_id: int | None = None,
    motivo: str | None = None,
) -> SucesoDeEntidad:
    """Un suceso con la entidad como quedó, sin guardarlo todavía."""
    return SucesoDeEntidad(
        entidad_id=entidad.id,
        clase=clase,
        cuando=cuando,
        usuario_id=usuario_id,
        motivo=motivo,
        datos=_copia(entidad),
    )


def registrar_datos(
    sesion: Session, entidad: Entidad, cuando: datetime, usuario_id: int | None = None
) -> None:
    """Anota cómo quedaron sus datos si no son los del último suceso; el primero la registra."""
    ultimo = _ultimo(sesion, entidad.id)
    if ultimo is None:
        registrar(sesion, entidad, REGISTRADA, cuando, usuario_id)
    elif ultimo.datos != _copia(entidad):
        registrar(sesion, entidad, DATOS, cuando, usuario_id)


def dar_acceso(
    sesion: Session,
    entidad: Entidad,
    cuando: datetime,
    usuario_id: int | None = None,
    motivo: str | None = None,
) -> None:
    """Anota, una sola vez, que la entidad puede usar la plataforma."""
    if not tiene_acceso(sesion, entidad.id):
        registrar(sesion, entidad, ACCESO, cuando, usuario_id, motivo)


def tiene_acceso(sesion: Session, entidad_id: int) -> bool:
    """Si alguna vez se le dio acceso."""
    suyo = select(SucesoDeEntidad.id).where(
        SucesoDeEntidad.entidad_id == entidad_id, SucesoDeEntidad.clase == ACCESO
    )
    return sesion.scalar(suyo.limit(1)) is not None


def suspension_de(sesion: Session, entidad: Entidad) -> Suspension | None:
    """La suspensión en curso de una entidad, o `None`; la sesión debe tener su ámbito."""
    if entidad.activa:
        return None
    suceso = _ultimo(sesion, entidad.id, SUSPENDIDA)
    if suceso is None:
        return Suspension(entidad.creada_en, "")
    return Suspension(suceso.cuando, suceso.motivo or "")


def sistema_de(entorno: Entorno, entidad_id: int) -> SistemaPropio | None:
    """El sistema propio que la entidad usa hoy, o `None`."""
    with entorno.bd.lectura(Ambito.de(entidad_id)) as sesion:
        ultimo = sesion.scalar(select(SistemaPropio).order_by(SistemaPropio.id.desc()).limit(1))
    return ultimo if ultimo and ultimo.direccion else None


def _copia(entidad: Entidad) -> dict[str, Any]:
    return {clave: getattr(entidad, clave) for clave in COPIADOS}


def _ultimo(sesion: Session, entidad_id: int, clase: str | None = None) -> SucesoDeEntidad | None:
    suyos = select(SucesoDeEntidad).where(SucesoDeEntidad.entidad_id == entidad_id)
    if clase:
        suyos = suyos.where(SucesoDeEntidad.clase == clase)
    return sesion.scalar(suyos.order_by(SucesoDeEntidad.id.desc()).limit(1))


def suspender(entorno: Entorno, actor: Actor, entidad_id: int, motivo: str | None) -> None:
    """Deja de recibir documentos nuevos por la plataforma; lo presentado sigue su trámite.

    Se le avisa por correo a quien la coordina. Lanza `Invalido` sin motivo y `Conflicto`.
    """
    _cambiar(entorno, actor, entidad_id, motivo, activa=False)


def reactivar(entorno: Entorno, actor: Actor, entidad_id: int, motivo: str | None) -> None:
    """Vuelve a recibir; lanza `Invalido` sin motivo y `Conflicto`."""
    _cambiar(entorno, actor, entidad_id, motivo, activa=True)


def _cambiar(
    entorno: Entorno, actor: Actor, entidad_id: int, motivo: str | None, *, activa: bool
) -> None:
    exigir(actor, "entidad.suspender")
    dicho = _motivo(motivo)
    clase, ahora = (REACTIVADA if activa else SUSPENDIDA), entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de_plataforma(f"entidad {clase}")) as sesion:
        entidad = sesion.get(Entidad, entidad_id, with_for_update=True)
        if entidad is None:
            raise NoExiste("No encontramos esa entidad.")
        if entidad.es_plataforma:
            raise Conflicto("La entidad que administra la plataforma no se suspende.")
        if entidad.activa == activa:
            como = "está activa" if activa else "está suspendida"
            raise Conflicto(f"La entidad ya {como}: alguien lo hizo antes.")
        entidad.activa = activa
        entidad.revision += 1
        hecho = registrar(sesion, entidad, clase, ahora, actor.usuario_id, dicho)
        anotar(sesion, ahora, actor.entidad_id, actor.usuario_id, f"entidad.{clase}", entidad.slug)
        _avisar(sesion, actor, entidad, hecho)
    entorno.punteros.olvidar()


def _motivo(motivo: str | None) -> str:
    dicho = guardable(una_linea(motivo or "") or "")
    if not dicho:
        raise Invalido([Error("motivo", "vacio", "Escribe el motivo.")])
    if len(dicho) > LARGO_DEL_MOTIVO:
        frase = f"Escribe el motivo en {LARGO_DEL_MOTIVO} caracteres o menos."
        raise Invalido([Error("motivo", "largo", frase)])
    return dicho


def _avisar(sesion: Session, actor: Actor, entidad: Entidad, suceso: SucesoDeEntidad) -> None:
    plataforma = sesion.get_one(Entidad, actor.entidad_id)
    asunto, que = _correo(entidad, plataforma, suceso)
    avisar_a_quien_coordina(
        sesion, plataforma, entidad, f"entidad-{suceso.clase}.{suceso.id}", suceso.cuando,
        asunto, que,
    )  # fmt: skip


def _correo(entidad: Entidad, plataforma: Entidad, suceso: SucesoDeEntidad) -> tuple[str, str]:
    dia = fecha_larga(a_lima(suceso.cuando).date())
    if suceso.clase == SUSPENDIDA:
        asunto = f"{entidad.nombre_corto} quedó suspendida en la plataforma"
        que = (
            f"{plataforma.nombre} suspendió a {entidad.nombre} el {dia}: por ahora no recibe "
            "documentos nuevos por la plataforma ni publica formularios. Lo ya presentado sigue "
            "su trámite y sus plazos corren: pueden entrar y atenderlo como siempre."
        )
    else:
        asunto = f"{entidad.nombre_corto} vuelve a estar activa en la plataforma"
        que = (
            f"{plataforma.nombre} reactivó a {entidad.nombre} el {dia}: vuelve a recibir "
            "documentos por la plataforma."
        )
    return asunto, f"{que}\n\nMotivo: {suceso.motivo}"

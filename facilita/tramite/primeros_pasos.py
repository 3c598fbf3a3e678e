"""Los seis pasos con que una entidad abre su mesa de partes: cuáles hizo, dicho por los hechos.

Un paso se agrega o se cambia en `PASOS`: su hecho se lee de la base y su ruta es su pantalla.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from facilita.tramite import direcciones_gobpe
from facilita.tramite.ambito import Ambito
from facilita.tramite.cumplimiento import OBSERVADO
from facilita.tramite.entidades import EntidadPublica, de_la_plataforma
from facilita.tramite.entorno import Entorno
from facilita.tramite.modelos import (
    Entidad,
    Formulario,
    Membresia,
    Publicacion,
    SistemaPropio,
    SucesoDeEntidad,
    SucesoDeReporte,
    Usuario,
)
from facilita.tramite.padron import PLANTILLA_DE_MESA
from facilita.tramite.permisos import COORDINADOR_ENTIDAD, Actor, exigir
from facilita.tramite.situaciones import ACCESO

Hecho = Callable[[Session, Entidad], datetime | None]
"""Desde cuándo está hecho un paso; nada, si falta."""


@dataclass(frozen=True)
class Paso:
    """Uno de los pasos: qué es, cómo se sabe que se hizo y dónde se hace."""

    clave: str
    titulo: str
    que: str
    hecho: Hecho
    ruta: str | None = None
    boton: str = ""


@dataclass(frozen=True)
class PasoVisto:
    """Un paso como está hoy en una entidad."""

    paso: Paso
    desde: datetime | None
    """Desde cuándo está hecho; nada, si falta."""
    sigue: bool
    """Si es el primero de los que faltan."""


@dataclass(frozen=True)
class Tablero:
    """Los pasos de una entidad."""

    pasos: Sequence[PasoVisto]
    plataforma: EntidadPublica | None
    """A quién preguntar."""

    @property
    def hechos(self) -> int:
        """Cuántos ya se hicieron."""
        return sum(p.desde is not None for p in self.pasos)

    @property
    def falta_alguno(self) -> bool:
        """Si queda algo por hacer."""
        return self.hechos < len(self.pasos)


def ver(entorno: Entorno, actor: Actor) -> Tablero:
    """Los pasos de la entidad del actor; lanza `NoPermitido`."""
    exigir(actor, "pasos.ver")
    with entorno.bd.lectura(Ambito.de(actor.entidad_id)) as sesion:
        entidad = sesion.get_one(Entidad, actor.entidad_id)
        hechos = [(paso, paso.hecho(sesion, entidad)) for paso in PASOS]
    primero = next((p.clave for p, desde in hechos if desde is None), None)
    vistos = [PasoVisto(p, desde, p.clave == primero) for p, desde in hechos]
    return Tablero(vistos, de_la_plataforma(entorno))


# --- los hechos -----------------------------------------------------------------------------------


def _con_acceso(sesion: Session, _entidad: Entidad) -> datetime | None:
    return sesion.scalar(
        select(func.min(SucesoDeEntidad.cuando)).where(SucesoDeEntidad.clase == ACCESO)
    )


def _con_clave(sesion: Session, _entidad: Entidad) -> datetime | None:
    """Alguien que la coordina ya puede entrar."""
    return sesion.scalar(
        select(func.min(Membresia.creada_en))
        .join(Usuario, Usuario.id == Membresia.usuario_id)
        .where(
            Membresia.rol == COORDINADOR_ENTIDAD,
            Membresia.activa,
            Usuario.activo,
            Usuario.clave.is_not(None),
        )
    )


def _con_mesa(sesion: Session, _entidad: Entidad) -> datetime | None:
    """Publicó su mesa de partes, o reportó la de su propio sistema."""
    publicada = sesion.scalar(
        select(func.min(Publicacion.cuando))
        .join(Formulario, Formulario.id == Publicacion.formulario_id)
        .where(Formulario.plantilla == PLANTILLA_DE_MESA, Formulario.vigente_id.is_not(None))
    )
    if publicada:
        return publicada
    propio = sesion.scalar(select(SistemaPropio).order_by(SistemaPropio.id.desc()).limit(1))
    return propio.cuando if propio and propio.direccion else None


def _con_usuarios(sesion: Session, _entidad: Entidad) -> datetime | None:
    """Hay alguien más que quien la coordina."""
    altas = sesion.scalars(
        select(Membresia.creada_en)
        .join(Usuario, Usuario.id == Membresia.usuario_id)
        .where(Membresia.activa, Usuario.activo)
        .order_by(Membresia.creada_en, Membresia.id)
        .limit(2)
    ).all()
    return altas[1] if len(altas) > 1 else None


def _en_gobpe(sesion: Session, _entidad: Entidad) -> datetime | None:
    """Anotó dónde publicó su página."""
    publicada = direcciones_gobpe.vigente(sesion)
    return publicada.cuando if publicada else None


def _reportado(sesion: Session, _entidad: Entidad) -> datetime | None:
    """Envió su reporte y no está observado."""
    ultimo = sesion.scalar(select(SucesoDeReporte).order_by(SucesoDeReporte.orden.desc()).limit(1))
    return ultimo.cuando if ultimo and ultimo.clase != OBSERVADO else None


PASOS: tuple[Paso, ...] = (
    Paso(
        "acceso", "Pedir el acceso",
        "La máxima autoridad firmó el oficio y la SGTD aprobó la solicitud.",
        _con_acceso,
    ),
    Paso(
        "cuenta", "Recibir el acceso",
        "Quien lidera la puesta en marcha puso su contraseña y ya puede entrar.",
        _con_clave,
    ),
    Paso(
        "formulario", "Crear y publicar el formulario",
        "Usa la plantilla «Mesa de partes digital», complétala con los datos de tu entidad, "
        "pruébala y publícala.",
        _con_mesa, "/bandeja/formularios", "Crear el formulario",
    ),
    Paso(
        "usuarios", "Registrar a los usuarios",
        "Invita a quienes van a recibir y responder: cada quien con su rol, su sede y su área.",
        _con_usuarios, "/bandeja/usuarios", "Registrar usuarios",
    ),
    Paso(
        "gobpe", "Publicar en gob.pe",
        "Pon en gob.pe la página de tu mesa de partes digital: te la damos escrita, con su cartel. "
        "Después anota aquí su dirección.",
        _en_gobpe, "/bandeja/gobpe", "Publicar en gob.pe",
    ),
    Paso(
        "reporte", "Reportar el cumplimiento",
        "Cuéntale a la SGTD que tu mesa de partes digital ya funciona. Casi todo está llenado: "
        "revísalo, decláralo y envíalo.",
        _reportado, "/bandeja/cumplimiento", "Reportar el cumplimiento",
    ),
)  # fmt: skip
"""Los seis, en su orden."""

"""La página «Acceder a mesa de partes» de gob.pe: sale de lo que la entidad tiene publicado."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from facilita.definicion import Definicion
from facilita.plazos import Horario
from facilita.tramite.ambito import Ambito
from facilita.tramite.entidades import EntidadPublica, publica
from facilita.tramite.entorno import Entorno
from facilita.tramite.modelos import Entidad, Formulario, Sede, SistemaPropio, Version
from facilita.tramite.padron import PLANTILLA_DE_MESA
from facilita.tramite.permisos import Actor, exigir
from facilita.tramite.requisitos import SIN_FORMULARIO, dias_de_observacion, requisitos_de

TITULO = "Acceder a mesa de partes"
BOTON = "Presentar documentos"
LARGO_DEL_TITULO = 180
_INFINITIVO = re.compile(r"[a-záéíóúñ]+(?:ar|er|ir|arse|erse|irse)", re.IGNORECASE)


@dataclass(frozen=True)
class Local:
    """Un lugar donde también se presenta."""

    nombre: str
    direccion: str
    distrito: str
    region: str

    @property
    def donde(self) -> str:
        """Su dirección con el distrito."""
        return f"{self.direccion}, {self.distrito}" if self.distrito else self.direccion


@dataclass(frozen=True)
class Pagina:
    """El contenido de la página, por las partes que gob.pe pide."""

    entidad: EntidadPublica
    titulo: str
    introduccion: str
    requisitos: tuple[str, ...]
    saber: tuple[str, ...]
    """«Antes de iniciar, debes saber:»."""
    boton: str
    enlace: str
    locales: tuple[Local, ...]
    sin_direccion: tuple[str, ...]
    """Las sedes activas que no dicen dónde están: no salen."""
    horario: Horario
    """El de mesa de partes, para ir en persona."""
    es_propia: bool = False
    """Si recibe en un sistema de la entidad y no en la plataforma."""

    @property
    def horario_en_palabras(self) -> str:
        """Cuándo se atiende en persona."""
        return self.horario.texto()

    def pasos(self, local: Local) -> tuple[str, ...]:
        """Lo que se hace en un local, en su orden."""
        return (
            f"Ve a {local.donde}. {self.horario_en_palabras}.",
            "Entrega tus documentos en mesa de partes.",
            "Recibe tu cargo sellado, con la fecha y el número de registro.",
        )


def de_la_entidad(entorno: Entorno, actor: Actor) -> Pagina | None:
    """La página de la entidad del actor, o nada si todavía no tiene mesa de partes digital."""
    exigir(actor, "gobpe.publicar")
    return leer(entorno, actor.entidad_id)


def leer(entorno: Entorno, entidad_id: int) -> Pagina | None:
    """La página de una entidad, hecha de su formulario publicado o de su propio sistema."""
    with entorno.bd.lectura(Ambito.de(entidad_id)) as sesion:
        entidad = publica(sesion, sesion.get_one(Entidad, entidad_id))
        locales = _locales(sesion, entorno)
        mesa = mesa_publicada(sesion)
        if mesa is not None:
            formulario, version = mesa
            definicion = entorno.definiciones.de(version)
            enlace = f"{entorno.direccion_publica}/{entidad.slug}/{formulario.slug}"
            return armar(entidad, definicion, enlace, locales)
        propio = sistema_propio(sesion)
    if propio is None or not propio.direccion:
        return None
    return armar(entidad, None, propio.direccion, locales)


def mesa_publicada(sesion: Session) -> tuple[Formulario, Version] | None:
    """La mesa de partes que la entidad ofrece hoy, con su versión."""
    fila = sesion.execute(
        select(Formulario, Version)
        .join(Version, Version.id == Formulario.vigente_id)
        .where(Formulario.plantilla == PLANTILLA_DE_MESA)
        .order_by(Formulario.id)
        .limit(1)
    ).one_or_none()
    return (fila[0], fila[1]) if fila else None


def sistema_propio(sesion: Session) -> SistemaPropio | None:
    """El sistema propio que la entidad reportó al final."""
    return sesion.scalar(select(SistemaPropio).order_by(SistemaPropio.id.desc()).limit(1))


def _locales(sesion: Session, entorno: Entorno) -> list[Local]:
    orden = (Sede.principal.desc(), Sede.nombre)
    activas = sesion.scalars(select(Sede).where(Sede.activa, Sede.recibe).order_by(*orden))
    return [_local(sede, entorno) for sede in activas]


def _local(sede: Sede, entorno: Entorno) -> Local:
    lugar = entorno.territorio.lugar(sede.ubigeo)
    distrito, region = (lugar.distrito, lugar.departamento) if lugar else ("", "")
    return Local(sede.nombre, sede.direccion or "", distrito, region)


def armar(
    entidad: EntidadPublica, definicion: Definicion | None, enlace: str, locales: Sequence[Local]
) -> Pagina:
    """La página de una entidad; sin definición, la de quien recibe en su propio sistema."""
    return Pagina(
        entidad=entidad,
        titulo=TITULO,
        introduccion=(
            f"{entidad.nombre} recibe tus documentos por su mesa de partes digital, desde "
            "cualquier lugar y sin que vayas a sus oficinas."
        ),
        requisitos=requisitos_de(definicion) if definicion else SIN_FORMULARIO,
        saber=tuple(_saber(definicion)),
        boton=BOTON,
        enlace=enlace,
        locales=tuple(x for x in locales if x.direccion),
        sin_direccion=tuple(x.nombre for x in locales if not x.direccion),
        horario=entidad.horario_de(definicion) if definicion else entidad.horario,
        es_propia=definicion is None,
    )


def _saber(definicion: Definicion | None) -> Iterator[str]:
    """Siempre abierta (N01), la fecha es la de presentación (N02, N03) y cómo se observa (N06)."""
    yield (
        "Puedes presentar tus documentos las 24 horas del día, los 7 días de la semana, también "
        "en feriados."
    )
    yield (
        "Lo que presentas entre las 00:00 y las 23:59:59 horas cuenta como presentado ese mismo "
        "día. El plazo para atenderte se cuenta desde el día hábil siguiente."
    )
    observar, corregir = dias_de_observacion(definicion)
    yield (
        f"Si falta algo, se te avisa una sola vez, dentro de los {_habiles(observar)} siguientes, "
        f"y tienes {_habiles(corregir)} desde que se te notifica para corregirlo. Si corriges a "
        "tiempo, se conserva la fecha en que presentaste; si no, se considera no presentado."
    )
    if definicion:
        yield (
            "Al terminar recibes tu cargo con un número de registro y un código para hacer "
            "seguimiento."
        )


def _habiles(dias: int) -> str:
    return "1 día hábil" if dias == 1 else f"{dias} días hábiles"


# --- las reglas de gob.pe -------------------------------------------------------------------------


@dataclass(frozen=True)
class Regla:
    """Una regla de gob.pe y si la página la cumple."""

    estado: str
    """«bien», «falta» o «aviso»."""
    texto: str
    pantalla: str | None = None
    """Dónde se arregla."""


def revisar(pagina: Pagina) -> tuple[Regla, ...]:
    """Lo que gob.pe pide de una página de trámite, mirado en esta."""
    return tuple(_reglas(pagina))


def _reglas(pagina: Pagina) -> Iterator[Regla]:
    primera = pagina.titulo.partition(" ")[0]
    largo = len(pagina.titulo)
    yield Regla(
        "bien" if _INFINITIVO.fullmatch(primera) else "falta",
        "El título empieza con un verbo en infinitivo.",
    )
    yield Regla(
        "bien" if 0 < largo <= LARGO_DEL_TITULO else "falta",
        f"El título tiene {largo} de los {LARGO_DEL_TITULO} caracteres que caben.",
    )
    es_https = pagina.enlace.startswith("https://")
    yield Regla(
        "bien" if es_https else "falta",
        "El botón lleva a una dirección https."
        if es_https
        else "El botón lleva a una dirección sin https: gob.pe no la acepta. La pone quien instala "
        "el sistema, en «direccion_publica».",
    )
    yield from _de_los_locales(pagina)
    if pagina.es_propia:
        yield Regla(
            "aviso",
            "Tu mesa de partes es de un sistema propio: agrega a los requisitos los formatos y "
            "tamaños que recibe.",
        )


def _de_los_locales(pagina: Pagina) -> Iterator[Regla]:
    if pagina.locales:
        yield Regla("bien", "La modalidad presencial tiene sus pasos numerados por sede.")
    else:
        yield Regla(
            "aviso",
            "Ninguna sede dice su dirección: la modalidad presencial no sale, porque gob.pe no "
            "admite una vacía.",
            "/bandeja/sedes",
        )
    if pagina.locales and pagina.sin_direccion:
        yield Regla(
            "aviso",
            f"No salen, porque no dicen su dirección: {', '.join(pagina.sin_direccion)}.",
            "/bandeja/sedes",
        )

"""Verbos de formularios: publicar una versión, retirarla y saber cuál está vigente."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from facilita.definicion import Contexto, Definicion, DefinicionInvalida, Examen, examinar
from facilita.plazos import fecha_lima
from facilita.tramite import encargos, privacidad
from facilita.tramite.ambito import NADA, Ambito
from facilita.tramite.bitacora import anotar
from facilita.tramite.entidades import EntidadPublica, exigir_activa, publica
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto, NoExiste
from facilita.tramite.modelos import Area, Entidad, Formulario, Publicacion, Version
from facilita.tramite.normalizar import guardable

SLUGS_RESERVADOS = frozenset(
    {"borrador", "archivo", "estilo", "qr", "api", "privacidad", "accesibilidad"}
)


@dataclass(frozen=True)
class Vigente:
    """Lo que una dirección pública ofrece hoy."""

    entidad: EntidadPublica
    formulario_id: int
    slug: str
    version_id: int
    numero: int
    definicion: Definicion

    def contexto(self, entorno: Entorno) -> Contexto:
        """El contexto de lectura sin consultar expedientes."""
        hoy = fecha_lima(entorno.reloj.ahora())
        return Contexto(sedes=self.entidad.sedes, territorio=entorno.territorio, hoy=hoy)


@dataclass(frozen=True)
class Publicado:
    """El resultado de publicar."""

    formulario: str
    version: int
    digest: str
    es_nueva: bool
    cambio: str = "nueva"
    """«nueva», «repuesta» en lugar de otra, «vuelve» tras retirarse o «ninguno»."""
    sin_nadie: tuple[str, ...] = ()
    """Los roles que nadie cumple todavía, por su etiqueta."""
    sin_declarar: tuple[str, ...] = ()
    """Lo que su aviso de privacidad debe decir y nadie declaró todavía (N34)."""


def examinar_fuente(entorno: Entorno, texto: str | bytes, archivo: str) -> Examen:
    """Examina el YAML de un formulario con las plantillas y normas del catálogo."""
    return examinar(
        texto,
        archivo,
        normas=entorno.catalogo.ids_de_normas,
        buscar_plantilla=entorno.catalogo.plantilla,
    )


def publicar(
    entorno: Entorno,
    entidad_id: int,
    texto: str,
    archivo: str,
    *,
    motivo: str,
    usuario_id: int | None = None,
    area: str | None = None,
) -> Publicado:
    """Publica un formulario desde su YAML; el mismo contenido no crea otra versión.

    Lanza `DefinicionInvalida` con todas las fallas. El suceso queda con quién, cuándo y por qué.
    """
    definicion = _comprobada(entorno, texto, archivo)
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de(entidad_id)) as sesion:
        _exigir_plataforma(sesion, entidad_id, definicion)
        exigir_activa(sesion.get_one(Entidad, entidad_id))
        formulario = _formulario(sesion, entidad_id, definicion, ahora, area)
        antes = formulario.vigente_id
        version, es_nueva = _version(sesion, formulario, definicion, texto, ahora)
        if formulario.vigente_id != version.id:
            formulario.vigente_id = version.id
            formulario.titulo = definicion.titulo
            sesion.add(
                Publicacion(
                    formulario_id=formulario.id,
                    version_id=version.id,
                    usuario_id=usuario_id,
                    motivo=motivo[:500],
                    cuando=ahora,
                )
            )
            anotar(sesion, ahora, entidad_id, usuario_id, "formulario.publicado", formulario.slug)
            encargos.poner_al_dia(sesion, formulario.id, definicion)
        resultado = Publicado(
            formulario.slug,
            version.numero,
            version.digest,
            es_nueva,
            _cambio(antes, version.id, es_nueva=es_nueva),
            encargos.sin_nadie(sesion, formulario.id, definicion),
            privacidad.faltan(publica(sesion, sesion.get_one(Entidad, entidad_id)), definicion),
        )
    entorno.punteros.olvidar()
    return resultado


def _exigir_plataforma(sesion: Session, entidad_id: int, definicion: Definicion) -> None:
    if definicion.es_de_plataforma and not sesion.get_one(Entidad, entidad_id).es_plataforma:
        raise Conflicto(
            "Este formulario actúa sobre la plataforma («plataforma: true»): solo se publica en la "
            "entidad que la administra."
        )


def _cambio(antes: int | None, ahora: int, *, es_nueva: bool) -> str:
    if es_nueva:
        return "nueva"
    if antes is None:
        return "vuelve"
    return "ninguno" if antes == ahora else "repuesta"


def _comprobada(entorno: Entorno, texto: str, archivo: str) -> Definicion:
    examen = examinar_fuente(entorno, texto, archivo)
    if examen.definicion is None:
        raise DefinicionInvalida(examen.fallas)
    if examen.definicion.es_plantilla:
        raise Conflicto(
            "Esto es una plantilla: se publica el formulario que se adapta de ella, con "
            "«facilita adaptar»."
        )
    if examen.definicion.id in SLUGS_RESERVADOS:
        raise Conflicto(f"«{examen.definicion.id}» es una dirección del sistema; usa otra.")
    return examen.definicion


def _formulario(
    sesion: Session, entidad_id: int, definicion: Definicion, ahora: Any, area: str | None
) -> Formulario:
    formulario = sesion.scalar(
        select(Formulario).where(Formulario.slug == definicion.id).with_for_update()
    )
    if formulario is None:
        formulario = Formulario(
            entidad_id=entidad_id,
            slug=definicion.id,
            plantilla=definicion.dato.get("origen", ""),
            titulo=definicion.titulo,
            creado_en=ahora,
        )
        sesion.add(formulario)
    if area is not None:
        formulario.area_id = sesion.scalar(select(Area.id).where(Area.codigo == area))
        if formulario.area_id is None:
            hay = ", ".join(sesion.scalars(select(Area.codigo).order_by(Area.codigo))) or "ninguna"
            raise NoExiste(f"La entidad no tiene un área «{area}». Hay: {hay}.")
    sesion.flush()
    return formulario


def _version(
    sesion: Session, formulario: Formulario, definicion: Definicion, texto: str, ahora: Any
) -> tuple[Version, bool]:
    de_este = select(Version).where(Version.formulario_id == formulario.id)
    igual = sesion.scalar(de_este.where(Version.digest == definicion.digest))
    if igual is not None:
        return igual, False
    ultima = sesion.scalar(
        select(func.max(Version.numero)).where(Version.formulario_id == formulario.id)
    )
    version = Version(
        formulario_id=formulario.id,
        numero=(ultima or 0) + 1,
        digest=definicion.digest,
        canonico=definicion.canonico,
        fuente=texto,
        creada_en=ahora,
    )
    sesion.add(version)
    sesion.flush()
    return version, True


def retirar(
    entorno: Entorno, entidad_id: int, slug: str, *, motivo: str, usuario_id: int | None = None
) -> None:
    """Deja de ofrecer un formulario; lo ya presentado sigue su curso."""
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de(entidad_id)) as sesion:
        formulario = sesion.scalar(select(Formulario).where(Formulario.slug == slug))
        if formulario is None:
            raise NoExiste
        formulario.vigente_id = None
        sesion.add(
            Publicacion(
                formulario_id=formulario.id,
                usuario_id=usuario_id,
                motivo=motivo[:500],
                cuando=ahora,
            )
        )
        anotar(sesion, ahora, entidad_id, usuario_id, "formulario.retirado", slug)
    entorno.punteros.olvidar()


def vigente(entorno: Entorno, entidad: str, formulario: str) -> Vigente:
    """Lo que ofrece una dirección pública; lanza `NoExiste`. Se recuerda por dos segundos."""
    entidad, formulario = guardable(entidad), guardable(formulario)
    hallado = entorno.punteros.dar(
        (entidad, formulario), lambda: _buscar_vigente(entorno, entidad, formulario)
    )
    if not isinstance(hallado, Vigente):
        raise NoExiste("No hay ningún formulario publicado en esta dirección.")
    return hallado


def vigente_recordado(entorno: Entorno, entidad: str, formulario: str) -> Vigente | None:
    """Lo mismo que `vigente` si se recuerda; nunca va a la base."""
    recordado = entorno.punteros.mirar((entidad, formulario))
    return recordado if isinstance(recordado, Vigente) else None


def _buscar_vigente(entorno: Entorno, slug: str, formulario: str) -> Vigente | None:
    with entorno.bd.lectura(NADA) as sesion:
        entidad = sesion.scalar(select(Entidad).where(Entidad.slug == slug))
    if entidad is None:
        return None
    exigir_activa(entidad)
    with entorno.bd.lectura(Ambito.de(entidad.id)) as sesion:
        fila = sesion.execute(
            select(Formulario, Version)
            .join(Version, Version.id == Formulario.vigente_id)
            .where(Formulario.slug == formulario)
        ).one_or_none()
        if fila is None:
            return None
        return Vigente(
            entidad=publica(sesion, entidad),
            formulario_id=fila.Formulario.id,
            slug=fila.Formulario.slug,
            version_id=fila.Version.id,
            numero=fila.Version.numero,
            definicion=entorno.definiciones.de(fila.Version),
        )


def de_digest(entorno: Entorno, entidad: str, formulario: str, digest: str) -> Definicion:
    """La definición de una versión por el comienzo de su digest; lanza `NoExiste`."""
    if not 12 <= len(digest) <= 64 or not (digest.isalnum() and digest.isascii()):
        raise NoExiste
    entidad, formulario = guardable(entidad), guardable(formulario)
    with entorno.bd.lectura(NADA) as sesion:
        entidad_id = sesion.scalar(select(Entidad.id).where(Entidad.slug == entidad))
    with entorno.bd.lectura(Ambito.de(entidad_id or 0)) as sesion:
        version = sesion.scalar(
            select(Version)
            .join(Formulario, Formulario.id == Version.formulario_id)
            .where(Formulario.slug == formulario, Version.digest.startswith(digest))
        )
        if version is None:
            raise NoExiste
        return entorno.definiciones.de(version)


def publicados(entorno: Entorno, entidad_id: int) -> list[Mapping[str, Any]]:
    """Los formularios que la entidad ofrece hoy: slug y título."""
    with entorno.bd.lectura(Ambito.de(entidad_id)) as sesion:
        filas = sesion.execute(
            select(Formulario.slug, Formulario.titulo)
            .where(Formulario.vigente_id.is_not(None))
            .order_by(Formulario.id)
        ).all()
    return [{"slug": f.slug, "titulo": f.titulo} for f in filas]


def conservaciones(entorno: Entorno, entidad_id: int) -> list[Mapping[str, Any]]:
    """Los formularios que dicen cuánto se conserva lo presentado: título, tiempo y normas."""
    with entorno.bd.lectura(Ambito.de(entidad_id)) as sesion:
        versiones = sesion.scalars(
            select(Version)
            .join(Formulario, Formulario.vigente_id == Version.id)
            .order_by(Formulario.id)
        ).all()
        definiciones = [entorno.definiciones.de(v) for v in versiones]
    dichas = [(d, d.conservacion) for d in definiciones]
    return [
        {
            "titulo": definicion.titulo,
            "tiempo": conservacion.texto(),
            "normas": [entorno.catalogo.normas[n].titulo for n in conservacion.base_legal],
        }
        for definicion, conservacion in dichas
        if conservacion
    ]

"""Verbos de formularios: publicar una versión, retirarla y saber cuál está vigente."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from facilita.definicion import Contexto, Definicion, DefinicionInvalida, Examen, examinar
from facilita.plazos import fecha_lima
from facilita.tramite import versiones
from facilita.tramite.ambito import NADA, Ambito
from facilita.tramite.entidades import EntidadPublica, exigir_activa, publica
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto, NoExiste, Retirado
from facilita.tramite.modelos import Entidad, Formulario, Version
from facilita.tramite.normalizar import guardable
from facilita.tramite.versiones import Motivo, Publicado

SLUGS_RESERVADOS = frozenset(
    {"borrador", "archivo", "estilo", "qr", "api", "privacidad", "accesibilidad", "logo"}
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
    causa = Motivo(entorno.reloj.ahora(), motivo, usuario_id)
    with entorno.bd.transaccion(Ambito.de(entidad_id)) as sesion:
        resultado = versiones.poner(sesion, entidad_id, definicion, texto, causa, area)
    entorno.punteros.olvidar()
    return resultado


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


def retirar(
    entorno: Entorno,
    entidad_id: int,
    slug: str,
    *,
    motivo: str,
    usuario_id: int | None = None,
    aviso: str | None = None,
) -> None:
    """Deja de ofrecer un formulario; lo ya presentado sigue su curso.

    `aviso` es lo que se le dice a quien llega a su dirección.
    """
    causa = Motivo(entorno.reloj.ahora(), motivo, usuario_id)
    with entorno.bd.transaccion(Ambito.de(entidad_id)) as sesion:
        formulario = sesion.scalar(select(Formulario).where(Formulario.slug == slug))
        if formulario is None:
            raise NoExiste
        versiones.retirar(sesion, formulario, aviso, causa)
    entorno.punteros.olvidar()


def vigente(entorno: Entorno, entidad: str, formulario: str) -> Vigente:
    """Lo que ofrece una dirección pública; lanza `NoExiste`. Se recuerda por dos segundos."""
    entidad, formulario = guardable(entidad), guardable(formulario)
    hallado = entorno.punteros.dar(
        (entidad, formulario), lambda: _buscar_vigente(entorno, entidad, formulario)
    )
    if isinstance(hallado, str):
        raise Retirado(hallado)
    if not isinstance(hallado, Vigente):
        raise NoExiste("No hay ningún formulario publicado en esta dirección.")
    return hallado


def vigente_recordado(entorno: Entorno, entidad: str, formulario: str) -> Vigente | None:
    """Lo mismo que `vigente` si se recuerda; nunca va a la base."""
    recordado = entorno.punteros.mirar((entidad, formulario))
    return recordado if isinstance(recordado, Vigente) else None


def _buscar_vigente(entorno: Entorno, slug: str, formulario: str) -> Vigente | str | None:
    """Lo vigente; si se retiró con un aviso, el aviso."""
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
            suyo = select(Formulario.aviso).where(Formulario.slug == formulario)
            return sesion.scalar(suyo)
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


def retirados(entorno: Entorno, entidad_id: int) -> list[Mapping[str, Any]]:
    """Los formularios que la entidad retiró con un aviso para quien los busca: título y aviso."""
    with entorno.bd.lectura(Ambito.de(entidad_id)) as sesion:
        filas = sesion.execute(
            select(Formulario.titulo, Formulario.aviso)
            .where(Formulario.vigente_id.is_(None), Formulario.aviso.is_not(None))
            .order_by(Formulario.id)
        ).all()
    return [{"titulo": f.titulo, "aviso": f.aviso} for f in filas]


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

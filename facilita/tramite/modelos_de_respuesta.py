"""Los modelos de respuesta: escribirlos, y llenarlos con los datos de una solicitud (N09)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from facilita.definicion import Definicion
from facilita.definicion.campos import Error
from facilita.definicion.campos.base import Campo, Mostrado, completar, nombres_en
from facilita.definicion.limpieza import una_linea, varias_lineas
from facilita.definicion.textos import DE_LA_SOLICITUD, fallas_de_texto
from facilita.plazos import fecha_larga, fecha_lima
from facilita.tramite.ambito import Ambito
from facilita.tramite.atencion import tomar
from facilita.tramite.bitacora import anotar
from facilita.tramite.caso import Caso
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Invalido, NoExiste
from facilita.tramite.modelos import Formulario, ModeloDeRespuesta, Version
from facilita.tramite.permisos import Actor, exigir

LARGO_DE_TITULO = 120
LARGO_DE_TEXTO = 8000
_NO_VALEN = frozenset({"enlace", "estado", "numero_propio"})
"""Nombres de los correos que en una respuesta no dicen nada: aún no hay enlace ni otro estado."""
GENERALES: Mapping[str, str] = {
    **{n: q for n, q in DE_LA_SOLICITUD.items() if n not in _NO_VALEN},
    "hoy": "la fecha en que se responde",
}


@dataclass(frozen=True)
class Escrito:
    """Lo que se escribe de un modelo."""

    titulo: str = ""
    texto: str = ""
    formulario: str = ""
    """El slug del formulario cuyas respuestas nombra; vacío, sirve para todos."""


@dataclass(frozen=True)
class Lleno:
    """Un modelo con los datos de una solicitud puestos."""

    texto: str
    faltan: tuple[str, ...]
    """Lo que el modelo nombra y esta solicitud no tiene."""


@dataclass(frozen=True)
class DeFormulario:
    """Los nombres que agrega un formulario: los de sus preguntas."""

    slug: str
    titulo: str
    nombres: Mapping[str, str]


def listar(entorno: Entorno, actor: Actor) -> Sequence[ModeloDeRespuesta]:
    """Los modelos de la entidad, por su título."""
    exigir(actor, "modelo.cambiar")
    with entorno.bd.lectura(Ambito.de(actor.entidad_id)) as sesion:
        activos = select(ModeloDeRespuesta).where(ModeloDeRespuesta.activo)
        modelos = sesion.scalars(activos.order_by(ModeloDeRespuesta.titulo)).all()
        for modelo in modelos:
            _ = modelo.formulario
        return modelos


def escrito(entorno: Entorno, actor: Actor, cual: int) -> Escrito:
    """Un modelo, para cambiarlo; lanza `NoExiste`."""
    exigir(actor, "modelo.cambiar")
    with entorno.bd.lectura(Ambito.de(actor.entidad_id)) as sesion:
        modelo = _activo(sesion, cual)
        slug = modelo.formulario.slug if modelo.formulario else ""
        return Escrito(modelo.titulo, modelo.texto, slug)


def formularios(entorno: Entorno, actor: Actor) -> tuple[DeFormulario, ...]:
    """Los formularios de la entidad y los nombres que cada uno agrega."""
    exigir(actor, "modelo.cambiar")
    with entorno.bd.lectura(Ambito.de(actor.entidad_id)) as sesion:
        todos = sesion.scalars(select(Formulario).order_by(Formulario.titulo)).all()
        return tuple(
            DeFormulario(f.slug, f.titulo, _propios(definicion))
            for f in todos
            if (definicion := _definicion(entorno, sesion, f)) is not None
        )


def guardar(entorno: Entorno, actor: Actor, nuevo: Escrito, cual: int | None = None) -> int:
    """Crea un modelo, o cambia uno; da su id.

    Lanza `Invalido` si le falta algo o nombra lo que no existe, y `NoExiste`.
    """
    exigir(actor, "modelo.cambiar")
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        modelo = _activo(sesion, cual) if cual is not None else ModeloDeRespuesta(creado_en=ahora)
        formulario = _formulario(sesion, nuevo.formulario)
        permitidos = _permitidos(entorno, sesion, formulario)
        titulo, texto = una_linea(nuevo.titulo) or "", varias_lineas(nuevo.texto) or ""
        errores = [
            *_errores_de_titulo(sesion, titulo, cual),
            *_errores_de_texto(texto, permitidos),
        ]
        if errores:
            raise Invalido(errores)
        modelo.titulo, modelo.texto = titulo, texto
        modelo.formulario_id = formulario.id if formulario else None
        modelo.cambiado_por_id, modelo.cambiado_en = actor.usuario_id, ahora
        sesion.add(modelo)
        anotar(sesion, ahora, actor.entidad_id, actor.usuario_id, "modelo.guardado", titulo)
        sesion.flush()
        return modelo.id


def quitar(entorno: Entorno, actor: Actor, cual: int) -> None:
    """Deja de ofrecer un modelo; lo ya respondido con él no cambia."""
    exigir(actor, "modelo.cambiar")
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        modelo = _activo(sesion, cual)
        modelo.activo = False
        modelo.cambiado_por_id, modelo.cambiado_en = actor.usuario_id, ahora
        anotar(sesion, ahora, actor.entidad_id, actor.usuario_id, "modelo.quitado", modelo.titulo)


# --- responder con uno ----------------------------------------------------------------------------


def para_responder(caso: Caso) -> tuple[tuple[int, str], ...]:
    """Los que sirven para una solicitud: los de su formulario y los de todos."""
    consulta = select(ModeloDeRespuesta.id, ModeloDeRespuesta.titulo).where(_sirven(caso))
    filas = caso.sesion.execute(consulta.order_by(ModeloDeRespuesta.titulo)).all()
    return tuple((f[0], f[1]) for f in filas)


def llenar(entorno: Entorno, actor: Actor, solicitud_id: int, cual: int) -> Lleno:
    """El texto de un modelo con los datos de una solicitud al alcance del actor."""
    with tomar(entorno, actor, solicitud_id, "solicitud.atender", con_roles=True) as caso:
        sirve = select(ModeloDeRespuesta).where(ModeloDeRespuesta.id == cual, _sirven(caso))
        modelo = caso.sesion.scalar(sirve)
        if modelo is None:
            raise NoExiste("Ese modelo ya no está. Elige otro.")
        return _llenar(caso, modelo.texto)


def _sirven(caso: Caso) -> ColumnElement[bool]:
    suyo = ModeloDeRespuesta.formulario_id == caso.solicitud.formulario_id
    return ModeloDeRespuesta.activo & or_(ModeloDeRespuesta.formulario_id.is_(None), suyo)


def _llenar(caso: Caso, texto: str) -> Lleno:
    datos = {**_respondido(caso), **caso.todos_los_nombres("")}
    datos["hoy"] = fecha_larga(fecha_lima(caso.ahora))
    pedidos = nombres_en(texto)
    puestos = {n: datos.get(n, "") for n in pedidos}
    que_son = {**_propios(caso.definicion), **GENERALES}
    faltan = sorted(que_son.get(n, n) for n, dato in puestos.items() if not dato)
    return Lleno(completar(texto, puestos), tuple(faltan))


def _respondido(caso: Caso) -> dict[str, str]:
    return {
        campo.id: _en_texto(campo.mostrar(valor))
        for campo in caso.definicion.campos.values()
        if _se_nombra(campo) and (valor := caso.respuestas.get(campo.id)) is not None
    }


def _en_texto(visto: Mostrado) -> str:
    if not visto.filas:
        return visto.texto
    filas = (", ".join(f"{e}: {_en_texto(v)}" for e, v in fila.respuestas) for fila in visto.filas)
    return "; ".join(filas)


def _se_nombra(campo: Campo) -> bool:
    """Las respuestas que se pueden citar en un texto; ni archivos ni consentimientos."""
    return campo.se_responde and not campo.es_archivo and campo.tipo != "consentimiento"


def _propios(definicion: Definicion) -> Mapping[str, str]:
    suyos = {c.id: c.etiqueta for c in definicion.campos.values() if _se_nombra(c)}
    if definicion.numeracion:
        suyos["numero_propio"] = DE_LA_SOLICITUD["numero_propio"]
    return {n: q for n, q in suyos.items() if n not in GENERALES}


# --- comprobar ------------------------------------------------------------------------------------


def _permitidos(
    entorno: Entorno, sesion: Session, formulario: Formulario | None
) -> Mapping[str, str]:
    definicion = _definicion(entorno, sesion, formulario) if formulario else None
    return {**(_propios(definicion) if definicion else {}), **GENERALES}


def _errores_de_titulo(sesion: Session, titulo: str, cual: int | None) -> list[Error]:
    if not titulo:
        return [Error("titulo", "vacio", "Escribe un título para reconocer el modelo.")]
    if len(titulo) > LARGO_DE_TITULO:
        return [Error("titulo", "largo", f"Acorta el título: caben {LARGO_DE_TITULO} letras.")]
    iguales = select(ModeloDeRespuesta.id).where(
        ModeloDeRespuesta.activo, ModeloDeRespuesta.titulo == titulo
    )
    if set(sesion.scalars(iguales)) - {cual}:
        return [Error("titulo", "repetido", "Ya hay un modelo con ese título. Ponle otro.")]
    return []


def _errores_de_texto(texto: str, permitidos: Mapping[str, str]) -> list[Error]:
    if not texto:
        return [Error("texto", "vacio", "Escribe el texto de la respuesta.")]
    if len(texto) > LARGO_DE_TEXTO:
        sobran = len(texto) - LARGO_DE_TEXTO
        frase = f"Acorta el texto: caben {LARGO_DE_TEXTO:,} caracteres y sobran {sobran:,}."
        return [Error("texto", "largo", frase)]
    desconocidos = sorted(nombres_en(texto) - set(permitidos))
    if desconocidos:
        lista = ", ".join(f"{{{n}}}" for n in desconocidos)
        frase = f"No conocemos {lista}. Mira abajo los nombres que puedes usar."
        return [Error("texto", "nombre", frase)]
    if fallas_de_texto(texto, permitidos):
        frase = "Hay una llave suelta: los nombres van como {nombre}, en minúsculas."
        return [Error("texto", "llave", frase)]
    return []


def _activo(sesion: Session, cual: int) -> ModeloDeRespuesta:
    modelo = sesion.scalar(
        select(ModeloDeRespuesta).where(ModeloDeRespuesta.id == cual, ModeloDeRespuesta.activo)
    )
    if modelo is None:
        raise NoExiste("No encontramos ese modelo.")
    return modelo


def _formulario(sesion: Session, slug: str) -> Formulario | None:
    if not slug:
        return None
    hallado = sesion.scalar(select(Formulario).where(Formulario.slug == slug[:60]))
    if hallado is None:
        raise Invalido([Error("formulario", "opcion", "Elige un formulario de la lista.")])
    return hallado


def _definicion(entorno: Entorno, sesion: Session, formulario: Formulario) -> Definicion | None:
    """La de la versión vigente o, si se retiró, la última."""
    version = sesion.scalar(
        select(Version)
        .where(Version.formulario_id == formulario.id)
        .order_by((Version.id == formulario.vigente_id).desc(), Version.numero.desc())
        .limit(1)
    )
    return entorno.definiciones.de(version) if version else None

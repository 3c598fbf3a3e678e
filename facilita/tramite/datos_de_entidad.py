"""Los datos que una entidad dice de sí misma: contacto, aviso de privacidad y logo."""

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from facilita.definicion.campos import Campo, Error, Lector, crear_campo
from facilita.definicion.contexto import VACIO
from facilita.servicios import logo
from facilita.tramite.ambito import NADA, Ambito
from facilita.tramite.bitacora import anotar
from facilita.tramite.entidades import PRIVACIDAD
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Invalido, NoExiste
from facilita.tramite.modelos import Entidad
from facilita.tramite.normalizar import guardable, normalizar
from facilita.tramite.permisos import Actor, exigir

Escrito = Mapping[str, str]


def _campo(cual: str, etiqueta: str, tipo: str = "texto", **propios: Any) -> Campo:
    return crear_campo({"id": cual, "tipo": tipo, "etiqueta": etiqueta, **propios})


CONTACTO: tuple[Campo, ...] = (
    _campo("nombre_corto", "Nombre corto", obligatorio=True, largo_maximo=60),
    _campo("correo", "Correo de la mesa de partes", "correo", obligatorio=True),
    _campo("telefono", "Teléfono", largo_maximo=40, ejemplo="(01) 555-0123"),
    _campo("direccion", "Dirección", obligatorio=True, largo_maximo=250),
    _campo("sitio", "Sitio web", "enlace"),
)
"""Lo que se pide del contacto, con los mismos tipos de campo de los formularios."""

DE_PRIVACIDAD: tuple[Campo, ...] = (
    _campo(
        "oficial", "Oficial de datos personales", largo_maximo=250,
        ejemplo="María Quispe, datospersonales@entidad.gob.pe",
    ),
    _campo("banco_datos", "Banco de datos personales", largo_maximo=250, ejemplo="Mesa de partes"),
    _campo(
        "conservacion", "Cuánto tiempo se guardan los datos", largo_maximo=250, ejemplo="10 años"
    ),
    _campo(
        "destinatarios", "Quién más los recibe", largo_maximo=250,
        ejemplo="No se entregan a terceros, salvo mandato de una autoridad.",
    ),
    _campo(
        "transferencias", "Si se envían a otros países", largo_maximo=250,
        ejemplo="No se envían a otros países.",
    ),
    _campo("finalidad", "Para qué más se usan, si hay algo más", largo_maximo=250),
)  # fmt: skip
"""Lo que el aviso de privacidad declara de la entidad (N34)."""


@dataclass(frozen=True)
class Propios:
    """Los datos de la entidad, como se escriben en la pantalla."""

    contacto: Escrito
    privacidad: Escrito
    tiene_logo: bool


def leer(entorno: Entorno, actor: Actor) -> Propios:
    """Lo que la entidad dice hoy de sí misma."""
    exigir(actor, "entidad.cambiar")
    with entorno.bd.lectura(Ambito.de(actor.entidad_id)) as sesion:
        entidad = sesion.get_one(Entidad, actor.entidad_id)
        contacto = {c.id: str(getattr(entidad, c.id) or "") for c in CONTACTO}
        privacidad = {c.id: str(entidad.privacidad.get(c.id) or "") for c in DE_PRIVACIDAD}
        return Propios(contacto, privacidad, entidad.logo_huella is not None)


def cambiar_contacto(entorno: Entorno, actor: Actor, escrito: Escrito) -> None:
    """Cambia el contacto de la entidad; lanza `Invalido` con lo que está mal."""
    valores = _leer(CONTACTO, escrito)

    def poner(entidad: Entidad) -> None:
        for campo in CONTACTO:
            setattr(entidad, campo.id, valores.get(campo.id))
        nombres = f"{entidad.nombre} {entidad.nombre_corto} {entidad.ruc}"
        entidad.busqueda = normalizar(nombres)[:400]

    _cambiar(entorno, actor, "entidad.contacto", poner)


def cambiar_privacidad(entorno: Entorno, actor: Actor, escrito: Escrito) -> None:
    """Cambia lo que el aviso de privacidad declara de la entidad (N34)."""
    valores = _leer(DE_PRIVACIDAD, escrito)

    def poner(entidad: Entidad) -> None:
        entidad.privacidad = {c: valores[c] for c in PRIVACIDAD if valores.get(c)}

    _cambiar(entorno, actor, "entidad.privacidad", poner)


def cambiar_logo(entorno: Entorno, actor: Actor, datos: bytes) -> None:
    """Pone el logo, achicado; lanza `Invalido` si no es una imagen que se pueda usar."""
    exigir(actor, "entidad.cambiar")
    try:
        chico = logo.achicar(datos)
    except logo.LogoInvalido as mal:
        raise Invalido([Error("logo", "logo", str(mal))]) from None

    def poner(entidad: Entidad) -> None:
        entidad.logo = b64encode(chico).decode("ascii")
        entidad.logo_huella = hashlib.sha256(chico).hexdigest()[:20]

    _cambiar(entorno, actor, "entidad.logo", poner)


def quitar_logo(entorno: Entorno, actor: Actor) -> None:
    """Quita el logo: vuelve el sello de siempre."""

    def poner(entidad: Entidad) -> None:
        entidad.logo = entidad.logo_huella = None

    _cambiar(entorno, actor, "entidad.logo", poner)


def logo_de(entorno: Entorno, slug: str, huella: str) -> bytes:
    """El logo de una entidad; lanza `NoExiste`."""
    with entorno.bd.lectura(NADA) as sesion:
        suyo = select(Entidad.logo).where(
            Entidad.slug == guardable(slug), Entidad.logo_huella == guardable(huella)
        )
        guardado = sesion.scalar(suyo)
    if guardado is None:
        raise NoExiste
    return b64decode(guardado)


def _leer(campos: tuple[Campo, ...], escrito: Escrito) -> dict[str, Any]:
    lector = Lector(VACIO)
    for campo in campos:
        lector.recibir(campo, escrito.get(campo.id, ""))
    if lector.errores:
        raise Invalido(lector.errores)
    return lector.valores


def _cambiar(entorno: Entorno, actor: Actor, accion: str, poner: Callable[[Entidad], None]) -> None:
    exigir(actor, "entidad.cambiar")
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        entidad = sesion.get_one(Entidad, actor.entidad_id, with_for_update=True)
        poner(entidad)
        entidad.revision += 1
        anotar(sesion, ahora, entidad.id, actor.usuario_id, accion, entidad.slug)
    entorno.punteros.olvidar()

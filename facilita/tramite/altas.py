"""Dar de alta la entidad que pide una solicitud, con su líder como coordinador de entidad."""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from facilita.plazos import HORARIO_MESA
from facilita.tramite.ambito import Ambito, en_ambito
from facilita.tramite.bitacora import anotar
from facilita.tramite.cargo import remitente, valor_de
from facilita.tramite.caso import Caso
from facilita.tramite.entidades import SLUGS_RESERVADOS, poner_datos, poner_lugares
from facilita.tramite.errores import Conflicto
from facilita.tramite.invitaciones import SUCESO, Invitado, invitar, suceso_de
from facilita.tramite.modelos import Entidad, Membresia, Movimiento, Usuario
from facilita.tramite.normalizar import normalizar
from facilita.tramite.permisos import COORDINADOR_ENTIDAD
from facilita.tramite.sucesos import mover
from facilita.tramite.usuarios import normalizar_correo

_LARGO_DE_SLUG = 60


@dataclass(frozen=True)
class _Pedida:
    """Lo que la solicitud dice de la entidad y de su líder."""

    nombre: str
    siglas: str | None
    ruc: str
    tipo: str
    ubigeo: str
    correo: str
    lider: str
    dni: str | None
    correo_lider: str


def dar_de_alta(caso: Caso, movimiento: Movimiento) -> None:
    """Crea la entidad y la cuenta de su líder, y lo invita; la segunda vez no hace nada.

    Todo en la transacción del paso que lo pide. Lanza `Conflicto` si no es la plataforma o si el
    RUC ya es de otra entidad.
    """
    if not caso.entidad.es_plataforma:
        raise Conflicto("Solo la entidad de la plataforma crea otras entidades.")
    if suceso_de(caso) is not None:
        return
    pedida = _pedida(caso)
    entidad = _crear_entidad(caso, pedida)
    lider = _crear_lider(caso, pedida, entidad)
    caso.nombres["entidad_nueva"] = entidad.nombre
    caso.nombres["direccion_nueva"] = f"{caso.entorno.direccion_publica}/{entidad.slug}/"
    mover(
        caso,
        SUCESO,
        {
            "entidad": entidad.slug, "entidad_id": entidad.id, "nombre": entidad.nombre,
            "usuario_id": lider.id, "correo": lider.correo,
        },
    )  # fmt: skip
    invitado = Invitado(lider.id, lider.correo, lider.nombres, entidad.id, entidad.nombre)
    invitar(caso, invitado, entidad.slug, f"{caso.solicitud.id}.{movimiento.orden}.alta-del-lider")
    caso.entorno.punteros.olvidar()


def _pedida(caso: Caso) -> _Pedida:
    def valor(uso: str) -> Any:
        return valor_de(caso.definicion, caso.respuestas, uso)

    ubigeo = valor("entidad_ubigeo")["codigo"]
    if not ubigeo.isdecimal():
        raise Conflicto("Una entidad está en un distrito del Perú: corrige su distrito.")
    # Sin datos aparte, el líder es quien presenta.
    correo_lider = normalizar_correo(valor("lider_correo") or valor("correo"))
    lider = valor("lider_nombres") or remitente(caso.definicion, caso.respuestas)
    return _Pedida(
        nombre=str(valor("entidad_nombre"))[:200],
        siglas=valor("entidad_siglas"),
        ruc=valor("entidad_ruc"),
        tipo=valor("entidad_tipo") or "otra",
        ubigeo=ubigeo,
        correo=valor("entidad_correo") or correo_lider,
        lider=str(lider)[:150],
        dni=valor("lider_dni") or valor("identidad"),
        correo_lider=correo_lider,
    )


def _crear_entidad(caso: Caso, pedida: _Pedida) -> Entidad:
    sesion = caso.sesion
    otra = sesion.scalar(select(Entidad.slug).where(Entidad.ruc == pedida.ruc))
    if otra:
        raise Conflicto(f"El RUC {pedida.ruc} ya es de la entidad «{otra}».")
    entidad = Entidad(slug=_slug_libre(caso, pedida), revision=0, creada_en=caso.ahora)
    dato = {
        "nombre": pedida.nombre,
        "nombre_corto": pedida.siglas or pedida.nombre,
        "ruc": pedida.ruc,
        "tipo": pedida.tipo,
        "ubigeo": pedida.ubigeo,
        "correo": pedida.correo,
        "horario": HORARIO_MESA.a_dict(),
        "sedes": [{"codigo": "central", "nombre": "Sede central", "principal": True}],
    }
    poner_datos(entidad, dato)
    sesion.add(entidad)
    sesion.flush()
    with en_ambito(sesion, Ambito.de(entidad.id)):
        poner_lugares(sesion, entidad, dato)
    return entidad


def _slug_libre(caso: Caso, pedida: _Pedida) -> str:
    """Una dirección que se puede dictar: de las siglas o del nombre, que nadie use."""
    base = _slug(pedida.siglas or "") or _slug(pedida.nombre) or "entidad"
    n, slug = 1, base
    while slug in SLUGS_RESERVADOS or _ocupado(caso, slug):
        n += 1
        slug = f"{base[: _LARGO_DE_SLUG - 5]}-{n}"
    return slug


def _slug(texto: str) -> str:
    slug = re.sub("[^a-z0-9]+", "-", normalizar(texto)).strip("-")[:_LARGO_DE_SLUG].strip("-")
    # Una dirección empieza con letra.
    return slug if slug[:1].isalpha() or not slug else f"entidad-{slug}"[:_LARGO_DE_SLUG]


def _ocupado(caso: Caso, slug: str) -> bool:
    return caso.sesion.scalar(select(Entidad.id).where(Entidad.slug == slug)) is not None


def _crear_lider(caso: Caso, pedida: _Pedida, entidad: Entidad) -> Usuario:
    """La cuenta del líder, que puede existir ya: su nombre y su clave son suyos."""
    sesion = caso.sesion
    usuario = sesion.scalar(select(Usuario).where(Usuario.correo == pedida.correo_lider))
    if usuario is None:
        usuario = Usuario(
            correo=pedida.correo_lider,
            nombres=pedida.lider,
            documento=pedida.dni,
            creado_en=caso.ahora,
        )
        sesion.add(usuario)
        sesion.flush()
    with en_ambito(sesion, Ambito.de(entidad.id)):
        sesion.add(
            Membresia(
                entidad_id=entidad.id,
                usuario_id=usuario.id,
                rol=COORDINADOR_ENTIDAD,
                creada_en=caso.ahora,
            )
        )
    anotar(
        sesion, caso.ahora, entidad.id, caso.autor.usuario_id, "entidad.creada", entidad.slug,
        solicitud=caso.solicitud.numero,
    )  # fmt: skip
    return usuario

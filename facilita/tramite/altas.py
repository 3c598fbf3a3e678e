"""Dar de alta la entidad que pide una solicitud, con su líder como coordinador de entidad."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from facilita.plazos import HORARIO_MESA
from facilita.tramite import situaciones
from facilita.tramite.ambito import Ambito, en_ambito
from facilita.tramite.bitacora import anotar
from facilita.tramite.cargo import remitente, valor_de
from facilita.tramite.caso import Caso
from facilita.tramite.direcciones import slug_libre
from facilita.tramite.entidades import poner_datos, poner_lugares
from facilita.tramite.errores import Conflicto
from facilita.tramite.invitaciones import SUCESO, Invitado, invitar, suceso_de
from facilita.tramite.modelos import Entidad, Membresia, Movimiento, SistemaPropio, Usuario
from facilita.tramite.permisos import COORDINADOR_ENTIDAD
from facilita.tramite.sucesos import mover
from facilita.tramite.usuarios import normalizar_correo

SISTEMA = "sistema_registrado"
"""El movimiento con que una solicitud registró un sistema propio."""


@dataclass(frozen=True)
class _Pedida:
    """Lo que la solicitud dice de la entidad y de su líder."""

    nombre: str
    siglas: str | None
    ruc: str
    tipo: str
    ubigeo: str
    correo: str
    direccion: str | None
    lider: str
    dni: str | None
    correo_lider: str


def dar_de_alta(caso: Caso, movimiento: Movimiento) -> None:
    """Crea la entidad y la cuenta de su líder, y lo invita; la segunda vez no hace nada.

    Todo en la transacción del paso que lo pide. Lanza `Conflicto` si no es la plataforma o si el
    RUC ya es de otra entidad.
    """
    _exigir_plataforma(caso)
    if suceso_de(caso) is None:
        _abrir(caso, movimiento, _pedida(caso))


def registrar_sistema(caso: Caso, movimiento: Movimiento) -> None:
    """Registra la mesa de partes que la entidad tiene fuera; si no tiene acceso, también la crea.

    La segunda vez no hace nada. Lanza `Conflicto` si no es la plataforma.
    """
    _exigir_plataforma(caso)
    if _ya_registro(caso):
        return
    pedida = _pedida(caso)
    entidad = _con_acceso(caso, pedida.ruc)
    if entidad is None:
        entidad = _abrir(caso, movimiento, pedida)
    _nombrar(caso, entidad)
    with en_ambito(caso.sesion, Ambito.de(entidad.id)):
        caso.sesion.add(_sistema(caso, entidad))
    mover(caso, SISTEMA, {"entidad": entidad.slug, "nombre": entidad.nombre})
    caso.entorno.punteros.olvidar()


def _exigir_plataforma(caso: Caso) -> None:
    if not caso.entidad.es_plataforma:
        raise Conflicto("Solo la entidad de la plataforma crea otras entidades.")


def _ya_registro(caso: Caso) -> bool:
    suyo = select(Movimiento.id).where(
        Movimiento.solicitud_id == caso.solicitud.id, Movimiento.tipo == SISTEMA
    )
    return caso.sesion.scalar(suyo.limit(1)) is not None


def _con_acceso(caso: Caso, ruc: str) -> Entidad | None:
    entidad = caso.sesion.scalar(select(Entidad).where(Entidad.ruc == ruc))
    if entidad is None:
        return None
    with en_ambito(caso.sesion, Ambito.de(entidad.id)):
        return entidad if situaciones.tiene_acceso(caso.sesion, entidad.id) else None


def _sistema(caso: Caso, entidad: Entidad) -> SistemaPropio:
    def valor(uso: str) -> Any:
        return valor_de(caso.definicion, caso.respuestas, uso)

    return SistemaPropio(
        entidad_id=entidad.id,
        direccion=str(valor("sistema_direccion"))[:300],
        desde=date.fromisoformat(valor("sistema_desde")),
        como_informa=str(valor("sistema_estados"))[:1000],
        contacto=str(valor("lider_nombres") or remitente(caso.definicion, caso.respuestas))[:150],
        correo=normalizar_correo(valor("lider_correo") or valor("correo")),
        telefono=_texto(valor("lider_celular") or valor("celular")),
        solicitud=caso.solicitud.numero,
        usuario_id=caso.autor.usuario_id,
        cuando=caso.ahora,
    )


def _nombrar(caso: Caso, entidad: Entidad) -> None:
    caso.nombres["entidad_nueva"] = entidad.nombre
    caso.nombres["direccion_nueva"] = f"{caso.entorno.direccion_publica}/{entidad.slug}/"


def _abrir(caso: Caso, movimiento: Movimiento, pedida: _Pedida) -> Entidad:
    entidad = _crear_entidad(caso, pedida)
    lider = _crear_lider(caso, pedida, entidad)
    _nombrar(caso, entidad)
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
    return entidad


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
        direccion=_texto(valor("direccion")),
        lider=str(lider)[:150],
        dni=valor("lider_dni") or valor("identidad"),
        correo_lider=correo_lider,
    )


def _texto(valor: Any) -> str | None:
    return str(valor)[:250] if valor else None


def _crear_entidad(caso: Caso, pedida: _Pedida) -> Entidad:
    """La entidad con acceso: una nueva, o la que ya estaba registrada con ese RUC y no lo tenía."""
    sesion = caso.sesion
    entidad = sesion.scalar(select(Entidad).where(Entidad.ruc == pedida.ruc).with_for_update())
    if entidad is None:
        entidad = Entidad(slug=slug_libre(sesion, pedida.siglas, pedida.nombre), revision=0)
        entidad.creada_en = caso.ahora
    else:
        _exigir_sin_acceso(sesion, entidad)
    dato = _datos(pedida)
    poner_datos(entidad, dato)
    try:
        with sesion.begin_nested():
            sesion.add(entidad)
    except IntegrityError:
        # Otra solicitud con el mismo RUC se aprobó al mismo tiempo.
        raise Conflicto from None
    with en_ambito(sesion, Ambito.de(entidad.id)):
        poner_lugares(sesion, entidad, dato)
        quien = caso.autor.usuario_id
        situaciones.registrar_datos(sesion, entidad, caso.ahora, quien)
        situaciones.dar_acceso(
            sesion, entidad, caso.ahora, quien, f"Solicitud {caso.solicitud.numero}"
        )
    return entidad


def _exigir_sin_acceso(sesion: Session, entidad: Entidad) -> None:
    with en_ambito(sesion, Ambito.de(entidad.id)):
        con_acceso = situaciones.tiene_acceso(sesion, entidad.id)
    if con_acceso:
        raise Conflicto(f"El RUC {entidad.ruc} ya es de la entidad «{entidad.slug}».")


def _datos(pedida: _Pedida) -> dict[str, Any]:
    principal = {"codigo": "central", "nombre": "Sede central", "principal": True}
    if pedida.direccion:
        principal["direccion"] = pedida.direccion
    return {
        "nombre": pedida.nombre,
        "nombre_corto": pedida.siglas or pedida.nombre,
        "ruc": pedida.ruc,
        "tipo": pedida.tipo,
        "ubigeo": pedida.ubigeo,
        "correo": pedida.correo,
        "direccion": pedida.direccion,
        "horario": HORARIO_MESA.a_dict(),
        "sedes": [principal],
    }


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

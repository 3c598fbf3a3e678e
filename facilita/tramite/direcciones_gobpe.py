"""Dónde publicó la entidad su página de gob.pe: lo declara, y el trabajador mira si responde."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from facilita.definicion.campos import Error, Lector, crear_campo
from facilita.definicion.contexto import VACIO
from facilita.servicios.sonda import Sondeo
from facilita.tramite.ambito import Ambito
from facilita.tramite.bitacora import anotar
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto, Invalido
from facilita.tramite.modelos import DireccionGobpe, Entidad, Sondeada, Usuario
from facilita.tramite.permisos import Actor, exigir

CADA = timedelta(days=1)
"""Cada cuánto se mira una dirección que responde."""
SI_FALLA = timedelta(hours=1)
"""Y una que no respondió."""
POR_VUELTA = 5
LARGO = 300
A_LA_VISTA = 20

CAMPO = crear_campo(
    {
        "id": "direccion",
        "tipo": "enlace",
        "etiqueta": "Dirección de tu página",
        "obligatorio": True,
        "ejemplo": "https://www.gob.pe/20416-acceder-a-mesa-de-partes?child=12345",
    }
)


@dataclass(frozen=True)
class Declarada:
    """Una dirección que la entidad declaró, o el día en que dijo que ya no está."""

    direccion: str | None
    cuando: datetime
    quien: str | None


@dataclass(frozen=True)
class Publicada:
    """Lo que se sabe de la página publicada: la dirección de hoy, si responde y su historia."""

    actual: Declarada | None
    """Nada, si no hay una publicada."""
    responde: bool | None
    """Nada, si todavía no se miró."""
    detalle: str
    mirada_en: datetime | None
    historia: Sequence[Declarada]
    se_mira: bool
    """Si esta instalación mira las direcciones."""


def ver(entorno: Entorno, actor: Actor) -> Publicada:
    """La dirección de la entidad del actor, con lo último que se supo de ella."""
    exigir(actor, "gobpe.publicar")
    with entorno.bd.lectura(Ambito.de(actor.entidad_id)) as sesion:
        filas = sesion.execute(
            select(DireccionGobpe, Usuario.nombres)
            .outerjoin(Usuario, Usuario.id == DireccionGobpe.usuario_id)
            .order_by(DireccionGobpe.id.desc())
            .limit(A_LA_VISTA)
        ).all()
        historia = [Declarada(d.direccion, d.cuando, quien) for d, quien in filas]
        hay = bool(filas) and historia[0].direccion is not None
        mirada = _ultima_mirada(sesion, filas[0][0].id) if hay else None
    return Publicada(
        actual=historia[0] if hay else None,
        responde=mirada.responde if mirada else None,
        detalle=mirada.detalle if mirada else "",
        mirada_en=mirada.cuando if mirada else None,
        historia=historia,
        se_mira=entorno.sonda is not None,
    )


def _ultima_mirada(sesion: Session, direccion_id: int) -> Sondeada | None:
    suyas = select(Sondeada).where(Sondeada.direccion_id == direccion_id)
    return sesion.scalar(suyas.order_by(Sondeada.id.desc()).limit(1))


def declarar(entorno: Entorno, actor: Actor, escrita: str) -> None:
    """Anota dónde está publicada la página: https, en gob.pe o en el sitio de la entidad.

    Lanza `Invalido` con lo que está mal; la misma de antes no se anota dos veces.
    """
    exigir(actor, "gobpe.publicar")
    direccion = _leer(escrita)
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        entidad = sesion.get_one(Entidad, actor.entidad_id, with_for_update=True)
        if not _es_suya(direccion, entidad.sitio):
            raise Invalido([_error("ajena", _frase_de_ajena(entidad.sitio))])
        ultima = vigente(sesion)
        if ultima is not None and ultima.direccion == direccion:
            return
        _agregar(sesion, actor, direccion, ahora)


def retirar(entorno: Entorno, actor: Actor) -> None:
    """Anota que la página ya no está publicada; lanza `Conflicto` si no lo estaba."""
    exigir(actor, "gobpe.publicar")
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        sesion.get_one(Entidad, actor.entidad_id, with_for_update=True)
        ultima = vigente(sesion)
        if ultima is None:
            raise Conflicto("No hay ninguna página anotada: no hay nada que retirar.")
        _agregar(sesion, actor, None, ahora)


def _agregar(sesion: Session, actor: Actor, direccion: str | None, ahora: datetime) -> None:
    sesion.add(
        DireccionGobpe(
            entidad_id=actor.entidad_id,
            cuando=ahora,
            direccion=direccion,
            usuario_id=actor.usuario_id,
        )
    )
    accion = "gobpe.publicada" if direccion else "gobpe.retirada"
    anotar(sesion, ahora, actor.entidad_id, actor.usuario_id, accion, actor.entidad_slug)


def vigente(sesion: Session) -> DireccionGobpe | None:
    """La dirección publicada hoy; la sesión debe tener el ámbito de su entidad."""
    ultima = sesion.scalar(select(DireccionGobpe).order_by(DireccionGobpe.id.desc()).limit(1))
    return ultima if ultima is not None and ultima.direccion else None


def _leer(escrita: str) -> str:
    lector = Lector(VACIO)
    lector.recibir(CAMPO, escrita)
    if lector.errores:
        raise Invalido(lector.errores)
    direccion = str(lector.valores[CAMPO.id])
    if len(direccion) > LARGO:
        raise Invalido([_error("largo", f"Acorta la dirección: caben {LARGO} letras.")])
    if not direccion.isascii() or urlsplit(direccion).port not in (None, 443):
        frase = "Copia la dirección de la barra del navegador, como https://www.gob.pe/…"
        raise Invalido([_error("forma", frase)])
    return direccion


def _error(clave: str, frase: str) -> Error:
    return Error(CAMPO.id, clave, frase)


def _es_suya(direccion: str, sitio: str | None) -> bool:
    equipo = _equipo(direccion)
    propio = _equipo(sitio or "").removeprefix("www.")
    admitidos = ["gob.pe", *([propio] if propio else [])]
    return any(equipo == a or equipo.endswith(f".{a}") for a in admitidos)


def _equipo(direccion: str) -> str:
    return (urlsplit(direccion).hostname or "").rstrip(".").lower()


def _frase_de_ajena(sitio: str | None) -> str:
    otro = f" o en {_equipo(sitio)}" if sitio else ""
    return f"Tu página tiene que estar en gob.pe{otro}. Si es de otro sitio, ponlo en los datos."


# --- el trabajador --------------------------------------------------------------------------------


def mirar_direcciones(entorno: Entorno) -> int:
    """Mira si responden las que toca; da cuántas miró. Sin sonda no mira ninguna."""
    if entorno.sonda is None:
        return 0
    with entorno.bd.lectura(Ambito.de_plataforma("mirar las páginas de gob.pe")) as sesion:
        tocan = _que_tocan(sesion, entorno.reloj.ahora())
    for entidad_id, direccion_id, direccion in tocan:
        # La red se espera sin transacción abierta.
        sondeo = entorno.sonda.preguntar(direccion)
        _anotar_mirada(entorno, entidad_id, direccion_id, sondeo)
    return len(tocan)


def _que_tocan(sesion: Session, ahora: datetime) -> list[tuple[int, int, str]]:
    """La última dirección de cada entidad, si está publicada y hace rato que no se mira."""
    otra = aliased(DireccionGobpe)
    ultimas = select(func.max(otra.id)).group_by(otra.entidad_id)
    reciente = select(Sondeada.id).where(
        Sondeada.direccion_id == DireccionGobpe.id, _es_reciente(ahora)
    )
    filas: Sequence[Any] = sesion.execute(
        select(DireccionGobpe.entidad_id, DireccionGobpe.id, DireccionGobpe.direccion)
        .join(Entidad, Entidad.id == DireccionGobpe.entidad_id)
        .where(
            DireccionGobpe.id.in_(ultimas),
            DireccionGobpe.direccion.is_not(None),
            Entidad.activa,
            ~reciente.exists(),
        )
        .order_by(DireccionGobpe.id)
        .limit(POR_VUELTA)
    ).all()
    return [(f.entidad_id, f.id, f.direccion) for f in filas]


def _es_reciente(ahora: datetime) -> Any:
    return or_(
        and_(Sondeada.responde, Sondeada.cuando > ahora - CADA),
        and_(Sondeada.responde.is_(False), Sondeada.cuando > ahora - SI_FALLA),
    )


def _anotar_mirada(entorno: Entorno, entidad_id: int, direccion_id: int, sondeo: Sondeo) -> None:
    with entorno.bd.transaccion(Ambito.de(entidad_id)) as sesion:
        sesion.get_one(Entidad, entidad_id, with_for_update=True)
        ahora = entorno.reloj.ahora()
        suya = Sondeada.direccion_id == direccion_id
        ya = select(Sondeada.id).where(suya, _es_reciente(ahora)).limit(1)
        if sesion.scalar(ya) is not None:
            # Otro trabajador la miró a la vez: basta una.
            return
        sesion.add(
            Sondeada(
                entidad_id=entidad_id,
                direccion_id=direccion_id,
                cuando=ahora,
                responde=sondeo.responde,
                detalle=sondeo.detalle[:300],
            )
        )

"""El directorio de entidades: lo que la SGTD ve de cada una, y cómo la encuentra."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from facilita.plazos import fecha_lima
from facilita.tramite import padron
from facilita.tramite.ambito import Ambito
from facilita.tramite.bitacora import anotar
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import NoExiste
from facilita.tramite.modelos import (
    Entidad,
    Formulario,
    Membresia,
    SistemaPropio,
    Solicitud,
    SucesoDeEntidad,
    Usuario,
)
from facilita.tramite.normalizar import normalizar, palabras
from facilita.tramite.padron import Ficha
from facilita.tramite.permisos import ROLES, Actor, exigir

POR_PAGINA = 25
SITUACIONES = {
    "con_acceso": "Con acceso",
    "registrada": "Sin acceso todavía",
    "suspendida": "Suspendida",
}
CLASES = {
    "registrada": "Se registró",
    "datos": "Cambiaron sus datos",
    "acceso": "Recibió el acceso",
    "suspendida": "Quedó suspendida",
    "reactivada": "Volvió a estar activa",
}


@dataclass(frozen=True)
class Busqueda:
    """Lo que se busca en el directorio."""

    texto: str = ""
    tipo: str = ""
    region: str = ""
    situacion: str = ""
    mesa: str = ""
    """«facilita», «sistema_propio» o «ninguna»."""
    pagina: int = 1


@dataclass(frozen=True)
class Listado:
    """Una página del directorio."""

    fichas: Sequence[Ficha]
    total: int
    pagina: int
    paginas: int
    regiones: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Suceso:
    """Algo que le pasó a la entidad, en palabras."""

    que: str
    cuando: datetime
    quien: str | None
    motivo: str | None


@dataclass(frozen=True)
class Persona:
    """Alguien que trabaja en la entidad."""

    nombres: str
    correo: str
    rol: str
    con_clave: bool


@dataclass(frozen=True)
class Expediente:
    """Todo lo que la SGTD ve de una entidad: nunca lo que presentan las personas."""

    ficha: Ficha
    lugar: str
    correo: str
    telefono: str | None
    activa: bool
    es_plataforma: bool
    sucesos: Sequence[Suceso]
    formularios: Sequence[tuple[str, str]]
    personas: Sequence[Persona]
    sistemas: Sequence[SistemaPropio]
    abiertas: int
    """Cuántas solicitudes tiene en trámite."""


def listar(entorno: Entorno, actor: Actor, busqueda: Busqueda) -> Listado:
    """Las entidades que responden a la búsqueda, por nombre; lanza `NoPermitido`."""
    exigir(actor, "entidad.ver")
    ahora = entorno.reloj.ahora()
    todas = padron.leer(entorno, fecha_lima(ahora)).al(ahora)
    halladas = sorted(
        (f for f in todas if _responde(f, busqueda)), key=lambda f: (normalizar(f.nombre), f.ruc)
    )
    paginas = max(1, -(-len(halladas) // POR_PAGINA))
    pagina = min(max(1, busqueda.pagina), paginas)
    desde = (pagina - 1) * POR_PAGINA
    return Listado(
        halladas[desde : desde + POR_PAGINA],
        len(halladas),
        pagina,
        paginas,
        regiones_de(entorno, todas),
    )


def regiones_de(entorno: Entorno, fichas: Sequence[Ficha]) -> list[tuple[str, str]]:
    """Las regiones de unas entidades: código y nombre, por nombre."""
    pares = {(f.region, entorno.territorio.nombre(f.region) or f.region) for f in fichas}
    return sorted(pares, key=lambda par: normalizar(par[1]))


def _responde(ficha: Ficha, b: Busqueda) -> bool:
    iguales = (
        (b.tipo, ficha.tipo),
        (b.region, ficha.region),
        (b.situacion, ficha.situacion),
        (b.mesa, ficha.mesa or "ninguna"),
    )
    if any(pedido and pedido != suyo for pedido, suyo in iguales):
        return False
    escrito = normalizar(f"{ficha.nombre} {ficha.nombre_corto} {ficha.ruc}")
    return all(palabra in escrito for palabra in palabras(b.texto))


def ver(entorno: Entorno, actor: Actor, entidad_id: int) -> Expediente:
    """Lo de una entidad, y deja constancia de quién lo miró (N61); lanza `NoExiste`."""
    exigir(actor, "entidad.ver")
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de_plataforma("ver una entidad")) as sesion:
        entidad = sesion.get(Entidad, entidad_id)
        if entidad is None:
            raise NoExiste("No encontramos esa entidad.")
        anotar(sesion, ahora, actor.entidad_id, actor.usuario_id, "entidad.vista", entidad.slug)
        return _expediente(sesion, entorno, entidad, ahora)


def _expediente(sesion: Session, entorno: Entorno, entidad: Entidad, ahora: datetime) -> Expediente:
    suyo = padron.Padron(sesion, ahora, entorno.direccion_publica, entidad.id).al(ahora)
    if not suyo:
        raise NoExiste("No encontramos esa entidad.")
    abiertas = select(func.count()).where(Solicitud.entidad_id == entidad.id, Solicitud.abierta)
    return Expediente(
        ficha=suyo[0],
        lugar=entorno.territorio.nombre(entidad.ubigeo) or entidad.ubigeo,
        correo=entidad.correo,
        telefono=entidad.telefono,
        activa=entidad.activa,
        es_plataforma=entidad.es_plataforma,
        sucesos=_sucesos(sesion, entidad.id),
        formularios=_formularios(sesion, entidad.id),
        personas=_personas(sesion, entidad.id),
        sistemas=sesion.scalars(
            select(SistemaPropio)
            .where(SistemaPropio.entidad_id == entidad.id)
            .order_by(SistemaPropio.id.desc())
        ).all(),
        abiertas=sesion.scalar(abiertas) or 0,
    )


def _sucesos(sesion: Session, entidad_id: int) -> list[Suceso]:
    filas = sesion.execute(
        select(SucesoDeEntidad, Usuario.nombres)
        .outerjoin(Usuario, Usuario.id == SucesoDeEntidad.usuario_id)
        .where(SucesoDeEntidad.entidad_id == entidad_id)
        .order_by(SucesoDeEntidad.id.desc())
    ).all()
    return [Suceso(CLASES.get(s.clase, s.clase), s.cuando, quien, s.motivo) for s, quien in filas]


def _formularios(sesion: Session, entidad_id: int) -> list[tuple[str, str]]:
    filas = sesion.execute(
        select(Formulario.slug, Formulario.titulo)
        .where(Formulario.entidad_id == entidad_id, Formulario.vigente_id.is_not(None))
        .order_by(Formulario.id)
    ).all()
    return [(slug, titulo) for slug, titulo in filas]


def _personas(sesion: Session, entidad_id: int) -> list[Persona]:
    filas = sesion.execute(
        select(Usuario.nombres, Usuario.correo, Membresia.rol, Usuario.clave.is_not(None))
        .join(Membresia, Membresia.usuario_id == Usuario.id)
        .where(
            Membresia.entidad_id == entidad_id,
            Membresia.activa,
            Usuario.activo,
            Membresia.rol == "coordinador_entidad",
        )
        .order_by(Usuario.nombres)
    ).all()
    return [Persona(n, c, ROLES.get(r, r), bool(clave)) for n, c, r, clave in filas]


def dia_pedido(entorno: Entorno, escrito: str) -> date | None:
    """El día que se pide en un reporte: hoy si no dice cuál, nada si no es un día que ya llegó."""
    hoy = fecha_lima(entorno.reloj.ahora())
    if not escrito:
        return hoy
    try:
        dia = date.fromisoformat(escrito)
    except ValueError:
        return None
    return dia if date(2000, 1, 1) <= dia <= hoy else None

"""Las sedes de una entidad: crearlas, cambiarlas e inactivarlas; ninguna se borra."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from facilita.definicion.campos import Error
from facilita.definicion.contexto import Lugar
from facilita.definicion.limpieza import una_linea
from facilita.servicios.territorio import Territorio
from facilita.tramite.ambito import Ambito
from facilita.tramite.bitacora import anotar
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto, Invalido, NoExiste
from facilita.tramite.modelos import Area, Entidad, Membresia, Sede
from facilita.tramite.normalizar import normalizar
from facilita.tramite.permisos import Actor, exigir

LARGO_DE_NOMBRE = 150
LARGO_DE_DIRECCION = 250
_LARGO_DE_CODIGO = 40


@dataclass(frozen=True)
class SedeEscrita:
    """Lo que se escribe de una sede."""

    nombre: str = ""
    direccion: str = ""
    distrito: tuple[str, ...] = ()
    """Lo escrito y, si la pantalla ofreció varios, el código elegido."""
    principal: bool = False
    recibe: bool = True


@dataclass(frozen=True)
class SedeVista:
    """Una sede, con lo que depende de ella."""

    id: int
    codigo: str
    nombre: str
    direccion: str
    ubigeo: str
    distrito: str
    principal: bool
    recibe: bool
    activa: bool
    personas: int
    """Cuántas trabajan ahí."""
    areas: int
    """Cuántas áreas están ahí."""


def listar(entorno: Entorno, actor: Actor) -> tuple[SedeVista, ...]:
    """Las sedes de la entidad: primero la principal, al final las inactivas."""
    exigir(actor, "sede.cambiar")
    orden = (Sede.activa.desc(), Sede.principal.desc(), Sede.nombre)
    with entorno.bd.lectura(Ambito.de(actor.entidad_id)) as sesion:
        personas = _cuantas(sesion, Membresia)
        areas = _cuantas(sesion, Area)
        return tuple(
            _vista(entorno.territorio, s, personas.get(s.id, 0), areas.get(s.id, 0))
            for s in sesion.scalars(select(Sede).order_by(*orden))
        )


def _cuantas(sesion: Session, modelo: type[Membresia] | type[Area]) -> dict[int, int]:
    activas = select(modelo.sede_id, func.count()).where(modelo.activa)
    filas = sesion.execute(activas.group_by(modelo.sede_id))
    return {f[0]: f[1] for f in filas if f[0] is not None}


def _vista(territorio: Territorio, sede: Sede, personas: int, areas: int) -> SedeVista:
    return SedeVista(
        id=sede.id,
        codigo=sede.codigo,
        nombre=sede.nombre,
        direccion=sede.direccion or "",
        ubigeo=sede.ubigeo,
        distrito=territorio.nombre(sede.ubigeo) or sede.ubigeo,
        principal=sede.principal,
        recibe=sede.recibe,
        activa=sede.activa,
        personas=personas,
        areas=areas,
    )


def ver(entorno: Entorno, actor: Actor, cual: int) -> SedeVista:
    """Una sede de la entidad; lanza `NoExiste`."""
    suya = next((s for s in listar(entorno, actor) if s.id == cual), None)
    if suya is None:
        raise NoExiste("No encontramos esa sede.")
    return suya


def guardar(entorno: Entorno, actor: Actor, nueva: SedeEscrita, cual: int | None = None) -> int:
    """Crea una sede o cambia una; da su id.

    Su distrito decide qué días son hábiles para lo que se presente ahí (N40, N41). Lo ya
    presentado conserva su cuenta. Lanza `NoPermitido`, `NoExiste` o `Invalido`.
    """
    exigir(actor, "sede.cambiar")
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        entidad = _con_turno(sesion, actor)
        sede = _hallar(sesion, cual) if cual is not None else Sede(entidad_id=entidad.id)
        nombre, direccion = una_linea(nueva.nombre) or "", una_linea(nueva.direccion) or ""
        lugar, errores = ubicar(entorno.territorio, nueva.distrito)
        errores = [*_de_nombre(sesion, nombre, cual), *_de_direccion(direccion), *errores]
        if errores or lugar is None:
            raise Invalido(errores)
        if cual is None:
            sede.codigo = codigo_libre(sesion, Sede, nombre)
        sede.nombre, sede.direccion, sede.ubigeo = nombre, direccion or None, lugar.codigo
        sede.recibe = nueva.recibe
        sesion.add(sede)
        sesion.flush()
        _poner_principal(sesion, sede, elegida=nueva.principal)
        _exigir_que_alguna_reciba(sesion)
        _anotar(entorno, sesion, entidad, actor, "sede.guardada", sede)
        guardada = sede.id
    entorno.punteros.olvidar()
    return guardada


def ubicar(territorio: Territorio, escrito: Sequence[str]) -> tuple[Lugar | None, list[Error]]:
    """El distrito que se escribió, o el error que dice por qué no se sabe cuál es."""
    hallados = posibles(territorio, escrito)
    elegidos = [lugar for lugar in hallados if lugar.codigo in escrito]
    if len(elegidos or hallados) == 1:
        return (elegidos or hallados)[0], []
    if hallados:
        frase = "Hay varios distritos con ese nombre: elige cuál es."
    elif any(parte.strip() for parte in escrito):
        frase = "No conocemos ese distrito. Escríbelo como «Miraflores, Lima» o por su ubigeo."
    else:
        frase = "Escribe el distrito donde está: de él dependen sus días hábiles."
    return None, [Error("distrito", "ubigeo", frase)]


def posibles(territorio: Territorio, escrito: Sequence[str]) -> list[Lugar]:
    """Los distritos que responden a lo escrito."""
    texto = next((p for p in escrito if p.strip()), "")
    return territorio.buscar(texto[:100]) if texto else []


def inactivar(entorno: Entorno, actor: Actor, cual: int) -> None:
    """Deja de ofrecer una sede; lo presentado ahí sigue su curso.

    Lanza `Conflicto` si es la principal, la única que recibe, o si aún tiene personas o áreas.
    """
    exigir(actor, "sede.cambiar")
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        entidad, sede = _con_turno(sesion, actor), _hallar(sesion, cual)
        if sede.principal:
            raise Conflicto("Es la sede principal: antes elige otra como principal.")
        _exigir_vacia(sesion, sede)
        sede.activa = False
        sesion.flush()
        _exigir_que_alguna_reciba(sesion)
        _anotar(entorno, sesion, entidad, actor, "sede.inactivada", sede)
    entorno.punteros.olvidar()


def reactivar(entorno: Entorno, actor: Actor, cual: int) -> None:
    """Vuelve a ofrecer una sede inactiva."""
    exigir(actor, "sede.cambiar")
    with entorno.bd.transaccion(Ambito.de(actor.entidad_id)) as sesion:
        entidad, sede = _con_turno(sesion, actor), _hallar(sesion, cual)
        sede.activa = True
        _anotar(entorno, sesion, entidad, actor, "sede.reactivada", sede)
    entorno.punteros.olvidar()


def _exigir_vacia(sesion: Session, sede: Sede) -> None:
    personas = _cuantas(sesion, Membresia).get(sede.id, 0)
    areas = _cuantas(sesion, Area).get(sede.id, 0)
    if personas:
        quienes = "1 persona" if personas == 1 else f"{personas} personas"
        raise Conflicto(f"Ahí trabaja {quienes}: antes cámbiales la sede, o inactívalas.")
    if areas:
        cuales = "1 área" if areas == 1 else f"{areas} áreas"
        raise Conflicto(f"Ahí está {cuales}: antes cámbiales la sede, o inactívalas.")


def _exigir_que_alguna_reciba(sesion: Session) -> None:
    if sesion.scalar(select(Sede.id).where(Sede.activa, Sede.recibe).limit(1)) is None:
        frase = "Al menos una sede activa tiene que recibir documentos."
        raise Invalido([Error("recibe", "recibe", frase)], frase)


def _poner_principal(sesion: Session, sede: Sede, *, elegida: bool) -> None:
    """Una sola es la principal; si nadie lo era, lo es la primera."""
    otra = sesion.scalar(select(Sede).where(Sede.principal, Sede.activa, Sede.id != sede.id))
    if elegida and not sede.activa:
        frase = "Una sede inactiva no puede ser la principal: antes reactívala."
        raise Invalido([Error("principal", "principal", frase)])
    if sede.principal and not elegida:
        frase = "Para que deje de ser la principal, elige otra como principal."
        raise Invalido([Error("principal", "principal", frase)])
    if elegida or otra is None:
        sede.principal = sede.activa
        if otra is not None:
            otra.principal = False


def _de_nombre(sesion: Session, nombre: str, cual: int | None) -> list[Error]:
    return errores_de_nombre(sesion, Sede, nombre, cual, "esa sede")


def _de_direccion(direccion: str) -> list[Error]:
    if len(direccion) <= LARGO_DE_DIRECCION:
        return []
    frase = f"Acorta la dirección: caben {LARGO_DE_DIRECCION} letras."
    return [Error("direccion", "largo", frase)]


def errores_de_nombre(
    sesion: Session, modelo: type[Sede] | type[Area], nombre: str, cual: int | None, que: str
) -> list[Error]:
    """Lo que está mal en el nombre de un lugar; `cual` es el que se está cambiando."""
    if not nombre:
        return [Error("nombre", "vacio", "Escribe su nombre, como se conoce.")]
    if len(nombre) > LARGO_DE_NOMBRE:
        return [Error("nombre", "largo", f"Acorta el nombre: caben {LARGO_DE_NOMBRE} letras.")]
    otros = sesion.execute(select(modelo.id, modelo.nombre, modelo.activa)).all()
    suyo = normalizar(nombre)
    igual = next((o for o in otros if normalizar(o[1]) == suyo and o[0] != cual), None)
    if igual is None:
        return []
    frase = f"Ya tienes {que}." if igual[2] else f"Ya tienes {que}, inactiva: reactívala."
    return [Error("nombre", "repetido", frase)]


def codigo_libre(sesion: Session, modelo: type[Sede] | type[Area], nombre: str) -> str:
    """El código de un lugar nuevo, sacado de su nombre; no cambia aunque el nombre cambie."""
    base = re.sub("[^a-z0-9]+", "-", normalizar(nombre)).strip("-") or "lugar"
    usados = set(sesion.scalars(select(modelo.codigo)))
    n, codigo = 1, base[:_LARGO_DE_CODIGO].strip("-")
    while codigo in usados:
        n += 1
        codigo = f"{base[: _LARGO_DE_CODIGO - 5].strip('-')}-{n}"
    return codigo


def _con_turno(sesion: Session, actor: Actor) -> Entidad:
    """La entidad, con su turno: quienes cambian sus lugares lo hacen de a uno."""
    return sesion.get_one(Entidad, actor.entidad_id, with_for_update=True)


def _hallar(sesion: Session, cual: int) -> Sede:
    sede = sesion.scalar(select(Sede).where(Sede.id == cual))
    if sede is None:
        raise NoExiste("No encontramos esa sede.")
    return sede


def _anotar(
    entorno: Entorno, sesion: Session, entidad: Entidad, actor: Actor, que: str, sede: Sede
) -> None:
    entidad.revision += 1
    anotar(
        sesion, entorno.reloj.ahora(), entidad.id, actor.usuario_id, que, sede.codigo,
        nombre=sede.nombre, direccion=sede.direccion, ubigeo=sede.ubigeo,
    )  # fmt: skip

"""Un archivo que llega por trozos a un borrador: abrirlo, mirarlo y dejarlo.

Los trozos van al almacén y la cuenta a la base: cualquier proceso sigue desde donde iba. Agregar
un trozo está en `trozos.py`.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from facilita.definicion.campos import Error
from facilita.definicion.campos.archivos import Archivos
from facilita.servicios.codigos import huella
from facilita.servicios.revision import nombre_seguro, tipo_por_nombre
from facilita.tramite.ambito import Ambito
from facilita.tramite.borradores import campos_que_cambian
from facilita.tramite.entidades import EntidadPublica
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto, Invalido, NoExiste, Vencido
from facilita.tramite.leido import Leido, exigir_abierto, hallar
from facilita.tramite.modelos import Borrador, SubidaParcial, Trozo

VIGENCIA = timedelta(hours=48)
"""Lo que se espera el siguiente trozo."""
ABIERTAS = 60
"""Subidas a medias que caben en un borrador."""

_DE_BORRADOR = (
    select(SubidaParcial)
    .join(Borrador, Borrador.id == SubidaParcial.borrador_id)
    .where(Borrador.huella == bindparam("huella"))
    .order_by(SubidaParcial.id)
)
_UNA = _DE_BORRADOR.where(SubidaParcial.id == bindparam("cual"))
CON_TURNO = (
    select(SubidaParcial)
    .where(SubidaParcial.id == bindparam("cual"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
SUS_TROZOS = select(Trozo).where(Trozo.subida_id == bindparam("cual")).order_by(Trozo.desde)


@dataclass(frozen=True)
class Parcial:
    """Una subida como está: cuánto llegó de cuánto, y sus trozos con su huella."""

    id: int
    campo: str
    nombre: str
    largo: int
    recibido: int
    situacion: str
    vence_en: datetime
    motivo: str | None = None
    sha256: str | None = None
    trozos: tuple[tuple[int, str], ...] = ()

    @property
    def sigue(self) -> bool:
        """Si espera más."""
        return self.situacion == "llegando"


def abrir(
    entorno: Entorno,
    entidad: EntidadPublica,
    ficha: str,
    campo: str,
    nombre: str,
    largo: int,
    anunciada: str | None = None,
    visto: Mapping[str, str] | None = None,
) -> Parcial:
    """Abre una subida; lo que no se va a recibir se dice aquí, antes de que llegue un byte (N04).

    Lanza `Invalido` con el reparo; `NoExiste` si el campo no es de archivos.
    """
    ahora = entorno.reloj.ahora()
    leido = abierto(entorno, entidad, ficha, ahora)
    suyo = leido.definicion.campos.get(campo)
    if not isinstance(suyo, Archivos):
        raise NoExiste("Ese campo no recibe archivos.")
    visible = nombre_seguro(nombre)
    _exigir_recibible(suyo, visible, nombre, largo, leido)
    with entorno.bd.transaccion(Ambito.de(entidad.id)) as sesion:
        exigir_que_cambie(sesion, entorno, entidad, leido, campo)
        _exigir_lugar(sesion, leido.id)
        subida = SubidaParcial(
            entidad_id=entidad.id,
            borrador_id=leido.id,
            campo=campo,
            nombre=visible,
            largo=largo,
            sha256=anunciada,
            visto=None if visto is None else visto.get(campo, "")[:64],
            carpeta=secrets.token_hex(16),
            creada_en=ahora,
            vence_en=ahora + VIGENCIA,
        )
        sesion.add(subida)
        sesion.flush()
        return vista(subida)


def abierto(entorno: Entorno, entidad: EntidadPublica, ficha: str, ahora: datetime) -> Leido:
    """El borrador que admite archivos; lanza `NoExiste`, `Vencido` o `Conflicto`."""
    leido = hallar(entorno, entidad, ficha)
    exigir_abierto(leido, ahora)
    if leido.presentado:
        raise Conflicto("Esto ya se presentó: no se le agregan archivos.")
    return leido


def _exigir_recibible(campo: Archivos, visible: str, nombre: str, largo: int, leido: Leido) -> None:
    """Lo que se sabe sin haber visto el archivo: su peso, su extensión y cuántos hay ya."""
    tipo, motivo = tipo_por_nombre(nombre)
    supuesto = {
        "nombre": visible,
        "tamano": largo,
        "tipo": tipo or (campo.tipos[0] if motivo is None else None),
        "motivo": motivo,
    }
    reparo = campo.reparo(supuesto)
    puestos = sum(a.campo == campo.id for a in leido.adjuntos)
    if reparo is None and 1 < campo.cantidad_maxima <= puestos:
        datos = {"maximo": campo.cantidad_maxima, "cantidad": puestos + 1}
        reparo = "archivo_muchos", datos
    if reparo:
        clave, datos = reparo
        raise Invalido([Error(campo.id, clave, campo.frase(clave, **datos))])


def exigir_que_cambie(
    sesion: Session, entorno: Entorno, entidad: EntidadPublica, leido: Leido, campo: str
) -> None:
    """Lanza `Conflicto` si es una corrección y no toca ese campo."""
    permitidos = campos_que_cambian(sesion, entorno, entidad, leido)
    if permitidos is not None and campo not in permitidos:
        raise Conflicto("Ese campo no se corrige: solo lo que te observaron.")


def _exigir_lugar(sesion: Session, borrador_id: int) -> None:
    abiertas = sesion.scalar(
        select(func.count(SubidaParcial.id)).where(
            SubidaParcial.borrador_id == borrador_id, SubidaParcial.situacion == "llegando"
        )
    )
    if (abiertas or 0) >= ABIERTAS:
        raise Conflicto("Hay demasiadas subidas a medias. Quita alguna para empezar otra.")


def ver(entorno: Entorno, entidad: EntidadPublica, ficha: str, cual: int) -> Parcial:
    """Una subida con sus trozos; lanza `NoExiste`, o `Vencido` si ya no se espera más de ella."""
    ahora = entorno.reloj.ahora()
    with entorno.bd.lectura(Ambito.de(entidad.id)) as sesion:
        subida = sesion.scalar(_UNA, {"huella": huella(ficha), "cual": cual})
        if subida is None:
            raise NoExiste("Esa subida no existe.")
        if subida.situacion == "llegando" and subida.vence_en < ahora:
            raise Vencido("Pasó mucho tiempo desde el último trozo. Sube el archivo otra vez.")
        return vista(subida, sesion.scalars(SUS_TROZOS, {"cual": cual}).all())


def de_borrador(entorno: Entorno, entidad_id: int, ficha: str) -> Mapping[str, list[Parcial]]:
    """Las subidas de un borrador que quedaron a medias, por campo."""
    ahora = entorno.reloj.ahora()
    por_campo: dict[str, list[Parcial]] = {}
    with entorno.bd.lectura(Ambito.de(entidad_id)) as sesion:
        for subida in sesion.scalars(_DE_BORRADOR, {"huella": huella(ficha)}):
            if subida.situacion == "llegando" and subida.recibido and subida.vence_en >= ahora:
                por_campo.setdefault(subida.campo, []).append(vista(subida))
    return por_campo


def reparos(
    entorno: Entorno, entidad: EntidadPublica, ficha: str, cuales: Iterable[int]
) -> list[Error]:
    """Por qué no se recibieron esas subidas, dicho en su campo."""
    ids = frozenset(cuales)
    if not ids:
        return []
    with entorno.bd.lectura(Ambito.de(entidad.id)) as sesion:
        suyas = sesion.scalars(_DE_BORRADOR, {"huella": huella(ficha)}).all()
    rechazadas = (s for s in suyas if s.id in ids and s.situacion == "rechazada")
    return [Error(s.campo, "archivo_tipo", s.motivo or "") for s in rechazadas]


def soltar(entorno: Entorno, entidad: EntidadPublica, ficha: str, cual: int) -> None:
    """Deja una subida a medias: sus trozos se borran. Si ya no está, no pasa nada."""
    with entorno.bd.transaccion(Ambito.de(entidad.id)) as sesion:
        suya = sesion.scalar(_UNA, {"huella": huella(ficha), "cual": cual})
        subida = sesion.scalar(CON_TURNO, {"cual": cual}) if suya else None
        if subida is None or subida.situacion != "llegando":
            return
        olvidar(sesion, entorno, [subida])


def olvidar(sesion: Session, entorno: Entorno, subidas: Iterable[SubidaParcial]) -> None:
    """Borra unas subidas ya tomadas: primero sus trozos del almacén, con la fila en la mano."""
    for subida in subidas:
        entorno.almacen.borrar_trozos(subida.carpeta)
        for trozo in sesion.scalars(SUS_TROZOS, {"cual": subida.id}).all():
            sesion.delete(trozo)
        sesion.flush()
        sesion.delete(subida)
        sesion.flush()


def vista(subida: SubidaParcial, trozos: Sequence[Trozo] = ()) -> Parcial:
    """Una fila como la ve quien sube."""
    return Parcial(
        id=subida.id,
        campo=subida.campo,
        nombre=subida.nombre,
        largo=subida.largo,
        recibido=subida.recibido,
        situacion=subida.situacion,
        vence_en=subida.vence_en,
        motivo=subida.motivo,
        sha256=subida.sha256,
        trozos=tuple((t.largo, t.sha256) for t in trozos),
    )

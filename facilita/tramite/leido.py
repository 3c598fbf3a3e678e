"""Un borrador leído: lo guardado como estaba, y cómo se escribe si nadie lo cambió después."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from facilita.definicion import Definicion, Lectura
from facilita.definicion.campos import Error
from facilita.plazos import fecha_lima
from facilita.servicios.codigos import huella
from facilita.tramite.ambito import Ambito
from facilita.tramite.archivos import mismo_contenido, por_campo
from facilita.tramite.caso import ultimas_respuestas
from facilita.tramite.entidades import EntidadPublica
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import NoExiste, Vencido
from facilita.tramite.modelos import Adjunto, Borrador, Observacion, Solicitud, Version
from facilita.tramite.paso import Paso, contexto_de
from facilita.tramite.terminos import vencio

LARGO_DE_RESPUESTA = 200_000
"""Caracteres que se guardan de una respuesta suelta; ningún campo admite tanto."""

_DE_LA_FICHA = select(Borrador).where(Borrador.huella == bindparam("huella"))
_CON_TURNO = _DE_LA_FICHA.with_for_update(of=Borrador).execution_options(populate_existing=True)
# Puede no haber adjuntos: su archivo se junta por fuera, o se llevaría la fila del borrador.
_CON_ADJUNTOS = (
    select(Borrador, Adjunto)
    .outerjoin(Adjunto, Adjunto.borrador_id == Borrador.id)
    .where(Borrador.huella == bindparam("huella"))
    .options(joinedload(Adjunto.archivo, innerjoin=False))
)
_SUS_ADJUNTOS = select(Adjunto).where(Adjunto.borrador_id == bindparam("borrador"))
_LO_OBSERVADO = select(Observacion.campo, Observacion.texto).where(
    Observacion.solicitud_id == bindparam("solicitud")
)
_DE_LA_CORREGIDA = {
    que: select(getattr(Solicitud, que)).where(Solicitud.id == bindparam("cual"))
    for que in ("codigo", "cargo", "presentado_en")
}
_DE_LA_PRESENTADA = {
    que: select(getattr(Solicitud, que)).where(Solicitud.borrador_id == bindparam("cual"))
    for que in ("codigo", "cargo")
}


@dataclass(frozen=True)
class Leido:
    """Un borrador como estaba al leerlo; lo que se le cambia aquí aún no está escrito."""

    id: int
    revision: int
    subsana_id: int | None
    borrador: Borrador
    definicion: Definicion
    crudo: Mapping[str, Any]
    adjuntos: tuple[Adjunto, ...]
    presentado: bool
    vence_en: datetime
    su_version: Version | None = None
    observaciones: Mapping[str, str] | None = None
    codigo: str | None = None
    por_elegir: Mapping[str, list[Any]] = field(default_factory=dict)
    """Los campos que dos ventanas respondieron distinto, con lo que falta elegir."""

    @property
    def version(self) -> Version:
        """La versión del formulario que responde; de un borrador recién abierto, se va por ella."""
        return self.su_version or self.borrador.version

    @property
    def corrige(self) -> bool:
        """Si es la corrección de una solicitud observada."""
        return self.subsana_id is not None

    def con(self, crudo: Mapping[str, Any], **puesto: Any) -> "Leido":
        """El mismo con algo más escrito, tal como llegó, y lo demás que se le ponga."""
        todo = {**self.crudo, **recortar(crudo)}
        return replace(self, crudo=todo, **puesto)


def exigir_abierto(borrador: Borrador | Leido, ahora: datetime) -> None:
    """Lanza `Vencido`; lo ya presentado no vence: la segunda vez encuentra su cargo."""
    if not borrador.presentado and vencio(borrador.vence_en, ahora):
        raise Vencido("Este borrador venció. Empieza de nuevo; será rápido.")


def hallar(entorno: Entorno, entidad: EntidadPublica, ficha: str) -> Leido:
    """Lo guardado con una ficha, sin leer lo respondido; lanza `NoExiste` o `Vencido`."""
    with entorno.bd.lectura(Ambito.de(entidad.id)) as sesion:
        filas = sesion.execute(_CON_ADJUNTOS, {"huella": huella(ficha)}).all()
        borrador = _exigido(filas[0].Borrador if filas else None, entorno.reloj.ahora())
        adjuntos = tuple(fila.Adjunto for fila in filas if fila.Adjunto is not None)
        return _leido(sesion, entorno, borrador, adjuntos)


def releer(sesion: Session, entorno: Entorno, ficha: str, ahora: datetime) -> Leido:
    """Lo guardado con una ficha, con su turno tomado; lanza `NoExiste` o `Vencido`."""
    borrador = buscar(sesion, ficha, ahora, con_turno=True)
    adjuntos = tuple(sesion.scalars(_SUS_ADJUNTOS, {"borrador": borrador.id}))
    return _leido(sesion, entorno, borrador, adjuntos)


class Adelantado(Exception):
    """Otro cambió el borrador desde que se leyó: hay que leerlo de nuevo."""


def escribir(sesion: Session, nuevo: Leido, ahora: datetime) -> None:
    """Guarda un borrador cambiado; lanza `Adelantado` si otro lo cambió desde que se leyó."""
    borrador = nuevo.borrador
    sesion.add(borrador)
    # Uno que ya falló una vez vuelve de la base con la revisión de hoy.
    if borrador.revision != nuevo.revision:
        raise Adelantado
    borrador.crudo = dict(nuevo.crudo)
    borrador.presentado = nuevo.presentado
    borrador.vence_en = nuevo.vence_en
    borrador.tocado_en = ahora
    borrador.por_elegir = dict(nuevo.por_elegir) or None
    # Si se alargó, habrá que volver a avisar antes de que venza.
    borrador.avisado_en = None
    # Aunque diga lo mismo que antes, se escribe: así se sabe si otro se adelantó.
    flag_modified(borrador, "crudo")
    try:
        sesion.flush()
    except StaleDataError as falla:
        raise Adelantado from falla


def paso_de(
    entorno: Entorno, entidad: EntidadPublica, leido: Leido, rechazos: tuple[Error, ...] = ()
) -> Paso:
    """El paso en que está un borrador ya leído."""
    with entorno.bd.lectura(Ambito.de(entidad.id)) as sesion:
        return paso_en(sesion, entorno, entidad, leido, rechazos)


def paso_en(
    sesion: Session,
    entorno: Entorno,
    entidad: EntidadPublica,
    leido: Leido,
    rechazos: tuple[Error, ...] = (),
    ahora: datetime | None = None,
) -> Paso:
    """El paso en que está un borrador ya leído, dentro de una sesión."""
    definicion = leido.definicion
    crudo = {**leido.crudo, **por_campo(leido.adjuntos)}
    presentado = _presentado(sesion, leido)
    lectura = definicion.leer(crudo, contexto_de(sesion, entorno, entidad, ahora, presentado))
    return Paso(
        definicion,
        crudo,
        lectura,
        leido.presentado,
        leido.vence_en,
        rechazos,
        leido.observaciones,
        leido.codigo,
        *_contra_lo_presentado(sesion, leido, lectura, presentado),
        por_elegir=frozenset(leido.por_elegir),
    )


def _presentado(sesion: Session, leido: Leido) -> date | None:
    """El día en que se presentó lo que se corrige: con él se deciden sus condiciones."""
    if leido.subsana_id is None:
        return None
    cuando = sesion.scalar(_DE_LA_CORREGIDA["presentado_en"], {"cual": leido.subsana_id})
    return None if cuando is None else fecha_lima(cuando)


def _contra_lo_presentado(
    sesion: Session, leido: Leido, lectura: Lectura, presentado: date | None
) -> tuple[frozenset[str], frozenset[str]]:
    """En una corrección: los campos que estrena y lo observado que sigue igual."""
    corregida = leido.subsana_id
    # El de una corrección ya entregada se mira, y no cambia.
    if corregida is None or presentado is None or leido.presentado:
        return frozenset(), frozenset()
    antes = ultimas_respuestas(sesion, corregida)
    estrenados = lectura.visibles - leido.definicion.visibles(antes, presentado)
    intactos = frozenset(
        campo
        for campo in leido.observaciones or ()
        if mismo_contenido(antes.get(campo), lectura.valores.get(campo))
    )
    return estrenados, intactos


def buscar(sesion: Session, ficha: str, ahora: datetime, *, con_turno: bool = False) -> Borrador:
    """El borrador de una ficha; lanza `NoExiste` o `Vencido`."""
    consulta = _CON_TURNO if con_turno else _DE_LA_FICHA
    return _exigido(sesion.scalar(consulta, {"huella": huella(ficha)}), ahora)


def _exigido(borrador: Borrador | None, ahora: datetime) -> Borrador:
    if borrador is None:
        raise NoExiste("No encontramos este borrador. Puede que su dirección esté incompleta.")
    exigir_abierto(borrador, ahora)
    return borrador


def _leido(
    sesion: Session, entorno: Entorno, borrador: Borrador, adjuntos: tuple[Adjunto, ...]
) -> Leido:
    leido = replace(
        armar(borrador, entorno.definiciones.de(borrador.version)),
        su_version=borrador.version,
        adjuntos=adjuntos,
    )
    if not (leido.presentado or leido.corrige):
        return leido
    return replace(
        leido,
        observaciones=_observado(sesion, borrador),
        codigo=de_su_solicitud(sesion, borrador, "codigo"),
    )


def armar(borrador: Borrador, definicion: Definicion) -> Leido:
    """Un borrador sin sus archivos ni lo de su solicitud."""
    return Leido(
        id=borrador.id,
        revision=borrador.revision,
        subsana_id=borrador.subsana_id,
        borrador=borrador,
        definicion=definicion,
        crudo=borrador.crudo,
        adjuntos=(),
        presentado=borrador.presentado,
        vence_en=borrador.vence_en,
        por_elegir=borrador.por_elegir or {},
    )


def _observado(sesion: Session, borrador: Borrador) -> dict[str, str] | None:
    if borrador.subsana_id is None:
        return None
    filas = sesion.execute(_LO_OBSERVADO, {"solicitud": borrador.subsana_id})
    return {o.campo: o.texto for o in filas}


def de_su_solicitud(sesion: Session, borrador: Borrador, que: str) -> Any:
    """Un dato de la solicitud que un borrador corrige, o de la que se presentó con él."""
    if borrador.subsana_id is not None:
        return sesion.scalar(_DE_LA_CORREGIDA[que], {"cual": borrador.subsana_id})
    return sesion.scalar(_DE_LA_PRESENTADA[que], {"cual": borrador.id})


def recortar(crudo: Mapping[str, Any]) -> dict[str, Any]:
    """Lo escrito como se puede guardar: sin lo que no cabe ni lo que la base no admite."""
    return {campo: _recortado(valor) for campo, valor in crudo.items()}


def _recortado(valor: Any) -> Any:
    if valor is None:
        return None
    if isinstance(valor, list):
        return [_recortado(v) for v in valor[:100]]
    if isinstance(valor, dict):
        return {str(c)[:100]: _recortado(v) for c, v in list(valor.items())[:100]}
    # PostgreSQL no guarda el carácter nulo; nadie lo escribe a propósito.
    return str(valor)[:LARGO_DE_RESPUESTA].replace("\x00", "").encode("utf-8", "replace").decode()

"""Verbos del borrador: abrirlo, guardar cada página y sus archivos, y leerlo.

Guarda lo escrito tal como llegó, con errores y todo: nada se pide dos veces.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from facilita.definicion import Contexto, Definicion, Lectura, Pagina
from facilita.definicion.campos import Error
from facilita.definicion.campos.archivos import Archivos
from facilita.servicios.codigos import ficha_secreta, huella
from facilita.tramite.ambito import Ambito
from facilita.tramite.archivos import Subida, por_campo, registrar
from facilita.tramite.caso import ultimas_respuestas
from facilita.tramite.entidades import EntidadPublica
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import NoExiste, Vencido
from facilita.tramite.formularios import Vigente
from facilita.tramite.modelos import (
    Adjunto,
    Borrador,
    Expediente,
    Observacion,
    Solicitud,
)
from facilita.tramite.numeros import FORMATOS, como_se_dio
from facilita.tramite.terminos import vencio

LARGO_DE_RESPUESTA = 200_000
"""Caracteres que se guardan de una respuesta suelta; ningún campo admite tanto."""


@dataclass(frozen=True)
class Paso:
    """Un borrador leído: lo escrito, lo que significa y por dónde se sigue."""

    definicion: Definicion
    crudo: Mapping[str, Any]
    lectura: Lectura
    comparables: Mapping[str, Any]
    presentado: bool
    vence_en: datetime
    rechazos: tuple[Error, ...] = ()
    observaciones: Mapping[str, str] | None = None
    """En una corrección: el campo observado y lo que se le observó."""
    codigo: str | None = None
    """El código de la solicitud, si ya se presentó o si esto la corrige."""
    estrenados: frozenset[str] = frozenset()
    """En una corrección: los campos que no existían y que lo corregido hizo aparecer."""

    @property
    def corrige(self) -> bool:
        """Si es la corrección de una solicitud observada."""
        return self.observaciones is not None

    def con_rechazos(self, rechazos: Iterable[Error]) -> "Paso":
        """El mismo paso con archivos que no se pudieron recibir."""
        return replace(self, rechazos=(*self.rechazos, *rechazos))

    @property
    def paginas(self) -> tuple[Pagina, ...]:
        """Las páginas que tocan, según lo respondido (y lo observado)."""
        return tuple(p for p in self.definicion.paginas if self._toca(p))

    def _toca(self, pagina: Pagina) -> bool:
        if pagina.si is not None and not pagina.si.evaluar(self.comparables):
            return False
        return not self.corrige or any(self.se_cambia(c.id) for c in pagina.campos)

    def se_cambia(self, campo: str) -> bool:
        """Si la persona puede responderlo; al corregir, solo lo observado o lo que falta."""
        if self.observaciones is None or campo in self.observaciones or campo in self.estrenados:
            return True
        if self._acompana_a_lo_observado(campo, self.observaciones):
            return True
        return any(e.campo == campo for e in self.lectura.errores)

    def _acompana_a_lo_observado(self, campo: str, observaciones: Mapping[str, str]) -> bool:
        """Los folios van con su documento, y el tipo de documento de identidad con su número."""
        campos = self.definicion.campos
        mios = campos[campo].acompana
        suyos = (campos[o].acompana for o in observaciones if o in campos)
        return any(o in mios for o in observaciones) or any(campo in s for s in suyos)

    def siguiente(self, pagina: Pagina) -> Pagina | None:
        """La página que sigue, o `None` si toca revisar."""
        paginas = self.paginas
        orden = [p.id for p in self.definicion.paginas]
        despues = [p for p in paginas if orden.index(p.id) > orden.index(pagina.id)]
        return despues[0] if despues else None

    def errores_de(self, pagina: Pagina) -> tuple[Error, ...]:
        """Los errores de una página: los archivos rechazados y lo mal respondido."""
        rechazados = {e.campo for e in self.rechazos}
        propios = tuple(e for e in self.rechazos if e.campo in pagina.ids)
        leidos = self.lectura.errores_de(pagina.ids)
        return propios + tuple(e for e in leidos if e.campo not in rechazados)


def contexto_de(sesion: Session, entorno: Entorno, entidad: EntidadPublica) -> Contexto:
    """El contexto con que se leen las respuestas dentro de una sesión."""

    def existe(numero: str) -> bool:
        formato = entidad.numeracion.get("expediente", FORMATOS["expediente"])
        como = como_se_dio(numero, formato)
        consulta = select(Expediente.id).where(Expediente.numero.in_((numero, como)))
        return sesion.scalar(consulta) is not None

    return Contexto(sedes=entidad.sedes, territorio=entorno.territorio, existe_expediente=existe)


def leer_sin_abrir(entorno: Entorno, vigente: Vigente, crudo: Mapping[str, Any]) -> Paso:
    """Lee lo enviado desde la primera página sin abrir un borrador."""
    with entorno.bd.lectura(Ambito.de(vigente.entidad.id)) as sesion:
        contexto = contexto_de(sesion, entorno, vigente.entidad)
        lectura = vigente.definicion.leer(crudo, contexto)
    return Paso(
        vigente.definicion,
        crudo,
        lectura,
        _comparables(vigente.definicion, lectura),
        presentado=False,
        vence_en=entorno.reloj.ahora() + timedelta(days=entorno.dias_de_borrador),
    )


def abrir(
    entorno: Entorno, vigente: Vigente, crudo: Mapping[str, Any], subidas: Sequence[Subida] = ()
) -> tuple[str, Paso]:
    """Abre un borrador con lo respondido en la primera página. Da su ficha y cómo quedó."""
    ficha = ficha_secreta()
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de(vigente.entidad.id)) as sesion:
        borrador = Borrador(
            entidad_id=vigente.entidad.id,
            huella=huella(ficha),
            version_id=vigente.version_id,
            crudo=_recortar(crudo),
            creado_en=ahora,
            tocado_en=ahora,
            vence_en=ahora + timedelta(days=entorno.dias_de_borrador),
        )
        sesion.add(borrador)
        sesion.flush()
        rechazos = _adjuntar(sesion, entorno, borrador, vigente.definicion, subidas, ahora)
        paso = _paso(sesion, entorno, vigente.entidad, borrador, vigente.definicion, rechazos)
    return ficha, paso


def guardar(
    entorno: Entorno,
    entidad: EntidadPublica,
    ficha: str,
    crudo: Mapping[str, Any],
    subidas: Sequence[Subida] = (),
    quitar: Iterable[int] = (),
) -> Paso:
    """Guarda lo respondido en una página y sus archivos.

    Lanza `NoExiste` o `Vencido`; si ya se presentó, no cambia nada y lo dice.
    """
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de(entidad.id)) as sesion:
        borrador = _buscar(sesion, ficha, ahora, con_turno=True)
        definicion = entorno.definiciones.de(borrador.version)
        rechazos: tuple[Error, ...] = ()
        if not borrador.presentado:
            permitido = _permitidos(sesion, entorno, entidad, borrador, definicion)
            escribir(borrador, {c: v for c, v in crudo.items() if _entra(c, permitido)}, ahora)
            # El de una corrección vence con su plazo: escribir no lo alarga (N07).
            if borrador.subsana_id is None:
                borrador.vence_en = ahora + timedelta(days=entorno.dias_de_borrador)
            _quitar(sesion, borrador, quitar, permitido)
            admitidas = [s for s in subidas if _entra(s.campo, permitido)]
            rechazos = _adjuntar(sesion, entorno, borrador, definicion, admitidas, ahora)
        return _paso(sesion, entorno, entidad, borrador, definicion, rechazos)


def leer(entorno: Entorno, entidad: EntidadPublica, ficha: str) -> Paso:
    """El borrador de una ficha; lanza `NoExiste` o `Vencido`."""
    with entorno.bd.lectura(Ambito.de(entidad.id)) as sesion:
        borrador = _buscar(sesion, ficha, entorno.reloj.ahora())
        definicion = entorno.definiciones.de(borrador.version)
        return _paso(sesion, entorno, entidad, borrador, definicion, ())


def que_es(entorno: Entorno, entidad: EntidadPublica, ficha: str) -> tuple[Definicion, bool]:
    """La definición de un borrador y si corrige una solicitud, sin leer lo respondido."""
    with entorno.bd.lectura(Ambito.de(entidad.id)) as sesion:
        borrador = _buscar(sesion, ficha, entorno.reloj.ahora())
        return entorno.definiciones.de(borrador.version), borrador.subsana_id is not None


def cargo_de(
    entorno: Entorno, entidad: EntidadPublica, ficha: str
) -> tuple[Mapping[str, Any] | None, bool]:
    """El cargo de lo presentado con un borrador, o `None` si aún no; y si fue una corrección."""
    with entorno.bd.lectura(Ambito.de(entidad.id)) as sesion:
        borrador = _buscar(sesion, ficha, entorno.reloj.ahora())
        corrige = borrador.subsana_id is not None
        if not borrador.presentado:
            return None, corrige
        return sesion.scalar(select(Solicitud.cargo).where(_es_la_suya(borrador))), corrige


def tomar_borrador(sesion: Session, ficha: str, ahora: datetime) -> Borrador:
    """El borrador de una ficha con su turno tomado; lanza `NoExiste` o `Vencido`."""
    return _buscar(sesion, ficha, ahora, con_turno=True)


def escribir(borrador: Borrador, crudo: Mapping[str, Any], ahora: datetime) -> None:
    """Guarda lo respondido tal como llegó."""
    borrador.crudo = {**borrador.crudo, **_recortar(crudo)}
    borrador.revision += 1
    borrador.tocado_en = ahora


def leer_borrador(
    sesion: Session, entorno: Entorno, entidad: EntidadPublica, borrador: Borrador
) -> Paso:
    """El paso en que está un borrador ya hallado."""
    definicion = entorno.definiciones.de(borrador.version)
    return _paso(sesion, entorno, entidad, borrador, definicion, ())


def _buscar(sesion: Session, ficha: str, ahora: datetime, *, con_turno: bool = False) -> Borrador:
    consulta = select(Borrador).where(Borrador.huella == huella(ficha))
    if con_turno:
        consulta = consulta.with_for_update(of=Borrador).execution_options(populate_existing=True)
    borrador = sesion.scalar(consulta)
    if borrador is None:
        raise NoExiste("No encontramos este borrador. Puede que su dirección esté incompleta.")
    # Lo ya presentado no vence: la segunda vez encuentra su cargo.
    if not borrador.presentado and vencio(borrador.vence_en, ahora):
        raise Vencido("Este borrador venció. Empieza de nuevo; será rápido.")
    return borrador


def _paso(
    sesion: Session,
    entorno: Entorno,
    entidad: EntidadPublica,
    borrador: Borrador,
    definicion: Definicion,
    rechazos: tuple[Error, ...],
) -> Paso:
    crudo = crudo_completo(sesion, borrador)
    lectura = definicion.leer(crudo, contexto_de(sesion, entorno, entidad))
    return Paso(
        definicion,
        crudo,
        lectura,
        _comparables(definicion, lectura),
        borrador.presentado,
        borrador.vence_en,
        rechazos,
        _observado(sesion, borrador),
        _codigo(sesion, borrador),
        _estrenados(sesion, borrador, definicion, lectura),
    )


def crudo_completo(sesion: Session, borrador: Borrador) -> dict[str, Any]:
    """Las respuestas crudas del borrador con las fichas de sus archivos."""
    adjuntos = sesion.scalars(select(Adjunto).where(Adjunto.borrador_id == borrador.id)).all()
    return {**borrador.crudo, **por_campo(adjuntos)}


def _comparables(definicion: Definicion, lectura: Lectura) -> dict[str, Any]:
    campos = definicion.campos
    return {c: campos[c].comparable(valor) for c, valor in lectura.valores.items()}


def _observado(sesion: Session, borrador: Borrador) -> dict[str, str] | None:
    if borrador.subsana_id is None:
        return None
    filas = sesion.scalars(
        select(Observacion).where(Observacion.solicitud_id == borrador.subsana_id)
    )
    return {o.campo: o.texto for o in filas}


def _estrenados(
    sesion: Session, borrador: Borrador, definicion: Definicion, lectura: Lectura
) -> frozenset[str]:
    # El de una corrección ya entregada se mira, y no cambia.
    if borrador.subsana_id is None or borrador.presentado:
        return frozenset()
    return lectura.visibles - definicion.visibles(ultimas_respuestas(sesion, borrador.subsana_id))


def _codigo(sesion: Session, borrador: Borrador) -> str | None:
    if borrador.subsana_id is None and not borrador.presentado:
        return None
    return sesion.scalar(select(Solicitud.codigo).where(_es_la_suya(borrador)))


def _es_la_suya(borrador: Borrador) -> ColumnElement[bool]:
    """La solicitud que un borrador corrige, o la que se presentó con él."""
    if borrador.subsana_id is not None:
        return Solicitud.id == borrador.subsana_id
    return Solicitud.borrador_id == borrador.id


def _permitidos(
    sesion: Session,
    entorno: Entorno,
    entidad: EntidadPublica,
    borrador: Borrador,
    definicion: Definicion,
) -> frozenset[str] | None:
    """Los campos que un borrador deja cambiar; `None` si todos."""
    if borrador.subsana_id is None:
        return None
    paso = _paso(sesion, entorno, entidad, borrador, definicion, ())
    return frozenset(c for c in definicion.campos if paso.se_cambia(c))


def _entra(campo: str, permitido: frozenset[str] | None) -> bool:
    return permitido is None or campo in permitido


def _recortar(crudo: Mapping[str, Any]) -> dict[str, Any]:
    return {campo: _recortado(valor) for campo, valor in crudo.items()}


def _recortado(valor: Any) -> Any:
    if valor is None:
        return None
    if isinstance(valor, list):
        return [_recortado(v) for v in valor[:100]]
    # PostgreSQL no guarda el carácter nulo; nadie lo escribe a propósito.
    return str(valor)[:LARGO_DE_RESPUESTA].replace("\x00", "").encode("utf-8", "replace").decode()


def _quitar(
    sesion: Session, borrador: Borrador, cuales: Iterable[int], permitido: frozenset[str] | None
) -> None:
    ids = list(cuales)
    if ids:
        suyos = select(Adjunto).where(Adjunto.borrador_id == borrador.id, Adjunto.id.in_(ids))
        for adjunto in sesion.scalars(suyos):
            if _entra(adjunto.campo, permitido):
                sesion.delete(adjunto)
        sesion.flush()


def _adjuntar(
    sesion: Session,
    entorno: Entorno,
    borrador: Borrador,
    definicion: Definicion,
    subidas: Sequence[Subida],
    ahora: datetime,
) -> tuple[Error, ...]:
    rechazos = []
    for subida in subidas:
        campo = definicion.campos.get(subida.campo)
        if not isinstance(campo, Archivos):
            continue
        puestos = sesion.scalars(
            select(Adjunto).where(Adjunto.borrador_id == borrador.id, Adjunto.campo == subida.campo)
        ).all()
        if campo.cantidad_maxima == 1:
            for anterior in puestos:
                sesion.delete(anterior)
        elif len(puestos) >= campo.cantidad_maxima:
            rechazos.append(_demasiados(campo, len(puestos) + 1))
            continue
        archivo = registrar(sesion, entorno.almacen, subida, ahora)
        orden = max((a.orden for a in puestos), default=-1) + 1
        sesion.add(
            Adjunto(
                borrador_id=borrador.id,
                archivo_id=archivo.id,
                campo=subida.campo,
                nombre=subida.nombre,
                orden=orden,
            )
        )
        sesion.flush()
    return tuple(rechazos)


def _demasiados(campo: Archivos, cantidad: int) -> Error:
    datos = {"maximo": campo.cantidad_maxima, "cantidad": cantidad}
    return Error(campo.id, "archivo_muchos", campo.frase("archivo_muchos", **datos))

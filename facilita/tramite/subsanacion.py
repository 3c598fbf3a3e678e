"""La corrección de lo observado: las mismas pantallas, solo lo observado, dentro del plazo."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from facilita.definicion import Respuestas, Transicion
from facilita.plazos import Computo
from facilita.servicios.codigos import ficha_derivada, ficha_secreta, huella
from facilita.tramite import acuses, consentimientos, constancia, portada, recados
from facilita.tramite.ambito import Ambito
from facilita.tramite.caso import CIUDADANO, Caso, tomar_caso, ultimo_contenido
from facilita.tramite.correcciones import cambiados
from facilita.tramite.entidades import EntidadPublica
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto, NoExiste, PorElegir, Vencido, YaCambio
from facilita.tramite.leido import Leido, escribir, paso_en, releer
from facilita.tramite.modelos import Adjunto, Borrador, Contenido, Movimiento
from facilita.tramite.solicitudes import Presentada, guardar_contenido
from facilita.tramite.sucesos import mover
from facilita.tramite.terminos import cuenta_de, vencio
from facilita.tramite.transiciones import aplicar, limite


def abrir_correccion(entorno: Entorno, entidad_id: int, solicitud_id: int) -> str:
    """Abre la corrección de una solicitud observada, o la que ya estaba abierta; da su ficha.

    Es siempre la misma: abrirla en otra pestaña no deja sin dirección a la primera. Quien corrige
    ya se enteró (N07).
    """
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de(entidad_id)) as sesion:
        caso = tomar_caso(sesion, entorno, solicitud_id, CIUDADANO, ahora)
        transicion = _transicion(caso)
        acuses.acusar_pendientes(caso)
        hasta = limite(caso, transicion)
        if hasta is not None and vencio(hasta, ahora):
            raise Vencido("El plazo para corregir ya terminó.")
        borrador = sesion.scalar(
            select(Borrador).where(
                Borrador.subsana_id == solicitud_id, Borrador.presentado.is_(False)
            )
        )
        if borrador is None:
            borrador = _nuevo(caso)
        ficha = ficha_derivada(entorno.secreto, "correccion", caso.solicitud.codigo, borrador.id)
        borrador.huella = huella(ficha)
        borrador.vence_en = hasta or ahora + timedelta(days=entorno.dias_de_borrador)
        borrador.tocado_en = ahora
    return ficha


def _nuevo(caso: Caso) -> Borrador:
    anterior = ultimo_contenido(caso.sesion, caso.solicitud.id)
    borrador = Borrador(
        entidad_id=caso.entidad.id,
        huella=ficha_secreta(),
        version_id=caso.solicitud.version_id,
        crudo=_sin_observar(caso, anterior),
        subsana_id=caso.solicitud.id,
        creado_en=caso.ahora,
        tocado_en=caso.ahora,
        vence_en=caso.ahora,
    )
    caso.sesion.add(borrador)
    caso.sesion.flush()
    _copiar_archivos(caso, anterior, borrador)
    return borrador


def _sin_observar(caso: Caso, anterior: Contenido) -> dict[str, Any]:
    """Lo escrito la última vez: la persona encuentra su respuesta y la cambia."""
    return {c: v for c, v in anterior.crudo.items() if c in caso.definicion.campos}


def _copiar_archivos(caso: Caso, anterior: Contenido, borrador: Borrador) -> None:
    suyos = select(Adjunto).where(Adjunto.contenido_id == anterior.id)
    for adjunto in caso.sesion.scalars(suyos).all():
        caso.sesion.add(
            Adjunto(
                entidad_id=caso.entidad.id,
                borrador_id=borrador.id,
                archivo_id=adjunto.archivo_id,
                campo=adjunto.campo,
                nombre=adjunto.nombre,
                tipo=adjunto.tipo,
                orden=adjunto.orden,
            )
        )
    caso.sesion.flush()


def subsanar(
    entorno: Entorno,
    entidad: EntidadPublica,
    ficha: str,
    crudo: Mapping[str, Any],
    recibido_en: datetime,
    *,
    aunque_sea_igual: bool = False,
    prueba: Mapping[str, Any] = consentimientos.SIN_PRUEBA,
) -> Presentada:
    """Entrega la corrección; se juzga por el instante en que llegó, no por el del reloj (N07).

    Si no cambia nada, vuelve con `sin_cambios` y no se recibe, salvo que se confirme.

    Conserva la fecha de presentación; el plazo se cuenta de nuevo (N08). La segunda vez da el
    mismo resultado. Lanza `Vencido` si llegó tarde.
    """
    with entorno.bd.transaccion(Ambito.de(entidad.id)) as sesion:
        # Primero la solicitud y luego el borrador, como al abrir la corrección.
        cual = _solicitud_de(sesion, ficha)
        caso = tomar_caso(sesion, entorno, cual, CIUDADANO, recibido_en)
        leido = releer(sesion, entorno, ficha, recibido_en)
        if leido.presentado:
            return Presentada(caso.solicitud.codigo)
        transicion = _a_tiempo(caso, leido, recibido_en)
        paso = paso_en(sesion, entorno, entidad, leido, ahora=recibido_en)
        leido = leido.con({c: v for c, v in crudo.items() if paso.se_cambia(c)})
        paso = paso_en(sesion, entorno, entidad, leido, ahora=recibido_en)
        respuestas = paso.lectura.respuestas
        cambios = cambiados(caso.definicion, caso.respuestas, respuestas or {})
        entra = respuestas is not None and (bool(cambios) or aunque_sea_igual)
        escribir(sesion, replace(leido, presentado=entra), recibido_en)
        if respuestas is None or not entra:
            return Presentada(None, paso, sin_cambios=respuestas is not None)
        _desandar_reloj(caso, transicion)
        _recibir(caso, transicion, leido, respuestas, cambios, prueba)
        return Presentada(caso.solicitud.codigo)


def _a_tiempo(caso: Caso, leido: Leido, recibido_en: datetime) -> Transicion:
    """La transición con que se corrige, si todavía se puede; lanza `PorElegir` o `Vencido`."""
    if leido.por_elegir:
        raise PorElegir
    transicion = _transicion(caso)
    hasta = limite(caso, transicion)
    if hasta is not None and vencio(hasta, recibido_en):
        raise Vencido("El plazo para corregir ya terminó.")
    return transicion


def _recibir(
    caso: Caso,
    transicion: Transicion,
    leido: Leido,
    respuestas: Respuestas,
    cambios: Sequence[str],
    prueba: Mapping[str, Any],
) -> None:
    """Deja lo corregido junto a lo presentado, con su constancia y sus avisos."""
    anterior = caso.respuestas
    caso.respuestas = respuestas
    orden = ultimo_contenido(caso.sesion, caso.solicitud.id).orden + 1
    guardar_contenido(caso, leido, orden)
    consentimientos.anotar_dados(caso, anterior, {**prueba, "borrador": leido.id})
    datos = {"cambiados": cambios, "contenido": orden, **portada.corregir(caso, anterior)}
    aplicar(caso, transicion, datos=datos)
    constancia.dejar(caso, anterior, leido.borrador.id)
    recados.de_correccion(caso, orden)


def _solicitud_de(sesion: Session, ficha: str) -> int:
    consulta = select(Borrador.subsana_id).where(Borrador.huella == huella(ficha))
    fila = sesion.execute(consulta).one_or_none()
    if fila is None:
        raise NoExiste
    if fila.subsana_id is None:
        raise Conflicto("Este borrador no corrige ninguna solicitud.")
    return int(fila.subsana_id)


def _transicion(caso: Caso) -> Transicion:
    """La transición con que se corrige desde donde está, o desde donde el reloj la sacó."""
    for transicion in _que_corrigen(caso):
        if caso.solicitud.estado in transicion.de or _la_saco_el_reloj(caso, transicion):
            return transicion
    raise Conflicto("Esta solicitud no tiene nada por corregir.")


def _la_saco_el_reloj(caso: Caso, transicion: Transicion) -> bool:
    return _de_donde_la_saco(caso, transicion) is not None


def _de_donde_la_saco(caso: Caso, transicion: Transicion) -> str | None:
    """El estado desde donde se corrige, si los últimos cambios, uno o más, son del reloj."""
    cambios = (
        select(Movimiento)
        .where(Movimiento.solicitud_id == caso.solicitud.id, Movimiento.a.is_not(None))
        .order_by(Movimiento.orden.desc())
    )
    for cambio in caso.sesion.scalars(cambios):
        if cambio.quien != "reloj":
            return None
        if cambio.de in transicion.de:
            return cambio.de
    return None


def _desandar_reloj(caso: Caso, transicion: Transicion) -> None:
    """El reloj llegó antes que una corrección hecha a tiempo: queda escrito y no vale."""
    if caso.solicitud.estado in transicion.de:
        return
    observado = _de_donde_la_saco(caso, transicion)
    if observado is None:
        raise YaCambio
    desde = caso.solicitud.estado
    caso.solicitud.estado = observado
    caso.solicitud.abierta = True
    mover(caso, "a_tiempo", {"motivo": "La corrección llegó dentro del plazo."},
          de=desde, a=observado)  # fmt: skip


def por_corregir(caso: Caso) -> bool:
    """Si la solicitud espera que la persona la corrija."""
    return _de_este_estado(caso) is not None


def limite_para_corregir(caso: Caso) -> datetime | None:
    """El último instante para corregir, o `None` si aún no corre o no hay qué corregir."""
    transicion = _de_este_estado(caso)
    return limite(caso, transicion) if transicion else None


def cuenta_para_corregir(caso: Caso) -> Computo | None:
    """De dónde sale esa fecha, día por día."""
    transicion = _de_este_estado(caso)
    return cuenta_de(caso, transicion.hasta) if transicion and transicion.hasta else None


def se_puede_corregir(caso: Caso) -> bool:
    """Si la persona puede corregir ahora."""
    hasta = limite_para_corregir(caso)
    return por_corregir(caso) and (hasta is None or not vencio(hasta, caso.ahora))


def _de_este_estado(caso: Caso) -> Transicion | None:
    estado = caso.solicitud.estado
    return next((t for t in _que_corrigen(caso) if estado in t.de), None)


def _que_corrigen(caso: Caso) -> list[Transicion]:
    return [t for t in caso.definicion.flujo.transiciones if t.acto == "subsanacion"]

"""Depositar un acto en la casilla de quien presentó (N50, N51, N55).

El orden no cambia: depósito, constancia automática, alertas por correo y por celular, y acuse al
abrir. Los tres primeros son una sola transacción; el acuse no puede ir antes.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from facilita.definicion.limpieza import una_linea
from facilita.plazos import Efecto, a_lima
from facilita.servicios.codigos import ficha_secreta, huella
from facilita.tramite import actos, acuses, alertas
from facilita.tramite.ambito import Ambito
from facilita.tramite.archivos import Subida
from facilita.tramite.atencion import tomar
from facilita.tramite.autorizaciones import Autorizacion, autorizacion_de, por_norma
from facilita.tramite.bitacora import anotar
from facilita.tramite.caso import Autor, Caso, armar_caso
from facilita.tramite.destinatarios import Identidad, casilla_de, de_caso, por_que_no
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto, Invalido, NoExiste
from facilita.tramite.modelos import Casilla, Deposito, Movimiento, Notificacion, Solicitud
from facilita.tramite.modelos.casilla import ESPERA
from facilita.tramite.normalizar import normalizar
from facilita.tramite.numeros import dar_de_serie
from facilita.tramite.permisos import Actor
from facilita.tramite.personas import exigir_encendida
from facilita.tramite.por_casilla import Destino
from facilita.tramite.sucesos import mover
from facilita.tramite.transiciones import Pedido, adjuntar, error_de, leer_campos
from facilita.tramite.vigencias import efecto_al_depositar

FORMATO = "DEP-{numero:06d}-{anio}"


@dataclass(frozen=True)
class Disponible:
    """Si a quien presentó se le puede notificar por casilla y, si no, por qué."""

    identidad: Identidad | None
    casilla: Casilla | None
    autorizacion: Autorizacion | None
    por_que_no: str | None
    acompana: str | None = None
    """El acto del trámite que espera acuse y que este depósito también notifica."""


def disponible(caso: Caso) -> Disponible:
    """Si el caso tiene persona, casilla abierta que le vale y autorización (N50)."""
    identidad = de_caso(caso)
    if identidad is None:
        return Disponible(None, None, None, "La solicitud no dice el documento de quien presentó.")
    casilla = casilla_de(caso.sesion, identidad.tipo, identidad.numero)
    autorizacion = autorizacion_de(caso)
    pendiente = _pendiente(caso)
    acompana = caso.estado.etiqueta if pendiente else None
    return Disponible(identidad, casilla, autorizacion, por_que_no(caso, casilla), acompana)


def _pendiente(caso: Caso) -> Notificacion | None:
    """Lo que el trámite ya notificó por correo y sigue sin acuse."""
    return caso.sesion.scalar(
        select(Notificacion)
        .where(Notificacion.solicitud_id == caso.solicitud.id, acuses.pendientes())
        .order_by(Notificacion.id.desc())
        .limit(1)
    )


def depositar(
    entorno: Entorno,
    actor: Actor,
    solicitud_id: int,
    crudo: Mapping[str, Any],
    subidas: Sequence[Subida] = (),
) -> int:
    """Deposita un acto en la casilla de quien presentó; da su id.

    El mismo envío dos veces es un solo depósito: un acto no se notifica doble (N51).
    Lanza `Conflicto` si no se puede e `Invalido` si falta algo.
    """
    exigir_encendida(entorno)
    subidas = [*subidas, *_acto_escrito(entorno, actor, solicitud_id, crudo, subidas)]
    envio = (una_linea(crudo.get("envio")) or "")[:64]
    with tomar(entorno, actor, solicitud_id, "casilla.notificar") as caso:
        ya = _ya_depositado(caso, envio)
        if ya is not None:
            return ya
        deposito = _depositar(caso, actor, crudo, subidas, envio)
        anotar(
            caso.sesion, caso.ahora, actor.entidad_id, actor.usuario_id, "casilla.depositado",
            deposito.numero,
        )  # fmt: skip
        return deposito.id


def _depositar(
    caso: Caso, actor: Actor, crudo: Mapping[str, Any], subidas: Sequence[Subida], envio: str
) -> Deposito:
    puede = disponible(caso)
    if puede.por_que_no or puede.identidad is None or puede.casilla is None:
        raise Conflicto(puede.por_que_no)
    sin_consentir = puede.autorizacion is None
    if sin_consentir and not actor.puede("casilla.por_norma"):
        raise Conflicto("La persona no consintió la notificación por casilla en su solicitud.")
    pedido = _leer(caso, crudo, subidas, con_norma=sin_consentir)
    movimiento = mover_al_depositar(caso, pedido.valores["asunto_del_acto"], envio=envio)
    adjuntar(caso, movimiento, pedido.subidas)
    acto = actos.congelar(caso, puede.identidad, movimiento, pedido)
    autorizacion = puede.autorizacion or por_norma(pedido.valores[actos.NORMA])
    destino = Destino(puede.identidad, puede.casilla, autorizacion)
    return poner(caso, destino, movimiento, acto, _pendiente(caso))


def _leer(
    caso: Caso, crudo: Mapping[str, Any], subidas: Sequence[Subida], *, con_norma: bool
) -> Pedido:
    pedido = leer_campos(caso, actos.campos_para(con_norma=con_norma), crudo, subidas)
    if not pedido.subidas:
        frase = "Adjunta el acto en PDF o escribe su texto."
        raise Invalido([error_de(actos.DOCUMENTOS, frase)])
    return pedido


def _ya_depositado(caso: Caso, envio: str) -> int | None:
    """El depósito que se hizo con ese mismo envío, si lo hay."""
    if not envio:
        return None
    hechos = caso.sesion.execute(
        select(Deposito.id, Movimiento.datos)
        .join(Movimiento, Movimiento.id == Deposito.movimiento_id)
        .where(Deposito.solicitud_id == caso.solicitud.id)
    )
    return next((cual for cual, datos in hechos if datos.get("envio") == envio), None)


def _acto_escrito(
    entorno: Entorno,
    actor: Actor,
    solicitud_id: int,
    crudo: Mapping[str, Any],
    subidas: Sequence[Subida],
) -> list[Subida]:
    """El PDF del texto, si no se adjuntó ninguno; se compone antes de tomar el turno."""
    if subidas or not str(crudo.get(actos.TEXTO) or "").strip():
        return []
    with entorno.bd.lectura(Ambito.de(actor.entidad_id)) as sesion:
        solicitud = sesion.get(Solicitud, solicitud_id)
        if solicitud is None:
            raise NoExiste
        quien = Autor("usuario", actor.usuario_id)
        caso = armar_caso(sesion, entorno, solicitud, quien, entorno.reloj.ahora())
        escrito = {clave: str(valor or "")[:20000] for clave, valor in crudo.items()}
        pdf = actos.en_pdf(caso, escrito)
    return [actos.subida_de(entorno.almacen, actor.entidad_slug, pdf)]


def mover_al_depositar(caso: Caso, asunto: str, **mas: str) -> Movimiento:
    """Numera la constancia y anota el depósito; la hora es la de su número (N51)."""
    numero, caso.ahora = dar_de_serie(caso.sesion, caso.entorno.reloj, "deposito", FORMATO)
    dato = {"constancia": numero, "asunto_notificado": asunto}
    return mover(caso, "depositado", {**dato, **{c: v for c, v in mas.items() if v}})


def poner(
    caso: Caso,
    destino: Destino,
    movimiento: Movimiento,
    acto: Mapping[str, Any],
    espera: Notificacion | None,
) -> Deposito:
    """Deja el depósito, su constancia y sus dos alertas, en ese orden (N51).

    `espera` es lo que el trámite ya notificó y este depósito también notifica, si lo hay.
    """
    efecto, numero = efecto_al_depositar(caso), movimiento.datos["constancia"]
    deposito = Deposito(
        entidad_id=caso.entidad.id,
        solicitud_id=caso.solicitud.id,
        movimiento_id=movimiento.id,
        casilla_id=destino.casilla.id,
        numero=numero,
        depositado_en=caso.ahora,
        vale_en=efecto.vale,
        acto=dict(acto),
        constancia=_constancia(caso, destino, movimiento, acto, efecto),
        mismo_dia=efecto.mismo_dia,
        situacion=ESPERA,
        busqueda=_busqueda(acto, numero),
        cuenta={"explicacion": list(efecto.explicar())},
    )
    caso.sesion.add(deposito)
    caso.sesion.flush()
    if espera is not None:
        # El mismo acto, ahora por la casilla: ahí se abre y desde ahí corre su plazo.
        espera.deposito_id, espera.por_cedula = deposito.id, False
    else:
        caso.sesion.add(_notificacion(caso, deposito))
    alertas.alertar(caso, destino.casilla, deposito)
    return deposito


def _notificacion(caso: Caso, deposito: Deposito) -> Notificacion:
    # Nadie recibe esta ficha: el acuse se da dentro de la casilla.
    return Notificacion(
        entidad_id=caso.entidad.id,
        solicitud_id=caso.solicitud.id,
        movimiento_id=deposito.movimiento_id,
        deposito_id=deposito.id,
        huella=huella(ficha_secreta()),
        enviada_en=caso.ahora,
        acuse_hasta=deposito.vale_en,
    )


def _busqueda(acto: Mapping[str, Any], numero: str) -> str:
    partes = (
        numero, acto["entidad"]["nombre"], acto["entidad"]["nombre_corto"], acto["expediente"],
        acto["registro"], acto["asunto"], acto["unidad"],
    )  # fmt: skip
    return normalizar(" ".join(partes))


def _constancia(
    caso: Caso,
    destino: Destino,
    movimiento: Movimiento,
    acto: Mapping[str, Any],
    efecto: Efecto,
) -> dict[str, Any]:
    """La constancia de depósito: se congela en el mismo instante en que se deposita (N51)."""
    escrito = json.dumps(acto, ensure_ascii=False, sort_keys=True)
    return {
        "formato": 1,
        "numero": movimiento.datos["constancia"],
        "depositado_en": a_lima(caso.ahora).isoformat(),
        "vale_en": a_lima(efecto.vale).isoformat(),
        "nivel": destino.casilla.nivel,
        "autorizacion": destino.autorizacion.a_json(),
        "acto_sha256": hashlib.sha256(escrito.encode()).hexdigest(),
        "movimiento": {"orden": movimiento.orden, "huella": movimiento.huella},
    }

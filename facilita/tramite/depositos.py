"""Depositar un acto en la casilla y lo que le pasa: alertas, acuse, efecto y cédula (N50–N55).

El orden no cambia: depósito, constancia automática, alertas por correo y por celular, y acuse al
abrir. Los tres primeros son una sola transacción; el acuse no puede ir antes.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

import structlog
from sqlalchemy import String, cast, or_, select
from sqlalchemy.orm import Session, aliased

from facilita.definicion.limpieza import una_linea
from facilita.plazos import LIMA, Efecto, a_lima, efecto_de, momento_largo
from facilita.servicios.codigos import ficha_secreta, huella
from facilita.tramite import actos, acuses, terminos
from facilita.tramite.acuses import dar_por_notificada
from facilita.tramite.ambito import Ambito
from facilita.tramite.archivos import Subida
from facilita.tramite.atencion import tomar
from facilita.tramite.autorizaciones import Autorizacion, autorizacion_de, por_norma
from facilita.tramite.bitacora import anotar
from facilita.tramite.caso import CIUDADANO, RELOJ, Autor, Caso, armar_caso, tomar_caso
from facilita.tramite.correos import poner_en_camino
from facilita.tramite.entorno import Entorno
from facilita.tramite.envios import ALERTAS, CANALES, CELULAR, CORREO
from facilita.tramite.errores import Conflicto, Invalido, NoExiste
from facilita.tramite.modelos import Casilla, Deposito, Movimiento, Notificacion, Salida, Solicitud
from facilita.tramite.normalizar import normalizar
from facilita.tramite.numeros import dar_de_serie
from facilita.tramite.permisos import Actor
from facilita.tramite.personas import (
    PRESENCIAL,
    Identidad,
    casilla_de,
    de_caso,
    exigir_encendida,
)
from facilita.tramite.sucesos import mover
from facilita.tramite.transiciones import adjuntar, error_de, leer_campos

registro = structlog.get_logger(__name__)

FORMATO = "DEP-{numero:06d}-{anio}"
ESPERA, ABIERTO, CUMPLIDO, CEDULA = "espera", "abierto", "cumplido", "cedula"
POR_VUELTA = 200


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
    return Disponible(identidad, casilla, autorizacion, _por_que_no(caso, casilla), acompana)


def _por_que_no(caso: Caso, casilla: Casilla | None) -> str | None:
    if casilla is None:
        return "La persona no tiene una casilla activa."
    mismo = (caso.solicitud.correo or "").casefold() == casilla.correo.casefold()
    if casilla.nivel != PRESENCIAL and not mismo:
        return (
            "Su casilla tiene la identidad solo declarada y otro correo que esta solicitud: hay "
            "que validarla en persona."
        )
    return None


def _pendiente(caso: Caso) -> Notificacion | None:
    """Lo que el trámite ya notificó por correo y sigue sin acuse."""
    return caso.sesion.scalar(
        select(Notificacion)
        .where(Notificacion.solicitud_id == caso.solicitud.id, acuses.pendientes())
        .order_by(Notificacion.id.desc())
        .limit(1)
    )


# --- depositar ----------------------------------------------------------------------------------


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
        puede = disponible(caso)
        if puede.por_que_no or puede.identidad is None or puede.casilla is None:
            raise Conflicto(puede.por_que_no)
        sin_consentir = puede.autorizacion is None
        if sin_consentir and not actor.puede("casilla.por_norma"):
            raise Conflicto("La persona no consintió la notificación por casilla en su solicitud.")
        pedido = leer_campos(caso, actos.campos_para(con_norma=sin_consentir), crudo, subidas)
        if not pedido.subidas:
            frase = "Adjunta el acto en PDF o escribe su texto."
            raise Invalido([error_de(actos.DOCUMENTOS, frase)])
        numero, caso.ahora = dar_de_serie(caso.sesion, entorno.reloj, "deposito", FORMATO)
        dato = {"constancia": numero, "asunto_notificado": pedido.valores["asunto_del_acto"]}
        movimiento = mover(caso, "depositado", {**dato, "envio": envio} if envio else dato)
        adjuntar(caso, movimiento, pedido.subidas)
        acto = actos.congelar(caso, puede.identidad, movimiento, pedido)
        autorizacion = puede.autorizacion or por_norma(pedido.valores[actos.NORMA])
        deposito = _guardar(caso, puede.casilla, numero, movimiento, acto, autorizacion)
        _alertar(caso, puede.casilla, deposito)
        anotar(
            caso.sesion,
            caso.ahora,
            actor.entidad_id,
            actor.usuario_id,
            "casilla.depositado",
            numero,
        )
        return deposito.id


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


def _guardar(
    caso: Caso,
    casilla: Casilla,
    numero: str,
    movimiento: Movimiento,
    acto: Mapping[str, Any],
    autorizacion: Autorizacion,
) -> Deposito:
    efecto = _efecto(caso, caso.ahora, None, None, caso.entorno.casilla_mismo_dia)
    deposito = Deposito(
        entidad_id=caso.entidad.id,
        solicitud_id=caso.solicitud.id,
        movimiento_id=movimiento.id,
        casilla_id=casilla.id,
        numero=numero,
        depositado_en=caso.ahora,
        vale_en=efecto.vale,
        acto=dict(acto),
        constancia=_constancia(caso, casilla, numero, movimiento, acto, autorizacion, efecto),
        mismo_dia=efecto.mismo_dia,
        situacion=ESPERA,
        busqueda=_busqueda(acto, numero),
        cuenta={"explicacion": list(efecto.explicar())},
    )
    caso.sesion.add(deposito)
    caso.sesion.flush()
    pendiente = _pendiente(caso)
    if pendiente:
        # El mismo acto, ahora por la casilla: ahí se abre y desde ahí corre su plazo.
        pendiente.deposito_id, pendiente.por_cedula = deposito.id, False
    else:
        caso.sesion.add(_notificacion(caso, deposito))
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
    casilla: Casilla,
    numero: str,
    movimiento: Movimiento,
    acto: Mapping[str, Any],
    autorizacion: Autorizacion,
    efecto: Efecto,
) -> dict[str, Any]:
    """La constancia de depósito: se congela en el mismo instante en que se deposita (N51)."""
    escrito = json.dumps(acto, ensure_ascii=False, sort_keys=True)
    return {
        "formato": 1,
        "numero": numero,
        "depositado_en": a_lima(caso.ahora).isoformat(),
        "vale_en": a_lima(efecto.vale).isoformat(),
        "nivel": casilla.nivel,
        "autorizacion": autorizacion.a_json(),
        "acto_sha256": hashlib.sha256(escrito.encode()).hexdigest(),
        "movimiento": {"orden": movimiento.orden, "huella": movimiento.huella},
    }


def _alertar(caso: Caso, casilla: Casilla, deposito: Deposito) -> None:
    """Las dos alertas que la ley pide, escritas después de la constancia (N51)."""
    raiz, entidad = caso.entorno.direccion_publica, caso.entidad
    asunto = "Tienes una notificación en tu casilla electrónica"
    enlace = f"{raiz}/casilla/{deposito.id}"
    textos = {
        CORREO: (
            f"{entidad.nombre} depositó una notificación en tu casilla electrónica.\n\n"
            f"Expediente: {caso.expediente}\n"
            f"Depositada: {momento_largo(deposito.depositado_en)}\n"
            f"Constancia: {deposito.numero}\n\n"
            f"Ábrela aquí:\n{enlace}\n\n"
            "Tienes 5 días hábiles para abrirla. Si no la abres, surte efecto el sexto.\n"
            f"\n--\n{entidad.nombre}\n{entidad.correo}\n"
        ),
        CELULAR: (
            f"{entidad.nombre_corto} te notificó por tu casilla electrónica. Tienes 5 días hábiles "
            f"para abrir la notificación: {raiz}/casilla"
        ),
    }
    for canal in CANALES:
        caso.sesion.add(
            Salida(
                entidad_id=entidad.id,
                clase=ALERTAS[canal],
                clave=_clave(deposito.id, canal),
                solicitud_id=caso.solicitud.id,
                datos={
                    "para": casilla.correo if canal == CORREO else casilla.celular,
                    "asunto": asunto,
                    "texto": textos[canal],
                    "responder_a": entidad.correo,
                    "nombre_de": entidad.nombre_corto,
                    "entidad": entidad.nombre,
                },
                proxima_en=caso.ahora,
                creada_en=caso.ahora,
            )
        )


def _clave(deposito_id: int, canal: str) -> str:
    return f"deposito.{deposito_id}.{canal}"


def claves_de(deposito_id: int) -> tuple[str, ...]:
    """Las claves de las dos alertas de un depósito."""
    return tuple(_clave(deposito_id, canal) for canal in CANALES)


# --- abrir --------------------------------------------------------------------------------------


def abrir(entorno: Entorno, casilla_id: int, deposito_id: int) -> None:
    """La persona abre la notificación: su acuse. La segunda vez no cambia nada (N51, N53)."""
    with entorno.bd.lectura(Ambito.de_plataforma("abrir una notificación")) as sesion:
        suyo = sesion.scalar(
            select(Deposito).where(Deposito.id == deposito_id, Deposito.casilla_id == casilla_id)
        )
        if suyo is None:
            raise NoExiste("No encontramos esa notificación en tu casilla.")
        entidad_id, solicitud_id = suyo.entidad_id, suyo.solicitud_id
    with entorno.bd.transaccion(Ambito.de(entidad_id)) as sesion:
        caso = tomar_caso(sesion, entorno, solicitud_id, CIUDADANO, entorno.reloj.ahora())
        deposito = _con_turno(sesion, deposito_id)
        if deposito.abierto_en is None:
            _acusar(caso, deposito)


def _con_turno(sesion: Session, deposito_id: int) -> Deposito:
    consulta = select(Deposito).where(Deposito.id == deposito_id).with_for_update()
    return sesion.scalars(consulta.execution_options(populate_existing=True)).one()


def _acusar(caso: Caso, deposito: Deposito) -> None:
    # El reloj de la máquina pudo retroceder: el acuse nunca va antes que el depósito.
    deposito.abierto_en = max(caso.ahora, deposito.depositado_en)
    if deposito.situacion != ESPERA:
        mover(caso, "abierto_en_casilla", {"constancia": deposito.numero})
        return
    efecto = _efecto_de(caso, deposito)
    _anotar_efecto(deposito, efecto)
    deposito.situacion = ABIERTO
    _notificar(caso, deposito, "casilla")


def _notificar(caso: Caso, deposito: Deposito, canal: str) -> None:
    suyas = select(Notificacion).where(Notificacion.deposito_id == deposito.id)
    for notificacion in caso.sesion.scalars(suyas).all():
        dar_por_notificada(caso, notificacion, deposito.efecto_en or caso.ahora, canal)


def _efecto_de(caso: Caso, deposito: Deposito) -> Efecto:
    return _efecto(
        caso,
        deposito.depositado_en,
        _alertado_en(caso.sesion, deposito.id),
        deposito.abierto_en,
        deposito.mismo_dia,
    )


def _efecto(
    caso: Caso,
    depositado: datetime,
    alertado: datetime | None,
    abierto: datetime | None,
    mismo_dia: bool,
) -> Efecto:
    horario = caso.entidad.horario_de(caso.definicion.horario)
    return efecto_de(depositado, alertado, abierto, horario, caso.calendario, mismo_dia)


def _alertado_en(sesion: Session, deposito_id: int) -> datetime | None:
    """Cuándo llegó la última alerta, si llegaron las dos."""
    llegadas = sesion.scalars(
        select(Salida.entregada_en).where(
            Salida.clave.in_(claves_de(deposito_id)), Salida.entregada_en.is_not(None)
        )
    ).all()
    return max(e for e in llegadas if e) if len(llegadas) == len(CANALES) else None


def _anotar_efecto(deposito: Deposito, efecto: Efecto) -> None:
    deposito.vale_en = efecto.vale
    deposito.efecto_en = datetime.combine(efecto.dia, time.min, LIMA) if efecto.dia else None
    deposito.abrir_hasta = efecto.abrir_hasta
    deposito.cuenta = {
        "explicacion": list(efecto.explicar()),
        "presuncion": efecto.presuncion.a_json() if efecto.presuncion else None,
    }


# --- el reloj -----------------------------------------------------------------------------------


def surtir_efecto(entorno: Entorno) -> int:
    """Da por notificado lo que nadie abrió en cinco días hábiles, si las dos alertas llegaron."""
    ahora = entorno.reloj.ahora()
    with entorno.bd.lectura(Ambito.de_plataforma("depósitos en espera")) as sesion:
        filas = sesion.execute(_por_contar(ahora)).all()
    return sum(_intentar(entorno, *fila) for fila in filas)


def _por_contar(ahora: datetime) -> Any:
    """Los depósitos alertados que aún no tienen fecha, o cuya fecha llegó."""
    correo, celular = aliased(Salida), aliased(Salida)
    clave = "deposito." + cast(Deposito.id, String)
    return (
        select(Deposito.id, Deposito.solicitud_id, Deposito.entidad_id)
        .join(correo, correo.clave == clave + f".{CORREO}")
        .join(celular, celular.clave == clave + f".{CELULAR}")
        .join(Casilla, Casilla.id == Deposito.casilla_id)
        .where(
            Deposito.situacion == ESPERA,
            Casilla.cerrada_en.is_(None),
            or_(Deposito.efecto_en.is_(None), Deposito.efecto_en <= ahora),
            correo.entregada_en.is_not(None),
            celular.entregada_en.is_not(None),
        )
        .order_by(Deposito.id)
        .limit(POR_VUELTA)
    )


def _intentar(entorno: Entorno, deposito_id: int, solicitud_id: int, entidad_id: int) -> bool:
    try:
        return _contar(entorno, deposito_id, solicitud_id, entidad_id)
    except Exception:
        # Un depósito con un defecto no deja a los demás sin su fecha.
        registro.exception("casilla.fallo", deposito=deposito_id)
        return False


def _contar(entorno: Entorno, deposito_id: int, solicitud_id: int, entidad_id: int) -> bool:
    with entorno.bd.transaccion(Ambito.de(entidad_id)) as sesion:
        caso = tomar_caso(sesion, entorno, solicitud_id, RELOJ, entorno.reloj.ahora())
        deposito = _con_turno(sesion, deposito_id)
        if deposito.situacion != ESPERA:
            return False
        _anotar_efecto(deposito, _efecto_de(caso, deposito))
        if deposito.efecto_en and deposito.efecto_en <= caso.ahora:
            deposito.situacion = CUMPLIDO
            _notificar(caso, deposito, "sin_abrir")
        return True


def recontar(caso: Caso) -> None:
    """Cuenta otra vez lo que todavía no surte efecto, porque el calendario cambió (N41, N53).

    Va en la transacción que declara el día. Lo que nadie abrió lo vuelve a contar el reloj.
    """
    for deposito in caso.sesion.scalars(
        select(Deposito).where(
            Deposito.solicitud_id == caso.solicitud.id,
            Deposito.situacion.in_((ESPERA, ABIERTO)),
            Deposito.efecto_en > caso.ahora,
        )
    ).all():
        antes = deposito.efecto_en
        _anotar_efecto(deposito, _efecto_de(caso, deposito))
        if deposito.situacion == ABIERTO and deposito.efecto_en != antes:
            _mover_lo_notificado(caso, deposito)


def _mover_lo_notificado(caso: Caso, deposito: Deposito) -> None:
    """Lo que ya se abrió vale otro día: sus plazos se cuentan desde ese."""
    suyas = select(Notificacion).where(Notificacion.deposito_id == deposito.id)
    for notificacion in caso.sesion.scalars(suyas).all():
        if notificacion.canal != "casilla" or deposito.efecto_en is None:
            continue
        notificacion.notificado_en = deposito.efecto_en
        if terminos.es_del_flujo(caso, notificacion):
            terminos.abrir_del_reloj(caso, "notificado", deposito.efecto_en)
    el = deposito.efecto_en.isoformat() if deposito.efecto_en else ""
    mover(caso, "efecto_recontado", {"constancia": deposito.numero, "el": el})


# --- lo que hace el personal --------------------------------------------------------------------


def pasar_a_cedula(entorno: Entorno, actor: Actor, solicitud_id: int, deposito_id: int) -> None:
    """Abre la tarea «notificar por cédula» de un depósito cuya alerta falló (N51, N54)."""
    with tomar(entorno, actor, solicitud_id, "casilla.notificar") as caso:
        deposito = _de_la_solicitud(caso, deposito_id)
        if deposito.situacion != ESPERA:
            raise Conflicto("Esa notificación ya no espera: la abrieron o ya surtió efecto.")
        motivo = por_que_falla(caso.sesion, deposito)
        if motivo is None:
            raise Conflicto("Las dos alertas siguen su camino: todavía no hace falta la cédula.")
        deposito.situacion = CEDULA
        suyas = select(Notificacion).where(Notificacion.deposito_id == deposito.id)
        for notificacion in caso.sesion.scalars(suyas).all():
            notificacion.por_cedula = True
        dato = {"motivo": motivo, "constancia": deposito.numero}
        mover(caso, "sin_acuse", dato)


def _de_la_solicitud(caso: Caso, deposito_id: int) -> Deposito:
    deposito = caso.sesion.scalar(
        select(Deposito)
        .where(Deposito.id == deposito_id, Deposito.solicitud_id == caso.solicitud.id)
        .with_for_update()
    )
    if deposito is None:
        raise NoExiste("No encontramos esa notificación.")
    return deposito


def por_que_falla(sesion: Session, deposito: Deposito) -> str | None:
    """Qué impide que un depósito valga si nadie lo abre; `None` si todo va bien."""
    if sesion.get_one(Casilla, deposito.casilla_id).cerrada_en:
        return "La casilla se cerró: la persona validó otra en persona."
    caidas = sesion.scalars(
        select(Salida)
        .where(Salida.clave.in_(claves_de(deposito.id)), Salida.entregada_en.is_(None))
        .order_by(Salida.id)
    ).all()
    fallan = [s for s in caidas if fallo(s)]
    if not fallan:
        return None
    nombres = {ALERTAS[CORREO]: "al correo", ALERTAS[CELULAR]: "al celular"}
    return f"No se pudo entregar la alerta {' ni '.join(nombres[s.clase] for s in fallan)}."


def fallo(alerta: Salida) -> bool:
    """Si una alerta se intentó y no llegó: lo que respondió queda escrito."""
    return alerta.entregada_en is None and alerta.respuesta is not None


def reenviar_alerta(entorno: Entorno, actor: Actor, solicitud_id: int, salida_id: int) -> None:
    """Vuelve a intentar una alerta que no se pudo entregar; lanza `Conflicto` si ya salió."""
    with tomar(entorno, actor, solicitud_id, "casilla.notificar") as caso:
        salida = caso.sesion.scalar(
            select(Salida)
            .where(
                Salida.id == salida_id,
                Salida.solicitud_id == solicitud_id,
                Salida.clase.in_(ALERTAS.values()),
            )
            .with_for_update()
        )
        if salida is None:
            raise NoExiste("No encontramos esa alerta.")
        if salida.entregada_en:
            raise Conflicto("Esa alerta ya se entregó.")
        poner_en_camino(salida)
        anotar(
            caso.sesion, caso.ahora, actor.entidad_id, actor.usuario_id, "alerta.reenviada",
            caso.solicitud.numero,
        )  # fmt: skip

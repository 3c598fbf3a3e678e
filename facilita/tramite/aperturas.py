"""Lo que termina la espera de un depósito: la persona lo abre, o el personal lo pasa a cédula."""

from sqlalchemy import select

from facilita.tramite import alertas, documentos, vigencias
from facilita.tramite.ambito import Ambito
from facilita.tramite.atencion import tomar
from facilita.tramite.caso import CIUDADANO, Caso, tomar_caso
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto, NoExiste
from facilita.tramite.modelos import Deposito, Notificacion
from facilita.tramite.modelos.casilla import ABIERTO, CEDULA, ESPERA
from facilita.tramite.permisos import Actor
from facilita.tramite.sucesos import mover


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
        deposito = vigencias.con_turno(sesion, deposito_id)
        if deposito.abierto_en is None:
            _acusar(caso, deposito)
            # Lo abierto ya es parte de lo que su expediente muestra.
            documentos.pedir_indice(caso)


def _acusar(caso: Caso, deposito: Deposito) -> None:
    # El reloj de la máquina pudo retroceder: el acuse nunca va antes que el depósito.
    deposito.abierto_en = max(caso.ahora, deposito.depositado_en)
    if deposito.situacion != ESPERA:
        mover(caso, "abierto_en_casilla", {"constancia": deposito.numero})
        return
        return
    vigencias.contar(caso, deposito)
    deposito.situacion = ABIERTO
    vigencias.notificar(caso, deposito, "casilla")


def pasar_a_cedula(entorno: Entorno, actor: Actor, solicitud_id: int, deposito_id: int) -> None:
    """Abre la tarea «notificar por cédula» de un depósito cuya alerta falló (N51, N54)."""
    with tomar(entorno, actor, solicitud_id, "casilla.notificar") as caso:
        deposito = _de_la_solicitud(caso, deposito_id)
        if deposito.situacion != ESPERA:
            raise Conflicto("Esa notificación ya no espera: la abrieron o ya surtió efecto.")
        motivo = alertas.por_que_falla(caso.sesion, deposito)
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

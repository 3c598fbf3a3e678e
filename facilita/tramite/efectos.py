"""El registro de efectos: lo que una transición puede hacer además de cambiar el estado."""

from collections.abc import Callable, Iterable

from facilita.definicion import Efecto, Flujo
from facilita.plazos import fecha_larga
from facilita.tramite import altas, respuestas, terminos
from facilita.tramite.avisos import avisar
from facilita.tramite.caso import Caso
from facilita.tramite.errores import Conflicto
from facilita.tramite.modelos import Movimiento
from facilita.tramite.sucesos import mover

Ejecutor = Callable[[Caso, Efecto, Movimiento], None]


def ejecutar(caso: Caso, efectos: Iterable[Efecto], movimiento: Movimiento) -> None:
    """Ejecuta los efectos en su orden, en la transacción del suceso que los pide."""
    # Los avisos van al final: nombran los plazos que los otros efectos mueven.
    for efecto in sorted(efectos, key=lambda e: e.nombre == "notificar"):
        REGISTRO[efecto.nombre](caso, efecto, movimiento)


def espera_acuse(flujo: Flujo, estado: str) -> bool:
    """Si desde ese estado corre un plazo que empieza cuando la persona se entera (N07)."""
    plazos = [t.hasta or t.al_vencer for t in flujo.transiciones if estado in t.de]
    return any(p is not None and p.desde == "notificado" for p in plazos)


def _notificar(caso: Caso, efecto: Efecto, movimiento: Movimiento) -> None:
    con_acuse = espera_acuse(caso.definicion.flujo, caso.solicitud.estado)
    avisar(caso, str(efecto.dato), movimiento, con_acuse=con_acuse)


def _suspender(caso: Caso, _efecto: Efecto, _movimiento: Movimiento) -> None:
    terminos.suspender_resolver(caso)


def _reanudar(caso: Caso, _efecto: Efecto, _movimiento: Movimiento) -> None:
    terminos.reanudar_resolver(caso)


def _reiniciar_plazo(caso: Caso, _efecto: Efecto, _movimiento: Movimiento) -> None:
    terminos.reiniciar_resolver(caso)


def _ampliar_plazo(caso: Caso, efecto: Efecto, _movimiento: Movimiento) -> None:
    dias = int(efecto.dato or 0)
    cuentas = terminos.ampliar_resolver(caso, dias)
    if cuentas is None:
        raise Conflicto("El plazo para resolver ya venció: no se puede ampliar.")
    antes, ahora = cuentas
    caso.nombres["vencia"] = fecha_larga(antes.vence)
    datos = {"dias": dias, "antes": antes.a_json(), "ahora": ahora.a_json()}
    mover(caso, "plazo_ampliado", datos)


def _tomar(caso: Caso, _efecto: Efecto, _movimiento: Movimiento) -> None:
    caso.solicitud.asignada_id = caso.autor.usuario_id


def _responder(caso: Caso, efecto: Efecto, movimiento: Movimiento) -> None:
    respuestas.dejar(caso, efecto, movimiento)


def _crear_entidad(caso: Caso, _efecto: Efecto, movimiento: Movimiento) -> None:
    altas.dar_de_alta(caso, movimiento)


def _registrar_sistema(caso: Caso, _efecto: Efecto, movimiento: Movimiento) -> None:
    altas.registrar_sistema(caso, movimiento)


REGISTRO: dict[str, Ejecutor] = {
    "notificar": _notificar,
    "suspender": _suspender,
    "reanudar": _reanudar,
    "reiniciar_plazo": _reiniciar_plazo,
    "ampliar_plazo": _ampliar_plazo,
    "tomar": _tomar,
    "responder": _responder,
    "crear_entidad": _crear_entidad,
    "registrar_sistema": _registrar_sistema,
}

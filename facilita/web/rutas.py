"""Las rutas: cada una declara quién puede entrar; sin declararlo no hay ruta."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, redirect, request, session, url_for

from facilita.tramite.permisos import PERMISOS, exigir
from facilita.tramite.personas import exigir_encendida
from facilita.web.ingreso import pantalla_de_ingreso
from facilita.web.limites import limitador
from facilita.web.mundo import entorno
from facilita.web.pendiente import sellar_pendiente
from facilita.web.reapertura import AVISO, pantalla_de_seguimiento
from facilita.web.sesion import actor_en_uso, expediente_abierto
from facilita.web.sesion_casilla import dueno_en_uso

PUBLICO = "publico"
FICHA = "ficha"
"""Quien tiene la ficha secreta de la dirección."""
EXPEDIENTE = "expediente"
"""Quien comprobó su identidad para ese código."""
CASILLA = "casilla"
"""Quien está dentro de su casilla electrónica."""

Vista = Callable[..., Any]


class Rutas(Blueprint):
    """Un blueprint cuyas rutas llevan permiso."""

    def ruta(
        self,
        regla: str,
        *,
        permiso: str,
        metodos: tuple[str, ...] = ("GET",),
        limite: str | None = None,
    ) -> Callable[[Vista], Vista]:
        """Registra una vista con su permiso y, si se pide, un límite por dirección IP."""
        if permiso not in (PUBLICO, FICHA, EXPEDIENTE, CASILLA) and permiso not in PERMISOS:
            raise ValueError(f"el permiso «{permiso}» no existe")

        def registrar(vista: Vista) -> Vista:
            guardada = limitador.limit(limite)(vista) if limite else vista
            guardada = _guardar(guardada, permiso)
            guardada.permiso = permiso  # type: ignore[attr-defined]
            self.add_url_rule(regla, view_func=guardada, methods=list(metodos))
            return guardada

        return registrar


def _guardar(vista: Vista, permiso: str) -> Vista:
    if permiso in (PUBLICO, FICHA):
        return _tal_cual(vista)
    if permiso == CASILLA:
        return _con_casilla(vista)
    return _con_expediente(vista) if permiso == EXPEDIENTE else _con_permiso(vista, permiso)


def _tal_cual(vista: Vista) -> Vista:
    @wraps(vista)
    def abierta(**partes: Any) -> Any:
        return vista(**partes)

    return abierta


def _con_permiso(vista: Vista, permiso: str) -> Vista:
    @wraps(vista)
    def con_permiso(**partes: Any) -> Any:
        actor = actor_en_uso()
        if actor is None:
            return _a_ingresar()
        exigir(actor, permiso)
        if actor.debe_segundo_factor and not permiso.startswith("cuenta."):
            session["aviso"] = "Tu entidad exige el segundo factor: actívalo para seguir."
            return redirect(url_for("acceso_propio.ver"), 303)
        return vista(**partes)

    return con_permiso


def _a_ingresar() -> Any:
    """Manda a ingresar; lo que se iba a enviar se conserva para después."""
    sellado = sellar_pendiente() if request.method == "POST" else None
    if sellado:
        aviso = "Tu sesión se cerró. Ingresa otra vez: lo que escribiste te espera."
        return pantalla_de_ingreso(aviso=aviso, pendiente=sellado), 401
    siguiente = request.full_path.rstrip("?") if request.method == "GET" else None
    session["aviso"] = "Ingresa para continuar."
    return redirect(url_for("cuenta.ingresar", siguiente=siguiente), 303)


def _con_expediente(vista: Vista) -> Vista:
    @wraps(vista)
    def con_expediente(codigo: str, **partes: Any) -> Any:
        if not expediente_abierto(codigo):
            sellado = sellar_pendiente() if request.method == "POST" else None
            if sellado:
                return pantalla_de_seguimiento(codigo, aviso=AVISO, pendiente=sellado), 401
            return redirect(url_for("ciudadano.seguimiento_de", codigo=codigo), 303)
        return vista(codigo=codigo, **partes)

    return con_expediente


def _con_casilla(vista: Vista) -> Vista:
    @wraps(vista)
    def con_casilla(**partes: Any) -> Any:
        exigir_encendida(entorno())
        if dueno_en_uso() is None:
            return redirect(url_for("casilla_ingreso.ingresar"), 303)
        return vista(**partes)

    return con_casilla

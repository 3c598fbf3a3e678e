"""Quién está al otro lado: la cuenta del personal y los expedientes que el ciudadano abrió."""

from datetime import UTC, datetime, timedelta
from typing import cast

from flask import Request, Response, g, session
from flask_login import LoginManager, UserMixin, current_user

from facilita.tramite import sesiones
from facilita.tramite.permisos import Actor
from facilita.web.mundo import entorno, mundo

GALLETA = "sesion"
MINUTOS_DE_EXPEDIENTE = 30


class Cuenta(UserMixin):
    """La cuenta de una petición: el actor y la ficha de su sesión, que se puede cerrar."""

    def __init__(self, actor: Actor, ficha: str) -> None:
        self.actor = actor
        self.ficha = ficha

    def get_id(self) -> str:
        """La ficha de la sesión: cerrarla en la base la invalida."""
        return self.ficha


class Ingreso(LoginManager):
    """Flask-Login sin «recuérdame»: esa cookie no existe aquí."""

    def _update_remember_cookie(self, response: Response) -> Response:
        # Mirar la sesión en cada respuesta pondría «Vary: Cookie» hasta en lo que es de todos.
        return response


def cuenta_de_la_peticion(peticion: Request) -> Cuenta | None:
    """La cuenta que dice la cookie, si su sesión sigue abierta."""
    ficha = peticion.cookies.get(GALLETA)
    actor = sesiones.actor_de(entorno(), ficha) if ficha else None
    return Cuenta(actor, ficha) if actor and ficha else None


def actor_en_uso() -> Actor | None:
    """Quien usa la cuenta, o `None` si nadie ingresó."""
    g.con_cuenta = True
    return cast(Actor, current_user.actor) if current_user.is_authenticated else None


def actor() -> Actor:
    """Quien usa la cuenta, en una ruta que ya lo exigió."""
    return cast(Actor, current_user.actor)


def poner_galleta(respuesta: Response, ficha: str) -> None:
    """Deja la sesión en el navegador, fuera del alcance de los programas de la página."""
    respuesta.set_cookie(
        GALLETA,
        ficha,
        httponly=True,
        secure=not mundo().ajustes.demo,
        samesite="Lax",
        path="/",
    )


def quitar_galleta(respuesta: Response) -> None:
    """Quita la sesión del navegador."""
    respuesta.delete_cookie(GALLETA, path="/")


def recordar_expediente(codigo: str) -> None:
    """Deja abierto un expediente por media hora; los más antiguos se olvidan."""
    abiertos = dict(session.get("expedientes", {}))
    abiertos[codigo] = int(entorno().reloj.ahora().timestamp())
    recientes = sorted(abiertos.items(), key=lambda par: par[1])[-5:]
    session["expedientes"] = dict(recientes)


def expediente_abierto(codigo: str) -> bool:
    """Si la persona comprobó su identidad para ese código hace poco."""
    desde = session.get("expedientes", {}).get(codigo, 0)
    return bool(entorno().reloj.ahora().timestamp() - desde < MINUTOS_DE_EXPEDIENTE * 60)


def quedan(hasta: datetime | None) -> int:
    """Los segundos que faltan para un instante; 0 si ya pasó o no hay tal."""
    if hasta is None:
        return 0
    return max(0, int((hasta - entorno().reloj.ahora()).total_seconds()))


def cierre_de_expediente(codigo: str) -> datetime:
    """Cuándo se cierra un expediente abierto en este navegador."""
    desde = session.get("expedientes", {}).get(codigo, 0)
    return datetime.fromtimestamp(desde, UTC) + timedelta(minutes=MINUTOS_DE_EXPEDIENTE)


def cerrar_expediente(codigo: str) -> None:
    """Olvida un expediente abierto."""
    abiertos = dict(session.get("expedientes", {}))
    abiertos.pop(codigo, None)
    session["expedientes"] = abiertos

"""El equipo en que ya se entró con una cuenta: lo que otros fallen en ella no lo detiene.

La cookie la firma la plataforma, es de una sola cuenta y no abre nada: solo dice con qué cuenta de
fallos se cuenta (`facilita/tramite/intentos.py`). Va solo a la pantalla de ingreso.
"""

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response as Respuesta

from facilita.servicios.codigos import ficha_secreta, huella
from facilita.tramite.intentos import Desde
from facilita.web.limites import red
from facilita.web.mundo import mundo

NOMBRE = "equipo"
DURA = 180 * 24 * 3600
"""Seis meses desde la última vez que se entró."""
CABEN = 5
"""Cuántas cuentas recuerda un mismo equipo."""


def desde(cuenta: str) -> Desde:
    """De dónde viene este intento de entrar con esa cuenta."""
    return Desde(red(), _conocidas().get(_de(cuenta), ""))


def recordar(respuesta: Respuesta, cuenta: str, camino: str) -> None:
    """Deja dicho en este navegador que ya se entró aquí con esa cuenta."""
    suyas = _conocidas()
    suya = suyas.pop(_de(cuenta), "") or ficha_secreta()[:16]
    recientes = dict(list({_de(cuenta): suya, **suyas}.items())[:CABEN])
    respuesta.set_cookie(
        NOMBRE,
        _firma().dumps(recientes),
        max_age=DURA,
        httponly=True,
        secure=not mundo().ajustes.demo,
        samesite="Lax",
        path=camino,
    )


def _conocidas() -> dict[str, str]:
    """Las cuentas que este equipo conoce; nada si la cookie no está o no es de aquí."""
    try:
        dicho = _firma().loads(request.cookies.get(NOMBRE, "")[:2000], max_age=DURA)
    except BadSignature:
        return {}
    return {str(c): str(e) for c, e in dicho.items()} if isinstance(dicho, dict) else {}


def _de(cuenta: str) -> str:
    return huella(cuenta.strip().casefold())[:16]


def _firma() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="equipo conocido")

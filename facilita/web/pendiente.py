"""Lo que alguien iba a enviar cuando su sesión ya había terminado: no se pierde.

Viaja sellado en la página de ingreso y vuelve a mostrarse al entrar; nada se guarda ni se envía
sin que la persona lo confirme.
"""

from dataclasses import dataclass
from typing import cast

from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

from facilita.web.peticion import Peticion

CAMPO = "pendiente"
HORAS = 12
LARGO_MAXIMO = 60_000
_DE_LA_PAGINA = frozenset({"csrf_token", "retenido", "envio", "confirma", CAMPO, "retomar"})


@dataclass(frozen=True)
class Pendiente:
    """Un envío que quedó a medias: adónde iba, lo escrito y si llevaba archivos."""

    direccion: str
    escrito: tuple[tuple[str, str], ...]
    llevaba_archivos: bool

    @property
    def tiene_pantalla(self) -> bool:
        """Si en su dirección hay una página donde retomarlo antes de enviarlo."""
        return any(p in self.direccion for p in ("/paso/", "/tarea/", "/accion/", "/mensajes"))


def sellar_pendiente() -> str | None:
    """El envío de esta petición, sellado; `None` si no lleva nada escrito."""
    escrito = [
        (campo, valor)
        for campo, valor in request.form.items(multi=True)
        if campo not in _DE_LA_PAGINA and valor.strip()
    ]
    if not escrito or sum(len(v) for _, v in escrito) > LARGO_MAXIMO:
        return None
    return _sello().dumps([request.path, escrito, cast(Peticion, request).trae_archivos])


def abrir_pendiente(sellado: str | None) -> Pendiente | None:
    """El envío de un sello de aquí que no venció, o `None`."""
    if not sellado:
        return None
    try:
        direccion, escrito, archivos = _sello().loads(sellado, max_age=HORAS * 3600)
    except BadData:
        return None
    return Pendiente(direccion, tuple((c, v) for c, v in escrito), archivos)


def _sello() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="pendiente")

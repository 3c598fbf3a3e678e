"""La tabla de negativas: qué código y qué página responde cada una."""

from flask import Flask, g, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from facilita.servicios.almacen import AlmacenNoDisponible, AlmacenSinEspacio
from facilita.tramite.errores import (
    Conflicto,
    Invalido,
    Negativa,
    NoExiste,
    NoPermitido,
    Retirado,
    Suspendida,
    Vencido,
    YaCambio,
)
from facilita.tramite.permisos import Actor
from facilita.web.sesion import actor_en_uso

CODIGOS: dict[type[Negativa], int] = {
    Suspendida: 410,
    Retirado: 410,
    NoExiste: 404,
    NoPermitido: 403,
    Conflicto: 409,
    Vencido: 410,
    Invalido: 422,
}

TITULOS = {
    400: "No entendimos tu pedido",
    403: "No puedes hacer eso",
    404: "No encontramos esa página",
    405: "Esta dirección no recibe eso",
    409: "Ahora no se puede hacer eso",
    410: "Ya no está disponible",
    413: "Lo que envías pesa demasiado",
    415: "No podemos leer lo que envías",
    422: "Hay algo por corregir",
    429: "Espera un momento",
    500: "Algo falló de nuestro lado",
    503: "Vuelve a intentarlo en unos minutos",
}
YA_CAMBIO = "Esto cambió mientras lo mirabas"
FRASES = {
    400: "Vuelve a la página anterior y prueba otra vez.",
    404: "Puede que la dirección esté incompleta o que el enlace haya cambiado.",
    405: "Vuelve al inicio y sigue desde ahí.",
    413: (
        "Vuelve a la página anterior: lo que ya guardaste sigue ahí. Sube los archivos de a uno o "
        "usa el enlace de descarga."
    ),
    429: (
        "Recibimos muchos pedidos desde tu conexión. Espera unos minutos y prueba otra vez: lo "
        "que ya guardaste sigue ahí."
    ),
    500: "Ya quedó registrado. Vuelve a la página anterior y prueba otra vez; no perdiste nada.",
    503: "No pudimos guardar tus archivos en este momento. No perdiste lo que ya enviaste.",
}


DEL_PERSONAL = ("/bandeja", "/cuenta")


def registrar(app: Flask) -> None:
    """Registra cómo responde cada error."""
    app.register_error_handler(Negativa, _negativa)
    app.register_error_handler(CSRFError, _sin_permiso_de_envio)
    app.register_error_handler(AlmacenNoDisponible, _sin_almacen)
    app.register_error_handler(AlmacenSinEspacio, _sin_almacen)
    app.register_error_handler(HTTPException, _http)


def codigo_de(error: Negativa) -> int:
    """El código con que se responde una negativa."""
    return next(c for clase, c in CODIGOS.items() if isinstance(error, clase))


def _negativa(error: Negativa) -> tuple[str, int]:
    titulo = YA_CAMBIO if isinstance(error, YaCambio) else None
    return pagina_de_error(codigo_de(error), error.frase, titulo)


def _sin_permiso_de_envio(_error: CSRFError) -> tuple[str, int]:
    frase = "La página estuvo abierta mucho tiempo. Vuelve a abrirla y envía otra vez."
    return pagina_de_error(400, frase)


def _sin_almacen(_error: AlmacenNoDisponible) -> tuple[str, int]:
    return pagina_de_error(503)


def _http(error: HTTPException) -> tuple[str, int, dict[str, str]] | HTTPException:
    codigo = error.code or 500
    if codigo < 400:
        return error
    propias = {n: v for n, v in error.get_headers() if n in ("Allow", "Retry-After")}
    return *pagina_de_error(codigo), propias


def pagina_de_error(
    codigo: int, frase: str | None = None, titulo: str | None = None
) -> tuple[str, int]:
    """La página de un error, con su código."""
    titulo = titulo or TITULOS.get(codigo, "No pudimos completar tu pedido")
    texto = frase or FRASES.get(codigo, "Vuelve al inicio y prueba otra vez.")
    if request.accept_mimetypes.best == "application/json" or request.path.startswith("/api/"):
        return {"error": titulo, "detalle": texto}, codigo  # type: ignore[return-value]
    pagina = render_template("error.html", titulo=titulo, frase=texto, actor=_del_personal(codigo))
    return pagina, codigo


def _del_personal(codigo: int) -> Actor | None:
    """Quien usa su cuenta, si la página es del personal: conserva su menú."""
    suya = g.get("con_cuenta") or request.path.startswith(DEL_PERSONAL)
    # Si algo falló, no se vuelve a la base por un menú.
    return actor_en_uso() if suya and codigo < 500 else None

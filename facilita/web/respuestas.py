"""Lo que lleva toda respuesta: cabeceras de seguridad, compresión y quién no la guarda."""

import gzip

from flask import Flask, Response, g, request

from facilita.web.mundo import mundo
from facilita.web.recursos import INMUTABLE, MINIMO_PARA_COMPRIMIR, REVALIDAR, acepta_gzip

POLITICA = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SEGURAS = {
    "Content-Security-Policy": POLITICA,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
DOS_ANIOS = "max-age=63072000; includeSubDomains"


def registrar(app: Flask) -> None:
    """Pone las cabeceras en toda respuesta y sirve los recursos."""
    ajustes = app.extensions["facilita"].ajustes
    cabeceras = {**SEGURAS, "Cache-Control": "no-store"}
    if not ajustes.demo:
        cabeceras["Strict-Transport-Security"] = DOS_ANIOS
    propias = [(nombre.lower(), (nombre, valor)) for nombre, valor in cabeceras.items()]

    @app.after_request
    def completar(respuesta: Response) -> Response:
        # Preguntar por una cabecera que falta cuesta una excepción: se mira una sola vez.
        puestas = {nombre.lower() for nombre, _ in respuesta.headers}
        respuesta.headers.extend([par for nombre, par in propias if nombre not in puestas])
        return respuesta if "etag" in puestas else _comprimir(respuesta)


def cabeceras_seguras(*, demo: bool) -> list[tuple[str, str]]:
    """Las cabeceras de toda respuesta; la demostración va por http y no promete https."""
    cabeceras = dict(SEGURAS) if demo else {**SEGURAS, "Strict-Transport-Security": DOS_ANIOS}
    return list(cabeceras.items())


def _comprimir(respuesta: Response) -> Response:
    # Una página con cuenta lleva secretos junto a texto ajeno: comprimirla los delataría.
    if g.get("con_cuenta") or respuesta.direct_passthrough or respuesta.is_streamed:
        return respuesta
    if not acepta_gzip(request.headers.get("Accept-Encoding", "")):
        return respuesta
    cuerpo = respuesta.get_data()
    if len(cuerpo) < MINIMO_PARA_COMPRIMIR or "Content-Encoding" in respuesta.headers:
        return respuesta
    respuesta.set_data(gzip.compress(cuerpo, 5, mtime=0))
    respuesta.headers["Content-Encoding"] = "gzip"
    respuesta.vary.add("Accept-Encoding")
    return respuesta


def servir_recurso(nombre: str, huella: str | None = None) -> Response | None:
    """Un archivo de `estatico/`: para siempre si la dirección lleva su huella de hoy."""
    recurso = mundo().recursos.hallar(nombre)
    if recurso is None:
        return None
    return recurso.responder(INMUTABLE if huella == recurso.etag else REVALIDAR)

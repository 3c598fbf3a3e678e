"""La página de seguimiento con que se abre un expediente, también cuando se cerró a medio envío.

Lo que la persona iba a enviar viaja sellado y vuelve a mostrarse al abrirlo otra vez.
"""

from flask import render_template, request

from facilita.tramite import seguimiento
from facilita.web.mundo import entorno
from facilita.web.pendiente import Pendiente, abrir_pendiente
from facilita.web.sesion import expediente_abierto

AVISO = (
    "Por seguridad, tu expediente se cerró. Ábrelo otra vez: lo que escribiste te espera y aún no "
    "se envió."
)


def pantalla_de_seguimiento(
    codigo: str, *, error: str | None = None, aviso: str | None = None, pendiente: str | None = None
) -> str:
    """El avance de un trámite y por dónde se abre su expediente; lanza `NoExiste`."""
    visto = seguimiento.ver(entorno(), codigo)
    return render_template(
        "seguimiento.html",
        s=visto,
        error=error,
        aviso=aviso,
        pendiente=pendiente,
        llave=request.values.get("llave", "")[:64],
        abierto=not (error or pendiente) and expediente_abierto(visto.codigo),
    )


def pendiente_de(codigo: str, sellado: str | None) -> Pendiente | None:
    """Lo que quedó a medio enviar en ese expediente, si lo hay."""
    pendiente = abrir_pendiente(sellado)
    suya = f"/seguimiento/{codigo}/expediente/"
    return pendiente if pendiente and pendiente.direccion.startswith(suya) else None

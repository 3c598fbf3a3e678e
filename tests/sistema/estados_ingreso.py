"""Los estados de quien ingresa otra vez porque su sesión terminó a medio envío."""

from fabrica import CLAVE, correo_de

from facilita.tramite import sesiones

from .estados import Mirada, estado


def _enviar_sin_sesion(m: Mirada) -> None:
    codigo = m.mundo.presentar_mesa()
    m.ver_solicitud(codigo, "/paso/atender")
    m.escribir(respuesta="Aprobamos tu licencia.\nYa puedes recogerla.")
    ficha = next(c["value"] for c in m.ventana.contexto.cookies() if c["name"] == "sesion")
    sesiones.salir(m.mundo.entorno, ficha)
    m.enviar("Atender")


@estado("cuenta.ingresar", 401)
def ingreso_a_medio_envio(m: Mirada) -> None:
    _enviar_sin_sesion(m)


@estado("cuenta.ingresar")
def lo_que_iba_a_enviar(m: Mirada) -> None:
    _enviar_sin_sesion(m)
    m.escribir(correo=correo_de("ana"), clave=CLAVE)
    m.enviar("Ingresar")

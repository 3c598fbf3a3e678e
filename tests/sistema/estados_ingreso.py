"""Los estados de quien ingresa otra vez: su sesión terminó a medio envío u olvidó su contraseña."""

from fabrica import CLAVE, correo_de

from facilita.tramite import olvidos, sesiones
from facilita.tramite.envios import texto_de
from facilita.tramite.modelos import Salida

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


@estado("olvido.preguntar")
def olvido(m: Mirada) -> None:
    m.ver("/ingresar/olvido")


@estado("olvido.preguntar", 422)
def olvido_sin_correo(m: Mirada) -> None:
    m.ver("/ingresar/olvido")
    m.enviar("Enviar el enlace")


@estado("cuenta.ingresar")
def olvido_pedido(m: Mirada) -> None:
    m.ver("/ingresar/olvido")
    m.escribir(correo="nadie@vallesereno.example")
    m.enviar("Enviar el enlace")


def _a_la_contrasena(m: Mirada) -> None:
    olvidos.pedir(m.mundo.entorno, correo_de("luis"))
    salida = next(s for s in m.mundo.todo(Salida) if s.clave.startswith("olvido."))
    texto = texto_de(m.mundo.entorno, salida)
    m.ver("/contrasena/" + texto.split("/contrasena/")[1].split()[0])


@estado("olvido.ver")
def contrasena_nueva(m: Mirada) -> None:
    _a_la_contrasena(m)


@estado("olvido.ver", 422)
def contrasena_corta(m: Mirada) -> None:
    _a_la_contrasena(m)
    m.escribir(nueva="corta")
    m.enviar("Guardar contraseña")

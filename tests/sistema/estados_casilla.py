"""Los estados de la casilla electrónica: entrar, la bandeja, una notificación y lo del personal."""

from datetime import timedelta
from urllib.parse import urlsplit

from casillas import DNI, activar, codigo_enviado, depositar
from sqlalchemy import delete, update

from facilita.tramite import (
    aperturas,
    ingresos_casilla,
    interrupciones,
    personas,
    salidas,
    vigencias,
)
from facilita.tramite.modelos import Casilla, Intento, Salida
from facilita.tramite.sesiones_casilla import Dueno

from .estados import PLATAFORMA, Mirada, estado

LARGO = "Resolución de Gerencia de Desarrollo Urbano N.° 000123-2026-GDU/MDVS que resuelve"


def _preparar(m: Mirada, depositados: int = 0) -> tuple[str, Dueno, list[int]]:
    """Alguien con su casilla recién activada, dentro de ella, y lo que se le depositó."""
    with m.mundo.entorno.bd.transaccion(PLATAFORMA) as sesion:
        # Otro estado pudo activar la casilla del mismo documento.
        sesion.execute(update(Casilla).values(cerrada_en=m.mundo.reloj.ahora()))
        sesion.execute(delete(Intento))
    codigo = m.mundo.presentar_mesa(acepta_notificacion="true")
    dueno = activar(m.mundo, codigo)
    cuales = [depositar(m.mundo, codigo, asunto_del_acto=LARGO) for _ in range(depositados)]
    _entrar(m)
    return codigo, dueno, cuales


def _entrar(m: Mirada) -> None:
    pedido = ingresos_casilla.pedir_codigo(m.mundo.entorno, "dni", DNI, "correo")
    escrito = codigo_enviado(m.mundo, "codigo_correo")
    ficha = ingresos_casilla.entrar_con_codigo(
        m.mundo.entorno, "dni", DNI, escrito, "Firefox 140", pedido=pedido
    )
    equipo = urlsplit(m.sitio.direccion).hostname
    m.ventana.contexto.add_cookies(
        [{"name": "casilla", "value": ficha, "domain": equipo, "path": "/casilla"}]
    )


def _alertar(m: Mirada) -> None:
    m.entregar()
    while salidas.entregar_al_celular(m.mundo.entorno):
        pass
    vigencias.surtir_efecto(m.mundo.entorno)


def _interrumpir(m: Mirada, *, sigue: bool = False) -> None:
    ahora = m.mundo.reloj.ahora()
    hasta = None if sigue else ahora - timedelta(minutes=1)
    interrupciones.registrar(
        m.mundo.entorno, m.mundo.actor("sara"), ahora - timedelta(hours=3), hasta,
        "Se cortó el enlace con el centro de datos.",
    )  # fmt: skip


# --- entrar ---------------------------------------------------------------------------------------


@estado("casilla_ingreso.ingresar")
def casilla_entrar(m: Mirada) -> None:
    m.ver("/casilla")
    m.abrir_todo()


@estado("casilla_ingreso.ingresar", 422)
def casilla_entrar_con_error(m: Mirada) -> None:
    m.ver("/casilla/ingresar")
    m.escribir(numero="12345678")
    m.abrir_todo()
    m.escribir(clave="no es esta")
    m.enviar("Entrar con contraseña")


@estado("casilla_ingreso.ingresar", 200)
def casilla_codigo_enviado(m: Mirada) -> None:
    m.ver("/casilla/ingresar")
    m.escribir(numero="12345678")
    m.enviar("Enviar código al correo")


@estado("casilla_ingreso.ingresar", 422)
def casilla_codigo_equivocado(m: Mirada) -> None:
    casilla_codigo_enviado(m)
    m.escribir(codigo="000000")
    m.enviar("Entrar")


@estado("casilla_ingreso.ver_enlace")
def enlace_de_ingreso(m: Mirada) -> None:
    m.ver("/casilla/entrar/1-abc")


@estado("casilla_ingreso.pedir_activacion")
def casilla_por_activar(m: Mirada) -> None:
    m.ver("/casilla/activar")


@estado("casilla_ingreso.pedir_activacion", 422)
def casilla_por_activar_con_error(m: Mirada) -> None:
    m.ver("/casilla/activar")
    m.escribir(numero="99999999", codigo="F7XK-29QD-TRWM-4H6C")
    m.enviar("Enviar los códigos")


@estado("casilla_ingreso.escribir_codigos")
def casilla_dos_codigos(m: Mirada) -> None:
    codigo = m.mundo.presentar_mesa()
    ficha = personas.pedir_activacion(m.mundo.entorno, "dni", DNI, codigo)
    m.ver(f"/casilla/activar/{ficha}")


@estado("casilla_ingreso.escribir_codigos", 422)
def casilla_dos_codigos_equivocados(m: Mirada) -> None:
    casilla_dos_codigos(m)
    m.escribir(codigo_correo="1", codigo_celular="2")
    m.enviar("Activar mi casilla")


# --- dentro ---------------------------------------------------------------------------------------


@estado("casilla.ver_bandeja")
def casilla_vacia(m: Mirada) -> None:
    _preparar(m)
    m.ver("/casilla")


@estado("casilla.ver_bandeja")
def casilla_con_notificaciones(m: Mirada) -> None:
    _, dueno, cuales = _preparar(m, 2)
    _alertar(m)
    aperturas.abrir(m.mundo.entorno, dueno.casilla_id, cuales[0])
    m.ver("/casilla")


@estado("casilla.ver_bandeja")
def casilla_sin_hallazgos(m: Mirada) -> None:
    _preparar(m)
    m.ver("/casilla?q=" + "nada" * 20)


@estado("casilla.ver")
def casilla_sobre_cerrado(m: Mirada) -> None:
    _, _, cuales = _preparar(m, 1)
    _alertar(m)
    m.mundo.pasar(hours=4)
    _interrumpir(m)
    _entrar(m)
    m.ver(f"/casilla/{cuales[0]}")
    m.abrir_todo()
    assert "Ver esta página no es abrir" in m.persona.leer()


@estado("casilla.ver")
def casilla_notificacion_abierta(m: Mirada) -> None:
    casilla_sobre_cerrado(m)
    m.enviar("Abrir la notificación")
    m.abrir_todo()
    assert "Surte efecto el" in m.persona.leer()


@estado("casilla.cuenta")
def casilla_cuenta(m: Mirada) -> None:
    _preparar(m)
    m.ver("/casilla/cuenta")


@estado("casilla.cuenta", 422)
def casilla_cuenta_con_error(m: Mirada) -> None:
    casilla_cuenta(m)
    m.escribir(nueva="corta")
    m.enviar("Guardar contraseña")


@estado("", 404)
def casilla_ajena(m: Mirada) -> None:
    _preparar(m)
    m.ver("/casilla/999999")


# --- las interrupciones ---------------------------------------------------------------------------


@estado("interrupciones.publicas")
def interrupciones_publicadas(m: Mirada) -> None:
    _interrumpir(m)
    _interrumpir(m, sigue=True)
    m.ver("/casilla/interrupciones")


@estado("interrupciones.ver")
def interrupciones_registradas(m: Mirada) -> None:
    _interrumpir(m, sigue=True)
    m.ingresar("sara")
    m.ver("/bandeja/interrupciones")


@estado("interrupciones.ver", 422)
def interrupciones_con_error(m: Mirada) -> None:
    interrupciones_registradas(m)
    m.enviar("Registrar")


# --- el personal ----------------------------------------------------------------------------------


@estado("depositos.preparar")
def deposito_por_escribir(m: Mirada) -> None:
    codigo, _, _ = _preparar(m)
    m.mundo.observar(codigo)
    m.ver_solicitud(codigo, "/casilla")


@estado("depositos.preparar", 422)
def deposito_con_errores(m: Mirada) -> None:
    deposito_por_escribir(m)
    m.enviar("Depositar en la casilla")


@estado("depositos.preparar")
def deposito_por_norma(m: Mirada) -> None:
    _preparar(m)
    m.ver_solicitud(m.mundo.presentar_mesa(), "/casilla")


@estado("depositos.ver_validar")
def validar_en_persona(m: Mirada) -> None:
    codigo, _, _ = _preparar(m)
    m.ver_solicitud(codigo, "/casilla/validar")


@estado("depositos.ver_validar", 422)
def validar_en_persona_con_error(m: Mirada) -> None:
    validar_en_persona(m)
    m.enviar("Enviar los códigos")


@estado("personal.ver")
def detalle_con_depositos(m: Mirada) -> None:
    codigo, dueno, cuales = _preparar(m, 2)
    _alertar(m)
    aperturas.abrir(m.mundo.entorno, dueno.casilla_id, cuales[0])
    m.ver_solicitud(codigo)
    m.abrir_todo()


@estado("personal.ver")
def detalle_con_una_alerta_que_falla(m: Mirada) -> None:
    codigo, _, _ = _preparar(m, 1)
    with m.mundo.entorno.bd.transaccion(PLATAFORMA) as sesion:
        falla = update(Salida).where(Salida.clase == "alerta_celular")
        sesion.execute(falla.values(situacion="muerta", respuesta="400 Número inválido"))
    m.ver_solicitud(codigo)
    m.abrir_todo()
    assert "No se pudo entregar la alerta al celular" in m.persona.leer()


@estado("demo.celulares")
def celulares_de_la_demostracion(m: Mirada) -> None:
    _preparar(m, 1)
    _alertar(m)
    m.ver("/demo/celulares")


@estado("personal.preparar")
def paso_que_responde_por_la_casilla(m: Mirada) -> None:
    codigo, _, _ = _preparar(m)
    m.ver_solicitud(codigo, "/paso/atender")


@estado("expediente.ver")
def expediente_con_la_respuesta_en_la_casilla(m: Mirada) -> None:
    codigo, _, _ = _preparar(m)
    responde = {"respuesta": "Procede.", "recursos_del_acto": "Ninguno."}
    m.mundo.transitar(codigo, "atender", responde)
    m.abrir_expediente(codigo)
    m.abrir_todo()

"""Activar la casilla y entrar en ella: códigos de un solo uso o contraseña."""

from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from facilita.definicion.campos import Error
from facilita.tramite import ingresos_casilla, personas, sesiones_casilla
from facilita.tramite.cargo import normalizar_identidad
from facilita.tramite.errores import Conflicto, Invalido, Negativa, NoExiste, NoPermitido
from facilita.tramite.intentos import Desde, IngresoDetenido
from facilita.web import equipo
from facilita.web.limites import red
from facilita.web.mundo import entorno
from facilita.web.rutas import FICHA, PUBLICO, Rutas
from facilita.web.sesion_casilla import dueno_en_uso, poner_galleta_de_casilla

bp = Rutas("casilla_ingreso", __name__, url_prefix="/casilla")

DOCUMENTOS = (
    ("dni", "DNI"),
    ("carne_extranjeria", "Carné de extranjería"),
    ("pasaporte", "Pasaporte"),
    ("ptp", "Permiso temporal de permanencia"),
    ("cedula_identidad", "Cédula de identidad"),
    ("ruc", "RUC, si es de una organización"),
    ("otro", "Otro documento"),
)
LIMITE = "20/minute;200/hour"
SALIDA = "O pide un código al correo y entra con el enlace que trae: ese no espera."


@bp.ruta("/ingresar", permiso=PUBLICO)
def ingresar() -> Any:
    """La pantalla para entrar."""
    personas.exigir_encendida(entorno())
    if dueno_en_uso():
        return redirect(url_for("casilla.ver_bandeja"), 303)
    return _pantalla("casilla_ingresar.html")


@bp.ruta("/ingresar", permiso=PUBLICO, metodos=("POST",), limite=LIMITE)
def entrar() -> Any:
    """Manda un código, o entra con la contraseña."""
    personas.exigir_encendida(entorno())
    tipo, numero = _documento()
    if not numero.strip():
        error = Error("numero", "vacio", "Escribe tu número de documento.")
        return _pantalla("casilla_ingresar.html", error), 422
    accion = request.form.get("accion", "correo")
    if accion == "lo_escrito":
        accion = "clave" if request.form.get("clave") else "correo"
    if accion != "clave":
        pedido = ingresos_casilla.pedir_codigo(entorno(), tipo, numero, accion)
        return _pantalla("casilla_codigo.html", canal=accion, pedido=pedido)
    try:
        clave = request.form.get("clave", "")[:200]
        ficha = ingresos_casilla.entrar_con_clave(
            entorno(), tipo, numero, clave, _agente(), equipo.desde(_cuenta(tipo, numero))
        )
    except NoPermitido as negativa:
        error = Error("clave", "clave", _frase_de(negativa))
        return _pantalla("casilla_ingresar.html", error), _codigo_de(negativa)
    return _adentro(ficha)


@bp.ruta("/ingresar/codigo", permiso=PUBLICO, metodos=("POST",), limite=LIMITE)
def entrar_con_codigo() -> Any:
    """Entra con el código recibido."""
    personas.exigir_encendida(entorno())
    tipo, numero = _documento()
    codigo, pedido = request.form.get("codigo", "")[:40], request.form.get("pedido", "")[:64]
    try:
        ficha = ingresos_casilla.entrar_con_codigo(
            entorno(), tipo, numero, codigo, _agente(),
            pedido=pedido, desde=equipo.desde(_cuenta(tipo, numero)),
        )  # fmt: skip
    except NoPermitido as negativa:
        error = Error("codigo", "codigo", _frase_de(negativa))
        return _pantalla("casilla_codigo.html", error, pedido=pedido), _codigo_de(negativa)
    return _adentro(ficha)


@bp.ruta("/entrar/<secreto>", permiso=FICHA)
def ver_enlace(secreto: str) -> Any:
    """El enlace del correo: mirarlo no lo gasta, porque los filtros de correo también miran."""
    personas.exigir_encendida(entorno())
    return render_template("casilla_enlace.html", secreto=secreto[:80])


@bp.ruta("/entrar/<secreto>", permiso=FICHA, metodos=("POST",), limite="60/minute")
def entrar_con_enlace(secreto: str) -> Any:
    """Entra con el enlace del correo."""
    personas.exigir_encendida(entorno())
    return _adentro(ingresos_casilla.entrar_con_enlace(entorno(), secreto[:80], _agente()))


@bp.ruta("/activar", permiso=PUBLICO)
def pedir_activacion() -> Any:
    """Lo que hace falta para activarla."""
    personas.exigir_encendida(entorno())
    return _pantalla("casilla_activar.html")


@bp.ruta("/activar", permiso=PUBLICO, metodos=("POST",), limite=LIMITE)
def mandar_codigos() -> Any:
    """Comprueba el documento y una solicitud, y manda los dos códigos."""
    tipo, numero = _documento()
    codigo = request.form.get("codigo", "")[:100]
    try:
        ficha = personas.pedir_activacion(entorno(), tipo, numero, codigo, Desde(red()))
    except (NoExiste, Conflicto, IngresoDetenido) as negativa:
        personas.exigir_encendida(entorno())
        error = Error("numero", "no_coincide", negativa.frase)
        return _pantalla("casilla_activar.html", error), _codigo_de(negativa)
    return redirect(url_for("casilla_ingreso.escribir_codigos", ficha=ficha), 303)


@bp.ruta("/activar/<ficha>", permiso=FICHA)
def escribir_codigos(ficha: str) -> Any:
    """Donde se escriben los dos códigos."""
    return _codigos(ficha, None)


@bp.ruta("/activar/<ficha>", permiso=FICHA, metodos=("POST",), limite=LIMITE)
def activar(ficha: str) -> Any:
    """Con los dos códigos, la casilla queda activa y se entra en ella."""
    escritos = [request.form.get(f"codigo_{canal}", "")[:40] for canal in ("correo", "celular")]
    try:
        sesion = personas.activar(entorno(), ficha, escritos[0], escritos[1], _agente())
    except Invalido as negativa:
        return _codigos(ficha, negativa.errores[0]), 422
    return _adentro(sesion)


def _codigos(ficha: str, error: Error | None) -> str:
    por_activar = personas.ver_activacion(entorno(), ficha)
    return render_template("casilla_codigos.html", a=por_activar, error=error)


def _documento() -> tuple[str, str]:
    tipo = request.form.get("tipo", "dni")
    conocido = tipo if tipo in dict(DOCUMENTOS) else "otro"
    return conocido, request.form.get("numero", "")[:60]


def _agente() -> str:
    return request.user_agent.string


def _frase_de(negativa: Negativa) -> str:
    return f"{negativa.frase} {SALIDA}" if isinstance(negativa, IngresoDetenido) else negativa.frase


def _codigo_de(negativa: Negativa) -> int:
    return 429 if isinstance(negativa, IngresoDetenido) else 422


def _pantalla(plantilla: str, error: Error | None = None, **mas: Any) -> str:
    return render_template(
        plantilla, error=error, escrito=request.form, documentos=DOCUMENTOS, **mas
    )


def _cuenta(tipo: str, numero: str) -> str:
    return f"{tipo} {normalizar_identidad(numero)}"


def _adentro(ficha: str) -> Any:
    respuesta = make_response(redirect(url_for("casilla.ver_bandeja"), 303))
    poner_galleta_de_casilla(respuesta, ficha)
    suyo = sesiones_casilla.dueno_de(entorno(), ficha)
    if suyo:
        equipo.recordar(respuesta, _cuenta(suyo.tipo, suyo.numero), "/casilla")
    return respuesta

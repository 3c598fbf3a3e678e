"""La web: pantallas y direcciones. Sin consultas ni reglas: pide a los verbos y muestra."""

from pathlib import Path

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from facilita.armado import armar_entorno
from facilita.config import Configuracion
from facilita.tramite.entorno import Entorno
from facilita.web import (
    acceso,
    acceso_propio,
    agregados,
    api,
    asistente,
    casilla,
    casilla_ingreso,
    ciudadano,
    correos,
    correspondencia,
    cuarentena,
    cuenta,
    cumplimiento,
    demo,
    depositos,
    documentos,
    elementos,
    ensayo,
    errores,
    expediente,
    formulario,
    gobpe,
    horario,
    horario_de_formulario,
    importar,
    interrupciones,
    invitacion,
    liderazgo,
    lugares,
    modelos,
    mudanza,
    navegacion,
    obras,
    observatorio,
    olvido,
    opiniones,
    personal,
    planilla,
    plataforma,
    portal,
    presentar,
    primeros_pasos,
    publicar,
    respuestas,
    retomar,
    roles,
    subidas,
    tareas,
    usuarios,
    verificar,
)
from facilita.web.filtros import registrar_filtros
from facilita.web.identificador import Identificador
from facilita.web.intactos import registrar_intactos
from facilita.web.limites import limitador
from facilita.web.mundo import Mundo
from facilita.web.peticion import Peticion
from facilita.web.recursos import Recursos
from facilita.web.sesion import Ingreso, cuenta_de_la_peticion
from facilita.web.vestibulo import Vestibulo

MEGA = 1024 * 1024
DE_TODOS = (
    acceso.bp, api.bp, portal.bp, ciudadano.bp, expediente.bp, cuenta.bp, personal.bp,
    correos.bp, modelos.bp, cuarentena.bp, navegacion.bp, lugares.bp, usuarios.bp, planilla.bp,
    acceso_propio.bp, liderazgo.bp, tareas.bp, roles.bp, horario.bp, invitacion.bp, olvido.bp,
    documentos.bp, verificar.bp, interrupciones.bp, casilla_ingreso.bp, casilla.bp,
    depositos.bp, correspondencia.de_la_persona, correspondencia.del_personal,
    opiniones.del_personal, primeros_pasos.bp, importar.bp, plataforma.bp, observatorio.bp,
    gobpe.bp, cumplimiento.bp, cumplimiento.de_la_sgtd, observatorio.del_personal, obras.bp,
    elementos.bp, agregados.bp, publicar.bp, asistente.bp, ensayo.bp, horario_de_formulario.bp,
)  # fmt: skip
CON_FICHA = (mudanza.bp, retomar.bp, opiniones.bp, presentar.bp, subidas.bp, formulario.bp)
"""Las de la entidad van al final: sus direcciones son las más abiertas."""


def create_app(ajustes: Configuracion, entorno: Entorno | None = None) -> Flask:
    """La aplicación WSGI; sin entorno, arma el que dice la configuración."""
    entorno = entorno or armar_entorno(ajustes)
    app = Flask(__name__, template_folder="paginas", static_folder=None)
    app.request_class = Peticion
    app.config.update(
        SECRET_KEY=ajustes.secreto,
        MAX_CONTENT_LENGTH=ajustes.tamano_maximo_envio_mb * MEGA,
        MAX_FORM_MEMORY_SIZE=2 * MEGA,
        MAX_FORM_PARTS=2000,
        SESSION_COOKIE_NAME="navegacion",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=not ajustes.demo,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=True,
        # La dirección pública va por https, pero el proxy puede hablar http con nosotros.
        WTF_CSRF_SSL_STRICT=False,
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True, "auto_reload": False}
    app.url_map.strict_slashes = False
    app.url_map.converters["int"] = Identificador
    recursos = Recursos(Path(__file__).parent / "estatico")
    app.extensions["facilita"] = Mundo(entorno, ajustes, recursos)
    if ajustes.saltos_de_proxy:
        saltos = ajustes.saltos_de_proxy
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=saltos, x_proto=saltos, x_host=saltos
        )
    _registrar(app, ajustes)
    seguras = respuestas.cabeceras_seguras(demo=ajustes.demo)
    app.wsgi_app = Vestibulo(  # type: ignore[method-assign]
        app.extensions["facilita"], seguras, app.wsgi_app
    )
    return app


def _registrar(app: Flask, ajustes: Configuracion) -> None:
    csrf = CSRFProtect(app)
    ingreso = Ingreso(app, add_context_processor=False)
    ingreso.session_protection = None
    ingreso.request_loader(cuenta_de_la_peticion)
    limitador.init_app(_donde_contar(ajustes))
    registrar_filtros(app)
    app.jinja_env.globals["administra"] = navegacion.administra
    registrar_intactos(app)
    respuestas.registrar(app)
    errores.registrar(app)
    rutas = (*DE_TODOS, demo.bp) if ajustes.demo else DE_TODOS
    for bp in (*rutas, *CON_FICHA):
        app.register_blueprint(bp)
    # Sin cookie que dé autoridad no hay nada que otro sitio pueda usar: la ficha va en la
    # dirección y el código se escribe.
    for bp in (*CON_FICHA, acceso.bp, ciudadano.bp, verificar.bp, api.bp):
        csrf.exempt(bp)


def _donde_contar(ajustes: Configuracion) -> str:
    """Los límites van en su propio archivo: no compiten con lo que se guarda de verdad."""
    if ajustes.base_de_datos.startswith("sqlite"):
        return f"sqlite:///{ajustes.carpeta_de_datos / 'limites.db'}"
    return ajustes.base_de_datos

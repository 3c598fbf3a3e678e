"""La puerta: buscar una entidad, la página de cada una, los avisos y los recursos."""

from typing import Any

from flask import Response, render_template, request

from facilita.servicios.logo import MIME
from facilita.tramite import datos_de_entidad, entidades, formularios, situaciones
from facilita.tramite import privacidad as avisos
from facilita.tramite.errores import NoExiste
from facilita.web.mundo import entorno, mundo
from facilita.web.recursos import INMUTABLE, REVALIDAR, Recurso
from facilita.web.respuestas import servir_recurso
from facilita.web.rutas import PUBLICO, Rutas

bp = Rutas("portal", __name__)
HTML = "text/html; charset=utf-8"


@bp.ruta("/", permiso=PUBLICO)
def inicio() -> Any:
    """El portal, con su buscador de entidades."""
    texto = request.args.get("q", "")[:100]
    halladas = entidades.buscar(entorno(), texto)
    return render_template("inicio.html", texto=texto, halladas=halladas)


@bp.ruta("/<entidad>/", permiso=PUBLICO)
def de_entidad(entidad: str) -> Response:
    """La página de una entidad: lo que se puede presentar y cómo ubicarla."""
    publica = entidades.por_slug(entorno(), entidad)
    ofrecidos = formularios.publicados(entorno(), publica.id)
    html = render_template(
        "entidad.html",
        entidad=publica,
        formularios=ofrecidos,
        retirados=formularios.retirados(entorno(), publica.id),
        sistema=situaciones.sistema_de(entorno(), publica.id),
    )
    return Recurso.de(html.encode(), HTML).responder(REVALIDAR)


@bp.ruta("/<entidad>/privacidad", permiso=PUBLICO)
def privacidad(entidad: str) -> Any:
    """El aviso de privacidad de una entidad (N34)."""
    suya = entidades.por_slug(entorno(), entidad)
    return render_template(
        "privacidad.html",
        entidad=suya,
        conservaciones=formularios.conservaciones(entorno(), suya.id),
    )


@bp.ruta("/<entidad>/<formulario>/privacidad", permiso=PUBLICO)
def privacidad_de(entidad: str, formulario: str) -> Any:
    """El aviso de privacidad de un formulario, con lo que la entidad y él declaran (N34)."""
    vigente = formularios.vigente(entorno(), entidad, formulario)
    puntos = avisos.aviso(vigente.entidad, vigente.definicion, entorno().catalogo.normas)
    return render_template(
        "privacidad_de_formulario.html",
        entidad=vigente.entidad,
        definicion=vigente.definicion,
        formulario=formulario,
        puntos=puntos,
    )


@bp.ruta("/<entidad>/logo/<huella>.webp", permiso=PUBLICO)
def logo(entidad: str, huella: str) -> Response:
    """El logo de una entidad; su dirección cambia con él."""

    def hacer() -> Recurso:
        return Recurso.de(datos_de_entidad.logo_de(entorno(), entidad, huella), MIME)

    return mundo().paginas.dar(("logo", entidad, huella), hacer).responder(INMUTABLE)


@bp.ruta("/accesibilidad", permiso=PUBLICO)
def accesibilidad() -> Any:
    """La declaración de accesibilidad de todo el sitio (N63)."""
    plataforma = entidades.de_la_plataforma(entorno())
    return render_template("accesibilidad.html", entidad=None, plataforma=plataforma)


@bp.ruta("/<entidad>/accesibilidad", permiso=PUBLICO)
def accesibilidad_de(entidad: str) -> Any:
    """La declaración de accesibilidad, con el contacto de la entidad (N63)."""
    suya = entidades.por_slug(entorno(), entidad)
    return render_template("accesibilidad.html", entidad=suya, plataforma=None)


@bp.ruta("/estatico/<huella>/<nombre>", permiso=PUBLICO)
def recurso(huella: str, nombre: str) -> Response:
    """Un recurso propio; su dirección cambia con su contenido."""
    respuesta = servir_recurso(nombre, huella)
    if respuesta is None:
        raise NoExiste
    return respuesta


@bp.ruta("/favicon.ico", permiso=PUBLICO)
def favicon() -> Response:
    """El icono que algunos navegadores piden sin preguntar."""
    respuesta = servir_recurso("icono.svg")
    if respuesta is None:
        raise NoExiste
    return respuesta


@bp.ruta("/robots.txt", permiso=PUBLICO)
def robots() -> Response:
    """Los buscadores no entran a lo que es de una persona."""
    texto = "User-agent: *\nDisallow: /seguimiento\nDisallow: /notificacion\nDisallow: /verificar\n"
    texto += "Disallow: /casilla\n"
    return Response(texto, content_type="text/plain; charset=utf-8")


@bp.ruta("/salud", permiso=PUBLICO)
def salud() -> Any:
    """Si la base y el almacén responden, y la hora del servidor (N64)."""
    partes = {"base_de_datos": _prueba(_base), "almacen": _prueba(entorno().almacen.comprobar)}
    bien = all(v == "bien" for v in partes.values())
    cuerpo = {
        "estado": "bien" if bien else "mal",
        "hora": entorno().reloj.ahora().isoformat(timespec="seconds"),
        "recursos": mundo().recursos.huella,
        **partes,
        # No decide el estado: sin antivirus se recibe igual y cada archivo lo dice.
        "antivirus": _prueba(entorno().antivirus.version)
        if entorno().antivirus.configurado
        else "ninguno",
    }
    return cuerpo, 200 if bien else 503


def _base() -> None:
    entidades.buscar(entorno(), "", limite=1, todas=True)


def _prueba(hacer: Any) -> str:
    try:
        hacer()
    except Exception:  # aquí se pregunta justamente si falla
        return "mal"
    return "bien"

"""Las páginas de un formulario publicado: la primera, igual para todos, y las del borrador."""

from collections.abc import Mapping
from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Respuesta

from facilita.definicion import Contexto, Definicion, Pagina
from facilita.definicion.campos.base import completar
from facilita.definicion.css import vista_de
from facilita.servicios.catalogo import Norma
from facilita.tramite import borradores, descargas, entidades, formularios, retomar, subidas
from facilita.tramite.cruce import escribir_visto
from facilita.tramite.entidades import EntidadPublica
from facilita.tramite.errores import NoExiste
from facilita.tramite.formularios import Vigente
from facilita.tramite.leido import hallar
from facilita.tramite.paso import Paso
from facilita.web import antispam, galleta
from facilita.web.analizados import mostrar_de_borrador
from facilita.web.archivos import servir_descarga
from facilita.web.direcciones import CARPETA, de_borrador, exigir_suya
from facilita.web.envio import Envio, codigo_de_errores, leer_envio, medir_cuota
from facilita.web.mudanza import hay_version_nueva
from facilita.web.mundo import entorno, mundo
from facilita.web.pedido import css_de_pedido
from facilita.web.recursos import INMUTABLE, REVALIDAR, Recurso
from facilita.web.rutas import FICHA, PUBLICO, Rutas
from facilita.web.sesion import expediente_abierto
from facilita.web.vista import css_de, resumen, supuestos, ver_pagina

bp = Rutas("formulario", __name__)
HTML = "text/html; charset=utf-8"
SIN_BORRADOR: Mapping[str, Any] = {"direccion_base": None, "por_vencer": None, "a_medias": {}}
"""Lo que de `_del_borrador` mira también la página de quien todavía no guardó nada."""


@bp.ruta("/<entidad>/<formulario>", permiso=PUBLICO)
def primera(entidad: str, formulario: str) -> Response:
    """La primera página: los mismos bytes para todos, hechos una vez por versión."""
    vigente = formularios.vigente(entorno(), entidad, formulario)
    clave = clave_de_primera(vigente)
    recurso = mundo().paginas.dar(clave, lambda: _dibujar_primera(vigente))
    return recurso.responder(REVALIDAR)


def clave_de_primera(vigente: Vigente) -> tuple[str, int, int]:
    """Lo que hace distinta a una primera página: el contenido y los datos de la entidad."""
    return vigente.definicion.digest, vigente.entidad.id, vigente.entidad.revision


def _dibujar_primera(vigente: Vigente) -> Recurso:
    paso = _paso_vacio(vigente)
    pagina = vigente.definicion.paginas[0]
    html = _dibujar(paso, pagina, vigente.entidad, vigente.slug, con_errores=False)
    return Recurso.de(html.encode(), HTML)


def _paso_vacio(vigente: Vigente) -> Paso:
    contexto = Contexto(sedes=vigente.entidad.sedes, territorio=entorno().territorio)
    lectura = vigente.definicion.leer({}, contexto)
    ahora = entorno().reloj.ahora()
    return Paso(vigente.definicion, {}, lectura, presentado=False, vence_en=ahora)


@bp.ruta("/<entidad>/<formulario>", permiso=PUBLICO, metodos=("POST",))
def empezar(entidad: str, formulario: str) -> Any:
    """Recibe la primera página y abre el borrador."""
    vigente = formularios.vigente(entorno(), entidad, formulario)
    pagina = vigente.definicion.paginas[0]
    medir_cuota()
    envio = leer_envio(pagina.campos, entidad)
    paso = borradores.leer_sin_abrir(entorno(), vigente, envio.crudo)
    if not antispam.cabe_otro_borrador():
        html = _dibujar(paso, pagina, vigente.entidad, formulario, con_errores=False, espera=True)
        return html, 429, {"Retry-After": antispam.ESPERA}
    # Para subir por trozos hace falta un borrador donde dejarlos.
    sin_abrir = not (envio.subidas or envio.fila or envio.accion in ("guardar", "subir"))
    if sin_abrir and (envio.rechazos or paso.errores_de(pagina)):
        paso = _con_rechazos(paso, envio)
        html = _dibujar(paso, pagina, vigente.entidad, formulario, con_errores=True)
        return html, *codigo_de_errores(envio)
    senales = antispam.senales_de_empezar(entidad, formulario)
    ficha, paso = borradores.abrir(entorno(), vigente, envio.crudo, envio.subidas, senales)
    return _seguir(_con_rechazos(paso, envio), pagina, vigente.entidad, formulario, ficha, envio)


@bp.ruta(f"{CARPETA}/<pagina>", permiso=FICHA)
def ver(entidad: str, formulario: str, ficha: str, pagina: str) -> Any:
    """Una página del borrador, con lo ya respondido."""
    publica = entidades.por_slug(entorno(), entidad)
    paso = borradores.leer(entorno(), publica, ficha)
    exigir_suya(paso.definicion, formulario)
    if paso.presentado:
        return _al_final(entidad, formulario, ficha)
    cual = _pagina(paso.definicion, pagina)
    if cual not in paso.paginas:
        return redirect(de_borrador(entidad, formulario, ficha, paso.paginas[0].id), 303)
    return _dibujar(paso, cual, publica, formulario, ficha=ficha, con_errores=False)


@bp.ruta(f"{CARPETA}/<pagina>", permiso=FICHA, metodos=("POST",))
def guardar(entidad: str, formulario: str, ficha: str, pagina: str) -> Any:
    """Guarda una página y sigue; con errores la muestra de nuevo, con todo lo escrito."""
    publica = entidades.por_slug(entorno(), entidad)
    leido = hallar(entorno(), publica, ficha)
    exigir_suya(leido.definicion, formulario)
    cual = _pagina(leido.definicion, pagina)
    medir_cuota(ficha)
    envio = leer_envio(cual.campos, entidad)
    for parcial in envio.soltar:
        subidas.soltar(entorno(), publica, ficha, parcial)
    envio.rechazos += subidas.reparos(entorno(), publica, ficha, envio.llegaron)
    paso = borradores.guardar(
        entorno(), publica, ficha, envio.crudo, envio.subidas, envio.quitar, leido, envio.visto
    )
    if paso.presentado:
        return _al_final(entidad, formulario, ficha, "?tarde=si")
    return _seguir(_con_rechazos(paso, envio), cual, publica, formulario, ficha, envio)


@bp.ruta(f"{CARPETA}/archivo/<int:adjunto>", permiso=FICHA)
def archivo(entidad: str, formulario: str, ficha: str, adjunto: int) -> Any:
    """Un archivo que la persona subió a su borrador."""
    publica = entidades.por_slug(entorno(), entidad)
    exigir_suya(hallar(entorno(), publica, ficha).definicion, formulario)
    descarga = descargas.del_borrador(entorno(), publica.id, ficha, adjunto)
    # Lo que ya estaba en el expediente se abre con la identidad, como todo lo suyo.
    if descarga.presentado_en and not expediente_abierto(descarga.presentado_en):
        destino = url_for("ciudadano.seguimiento_de", codigo=descarga.presentado_en)
        return redirect(destino, 303)
    return servir_descarga(descarga)


@bp.ruta("/<entidad>/<formulario>/estilo/<digest>/<pagina>.css", permiso=PUBLICO)
def estilo(entidad: str, formulario: str, digest: str, pagina: str) -> Response:
    """Las condiciones de una página escritas en CSS; su dirección cambia con su contenido."""

    def hacer() -> Recurso:
        definicion = formularios.de_digest(entorno(), entidad, formulario, digest)
        cual = definicion.pagina(pagina)
        css = vista_de(definicion, cual).css if cual else css_de_pedido(definicion, pagina)
        if css is None:
            raise NoExiste
        return Recurso.de(css.encode(), "text/css; charset=utf-8")

    clave = ("css", entidad, formulario, digest, pagina)
    return mundo().paginas.dar(clave, hacer).responder(INMUTABLE)


def _pagina(definicion: Definicion, cual: str) -> Pagina:
    pagina = definicion.pagina(cual)
    if pagina is None:
        raise NoExiste("El formulario no tiene esa página.")
    return pagina


def _con_rechazos(paso: Paso, envio: Envio) -> Paso:
    return paso.con_rechazos(envio.rechazos) if envio.rechazos else paso


def _seguir(
    paso: Paso, pagina: Pagina, entidad: EntidadPublica, formulario: str, ficha: str, envio: Envio
) -> Any:
    """Adónde se va después de guardar; este navegador recuerda el borrador."""
    destino = _destino(paso, pagina, envio)
    if destino is None:
        html = _dibujar(paso, pagina, entidad, formulario, ficha=ficha, con_errores=True)
        respuesta: Respuesta = make_response(html, *codigo_de_errores(envio))
    else:
        respuesta = redirect(de_borrador(entidad.slug, formulario, ficha, destino), 303)
    return galleta.recordar(respuesta, entidad.slug, formulario, ficha)


def _destino(paso: Paso, pagina: Pagina, envio: Envio) -> str | None:
    """La página que sigue, con su camino; `None` si es la misma, con sus errores."""
    if paso.por_elegir & set(pagina.ids):
        return f"ventanas/elegir?desde={pagina.id}"
    if envio.accion == "version" and not paso.rechazos:
        return f"version/nueva?desde={pagina.id}"
    if envio.accion == "guardar" and not paso.rechazos:
        return "despues/guardado"
    se_queda = envio.accion in ("subir", "alargar") or envio.quitar or envio.soltar or envio.fila
    if paso.errores_de(pagina) and not (se_queda and not paso.rechazos):
        return None
    if se_queda:
        return pagina.id + (f"#{envio.fila}" if envio.fila else _ancla(pagina))
    siguiente = None if request.args.get("volver") else paso.siguiente(pagina)
    return siguiente.id if siguiente else "revisar"


def _ancla(pagina: Pagina) -> str:
    campo = request.form.get("ancla", "")
    return f"#campo-{campo}" if campo in pagina.ids else ""


def _normas(definicion: Definicion) -> list[Norma]:
    """Las normas que el formulario cita, con su título y lo que dicen."""
    catalogo = entorno().catalogo.normas
    return [catalogo[cual] for cual in definicion.normas if cual in catalogo]


def _al_final(entidad: str, formulario: str, ficha: str, resto: str = "") -> Respuesta:
    return redirect(de_borrador(entidad, formulario, ficha, "cargo") + resto, 303)


def _por_vencer(paso: Paso) -> int | None:
    """Los segundos que le quedan a un borrador, si es menos de un día."""
    quedan = paso.vence_en - entorno().reloj.ahora()
    return max(0, int(quedan.total_seconds())) if quedan <= retomar.ANTES else None


def _dibujar(
    paso: Paso,
    pagina: Pagina,
    entidad: EntidadPublica,
    formulario: str,
    *,
    ficha: str | None = None,
    con_errores: bool,
    espera: bool = False,
) -> str:
    return render_template(
        "formulario.html",
        entidad=entidad,
        definicion=paso.definicion,
        formulario=formulario,
        ficha=ficha,
        pagina=pagina,
        paso=paso,
        nombres=entidad.nombres_para(paso.definicion),
        secciones=ver_pagina(paso, pagina, entidad, con_errores=con_errores),
        errores=resumen(paso, pagina) if con_errores else (),
        supuestos=supuestos(paso, pagina),
        dias=entorno().dias_de_borrador,
        espera=espera,
        lleva_archivos=_lleva_archivos(pagina),
        lleva_filas=any(c.control == "grupo" for c in pagina.campos),
        **_lugar(paso, pagina, entidad, ficha),
        **_condiciones(paso, pagina, entidad, formulario),
        **(_del_borrador(paso, pagina, entidad, formulario, ficha) if ficha else SIN_BORRADOR),
    )


def _lleva_archivos(pagina: Pagina) -> bool:
    return any(c.es_archivo for c in pagina.campos)


def _lugar(
    paso: Paso, pagina: Pagina, entidad: EntidadPublica, ficha: str | None
) -> dict[str, Any]:
    """En qué paso va, y lo que se dice solo en el primero."""
    definicion, orden = paso.definicion, [p.id for p in paso.paginas]
    lugar = orden.index(pagina.id) if pagina.id in orden else 0
    introduce = lugar == 0 and not paso.corrige
    nombres = entidad.nombres_para(definicion)
    return {
        "numero": lugar + 1,
        "total": len(orden) + 1,
        "anterior": orden[lugar - 1] if lugar else None,
        "introduccion": completar(definicion.introduccion or "", nombres) if introduce else "",
        "normas": _normas(definicion) if lugar == 0 and not ficha else (),
    }


def _condiciones(
    paso: Paso, pagina: Pagina, entidad: EntidadPublica, formulario: str
) -> dict[str, Any]:
    """Las condiciones de la página, escritas en CSS."""
    vista = css_de(paso, pagina)
    estilos = f"/{entidad.slug}/{formulario}/estilo/{paso.definicion.digest[:16]}"
    return {
        "clases": " ".join(vista.clases(paso.comparables)),
        "css": f"{estilos}/{pagina.id}.css" if vista.css else None,
    }


def _del_borrador(
    paso: Paso, pagina: Pagina, entidad: EntidadPublica, formulario: str, ficha: str
) -> dict[str, Any]:
    """Lo que solo tiene una página ya guardada: su dirección, su plazo y lo que quedó a medias."""
    con_archivos = _lleva_archivos(pagina)
    if con_archivos:
        mostrar_de_borrador(entidad.id, paso.crudo)
    return {
        "direccion_base": de_borrador(entidad.slug, formulario, ficha, ""),
        "visto": escribir_visto(pagina.ids, paso.crudo),
        "por_vencer": _por_vencer(paso),
        "version_nueva": hay_version_nueva(paso, entidad, formulario),
        "a_medias": subidas.de_borrador(entorno(), entidad.id, ficha) if con_archivos else {},
    }

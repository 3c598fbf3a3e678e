"""La revisión, presentar y el cargo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from flask import redirect, render_template, request
from werkzeug.wrappers import Response as Respuesta

from facilita.definicion import Pagina
from facilita.definicion.campos import Campo, Error, Mostrado
from facilita.tramite import (
    borradores,
    carpeta,
    constancia,
    entidades,
    opiniones,
    solicitudes,
    subidas,
    subsanacion,
)
from facilita.tramite.entidades import EntidadPublica
from facilita.tramite.errores import PorElegir, VersionVencida
from facilita.tramite.leido import Leido, hallar, paso_de
from facilita.tramite.paso import Paso
from facilita.tramite.solicitudes import Presentada
from facilita.tramite.sospechas import MOTIVOS
from facilita.tramite.subidas import Parcial
from facilita.web import antispam, galleta
from facilita.web.analizados import mostrar_de_borrador
from facilita.web.cargo import Pdf, pagina_de_cargo, pagina_de_constancia
from facilita.web.direcciones import CARPETA, de_borrador, exigir_suya
from facilita.web.envio import leer_envio
from facilita.web.mudanza import hay_version_nueva
from facilita.web.mundo import entorno
from facilita.web.prueba import prueba_de_la_peticion
from facilita.web.rutas import FICHA, Rutas
from facilita.web.vista import para_resumir, uno_por_campo, ver_pagina

bp = Rutas("presentar", __name__)
NADA_A_MEDIAS: Mapping[str, Sequence[Parcial]] = MappingProxyType({})
SIGUE_IGUAL = "Te lo observaron y sigue igual: revísalo antes de enviar."


@dataclass(frozen=True)
class Respondido:
    """Una respuesta en la revisión."""

    campo: Campo
    mostrado: Mostrado | None
    error: str | None
    aviso: str | None
    se_cambia: bool


@bp.ruta(f"{CARPETA}/revisar", permiso=FICHA)
def revisar(entidad: str, formulario: str, ficha: str) -> Any:
    """Todo lo respondido, con «Cambiar» en cada página, y las declaraciones."""
    publica = entidades.por_slug(entorno(), entidad)
    paso = borradores.leer(entorno(), publica, ficha)
    exigir_suya(paso.definicion, formulario)
    if paso.presentado:
        return _a(entidad, formulario, ficha, "cargo")
    mostrar_de_borrador(publica.id, paso.crudo)
    a_medias = subidas.de_borrador(entorno(), publica.id, ficha)
    return _dibujar(paso, publica, formulario, ficha=ficha, con_errores=False, a_medias=a_medias)


@bp.ruta(f"{CARPETA}/revisar", permiso=FICHA, metodos=("POST",))
def presentar(entidad: str, formulario: str, ficha: str) -> Any:
    """Presenta, o entrega la corrección; la segunda vez lleva al mismo cargo."""
    recibido_en = entorno().reloj.ahora()
    publica = entidades.por_slug(entorno(), entidad)
    leido = hallar(entorno(), publica, ficha)
    exigir_suya(leido.definicion, formulario)
    crudo = leer_envio(leido.definicion.revision.campos, entidad).crudo
    if request.form.get("accion") != "presentar":
        antes = paso_de(entorno(), publica, leido)
        return _dibujar(antes, publica, formulario, ficha=ficha, con_errores=False)
    if motivos := _dudas(leido, ficha):
        return _confirmar(leido, publica, formulario, ficha, crudo, motivos)
    try:
        presentada = _entregar(leido, publica, ficha, crudo, recibido_en)
    except VersionVencida:
        return _a(entidad, formulario, ficha, "version/nueva")
    except PorElegir:
        return _a(entidad, formulario, ficha, "ventanas/elegir?desde=revisar")
    if presentada.paso is None:
        return _al_cargo(entidad, formulario, ficha)
    html = _dibujar(
        presentada.paso,
        publica,
        formulario,
        ficha=ficha,
        con_errores=True,
        sin_cambios=presentada.sin_cambios,
        otro_dia=presentada.otro_dia,
    )
    return html, 422


def _dudas(leido: Leido, ficha: str) -> Sequence[str]:
    """Por qué se pide confirmar; quien corrige ya mostró quién es (N07)."""
    return () if leido.corrige or leido.presentado else antispam.por_confirmar(leido, ficha)


def _entregar(
    leido: Leido, entidad: EntidadPublica, ficha: str, crudo: Mapping[str, Any], cuando: datetime
) -> Presentada:
    """Lo presenta o, si corrige, entrega la corrección: cuenta el instante en que llegó (N07)."""
    prueba = prueba_de_la_peticion()
    if not leido.corrige:
        return solicitudes.presentar(entorno(), entidad, ficha, crudo, leido, prueba, _dia_mirado())
    igual = request.form.get("igual") == "si"
    return subsanacion.subsanar(
        entorno(), entidad, ficha, crudo, cuando, aunque_sea_igual=igual, prueba=prueba
    )


@bp.ruta(f"{CARPETA}/cargo", permiso=FICHA)
def cargo(entidad: str, formulario: str, ficha: str) -> Any:
    """El cargo de lo que se presentó con este borrador, o la constancia de lo que se corrigió."""
    publica = entidades.por_slug(entorno(), entidad)
    exigir_suya(hallar(entorno(), publica, ficha).definicion, formulario)
    datos, corrige = borradores.cargo_de(entorno(), publica, ficha)
    if datos is None:
        return _a(entidad, formulario, ficha, "revisar")
    dada = constancia.de_borrador(entorno(), publica, ficha) if corrige else None
    documento = carpeta.recien_presentado(entorno(), publica, ficha)
    hecho = documento is not None and documento.archivo_id is not None
    pdf = Pdf(de_borrador(entidad, formulario, ficha, "cargo.pdf"), hecho)
    if dada is not None:
        return pagina_de_constancia(dada, pdf, recien=True)
    tarde = request.args.get("tarde") == "si"
    opino = corrige or opiniones.ya_opino(entorno(), publica, datos["codigo"])
    opinion = None if opino else de_borrador(entidad, formulario, ficha, "opinion/dar")
    return pagina_de_cargo(
        datos, pdf, recien=not tarde, corregido=corrige, tarde=tarde, opinion=opinion
    )


def _al_cargo(entidad: str, formulario: str, ficha: str) -> Respuesta:
    """Lo presentado ya no está a medias: este navegador lo olvida."""
    return galleta.olvidar(_a(entidad, formulario, ficha, "cargo"), entidad, formulario, ficha)


def _confirmar(
    leido: Leido,
    entidad: EntidadPublica,
    formulario: str,
    ficha: str,
    crudo: Mapping[str, Any],
    motivos: Sequence[str],
) -> Any:
    """Guarda lo marcado y pide confirmar el envío; si además falta algo, primero lo que falta."""
    paso = borradores.guardar(entorno(), entidad, ficha, crudo, leido=leido)
    if paso.presentado:
        return _al_cargo(entidad.slug, formulario, ficha)
    if paso.lectura.respuestas is None:
        return _dibujar(paso, entidad, formulario, ficha=ficha, con_errores=True), 422
    dichos = tuple(MOTIVOS[m] for m in motivos)
    html = _dibujar(paso, entidad, formulario, ficha=ficha, con_errores=False, motivos=dichos)
    return html, 422


def _dia_mirado() -> date | None:
    """De qué día es la revisión que se envía; `None` si no lo dice o no se entiende."""
    try:
        return date.fromisoformat(request.form.get("dia", ""))
    except ValueError:
        return None


def _a(entidad: str, formulario: str, ficha: str, pagina: str) -> Respuesta:
    return redirect(de_borrador(entidad, formulario, ficha, pagina), 303)


def _dibujar(
    paso: Paso,
    entidad: EntidadPublica,
    formulario: str,
    *,
    ficha: str,
    con_errores: bool,
    motivos: Sequence[str] = (),
    sin_cambios: bool = False,
    otro_dia: bool = False,
    a_medias: Mapping[str, Sequence[Parcial]] = NADA_A_MEDIAS,
) -> str:
    revision = paso.definicion.revision.pagina
    faltan = _por_pagina(paso)
    propios = uno_por_campo(paso.lectura.errores_de(revision.ids))
    return render_template(
        "revisar.html",
        entidad=entidad,
        definicion=paso.definicion,
        formulario=formulario,
        paso=paso,
        pagina=revision,
        paginas=[(p, _respondido(paso, p, bool(faltan.get(p.id)))) for p in paso.paginas],
        secciones=ver_pagina(paso, revision, entidad, con_errores=con_errores),
        faltan=faltan,
        errores=propios if con_errores else (),
        con_errores=con_errores,
        version_nueva=hay_version_nueva(paso, entidad, formulario),
        sin_cambios=sin_cambios,
        motivos=motivos,
        mirada=antispam.marca_de_mirada(ficha),
        confirma=antispam.marca_de_confirmacion(ficha) if motivos else None,
        otro_dia=otro_dia,
        a_medias=[
            (pagina, p) for pagina in paso.paginas for c in pagina.ids for p in a_medias.get(c, ())
        ],
        total=len(paso.paginas) + 1,
        nombres=entidad.nombres_para(paso.definicion),
        clases="",
    )


def _por_pagina(paso: Paso) -> Mapping[str, Sequence[Error]]:
    return {p.id: e for p in paso.paginas if (e := para_resumir(paso, p))}


def _respondido(paso: Paso, pagina: Pagina, con_errores: bool) -> list[Respondido]:
    """Las respuestas de una página; un campo opcional sin respuesta también se dice."""
    errores = {e.de: e.texto for e in reversed(para_resumir(paso, pagina))} if con_errores else {}
    avisos = {a.de: a.texto for a in reversed(paso.lectura.avisos)}
    avisos |= dict.fromkeys(paso.intactos, SIGUE_IGUAL)
    return [
        Respondido(
            campo,
            campo.mostrar(valor) if (valor := paso.lectura.valores.get(campo.id)) is not None
            else None,
            errores.get(campo.id),
            avisos.get(campo.id),
            paso.se_cambia(campo.id),
        )
        for campo in pagina.campos
        if campo.se_responde and campo.id in paso.lectura.visibles
        # Una corrección muestra lo que se corrige: lo demás está en el expediente.
        and (paso.se_cambia(campo.id) or not paso.corrige)
    ]  # fmt: skip

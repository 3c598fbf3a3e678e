"""Comprobar un documento: con su código, con lo que dice su QR, o subiéndolo con sus archivos."""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, cast

from flask import redirect, render_template, request, url_for

from facilita.servicios.comprobacion import comprobar
from facilita.servicios.comprobacion_puntos import Comprobacion, Dado
from facilita.servicios.paquetes import PaqueteExcesivo, abrir_dados
from facilita.servicios.sello import comprobar_declaracion, huella_de
from facilita.servicios.taller import TallerOcupado
from facilita.tramite import seguimiento, sellos
from facilita.tramite.errores import NoExiste
from facilita.web.mundo import entorno
from facilita.web.rutas import PUBLICO, Rutas

bp = Rutas("verificar", __name__)
OCUPADO = "Hay muchos documentos comprobándose. Prueba otra vez en un minuto."
SIN_DOCUMENTO = "Elige el PDF del documento que quieres comprobar."


@bp.ruta("/verificar", permiso=PUBLICO)
def entrar() -> Any:
    """Cómo se comprueba un documento."""
    return _pagina()


@bp.ruta("/verificar", permiso=PUBLICO, metodos=("POST",), limite="20/minute")
def comprobar_lo_dado() -> Any:
    """Con un código, va a su registro; con un PDF, dice punto por punto si vale."""
    escrito = request.form.get("codigo", "").strip()[:100]
    if escrito:
        return _por_codigo(escrito)
    try:
        dados = list(_documento())
        if not dados:
            return _pagina(error=SIN_DOCUMENTO, campo="documento"), 422
        principal, *resto = dados
        resultado = _comprobar(principal, [*resto, *_archivos()])
    except PaqueteExcesivo as motivo:
        return _pagina(error=f"{motivo}. Comprueba los archivos por partes.", campo="archivos"), 422
    except TallerOcupado:
        return _pagina(error=OCUPADO, campo="documento"), 503
    return _pagina(resultado=resultado, nombre=principal.nombre)


def _por_codigo(escrito: str) -> Any:
    try:
        codigo, _ = seguimiento.hallar(entorno(), escrito)
    except NoExiste as negativa:
        return _pagina(codigo=escrito, error=negativa.frase, campo="codigo"), 422
    return redirect(url_for("verificar.ver", codigo=codigo), 303)


def _documento() -> Iterator[Dado]:
    """El documento subido; de un ZIP de expediente, primero su cargo."""
    subido = request.files.get("documento")
    if subido and subido.filename:
        dados = list(abrir_dados(subido.filename, cast(BinaryIO, subido.stream)))
        yield from sorted(dados, key=lambda d: "cargo" not in d.nombre)


def _archivos() -> Iterator[Dado]:
    for subido in request.files.getlist("archivos"):
        if subido.filename:
            yield from abrir_dados(subido.filename, cast(BinaryIO, subido.stream))


def _comprobar(principal: Dado, resto: list[Dado]) -> Comprobacion:
    return comprobar(principal.pdf or b"", sellos.publicar(entorno()), resto)


def _pagina(**datos: Any) -> str:
    return render_template("verificar_documento.html", **datos)


@bp.ruta("/verificar/claves.json", permiso=PUBLICO)
def claves() -> Any:
    """Las claves públicas, de hoy y de antes: con ellas se comprueba sin este servidor."""
    return sellos.publicar(entorno()), 200, {"Access-Control-Allow-Origin": "*"}


@bp.ruta("/verificar/<codigo>", permiso=PUBLICO, limite="120/minute")
def ver(codigo: str) -> Any:
    """Lo que un tercero comprueba de un cargo: fecha, número y huellas, sin datos de nadie."""
    visto = seguimiento.ver(entorno(), codigo)
    datos = seguimiento.ver_cargo(entorno(), visto.codigo)
    constancias = [
        (dada["corregido_en"], huella_de(dada), _huellas(dada))
        for dada in seguimiento.ver_constancias(entorno(), visto.codigo).values()
    ]
    return render_template(
        "verificar.html",
        s=visto,
        huella=huella_de(datos),
        huellas=_huellas(datos),
        constancias=constancias,
        declaracion=_del_qr(visto.codigo),
    )


def _del_qr(codigo: str) -> str | None:
    """Qué dice la declaración que trae el QR: «cierta», «falsa», o nada si no trae."""
    texto = request.args.get("d", "")
    if not texto:
        return None
    publicas = {s.cual: s.publica for s in sellos.listar(entorno()) if s.publica}
    dicha = comprobar_declaracion(texto, publicas)
    return "cierta" if dicha is not None and dicha.codigo == codigo else "falsa"


def _huellas(datos: Mapping[str, Any]) -> list[tuple[str, int, int | None]]:
    return [(a["sha256"], a["tamano"], a["paginas"]) for a in datos["archivos"]]

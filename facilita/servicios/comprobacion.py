"""Comprobar un documento de Facilita y sus archivos, con las claves públicas y nada más (N21).

Dice por separado si está intacto, quién lo firmó, si su declaración es cierta y si los archivos son
los que nombra. No consulta la base ni la red: sirve aunque el servidor ya no exista.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import load_pem_x509_certificates

from facilita.servicios.comprobacion_puntos import (
    ArchivoComprobado,
    Comprobacion,
    Dado,
    Punto,
)
from facilita.servicios.revision import nombre_seguro
from facilita.servicios.sello import Declaracion, comprobar_declaracion, huella_de
from facilita.servicios.taller import Taller

PDF_MAXIMO = 8 * 1024 * 1024
"""Ningún documento de Facilita llega a tanto: uno mayor se compara solo por su huella."""
TITULOS = {
    "cargo": "Cargo de recepción",
    "respuestas": "Respuestas al formulario",
    "constancia": "Constancia de corrección",
    "indice": "Índice del expediente",
    "casilla": "Notificación por casilla electrónica",
    "acto": "Acto notificado por casilla electrónica",
}
ACOMPANAN = ("indice.html", "indice.json", "claves.json")
"""Lo que va en el ZIP para leerlo y comprobarlo."""
Revisar = Callable[[bytes, dict[str, str]], Mapping[str, Any]]

# Aparte del que imprime: comprobar lo que llega de fuera no hace esperar a la cola.
_revisor = Taller(plazo=60.0)


@dataclass(frozen=True)
class _Visto:
    """Un documento ya revisado, con sus puntos."""

    intacto: Punto
    firmado: Punto
    declaracion: Punto
    clase: str | None = None
    datos: Mapping[str, Any] = field(default_factory=dict)

    @property
    def vale(self) -> bool:
        return self.intacto.bien and self.firmado.bien and self.declaracion.bien

    @property
    def es_nuestro(self) -> bool:
        return self.clase is not None

    def primero_mal(self) -> str:
        puntos = (self.intacto, self.firmado, self.declaracion)
        return next(p.texto for p in puntos if not p.bien)


@dataclass(frozen=True)
class _Esperado:
    nombre: str
    sha256: str


def comprobar(
    pdf: bytes,
    claves: Mapping[str, Any],
    dados: Sequence[Dado] = (),
    revisar: Revisar | None = None,
) -> Comprobacion:
    """Comprueba un documento y los archivos que se dan con él; no falla con un PDF roto.

    `claves` es lo que publica una instalación (`sellos.publicar`).
    """
    ventanilla = _Ventanilla(claves, revisar or _revisor.revisar)
    visto = ventanilla.mirar(pdf)
    datos = visto.datos
    return Comprobacion(
        titulo=TITULOS.get(visto.clase or "", visto.clase or "Documento desconocido"),
        numero=_texto(datos.get("numero")),
        codigo=_texto(datos.get("codigo")),
        fecha=_fecha(datos),
        entidad=_texto(_mapa(datos.get("entidad")).get("nombre")),
        intacto=visto.intacto,
        firmado=visto.firmado,
        declaracion=visto.declaracion,
        archivos=tuple(_comparar(visto, dados, ventanilla)),
    )


def comprobar_qr(texto: str, claves: Mapping[str, Any]) -> Declaracion | None:
    """La declaración que trae el QR de un papel, si la firmó una de las claves."""
    dicha = parse_qs(urlsplit(texto.strip()).query).get("d", [texto.strip()])[0]
    return comprobar_declaracion(dicha, _Ventanilla(claves, _revisor.revisar).publicas)


class _Ventanilla:
    """Mira documentos con unas claves."""

    def __init__(self, claves: Mapping[str, Any], revisar: Revisar) -> None:
        suyas = [c for c in claves.get("claves", ()) if isinstance(c, Mapping)]
        self.revisar = revisar
        self.publicas = {c["id"]: c["publica"] for c in suyas if c.get("publica")}
        self.certificados = {c["id"]: c["certificado"] for c in suyas if c.get("certificado")}
        self.por_huella = {_huella_de_pem(c["certificado"]): c for c in suyas}

    def mirar(self, pdf: bytes) -> _Visto:
        visto = self.revisar(pdf, self.certificados)
        firma, anexo = visto["firma"], _leer_anexo(visto["anexo"])
        clase, datos = _texto(anexo.get("clase")), _mapa(anexo.get("datos"))
        return _Visto(
            intacto=_intacto(firma),
            firmado=self._firmado(firma),
            declaracion=self._declaracion(anexo, clase, datos),
            clase=clase if firma else None,
            datos=datos,
        )

    def _firmado(self, firma: Mapping[str, Any] | None) -> Punto:
        if firma is None:
            return Punto(False, "No lleva ninguna firma que se pueda leer.")
        if not firma["integra"]:
            return Punto(False, f"Nombra a «{firma['nombre']}», que no firmó este contenido.")
        clave = self.por_huella.get(firma["certificado"])
        if clave is None:
            return Punto(
                False,
                f"Lo firmó «{firma['nombre']}», que no está entre las claves dadas: no es posible "
                "decir que sea de la entidad.",
            )
        if clave["clase"] == "plataforma":
            return Punto(
                True,
                f"Lleva el sello {clave['id']} de la plataforma {clave['quien']}. No es una firma "
                "digital de la IOFE.",
            )
        tiempo = (
            f", con sello de tiempo de «{firma['sellado_por']}» ({firma['sellado_en']})"
            if firma["sellado_por"]
            else ", sin sello de tiempo"
        )
        return Punto(
            True,
            f"Lo firmó «{firma['nombre']}», certificado de «{clave['quien']}» emitido por "
            f"«{firma['emisor']}»{tiempo}.",
        )

    def _declaracion(
        self, anexo: Mapping[str, Any], clase: str | None, datos: Mapping[str, Any]
    ) -> Punto:
        texto = _texto(anexo.get("declaracion"))
        if not texto:
            return Punto(False, "No trae la declaración firmada de sus datos.")
        dicha = comprobar_declaracion(texto, self.publicas)
        if dicha is None:
            return Punto(False, "Su declaración no la firmó ninguna de las claves dadas.")
        if dicha.huella != huella_de(datos) or dicha.clase != clase:
            return Punto(False, "Sus datos no son los que se declararon: algo cambió.")
        return Punto(True, f"Sus datos son los declarados para el registro {dicha.numero}.")


def _intacto(firma: Mapping[str, Any] | None) -> Punto:
    if firma is None:
        return Punto(False, "No es un documento de Facilita, o está dañado.")
    if not firma["cubre_todo"]:
        return Punto(False, "Se le agregó algo después de firmarse.")
    if not firma["integra"]:
        return Punto(False, "Cambió después de firmarse.")
    return Punto(True, "No cambió desde que se firmó.")


def _comparar(
    principal: _Visto, dados: Sequence[Dado], ventanilla: _Ventanilla
) -> Iterator[ArchivoComprobado]:
    vistos = {d: ventanilla.mirar(d.pdf) for d in dados if d.pdf is not None}
    nuestros = {d: v for d, v in vistos.items() if v.es_nuestro}
    validos = [principal, *(v for v in nuestros.values() if v.vale)]
    esperados = [e for v in validos for e in _esperados(v)]
    huellas_de_respuestas = {v.datos.get("respuestas") for v in validos if v.clase != "respuestas"}
    for dado in dados:
        if dado in nuestros:
            yield _documento(dado, nuestros[dado], principal, huellas_de_respuestas)
        elif not _acompana(dado.nombre):
            yield _archivo(dado, esperados)
    yield from _faltan(principal, dados)


def _documento(
    dado: Dado, visto: _Visto, principal: _Visto, respuestas: set[Any]
) -> ArchivoComprobado:
    if not visto.vale:
        return ArchivoComprobado(dado.nombre, "cambio", visto.primero_mal())
    if visto.datos.get("codigo") != principal.datos.get("codigo"):
        return ArchivoComprobado(dado.nombre, "ajeno", "Es de otro expediente.")
    if visto.clase == "respuestas" and respuestas - {None}:
        suya = huella_de(_mapa(visto.datos.get("respuestas")))
        if suya not in respuestas:
            texto = "Sus respuestas no son las que dice el cargo."
            return ArchivoComprobado(dado.nombre, "cambio", texto)
    return ArchivoComprobado(dado.nombre, "coincide", "Intacto, y es de este expediente.")


def _archivo(dado: Dado, esperados: Sequence[_Esperado]) -> ArchivoComprobado:
    if any(e.sha256 == dado.sha256 for e in esperados):
        return ArchivoComprobado(dado.nombre, "coincide", "Es el mismo que se registró.")
    if any(_llano(e.nombre) == _llano(dado.nombre) for e in esperados):
        texto = "No es el que se registró: su contenido cambió."
        return ArchivoComprobado(dado.nombre, "cambio", texto)
    texto = "No está entre los archivos que este documento nombra."
    return ArchivoComprobado(dado.nombre, "ajeno", texto)


def _faltan(principal: _Visto, dados: Sequence[Dado]) -> Iterator[ArchivoComprobado]:
    hay = {d.sha256 for d in dados}
    nombres = {_llano(d.nombre) for d in dados}
    for esperado in _esperados(principal):
        if esperado.sha256 not in hay and _llano(esperado.nombre) not in nombres:
            texto = "No lo diste: no se comprobó."
            yield ArchivoComprobado(esperado.nombre, "falta", texto)


def _esperados(visto: _Visto) -> Iterator[_Esperado]:
    listas: Iterable[Any] = (visto.datos.get("archivos"), visto.datos.get("documentos"))
    for fichas in listas:
        for ficha in fichas if isinstance(fichas, list) else ():
            nombre = _texto(_mapa(ficha).get("archivo") or _mapa(ficha).get("nombre"))
            huella = _texto(_mapa(ficha).get("sha256"))
            if nombre and huella:
                yield _Esperado(nombre, huella)


def _acompana(nombre: str) -> bool:
    return _llano(nombre) in ACOMPANAN


def _llano(nombre: str) -> str:
    """El nombre sin su carpeta ni el número que le puso el ZIP."""
    suelto = nombre.replace("\\", "/").rpartition("/")[2]
    return re.sub(r"^\d{2,4}-", "", nombre_seguro(suelto)).casefold()


def _leer_anexo(texto: str | None) -> Mapping[str, Any]:
    try:
        return _mapa(json.loads(texto or ""))
    except (ValueError, RecursionError):
        return {}


def _fecha(datos: Mapping[str, Any]) -> str | None:
    escrita = datos.get("corregido_en") or datos.get("presentado_en") or datos.get("al")
    try:
        return datetime.fromisoformat(str(escrita)).isoformat()
    except ValueError:
        return None


def _mapa(valor: Any) -> Mapping[str, Any]:
    return valor if isinstance(valor, Mapping) else {}


def _texto(valor: Any) -> str | None:
    return valor[:300] if isinstance(valor, str) else None


def _huella_de_pem(pem: str) -> str:
    try:
        return load_pem_x509_certificates(pem.encode())[0].fingerprint(SHA256()).hex()
    except (ValueError, AttributeError, IndexError):
        return ""

"""Lo que publicar prueba de los textos, y lo que la ley no deja pedir (N31)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from facilita.definicion.campos import REGISTRO
from facilita.definicion.campos.base import nombres_en
from facilita.definicion.comprobaciones_documento import Documento
from facilita.definicion.fallas import Ruta
from facilita.definicion.textos import DE_LA_ENTIDAD, fallas_de_texto

_TEXTOS = ("titulo", "introduccion", "etiqueta", "ayuda", "ejemplo", "texto", "ciudadano")


def comprobar_textos(doc: Documento) -> None:
    """Ningún texto vacío ni con un `{nombre}` que no se conoce."""
    for ruta, texto in _textos_de(doc.dato, ()):
        for frase in fallas_de_texto(texto, DE_LA_ENTIDAD):
            doc.buzon.falla("texto.nombre", ruta, frase)
        if not texto.strip():
            doc.buzon.falla("texto.vacio", ruta, "el texto está vacío")


def _textos_de(dato: Any, ruta: Ruta) -> Iterator[tuple[Ruta, str]]:
    if isinstance(dato, Mapping):
        for clave, valor in dato.items():
            if clave in _TEXTOS and isinstance(valor, str):
                yield (*ruta, clave), valor
            else:
                yield from _textos_de(valor, (*ruta, clave))
    elif isinstance(dato, list):
        for n, valor in enumerate(dato):
            yield from _textos_de(valor, (*ruta, n))


def comprobar_exigidos(doc: Documento) -> None:
    """Un mensaje dice siempre lo que su plantilla exige: el código, el enlace, lo observado."""
    for n, mensaje in enumerate(doc.dato["mensajes"]):
        dichos = nombres_en(f"{mensaje['asunto']} {mensaje['cuerpo']}")
        faltan = [nombre for nombre in mensaje.get("exige", ()) if nombre not in dichos]
        if faltan:
            lista = ", ".join(f"{{{nombre}}}" for nombre in faltan)
            frase = (
                f"el mensaje «{mensaje['id']}» debe decir también {lista}: la plantilla lo exige"
            )
            doc.buzon.falla("mensaje.exigido", ("mensajes", n, "cuerpo"), frase)


def comprobar_destino(doc: Documento) -> None:
    """Avisa si se envían mensajes y nadie los recibe: ningún campo es el correo de la persona."""
    if any(lugar.dato.get("uso") == "correo" for lugar in doc.lugares):
        return
    flujo = doc.dato["flujo"]
    listas: list[tuple[Ruta, Any]] = [(("flujo", "al_presentar"), flujo.get("al_presentar", ()))]
    for n, transicion in enumerate(flujo["transiciones"]):
        ruta: Ruta = ("flujo", "transiciones", n, "efectos")
        listas.append((ruta, transicion.get("efectos", ())))
    for ruta, efectos in listas:
        for n, efecto in enumerate(efectos):
            if isinstance(efecto, Mapping) and "notificar" in efecto:
                frase = (
                    "este mensaje y los demás no le llegan a nadie por correo: ningún campo tiene "
                    "«uso: correo»; pónselo al campo donde la persona escribe su correo"
                )
                doc.buzon.falla("mensaje.sin_destino", (*ruta, n), frase, aviso=True)
                return


_RECHAZA = re.compile(r"\b(rechaz\w+|inadmi\w+|improced\w+)\b", re.IGNORECASE)


def comprobar_rechazos(doc: Documento) -> None:
    """Avisa si un estado que no termina el trámite suena a rechazo (N04)."""
    for n, estado in enumerate(doc.dato["flujo"]["estados"]):
        for clave in ("etiqueta", "ciudadano"):
            if not estado.get("final") and _RECHAZA.search(estado[clave]):
                frase = (
                    "una mesa de partes no rechaza: lo defectuoso se recibe y se observa "
                    "(LPAG, arts. 124.1 y 125.1); usa otra palabra"
                )
                doc.buzon.falla("ley.rechazo", ("flujo", "estados", n, clave), frase, aviso=True)


_PROHIBIDOS = (
    (r"\b(copia|fotocopia|escaneo|foto)s?\b.{0,30}\b(dni|documento de identidad)\b",
     "la copia del DNI"),
    (r"\bficha\b.{0,12}\bruc\b", "la ficha RUC"),
    (r"\b(partida|copia literal|vigencia de poder|certificado)\b.{0,30}\b(registral|sunarp|poder)",
     "certificados registrales que el Estado ya tiene"),
    (r"\b(voucher|comprobante|recibo|constancia)s?\b.{0,20}\bpago\b",
     "el comprobante de pago (solo su número y su fecha)"),
    (r"\bfotograf[ií]as?\b|\bfotos?\b.{0,15}\bcarn[eé]\b", "fotografías"),
)  # fmt: skip


def comprobar_prohibidos(doc: Documento) -> None:
    """Avisa si se exige lo que el Estado ya tiene."""
    for lugar in doc.lugares:
        campo = lugar.dato
        if not REGISTRO[campo["tipo"]].es_archivo or not campo.get("obligatorio"):
            continue
        texto = " ".join(str(campo.get(p, "")) for p in ("etiqueta", "ayuda", "contiene")).lower()
        for patron, que in _PROHIBIDOS:
            if re.search(patron, texto):
                frase = (
                    f"no se puede exigir {que}: DL 1246, arts. 4 y 5, y LPAG, art. 40.1; hazlo "
                    "opcional o quítalo"
                )
                doc.buzon.falla("ley.prohibido", (*lugar.ruta, "obligatorio"), frase, aviso=True)


_DECLARA = re.compile(r"\b(declaro|juro|garantizo)\b", re.IGNORECASE)
_ACEPTA = re.compile(
    r"\b(acepto|autorizo|consiento|doy mi consentimiento|estoy de acuerdo)\b", re.IGNORECASE
)
_LEYO = re.compile(r"\b(he le[ií]do|le[ií]|conozco)\b", re.IGNORECASE)


def comprobar_consentimientos(doc: Documento) -> None:
    """Avisa si un consentimiento junta varios actos, o si se exige lo que debe ser libre (N33)."""
    for lugar in doc.lugares:
        campo = lugar.dato
        if campo["tipo"] != "consentimiento":
            continue
        if _cuantos_actos(campo["texto"]) > 1:
            frase = (
                "una sola casilla junta varias cosas: cada declaración y cada consentimiento va en "
                "la suya (DS 016-2024-JUS); sepáralas"
            )
            doc.buzon.falla("ley.consentimiento_junto", (*lugar.ruta, "texto"), frase, aviso=True)
        if campo.get("obligatorio") and _ACEPTA.search(campo["texto"]):
            frase = (
                "se exige aceptar: un consentimiento es libre (DS 016-2024-JUS); hazlo opcional o, "
                "si una norma lo manda, dilo en un texto informativo que la cite"
            )
            ruta = (*lugar.ruta, "obligatorio")
            doc.buzon.falla("ley.consentimiento_exigido", ruta, frase, aviso=True)


def _cuantos_actos(texto: str) -> int:
    """Cuántas cosas distintas dice hacer quien marca una casilla."""
    aceptadas = {dicho.lower() for dicho in _ACEPTA.findall(texto)}
    return len(aceptadas) + sum(bool(otra.search(texto)) for otra in (_DECLARA, _LEYO))

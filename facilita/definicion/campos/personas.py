"""Campos que identifican a una persona y dónde vive: número de documento, RUC y ubigeo (N32)."""

import random
import re
from collections.abc import Mapping, Sequence
from typing import Any

from stdnum.pe import ruc as sunat

from facilita.definicion.campos import ejemplos
from facilita.definicion.campos.base import Campo, Lector, Mostrado
from facilita.definicion.contexto import Contexto, Lugar
from facilita.definicion.limpieza import una_linea

# Valor de la opción del tipo de documento → (clave de la frase, forma del número).
DOCUMENTOS: dict[str, tuple[str, re.Pattern[str]]] = {
    "dni": ("dni", re.compile(r"[0-9]{8}")),
    "carne_extranjeria": ("carne_extranjeria", re.compile(r"[A-Z0-9]{9,12}")),
    "pasaporte": ("pasaporte", re.compile(r"[A-Z0-9]{5,15}")),
    "ptp": ("ptp", re.compile(r"[A-Z0-9]{8,15}")),
    "cedula_identidad": ("cedula_identidad", re.compile(r"[A-Z0-9-]{5,15}")),
    "otro": ("otro_documento", re.compile(r"[A-Z0-9-]{3,20}")),
}

_RUC = re.compile(r"(?:10|15|16|17|20)[0-9]{9}")
_SEPARADORES = re.compile(r"[ .\-]")
FUERA_DEL_PERU = "EXT"


class DocumentoIdentidad(Campo):
    """El número de un documento de identidad; lo comprueba según el campo que dice su tipo."""

    tipo = "documento_identidad"
    nombre = "Número de documento de identidad"
    control = "texto"
    propiedades = {"campo_tipo": {"type": "string"}}
    exigidas = ("etiqueta", "campo_tipo")
    claves = frozenset({"vacio", *(clave for clave, _ in DOCUMENTOS.values())})

    def preparar(self, dato: Mapping[str, Any]) -> None:
        self.campo_tipo: str = dato["campo_tipo"]

    @property
    def acompana(self) -> tuple[str, ...]:
        return (self.campo_tipo,)

    def interpretar(self, limpio: str, lector: Lector) -> Any:
        cual = lector.valores.get(self.campo_tipo)
        clave, forma = DOCUMENTOS.get(cual or "otro", DOCUMENTOS["otro"])
        con_guion = limpio.upper().replace(" ", "").replace(".", "")
        numero = con_guion if clave.startswith(("cedula", "otro")) else con_guion.replace("-", "")
        return numero if forma.fullmatch(numero) else lector.error(self, clave)

    def muestra(self, azar: random.Random, contexto: Contexto, visto: Mapping[str, Any]) -> Any:
        cual = visto.get(self.campo_tipo)
        return ejemplos.identidad(azar, cual if isinstance(cual, str) else "otro")

    def muestras_invalidas(self) -> Sequence[Any]:
        return ("x", "¿?¿?¿?¿?")


class Ruc(Campo):
    """Un RUC de once dígitos con su dígito verificador (N32)."""

    tipo = "ruc"
    nombre = "RUC"
    control = "ruc"
    claves = frozenset({"vacio", "ruc_forma", "ruc_digito"})

    def interpretar(self, limpio: str, lector: Lector) -> Any:
        numero = _SEPARADORES.sub("", limpio)
        if not _RUC.fullmatch(numero):
            return lector.error(self, "ruc_forma")
        return numero if es_ruc(numero) else lector.error(self, "ruc_digito")

    def muestra(self, azar: random.Random, contexto: Contexto, visto: Mapping[str, Any]) -> Any:
        diez = azar.choice(("10", "15", "16", "17", "20")) + f"{azar.randrange(10**8):08}"
        return diez + sunat.calc_check_digit(diez)

    def muestras_invalidas(self) -> Sequence[Any]:
        return ("20131312950", "30131312955", "123", "mi ruc")


def es_ruc(numero: str) -> bool:
    """Si once dígitos forman un RUC: prefijo conocido y dígito verificador (N32)."""
    # python-stdnum no conoce el prefijo 16; su dígito verificador sí sirve para todos.
    if not numero.isascii() or not _RUC.fullmatch(numero):
        return False
    return bool(sunat.calc_check_digit(numero) == numero[-1])


class Ubigeo(Campo):
    """El distrito donde vive la persona, escrito con su nombre, o «Vivo fuera del Perú».

    Llega como lista: lo escrito y, si la pantalla ofreció varios, el código elegido.
    """

    tipo = "ubigeo"
    nombre = "Distrito"
    control = "ubigeo"
    propiedades = {"solo_peru": {"type": "boolean"}}
    claves = frozenset({"vacio", "ubigeo_ninguno", "ubigeo_varios"})
    varios = True

    def preparar(self, dato: Mapping[str, Any]) -> None:
        self.solo_peru: bool = dato.get("solo_peru", False)

    def limpiar(self, crudo: Any) -> tuple[str, ...] | None:
        partes = crudo if isinstance(crudo, list) else [crudo]
        limpias = tuple(p for p in (una_linea(parte) for parte in partes) if p)
        return limpias or None

    def interpretar(self, limpio: tuple[str, ...], lector: Lector) -> Any:
        if FUERA_DEL_PERU in limpio and not self.solo_peru:
            return {"codigo": FUERA_DEL_PERU, "nombre": "Fuera del Perú"}
        lugares = self.candidatos(limpio, lector)
        if len(lugares) != 1:
            return lector.error(self, "ubigeo_varios" if lugares else "ubigeo_ninguno")
        return {"codigo": lugares[0].codigo, "nombre": lugares[0].nombre}

    def muestra(self, azar: random.Random, contexto: Contexto, visto: Mapping[str, Any]) -> Any:
        """Una manera de escribir un distrito que el territorio del contexto entiende."""
        fuera = [] if self.solo_peru else [("", FUERA_DEL_PERU)]
        posibles = [*ejemplos.DISTRITOS, *fuera]
        azar.shuffle(posibles)
        lector = Lector(contexto)
        entendidos = (p for p in posibles if p in fuera or len(self.candidatos(p, lector)) == 1)
        return list(next(entendidos, ejemplos.DISTRITOS[0]))

    def muestras_invalidas(self) -> Sequence[Any]:
        fuera = ([FUERA_DEL_PERU],) if self.solo_peru else ()
        return (["¿dónde?"], ["999999"], *fuera)

    def candidatos(self, limpio: tuple[str, ...], lector: Lector) -> tuple[Lugar, ...]:
        """Los distritos que puede ser lo respondido; el código elegido manda si es uno de ellos."""
        territorio = lector.contexto.territorio
        codigos = [territorio.lugar(p) for p in limpio if p.isdecimal() and len(p) == 6]
        elegidos = tuple(lugar for lugar in codigos if lugar)
        escrito = next((p for p in limpio if not p.isdecimal()), None)
        if escrito is None:
            return elegidos[-1:]
        hallados = tuple(territorio.buscar(escrito))
        return tuple(e for e in elegidos if e in hallados)[-1:] or hallados

    def comparable(self, valor: Any) -> Any:
        return valor["codigo"]

    def mostrar(self, valor: Any) -> Mostrado:
        return Mostrado(valor["nombre"])

"""Campos de texto: texto, párrafo, correo, teléfono, enlace, expediente y texto informativo."""

import random
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

from facilita.definicion.campos import ejemplos
from facilita.definicion.campos.base import TEXTO, Campo, Lector, Mostrado, Reparo
from facilita.definicion.contexto import Contexto
from facilita.definicion.limpieza import sin_marcas, varias_lineas

# Los únicos formatos que un autor puede pedir: nunca una expresión regular suya.
FORMATOS: dict[str, re.Pattern[str]] = {
    "nombre": re.compile(r"[^\W\d_]+(?:[ '’.\-·]+[^\W\d_]+)*[.]?"),
    "codigo": re.compile(r"[^\W_]+(?:[ /.\-°#]+[^\W_]+)*[.]?"),
    "placa": re.compile(r"[A-Za-z0-9]{3}-?[A-Za-z0-9]{3}"),
}

_TELEFONO = re.compile(r"\+?[0-9]{6,15}")
_CELULAR = re.compile(r"9[0-9]{8}")
_ADORNOS = re.compile(r"[ ().\-]")
LARGO = {"type": "integer", "minimum": 1, "maximum": 20000}


class Texto(Campo):
    """Una línea de texto, con largo y, si se pide, un formato de la lista cerrada."""

    tipo = "texto"
    nombre = "Texto"
    propiedades = {
        "largo_minimo": LARGO,
        "largo_maximo": LARGO,
        "formato": {"type": "string", "enum": sorted(FORMATOS)},
    }
    claves = frozenset({"vacio", "muy_largo", "muy_corto", *(f"formato_{f}" for f in FORMATOS)})
    por_defecto = 200
    espacios = " "

    def preparar(self, dato: Mapping[str, Any]) -> None:
        self.maximo: int = dato.get("largo_maximo", self.por_defecto)
        self.minimo: int = dato.get("largo_minimo", 1)
        self.formato: str | None = dato.get("formato")
        self.patron = FORMATOS.get(self.formato) if self.formato else None

    def interpretar(self, limpio: str, lector: Lector) -> Any:
        if len(limpio) > self.maximo:
            return lector.error(self, "muy_largo", maximo=self.maximo, escritos=len(limpio))
        if len(limpio) < self.minimo:
            return lector.error(self, "muy_corto", minimo=self.minimo)
        if self.patron and not self.patron.fullmatch(sin_marcas(limpio)):
            return lector.error(self, f"formato_{self.formato}")
        return limpio

    def muestra(self, azar: random.Random, contexto: Contexto, visto: Mapping[str, Any]) -> Any:
        if self.formato is None:
            largo = azar.randint(self.minimo, min(self.maximo, self.minimo + 60))
            return ejemplos.frase(azar, largo, self.espacios)
        posibles = ejemplos.DE_FORMATO[self.formato]
        caben = [t for t in posibles if self.minimo <= len(t) <= self.maximo]
        return azar.choice(caben or ["A" * self.minimo])

    def muestras_invalidas(self) -> Sequence[Any]:
        largas = ["a" * (self.maximo + 1)]
        cortas = ["a" * (self.minimo - 1)] if self.minimo > 1 else []
        return [*largas, *cortas, *(["¡¿?!"] if self.patron else [])]

    @classmethod
    def fallas(cls, dato: Mapping[str, Any]) -> list[Reparo]:
        minimo, maximo = dato.get("largo_minimo", 1), dato.get("largo_maximo", cls.por_defecto)
        if minimo > maximo:
            frase = f"el largo mínimo ({minimo}) es mayor que el máximo ({maximo})"
            return [("campo.limites", ("largo_minimo",), frase)]
        return []


class Parrafo(Texto):
    """Texto de varias líneas."""

    tipo = "parrafo"
    nombre = "Párrafo"
    control = "parrafo"
    propiedades = {"largo_minimo": LARGO, "largo_maximo": LARGO}
    claves = frozenset({"vacio", "muy_largo", "muy_corto"})
    por_defecto = 4000
    espacios = " \n"

    def limpiar(self, crudo: Any) -> str | None:
        return varias_lineas(crudo)


class Correo(Campo):
    """Una dirección de correo; se guarda en su forma normal."""

    tipo = "correo"
    nombre = "Correo electrónico"
    control = "correo"
    claves = frozenset({"vacio", "correo"})

    def interpretar(self, limpio: str, lector: Lector) -> Any:
        try:
            return validate_email(limpio, check_deliverability=False).normalized
        except EmailNotValidError:
            return lector.error(self, "correo")

    def muestra(self, azar: random.Random, contexto: Contexto, visto: Mapping[str, Any]) -> Any:
        return azar.choice(ejemplos.CORREOS)

    def muestras_invalidas(self) -> Sequence[Any]:
        return ("ana", "ana@", "@ejemplo.pe", "ana@@ejemplo.pe")


class Telefono(Campo):
    """Un teléfono; `celular: true` pide un celular del Perú o un número con código de país."""

    tipo = "telefono"
    nombre = "Teléfono"
    control = "telefono"
    propiedades = {"celular": {"type": "boolean"}}
    claves = frozenset({"vacio", "celular", "telefono"})

    def preparar(self, dato: Mapping[str, Any]) -> None:
        self.celular: bool = dato.get("celular", False)

    def interpretar(self, limpio: str, lector: Lector) -> Any:
        numero = _ADORNOS.sub("", limpio)
        if numero.startswith("00"):
            numero = "+" + numero[2:]
        if numero.startswith("+51"):
            numero = numero[3:]
        if not numero.isascii() or not _TELEFONO.fullmatch(numero):
            return lector.error(self, "celular" if self.celular else "telefono")
        if self.celular and not (numero.startswith("+") or _CELULAR.fullmatch(numero)):
            return lector.error(self, "celular")
        return numero

    def muestra(self, azar: random.Random, contexto: Contexto, visto: Mapping[str, Any]) -> Any:
        fijos = () if self.celular else ejemplos.FIJOS
        return azar.choice((*ejemplos.CELULARES, *fijos))

    def muestras_invalidas(self) -> Sequence[Any]:
        return ("12", "no tengo", *(ejemplos.FIJOS if self.celular else ()))


class Enlace(Campo):
    """Una dirección web, solo https; con `publico`, de las que se abren desde cualquier lugar."""

    tipo = "enlace"
    nombre = "Enlace"
    control = "enlace"
    propiedades = {"publico": {"type": "boolean"}}
    claves = frozenset({"vacio", "enlace", "enlace_privado", "muy_largo"})

    def preparar(self, dato: Mapping[str, Any]) -> None:
        self.publico: bool = dato.get("publico", False)

    def interpretar(self, limpio: str, lector: Lector) -> Any:
        if len(limpio) > 2000:
            return lector.error(self, "muy_largo", maximo=2000, escritos=len(limpio))
        if not _es_https(limpio):
            return lector.error(self, "enlace")
        if self.publico and not _es_publica(limpio):
            return lector.error(self, "enlace_privado")
        return limpio

    def muestra(self, azar: random.Random, contexto: Contexto, visto: Mapping[str, Any]) -> Any:
        return azar.choice(ejemplos.ENLACES)

    def muestras_invalidas(self) -> Sequence[Any]:
        return ("http://ejemplo.pe", "www.ejemplo.pe", "javascript:alert(1)")


_INTERNOS = ("local", "localhost", "localdomain", "internal", "intranet", "lan", "home", "corp")
"""Con qué terminan los nombres que solo existen dentro de una red."""


def _es_publica(texto: str) -> bool:
    """Por su forma: un nombre de internet, no una IP ni un nombre interno."""
    anfitrion = (urlsplit(texto).hostname or "").rstrip(".")
    ultima = anfitrion.rpartition(".")[2]
    # Una IP, escrita de cualquiera de sus maneras, termina en cifras o lleva dos puntos.
    return ultima not in _INTERNOS and not ultima[:1].isdigit() and ":" not in anfitrion


def _es_https(texto: str) -> bool:
    try:
        partes = urlsplit(texto)
        anfitrion, puerto = partes.hostname or "", partes.port
    except ValueError:
        return False
    limpio = " " not in texto and "@" not in partes.netloc and "\\" not in texto
    return partes.scheme == "https" and "." in anfitrion.strip(".") and limpio and puerto != 0


class Expediente(Campo):
    """El número de un expediente de la misma entidad; uno desconocido avisa y no impide (N04)."""

    tipo = "expediente"
    nombre = "Número de expediente"
    claves = frozenset({"vacio", "muy_largo", "expediente_no_hallado"})

    def interpretar(self, limpio: str, lector: Lector) -> Any:
        if len(limpio) > 60:
            return lector.error(self, "muy_largo", maximo=60, escritos=len(limpio))
        numero = limpio.upper()
        if not lector.contexto.existe_expediente(numero):
            lector.aviso(self, "expediente_no_hallado", numero=numero)
        return numero

    def muestra(self, azar: random.Random, contexto: Contexto, visto: Mapping[str, Any]) -> Any:
        return f"EXP-{azar.randint(1, 999999):06}-2026"

    def muestras_invalidas(self) -> Sequence[Any]:
        return ("9" * 61,)


class Informativo(Campo):
    """Un texto para leer; no pide nada."""

    tipo = "informativo"
    nombre = "Texto informativo"
    control = "informativo"
    propiedades = {"texto": TEXTO}
    exigidas = ("texto",)
    claves = frozenset()
    se_responde = False
    cabe_en_grupo = False

    def preparar(self, dato: Mapping[str, Any]) -> None:
        self.texto: str = dato["texto"]

    def leer(self, crudo: Any, lector: Lector) -> None:
        return None

    def muestra(self, azar: random.Random, contexto: Contexto, visto: Mapping[str, Any]) -> Any:
        return None

    def mostrar(self, valor: Any) -> Mostrado:
        return Mostrado(self.texto)

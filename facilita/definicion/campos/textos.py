"""Campos de texto: texto, párrafo, correo, teléfono, enlace, expediente y texto informativo."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

from facilita.definicion.campos.base import TEXTO, Campo, Lector, Mostrado
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

    @classmethod
    def fallas(cls, dato: Mapping[str, Any]) -> list[tuple[str, tuple[str | int, ...], str]]:
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


class Enlace(Campo):
    """Una dirección web, solo https."""

    tipo = "enlace"
    nombre = "Enlace"
    control = "enlace"
    claves = frozenset({"vacio", "enlace", "muy_largo"})

    def interpretar(self, limpio: str, lector: Lector) -> Any:
        if len(limpio) > 2000:
            return lector.error(self, "muy_largo", maximo=2000, escritos=len(limpio))
        return limpio if _es_https(limpio) else lector.error(self, "enlace")


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


class Informativo(Campo):
    """Un texto para leer; no pide nada."""

    tipo = "informativo"
    nombre = "Texto informativo"
    control = "informativo"
    propiedades = {"texto": TEXTO}
    exigidas = ("texto",)
    claves = frozenset()
    se_responde = False

    def preparar(self, dato: Mapping[str, Any]) -> None:
        self.texto: str = dato["texto"]

    def leer(self, crudo: Any, lector: Lector) -> None:
        return None

    def mostrar(self, valor: Any) -> Mostrado:
        return Mostrado(self.texto)

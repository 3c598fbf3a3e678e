"""Campos de archivos: uno o varios, con tipos, peso y cantidad."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from facilita.definicion.campos.base import Campo, Lector, Mostrado
from facilita.definicion.contexto import Contexto

TIPOS_DE_ARCHIVO = (
    "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "jpg", "png", "txt", "zip",
)  # fmt: skip
MEGA = 1024 * 1024


def peso(octetos: int) -> str:
    """Un tamaño en palabras: «350 KB», «1.5 MB»."""
    if octetos < MEGA:
        return f"{max(1, round(octetos / 1024))} KB"
    return f"{octetos / MEGA:.1f}".removesuffix(".0") + " MB"


def _es_ficha(dato: Any) -> bool:
    return (
        isinstance(dato, dict)
        and isinstance(dato.get("nombre"), str)
        and isinstance(dato.get("tamano", 0), int)
    )


class Archivos(Campo):
    """Archivos adjuntos; `tamano_maximo` en MB por archivo y `cantidad_maxima` en total."""

    tipo = "archivo"
    nombre = "Archivo"
    control = "archivo"
    propiedades = {
        "tipos": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"type": "string", "enum": list(TIPOS_DE_ARCHIVO)},
        },
        "tamano_maximo": {"type": "integer", "minimum": 1, "maximum": 200},
        "cantidad_maxima": {"type": "integer", "minimum": 1, "maximum": 50},
        "contiene": {"type": "string", "minLength": 1, "maxLength": 60},
    }
    claves = frozenset(
        {"vacio_archivo", "archivo_tipo", "archivo_grande", "archivo_muchos", "archivo_vacio"}
    )
    clave_vacio = "vacio_archivo"
    es_archivo = True
    cabe_en_grupo = False

    def preparar(self, dato: Mapping[str, Any]) -> None:
        self.tipos: tuple[str, ...] = tuple(dato.get("tipos", ("pdf",)))
        self.tamano_maximo: int = dato.get("tamano_maximo", 10) * MEGA
        self.cantidad_maxima: int = dato.get("cantidad_maxima", 1)

    def limpiar(self, crudo: Any) -> tuple[Mapping[str, Any], ...] | None:
        if not isinstance(crudo, list):
            return None
        return tuple(ficha for ficha in crudo if _es_ficha(ficha)) or None

    def interpretar(self, limpio: tuple[Mapping[str, Any], ...], lector: Lector) -> Any:
        if len(limpio) > self.cantidad_maxima:
            return lector.error(
                self, "archivo_muchos", maximo=self.cantidad_maxima, cantidad=len(limpio)
            )
        malas = [reparo for ficha in limpio if (reparo := self.reparo(ficha))]
        for clave, datos in malas:
            lector.error(self, clave, **datos)
        return None if malas else list(limpio)

    def muestra(self, azar: random.Random, contexto: Contexto, visto: Mapping[str, Any]) -> Any:
        cuantos = azar.randint(1, min(self.cantidad_maxima, 3))
        return [self._ficha(azar.choice(self.tipos), azar.randint(1, 9) * 1024, n)
                for n in range(cuantos)]  # fmt: skip

    def muestras_invalidas(self) -> Sequence[Any]:
        tipo = self.tipos[0]
        demasiados = [self._ficha(tipo, 1024, n) for n in range(self.cantidad_maxima + 1)]
        return (
            [self._ficha(tipo, 0)],
            [self._ficha("exe", 1024)],
            [self._ficha(tipo, self.tamano_maximo + 1)],
            demasiados,
        )

    @staticmethod
    def _ficha(tipo: str, tamano: int, n: int = 0) -> dict[str, Any]:
        paginas = n + 1 if tipo == "pdf" else None
        return {"nombre": f"anexo-{n}.{tipo}", "tamano": tamano, "tipo": tipo, "paginas": paginas}

    def reparo(self, ficha: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
        """Por qué no se puede recibir un archivo: (clave, datos de la frase), o `None`."""
        nombre, tamano = ficha.get("nombre"), ficha.get("tamano", 0)
        if not tamano:
            return "archivo_vacio", {"nombre": nombre}
        if tamano > self.tamano_maximo:
            datos = {"nombre": nombre, "peso": peso(tamano), "maximo": peso(self.tamano_maximo)}
            return "archivo_grande", datos
        if ficha.get("tipo") not in self.tipos:
            motivo = ficha.get("motivo") or f"aquí se recibe {self.tipos_en_palabras}."
            return "archivo_tipo", {"nombre": nombre, "motivo": motivo}
        return None

    @property
    def tipos_en_palabras(self) -> str:
        """Los tipos que recibe: «PDF» o «PDF, DOCX o JPG»."""
        nombres = [t.upper() for t in self.tipos]
        return nombres[0] if len(nombres) == 1 else ", ".join(nombres[:-1]) + " o " + nombres[-1]

    def mostrar(self, valor: Any) -> Mostrado:
        return Mostrado(", ".join(f["nombre"] for f in valor), tuple(valor))

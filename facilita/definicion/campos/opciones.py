"""Campos de elección: opción única, lista, consentimiento y sede."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from facilita.definicion.campos.base import (
    TEXTO,
    TEXTO_CORTO,
    Campo,
    Lector,
    Mostrado,
    Reparo,
)
from facilita.definicion.contexto import Contexto


@dataclass(frozen=True, slots=True)
class Opcion:
    """Una opción de un campo de elección."""

    valor: str
    etiqueta: str
    ayuda: str | None = None


FORMA_DE_VALOR = r"^[a-z0-9][a-z0-9_]{0,59}$(?!\n)"

ESQUEMA_OPCIONES: dict[str, Any] = {
    "type": "array",
    "minItems": 1,
    "maxItems": 300,
    "items": {
        "type": "object",
        "required": ["valor", "etiqueta"],
        "properties": {
            "valor": {"type": "string", "pattern": FORMA_DE_VALOR},
            "etiqueta": TEXTO_CORTO,
            "ayuda": TEXTO_CORTO,
            "fijo": {"type": "boolean"},
        },
        "additionalProperties": False,
    },
}


class OpcionUnica(Campo):
    """Una opción de varias, todas a la vista."""

    tipo = "opcion_unica"
    nombre = "Opción única"
    control = "opcion_unica"
    propiedades = {"opciones": ESQUEMA_OPCIONES}
    exigidas = ("etiqueta", "opciones")
    claves = frozenset({"vacio_opcion", "opcion"})
    clave_vacio = "vacio_opcion"

    def preparar(self, dato: Mapping[str, Any]) -> None:
        self.opciones = tuple(
            Opcion(o["valor"], o["etiqueta"], o.get("ayuda")) for o in dato["opciones"]
        )
        self.por_valor = {o.valor: o for o in self.opciones}

    def interpretar(self, limpio: str, lector: Lector) -> Any:
        return limpio if limpio in self.por_valor else lector.error(self, "opcion")

    def muestra(self, azar: random.Random, contexto: Contexto, crudo: Mapping[str, Any]) -> Any:
        return azar.choice(self.valores_posibles)

    def muestras_invalidas(self) -> Sequence[Any]:
        return ("¿otra?",)

    def mostrar(self, valor: Any) -> Mostrado:
        return Mostrado(self.por_valor[valor].etiqueta)

    @property
    def valores_posibles(self) -> tuple[Any, ...]:
        return tuple(self.por_valor)

    @classmethod
    def fallas(cls, dato: Mapping[str, Any]) -> list[Reparo]:
        fallas: list[Reparo] = []
        for propiedad in ("valor", "etiqueta"):
            vistos: set[str] = set()
            for n, opcion in enumerate(dato["opciones"]):
                if opcion[propiedad] in vistos:
                    frase = f"la opción «{opcion[propiedad]}» está repetida"
                    fallas.append(("campo.opcion_repetida", ("opciones", n, propiedad), frase))
                vistos.add(opcion[propiedad])
        return fallas


class Lista(OpcionUnica):
    """Una opción de muchas, en una lista que se despliega."""

    tipo = "lista"
    nombre = "Lista"
    control = "lista"


class Consentimiento(Campo):
    """Una casilla que se acepta o no; nunca viene marcada (N33)."""

    tipo = "consentimiento"
    nombre = "Consentimiento"
    control = "consentimiento"
    callar_es_responder = True
    propiedades = {"texto": TEXTO}
    exigidas = ("etiqueta", "texto")
    claves = frozenset({"vacio_consentimiento"})
    clave_vacio = "vacio_consentimiento"

    def preparar(self, dato: Mapping[str, Any]) -> None:
        self.texto: str = dato["texto"]

    def interpretar(self, limpio: str, lector: Lector) -> Any:
        if limpio == "true":
            return True
        return lector.error(self, self.clave_vacio) if self.obligatorio else None

    def muestra(self, azar: random.Random, contexto: Contexto, crudo: Mapping[str, Any]) -> Any:
        return "true"

    def vale_en(self, nuevo: Campo) -> bool:
        # Lo que se aceptó fue un texto: si es otro, se acepta otra vez.
        return isinstance(nuevo, Consentimiento) and nuevo.texto == self.texto

    def mostrar(self, valor: Any) -> Mostrado:
        return Mostrado("Acepto")

    @property
    def valores_posibles(self) -> tuple[Any, ...]:
        return (True,)


class Sede(Campo):
    """Una sede de la entidad que recibe; con una sola no se pregunta."""

    tipo = "sede"
    nombre = "Sede de la entidad"
    control = "sede"
    claves = frozenset({"vacio_opcion", "opcion"})
    clave_vacio = "vacio_opcion"

    def se_muestra(self, contexto: Contexto) -> bool:
        return len(contexto.sedes) > 1

    def leer(self, crudo: Any, lector: Lector) -> Any:
        sedes = lector.contexto.sedes
        if len(sedes) == 1:
            return {"codigo": sedes[0].codigo, "nombre": sedes[0].nombre}
        if not sedes:
            return None
        return super().leer(crudo, lector)

    def interpretar(self, limpio: str, lector: Lector) -> Any:
        for sede in lector.contexto.sedes:
            if sede.codigo == limpio:
                return {"codigo": sede.codigo, "nombre": sede.nombre}
        return lector.error(self, "opcion")

    def muestra(self, azar: random.Random, contexto: Contexto, crudo: Mapping[str, Any]) -> Any:
        return azar.choice(contexto.sedes).codigo if contexto.sedes else ""

    def muestras_invalidas(self) -> Sequence[Any]:
        return ("¿otra?",)

    def comparable(self, valor: Any) -> Any:
        return valor["codigo"]

    def mostrar(self, valor: Any) -> Mostrado:
        return Mostrado(valor["nombre"])

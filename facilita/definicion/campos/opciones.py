"""Campos de elección: opción única, lista, consentimiento y sede."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from facilita.definicion.campos.base import (
    TEXTO,
    TEXTO_CORTO,
    Campo,
    Lector,
    Mostrado,
    Reparo,
)
from facilita.definicion.campos.opcion import crear_opcion
from facilita.definicion.contexto import Contexto

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
            "si": {"$ref": "#/$defs/condicion"},
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
    claves = frozenset({"vacio_opcion", "opcion", "opcion_no_va", "opcion_descartada"})
    clave_vacio = "vacio_opcion"

    def preparar(self, dato: Mapping[str, Any]) -> None:
        self.opciones = tuple(crear_opcion(o) for o in dato["opciones"])
        self.por_valor = {o.valor: o for o in self.opciones}
        self.depende = any(o.si for o in self.opciones)
        """Si alguna opción se ofrece solo a veces."""

    def leer(self, crudo: Any, lector: Lector) -> Any:
        # Si no queda nada que elegir, no se exige: nadie podría responder.
        if self.depende and not self.se_puede_responder(lector.comparables):
            return None
        return super().leer(crudo, lector)

    def interpretar(self, limpio: Any, lector: Lector) -> Any:
        if limpio not in self.por_valor:
            return lector.error(self, "opcion")
        if self.ofrece(limpio, lector.comparables):
            return limpio
        return self.descartar([limpio], lector, queda=False)

    def descartar(self, valores: Sequence[str], lector: Lector, *, queda: bool) -> None:
        """Dice que lo elegido no se ofrece; es un error si hay que elegir y no queda nada."""
        nombres = "», «".join(self.por_valor[v].etiqueta for v in valores)
        if self.obligatorio and not queda:
            lector.error(self, "opcion_no_va", opcion=nombres)
        else:
            lector.aviso(self, "opcion_descartada", opcion=nombres)

    def responde(self, crudo: Any, lector: Lector) -> bool:
        limpio = self.limpiar(crudo)
        elegidos = limpio if isinstance(limpio, tuple) else (limpio,)
        return limpio is not None and any(self._cuenta(e, lector) for e in elegidos)

    def _cuenta(self, elegido: str, lector: Lector) -> bool:
        return elegido not in self.por_valor or self.ofrece(elegido, lector.comparables)

    def ofrece(self, comparable: Any, visto: Mapping[str, Any]) -> bool:
        elegidos = comparable if isinstance(comparable, tuple) else (comparable,)
        return not self.depende or all(self.por_valor[e].se_ofrece(visto) for e in elegidos)

    def ofrecidas(self, visto: Mapping[str, Any]) -> tuple[str, ...]:
        """Los valores que se ofrecen con lo respondido más arriba."""
        return tuple(o.valor for o in self.opciones if o.se_ofrece(visto))

    def bastan(self, valores: Sequence[str]) -> bool:
        """Si con esas opciones se puede responder."""
        return bool(valores)

    def se_puede_responder(self, visto: Mapping[str, Any]) -> bool:
        return self.bastan(self.ofrecidas(visto))

    def muestra(self, azar: random.Random, contexto: Contexto, visto: Mapping[str, Any]) -> Any:
        return azar.choice(self.ofrecidas(visto) or self.valores_posibles)

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
    se_decide = True
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

    def muestra(self, azar: random.Random, contexto: Contexto, visto: Mapping[str, Any]) -> Any:
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

    def muestra(self, azar: random.Random, contexto: Contexto, visto: Mapping[str, Any]) -> Any:
        return azar.choice(contexto.sedes).codigo if contexto.sedes else ""

    def muestras_invalidas(self) -> Sequence[Any]:
        return ("¿otra?",)

    def comparable(self, valor: Any) -> Any:
        return valor["codigo"]

    def mostrar(self, valor: Any) -> Mostrado:
        return Mostrado(valor["nombre"])

"""El recorrido de una solicitud: estados, transiciones, quién puede y con qué guardas.

Puro: no lee el reloj ni el calendario; las fechas límite llegan calculadas en `Hechos`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from facilita.definicion.campos import Campo, crear_campo
from facilita.definicion.campos.base import FORMA_DE_ID, TEXTO, TEXTO_CORTO

# Papeles que todo flujo conoce. «atiende» es quien puede atender esa solicitud, tenga el rol
# que tenga; «coordinador» es el de la entidad o el de la sede.
PAPELES = frozenset(
    {
        "atiende", "colaborador", "coordinador_sede", "coordinador_entidad", "coordinador",
        "ciudadano", "reloj",
    }
)  # fmt: skip
SUCESOS = ("presentado", "entrada", "notificado")
ACTOS = ("observacion", "subsanacion")
EFECTOS = (
    "notificar", "suspender", "reanudar", "reiniciar_plazo", "ampliar_plazo", "tomar",
    "responder", "crear_entidad", "registrar_sistema",
)  # fmt: skip
"""Efectos que una definición puede pedir; quien los ejecuta es `tramite`."""
CON_DATO = {
    "notificar": "{notificar: mensaje}",
    "ampliar_plazo": "{ampliar_plazo: 5}",
    "responder": "{responder: campo}",
}
"""Los efectos que llevan un argumento, y cómo se escriben."""
DE_PLATAFORMA = frozenset({"crear_entidad", "registrar_sistema"})
"""Los que actúan sobre la plataforma: solo en un formulario con `plataforma: true`."""


@dataclass(frozen=True, slots=True)
class Plazo:
    """Un plazo en días hábiles, contados desde un suceso."""

    dias_habiles: int
    desde: str
    base_legal: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Estado:
    """Un estado: su nombre para el personal y su frase para el ciudadano."""

    id: str
    etiqueta: str
    ciudadano: str
    final: bool = False
    suspende: bool = False


@dataclass(frozen=True, slots=True)
class Efecto:
    """Algo que ocurre con la transición; `dato` es su argumento, si lo lleva."""

    nombre: str
    dato: str | int | None = None


@dataclass(frozen=True, slots=True)
class Transicion:
    """Un paso de un estado a otro: quién lo da, qué necesita y qué hace."""

    id: str
    de: tuple[str, ...]
    a: str
    etiqueta: str
    ayuda: str | None
    quien: frozenset[str]
    pide: tuple[Campo, ...]
    acto: str | None
    una_vez: bool
    hasta: Plazo | None
    al_vencer: Plazo | None
    efectos: tuple[Efecto, ...]
    reabre: bool
    base_legal: tuple[str, ...]

    def mensajes(self) -> tuple[str, ...]:
        """Los mensajes que notifica."""
        return tuple(str(e.dato) for e in self.efectos if e.nombre == "notificar")

    @property
    def responde(self) -> str | None:
        """El campo de lo que pide donde va la respuesta a la persona, si con él se responde."""
        return next((str(e.dato) for e in self.efectos if e.nombre == "responder"), None)


@dataclass(frozen=True, slots=True)
class Hechos:
    """Lo ya ocurrido con una solicitud: cuántas veces se dio cada paso y hasta cuándo se puede."""

    ahora: datetime
    veces: Mapping[str, int] = field(default_factory=dict)
    limites: Mapping[str, datetime] = field(default_factory=dict)
    """Id de transición → último instante en que se permite."""
    impedidas: Mapping[str, str] = field(default_factory=dict)
    """Id de transición → por qué hoy no se puede: una tarea abierta, un plazo ya vencido."""


@dataclass(frozen=True)
class Flujo:
    """Los estados y transiciones de un formulario."""

    inicial: str
    estados: Mapping[str, Estado]
    transiciones: tuple[Transicion, ...]
    plazo: Plazo
    ambar: int
    rojo: int

    def posibles(self, estado: str, papeles: frozenset[str], hechos: Hechos) -> list[Transicion]:
        """Las transiciones que alguien con esos papeles puede dar ahora desde `estado`."""
        return [
            t
            for t in self.transiciones
            if estado in t.de and t.quien & papeles and self.permitida(t, hechos)
        ]

    @staticmethod
    def permitida(transicion: Transicion, hechos: Hechos) -> bool:
        """Si las guardas la dejan pasar: una sola vez y dentro de su plazo (N06, N07)."""
        if transicion.id in hechos.impedidas:
            return False
        if transicion.una_vez and hechos.veces.get(transicion.id):
            return False
        limite = hechos.limites.get(transicion.id)
        return not (transicion.hasta and limite and hechos.ahora > limite)

    def transicion(self, estado: str, cual: str) -> Transicion | None:
        """La transición `cual` que sale de `estado`, o `None`."""
        return next((t for t in self.transiciones if t.id == cual and estado in t.de), None)

    def del_reloj(self, estado: str) -> list[Transicion]:
        """Las que da el reloj al vencer un plazo."""
        return [t for t in self.transiciones if estado in t.de and t.al_vencer]


_ID = {"type": "string", "pattern": FORMA_DE_ID}
_NORMAS = {"type": "array", "items": {"type": "string"}, "minItems": 1}
_PLAZO = {
    "type": "object",
    "required": ["dias_habiles", "desde"],
    "properties": {
        "dias_habiles": {"type": "integer", "minimum": 1, "maximum": 365},
        "desde": {"type": "string", "enum": list(SUCESOS)},
        "base_legal": _NORMAS,
    },
    "additionalProperties": False,
}
_EFECTO = {
    "type": ["string", "object"],
    "minProperties": 1,
    "maxProperties": 1,
    "properties": {
        "notificar": _ID,
        "ampliar_plazo": {"type": "integer", "minimum": 1, "maximum": 365},
        "responder": _ID,
    },
    "additionalProperties": False,
}

ESQUEMA_FLUJO: dict[str, Any] = {
    "type": "object",
    "required": ["inicial", "plazo", "estados", "transiciones"],
    "properties": {
        "inicial": _ID,
        "al_presentar": {"type": "array", "items": _EFECTO},
        "plazo": {
            "type": "object",
            "required": ["dias_habiles"],
            "properties": {
                "dias_habiles": {"type": "integer", "minimum": 1, "maximum": 365},
                "ambar": {"type": "integer", "minimum": 1, "maximum": 60},
                "rojo": {"type": "integer", "minimum": 0, "maximum": 60},
                "base_legal": _NORMAS,
                "fijo": {"$ref": "#/$defs/fijo"},
            },
            "additionalProperties": False,
        },
        "estados": {
            "type": "array",
            "minItems": 1,
            "maxItems": 40,
            "items": {
                "type": "object",
                "required": ["id", "etiqueta", "ciudadano"],
                "properties": {
                    "id": _ID,
                    "etiqueta": TEXTO_CORTO,
                    "ciudadano": TEXTO,
                    "final": {"type": "boolean"},
                    "suspende_plazo": {"type": "boolean"},
                    "fijo": {"$ref": "#/$defs/fijo"},
                },
                "additionalProperties": False,
            },
        },
        "transiciones": {
            "type": "array",
            "maxItems": 120,
            "items": {
                "type": "object",
                "required": ["id", "de", "a", "etiqueta", "quien"],
                "properties": {
                    "id": _ID,
                    "de": {"type": "array", "items": _ID, "minItems": 1, "uniqueItems": True},
                    "a": _ID,
                    "etiqueta": TEXTO_CORTO,
                    "ayuda": TEXTO,
                    "quien": {"type": "array", "items": {"type": "string"}, "minItems": 1},
                    "pide": {"type": "array", "items": {"type": "object"}, "maxItems": 20},
                    "acto": {"type": "string", "enum": list(ACTOS)},
                    "una_vez": {"type": "boolean"},
                    "hasta": _PLAZO,
                    "al_vencer": _PLAZO,
                    "efectos": {"type": "array", "items": _EFECTO},
                    "reabre": {"type": "boolean"},
                    "base_legal": _NORMAS,
                    "fijo": {"$ref": "#/$defs/fijo"},
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}


def crear_flujo(dato: Mapping[str, Any]) -> Flujo:
    """El flujo de un dato que ya pasó el esquema."""
    plazo = dato["plazo"]
    return Flujo(
        inicial=dato["inicial"],
        estados={e["id"]: _estado(e) for e in dato["estados"]},
        transiciones=tuple(_transicion(t) for t in dato["transiciones"]),
        plazo=Plazo(plazo["dias_habiles"], "presentado", tuple(plazo.get("base_legal", ()))),
        ambar=plazo.get("ambar", 5),
        rojo=plazo.get("rojo", 2),
    )


def crear_efectos(datos: Any) -> tuple[Efecto, ...]:
    """Los efectos de una lista de la definición: nombres sueltos o `{notificar: mensaje}`."""
    return tuple(
        Efecto(d) if isinstance(d, str) else Efecto(*next(iter(d.items()))) for d in datos or ()
    )


def _estado(dato: Mapping[str, Any]) -> Estado:
    return Estado(
        dato["id"],
        dato["etiqueta"],
        dato["ciudadano"],
        dato.get("final", False),
        dato.get("suspende_plazo", False),
    )


def _transicion(dato: Mapping[str, Any]) -> Transicion:
    return Transicion(
        id=dato["id"],
        de=tuple(dato["de"]),
        a=dato["a"],
        etiqueta=dato["etiqueta"],
        ayuda=dato.get("ayuda"),
        quien=frozenset(dato["quien"]),
        pide=tuple(crear_campo(c) for c in dato.get("pide", ())),
        acto=dato.get("acto"),
        una_vez=dato.get("una_vez", False),
        hasta=_plazo(dato.get("hasta")),
        al_vencer=_plazo(dato.get("al_vencer")),
        efectos=crear_efectos(dato.get("efectos")),
        reabre=dato.get("reabre", False),
        base_legal=tuple(dato.get("base_legal", ())),
    )


def _plazo(dato: Mapping[str, Any] | None) -> Plazo | None:
    if dato is None:
        return None
    return Plazo(dato["dias_habiles"], dato["desde"], tuple(dato.get("base_legal", ())))

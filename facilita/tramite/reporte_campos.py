"""Lo que se pregunta en el reporte de cumplimiento y lo que el sistema ya sabe. Puro."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from facilita.definicion.campos import Campo, crear_campo
from facilita.definicion.campos.fechas import escribir_fecha

SERVICIOS, DECLARACION = "servicios", "declaracion"
ESTADOS = {
    "en_linea": "En línea",
    "en_prueba": "En prueba",
    "fuera": "Fuera de servicio",
}
"""Cómo está un servicio digitalizado."""
TEXTO_JURADO = (
    "Declaro bajo juramento que lo que reporto es verdad y que la mesa de partes digital de mi "
    "entidad recibe documentos en la dirección que digo."
)


def _campo(cual: str, etiqueta: str, tipo: str = "texto", **mas: Any) -> Campo:
    return crear_campo({"id": cual, "tipo": tipo, "etiqueta": etiqueta, "obligatorio": True, **mas})


def _opciones(de: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"valor": valor, "etiqueta": etiqueta} for valor, etiqueta in de.items()]


_DE_SERVICIO: list[dict[str, Any]] = [
    {"id": "nombre", "tipo": "texto", "etiqueta": "Nombre del servicio", "obligatorio": True,
     "largo_maximo": 200, "ejemplo": "Licencia de funcionamiento"},
    {"id": "responsable", "tipo": "texto", "etiqueta": "Quién responde por él",
     "obligatorio": True, "largo_maximo": 150, "ayuda": "Un área o una persona."},
    {"id": "estado", "tipo": "lista", "etiqueta": "Estado", "obligatorio": True,
     "opciones": _opciones(ESTADOS)},
    {"id": "desde", "tipo": "fecha", "etiqueta": "En línea desde", "obligatorio": True,
     "hasta": "hoy"},
    {"id": "hasta", "tipo": "fecha", "etiqueta": "Hasta", "obligatorio": False, "hasta": "hoy",
     "ayuda": "Solo si ya no está en línea."},
    {"id": "recibidas", "tipo": "numero", "etiqueta": "Solicitudes recibidas",
     "obligatorio": True, "minimo": 0, "maximo": 999999999},
]  # fmt: skip

GRUPOS: tuple[tuple[str, tuple[Campo, ...]], ...] = (
    (
        "Quién responde por la mesa de partes",
        (
            _campo("responsable", "Nombres y apellidos", largo_maximo=150),
            _campo("cargo", "Cargo que ocupa", largo_maximo=120,
                   ejemplo="Jefe de Tecnologías de la Información"),
            _campo("correo", "Correo institucional", "correo"),
            _campo("telefono", "Teléfono", largo_maximo=40, ejemplo="(01) 555-0123"),
        ),
    ),
    (
        "Interoperabilidad",
        (
            _campo("interopera", "¿La mesa de partes intercambia datos con otros sistemas?",
                   "opcion_unica",
                   opciones=_opciones({"si": "Sí", "no": "No"}),
                   ayuda="Por ejemplo, con tu sistema de trámite o con la PIDE."),
            _campo("interopera_con", "Con cuáles y para qué", "parrafo", largo_maximo=500,
                   ayuda="Solo si respondiste que sí.",
                   si={"campo": "interopera", "es": "si"}),
        ),
    ),
    (
        "Los servicios digitalizados",
        (
            _campo(SERVICIOS, "Otros servicios que se piden en línea", "grupo", obligatorio=False,
                   maximo=50, nombre_de_fila="Servicio", campos=_DE_SERVICIO,
                   ayuda="La mesa de partes no se cuenta aquí. Agrega los que faltan."),
        ),
    ),
    (
        "Declaración jurada",
        (_campo(DECLARACION, "Declaración jurada", "consentimiento", texto=TEXTO_JURADO),),
    ),
)  # fmt: skip
"""Lo que se pregunta, por grupos."""
CAMPOS: tuple[Campo, ...] = tuple(campo for _, campos in GRUPOS for campo in campos)


@dataclass(frozen=True)
class Servicio:
    """Un servicio que la entidad ofrece en la plataforma, como el sistema lo sabe."""

    nombre: str
    responsable: str
    desde: date
    recibidas: int


def llenado(
    datos: Mapping[str, str], servicios: Sequence[Servicio], anterior: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Lo que ya se sabe, como si se hubiera escrito: nada se pregunta dos veces.

    Lo que se declaró la vez pasada manda sobre los datos de la entidad; lo que se cuenta, no.
    """
    mesa = (anterior or {}).get("mesa", {})
    crudo: dict[str, Any] = {c: mesa.get(c) or datos.get(c, "") for c in _DE_LA_MESA}
    antes = {s["nombre"]: s for s in (anterior or {}).get(SERVICIOS, ())}
    filas = [_fila(s, antes.pop(s.nombre, {}), crudo["responsable"]) for s in servicios]
    crudo[SERVICIOS] = filas + [_otra_vez(s) for s in antes.values()]
    return crudo


_DE_LA_MESA = ("responsable", "cargo", "correo", "telefono", "interopera", "interopera_con")


def _fila(servicio: Servicio, antes: Mapping[str, Any], si_nadie: str) -> dict[str, str]:
    return {
        "nombre": servicio.nombre,
        "responsable": antes.get("responsable") or servicio.responsable or si_nadie,
        "estado": antes.get("estado") or "en_linea",
        "desde": escribir_fecha(servicio.desde),
        "hasta": _en_pantalla(antes.get("hasta")),
        "recibidas": str(servicio.recibidas),
    }


def _otra_vez(antes: Mapping[str, Any]) -> dict[str, str]:
    """Uno que la entidad agregó a mano la vez pasada."""
    fila = {clave: str(antes.get(clave) or "") for clave in ("nombre", "responsable", "estado")}
    fechas = {clave: _en_pantalla(antes.get(clave)) for clave in ("desde", "hasta")}
    return fila | fechas | {"recibidas": str(antes.get("recibidas", ""))}


def _en_pantalla(dia: str | None) -> str:
    return escribir_fecha(date.fromisoformat(dia)) if dia else ""

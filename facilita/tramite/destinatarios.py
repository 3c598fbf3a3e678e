"""De quién es una solicitud y en qué casilla se le puede notificar (N50)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from facilita.definicion import Definicion
from facilita.tramite.cargo import normalizar_identidad, valor_de
from facilita.tramite.caso import Caso
from facilita.tramite.modelos import Casilla, Persona

DECLARADA, PRESENCIAL = "declarada", "presencial"


@dataclass(frozen=True)
class Identidad:
    """Quién es alguien según lo que presentó: su documento y su nombre."""

    tipo: str
    numero: str
    nombres: str


def identidad_de(
    definicion: Definicion, respuestas: Mapping[str, Any], nombres: str
) -> Identidad | None:
    """De quién es una solicitud: la organización por su RUC o la persona por su documento."""
    ruc = valor_de(definicion, respuestas, "ruc")
    if ruc:
        return Identidad("ruc", str(ruc), nombres)
    numero = valor_de(definicion, respuestas, "identidad")
    tipo = valor_de(definicion, respuestas, "tipo_documento_identidad")
    if not numero:
        return None
    return Identidad(str(tipo or "otro"), normalizar_identidad(str(numero)), nombres)


def de_caso(caso: Caso) -> Identidad | None:
    """De quién es la solicitud de un caso."""
    return identidad_de(caso.definicion, caso.respuestas, caso.solicitud.remitente)


def contacto_de(definicion: Definicion, respuestas: Mapping[str, Any]) -> tuple[str, str]:
    """El correo y el celular que dejó en su solicitud; vacíos si no."""
    usos = (valor_de(definicion, respuestas, uso) for uso in ("correo", "celular"))
    correo, celular = (str(valor or "") for valor in usos)
    return correo, celular


def casilla_de(sesion: Session, tipo: str, numero: str) -> Casilla | None:
    """La casilla abierta de un documento."""
    return sesion.scalar(
        select(Casilla)
        .join(Persona, Persona.id == Casilla.persona_id)
        .where(Persona.tipo == tipo, Persona.numero == numero, Casilla.cerrada_en.is_(None))
    )


def por_que_no(caso: Caso, casilla: Casilla | None) -> str | None:
    """Por qué no se le puede notificar ahí; nada si se puede."""
    if casilla is None:
        return "La persona no tiene una casilla activa."
    mismo = (caso.solicitud.correo or "").casefold() == casilla.correo.casefold()
    if casilla.nivel != PRESENCIAL and not mismo:
        return (
            "Su casilla tiene la identidad solo declarada y otro correo que esta solicitud: hay "
            "que validarla en persona."
        )
    return None

"""Los tipos de campo: una clase por tipo y este registro, el único lugar donde se enumeran."""

from collections.abc import Mapping
from typing import Any

from facilita.definicion.campos.archivos import Archivos
from facilita.definicion.campos.base import COMUNES, Campo, Error, Lector, Mostrado
from facilita.definicion.campos.numeros import Folios, Numero
from facilita.definicion.campos.opciones import Consentimiento, Lista, OpcionUnica, Sede
from facilita.definicion.campos.personas import DocumentoIdentidad, Ruc, Ubigeo
from facilita.definicion.campos.textos import (
    Correo,
    Enlace,
    Expediente,
    Informativo,
    Parrafo,
    Telefono,
    Texto,
)

REGISTRO: Mapping[str, type[Campo]] = {
    clase.tipo: clase
    for clase in (
        Texto,
        Parrafo,
        Numero,
        Folios,
        OpcionUnica,
        Lista,
        Consentimiento,
        DocumentoIdentidad,
        Ruc,
        Correo,
        Telefono,
        Ubigeo,
        Sede,
        Archivos,
        Enlace,
        Expediente,
        Informativo,
    )
}


def esquema_de(clase: type[Campo]) -> dict[str, Any]:
    """El JSON Schema de un tipo de campo: lo común y lo suyo."""
    comunes = dict(COMUNES)
    if not clase.se_responde:
        for propiedad in ("etiqueta", "ejemplo", "obligatorio", "mensajes", "autocompletar", "uso"):
            del comunes[propiedad]
    return {
        "type": "object",
        "required": ["id", "tipo", *clase.exigidas],
        "properties": {**comunes, **clase.propiedades},
        "additionalProperties": False,
    }


def crear_campo(dato: Mapping[str, Any]) -> Campo:
    """El campo de un dato que ya pasó su esquema."""
    return REGISTRO[dato["tipo"]](dato)


__all__ = ["REGISTRO", "Campo", "Error", "Lector", "Mostrado", "crear_campo", "esquema_de"]

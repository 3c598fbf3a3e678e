"""Los tipos de campo: una clase por tipo y este registro, el único lugar donde se enumeran."""

from typing import Any

from facilita.definicion.campos.archivos import Archivos
from facilita.definicion.campos.base import COMUNES, Campo, Error, Lector, Mostrado
from facilita.definicion.campos.compuestos import Grupo, Pago
from facilita.definicion.campos.dinero import Dinero
from facilita.definicion.campos.fechas import Fecha, Hora
from facilita.definicion.campos.multiples import OpcionesMultiples, SiNo
from facilita.definicion.campos.numeros import Folios, Numero
from facilita.definicion.campos.opciones import Consentimiento, Lista, OpcionUnica, Sede
from facilita.definicion.campos.personas import DocumentoIdentidad, Ruc, Ubigeo
from facilita.definicion.campos.registro import REGISTRO, crear_campo, registrar
from facilita.definicion.campos.textos import (
    Correo,
    Enlace,
    Expediente,
    Informativo,
    Parrafo,
    Telefono,
    Texto,
)

registrar(
    Texto, Parrafo, Numero, Dinero, Fecha, Hora, Folios,
    OpcionUnica, Lista, OpcionesMultiples, SiNo, Consentimiento,
    DocumentoIdentidad, Ruc, Correo, Telefono, Ubigeo, Sede,
    Archivos, Enlace, Expediente, Pago, Grupo, Informativo,
)  # fmt: skip


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


__all__ = ["REGISTRO", "Campo", "Error", "Lector", "Mostrado", "crear_campo", "esquema_de"]

"""Lo que espera a la SGTD en la demostración: una entidad que pide su acceso y otra que reporta."""

from collections.abc import Mapping
from typing import Any

from facilita.definicion.campos import Error
from facilita.definicion.campos.archivos import Archivos
from facilita.demo.papel import carta
from facilita.tramite import archivos, borradores, formularios, solicitudes
from facilita.tramite.archivos import Subida
from facilita.tramite.entorno import Entorno
from facilita.tramite.formularios import Vigente

ACEPTA = {"declaracion_jurada": "true", "privacidad": "true"}


def _pide(**cambios: str) -> Mapping[str, Any]:
    return {
        "tipo_entidad": "gobierno_local", "cargo_autoridad": "Alcalde", "folios": "1",
        "tipo_documento_identidad": "dni", "cargo": "Jefe de Tecnologías de la Información",
        "celular": "987654321", **cambios,
    }  # fmt: skip


PEDIDOS: Mapping[str, Mapping[str, Any]] = {
    "solicitud-de-acceso": {
        **_pide(
            nombre_entidad="Municipalidad Distrital de Flor del Inca", siglas="MD Flor del Inca",
            ruc="20771013709", direccion="Plaza de Armas 100", nombre_autoridad="Elías Condori",
            numero_oficio="Oficio N.° 031-2026-MDFI/A", nombres="Nélida",
            apellido_paterno="Taipe", apellido_materno="Huamán",
            numero_documento_identidad="43120987", correo="nelida.taipe@mdflordelinca.example",
        ),
        "ubigeo": ["Huancavelica, Huancavelica"],
    },
    "sistema-propio": {
        **_pide(
            nombre_entidad="Municipalidad Distrital de Ichu Pampa", siglas="MD Ichu Pampa",
            ruc="20771027408", direccion="Jr. Libertad 210", nombre_autoridad="Rómulo Ccasa Puma",
            numero_oficio="Oficio N.° 118-2026-MDIP/A", nombres="Wilber", apellido_paterno="Ñaupa",
            apellido_materno="Roca", numero_documento_identidad="44871230",
            correo="wilber.naupa@mdichupampa.example",
            direccion_sistema="https://mesadepartes.mdichupampa.example",
            desde_cuando="2025-08-04",
            como_informa="Envía un correo en cada cambio de estado.",
        ),
        "ubigeo": ["Abancay, Abancay"],
    },
}  # fmt: skip
"""Formulario de la plataforma → lo que presenta alguien. Todo es inventado."""


def presentar(entorno: Entorno, plataforma: str, cual: str) -> None:
    """Presenta uno de los pedidos, con su oficio."""
    vigente = formularios.vigente(entorno, plataforma, cual)
    crudo = PEDIDOS[cual]
    oficio = _oficio(entorno, vigente, crudo)
    ficha, _ = borradores.abrir(entorno, vigente, crudo, [oficio])
    hecha = solicitudes.presentar(entorno, vigente.entidad, ficha, ACEPTA)
    if hecha.codigo is None:
        errores = hecha.paso.lectura.errores if hecha.paso else ()
        raise RuntimeError(f"«{cual}» no se pudo presentar: {errores}")


def _oficio(entorno: Entorno, vigente: Vigente, crudo: Mapping[str, Any]) -> Subida:
    campo = vigente.definicion.campos["oficio"]
    if not isinstance(campo, Archivos):
        raise RuntimeError("el campo «oficio» no recibe archivos")
    lineas = [
        crudo["numero_oficio"], "", f"Señores {vigente.entidad.nombre}:", "",
        f"{crudo['nombre_entidad']} designa como líder de TI a {crudo['nombres']} "
        f"{crudo['apellido_paterno']}, DNI {crudo['numero_documento_identidad']}.",
        "", "Atentamente,", "", crudo["nombre_autoridad"], crudo["cargo_autoridad"],
        "", "(Documento de demostración: nada de esto es verdad.)",
    ]  # fmt: skip
    with entorno.almacen.recibir() as recepcion:
        recepcion.write(carta(lineas))
        subida = archivos.recibir(entorno, vigente.entidad.slug, campo, "oficio.pdf", recepcion)
    if isinstance(subida, Error):
        raise RuntimeError(f"no se aceptó el oficio: {subida.texto}")
    return subida

"""Un PDF hecho y firmado en el momento, para lo de la casilla: la constancia y el acto escrito."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from facilita.plazos import a_lima
from facilita.servicios import sello, taller
from facilita.tramite import imprenta, sellos
from facilita.tramite.ambito import NADA
from facilita.tramite.documentos import certificado_de
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto

OCUPADO = "No pudimos hacer el PDF en este momento. Prueba otra vez en un minuto."


@dataclass(frozen=True)
class PorImprimir:
    """Lo que se imprime y lo que se declara de ello."""

    clase: str
    entidad: str
    """La dirección de la entidad: con su certificado se firma, si lo tiene."""
    codigo: str
    numero: str
    fecha: datetime
    datos: Mapping[str, Any]
    """Los del impreso «documento»."""
    congelado: Mapping[str, Any]
    """Los que viajan dentro del PDF y se declaran."""


def imprimir(entorno: Entorno, papel: PorImprimir) -> bytes:
    """El PDF, con la firma de la entidad o el sello de la plataforma (N21); lanza `Conflicto`."""
    ahora = entorno.reloj.ahora()
    suyo, certificado = sellos.vigente(entorno), certificado_de(entorno, papel.entidad, ahora)
    tsa = entorno.firmas.tsa if certificado else None
    congelado = dict(papel.congelado)
    declaracion = sello.declarar(
        suyo.claves,
        sello.Declaracion(
            clase=papel.clase,
            codigo=papel.codigo,
            numero=papel.numero,
            fecha=a_lima(papel.fecha).isoformat(timespec="seconds"),
            huella=sello.huella_de(congelado),
        ),
    )
    direccion = f"{entorno.direccion_publica}/verificar/{papel.codigo}"
    datos = {
        **papel.datos,
        "qr": {
            "texto": f"{direccion}?d={declaracion}",
            "descripcion": f"Código QR con la dirección {direccion} y la declaración firmada",
        },
        "al_pie_del_qr": [
            f"Comprueba este documento en {direccion}",
            imprenta.dice_quien_firma(certificado, tsa.nombre if tsa else None),
            f"Huella de los datos: {sello.huella_de(congelado)}",
        ],
    }
    anexo = {"clase": papel.clase, "declaracion": declaracion, "datos": congelado}
    firma = imprenta.como_firmar(suyo, certificado, tsa, str(papel.datos["titulo"]), ahora)
    try:
        pdf, _ = taller.imprimir("documento", datos, papel.fecha, anexo, firma)
    except taller.TallerFallo:
        raise Conflicto(OCUPADO) from None
    if certificado:
        with entorno.bd.transaccion(NADA) as sesion:
            sellos.anotar_certificado(sesion, entorno, certificado, papel.entidad)
    return pdf

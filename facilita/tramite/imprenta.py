"""Cómo se imprime una hoja y con qué se firma: lo que el taller recibe (N20, N21)."""

import base64
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from facilita.plazos import a_lima
from facilita.servicios import sello
from facilita.servicios.firmas import Certificado
from facilita.tramite.caso import Caso
from facilita.tramite.entorno import Entorno
from facilita.tramite.hojas import Hoja
from facilita.tramite.modelos import Documento
from facilita.tramite.sellos import SelloEnUso

SIN_FIRMA_DIGITAL = (
    "Lleva un sello electrónico de la plataforma, que demuestra que no cambió desde que se hizo. "
    "No es una firma digital de la IOFE."
)


def declaracion(documento: Documento, caso: Caso, hoja: Hoja) -> sello.Declaracion:
    """Lo que la plataforma declara de un documento."""
    return sello.Declaracion(
        clase=documento.clase,
        codigo=caso.solicitud.codigo,
        numero=caso.solicitud.numero,
        fecha=a_lima(hoja.fecha).isoformat(timespec="seconds"),
        huella=sello.huella_de(hoja.congelado),
    )


def dice_quien_firma(certificado: Certificado | None, tsa: str | None) -> str:
    """Con qué se firma, en palabras: no afirma más de lo que es (N21)."""
    if certificado is None:
        return SIN_FIRMA_DIGITAL
    tiempo = f"con sello de tiempo de {tsa}" if tsa else "sin sello de tiempo de un tercero"
    return (
        f"Lleva la firma electrónica de la entidad, hecha por su agente automatizado con el "
        f"certificado «{certificado.nombre}», emitido por «{certificado.emisor}», {tiempo}."
    )


def imprime(
    entorno: Entorno, caso: Caso, hoja: Hoja, declaracion: str, quien_firma: str
) -> dict[str, Any]:
    """Los datos de una hoja para su impreso, con su QR."""
    direccion = f"{entorno.direccion_publica}/verificar/{caso.solicitud.codigo}"
    entidad = caso.entidad
    return {
        "titulo": hoja.titulo,
        "descripcion": f"{hoja.titulo} del registro {caso.solicitud.numero}",
        "entidad": {
            "nombre": entidad.nombre,
            "ruc": entidad.ruc,
            "unidad": (hoja.congelado.get("entidad") or {}).get("unidad"),
            "direccion": entidad.direccion,
        },
        "pie": f"{entidad.nombre_corto} · Registro {caso.solicitud.numero} · {hoja.titulo}",
        "qr": {
            "texto": f"{direccion}?d={declaracion}",
            "descripcion": f"Código QR con la dirección {direccion} y la declaración firmada",
        },
        "al_pie_del_qr": [
            f"Comprueba este documento en {direccion}",
            quien_firma,
            f"Huella de los datos: {sello.huella_de(hoja.congelado)}",
        ],
        **hoja.cuerpo,
    }


def como_firmar(
    suyo: SelloEnUso, certificado: Certificado | None, tsa: Any, motivo: str, ahora: datetime
) -> dict[str, Any]:
    """Con qué firma el taller: el certificado de la entidad o el sello de la plataforma."""
    comun = {
        "ahora": ahora.isoformat(),
        "motivo": motivo,
        "tsa": {"url": tsa.url, "usuario": tsa.usuario, "clave": tsa.clave} if tsa else None,
    }
    if certificado is not None:
        p12 = base64.b64encode(certificado.p12).decode()
        return {**comun, "p12": p12, "clave": certificado.clave}
    privada = suyo.claves.firma.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return {
        **comun,
        "privada": base64.b64encode(privada).decode(),
        "certificado": suyo.certificado,
    }

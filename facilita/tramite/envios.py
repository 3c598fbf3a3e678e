"""Las salidas de la casilla: las dos alertas de un depósito y los códigos de un solo uso (N51).

Un código no se guarda: sale del secreto de la instalación al entregarlo, así que quien mira la
bandeja de salida de una entidad no lo ve.
"""

import hmac
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from facilita.servicios.codigos import ficha_derivada
from facilita.servicios.mensajeria import TextoCelular
from facilita.tramite.entorno import Entorno
from facilita.tramite.modelos import Salida

CORREO, CELULAR = "correo", "celular"
CANALES = (CORREO, CELULAR)
ALERTAS = {canal: f"alerta_{canal}" for canal in CANALES}
CODIGOS = {canal: f"codigo_{canal}" for canal in CANALES}
AL_CELULAR = (ALERTAS[CELULAR], CODIGOS[CELULAR])
"""Las clases de salida que van al celular; las demás son correos."""
DEL_CODIGO, DEL_ENLACE, DE_LA_FICHA = "{codigo}", "{enlace}", "{ficha}"


def codigo_de(secreto: str, de: str) -> str:
    """Las seis cifras que siempre tocan a lo mismo."""
    firma = hmac.digest(secreto.encode(), f"codigo\n{de}".encode(), "sha256")
    return f"{int.from_bytes(firma[:8]) % 1_000_000:06d}"


def es_el_codigo(secreto: str, de: str, escrito: str) -> bool:
    """Si lo escrito es ese código, con o sin espacios."""
    limpio = "".join(escrito.split())[:20].encode("utf-8", "surrogatepass")
    return hmac.compare_digest(limpio, codigo_de(secreto, de).encode())


def secreto_de(secreto: str, de: str) -> str:
    """Lo que nadie adivina de un enlace de ingreso: 128 bits que siempre tocan a lo mismo."""
    return hmac.digest(secreto.encode(), f"enlace\n{de}".encode(), "sha256")[:16].hex()


def texto_de(entorno: Entorno, salida: Salida) -> str:
    """El texto de una salida, con su código, su enlace o su ficha si los lleva."""
    texto, datos = str(salida.datos["texto"]), salida.datos
    if de := datos.get("codigo_de"):
        texto = texto.replace(DEL_CODIGO, codigo_de(entorno.secreto, de))
        texto = texto.replace(DEL_ENLACE, secreto_de(entorno.secreto, de))
    if de := datos.get("ficha_de"):
        texto = texto.replace(DE_LA_FICHA, ficha_derivada(entorno.secreto, de))
    return texto


def texto_celular(entorno: Entorno, salida: Salida) -> TextoCelular:
    """El mensaje al celular de una salida, con la misma identidad en cada reintento."""
    dominio = urlsplit(entorno.direccion_publica).hostname or "localhost"
    return TextoCelular(
        f"{salida.clave}@{dominio}", salida.datos["para"], texto_de(entorno, salida)
    )


def dejar_codigo(
    sesion: Session,
    *,
    canal: str,
    de: str,
    para: str,
    entidad_id: int,
    para_que: str,
    enlace: str,
    ahora: datetime,
    dura: timedelta = timedelta(minutes=15),
    directo: str = "",
) -> None:
    """Deja escrito el envío de un código; el trabajador lo entrega enseguida."""
    vence = f"Vence en {'2 días' if dura.days else '15 minutos'}"
    texto = f"{DEL_CODIGO} es tu código para {para_que}. {vence}. No se lo des a nadie."
    if canal == CORREO:
        texto = (
            f"Tu código para {para_que} es: {DEL_CODIGO}\n\n"
            f"Escríbelo aquí:\n{enlace}\n\n"
            f"{directo}"
            f"{vence} y sirve una sola vez. Nadie de una entidad te lo va a pedir. "
            "Si no lo pediste tú, no hagas nada.\n"
        )
    sesion.add(
        Salida(
            entidad_id=entidad_id,
            clase=CODIGOS[canal],
            clave=f"codigo.{de}.{canal}",
            datos={
                "para": para,
                "asunto": f"Tu código para {para_que}",
                "texto": texto,
                "codigo_de": f"{de}.{canal}",
            },
            proxima_en=ahora,
            creada_en=ahora,
        )
    )

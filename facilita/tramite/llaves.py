"""La llave de un expediente: va en sus correos y deja probar el documento aunque otros fallen.

No abre nada sola: quien la tiene todavía escribe el documento, y sus fallos llevan su cuenta. Son
128 bits que salen del secreto de la instalación: quien sabe un código no la sabe.
"""

import hmac

from facilita.tramite.entorno import Entorno


def llave_de(entorno: Entorno, codigo: str) -> str:
    """La llave de un código de seguimiento; siempre la misma."""
    firma = hmac.digest(entorno.secreto.encode(), f"llave\n{codigo}".encode(), "sha256")
    return firma[:16].hex()


def es_su_llave(entorno: Entorno, codigo: str, escrita: str) -> bool:
    """Si lo escrito es la llave de ese código."""
    dada = escrita.encode("utf-8", "surrogatepass")
    return hmac.compare_digest(dada, llave_de(entorno, codigo).encode())


def direccion_con_llave(entorno: Entorno, codigo: str) -> str:
    """La dirección del seguimiento, como va en los correos de la persona."""
    llave = llave_de(entorno, codigo)
    return f"{entorno.direccion_publica}/seguimiento/{codigo}?llave={llave}"

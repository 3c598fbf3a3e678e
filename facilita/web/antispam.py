"""Lo que separa a una persona de un programa, sin terceros ni acertijos: trampa, prisa y cuentas.

Una duda nunca pierde un envío: lo escrito queda guardado y se pide confirmarlo (N04). La primera
página es la misma para todos, así que la hora se empieza a contar en la revisión del borrador.
"""

import hmac
from datetime import UTC, datetime, timedelta

import structlog
from flask import request

from facilita.servicios.codigos import ficha_derivada, huella
from facilita.tramite.leido import Leido
from facilita.tramite.sospechas import MUCHOS, TRAMPA, dudas
from facilita.web.limites import limitador, red
from facilita.web.mundo import entorno, mundo

registro = structlog.get_logger(__name__)

CAMPO_TRAMPA = "sitio-web"
"""Un nombre que un programa llena con gusto y que ningún campo de un formulario puede tener."""
MIRADA = "-mirada"
CONFIRMA = "-confirma"
# Por red y formulario: pasado esto se pide confirmar. Detrás de una dirección de telefonía hay
# cientos de teléfonos; un formulario recibe de ella, en un día malo, pocas decenas por minuto.
SOSPECHOSO = "60/minute"
# Por red, para todo: pasado esto se pide esperar, con lo escrito en la pantalla.
DEMASIADO = "600/minute;10000/hour"
ESPERA = "60"
"""Los segundos que se pide esperar."""
_LARGO = 24


def cabe_otro_borrador() -> bool:
    """Si esta red puede empezar otro; si no, se le pide esperar sin perder lo escrito."""
    return limitador.cabe(DEMASIADO, "empezar", red())


def senales_de_empezar(entidad: str, formulario: str) -> list[str]:
    """Lo que hace dudar al enviar la primera página: se recuerda en el borrador."""
    senales = [TRAMPA] if _cayo_en_la_trampa() else []
    if not limitador.cabe(SOSPECHOSO, "empezar", red(), entidad, formulario):
        senales.append(MUCHOS)
    return senales


def _cayo_en_la_trampa() -> bool:
    return bool(request.form.get(CAMPO_TRAMPA, "").strip())


def marca_de_mirada(ficha: str) -> str:
    """La hora en que se mostró la revisión, firmada: va en la página y vuelve al presentar.

    Si la página vuelve con errores la hora es la de antes: ya la había mirado.
    """
    segundo = int((_mirada_en(ficha) or entorno().reloj.ahora()).timestamp())
    return f"{segundo}.{_firma(ficha, segundo)}"


def marca_de_confirmacion(ficha: str) -> str:
    """Lo que lleva el botón de la página que pide confirmar; no se puede inventar."""
    return _firma(ficha, "confirma")


def por_confirmar(leido: Leido, ficha: str) -> tuple[str, ...]:
    """Lo que hace dudar de este envío, si la persona todavía no lo confirmó."""
    if hmac.compare_digest(_enviado(CONFIRMA), marca_de_confirmacion(ficha).encode()):
        return ()
    senales = [*(leido.borrador.senales or ()), *([TRAMPA] if _cayo_en_la_trampa() else ())]
    minimo = timedelta(seconds=mundo().ajustes.segundos_de_revision)
    halladas = dudas(senales, _mirada_en(ficha), entorno().reloj.ahora(), minimo)
    if halladas:
        registro.info("antispam.confirmar", dudas=halladas, borrador=huella(ficha)[:12])
    return halladas


def _mirada_en(ficha: str) -> datetime | None:
    segundo, _, firma = _enviado(MIRADA).partition(b".")
    if not segundo.isdigit() or len(segundo) > 12:
        return None
    if not hmac.compare_digest(firma, _firma(ficha, int(segundo)).encode()):
        return None
    return datetime.fromtimestamp(int(segundo), UTC)


def _enviado(nombre: str) -> bytes:
    return request.form.get(nombre, "")[:200].encode("utf-8", "surrogatepass")


def _firma(ficha: str, que: object) -> str:
    return ficha_derivada(entorno().secreto, "revision", huella(ficha), que)[:_LARGO]

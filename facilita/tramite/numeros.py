"""La numeración: progresiva y sin huecos, por entidad y año, con la hora de su turno (N22)."""

import re
from collections.abc import Mapping
from datetime import datetime
from string import Formatter
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from facilita.plazos import fecha_lima
from facilita.servicios.reloj import Reloj
from facilita.tramite.modelos import Contador

FORMATOS = {"registro": "{numero:06d}-{anio}", "expediente": "EXP-{numero:06d}-{anio}"}
LARGO = 60
_CIFRAS = {"numero": r"(?P<numero>\d{1,9})", "anio": r"(?P<anio>\d{4})"}
_SEPARADOR = re.compile(r"(\\?-|\\ )+")


def dar_numero(
    sesion: Session, reloj: Reloj, serie: str, numeracion: Mapping[str, Any]
) -> tuple[str, datetime]:
    """El siguiente número de la serie y el instante en que se dio, que nunca retrocede.

    Deja tomado el turno del contador hasta que la transacción termina: si no se confirma, el
    número no se gastó.
    """
    contador = _tomar(sesion, serie, reloj.ahora(), numeracion)
    # El año pudo cambiar mientras se esperaba el turno.
    while fecha_lima(ahora := max(reloj.ahora(), contador.dado_en)).year != contador.anio:
        contador = _tomar(sesion, serie, ahora, numeracion)
    contador.ultimo += 1
    contador.dado_en = ahora.replace(microsecond=0)
    formato = numeracion.get(serie, FORMATOS[serie])
    return formato.format(numero=contador.ultimo, anio=contador.anio), contador.dado_en


def falla_de_formato(formato: str) -> str | None:
    """Por qué un formato no sirve para numerar sin repetir, o `None` si sirve."""
    try:
        nombres = {nombre for _, nombre, _, _ in Formatter().parse(formato) if nombre is not None}
        hecho = formato.format(numero=999_999, anio=9999) if nombres == {"numero", "anio"} else ""
    except (ValueError, LookupError):
        hecho = ""
    if not hecho:
        return "lleva {numero} y {anio}, y nada más entre llaves; como «{numero:06d}-{anio}»"
    return None if len(hecho) <= LARGO else f"pasa de {LARGO} letras"


def como_se_dio(escrito: str, formato: str) -> str:
    """El número tal como se dio, aunque lo escriban sin ceros o sin guiones: «exp 1 2026»."""
    forma = ""
    for literal, nombre, _, _ in Formatter().parse(formato):
        cifras = _CIFRAS.get(nombre or "", "")
        forma += _SEPARADOR.sub(r"[\\s-]*", re.escape(literal))
        forma += f"(?P={nombre})" if cifras and cifras in forma else cifras
    hallado = re.fullmatch(forma, " ".join(escrito.split()), re.IGNORECASE | re.ASCII)
    if hallado is None:
        return escrito
    return formato.format(numero=int(hallado["numero"]), anio=int(hallado["anio"]))


def _tomar(sesion: Session, serie: str, ahora: datetime, numeracion: Mapping[str, Any]) -> Contador:
    anio = fecha_lima(ahora).year
    consulta = (
        select(Contador)
        .where(Contador.serie == serie, Contador.anio == anio)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    contador = sesion.scalar(consulta)
    if contador is None:
        _crear(sesion, serie, anio, ahora, numeracion)
        contador = sesion.scalar(consulta)
    if contador is None:
        raise RuntimeError("el contador recién creado no aparece")
    return contador


def _crear(
    sesion: Session, serie: str, anio: int, ahora: datetime, numeracion: Mapping[str, Any]
) -> None:
    """Crea el contador del año; si otro proceso lo creó a la vez, se queda con el suyo."""
    inicio = int(numeracion.get("inicio", {}).get(str(anio), 1)) if serie == "registro" else 1
    nuevo = Contador(serie=serie, anio=anio, ultimo=inicio - 1, dado_en=ahora)
    try:
        with sesion.begin_nested():
            sesion.add(nuevo)
    except IntegrityError:
        pass

"""La numeración: progresiva y sin huecos, por entidad y año, con la hora de su turno (N22)."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from string import Formatter
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from facilita.plazos import fecha_lima
from facilita.servicios.reloj import Reloj
from facilita.tramite.modelos import Contador

FORMATOS = {"registro": "{numero:06d}-{anio}", "expediente": "EXP-{numero:06d}-{anio}"}
LARGO = 60
_CIFRAS = {"numero": r"(?P<numero>\d{1,9})", "anio": r"(?P<anio>\d{4})"}
_SEPARADOR = re.compile(r"(\\?-|\\ )+")
_DEL_ANIO = (
    select(Contador)
    .where(Contador.serie.in_(tuple(FORMATOS)), Contador.anio == bindparam("anio"))
    .order_by(Contador.serie)
    .with_for_update()
    .execution_options(populate_existing=True)
)


def dar_numeros(
    sesion: Session, reloj: Reloj, numeracion: Mapping[str, Any]
) -> tuple[str, str, datetime]:
    """El número de registro, el de expediente y el instante en que se dieron, que no retrocede.

    Deja tomado el turno de los contadores hasta que la transacción termina: si no se confirma,
    los números no se gastaron.
    """
    contadores = _tomar(sesion, reloj.ahora(), numeracion)
    # El año pudo cambiar mientras se esperaba el turno.
    while fecha_lima(ahora := _instante(reloj, contadores)).year != contadores[0].anio:
        contadores = _tomar(sesion, ahora, numeracion)
    numeros = {}
    for contador in contadores:
        contador.ultimo += 1
        contador.dado_en = ahora.replace(microsecond=0)
        formato = numeracion.get(contador.serie, FORMATOS[contador.serie])
        numeros[contador.serie] = formato.format(numero=contador.ultimo, anio=contador.anio)
    return numeros["registro"], numeros["expediente"], contadores[0].dado_en


def _instante(reloj: Reloj, contadores: Sequence[Contador]) -> datetime:
    return max(reloj.ahora(), *(c.dado_en for c in contadores))


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


def _tomar(sesion: Session, ahora: datetime, numeracion: Mapping[str, Any]) -> Sequence[Contador]:
    """Los contadores del año con su turno, siempre en el mismo orden: nadie espera en círculo."""
    anio = fecha_lima(ahora).year
    contadores = sesion.scalars(_DEL_ANIO, {"anio": anio}).all()
    if len(contadores) < len(FORMATOS):
        for serie in FORMATOS:
            _crear(sesion, serie, anio, ahora, numeracion)
        contadores = sesion.scalars(_DEL_ANIO, {"anio": anio}).all()
    if len(contadores) < len(FORMATOS):
        raise RuntimeError("un contador recién creado no aparece")
    return contadores


def _crear(
    sesion: Session, serie: str, anio: int, ahora: datetime, numeracion: Mapping[str, Any]
) -> None:
    """Crea el contador del año; si ya está, o si otro lo creó a la vez, se queda ese."""
    inicio = int(numeracion.get("inicio", {}).get(str(anio), 1)) if serie == "registro" else 1
    nuevo = Contador(serie=serie, anio=anio, ultimo=inicio - 1, dado_en=ahora)
    try:
        with sesion.begin_nested():
            sesion.add(nuevo)
    except IntegrityError:
        pass

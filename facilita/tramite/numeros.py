"""La numeración: progresiva y sin huecos, por entidad y año, con la hora de su turno (N22)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from string import Formatter
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from facilita.definicion import Numeracion
from facilita.plazos import fecha_lima
from facilita.servicios.reloj import Reloj
from facilita.tramite.modelos import Contador

FORMATOS = {"registro": "{numero:06d}-{anio}", "expediente": "EXP-{numero:06d}-{anio}"}
_CIFRAS = {"numero": r"(?P<numero>\d{1,9})", "anio": r"(?P<anio>\d{4})"}
_SEPARADOR = re.compile(r"(\\?-|\\ )+")
_DEL_ANIO = (
    select(Contador)
    .where(
        Contador.serie.in_(bindparam("series", expanding=True)), Contador.anio == bindparam("anio")
    )
    .order_by(Contador.serie)
    .with_for_update()
    .execution_options(populate_existing=True)
)


@dataclass(frozen=True, slots=True)
class Numeros:
    """Los números de una presentación y el instante en que se dieron, que nunca retrocede."""

    registro: str
    expediente: str
    propio: str | None
    dados_en: datetime


def dar_numeros(
    sesion: Session,
    reloj: Reloj,
    numeracion: Mapping[str, Any],
    propia: Numeracion | None = None,
) -> Numeros:
    """El número de registro, el de expediente y, si el formulario tiene serie propia, el suyo.

    Deja tomado el turno de los contadores hasta que la transacción termina: si no se confirma,
    los números no se gastaron.
    """
    # Los dos puntos no caben en el id de una serie: no choca con registro ni con expediente.
    suya = f"propia:{propia.serie}" if propia else ""
    formatos = {serie: numeracion.get(serie) or FORMATOS[serie] for serie in FORMATOS}
    if propia:
        formatos[suya] = propia.formato
    contadores = _tomar(sesion, tuple(formatos), reloj.ahora(), numeracion)
    # El año pudo cambiar mientras se esperaba el turno.
    while fecha_lima(ahora := _instante(reloj, contadores)).year != contadores[0].anio:
        contadores = _tomar(sesion, tuple(formatos), ahora, numeracion)
    dados = {}
    for contador in contadores:
        contador.ultimo += 1
        contador.dado_en = ahora.replace(microsecond=0)
        formato = formatos[contador.serie]
        dados[contador.serie] = formato.format(numero=contador.ultimo, anio=contador.anio)
    return Numeros(dados["registro"], dados["expediente"], dados.get(suya), contadores[0].dado_en)


def dar_de_serie(sesion: Session, reloj: Reloj, serie: str, formato: str) -> tuple[str, datetime]:
    """El siguiente número de una serie de la entidad y su instante, que nunca retrocede (N22)."""
    contadores = _tomar(sesion, (serie,), reloj.ahora(), {})
    while fecha_lima(ahora := _instante(reloj, contadores)).year != contadores[0].anio:
        contadores = _tomar(sesion, (serie,), ahora, {})
    contador = contadores[0]
    contador.ultimo += 1
    contador.dado_en = ahora.replace(microsecond=0)
    return formato.format(numero=contador.ultimo, anio=contador.anio), contador.dado_en


def _instante(reloj: Reloj, contadores: Sequence[Contador]) -> datetime:
    return max(reloj.ahora(), *(c.dado_en for c in contadores))


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


def _tomar(
    sesion: Session, series: tuple[str, ...], ahora: datetime, numeracion: Mapping[str, Any]
) -> Sequence[Contador]:
    """Los contadores del año con su turno, siempre en el mismo orden: nadie espera en círculo."""
    anio = fecha_lima(ahora).year
    pedido = {"anio": anio, "series": series}
    contadores = sesion.scalars(_DEL_ANIO, pedido).all()
    if len(contadores) < len(series):
        for serie in sorted(set(series) - {c.serie for c in contadores}):
            _crear(sesion, serie, anio, ahora, numeracion)
        contadores = sesion.scalars(_DEL_ANIO, pedido).all()
    if len(contadores) < len(series):
        raise RuntimeError("un contador recién creado no aparece")
    return contadores


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

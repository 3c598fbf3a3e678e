"""La numeración: progresiva y sin huecos, por entidad y año, con la hora de su turno (N22)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from facilita.definicion import Numeracion
from facilita.plazos import fecha_lima
from facilita.servicios.reloj import Reloj, RelojFijo
from facilita.tramite.modelos import Contador

FORMATOS = {"registro": "{numero:06d}-{anio}", "expediente": "EXP-{numero:06d}-{anio}"}


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
    formato = numeracion.get(serie) or FORMATOS[serie]
    return formato.format(numero=contador.ultimo, anio=contador.anio), contador.dado_en


def dar_numero_propio(
    sesion: Session, ahora: datetime, numeracion: Numeracion | None
) -> str | None:
    """El siguiente número de la serie propia de un formulario, con la hora de su registro."""
    if numeracion is None:
        return None
    # Los dos puntos no caben en el id de una serie: no choca con registro ni con expediente.
    serie = f"propia:{numeracion.serie}"
    formatos = {serie: numeracion.formato}
    return dar_numero(sesion, RelojFijo(ahora), serie, formatos)[0]


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

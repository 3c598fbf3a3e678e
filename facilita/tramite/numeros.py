"""La numeración: progresiva y sin huecos, por entidad y año, con la hora de su turno (N22)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from facilita.definicion import Numeracion
from facilita.plazos import fecha_lima
from facilita.servicios.reloj import Reloj
from facilita.tramite.modelos import Contador

FORMATOS = {"registro": "{numero:06d}-{anio}", "expediente": "EXP-{numero:06d}-{anio}"}
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


def dar_numero_propio(
    sesion: Session, ahora: datetime, numeracion: Numeracion | None
) -> str | None:
    """El siguiente número de la serie propia de un formulario, con la hora de su registro."""
    if numeracion is None:
        return None
    # Los dos puntos no caben en el id de una serie: no choca con registro ni con expediente.
    serie, anio = f"propia:{numeracion.serie}", fecha_lima(ahora).year
    consulta = (
        select(Contador)
        .where(Contador.serie == serie, Contador.anio == anio)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    contador = sesion.scalar(consulta)
    if contador is None:
        _crear(sesion, serie, anio, ahora, {})
        contador = sesion.scalars(consulta).one()
    contador.ultimo += 1
    contador.dado_en = max(ahora, contador.dado_en)
    return numeracion.formato.format(numero=contador.ultimo, anio=anio)


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

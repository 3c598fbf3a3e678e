"""Las sesiones de la casilla electrónica: quién está dentro, su contraseña y cerrarlas.

Son aparte de las del personal: ni la cookie ni la tabla se comparten.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from facilita.definicion.campos import Error
from facilita.servicios.claves import cifrar, fallas_de_clave, verificar
from facilita.servicios.codigos import ficha_secreta, huella
from facilita.tramite.ambito import NADA
from facilita.tramite.bitacora import anotar
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Invalido
from facilita.tramite.modelos import Casilla, CodigoDeIngreso, SesionDeCasilla
from facilita.tramite.normalizar import guardable

INACTIVIDAD = timedelta(minutes=30)
DURACION = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Dueno:
    """Quien está dentro de su casilla."""

    casilla_id: int
    nombres: str
    tipo: str
    numero: str
    nivel: str
    correo: str
    celular: str
    tiene_clave: bool


@dataclass(frozen=True, slots=True)
class SesionVista:
    """Una sesión abierta, como la ve su dueño."""

    abierta_en: datetime
    vista_en: datetime
    agente: str
    es_esta: bool


def abrir_sesion(sesion: Session, casilla_id: int, agente: str | None, ahora: datetime) -> str:
    """Abre una sesión en una casilla y da su ficha."""
    ficha = ficha_secreta()
    sesion.add(
        SesionDeCasilla(
            huella=huella(ficha), casilla_id=casilla_id, abierta_en=ahora, vista_en=ahora,
            vence_en=ahora + DURACION, agente=guardable(agente or "")[:200] or None,
        )
    )  # fmt: skip
    return ficha


def dueno_de(entorno: Entorno, ficha: str) -> Dueno | None:
    """Quien usa una sesión, o `None` si no hay tal, ya terminó o la casilla se cerró."""
    ahora = entorno.reloj.ahora()
    with entorno.bd.lectura(NADA) as sesion:
        fila = sesion.execute(
            select(SesionDeCasilla, Casilla)
            .join(Casilla, Casilla.id == SesionDeCasilla.casilla_id)
            .where(SesionDeCasilla.huella == huella(ficha), Casilla.cerrada_en.is_(None))
        ).one_or_none()
        if fila is None:
            return None
        abierta, casilla = fila
        if ahora > abierta.vence_en or ahora - abierta.vista_en > INACTIVIDAD:
            return None
        dueno = _dueno(casilla)
    if ahora - abierta.vista_en > timedelta(minutes=1):
        _marcar_vista(entorno, ficha, ahora)
    return dueno


def _dueno(casilla: Casilla) -> Dueno:
    return Dueno(
        casilla_id=casilla.id,
        nombres=casilla.persona.nombres,
        tipo=casilla.persona.tipo,
        numero=casilla.persona.numero,
        nivel=casilla.nivel,
        correo=casilla.correo,
        celular=casilla.celular,
        tiene_clave=casilla.clave is not None,
    )


def _marcar_vista(entorno: Entorno, ficha: str, ahora: datetime) -> None:
    with entorno.bd.transaccion(NADA) as sesion:
        abierta = sesion.get(SesionDeCasilla, huella(ficha))
        if abierta is not None:
            abierta.vista_en = ahora


def poner_clave(entorno: Entorno, dueno: Dueno, actual: str, nueva: str, ficha: str) -> None:
    """Pone o cambia la contraseña y cierra las demás sesiones; lanza `Invalido`."""
    fallas = fallas_de_clave(nueva, dueno.correo)
    if fallas:
        raise Invalido([Error("nueva", "clave", falla) for falla in fallas])
    with entorno.bd.lectura(NADA) as sesion:
        guardada = sesion.get_one(Casilla, dueno.casilla_id).clave
    if guardada and not verificar(guardada, actual):
        raise Invalido([Error("actual", "clave", "Esa no es tu contraseña actual.")])
    cifrada, ahora = cifrar(nueva), entorno.reloj.ahora()
    with entorno.bd.transaccion(NADA) as sesion:
        sesion.get_one(Casilla, dueno.casilla_id, with_for_update=True).clave = cifrada
        _cerrar_otras(sesion, dueno, ficha)
        anotar(sesion, ahora, None, None, "casilla.clave", str(dueno.casilla_id))


def cerrar_otras(entorno: Entorno, dueno: Dueno, ficha: str) -> None:
    """Cierra todas las sesiones menos esta."""
    with entorno.bd.transaccion(NADA) as sesion:
        _cerrar_otras(sesion, dueno, ficha)
        ahora = entorno.reloj.ahora()
        anotar(sesion, ahora, None, None, "casilla.sesiones_cerradas", str(dueno.casilla_id))


def _cerrar_otras(sesion: Session, dueno: Dueno, ficha: str) -> None:
    sesion.execute(
        delete(SesionDeCasilla).where(
            SesionDeCasilla.casilla_id == dueno.casilla_id, SesionDeCasilla.huella != huella(ficha)
        )
    )


def abiertas(entorno: Entorno, dueno: Dueno, ficha: str) -> list[SesionVista]:
    """Las sesiones vivas de una casilla, la más reciente primero."""
    ahora = entorno.reloj.ahora()
    with entorno.bd.lectura(NADA) as sesion:
        filas = sesion.scalars(
            select(SesionDeCasilla)
            .where(
                SesionDeCasilla.casilla_id == dueno.casilla_id,
                SesionDeCasilla.vence_en >= ahora,
                SesionDeCasilla.vista_en >= ahora - INACTIVIDAD,
            )
            .order_by(SesionDeCasilla.abierta_en.desc())
        )
        return [
            SesionVista(s.abierta_en, s.vista_en, s.agente or "", s.huella == huella(ficha))
            for s in filas
        ]


def salir(entorno: Entorno, ficha: str) -> None:
    """Cierra una sesión."""
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(NADA) as sesion:
        abierta = sesion.get(SesionDeCasilla, huella(ficha))
        if abierta is not None:
            sesion.delete(abierta)
            anotar(sesion, ahora, None, None, "casilla.salida", str(abierta.casilla_id))


def barrer(entorno: Entorno) -> int:
    """Borra las sesiones vencidas y los códigos de ayer."""
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(NADA) as sesion:
        sesion.execute(delete(SesionDeCasilla).where(SesionDeCasilla.vence_en < ahora))
        ayer = ahora - timedelta(days=1)
        sesion.execute(delete(CodigoDeIngreso).where(CodigoDeIngreso.vence_en < ayer))
    return 0

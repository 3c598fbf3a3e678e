"""Los ratos en que la casilla no funcionó: se registran y se publican (N55). No se borran."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from facilita.definicion.limpieza import varias_lineas
from facilita.plazos import DiaNoHabil, fecha_lima, momento_largo
from facilita.plazos.normas import CASILLA_CAIDAS
from facilita.tramite.ambito import Ambito
from facilita.tramite.bitacora import anotar
from facilita.tramite.entorno import Entorno
from facilita.tramite.errores import Conflicto, Invalido, NoExiste
from facilita.tramite.modelos import Deposito, Interrupcion
from facilita.tramite.modelos.casilla import ESPERA
from facilita.tramite.permisos import Actor, exigir
from facilita.tramite.transiciones import error_de

POR_LISTA = 500
LARGO = 500


@dataclass(frozen=True)
class InterrupcionVista:
    """Una interrupción como se publica: desde cuándo, hasta cuándo, cuánto duró y por qué."""

    id: int
    empezo_en: datetime
    termino_en: datetime | None
    motivo: str
    afectados: int
    """Las notificaciones que alguien podía estar por abrir en ese rato."""

    @property
    def duracion(self) -> str:
        """Cuánto duró, en palabras."""
        return en_palabras(self.empezo_en, self.termino_en) if self.termino_en else "Sigue"


def en_palabras(desde: datetime, hasta: datetime) -> str:
    """Un rato en días, horas y minutos."""
    minutos = max(1, round((hasta - desde).total_seconds() / 60))
    dias, resto = divmod(minutos, 24 * 60)
    partes = ((dias, "día"), (resto // 60, "hora"), (resto % 60, "minuto"))
    return " y ".join(f"{n} {cual}{'' if n == 1 else 's'}" for n, cual in partes if n)


def registrar(
    entorno: Entorno,
    actor: Actor,
    empezo: datetime | None,
    termino: datetime | None,
    motivo: str | None,
) -> int:
    """Anota una interrupción, en curso o ya terminada; lanza `Invalido`."""
    exigir(actor, "interrupcion.registrar")
    ahora = entorno.reloj.ahora()
    dicho = varias_lineas(motivo) or ""
    if empezo is None or empezo > ahora:
        raise Invalido([error_de("empezo", "Escribe cuándo empezó: una fecha y hora que ya pasó.")])
    _exigir_fin(empezo, termino, ahora)
    if not 5 <= len(dicho) <= LARGO:
        raise Invalido([error_de("motivo", f"Escribe qué pasó, en {LARGO} caracteres o menos.")])
    with entorno.bd.transaccion(Ambito.de_plataforma("registrar una interrupción")) as sesion:
        fila = Interrupcion(
            empezo_en=empezo, termino_en=termino, motivo=dicho,
            registrada_por_id=actor.usuario_id, creada_en=ahora,
        )  # fmt: skip
        sesion.add(fila)
        sesion.flush()
        _volver_a_contar(sesion, fila)
        anotar(
            sesion, ahora, actor.entidad_id, actor.usuario_id, "interrupcion.registrada",
            str(fila.id),
        )  # fmt: skip
        return fila.id


def _exigir_fin(empezo: datetime, termino: datetime | None, ahora: datetime) -> None:
    if termino is not None and not empezo < termino <= ahora:
        frase = "Termina después de empezar y no en el futuro. Déjalo en blanco si sigue."
        raise Invalido([error_de("termino", frase)])


def terminar(entorno: Entorno, actor: Actor, cual: int, termino: datetime | None) -> None:
    """Anota cuándo terminó una interrupción en curso; lanza `Conflicto` si ya lo decía."""
    exigir(actor, "interrupcion.registrar")
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de_plataforma("terminar una interrupción")) as sesion:
        fila = sesion.get(Interrupcion, cual, with_for_update=True)
        if fila is None:
            raise NoExiste
        if fila.termino_en is not None:
            raise Conflicto("Esa interrupción ya tiene su fin anotado.")
        fin = termino or ahora
        _exigir_fin(fila.empezo_en, fin, ahora)
        fila.termino_en = fin
        _volver_a_contar(sesion, fila)
        anotar(
            sesion, ahora, actor.entidad_id, actor.usuario_id, "interrupcion.terminada", str(cual)
        )


def caidas(sesion: Session, desde: datetime, ahora: datetime) -> tuple[DiaNoHabil, ...]:
    """Los días que la casilla no funcionó desde un instante: no son días para abrirla (N55)."""
    consulta = select(Interrupcion).where(
        or_(Interrupcion.termino_en.is_(None), Interrupcion.termino_en > desde)
    )
    filas = sesion.scalars(consulta.order_by(Interrupcion.empezo_en)).all()
    return tuple(dia for fila in filas for dia in _dias(fila, desde, ahora))


def _dias(fila: Interrupcion, desde: datetime, ahora: datetime) -> Iterator[DiaNoHabil]:
    rato, hasta = "sigue sin funcionar", fecha_lima(ahora)
    if fila.termino_en:
        # Un rato que termina a medianoche no toca el día que empieza.
        hasta = fecha_lima(fila.termino_en - timedelta(microseconds=1))
        rato = en_palabras(fila.empezo_en, fila.termino_en)
    motivo = f"la casilla no funcionó desde el {momento_largo(fila.empezo_en)} ({rato})"
    dia = fecha_lima(max(fila.empezo_en, desde))
    while dia <= hasta:
        yield DiaNoHabil(dia, "nacional", motivo, CASILLA_CAIDAS)
        dia += timedelta(days=1)


def _volver_a_contar(sesion: Session, fila: Interrupcion) -> None:
    """Lo que nadie abrió todavía pierde su fecha: el reloj la cuenta otra vez, sin esos días.

    Lo que ya surtió efecto no se mueve.
    """
    suyos = update(Deposito).where(
        Deposito.situacion == ESPERA, Deposito.efecto_en >= fila.empezo_en
    )
    sesion.execute(suyos.values(efecto_en=None))


def listar(entorno: Entorno) -> list[InterrupcionVista]:
    """Todas, la más reciente primero."""
    with entorno.bd.lectura(Ambito.de_plataforma("interrupciones publicadas")) as sesion:
        consulta = select(Interrupcion).order_by(Interrupcion.empezo_en.desc()).limit(POR_LISTA)
        return [_vista(fila, _afectados(sesion, fila)) for fila in sesion.scalars(consulta)]


def _vista(fila: Interrupcion, afectados: int) -> InterrupcionVista:
    return InterrupcionVista(fila.id, fila.empezo_en, fila.termino_en, fila.motivo, afectados)


def _afectados(sesion: Session, fila: Interrupcion) -> int:
    """Los depósitos cuyo rato para abrirlos se cruza con ella."""
    cierre = func.coalesce(Deposito.abierto_en, Deposito.abrir_hasta)
    cruzan = [or_(cierre.is_(None), cierre >= fila.empezo_en)]
    if fila.termino_en:
        cruzan.append(Deposito.depositado_en <= fila.termino_en)
    return sesion.scalar(select(func.count(Deposito.id)).where(*cruzan)) or 0


def que_afectan(sesion: Session, deposito: Deposito) -> tuple[InterrupcionVista, ...]:
    """Las que hubo mientras ese depósito se podía abrir."""
    cierre = deposito.abierto_en or deposito.abrir_hasta
    cruzan = [
        or_(Interrupcion.termino_en.is_(None), Interrupcion.termino_en >= deposito.depositado_en)
    ]
    if cierre:
        cruzan.append(Interrupcion.empezo_en <= cierre)
    consulta = select(Interrupcion).where(*cruzan).order_by(Interrupcion.empezo_en)
    return tuple(_vista(fila, 0) for fila in sesion.scalars(consulta))

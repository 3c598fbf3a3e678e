"""El análisis de los archivos: pedirlo, hacerlo, y lo que se sabe de cada uno.

Lo hace el trabajador, de una cola. Nada es «limpio» sin que el antivirus lo diga; si no responde,
se espera cada vez más, después se dice «no analizado» y se prueba otra vez cada día.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from facilita.servicios.almacen import AlmacenNoDisponible, ArchivoNoEncontrado
from facilita.servicios.antivirus import (
    INFECTADO,
    LIMPIO,
    NO_ANALIZADO,
    AntivirusNoDisponible,
    Veredicto,
)
from facilita.servicios.antivirus_partes import analizar as analizar_con_sus_partes
from facilita.tramite.ambito import Ambito
from facilita.tramite.colas import Cola
from facilita.tramite.entorno import Entorno
from facilita.tramite.modelos import Adjunto, Analisis, Archivo, Contenido, Movimiento

registro = structlog.get_logger(__name__)

PENDIENTE = "pendiente"
SITUACIONES = (PENDIENTE, LIMPIO, INFECTADO, NO_ANALIZADO)
POR_LOTE = 5
TURNO = timedelta(minutes=15)
ESPERA = timedelta(seconds=20)
ESPERA_MAXIMA = timedelta(minutes=30)
INTENTOS = 8
"""Con la espera que se dobla, unos cincuenta minutos; después se dice «no analizado»."""
OTRO_DIA = timedelta(days=1)
CAIDO = "el antivirus no respondía"
POR_TANDA = 1000

COLA = Cola(
    Analisis, "análisis de archivos", Analisis.proxima_en.is_not(None), POR_LOTE, TURNO, ESPERA,
    ESPERA_MAXIMA, INTENTOS,
)  # fmt: skip


@dataclass(frozen=True)
class Estado:
    """Lo que se sabe de un archivo."""

    situacion: str
    detalle: str | None = None
    analizado_en: datetime | None = None

    @property
    def infectado(self) -> bool:
        """Si trae un programa dañino."""
        return self.situacion == INFECTADO

    @property
    def en_palabras(self) -> str:
        """El estado, dicho para una persona."""
        if self.situacion == LIMPIO:
            return "Analizado: el antivirus no halló nada."
        if self.situacion == PENDIENTE:
            return "Falta analizarlo con el antivirus."
        if self.infectado:
            return f"Tiene un programa dañino ({self.detalle}). Está apartado."
        return f"No analizado: {self.detalle or 'esta instalación no tiene antivirus'}."


SIN_ANALIZAR = Estado(NO_ANALIZADO)


def encolar(sesion: Session, entorno: Entorno, archivo: Archivo, ahora: datetime) -> None:
    """Deja pedido el análisis de un archivo, si hay antivirus y no se pidió antes."""
    if not entorno.antivirus.configurado:
        return
    suyo = select(Analisis.id).where(Analisis.archivo_id == archivo.id)
    if sesion.scalar(suyo) is None:
        sesion.add(
            Analisis(
                entidad_id=archivo.entidad_id,
                archivo_id=archivo.id,
                pedido_en=ahora,
                proxima_en=ahora,
            )
        )


# --- saber ----------------------------------------------------------------------------------------


def estado_de(sesion: Session, archivo_id: int) -> Estado:
    """Lo que se sabe de un archivo."""
    return _estado(sesion.scalar(select(Analisis).where(Analisis.archivo_id == archivo_id)))


def de_adjuntos(sesion: Session, cuales: ColumnElement[bool]) -> dict[int, Estado]:
    """Lo que se sabe de unos adjuntos, por su id."""
    filas = sesion.execute(
        select(Adjunto.id, Analisis)
        .outerjoin(Contenido, Contenido.id == Adjunto.contenido_id)
        .outerjoin(Movimiento, Movimiento.id == Adjunto.movimiento_id)
        .outerjoin(Analisis, Analisis.archivo_id == Adjunto.archivo_id)
        .where(cuales)
    )
    return {cual: _estado(analisis) for cual, analisis in filas}


def de_solicitud(entorno: Entorno, entidad_id: int, solicitud_id: int) -> Mapping[int, Estado]:
    """Lo que se sabe de cada archivo de una solicitud, por el id de su adjunto."""
    suyos = or_(Contenido.solicitud_id == solicitud_id, Movimiento.solicitud_id == solicitud_id)
    with entorno.bd.lectura(Ambito.de(entidad_id)) as sesion:
        return de_adjuntos(sesion, suyos)


def de_estos(entorno: Entorno, entidad_id: int, adjuntos: Iterable[int]) -> Mapping[int, Estado]:
    """Lo que se sabe de unos adjuntos, por su id."""
    ids = tuple(adjuntos)
    if not ids:
        return {}
    with entorno.bd.lectura(Ambito.de(entidad_id)) as sesion:
        return de_adjuntos(sesion, Adjunto.id.in_(ids))


def huellas_apartadas(sesion: Session, huellas: Iterable[str | None]) -> frozenset[str]:
    """De unas huellas, las de archivos en cuarentena: no van en un ZIP ni en un correo."""
    escritas = tuple({h for h in huellas if h})
    if not escritas:
        return frozenset()
    consulta = (
        select(Archivo.sha256)
        .join(Analisis, Analisis.archivo_id == Archivo.id)
        .where(Archivo.sha256.in_(escritas), Analisis.situacion == INFECTADO)
    )
    return frozenset(sesion.scalars(consulta))


def _estado(analisis: Analisis | None) -> Estado:
    if analisis is None:
        return SIN_ANALIZAR
    return Estado(analisis.situacion, analisis.detalle, analisis.analizado_en)


# --- analizar -------------------------------------------------------------------------------------


def analizar(entorno: Entorno) -> int:
    """Analiza un lote de lo pendiente; devuelve cuántos intentó.

    Lanza `AntivirusNoDisponible` si no responde, después de anotarlo: quien lo llama espera.
    """
    if not entorno.antivirus.configurado:
        return 0
    tomados = COLA.tomar(entorno)
    caido: str | None = None
    for tomado in tomados:
        # Si no responde, no se le insiste con el resto del lote.
        caido = caido or _analizar_uno(entorno, tomado)
        if caido:
            _anotar_falla(entorno, tomado, caido)
    if caido == CAIDO:
        raise AntivirusNoDisponible(caido)
    return len(tomados)


def _analizar_uno(entorno: Entorno, analisis: Analisis) -> str | None:
    """Analiza y anota; si el antivirus o el almacén no responden, dice por qué."""
    with entorno.bd.lectura(COLA.ambito) as sesion:
        archivo = sesion.get_one(Archivo, analisis.archivo_id)
    try:
        motor = entorno.antivirus.version()
        with entorno.almacen.abrir(archivo.clave) as abierto:
            veredicto = analizar_con_sus_partes(
                entorno.antivirus, abierto, archivo.tipo, frozenset(archivo.marcas)
            )
    except ArchivoNoEncontrado:
        _anotar(entorno, analisis, Veredicto(NO_ANALIZADO, "sus bytes no están en el almacén"), "")
        return None
    except AntivirusNoDisponible as falla:
        registro.warning("antivirus.no_responde", motivo=str(falla))
        return CAIDO
    except AlmacenNoDisponible as falla:
        registro.warning("antivirus.sin_almacen", motivo=str(falla))
        return "no se pudo leer el archivo"
    _anotar(entorno, analisis, veredicto, motor)
    return None


def _anotar(entorno: Entorno, tomado: Analisis, veredicto: Veredicto, motor: str) -> None:
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(COLA.ambito) as sesion:
        analisis = COLA.todavia_suya(sesion, tomado)
        if analisis is None:
            return
        analisis.situacion = veredicto.situacion
        analisis.detalle = (veredicto.detalle or "")[:300] or None
        analisis.motor = motor[:120]
        analisis.analizado_en = ahora
        analisis.proxima_en = analisis.tomado_hasta = None
        analisis.intentos = 0
    if veredicto.situacion == INFECTADO:
        registro.warning("antivirus.infectado", archivo=tomado.archivo_id, hallado=analisis.detalle)


def _anotar_falla(entorno: Entorno, tomado: Analisis, motivo: str) -> None:
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(COLA.ambito) as sesion:
        analisis = COLA.todavia_suya(sesion, tomado)
        if analisis is None:
            return
        if not COLA.fallo(analisis, ahora):
            return
        # Lo ya sabido no se pierde porque hoy no se pueda mirar otra vez.
        if analisis.situacion == PENDIENTE:
            analisis.situacion, analisis.detalle = NO_ANALIZADO, motivo
        analisis.proxima_en = ahora + OTRO_DIA


# --- pedir otra vez -------------------------------------------------------------------------------


def pedir(entorno: Entorno, *, todos: bool = False, entidad_id: int | None = None) -> int:
    """Pide analizar lo que no lo está, o todo otra vez; devuelve cuántos quedaron pedidos.

    Mientras tanto, lo que ya se sabía sigue valiendo: lo infectado no deja de estar apartado.
    """
    ambito = Ambito.de(entidad_id) if entidad_id else COLA.ambito
    pedidos, desde = 0, 0
    while tanda := _pedir_tanda(entorno, ambito, desde, todos=todos):
        pedidos, desde = pedidos + len(tanda), tanda[-1]
    return pedidos


def _pedir_tanda(entorno: Entorno, ambito: Ambito, desde: int, *, todos: bool) -> Sequence[int]:
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(ambito) as sesion:
        filas = sesion.execute(
            select(Archivo, Analisis)
            .outerjoin(Analisis, Analisis.archivo_id == Archivo.id)
            .where(Archivo.id > desde, _por_pedir(todos=todos))
            .order_by(Archivo.id)
            .limit(POR_TANDA)
        ).all()
        for archivo, analisis in filas:
            if analisis is None:
                encolar(sesion, entorno, archivo, ahora)
            else:
                analisis.proxima_en, analisis.intentos = ahora, 0
    return [archivo.id for archivo, _ in filas]


def _por_pedir(*, todos: bool) -> ColumnElement[bool]:
    sin = or_(Analisis.id.is_(None), Analisis.situacion.in_((PENDIENTE, NO_ANALIZADO)))
    return sin if not todos else or_(sin, Analisis.situacion.in_(SITUACIONES))


def contar(entorno: Entorno, entidad_id: int | None = None) -> Mapping[str, int]:
    """Cuántos archivos hay en cada situación; los que no tienen análisis, sin analizar."""
    ambito = Ambito.de(entidad_id) if entidad_id else COLA.ambito
    with entorno.bd.lectura(ambito) as sesion:
        situacion = func.coalesce(Analisis.situacion, NO_ANALIZADO)
        filas = sesion.execute(
            select(situacion, func.count(Archivo.id))
            .select_from(Archivo)
            .outerjoin(Analisis, Analisis.archivo_id == Archivo.id)
            .group_by(situacion)
        ).all()
    cuentas = {str(cual): int(cuantos) for cual, cuantos in filas}
    return {cual: cuentas.get(cual, 0) for cual in SITUACIONES}

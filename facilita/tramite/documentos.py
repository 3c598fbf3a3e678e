"""La cola de los documentos: pedir uno, componerlo una vez y guardarlo por su huella (N20, N21).

El trabajador los hace en el taller. Lo que falla se reintenta; lo hecho no se vuelve a hacer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from facilita.servicios import sello, taller
from facilita.servicios.firmas import Certificado, CertificadoInservible
from facilita.tramite import hojas, imprenta, sellos
from facilita.tramite.ambito import Ambito
from facilita.tramite.archivos import Subida, registrar
from facilita.tramite.caso import RELOJ, Caso, armar_caso
from facilita.tramite.colas import Cola
from facilita.tramite.entorno import Entorno
from facilita.tramite.hojas import Hoja
from facilita.tramite.modelos import Documento, Entidad, Solicitud
from facilita.tramite.sellos import SelloEnUso

registro = structlog.get_logger(__name__)

POR_LOTE = 10
TURNO = timedelta(minutes=5)
ESPERA = timedelta(seconds=20)
ESPERA_MAXIMA = timedelta(hours=6)
INTENTOS = 16
CON_TSA = 6
"""Intentos que espera a la TSA, unos veinte minutos; después el documento sale sin su sello."""
COLA = Cola(
    Documento, "documentos por hacer", Documento.situacion == "pendiente", POR_LOTE, TURNO, ESPERA,
    ESPERA_MAXIMA, INTENTOS, cuenta_al_tomar=True,
)  # fmt: skip

CLASES: dict[str, Callable[[Caso, Documento], Hoja]] = {
    "cargo": hojas.cargo,
    "respuestas": hojas.respuestas,
    "constancia": hojas.constancia,
    "respuesta": hojas.respuesta,
    "pedido": hojas.pedido,
    "indice": hojas.indice,
}
"""Cada clase de documento y quién dice qué lleva."""


def pedir(
    caso: Caso, clase: str, orden: int = 0, datos: Mapping[str, Any] | None = None
) -> Documento:
    """Deja pedido un documento, en la transacción de lo que lo origina."""
    documento = _nuevo(caso.entidad.id, caso.solicitud.id, clase, orden, caso.al_anotar)
    if datos is not None:
        documento.datos = dict(datos)
    caso.sesion.add(documento)
    return documento


def _nuevo(
    entidad_id: int, solicitud_id: int, clase: str, orden: int, ahora: datetime
) -> Documento:
    return Documento(
        entidad_id=entidad_id,
        solicitud_id=solicitud_id,
        clase=clase,
        orden=orden,
        proxima_en=ahora,
        creado_en=ahora,
    )


def pedir_indice(caso: Caso) -> None:
    """Deja pedido otro índice; el que espera su turno ya dirá lo de ahora."""
    _pedir_indice(caso.sesion, caso.entidad.id, caso.solicitud.id, caso.al_anotar)


def _pedir_indice(sesion: Session, entidad_id: int, solicitud_id: int, ahora: datetime) -> None:
    ultimo = sesion.scalar(
        select(Documento)
        .where(Documento.solicitud_id == solicitud_id, Documento.clase == "indice")
        .order_by(Documento.orden.desc())
        .limit(1)
    )
    if ultimo is None or ultimo.situacion != "pendiente" or ultimo.tomado_hasta is not None:
        sesion.add(
            _nuevo(entidad_id, solicitud_id, "indice", ultimo.orden + 1 if ultimo else 0, ahora)
        )


@dataclass(frozen=True)
class Hecho:
    """Un documento recién compuesto, ya en el almacén."""

    subida: Subida
    congelado: Mapping[str, Any]
    firma: Mapping[str, Any]
    certificado: Certificado | None


def hacer(entorno: Entorno) -> int:
    """Hace un lote de documentos; devuelve cuántos intentó."""
    tomados = COLA.tomar(entorno)
    if not tomados:
        return 0
    suyo = sellos.vigente(entorno)
    for documento in tomados:
        try:
            _anotar(entorno, documento, _hacer(entorno, documento, suyo))
        except Exception as falla:
            # Uno que no sale no detiene a los demás, sea por lo que sea.
            registro.warning("documento.fallo", documento=documento.id, exc_info=True)
            _anotar_falla(entorno, documento, f"{type(falla).__name__}: {falla}")
    return len(tomados)


def _hacer(entorno: Entorno, documento: Documento, suyo: SelloEnUso) -> Hecho:
    ahora = entorno.reloj.ahora()
    with entorno.bd.lectura(Ambito.de(documento.entidad_id)) as sesion:
        solicitud = sesion.get_one(Solicitud, documento.solicitud_id)
        caso = armar_caso(sesion, entorno, solicitud, RELOJ, ahora)
        hoja = CLASES[documento.clase](caso, documento)
    certificado = certificado_de(entorno, caso.entidad.slug, ahora)
    con_tsa = entorno.firmas.tsa if documento.intentos <= CON_TSA else None
    firma = {
        "sello": suyo.claves.id,
        "certificado": certificado.huella if certificado else None,
        "nombre": certificado.nombre if certificado else None,
        "tsa": con_tsa.nombre if con_tsa and certificado else None,
    }
    declaracion = sello.declarar(suyo.claves, imprenta.declaracion(documento, caso, hoja))
    dicho = imprenta.dice_quien_firma(certificado, firma["tsa"])
    pdf, paginas = taller.imprimir(
        hoja.impreso,
        imprenta.imprime(entorno, caso, hoja, declaracion, dicho),
        hoja.fecha,
        {"clase": documento.clase, "declaracion": declaracion, "datos": hoja.congelado},
        imprenta.como_firmar(
            suyo, certificado, con_tsa if certificado else None, hoja.titulo, ahora
        ),
    )
    subida = _guardar(entorno, caso.entidad.slug, pdf, paginas)
    return Hecho(subida, hoja.congelado, firma, certificado)


def certificado_de(entorno: Entorno, entidad: str, ahora: datetime) -> Certificado | None:
    """El certificado con que firma una entidad hoy; ninguno si no tiene o no sirve."""
    try:
        return entorno.firmas.de(entidad, ahora)
    except CertificadoInservible as motivo:
        # El cargo no espera a que alguien renueve un certificado: sale y dice con qué se firmó.
        registro.error("firma.certificado", entidad=entidad, motivo=str(motivo))
        return None


def _guardar(entorno: Entorno, entidad: str, pdf: bytes, paginas: int) -> Subida:
    with entorno.almacen.recibir() as recepcion:
        recepcion.write(pdf)
        clave = entorno.almacen.guardar(recepcion, entidad)
        return Subida(
            campo="",
            nombre="",
            clave=clave,
            sha256=recepcion.sha256,
            tamano=recepcion.tamano,
            tipo="pdf",
            mime="application/pdf",
            paginas=paginas,
            marcas=(),
        )


def _anotar(entorno: Entorno, documento: Documento, hecho: Hecho) -> None:
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de(documento.entidad_id)) as sesion:
        # Con el turno de la solicitud: de dos que terminan a la vez, uno ve que ya están todos.
        sesion.execute(
            select(Solicitud.id).where(Solicitud.id == documento.solicitud_id).with_for_update()
        )
        guardado = COLA.todavia_suya(sesion, documento)
        if guardado is None:
            return
        _dar_por_hecho(sesion, entorno, guardado, hecho, ahora)
        sesion.flush()
        if documento.clase != "indice" and not _faltan(sesion, documento.solicitud_id):
            _pedir_indice(sesion, documento.entidad_id, documento.solicitud_id, ahora)


def _dar_por_hecho(
    sesion: Session, entorno: Entorno, guardado: Documento, hecho: Hecho, ahora: datetime
) -> None:
    guardado.archivo_id = registrar(sesion, entorno, hecho.subida, ahora).id
    guardado.situacion = "hecho"
    guardado.hecho_en = ahora
    guardado.tomado_hasta = None
    guardado.falla = None
    guardado.firma = dict(hecho.firma)
    if guardado.clase == "indice":
        # Los demás ya tienen lo suyo congelado en otra tabla.
        guardado.datos = dict(hecho.congelado)
    if hecho.certificado is not None:
        entidad = sesion.get_one(Entidad, guardado.entidad_id).slug
        sellos.anotar_certificado(sesion, entorno, hecho.certificado, entidad)


def _faltan(sesion: Session, solicitud_id: int) -> int:
    consulta = select(func.count(Documento.id)).where(
        Documento.solicitud_id == solicitud_id, Documento.situacion == "pendiente"
    )
    return sesion.scalar(consulta) or 0


def _anotar_falla(entorno: Entorno, documento: Documento, falla: str) -> None:
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(Ambito.de(documento.entidad_id)) as sesion:
        guardado = COLA.todavia_suya(sesion, documento)
        if guardado is None:
            return
        guardado.falla = falla[:400]
        if COLA.fallo(guardado, ahora):
            guardado.situacion = "fallido"


def reintentar(entorno: Entorno) -> int:
    """Vuelve a poner en la cola los documentos que no se pudieron hacer; dice cuántos."""
    ahora = entorno.reloj.ahora()
    with entorno.bd.transaccion(COLA.ambito) as sesion:
        fallidos = sesion.scalars(
            select(Documento).where(Documento.situacion == "fallido").with_for_update(of=Documento)
        ).all()
        for documento in fallidos:
            documento.situacion = "pendiente"
            documento.intentos = 0
            documento.proxima_en = ahora
    return len(fallidos)


def contar(entorno: Entorno) -> dict[str, int]:
    """Cuántos documentos hay en cada situación."""
    with entorno.bd.lectura(COLA.ambito) as sesion:
        filas = sesion.execute(
            select(Documento.situacion, func.count(Documento.id)).group_by(Documento.situacion)
        )
        return {"pendiente": 0, "hecho": 0, "fallido": 0} | {f[0]: f[1] for f in filas}

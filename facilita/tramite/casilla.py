"""La bandeja de la casilla: lo que la persona ve, abre, descarga y se lleva."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from facilita.plazos import a_lima
from facilita.tramite import alertas, descargas, interrupciones
from facilita.tramite.ambito import Ambito
from facilita.tramite.caso import Caso
from facilita.tramite.depositos import Disponible, disponible
from facilita.tramite.descargas import Descarga
from facilita.tramite.entorno import Entorno
from facilita.tramite.envios import ALERTAS, CELULAR
from facilita.tramite.errores import NoExiste
from facilita.tramite.interrupciones import InterrupcionVista
from facilita.tramite.modelos import Deposito, Salida
from facilita.tramite.modelos.casilla import ABIERTO, CEDULA, CUMPLIDO, ESPERA
from facilita.tramite.normalizar import palabras
from facilita.tramite.personas import tapado
from facilita.tramite.sesiones_casilla import Dueno

POR_PAGINA = 50
EN_EXPORTACION = 1000
SITUACIONES = {
    ESPERA: "Sin abrir",
    ABIERTO: "Abierta",
    CUMPLIDO: "Surtió efecto sin abrirse",
    CEDULA: "Se notifica por cédula",
}
_ENTREGAS = {"lista": "En camino", "entregada": "Entregada", "muerta": "No se pudo entregar"}


@dataclass(frozen=True)
class Alerta:
    """Una de las dos alertas de un depósito, con su evidencia (N51)."""

    id: int
    canal: str
    para: str
    """Adónde, a medias: como se muestra en pantalla."""
    destino: str
    situacion: str
    entregada_en: datetime | None
    intentos: int
    respuesta: str
    fallo: bool


@dataclass(frozen=True)
class EnBandeja:
    """Una notificación en la lista: lo justo para reconocerla sin abrirla."""

    id: int
    numero: str
    entidad: str
    expediente: str
    asunto: str
    depositado_en: datetime
    sin_abrir: bool
    situacion: str
    abrir_hasta: datetime | None


@dataclass(frozen=True)
class Bandeja:
    """Una página de la bandeja: primero lo que falta abrir."""

    filas: tuple[EnBandeja, ...]
    por_abrir: int
    hay_mas: bool


@dataclass(frozen=True)
class DepositoVisto:
    """Un depósito con toda su cadena: depósito, constancia, alertas y acuse."""

    id: int
    numero: str
    situacion: str
    situacion_id: str
    acto: Mapping[str, Any]
    constancia: Mapping[str, Any]
    depositado_en: datetime
    vale_en: datetime
    abierto_en: datetime | None
    abrir_hasta: datetime | None
    efecto_en: datetime | None
    explicacion: tuple[str, ...]
    alertas: tuple[Alerta, ...]
    interrupciones: tuple[InterrupcionVista, ...]
    falla: str | None
    """Por qué no valdría si nadie lo abre, o nada."""

    @property
    def sin_abrir(self) -> bool:
        """Si la persona todavía no la abrió."""
        return self.abierto_en is None


@dataclass(frozen=True)
class DelPersonal:
    """Lo de la casilla en una solicitud, para el personal."""

    disponible: Disponible
    depositos: tuple[DepositoVisto, ...]


# --- la bandeja ---------------------------------------------------------------------------------


def listar(entorno: Entorno, dueno: Dueno, texto: str = "", pagina: int = 0) -> Bandeja:
    """Las notificaciones de todas las entidades, primero las que faltan abrir."""
    with entorno.bd.lectura(Ambito.de_plataforma("bandeja de la casilla")) as sesion:
        consulta = (
            _suyos(dueno, texto)
            .order_by(Deposito.abierto_en.is_not(None), Deposito.id.desc())
            .offset(pagina * POR_PAGINA)
            .limit(POR_PAGINA + 1)
        )
        filas = sesion.scalars(consulta).all()
        por_abrir = sesion.scalars(
            select(Deposito.id)
            .where(Deposito.casilla_id == dueno.casilla_id, Deposito.abierto_en.is_(None))
            .limit(EN_EXPORTACION)
        ).all()
    return Bandeja(
        tuple(_en_bandeja(d) for d in filas[:POR_PAGINA]), len(por_abrir), len(filas) > POR_PAGINA
    )


def _suyos(dueno: Dueno, texto: str = "") -> Select[Deposito]:
    consulta = select(Deposito).where(Deposito.casilla_id == dueno.casilla_id)
    for palabra in palabras(texto):
        consulta = consulta.where(Deposito.busqueda.contains(palabra, autoescape=True))
    return consulta


def _en_bandeja(d: Deposito) -> EnBandeja:
    return EnBandeja(
        id=d.id,
        numero=d.numero,
        entidad=d.acto["entidad"]["nombre"],
        expediente=d.acto["expediente"],
        asunto=d.acto["asunto"],
        depositado_en=d.depositado_en,
        sin_abrir=d.abierto_en is None,
        situacion=SITUACIONES[d.situacion],
        abrir_hasta=d.abrir_hasta if d.situacion == ESPERA else None,
    )


def ver(entorno: Entorno, dueno: Dueno, cual: int) -> DepositoVisto:
    """Una notificación de su casilla; mirarla antes de abrirla no es abrirla (N51)."""
    with entorno.bd.lectura(Ambito.de_plataforma("bandeja de la casilla")) as sesion:
        return visto(sesion, _suyo(sesion, dueno, cual))


def _suyo(sesion: Session, dueno: Dueno, cual: int) -> Deposito:
    deposito = sesion.scalar(_suyos(dueno).where(Deposito.id == cual))
    if deposito is None:
        raise NoExiste("No encontramos esa notificación en tu casilla.")
    return deposito


def visto(sesion: Session, d: Deposito) -> DepositoVisto:
    """Un depósito con su cadena, leído de la base."""
    return DepositoVisto(
        id=d.id,
        numero=d.numero,
        situacion=SITUACIONES[d.situacion],
        situacion_id=d.situacion,
        acto=d.acto,
        constancia=d.constancia,
        depositado_en=d.depositado_en,
        vale_en=d.vale_en,
        abierto_en=d.abierto_en,
        abrir_hasta=d.abrir_hasta,
        efecto_en=d.efecto_en,
        explicacion=tuple(d.cuenta.get("explicacion", ())),
        alertas=_alertas(sesion, d.id),
        interrupciones=interrupciones.que_afectan(sesion, d),
        falla=alertas.por_que_falla(sesion, d) if d.situacion == ESPERA else None,
    )


def _alertas(sesion: Session, deposito_id: int) -> tuple[Alerta, ...]:
    suyas = Salida.clave.in_(alertas.claves_de(deposito_id))
    consulta = select(Salida).where(suyas).order_by(Salida.id)
    return tuple(
        Alerta(
            id=s.id,
            canal="Celular" if s.clase == ALERTAS[CELULAR] else "Correo",
            para=tapado(s.datos["para"]),
            destino=s.datos["para"],
            situacion=_ENTREGAS[s.situacion],
            entregada_en=s.entregada_en,
            intentos=s.intentos,
            respuesta=s.respuesta or "",
            fallo=alertas.fallo(s),
        )
        for s in sesion.scalars(consulta)
    )


def documento(entorno: Entorno, dueno: Dueno, cual: int, adjunto_id: int) -> Descarga:
    """Un documento de una notificación ya abierta; antes no existe."""
    with entorno.bd.lectura(Ambito.de_plataforma("bandeja de la casilla")) as sesion:
        deposito = _suyo(sesion, dueno, cual)
        if deposito.abierto_en is None:
            raise NoExiste("Abre primero la notificación.")
        suyos = descargas.de_movimiento(sesion, deposito.movimiento_id)
        if adjunto_id not in suyos:
            raise NoExiste
        return suyos[adjunto_id]


# --- llevárselo ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Exportacion:
    """Lo que va en el ZIP: el índice y, de lo abierto, sus documentos."""

    indice: bytes
    documentos: tuple[tuple[str, Descarga], ...]
    constancias: tuple[DepositoVisto, ...]


def exportar(entorno: Entorno, dueno: Dueno) -> Exportacion:
    """Toda la casilla; lo que no se abrió va solo en el índice."""
    with entorno.bd.lectura(Ambito.de_plataforma("exportar una casilla")) as sesion:
        consulta = _suyos(dueno).order_by(Deposito.id).limit(EN_EXPORTACION)
        depositos = sesion.scalars(consulta).all()
        abiertos = [d for d in depositos if d.abierto_en]
        return Exportacion(
            _indice(depositos),
            tuple(_documentos(sesion, abiertos)),
            tuple(visto(sesion, d) for d in abiertos),
        )


def _indice(depositos: Any) -> bytes:
    texto = io.StringIO()
    tabla = csv.writer(texto)
    tabla.writerow(
        ["Constancia", "Entidad", "Expediente", "Qué se notifica", "Depositada", "Abierta",
         "Surte efecto", "Situación"]
    )  # fmt: skip
    for d in depositos:
        tabla.writerow(
            [
                _celda(x)
                for x in (
                    d.numero, d.acto["entidad"]["nombre"], d.acto["expediente"],
                    d.acto["asunto"], _momento(d.depositado_en), _momento(d.abierto_en),
                    _momento(d.efecto_en), SITUACIONES[d.situacion],
                )
            ]
        )  # fmt: skip
    return texto.getvalue().encode("utf-8-sig")


def _celda(texto: str) -> str:
    """Una hoja de cálculo no ejecuta lo que escribió otra persona."""
    return f"'{texto}" if texto.startswith(("=", "+", "-", "@", "\t")) else texto


def _momento(instante: datetime | None) -> str:
    return f"{a_lima(instante):%Y-%m-%d %H:%M:%S}" if instante else ""


def _documentos(sesion: Session, abiertos: list[Deposito]) -> Iterator[tuple[str, Descarga]]:
    for d in abiertos:
        suyos = descargas.de_movimiento(sesion, d.movimiento_id).values()
        for n, descarga in enumerate(suyos, 1):
            yield f"{d.numero}/{n:02d}-{descarga.nombre}", descarga


# --- lo que ve el personal ----------------------------------------------------------------------


def del_personal(caso: Caso) -> DelPersonal | None:
    """Lo de la casilla en una solicitud; nada si no está encendida y no hubo depósitos."""
    consulta = select(Deposito).where(Deposito.solicitud_id == caso.solicitud.id)
    depositos = tuple(
        visto(caso.sesion, d) for d in caso.sesion.scalars(consulta.order_by(Deposito.id.desc()))
    )
    encendida = caso.entorno.con_casilla and caso.entorno.mensajeria is not None
    return DelPersonal(disponible(caso), depositos) if encendida or depositos else None

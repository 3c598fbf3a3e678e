"""Lo que las pruebas de la casilla fabrican: quien la activa, los códigos que recibe y un acto."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fabrica import DE_MESA, PLATAFORMA, Mundo
from sqlalchemy import select

from facilita.servicios.mensajeria import Mensajeria
from facilita.tramite import depositos, personas, sesiones_casilla
from facilita.tramite.envios import codigo_de
from facilita.tramite.modelos import Deposito, Salida
from facilita.tramite.sesiones_casilla import Dueno

DNI = str(DE_MESA["numero_documento_identidad"])
ACTO: Mapping[str, Any] = {
    "asunto_del_acto": "Resolución Gerencial N.° 123-2026",
    "unidad_emisora": "Gerencia de Licencias",
    "mensaje_del_acto": "Aprobamos lo que pediste.",
    "recursos_del_acto": "Reconsideración o apelación, 15 días hábiles, ante la misma gerencia.",
}


def con_casilla(mundo: Mundo, mensajeria: Mensajeria, **cambios: Any) -> Mundo:
    """El mismo mundo con la casilla encendida."""
    return mundo.con(con_casilla=True, mensajeria=mensajeria, **cambios)


def codigo_enviado(mundo: Mundo, clase: str) -> str:
    """El último código que se mandó por un canal, como lo recibe la persona."""
    ultima = mundo.todo(Salida, Salida.clase == clase)[-1]
    return codigo_de(mundo.entorno.secreto, ultima.datos["codigo_de"])


def codigos_enviados(mundo: Mundo) -> tuple[str, str]:
    """Los últimos dos códigos: el del correo y el del celular."""
    return codigo_enviado(mundo, "codigo_correo"), codigo_enviado(mundo, "codigo_celular")


def activar(mundo: Mundo, codigo: str, numero: str = DNI) -> Dueno:
    """Activa la casilla de quien presentó con el código de su solicitud."""
    ficha = personas.pedir_activacion(mundo.entorno, "dni", numero, codigo)
    return _terminar(mundo, ficha)


def validar(mundo: Mundo, codigo: str, correo: str, quien: str = "luis") -> Dueno:
    """El personal valida en persona, y la persona termina con su enlace."""
    sid = mundo.solicitud(codigo).id
    personas.validar_en_persona(
        mundo.entorno, mundo.actor(quien), sid, correo, "987654321", visto=True
    )
    texto = mundo.todo(Salida, Salida.clase == "codigo_correo")[-1].datos["texto"]
    return _terminar(mundo, texto.partition("/casilla/activar/")[2].split()[0])


def _terminar(mundo: Mundo, ficha: str) -> Dueno:
    sesion = personas.activar(mundo.entorno, ficha, *codigos_enviados(mundo), "prueba")
    dueno = sesiones_casilla.dueno_de(mundo.entorno, sesion)
    assert dueno is not None
    return dueno


def depositar(
    mundo: Mundo, codigo: str, quien: str = "luis", archivo: str | None = "acto.pdf", **cambios: Any
) -> int:
    """El personal deposita un acto en la casilla; da el id del depósito."""
    subidas = []
    if archivo:
        subidas = [replace(mundo.subida("documentos_del_acto", archivo), tipo="pdf")]
    sid = mundo.solicitud(codigo).id
    crudo = {**ACTO, **cambios}
    return depositos.depositar(mundo.entorno, mundo.actor(quien), sid, crudo, subidas)


def deposito(mundo: Mundo, cual: int) -> Deposito:
    """Un depósito, como está en la base."""
    with mundo.entorno.bd.lectura(PLATAFORMA) as sesion:
        return sesion.scalars(select(Deposito).where(Deposito.id == cual)).one()

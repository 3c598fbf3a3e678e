"""La respuesta que va por la casilla: cuándo se deposita, y qué pasa si no se puede (N09, N51)."""

from collections.abc import Iterator
from typing import Any

import pytest
from casillas import activar, con_casilla, depositar
from fabrica import LUNES, Mundo
from sqlalchemy import update

from facilita.servicios.mensajeria import MensajeriaDemo
from facilita.tramite import (
    aperturas,
    carpeta,
    detalle,
    documentos,
    en_casilla,
    seguimiento,
)
from facilita.tramite.ambito import Ambito
from facilita.tramite.errores import NoExiste
from facilita.tramite.modelos import Deposito, Documento, Notificacion, PorDepositar, Solicitud

EN_SQLITE = pytest.mark.parametrize("motor", ["sqlite"], indirect=True)
PLATAFORMA = Ambito.de_plataforma("prueba")
RESPONDE = {"respuesta": "Procede.", "recursos_del_acto": "Apelación, 15 días hábiles."}


@pytest.fixture
def mundo(mundo: Mundo, tmp_path: Any) -> Iterator[Mundo]:
    yield con_casilla(mundo, MensajeriaDemo(tmp_path / "celular", demo=True))


def responder(mundo: Mundo) -> str:
    """Responde a quien tiene casilla y consintió; el PDF todavía no está."""
    codigo = mundo.presentar_mesa(acepta_notificacion="true")
    activar(mundo, codigo)
    mundo.transitar(codigo, "atender", RESPONDE, [mundo.subida("documentos")])
    return codigo


def componer(mundo: Mundo) -> None:
    while documentos.hacer(mundo.entorno):
        pass


def poner(mundo: Mundo, modelo: type[Any], **valores: Any) -> None:
    with mundo.entorno.bd.transaccion(PLATAFORMA) as sesion:
        sesion.execute(update(modelo).values(**valores))


@EN_SQLITE
def test_si_no_se_puede_depositar_nadie_se_queda_sin_respuesta(mundo: Mundo):
    """N09, N54: el correo redactado al responder; sin correo, la cédula."""
    codigo = responder(mundo)
    assert en_casilla.depositar_respuestas(mundo.entorno) == 0, "el PDF todavía no está"
    poner(mundo, Documento, situacion="fallido")
    assert en_casilla.depositar_respuestas(mundo.entorno) == 1
    assert mundo.correos(codigo)[-1] == "atendido"
    luis, sid = mundo.actor("luis"), mundo.solicitud(codigo).id
    (dada,) = detalle.ver(mundo.entorno, luis, sid).respondido
    assert dada.por_casilla and dada.por_casilla.motivo == en_casilla.SIN_PDF
    assert mundo.tipos(codigo)[-1] == "respuesta_sin_casilla"
    assert en_casilla.depositar_respuestas(mundo.entorno) == 0, "una sola vez"
    assert not mundo.todo(Notificacion)
    poner(mundo, PorDepositar, situacion="espera")
    poner(mundo, Solicitud, correo=None)
    en_casilla.depositar_respuestas(mundo.entorno)
    assert [n.por_cedula for n in mundo.todo(Notificacion)] == [True]
    assert mundo.tipos(codigo)[-2:] == ["respuesta_sin_casilla", "sin_acuse"]


@EN_SQLITE
def test_el_plazo_de_la_respuesta_corre_desde_su_efecto(mundo: Mundo):
    """N07, N53: si el paso espera acuse, el depósito lo da el día en que surte efecto."""
    codigo = responder(mundo)
    poner(mundo, PorDepositar, huella="x" * 64)
    componer(mundo)
    en_casilla.depositar_respuestas(mundo.entorno)
    (espera,) = mundo.todo(Notificacion)
    paso = next(m for m in mundo.movimientos(codigo) if m.transicion == "atender")
    assert (espera.movimiento_id, espera.huella) == (paso.id, "x" * 64)
    (fila,) = mundo.todo(Deposito)
    mundo.poner(24, "09:00:00")
    aperturas.abrir(mundo.entorno, fila.casilla_id, fila.id)
    (acusada,) = mundo.todo(Notificacion)
    assert acusada.notificado_en == LUNES.replace(day=25, hour=0)


@EN_SQLITE
def test_lo_abierto_entra_al_expediente(mundo: Mundo):
    """N23, N51: antes de abrirla, nada; después, en la carpeta y una sola vez."""
    codigo = responder(mundo)
    componer(mundo)
    en_casilla.depositar_respuestas(mundo.entorno)
    depositar(mundo, codigo, archivo="oficio.pdf")
    del_pdf = mundo.todo(Documento, Documento.clase == "respuesta")[0].id
    antes = seguimiento.ver_expediente(mundo.entorno, codigo)
    assert antes.respondido == () and [r.numero for r in antes.en_casilla] == ["000001-2026"]
    assert not {"Respuesta", "De la entidad: oficio.pdf"} & {p.nombre for p in antes.carpeta.piezas}
    with pytest.raises(NoExiste):
        carpeta.documento_del_ciudadano(mundo.entorno, codigo, del_pdf)
    for fila in mundo.todo(Deposito):
        aperturas.abrir(mundo.entorno, fila.casilla_id, fila.id)
    componer(mundo)
    despues = seguimiento.ver_expediente(mundo.entorno, codigo)
    suyas = [
        p.nombre for p in despues.carpeta.piezas if p.nombre.startswith(("De la", "Respuesta"))
    ]
    assert sorted(suyas) == [
        "De la entidad: carta.pdf", "De la entidad: oficio.pdf", "Respuesta",
        "Respuestas al formulario",
    ]  # fmt: skip
    assert despues.carpeta.indice_al_dia and despues.en_casilla == ()
    assert carpeta.documento_del_ciudadano(mundo.entorno, codigo, del_pdf).sha256

"""Los movimientos: una cadena que se puede verificar y a la que solo se agrega."""

from datetime import datetime
from typing import Any

import pytest
from fabrica import DE_MESA, PLATAFORMA, Mundo
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from facilita.plazos import LIMA
from facilita.tramite import atencion, notificaciones, seguimiento, subsanacion, vencimientos
from facilita.tramite.ambito import FueraDeAmbito
from facilita.tramite.modelos import Contenido, Movimiento, Observacion
from facilita.tramite.sucesos import encadenar

INMUTABLES = {Movimiento: "datos", Observacion: "texto", Contenido: "respuestas"}


@pytest.fixture
def larga(mundo: Mundo) -> str:
    """El código de una solicitud con una historia de todos los tipos de suceso."""
    codigo = mundo.presentar_mesa()
    sid, ana, entidad = mundo.solicitud(codigo).id, mundo.actor("ana"), mundo.entidad()
    atencion.asignar(mundo.entorno, ana, sid, ana.usuario_id)
    atencion.anotar_nota(mundo.entorno, ana, sid, 'Ñandú 🙂 «comillas» "dobles" \\ 1.50')
    mundo.pasar(microseconds=123_456)
    mundo.observar(codigo, asunto="Precisa.\nEn dos líneas.")
    mundo.poner(26, "00:00:00")
    notificaciones.pedir_cedulas(mundo.entorno)
    seguimiento.comprobar_identidad(mundo.entorno, codigo, DE_MESA["numero_documento_identidad"])
    ficha = subsanacion.abrir_correccion(mundo.entorno, entidad.id, sid)
    mundo.poner(1, "00:00:00", mes=12)
    assert vencimientos.vencer(mundo.entorno) == 1
    llego = datetime(2026, 11, 30, 23, 59, 59, tzinfo=LIMA)
    subsanacion.subsanar(mundo.entorno, entidad, ficha, {"asunto": "Otro"}, llego)
    anexo = mundo.subida("documentos", "respuesta.pdf")
    mundo.transitar(codigo, "atender", {"respuesta": "Listo ✓"}, [anexo])
    return codigo


def verificar(movimientos: list[Movimiento]) -> bool:
    anterior = ""
    for orden, movimiento in enumerate(movimientos):
        if movimiento.orden != orden or movimiento.huella != encadenar(anterior, movimiento):
            return False
        anterior = movimiento.huella
    return True


def test_la_cadena_verifica_leida_de_la_base(mundo: Mundo, larga: str):
    """N12: con tildes, emojis, saltos, microsegundos y otra zona horaria, en los dos motores."""
    movimientos = mundo.movimientos(larga)
    assert verificar(movimientos)
    assert [m.transicion or m.tipo for m in movimientos] == [
        "presentado", "asignado", "nota", "observar", "sin_acuse", "notificado", "vencer",
        "a_tiempo", "subsanar", "constancia", "atender", "respuesta",
    ]  # fmt: skip
    assert len({m.huella for m in movimientos}) == len(movimientos)


CAMBIOS: dict[str, Any] = {
    "tipo": "otro",
    "quien": "reloj",
    "usuario_id": 999,
    "datos": {"texto": "Otra nota"},
    "cuando": datetime(2020, 1, 1, tzinfo=LIMA),
    "a": "atendido",
}


def test_cambiar_cualquier_dato_rompe_la_cadena(mundo: Mundo, larga: str):
    """N12: lo que no pasó no se puede hacer pasar por lo que pasó."""
    movimientos = mundo.movimientos(larga)
    for columna, valor in CAMBIOS.items():
        antes = getattr(movimientos[2], columna)
        setattr(movimientos[2], columna, valor)
        assert not verificar(movimientos), columna
        setattr(movimientos[2], columna, antes)
    assert verificar(movimientos)


def test_quitar_o_cambiar_de_orden_rompe_la_cadena(mundo: Mundo, larga: str):
    """N12: tampoco se puede quitar un suceso ni moverlo."""
    movimientos = mundo.movimientos(larga)
    assert not verificar([*movimientos[:3], *movimientos[4:]])
    assert not verificar([movimientos[1], movimientos[0], *movimientos[2:]])


def test_solo_se_agregan(mundo: Mundo, larga: str):
    """N12: ni el programa ni quien entra a la base los cambian o los borran."""
    bd = mundo.entorno.bd
    for modelo, columna in INMUTABLES.items():
        with pytest.raises(FueraDeAmbito), bd.transaccion(PLATAFORMA) as sesion:
            setattr(sesion.scalars(select(modelo)).first(), columna, {"x": 1})
        with pytest.raises(FueraDeAmbito), bd.transaccion(PLATAFORMA) as sesion:
            sesion.delete(sesion.scalars(select(modelo)).first())
        tabla = modelo.__tablename__
        for orden in (f"UPDATE {tabla} SET entidad_id = entidad_id", f"DELETE FROM {tabla}"):
            with pytest.raises(DatabaseError, match="no se cambia"), bd.motor.begin() as conexion:
                conexion.execute(text(orden))
    assert verificar(mundo.movimientos(larga))


def test_cada_solicitud_lleva_su_propia_cadena(mundo: Mundo):
    """N12: el primer movimiento de una no depende de otra."""
    codigos = [mundo.presentar_mesa(), mundo.presentar_contacto(), mundo.presentar_mesa()]
    mundo.transitar(codigos[0], "tomar")
    for codigo in codigos:
        assert verificar(mundo.movimientos(codigo))
        assert mundo.movimientos(codigo)[0].orden == 0


def test_quien_y_cuando_van_en_cada_movimiento(mundo: Mundo, larga: str):
    """N12, N61: ciudadano, personal (con su usuario) o el reloj."""
    quienes = {m.transicion or m.tipo: (m.quien, m.usuario_id) for m in mundo.movimientos(larga)}
    ana, luis = mundo.actor("ana").usuario_id, mundo.actor("luis").usuario_id
    assert quienes["presentado"] == ("ciudadano", None)
    assert quienes["nota"] == ("usuario", ana)
    assert quienes["observar"] == ("usuario", luis)
    assert quienes["sin_acuse"] == quienes["vencer"] == ("reloj", None)
    assert quienes["subsanar"] == quienes["notificado"] == ("ciudadano", None)

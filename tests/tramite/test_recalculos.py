"""N41: un día no hábil nuevo cambia los plazos abiertos que toca, y ninguno más."""

from datetime import date

import pytest
from fabrica import RIO, Mundo
from propios import con_roles, presentar
from test_tareas import abrir

from facilita.plazos import Computo, DiaNoHabil
from facilita.tramite import bandeja, detalle, dias, seguimiento
from facilita.tramite.bandeja import Filtros
from facilita.tramite.errores import Conflicto
from facilita.tramite.modelos import Bitacora, DiaInhabil, Tarea

JUEVES = DiaNoHabil(date(2026, 11, 26), "distrito:150101", "Aniversario", "Ley 1")


def vence(mundo: Mundo, codigo: str, clase: str = "resolver") -> date:
    """El último día de un plazo, según su cuenta."""
    termino = mundo.termino(codigo, clase)
    cuenta = Computo.de_json(termino.cuenta)
    assert termino.vence_en == cuenta.vence_en
    return cuenta.vence


def test_los_plazos_abiertos_se_cuentan_otra_vez(mundo: Mundo):
    """El de resolver se corre un día, con las dos fechas y la norma en la historia."""
    codigo = mundo.presentar_mesa()
    antes = vence(mundo, codigo)
    cargo = seguimiento.ver_cargo(mundo.entorno, codigo)
    assert dias.agregar(mundo.entorno, JUEVES) == 1
    assert vence(mundo, codigo) > antes
    assert mundo.solicitud(codigo).vence_en == mundo.termino(codigo).vence_en
    movimiento = mundo.movimientos(codigo)[-1]
    assert (movimiento.tipo, movimiento.quien) == ("recalculado", "reloj")
    assert Computo.de_json(movimiento.datos["antes"]).vence == antes
    d = detalle.ver(mundo.entorno, mundo.actor("ana"), mundo.solicitud(codigo).id)
    hito = next(h for h in d.hitos if h.titulo == "Plazo contado otra vez")
    assert dict(hito.textos)["Norma"] == "Ley 1"
    assert "Aniversario (Ley 1)" in dict(hito.textos)["Cómo se cuenta"]
    assert seguimiento.ver_cargo(mundo.entorno, codigo) == cargo
    hecho = mundo.todo(Bitacora, Bitacora.accion == "dia_inhabil.agregado")[0]
    assert hecho.datos["recalculados"] == 1


def test_lo_cerrado_lo_suspendido_y_lo_que_ya_vencio_no_cambian(mundo: Mundo):
    """Un plazo cumplido se queda como se contó; el suspendido guarda días, no fechas."""
    cerrada, suspendida = mundo.presentar_mesa(), mundo.presentar_mesa()
    mundo.transitar(cerrada, "tomar")
    mundo.transitar(cerrada, "atender", {"respuesta": "Listo."})
    mundo.observar(suspendida)
    cuentas = [mundo.termino(c).cuenta for c in (cerrada, suspendida)]
    lejos = DiaNoHabil(date(2028, 3, 1), "nacional", "Otro", "Ley 2")
    assert dias.agregar(mundo.entorno, lejos) == 0
    assert dias.agregar(mundo.entorno, JUEVES) == 0
    assert [mundo.termino(c).cuenta for c in (cerrada, suspendida)] == cuentas


def test_el_plazo_para_corregir_y_el_de_acusar_tambien(mundo: Mundo):
    """N07, N54: los dos días hábiles son otros si uno deja de serlo."""
    codigo = mundo.presentar_mesa()
    mundo.observar(codigo)
    hasta = mundo.notificacion(codigo).acuse_hasta
    dias.agregar(mundo.entorno, DiaNoHabil(date(2026, 11, 25), "nacional", "Duelo", "DS 1"))
    assert (mundo.notificacion(codigo).acuse_hasta - hasta).days == 1
    seguimiento.comprobar_identidad(mundo.entorno, codigo, "12345678")
    antes = vence(mundo, codigo, "vencer")
    assert dias.agregar(mundo.entorno, JUEVES) == 1
    assert (vence(mundo, codigo, "vencer") - antes).days == 1
    assert mundo.movimientos(codigo)[-1].datos["clase"] == "vencer"


def test_solo_donde_rige(mundo: Mundo):
    """Cada solicitud, con el territorio de su sede y en su entidad."""
    aqui, alla = mundo.presentar_mesa(), mundo.presentar_mesa(RIO)
    lejos = DiaNoHabil(JUEVES.fecha, "region:08", "Otro aniversario", "Ley 3")
    assert dias.agregar(mundo.entorno, lejos) == 0
    assert dias.agregar(mundo.entorno, JUEVES) == 2
    assert [mundo.tipos(c)[-1] for c in (aqui, alla)] == ["recalculado"] * 2
    for quien in ("ana", "rita"):
        assert len(bandeja.listar(mundo.entorno, mundo.actor(quien), Filtros()).filas) == 1


def test_el_plazo_de_una_tarea_tambien(mundo: Mundo):
    con_roles(mundo)
    codigo = presentar(mundo)
    abrir(mundo, codigo)
    antes = mundo.todo(Tarea)[0].vence_en
    assert dias.agregar(mundo.entorno, JUEVES) == 2
    assert (mundo.todo(Tarea)[0].vence_en - antes).days == 1
    assert mundo.tipos(codigo)[-2:] == ["recalculado", "tarea_recalculada"]
    hitos = seguimiento.ver_expediente(mundo.entorno, codigo).hitos
    assert not [h for h in hitos if "tarea" in h.titulo]


def test_declararlo_dos_veces_no_cuenta_dos(mundo: Mundo):
    codigo = mundo.presentar_mesa()
    dias.agregar(mundo.entorno, JUEVES)
    with pytest.raises(Conflicto):
        dias.agregar(mundo.entorno, JUEVES)
    assert mundo.tipos(codigo) == ["presentado", "recalculado"]
    assert mundo.cuantas(DiaInhabil) == [1]

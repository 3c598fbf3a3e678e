"""Quién lidera la mesa de partes de una entidad, y cómo lo entrega."""

from dataclasses import replace

import pytest
from fabrica import CLAVE, Mundo

from facilita.tramite import invitaciones, liderazgo, membresias, plantel, sesiones
from facilita.tramite.ambito import Ambito, FueraDeAmbito
from facilita.tramite.errores import Invalido, NoPermitido
from facilita.tramite.liderazgo import ENCARGADO, SE_VA, Entrega
from facilita.tramite.membresias import PorInvitar
from facilita.tramite.modelos import Bitacora, Liderazgo, Salida
from facilita.tramite.puestos import Puesto

ACTO = Entrega(None, ENCARGADO, "Jefe de TI", "Resolución de Alcaldía N.° 012-2026")


def test_entregar_es_un_acto_que_queda(mundo: Mundo):
    """N61: a quien haga sus veces, con su sustento; quien entrega puede irse."""
    entorno, ana, luis = mundo.entorno, mundo.actor("ana"), mundo.actor("luis")
    antes = liderazgo.ver(entorno, ana)
    assert antes.actual and (antes.actual.nombres, antes.actual.desde) == ("ana", None)
    assert ana.membresia_id not in dict(antes.posibles)
    ficha = sesiones.ingresar(entorno, ana.correo, CLAVE, None)
    assert not liderazgo.entregar(entorno, ana, replace(ACTO, a=luis.membresia_id))
    ahora = liderazgo.ver(entorno, ana)
    assert ahora.actual and ahora.actual.entrega == "ana"
    assert (ahora.actual.nombres, ahora.actual.calidad) == ("luis", "Quien hace sus veces")
    assert mundo.actor("luis").rol == "coordinador_entidad"
    assert mundo.todo(Salida)[-1].datos["para"] == luis.correo
    assert sesiones.actor_de(entorno, ficha), "sigue"

    luis, norma = mundo.actor("luis"), mundo.actor("norma")
    acto = replace(ACTO, a=norma.membresia_id, despues=SE_VA)
    assert liderazgo.entregar(entorno, luis, acto)
    with pytest.raises(NoPermitido):
        sesiones.ingresar(entorno, luis.correo, CLAVE, None)
    lideres = liderazgo.ver(entorno, ana)
    assert lideres.actual and lideres.actual.nombres == "norma"
    assert [x.nombres for x in lideres.anteriores] == ["luis"]
    hechos = [b.accion for b in mundo.todo(Bitacora) if b.accion.startswith("liderazgo")]
    assert hechos == ["liderazgo.entregado"] * 2
    with pytest.raises(FueraDeAmbito), entorno.bd.transaccion(Ambito.de(ana.entidad_id)) as sesion:
        sesion.get_one(Liderazgo, mundo.todo(Liderazgo)[0].id).cargo = "Otro"


def test_solo_a_quien_ya_entra_y_con_todo_escrito(mundo: Mundo):
    """N61: ni a un invitado, ni a uno inactivo, ni a uno mismo, ni a alguien de otra entidad."""
    entorno, ana = mundo.entorno, mundo.actor("ana")
    enlace = membresias.invitar(
        entorno, ana, PorInvitar("julia@vallesereno.example", "Julia"), Puesto("autoridad")
    )
    julia = plantel.listar(entorno, ana, "julia")[0].id
    nora = mundo.actor("nora").membresia_id
    membresias.inactivar(entorno, ana, nora)
    ajenos = (mundo.actor("rita").membresia_id, mundo.actor("sara").membresia_id)
    for cual in (None, 0, julia, nora, ana.membresia_id, *ajenos):
        with pytest.raises(Invalido) as negativa:
            liderazgo.entregar(entorno, ana, replace(ACTO, a=cual))
        assert [e.campo for e in negativa.value.errores] == ["a"]
    with pytest.raises(Invalido) as negativa:
        liderazgo.entregar(entorno, ana, Entrega(None, "jefe", " ", "x" * 251, "?"))
    campos = {e.campo for e in negativa.value.errores}
    assert campos == {"a", "calidad", "cargo", "sustento", "despues"}
    for quien in ("norma", "luis", "max"):
        with pytest.raises(NoPermitido):
            liderazgo.entregar(entorno, mundo.actor(quien), ACTO)
    assert mundo.todo(Liderazgo) == []
    invitaciones.aceptar(entorno, enlace.direccion.rpartition("/")[2], CLAVE)
    liderazgo.entregar(entorno, ana, replace(ACTO, a=julia))
    assert len(mundo.todo(Liderazgo)) == 1

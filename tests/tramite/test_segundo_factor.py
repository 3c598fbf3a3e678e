"""El segundo factor y las sesiones de una cuenta (N61)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from fabrica import CLAVE, PLATAFORMA, Mundo
from sqlalchemy import select

from facilita.servicios.codigos import huella
from facilita.tramite import cuentas, segundo_factor, sesiones, usuarios
from facilita.tramite.errores import Conflicto, Invalido, NoExiste, NoPermitido, Vencido
from facilita.tramite.intentos import Desde, IngresoDetenido
from facilita.tramite.modelos import CodigoDeRecuperacion, SegundoFactor, SesionAbierta

OTRA = "tortuga lenta 84"


def entrar(mundo: Mundo, quien: str = "luis", agente: str = "Firefox") -> str:
    correo = mundo.actor(quien).correo
    return sesiones.ingresar(mundo.entorno, correo, CLAVE, agente, Desde("190.0.2.7"))


def celular(mundo: Mundo, quien: str = "luis") -> pyotp.TOTP:
    """La aplicación de códigos, con la clave ya leída."""
    alta = segundo_factor.empezar(mundo.entorno, mundo.actor(quien).usuario_id)
    uri = pyotp.parse_uri(alta.direccion)
    assert isinstance(uri, pyotp.TOTP) and uri.secret == alta.secreto.replace(" ", "")
    return uri


def activar(mundo: Mundo, quien: str = "luis") -> tuple[pyotp.TOTP, tuple[str, ...]]:
    ficha, suyo = entrar(mundo, quien), celular(mundo, quien)
    codigos = segundo_factor.activar(
        mundo.entorno, mundo.actor(quien).usuario_id, ahora(mundo, suyo), ficha
    )
    mundo.pasar(seconds=90)
    return suyo, codigos


def ahora(mundo: Mundo, suyo: pyotp.TOTP, corre: int = 0) -> str:
    return suyo.at(mundo.reloj.ahora() + timedelta(seconds=30 * corre))


def malo(hacer: Callable[[], Any]) -> str:
    with pytest.raises(Invalido) as negativa:
        hacer()
    return negativa.value.errores[0].texto


def test_activarlo_y_entrar_con_el(mundo: Mundo):
    """N61: la contraseña sola ya no abre nada; la ficha de la espera no es la de la sesión."""
    entorno, luis = mundo.entorno, mundo.actor("luis")
    otra = entrar(mundo)
    suyo, codigos = activar(mundo)
    assert len(set(codigos)) == 10
    assert sesiones.actor_de(entorno, otra) is None, "las demás se cerraron"
    espera = entrar(mundo)
    assert sesiones.espera_codigo(entorno, espera)
    assert sesiones.actor_de(entorno, espera) is None
    assert "no es correcto" in malo(lambda: sesiones.confirmar(entorno, espera, "000000"))
    abierta = sesiones.confirmar(
        entorno, espera, f" {ahora(mundo, suyo)[:3]} {ahora(mundo, suyo)[3:]}"
    )
    assert abierta != espera and not sesiones.espera_codigo(entorno, abierta)
    actor = sesiones.actor_de(entorno, abierta)
    assert actor and actor.usuario_id == luis.usuario_id
    with pytest.raises(Vencido):
        sesiones.confirmar(entorno, espera, ahora(mundo, suyo))
    with pytest.raises(Conflicto):
        segundo_factor.empezar(entorno, luis.usuario_id)


def test_un_codigo_no_sirve_dos_veces_ni_los_de_antes(mundo: Mundo):
    """N61 (RFC 6238, 5.2): ni el mismo, ni uno anterior; el reloj se aparta un paso y no más."""
    entorno = mundo.entorno
    suyo, _ = activar(mundo)
    usado = ahora(mundo, suyo)
    sesiones.confirmar(entorno, entrar(mundo), usado)
    for codigo in (usado, ahora(mundo, suyo, -1)):
        assert "ya se usó" in malo(lambda c=codigo: sesiones.confirmar(entorno, entrar(mundo), c))
    sesiones.confirmar(entorno, entrar(mundo), ahora(mundo, suyo, 1))
    mundo.pasar(minutes=5)
    for corre in (-2, 2):
        lejos = ahora(mundo, suyo, corre)
        malo(lambda c=lejos: sesiones.confirmar(entorno, entrar(mundo), c))
    sesiones.confirmar(entorno, entrar(mundo), ahora(mundo, suyo, -1))


def test_los_codigos_de_recuperacion_sirven_una_vez_y_se_guardan_como_huella(mundo: Mundo):
    """N61: quien lea la base no entra con ella."""
    entorno, luis = mundo.entorno, mundo.actor("luis")
    suyo, codigos = activar(mundo)
    guardado = str([(c.huella,) for c in mundo.todo(CodigoDeRecuperacion)])
    (fila,) = mundo.todo(SegundoFactor)
    assert not any(c in guardado or c.replace("-", "") in guardado for c in codigos)
    assert suyo.secret not in fila.semilla and fila.semilla not in suyo.secret
    sesiones.confirmar(entorno, entrar(mundo), codigos[0].lower().replace("-", " "))
    malo(lambda: sesiones.confirmar(entorno, entrar(mundo), codigos[0]))
    assert segundo_factor.estado(entorno, luis.usuario_id).quedan == 9
    malo(lambda: segundo_factor.renovar_codigos(entorno, luis.usuario_id, "no es esta"))
    nuevos = segundo_factor.renovar_codigos(entorno, luis.usuario_id, CLAVE)
    malo(lambda: sesiones.confirmar(entorno, entrar(mundo), codigos[1]))
    sesiones.confirmar(entorno, entrar(mundo), nuevos[1])
    # Los de otra persona no son suyos.
    _, ajenos = activar(mundo, "nora")
    malo(lambda: sesiones.confirmar(entorno, entrar(mundo), ajenos[0]))


def test_insistir_detiene_y_la_espera_vence(mundo: Mundo):
    """N61: cinco fallos detienen; a los diez minutos hay que empezar otra vez."""
    entorno = mundo.entorno
    suyo, _ = activar(mundo)
    espera = entrar(mundo)
    for _ in range(5):
        malo(lambda: sesiones.confirmar(entorno, espera, "123"))
    with pytest.raises(IngresoDetenido):
        sesiones.confirmar(entorno, espera, ahora(mundo, suyo))
    mundo.pasar(minutes=11)
    with pytest.raises(Vencido):
        sesiones.confirmar(entorno, espera, ahora(mundo, suyo))
    sesiones.confirmar(entorno, entrar(mundo), ahora(mundo, suyo))


def test_una_entidad_lo_exige(mundo: Mundo):
    """N61: quien no lo tiene lo activa antes de seguir, y ya no lo puede quitar."""
    entorno, ana = mundo.entorno, mundo.actor("ana")
    with pytest.raises(NoPermitido):
        segundo_factor.exigir_en_entidad(entorno, mundo.actor("norma"), exige=True)
    with pytest.raises(Conflicto, match="Antes activa el tuyo"):
        segundo_factor.exigir_en_entidad(entorno, ana, exige=True)
    activar(mundo, "ana")
    segundo_factor.exigir_en_entidad(entorno, ana, exige=True)
    exige, faltan = segundo_factor.lo_exige(entorno, ana)
    assert exige and "luis" in faltan and "ana" not in faltan
    actor = sesiones.actor_de(entorno, entrar(mundo))
    assert actor and actor.debe_segundo_factor
    de_otra = sesiones.actor_de(entorno, entrar(mundo, "rita"))
    assert de_otra and not de_otra.debe_segundo_factor
    suyo, _ = activar(mundo)
    espera = entrar(mundo)
    abierta = sesiones.confirmar(entorno, espera, ahora(mundo, suyo))
    actor = sesiones.actor_de(entorno, abierta)
    assert actor and not actor.debe_segundo_factor
    with pytest.raises(Conflicto, match="exige"):
        segundo_factor.quitar(entorno, actor.usuario_id, CLAVE)
    segundo_factor.exigir_en_entidad(entorno, ana, exige=False)
    malo(lambda: segundo_factor.quitar(entorno, actor.usuario_id, "no es esta"))
    segundo_factor.quitar(entorno, actor.usuario_id, CLAVE)
    assert not sesiones.espera_codigo(entorno, entrar(mundo))


def test_quien_perdio_todo_lo_recupera_por_la_consola(mundo: Mundo):
    """N61: quien administra la máquina lo quita y cierra las sesiones."""
    entorno, luis = mundo.entorno, mundo.actor("luis")
    suyo, _ = activar(mundo)
    abierta = sesiones.confirmar(entorno, entrar(mundo), ahora(mundo, suyo))
    cuentas.quitar_segundo_factor(entorno, luis.correo)
    assert sesiones.actor_de(entorno, abierta) is None
    assert sesiones.actor_de(entorno, entrar(mundo)) is not None
    for correo in (luis.correo, "nadie@vallesereno.example"):
        with pytest.raises(NoExiste):
            cuentas.quitar_segundo_factor(entorno, correo)


# --- las sesiones ---------------------------------------------------------------------------------


def test_ver_y_cerrar_las_sesiones_propias(mundo: Mundo):
    """N61: dice el equipo, la red y la última vez; se cierra una, o todas las demás."""
    entorno, luis = mundo.entorno, mundo.actor("luis")
    esta, segunda, tercera = (entrar(mundo, agente=a) for a in ("Firefox", "Edg", "Safari"))
    ajena = entrar(mundo, "nora")
    vistas = sesiones.abiertas(entorno, luis.usuario_id, esta)
    assert [v.es_esta for v in vistas] == [True, False, False]
    assert {(v.agente, v.red) for v in vistas} == {
        (a, "190.0.2.7") for a in ("Firefox", "Edg", "Safari")
    }
    for cual in (huella(ajena)[:16], huella(esta)[:16], "no-hay", ""):
        with pytest.raises(NoExiste):
            sesiones.cerrar(entorno, luis.usuario_id, esta, cual)
    sesiones.cerrar(entorno, luis.usuario_id, esta, huella(segunda)[:16])
    assert sesiones.actor_de(entorno, segunda) is None
    sesiones.cerrar(entorno, luis.usuario_id, esta, None)
    assert sesiones.actor_de(entorno, tercera) is None
    assert sesiones.actor_de(entorno, esta) and sesiones.actor_de(entorno, ajena)


def test_cambiar_la_contrasena_cierra_las_demas(mundo: Mundo):
    """N61: también las que esperaban su segundo factor."""
    entorno, luis = mundo.entorno, mundo.actor("luis")
    suyo, _ = activar(mundo)
    esta = sesiones.confirmar(entorno, entrar(mundo), ahora(mundo, suyo))
    espera = entrar(mundo)
    usuarios.cambiar_clave(entorno, luis.usuario_id, CLAVE, OTRA, huella(esta))
    assert not sesiones.espera_codigo(entorno, espera)
    with entorno.bd.lectura(PLATAFORMA) as sesion:
        suyas = select(SesionAbierta).where(SesionAbierta.usuario_id == luis.usuario_id)
        assert len(sesion.scalars(suyas).all()) == 1

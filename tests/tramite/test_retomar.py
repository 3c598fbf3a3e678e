"""Seguir después: el enlace por correo, el aviso del día antes, alargar, borrar y hallar."""

import re
from datetime import timedelta

import pytest
from fabrica import CONTACTO, MESA, RIO, VALLE, Mundo

from facilita.tramite import barrido, borradores, retomar, salidas, sin_entregar, subsanacion
from facilita.tramite.errores import Conflicto, Invalido, NoExiste, Vencido
from facilita.tramite.leido import hallar
from facilita.tramite.modelos import Adjunto, Archivo, Borrador, Salida
from facilita.tramite.sin_entregar import Filtro


@pytest.fixture
def motor(request: pytest.FixtureRequest) -> str:
    """SQLite, salvo donde la base importa: eso corre en los dos."""
    return str(getattr(request, "param", "sqlite"))


EN_LOS_DOS = pytest.mark.parametrize("motor", ["sqlite", "postgresql"], indirect=True)


def enviados(mundo: Mundo) -> list[Salida]:
    return mundo.todo(Salida, Salida.clase == retomar.CLASE)


def enviar(mundo: Mundo, ficha: str, correo: str = "rosa@example.com") -> str:
    return retomar.enviar_enlace(mundo.entorno, mundo.entidad(), ficha, correo)


def ficha_en(salida: Salida) -> str:
    return re.findall(r"/borrador/([\w-]+)/despues/seguir", salida.datos["texto"])[0]


@EN_LOS_DOS
def test_el_enlace_llega_por_correo_y_dice_hasta_cuando(mundo: Mundo):
    """N04: se sigue desde otro equipo; el correo no lleva nada de lo escrito."""
    ficha = mundo.abrir_mesa()
    revision = hallar(mundo.entorno, mundo.entidad(), ficha).revision
    assert enviar(mundo, ficha, " Rosa@Example.com ") == "Rosa@example.com"
    (salida,) = enviados(mundo)
    texto = salida.datos["texto"]
    assert ficha_en(salida) == ficha and salida.datos["para"] == "Rosa@example.com"
    assert "lunes 30 de noviembre de 2026" in texto and "licencia" not in texto
    assert salida.solicitud_id is None
    assert hallar(mundo.entorno, mundo.entidad(), ficha).revision == revision
    salidas.entregar(mundo.entorno)
    assert enviados(mundo)[0].situacion == "entregada"
    assert retomar.olvidar_enlaces(mundo.entorno) == 1
    assert retomar.olvidar_enlaces(mundo.entorno) == 0
    assert not enviados(mundo) and ficha not in str(mundo.todo(Salida)[0].datos)


def test_un_correo_mal_escrito_se_dice(mundo: Mundo):
    """N04: y no sale nada."""
    ficha = mundo.abrir_mesa()
    for escrito in ("", "  ", "rosa", "rosa@", "a@b.c, d@e.f", "x" * 300 + "@a.pe"):
        with pytest.raises(Invalido) as falla:
            enviar(mundo, ficha, escrito)
        assert [e.campo for e in falla.value.errores] == ["correo"], escrito
    assert not enviados(mundo)


def test_lo_presentado_y_una_correccion_no_mandan_enlace(mundo: Mundo):
    """N12, N07: no se alargan ni se borran tampoco."""
    ficha = mundo.abrir_mesa()
    codigo = mundo.presentar(ficha)
    mundo.observar(codigo)
    entidad = mundo.entidad()
    suya = subsanacion.abrir_correccion(mundo.entorno, entidad.id, mundo.solicitud(codigo).id)
    for cual in (ficha, suya):
        antes = hallar(mundo.entorno, entidad, cual).vence_en
        with pytest.raises(Conflicto):
            enviar(mundo, cual)
        with pytest.raises(Conflicto):
            retomar.borrar(mundo.entorno, entidad, cual)
        assert retomar.alargar(mundo.entorno, entidad, cual) == antes
    assert mundo.cuantas(Borrador) == [2]


@EN_LOS_DOS
def test_el_dia_antes_se_avisa_una_vez(mundo: Mundo):
    """N04: solo a quien dejó su correo; si se alarga, se vuelve a avisar."""
    ficha, _sin_correo = mundo.abrir_mesa(), mundo.abrir_mesa()
    enviar(mundo, ficha)
    salidas.entregar(mundo.entorno)
    retomar.olvidar_enlaces(mundo.entorno)
    mundo.pasar(days=5, hours=23)
    assert retomar.avisar_por_vencer(mundo.entorno) == 0
    mundo.pasar(hours=1)
    assert retomar.avisar_por_vencer(mundo.entorno) == 1
    assert retomar.avisar_por_vencer(mundo.entorno) == 0
    (aviso,) = enviados(mundo)
    assert ficha_en(aviso) == ficha and "se borra el lunes 30" in aviso.datos["texto"]
    borradores.guardar(mundo.entorno, mundo.entidad(), ficha, {"asunto": "Sigo"})
    assert retomar.avisar_por_vencer(mundo.entorno) == 0
    mundo.pasar(days=6)
    assert retomar.avisar_por_vencer(mundo.entorno) == 1


def test_lo_presentado_y_lo_vencido_no_se_avisan(mundo: Mundo):
    """N04: un aviso que ya no sirve no se manda."""
    presentado, vencido = mundo.abrir_mesa(), mundo.abrir_mesa()
    for ficha in (presentado, vencido):
        enviar(mundo, ficha)
    mundo.presentar(presentado)
    mundo.pasar(days=7, seconds=1)
    assert retomar.avisar_por_vencer(mundo.entorno) == 0


@EN_LOS_DOS
def test_alargar_no_estorba_a_quien_lo_tiene_abierto(mundo: Mundo):
    """N63 (WCAG 2.2.1): más tiempo sin tocar lo escrito ni su revisión."""
    ficha, entidad = mundo.abrir_mesa(), mundo.entidad()
    antes = hallar(mundo.entorno, entidad, ficha)
    mundo.pasar(days=6)
    hasta = retomar.alargar(mundo.entorno, entidad, ficha)
    assert hasta == mundo.reloj.ahora() + timedelta(days=mundo.entorno.dias_de_borrador)
    ahora = hallar(mundo.entorno, entidad, ficha)
    assert (ahora.vence_en, ahora.revision, ahora.crudo) == (hasta, antes.revision, antes.crudo)
    mundo.pasar(days=8)
    with pytest.raises(Vencido):
        retomar.alargar(mundo.entorno, entidad, ficha)


@EN_LOS_DOS
def test_el_personal_no_ve_estos_correos(mundo: Mundo):
    """N33: ni los que esperan ni los callados; reenviar lo que falló no los toca."""
    ficha, otra = mundo.abrir_mesa(), mundo.abrir_mesa()
    for cual in (ficha, otra):
        enviar(mundo, cual)
    retomar.borrar(mundo.entorno, mundo.entidad(), otra)
    ana = mundo.actor("ana")
    visto = sin_entregar.listar(mundo.entorno, ana, Filtro())
    assert visto.filas == () and not any(visto.cuentas.values())
    assert sin_entregar.reenviar_todos(mundo.entorno, ana, Filtro()) == 0


@EN_LOS_DOS
def test_borrar_se_lleva_todo_lo_suyo(mundo: Mundo):
    """N33: lo escrito, los archivos y los correos que esperaban; lo de los demás queda."""
    ficha, ajeno = mundo.abrir_mesa(), mundo.abrir_mesa()
    enviar(mundo, ficha)
    enviar(mundo, ajeno)
    with pytest.raises(NoExiste):
        retomar.borrar(mundo.entorno, mundo.entidad(RIO), ficha)
    retomar.borrar(mundo.entorno, mundo.entidad(), ficha)
    assert mundo.cuantas(Borrador, Adjunto) == [1, 1] and len(enviados(mundo)) == 1
    assert salidas.entregar(mundo.entorno) == 1
    with pytest.raises(NoExiste):
        retomar.borrar(mundo.entorno, mundo.entidad(), ficha)
    retomar.borrar(mundo.entorno, mundo.entidad(), ajeno)
    mundo.pasar(days=3)
    barrido.barrer_archivos(mundo.entorno)
    assert mundo.cuantas(Archivo) == [0]


@EN_LOS_DOS
def test_se_halla_lo_abierto_de_ese_formulario(mundo: Mundo):
    """N33: ni lo vencido, ni lo presentado, ni lo de otro formulario u otra entidad."""
    viejo = mundo.abrir_mesa()
    mundo.pasar(days=6)
    suyos = [mundo.abrir_mesa(), mundo.abrir_mesa()]
    presentado, contacto = mundo.abrir_mesa(), mundo.abrir_contacto()
    mundo.presentar(presentado)
    de_rio = mundo.abrir_mesa(RIO)
    mundo.pasar(days=2)
    fichas = [viejo, *suyos, presentado, contacto, de_rio, "inventada", "\ud800"]

    def hallados(entidad: str, cual: str) -> list[str]:
        return [
            b.ficha for b in retomar.abiertos(mundo.entorno, mundo.entidad(entidad), cual, fichas)
        ]

    assert hallados(VALLE, MESA) == suyos[::-1]
    assert hallados(VALLE, CONTACTO) == [contacto]
    assert hallados(RIO, MESA) == [de_rio]
    assert retomar.abiertos(mundo.entorno, mundo.entidad(), MESA, []) == []

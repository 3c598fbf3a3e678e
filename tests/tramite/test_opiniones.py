"""Una opinión por solicitud, sin decir de quién es; y el aviso de privacidad de cada formulario."""

from dataclasses import replace

import pytest
from fabrica import CONTACTO, FORMULARIOS, MESA, VALLE, Mundo

from facilita.tramite import formularios, opiniones, privacidad
from facilita.tramite.errores import Conflicto, Invalido, NoPermitido
from facilita.tramite.modelos import Opinion


def presentada(mundo: Mundo) -> str:
    ficha = mundo.abrir_contacto()
    mundo.presentar(ficha)
    return ficha


def test_una_por_solicitud_y_sin_decir_de_cual(mundo: Mundo):
    """N33: la segunda no cambia nada; la fila no lleva ni solicitud, ni código, ni hora."""
    ficha, entidad = presentada(mundo), mundo.entidad()
    assert opiniones.opinar(mundo.entorno, entidad, ficha, 4, "  Más claro ")
    assert not opiniones.opinar(mundo.entorno, entidad, ficha, 1, "Otra")
    (fila,) = mundo.todo(Opinion)
    assert (fila.nota, fila.comentario, str(fila.dia)) == (4, "Más claro", "2026-11-23")
    columnas = {c.name for c in Opinion.__table__.columns}
    assert columnas == {
        "id", "entidad_id", "formulario_id", "huella", "nota", "comentario", "dia",
    }  # fmt: skip


def test_un_comentario_que_no_cabe_se_dice_y_no_se_corta(mundo: Mundo):
    """N33: ni una letra en silencio; lo que cabe justo entra entero."""
    ficha, entidad = presentada(mundo), mundo.entidad()
    with pytest.raises(Invalido) as negada:
        opiniones.opinar(mundo.entorno, entidad, ficha, None, "ñ" * 1003)
    assert [(e.campo, e.texto) for e in negada.value.errores] == [
        ("nota", "Elige una de las cinco respuestas."),
        ("comentario", "Acorta lo que escribiste: caben 1,000 caracteres y sobran 3."),
    ]
    # El navegador cuenta un salto de línea como uno y lo envía como dos.
    assert opiniones.opinar(mundo.entorno, entidad, ficha, 5, "ñ" * 500 + "\r\n" + "ñ" * 499)
    assert [len(o.comentario) for o in mundo.todo(Opinion)] == [1000]


@pytest.mark.parametrize("nota", [None, 0, 6])
def test_sin_una_nota_no_hay_opinion(mundo: Mundo, nota: int | None):
    """N33: y antes de presentar, tampoco."""
    with pytest.raises(Invalido):
        opiniones.opinar(mundo.entorno, mundo.entidad(), presentada(mundo), nota)
    with pytest.raises(Conflicto):
        opiniones.opinar(mundo.entorno, mundo.entidad(), mundo.abrir_contacto(), 5)
    assert not mundo.todo(Opinion)


def test_se_muestran_desde_cinco_y_solo_a_quien_coordina(mundo: Mundo):
    """N33: con menos se sabría de quién es cada una."""
    ana = mundo.actor("ana")
    for n in range(5):
        antes = opiniones.resultados(mundo.entorno, ana)
        assert (antes.total, antes.se_muestra, antes.comentarios) == (n, False, ())
        nota, dicho = (1, "Lento") if n == 4 else (5, "")
        opiniones.opinar(mundo.entorno, mundo.entidad(), presentada(mundo), nota, dicho)
    r = opiniones.resultados(mundo.entorno, ana)
    assert r.se_muestra and r.cuentas == {5: 4, 4: 0, 3: 0, 2: 0, 1: 1} and r.promedio == 4.2
    assert [c[1:] for c in r.comentarios] == [(1, "Lento")]
    assert opiniones.resultados(mundo.entorno, ana, CONTACTO).total == 5
    assert opiniones.resultados(mundo.entorno, ana, MESA).total == 0
    assert opiniones.resultados(mundo.entorno, mundo.actor("rita")).total == 0
    mundo.pasar(days=40)
    assert opiniones.resultados(mundo.entorno, ana, dias=30).total == 0
    assert opiniones.resultados(mundo.entorno, ana, dias=90).total == 5
    with pytest.raises(NoPermitido):
        opiniones.resultados(mundo.entorno, mundo.actor("luis"))


def test_el_aviso_de_un_formulario_dice_lo_que_manda_la_ley(mundo: Mundo):
    """N34: quién y dónde, para qué, banco, quién más, obligatorias, consecuencias, países…"""
    vigente = formularios.vigente(mundo.entorno, VALLE, MESA)
    normas = mundo.entorno.catalogo.normas
    puntos = privacidad.aviso(vigente.entidad, vigente.definicion, normas)
    assert len(puntos) == 10
    dicho = {p.titulo: f"{p.texto} {p.lista}" for p in puntos}
    assert "20987654326" in dicho["Quién tiene tus datos y dónde"]
    assert "Notificación electrónica" in dicho["Para qué se usan"]
    assert "Nombres" in dicho["Qué respuestas son obligatorias"]
    assert "RUC (cuando se pregunta)" in dicho["Qué respuestas son obligatorias"]
    assert "No presentado" in dicho["Si decide un programa"]


def test_publicar_dice_lo_que_el_aviso_no_puede_decir(mundo: Mundo):
    """N34: sin los datos de la entidad, cada punto que falta se nombra y nada se inventa."""
    vigente = formularios.vigente(mundo.entorno, VALLE, CONTACTO)
    muda = replace(vigente.entidad, privacidad={}, direccion=None)
    assert privacidad.faltan(muda, vigente.definicion) == (
        "Quién tiene tus datos y dónde", "En qué banco de datos quedan", "Quién más los recibe",
        "Si se envían a otros países", "Cuánto tiempo se guardan", "Cómo ejerces tus derechos",
    )  # fmt: skip
    texto = (FORMULARIOS / "contacto.yaml").read_text("utf-8")
    hecho = formularios.publicar(mundo.entorno, vigente.entidad.id, texto, "x.yaml", motivo="x")
    assert hecho.sin_declarar == privacidad.faltan(vigente.entidad, vigente.definicion)

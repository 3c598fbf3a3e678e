"""El libro de consentimientos: qué se aceptó, con qué texto, y retirarlo (N33)."""

import hashlib

import pytest
from fabrica import ACEPTA, RIO, Mundo

from facilita.tramite import (
    borradores,
    consentimientos,
    detalle,
    seguimiento,
    solicitudes,
    subsanacion,
)
from facilita.tramite.ambito import Ambito
from facilita.tramite.errores import Conflicto, NoExiste
from facilita.tramite.modelos import Consentimiento

PRUEBA = {"canal": "formulario web", "pedido": "ab12", "red": "190.0.2.0/24"}


def presentar(mundo: Mundo, **cambios: object) -> str:
    ficha = mundo.abrir_mesa(**cambios)
    hecha = solicitudes.presentar(mundo.entorno, mundo.entidad(), ficha, ACEPTA, None, PRUEBA)
    assert hecha.codigo is not None
    return hecha.codigo


def actos(mundo: Mundo) -> list[tuple[str, str]]:
    return [(c.campo, c.acto) for c in mundo.todo(Consentimiento)]


def test_cada_consentimiento_aceptado_queda_con_su_texto_y_su_prueba(mundo: Mundo):
    """N33: el texto con el nombre de la entidad, su digest, cuándo y por dónde llegó."""
    codigo = presentar(mundo, acepta_notificacion="true")
    filas = {c.campo: c for c in mundo.todo(Consentimiento)}
    assert set(filas) == {"acepta_notificacion", "declaracion_jurada", "privacidad"}
    assert {c.acto for c in filas.values()} == {"dado"}
    casilla, jurada = filas["acepta_notificacion"], filas["declaracion_jurada"]
    assert mundo.entidad().correo in casilla.texto and "{" not in casilla.texto
    assert casilla.digest == hashlib.sha256(casilla.texto.encode()).hexdigest()
    assert (casilla.uso, casilla.exigido, jurada.exigido) == ("notificacion", False, True)
    assert casilla.cuando == mundo.solicitud(codigo).presentado_en
    assert casilla.version_id == mundo.solicitud(codigo).version_id
    assert {**PRUEBA, "borrador": mundo.solicitud(codigo).borrador_id} == casilla.prueba


def test_lo_que_no_se_acepto_no_esta(mundo: Mundo):
    """N33: callar no es consentir; y nada se presenta dos veces."""
    ficha = mundo.abrir_mesa()
    for _ in range(2):
        solicitudes.presentar(mundo.entorno, mundo.entidad(), ficha, ACEPTA)
    assert actos(mundo) == [("declaracion_jurada", "dado"), ("privacidad", "dado")]


def test_retirar_es_un_suceso_que_ven_la_persona_y_el_personal(mundo: Mundo):
    """N33: con su consecuencia en palabras; lo dado antes queda escrito."""
    codigo = presentar(mundo, acepta_notificacion="true")
    mundo.pasar(days=1)
    retirado = consentimientos.retirar(mundo.entorno, codigo, "acepta_notificacion", PRUEBA)
    assert "por cédula" in retirado.consecuencia
    visto = seguimiento.ver_expediente(mundo.entorno, codigo)
    suyo = next(c for c in visto.consentimientos if c.campo == "acepta_notificacion")
    assert not suyo.vale and not suyo.se_retira and suyo.retirado_en == mundo.reloj.ahora()
    assert suyo.dado_en == mundo.solicitud(codigo).presentado_en
    hito = visto.hitos[-1]
    assert (hito.titulo, hito.quien) == ("Consentimiento retirado", "Tú")
    assert retirado.consecuencia in dict(hito.textos).values()
    del_personal = detalle.ver(mundo.entorno, mundo.actor("ana"), visto.solicitud_id)
    assert del_personal.hitos[-1].titulo == "Consentimiento retirado"
    assert del_personal.consentimientos == visto.consentimientos
    assert actos(mundo)[-1] == ("acepta_notificacion", "retirado")


def test_vale_hasta_que_se_retira(mundo: Mundo):
    """N50: notificar por la casilla necesita un consentimiento que siga dado."""
    con, sin = presentar(mundo, acepta_notificacion="true"), presentar(mundo)

    def vale(codigo: str) -> bool:
        with mundo.entorno.bd.lectura(Ambito.de(mundo.entidad().id)) as sesion:
            cual = mundo.solicitud(codigo).id
            return consentimientos.vale_uso(sesion, cual, "notificacion")

    assert (vale(con), vale(sin)) == (True, False)
    consentimientos.retirar(mundo.entorno, con, "acepta_notificacion", PRUEBA)
    assert not vale(con)


def test_una_declaracion_exigida_no_se_retira_y_lo_retirado_tampoco(mundo: Mundo):
    """N33: la declaración jurada no es un consentimiento libre; retirar dos veces se dice."""
    codigo = presentar(mundo, acepta_notificacion="true")
    consentimientos.retirar(mundo.entorno, codigo, "acepta_notificacion", PRUEBA)
    for campo, niega in (
        ("declaracion_jurada", Conflicto), ("acepta_notificacion", Conflicto),
        ("asunto", NoExiste), ("no_existe", NoExiste),
    ):  # fmt: skip
        with pytest.raises(niega):
            consentimientos.retirar(mundo.entorno, codigo, campo, PRUEBA)
    with pytest.raises(NoExiste):
        consentimientos.retirar(mundo.entorno, "no es un código", "privacidad", PRUEBA)
    assert len(actos(mundo)) == 4


def test_corregir_sin_tocarlo_no_lo_da_de_nuevo(mundo: Mundo):
    """N33: lo retirado sigue retirado aunque se corrija otra cosa."""
    codigo = presentar(mundo, acepta_notificacion="true")
    mundo.observar(codigo)
    consentimientos.retirar(mundo.entorno, codigo, "acepta_notificacion", PRUEBA)
    antes = actos(mundo)
    entidad, cual = mundo.entidad(), mundo.solicitud(codigo).id
    ficha = subsanacion.abrir_correccion(mundo.entorno, entidad.id, cual)
    borradores.guardar(mundo.entorno, entidad, ficha, {"asunto": "Pido copia de una licencia"})
    hecha = subsanacion.subsanar(mundo.entorno, entidad, ficha, {}, mundo.reloj.ahora())
    assert hecha.codigo == codigo and actos(mundo) == antes


def test_los_de_cada_entidad_son_suyos(mundo: Mundo):
    """N33: la sesión de una entidad no ve el libro de otra."""
    codigo = mundo.presentar_contacto(RIO)
    assert actos(mundo) == [("privacidad", "dado")]
    with mundo.entorno.bd.lectura(Ambito.de(mundo.entidad().id)) as sesion:
        assert consentimientos.de_solicitud(sesion, mundo.solicitud(codigo).id) == ()

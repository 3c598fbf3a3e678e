"""El libro de consentimientos: qué se aceptó, con qué texto, y retirarlo (N33)."""

import hashlib
from typing import Any

import pytest
import yaml
from fabrica import ACEPTA, DE_CONTACTO, RAIZ, RIO, VALLE, Mundo

from facilita.tramite import (
    borradores,
    consentimientos,
    detalle,
    formularios,
    seguimiento,
    solicitudes,
    subsanacion,
)
from facilita.tramite.ambito import Ambito
from facilita.tramite.errores import Conflicto, Invalido, NoExiste
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


def test_lo_retirado_se_vuelve_a_dar_y_queda_en_el_libro(mundo: Mundo):
    """N33, N50: con el mismo texto; vale otra vez, y se puede volver a retirar."""
    codigo, campo = presentar(mundo, acepta_notificacion="true"), "acepta_notificacion"
    antes = len(actos(mundo))
    with pytest.raises(Conflicto, match="ya está dado"):
        consentimientos.volver_a_dar(mundo.entorno, codigo, campo, PRUEBA)
    consentimientos.retirar(mundo.entorno, codigo, campo, PRUEBA)
    mundo.pasar(days=1)
    consentimientos.volver_a_dar(mundo.entorno, codigo, campo, PRUEBA)
    visto = seguimiento.ver_expediente(mundo.entorno, codigo)
    suyo = next(c for c in visto.consentimientos if c.campo == campo)
    assert suyo.vale and suyo.se_retira and suyo.dado_en == mundo.reloj.ahora()
    assert (visto.hitos[-1].titulo, visto.hitos[-1].quien) == ("Consentimiento dado otra vez", "Tú")
    consentimientos.retirar(mundo.entorno, codigo, campo, PRUEBA)
    assert [acto for _, acto in actos(mundo)[antes:]] == ["retirado", "dado", "retirado"]
    filas = [c for c in mundo.todo(Consentimiento) if c.campo == campo]
    assert len({(c.digest, c.uso, c.exigido) for c in filas}) == 1
    for otro, niega in (("declaracion_jurada", Conflicto), ("no_existe", NoExiste)):
        with pytest.raises(niega):
            consentimientos.volver_a_dar(mundo.entorno, codigo, otro, PRUEBA)


def test_el_personal_no_observa_un_consentimiento_voluntario(mundo: Mundo):
    """N33: darlo o no lo decide la persona; lo demás se observa como siempre."""
    for codigo in (presentar(mundo, acepta_notificacion="true"), presentar(mundo)):
        visto = detalle.ver(mundo.entorno, mundo.actor("luis"), mundo.solicitud(codigo).id)
        assert "acepta_notificacion" not in visto.observables and "asunto" in visto.observables
        with pytest.raises(Invalido) as negada:
            mundo.observar(codigo, acepta_notificacion="Acéptalo.", asunto="Precisa.")
        assert "lo decide la persona" in negada.value.errores[0].texto
        assert mundo.solicitud(codigo).estado == "nuevo"


CEDER: dict[str, Any] = {
    "id": "ceder", "de": ["nuevo"], "a": "nuevo", "etiqueta": "Compartir mis datos",
    "quien": ["ciudadano"], "una_vez": True,
    "pide": [
        {"id": "acepta", "tipo": "consentimiento", "etiqueta": "Compartirlos con otra entidad",
         "texto": "Acepto que {entidad} comparta mis datos.", "obligatorio": False},
        {"id": "testigos", "tipo": "grupo", "etiqueta": "Testigos",
         "nombre_de_fila": "Testigo", "maximo": 3,
         "campos": [{"id": "consta", "tipo": "consentimiento", "etiqueta": "Le consta",
                     "texto": "Me consta.", "obligatorio": True}]},
    ],
}  # fmt: skip


def test_los_que_pide_un_paso_entran_al_libro_y_se_retiran(mundo: Mundo):
    """N33: sueltos y en cada fila, con su prueba; lo que no se marcó no está."""
    dato = yaml.safe_load((RAIZ / "plantillas" / "contacto.yaml").read_text())
    del dato["plantilla"], dato["version"]
    dato |= {"formulario": "con-paso"}
    dato["flujo"]["transiciones"] += [CEDER]
    texto = yaml.safe_dump(dato, allow_unicode=True, sort_keys=False)
    formularios.publicar(mundo.entorno, mundo.entidad().id, texto, "c.yaml", motivo="Propio")
    vigente = formularios.vigente(mundo.entorno, VALLE, "con-paso")
    codigo = mundo.presentar(borradores.abrir(mundo.entorno, vigente, DE_CONTACTO)[0])
    crudo = {"acepta": "true", "testigos": [{"consta": "true"}, {"consta": "true"}]}
    seguimiento.actuar(mundo.entorno, codigo, "ceder", crudo, PRUEBA)
    orden = next(m.orden for m in mundo.movimientos(codigo) if m.transicion == "ceder")
    caminos = [f"{orden}:{c}" for c in ("acepta", "testigos-0-consta", "testigos-1-consta")]
    assert actos(mundo) == [("privacidad", "dado"), *((c, "dado") for c in caminos)]
    del_paso = mundo.todo(Consentimiento)[1]
    assert (del_paso.finalidad, del_paso.exigido) == (CEDER["pide"][0]["etiqueta"], False)
    assert mundo.entidad().nombre in del_paso.texto and del_paso.prueba == PRUEBA
    consentimientos.retirar(mundo.entorno, codigo, caminos[0], PRUEBA)
    consentimientos.volver_a_dar(mundo.entorno, codigo, caminos[0], PRUEBA)
    with pytest.raises(Conflicto):
        consentimientos.retirar(mundo.entorno, codigo, caminos[2], PRUEBA)
    assert [acto for _, acto in actos(mundo)[4:]] == ["retirado", "dado"]


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

"""Lo que está en camino sigue con su versión; pasar a la nueva es un acto que se ve antes."""

from typing import Any

import pytest
from fabrica import (
    ACEPTA,
    CONTACTO,
    DE_CONTACTO,
    DE_MESA,
    FORMULARIOS,
    MESA,
    RAIZ,
    VALLE,
    Mundo,
    alargar_borradores,
)

from facilita.definicion import leer_yaml
from facilita.tramite import (
    borradores,
    formularios,
    mudanzas,
    seguimiento,
    solicitudes,
    subsanacion,
)
from facilita.tramite.errores import Conflicto, NoExiste, Vencido, VersionVencida
from facilita.tramite.modelos import Adjunto, Solicitud, Version

DE_MESA_DOS = """
  opciones:
    tipo_documento:
      otro: {etiqueta: Otro documento}
  quitar:
    campos: [numero_documento, anexos]
    opciones:
      tipo_documento: [memorial, carta]
"""


def publicar(mundo: Mundo, texto: str, entidad: str = VALLE) -> str:
    """Publica una versión; da su digest."""
    entidad_id = mundo.entidad(entidad).id
    return formularios.publicar(mundo.entorno, entidad_id, texto, "v.yaml", motivo="Mejora").digest


def contacto(cambios: str = "  introduccion: Otra introducción.\n") -> str:
    """El formulario de contacto con otros cambios."""
    return (FORMULARIOS / "contacto.yaml").read_text() + cambios


def mesa(cambios: str = DE_MESA_DOS) -> str:
    """El de mesa de partes sin los cambios de la entidad, y con esos."""
    return f"formato: 1\nformulario: {MESA}\nplantilla: {MESA}@1\ncambios:{cambios}"


def ver(mundo: Mundo, ficha: str) -> mudanzas.Previa:
    """Qué pasaría con un borrador."""
    previa = mudanzas.ver_mudanza(mundo.entorno, mundo.entidad(), ficha)
    assert previa is not None
    return previa


def mover(mundo: Mundo, ficha: str, **cambios: Any) -> borradores.Paso:
    """Lo pasa a la versión que se vio."""
    previa = ver(mundo, ficha)
    datos = {"hacia": previa.nueva.digest, "revision": previa.revision, **cambios}
    return mudanzas.mover_borrador(mundo.entorno, mundo.entidad(), ficha, **datos)


def numero_de_version(mundo: Mundo, codigo: str) -> int:
    """La versión con que se presentó."""
    version = mundo.todo(Version, Version.id == mundo.solicitud(codigo).version_id)[0]
    return int(version.numero)


# --- la gracia --------------------------------------------------------------------------------


def test_lo_empezado_se_presenta_con_su_version_hasta_que_vence_la_gracia(mundo: Mundo) -> None:
    a_tiempo, tarde = mundo.abrir_contacto(), mundo.abrir_contacto()
    publicar(mundo, contacto())
    mundo.pasar(days=mundo.entorno.dias_de_gracia)
    alargar_borradores(mundo)
    assert numero_de_version(mundo, mundo.presentar(a_tiempo)) == 1
    mundo.pasar(seconds=1)
    with pytest.raises(VersionVencida):
        mundo.presentar(tarde)
    assert mundo.cuantas(Solicitud) == [1]
    assert ver(mundo, tarde).vencida
    mover(mundo, tarde)
    assert numero_de_version(mundo, mundo.presentar(tarde)) == 2


def test_la_gracia_se_cuenta_desde_que_se_publico_la_que_reemplaza(mundo: Mundo) -> None:
    ficha = mundo.abrir_contacto()
    mundo.pasar(days=3)
    publicar(mundo, contacto())
    reemplazo = mundo.entorno.reloj.ahora()
    mundo.pasar(days=1)
    publicar(mundo, contacto("  introduccion: La tercera.\n"))
    limite = ver(mundo, ficha).limite
    assert limite is not None and (limite - reemplazo).days == mundo.entorno.dias_de_gracia


def test_volver_a_publicar_la_anterior_le_devuelve_su_lugar(mundo: Mundo) -> None:
    ficha = mundo.abrir_contacto()
    publicar(mundo, contacto())
    mundo.pasar(days=2)
    publicar(mundo, contacto(""))
    assert mudanzas.ver_mudanza(mundo.entorno, mundo.entidad(), ficha) is None
    mundo.pasar(days=2)
    publicar(mundo, contacto())
    limite = ver(mundo, ficha).limite
    assert limite is not None
    assert (limite - mundo.entorno.reloj.ahora()).days == mundo.entorno.dias_de_gracia


def test_un_formulario_retirado_no_apura_a_nadie(mundo: Mundo) -> None:
    ficha = mundo.abrir_contacto()
    formularios.retirar(mundo.entorno, mundo.entidad().id, CONTACTO, motivo="Mudanza")
    assert mudanzas.ver_mudanza(mundo.entorno, mundo.entidad(), ficha) is None
    mundo.pasar(days=5)
    assert mundo.presentar(ficha)


def test_sin_dias_de_gracia_hay_que_pasar_enseguida(mundo: Mundo) -> None:
    sin_gracia = mundo.con(dias_de_gracia=0)
    ficha = mundo.abrir_contacto()
    publicar(mundo, contacto())
    assert sin_gracia.presentar(mundo.abrir_contacto())
    mundo.pasar(seconds=1)
    with pytest.raises(VersionVencida):
        sin_gracia.presentar(ficha)


def test_una_solicitud_se_atiende_y_se_corrige_siempre_con_su_version(mundo: Mundo) -> None:
    """N12: publicar otra versión no le cambia nada a lo presentado, tampoco tras la gracia."""
    codigo = mundo.presentar_mesa()
    sin_gracia = mundo.con(dias_de_gracia=0)
    publicar(mundo, mesa())
    sin_gracia.observar(codigo, numero_documento="Precisa el número.")
    entidad = mundo.entidad()
    ficha = subsanacion.abrir_correccion(sin_gracia.entorno, entidad.id, mundo.solicitud(codigo).id)
    mundo.pasar(minutes=5)
    assert mudanzas.ver_mudanza(sin_gracia.entorno, entidad, ficha) is None
    borradores.guardar(sin_gracia.entorno, entidad, ficha, {"numero_documento": "016-2026"})
    hecha = subsanacion.subsanar(
        sin_gracia.entorno, entidad, ficha, {}, mundo.entorno.reloj.ahora()
    )
    assert hecha.paso is None
    assert numero_de_version(mundo, codigo) == 1
    sin_gracia.transitar(codigo, "atender", {"respuesta": "Listo."})
    assert seguimiento.ver(mundo.entorno, codigo)


# --- pasar --------------------------------------------------------------------------------------


def test_se_ve_antes_lo_que_se_queda_lo_que_se_pierde_y_lo_que_se_pregunta(mundo: Mundo) -> None:
    ficha = mundo.abrir_mesa()
    obligatorio = "\n  campos:\n    pedido: {largo_maximo: 10}\n"
    publicar(mundo, mesa(DE_MESA_DOS.rstrip() + _agregado() + obligatorio))
    mudanza = ver(mundo, ficha).mudanza
    perdidas = {p.campo.id: (p.mostrado.texto, p.motivo) for p in mudanza.se_pierden}
    assert perdidas == {
        "numero_documento": ("015-2026", "no_esta"), "tipo_documento": ("Carta", "opcion"),
    }  # fmt: skip
    assert [c.campo.id for c in mudanza.se_corrigen] == ["pedido"]
    assert [c.id for c in mudanza.se_preguntan] == ["tipo_documento", "partida"]
    quedan = {q.campo.id for q in mudanza.se_quedan}
    assert {"asunto", "correo", "documento_principal", "ubigeo"} <= quedan


def _agregado() -> str:
    return (
        "\n  agregar:\n    - campo: {id: partida, tipo: texto, etiqueta: Partida, "
        "obligatorio: true}\n      despues_de: asunto"
    )


def test_lo_que_se_queda_llega_entero_con_sus_archivos(mundo: Mundo) -> None:
    ficha = mundo.abrir_mesa()
    antes = borradores.leer(mundo.entorno, mundo.entidad(), ficha)
    publicar(mundo, mesa())
    paso = mover(mundo, ficha)
    for campo in ("asunto", "correo", "ubigeo", "pedido", "documento_principal", "folios"):
        assert paso.lectura.valores[campo] == antes.lectura.valores[campo], campo
    assert "numero_documento" not in paso.crudo and "tipo_documento" not in paso.crudo
    entidad = mundo.entidad()
    assert solicitudes.presentar(mundo.entorno, entidad, ficha, ACEPTA).paso is not None
    borradores.guardar(mundo.entorno, entidad, ficha, {"tipo_documento": "otro"})
    assert numero_de_version(mundo, mundo.presentar(ficha)) == 2


def test_los_archivos_de_un_campo_que_se_fue_no_se_presentan(mundo: Mundo) -> None:
    vigente = formularios.vigente(mundo.entorno, VALLE, MESA)
    subidas = [mundo.subida(), mundo.subida("anexos", "plano.pdf")]
    ficha = borradores.abrir(mundo.entorno, vigente, DE_MESA, subidas)[0]
    publicar(mundo, mesa())
    (perdida,) = [p for p in ver(mundo, ficha).mudanza.se_pierden if p.campo.id == "anexos"]
    assert [a["nombre"] for a in perdida.mostrado.archivos] == ["plano.pdf"]
    mover(mundo, ficha)
    assert [a.campo for a in mundo.todo(Adjunto)] == ["documento_principal"]


def test_solo_se_pasa_a_lo_que_se_vio(mundo: Mundo) -> None:
    ficha = mundo.abrir_contacto()
    publicar(mundo, contacto())
    previa = ver(mundo, ficha)
    entidad = mundo.entidad()
    borradores.guardar(mundo.entorno, entidad, ficha, {"mensaje": "Otro mensaje."})
    with pytest.raises(Conflicto):
        mover(mundo, ficha, revision=previa.revision)
    publicar(mundo, contacto("  introduccion: La tercera.\n"))
    with pytest.raises(Conflicto):
        mover(mundo, ficha, hacia=previa.nueva.digest)
    assert ver(mundo, ficha).vieja.digest == previa.vieja.digest
    paso = mover(mundo, ficha)
    assert paso.crudo["mensaje"] == "Otro mensaje."


def test_pasar_dos_veces_es_pasar_una(mundo: Mundo) -> None:
    ficha = mundo.abrir_contacto()
    publicar(mundo, contacto())
    previa = ver(mundo, ficha)
    for _ in range(2):
        paso = mudanzas.mover_borrador(
            mundo.entorno, mundo.entidad(), ficha, previa.nueva.digest, previa.revision
        )
        assert paso.definicion.digest == previa.nueva.digest
    assert mudanzas.ver_mudanza(mundo.entorno, mundo.entidad(), ficha) is None


def test_lo_presentado_y_lo_ajeno_no_se_pasan(mundo: Mundo) -> None:
    ficha = mundo.abrir_contacto()
    mundo.presentar(ficha)
    digest = publicar(mundo, contacto())
    entidad = mundo.entidad()
    assert mudanzas.ver_mudanza(mundo.entorno, entidad, ficha) is None
    with pytest.raises(Conflicto):
        mudanzas.mover_borrador(mundo.entorno, entidad, ficha, digest, 0)
    otra = mundo.abrir_contacto()
    with pytest.raises(NoExiste):
        mudanzas.ver_mudanza(mundo.entorno, mundo.entidad("rio-claro"), otra)
    mundo.pasar(days=30)
    with pytest.raises(Vencido):
        mudanzas.ver_mudanza(mundo.entorno, entidad, otra)


def test_un_consentimiento_vale_para_el_texto_que_se_acepto(mundo: Mundo) -> None:
    texto = (RAIZ / "plantillas" / "contacto.yaml").read_text()
    dato = leer_yaml(texto)
    (campo,) = [c["id"] for c in dato["revision"]["campos"]]
    ficha = mundo.abrir_contacto(**{campo: "true"})
    publicar(mundo, contacto())
    assert campo in {q.campo.id for q in ver(mundo, ficha).mudanza.se_quedan}
    assert DE_CONTACTO.keys() <= ver(mundo, ficha).mudanza.crudo.keys()

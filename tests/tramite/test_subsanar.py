"""Corregir lo observado: solo eso, a tiempo según su propio instante, y sin perder la fecha."""

from datetime import date, datetime, timedelta

import pytest
from fabrica import DE_MESA, LUNES, RIO, Mundo

from facilita.definicion.campos import Mostrado
from facilita.plazos import LIMA, Computo
from facilita.tramite import (
    bandeja,
    borradores,
    detalle,
    seguimiento,
    subsanacion,
    vencimientos,
)
from facilita.tramite.bandeja import Filtros
from facilita.tramite.errores import Conflicto, NoExiste, Vencido
from facilita.tramite.modelos import Adjunto, Borrador, Contenido, Salida, Sede, Solicitud
from facilita.tramite.solicitudes import Presentada

DNI = DE_MESA["numero_documento_identidad"]
FIN = datetime(2026, 11, 25, 23, 59, 59, tzinfo=LIMA)
"""El último segundo para corregir lo notificado el lunes."""
NUEVO_ASUNTO = {"asunto": "Copia de la licencia 123"}


@pytest.fixture
def observada(mundo: Mundo) -> str:
    """El código de una solicitud observada y ya notificada el mismo lunes."""
    codigo = mundo.presentar_mesa()
    mundo.pasar(hours=1)
    mundo.observar(codigo, asunto="Precisa cuál.", documento_principal="No está firmado.")
    mundo.pasar(hours=1)
    seguimiento.comprobar_identidad(mundo.entorno, codigo, DNI)
    return codigo


def abrir(mundo: Mundo, codigo: str) -> str:
    sid = mundo.solicitud(codigo).id
    return subsanacion.abrir_correccion(mundo.entorno, mundo.entidad().id, sid)


def subsanar(mundo: Mundo, ficha: str, **crudo: str) -> Presentada:
    """Entrega la corrección ahora."""
    entidad, ahora = mundo.entidad(), mundo.reloj.ahora()
    return subsanacion.subsanar(mundo.entorno, entidad, ficha, crudo or NUEVO_ASUNTO, ahora)


def texto(mostrado: Mostrado | None) -> str | None:
    return mostrado.texto if mostrado else None


def test_corregir_conserva_la_fecha_y_mueve_el_plazo(mundo: Mundo, observada: str):
    """N08, N03: presentado el lunes; el plazo se cuenta de nuevo desde el hábil siguiente."""
    mundo.poner(24, "15:00:00")
    ficha = abrir(mundo, observada)
    entidad = mundo.entidad()
    firmado = mundo.subida(nombre="firmado.pdf", paginas=2)
    paso = borradores.guardar(mundo.entorno, entidad, ficha, NUEVO_ASUNTO, [firmado])
    assert not paso.lectura.errores
    assert subsanar(mundo, ficha).codigo == observada
    solicitud, cuenta = mundo.solicitud(observada), Computo.de_json(mundo.termino(observada).cuenta)
    assert solicitud.presentado_en == LUNES
    assert (solicitud.estado, solicitud.suspendida) == ("en_proceso", False)
    assert (cuenta.desde, cuenta.primer_dia) == (date(2026, 11, 24), date(2026, 11, 25))
    assert (cuenta.dias_habiles, cuenta.vence_en) == (30, solicitud.vence_en)
    assert mundo.correos(observada)[-1] == "subsanado"
    hechos = ["presentado", "observar", "notificado", "subsanar", "constancia"]
    assert mundo.tipos(observada) == hechos


def test_lo_original_queda_entero_junto_a_la_correccion(mundo: Mundo, observada: str):
    """N12: la corrección es otro contenido; el primero, sus archivos y el cargo no cambian."""
    ficha = abrir(mundo, observada)
    firmado = mundo.subida(nombre="firmado.pdf", paginas=2)
    borradores.guardar(mundo.entorno, mundo.entidad(), ficha, NUEVO_ASUNTO, [firmado])
    subsanar(mundo, ficha)
    original, corregido = mundo.todo(Contenido)
    assert (original.orden, corregido.orden) == (0, 1)
    assert original.respuestas["asunto"] == DE_MESA["asunto"]
    assert corregido.respuestas["asunto"] == NUEVO_ASUNTO["asunto"]
    adjuntos = {a.contenido_id: a.nombre for a in mundo.todo(Adjunto) if a.contenido_id}
    assert adjuntos == {original.id: "carta.pdf", corregido.id: "firmado.pdf"}
    cargo = seguimiento.ver_cargo(mundo.entorno, observada)
    assert (cargo["asunto"], cargo["archivos"][0]["nombre"]) == (DE_MESA["asunto"], "carta.pdf")
    visto = detalle.ver(mundo.entorno, mundo.actor("luis"), mundo.solicitud(observada).id)
    assert [(c.etiqueta, texto(c.antes), texto(c.ahora)) for c in visto.correcciones] == [
        ("Asunto", DE_MESA["asunto"], NUEVO_ASUNTO["asunto"]),
        ("Documento principal", "carta.pdf", "firmado.pdf"),
        ("Número de folios", "1", "1 (contamos 2 páginas)"),
    ]
    cambiados = ["asunto", "documento_principal", "folios"]
    assert mundo.movimientos(observada)[-2].datos["cambiados"] == cambiados


def test_la_correccion_abre_con_lo_respondido_y_solo_las_paginas_observadas(
    mundo: Mundo, observada: str
):
    """N07, N12: nada se pide dos veces y solo se ofrece lo observado."""
    paso = borradores.leer(mundo.entorno, mundo.entidad(), abrir(mundo, observada))
    assert paso.corrige and paso.codigo == observada
    assert [p.id for p in paso.paginas] == ["tu-documento", "tus-archivos"]
    assert paso.observaciones == {
        "asunto": "Precisa cuál.",
        "documento_principal": "No está firmado.",
    }
    assert paso.crudo["asunto"] == DE_MESA["asunto"]
    assert [a["nombre"] for a in paso.crudo["documento_principal"]] == ["carta.pdf"]
    assert paso.se_cambia("asunto") and not paso.se_cambia("nombres")
    assert not paso.lectura.errores


def test_lo_no_observado_se_ignora_venga_por_donde_venga(mundo: Mundo, observada: str):
    """N07, N12: ni guardando una página ni al entregar se cambia lo que nadie observó."""
    ficha, entidad = abrir(mundo, observada), mundo.entidad()
    ajeno = {"nombres": "Otra Persona", "correo": "otra@example.com", "sede": "norte"}
    anexo, firmado = mundo.subida("anexos", "de más.pdf"), mundo.subida(nombre="firmado.pdf")
    puesto = borradores.leer(mundo.entorno, entidad, ficha).crudo["documento_principal"][0]["id"]
    borradores.guardar(mundo.entorno, entidad, ficha, {**ajeno, **NUEVO_ASUNTO}, [anexo, firmado])
    borradores.guardar(mundo.entorno, entidad, ficha, {}, quitar=[puesto + 1000])
    assert subsanar(mundo, ficha, **ajeno, direccion="Otra 99").codigo == observada
    antes, ahora = mundo.todo(Contenido)
    cambiados = {c for c in ahora.respuestas if ahora.respuestas[c] != antes.respuestas.get(c)}
    assert cambiados == {"asunto", "documento_principal"}
    assert "anexos" not in ahora.respuestas
    assert mundo.solicitud(observada).correo == DE_MESA["correo"]


def test_una_correccion_con_errores_vuelve_en_el_paso_y_se_guarda(mundo: Mundo, observada: str):
    """N08: lo mal escrito se dice y no gasta el intento."""
    ficha = abrir(mundo, observada)
    hecha = subsanar(mundo, ficha, asunto="   ")
    assert hecha.codigo is None and hecha.paso is not None
    assert [e.campo for e in hecha.paso.lectura.errores] == ["asunto"]
    assert mundo.solicitud(observada).estado == "observado"
    assert mundo.cuantas(Contenido) == [1]
    assert subsanar(mundo, ficha).codigo == observada


def test_entregar_dos_veces_es_entregar_una(mundo: Mundo, observada: str):
    """N08: el segundo clic da lo mismo, aunque llegue cuando el plazo ya venció."""
    ficha = abrir(mundo, observada)
    mundo.reloj.poner(FIN)
    assert subsanar(mundo, ficha).codigo == observada
    mundo.pasar(seconds=2)
    assert subsanar(mundo, ficha).codigo == observada
    assert mundo.cuantas(Contenido) == [2]
    assert mundo.tipos(observada).count("subsanar") == 1


def test_a_tiempo_hasta_la_ultima_fraccion_del_ultimo_segundo(mundo: Mundo, observada: str):
    """N07, N10: el plazo termina cuando empieza el día siguiente, no antes."""
    ficha = abrir(mundo, observada)
    mundo.reloj.poner(FIN + timedelta(microseconds=999_999))
    assert vencimientos.vencer(mundo.entorno) == 0
    assert seguimiento.ver(mundo.entorno, observada).puede_corregir
    assert subsanar(mundo, ficha).codigo == observada


def test_tarde_se_niega_aunque_el_trabajador_estuviera_caido(mundo: Mundo, observada: str):
    """N07, N08: un segundo después no hay corrección, haya corrido o no el reloj."""
    ficha = abrir(mundo, observada)
    mundo.reloj.poner(FIN + timedelta(seconds=1))
    with pytest.raises(Vencido):
        subsanar(mundo, ficha)
    with pytest.raises(Vencido):
        abrir(mundo, observada)
    assert not seguimiento.ver(mundo.entorno, observada).puede_corregir
    assert mundo.solicitud(observada).estado == "observado"
    assert vencimientos.vencer(mundo.entorno) == 1
    with pytest.raises(Vencido):
        subsanar(mundo, ficha)
    with pytest.raises(Vencido):
        abrir(mundo, observada)
    assert mundo.solicitud(observada).estado == "no_presentado"


def test_lo_que_llego_a_tiempo_vale_aunque_el_reloj_se_adelantara(mundo: Mundo, observada: str):
    """N07, N08: se juzga por su instante; el paso del reloj queda escrito y no vale."""
    ficha = abrir(mundo, observada)
    mundo.reloj.poner(FIN + timedelta(seconds=1))
    assert vencimientos.vencer(mundo.entorno) == 1
    assert mundo.solicitud(observada).abierta is False
    entidad = mundo.entidad()
    hecha = subsanacion.subsanar(mundo.entorno, entidad, ficha, NUEVO_ASUNTO, FIN)
    assert hecha.codigo == observada
    solicitud = mundo.solicitud(observada)
    assert (solicitud.estado, solicitud.abierta, solicitud.presentado_en) == (
        "en_proceso", True, LUNES,
    )  # fmt: skip
    assert mundo.tipos(observada)[-4:] == ["vencer", "a_tiempo", "subsanar", "constancia"]
    vuelta = mundo.movimientos(observada)[-3]
    assert (vuelta.de, vuelta.a, vuelta.cuando) == ("no_presentado", "observado", FIN)
    assert mundo.termino(observada).situacion == "corre"
    assert solicitud.vence_en == mundo.termino(observada).vence_en


def test_el_reloj_cierra_como_no_presentado_desde_que_se_entero(mundo: Mundo, observada: str):
    """N08: ni un segundo antes; avisa, y lo dice el recorrido."""
    mundo.reloj.poner(FIN)
    assert vencimientos.vencer(mundo.entorno) == 0
    mundo.pasar(seconds=1)
    assert vencimientos.vencer(mundo.entorno) == 1
    assert vencimientos.vencer(mundo.entorno) == 0
    solicitud = mundo.solicitud(observada)
    assert (solicitud.estado, solicitud.abierta, solicitud.vence_en) == (
        "no_presentado", False, None,
    )  # fmt: skip
    assert mundo.movimientos(observada)[-1].quien == "reloj"
    assert mundo.termino(observada, "vencer").situacion == "vencido"
    assert mundo.termino(observada).situacion == "cumplido"
    assert mundo.correos(observada)[-1] == "no_presentado"
    titulos = [h.titulo for h in seguimiento.ver(mundo.entorno, observada).hitos]
    assert titulos[-1] == "No presentado"


def test_corregida_a_tiempo_el_reloj_ya_no_la_toca(mundo: Mundo, observada: str):
    """N08: corregir cierra el plazo de corrección."""
    subsanar(mundo, abrir(mundo, observada))
    mundo.poner(31, mes=12)
    assert vencimientos.vencer(mundo.entorno) == 0
    assert mundo.termino(observada, "vencer").situacion == "cumplido"
    assert mundo.solicitud(observada).estado == "en_proceso"


def test_abrirla_otra_vez_da_la_misma_correccion(mundo: Mundo, observada: str):
    """N07: en dos pestañas es el mismo borrador; ninguna se queda sin dirección ni pierde nada."""
    primera = abrir(mundo, observada)
    borradores.guardar(mundo.entorno, mundo.entidad(), primera, NUEVO_ASUNTO)
    mundo.pasar(minutes=5)
    segunda = abrir(mundo, observada)
    firmado = mundo.subida(nombre="firmado.pdf", paginas=1)
    borradores.guardar(mundo.entorno, mundo.entidad(), segunda, {}, [firmado])
    for ficha in (primera, segunda):
        paso = borradores.leer(mundo.entorno, mundo.entidad(), ficha)
        assert paso.crudo["asunto"] == NUEVO_ASUNTO["asunto"]
        assert [a["nombre"] for a in paso.crudo["documento_principal"]] == ["firmado.pdf"]
    assert len(mundo.todo(Borrador, Borrador.subsana_id.is_not(None))) == 1
    assert subsanar(mundo, primera).codigo == subsanar(mundo, segunda).codigo == observada
    assert mundo.cuantas(Contenido) == [2]


def test_la_ficha_de_una_correccion_no_se_deduce(mundo: Mundo, observada: str):
    """N07: sale del secreto de la instalación; con otro es otra y se sigue donde quedó."""
    primera = abrir(mundo, observada)
    borradores.guardar(mundo.entorno, mundo.entidad(), primera, NUEVO_ASUNTO)
    otro = mundo.con(secreto="otro secreto")
    segunda = abrir(otro, observada)
    assert segunda != primera and len(segunda) >= 43
    assert (
        borradores.leer(otro.entorno, otro.entidad(), segunda).crudo["asunto"]
        == (NUEVO_ASUNTO["asunto"])
    )
    with pytest.raises(NoExiste):
        borradores.leer(mundo.entorno, mundo.entidad(), primera)


def test_sin_plazo_todavia_la_correccion_abierta_no_nace_vencida(mundo: Mundo):
    """N07, N08: si aún no consta que se enteró, puede corregir desde ya."""
    codigo = mundo.presentar_mesa()
    mundo.observar(codigo)
    ficha = abrir(mundo, codigo)
    mundo.pasar(minutes=20)
    assert subsanar(mundo, ficha).codigo == codigo


def test_lo_que_no_esta_observado_no_se_corrige(mundo: Mundo, observada: str):
    """N08: no se abre una corrección de lo que no la espera."""
    otra = mundo.presentar_mesa()
    with pytest.raises(Conflicto):
        abrir(mundo, otra)
    subsanar(mundo, abrir(mundo, observada))
    with pytest.raises(Conflicto):
        abrir(mundo, observada)
    visto = seguimiento.ver(mundo.entorno, otra)
    assert (visto.por_corregir, visto.puede_corregir, visto.corregir_hasta) == (False, False, None)


def test_lo_reabierto_ya_no_se_corrige_con_la_ficha_vieja(mundo: Mundo, observada: str):
    """N08: si alguien decidió después del reloj, la corrección no pasa por encima."""
    ficha = abrir(mundo, observada)
    mundo.reloj.poner(FIN + timedelta(seconds=1))
    vencimientos.vencer(mundo.entorno)
    mundo.transitar(observada, "reabrir", {"motivo": "Error nuestro"}, quien="ana")
    entidad = mundo.entidad()
    with pytest.raises(Conflicto):
        subsanacion.subsanar(mundo.entorno, entidad, ficha, NUEVO_ASUNTO, FIN)


def test_un_borrador_comun_no_corrige_nada(mundo: Mundo):
    """N08: y una ficha inventada no existe."""
    with pytest.raises(Conflicto):
        subsanar(mundo, mundo.abrir_mesa())
    with pytest.raises(NoExiste):
        subsanar(mundo, "ficha-inventada")


def test_la_correccion_de_una_entidad_no_existe_en_otra(mundo: Mundo, observada: str):
    """N08: ni para abrirla ni para entregarla."""
    rio, ficha = mundo.entidad(RIO), abrir(mundo, observada)
    with pytest.raises(NoExiste):
        subsanacion.abrir_correccion(mundo.entorno, rio.id, mundo.solicitud(observada).id)
    with pytest.raises(NoExiste):
        subsanacion.subsanar(mundo.entorno, rio, ficha, NUEVO_ASUNTO, mundo.reloj.ahora())
    assert mundo.todo(Solicitud)[0].estado == "observado"


def test_los_folios_van_con_su_documento(mundo: Mundo, observada: str):
    """N07: quien cambia el documento observado también puede decir cuántos folios tiene."""
    ficha, entidad = abrir(mundo, observada), mundo.entidad()
    firmado = mundo.subida(nombre="firmado.pdf", paginas=4)
    borradores.guardar(mundo.entorno, entidad, ficha, {"folios": "4"}, [firmado])
    assert subsanar(mundo, ficha).codigo == observada
    ahora = mundo.todo(Contenido)[-1].respuestas
    assert ahora["folios"] == {"declarados": 4, "contados": 4}


def test_escribir_no_alarga_el_plazo_para_corregir(mundo: Mundo, observada: str):
    """N07: la corrección vence con su plazo, aunque se guarde una página en el último minuto."""
    ficha, entidad = abrir(mundo, observada), mundo.entidad()
    mundo.reloj.poner(FIN)
    borradores.guardar(mundo.entorno, entidad, ficha, NUEVO_ASUNTO)
    mundo.pasar(seconds=2)
    with pytest.raises(Vencido):
        borradores.guardar(mundo.entorno, entidad, ficha, NUEVO_ASUNTO)


def test_lo_corregido_llega_a_la_solicitud(mundo: Mundo):
    """N12: el correo, la identidad, el nombre, el asunto y la sede corregidos valen para todo."""
    codigo = mundo.presentar_mesa()
    campos = ("correo", "numero_documento_identidad", "nombres", "asunto", "sede")
    mundo.observar(codigo, **dict.fromkeys(campos, "Revísalo."))
    corregido = {
        "correo": "nuevo@example.com", "numero_documento_identidad": "87654321",
        "nombres": "Hilario", "asunto": "Copia de plano", "sede": "norte",
    }  # fmt: skip
    ficha = abrir(mundo, codigo)
    borradores.guardar(mundo.entorno, mundo.entidad(), ficha, corregido)
    assert subsanar(mundo, ficha, **corregido).codigo == codigo
    solicitud = mundo.solicitud(codigo)
    assert (solicitud.correo, solicitud.identidad) == ("nuevo@example.com", "87654321")
    assert (solicitud.remitente, solicitud.asunto) == ("Hilario Ñahui Quispe", "Copia de plano")
    assert [s.codigo for s in mundo.todo(Sede, Sede.id == solicitud.sede_id)] == ["norte"]
    suyos = mundo.todo(Salida, Salida.solicitud_id == solicitud.id)
    assert suyos[-1].datos["para"] == "nuevo@example.com"
    with pytest.raises(NoExiste):
        seguimiento.comprobar_identidad(mundo.entorno, codigo, DNI)
    seguimiento.comprobar_identidad(mundo.entorno, codigo, "87654321")
    ana = mundo.actor("ana")
    for texto, cuantas in (("hilario", 1), ("plano", 1), ("87654321", 1), ("wilfredo", 0)):
        assert bandeja.listar(mundo.entorno, ana, Filtros(texto=texto)).total == cuantas, texto
    for vista in (
        seguimiento.ver_expediente(mundo.entorno, codigo).hitos,
        detalle.ver(mundo.entorno, ana, solicitud.id).hitos,
    ):
        dicho = [t for h in vista for t in h.textos]
        assert ("Los avisos van desde ahora a", "nuevo@example.com") in dicho
        assert ("El expediente se abre desde ahora con", "87654321") in dicho
    assert not [h.textos for h in seguimiento.ver(mundo.entorno, codigo).hitos if h.textos]


def test_corregir_otra_cosa_no_cambia_la_portada(mundo: Mundo, observada: str):
    """N12: ni la sede ni con qué se avisa."""
    antes = mundo.solicitud(observada)
    subsanar(mundo, abrir(mundo, observada))
    ahora = mundo.solicitud(observada)
    for que in ("correo", "identidad", "remitente", "sede_id"):
        assert getattr(ahora, que) == getattr(antes, que)
    assert "correo_nuevo" not in mundo.movimientos(observada)[-2].datos


def test_una_correccion_que_no_cambia_nada_se_pregunta_una_vez(mundo: Mundo, observada: str):
    """N07, N08: ni se acepta callando ni deja sin salida a quien lo tenía bien."""
    ficha = abrir(mundo, observada)
    hecha = subsanar(mundo, ficha, asunto=DE_MESA["asunto"])
    assert (hecha.codigo, hecha.sin_cambios) == (None, True)
    assert mundo.solicitud(observada).estado == "observado"
    assert mundo.cuantas(Contenido) == [1]
    entidad, ahora = mundo.entidad(), mundo.reloj.ahora()
    hecha = subsanacion.subsanar(mundo.entorno, entidad, ficha, {}, ahora, aunque_sea_igual=True)
    assert hecha.codigo == observada
    assert mundo.solicitud(observada).estado == "en_proceso"
    assert mundo.movimientos(observada)[-2].datos["cambiados"] == []


def test_lo_que_la_correccion_hace_aparecer_se_puede_cambiar_hasta_enviarla(mundo: Mundo):
    """N07, N08: quien pasa a presentar por una empresa llena su RUC, lo ve y lo corrige."""
    codigo = mundo.presentar_mesa()
    mundo.observar(codigo, tipo_persona="Presentas por una empresa.")
    ficha, entidad = abrir(mundo, codigo), mundo.entidad()
    borradores.guardar(mundo.entorno, entidad, ficha, {"tipo_persona": "juridica"})
    for ruc in ("20131312955", "20987654326"):
        empresa = {"ruc": ruc, "razon_social": "Molino Santa Clara", "nombres": "Otro"}
        paso = borradores.guardar(mundo.entorno, entidad, ficha, empresa)
        assert not paso.lectura.errores
        assert paso.se_cambia("ruc") and paso.se_cambia("poder") and not paso.se_cambia("nombres")
        assert paso.lectura.valores["ruc"] == ruc
    assert subsanar(mundo, ficha, tipo_persona="juridica").codigo == codigo
    assert mundo.solicitud(codigo).remitente == "Molino Santa Clara"

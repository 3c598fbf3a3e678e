"""El acuse: quién se enteró, cuándo, y qué pasa cuando nadie abre el correo."""

from datetime import UTC, date, datetime

import pytest
from fabrica import DE_MESA, PLATAFORMA, Mundo

from facilita.plazos import LIMA
from facilita.tramite import detalle, notificaciones, seguimiento, vencimientos
from facilita.tramite.errores import Conflicto, Invalido, NoExiste, NoPermitido
from facilita.tramite.modelos import Notificacion, Salida, Solicitud

DNI = DE_MESA["numero_documento_identidad"]


@pytest.fixture
def observada(mundo: Mundo) -> str:
    """El código de una solicitud observada el lunes, sin acuse todavía."""
    codigo = mundo.presentar_mesa()
    mundo.observar(codigo)
    return codigo


def acusar(mundo: Mundo, codigo: str) -> None:
    ficha = mundo.ficha_de_notificacion(codigo)
    notificaciones.acusar(mundo.entorno, notificaciones.hallar(mundo.entorno, ficha), ficha)


def cedula(mundo: Mundo, codigo: str, fecha: date | None, quien: str = "luis") -> None:
    sid, cual = mundo.solicitud(codigo).id, mundo.notificacion(codigo).id
    notificaciones.registrar_cedula(mundo.entorno, mundo.actor(quien), sid, cual, fecha)


def sin_correo(mundo: Mundo) -> str:
    """El código de una solicitud de quien no tiene correo."""
    codigo = mundo.presentar_mesa()
    with mundo.entorno.bd.transaccion(PLATAFORMA) as sesion:
        sesion.get_one(Solicitud, mundo.solicitud(codigo).id).correo = None
    return codigo


def corregir_hasta(mundo: Mundo, codigo: str) -> str:
    hasta = seguimiento.ver(mundo.entorno, codigo).corregir_hasta
    assert hasta is not None
    return f"{hasta.astimezone(LIMA):%Y-%m-%d %H:%M:%S}"


def test_mirar_el_enlace_no_es_abrirlo(mundo: Mundo, observada: str):
    """N07: los filtros de correo visitan los enlaces; eso no notifica a nadie."""
    ficha = mundo.ficha_de_notificacion(observada)
    aviso = notificaciones.hallar(mundo.entorno, ficha)
    assert (aviso.codigo, aviso.abierta_en) == (observada, None)
    assert aviso.entidad == "Municipalidad Distrital de Valle Sereno"
    assert mundo.notificacion(observada).notificado_en is None


def test_abrir_el_enlace_empieza_el_plazo(mundo: Mundo, observada: str):
    """N07: dos días hábiles desde que la persona se entera."""
    mundo.poner(24, "20:15:00")
    acusar(mundo, observada)
    notificacion = mundo.notificacion(observada)
    assert notificacion.notificado_en == mundo.reloj.ahora()
    assert notificacion.canal == "enlace"
    assert corregir_hasta(mundo, observada) == "2026-11-26 23:59:59"
    termino = mundo.termino(observada, "vencer")
    assert (termino.situacion, termino.vence_en) == (
        "corre", datetime(2026, 11, 26, 23, 59, 59, tzinfo=LIMA),
    )  # fmt: skip


def test_abrir_dos_veces_no_cambia_nada(mundo: Mundo, observada: str):
    """N07: vale la primera vez, por cualquiera de los caminos."""
    acusar(mundo, observada)
    primera = mundo.notificacion(observada).notificado_en
    mundo.pasar(days=1)
    acusar(mundo, observada)
    seguimiento.comprobar_identidad(mundo.entorno, observada, DNI)
    notificacion = mundo.notificacion(observada)
    assert (notificacion.notificado_en, notificacion.canal) == (primera, "enlace")
    assert mundo.tipos(observada).count("notificado") == 1
    assert notificaciones.hallar(
        mundo.entorno, mundo.ficha_de_notificacion(observada)
    ).abierta_en == primera  # fmt: skip


def test_abrir_el_expediente_tambien_es_enterarse(mundo: Mundo, observada: str):
    """N07: quien entra con código e identidad ve lo observado: desde ahí se cuenta."""
    seguimiento.comprobar_identidad(mundo.entorno, observada, DNI)
    assert mundo.notificacion(observada).canal == "expediente"
    assert corregir_hasta(mundo, observada) == "2026-11-25 23:59:59"


def test_con_identidad_equivocada_no_se_entera_nadie(mundo: Mundo, observada: str):
    """N07: un intento fallido no notifica."""
    with pytest.raises(NoExiste):
        seguimiento.comprobar_identidad(mundo.entorno, observada, "87654321")
    assert mundo.notificacion(observada).notificado_en is None


def test_una_ficha_inventada_no_lleva_a_nada(mundo: Mundo, observada: str):
    """N07: la ficha se guarda solo como huella."""
    with pytest.raises(NoExiste):
        notificaciones.hallar(mundo.entorno, mundo.notificacion(observada).huella)


def test_sin_acuse_a_los_dos_dias_se_abre_la_tarea_de_cedula(mundo: Mundo, observada: str):
    """N54: y nada vence mientras tanto."""
    mundo.poner(25, "23:59:59")
    assert notificaciones.pedir_cedulas(mundo.entorno) == 0
    mundo.pasar(microseconds=999_999)
    assert notificaciones.pedir_cedulas(mundo.entorno) == 0
    mundo.poner(26, "00:00:00")
    assert notificaciones.pedir_cedulas(mundo.entorno) == 1
    assert notificaciones.pedir_cedulas(mundo.entorno) == 0
    assert vencimientos.vencer(mundo.entorno) == 0
    assert mundo.notificacion(observada).por_cedula
    avisos = [s.datos for s in mundo.todo(Salida) if ".cedula-" in s.clave]
    assert [(a["para"], a["asunto"]) for a in avisos] == [
        ("ana@vallesereno.example", "Notifica por cédula: registro 000001-2026")
    ]
    visto = detalle.ver(mundo.entorno, mundo.actor("luis"), mundo.solicitud(observada).id)
    assert [(n.por_cedula, n.notificado_en) for n in visto.sin_acuse] == [(True, None)]
    assert visto.hitos[-1].titulo == "Falta notificar por cédula"
    assert visto.hitos[-1].interno


def test_sin_correo_adonde_enviar_la_cedula_se_pide_desde_el_primer_dia(mundo: Mundo):
    """N54: no hay acuse que esperar; el reloj no la pide otra vez."""
    codigo = sin_correo(mundo)
    mundo.observar(codigo)
    assert mundo.notificacion(codigo).por_cedula
    assert mundo.tipos(codigo) == ["presentado", "observar", "sin_acuse"]
    mundo.poner(30)
    assert notificaciones.pedir_cedulas(mundo.entorno) == 0


def test_un_acuse_tardio_cierra_la_tarea_de_cedula(mundo: Mundo, observada: str):
    """N54, N07: si al final abre el correo, desde entonces se cuenta."""
    mundo.poner(30)
    notificaciones.pedir_cedulas(mundo.entorno)
    acusar(mundo, observada)
    assert not mundo.notificacion(observada).por_cedula
    assert corregir_hasta(mundo, observada) == "2026-12-02 23:59:59"


def test_desde_el_dia_de_la_cedula_se_cuenta_el_plazo(mundo: Mundo, observada: str):
    """N54, N07: vale el día en que se entregó, no el día en que se anota."""
    mundo.poner(30)
    notificaciones.pedir_cedulas(mundo.entorno)
    mundo.poner(1, mes=12)
    cedula(mundo, observada, date(2026, 11, 30))
    notificacion = mundo.notificacion(observada)
    assert (notificacion.canal, notificacion.por_cedula) == ("cedula", False)
    assert corregir_hasta(mundo, observada) == "2026-12-02 23:59:59"
    mundo.poner(3, "00:00:00", mes=12)
    assert vencimientos.vencer(mundo.entorno) == 1
    assert mundo.solicitud(observada).estado == "no_presentado"
    visto = detalle.ver(mundo.entorno, mundo.actor("luis"), mundo.solicitud(observada).id)
    hito = next(h for h in visto.hitos if h.titulo == "Notificado por cédula")
    assert ("Día", "lunes 30 de noviembre de 2026") in hito.textos


def test_un_dia_con_que_ya_no_se_corrige_se_confirma(mundo: Mundo, observada: str):
    """N07, N54: un día mal escrito no deja a nadie sin corregir."""
    mundo.poner(30)
    notificaciones.pedir_cedulas(mundo.entorno)
    with pytest.raises(Invalido) as negado:
        cedula(mundo, observada, date(2026, 11, 24))
    assert "terminó, el jueves 26 de noviembre de 2026" in negado.value.errores[0].texto
    assert mundo.notificacion(observada).por_cedula
    # El último día todavía se puede.
    cedula(mundo, observada, date(2026, 11, 26))
    assert corregir_hasta(mundo, observada) == "2026-11-30 23:59:59"


@pytest.mark.parametrize(
    ("observada_a_las", "anotada", "del_dia", "queda"),
    [
        ("09:00:00", (23, "09:30:00"), 23, "2026-11-23 09:30:00"),
        ("16:00:00", (23, "16:30:00"), 23, "2026-11-23 16:30:00"),
        ("16:00:00", (24, "08:00:00"), 23, "2026-11-23 23:59:59"),
    ],
)
def test_la_cedula_vale_su_dia_y_nunca_antes_de_enviarse_ni_despues_de_anotarse(
    mundo: Mundo, observada_a_las: str, anotada: tuple[int, str], del_dia: int, queda: str
):
    """N54: la cédula trae el día y no la hora; el plazo sale igual, porque se cuenta por días."""
    codigo = sin_correo(mundo)
    mundo.poner(23, observada_a_las)
    mundo.observar(codigo)
    mundo.poner(*anotada)
    cedula(mundo, codigo, date(2026, 11, del_dia))
    notificacion = mundo.notificacion(codigo)
    assert notificacion.notificado_en is not None
    assert f"{notificacion.notificado_en.astimezone(LIMA):%Y-%m-%d %H:%M:%S}" == queda
    assert notificacion.enviada_en <= notificacion.notificado_en <= mundo.reloj.ahora()
    assert corregir_hasta(mundo, codigo) == "2026-11-25 23:59:59"


@pytest.mark.parametrize("fecha", [None, date(2026, 11, 22), date(2026, 11, 25)])
def test_la_fecha_de_la_cedula_va_del_envio_a_hoy(mundo: Mundo, observada: str, fecha: date | None):
    """N54: ni antes de observar ni en el futuro."""
    mundo.poner(24)
    with pytest.raises(Invalido) as negado:
        cedula(mundo, observada, fecha)
    assert [e.campo for e in negado.value.errores] == ["fecha_cedula"]
    assert mundo.notificacion(observada).notificado_en is None


def test_a_quien_ya_se_entero_no_se_le_notifica_otra_vez(mundo: Mundo, observada: str):
    """N54: la cédula no mueve un plazo que ya corre."""
    acusar(mundo, observada)
    mundo.poner(24)
    with pytest.raises(Conflicto):
        cedula(mundo, observada, date(2026, 11, 24))
    assert corregir_hasta(mundo, observada) == "2026-11-25 23:59:59"


def test_la_cedula_la_registra_quien_tiene_la_solicitud_a_su_alcance(mundo: Mundo, observada: str):
    """N54: ni otra entidad, ni otra sede, ni con la notificación de otra solicitud."""
    for quien in ("rita", "nora"):
        with pytest.raises((NoExiste, NoPermitido)):
            cedula(mundo, observada, date(2026, 11, 23), quien)
    otra = mundo.presentar_mesa()
    with pytest.raises(NoExiste):
        notificaciones.registrar_cedula(
            mundo.entorno, mundo.actor("luis"), mundo.solicitud(otra).id,
            mundo.notificacion(observada).id, date(2026, 11, 23),
        )  # fmt: skip


def test_solo_lo_que_abre_un_plazo_espera_acuse(mundo: Mundo):
    """N07, N54: tomar y atender avisan, y no dejan tareas de cédula."""
    codigo = mundo.presentar_mesa()
    mundo.transitar(codigo, "tomar")
    mundo.transitar(codigo, "atender", {"respuesta": "Aquí está."})
    assert mundo.cuantas(Notificacion) == [0]


def test_el_acuse_se_guarda_en_utc(mundo: Mundo, observada: str):
    """N02: se guarda en UTC y se muestra en la hora de Lima."""
    acusar(mundo, observada)
    notificado = mundo.notificacion(observada).notificado_en
    assert notificado is not None and notificado.tzinfo is UTC

"""Presentar: el cargo completo, una sola vez, a cualquier hora y sin rechazar a nadie."""

import hashlib
from datetime import date, datetime

import pytest
from fabrica import ACEPTA, CONTACTO, DE_MESA, FORMULARIOS, MESA, RIO, VALLE, Mundo, pdf

from facilita.plazos import LIMA, Computo
from facilita.tramite import (
    archivos,
    borradores,
    formularios,
    seguimiento,
    solicitudes,
    subsanacion,
)
from facilita.tramite.archivos import Subida
from facilita.tramite.errores import Conflicto, NoExiste
from facilita.tramite.modelos import (
    Adjunto,
    Archivo,
    Codigo,
    Contenido,
    Expediente,
    Movimiento,
    Salida,
    Solicitud,
    Termino,
)


def test_el_cargo_lleva_todo_lo_que_la_norma_pide(mundo: Mundo):
    """N20, N02, N03, N23: quién, qué, cuándo, con qué archivos y desde cuándo corre el plazo."""
    ficha = mundo.abrir_mesa()
    anexos = [mundo.subida("anexos", f"anexo {n}.pdf", paginas=n) for n in (1, 2)]
    borradores.guardar(mundo.entorno, mundo.entidad(), ficha, {}, anexos)
    mundo.poner(23, "11:22:33")
    codigo = mundo.presentar(ficha)
    solicitud = mundo.solicitud(codigo)
    with mundo.entorno.bd.lectura(borradores.Ambito.de(solicitud.entidad_id)) as sesion:
        cargo = sesion.get_one(Solicitud, solicitud.id).cargo
    assert cargo["entidad"]["nombre"] == "Municipalidad Distrital de Valle Sereno"
    assert cargo["entidad"]["ruc"] == "20987654326"
    assert cargo["entidad"]["unidad"] == "Palacio municipal"
    assert cargo["numero"] == solicitud.numero == "000001-2026"
    assert cargo["expediente"] == "EXP-000001-2026"
    assert cargo["presentado_en"] == "2026-11-23T11:22:33-05:00"
    assert (cargo["documento"], cargo["asunto"]) == ("Carta 015-2026", DE_MESA["asunto"])
    assert cargo["remitente"] == "José Wilfredo Ñahui Quispe"
    assert (cargo["tipo_identidad"], cargo["identidad"]) == ("DNI", "12345678")
    assert cargo["representante"] is None
    assert cargo["destinatario"] == "Obras y desarrollo urbano"
    assert cargo["folios"] == {"declarados": 1, "contados": 1}
    assert cargo["canal"] == "Mesa de partes digital"
    assert cargo["codigo"] == codigo
    assert cargo["observaciones"].startswith("Sin observaciones")
    assert cargo["firma"] is None, "N21: sin certificado no dice que está firmado"
    assert cargo["formulario"] == "Mesa de partes digital"
    assert cargo["version"]["numero"] == 1
    plazo = Computo.de_json(cargo["plazo"])
    assert (plazo.primer_dia, plazo.vence) == (date(2026, 11, 24), date(2027, 1, 8))
    assert [(a["nombre"], a["paginas"], a["sha256"], a["tamano"]) for a in cargo["archivos"]] == [
        ("carta.pdf", 1, hashlib.sha256(pdf(1)).hexdigest(), len(pdf(1))),
        ("anexo 1.pdf", 1, hashlib.sha256(pdf(1)).hexdigest(), len(pdf(1))),
        ("anexo 2.pdf", 2, hashlib.sha256(pdf(2)).hexdigest(), len(pdf(2))),
    ]


def test_el_cargo_de_una_organizacion_nombra_a_su_representante(mundo: Mundo):
    """N20, N30: el remitente es la organización, con su RUC; quien firma va como representante."""
    organizacion = {
        "tipo_persona": "juridica",
        "ruc": "20131312955",
        "razon_social": "Textiles del Sur S.A.C.",
        "cargo_representante": "Gerente general",
    }
    codigo = mundo.presentar_mesa(**organizacion)
    cargo = seguir(mundo, codigo)
    assert cargo["remitente"] == "Textiles del Sur S.A.C."
    assert cargo["ruc"] == "20131312955"
    assert cargo["representante"] == "José Wilfredo Ñahui Quispe, Gerente general"


def seguir(mundo: Mundo, codigo: str) -> dict:
    return dict(seguimiento.ver_cargo(mundo.entorno, codigo))


def test_presentar_dos_veces_es_presentar_una(mundo: Mundo):
    """N20, N22: el segundo clic recibe el mismo código y no gasta otro número."""
    ficha = mundo.abrir_mesa()
    codigo = mundo.presentar(ficha)
    mundo.pasar(minutes=5)
    assert mundo.presentar(ficha) == codigo
    assert solicitudes.presentar(mundo.entorno, mundo.entidad(), ficha, {}).codigo == codigo
    unas = mundo.cuantas(Solicitud, Expediente, Codigo, Contenido, Movimiento, Salida, Termino)
    assert unas == [1, 1, 1, 1, 1, 1, 1]


def test_el_codigo_se_recupera_aunque_el_borrador_haya_vencido(mundo: Mundo):
    """N20: quien vuelve días después a su enlace encuentra su cargo, no un «empieza de nuevo»."""
    ficha = mundo.abrir_mesa()
    codigo = mundo.presentar(ficha)
    mundo.pasar(days=mundo.entorno.dias_de_borrador + 1)
    assert mundo.presentar(ficha) == codigo
    leido = borradores.leer(mundo.entorno, mundo.entidad(), ficha)
    assert leido.presentado and leido.codigo == codigo


def test_los_consentimientos_que_faltan_vuelven_en_el_paso_y_lo_marcado_se_guarda(mundo: Mundo):
    """N33: cada consentimiento se da aparte; el ya dado no se pide de nuevo."""
    ficha, entidad = mundo.abrir_mesa(), mundo.entidad()
    hecha = solicitudes.presentar(mundo.entorno, entidad, ficha, {})
    assert hecha.codigo is None and hecha.paso is not None
    assert [e.campo for e in hecha.paso.lectura.errores] == ["declaracion_jurada", "privacidad"]
    hecha = solicitudes.presentar(mundo.entorno, entidad, ficha, {"declaracion_jurada": "true"})
    assert hecha.paso is not None
    assert [e.campo for e in hecha.paso.lectura.errores] == ["privacidad"]
    assert mundo.cuantas(Solicitud, Codigo, Salida) == [0, 0, 0]
    hecha = solicitudes.presentar(mundo.entorno, entidad, ficha, {"privacidad": "true"})
    contenido = mundo.todo(Contenido)[0]
    assert hecha.codigo
    assert contenido.respuestas["declaracion_jurada"] is True
    assert contenido.respuestas["privacidad"] is True
    assert "acepta_notificacion" not in contenido.respuestas, "N33: nunca viene marcado"


def test_lo_que_falta_en_una_pagina_no_deja_presentar(mundo: Mundo):
    """N20: sin el documento principal no hay cargo; el paso dice qué falta."""
    vigente = formularios.vigente(mundo.entorno, VALLE, MESA)
    ficha, _ = borradores.abrir(mundo.entorno, vigente, DE_MESA)
    hecha = solicitudes.presentar(mundo.entorno, mundo.entidad(), ficha, ACEPTA)
    assert hecha.codigo is None and hecha.paso is not None
    assert [e.campo for e in hecha.paso.lectura.errores] == ["documento_principal"]


@pytest.mark.parametrize(
    ("hora", "dentro"),
    [
        ("2026-11-23T08:00:00", True),
        ("2026-11-23T16:29:59", True),
        ("2026-11-23T16:30:01", False),
        ("2026-11-23T23:59:59", False),
        ("2026-11-28T12:00:00", False),
        ("2026-12-08T10:00:00", False),
        ("2026-11-24T00:00:00", False),
    ],
)
def test_fuera_de_horario_se_recibe_igual_y_el_dia_no_se_mueve(
    mundo: Mundo, hora: str, dentro: bool
):
    """N01, N02: el horario se muestra y nunca detiene ni traslada lo presentado."""
    instante = datetime.fromisoformat(hora).replace(tzinfo=LIMA)
    mundo.reloj.poner(instante)
    codigo = mundo.presentar_contacto()
    cargo = seguir(mundo, codigo)
    assert mundo.solicitud(codigo).presentado_en == instante
    assert cargo["presentado_en"] == f"{hora}-05:00"
    assert cargo["dentro_de_horario"] is dentro


@pytest.mark.parametrize(
    ("presentado", "primero"),
    [
        ("2026-11-23T10:00:00", date(2026, 11, 24)),
        ("2026-11-27T23:59:59", date(2026, 11, 30)),
        ("2026-11-28T10:00:00", date(2026, 11, 30)),
        ("2026-12-07T10:00:00", date(2026, 12, 10)),
    ],
)
def test_el_plazo_se_cuenta_desde_el_habil_siguiente(mundo: Mundo, presentado: str, primero: date):
    """N03, N10, N40: primer día, vencimiento a las 23:59:59 y los días saltados, con su porqué."""
    mundo.reloj.poner(datetime.fromisoformat(presentado).replace(tzinfo=LIMA))
    codigo = mundo.presentar_contacto()
    termino, solicitud = mundo.termino(codigo), mundo.solicitud(codigo)
    cuenta = Computo.de_json(termino.cuenta)
    assert cuenta.primer_dia == primero
    assert cuenta.dias_habiles == 10
    assert termino.vence_en == solicitud.vence_en == cuenta.vence_en
    assert termino.vence_en.astimezone(LIMA).strftime("%H:%M:%S") == "23:59:59"
    assert (termino.situacion, solicitud.suspendida) == ("corre", False)


def test_el_instante_se_guarda_al_segundo(mundo: Mundo):
    """N02: al segundo, del reloj del servidor."""
    mundo.pasar(microseconds=999_999)
    codigo = mundo.presentar_contacto()
    assert mundo.solicitud(codigo).presentado_en.microsecond == 0


def test_un_expediente_desconocido_avisa_y_no_impide(mundo: Mundo):
    """N04: un número de expediente que no existe no cierra la puerta; cada uno abre el suyo."""
    primero = mundo.presentar_mesa()
    conocido = mundo.abrir_mesa(expediente_relacionado="EXP-000001-2026")
    perdido = mundo.abrir_mesa(expediente_relacionado="EXP-009999-2026")
    entidad = mundo.entidad()
    pasos = [borradores.leer(mundo.entorno, entidad, ficha) for ficha in (conocido, perdido)]
    avisados = [[a.campo for a in paso.lectura.avisos] for paso in pasos]
    assert avisados == [[], ["expediente_relacionado"]]
    codigos = [primero, mundo.presentar(conocido), mundo.presentar(perdido)]
    assert len({mundo.solicitud(c).expediente_id for c in codigos}) == 3


@pytest.mark.parametrize("escrito", ["EXP-1-2026", "exp 1 2026", "exp1-2026", " EXP - 01 - 2026 "])
def test_el_expediente_se_escribe_como_sea(mundo: Mundo, escrito: str):
    """N04: sin ceros, con espacios o en minúsculas es el mismo número."""
    mundo.presentar_mesa()
    ficha = mundo.abrir_mesa(expediente_relacionado=escrito)
    assert borradores.leer(mundo.entorno, mundo.entidad(), ficha).lectura.avisos == ()
    otro = mundo.abrir_mesa(expediente_relacionado=escrito.replace("1", "9"))
    assert borradores.leer(mundo.entorno, mundo.entidad(), otro).lectura.avisos


def test_el_expediente_de_otra_entidad_tampoco_se_conoce(mundo: Mundo):
    """N04: el aviso no revela qué números existen en otra entidad."""
    mundo.presentar_mesa(entidad=RIO)
    ficha = mundo.abrir_mesa(expediente_relacionado="EXP-000001-2026")
    avisos = borradores.leer(mundo.entorno, mundo.entidad(), ficha).lectura.avisos
    assert [a.campo for a in avisos] == ["expediente_relacionado"]


@pytest.mark.parametrize("folios", ["1", "12"])
def test_los_folios_son_los_que_la_persona_confirma(mundo: Mundo, folios: str):
    """N20: el total declarado y, por archivo, las páginas contadas; ambos quedan."""
    ficha = mundo.abrir_mesa(folios=folios)
    principal = mundo.subida(paginas=4)
    borradores.guardar(mundo.entorno, mundo.entidad(), ficha, {}, [principal])
    cargo = seguir(mundo, mundo.presentar(ficha))
    assert cargo["folios"] == {"declarados": int(folios), "contados": 4}
    assert [a["paginas"] for a in cargo["archivos"]] == [4]


def test_los_archivos_quedan_atados_al_contenido_y_sus_bytes_una_sola_vez(mundo: Mundo):
    """N12, N23: los mismos bytes son una fila; lo presentado señala cada documento."""
    ficha = mundo.abrir_mesa()
    anexo = mundo.subida("anexos", "otra vez la carta.pdf")
    borradores.guardar(mundo.entorno, mundo.entidad(), ficha, {}, [anexo])
    mundo.presentar(ficha)
    contenido, adjuntos = mundo.todo(Contenido)[0], mundo.todo(Adjunto)
    assert [(a.campo, a.contenido_id) for a in adjuntos] == [
        ("documento_principal", contenido.id),
        ("anexos", contenido.id),
    ]
    assert mundo.cuantas(Archivo) == [1]
    assert contenido.orden == 0


def test_lo_que_llega_por_un_campo_oculto_no_se_guarda(mundo: Mundo):
    """N12: el poder que quedó de cuando eran «jurídica» no forma parte de lo presentado."""
    ficha = mundo.abrir_mesa(tipo_persona="juridica", ruc="20131312955", razon_social="Sur SAC")
    entidad = mundo.entidad()
    borradores.guardar(mundo.entorno, entidad, ficha, {}, [mundo.subida("poder", "poder.pdf")])
    borradores.guardar(mundo.entorno, entidad, ficha, {"tipo_persona": "natural"})
    codigo = mundo.presentar(ficha)
    sueltos = {a.campo: a.contenido_id for a in mundo.todo(Adjunto)}
    assert sueltos["poder"] is None
    assert sueltos["documento_principal"] is not None
    assert seguir(mundo, codigo)["remitente"] == "José Wilfredo Ñahui Quispe"


def test_un_pdf_de_verdad_se_revisa_se_guarda_y_se_cuenta(mundo: Mundo):
    """N20, N12: el camino entero del archivo: llega, se revisa, y sus bytes son los mismos."""
    entorno, vigente = mundo.entorno, formularios.vigente(mundo.entorno, VALLE, MESA)
    campo = vigente.definicion.campos["documento_principal"]
    with entorno.almacen.recibir() as recepcion:
        recepcion.write(pdf(2))
        subida = archivos.recibir(entorno, VALLE, campo, "../carta.pdf", recepcion)
    assert isinstance(subida, Subida)
    assert (subida.nombre, subida.paginas, subida.tipo) == ("carta.pdf", 2, "pdf")
    with entorno.almacen.abrir(subida.clave) as guardado:
        assert guardado.read() == pdf(2)


def test_un_archivo_que_no_se_recibe_dice_por_que_y_no_se_guarda(mundo: Mundo):
    """N04: lo que no es un PDF se dice al subirlo, antes de presentar."""
    entorno, vigente = mundo.entorno, formularios.vigente(mundo.entorno, VALLE, MESA)
    campo = vigente.definicion.campos["documento_principal"]
    with entorno.almacen.recibir() as recepcion:
        recepcion.write(b"esto es un texto")
        error = archivos.recibir(entorno, VALLE, campo, "carta.pdf", recepcion)
    assert getattr(error, "clave", None) == "archivo_tipo"
    assert list(entorno.almacen.claves()) == []


def test_el_movimiento_y_el_correo_se_escriben_con_la_solicitud(mundo: Mundo):
    """N20, N24: el cargo se avisa de inmediato al correo de quien presentó."""
    codigo = mundo.presentar_mesa()
    movimiento, salida = mundo.movimientos(codigo)[0], mundo.todo(Salida)[0]
    solicitud = mundo.solicitud(codigo)
    assert (movimiento.tipo, movimiento.quien, movimiento.a) == ("presentado", "ciudadano", "nuevo")
    assert movimiento.cuando == solicitud.presentado_en
    assert salida.datos["para"] == DE_MESA["correo"]
    assert solicitud.numero in salida.datos["asunto"]
    for dato in (codigo, "EXP-000001-2026", "24 de noviembre de 2026", "8 de enero de 2027"):
        assert dato in salida.datos["texto"]
    assert salida.datos["responder_a"] == "mesadepartes@vallesereno.example"


def test_sin_sede_elegida_rige_la_principal(mundo: Mundo):
    """N20: la unidad que recibe es la sede principal cuando el formulario no pregunta."""
    codigo = mundo.presentar_contacto()
    assert seguir(mundo, codigo)["entidad"]["unidad"] == "Palacio municipal"
    assert mundo.solicitud(codigo).asunto == "Escríbele a tu municipalidad"


def test_llega_al_area_que_recibe_el_formulario(mundo: Mundo):
    """N05: el mismo día, en la misma transacción, está en el área competente."""
    texto = formularios_de_contacto()
    entidad_id = mundo.entidad().id
    formularios.publicar(
        mundo.entorno, entidad_id, texto, "c.yaml", motivo="Le toca a rentas", area="rentas"
    )
    solicitud = mundo.solicitud(mundo.presentar_contacto())
    assert solicitud.area_id is not None
    with mundo.entorno.bd.lectura(borradores.Ambito.de(entidad_id)) as sesion:
        assert sesion.get_one(Solicitud, solicitud.id).area.codigo == "rentas"


def formularios_de_contacto() -> str:
    return (FORMULARIOS / "contacto.yaml").read_text()


def test_una_version_nueva_no_cambia_el_borrador_ya_abierto(mundo: Mundo):
    """N12: quien empezó con una versión termina con ella, y así queda escrito en su cargo."""
    ficha = mundo.abrir_contacto()
    texto = formularios_de_contacto() + "  introduccion: Otra introducción.\n"
    entidad_id = mundo.entidad().id
    publicado = formularios.publicar(mundo.entorno, entidad_id, texto, "c.yaml", motivo="Mejora")
    assert (publicado.version, publicado.es_nueva) == (2, True)
    assert seguir(mundo, mundo.presentar(ficha))["version"]["numero"] == 1
    assert seguir(mundo, mundo.presentar_contacto())["version"]["numero"] == 2


def test_un_formulario_retirado_ya_no_se_abre_pero_su_borrador_se_presenta(mundo: Mundo):
    """N04: retirar un formulario no le cierra la puerta a quien ya estaba llenándolo."""
    ficha, ana = mundo.abrir_contacto(), mundo.actor("ana")
    formularios.retirar(
        mundo.entorno, ana.entidad_id, CONTACTO, motivo="Mudanza", usuario_id=ana.usuario_id
    )
    with pytest.raises(NoExiste):
        formularios.vigente(mundo.entorno, VALLE, CONTACTO)
    assert mundo.presentar(ficha)


def test_una_correccion_no_se_presenta_como_nueva(mundo: Mundo):
    """N08: el borrador de una corrección corrige; no abre otro expediente."""
    codigo = mundo.presentar_mesa()
    mundo.observar(codigo)
    ficha = subsanacion.abrir_correccion(
        mundo.entorno, mundo.entidad().id, mundo.solicitud(codigo).id
    )
    with pytest.raises(Conflicto):
        solicitudes.presentar(mundo.entorno, mundo.entidad(), ficha, ACEPTA)


def test_el_borrador_de_una_entidad_no_se_presenta_en_otra(mundo: Mundo):
    """N20: para otra entidad ese borrador no existe."""
    ficha = mundo.abrir_mesa()
    with pytest.raises(NoExiste):
        solicitudes.presentar(mundo.entorno, mundo.entidad(RIO), ficha, ACEPTA)

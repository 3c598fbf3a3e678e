"""Atender, derivar, desistir, reabrir: lo que cada paso pide, hace y avisa."""

from datetime import date, datetime

import pytest
from fabrica import DE_MESA, RIO, Mundo

from facilita.plazos import LIMA, Computo, fecha_larga
from facilita.tramite import atencion, descargas, detalle, seguimiento, vencimientos
from facilita.tramite.ambito import Ambito
from facilita.tramite.errores import Conflicto, Invalido, NoExiste, NoPermitido, YaCambio
from facilita.tramite.modelos import Adjunto, Area, Documento, Movimiento, Salida, Usuario

DNI = DE_MESA["numero_documento_identidad"]


def ultimo_correo(mundo: Mundo, codigo: str) -> Salida:
    salida: Salida = mundo.todo(Salida, Salida.solicitud_id == mundo.solicitud(codigo).id)[-1]
    return salida


def ver(mundo: Mundo, codigo: str, quien: str = "luis") -> detalle.Detalle:
    return detalle.ver(mundo.entorno, mundo.actor(quien), mundo.solicitud(codigo).id)


def desistir(mundo: Mundo, codigo: str, motivo: str = "Ya la encontré.") -> None:
    seguimiento.comprobar_identidad(mundo.entorno, codigo, DNI)
    seguimiento.actuar(mundo.entorno, codigo, "desistir", {"motivo": motivo})


def area(mundo: Mundo, codigo: str, slug: str = "valle-sereno") -> int:
    entidad_id = mundo.entidad(slug).id
    hallada: Area = mundo.todo(Area, Area.codigo == codigo, Area.entidad_id == entidad_id)[0]
    return hallada.id


def usuario(mundo: Mundo, nombre: str) -> int:
    hallado: Usuario = mundo.todo(Usuario, Usuario.nombres == nombre)[0]
    return hallado.id


def test_tomar_la_pone_a_cargo_de_quien_la_toma(mundo: Mundo):
    """N05: y la persona se entera de que empezó su atención."""
    codigo = mundo.presentar_mesa()
    mundo.transitar(codigo, "tomar")
    solicitud = mundo.solicitud(codigo)
    assert (solicitud.estado, solicitud.asignada_id) == ("en_proceso", usuario(mundo, "luis"))
    assert mundo.correos(codigo) == ["presentado", "en_proceso"]
    with pytest.raises(Conflicto):
        mundo.transitar(codigo, "tomar")


def test_atender_responde_por_el_mismo_canal_con_sus_archivos(mundo: Mundo):
    """N09: la respuesta va en el correo y los documentos quedan en su expediente."""
    codigo = mundo.presentar_mesa()
    resolucion = mundo.subida("documentos", "resolución.pdf", paginas=2)
    mundo.transitar(codigo, "atender", {"respuesta": "Va tu copia.\n\nSaludos."}, [resolucion])
    solicitud, correo = mundo.solicitud(codigo), ultimo_correo(mundo, codigo)
    assert (solicitud.estado, solicitud.abierta, solicitud.vence_en) == ("atendido", False, None)
    assert mundo.termino(codigo).situacion == "cumplido"
    assert "Va tu copia.\n\nSaludos." in correo.datos["texto"]
    abierto = seguimiento.ver_expediente(mundo.entorno, codigo)
    respuesta = abierto.hitos[-1]
    assert respuesta.textos == (("Respuesta para el ciudadano", "Va tu copia.\n\nSaludos."),)
    assert [(a["nombre"], a["paginas"]) for a in respuesta.archivos] == [("resolución.pdf", 2)]
    descarga = descargas.del_ciudadano(mundo.entorno, codigo, respuesta.archivos[0]["id"])
    assert (descarga.nombre, descarga.sha256) == ("resolución.pdf", resolucion.sha256)


def test_atender_sin_respuesta_no_se_puede(mundo: Mundo):
    """N09: se dice qué falta y nada cambia."""
    codigo = mundo.presentar_mesa()
    with pytest.raises(Invalido) as negado:
        mundo.transitar(codigo, "atender", {"respuesta": "  "})
    assert [e.texto for e in negado.value.errores] == ["Escribe la respuesta para el ciudadano."]
    assert mundo.solicitud(codigo).estado == "nuevo"
    assert mundo.cuantas(Movimiento, Salida) == [1, 1]


def test_un_archivo_que_el_paso_no_pide_no_se_adjunta(mundo: Mundo):
    """N12: al ciudadano no le llega un archivo que nadie le preguntó al personal."""
    codigo = mundo.presentar_mesa()
    suelto = mundo.subida("cualquiera", "planilla.pdf")
    mundo.transitar(codigo, "tomar", {}, [suelto])
    mundo.transitar(codigo, "atender", {"respuesta": "Listo."}, [suelto])
    assert [a.nombre for a in mundo.todo(Adjunto)] == ["carta.pdf"]


def test_demasiados_archivos_en_la_respuesta_se_dicen(mundo: Mundo):
    """N09: el límite es el de la definición."""
    codigo = mundo.presentar_mesa()
    muchos = [mundo.subida("documentos", f"{n}.pdf") for n in range(11)]
    with pytest.raises(Invalido) as negado:
        mundo.transitar(codigo, "atender", {"respuesta": "Van."}, muchos)
    assert [e.clave for e in negado.value.errores] == ["archivo_muchos"]


def test_derivar_a_otra_entidad_lo_dice_y_termina(mundo: Mundo):
    """N11: la persona sabe a qué entidad y por qué."""
    codigo = mundo.presentar_mesa()
    crudo = {"entidad_destino": "Municipalidad de Río Claro", "motivo": "El predio está ahí."}
    mundo.transitar(codigo, "derivar_entidad", crudo)
    texto = ultimo_correo(mundo, codigo).datos["texto"]
    assert mundo.solicitud(codigo).estado == "derivado_otra_entidad"
    assert "Municipalidad de Río Claro" in texto and "El predio está ahí." in texto
    assert "se cuenta desde que lo reciba" in texto


def test_desiste_quien_presento(mundo: Mundo):
    """N09: con código e identidad; queda su motivo y se le confirma."""
    codigo = mundo.presentar_mesa()
    acciones = seguimiento.ver_expediente(mundo.entorno, codigo).acciones
    assert [t.id for t in acciones] == ["desistir"]
    desistir(mundo, codigo)
    assert mundo.solicitud(codigo).estado == "desistido"
    assert mundo.movimientos(codigo)[-1].quien == "ciudadano"
    assert mundo.correos(codigo)[-1] == "desistido"
    assert seguimiento.ver_expediente(mundo.entorno, codigo).acciones == ()
    with pytest.raises(Conflicto):
        desistir(mundo, codigo)


def test_desistir_deja_constancia_y_se_le_dice_a_quien_atiende(mundo: Mundo):
    """N09, N12: un documento congelado con lo que dijo y cuándo, atado a su movimiento."""
    codigo = mundo.presentar_mesa()
    mundo.transitar(codigo, "tomar")
    dicho = seguimiento.revisar(mundo.entorno, codigo, "desistir", {"motivo": "Ya la encontré."})
    assert dicho == (("¿Por qué desistes?", "Ya la encontré."),)
    assert mundo.solicitud(codigo).estado == "en_proceso"
    desistir(mundo, codigo)
    (suyo,) = mundo.todo(Documento, Documento.clase == "pedido")
    movimiento = next(m for m in mundo.movimientos(codigo) if m.transicion == "desistir")
    assert suyo.orden == movimiento.orden
    assert suyo.datos["huella_del_movimiento"] == movimiento.huella
    assert suyo.datos["dicho"] == [["¿Por qué desistes?", "Ya la encontré."]]
    avisos = [s.datos for s in mundo.todo(Salida) if s.datos["para"].startswith("luis@")]
    assert [a["asunto"] for a in avisos] == ["Desistir del trámite: registro 000001-2026"]
    assert "Ya la encontré" not in avisos[0]["texto"]


def test_desistir_pide_su_motivo(mundo: Mundo):
    """N12: sin motivo no se cierra."""
    codigo = mundo.presentar_mesa()
    with pytest.raises(Invalido):
        desistir(mundo, codigo, motivo=" ")
    assert mundo.solicitud(codigo).abierta


def test_el_ciudadano_no_da_los_pasos_de_otros(mundo: Mundo):
    """N12: ni los del personal, ni los del reloj, ni los que no existen; y se le dice por qué."""
    codigo, crudo = mundo.presentar_mesa(), {"respuesta": "x", "motivo": "x"}
    dichos = dict.fromkeys(("tomar", "atender", "reabrir", "vencer"), "Ese paso no te toca a ti.")
    for cual, dicho in {**dichos, "no_hay": "Este trámite no tiene ese paso."}.items():
        with pytest.raises(Conflicto, match=dicho) as negada:
            seguimiento.actuar(mundo.entorno, codigo, cual, crudo)
        assert not isinstance(negada.value, YaCambio)
    # Este sí era suyo: lo que pasó es que el trámite terminó antes.
    mundo.transitar(codigo, "atender", {"respuesta": "Listo."})
    with pytest.raises(YaCambio):
        seguimiento.actuar(mundo.entorno, codigo, "desistir", crudo)


@pytest.mark.parametrize("cual", ["subsanar", "vencer", "desistir"])
@pytest.mark.parametrize("quien", ["luis", "ana", "sara"])
def test_el_personal_no_da_los_pasos_del_ciudadano_ni_del_reloj(
    mundo: Mundo, quien: str, cual: str
):
    """N07, N08: nadie corrige, desiste ni hace vencer por otro."""
    codigo = mundo.presentar_mesa()
    mundo.observar(codigo)
    with pytest.raises(Conflicto):
        mundo.transitar(codigo, cual, {"motivo": "x"}, quien=quien)
    assert mundo.solicitud(codigo).estado == "observado"


def test_corregir_no_es_un_paso_suelto(mundo: Mundo):
    """N08: se corrige con la corrección, no saltándose lo observado."""
    codigo = mundo.presentar_mesa()
    mundo.observar(codigo)
    with pytest.raises(NoExiste):
        seguimiento.actuar(mundo.entorno, codigo, "subsanar", {})
    assert mundo.solicitud(codigo).estado == "observado"


def test_reabrir_solo_quien_coordina_y_con_motivo(mundo: Mundo):
    """N12, N10: queda constancia, y el plazo sigue donde quedó desde el hábil siguiente."""
    codigo = mundo.presentar_mesa(sede="norte")
    mundo.transitar(codigo, "atender", {"respuesta": "Listo."})
    assert [p.transicion.id for p in ver(mundo, codigo).pasos] == []
    for quien in ("luis", "nora"):
        with pytest.raises(Conflicto):
            mundo.transitar(codigo, "reabrir", {"motivo": "Faltó algo"}, quien=quien)
    with pytest.raises(Invalido):
        mundo.transitar(codigo, "reabrir", {}, quien="norma")
    mundo.poner(30)
    mundo.transitar(codigo, "reabrir", {"motivo": "Faltó la firma"}, quien="norma")
    solicitud, cuenta = mundo.solicitud(codigo), Computo.de_json(mundo.termino(codigo).cuenta)
    assert (solicitud.estado, solicitud.abierta) == ("en_proceso", True)
    assert (cuenta.primer_dia, cuenta.vence_en) == (date(2026, 12, 1), solicitud.vence_en)
    assert cuenta.dias_habiles == 30, "se atendió el mismo día: no se había gastado ninguno"
    assert "Faltó la firma" in ultimo_correo(mundo, codigo).datos["texto"]


@pytest.mark.parametrize(
    ("atendida", "quedaban", "corren"),
    [((24, 11), 29, 29), ((4, 12), 21, 21), ((7, 1), 1, 1), ((8, 1), 1, 1), ((11, 1), 0, 1)],
)
def test_reabrir_no_da_otro_plazo_entero(
    mundo: Mundo, atendida: tuple[int, int], quedaban: int, corren: int
):
    """N10: lo que se gastó se gastó; si ya no quedaba nada, un día hábil, y se explica."""
    codigo = mundo.presentar_mesa()
    dia, mes = atendida
    mundo.reloj.poner(datetime(2027 if mes == 1 else 2026, mes, dia, 10, tzinfo=LIMA))
    mundo.transitar(codigo, "atender", {"respuesta": "Listo."})
    mundo.reloj.poner(datetime(2027, 3, 1, 10, tzinfo=LIMA))
    mundo.transitar(codigo, "reabrir", {"motivo": "Faltó la firma"}, quien="ana")
    cuenta = Computo.de_json(mundo.termino(codigo).cuenta)
    assert (cuenta.dias_habiles, cuenta.desde) == (corren, date(2027, 3, 1))
    assert mundo.movimientos(codigo)[-1].datos["quedaban"] == quedaban
    dicho = dict(seguimiento.ver_expediente(mundo.entorno, codigo).hitos[-1].textos)["Plazo"]
    assert ("Ya había terminado" in dicho) is (quedaban == 0)
    assert fecha_larga(cuenta.vence) in ultimo_correo(mundo, codigo).datos["texto"]


def test_reabrir_lo_no_presentado_sigue_lo_que_estaba_detenido(mundo: Mundo):
    """N10, N08: mientras se esperaba la corrección no corría nada."""
    codigo = mundo.presentar_mesa()
    mundo.poner(25)
    mundo.observar(codigo)
    seguimiento.comprobar_identidad(mundo.entorno, codigo, DE_MESA["numero_documento_identidad"])
    mundo.poner(15, mes=12)
    vencimientos.vencer(mundo.entorno)
    mundo.transitar(codigo, "reabrir", {"motivo": "Error nuestro"}, quien="ana")
    assert Computo.de_json(mundo.termino(codigo).cuenta).dias_habiles == 28


@pytest.mark.parametrize("quien", ["ana", "sara"])
def test_reabren_tambien_el_coordinador_de_entidad_y_sgtd(mundo: Mundo, quien: str):
    """N12: el coordinador es el de la entidad o el de la sede."""
    codigo = mundo.presentar_mesa()
    mundo.transitar(codigo, "atender", {"respuesta": "Listo."})
    mundo.transitar(codigo, "reabrir", {"motivo": "Faltó algo"}, quien=quien)
    assert mundo.solicitud(codigo).estado == "en_proceso"


def test_responder_un_mensaje_de_contacto(mundo: Mundo):
    """N09: el formulario más pequeño también responde por el mismo canal."""
    codigo = mundo.presentar_contacto()
    mundo.transitar(codigo, "responder", {"respuesta": "A las siete."})
    correo = ultimo_correo(mundo, codigo)
    assert mundo.solicitud(codigo).estado == "respondido"
    assert correo.datos["para"] == "julia.mamani@example.com"
    assert "A las siete." in correo.datos["texto"]


# --- derivar a un área, asignar y anotar --------------------------------------------------------


def test_derivar_a_un_area_la_deja_ahi_sin_persona(mundo: Mundo):
    """N05: es un suceso, no un estado; el plazo sigue igual."""
    codigo = mundo.presentar_mesa()
    mundo.transitar(codigo, "tomar")
    vence, sid = mundo.solicitud(codigo).vence_en, mundo.solicitud(codigo).id
    luis = mundo.actor("luis")
    atencion.derivar(mundo.entorno, luis, sid, area(mundo, "obras"), "Es de su competencia")
    solicitud = mundo.solicitud(codigo)
    assert (solicitud.area_id, solicitud.asignada_id) == (area(mundo, "obras"), None)
    assert (solicitud.estado, solicitud.vence_en) == ("en_proceso", vence)
    hito = seguimiento.ver_expediente(mundo.entorno, codigo).hitos[-1]
    assert (hito.titulo, hito.textos) == ("Se derivó a Obras y desarrollo urbano", ())
    interno = detalle.ver(mundo.entorno, mundo.actor("ana"), sid).hitos[-1]
    assert interno.titulo == "Derivado a un área"
    assert dict(interno.textos) == {
        "Área": "Obras y desarrollo urbano",
        "Comentario interno": "Es de su competencia",
    }


def test_no_se_deriva_a_un_area_ajena_ni_a_la_misma(mundo: Mundo):
    """N05: las áreas de otra entidad no existen."""
    codigo, luis = mundo.presentar_mesa(), mundo.actor("luis")
    sid = mundo.solicitud(codigo).id
    with pytest.raises(Invalido):
        atencion.derivar(mundo.entorno, luis, sid, area(mundo, "obras", RIO), None)
    atencion.derivar(mundo.entorno, luis, sid, area(mundo, "rentas"), None)
    with pytest.raises(Invalido):
        atencion.derivar(mundo.entorno, luis, sid, area(mundo, "rentas"), None)


def test_asigna_quien_coordina_y_a_alguien_de_la_entidad(mundo: Mundo):
    """N05: a una persona activa de la misma entidad."""
    codigo, ana = mundo.presentar_mesa(), mundo.actor("ana")
    sid = mundo.solicitud(codigo).id
    with pytest.raises(NoPermitido):
        atencion.asignar(mundo.entorno, mundo.actor("luis"), sid, ana.usuario_id)
    for ajeno in (usuario(mundo, "rita"), 9999):
        with pytest.raises(Invalido):
            atencion.asignar(mundo.entorno, ana, sid, ajeno)
    atencion.asignar(mundo.entorno, ana, sid, usuario(mundo, "oscar"))
    assert mundo.solicitud(codigo).asignada_id == usuario(mundo, "oscar")
    assert ver(mundo, codigo, "oscar").asignada == "oscar"


def test_la_nota_es_del_personal(mundo: Mundo):
    """N12: se guarda, y el ciudadano no la ve."""
    codigo, luis = mundo.presentar_mesa(), mundo.actor("luis")
    sid = mundo.solicitud(codigo).id
    with pytest.raises(Invalido):
        atencion.anotar_nota(mundo.entorno, luis, sid, " \x00 ")
    atencion.anotar_nota(mundo.entorno, luis, sid, "Llamar\x00 al área legal \ud800")
    assert ver(mundo, codigo).hitos[-1].textos == (("Nota", "Llamar al área legal"),)
    abierto = seguimiento.ver_expediente(mundo.entorno, codigo)
    assert [h.titulo for h in abierto.hitos] == ["Presentado"]


def test_lo_terminado_no_se_deriva_ni_asigna_ni_anota(mundo: Mundo):
    """N12: primero se reabre."""
    codigo, ana = mundo.presentar_mesa(), mundo.actor("ana")
    sid = mundo.solicitud(codigo).id
    mundo.transitar(codigo, "atender", {"respuesta": "Listo."})
    with pytest.raises(Conflicto):
        atencion.derivar(mundo.entorno, ana, sid, area(mundo, "obras"), None)
    with pytest.raises(Conflicto):
        atencion.asignar(mundo.entorno, ana, sid, ana.usuario_id)
    with pytest.raises(Conflicto):
        atencion.anotar_nota(mundo.entorno, ana, sid, "Tarde")


def test_ver_y_descargar_quedan_en_la_bitacora(mundo: Mundo):
    """N61: quién vio qué y quién bajó qué archivo, sin datos del ciudadano."""
    from facilita.tramite.modelos import Bitacora

    codigo, luis = mundo.presentar_mesa(), mundo.actor("luis")
    visto = ver(mundo, codigo)
    archivo = visto.respuestas["documento_principal"][0]["id"]
    descargas.del_personal(mundo.entorno, luis, visto.id, archivo)
    mundo.transitar(codigo, "tomar")
    hechas = mundo.todo(Bitacora, Bitacora.usuario_id == luis.usuario_id)
    assert [(b.accion, b.sobre) for b in hechas] == [
        ("solicitud.vista", "000001-2026"),
        ("archivo.descargado", "000001-2026"),
        ("solicitud.tomar", "000001-2026"),
    ]
    escrito = str([b.datos for b in mundo.todo(Bitacora)])
    assert not [v for v in DE_MESA.values() if isinstance(v, str) and len(v) > 3 and v in escrito]


def test_un_archivo_no_se_baja_desde_otra_solicitud(mundo: Mundo):
    """N12: ni con otro código, ni desde otra entidad, ni desde otro borrador."""
    primero, segundo = mundo.presentar_mesa(), mundo.presentar_mesa()
    archivo = ver(mundo, primero).respuestas["documento_principal"][0]["id"]
    assert descargas.del_ciudadano(mundo.entorno, primero, archivo).nombre == "carta.pdf"
    with pytest.raises(NoExiste):
        descargas.del_ciudadano(mundo.entorno, segundo, archivo)
    with pytest.raises(NoExiste):
        descargas.del_personal(
            mundo.entorno, mundo.actor("luis"), mundo.solicitud(segundo).id, archivo
        )
    with pytest.raises(NoExiste):
        descargas.del_personal(
            mundo.entorno, mundo.actor("rita"), mundo.solicitud(primero).id, archivo
        )
    with pytest.raises(NoExiste):
        descargas.del_borrador(mundo.entorno, mundo.entidad().id, mundo.abrir_mesa(), archivo)


def test_el_cargo_no_cambia_con_lo_que_pasa_despues(mundo: Mundo):
    """N12, N20: los datos congelados al presentar son los mismos al final."""
    codigo = mundo.presentar_mesa()
    antes = seguimiento.ver_cargo(mundo.entorno, codigo)
    with mundo.entorno.bd.transaccion(Ambito.de_plataforma("prueba")) as sesion:
        sesion.get_one(Area, area(mundo, "obras")).nombre = "Otro nombre"
    mundo.transitar(codigo, "tomar")
    mundo.transitar(codigo, "atender", {"respuesta": "Listo."})
    assert seguimiento.ver_cargo(mundo.entorno, codigo) == antes

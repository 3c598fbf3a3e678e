"""Responder por el mismo canal: la respuesta numerada, congelada, en PDF y notificada (N09)."""

import json

import pytest
from fabrica import LUNES, RIO, Mundo
from pdfua import validate

from facilita.plazos import fecha_larga, fecha_lima
from facilita.servicios import taller
from facilita.tramite import atencion, carpeta, detalle, documentos, seguimiento
from facilita.tramite import modelos_de_respuesta as modelos
from facilita.tramite.errores import Invalido, NoExiste, NoPermitido
from facilita.tramite.modelos import Bitacora, Documento, ModeloDeRespuesta, Salida
from facilita.tramite.modelos_de_respuesta import Escrito

EN_SQLITE = pytest.mark.parametrize("motor", ["sqlite"], indirect=True)
TEXTO = "Estimado José:\n\nTu licencia está lista. Recógela en el 2.° piso.\n\nAtentamente,"


def responder(mundo: Mundo, codigo: str, texto: str = TEXTO, subidas=()) -> None:
    mundo.transitar(codigo, "atender", {"respuesta": texto}, list(subidas))


def componer(mundo: Mundo) -> None:
    while documentos.hacer(mundo.entorno):
        pass


def pdf_de(mundo: Mundo, codigo: str) -> bytes:
    respuesta = seguimiento.ver_expediente(mundo.entorno, codigo).respondido[0]
    assert respuesta.documento_id is not None
    baja = carpeta.documento_del_ciudadano(mundo.entorno, codigo, respuesta.documento_id)
    with mundo.entorno.almacen.abrir(baja.clave) as archivo:
        return archivo.read()


# --- la respuesta ---------------------------------------------------------------------------------


def test_atender_da_una_respuesta_con_numero_fecha_texto_y_documentos(mundo: Mundo):
    """N09, N22: la persona la lee en su expediente; el correo la lleva por el mismo canal."""
    codigo = mundo.presentar_mesa()
    assert seguimiento.ver_expediente(mundo.entorno, codigo).respondido == ()
    carta = mundo.subida("documentos", "carta.pdf", 3)
    responder(mundo, codigo, subidas=[carta])
    (respuesta,) = seguimiento.ver_expediente(mundo.entorno, codigo).respondido
    assert (respuesta.numero, respuesta.cuando, respuesta.texto) == ("000001-2026", LUNES, TEXTO)
    assert [(a["nombre"], a["paginas"]) for a in respuesta.archivos] == [("carta.pdf", 3)]
    assert respuesta.documento_id is None, "la cola todavía no hizo el PDF"
    correo = mundo.todo(Salida)[-1].datos
    assert TEXTO in correo["texto"]
    assert f"/seguimiento/{codigo}" in correo["texto"]
    assert mundo.tipos(codigo) == ["presentado", "atender", "respuesta"]


def test_los_numeros_de_respuesta_son_de_cada_entidad_y_sin_huecos(mundo: Mundo):
    """N22: progresivos; lo que no se confirma no gasta número."""
    codigos = [mundo.presentar_mesa() for _ in range(3)]
    for codigo in codigos[:2]:
        with pytest.raises(Invalido):
            responder(mundo, codigo, texto="")
        responder(mundo, codigo)
    ajeno = mundo.presentar_mesa(RIO)
    mundo.transitar(ajeno, "atender", {"respuesta": "Sí."}, quien="rita")
    responder(mundo, codigos[2])
    numeros = [
        seguimiento.ver_expediente(mundo.entorno, c).respondido[0].numero for c in (*codigos, ajeno)
    ]
    assert numeros == ["000001-2026", "000002-2026", "000003-2026", "000001-2026"]


def test_reabrir_y_responder_otra_vez_deja_las_dos(mundo: Mundo):
    """N09, N12: la primera respuesta no cambia; se lee primero la última."""
    codigo = mundo.presentar_mesa()
    responder(mundo, codigo, "La primera.")
    mundo.transitar(codigo, "reabrir", {"motivo": "Faltaba algo."}, quien="ana")
    responder(mundo, codigo, "La segunda.")
    vistas = seguimiento.ver_expediente(mundo.entorno, codigo).respondido
    assert [(r.numero, r.texto) for r in vistas] == [
        ("000002-2026", "La segunda."), ("000001-2026", "La primera."),
    ]  # fmt: skip
    sid = mundo.solicitud(codigo).id
    assert detalle.ver(mundo.entorno, mundo.actor("luis"), sid).respondido == vistas


def test_el_pdf_de_la_respuesta_lleva_lo_congelado_y_pasa_el_revisor(mundo: Mundo, tmp_path):
    """N09, N21: firmado, accesible, con el texto tal cual y nada interpretado."""
    malo = "😀 #panic() $x$ *no* <b>\n\n- uno\n- dos\n\n= Título\n\\\\ @cita"
    codigo = mundo.presentar_mesa()
    responder(mundo, codigo, malo, [mundo.subida("documentos", "anexo #1.pdf")])
    componer(mundo)
    pdf = pdf_de(mundo, codigo)
    dentro = json.loads(taller.revisar(pdf, {})["anexo"])["datos"]
    assert dentro["texto"] == malo
    assert (dentro["respuesta"], dentro["numero"]) == ("000001-2026", "000001-2026")
    assert dentro["entidad"]["nombre"] == mundo.entidad().nombre
    assert [a["nombre"] for a in dentro["archivos"]] == ["anexo #1.pdf"]
    archivo = tmp_path / "respuesta.pdf"
    archivo.write_bytes(pdf)
    assert not validate(str(archivo)).findings


@EN_SQLITE
def test_el_pdf_se_hace_una_vez_y_esta_en_el_indice(mundo: Mundo):
    """N09, N23: los mismos bytes siempre, y un documento más del expediente."""
    codigo = mundo.presentar_mesa()
    responder(mundo, codigo)
    componer(mundo)
    uno = pdf_de(mundo, codigo)
    mundo.pasar(days=3)
    componer(mundo)
    assert pdf_de(mundo, codigo) == uno
    piezas = carpeta.del_ciudadano(mundo.entorno, codigo).piezas
    assert "Respuesta" in {p.nombre for p in piezas}


def test_nadie_baja_la_respuesta_de_otro(mundo: Mundo):
    """N61: ni otra persona ni otra entidad."""
    codigo, otro = mundo.presentar_mesa(), mundo.presentar_mesa()
    responder(mundo, codigo)
    componer(mundo)
    cual = mundo.todo(Documento, Documento.clase == "respuesta")[0].id
    with pytest.raises(NoExiste):
        carpeta.documento_del_ciudadano(mundo.entorno, otro, cual)
    with pytest.raises(NoExiste):
        sid = mundo.solicitud(codigo).id
        carpeta.documento_del_personal(mundo.entorno, mundo.actor("rita"), sid, cual)


# --- los modelos ----------------------------------------------------------------------------------


def guardar(mundo: Mundo, texto: str, formulario: str = "", titulo: str = "Lista") -> int:
    nuevo = Escrito(titulo, texto, formulario)
    return modelos.guardar(mundo.entorno, mundo.actor("ana"), nuevo)


def llenar(mundo: Mundo, codigo: str, cual: int, quien: str = "luis") -> modelos.Lleno:
    sid = mundo.solicitud(codigo).id
    return modelos.llenar(mundo.entorno, mundo.actor(quien), sid, cual)


def test_un_modelo_se_llena_con_los_datos_de_la_solicitud(mundo: Mundo):
    """N09: los suyos y los de lo respondido en su formulario."""
    texto = "{hoy}. {nombre}: sobre «{asunto}» ({numero}). Vives en {direccion}. {entidad_corta}"
    cual = guardar(mundo, texto, "mesa-de-partes")
    codigo = mundo.presentar_mesa()
    lleno = llenar(mundo, codigo, cual)
    hoy = fecha_larga(fecha_lima(LUNES))
    assert lleno.texto == (
        f"{hoy}. José Wilfredo Ñahui Quispe: sobre «Solicito copia de mi licencia» "
        "(000001-2026). Vives en Jr. Los Cedros 123. Muni Valle Sereno"
    )
    assert lleno.faltan == ()


def test_lo_que_la_solicitud_no_tiene_se_dice(mundo: Mundo):
    """N09: no queda una llave en el texto: quien responde sabe qué completar."""
    cual = guardar(mundo, "Sobre {numero_documento}: {pedido}.", "mesa-de-partes")
    lleno = llenar(mundo, mundo.presentar_mesa(numero_documento="", pedido=""), cual)
    assert lleno.texto == "Sobre : ."
    assert lleno.faltan == ("Número del documento", "¿Qué pides y por qué?")


def test_lo_que_escribio_la_persona_no_se_interpreta(mundo: Mundo):
    """N09: sus llaves quedan como las escribió."""
    cual = guardar(mundo, "Sobre «{asunto}» de {nombre}")
    lleno = llenar(mundo, mundo.presentar_mesa(asunto="{codigo} {nombre} {0.__class__}"), cual)
    assert "«{codigo} {nombre} {0.__class__}»" in lleno.texto


@pytest.mark.parametrize(
    ("nuevo", "campo", "frase"),
    [
        (Escrito("", "Hola"), "titulo", "Escribe un título"),
        (Escrito("x" * 121, "Hola"), "titulo", "Acorta el título"),
        (Escrito("Lista", "Hola"), "titulo", "Ya hay un modelo"),
        (Escrito("A", ""), "texto", "Escribe el texto"),
        (Escrito("A", "x" * 8001), "texto", "sobran 1"),
        (Escrito("A", "Hola, {nombr}"), "texto", "No conocemos {nombr}"),
        (Escrito("A", "Vives en {direccion}"), "texto", "No conocemos {direccion}"),
        (Escrito("A", "{mensaje}", "mesa-de-partes"), "texto", "No conocemos {mensaje}"),
        (Escrito("A", "{documento_principal}", "mesa-de-partes"), "texto", "No conocemos"),
        (Escrito("A", "{privacidad}", "mesa-de-partes"), "texto", "No conocemos"),
        (Escrito("A", "Mira {enlace}"), "texto", "No conocemos {enlace}"),
        (Escrito("A", "Hola, {Nombre}"), "texto", "llave suelta"),
        (Escrito("A", "Hola, {0.__class__}"), "texto", "llave suelta"),
        (Escrito("A", "Hola {"), "texto", "llave suelta"),
        (Escrito("A", "Hola", "no-existe"), "formulario", "Elige un formulario"),
        (Escrito("\x00\ud800", "Hola"), "titulo", "Escribe un título"),
    ],
)  # fmt: skip
def test_un_modelo_con_algo_mal_no_se_guarda(mundo: Mundo, nuevo: Escrito, campo: str, frase: str):
    """N09: un nombre desconocido es una falla al guardar, no un hueco en una respuesta."""
    guardar(mundo, "Hola", titulo="Lista")
    with pytest.raises(Invalido) as negativa:
        modelos.guardar(mundo.entorno, mundo.actor("ana"), nuevo)
    (error,) = negativa.value.errores
    assert error.campo == campo
    assert frase in error.texto


def test_se_ofrecen_los_de_su_formulario_y_los_de_todos(mundo: Mundo):
    """N09: ni los de otro formulario, ni los de otra entidad, ni los que se quitaron."""
    ana = mundo.actor("ana")
    guardar(mundo, "Uno", titulo="De todos")
    guardar(mundo, "Dos", "mesa-de-partes", "De mesa")
    guardar(mundo, "Tres", "escribenos", "De contacto")
    quitado = guardar(mundo, "Cuatro", titulo="Quitado")
    modelos.quitar(mundo.entorno, ana, quitado)
    ajeno = modelos.guardar(mundo.entorno, mundo.actor("rita"), Escrito("Ajeno", "Cinco"))
    codigo = mundo.presentar_mesa()
    sid = mundo.solicitud(codigo).id
    vistos = detalle.ver(mundo.entorno, mundo.actor("luis"), sid).modelos
    assert [titulo for _, titulo in vistos] == ["De mesa", "De todos"]
    for cual in (quitado, ajeno, 999):
        with pytest.raises(NoExiste):
            llenar(mundo, codigo, cual)
    assert [m.titulo for m in modelos.listar(mundo.entorno, ana)] == [
        "De contacto", "De mesa", "De todos",
    ]  # fmt: skip


def test_los_cambia_solo_quien_coordina_la_entidad(mundo: Mundo):
    """N61: y queda anotado."""
    cual = guardar(mundo, "Hola")
    ana = mundo.actor("ana")
    assert modelos.guardar(mundo.entorno, ana, Escrito("Lista", "Hola, {nombre}"), cual) == cual
    assert modelos.escrito(mundo.entorno, ana, cual) == Escrito("Lista", "Hola, {nombre}")
    assert mundo.todo(Bitacora)[-1].accion == "modelo.guardado"
    for quien in ("luis", "norma"):
        with pytest.raises(NoPermitido):
            modelos.guardar(mundo.entorno, mundo.actor(quien), Escrito("X", "Y"))
        with pytest.raises(NoPermitido):
            modelos.quitar(mundo.entorno, mundo.actor(quien), cual)
    with pytest.raises(NoExiste):
        modelos.quitar(mundo.entorno, mundo.actor("rita"), cual)
    assert len(mundo.todo(ModeloDeRespuesta)) == 1


def test_lo_respondido_con_un_modelo_no_cambia_con_el(mundo: Mundo):
    """N12: la respuesta es texto congelado."""
    cual = guardar(mundo, "Hola, {nombre}")
    codigo = mundo.presentar_mesa()
    responder(mundo, codigo, llenar(mundo, codigo, cual).texto)
    modelos.guardar(mundo.entorno, mundo.actor("ana"), Escrito("Lista", "Otra cosa"), cual)
    (respuesta,) = seguimiento.ver_expediente(mundo.entorno, codigo).respondido
    assert respuesta.texto == "Hola, José Wilfredo Ñahui Quispe"


@EN_SQLITE
def test_todo_lo_que_responde_una_plantilla_va_en_la_respuesta(mundo: Mundo):
    """N09: lo demás que el paso pide acompaña al texto."""
    codigo = mundo.presentar_contacto()
    sid = mundo.solicitud(codigo).id
    atencion.transitar(
        mundo.entorno, mundo.actor("luis"), sid, "responder", {"respuesta": "A las 6."}
    )
    (respuesta,) = seguimiento.ver_expediente(mundo.entorno, codigo).respondido
    assert (respuesta.texto, list(respuesta.otros)) == ("A las 6.", [])

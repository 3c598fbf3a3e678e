"""Los mensajes de un expediente: ida y vuelta, con archivos, mientras está abierto."""

from typing import Any

import pytest
from fabrica import DE_MESA, Mundo

from facilita.tramite import (
    atencion,
    bandeja,
    correspondencia,
    descargas,
    detalle,
    notificaciones,
    seguimiento,
)
from facilita.tramite.bandeja import Filtros
from facilita.tramite.correspondencia import Conversacion
from facilita.tramite.errores import Conflicto, Invalido, NoExiste
from facilita.tramite.modelos import Bitacora, Mensaje, Movimiento, Salida
from facilita.tramite.sucesos import encadenar

DNI = DE_MESA["numero_documento_identidad"]


@pytest.fixture
def codigo(mundo: Mundo) -> str:
    """El código de una solicitud a cargo de Luis."""
    codigo = mundo.presentar_mesa()
    mundo.transitar(codigo, "tomar")
    return codigo


def pregunta(mundo: Mundo, codigo: str, texto: str = "¿Cuánto falta?", *subidas: Any, **mas: str):
    """La persona escribe."""
    crudo = {"mensaje": texto, **mas}
    correspondencia.escribir_de_ciudadano(mundo.entorno, codigo, crudo, subidas)


def responde(mundo: Mundo, codigo: str, texto: str = "Poco.", *subidas: Any, quien: str = "luis"):
    """El personal escribe."""
    sid = mundo.solicitud(codigo).id
    crudo = {"mensaje": texto}
    correspondencia.escribir_de_personal(mundo.entorno, mundo.actor(quien), sid, crudo, subidas)


def mira(mundo: Mundo, codigo: str, quien: str = "luis") -> Conversacion:
    """El personal abre la conversación."""
    sid = mundo.solicitud(codigo).id
    return correspondencia.abrir_de_personal(mundo.entorno, mundo.actor(quien), sid)


def textos(conversacion: Conversacion) -> list[tuple[str, str]]:
    return [(m.quien, m.texto) for m in conversacion.mensajes]


def avisos(mundo: Mundo, para: str) -> list[str]:
    """Los asuntos de los correos a alguien."""
    return [s.datos["asunto"] for s in mundo.todo(Salida) if s.datos["para"] == para]


def test_ida_y_vuelta(mundo: Mundo, codigo: str):
    """N09, N12: cada parte lee a la otra, en orden; lo escrito queda en la cadena de huellas."""
    pregunta(mundo, codigo)
    assert textos(mira(mundo, codigo)) == [("José Wilfredo Ñahui Quispe", "¿Cuánto falta?")]
    mundo.pasar(hours=1)
    responde(mundo, codigo)
    suya = correspondencia.abrir_de_ciudadano(mundo.entorno, codigo)
    assert textos(suya) == [("Tú", "¿Cuánto falta?"), ("Muni Valle Sereno", "Poco.")]
    assert [(m.es_mio, m.es_nuevo) for m in suya.mensajes] == [(True, False), (False, True)]
    movimientos = mundo.movimientos(codigo)
    assert mundo.tipos(codigo)[-2:] == ["mensaje", "mensaje"]
    assert movimientos[-1].huella == encadenar(movimientos[-2].huella, movimientos[-1])


def test_lo_nuevo_se_marca_hasta_que_la_otra_parte_lo_abre(mundo: Mundo, codigo: str):
    """N12: mirar no responde; responder sí, y queda quién leyó primero."""
    pregunta(mundo, codigo)
    luis, sid = mundo.actor("luis"), mundo.solicitud(codigo).id
    cuenta = detalle.ver(mundo.entorno, luis, sid).mensajes
    assert (cuenta.cuantos, cuenta.nuevos, cuenta.esperan) == (1, 1, 1)
    mundo.pasar(minutes=5)
    mira(mundo, codigo)
    cuenta = detalle.ver(mundo.entorno, luis, sid).mensajes
    assert (cuenta.nuevos, cuenta.esperan) == (0, 1)
    assert mundo.todo(Mensaje)[0].leido_en == mundo.reloj.ahora()
    visto = mira(mundo, codigo, "ana").mensajes[0]
    assert (visto.leido_por, visto.es_nuevo, visto.espera) == ("luis", False, True)
    responde(mundo, codigo)
    assert detalle.ver(mundo.entorno, luis, sid).mensajes.esperan == 0
    assert seguimiento.ver_expediente(mundo.entorno, codigo).mensajes.nuevos == 1
    correspondencia.abrir_de_ciudadano(mundo.entorno, codigo)
    assert seguimiento.ver_expediente(mundo.entorno, codigo).mensajes.nuevos == 0


def test_la_bandeja_dice_cuales_esperan_respuesta(mundo: Mundo, codigo: str):
    """N09: hasta responder, o hasta decir que no hace falta; solo las que alcanza cada uno."""
    otra = mundo.presentar_mesa()
    pregunta(mundo, codigo)
    pregunta(mundo, codigo, "¿Y entonces?")
    pregunta(mundo, otra)
    luis = mundo.actor("luis")
    filtro = Filtros(espera="mensajes")
    vista = bandeja.listar(mundo.entorno, luis, filtro)
    assert [(f.numero[:6], f.mensajes) for f in vista.filas] == [("000002", 1), ("000001", 2)]
    assert vista.esperan == {"mensajes": 2, "cedula": 0}
    responde(mundo, codigo)
    sid = mundo.solicitud(otra).id
    correspondencia.dar_por_atendidos(mundo.entorno, luis, sid)
    vista = bandeja.listar(mundo.entorno, luis, filtro)
    assert (vista.filas, vista.esperan) == ((), {"mensajes": 0, "cedula": 0})
    assert bandeja.listar(mundo.entorno, mundo.actor("rita"), filtro).esperan["mensajes"] == 0


def test_la_bandeja_dice_cuales_hay_que_notificar_por_cedula(mundo: Mundo, codigo: str):
    """N54: la tarea se ve sin abrir cada solicitud, y se va con el acuse."""
    otra = mundo.presentar_mesa()
    mundo.observar(otra)
    mundo.poner(30)
    notificaciones.pedir_cedulas(mundo.entorno)
    luis = mundo.actor("luis")
    vista = bandeja.listar(mundo.entorno, luis, Filtros(espera="cedula"))
    assert [(f.numero[:6], f.cedula) for f in vista.filas] == [("000002", True)]
    assert vista.esperan["cedula"] == 1
    seguimiento.comprobar_identidad(mundo.entorno, otra, DNI)
    assert bandeja.listar(mundo.entorno, luis, Filtros()).esperan["cedula"] == 0


def test_el_aviso_no_lleva_lo_escrito(mundo: Mundo, codigo: str):
    """N33: al correo va solo que hay un mensaje; y no se repite mientras nadie lo abra."""
    pregunta(mundo, codigo, "Mi DNI es 12345678 y vivo en Los Cedros")
    pregunta(mundo, codigo, "Otra cosa")
    responde(mundo, codigo, "Su deuda es de S/ 500")
    responde(mundo, codigo, "Y otra más")
    luis, persona = "luis@vallesereno.example", DE_MESA["correo"]
    assert avisos(mundo, luis) == ["Mensaje sobre el registro 000001-2026"]
    assert avisos(mundo, persona).count("Tienes un mensaje: registro 000001-2026") == 1
    dicho = " ".join(s.datos["texto"] + s.datos["asunto"] for s in mundo.todo(Salida)[-2:])
    assert not [t for t in ("Cedros", "12345678", "deuda", DE_MESA["asunto"]) if t in dicho]
    correspondencia.abrir_de_ciudadano(mundo.entorno, codigo)
    responde(mundo, codigo, "Ya está")
    assert avisos(mundo, persona).count("Tienes un mensaje: registro 000001-2026") == 2


@pytest.mark.parametrize(
    ("area", "quienes"), [("obras", ["oscar"]), (None, ["ana"])], ids=["su-area", "coordinacion"]
)
def test_sin_nadie_a_cargo_se_avisa_a_su_area_o_a_quien_coordina(
    mundo: Mundo, area: str | None, quienes: list[str]
):
    """N05: alguien se entera siempre."""
    codigo = mundo.presentar_mesa()
    if area:
        ana, sid = mundo.actor("ana"), mundo.solicitud(codigo).id
        areas = {nombre: i for i, nombre in detalle.ver(mundo.entorno, ana, sid).areas}
        atencion.derivar(mundo.entorno, ana, sid, areas["Obras y desarrollo urbano"], None)
    pregunta(mundo, codigo)
    de_mensaje = [s.datos["para"] for s in mundo.todo(Salida) if ".mensaje-" in s.clave]
    assert de_mensaje == [f"{q}@vallesereno.example" for q in quienes]


def test_los_archivos_viajan_y_los_abre_solo_quien_debe(mundo: Mundo, codigo: str):
    """N12: los mismos bytes, de los dos lados; otra solicitud no los alcanza."""
    pregunta(mundo, codigo, "Va el plano", mundo.subida("archivos", "plano.pdf", 2))
    responde(mundo, codigo, "Va el modelo", mundo.subida("archivos", "modelo.pdf", 3))
    suyos = [a for m in mira(mundo, codigo).mensajes for a in m.archivos]
    assert [(a["nombre"], a["paginas"]) for a in suyos] == [("plano.pdf", 2), ("modelo.pdf", 3)]
    for a in suyos:
        assert descargas.del_ciudadano(mundo.entorno, codigo, a["id"]).sha256 == a["sha256"]
        with pytest.raises(NoExiste):
            descargas.del_ciudadano(mundo.entorno, mundo.presentar_mesa(), a["id"])


def test_al_terminar_se_cierra_y_nada_queda_esperando(mundo: Mundo, codigo: str):
    """N09: lo escrito se sigue leyendo; al reabrir se vuelve a escribir."""
    pregunta(mundo, codigo)
    mundo.transitar(codigo, "atender", {"respuesta": "Aquí está."})
    assert bandeja.listar(mundo.entorno, mundo.actor("ana"), Filtros()).esperan["mensajes"] == 0
    for escribir in (pregunta, responde):
        with pytest.raises(Conflicto, match="ya terminó"):
            escribir(mundo, codigo)
    vista = correspondencia.abrir_de_ciudadano(mundo.entorno, codigo)
    assert (vista.abierta, len(vista.mensajes)) == (False, 1)
    mundo.transitar(codigo, "reabrir", {"motivo": "Faltó algo."}, quien="ana")
    pregunta(mundo, codigo, "Gracias por reabrir")
    assert len(mira(mundo, codigo).mensajes) == 2


def test_un_mensaje_no_mueve_nada_del_tramite(mundo: Mundo):
    """N06, N07, N54: ni el estado, ni los plazos, ni acusa ni corrige lo observado."""
    codigo = mundo.presentar_mesa()
    mundo.observar(codigo)
    antes, termino = mundo.solicitud(codigo), mundo.termino(codigo)
    pregunta(mundo, codigo, "Aquí va la licencia que pidieron")
    responde(mundo, codigo, "Debes corregirlo en el formulario")
    ahora = mundo.solicitud(codigo)
    for que in ("estado", "vence_en", "suspendida", "asunto", "busqueda"):
        assert getattr(ahora, que) == getattr(antes, que)
    assert mundo.termino(codigo).cuenta == termino.cuenta
    assert mundo.notificacion(codigo).notificado_en is None
    assert correspondencia.abrir_de_ciudadano(mundo.entorno, codigo).se_corrige
    assert not mira(mundo, codigo).observar


def test_el_mismo_envio_dos_veces_es_un_mensaje(mundo: Mundo, codigo: str):
    """N12: dos toques del botón, o una línea que se cortó."""
    for _ in range(2):
        pregunta(mundo, codigo, "Hola", envio="abc")
    pregunta(mundo, codigo, "Hola", envio="otro")
    assert mundo.cuantas(Mensaje) == [2]


def test_diez_en_un_dia_y_se_dice_por_que(mundo: Mundo, codigo: str):
    """N09: el tope es de la persona, por expediente y por 24 horas; el personal no lo tiene."""
    for n in range(correspondencia.POR_DIA):
        pregunta(mundo, codigo, f"Mensaje {n}")
    with pytest.raises(Invalido) as negado:
        pregunta(mundo, codigo, "Uno más")
    assert "10 mensajes" in negado.value.errores[0].texto
    responde(mundo, codigo)
    mundo.pasar(hours=24)
    pregunta(mundo, codigo, "Uno más")


@pytest.mark.parametrize("texto", ["", " \n ", "x" * 4001], ids=["nada", "blancos", "largo"])
def test_lo_mal_escrito_no_se_envia(mundo: Mundo, codigo: str, texto: str):
    """N12: se dice y no queda nada en la historia."""
    antes = mundo.cuantas(Movimiento, Mensaje)
    for escribir in (pregunta, responde):
        with pytest.raises(Invalido) as negado:
            escribir(mundo, codigo, texto)
        assert [e.campo for e in negado.value.errores] == ["mensaje"]
    assert mundo.cuantas(Movimiento, Mensaje) == antes


def test_solo_lo_ve_quien_alcanza_la_solicitud(mundo: Mundo, codigo: str):
    """N61: ni otra entidad ni otra sede; con el código solo no se ve nada; mirar queda anotado."""
    pregunta(mundo, codigo, "Un secreto")
    sid = mundo.solicitud(codigo).id
    for quien in ("rita", "nora"):
        with pytest.raises(NoExiste):
            mira(mundo, codigo, quien)
        with pytest.raises(NoExiste):
            correspondencia.dar_por_atendidos(mundo.entorno, mundo.actor(quien), sid)
    assert "secreto" not in repr(seguimiento.ver(mundo.entorno, codigo))
    mira(mundo, codigo)
    assert mundo.todo(Bitacora)[-1].accion == "mensajes.vistos"

"""Lo que ve el ciudadano: con el código, el avance; con código e identidad, todo lo suyo."""

from typing import Any

import pytest
from fabrica import DE_CONTACTO, DE_MESA, Mundo

from facilita.tramite import atencion, detalle, seguimiento, vencimientos
from facilita.tramite.errores import NoExiste
from facilita.tramite.modelos import Bitacora

DNI = DE_MESA["numero_documento_identidad"]


def textos(valor: Any) -> list[str]:
    """Los textos de una respuesta, sueltos."""
    if isinstance(valor, dict):
        return [t for v in valor.values() for t in textos(v)]
    if isinstance(valor, list | tuple):
        return [t for v in valor for t in textos(v)]
    return [str(valor)]


def con_historia(mundo: Mundo) -> str:
    """Una solicitud observada, corregida y con notas: todo lo que podría escaparse."""
    codigo = mundo.presentar_mesa(
        tipo_persona="juridica", ruc="20131312955", razon_social="Textiles del Sur S.A.C.",
        cargo_representante="Gerente", codigo_contribuyente="CTB-7781", sede="norte",
        enlace_descarga="https://ejemplo.pe/mis-anexos",
    )  # fmt: skip
    ana, sid = mundo.actor("ana"), mundo.solicitud(codigo).id
    atencion.asignar(mundo.entorno, ana, sid, mundo.actor("norma").usuario_id)
    atencion.anotar_nota(mundo.entorno, ana, sid, "Es el señor del reclamo")
    mundo.observar(codigo, asunto="Precisa el predio")
    return codigo


def test_con_el_codigo_solo_no_se_ve_nada_de_la_persona(mundo: Mundo):
    """N20, N33: ni un dato de lo respondido, ni textos, ni nombres del personal."""
    codigo = con_historia(mundo)
    abierto = seguimiento.ver_expediente(mundo.entorno, codigo)
    publico = repr(seguimiento.ver(mundo.entorno, codigo)).casefold()
    propios = {t for v in abierto.respuestas.values() for t in textos(v)}
    propios |= {t for v in DE_MESA.values() for t in textos(v)}
    propios |= {"luis", "Es el señor del reclamo", "Precisa el predio", "carta.pdf"}
    largos = {t for t in propios if len(t) > 3 and t != "true"}
    publicos = {"Palacio municipal", "Agencia municipal Norte", "central", "norte", "True"}
    assert [t for t in largos - publicos if t.casefold() in publico] == []
    assert len(largos) > 20


def test_con_el_codigo_se_ve_el_avance(mundo: Mundo):
    """N20, N03: estado, fechas y plazo, en palabras."""
    codigo = mundo.presentar_mesa()
    mundo.transitar(codigo, "tomar")
    visto = seguimiento.ver(mundo.entorno, codigo)
    assert (visto.numero, visto.estado, visto.final) == ("000001-2026", "En proceso", False)
    assert visto.frase == "Tu documento está en atención."
    assert visto.plazo is not None and visto.plazo.dias_habiles == 30
    assert [(h.titulo, h.quien, h.textos) for h in visto.hitos] == [
        ("Presentado", "Tú", ()),
        ("En proceso", "Muni Valle Sereno", ()),
    ]


def test_lo_interno_no_esta_en_el_avance_publico(mundo: Mundo):
    """N12: notas, asignaciones y acuses no son del público."""
    visto = seguimiento.ver(mundo.entorno, con_historia(mundo))
    assert [h.titulo for h in visto.hitos] == ["Presentado", "Observado"]
    assert all(h.observaciones == () for h in visto.hitos)


@pytest.mark.parametrize(
    "escribir",
    [
        str.lower,
        lambda c: c.replace("-", ""),
        lambda c: c.replace("-", " "),
        lambda c: f"  {c}\n",
        lambda c: c.replace("-", " – "),
        lambda c: " ".join(c.replace("-", "")),
    ],
)
def test_el_codigo_se_reconoce_como_se_escriba(mundo: Mundo, escribir: Any):
    """N20: con o sin guiones, en minúsculas, con espacios."""
    codigo = mundo.presentar_contacto()
    assert seguimiento.ver(mundo.entorno, escribir(codigo)).codigo == codigo
    correo = DE_CONTACTO["correo"]
    assert seguimiento.comprobar_identidad(mundo.entorno, escribir(codigo), correo) == codigo


@pytest.mark.parametrize("codigo", ["", "F7XK-29QD-TRWM-4H6C", "corto", "x" * 500, "😀" * 16])
def test_un_codigo_que_no_existe_no_existe(mundo: Mundo, codigo: str):
    """N20: una respuesta, tenga o no forma de código."""
    with pytest.raises(NoExiste):
        seguimiento.ver(mundo.entorno, codigo)
    with pytest.raises(NoExiste):
        seguimiento.ver_expediente(mundo.entorno, codigo)


@pytest.mark.parametrize("identidad", ["12345678", " 12.345.678 ", "12 34 56 78", "1234-5678"])
def test_la_identidad_se_reconoce_como_se_escriba(mundo: Mundo, identidad: str):
    """N20: puntos, guiones y espacios no cuentan."""
    codigo = mundo.presentar_mesa()
    assert seguimiento.comprobar_identidad(mundo.entorno, codigo, identidad) == codigo
    assert "expediente.abierto" in [b.accion for b in mundo.todo(Bitacora)]


def test_sin_documento_la_identidad_es_el_correo(mundo: Mundo):
    """N20: en un formulario sin documento de identidad."""
    codigo = mundo.presentar_contacto()
    identidad = DE_CONTACTO["correo"].upper()
    assert seguimiento.comprobar_identidad(mundo.entorno, codigo, identidad) == codigo


def test_cualquier_cosa_que_no_coincide_recibe_la_misma_respuesta(mundo: Mundo):
    """N33: no se puede averiguar qué códigos existen ni de quién son."""
    codigo, otro = mundo.presentar_mesa(), mundo.presentar_contacto()
    intentos = [
        (codigo, "87654321"),
        (codigo, ""),
        (codigo, "  . - "),
        (codigo, DE_MESA["correo"]),
        (codigo, "1234567"),
        (codigo, "12345678\x00"),
        (codigo, "ñ\ud800"),
        (otro, DNI),
        ("F7XK-29QD-TRWM-4H6C", DNI),
        ("no es un código", DNI),
        ("", ""),
    ]
    respuestas = set()
    for escrito, identidad in intentos:
        with pytest.raises(NoExiste) as negado:
            seguimiento.comprobar_identidad(mundo.entorno, escrito, identidad)
        respuestas.add((type(negado.value), negado.value.frase))
    assert respuestas == {(NoExiste, seguimiento.FRASE_NO_COINCIDE)}


def test_el_expediente_propio_lo_muestra_todo_menos_lo_interno(mundo: Mundo):
    """N09, N12: respuestas, cargo, observaciones y recorrido; no las notas del personal."""
    codigo = con_historia(mundo)
    abierto = seguimiento.ver_expediente(mundo.entorno, codigo)
    assert abierto.respuestas["razon_social"] == "Textiles del Sur S.A.C."
    assert abierto.expediente == "EXP-000001-2026"
    assert [o["texto"] for o in abierto.observaciones] == ["Precisa el predio"]
    assert [h.titulo for h in abierto.hitos] == ["Presentado", "Observado"]
    assert "señor del reclamo" not in repr(abierto)
    assert "norma" not in repr(abierto.hitos), "el personal aparece como su entidad"
    assert abierto.publico == seguimiento.ver(mundo.entorno, codigo)


def test_el_recorrido_de_cada_quien(mundo: Mundo):
    """N12: los mismos sucesos, contados a cada uno como le toca."""
    codigo = con_historia(mundo)
    seguimiento.comprobar_identidad(mundo.entorno, codigo, DNI)
    abierto = seguimiento.ver_expediente(mundo.entorno, codigo)
    assert [(h.titulo, h.quien) for h in abierto.hitos] == [
        ("Presentado", "Tú"),
        ("Observado", "Muni Valle Sereno"),
        ("Notificación abierta", "Tú"),
    ]
    visto = seguimiento.ver(mundo.entorno, codigo)
    assert visto.corregir_hasta is not None and visto.suspendido


def test_cada_fecha_dice_por_que(mundo: Mundo):
    """N02, N03, N07: la de presentación, la de corregir y la del plazo detenido."""
    mundo.poner(28, "10:00:00")
    codigo = mundo.presentar_mesa()
    visto = seguimiento.ver(mundo.entorno, codigo)
    assert "Llegó fuera del horario" in visto.fecha_explicada
    assert "el lunes 30 de noviembre de 2026" in visto.fecha_explicada
    assert (visto.corregir_cuenta, visto.suspension_explicada) == (None, "")
    mundo.poner(30)
    mundo.observar(codigo)
    seguimiento.comprobar_identidad(mundo.entorno, codigo, DNI)
    visto = seguimiento.ver(mundo.entorno, codigo)
    assert visto.corregir_cuenta is not None
    assert visto.corregir_cuenta.vence_en == visto.corregir_hasta
    assert "desde el lunes 30 de noviembre de 2026, sin contar" in visto.corregir_cuenta.explicar()
    assert "se cuenta entero otra vez" in visto.suspension_explicada
    mundo.poner(3, "00:00:00", mes=12)
    vencimientos.vencer(mundo.entorno)
    hitos = seguimiento.ver_expediente(mundo.entorno, codigo).hitos
    assert [h.frase.partition(".")[0] for h in hitos] == [
        "La entidad lo recibió y te dio tu cargo",
        "La entidad encontró algo por corregir",
        "Te enteraste de lo notificado: desde este día se cuenta tu plazo",
        "Terminó un plazo y el sistema dio este paso, sin que nadie lo decidiera",
    ]
    por_que = dict(hitos[-1].textos)["Por qué"]
    assert "Se cuentan 2 días hábiles desde el lunes 30 de noviembre" in por_que
    personal = detalle.ver(mundo.entorno, mundo.actor("luis"), mundo.solicitud(codigo).id).hitos
    assert not [h.frase for h in personal if h.frase]


def test_verlo_en_una_sesion_ya_abierta_tambien_es_enterarse(mundo: Mundo):
    """N07: lo observado que se ve en el expediente queda notificado ese día."""
    codigo = mundo.presentar_mesa()
    mundo.observar(codigo)
    assert seguimiento.ver_expediente(mundo.entorno, codigo).sin_acuse
    seguimiento.enterarse(mundo.entorno, codigo)
    seguimiento.enterarse(mundo.entorno, codigo)
    visto = seguimiento.ver_expediente(mundo.entorno, codigo)
    assert not visto.sin_acuse and visto.publico.corregir_hasta is not None
    assert mundo.tipos(codigo).count("notificado") == 1

"""Observar: todo en un acto, una sola vez, a tiempo y atado a un campo."""

from datetime import date, datetime

import pytest
from fabrica import DE_MESA, MESA, VALLE, Mundo

from facilita.plazos import LIMA
from facilita.tramite import (
    bandeja,
    borradores,
    detalle,
    formularios,
    seguimiento,
    subsanacion,
    vencimientos,
)
from facilita.tramite.errores import Conflicto, Invalido, Vencido
from facilita.tramite.modelos import Movimiento, Notificacion, Observacion, Salida


def pasos(mundo: Mundo, codigo: str, quien: str = "luis") -> list[str]:
    visto = detalle.ver(mundo.entorno, mundo.actor(quien), mundo.solicitud(codigo).id)
    return [p.transicion.id for p in visto.pasos]


@pytest.mark.parametrize("antes", [(), ("tomar",)], ids=["nuevo", "en_proceso"])
def test_observar_suspende_avisa_y_ata_cada_observacion_a_su_campo(mundo: Mundo, antes: tuple):
    """N06, N07: lo observado en un acto; el plazo se suspende y la persona recibe la lista."""
    codigo = mundo.presentar_mesa()
    for paso in antes:
        mundo.transitar(codigo, paso)
    mundo.observar(codigo, asunto="Precisa cuál.", documento_principal="No está firmado.")
    solicitud = mundo.solicitud(codigo)
    assert (solicitud.estado, solicitud.suspendida, solicitud.abierta) == ("observado", True, True)
    assert mundo.termino(codigo).situacion == "suspendido"
    assert [(o.campo, o.texto) for o in mundo.todo(Observacion)] == [
        ("asunto", "Precisa cuál."),
        ("documento_principal", "No está firmado."),
    ]
    movimiento = mundo.movimientos(codigo)[-1]
    assert {o.movimiento_id for o in mundo.todo(Observacion)} == {movimiento.id}
    texto = correo(mundo, codigo)
    assert "- Asunto: Precisa cuál.\n- Documento principal: No está firmado." in texto
    assert "2 días hábiles" in texto and "no presentado" in texto


def correo(mundo: Mundo, codigo: str) -> str:
    sid = mundo.solicitud(codigo).id
    return str(mundo.todo(Salida, Salida.solicitud_id == sid)[-1].datos["texto"])


def test_el_plazo_para_corregir_no_empieza_al_enviar(mundo: Mundo):
    """N07, N08: enviar no es notificar; sin acuse no hay plazo que venza."""
    codigo = mundo.presentar_mesa()
    mundo.observar(codigo)
    notificacion = mundo.notificacion(codigo)
    assert notificacion.notificado_en is None
    assert notificacion.acuse_hasta == datetime(2026, 11, 25, 23, 59, 59, tzinfo=LIMA)
    visto = seguimiento.ver(mundo.entorno, codigo)
    assert visto.por_corregir and visto.puede_corregir
    assert (visto.corregir_hasta, visto.suspendido) == (None, True)
    mundo.poner(31, mes=12)
    assert vencimientos.vencer(mundo.entorno) == 0
    assert mundo.solicitud(codigo).estado == "observado"


def test_se_observa_una_sola_vez(mundo: Mundo):
    """N06: corregido lo observado, no se observa de nuevo ni en el mismo día."""
    codigo = mundo.presentar_mesa()
    mundo.observar(codigo)
    with pytest.raises(Conflicto):
        mundo.observar(codigo)
    corregir(mundo, codigo)
    assert mundo.solicitud(codigo).estado == "en_proceso"
    assert "observar" not in pasos(mundo, codigo)
    with pytest.raises(Conflicto, match="una vez"):
        mundo.observar(codigo)
    assert mundo.cuantas(Observacion) == [1]


def corregir(mundo: Mundo, codigo: str) -> None:
    seguimiento.comprobar_identidad(mundo.entorno, codigo, DE_MESA["numero_documento_identidad"])
    sid, entidad = mundo.solicitud(codigo).id, mundo.entidad()
    ficha = subsanacion.abrir_correccion(mundo.entorno, entidad.id, sid)
    crudo = {"asunto": "Copia de la licencia 123"}
    subsanacion.subsanar(mundo.entorno, entidad, ficha, crudo, mundo.reloj.ahora())


PRESENTADOS = (
    ("2026-11-23T10:00:00", "2026-11-25T23:59:59"),
    ("2026-11-27T18:00:00", "2026-12-01T23:59:59"),
    ("2026-11-28T10:00:00", "2026-12-01T23:59:59"),
    ("2026-12-07T10:00:00", "2026-12-11T23:59:59"),
)


def test_se_observa_hasta_dos_dias_habiles_despues(mundo: Mundo):
    """N06, N10: hasta las 23:59:59 del segundo día hábil, con su última fracción."""
    # El reloj no retrocede: se presenta y se observa en el orden en que pasa.
    momentos = sorted(
        (datetime.fromisoformat(cuando).replace(tzinfo=LIMA, microsecond=fraccion), cual, fin)
        for cual, par in enumerate(PRESENTADOS)
        for fraccion in (0, 999_999)
        for cuando, fin in ((par[0], 0), (par[1], 1))
    )
    presentados: dict[int, list[str]] = {}
    for momento, cual, fin in momentos:
        mundo.reloj.poner(momento)
        if not fin:
            presentados.setdefault(cual, []).append(mundo.presentar_mesa())
            continue
        codigo = presentados[cual].pop()
        assert "observar" in pasos(mundo, codigo), momento
        mundo.observar(codigo)
    assert mundo.cuantas(Observacion) == [8]


def test_pasado_el_plazo_ya_no_se_ofrece_ni_se_admite(mundo: Mundo):
    """N06: el segundo siguiente es tarde; lo demás se sigue pudiendo."""
    codigo = mundo.presentar_mesa()
    mundo.poner(26, "00:00:00")
    assert pasos(mundo, codigo) == ["tomar", "atender", "derivar_entidad"]
    with pytest.raises(Vencido):
        mundo.observar(codigo)
    assert mundo.solicitud(codigo).estado == "nuevo"
    assert mundo.cuantas(Observacion, Notificacion) == [0, 0]


def test_hace_falta_al_menos_una_observacion_de_un_campo(mundo: Mundo):
    """N06: no se observa en blanco ni lo que el formulario no pregunta."""
    codigo = mundo.presentar_mesa()
    for crudo in (
        {},
        {"observacion-asunto": "   \n "},
        {"observacion-no_existe": "Falta algo"},
        {"asunto": "Sin el nombre que toca"},
    ):
        with pytest.raises(Invalido) as negado:
            mundo.transitar(codigo, "observar", crudo)
        assert [e.campo for e in negado.value.errores] == ["observaciones"], crudo
    assert mundo.solicitud(codigo).estado == "nuevo"
    assert mundo.cuantas(Movimiento, Observacion) == [1, 0]


def test_una_observacion_guarda_lo_que_se_puede_leer(mundo: Mundo):
    """N12: lo invisible se quita y lo escrito queda en los dos motores."""
    codigo = mundo.presentar_mesa()
    mundo.observar(codigo, asunto="Dice \x00«copia»\ud800;\r\nprecisa 🙂 ñandú")
    assert mundo.todo(Observacion)[0].texto == "Dice «copia»;\nprecisa 🙂 ñandú"


def test_suspendida_no_cuenta_como_vencida_en_la_bandeja(mundo: Mundo):
    """N07: mientras la persona corrige, el plazo de la entidad no corre."""
    codigo = mundo.presentar_mesa()
    mundo.observar(codigo)
    mundo.reloj.poner(datetime(2027, 3, 1, 10, tzinfo=LIMA))
    luis = mundo.actor("luis")
    vencidas = bandeja.listar(mundo.entorno, luis, bandeja.Filtros(plazo="vencido"))
    assert vencidas.filas == ()
    todas = bandeja.listar(mundo.entorno, luis, bandeja.Filtros())
    assert todas.filas[0].plazo.texto == "Plazo suspendido"


def test_el_detalle_dice_hasta_cuando_se_puede_observar(mundo: Mundo):
    """N06: el límite se muestra junto al botón."""
    codigo = mundo.presentar_mesa()
    visto = detalle.ver(mundo.entorno, mundo.actor("luis"), mundo.solicitud(codigo).id)
    hasta = {p.transicion.id: p.hasta for p in visto.pasos}
    assert hasta["observar"] is not None
    assert hasta["observar"].astimezone(LIMA).date() == date(2026, 11, 25)
    assert hasta["tomar"] is None


def test_solo_se_observa_lo_que_existe_en_lo_presentado(mundo: Mundo):
    """N06: a una persona natural no se le pide corregir un RUC que nadie le preguntó."""
    codigo = mundo.presentar_mesa()
    visto = detalle.ver(mundo.entorno, mundo.actor("luis"), mundo.solicitud(codigo).id)
    assert {"asunto", "anexos", "tipo_persona"} <= visto.observables
    assert not {"ruc", "razon_social", "poder"} & visto.observables
    with pytest.raises(Invalido) as negado:
        mundo.observar(codigo, asunto="Precisa cuál.", ruc="Falta el RUC.")
    assert [e.campo for e in negado.value.errores] == ["observaciones"]
    assert "RUC" in negado.value.errores[0].texto
    assert mundo.solicitud(codigo).estado == "nuevo"


def test_una_observacion_que_no_cabe_se_dice_y_no_se_corta(mundo: Mundo):
    """N06, N12: entra entera o vuelve con su frase, junto a su campo."""
    codigo = mundo.presentar_mesa()
    cabe = "x" * 4000
    with pytest.raises(Invalido) as negado:
        mundo.observar(codigo, asunto=cabe + "yz", pedido="Falta la fecha.")
    error = negado.value.errores[0]
    assert error.campo == "observacion-asunto"
    assert "caben 4,000 caracteres y sobran 2" in error.texto
    mundo.observar(codigo, asunto=cabe)
    assert mundo.todo(Observacion)[0].texto == cabe


def test_entre_varios_archivos_se_dice_cual(mundo: Mundo):
    """N06: la observación se ata al archivo, y así la lee quien corrige."""
    subidas = [mundo.subida(), mundo.subida("anexos", "a.pdf"), mundo.subida("anexos", "b.pdf", 2)]
    vigente = formularios.vigente(mundo.entorno, VALLE, MESA)
    ficha = borradores.abrir(mundo.entorno, vigente, DE_MESA, subidas)[0]
    codigo = mundo.presentar(ficha)
    anexos = seguimiento.ver_expediente(mundo.entorno, codigo).respuestas["anexos"]
    crudo = {
        "observacion-anexos": "No se lee.",
        f"observacion-anexos-archivo-{anexos[1]['id']}": "si",
        "observacion-anexos-archivo-999": "si",
        "observacion-asunto": "Precisa cuál.",
    }
    mundo.transitar(codigo, "observar", crudo)
    assert [(o.campo, o.texto) for o in mundo.todo(Observacion)] == [
        ("asunto", "Precisa cuál."), ("anexos", "«b.pdf»: No se lee."),
    ]  # fmt: skip
    assert "«b.pdf»: No se lee." in correo(mundo, codigo)


def test_lado_a_lado_lo_observado_aunque_no_lo_cambiara(mundo: Mundo):
    """N07, N12: quien atiende ve qué se observó, qué decía y qué dice, y lo que quedó igual."""
    codigo = mundo.presentar_mesa()
    mundo.observar(codigo, asunto="Precisa cuál.", pedido="Di para qué.")
    corregir(mundo, codigo)
    visto = detalle.ver(mundo.entorno, mundo.actor("luis"), mundo.solicitud(codigo).id)
    assert [(c.etiqueta, c.observado, c.cambio) for c in visto.correcciones] == [
        ("Asunto", "Precisa cuál.", True),
        ("¿Qué pides y por qué?", "Di para qué.", False),
    ]
    assert [a.datos["asunto"] for a in mundo.todo(Salida) if "correccion-" in a.clave] == [
        "Corrigieron el registro 000001-2026"
    ]

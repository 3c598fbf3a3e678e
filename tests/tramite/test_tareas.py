"""Las tareas dentro de una solicitud: abrirlas, responderlas, lo que detienen y su plazo."""

import pytest
from fabrica import Mundo
from propios import (
    PEDIR,
    area_de,
    con_roles,
    dar_rol,
    dato_de_informacion,
    id_de,
    presentar,
    publicar,
)

from facilita.plazos import Computo
from facilita.tramite import bandeja, descargas, detalle, seguimiento, tareas
from facilita.tramite.bandeja import Filtros
from facilita.tramite.encargos import Titular
from facilita.tramite.errores import Conflicto, Invalido, NoExiste, NoPermitido
from facilita.tramite.modelos import Adjunto, Salida, Tarea

QUE = {"que": "El acta del 3 de mayo."}


def abrir(mundo: Mundo, codigo: str, quien: str = "luis", a: Titular | None = None) -> int:
    """Pide la información; da el id de la tarea."""
    sid = mundo.solicitud(codigo).id
    return tareas.abrir(
        mundo.entorno, mundo.actor(quien), sid, "pedir", QUE, (), a or tareas.A_CUALQUIERA
    )


def responder(mundo: Mundo, codigo: str, cual: int, quien: str = "oscar", **mas: str) -> None:
    """Responde la tarea."""
    crudo = {"informacion": "Aquí está.", **mas}
    sid = mundo.solicitud(codigo).id
    tareas.responder(mundo.entorno, mundo.actor(quien), sid, cual, crudo)


def pasos(mundo: Mundo, codigo: str, quien: str = "luis") -> list[str]:
    """Los pasos que alguien puede dar."""
    d = detalle.ver(mundo.entorno, mundo.actor(quien), mundo.solicitud(codigo).id)
    return [p.transicion.id for p in d.pasos]


@pytest.fixture
def codigo(mundo: Mundo) -> str:
    """Una solicitud del formulario con roles."""
    con_roles(mundo)
    return presentar(mundo)


def test_una_tarea_se_abre_se_responde_y_suelta_el_paso(mundo: Mundo, codigo: str):
    """N12: cada cosa es un movimiento; el estado no cambia hasta entregar."""
    cual = abrir(mundo, codigo)
    assert pasos(mundo, codigo) == ["prorrogar"]
    with pytest.raises(Conflicto, match="Falta responder la tarea «Pedir la información»"):
        mundo.transitar(codigo, "entregar", quien="luis")
    responder(mundo, codigo, cual)
    mundo.transitar(codigo, "entregar", quien="luis")
    assert mundo.tipos(codigo) == ["presentado", "tarea_abierta", "tarea_respondida", "entregar"]
    assert mundo.todo(Tarea)[0].situacion == "respondida"


def test_el_area_ve_la_solicitud_mientras_le_piden_algo(mundo: Mundo, codigo: str):
    """N61: olga es de obras, en otra sede; ve esa solicitud y ninguna más."""
    olga, otra = mundo.actor("olga"), presentar(mundo)
    sid = mundo.solicitud(codigo).id
    with pytest.raises(NoExiste):
        detalle.ver(mundo.entorno, olga, sid)
    cual = abrir(mundo, codigo)
    d = detalle.ver(mundo.entorno, olga, sid)
    assert ([t.id for t in d.tareas], d.pasos, d.ofrecidas, d.es_suya) == ([cual], (), (), False)
    assert d.tareas[0].puede_responder
    assert d.tareas[0].pedido == (("Qué se pide", "El acta del 3 de mayo."),)
    with pytest.raises(NoExiste):
        detalle.ver(mundo.entorno, olga, mundo.solicitud(otra).id)


def test_mis_tareas_estan_en_la_bandeja_con_su_plazo(mundo: Mundo, codigo: str):
    """N10: en palabras y en color; vence a los tres días hábiles y se explica."""
    abrir(mundo, codigo)
    vistas = []
    for dia in (23, 25, 26, 27):
        mundo.poner(dia)
        (mia,) = bandeja.listar(mundo.entorno, mundo.actor("oscar"), Filtros()).tareas
        assert mia.plazo
        vistas.append((mia.etiqueta, mia.plazo.color, mia.plazo.texto))
    assert [v[1] for v in vistas] == ["verde", "ambar", "rojo", "vencido"]
    assert vistas[0] == ("Pedir la información", "verde", "Quedan 3 días hábiles")
    assert vistas[2][2] == "Vence hoy"
    assert bandeja.listar(mundo.entorno, mundo.actor("luis"), Filtros()).tareas == ()
    cuenta = Computo.de_json(mundo.todo(Tarea)[0].cuenta)
    assert "Se cuentan 3 días hábiles" in cuenta.explicar()


def test_se_puede_pedir_a_una_sola_area(mundo: Mundo, codigo: str):
    """N61: con varias que cumplen el rol, la elegida y nadie más; las otras no la ven."""
    dar_rol(mundo, "poseedora", Titular(usuario_id=id_de(mundo, "nora")))
    cual = abrir(mundo, codigo, a=Titular(usuario_id=id_de(mundo, "nora")))
    with pytest.raises(NoExiste):
        responder(mundo, codigo, cual, "olga")
    assert bandeja.listar(mundo.entorno, mundo.actor("oscar"), Filtros()).tareas == ()
    with pytest.raises(Invalido):
        abrir(mundo, codigo, a=Titular(area_id=area_de(mundo, "rentas")))
    responder(mundo, codigo, cual, "nora")


def test_el_correo_va_a_quienes_la_atienden_y_vuelve_a_quien_la_pidio(mundo: Mundo, codigo: str):
    """N24: uno a cada persona del área; al ciudadano no se le cuenta."""
    antes = len(mundo.correos(codigo))
    responder(mundo, codigo, abrir(mundo, codigo))
    nuevas = [s for s in mundo.todo(Salida) if s.clave.startswith("tarea-")]
    para = [s.datos["para"].partition("@")[0] for s in nuevas]
    assert sorted(para) == ["luis", "olga", "oscar"]
    assert f"/bandeja/{mundo.solicitud(codigo).id}" in nuevas[0].datos["texto"]
    assert "Vence el jueves 26 de noviembre de 2026." in nuevas[0].datos["texto"]
    assert len(mundo.correos(codigo)) == antes


def test_el_ciudadano_no_ve_las_tareas_ni_sus_archivos(mundo: Mundo, codigo: str):
    """N21: son del personal."""
    sid = mundo.solicitud(codigo).id
    cual = abrir(mundo, codigo)
    papel = mundo.subida("documento", "acta.pdf")
    crudo = {"informacion": "Va adjunta."}
    tareas.responder(mundo.entorno, mundo.actor("oscar"), sid, cual, crudo, [papel])
    adjunto = mundo.todo(Adjunto, Adjunto.nombre == "acta.pdf")[0].id
    hitos = seguimiento.ver_expediente(mundo.entorno, codigo).hitos
    assert not [h for h in hitos if "Pedir" in h.titulo]
    with pytest.raises(NoExiste):
        descargas.del_ciudadano(mundo.entorno, codigo, adjunto)
    assert descargas.del_personal(mundo.entorno, mundo.actor("olga"), sid, adjunto)
    suyos = detalle.ver(mundo.entorno, mundo.actor("luis"), sid).hitos
    respondida = next(h for h in suyos if h.titulo == "Tarea respondida: Pedir la información")
    assert ("La información", "Va adjunta.") in respondida.textos
    assert [a["nombre"] for a in respondida.archivos] == ["acta.pdf"]


def test_solo_la_responde_a_quien_le_toca(mundo: Mundo, codigo: str):
    """N61: ni quien la pidió ni quien coordina; y una sola vez."""
    cual = abrir(mundo, codigo)
    for quien in ("luis", "ana"):
        with pytest.raises(NoPermitido):
            responder(mundo, codigo, cual, quien)
    with pytest.raises(Invalido) as malo:
        responder(mundo, codigo, cual, informacion=" ")
    assert [e.campo for e in malo.value.errores] == ["informacion"]
    responder(mundo, codigo, cual)
    with pytest.raises(Conflicto):
        responder(mundo, codigo, cual)
    with pytest.raises(NoExiste):
        responder(mundo, presentar(mundo), cual, "ana")


def test_abrir_pide_lo_suyo_y_no_se_repite(mundo: Mundo, codigo: str):
    sid, luis = mundo.solicitud(codigo).id, mundo.actor("luis")
    with pytest.raises(Invalido):
        tareas.abrir(mundo.entorno, luis, sid, "pedir", {})
    abrir(mundo, codigo)
    with pytest.raises(Conflicto, match="ya está abierta"):
        abrir(mundo, codigo)
    for cual, quien in (("pedir", "ana"), ("no_hay", "luis")):
        with pytest.raises(Conflicto):
            tareas.abrir(mundo.entorno, mundo.actor(quien), sid, cual, QUE)


def test_una_tarea_para_un_papel_de_siempre(mundo: Mundo, codigo: str):
    """Quien coordina la recibe sin que nadie le dé un rol."""
    sid = mundo.solicitud(codigo).id
    cual = tareas.abrir(mundo.entorno, mundo.actor("luis"), sid, "consultar", {})
    (mia,) = bandeja.listar(mundo.entorno, mundo.actor("ana"), Filtros()).tareas
    assert (mia.id, mia.plazo) == (cual, None)
    tareas.responder(mundo.entorno, mundo.actor("ana"), sid, cual, {})
    assert mundo.todo(Tarea)[0].situacion == "respondida"


def test_dejarla_sin_efecto_suelta_lo_que_detenia(mundo: Mundo, codigo: str):
    """Nada queda detenido para siempre aunque el área no conteste."""
    sid, cual = mundo.solicitud(codigo).id, abrir(mundo, codigo)
    with pytest.raises(NoPermitido):
        tareas.retirar(mundo.entorno, mundo.actor("oscar"), sid, cual, "No la tengo.")
    with pytest.raises(Invalido):
        tareas.retirar(mundo.entorno, mundo.actor("luis"), sid, cual, " ")
    tareas.retirar(mundo.entorno, mundo.actor("ana"), sid, cual, "La tiene otra área.")
    assert pasos(mundo, codigo) == ["prorrogar", "entregar"]
    assert mundo.tipos(codigo)[-1] == "tarea_retirada"


def test_al_terminar_se_cierran_solas(mundo: Mundo, codigo: str):
    """Archivar no está detenido; la tarea queda cerrada y ya no espera a nadie."""
    cual = abrir(mundo, codigo)
    mundo.transitar(codigo, "archivar", quien="ana")
    assert mundo.todo(Tarea)[0].situacion == "cerrada"
    assert mundo.tipos(codigo)[-1] == "tarea_cerrada"
    assert bandeja.listar(mundo.entorno, mundo.actor("oscar"), Filtros()).tareas == ()
    with pytest.raises(Conflicto):
        responder(mundo, codigo, cual)


def test_cada_solicitud_lleva_las_tareas_de_su_version(mundo: Mundo, codigo: str):
    """Una versión nueva sin tareas no toca las abiertas."""
    cual = abrir(mundo, codigo)
    publicar(mundo, dato_de_informacion(tareas=[{**PEDIR, "etiqueta": "Otra cosa"}]))
    (mia,) = bandeja.listar(mundo.entorno, mundo.actor("oscar"), Filtros()).tareas
    assert mia.etiqueta == "Pedir la información"
    responder(mundo, codigo, cual)


# --- ampliar el plazo -----------------------------------------------------------------------------


def test_la_prorroga_suma_dias_y_guarda_las_dos_fechas(mundo: Mundo, codigo: str):
    """N10, N41: los diez y los diez se cuentan desde la presentación; queda la cuenta de antes."""
    sid = mundo.solicitud(codigo).id
    mundo.transitar(codigo, "prorrogar", {"motivo": "Es mucha información."}, quien="luis")
    termino = mundo.termino(codigo)
    cuenta = Computo.de_json(termino.cuenta)
    assert (termino.situacion, cuenta.dias_habiles, cuenta.desde.day) == ("corre", 20, 23)
    assert mundo.solicitud(codigo).vence_en == cuenta.vence_en
    d = detalle.ver(mundo.entorno, mundo.actor("luis"), sid)
    assert [c.dias_habiles for c in d.ampliado] == [10]
    hito = next(h for h in d.hitos if h.titulo == "Plazo ampliado")
    assert dict(hito.textos)["Días hábiles que se agregan"] == "10"
    assert dict(hito.textos)["Vencía el"] != dict(hito.textos)["Vence el"]
    correo = next(s for s in mundo.todo(Salida) if s.clave.endswith(".prorroga"))
    assert "Vencía lunes 7 de diciembre de 2026" in correo.datos["texto"]
    assert "Plazo ampliado" in [h.titulo for h in seguimiento.ver(mundo.entorno, codigo).hitos]
    assert pasos(mundo, codigo) == ["entregar"]


def test_un_plazo_vencido_no_se_amplia(mundo: Mundo, codigo: str):
    """N10: el paso deja de ofrecerse, y pedirlo dice por qué."""
    mundo.poner(28, mes=12)
    assert pasos(mundo, codigo) == ["entregar"]
    with pytest.raises(Conflicto, match="ya venció"):
        mundo.transitar(codigo, "prorrogar", {"motivo": "Tarde."}, quien="luis")


def test_ampliar_un_plazo_suspendido_suma_a_lo_que_quedaba(mundo: Mundo):
    """N07: sigue detenido; al reanudar, lo que quedaba más lo ampliado."""
    dato = dato_de_informacion(tareas=[], roles=[])
    dato["flujo"]["estados"].insert(
        1, {"id": "consulta", "etiqueta": "En consulta", "ciudadano": "Consultamos.",
            "suspende_plazo": True},
    )  # fmt: skip
    pasos_propios = [
        ("consultar", "nuevo", "consulta", []),
        ("prorrogar", "consulta", "consulta", [{"ampliar_plazo": 5}, {"notificar": "prorroga"}]),
        ("retomar", "consulta", "nuevo", []),
        ("entregar", "nuevo", "entregado", []),
    ]
    dato["flujo"]["transiciones"] = [
        {"id": i, "de": [de], "a": a, "etiqueta": i, "quien": ["atiende"], "efectos": efectos}
        for i, de, a, efectos in pasos_propios
    ]
    publicar(mundo, dato)
    codigo = presentar(mundo)
    mundo.poner(26)
    mundo.transitar(codigo, "consultar")
    mundo.transitar(codigo, "prorrogar")
    termino = mundo.termino(codigo)
    assert (termino.situacion, termino.cuenta["restantes"]) == ("suspendido", 12)
    assert mundo.solicitud(codigo).suspendida
    mundo.poner(2, mes=12)
    mundo.transitar(codigo, "retomar")
    cuenta = Computo.de_json(mundo.termino(codigo).cuenta)
    assert (cuenta.dias_habiles, cuenta.desde.day) == (12, 2)


# --- la serie propia ------------------------------------------------------------------------------


def test_la_serie_propia_avanza_sola_y_se_busca(mundo: Mundo, codigo: str):
    """N22: sin huecos, por entidad y año, aparte del registro."""
    mundo.presentar_mesa()
    otro = presentar(mundo)
    numeros = [mundo.solicitud(c).numero_propio for c in (codigo, otro)]
    assert numeros == ["0001-2026-AIP", "0002-2026-AIP"]
    cargo = seguimiento.ver_cargo(mundo.entorno, otro)
    assert (cargo["numero_propio"], cargo["numero"]) == ("0002-2026-AIP", "000003-2026")
    filtros = Filtros(texto="0002-2026-AIP")
    hallados = bandeja.listar(mundo.entorno, mundo.actor("ana"), filtros).filas
    assert [f.id for f in hallados] == [mundo.solicitud(otro).id]
    correo = next(s for s in mundo.todo(Salida) if s.solicitud_id == mundo.solicitud(otro).id)
    assert correo.datos["asunto"] == "Tu pedido 0002-2026-AIP"
    mundo.poner(4, mes=1)
    mundo.reloj.poner(mundo.reloj.ahora().replace(year=2027))
    assert mundo.solicitud(presentar(mundo)).numero_propio == "0001-2027-AIP"

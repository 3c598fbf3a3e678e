"""Activar la casilla, entrar en ella, su bandeja, su evidencia y las interrupciones (N50–N55)."""

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from casillas import (
    ACTO,
    DNI,
    activar,
    codigo_enviado,
    codigos_enviados,
    con_casilla,
    depositar,
    deposito,
    validar,
)
from fabrica import LUNES, PLATAFORMA, Mundo
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from facilita.plazos import LIMA
from facilita.servicios.comprobacion import comprobar
from facilita.servicios.mensajeria import MensajeriaDemo
from facilita.servicios.mensajeria_demo import leer_textos
from facilita.trabajador import Trabajador
from facilita.tramite import (
    aperturas,
    bandeja,
    casilla,
    depositos,
    descargas,
    detalle,
    evidencias,
    indice,
    ingresos_casilla,
    interrupciones,
    personas,
    salidas,
    seguimiento,
    sellos,
    sesiones_casilla,
    sin_entregar,
    vigencias,
)
from facilita.tramite.ambito import Ambito
from facilita.tramite.caso import CIUDADANO, armar_caso
from facilita.tramite.envios import texto_de
from facilita.tramite.errores import Conflicto, Invalido, NoExiste, NoPermitido, Vencido
from facilita.tramite.ingresos_casilla import EntradaNegada
from facilita.tramite.intentos import AQUI, FALLOS, Desde, IngresoDetenido
from facilita.tramite.modelos import (
    Activacion,
    Casilla,
    Deposito,
    Persona,
    Salida,
    SesionDeCasilla,
    Solicitud,
)
from facilita.tramite.sesiones_casilla import Dueno

CLAVE = "caballo azul 77 lento"


@pytest.fixture
def motor(request: pytest.FixtureRequest) -> str:
    """SQLite, salvo donde la base importa: eso corre en los dos."""
    return str(getattr(request, "param", "sqlite"))


EN_LOS_DOS = pytest.mark.parametrize("motor", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def mundo(mundo: Mundo, tmp_path: Path) -> Mundo:
    """Con la casilla encendida."""
    return con_casilla(mundo, MensajeriaDemo(tmp_path / "celulares", demo=True))


@pytest.fixture
def codigo(mundo: Mundo) -> str:
    """Una solicitud con consentimiento."""
    return mundo.presentar_mesa(acepta_notificacion="true")


@pytest.fixture
def dueno(mundo: Mundo, codigo: str) -> Dueno:
    """Quien presentó, dentro de su casilla."""
    return activar(mundo, codigo)


def entregar(mundo: Mundo) -> None:
    salidas.entregar(mundo.entorno)
    salidas.entregar_al_celular(mundo.entorno)


# --- activar --------------------------------------------------------------------------------------


@EN_LOS_DOS
def test_activarla_prueba_el_correo_el_celular_y_una_solicitud(mundo: Mundo, codigo: str):
    """N50: y dice que la identidad es declarada, que es lo único que se sabe."""
    dueno = activar(mundo, codigo)
    assert (dueno.nivel, dueno.tipo, dueno.numero) == ("declarada", "dni", DNI)
    assert (dueno.correo, dueno.celular) == ("jose.nahui@example.com", "+51987654321")
    assert dueno.nombres == "José Wilfredo Ñahui Quispe"
    entregar(mundo)
    assert mundo.cuantas(Persona, Casilla) == [1, 1]


def test_sin_encenderla_o_sin_canal_al_celular_no_hay_casilla(mundo: Mundo, codigo: str):
    """N51: no se enciende sin un canal al celular."""
    for sin in (mundo.con(con_casilla=False), mundo.con(mensajeria=None)):
        for hacer in (
            lambda m: personas.pedir_activacion(m.entorno, "dni", DNI, codigo),
            lambda m: depositar(m, codigo),
        ):
            with pytest.raises(NoExiste, match="no está disponible"):
                hacer(sin)


@pytest.mark.parametrize(
    ("tipo", "numero", "bueno"),
    [("dni", "87654321", True), ("pasaporte", DNI, True), ("dni", DNI, False), ("dni", "", True)],
)
def test_una_sola_respuesta_si_algo_no_coincide(
    mundo: Mundo, codigo: str, tipo: str, numero: str, bueno: bool
):
    """N61: no se sabe si falló el documento o el código, y no sale ningún mensaje."""
    escrito = codigo if bueno else "F7XK-29QD-TRWM-4H6C"
    with pytest.raises(NoExiste) as negado:
        personas.pedir_activacion(mundo.entorno, tipo, numero, escrito)
    assert negado.value.frase == personas.NO_COINCIDE
    assert not mundo.todo(Activacion)
    assert {s.clase for s in mundo.todo(Salida)} == {"correo"}


def test_muchos_intentos_detienen_y_despues_se_puede(mundo: Mundo, codigo: str):
    """N61: quien prueba códigos al azar espera cada vez más."""
    for _ in range(FALLOS):
        with pytest.raises(NoExiste):
            personas.pedir_activacion(mundo.entorno, "dni", DNI, "F7XK-29QD-TRWM-4H6C")
    with pytest.raises(IngresoDetenido):
        personas.pedir_activacion(mundo.entorno, "dni", DNI, codigo)
    mundo.pasar(minutes=2)
    assert personas.pedir_activacion(mundo.entorno, "dni", DNI, codigo)


def test_hacen_falta_los_dos_codigos_y_los_intentos_se_acaban(mundo: Mundo, codigo: str):
    """N50: con el del correo no basta: un enlace de correo prueba solo el buzón."""
    ficha = personas.pedir_activacion(mundo.entorno, "dni", DNI, codigo)
    correo, celular = codigos_enviados(mundo)
    for escritos in ((correo, "000000"), (correo, ""), (celular, correo), ("", celular)):
        with pytest.raises(Invalido):
            personas.activar(mundo.entorno, ficha, *escritos, None)
    assert personas.activar(mundo.entorno, ficha, f" {correo[:3]} {correo[3:]}", celular, None)
    with pytest.raises(Vencido):
        personas.activar(mundo.entorno, ficha, correo, celular, None)


def test_una_activacion_vence_y_se_agota(mundo: Mundo, codigo: str):
    """N61: cinco fallos o quince minutos."""
    agotada, vencida = (
        personas.pedir_activacion(mundo.entorno, "dni", DNI, codigo) for _ in range(2)
    )
    for _ in range(personas.FALLOS):
        with pytest.raises(Invalido):
            personas.activar(mundo.entorno, agotada, "1", "2", None)
    with pytest.raises(Vencido):
        personas.ver_activacion(mundo.entorno, agotada)
    mundo.pasar(minutes=15, seconds=1)
    with pytest.raises(Vencido):
        personas.activar(mundo.entorno, vencida, *codigos_enviados(mundo), None)
    with pytest.raises(NoExiste):
        personas.ver_activacion(mundo.entorno, "inventada")


def test_los_codigos_no_se_guardan_ni_los_ve_el_personal(mundo: Mundo, codigo: str):
    """N61: en la bandeja de salida no está el código; en lo que llega, sí."""
    personas.pedir_activacion(mundo.entorno, "dni", DNI, codigo)
    correo, celular = codigos_enviados(mundo)
    for salida in mundo.todo(Salida):
        assert correo not in str(salida.datos)
        assert celular not in str(salida.datos)
    entregar(mundo)
    canal: Any = mundo.entorno.mensajeria
    assert leer_textos(canal.carpeta)[0].texto.startswith(f"{celular} es tu código")
    visto = detalle.ver(mundo.entorno, mundo.actor("ana"), mundo.solicitud(codigo).id)
    assert {c.clase for c in visto.correos} == {"correo"}
    with mundo.entorno.bd.transaccion(PLATAFORMA) as sesion:
        sesion.execute(update(Salida).values(situacion="muerta"))
    listados = sin_entregar.listar(mundo.entorno, mundo.actor("ana"), sin_entregar.Filtro()).filas
    assert {s.clase for s in listados} == {"correo"}


@EN_LOS_DOS
def test_con_el_documento_de_otro_no_se_quita_una_casilla(mundo: Mundo, dueno: Dueno):
    """N50: quien presenta con el DNI ajeno no la activa otra vez; solo el personal la reemplaza."""
    ajena = mundo.presentar_mesa(correo="otro@malo.example", celular="999888777")
    with pytest.raises(Conflicto, match="Ya hay una casilla"):
        activar(mundo, ajena)
    assert mundo.cuantas(Casilla) == [1]


def test_quien_ocupo_un_documento_no_recibe_lo_de_su_dueno(mundo: Mundo, codigo: str):
    """N50: una casilla declarada solo recibe lo de solicitudes con su mismo correo."""
    ajena = mundo.presentar_mesa(correo="otro@malo.example", acepta_notificacion="true")
    ocupante = activar(mundo, ajena)
    with pytest.raises(Conflicto, match="validarla en persona"):
        depositar(mundo, codigo)
    suyo = depositar(mundo, ajena)
    verdadero = validar(mundo, codigo, "jose.nahui@example.com")
    assert (verdadero.nivel, mundo.cuantas(Casilla)) == ("presencial", [2])
    # La sesión del ocupante terminó, y lo suyo no pasó a la otra.
    assert not mundo.todo(SesionDeCasilla, SesionDeCasilla.casilla_id == ocupante.casilla_id)
    assert casilla.listar(mundo.entorno, verdadero).filas == ()
    with pytest.raises(NoExiste):
        aperturas.abrir(mundo.entorno, verdadero.casilla_id, suyo)
    assert depositar(mundo, codigo)


@EN_LOS_DOS
def test_cambiar_de_correo_en_persona_conserva_lo_suyo(mundo: Mundo, codigo: str):
    """N55: lo notificado se conserva aunque la persona cambie su correo."""
    primera = validar(mundo, codigo, "jose@uno.example")
    cual = depositar(mundo, codigo)
    segunda = validar(mundo, codigo, "jose@dos.example")
    assert primera.casilla_id != segunda.casilla_id
    assert [n.id for n in casilla.listar(mundo.entorno, segunda).filas] == [cual]


@pytest.mark.parametrize(
    ("cambio", "campo"),
    [
        ({"visto": False}, "visto"),
        ({"correo": "no"}, "correo"),
        ({"celular": "014445566"}, "celular"),
    ],
)
def test_validar_en_persona_pide_verlo_y_sus_datos(
    mundo: Mundo, codigo: str, cambio: dict[str, Any], campo: str
):
    """N50: el personal dice que vio el documento, y con qué correo y celular."""
    dado = {"correo": "jose@uno.example", "celular": "987654321", "visto": True, **cambio}
    sid, luis = mundo.solicitud(codigo).id, mundo.actor("luis")
    with pytest.raises(Invalido) as negado:
        personas.validar_en_persona(
            mundo.entorno, luis, sid, dado["correo"], dado["celular"], visto=dado["visto"]
        )
    assert [e.campo for e in negado.value.errores] == [campo]


# --- entrar ---------------------------------------------------------------------------------------


def pedir_y_entrar(mundo: Mundo, codigo: str | None = None, canal: str = "correo") -> str:
    pedido = ingresos_casilla.pedir_codigo(mundo.entorno, "dni", DNI, canal)
    escrito = codigo or codigo_enviado(mundo, f"codigo_{canal}")
    return con_codigo(mundo, escrito, pedido)


def con_codigo(mundo: Mundo, codigo: str, pedido: str, desde: Desde = AQUI) -> str:
    return ingresos_casilla.entrar_con_codigo(
        mundo.entorno, "dni", DNI, codigo, "navegador", pedido=pedido, desde=desde
    )


def enlace_enviado(mundo: Mundo) -> str:
    """El secreto del último enlace de ingreso, como llega al correo."""
    salida = mundo.todo(Salida, Salida.clase == "codigo_correo")[-1]
    return texto_de(mundo.entorno, salida).partition("/casilla/entrar/")[2].split()[0]


@pytest.mark.parametrize("canal", ["correo", "celular"])
def test_se_entra_con_un_codigo_que_sirve_una_vez(mundo: Mundo, dueno: Dueno, canal: str):
    """N61: y pedir otro deja sin uso al anterior."""
    ficha = pedir_y_entrar(mundo, canal=canal)
    assert sesiones_casilla.dueno_de(mundo.entorno, ficha) == dueno
    pedido = ingresos_casilla.pedir_codigo(mundo.entorno, "dni", DNI, canal)
    uno = codigo_enviado(mundo, f"codigo_{canal}")
    assert con_codigo(mundo, uno, pedido)
    for de_quien in (pedido, "otra ficha", ""):
        with pytest.raises(EntradaNegada):
            con_codigo(mundo, uno, de_quien)


@EN_LOS_DOS
def test_el_codigo_vence_y_se_agota(mundo: Mundo, dueno: Dueno):
    """N61: quince minutos o cinco fallos, y los fallos detienen también la cuenta."""
    pedido = ingresos_casilla.pedir_codigo(mundo.entorno, "dni", DNI, "correo")
    bueno = codigo_enviado(mundo, "codigo_correo")
    for n in range(FALLOS):
        with pytest.raises(EntradaNegada):
            con_codigo(mundo, f"00000{n}", pedido)
    with pytest.raises(IngresoDetenido):
        con_codigo(mundo, bueno, pedido)
    mundo.pasar(minutes=20)
    with pytest.raises(EntradaNegada):
        con_codigo(mundo, bueno, pedido)


@EN_LOS_DOS
def test_quien_sabe_un_documento_no_deja_afuera_a_su_dueno(mundo: Mundo, dueno: Dueno):
    """N61: desde una red, desde muchas o gastando los códigos, el dueño siempre entra."""
    suyo = ingresos_casilla.pedir_codigo(mundo.entorno, "dni", DNI, "correo")
    bueno, ficha = codigo_enviado(mundo, "codigo_correo"), pedir_y_entrar(mundo, canal="celular")
    sesiones_casilla.poner_clave(mundo.entorno, dueno, "", CLAVE, ficha)
    una = Desde("190.0.0.1")
    for n in range(FALLOS):
        with pytest.raises(EntradaNegada):
            con_codigo(mundo, f"00000{n}", suyo + "x", una)
        with pytest.raises(EntradaNegada):
            ingresos_casilla.entrar_con_clave(mundo.entorno, "dni", DNI, f"mala {n}", None, una)
    with pytest.raises(IngresoDetenido):
        con_codigo(mundo, bueno, suyo, una)
    assert con_codigo(mundo, bueno, suyo, Desde("200.1.1.1")), "el dueño, desde su red"
    assert ingresos_casilla.entrar_con_clave(
        mundo.entorno, "dni", DNI, CLAVE, None, Desde("200.1.1.1")
    )
    for n in range(12):
        pedido = ingresos_casilla.pedir_codigo(mundo.entorno, "dni", DNI, "correo")
        with pytest.raises((EntradaNegada, IngresoDetenido)):
            con_codigo(mundo, "000000", pedido, Desde(f"190.0.1.{n}"))
    negado = ingresos_casilla.pedir_codigo(mundo.entorno, "dni", DNI, "celular")
    with pytest.raises(IngresoDetenido):
        con_codigo(mundo, codigo_enviado(mundo, "codigo_celular"), negado, Desde("200.1.1.1"))
    assert con_codigo(
        mundo, codigo_enviado(mundo, "codigo_celular"), negado, Desde("190.0.0.1", "equipo")
    ), "un equipo conocido, hasta en la red de quien ataca"
    mundo.pasar(minutes=59)
    abierta = ingresos_casilla.entrar_con_enlace(mundo.entorno, enlace_enviado(mundo), None)
    quien = sesiones_casilla.dueno_de(mundo.entorno, abierta)
    assert quien is not None and quien.casilla_id == dueno.casilla_id


@EN_LOS_DOS
def test_el_enlace_sirve_una_vez_y_una_hora(mundo: Mundo, dueno: Dueno):
    """N61: y no se puede inventar, ni armar con el de otro."""
    ingresos_casilla.pedir_codigo(mundo.entorno, "dni", DNI, "correo")
    bueno = enlace_enviado(mundo)
    cual, _, secreto = bueno.partition("-")
    malos = ("", "-", cual, f"{cual}-", f"{int(cual) + 1}-{secreto}", f"{cual}-{secreto[:-1]}0x",
             f"²-{secreto}", f"{'9' * 30}-{secreto}", "x" * 80)  # fmt: skip
    for malo in malos:
        with pytest.raises(Vencido):
            ingresos_casilla.entrar_con_enlace(mundo.entorno, malo, None)
    assert ingresos_casilla.entrar_con_enlace(mundo.entorno, bueno, None)
    with pytest.raises(Vencido):
        ingresos_casilla.entrar_con_enlace(mundo.entorno, bueno, None)
    ingresos_casilla.pedir_codigo(mundo.entorno, "dni", DNI, "correo")
    mundo.pasar(hours=1, seconds=1)
    with pytest.raises(Vencido):
        ingresos_casilla.entrar_con_enlace(mundo.entorno, enlace_enviado(mundo), None)
    salidas_suyas = mundo.todo(Salida, Salida.clase == "codigo_correo")
    assert all(bueno.partition("-")[2] not in str(s.datos) for s in salidas_suyas)


def test_pedir_un_codigo_no_dice_si_hay_casilla_y_no_inunda(mundo: Mundo, dueno: Dueno):
    """N61: la misma respuesta, y unos pocos por hora."""
    antes = len(mundo.todo(Salida))
    ingresos_casilla.pedir_codigo(mundo.entorno, "dni", "87654321", "correo")
    assert len(mundo.todo(Salida)) == antes
    for _ in range(10):
        ingresos_casilla.pedir_codigo(mundo.entorno, "dni", DNI, "correo")
    assert len(mundo.todo(Salida)) == antes + ingresos_casilla.CODIGOS_POR_HORA


def test_con_contrasena_y_las_demas_sesiones_se_cierran(mundo: Mundo, dueno: Dueno):
    """N61: ponerla o cambiarla cierra las otras."""
    una, otra = pedir_y_entrar(mundo), pedir_y_entrar(mundo)
    with pytest.raises(Invalido):
        sesiones_casilla.poner_clave(mundo.entorno, dueno, "", "corta", una)
    sesiones_casilla.poner_clave(mundo.entorno, dueno, "", CLAVE, una)
    assert sesiones_casilla.dueno_de(mundo.entorno, otra) is None
    con_clave = sesiones_casilla.dueno_de(mundo.entorno, una)
    assert con_clave is not None
    assert con_clave.tiene_clave
    with pytest.raises(Invalido):
        sesiones_casilla.poner_clave(mundo.entorno, con_clave, "no es", CLAVE + "x", una)
    assert ingresos_casilla.entrar_con_clave(mundo.entorno, "dni", DNI, CLAVE, None)
    for tipo, numero, clave in (("dni", DNI, "otra"), ("ruc", DNI, CLAVE), ("dni", "1", CLAVE)):
        with pytest.raises(EntradaNegada):
            ingresos_casilla.entrar_con_clave(mundo.entorno, tipo, numero, clave, None)


def test_una_casilla_sin_contrasena_no_se_abre_con_ninguna(mundo: Mundo, dueno: Dueno):
    """N61: ni con una vacía."""
    for clave in ("", "None", CLAVE):
        with pytest.raises(EntradaNegada):
            ingresos_casilla.entrar_con_clave(mundo.entorno, "dni", DNI, clave, None)


@EN_LOS_DOS
def test_la_sesion_termina_por_inactividad_por_tiempo_y_al_salir(mundo: Mundo, dueno: Dueno):
    """N61: media hora sin usarla, o ocho horas en total."""
    quieta, salida, larga = (pedir_y_entrar(mundo) for _ in range(3))
    sesiones_casilla.salir(mundo.entorno, salida)
    assert sesiones_casilla.dueno_de(mundo.entorno, salida) is None
    for _ in range(17):
        mundo.pasar(minutes=29)
        viva = sesiones_casilla.dueno_de(mundo.entorno, larga)
    assert viva is None
    assert sesiones_casilla.dueno_de(mundo.entorno, quieta) is None
    sesiones_casilla.barrer(mundo.entorno)
    assert not mundo.todo(SesionDeCasilla)


def test_las_sesiones_se_ven_y_se_cierran_las_otras(mundo: Mundo, dueno: Dueno):
    """N61: cada quien ve dónde está abierta su casilla."""
    una = pedir_y_entrar(mundo)
    vistas = sesiones_casilla.abiertas(mundo.entorno, dueno, una)
    assert sorted(v.es_esta for v in vistas) == [False, True]
    sesiones_casilla.cerrar_otras(mundo.entorno, dueno, una)
    assert [v.es_esta for v in sesiones_casilla.abiertas(mundo.entorno, dueno, una)] == [True]


# --- el depósito y su cadena ----------------------------------------------------------------------


def test_el_contenido_y_la_cadena_de_un_deposito(mundo: Mundo, codigo: str, dueno: Dueno):
    """N51, N55: expediente, personas, unidad, asunto, mensaje, documentos y recursos."""
    cual = depositar(mundo, codigo)
    fila = deposito(mundo, cual)
    acto, constancia = fila.acto, fila.constancia
    assert acto["expediente"] == "EXP-000001-2026"
    assert acto["persona"] == {
        "tipo": "dni", "numero": DNI, "nombres": "José Wilfredo Ñahui Quispe",
    }  # fmt: skip
    assert acto["unidad"] == ACTO["unidad_emisora"]
    for dato in ("asunto", "mensaje", "recursos"):
        assert acto[dato] == ACTO[f"{dato}_del_acto"]
    assert [(d["nombre"], len(d["sha256"])) for d in acto["documentos"]] == [("acto.pdf", 64)]
    assert (fila.numero, constancia["numero"]) == ("DEP-000001-2026", "DEP-000001-2026")
    assert "casilla electrónica" in constancia["autorizacion"]["texto"]
    suyo = mundo.movimientos(codigo)[-1]
    assert (suyo.tipo, constancia["movimiento"]["huella"]) == ("depositado", suyo.huella)
    alertas = mundo.todo(Salida, Salida.clase.startswith("alerta"))
    assert [(a.clase, a.datos["para"]) for a in alertas] == [
        ("alerta_correo", "jose.nahui@example.com"), ("alerta_celular", "+51987654321"),
    ]  # fmt: skip
    for alerta in alertas:
        assert ACTO["mensaje_del_acto"] not in alerta.datos["texto"]
    assert len(alertas[1].datos["texto"]) <= 160


@EN_LOS_DOS
def test_los_numeros_de_constancia_van_sin_huecos(mundo: Mundo, codigo: str, dueno: Dueno):
    """N22: uno que no se pudo depositar no gasta número."""
    depositar(mundo, codigo)
    with pytest.raises(Invalido):
        depositar(mundo, codigo, asunto_del_acto="")
    assert deposito(mundo, depositar(mundo, codigo)).numero == "DEP-000002-2026"


def test_un_texto_se_vuelve_pdf_y_sin_nada_no_se_deposita(mundo: Mundo, codigo: str, dueno: Dueno):
    """N55: el acto es un documento, adjuntado o escrito."""
    with pytest.raises(Invalido) as negado:
        depositar(mundo, codigo, archivo=None)
    assert [e.campo for e in negado.value.errores] == ["documentos_del_acto"]
    cual = depositar(mundo, codigo, archivo=None, texto_del_acto="SE RESUELVE:\n\nAprobar.")
    aperturas.abrir(mundo.entorno, dueno.casilla_id, cual)
    suyo = deposito(mundo, cual).acto["documentos"][0]
    descarga = casilla.documento(mundo.entorno, dueno, cual, suyo["id"])
    with mundo.entorno.almacen.abrir(descarga.clave) as archivo, pikepdf.open(archivo) as pdf:
        assert len(pdf.pages) == 1


@EN_LOS_DOS
def test_el_acuse_no_puede_ir_antes_que_el_deposito(mundo: Mundo, codigo: str, dueno: Dueno):
    """N51: lo impide la misma base de datos, y un reloj que retrocede no lo consigue."""
    cual = depositar(mundo, codigo)
    antes = update(Deposito).values(abierto_en=LUNES - timedelta(days=1))
    ambito = Ambito.de(mundo.entidad().id)
    with pytest.raises(IntegrityError), mundo.entorno.bd.transaccion(ambito) as sesion:
        sesion.execute(antes.where(Deposito.id == cual))
    mundo.pasar(hours=-2)
    aperturas.abrir(mundo.entorno, dueno.casilla_id, cual)
    fila = deposito(mundo, cual)
    assert fila.abierto_en == fila.depositado_en


def test_antes_de_abrirla_no_se_ve_ni_se_descarga_nada(mundo: Mundo, codigo: str, dueno: Dueno):
    """N51: ni por la casilla, ni por el expediente."""
    cual = depositar(mundo, codigo)
    suyo = deposito(mundo, cual).acto["documentos"][0]["id"]
    with pytest.raises(NoExiste, match="Abre primero"):
        casilla.documento(mundo.entorno, dueno, cual, suyo)
    seguimiento.comprobar_identidad(mundo.entorno, codigo, DNI)
    expediente = seguimiento.ver_expediente(mundo.entorno, codigo)
    hito = expediente.hitos[-1]
    assert (hito.titulo, hito.archivos) == ("Notificación depositada en la casilla electrónica", ())
    with pytest.raises(NoExiste):
        descargas.del_ciudadano(mundo.entorno, codigo, suyo)
    caso_suyo, sid = f"A-{suyo}", mundo.solicitud(codigo).id
    with mundo.entorno.bd.lectura(Ambito.de(mundo.entidad().id)) as sesion:
        solicitud = sesion.get_one(Solicitud, sid)
        caso = armar_caso(sesion, mundo.entorno, solicitud, CIUDADANO, mundo.reloj.ahora())
        assert caso_suyo not in {p.codigo for p in indice.piezas(caso)}
        assert caso_suyo in {p.codigo for p in indice.piezas(caso, con_internas=True)}
    assert not deposito(mundo, cual).abierto_en
    aperturas.abrir(mundo.entorno, dueno.casilla_id, cual)
    assert casilla.documento(mundo.entorno, dueno, cual, suyo).nombre == "acto.pdf"


@EN_LOS_DOS
def test_el_personal_ve_lo_de_su_alcance(mundo: Mundo, codigo: str, dueno: Dueno):
    """N61: ni otra entidad ni otra sede depositan, ven la evidencia o pasan a cédula."""
    cual, sid = depositar(mundo, codigo), mundo.solicitud(codigo).id
    for quien in ("rita", "nora"):
        actor = mundo.actor(quien)
        for hacer in (
            lambda a: aperturas.pasar_a_cedula(mundo.entorno, a, sid, cual),
            lambda a: evidencias.evidencia_del_personal(mundo.entorno, a, sid, cual),
            lambda a: depositos.depositar(mundo.entorno, a, sid, ACTO),
            lambda a: personas.validar_en_persona(
                mundo.entorno, a, sid, "a@b.pe", "987654321", visto=True
            ),
        ):
            with pytest.raises((NoExiste, NoPermitido)):
                hacer(actor)
    otra = mundo.solicitud(mundo.presentar_mesa()).id
    with pytest.raises(NoExiste):
        aperturas.pasar_a_cedula(mundo.entorno, mundo.actor("luis"), otra, cual)
    assert bandeja.listar(mundo.entorno, mundo.actor("luis"), bandeja.Filtros()).total == 2


def test_la_evidencia_es_un_pdf_firmado_con_toda_la_cadena(mundo: Mundo, codigo: str, dueno: Dueno):
    """N51, N21: se comprueba sola, y a quien no la abrió no le adelanta lo notificado."""
    cual = depositar(mundo, codigo)
    entregar(mundo)
    vigencias.surtir_efecto(mundo.entorno)
    luis, sid = mundo.actor("luis"), mundo.solicitud(codigo)
    nombre, sin_abrir = evidencias.evidencia(mundo.entorno, dueno, cual)
    _, del_personal = evidencias.evidencia_del_personal(mundo.entorno, luis, sid.id, cual)
    aperturas.abrir(mundo.entorno, dueno.casilla_id, cual)
    _, abierta = evidencias.evidencia(mundo.entorno, dueno, cual)
    assert nombre == "DEP-000001-2026.pdf"
    claves = sellos.publicar(mundo.entorno)
    for pdf, archivos in ((sin_abrir, 0), (del_personal, 1), (abierta, 1)):
        dicho = comprobar(pdf, claves)
        assert dicho.titulo == "Notificación por casilla electrónica"
        assert dicho.intacto.bien and dicho.firmado.bien and dicho.declaracion.bien
        assert len(dicho.archivos) == archivos
    cambiado = abierta.replace(b"/Type", b"/Tipe", 1)
    assert not comprobar(cambiado, claves).intacto.bien


# --- la bandeja -----------------------------------------------------------------------------------


@EN_LOS_DOS
def test_la_bandeja_junta_entidades_y_pone_primero_lo_que_falta_abrir(
    mundo: Mundo, codigo: str, dueno: Dueno
):
    """N55: una sola bandeja para toda la plataforma."""
    en_rio = mundo.presentar_mesa("rio-claro", acepta_notificacion="true")
    uno = depositar(mundo, codigo, asunto_del_acto="Resolución de poda")
    dos = depositar(mundo, codigo, asunto_del_acto="Oficio de licencia")
    tres = depositar(mundo, en_rio, "rita", None, texto_del_acto="Texto")
    aperturas.abrir(mundo.entorno, dueno.casilla_id, tres)
    leida = casilla.listar(mundo.entorno, dueno)
    assert [n.id for n in leida.filas] == [dos, uno, tres]
    assert (leida.por_abrir, leida.hay_mas) == (2, False)
    assert {n.entidad for n in leida.filas} == {
        "Municipalidad Distrital de Valle Sereno", mundo.entidad("rio-claro").nombre,
    }  # fmt: skip
    for texto, cuales in (("poda", [uno]), ("OFICIO licéncia", [dos]), ("100%", [])):
        hallados = casilla.listar(mundo.entorno, dueno, texto).filas
        assert [n.id for n in hallados] == cuales


def test_el_zip_lleva_lo_abierto_y_un_indice_de_todo(mundo: Mundo, codigo: str, dueno: Dueno):
    """N55: descargarlo no abre nada, y una hoja de cálculo no ejecuta lo ajeno."""
    abierto = depositar(mundo, codigo, asunto_del_acto="=1+1")
    depositar(mundo, codigo)
    aperturas.abrir(mundo.entorno, dueno.casilla_id, abierto)
    todo = casilla.exportar(mundo.entorno, dueno)
    filas = list(csv.reader(io.StringIO(todo.indice.decode("utf-8-sig"))))
    assert [f[3] for f in filas[1:]] == ["'=1+1", ACTO["asunto_del_acto"]]
    assert [n for n, _ in todo.documentos] == ["DEP-000001-2026/01-acto.pdf"]
    assert [d.numero for d in todo.constancias] == ["DEP-000001-2026"]
    assert len(mundo.todo(Deposito, Deposito.abierto_en.is_not(None))) == 1


# --- las interrupciones ---------------------------------------------------------------------------


@EN_LOS_DOS
def test_las_interrupciones_se_registran_terminan_y_se_publican(
    mundo: Mundo, codigo: str, dueno: Dueno
):
    """N55: fecha, hora, duración y a cuántas notificaciones tocó."""
    depositar(mundo, codigo)
    sara, empezo = mundo.actor("sara"), LUNES + timedelta(hours=1)
    mundo.pasar(hours=2)
    cual = interrupciones.registrar(mundo.entorno, sara, empezo, None, "Falló la red")
    (vista,) = interrupciones.listar(mundo.entorno)
    assert (vista.duracion, vista.afectados, vista.termino_en) == ("Sigue", 1, None)
    mundo.pasar(minutes=31)
    interrupciones.terminar(mundo.entorno, sara, cual, None)
    (vista,) = interrupciones.listar(mundo.entorno)
    assert vista.duracion == "1 hora y 31 minutos"
    with pytest.raises(Conflicto):
        interrupciones.terminar(mundo.entorno, sara, cual, None)
    # Un año después, con todas las barridas hechas, siguen publicada una y en su casilla la otra.
    mundo.pasar(days=366)
    Trabajador(mundo.entorno).vuelta()
    assert len(interrupciones.listar(mundo.entorno)) == 1
    assert len(casilla.listar(mundo.entorno, dueno).filas) == 1


@pytest.mark.parametrize(
    ("horas", "motivo", "campo"),
    [((None, None), "Falló la red", "empezo"), ((3, None), "Falló la red", "empezo"),
     ((-2, -3), "Falló la red", "termino"), ((-2, 1), "Falló la red", "termino"),
     ((-2, -1), "  ", "motivo"), ((-2, -1), "x" * 501, "motivo")],
)  # fmt: skip
def test_una_interrupcion_dice_cuando_y_por_que(
    mundo: Mundo, horas: tuple[int | None, int | None], motivo: str, campo: str
):
    """N55: ni futura, ni al revés, ni sin motivo."""
    desde, hasta = (None if h is None else LUNES + timedelta(hours=h) for h in horas)
    with pytest.raises(Invalido) as negado:
        interrupciones.registrar(mundo.entorno, mundo.actor("sara"), desde, hasta, motivo)
    assert [e.campo for e in negado.value.errores] == [campo]


def test_solo_la_plataforma_registra_interrupciones(mundo: Mundo):
    """N61: ni siquiera quien coordina una entidad."""
    with pytest.raises(NoPermitido):
        interrupciones.registrar(mundo.entorno, mundo.actor("ana"), LUNES, None, "Falló la red")
    assert LUNES.tzinfo is LIMA

"""El correo contra un servidor SMTP de verdad que falla, calla, se niega, se cae y vuelve (N24)."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from buzon import Buzon, puerto_libre, servidor
from fabrica import DE_MESA, Mundo, correo_de

from facilita.servicios.correo import CorreoSMTP, SinServidor
from facilita.trabajador import Tarea, Trabajador
from facilita.tramite import borradores, correos, salidas, seguimiento, subsanacion
from facilita.tramite.modelos import Salida

UN_MOTOR = pytest.mark.parametrize("motor", ["sqlite"], indirect=True)
"""Lo que se prueba es la conversación con el servidor: basta una base."""


@pytest.fixture
def puerto() -> int:
    return puerto_libre()


@pytest.fixture
def por_smtp(mundo: Mundo, puerto: int) -> Mundo:
    """El mismo mundo, con el correo por ese puerto, donde todavía no atiende nadie."""
    return mundo.con(correo=CorreoSMTP(f"smtp://127.0.0.1:{puerto}?tls=no&timeout=1&helo=prueba"))


def de(mundo: Mundo, codigo: str) -> list[Salida]:
    return mundo.todo(Salida, Salida.solicitud_id == mundo.solicitud(codigo).id)


def entregar_todo(mundo: Mundo) -> None:
    while salidas.entregar(mundo.entorno):
        pass


def a_la_persona(buzon: Buzon) -> list[tuple[str, str]]:
    """A qué dirección y con qué asunto llegó lo suyo; aparte va lo que se avisa al personal."""
    llegado = [(str(c["To"]), str(c["Subject"]).partition(":")[0]) for c in buzon.correos]
    return [(para, asunto) for para, asunto in llegado if para != correo_de("ana")]


def corregir_correo(mundo: Mundo, codigo: str, nuevo: str) -> None:
    """La persona corrige su dirección, que le observaron."""
    mundo.observar(codigo, correo="No existe esa dirección.")
    sid, entidad = mundo.solicitud(codigo).id, mundo.entidad()
    ficha = subsanacion.abrir_correccion(mundo.entorno, entidad.id, sid)
    borradores.guardar(mundo.entorno, entidad, ficha, {"correo": nuevo})
    ahora = mundo.reloj.ahora()
    subsanacion.subsanar(mundo.entorno, entidad, ficha, {"correo": nuevo}, ahora)


# --- el servidor caído ----------------------------------------------------------------------------


def test_con_el_correo_caido_todo_el_viaje_funciona_y_al_volver_llega_en_orden(
    por_smtp: Mundo, puerto: int
):
    """N04, N24: se presenta, se toma, se observa, se corrige y se responde sin correo."""
    mundo = por_smtp
    codigos = [mundo.presentar_mesa() for _ in range(3)]
    with pytest.raises(SinServidor, match="Sin respuesta del servidor"):
        salidas.entregar(mundo.entorno)
    mundo.transitar(codigos[0], "tomar")
    corregir_correo(mundo, codigos[0], "otra@example.com")
    mundo.pasar(days=4)
    with pytest.raises(SinServidor):
        salidas.entregar(mundo.entorno)
    mundo.transitar(codigos[0], "atender", {"respuesta": "Está lista."})
    escritos = mundo.todo(Salida)
    assert {(s.situacion, s.intentos, s.historia) for s in escritos} == {("lista", 0, None)}, (
        "que el servidor no atienda no gasta los intentos de nadie"
    )
    with servidor(Buzon(), puerto) as buzon:
        entregar_todo(mundo)
        assert len(buzon.conexiones) == 1
    ids = [f"<{s.clave}@127.0.0.1>" for s in escritos]
    assert buzon.recibidos == ids, "en el orden en que pasó, y una sola vez cada uno"
    assert {s.situacion for s in mundo.todo(Salida)} == {"entregada"}
    suyos = [p for p, i in zip(buzon.para, ids, strict=True) if i in _ids_de(mundo, codigos[0])]
    assert set(suyos) == {"otra@example.com"}, "nada fue a la dirección corregida"


def _ids_de(mundo: Mundo, codigo: str) -> set[str]:
    return {f"<{s.clave}@127.0.0.1>" for s in de(mundo, codigo)}


@UN_MOTOR
def test_lo_nuevo_no_se_adelanta_a_lo_que_esperaba(por_smtp: Mundo, puerto: int):
    """N24: un lote entero espera con el servidor caído y lo presentado después va después."""
    mundo = por_smtp
    for _ in range(salidas.POR_LOTE + 2):
        mundo.presentar_contacto()
    with pytest.raises(SinServidor):
        salidas.entregar(mundo.entorno)
    mundo.pasar(hours=1)
    mundo.presentar_contacto()
    with servidor(Buzon(), puerto) as buzon:
        entregar_todo(mundo)
    assert buzon.recibidos == [f"<{s.clave}@127.0.0.1>" for s in mundo.todo(Salida)]


@UN_MOTOR
def test_el_trabajador_espera_al_servidor_sin_detener_lo_demas(por_smtp: Mundo, puerto: int):
    """N24: mientras no atiende, lo demás sigue; al volver, se entrega."""
    mundo, hechas = por_smtp, []
    otra = Tarea("otra", lambda _entorno: hechas.append(1) or 0)
    trabajador = Trabajador(mundo.entorno, espera=0, tareas=(
        Tarea("entregar", salidas.entregar), otra))  # fmt: skip
    codigo = mundo.presentar_contacto()
    for _ in range(3):
        assert trabajador.vuelta().fallaron == ("entregar",)
    assert len(hechas) == 3
    with servidor(Buzon(), puerto):
        assert trabajador.vuelta().fallaron == ()
    assert de(mundo, codigo)[0].situacion == "entregada"


@UN_MOTOR
@pytest.mark.parametrize(
    "dicho",
    ["550 5.7.1 No envías por aquí", "451 4.7.1 Demasiados por hoy", "530 5.7.0 Identifícate"],
)
def test_si_no_aceptan_a_quien_envia_nadie_pierde_su_correo(
    por_smtp: Mundo, puerto: int, dicho: str
):
    """N24: es un asunto de la configuración; con ella corregida, todo sale."""
    mundo = por_smtp
    codigos = [mundo.presentar_contacto() for _ in range(3)]
    with servidor(Buzon(), puerto) as buzon:
        buzon.al_remitente = dicho
        with pytest.raises(SinServidor, match=dicho[:3]):
            salidas.entregar(mundo.entorno)
        assert {s.intentos for s in mundo.todo(Salida)} == {0}
        assert de(mundo, codigos[0])[0].respuesta == dicho
        buzon.al_remitente = ""
        entregar_todo(mundo)
        assert len(buzon.recibidos) == 3


# --- uno que falla y los demás --------------------------------------------------------------------


def test_una_direccion_que_falla_no_detiene_a_las_demas_y_cada_una_guarda_su_respuesta(
    por_smtp: Mundo, puerto: int
):
    """N24: cada correo con su estado y lo que dijo el servidor."""
    mundo = por_smtp
    direcciones = ("nadie@example.com", "luego@example.com", "mudo@example.com", "a@example.com")
    codigos = [mundo.presentar_contacto(correo=d) for d in direcciones]
    with servidor(Buzon(), puerto) as buzon:
        entregar_todo(mundo)
    nadie, luego, mudo, bien = (de(mundo, c)[0] for c in codigos)
    assert (nadie.situacion, nadie.respuesta) == ("muerta", "550 5.1.1 No existe esa persona")
    assert (luego.situacion, luego.respuesta) == ("lista", "451 4.3.0 Ahora no puedo")
    assert mudo.situacion == "lista"
    assert (mudo.respuesta or "").startswith("Sin respuesta del servidor")
    assert (bien.situacion, bien.respuesta) == ("entregada", "250 2.0.0 Ok: queued as 0001")
    assert buzon.para == ["a@example.com"]
    assert [(i["para"], i["entregado"]) for i in nadie.historia or ()] == [(direcciones[0], False)]


@UN_MOTOR
def test_cada_intento_queda_con_su_hora_y_su_respuesta(por_smtp: Mundo, puerto: int):
    """N24: lo que se intentó también es prueba."""
    mundo = por_smtp
    codigo = mundo.presentar_contacto(correo="luego@example.com")
    with servidor(Buzon(), puerto):
        for _ in range(3):
            salidas.entregar(mundo.entorno)
            mundo.pasar(hours=1)
    historia = de(mundo, codigo)[0].historia or []
    assert [i["respuesta"] for i in historia] == ["451 4.3.0 Ahora no puedo"] * 3
    assert len({i["cuando"] for i in historia}) == 3


@UN_MOTOR
def test_aceptado_y_cortado_se_repite_con_el_mismo_identificador(por_smtp: Mundo, puerto: int):
    """N24: al menos una vez; si llega dos, es el mismo correo, con su misma fecha."""
    mundo = por_smtp
    mundo.presentar_contacto(correo="a@example.com")
    mundo.presentar_contacto(correo="cuelga@example.com")
    mundo.presentar_contacto(correo="b@example.com")
    with servidor(Buzon(), puerto) as buzon:
        entregar_todo(mundo)
    repetidos = [c for c in buzon.correos if c["To"] == "cuelga@example.com"]
    assert len(repetidos) == 2
    assert len({(c["Message-ID"], c["Date"], c["Subject"]) for c in repetidos}) == 1
    assert [c["To"] for c in buzon.correos].count("b@example.com") == 1


@contextmanager
def que_corta(puerto: int, veces: int) -> Iterator[list[bytes]]:
    """Un servidor que acepta todo y corta la línea con el mensaje a medio llegar."""
    vistos: list[bytes] = []

    def atender(puerta: socket.socket) -> None:
        for _ in range(veces):
            conexion, _ = puerta.accept()
            with conexion, conexion.makefile("rb") as lector:
                conexion.sendall(b"220 hola\r\n")
                while linea := lector.readline():
                    if linea.upper().startswith(b"DATA"):
                        conexion.sendall(b"354 adelante\r\n")
                        vistos.append(lector.readline())
                        break
                    conexion.sendall(b"250 bien\r\n")

    with socket.create_server(("127.0.0.1", puerto)) as puerta:
        hilo = threading.Thread(target=atender, args=(puerta,))
        hilo.start()
        yield vistos
        hilo.join(10)


@UN_MOTOR
def test_la_linea_se_corta_con_el_mensaje_a_medias(por_smtp: Mundo, puerto: int):
    """N24: lo cortado no se da por entregado, y llega cuando hay línea."""
    mundo = por_smtp
    codigo = mundo.presentar_contacto()
    with que_corta(puerto, 1) as vistos:
        assert salidas.entregar(mundo.entorno) == 1
    assert len(vistos) == 1
    salida = de(mundo, codigo)[0]
    assert (salida.situacion, salida.intentos) == ("lista", 1)
    mundo.pasar(minutes=1)
    with servidor(Buzon(), puerto) as buzon:
        entregar_todo(mundo)
    assert buzon.recibidos == [f"<{salida.clave}@127.0.0.1>"]


# --- la dirección corregida -----------------------------------------------------------------------


@pytest.mark.parametrize("antes", ["en_cola", "fallando", "muerto"])
def test_lo_que_no_llego_a_la_direccion_mala_va_a_la_corregida(
    por_smtp: Mundo, puerto: int, antes: str
):
    """N24: el cargo que no llegó, llega; y a la dirección equivocada no va nada más."""
    mala = {"fallando": "luego@example.com", "muerto": "nadie@example.com"}.get(
        antes, "x@x.example"
    )
    mundo = por_smtp
    codigo = mundo.presentar_mesa(correo=mala)
    with servidor(Buzon(), puerto) as buzon:
        if antes != "en_cola":
            entregar_todo(mundo)
        corregir_correo(mundo, codigo, "buena@example.com")
        entregar_todo(mundo)
    assert [s.situacion for s in de(mundo, codigo)] == ["entregada"] * 3
    asuntos = ("Recibimos tu documento", "Corrige tu documento 000001-2026")
    assert a_la_persona(buzon) == [
        ("buena@example.com", asunto) for asunto in (*asuntos, "Recibimos tu corrección")
    ]


@UN_MOTOR
def test_lo_que_salia_mientras_se_corregia_va_tambien_a_la_nueva(por_smtp: Mundo, puerto: int):
    """N24: ya estaba en manos del servidor; igual debe llegar a la dirección buena."""
    mundo = por_smtp
    codigo = mundo.presentar_mesa(correo="vieja@example.com")
    cartero = mundo.entorno.correo

    class MientrasTanto:
        def enviar(self, lote):
            hechas = cartero.enviar(lote)
            corregir_correo(mundo, codigo, "buena@example.com")
            return hechas

    with servidor(Buzon(), puerto) as buzon:
        salidas.entregar(mundo.con(correo=MientrasTanto()).entorno)
        assert de(mundo, codigo)[0].situacion == "lista"
        entregar_todo(mundo)
    direcciones = [para for para, _ in a_la_persona(buzon)]
    assert direcciones[0] == "vieja@example.com"
    assert set(direcciones[1:]) == {"buena@example.com"}
    historia = de(mundo, codigo)[0].historia or []
    assert [i["para"] for i in historia] == ["vieja@example.com", "buena@example.com"]


@UN_MOTOR
def test_lo_ya_entregado_no_se_repite_al_corregir(por_smtp: Mundo, puerto: int):
    """N24: la nueva dirección recibe lo que falta, no lo que ya se leyó."""
    mundo = por_smtp
    codigo = mundo.presentar_mesa()
    with servidor(Buzon(), puerto) as buzon:
        entregar_todo(mundo)
        corregir_correo(mundo, codigo, "nueva@example.com")
        entregar_todo(mundo)
    direcciones = [para for para, _ in a_la_persona(buzon)]
    assert direcciones == [DE_MESA["correo"], "nueva@example.com", "nueva@example.com"]


# --- lo que ve la persona -------------------------------------------------------------------------


def test_la_persona_ve_en_su_expediente_lo_que_no_se_le_pudo_entregar(por_smtp: Mundo, puerto: int):
    """N24: el seguimiento es la verdad; el correo, un aviso que puede no llegar."""
    mundo = por_smtp
    codigo = mundo.presentar_mesa(correo="nadie@example.com")
    assert seguimiento.ver_expediente(mundo.entorno, codigo).sin_entregar == ()
    with servidor(Buzon(), puerto):
        entregar_todo(mundo)
    (visto,) = seguimiento.ver_expediente(mundo.entorno, codigo).sin_entregar
    assert (visto.para, visto.definitivo) == ("n***@example.com", True)
    assert visto.asuntos == ("Recibimos tu documento: registro 000001-2026",)
    corregir_correo(mundo, codigo, "buena@example.com")
    assert seguimiento.ver_expediente(mundo.entorno, codigo).sin_entregar == ()


@pytest.mark.parametrize(
    ("correo", "tapado"),
    [("jose@example.com", "j***@example.com"), ("x@y.pe", "x***@y.pe"), ("raro", "***")],
)
def test_una_direccion_se_muestra_tapada(correo: str, tapado: str):
    """N24: se reconoce como propia sin decirla entera."""
    assert correos.tapar(correo) == tapado

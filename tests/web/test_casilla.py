"""La casilla por sus pantallas: activarla, recibir, abrir, descargar y salir (N50–N55)."""

import io
import zipfile
from pathlib import Path

import pytest
from casillas import ACTO, codigo_enviado, codigos_enviados, con_casilla
from fabrica import DE_MESA, Mundo, pdf
from flask import Flask

from facilita.servicios.correo import leer_carpeta
from facilita.servicios.mensajeria import MensajeriaDemo
from facilita.servicios.mensajeria_demo import leer_textos
from facilita.trabajador import Trabajador
from facilita.tramite.envios import texto_de
from facilita.tramite.modelos import Deposito, Interrupcion, Salida, SesionDeCasilla

from .cliente import Pagina, Visita

DNI = str(DE_MESA["numero_documento_identidad"])


@pytest.fixture
def motor(request: pytest.FixtureRequest) -> str:
    """SQLite, salvo que la prueba pida el otro."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def mundo(mundo: Mundo, tmp_path: Path) -> Mundo:
    """Con la casilla encendida."""
    return con_casilla(mundo, MensajeriaDemo(tmp_path / "celulares", demo=True))


@pytest.fixture
def codigo(mundo: Mundo) -> str:
    """Una solicitud con consentimiento."""
    return mundo.presentar_mesa(acepta_notificacion="true")


def activar(mundo: Mundo, visita: Visita, codigo: str) -> None:
    datos = {"tipo": "dni", "numero": DNI, "codigo": codigo.lower()}
    pagina = visita.seguir(visita.con_csrf("/casilla/activar", datos))
    assert "jo•••@example.com" in pagina.texto
    direccion = visita.con_csrf("/casilla/activar", datos).location
    correo, celular = codigos_enviados(mundo)
    malos = visita.con_csrf(direccion, {"codigo_correo": correo, "codigo_celular": "1"})
    assert malos.status_code == 422
    dentro = visita.con_csrf(direccion, {"codigo_correo": correo, "codigo_celular": celular})
    galleta = next(c for c in dentro.headers.getlist("Set-Cookie") if c.startswith("casilla="))
    for que in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/casilla"):
        assert que in galleta
    assert dentro.location == "/casilla"


@pytest.mark.parametrize("motor", ["sqlite", "postgresql"], indirect=True)
def test_de_activarla_a_llevarse_todo(mundo: Mundo, app: Flask, codigo: str, tmp_path: Path):
    """N50, N51, N53, N55: sin un solo programa en la página."""
    persona, luis = Visita(app), Visita(app).ingresar("luis")
    assert persona.ver("/casilla").location == "/casilla/ingresar"
    activar(mundo, persona, codigo)
    assert "vacía" in persona.leer("/casilla").texto

    bandeja = f"/bandeja/{mundo.solicitud(codigo).id}"
    assert "Notificar por casilla" in luis.leer(bandeja).texto
    hecho = luis.con_csrf(
        f"{bandeja}/casilla", {**ACTO, "documentos_del_acto": (io.BytesIO(pdf()), "acto.pdf")}
    )
    assert "salen las alertas" in luis.seguir(hecho).texto
    assert not Trabajador(mundo.entorno).vuelta().fallaron
    (correo,) = [c for c in leer_carpeta(tmp_path / "correos") if "notificación" in c.asunto]
    cual = mundo.todo(Deposito)[0].id
    assert f"/casilla/{cual}" in correo.texto
    assert any("te notificó" in t.texto for t in leer_textos(tmp_path / "celulares"))

    assert "1 sin abrir" in persona.leer("/casilla").texto
    sobre = persona.leer(f"/casilla/{cual}")
    assert "Ver esta página no es abrir" in sobre.texto
    assert ACTO["mensaje_del_acto"] not in sobre.html
    assert "Si no la abre, surte efecto el martes 1 de diciembre" in luis.leer(bandeja).texto
    # Sin la ficha contra envíos ajenos, otro sitio no la abre por ella.
    assert persona.enviar(f"/casilla/{cual}/abrir").status_code == 400
    abierta = persona.seguir(persona.con_csrf(f"/casilla/{cual}/abrir"))
    assert "Surte efecto el martes 24 de noviembre" in abierta.texto
    assert ACTO["recursos_del_acto"] in abierta.texto
    enlace = next(e["href"] for e in abierta.todos("a") if "/documento/" in e.get("href"))
    assert persona.ver(enlace).data == pdf()
    assert persona.ver(f"/casilla/{cual}/constancia").data.startswith(b"%PDF")
    with zipfile.ZipFile(io.BytesIO(persona.ver("/casilla/todo.zip").data)) as todo:
        assert todo.namelist() == [
            "indice.csv", "DEP-000001-2026/01-acto.pdf", "DEP-000001-2026/constancia.pdf",
        ]  # fmt: skip
        assert todo.testzip() is None
    assert "La abrió el 23/11/2026" in luis.leer(bandeja).texto
    assert persona.con_csrf("/casilla/salir").location == "/casilla/ingresar"
    assert persona.ver("/casilla").status_code == 303
    assert not mundo.todo(SesionDeCasilla)


def test_enviar_dos_veces_lo_mismo_deposita_una_sola(mundo: Mundo, app: Flask, codigo: str):
    """N51: dos toques o volver atrás no notifican dos veces; abrir la pantalla otra vez, sí."""
    persona, luis = Visita(app), Visita(app).ingresar("luis")
    activar(mundo, persona, codigo)
    direccion = f"/bandeja/{mundo.solicitud(codigo).id}/casilla"
    for hechos in (1, 2):
        datos = {**luis.leer(direccion).escrito, **ACTO}
        for _ in range(2):
            archivo = {"documentos_del_acto": (io.BytesIO(pdf()), "acto.pdf")}
            assert luis.con_csrf(direccion, {**datos, **archivo}).status_code == 303
        assert len(mundo.todo(Deposito)) == hechos


def test_con_errores_no_se_pierde_lo_escrito_ni_lo_subido(mundo: Mundo, app: Flask, codigo: str):
    """N55: y lo que falta se dice junto a su campo."""
    persona, luis = Visita(app), Visita(app).ingresar("luis")
    activar(mundo, persona, codigo)
    direccion = f"/bandeja/{mundo.solicitud(codigo).id}/casilla"
    datos = {**ACTO, "asunto_del_acto": "", "documentos_del_acto": (io.BytesIO(pdf()), "acto.pdf")}
    respuesta = luis.con_csrf(direccion, datos)
    assert respuesta.status_code == 422
    pagina = luis.pagina(respuesta)
    assert list(pagina.errores) == ["asunto_del_acto"]
    assert pagina.escrito["mensaje_del_acto"] == [ACTO["mensaje_del_acto"]]
    retenido = pagina.escrito["retenido"][0]
    malo = luis.con_csrf(direccion, {**ACTO, "documentos_del_acto": (io.BytesIO(b"MZ"), "a.exe")})
    assert list(luis.pagina(malo).errores) == ["documentos_del_acto"]
    assert luis.con_csrf(direccion, {**ACTO, "retenido": retenido}).status_code == 303
    assert [d["nombre"] for d in mundo.todo(Deposito)[0].acto["documentos"]] == ["acto.pdf"]


def test_entrar_con_codigo_y_con_contrasena(mundo: Mundo, app: Flask, codigo: str):
    """N61: con la misma respuesta exista o no la casilla."""
    activar(mundo, Visita(app), codigo)
    quien = {"tipo": "dni", "numero": DNI}
    textos: list[str] = []
    pedidos: list[str] = []
    for numero in (DNI, "87654321"):
        respuesta = Visita(app).con_csrf("/casilla/ingresar", {**quien, "numero": numero})
        textos.append(respuesta.text.replace(numero, "").partition("csrf")[0])
        pedidos.append(Pagina(respuesta.text).todos("input", name="pedido")[0]["value"])
    assert textos[0] == textos[1] and len({len(p) for p in pedidos}) == 1
    persona = Visita(app)
    datos = {**quien, "codigo": codigo_enviado(mundo, "codigo_correo"), "pedido": "de otro"}
    ajeno = persona.con_csrf("/casilla/ingresar/codigo", datos)
    assert ajeno.status_code == 422
    assert Pagina(ajeno.text).todos("input", name="pedido")[0]["value"] == "de otro"
    datos["pedido"] = pedidos[0]
    assert persona.con_csrf("/casilla/ingresar/codigo", datos).location == "/casilla"
    clave = {"nueva": "caballo azul 77 lento"}
    assert persona.con_csrf("/casilla/cuenta/clave", clave).status_code == 303
    entra = {**quien, "accion": "clave", "clave": clave["nueva"]}
    assert Visita(app).con_csrf("/casilla/ingresar", entra).location == "/casilla"
    # La tecla Entrar no dice qué botón: entra con la contraseña si la hay, y si no manda un código.
    tecla = Pagina(Visita(app).ver("/casilla/ingresar").text).todos("button")[0]["value"]
    assert Visita(app).con_csrf("/casilla/ingresar", {**entra, "accion": tecla}).status_code == 303
    sin_clave = Visita(app).con_csrf("/casilla/ingresar", {**quien, "accion": tecla, "clave": ""})
    assert "Escribe tu código" in sin_clave.text
    sin = {**quien, "accion": "clave", "clave": "otra", "numero": ""}
    assert Visita(app).con_csrf("/casilla/ingresar", sin).status_code == 422


def test_apagada_no_existe(mundo: Mundo, app: Flask):
    """N51: sin encenderla, sus direcciones no existen y nadie las ofrece."""
    object.__setattr__(app.extensions["facilita"].entorno, "con_casilla", False)
    visita = Visita(app)
    for direccion in ("/casilla", "/casilla/ingresar", "/casilla/activar"):
        assert visita.ver(direccion).status_code == 404
    assert visita.con_csrf("/casilla/activar", {"numero": "1", "codigo": "2"}).status_code == 404
    assert "/casilla" not in visita.ver("/seguimiento").text


@pytest.mark.parametrize("malo", ["ayer", "0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00"])
@pytest.mark.parametrize("cual", ["empezo", "termino"])
def test_una_hora_que_no_se_entiende_no_se_publica(visita: Visita, mundo: Mundo, cual, malo):
    """N55: tampoco como una interrupción que sigue; lo escrito queda en la pantalla."""
    visita.ingresar("sara")
    escrito = {"empezo": "2026-03-02T08:00", "termino": "", "motivo": "Falló la red", cual: malo}
    respuesta = visita.con_csrf("/bandeja/interrupciones", escrito)
    assert respuesta.status_code == 422 and f'href="#{cual}"' in respuesta.text
    assert "Falló la red" in respuesta.text and not mundo.todo(Interrupcion)


def test_con_el_enlace_del_correo_se_entra_sin_codigo(mundo: Mundo, app: Flask, codigo: str):
    """N61: mirarlo no lo gasta; sirve una vez, y a quien lo inventa se le dice que ya no sirve."""
    activar(mundo, Visita(app), codigo)
    Visita(app).con_csrf("/casilla/ingresar", {"tipo": "dni", "numero": DNI})
    texto = texto_de(mundo.entorno, mundo.todo(Salida, Salida.clase == "codigo_correo")[-1])
    for _ in range(6):
        malo = {"tipo": "dni", "numero": DNI, "codigo": "000000", "pedido": "x"}
        detenido = Visita(app).con_csrf("/casilla/ingresar/codigo", malo)
    assert detenido.status_code == 429 and "entra con el enlace que trae" in detenido.text
    enlace = "/casilla/entrar/" + texto.partition("/casilla/entrar/")[2].split()[0]
    persona = Visita(app)
    for _ in range(2):
        assert persona.leer(enlace).todos("form", action=enlace)
    assert persona.con_csrf(enlace).location == "/casilla"
    assert persona.ver("/casilla").status_code == 200
    # Ya entró en este equipo: los fallos de esa red no son suyos.
    quien = {"tipo": "dni", "numero": f" {DNI} "}
    assert persona.con_csrf("/casilla/salir").status_code == 303
    pedido = persona.con_csrf("/casilla/ingresar", quien)
    datos = {**quien, "codigo": codigo_enviado(mundo, "codigo_correo")}
    datos["pedido"] = Pagina(pedido.text).todos("input", name="pedido")[0]["value"]
    assert persona.con_csrf("/casilla/ingresar/codigo", datos).location == "/casilla"
    for usado in (enlace, "/casilla/entrar/1-abc"):
        assert Visita(app).con_csrf(usado).status_code == 410


def test_responder_por_la_casilla_pide_los_recursos(mundo: Mundo, app: Flask, codigo: str):
    """N09, N55: el paso avisa por dónde va; lo que falta se dice sin perder lo escrito."""
    activar(mundo, Visita(app), codigo)
    luis, sid = Visita(app).ingresar("luis"), mundo.solicitud(codigo).id
    paso = f"/bandeja/{sid}/paso/atender"
    assert "se le notifica ahí" in luis.leer(paso).texto
    negado = luis.con_csrf(paso, {"respuesta": "Procede."})
    assert negado.status_code == 422
    pagina = luis.pagina(negado)
    assert list(pagina.errores) == ["recursos_del_acto"]
    assert pagina.escrito["respuesta"] == ["Procede."]
    dicho = {"respuesta": "Procede.", "recursos_del_acto": "Apelación, 15 días hábiles."}
    assert luis.con_csrf(paso, dicho).status_code == 303
    assert "cuando su PDF esté listo" in luis.leer(f"/bandeja/{sid}").texto
    persona = Visita(app)
    persona.abrir_expediente(codigo)
    antes = persona.leer(f"/seguimiento/{codigo}/expediente/").texto
    assert "Tu respuesta está en tu casilla electrónica" in antes and "Procede." not in antes
    trabajador = Trabajador(mundo.entorno)
    for _ in range(3):
        trabajador.vuelta()
    (suyo,) = mundo.todo(Deposito)
    assert [d["nombre"] for d in suyo.acto["documentos"]] == ["respuesta.pdf"]
    assert suyo.acto["recursos"] == "Apelación, 15 días hábiles."
    despues = persona.leer(f"/seguimiento/{codigo}/expediente/")
    assert despues.todos("a", href=f"/casilla/{suyo.id}") and "Procede." not in despues.texto
    assert "todavía no la abre" in luis.leer(f"/bandeja/{sid}").texto

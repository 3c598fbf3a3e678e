"""Los mensajes en la pantalla: de los dos lados, con archivos y sin perder lo escrito."""

import re

import pytest
from fabrica import Mundo, pdf
from flask import Flask

from facilita.tramite.modelos import Archivo, Mensaje, Salida
from facilita.web import envio

from .cliente import Pagina, Visita, adjunto


@pytest.fixture
def codigo(mundo: Mundo) -> str:
    """El código de una solicitud a cargo de Luis."""
    codigo = mundo.presentar_mesa()
    mundo.transitar(codigo, "tomar")
    return codigo


@pytest.fixture
def suyos(codigo: str) -> str:
    """La dirección de los mensajes, para la persona."""
    return f"/seguimiento/{codigo}/expediente/mensajes"


@pytest.fixture
def luis(app: Flask) -> Visita:
    """Quien atiende."""
    return Visita(app).ingresar("luis")


def test_escribir_y_responder(visita: Visita, luis: Visita, mundo: Mundo, codigo: str, suyos: str):
    """N09: la persona pregunta con un archivo, el personal responde con otro."""
    pagina = visita.abrir_expediente(codigo)
    assert suyos in [a["href"] for a in pagina.todos("a")]
    assert "no mueve ningún plazo" in visita.leer(suyos).texto
    envio = {"mensaje": "¿Cuánto falta?\nGracias <b>", "archivos": adjunto("plano.pdf", paginas=2)}
    pagina = visita.seguir(visita.con_csrf(suyos, envio))
    assert "Tu mensaje ya llegó" in pagina.texto and "Todavía no lo leen" in pagina.texto
    assert "Gracias &lt;b&gt;" in pagina.html
    bandeja = luis.leer("/bandeja")
    assert "1 con mensajes sin responder" in bandeja.texto
    propia = f"/bandeja/{mundo.solicitud(codigo).id}"
    assert "1 espera respuesta" in luis.leer(propia).texto
    pagina = luis.leer(f"{propia}/mensajes")
    assert "Un mensaje no es una observación" in pagina.texto and "Nuevo" in pagina.texto
    plano = next(a["href"] for a in pagina.todos("a") if "plano.pdf" in a.texto)
    assert luis.ver(plano).data.startswith(b"%PDF")
    respuesta = {"mensaje": "Tres días.", "archivos": adjunto("modelo.pdf")}
    assert "Tres días." in luis.seguir(luis.con_csrf(f"{propia}/mensajes", respuesta)).texto
    assert "mensajes sin responder" not in luis.leer("/bandeja").texto
    assert "Tienes 1 mensaje nuevo" in visita.leer(f"/seguimiento/{codigo}/expediente").texto
    pagina = visita.leer(suyos)
    modelo = next(a["href"] for a in pagina.todos("a") if "modelo.pdf" in a.texto)
    assert visita.ver(modelo).data.startswith(b"%PDF")
    assert "Tienes" not in visita.leer(f"/seguimiento/{codigo}/expediente").texto


def test_con_un_error_no_se_pierde_ni_lo_escrito_ni_lo_subido(
    visita: Visita, luis: Visita, mundo: Mundo, codigo: str, suyos: str
):
    """N12: el archivo vuelve retenido; la ficha de otro no le sirve a nadie más."""
    visita.abrir_expediente(codigo)
    del_personal = f"/bandeja/{mundo.solicitud(codigo).id}/mensajes"
    for van, (quien, direccion) in enumerate(((visita, suyos), (luis, del_personal)), 1):
        mal = {"mensaje": " ", "archivos": [adjunto("bueno.pdf"), adjunto("malo.pdf", b"MZ" * 99)]}
        respuesta = quien.con_csrf(direccion, mal)
        pagina = Pagina(respuesta.text)
        assert respuesta.status_code == 422 and "archivos" in pagina.errores
        assert "bueno.pdf ya está subido" in pagina.texto
        # Otra persona con esa ficha no recibe el archivo.
        otro = luis if quien is visita else visita
        ajena = {"mensaje": "x", "retenido": pagina.escrito["retenido"]}
        otro.con_csrf(del_personal if otro is luis else suyos, ajena)
        bien = {**pagina.escrito, "mensaje": "Ahora sí"}
        pagina = quien.seguir(quien.enviar(direccion, bien))
        assert pagina.texto.count("bueno.pdf") == van and "Ahora sí" in pagina.texto
        assert "malo.pdf" not in pagina.texto


def test_pasada_la_cuota_el_mensaje_no_se_pierde(
    visita: Visita, mundo: Mundo, codigo: str, suyos: str, monkeypatch: pytest.MonkeyPatch
):
    """N12, N62: el archivo no se recibe y se dice; lo escrito vuelve, y sin el archivo se envía."""
    monkeypatch.setattr(envio, "MEGAS_POR_BORRADOR", "1/hour")
    visita.abrir_expediente(codigo)
    plano = adjunto("plano.pdf", pdf() + b" " * 300_000)
    assert visita.con_csrf(suyos, {"mensaje": "Va", "archivos": plano}).status_code == 303
    archivos = mundo.cuantas(Archivo)
    otro = adjunto("otro.pdf", pdf(2) + b" " * 300_000)
    negado = visita.con_csrf(suyos, {"mensaje": "Y este", "archivos": otro})
    pagina = Pagina(negado.text)
    assert negado.status_code == 429 and "otro.pdf" not in pagina.texto
    assert pagina.errores["archivos"].startswith("No recibimos este archivo")
    assert mundo.cuantas(Archivo) == archivos
    assert "Y este" in visita.seguir(visita.enviar(suyos, pagina.escrito)).texto


def test_lo_escrito_espera_si_el_expediente_se_cerro(
    visita: Visita, mundo: Mundo, codigo: str, suyos: str
):
    """N61: a la media hora se cierra; al abrirlo otra vez se sigue donde estaba."""
    visita.abrir_expediente(codigo)
    csrf = visita.csrf()
    mundo.pasar(minutes=31)
    cerrado = visita.enviar(suyos, {"mensaje": "Una larga historia", "csrf_token": csrf})
    assert cerrado.status_code == 401 and "lo que escribiste te espera" in cerrado.text
    sello = Pagina(cerrado.text).escrito["pendiente"][0]
    direccion = f"/seguimiento/{codigo}"
    mal = visita.enviar(direccion, {"identidad": "999", "pendiente": sello})
    assert mal.status_code == 422 and Pagina(mal.text).escrito["pendiente"] == [sello]
    dentro = visita.enviar(direccion, {"identidad": "12345678", "pendiente": sello})
    assert dentro.status_code == 200 and "Una larga historia" in dentro.text
    retomado = visita.enviar(suyos, Pagina(dentro.text).escrito)
    assert Pagina(retomado.text).escrito["mensaje"] == ["Una larga historia"]
    assert mundo.cuantas(Mensaje) == [0]
    # El sello de un expediente no sirve en otro.
    otro = mundo.presentar_mesa()
    ajeno = visita.enviar(f"/seguimiento/{otro}", {"identidad": "12345678", "pendiente": sello})
    assert ajeno.status_code == 303


def test_terminado_no_recibe_mas_y_lo_dice(
    visita: Visita, luis: Visita, mundo: Mundo, codigo: str, suyos: str
):
    """N09: si terminó mientras escribía, lo escrito vuelve para copiarlo."""
    visita.abrir_expediente(codigo)
    visita.con_csrf(suyos, {"mensaje": "El primero"})
    mundo.transitar(codigo, "atender", {"respuesta": "Va."})
    for quien, direccion in (
        (visita, suyos), (luis, f"/bandeja/{mundo.solicitud(codigo).id}/mensajes"),
    ):  # fmt: skip
        tarde = quien.con_csrf(direccion, {"mensaje": "Llegué tarde"})
        assert tarde.status_code == 409
        for dicho in ("Tu mensaje no se envió", "ya terminó", "Llegué tarde", "El primero"):
            assert dicho in tarde.text
        assert not Pagina(tarde.text).todos("textarea")
    assert mundo.cuantas(Mensaje) == [1]


def test_mientras_corrige_la_pantalla_dice_que_un_mensaje_no_corrige(
    visita: Visita, luis: Visita, mundo: Mundo
):
    """N07: ni la persona ni el personal lo confunden con la observación."""
    codigo = mundo.presentar_mesa()
    propia = f"/bandeja/{mundo.solicitud(codigo).id}/mensajes"
    assert "usa «Observar»" in luis.leer(propia).texto
    mundo.observar(codigo)
    assert "Ya no se puede observar" in luis.leer(propia).texto
    visita.abrir_expediente(codigo)
    pagina = visita.leer(f"/seguimiento/{codigo}/expediente/mensajes")
    assert "Un mensaje no corrige ni detiene tu plazo" in pagina.texto


def test_probar_documentos_con_un_codigo_se_detiene_desde_cualquier_sitio(
    app: Flask, mundo: Mundo, codigo: str
):
    """N21: aunque vengan de muchas direcciones; y un código que no existe responde lo mismo."""
    direccion, codigos = f"/seguimiento/{codigo}", []
    for n in range(31):
        alguien = Visita(app, ip=f"190.0.3.{n}")
        codigos.append(alguien.enviar(direccion, {"identidad": str(n)}).status_code)
    assert codigos == [422] * 30 + [429]
    dueno = Visita(app, ip="190.0.3.200")
    detenida = dueno.enviar(direccion, {"identidad": "12345678"})
    assert detenida.status_code == 429 and "el enlace de cualquiera de los correos" in detenida.text
    # Quien tiene un correo del trámite no espera a que otro deje de probar.
    suyo = mundo.todo(Salida)[0].datos["texto"]
    (enlace,) = re.findall(rf"https?://\S+(/seguimiento/{codigo}\?llave=\w+)", suyo)
    llave = Pagina(dueno.ver(enlace).text).todos("input", name="llave")[0]["value"]
    assert enlace.endswith(f"={llave}")
    for escrita, sale in (("x", 429), (llave[:-1], 429), (llave, 303)):
        datos = {"identidad": "12345678", "llave": escrita}
        assert dueno.enviar(direccion, datos).status_code == sale
    assert dueno.enviar(direccion, {"identidad": "12345678"}).status_code == 303, "ya lo conoce"
    nadie = Visita(app, ip="190.0.4.1")
    respuesta = nadie.enviar("/seguimiento/F7XK-29QD-TRWM-4H6C", {"identidad": "12345678"})
    assert respuesta.status_code == 422 and "no coinciden" in respuesta.text
    otro = mundo.presentar_mesa()
    assert nadie.enviar(f"/seguimiento/{otro}", {"identidad": "12345678"}).status_code == 303

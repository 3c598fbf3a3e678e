"""Responder con un modelo, en las pantallas: sin programas en la página y sin perder nada (N09)."""

import pytest
from fabrica import Mundo
from flask import Flask

from facilita.tramite import documentos
from facilita.tramite import modelos_de_respuesta as modelos
from facilita.tramite.modelos_de_respuesta import Escrito

from .cliente import Pagina, Visita, adjunto


@pytest.fixture
def cual(mundo: Mundo) -> int:
    """Un modelo para mesa de partes, que nombra algo que no siempre se responde."""
    texto = "{nombre}: sobre «{asunto}», {numero_documento}."
    nuevo = Escrito("Está lista", texto, "mesa-de-partes")
    return modelos.guardar(mundo.entorno, mundo.actor("ana"), nuevo)


def texto_en(pagina: Pagina) -> str:
    return pagina.escrito["respuesta"][0]


def test_quien_atiende_usa_un_modelo_lo_cambia_y_responde(app: Flask, mundo: Mundo, cual: int):
    """N09: elegir, completar, corregir, adjuntar, enviar; la persona lo lee y lo baja."""
    codigo = mundo.presentar_mesa(asunto="Mi <b>licencia</b>")
    luis = Visita(app).ingresar("luis")
    direccion = f"/bandeja/{mundo.solicitud(codigo).id}/paso/atender"
    assert "Está lista" in luis.leer(direccion).texto
    elegido = {"modelo": str(cual), "usar_modelo": "si", "respuesta": ""}
    pagina = Pagina(luis.con_csrf(direccion, elegido).text)
    assert texto_en(pagina) == "José Wilfredo Ñahui Quispe: sobre «Mi <b>licencia</b>», 015-2026."
    assert mundo.solicitud(codigo).estado == "nuevo", "usar un modelo no envía nada"
    enviado = {"respuesta": texto_en(pagina) + "\n\nGracias.", "documentos": adjunto("carta.pdf")}
    assert luis.con_csrf(direccion, enviado).status_code == 303
    assert documentos.hacer(mundo.entorno)

    persona = Visita(app)
    persona.abrir_expediente(codigo)
    pagina = persona.leer(f"/seguimiento/{codigo}/expediente")
    assert "Respuesta N.° 000001-2026" in pagina.texto
    assert "Mi <b>licencia</b>" in pagina.texto
    (boton,) = [a for a in pagina.todos("a") if "Descargar la respuesta" in a.texto]
    baja = persona.ver(boton["href"])
    assert baja.data.startswith(b"%PDF-1.7")
    assert "attachment; filename*=UTF-8''respuesta-000001-2026.pdf" in str(baja.headers)
    assert luis.leer(direccion.partition("/paso")[0]).texto.count("Respuesta N.° 000001-2026") == 1


def test_lo_ya_escrito_y_lo_ya_subido_se_quedan(app: Flask, mundo: Mundo, cual: int):
    """N09: el modelo va detrás de lo escrito; el archivo no se pide otra vez."""
    codigo = mundo.presentar_mesa(numero_documento="")
    luis = Visita(app).ingresar("luis")
    direccion = f"/bandeja/{mundo.solicitud(codigo).id}/paso/atender"
    enviado = {"modelo": str(cual), "usar_modelo": "si", "respuesta": "Ya escribí esto.",
               "documentos": adjunto("carta.pdf")}  # fmt: skip
    pagina = Pagina(luis.con_csrf(direccion, enviado).text)
    assert texto_en(pagina).startswith("Ya escribí esto.\n\nJosé Wilfredo")
    assert "carta.pdf ya está subido" in pagina.texto
    assert "Número del documento" in pagina.texto, "dice lo que falta completar"
    otra_vez = {"modelo": str(cual), "usar_modelo": "si", "respuesta": texto_en(pagina)}
    assert texto_en(Pagina(luis.con_csrf(direccion, otra_vez).text)).count("Ya escribí") == 1


@pytest.mark.parametrize("malo", ["", "999", "-1", "x", "9" * 40])
def test_un_modelo_que_no_esta_es_un_404(app: Flask, mundo: Mundo, cual: int, malo: str):
    """N61: ni se cae ni responde."""
    luis = Visita(app).ingresar("luis")
    direccion = f"/bandeja/{mundo.solicitud(mundo.presentar_mesa()).id}/paso/atender"
    datos = {"modelo": malo, "usar_modelo": "si", "respuesta": ""}
    assert luis.con_csrf(direccion, datos).status_code == 404


def test_un_paso_que_no_responde_no_ofrece_modelos(app: Flask, mundo: Mundo, cual: int):
    """N09: solo los pasos con `responder`."""
    luis = Visita(app).ingresar("luis")
    solicitud = f"/bandeja/{mundo.solicitud(mundo.presentar_mesa()).id}"
    assert "usar_modelo" not in luis.ver(f"{solicitud}/paso/derivar_entidad").text
    assert "usar_modelo" in luis.ver(f"{solicitud}/paso/atender").text


def test_quien_coordina_los_escribe_y_los_quita(app: Flask, mundo: Mundo):
    """N09: un nombre desconocido es un error junto al texto, y nada escrito se pierde."""
    ana = Visita(app).ingresar("ana")
    assert "Todavía no hay modelos" in ana.leer("/bandeja/modelos").texto
    malo = {"titulo": "Uno", "texto": "Hola, {nombr}", "formulario": "mesa-de-partes"}
    respuesta = ana.con_csrf("/bandeja/modelos/nuevo", malo)
    pagina = Pagina(respuesta.text)
    assert respuesta.status_code == 422
    assert "No conocemos {nombr}" in pagina.errores["texto"]
    assert pagina.escrito["texto"] == ["Hola, {nombr}"]
    bueno = {**malo, "texto": "Hola, {nombre}"}
    assert ana.con_csrf("/bandeja/modelos/nuevo", bueno).location == "/bandeja/modelos"
    (enlace,) = [a for a in ana.leer("/bandeja/modelos").todos("a") if a["href"][-1].isdigit()]
    assert ana.leer(enlace["href"]).escrito["texto"] == ["Hola, {nombre}"]
    assert ana.con_csrf(f"{enlace['href']}/quitar", {}).status_code == 303
    assert "Todavía no hay modelos" in ana.leer("/bandeja/modelos").texto

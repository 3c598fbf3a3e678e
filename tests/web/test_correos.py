"""Los correos en las pantallas: lo que ve el personal, quien coordina y la persona (N24)."""

import re

import pytest
from fabrica import PLATAFORMA, Mundo
from flask import Flask
from sqlalchemy import select

from facilita.tramite import salidas
from facilita.tramite.modelos import Salida

from .cliente import Visita


@pytest.fixture
def codigo(mundo: Mundo) -> str:
    """Una solicitud con un correo que no se pudo entregar."""
    codigo = mundo.presentar_mesa()
    malo = "550 5.1.1 <b>no existe</b>"
    intento = {"cuando": "2026-11-23T10:00:05-05:00", "para": "jose.nahui@example.com",
               "entregado": False, "respuesta": malo}  # fmt: skip
    with mundo.entorno.bd.transaccion(PLATAFORMA) as sesion:
        for salida in sesion.scalars(select(Salida)):
            salida.situacion, salida.respuesta, salida.intentos = "muerta", malo, 1
            salida.historia = [intento]
    return codigo


def test_el_personal_ve_cada_correo_con_lo_que_dijo_el_servidor(
    app: Flask, mundo: Mundo, codigo: str
):
    """N24: su estado, la respuesta tal cual (escapada) y cómo reenviarlo."""
    luis = Visita(app).ingresar("luis")
    direccion = f"/bandeja/{mundo.solicitud(codigo).id}"
    pagina = luis.leer(direccion)
    assert "No se pudo entregar" in pagina.texto
    assert "550 5.1.1 <b>no existe</b>" in pagina.texto
    assert "1 intento" in pagina.texto
    boton = next(f for f in pagina.todos("form") if "/correo/" in (f["action"] or ""))
    assert luis.con_csrf(boton["action"], {}).status_code == 303
    assert "En camino" in luis.leer(direccion).texto


def test_quien_coordina_los_encuentra_desde_la_bandeja(app: Flask, mundo: Mundo, codigo: str):
    """N24: la bandeja avisa, la pantalla los muestra y se reenvían todos."""
    ana = Visita(app).ingresar("ana")
    assert "1 correo no se pudo entregar" in ana.leer("/bandeja").texto
    pagina = ana.leer("/bandeja/correos?como=muertos")
    assert "jose.nahui@example.com" in pagina.texto
    assert "Reenviar 1 correo" in pagina.texto
    assert ana.con_csrf("/bandeja/correos/reenviar", {"como": "muertos"}).status_code == 303
    assert "1 correo está otra vez en camino" in ana.leer("/bandeja/correos").texto
    assert "no se pudo entregar" not in ana.leer("/bandeja").texto


def test_quien_no_coordina_no_ve_el_aviso(app: Flask, codigo: str):
    """N61: sin permiso no hay enlace ni pantalla."""
    luis = Visita(app).ingresar("luis")
    assert "/bandeja/correos" not in luis.ver("/bandeja").text
    assert luis.ver("/bandeja/correos").status_code == 403


def test_la_persona_lo_ve_en_su_expediente_y_no_con_el_codigo_solo(
    app: Flask, mundo: Mundo, codigo: str
):
    """N24: dice a dónde no llegó, tapado, y qué hacer; el correo entero no está en la página."""
    visita = Visita(app)
    assert "example.com" not in visita.ver(f"/seguimiento/{codigo}").text
    visita.abrir_expediente(codigo)
    texto = visita.leer(f"/seguimiento/{codigo}/expediente").texto
    assert "No pudimos entregar un correo a j***@example.com" in texto
    assert "Recibimos tu documento: registro 000001-2026" in texto
    assert mundo.entidad().correo in texto


def test_la_demostracion_muestra_el_correo_con_formato_y_nada_mas_se_carga(otra_app, mundo: Mundo):
    """N24: su política admite solo su propio estilo."""
    app = otra_app(demo="si", direccion_publica="http://127.0.0.1:8000")
    mundo.presentar_mesa(asunto='"><script>alert(1)</script>')
    salidas.entregar(mundo.entorno)
    visita = Visita(app, "http://127.0.0.1:8000")
    (direccion,) = re.findall(r'"(/demo/correos/[^"]+)"', visita.ver("/demo/correos").text)
    respuesta = visita.ver(direccion)
    assert respuesta.status_code == 200
    politica = respuesta.headers["Content-Security-Policy"]
    assert "default-src 'none'" in politica
    assert "unsafe" not in politica
    assert "<script" not in respuesta.text
    assert "<h1>Recibimos tu documento: registro 000001-2026</h1>" in respuesta.text
    for mala in ("no-hay.eml", "..%2F..%2Fetc%2Fpasswd", ".eml", "%00"):
        assert visita.ver(f"/demo/correos/{mala}").status_code == 404

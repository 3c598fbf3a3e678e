"""Entrar con segundo factor y verse obligado a activarlo, por las pantallas."""

import re

import pyotp
from fabrica import CLAVE, Mundo, correo_de
from flask import Flask

from facilita.tramite import segundo_factor

from .cliente import Visita


def _clave_escrita(texto: str) -> pyotp.TOTP:
    hallada = re.search(r"Clave: ((?:[A-Z2-7]{4} ?){8})", texto)
    assert hallada, texto
    return pyotp.TOTP(hallada[1].replace(" ", ""))


def test_el_segundo_factor_de_principio_a_fin(app: Flask, mundo: Mundo):
    """N61: se activa, se pide al entrar, no sirve dos veces y la entidad lo puede exigir."""
    ana = Visita(app).ingresar("ana")
    assert ana.con_csrf("/bandeja/seguridad", {"exige": "true"}).status_code == 409
    pagina = ana.leer("/cuenta/segundo-factor")
    assert "<svg" in pagina.html and "otpauth" not in pagina.html
    suyo = _clave_escrita(pagina.texto)
    codigo = suyo.at(mundo.reloj.ahora())
    activado = ana.con_csrf("/cuenta/segundo-factor", {"codigo": codigo})
    recuperacion = re.findall(r"[2-9A-Z]{5}-[2-9A-Z]{5}", activado.text)
    assert (activado.status_code, len(set(recuperacion))) == (200, 10)
    assert recuperacion[0] not in ana.leer("/cuenta/segundo-factor").texto
    assert ana.con_csrf("/bandeja/seguridad", {"exige": "true"}).status_code == 303

    otra = Visita(app)
    datos = {"correo": correo_de("ana"), "clave": CLAVE}
    respuesta = otra.con_csrf("/ingresar?siguiente=/bandeja/usuarios", datos)
    assert "Segundo paso" in respuesta.text
    assert otra.ver("/bandeja").location.startswith("/ingresar")
    repetido = otra.con_csrf("/ingresar/codigo", {"codigo": codigo})
    assert (repetido.status_code, "ya se us\u00f3" in repetido.text) == (422, True)
    adentro = otra.con_csrf(
        "/ingresar/codigo?siguiente=/bandeja/usuarios", {"codigo": recuperacion[0]}
    )
    assert adentro.location == "/bandeja/usuarios"
    assert otra.ver("/bandeja/usuarios").status_code == 200

    luis = Visita(app).ingresar("luis")
    for direccion in ("/bandeja", "/bandeja/administrar"):
        assert luis.ver(direccion).location == "/cuenta/segundo-factor"
    pagina = luis.leer("/bandeja")
    assert "act\u00edvalo para seguir" in pagina.texto
    codigo = _clave_escrita(pagina.texto).at(mundo.reloj.ahora())
    assert luis.con_csrf("/cuenta/segundo-factor", {"codigo": codigo}).status_code == 200
    assert luis.ver("/bandeja").status_code == 200
    quita = luis.con_csrf("/cuenta/segundo-factor/quitar", {"clave_para_quitar": CLAVE})
    assert quita.status_code == 409
    assert segundo_factor.estado(mundo.entorno, mundo.actor("luis").usuario_id).quedan == 10

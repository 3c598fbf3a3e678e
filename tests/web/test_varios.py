"""La salud, lo que no existe, los distritos y lo que falla de nuestro lado."""

from typing import Any

import pytest
from fabrica import MESA, VALLE, Mundo
from flask import Flask

from facilita.servicios.almacen import AlmacenSinEspacio

from .cliente import Pagina, Visita, adjunto


def fallar(*_: Any, **__: Any) -> None:
    raise RuntimeError("se cayó: clave=secreta")


def test_la_salud(visita: Visita, mundo: Mundo, monkeypatch: pytest.MonkeyPatch):
    """N64: JSON con cada parte; 503 si una no responde, sin contar por qué."""
    respuesta = visita.ver("/salud")
    assert (respuesta.status_code, respuesta.mimetype) == (200, "application/json")
    assert respuesta.json is not None
    assert {k: respuesta.json[k] for k in ("estado", "base_de_datos", "almacen")} == {
        "estado": "bien", "base_de_datos": "bien", "almacen": "bien",
    }  # fmt: skip
    assert respuesta.json["hora"] == "2026-11-23T15:00:00+00:00"
    monkeypatch.setattr(mundo.entorno.almacen, "comprobar", fallar)
    respuesta = visita.ver("/salud")
    assert respuesta.status_code == 503
    assert respuesta.json is not None
    assert (respuesta.json["estado"], respuesta.json["almacen"]) == ("mal", "mal")
    assert "secreta" not in respuesta.text


def test_lo_que_no_existe(visita: Visita):
    """404 en castellano, con adónde ir; la demostración no está en producción."""
    for direccion in (
        "/nada", "/nada/", "/nada/de/nada", f"/{VALLE}/otro", "/.env", "/w.php", "/seguimiento/X",
        "/verificar/F7XK-29QD-TRWM-4H6C", "/notificacion/x", "/demo/correos", "/bandeja/x",
    ):  # fmt: skip
        respuesta = visita.ver(direccion)
        pagina = Pagina(respuesta.text)
        assert respuesta.status_code == 404, direccion
        assert pagina.titular == "No encontramos esa página"
        assert "/" in [a["href"] for a in pagina.todos("a")]
        assert pagina.todos("html")[0]["lang"] == "es-PE"


def test_quien_ingreso_conserva_su_menu_donde_no_hay_nada(app: Flask, visita: Visita):
    """El personal no se queda fuera de su bandeja por una dirección equivocada."""
    luis = Visita(app).ingresar("luis")
    for direccion in ("/bandeja/999999", "/bandeja/x", "/cuenta/nada"):
        respuesta = luis.ver(direccion)
        pagina = Pagina(respuesta.text)
        assert (respuesta.status_code, pagina.titular) == (404, "No encontramos esa página")
        assert {"/bandeja", "/cuenta"} <= {a["href"] for a in pagina.todos("a")}
        assert "/salir" in [f["action"] for f in pagina.todos("form")]
    for quien, direccion in ((luis, "/nada"), (visita, "/bandeja/x")):
        assert "/salir" not in quien.ver(direccion).text


def test_la_direccion_de_un_borrador_es_la_de_su_formulario(visita: Visita):
    """Con otro nombre no existe, ni para mirar ni para enviar."""
    carpeta = visita.hasta_revisar()
    for otro in ("zzz", "escribenos"):
        ajena = carpeta.replace(f"/{MESA}/", f"/{otro}/")
        for pagina in ("tus-datos", "revisar", "cargo", "archivo/1"):
            assert visita.ver(ajena + pagina).status_code == 404, ajena + pagina
        for pagina in ("tus-datos", "revisar"):
            respuesta = visita.enviar(ajena + pagina, {"accion": "presentar"})
            assert respuesta.status_code == 404
    assert visita.ver(carpeta + "revisar").status_code == 200


def test_lo_que_no_existe_en_json(visita: Visita):
    """La API y quien pide JSON lo reciben en JSON."""
    for direccion, acepta in (("/api/v1/nada", "*/*"), ("/nada", "application/json")):
        respuesta = visita.ver(direccion, headers={"Accept": acepta})
        assert respuesta.status_code == 404
        assert respuesta.json is not None and respuesta.json["error"] == "No encontramos esa página"


def test_los_distritos(visita: Visita):
    """N04: código y nombre; ocho como mucho."""
    for texto, cuantos in (
        ("Miraflores, Lima", 1), ("miraflores", 2), ("san juan", 3), ("SAN JUAN de mira", 1),
        ("", 0), ("a", 0), ("zzzzzz", 0), ("%", 0),
    ):  # fmt: skip
        respuesta = visita.ver("/api/v1/ubigeo", query_string={"q": texto})
        assert (respuesta.status_code, respuesta.mimetype) == (200, "application/json")
        lugares: Any = respuesta.json
        assert cuantos <= len(lugares) <= (8 if cuantos else 0), texto
        assert all(set(x) == {"codigo", "nombre"} for x in lugares)
    primero = visita.ver("/api/v1/ubigeo?q=Miraflores, Lima").json[0]  # type: ignore[index]
    assert primero == {"codigo": "150122", "nombre": "Miraflores, Lima, Lima"}


def test_la_portada_busca_entidades(visita: Visita):
    """N02: por nombre, siglas o RUC."""
    for texto in ("valle", "VALLE sereno", "20987654326", "muni valle"):
        pagina = visita.leer(f"/?q={texto}")
        assert f"/{VALLE}/" in [a["href"] for a in pagina.todos("a")]
        assert pagina.escrito["q"] == [texto]
    assert "No encontramos ninguna entidad" in visita.leer("/?q=zzz").texto


def test_la_pagina_de_la_entidad(visita: Visita):
    """N02: lo que ofrece, cómo ubicarla y su aviso de privacidad, con y sin barra final."""
    pagina = visita.leer(f"/{VALLE}/")
    enlaces = [a["href"] for a in pagina.todos("a")]
    assert {f"/{VALLE}/{MESA}", f"/{VALLE}/escribenos", f"/{VALLE}/privacidad"} <= set(enlaces)
    assert "8:00" in pagina.texto or "08:00" in pagina.texto
    assert visita.leer(f"/{VALLE}").titular == pagina.titular
    privacidad = visita.leer(f"/{VALLE}/privacidad").texto
    assert "20987654326" in privacidad and "10 años" in privacidad
    assert visita.ver("/robots.txt").mimetype == "text/plain"


def test_cuando_algo_falla_de_nuestro_lado(
    app: Flask, visita: Visita, monkeypatch: pytest.MonkeyPatch
):
    """N62: 500 con una página, sus cabeceras y nada de lo que pasó por dentro."""
    app.testing = False
    monkeypatch.setattr("facilita.tramite.entidades.por_slug", fallar)
    monkeypatch.setattr("facilita.tramite.formularios.vigente", fallar)
    for direccion in (f"/{VALLE}/", f"/{VALLE}/{MESA}", f"/{VALLE}/privacidad"):
        respuesta = visita.ver(direccion)
        assert respuesta.status_code == 500
        assert Pagina(respuesta.text).titular == "Algo falló de nuestro lado"
        assert "secreta" not in respuesta.text and "Traceback" not in respuesta.text
        assert "default-src 'none'" in respuesta.headers["Content-Security-Policy"]


def test_sin_espacio_para_los_archivos(
    visita: Visita, mundo: Mundo, monkeypatch: pytest.MonkeyPatch
):
    """N62: 503 con su frase; lo ya guardado sigue, y al volver el espacio se puede seguir."""
    carpeta = visita.hasta_revisar()

    def llena(*_: Any) -> None:
        raise AlmacenSinEspacio("no cabe")

    datos = {"accion": "continuar", "folios": "1"}
    with monkeypatch.context() as parche:
        parche.setattr(mundo.entorno.almacen, "guardar", llena)
        archivo = adjunto("otra.pdf", paginas=2)
        respuesta = visita.enviar(
            carpeta + "tus-archivos", {**datos, "documento_principal": archivo}
        )
    assert respuesta.status_code == 503
    assert "No perdiste lo que ya enviaste" in respuesta.text
    assert "carta.pdf" in visita.leer(carpeta + "revisar").texto
    archivo = adjunto("otra.pdf", paginas=2)
    visita.enviar(carpeta + "tus-archivos", {**datos, "documento_principal": archivo})
    assert "otra.pdf" in visita.leer(carpeta + "revisar").texto

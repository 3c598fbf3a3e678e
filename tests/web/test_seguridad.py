"""Cabeceras, páginas sin nada incrustado, cookies, envíos ajenos, ingreso y archivos."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from fabrica import CLAVE, CONTACTO, DE_CONTACTO, MESA, VALLE, Mundo, correo_de
from flask import Flask
from werkzeug.http import parse_cookie
from werkzeug.test import TestResponse

from facilita.tramite.modelos import Archivo, Intento, Solicitud
from facilita.web import envio
from facilita.web.rutas import FICHA, PUBLICO

from .cliente import Pagina, Visita, adjunto, de_pagina

Armar = Callable[..., Flask]
PRIMERA = f"/{VALLE}/{MESA}"
SIN_CABECERAS = {"portal.recurso"}
DE_FUERA = ("https://vallesereno.example", "mailto:")


@pytest.fixture
def historia(mundo: Mundo) -> dict[str, str]:
    """Una solicitud observada, otra atendida con un archivo y un borrador con otro."""
    codigo, atendida = mundo.presentar_mesa(), mundo.presentar_mesa(asunto="Otra cosa")
    mundo.observar(codigo, asunto="Precisa <b>cuál</b>.", documento_principal="Sin firma.")
    mundo.transitar(atendida, "atender", {"respuesta": "Va."}, [mundo.subida("documentos")])
    return {"codigo": codigo, "atendida": atendida, "ficha": mundo.abrir_mesa()}


# --- las páginas ----------------------------------------------------------------------------------


def todas(visita: Visita, *desde: str) -> Iterator[tuple[str, TestResponse]]:
    """Cada página a la que se llega siguiendo enlaces, una vez."""
    pendientes, vistas = list(desde), set()
    while pendientes:
        direccion = pendientes.pop()
        partes = urlsplit(direccion)
        if direccion in vistas or partes.netloc or partes.scheme:
            assert direccion in vistas or direccion.startswith(("https://mesa", *DE_FUERA))
            continue
        vistas.add(direccion)
        respuesta = visita.ver(direccion)
        yield direccion, respuesta
        if respuesta.location:
            pendientes.append(urljoin(direccion, respuesta.location).partition("#")[0])
        if respuesta.mimetype == "text/html":
            enlaces = [a["href"] for a in Pagina(respuesta.text).todos("a")]
            pendientes += [urljoin(direccion, e).partition("#")[0] for e in enlaces]


def con_errores(
    visita: Visita, luis: Visita, mundo: Mundo, h: dict[str, str]
) -> list[TestResponse]:
    """Las páginas que solo se ven al equivocarse."""
    solicitud = mundo.solicitud(h["codigo"]).id
    abierta = mundo.solicitud(mundo.presentar_mesa()).id
    carpeta = f"{PRIMERA}/borrador/{h['ficha']}/"
    malo = adjunto("malo.pdf", b"MZ" + bytes(100))
    return [
        visita.enviar(PRIMERA, {"nombres": "<b onclick=x>'\""}),
        visita.enviar(carpeta + "tus-archivos", {"documento_principal": malo, "folios": "x"}),
        visita.enviar(carpeta + "tus-datos", de_pagina("tus-datos", ubigeo=["Miraflores"])),
        visita.enviar(carpeta + "revisar", {"accion": "presentar"}),
        visita.enviar("/seguimiento", {"codigo": "x"}),
        visita.enviar(f"/seguimiento/{h['codigo']}", {"identidad": "x"}),
        visita.con_csrf(f"/seguimiento/{h['codigo']}/expediente/accion/desistir", {}),
        visita.enviar("/salud"), visita.enviar("/ingresar"), visita.ver("/nada"),
        Visita(visita.app).con_csrf("/ingresar", {"correo": "x", "clave": "y"}),
        luis.con_csrf(f"/bandeja/{abierta}/paso/atender", {"documentos": adjunto()}),
        luis.con_csrf(f"/bandeja/{abierta}/paso/observar", {}),
        luis.con_csrf(f"/bandeja/{abierta}/nota", {"nota": ""}),
        luis.con_csrf(f"/bandeja/{abierta}/derivar", {"area": ""}),
        luis.con_csrf(f"/bandeja/{solicitud}/paso/tomar", {}),
        luis.con_csrf("/cuenta/clave", {"actual": "x", "nueva": "y"}),
        luis.ver("/bandeja/999"),
    ]  # fmt: skip


def sin_nada_incrustado(pagina: Pagina, donde: str) -> None:
    """Que la página no traiga programas, estilos ni cosas de otro sitio."""
    for e in pagina.elementos:
        assert "style" not in e.atributos, (donde, e.nombre, e.atributos)
        assert not [a for a in e.atributos if a.startswith("on")], (donde, e.atributos)
        assert e.nombre not in ("style", "iframe", "object", "embed", "base"), donde
        assert e.nombre != "script" or (e.get("src") and not e.texto.strip()), donde
        assert e.nombre != "meta" or e.get("http-equiv").lower() in ("",), donde
        direccion = e.get("href") or e.get("action")
        assert not direccion.lower().startswith(("javascript:", "data:", "//", "http:")), donde
        if e.nombre in ("script", "link", "img", "form", "source"):
            propia = e.get("src") or e.get("href") or e.get("action")
            assert not urlsplit(propia).netloc, (donde, propia)


def bien_armada(pagina: Pagina, donde: str) -> None:
    """Que un lector de pantalla la entienda (N63): un título, ids únicos, etiquetas que llegan."""
    ids = [e.id for e in pagina.elementos if e.id]
    assert len(ids) == len(set(ids)), (donde, sorted(i for i in ids if ids.count(i) > 1))
    assert len(pagina.todos("h1")) == 1 and pagina.todos("title")[0].texto.strip(), donde
    assert pagina.todos("html")[0]["lang"] == "es-PE", donde
    etiquetados = {e["for"] for e in pagina.todos("label") if e.get("for")}
    assert etiquetados <= set(ids), (donde, etiquetados - set(ids))
    for e in pagina.elementos:
        for atributo in ("aria-describedby", "aria-labelledby"):
            assert set(e.get(atributo).split()) <= set(ids), (donde, e.atributos)
        ancla = e.get("href")
        assert not ancla.startswith("#") or ancla[1:] in ids, (donde, ancla)
        visible = e.nombre in ("input", "select", "textarea") and "hidden" not in (
            e.get("type"),
            *e.atributos,
        )
        con_nombre = e.id in etiquetados or e.get("aria-label") or e.get("name") == "retenido"
        assert not visible or con_nombre, (donde, e.atributos)


def con_cabeceras(respuesta: TestResponse, donde: str) -> None:
    """Que la respuesta lleve sus cabeceras de seguridad."""
    cabeceras = respuesta.headers
    politica = cabeceras["Content-Security-Policy"]
    assert "default-src 'none'" in politica and "frame-ancestors 'none'" in politica, donde
    assert "unsafe" not in politica and "*" not in politica, donde
    assert cabeceras["X-Content-Type-Options"] == "nosniff", donde
    assert cabeceras["Referrer-Policy"] == "no-referrer", donde
    assert "max-age=63072000" in cabeceras["Strict-Transport-Security"], donde
    assert cabeceras["Cache-Control"], donde
    for nombre in ("Content-Security-Policy", "X-Content-Type-Options", "Cache-Control"):
        assert len(cabeceras.getlist(nombre)) == 1, (donde, nombre)
    assert not {"Server", "X-Powered-By"} & set(dict(cabeceras)), donde


@pytest.mark.usefixtures("sin_limites")
def test_todas_las_paginas(app: Flask, visita: Visita, mundo: Mundo, historia: dict[str, str]):
    """N62, N63: cada página enlazada y cada página con errores, por dentro y por fuera."""
    luis, ana = Visita(app).ingresar("luis"), Visita(app).ingresar("ana")
    visita.abrir_expediente(historia["codigo"])
    visita.abrir_expediente(historia["atendida"])
    carpeta = f"{PRIMERA}/borrador/{historia['ficha']}/revisar"
    suyas = (f"/seguimiento/{historia[c]}" for c in ("codigo", "atendida"))
    verificar = f"/verificar/{historia['codigo']}"
    notificada = f"/notificacion/{mundo.ficha_de_notificacion(historia['codigo'])}"
    vistas = [
        *todas(visita, "/", carpeta, verificar, notificada, *suyas),
        *todas(luis, "/bandeja"), *todas(ana, "/bandeja"),
        *((r.request.path, r) for r in con_errores(visita, luis, mundo, historia)),
    ]  # fmt: skip
    assert len(vistas) > 60
    for donde, respuesta in vistas:
        con_cabeceras(respuesta, donde)
        if respuesta.mimetype == "text/html" and respuesta.status_code not in (302, 303):
            pagina = Pagina(respuesta.text)
            sin_nada_incrustado(pagina, donde)
            bien_armada(pagina, donde)
            for formulario in pagina.todos("form", method="post"):
                escribe = "<textarea" in respuesta.text or 'type="text"' in respuesta.text
                assert "novalidate" in formulario.atributos or not escribe or formulario["action"]


def test_lo_privado_no_se_guarda(app: Flask, visita: Visita, historia: dict[str, str]):
    """N34: ni el navegador ni un intermediario guardan lo de una persona."""
    luis = Visita(app).ingresar("luis")
    visita.abrir_expediente(historia["codigo"])
    for respuesta in (
        luis.ver("/bandeja"), luis.ver("/cuenta"), luis.ver("/bandeja/1"), luis.ver("/bandeja/99"),
        visita.ver(f"/seguimiento/{historia['codigo']}/expediente"),
        visita.ver(f"/seguimiento/{historia['codigo']}"), visita.ver("/ingresar"),
        visita.ver(f"{PRIMERA}/borrador/{historia['ficha']}/tus-datos"),
        visita.enviar(PRIMERA, {"nombres": "José"}),
    ):  # fmt: skip
        assert "no-store" in respuesta.headers["Cache-Control"], respuesta.request.path
    comprimida = luis.ver("/bandeja", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in comprimida.headers, "lleva una ficha junto a texto ajeno"


# --- las cookies y el ingreso ---------------------------------------------------------------------


def galletas(respuesta: TestResponse) -> dict[str, str]:
    """Nombre → la cookie como se puso."""
    puestas = respuesta.headers.getlist("Set-Cookie")
    return {next(iter(parse_cookie(p))): p for p in puestas}


def test_las_cookies(otra_app: Armar, app: Flask):
    """N61: fuera del alcance de los programas y de otros sitios; por http, solo la demostración."""
    demo = otra_app(demo="si", direccion_publica="http://127.0.0.1:8000")
    for cual, segura in ((app, True), (demo, False)):
        visita = Visita(cual)
        datos = {"correo": correo_de("luis"), "clave": CLAVE, "csrf_token": visita.csrf()}
        puestas = {
            **galletas(visita.ver("/ingresar")),
            **galletas(visita.enviar("/ingresar", datos)),
        }
        assert "sesion" in puestas
        for galleta in puestas.values():
            assert "HttpOnly" in galleta and "SameSite=Lax" in galleta and "Path=/" in galleta
            assert ("Secure" in galleta) is segura
            assert "Domain" not in galleta
    publica = Visita(app).ver(PRIMERA)
    assert not galletas(publica)


def test_el_ingreso_cambia_la_sesion(app: Flask):
    """N61: la cookie que alguien puso antes no sirve después; al salir, la suya tampoco."""
    visita = Visita(app)
    visita.cliente.set_cookie("sesion", "plantada", domain="mesa.example")
    visita.ingresar("luis")
    suya = visita.cliente.get_cookie("sesion", domain="mesa.example")
    assert suya is not None and suya.value != "plantada" and len(suya.value) > 40
    otra = Visita(app)
    otra.cliente.set_cookie("sesion", "plantada", domain="mesa.example")
    assert otra.ver("/bandeja").status_code == 303
    otra.cliente.set_cookie("sesion", suya.value, domain="mesa.example")
    assert otra.ver("/bandeja").status_code == 200
    visita.con_csrf("/salir")
    assert otra.ver("/bandeja").status_code == 303


def test_al_ingresar_se_olvida_lo_abierto(app: Flask, visita: Visita, historia: dict[str, str]):
    """N61: y la ficha contra envíos ajenos es otra."""
    visita.abrir_expediente(historia["codigo"])
    antes = visita.csrf()
    visita.ingresar("luis")
    assert visita.ver(f"/seguimiento/{historia['codigo']}/expediente").status_code == 303
    assert visita.enviar("/salir", {"csrf_token": antes}).status_code == 400
    assert visita.ver("/bandeja").status_code == 200


def test_cambiar_la_clave_cierra_las_demas(app: Flask):
    """N61."""
    aqui, alla = Visita(app).ingresar("luis"), Visita(app).ingresar("luis")
    datos = {"actual": CLAVE, "nueva": "tortuga azul 77 lenta"}
    assert aqui.con_csrf("/cuenta/clave", datos).status_code == 303
    assert "Cambiaste tu contraseña" in aqui.leer("/cuenta").texto
    assert alla.ver("/bandeja").status_code == 303
    respuesta = alla.con_csrf("/ingresar", {"correo": correo_de("luis"), "clave": CLAVE})
    assert respuesta.status_code == 422
    alla.ingresar("luis", "tortuga azul 77 lenta")


def test_la_sesion_se_acaba(app: Flask, mundo: Mundo):
    """N61: a las dos horas sin usarla; y vuelve adonde iba."""
    luis = Visita(app).ingresar("luis")
    mundo.pasar(hours=1, minutes=59)
    assert luis.ver("/bandeja").status_code == 200
    mundo.pasar(hours=2, minutes=1)
    respuesta = luis.ver("/bandeja?estado=nuevo&q=a b")
    assert respuesta.location.startswith("/ingresar?siguiente=")
    datos = {"correo": correo_de("luis"), "clave": CLAVE, "csrf_token": luis.csrf()}
    assert luis.enviar(respuesta.location, datos).location == "/bandeja?estado=nuevo&q=a%20b"


DESTINOS_AJENOS = [
    "https://malo.example", "//malo.example", "/\\malo.example", "\\\\malo.example",
    "http:malo.example",
    "/\t/malo.example", "/\n/malo.example", "javascript:alert(1)", "///malo.example", "/\x00", "",
    "/a\r\nX-Inyectada: si", " //malo.example", "/\u2028/malo", "malo.example", "data:text/html,x",
    "@malo.example", "https:/malo.example",
]  # fmt: skip


@pytest.mark.usefixtures("sin_limites")
def test_nadie_manda_a_otro_sitio(app: Flask):
    """N61: `siguiente` solo lleva a una dirección de aquí."""
    visita = Visita(app)
    for destino in (*DESTINOS_AJENOS, "/bandeja?q=x"):
        datos = {"correo": correo_de("luis"), "clave": CLAVE, "csrf_token": visita.csrf()}
        respuesta = visita.enviar("/ingresar", datos, query_string={"siguiente": destino})
        assert respuesta.status_code == 303
        llega = urljoin("https://mesa.example/ingresar", respuesta.location.replace("\\", "/"))
        assert llega.startswith("https://mesa.example/bandeja"), destino
        assert "X-Inyectada" not in respuesta.headers


def test_probar_claves_de_una_cuenta_se_detiene(app: Flask, mundo: Mundo):
    """N61: 429 a la sexta desde una red; su dueño entra desde otra, o en su equipo."""
    de_luis = {"correo": correo_de("luis"), "clave": CLAVE}
    suyo = Visita(app, ip="190.0.3.1")
    assert suyo.con_csrf("/ingresar", de_luis).status_code == 303
    ajeno = Visita(app, ip="190.0.3.1")
    for n in range(5):
        datos = {"correo": correo_de("luis"), "clave": f"mala {n}"}
        respuesta = ajeno.con_csrf("/ingresar", datos)
        assert respuesta.status_code == 422
        assert "El correo o la contraseña no son correctos." in respuesta.text
        assert f"mala {n}" not in respuesta.text
    respuesta = ajeno.con_csrf("/ingresar", de_luis)
    assert respuesta.status_code == 429
    assert Pagina(respuesta.text).errores
    assert Visita(app, ip="190.0.3.99").con_csrf("/ingresar", de_luis).status_code == 303
    assert suyo.con_csrf("/salir", {}).status_code == 303
    galleta = suyo.cliente.get_cookie("equipo", "mesa.example", "/ingresar")
    assert galleta and galleta.http_only and galleta.secure and "luis" not in galleta.value
    assert suyo.con_csrf("/ingresar", de_luis).status_code == 303
    mundo.pasar(minutes=16)
    assert ajeno.con_csrf("/ingresar", de_luis).status_code == 303


def test_probar_cuentas_desde_un_lugar_se_detiene(app: Flask, mundo: Mundo):
    """N61: 429 por dirección IP, aunque cada intento sea a otra cuenta; desde otra, se puede."""
    visita = Visita(app)
    csrf, codigos = visita.csrf(), []
    for n in range(21):
        datos = {"correo": f"nadie{n}@vallesereno.example", "clave": "x", "csrf_token": csrf}
        codigos.append(visita.enviar("/ingresar", datos).status_code)
    assert codigos == [422] * 20 + [429]
    assert Visita(app, ip="190.0.9.9").ingresar("luis").ver("/bandeja").status_code == 200
    assert not mundo.todo(Intento, Intento.bloqueado_hasta.is_not(None))


def test_probar_identidades_se_detiene(app: Flask, historia: dict[str, str]):
    """N21: adivinar el documento de otra persona tiene un límite; y buscar, otro mayor."""
    visita = Visita(app)
    direccion = f"/seguimiento/{historia['codigo']}"
    codigos = [visita.enviar(direccion, {"identidad": str(n)}).status_code for n in range(21)]
    assert codigos == [422] * 20 + [429]
    respuesta = visita.enviar(direccion, {"identidad": "12345678"})
    assert respuesta.status_code == 429
    assert "Espera un momento" in respuesta.text
    con_cabeceras(respuesta, direccion)
    assert visita.ver(direccion).status_code == 200


def test_lo_escrito_sobrevive_a_la_sesion(app: Flask, mundo: Mundo):
    """Quien tarda más que su sesión ingresa ahí mismo y sigue con lo que había escrito."""
    luis = Visita(app).ingresar("luis")
    codigo = mundo.presentar_mesa()
    solicitud = mundo.solicitud(codigo)
    paso = f"/bandeja/{solicitud.id}/paso/atender"
    datos = {"respuesta": "Una respuesta larga,\r\ncon dos líneas.", "csrf_token": luis.csrf()}
    mundo.pasar(hours=3)
    cerrada = luis.enviar(paso, datos)
    assert cerrada.status_code == 401 and "lo que escribiste te espera" in cerrada.text
    sello = Pagina(cerrada.text).todos("input", name="pendiente")[0]["value"]
    ingreso = {"correo": correo_de("luis"), "pendiente": sello}
    mal = luis.con_csrf("/ingresar", {**ingreso, "clave": "otra"})
    assert mal.status_code == 422 and sello in mal.text
    dentro = luis.con_csrf("/ingresar", {**ingreso, "clave": CLAVE})
    assert dentro.status_code == 200 and "con dos líneas." in dentro.text
    assert mundo.solicitud(codigo).estado == solicitud.estado
    escrito = Pagina(dentro.text).escrito
    retomado = luis.enviar(paso, escrito)
    assert retomado.status_code == 200
    assert Pagina(retomado.text).escrito["respuesta"] == [datos["respuesta"]]
    # Un sello inventado no es nada.
    ajeno = luis.con_csrf("/ingresar", {**ingreso, "clave": CLAVE, "pendiente": sello[:-3] + "abc"})
    assert ajeno.status_code == 303


def test_subir_sin_fin_se_detiene(app: Flask, mundo: Mundo, monkeypatch: pytest.MonkeyPatch):
    """N04, N62: pasada la cuota, lo escrito se guarda; el archivo no, y se dice en su campo."""
    monkeypatch.setattr(envio, "MEGAS_POR_BORRADOR", "3/hour")
    monkeypatch.setattr(envio, "MEGAS_POR_DIRECCION", "5/hour")
    visita = Visita(app)

    def subir(donde: str, quien: Visita = visita) -> int:
        datos = {"accion": "subir", "documento_principal": adjunto(datos=b"x" * 300_000)}
        return quien.enviar(donde, datos).status_code

    uno, otro = (visita.hasta_revisar() + "tus-archivos" for _ in range(2))
    assert [subir(uno) for _ in range(4)] == [422, 422, 422, 429]
    # El otro borrador todavía tiene cuota, pero la dirección se queda sin la suya.
    assert [subir(otro) for _ in range(3)] == [422, 422, 429]
    archivos = mundo.cuantas(Archivo)
    datos = {"folios": "7", "documento_principal": adjunto("otra.pdf", b"y" * 300_000)}
    negado = visita.enviar(uno, {**datos, "accion": "guardar"})
    assert (negado.status_code, negado.headers["Retry-After"]) == (429, "3600")
    vuelta = Pagina(negado.text)
    assert vuelta.errores["documento_principal"].startswith("No recibimos este archivo")
    assert vuelta.escrito["folios"] == visita.leer(uno).escrito["folios"] == ["7"]
    assert "otra.pdf" not in visita.leer(uno).texto and mundo.cuantas(Archivo) == archivos
    assert "carta.pdf" in visita.leer(uno).texto
    assert visita.enviar(uno, de_pagina("tus-archivos")).status_code == 303


def test_nadie_se_salta_el_limite_diciendo_ser_otro(app: Flask):
    """N61: sin un proxy declarado, X-Forwarded-For no cuenta."""
    visita = Visita(app)
    for n in range(20):
        visita.enviar(
            "/ingresar", {"csrf_token": visita.csrf()}, headers={"X-Forwarded-For": f"10.0.0.{n}"}
        )
    respuesta = visita.enviar(
        "/ingresar", {"csrf_token": visita.csrf()}, headers={"X-Forwarded-For": "10.9.9.9"}
    )
    assert respuesta.status_code == 429


def test_detras_de_un_proxy_cada_quien_es_quien_es(otra_app: Armar):
    """N61: con el salto declarado, el límite es de cada dirección."""
    app = otra_app(saltos_de_proxy="1")
    codigos = set()
    for n in range(22):
        visita = Visita(app, ip="10.0.0.1")
        cabeceras = {"X-Forwarded-For": f"9.9.9.9, 190.0.5.{n}", "X-Forwarded-Proto": "https"}
        # Otro correo cada vez: insistir con uno también tiene su espera.
        datos = {"correo": f"x{n}", "clave": "y", "csrf_token": visita.csrf()}
        codigos.add(visita.enviar("/ingresar", datos, headers=cabeceras).status_code)
    assert codigos == {422}


# --- los envíos ajenos ----------------------------------------------------------------------------


def test_sin_la_ficha_contra_envios_ajenos_no_se_hace_nada(
    app: Flask, visita: Visita, mundo: Mundo, historia: dict[str, str]
):
    """N61: 400 en cada envío del personal y de un expediente abierto; nada cambia."""
    ana = Visita(app).ingresar("ana")
    visita.abrir_expediente(historia["codigo"])
    antes = [(s.estado, s.asignada_id) for s in mundo.todo(Solicitud)]
    probadas = 0
    for regla in app.url_map.iter_rules():
        permiso = app.view_functions[regla.endpoint].permiso  # type: ignore[attr-defined]
        es_ingreso = regla.endpoint == "cuenta.entrar"
        if "POST" not in (regla.methods or ()) or (permiso in (PUBLICO, FICHA) and not es_ingreso):
            continue
        quien = visita if regla.endpoint.startswith("expediente.") else ana
        direccion = regla.rule.replace("<codigo>", historia["codigo"])
        for parte in regla.arguments:
            direccion = direccion.replace(f"<int:{parte}>", "1").replace(f"<{parte}>", "desistir")
        for datos in ({}, {"csrf_token": ""}, {"csrf_token": "x"}, {"csrf_token": ["x", "y"]}):
            respuesta = quien.enviar(direccion, {**datos, "motivo": "x", "nota": "x"})
            assert respuesta.status_code == 400, (direccion, datos)
            assert "Vuelve a abrirla y envía otra vez" in respuesta.text
            con_cabeceras(respuesta, direccion)
        ajena = Visita(app).csrf()
        assert quien.enviar(direccion, {"csrf_token": ajena}).status_code == 400
        probadas += 1
    assert probadas >= 12
    assert [(s.estado, s.asignada_id) for s in mundo.todo(Solicitud)] == antes
    assert ana.ver("/bandeja").status_code == 200


def test_un_get_no_cambia_nada(app: Flask, visita: Visita, mundo: Mundo, historia: dict[str, str]):
    """N61: lo que se hace con un envío no se hace con un enlace."""
    ana = Visita(app).ingresar("ana")
    visita.abrir_expediente(historia["codigo"])
    antes = [len(mundo.movimientos(historia[c])) for c in ("codigo", "atendida")]
    for regla in app.url_map.iter_rules():
        if regla.methods and "POST" in regla.methods and "GET" not in regla.methods:
            direccion = regla.rule.replace("<codigo>", historia["codigo"])
            for parte in regla.arguments:
                valor = historia.get(parte, "1")
                direccion = direccion.replace(f"<int:{parte}>", "1").replace(f"<{parte}>", valor)
            for quien in (ana, visita):
                codigo = quien.ver(direccion, query_string={"motivo": "x", "nota": "x"}).status_code
                assert codigo in (200, 303, 403, 404, 405), direccion
    assert [len(mundo.movimientos(historia[c])) for c in ("codigo", "atendida")] == antes
    assert ana.ver("/bandeja").status_code == 200, "un enlace a /salir no cierra la sesión"


# --- los archivos ---------------------------------------------------------------------------------


def test_lo_subido_solo_se_descarga(app: Flask, visita: Visita, mundo: Mundo):
    """N62: como adjunto, sin tipo propio y en una caja de arena, en los tres lugares."""
    html = b"<html><script>alert(1)</script>"
    carpeta = visita.hasta_revisar()
    nombre = 'a"b;<c>ñ.txt'
    datos = {"folios": "1", "anexos": adjunto(nombre, html), "accion": "continuar"}
    visita.enviar(carpeta + "tus-archivos", datos)
    borrador = visita.leer(carpeta + "tus-archivos")
    codigo = visita.presentar(carpeta)
    expediente = visita.abrir_expediente(codigo)
    luis = Visita(app).ingresar("luis")
    detalle = luis.leer(f"/bandeja/{mundo.solicitud(codigo).id}")
    descargas = 0
    for quien, pagina in ((visita, borrador), (visita, expediente), (luis, detalle)):
        for enlace in {a["href"] for a in pagina.todos("a") if "/archivo/" in a["href"]}:
            respuesta = quien.ver(enlace)
            cabeceras = respuesta.headers
            assert respuesta.status_code == 200
            assert cabeceras["Content-Type"] == "application/octet-stream"
            assert cabeceras["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
            assert "sandbox" in cabeceras["Content-Security-Policy"]
            assert not set('"<>;ñ') & set(cabeceras["Content-Disposition"].partition("''")[2])
            assert int(cabeceras["Content-Length"]) == len(respuesta.data)
            assert "no-store" in cabeceras["Cache-Control"]
            con_cabeceras(respuesta, enlace)
            descargas += 1
    assert descargas >= 3


NOMBRES_RAROS = [
    "../../../etc/passwd.pdf", "..\\..\\x.pdf", "a\x00b.pdf", "\u202efdp.exe.pdf", ".pdf",
    "con.pdf",
    "x" * 400 + ".pdf", "%2e%2e%2fx.pdf", "<script>alert(1)</script>.pdf", "ñandú 2026 (final).pdf",
    "e\u0301.pdf", "日本.pdf", " .pdf", "a/b/c.pdf", "😀.pdf", "a%0d%0aX-Inyectada: si.pdf",
]  # fmt: skip


def test_los_nombres_raros(visita: Visita):
    """N62: se guarda, se muestra escapado y se descarga con un nombre sin sorpresas."""
    carpeta = visita.hasta_revisar()
    for nombre in NOMBRES_RAROS:
        datos = {"folios": "1", "documento_principal": adjunto(nombre), "accion": "continuar"}
        assert visita.enviar(carpeta + "tus-archivos", datos).status_code in (303, 422)
        pagina = visita.leer(carpeta + "tus-archivos")
        assert "<script>alert" not in pagina.html
        enlace = next(a for a in pagina.todos("a") if "/archivo/" in a["href"])
        assert not set("/\\\x00\u202e\r\n") & set(enlace.texto), nombre
        descarga = visita.ver(enlace["href"])
        assert descarga.status_code == 200
        assert "X-Inyectada" not in descarga.headers
        puesto = descarga.headers["Content-Disposition"].partition("''")[2]
        assert puesto and not [malo for malo in ("/", "%2F", "%00", "%5C") if malo in puesto]


def test_los_archivos_de_otro_borrador(visita: Visita, mundo: Mundo):
    """N61: el número solo no basta; hace falta la ficha de ese borrador."""
    carpeta, otra = visita.hasta_revisar(), visita.hasta_revisar()
    enlaces = [
        next(
            a["href"]
            for a in visita.leer(c + "tus-archivos").todos("a")
            if "/archivo/" in a["href"]
        )
        for c in (carpeta, otra)
    ]
    primero, segundo = (e.rpartition("/")[2] for e in enlaces)
    assert visita.ver(f"{carpeta}archivo/{primero}").status_code == 200
    assert visita.ver(f"{carpeta}archivo/{segundo}").status_code == 404
    visita.enviar(carpeta + "tus-archivos", {"folios": "1", "quitar": segundo})
    assert visita.ver(f"{otra}archivo/{segundo}").status_code == 200, "no se quita lo de otro"


def test_la_ficha_del_borrador_no_se_adivina(app: Flask, visita: Visita):
    """N61: dos borradores no se parecen y la dirección no dice nada de nadie."""
    fichas = set()
    for _ in range(5):
        respuesta = visita.enviar(f"/{VALLE}/{CONTACTO}", {**DE_CONTACTO, "accion": "continuar"})
        fichas.add(respuesta.location.split("/")[4])
    assert len(fichas) == 5 and all(len(f) >= 43 for f in fichas)
    for ficha in fichas:
        for falsa in (ficha[:-1], ficha + "a", ficha.swapcase(), ficha[1:]):
            direccion = f"/{VALLE}/{CONTACTO}/borrador/{falsa}/revisar"
            assert Visita(app).ver(direccion).status_code == 404
        assert visita.ver(f"/{VALLE}/{CONTACTO}/borrador/{ficha}/revisar").status_code == 200


def test_lo_escrito_vuelve_escapado(app: Flask, visita: Visita, mundo: Mundo):
    """N62: al ciudadano, al personal y en el cargo."""
    malo = "<img src=x onerror=alert(1)>\"'{{7*7}}"
    carpeta = visita.hasta_revisar(asunto=malo, pedido=malo + "\n\n<b>", destinatario=malo)
    codigo = visita.presentar(carpeta)
    luis = Visita(app).ingresar("luis")
    bandeja = f"/bandeja/{mundo.solicitud(codigo).id}"
    luis.con_csrf(f"{bandeja}/nota", {"nota": malo})
    luis.con_csrf(f"{bandeja}/paso/atender", {"respuesta": malo})
    visita.abrir_expediente(codigo)
    expediente = f"/seguimiento/{codigo}/expediente"
    vistas: list[Any] = [
        luis.ver("/bandeja"), luis.ver(bandeja), visita.ver(expediente),
        visita.ver(carpeta + "cargo"),
        luis.ver("/bandeja", query_string={"q": malo}), visita.ver("/", query_string={"q": malo}),
        visita.ver("/seguimiento", query_string={"codigo": malo}),
    ]  # fmt: skip
    for respuesta in vistas:
        assert "<img" not in respuesta.text
        sin_nada_incrustado(Pagina(respuesta.text), respuesta.request.path)
        assert "&lt;img" in respuesta.text and "{{7*7}}" in respuesta.text

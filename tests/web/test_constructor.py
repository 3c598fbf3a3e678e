"""Construir por pantalla: del acceso aprobado a publicado, dos personas a la vez y la prueba."""

import html
import re
from typing import Any

import pytest
from fabrica import ACEPTA, CONTACTO, DE_CONTACTO, MESA, VALLE, Mundo
from flask import Flask

from facilita.definicion import adaptar
from facilita.definicion.candados import propiedades_de
from facilita.definicion.deduccion import documento_vacio
from facilita.definicion.lugares import Lugares
from facilita.definicion.marcadas import eleccion_de
from facilita.tramite import formularios, obras
from facilita.tramite.modelos import Borrador, Ensayo, Solicitud
from facilita.web.propiedades import leer_respuestas, preguntas_de

from .cliente import Pagina, Visita

BASE = "/bandeja/formularios"
LIBRO = "libro-de-reclamaciones"


def enviar(visita: Visita, de: str, a: str = "", boton: str = "", **escrito: Any) -> Any:
    """Llena y envía el formulario de una página: lo que tenía puesto más lo escrito."""
    pagina = Pagina(visita.ver(de).text)
    # El botón de salir del menú y el de la sesión no son de la página.
    puesto = {c: v for c, v in pagina.escrito.items() if c != "csrf_token"}
    if boton:
        valor = next(b["value"] for b in pagina.todos("button") if b.texto.startswith(boton))
        puesto["boton"] = [valor]
    return visita.con_csrf(a or de, {**puesto, **escrito})


def test_de_la_plantilla_a_publicado_en_cinco_pantallas(app: Flask, mundo: Mundo) -> None:
    """Once pulsaciones, contando las de publicar; el límite son cuarenta."""
    visita = Visita(app).ingresar("ana")
    pulsaciones = 2
    hecho = visita.con_csrf(BASE, {"plantilla": LIBRO})
    while "/asistente/" in hecho.location:
        hecho = enviar(visita, hecho.location)
        pulsaciones += 1
    publicar = hecho.location
    pagina = Pagina(visita.ver(publicar).text)
    assert "Lista de comprobación" in pagina.texto and "Paso 5 de 5" in pagina.texto
    assert not re.search(r"\bFalta\b", pagina.texto)
    assert "<iframe" in pagina.html
    hecho = enviar(visita, publicar)
    pulsaciones += 1
    assert hecho.location.endswith("/versiones")
    assert pulsaciones <= 40
    assert Visita(app).ver(f"/{VALLE}/{LIBRO}").status_code == 200


def test_se_cambia_se_deshace_y_se_publica(app: Flask, mundo: Mundo) -> None:
    visita = Visita(app).ingresar("ana")
    assert visita.con_csrf(f"{BASE}/{MESA}/editar", {}).location == f"{BASE}/{MESA}"
    obra, elemento = f"{BASE}/{MESA}", f"{BASE}/{MESA}/elemento/campos/destinatario"
    enviar(visita, elemento, p_ayuda="Escribe el área", p_obligatorio="true")
    campo = {"titulo": "¿Es urgente?", "tipo": "opcion_unica", "opciones": "Sí, mucho\nNo"}
    nuevo = enviar(visita, f"{obra}/agregar/campos/destino", **campo).location
    assert nuevo.endswith("/elemento/campos/es_urgente")
    enviar(visita, nuevo, p_si=["tipo_persona|juridica", "tipo_persona|natural"])
    enviar(visita, obra, f"{obra}/accion", boton="Subir ¿Es urgente?")
    visita.con_csrf(
        f"{obra}/opciones/es_urgente", {"revision": _revision(mundo), "opciones": "Quizá"}
    )
    dato = obras.leer(mundo.entorno, mundo.actor("ana"), MESA).dato
    suyo = Lugares(dato).por_familia["campos"]["es_urgente"].dato
    assert suyo["si"] == {"campo": "tipo_persona", "es_alguno": ["natural", "juridica"]}
    assert [o["valor"] for o in suyo["opciones"]] == ["si_mucho", "no", "quiza"]
    pagina = Pagina(visita.ver(obra).text)
    assert "¿Es urgente?" in pagina.texto and "Falta arreglar" not in pagina.texto
    # Deshacer todo deja lo publicado; rehacer lo trae de vuelta.
    while "Deshacer" in visita.ver(obra).text:
        enviar(visita, obra, f"{obra}/deshacer")
    assert "Todavía no cambiaste nada" in visita.ver(obra).text
    while "Rehacer" in visita.ver(obra).text:
        enviar(visita, obra, f"{obra}/rehacer")
    hecho = enviar(visita, f"{obra}/publicar", motivo="Preguntamos si es urgente")
    assert hecho.location == f"{obra}/versiones"
    assert "es_urgente" in formularios.vigente(mundo.entorno, VALLE, MESA).definicion.campos
    historia = Pagina(visita.ver(hecho.location).text)
    assert "Preguntamos si es urgente" in historia.texto
    assert "el campo «¿es urgente?»: agregado" in html.unescape(historia.html).lower()


def _revision(mundo: Mundo) -> str:
    return str(obras.leer(mundo.entorno, mundo.actor("ana"), MESA).revision)


def test_la_segunda_persona_se_entera_y_no_pierde_lo_escrito(app: Flask, mundo: Mundo) -> None:
    ana, sara = Visita(app).ingresar("ana"), Visita(app).ingresar("sara")
    elemento = f"{BASE}/{MESA}/elemento/campos/destinatario"
    ana.con_csrf(f"{BASE}/{MESA}/editar", {})
    vista = Pagina(sara.ver(elemento).text).escrito
    enviar(ana, elemento, p_ayuda="La de Ana")
    de_sara = {**vista, "p_ayuda": "La de Sara"}
    respuesta = sara.con_csrf(elemento, {c: v for c, v in de_sara.items() if c != "csrf_token"})
    assert respuesta.status_code == 409
    pagina = Pagina(respuesta.text)
    assert "ana cambió este formulario mientras escribías" in pagina.texto
    assert pagina.escrito["p_ayuda"] == ["La de Sara"]
    # Guardar otra vez, ya con la revisión de hoy, sí entra.
    escrito = {c: v for c, v in pagina.escrito.items() if c != "csrf_token"}
    assert sara.con_csrf(elemento, escrito).status_code == 303
    assert "La de Sara" in obras.leer(mundo.entorno, mundo.actor("sara"), MESA).yaml


def test_lo_fijo_y_lo_mal_escrito_vuelven_con_su_porque(app: Flask, mundo: Mundo) -> None:
    visita = Visita(app).ingresar("ana")
    visita.con_csrf(f"{BASE}/{MESA}/editar", {})
    base = f"{BASE}/{MESA}"
    mal = enviar(visita, f"{base}/elemento/campos/documento_principal", p_tamano_maximo="90")
    assert mal.status_code == 422
    assert "entre 5 y 50" in Pagina(mal.text).errores["p_tamano_maximo"]
    mal = enviar(visita, f"{base}/elemento/campos/pedido", p_si_escrita="{campo: [")
    assert "p_si_escrita" in Pagina(mal.text).errores
    mal = visita.con_csrf(
        f"{base}/accion", {"revision": _revision(mundo), "boton": "quitar|campos|asunto"}
    )
    assert mal.status_code == 422 and "la plantilla lo fija" in mal.text
    mal = visita.con_csrf(
        f"{base}/archivo", {"revision": _revision(mundo), "texto": "a: &x [1]\nb: *x"}
    )
    assert mal.status_code == 422 and "no se permiten anclas" in mal.text
    candado = Pagina(visita.ver(f"{base}/elemento/campos/asunto").text).texto
    assert "Lo fija la plantilla" in candado and "artículo 113" in candado


def test_la_prueba_recorre_todo_y_no_presenta_nada(app: Flask, mundo: Mundo) -> None:
    visita = Visita(app).ingresar("ana")
    visita.con_csrf(f"{BASE}/{CONTACTO}/editar", {})
    antes = mundo.cuantas(Solicitud, Borrador)
    prueba = f"{BASE}/{CONTACTO}/prueba"
    primera = visita.ver(visita.ver(prueba).location)
    assert "Modo de prueba" in primera.text
    politica = primera.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in politica
    mal = visita.con_csrf(f"{prueba}/tu-mensaje", {"nombre": ""})
    assert mal.status_code == 422 and "Escribe tu nombre." in mal.text
    sigue = visita.con_csrf(f"{prueba}/tu-mensaje", dict(DE_CONTACTO)).location
    assert sigue == f"{prueba}/revisar"
    assert visita.con_csrf(sigue, {}).status_code == 422
    fin = visita.con_csrf(sigue, {"privacidad": ACEPTA["privacidad"]})
    assert "La prueba terminó bien" in fin.text and "Modo de prueba" in fin.text
    assert mundo.cuantas(Solicitud, Borrador) == antes
    assert mundo.cuantas(Ensayo) == [0]
    # Lo que ve la persona no se puede enmarcar.
    publica = Visita(app).ver(f"/{VALLE}/{CONTACTO}")
    assert "frame-ancestors 'none'" in publica.headers["Content-Security-Policy"]


def test_la_vista_muestra_lo_que_se_escribe_sin_guardarlo(app: Flask, mundo: Mundo) -> None:
    visita = Visita(app).ingresar("ana")
    visita.con_csrf(f"{BASE}/{MESA}/editar", {})
    elemento = f"{BASE}/{MESA}/elemento/campos/destinatario"
    vista = f"{BASE}/{MESA}/vista/campos/destinatario"
    hecha = enviar(visita, elemento, vista, p_ayuda="Ayuda que todavía no guardo")
    assert hecha.status_code == 200 and "Ayuda que todavía no guardo" in hecha.text
    assert "todavía no guardo" not in obras.leer(mundo.entorno, mundo.actor("ana"), MESA).yaml


def test_retirado_la_persona_lee_el_aviso(app: Flask, mundo: Mundo) -> None:
    visita = Visita(app).ingresar("ana")
    versiones = f"{BASE}/{CONTACTO}/versiones"
    mal = visita.con_csrf(f"{versiones}/retirar", {"aviso": "", "motivo": "Cierra"})
    assert "retiro-aviso" in Pagina(mal.text).errores
    visita.con_csrf(
        f"{versiones}/retirar", {"aviso": "Escríbenos en la plaza.", "motivo": "Cierra"}
    )
    retirado = Visita(app).ver(f"/{VALLE}/{CONTACTO}")
    assert retirado.status_code == 410 and "Escríbenos en la plaza." in retirado.text
    assert "Está retirado" in visita.ver(versiones).text
    assert "Escríbenos en la plaza." in Visita(app).ver(f"/{VALLE}/").text


@pytest.mark.parametrize("cual", ["mesa-de-partes", "acceso-informacion-publica", LIBRO])
def test_enviar_la_pantalla_sin_tocarla_no_cambia_nada(mundo: Mundo, cual: str) -> None:
    _, plantilla = mundo.entorno.catalogo.ultima(cual) or (0, {})
    dato, _ = adaptar(plantilla, documento_vacio(plantilla, "mio"))
    todos = [(e.familia, e.id, e.dato) for e in Lugares(dato).todos()]
    todos += [("formulario", "", dato), ("plazo", "", dato["flujo"]["plazo"])]
    for familia, suyo, elemento in todos:
        elecciones = eleccion_de(dato, familia, suyo) if familia == "campos" else ()
        tipo = elemento.get("tipo") if familia == "campos" else None
        preguntas = preguntas_de(propiedades_de(familia, elemento), elecciones, tipo)
        assert leer_respuestas(preguntas, preguntas.crudo) == ({}, []), (familia, suyo)

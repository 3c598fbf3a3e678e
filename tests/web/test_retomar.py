"""Guardar y continuar después, en la pantalla: el enlace, la cookie, el aviso y dos ventanas."""

import re
from datetime import timedelta
from typing import Any

from fabrica import ACEPTA, DE_MESA, MESA, RIO, VALLE, Mundo
from flask import Flask

from facilita.tramite.modelos import Borrador, Salida

from .cliente import Pagina, Visita, adjunto, de_pagina

PRIMERA = f"/{VALLE}/{MESA}"
CONTINUAR = f"{PRIMERA}/continuar"


def empezar(visita: Visita, **cambios: Any) -> str:
    """Abre un borrador con «Guardar y continuar después»; da su carpeta."""
    datos = {**de_pagina("tus-datos"), "accion": "guardar", **cambios}
    respuesta = visita.enviar(PRIMERA, datos)
    assert respuesta.status_code == 303, respuesta.text
    assert respuesta.location.endswith("despues/guardado")
    return respuesta.location.removesuffix("despues/guardado")


def galleta(visita: Visita, camino: str = PRIMERA) -> str:
    """La cookie de los borradores de un formulario; vacía si no la hay."""
    suya = visita.cliente.get_cookie("borradores", "mesa.example", camino)
    return suya.value if suya else ""


def test_se_guarda_desde_la_primera_pagina_con_todo_a_medias(visita: Visita, mundo: Mundo):
    """N04: sin un solo error, aunque falte casi todo; y se vuelve a lo que falta."""
    carpeta = empezar(visita, nombres="", correo="mal@", numero_documento_identidad="1")
    pagina = visita.leer(carpeta + "despues/guardado")
    assert pagina.titular == "Guardamos lo que llevas" and not pagina.errores
    assert "lunes 30 de noviembre de 2026, 10:00 horas" in pagina.texto
    assert f"https://mesa.example{carpeta}despues/seguir" in pagina.texto
    vuelta = visita.leer(carpeta + "despues/seguir")
    assert vuelta.escrito["correo"] == ["mal@"] and not vuelta.errores
    assert mundo.cuantas(Borrador) == [1]


def test_se_guarda_desde_otra_pagina_con_su_archivo(visita: Visita):
    """N04: lo escrito y lo subido quedan; el enlace lleva a la primera página que falta."""
    carpeta = visita.hasta_revisar()
    datos = {**de_pagina("tus-archivos", folios="", documento_principal=adjunto("otra.pdf"))}
    respuesta = visita.enviar(carpeta + "tus-archivos", {**datos, "accion": "guardar"})
    assert respuesta.location == carpeta + "despues/guardado"
    assert "otra.pdf" in visita.leer(carpeta + "tus-archivos").texto
    visita.enviar(carpeta + "tu-documento", {"asunto": "", "accion": "guardar"})
    seguir = visita.ver(carpeta + "despues/seguir")
    assert seguir.location == carpeta + "tu-documento"


def test_el_enlace_por_correo_sirve_en_otro_equipo(app: Flask, mundo: Mundo):
    """N04: lo recibe quien lo pidió, y ese navegador también lo recuerda."""
    uno, otro = Visita(app), Visita(app, ip="190.0.2.9")
    carpeta = empezar(uno)
    assert uno.leer(carpeta + "despues/guardado").escrito["correo"] == [DE_MESA["correo"]]
    malo = uno.enviar(carpeta + "despues/enlace", {"correo": "rosa@"})
    assert malo.status_code == 422 and Pagina(malo.text).escrito["correo"] == ["rosa@"]
    bien = uno.enviar(carpeta + "despues/enlace", {"correo": "rosa@example.com"})
    assert "Enviamos el enlace a rosa@example.com" in Pagina(bien.text).texto
    texto = mundo.todo(Salida)[-1].datos["texto"]
    (enlace,) = re.findall(r"https://mesa\.example(\S+)", texto)
    assert otro.seguir(otro.ver(enlace)).titular == "Tu documento"
    assert "Lo que dejaste" in otro.leer(CONTINUAR).texto


def test_pedir_muchos_enlaces_se_detiene_sin_perder_nada(app: Flask, mundo: Mundo):
    """N04: el sexto de una hora se niega en la misma página, con lo escrito."""
    visita = Visita(app)
    carpeta = empezar(visita)
    for _ in range(5):
        hecho = visita.enviar(carpeta + "despues/enlace", {"correo": "rosa@example.com"})
        assert hecho.status_code == 200
    negado = visita.enviar(carpeta + "despues/enlace", {"correo": "rosa@example.com"})
    assert negado.status_code == 429
    assert Pagina(negado.text).escrito["correo"] == ["rosa@example.com"]
    assert len(mundo.todo(Salida)) == 5


def test_el_navegador_halla_lo_suyo_y_la_primera_pagina_no_cambia(app: Flask):
    """N33: HttpOnly, segura, solo de ese formulario; los bytes públicos son los de todos."""
    con, sin = Visita(app), Visita(app, ip="190.0.2.2")
    antes = sin.ver(PRIMERA).data
    carpeta = empezar(con)
    ficha = carpeta.rstrip("/").rpartition("/")[2]
    respuesta = con.ver(carpeta + "despues/guardado")
    puesta = next(h for h in respuesta.headers.getlist("Set-Cookie") if "borradores" in h)
    assert {"HttpOnly", "Secure", "SameSite=Lax", f"Path={PRIMERA}"} <= set(puesta.split("; "))
    assert "Max-Age=604800" in puesta and galleta(con) == ficha
    assert con.ver(PRIMERA).data == antes and "Set-Cookie" not in con.ver(PRIMERA).headers
    assert Pagina(antes.decode()).todos("a", href=CONTINUAR)
    suyo = con.leer(CONTINUAR)
    assert suyo.todos("a", href=carpeta + "despues/seguir")
    assert "no hay nada a medias" in sin.leer(CONTINUAR).texto
    assert "no hay nada a medias" in con.leer(f"/{RIO}/{MESA}/continuar").texto
    assert con.ver(f"/{VALLE}/no-existe/continuar").status_code == 404


def test_una_cookie_inventada_no_abre_nada(visita: Visita):
    """N33."""
    for basura in ("", ".", "x" * 4000, "a.b.c", "\x00", "ñ.é", "-" * 43):
        visita.cliente.set_cookie("borradores", basura, domain="mesa.example", path=PRIMERA)
        assert "no hay nada a medias" in visita.leer(CONTINUAR).texto


def test_presentado_olvidado_o_borrado_ya_no_se_ofrece(visita: Visita, mundo: Mundo):
    """N33: y borrar pregunta antes."""
    carpetas = [empezar(visita), empezar(visita), visita.hasta_revisar()]
    assert len(galleta(visita).split(".")) == 3
    assert visita.enviar(carpetas[0] + "despues/olvidar").location == CONTINUAR
    assert len(galleta(visita).split(".")) == 2 and mundo.cuantas(Borrador) == [3]
    pagina = visita.leer(carpetas[1] + "despues/borrar")
    assert "No se puede recuperar" in pagina.texto
    borrado = visita.enviar(carpetas[1] + "despues/borrar")
    assert Pagina(borrado.text).titular == "Borramos tu borrador"
    assert mundo.cuantas(Borrador) == [2]
    assert visita.ver(carpetas[1] + "tus-datos").status_code == 404
    visita.presentar(carpetas[2])
    assert galleta(visita) == ""


def test_cada_pagina_dice_hasta_cuando_y_la_vispera_deja_alargar(visita: Visita, mundo: Mundo):
    """N63 (WCAG 2.2.1): en palabras, con un botón que guarda y se queda; sin programas también."""
    carpeta = visita.hasta_revisar()
    for pagina in ("tus-datos", "tu-documento", "tus-archivos", "revisar"):
        assert "lunes 30 de noviembre de 2026, 10:00 horas" in visita.leer(carpeta + pagina).texto
        assert "data-vence" not in visita.leer(carpeta + pagina).html
    mundo.pasar(days=6, hours=1)
    vispera = visita.leer(carpeta + "tu-documento")
    (aviso,) = [e for e in vispera.elementos if "data-vence" in e.atributos]
    assert aviso["data-vence"] == str(23 * 3600)
    (boton,) = vispera.todos("button", value="alargar")
    assert boton["form"] == vispera.todos("form")[0].id
    datos = {**vispera.escrito, "asunto": "Otro asunto", "accion": "alargar"}
    respuesta = visita.enviar(carpeta + "tu-documento", datos)
    assert respuesta.location == carpeta + "tu-documento"
    despues = visita.leer(respuesta.location)
    assert despues.escrito["asunto"] == ["Otro asunto"] and "data-vence" not in despues.html


def test_el_aviso_alarga_sin_enviar_la_pagina(visita: Visita, mundo: Mundo):
    """N63 (WCAG 2.2.1): lo que pide el botón del aviso."""
    carpeta = empezar(visita)
    mundo.pasar(days=6)
    respuesta = visita.enviar(carpeta + "despues/alargar")
    assert respuesta.json == {"segundos": 7 * 24 * 3600}
    mundo.pasar(days=8)
    assert visita.enviar(carpeta + "despues/alargar").status_code == 410


def test_la_sesion_del_personal_avisa_y_se_alarga(app: Flask, mundo: Mundo):
    """N63 (WCAG 2.2.1): dice a qué hora se cierra; usarla la aplaza; a las doce horas, no."""
    visita = Visita(app).ingresar("luis")
    bandeja = visita.leer("/bandeja")
    (aviso,) = [e for e in bandeja.elementos if "data-vence" in e.atributos]
    assert aviso["data-vence"] == "7200" and "a las 12:00" in aviso.texto
    mundo.pasar(hours=1, minutes=58)
    datos = {"X-CSRFToken": aviso["data-csrf"]}
    cabeceras = {**datos, "Accept": "application/json", "Referer": "https://mesa.example/"}
    assert visita.enviar("/cuenta/seguir", headers=cabeceras).json == {"segundos": 7200}
    for _ in range(5):
        mundo.pasar(hours=1, minutes=45)
        visita.leer("/bandeja")
    ultimo = next(e for e in visita.leer("/bandeja").elementos if "data-vence" in e.atributos)
    assert (
        "Tu sesión termina a las 22:00" in ultimo.texto and "data-alargar" not in ultimo.atributos
    )


def test_el_expediente_avisa_y_se_alarga(app: Flask, mundo: Mundo):
    """N63 (WCAG 2.2.1): media hora más con un botón, con programas o sin ellos."""
    visita, codigo = Visita(app), mundo.presentar_mesa()
    pagina = visita.abrir_expediente(codigo)
    assert "se cierra a las 10:30" in pagina.texto
    mundo.pasar(minutes=25)
    seguir = f"/seguimiento/{codigo}/expediente/seguir"
    despues = visita.seguir(visita.con_csrf(seguir))
    assert "se cierra a las 10:55" in despues.texto
    cabeceras = {"Accept": "application/json"}
    datos = {"csrf_token": visita.csrf()}
    assert visita.enviar(seguir, datos, headers=cabeceras).json == {"segundos": 1800}
    mundo.pasar(minutes=31)
    assert visita.con_csrf(seguir).location == f"/seguimiento/{codigo}"


# --- dos ventanas -----------------------------------------------------------------------------


def test_dos_ventanas_de_la_misma_pagina_se_resuelven_eligiendo(visita: Visita, mundo: Mundo):
    """N04: se ven las dos respuestas; elegir sigue donde iba y entonces se presenta."""
    carpeta = visita.hasta_revisar()
    una, otra = (visita.leer(carpeta + "tu-documento").escrito for _ in range(2))
    enviar = {"accion": "continuar"}
    visita.enviar(carpeta + "tu-documento", {**una, **enviar, "asunto": "Primero"})
    respuesta = visita.enviar(
        carpeta + "tu-documento", {**otra, **enviar, "asunto": "Segundo", "pedido": "Nuevo pedido"}
    )
    elegir = carpeta + "ventanas/elegir?desde=tu-documento"
    assert respuesta.location == elegir
    pagina = visita.seguir(respuesta)
    assert "Primero" in pagina.texto and "Segundo" in pagina.texto
    assert pagina.titular == "Elige con qué respuesta te quedas"
    revision = visita.leer(carpeta + "revisar")
    assert "Respondiste lo mismo en dos ventanas" in revision.texto
    sin_elegir = visita.enviar(carpeta + "revisar", {**ACEPTA, "accion": "presentar"})
    assert sin_elegir.location == carpeta + "ventanas/elegir?desde=revisar"
    callar = visita.enviar(elegir, pagina.escrito)
    assert callar.status_code == 422
    assert set(Pagina(callar.text).errores) == {"elegida-asunto"}
    segunda = pagina.todos("input", name="elegida-asunto")[1]["value"]
    hecho = visita.enviar(elegir, {**pagina.escrito, "elegida-asunto": segunda})
    assert hecho.location == carpeta + "tu-documento"
    escrito = visita.leer(carpeta + "tu-documento").escrito
    assert (escrito["asunto"], escrito["pedido"]) == (["Segundo"], ["Nuevo pedido"])
    assert mundo.solicitud(visita.presentar(carpeta)).asunto == "Segundo"


def test_la_ventana_vieja_no_borra_lo_nuevo(visita: Visita):
    """N04: enviar una página sin tocarla no deshace lo que otra guardó."""
    carpeta = visita.hasta_revisar()
    vieja = visita.leer(carpeta + "tu-documento").escrito
    visita.enviar(carpeta + "tu-documento", {**vieja, "asunto": "Nuevo", "accion": "continuar"})
    visita.enviar(carpeta + "tu-documento", {**vieja, "accion": "continuar"})
    assert visita.leer(carpeta + "tu-documento").escrito["asunto"] == ["Nuevo"]


def test_escribir_despues_de_presentar_en_otra_ventana_se_dice(visita: Visita):
    """N12: el cargo es el de lo presentado, y se avisa que lo nuevo no entró."""
    carpeta = visita.hasta_revisar()
    vieja = visita.leer(carpeta + "tu-documento").escrito
    visita.presentar(carpeta)
    respuesta = visita.enviar(carpeta + "tu-documento", {**vieja, "asunto": "Tarde"})
    pagina = visita.seguir(respuesta)
    assert "Ya lo habías presentado desde otra ventana" in pagina.texto
    assert "Tarde" not in pagina.texto


def test_lo_que_llega_sin_sentido_no_rompe(visita: Visita, mundo: Mundo):
    """N04: marcas inventadas, elecciones inventadas: nunca un 500."""
    carpeta = visita.hasta_revisar()
    for visto in ("", "x", ". . .", "asunto.", "\x00", "a" * 10_000, "asunto.000 pedido"):
        datos = {**de_pagina("tu-documento"), "-visto": visto}
        assert visita.enviar(carpeta + "tu-documento", datos).status_code == 303
        for elegida in ("", "nada", "\x00", "x" * 9000):
            datos = {"elegida-asunto": elegida, "mostradas-asunto": visto, "elegida-no": "x"}
            codigo = visita.enviar(carpeta + "ventanas/elegir?desde=%00", datos).status_code
            assert codigo in (303, 422)
    assert timedelta(0) < mundo.todo(Borrador)[0].vence_en - mundo.reloj.ahora()

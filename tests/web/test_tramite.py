"""El trámite por dentro y por fuera: seguimiento, atención, corrección, plazos y respuesta."""

import hashlib
import re
from pathlib import Path

import pytest
from fabrica import ACEPTA, DE_MESA, PLATAFORMA, VALLE, Mundo, pdf
from flask import Flask

from facilita.servicios.correo import leer_carpeta
from facilita.trabajador import Trabajador
from facilita.tramite import seguimiento
from facilita.tramite.modelos import Movimiento, Salida

from .cliente import Pagina, Visita, adjunto, de_pagina

PRIVADO = (
    *(DE_MESA[c] for c in ("nombres", "apellido_paterno", "correo", "direccion", "asunto")),
    "12345678", "987654321", "La perdí en la última mudanza", "carta.pdf", "Miraflores",
)  # fmt: skip
OBSERVACIONES = {
    "observacion-asunto": "Di de qué licencia.",
    "observacion-documento_principal": "No está firmado.",
}


@pytest.fixture
def codigo(visita: Visita) -> str:
    """El código de un documento recién presentado."""
    return visita.presentar(visita.hasta_revisar())


@pytest.fixture
def luis(app: Flask, codigo: str) -> Visita:
    """Un colaborador que ya ingresó."""
    return Visita(app).ingresar("luis")


@pytest.fixture
def bandeja(mundo: Mundo, codigo: str) -> str:
    """La dirección de la solicitud en la bandeja."""
    return f"/bandeja/{mundo.solicitud(codigo).id}"


@pytest.fixture
def observada(mundo: Mundo, luis: Visita, bandeja: str, codigo: str) -> str:
    """El código de la solicitud, ya observada."""
    assert luis.con_csrf(f"{bandeja}/paso/observar", OBSERVACIONES).status_code == 303
    return codigo


def trabajar(mundo: Mundo) -> None:
    vuelta = Trabajador(mundo.entorno).vuelta()
    assert not vuelta.fallaron


def corregir(visita: Visita, codigo: str) -> str:
    """Abre la corrección; da la dirección de su borrador."""
    respuesta = visita.con_csrf(f"/seguimiento/{codigo}/expediente/corregir")
    assert respuesta.status_code == 303, respuesta.text
    return respuesta.location.removesuffix("tus-datos")


# --- el ciudadano ---------------------------------------------------------------------------------


def test_con_el_codigo_no_se_ve_nada_de_nadie(visita: Visita, codigo: str):
    """N21, N34: ni en el seguimiento ni al verificar; tampoco después de un error."""
    vistas = [
        visita.ver(f"/seguimiento/{codigo}").text,
        visita.ver(f"/verificar/{codigo}").text,
        visita.enviar(f"/seguimiento/{codigo}", {"identidad": "999"}).text,
        visita.leer(f"/seguimiento/{codigo}/expediente").html,
    ]
    for html in vistas:
        assert "000001-2026" in html
        assert not [dato for dato in PRIVADO if dato in html]
    assert "Todavía no empieza su atención" in vistas[0]
    assert "martes 5 de enero de 2027" in vistas[0] or "2027" in vistas[0]


def test_el_codigo_se_escribe_como_sea(visita: Visita, codigo: str):
    """N21: minúsculas, sin guiones; uno que no existe se dice con lo escrito puesto."""
    for escrito in (codigo.lower(), codigo.replace("-", ""), f"  {codigo.replace('-', ' ')} "):
        pagina = visita.seguir(visita.enviar("/seguimiento", {"codigo": escrito}))
        assert codigo in pagina.texto
    for escrito, frase in (("ABC", "No hay ninguna solicitud"), ("", "Escribe tu código")):
        respuesta = visita.enviar("/seguimiento", {"codigo": escrito})
        pagina = Pagina(respuesta.text)
        assert respuesta.status_code == 422
        assert pagina.errores["codigo"].startswith(frase)
        assert pagina.escrito["codigo"] == [escrito]


def test_otra_identidad_no_abre(visita: Visita, codigo: str):
    """N21: 422 con su frase, y el expediente sigue cerrado."""
    for identidad in ("", "999", "12345679", "<script>", "x" * 5000):
        respuesta = visita.enviar(f"/seguimiento/{codigo}", {"identidad": identidad})
        assert respuesta.status_code == 422
        assert Pagina(respuesta.text).errores["identidad"]
        for resto in ("", "/cargo", "/archivo/1", "/accion/desistir"):
            respuesta = visita.ver(f"/seguimiento/{codigo}/expediente{resto}")
            assert (respuesta.status_code, respuesta.location) == (303, f"/seguimiento/{codigo}")


def test_el_expediente_entero(visita: Visita, codigo: str, app: Flask):
    """N21: con la identidad, todo; en ese navegador y no en otro; hasta que lo cierra."""
    pagina = visita.abrir_expediente(codigo, " 12345678 ")
    for dato in PRIVADO:
        assert dato in pagina.texto, dato
    assert visita.ver(f"/seguimiento/{codigo}/expediente/cargo").status_code == 200
    archivo = next(a["href"] for a in pagina.todos("a") if "carta.pdf" in a.texto)
    assert visita.ver(archivo).data.startswith(b"%PDF")
    assert Visita(app).ver(archivo).status_code == 303
    assert visita.ver(f"/seguimiento/{codigo}/expediente/archivo/999").status_code == 404
    visita.con_csrf(f"/seguimiento/{codigo}/expediente/cerrar")
    assert visita.ver(archivo).status_code == 303


def test_el_expediente_se_cierra_a_la_media_hora(visita: Visita, codigo: str, mundo: Mundo):
    """N61: un equipo compartido no lo deja abierto; manda el reloj del entorno."""
    visita.abrir_expediente(codigo)
    direccion = f"/seguimiento/{codigo}/expediente"
    mundo.pasar(minutes=29)
    assert visita.ver(direccion).status_code == 200
    mundo.pasar(minutes=1)
    assert visita.ver(direccion).status_code == 303


def test_desistir(visita: Visita, codigo: str, mundo: Mundo):
    """N09: con su motivo; después ya no se puede."""
    direccion = f"/seguimiento/{codigo}/expediente/accion/desistir"
    pagina = visita.abrir_expediente(codigo)
    assert direccion in [a["href"] for a in pagina.todos("a")]
    respuesta = visita.con_csrf(direccion, {"motivo": ""})
    assert (respuesta.status_code, Pagina(respuesta.text).errores) == (
        422, {"motivo": "Escribe por qué desistes."},
    )  # fmt: skip
    assert mundo.solicitud(codigo).estado == "nuevo"
    antes = visita.con_csrf(direccion, {"motivo": "Ya la encontré."})
    pagina = Pagina(antes.text)
    assert antes.status_code == 200 and "no podrás deshacerlo" in pagina.texto
    assert "Ya la encontré." in pagina.texto and mundo.solicitud(codigo).estado == "nuevo"
    # Puede volver a lo escrito, sin perderlo.
    vuelta = visita.enviar(direccion, {**pagina.escrito, "retomar": "si"})
    assert Pagina(vuelta.text).escrito["motivo"] == ["Ya la encontré."]
    pagina = visita.seguir(visita.enviar(direccion, {**pagina.escrito, "confirma": "si"}))
    assert "Desistido" in pagina.texto and "Ya la encontré." in pagina.texto
    assert "Registramos tu pedido" in pagina.texto
    assert visita.ver(direccion).status_code == 404
    tarde = {"motivo": "Otra vez", "confirma": "si"}
    assert visita.con_csrf(direccion, tarde).status_code == 409
    assert mundo.correos(codigo)[-1] == "desistido"


def test_los_pasos_de_otros_no_son_del_ciudadano(visita: Visita, codigo: str, mundo: Mundo):
    """N61: ni escribiendo su dirección."""
    visita.abrir_expediente(codigo)
    for cual in ("atender", "subsanar", "reabrir", "nada"):
        direccion = f"/seguimiento/{codigo}/expediente/accion/{cual}"
        assert visita.ver(direccion).status_code == 404
        assert visita.con_csrf(direccion, {"respuesta": "x"}).status_code in (404, 409)
    assert mundo.solicitud(codigo).estado == "nuevo"


# --- observar y corregir --------------------------------------------------------------------------


def test_tomar_y_observar(luis: Visita, bandeja: str, codigo: str, mundo: Mundo):
    """N05, N06: se toma de la bandeja; observar sin decir nada vuelve con su error."""
    pagina = luis.leer("/bandeja")
    assert bandeja in [a["href"] for a in pagina.todos("a")]
    pagina = luis.seguir(luis.con_csrf(f"{bandeja}/paso/tomar"))
    assert "Listo: «Tomar»." in pagina.texto
    assert (mundo.solicitud(codigo).estado, mundo.correos(codigo)[-1]) == ("en_proceso",) * 2
    respuesta = luis.con_csrf(f"{bandeja}/paso/observar", {"observacion-asunto": "  "})
    pagina = Pagina(respuesta.text)
    assert (respuesta.status_code, list(pagina.errores)) == (422, ["observaciones"])
    assert pagina.por_id("observaciones") is not None
    pagina = luis.seguir(luis.con_csrf(f"{bandeja}/paso/observar", OBSERVACIONES))
    assert "Di de qué licencia." in pagina.texto and "No está firmado." in pagina.texto
    assert "Espera que abra la notificación" in pagina.texto
    respuesta = luis.con_csrf(f"{bandeja}/paso/observar", OBSERVACIONES)
    assert respuesta.status_code in (303, 409)
    assert mundo.tipos(codigo) == ["presentado", "tomar", "observar"]


def test_el_correo_lleva_al_acuse(
    visita: Visita, mundo: Mundo, observada: str, app: Flask, tmp_path: Path
):
    """N07: mirar el enlace no es enterarse; apretar el botón sí, y muestra lo notificado."""
    trabajar(mundo)
    correo = next(c for c in leer_carpeta(tmp_path / "correos") if "Corrige" in c.asunto)
    assert correo.para == DE_MESA["correo"] and "Di de qué licencia." in correo.texto
    enlace = next(p for p in correo.texto.split() if "/notificacion/" in p)
    assert enlace.startswith("https://mesa.example/")
    direccion = enlace.removeprefix("https://mesa.example")
    otra = Visita(app)
    for _ in range(2):
        pagina = otra.leer(direccion)
        assert pagina.titular == "Tienes una notificación"
        assert not [dato for dato in PRIVADO if dato in pagina.html]
    assert otra.pedir("HEAD", direccion).status_code == 200
    assert mundo.notificacion(observada).notificado_en is None
    mundo.pasar(hours=3)
    pagina = otra.seguir(otra.enviar(direccion))
    assert "Lo que debes corregir" in pagina.texto and "No está firmado." in pagina.texto
    acusada = mundo.notificacion(observada)
    assert (acusada.notificado_en, acusada.canal) == (mundo.reloj.ahora(), "enlace")
    mundo.pasar(hours=1)
    otra.enviar(direccion)
    assert mundo.notificacion(observada).notificado_en == acusada.notificado_en
    for quien in (otra, visita):
        pagina = quien.leer(direccion)
        assert "No está firmado." in pagina.texto
        assert not [dato for dato in PRIVADO if dato in pagina.html]


def test_el_enlace_del_correo_no_abre_el_expediente(mundo: Mundo, observada: str, app: Flask):
    """N21: reenviado, deja ver lo notificado y corregirlo a tiempo; lo demás pide la identidad."""
    otra = Visita(app)
    direccion = f"/notificacion/{mundo.ficha_de_notificacion(observada)}"
    assert otra.enviar(f"{direccion}/corregir").status_code == 409, "primero se abre"
    otra.enviar(direccion)
    for resto in ("", "/cargo", "/archivo/1", "/accion/desistir"):
        respuesta = otra.ver(f"/seguimiento/{observada}/expediente{resto}")
        assert (respuesta.status_code, respuesta.location) == (303, f"/seguimiento/{observada}")
    respuesta = otra.enviar(f"{direccion}/corregir")
    carpeta = respuesta.location.removesuffix("tus-datos")
    ajenos = [d for d in PRIVADO if d not in (DE_MESA["asunto"], "carta.pdf")]
    for pagina in ("tu-documento", "tus-archivos", "revisar"):
        html = otra.leer(carpeta + pagina).html
        assert not [dato for dato in ajenos if dato in html], pagina
    archivos = otra.leer(carpeta + "tus-archivos")
    carta = next(a["href"] for a in archivos.todos("a") if a.texto == "carta.pdf")
    assert otra.ver(carta).location == f"/seguimiento/{observada}"
    firmado = {"documento_principal": adjunto("firmado.pdf", paginas=2), "accion": "subir"}
    otra.enviar(carpeta + "tus-archivos", firmado)
    archivos = otra.leer(carpeta + "tus-archivos")
    firmado = next(a["href"] for a in archivos.todos("a") if a.texto == "firmado.pdf")
    assert otra.ver(firmado).data == pdf(2)
    mundo.poner(26, "00:00:00")
    pagina = otra.leer(direccion)
    assert "El plazo para corregir terminó" in pagina.texto and not pagina.todos("form")
    assert otra.enviar(f"{direccion}/corregir").status_code == 410


def test_la_notificacion_abierta_ofrece_corregir_hasta_que_se_corrige(
    visita: Visita, mundo: Mundo, observada: str
):
    """N07: después de corregir, el enlace sigue mostrando lo que se notificó."""
    direccion = f"/notificacion/{mundo.ficha_de_notificacion(observada)}"
    visita.enviar(direccion)
    assert f"{direccion}/corregir" in [f["action"] for f in visita.leer(direccion).todos("form")]
    corregida(visita, observada)
    pagina = visita.leer(direccion)
    assert pagina.titular == "Observado" and "No está firmado." in pagina.texto
    assert not pagina.todos("form")


def test_corregir_solo_lo_observado(visita: Visita, mundo: Mundo, observada: str, luis: Visita):
    """N06, N08: las mismas pantallas; lo demás que venga en el envío se ignora."""
    visita.abrir_expediente(observada)
    carpeta = corregir(visita, observada)
    pagina = visita.leer(carpeta + "tus-datos")
    assert pagina.titular == "Tu documento", "lo primero observado"
    # «-visto» lo pone la página: no es una pregunta.
    assert [c for c in pagina.escrito if not c.startswith("-")] == ["asunto"]
    assert "Di de qué licencia." in pagina.texto
    assert visita.ver(carpeta + "tus-datos").status_code == 303
    datos = de_pagina("tu-documento", asunto="Copia de la 123", pedido="OTRO", sede="norte")
    respuesta = visita.enviar(carpeta + "tu-documento", datos)
    assert respuesta.location == carpeta + "tus-archivos"
    visita.enviar(carpeta + "tus-datos", de_pagina("tus-datos", nombres="OTRO"))
    firmado = adjunto("firmado.pdf", paginas=2)
    datos = {"documento_principal": firmado, "enlace_descarga": "https://otro.pe", "folios": "9"}
    respuesta = visita.enviar(carpeta + "tus-archivos", {**datos, "accion": "continuar"})
    if respuesta.status_code == 422:
        respuesta = visita.enviar(carpeta + "tus-archivos", {"folios": "2", "accion": "continuar"})
    revision = visita.seguir(respuesta)
    assert "Copia de la 123" in revision.texto and "firmado.pdf" in revision.texto
    cargo = visita.seguir(visita.enviar(carpeta + "revisar", {"accion": "presentar"}))
    assert "Recibimos tu corrección" in cargo.texto and observada in cargo.texto
    otra_vez = visita.seguir(visita.enviar(carpeta + "revisar", {"accion": "presentar"}))
    assert otra_vez.texto == cargo.texto
    hechos = ["presentado", "observar", "notificado", "subsanar", "constancia"]
    assert mundo.tipos(observada) == hechos
    detalle = luis.leer(f"/bandeja/{mundo.solicitud(observada).id}")
    assert "Lo corregido" in detalle.texto and "Copia de la 123" in detalle.texto
    for ignorado in ("OTRO", "otro.pe"):
        assert ignorado not in detalle.texto
    assert mundo.solicitud(observada).estado == "en_proceso"


def test_la_correccion_tardia_se_niega(visita: Visita, mundo: Mundo, observada: str):
    """N07: el último segundo vale; el siguiente, 410, aunque el reloj no haya pasado."""
    visita.abrir_expediente(observada)
    carpeta = corregir(visita, observada)
    mundo.poner(25, "23:59:59")
    datos = de_pagina("tu-documento", asunto="Copia de la 123")
    assert visita.enviar(carpeta + "tu-documento", datos).status_code == 303
    mundo.poner(26, "00:00:00")
    # El expediente se cerró solo a la media hora: quien vuelve lo abre otra vez.
    visita.abrir_expediente(observada)
    for respuesta in (
        visita.enviar(carpeta + "revisar", {**ACEPTA, "accion": "presentar"}),
        visita.con_csrf(f"/seguimiento/{observada}/expediente/corregir"),
    ):
        assert respuesta.status_code == 410
    assert "El plazo para corregir terminó" in visita.leer(
        f"/seguimiento/{observada}/expediente"
    ).texto  # fmt: skip
    assert mundo.solicitud(observada).estado == "observado"


def test_el_reloj_la_da_por_no_presentada_y_se_reabre(
    visita: Visita, mundo: Mundo, observada: str, luis: Visita, app: Flask, bandeja: str
):
    """N07, N08: vence sola; solo la coordinación la reabre, con su motivo."""
    visita.abrir_expediente(observada)
    mundo.poner(26, "00:00:05")
    trabajar(mundo)
    assert mundo.solicitud(observada).estado == "no_presentado"
    assert "se considera no presentado" in visita.leer(f"/seguimiento/{observada}").texto
    luis.ingresar("luis")
    respuesta = luis.con_csrf(f"{bandeja}/paso/reabrir", {"motivo": "Fue un error"})
    assert respuesta.status_code == 409 and "Ese paso no te toca a ti." in respuesta.text
    assert Pagina(respuesta.text).titular == "Ahora no se puede hacer eso"
    ana = Visita(app).ingresar("ana")
    assert f"{bandeja}/paso/reabrir" in [a["href"] for a in ana.leer(bandeja).todos("a")]
    respuesta = ana.con_csrf(f"{bandeja}/paso/reabrir", {"motivo": ""})
    assert (respuesta.status_code, list(Pagina(respuesta.text).errores)) == (422, ["motivo"])
    pagina = ana.seguir(ana.con_csrf(f"{bandeja}/paso/reabrir", {"motivo": "Fue un error"}))
    assert "En proceso" in pagina.texto and "Fue un error" in pagina.texto
    assert mundo.correos(observada)[-1] == "reabierto"


def test_sin_acuse_se_notifica_por_cedula(
    mundo: Mundo, observada: str, luis: Visita, bandeja: str, visita: Visita
):
    """N54: pasados los días aparece la tarea; se anota su día y desde ahí corre el plazo."""
    mundo.poner(26, "09:00:00")
    trabajar(mundo)
    luis.ingresar("luis")
    pagina = luis.leer(bandeja)
    assert "Notifica por cédula" in pagina.texto
    cedula = next(f["action"] for f in pagina.todos("form") if "/cedula/" in f.get("action"))
    for dia in ("", "ayer", "2026-11-30", "2026-11-20", "9999999-01-01"):
        respuesta = luis.con_csrf(cedula, {"fecha_cedula": dia})
        pagina = Pagina(respuesta.text)
        assert (respuesta.status_code, list(pagina.errores)) == (422, ["fecha_cedula"])
        assert pagina.escrito["fecha_cedula"] == [dia]
    mundo.poner(30, "09:00:00")
    luis.ingresar("luis")
    sin_tiempo = {"fecha_cedula": "2026-11-24"}
    respuesta = luis.con_csrf(cedula, sin_tiempo)
    pagina = Pagina(respuesta.text)
    assert respuesta.status_code == 422
    assert "la persona no podrá corregir" in pagina.errores["fecha_cedula"]
    assert "El día está bien" in pagina.texto
    # Con otro día que sí alcanza no hay nada que confirmar.
    pagina = luis.seguir(luis.con_csrf(cedula, {"fecha_cedula": "2026-11-26"}))
    assert "Guardamos el día de la notificación." in pagina.texto
    assert "Notifica por cédula" not in pagina.texto
    tarde = luis.con_csrf(cedula, {"fecha_cedula": "2026-11-26"})
    assert tarde.status_code == 409
    assert Pagina(tarde.text).titular == "Esto cambió mientras lo mirabas"
    hasta = "lunes 30 de noviembre de 2026"
    assert hasta in visita.leer(f"/seguimiento/{observada}").texto


# --- atender --------------------------------------------------------------------------------------


def test_responder_con_un_archivo(
    visita: Visita, luis: Visita, bandeja: str, codigo: str, mundo: Mundo
):
    """N05: con errores el archivo ya subido se conserva; el ciudadano lo descarga tal cual."""
    carta = adjunto("respuesta ñ.pdf", paginas=2)
    respuesta = luis.con_csrf(f"{bandeja}/paso/atender", {"respuesta": "", "documentos": carta})
    pagina = Pagina(respuesta.text)
    assert (respuesta.status_code, list(pagina.errores)) == (422, ["respuesta"])
    assert "respuesta ñ.pdf ya está subido" in pagina.texto
    datos = {"respuesta": "Su copia está lista.", "retenido": pagina.escrito["retenido"]}
    pagina = luis.seguir(luis.con_csrf(f"{bandeja}/paso/atender", datos))
    assert "Atendido" in pagina.texto
    assert mundo.correos(codigo)[-1] == "atendido"
    expediente = visita.abrir_expediente(codigo)
    assert "Su copia está lista." in expediente.texto
    archivo = next(a["href"] for a in expediente.todos("a") if "respuesta ñ.pdf" in a.texto)
    descarga = visita.ver(archivo)
    assert descarga.data.startswith(b"%PDF")
    assert "respuesta%20%C3%B1.pdf" in descarga.headers["Content-Disposition"]
    assert "Su copia está lista." not in visita.ver(f"/seguimiento/{codigo}").text


def test_un_retenido_ajeno_o_alterado_no_cuenta(luis: Visita, app: Flask, bandeja: str):
    """N62: la ficha solo le sirve a quien subió el archivo, para esa solicitud."""
    datos = {"respuesta": "", "documentos": adjunto("mia.pdf")}
    ficha = Pagina(luis.con_csrf(f"{bandeja}/paso/atender", datos).text).escrito["retenido"][0]
    ana = Visita(app).ingresar("ana")
    for alterada in (ficha, ficha[:-2] + "xx", "", "....", "\x00ñ"):
        respuesta = ana.con_csrf(f"{bandeja}/paso/atender", {"respuesta": "", "retenido": alterada})
        assert respuesta.status_code == 422
        assert "mia.pdf" not in respuesta.text


def test_derivar_asignar_y_anotar(luis: Visita, app: Flask, bandeja: str, mundo: Mundo):
    """N05: cada uno con su aviso, y su error si falta elegir."""
    ana = Visita(app).ingresar("ana")
    for accion, campo in (("derivar", "area"), ("asignar", "usuario"), ("nota", "nota")):
        for malo in ("", "0", "999", "x", " ", "-1"):
            respuesta = ana.con_csrf(
                f"{bandeja}/{accion}", {campo: "" if accion == "nota" else malo}
            )
            assert (respuesta.status_code, list(Pagina(respuesta.text).errores)) == (422, [campo])
            assert Pagina(respuesta.text).por_id(campo) is not None
    pagina = ana.leer(bandeja)
    usuario = next(o["value"] for o in pagina.todos("option") if o.texto == "luis")
    area = next(o["value"] for o in pagina.todos("option") if "Obras" in o.texto)
    nota = {"nota": "Ojo con esto", "envio": ana.leer(bandeja).escrito["envio"][-1]}
    for _ in range(2):
        pagina = ana.seguir(ana.con_csrf(f"{bandeja}/nota", nota))
        assert "Guardamos la nota" in pagina.texto
    assert pagina.texto.count("Ojo con esto") == 1, "dos toques del botón son una nota"
    pagina = ana.seguir(ana.con_csrf(f"{bandeja}/asignar", {"usuario": usuario}))
    assert "luis" in pagina.texto
    pagina = ana.seguir(ana.con_csrf(f"{bandeja}/derivar", {"area": area, "comentario": "Va"}))
    assert pagina.titular == "Bandeja" and "pasó a otra área" in pagina.texto
    assert luis.leer(bandeja).texto.count("Ojo") == 1


def test_los_pasos_que_no_se_pueden_dar(luis: Visita, bandeja: str, codigo: str, mundo: Mundo):
    """N61: se dice, y nada cambia."""
    for paso in ("reabrir", "subsanar", "vencer", "desistir", "nada", "%00", "a b"):
        assert luis.ver(f"{bandeja}/paso/{paso}").status_code == 303
        assert luis.con_csrf(f"{bandeja}/paso/{paso}", {"motivo": "x"}).status_code in (404, 409)
    assert mundo.tipos(codigo) == ["presentado"]


def test_la_bandeja_filtra_y_busca(luis: Visita, visita: Visita):
    """N22."""
    visita.presentar_contacto(nombre="Julia Mamani")
    todas = luis.leer("/bandeja")
    assert len(todas.todos("tr")) == 3
    for filtro, cuantas in (
        ("q=mamani", 1), ("q=ÑAHUI", 1), ("q=nadie", 0), ("estado=nuevo", 2),
        ("formulario=escribenos", 1), ("a_cargo=sin_asignar", 2), ("a_cargo=mias", 0),
        ("plazo=vencido", 0), ("antes_de=2", 1), ("estado=otro", 0), ("antes_de=x", 2),
    ):  # fmt: skip
        pagina = luis.leer(f"/bandeja?{filtro}")
        filas = len(pagina.todos("tr"))
        assert filas == (cuantas + 1 if cuantas else 0), filtro
    assert f"/{VALLE}/" in [a["href"] for a in todas.todos("a")]


def test_un_texto_largo_del_personal_vuelve_entero(luis: Visita, bandeja: str, mundo: Mundo):
    """N06, N12: nota, comentario y observación: 422 en su campo y con todo lo escrito."""
    area = next(o["value"] for o in luis.leer(bandeja).todos("option") if "Obras" in o.texto)
    largo = "palabra " * 600
    for accion, campo, datos in (
        ("nota", "nota", {}),
        ("derivar", "comentario", {"area": area}),
        ("paso/observar", "observacion-asunto", {"observacion-pedido": "Falta la fecha."}),
    ):
        respuesta = luis.con_csrf(f"{bandeja}/{accion}", {campo: largo, **datos})
        pagina = Pagina(respuesta.text)
        assert (respuesta.status_code, list(pagina.errores)) == (422, [campo])
        assert pagina.escrito[campo] == [largo]
        assert pagina.por_id(f"{campo}-error") is not None
        assert pagina.por_id(campo)["aria-invalid"] == "true"  # type: ignore[index]
        for otro, valor in datos.items():
            assert pagina.escrito[otro] == [valor]
    assert len(mundo.todo(Movimiento)) == 1


def test_solo_se_ofrece_observar_lo_que_existe(luis: Visita, bandeja: str):
    """N06: ni RUC ni representación para una persona natural."""
    nombres = {t["name"] for t in luis.leer(f"{bandeja}/paso/observar").todos("textarea")}
    assert "observacion-asunto" in nombres and "observacion-ruc" not in nombres


def test_el_comentario_al_derivar_es_del_personal(
    visita: Visita, luis: Visita, bandeja: str, codigo: str
):
    """N21: la persona ve a qué área pasó y nada más."""
    pagina = luis.leer(bandeja)
    assert "Solo lo ve el personal. El ciudadano ve a qué área pasó." in pagina.texto
    area = next(o["value"] for o in pagina.todos("option") if "Obras" in o.texto)
    luis.con_csrf(f"{bandeja}/derivar", {"area": area, "comentario": "Ojo: viene reclamando"})
    expediente = visita.abrir_expediente(codigo)
    assert "Se derivó a Obras y desarrollo urbano" in expediente.texto
    assert "viene reclamando" not in expediente.html


def corregida(visita: Visita, codigo: str) -> Pagina:
    """Corrige el asunto y el documento; da la página de la constancia."""
    visita.abrir_expediente(codigo)
    carpeta = corregir(visita, codigo)
    visita.enviar(carpeta + "tu-documento", {"asunto": "Copia de la 123", "accion": "continuar"})
    firmado = adjunto("firmado.pdf", paginas=2)
    datos = {"documento_principal": firmado, "folios": "2", "accion": "continuar"}
    assert visita.enviar(carpeta + "tus-archivos", datos).status_code == 303
    return visita.seguir(visita.enviar(carpeta + "revisar", {"accion": "presentar"}))


def test_la_constancia_de_la_correccion(visita: Visita, mundo: Mundo, observada: str, codigo: str):
    """N08, N20: al instante, con lo corregido, sus huellas y el plazo nuevo; y siempre después."""
    mundo.poner(24, "20:15:30")
    pagina = corregida(visita, observada)
    assert pagina.titular == "Constancia de corrección"
    for dicho in (
        "Recibimos tu corrección", "martes 24 de noviembre de 2026, 20:15:30 horas",
        "Fuera del horario", "lunes 23 de noviembre de 2026, 10:00:00 horas", "miércoles 25",
        "Copia de la 123", DE_MESA["asunto"], "firmado.pdf", "2 folios", "¿Por qué esta fecha?",
    ):  # fmt: skip
        assert dicho in pagina.texto, dicho
    sha = hashlib.sha256(pdf(2)).hexdigest()
    assert sha in pagina.texto and hashlib.sha256(pdf(1)).hexdigest() not in pagina.texto
    expediente = visita.leer(f"/seguimiento/{observada}/expediente")
    enlace = next(a["href"] for a in expediente.todos("a") if "constancia" in a.texto)
    huella = re.search(r"Huella de la constancia: (\w{64})", pagina.texto)
    assert huella and huella[1] in visita.leer(enlace).texto
    verificado = visita.leer(f"/verificar/{observada}").texto
    assert huella[1] in verificado and sha in verificado and "20:15:30" in verificado
    assert "Copia de la 123" not in verificado and "firmado.pdf" not in verificado
    mundo.transitar(codigo, "atender", {"respuesta": "Está lista."})
    assert huella[1] in visita.leer(enlace).texto, "se congela: no sigue al trámite"
    assert visita.ver(enlace.rpartition("/")[0] + "/0").status_code == 404
    visita.con_csrf(f"/seguimiento/{observada}/expediente/cerrar")
    assert visita.ver(enlace).status_code == 303


def test_lo_reemplazado_se_abre_junto_a_lo_nuevo(visita: Visita, observada: str, luis: Visita,
                                                 bandeja: str):  # fmt: skip
    """N12: el archivo original y el corregido, con sus enlaces, para el ciudadano y el personal."""
    corregida(visita, observada)
    for quien, direccion in (
        (visita, f"/seguimiento/{observada}/expediente"),
        (luis, bandeja),
    ):
        enlaces = {a.texto: a["href"] for a in quien.leer(direccion).todos("a")}
        assert quien.ver(enlaces["carta.pdf"]).data == pdf(1)
        assert quien.ver(enlaces["firmado.pdf"]).data == pdf(2)


def test_al_corregir_una_parte_se_dice_lo_que_sigue_igual(visita: Visita, observada: str):
    """N06, N07: se observa una sola vez; nadie envía la mitad sin darse cuenta."""
    visita.abrir_expediente(observada)
    carpeta = corregir(visita, observada)
    visita.enviar(carpeta + "tu-documento", {"asunto": "Pido otra", "accion": "continuar"})
    revision = visita.leer(carpeta + "revisar").texto
    assert revision.count("Te lo observaron y sigue igual") == 1
    assert (
        "carta.pdf"
        in revision.partition("Te lo observaron y sigue igual")[0].rpartition("Pido otra")[2]
    )
    visita.seguir(visita.enviar(carpeta + "revisar", {"accion": "presentar"}))
    assert "sigue igual" not in visita.leer(carpeta + "cargo").texto


def test_corregir_sin_cambiar_nada_avisa_y_la_segunda_vez_pasa(
    visita: Visita, mundo: Mundo, observada: str
):
    """N07: con su aviso, sin perder nada y sin encerrar a quien lo deja igual."""
    visita.abrir_expediente(observada)
    carpeta = corregir(visita, observada)
    revision = visita.leer(carpeta + "revisar")
    assert "Puedes cambiar solo eso" in revision.texto
    assert "lo que necesites" not in revision.texto
    assert revision.texto.count("Te lo observaron y sigue igual") == 2
    respuesta = visita.enviar(carpeta + "revisar", {"accion": "presentar"})
    pagina = Pagina(respuesta.text)
    assert respuesta.status_code == 422
    assert "No cambiaste nada de lo observado" in pagina.texto
    assert mundo.solicitud(observada).estado == "observado"
    datos = {**pagina.escrito, "accion": "presentar"}
    constancia = visita.seguir(visita.enviar(carpeta + "revisar", datos))
    assert "Lo enviaste sin cambiar lo observado." in constancia.texto


def test_los_folios_que_nadie_escribe_son_los_contados(visita: Visita, mundo: Mundo):
    """N20: sin programas en la página, dejar la casilla vacía sigue y se ve al revisar."""
    carpeta = visita.hasta_revisar()
    datos = {"documento_principal": adjunto(paginas=3), "folios": "", "accion": "continuar"}
    respuesta = visita.enviar(carpeta + "tus-archivos", datos)
    revision = visita.seguir(respuesta)
    assert "Pusimos este número porque contamos 3 páginas en tu documento." in revision.texto
    assert visita.leer(carpeta + "tus-archivos").escrito["folios"] == ["3"]
    codigo = visita.presentar(carpeta)
    assert seguimiento.ver_cargo(mundo.entorno, codigo)["folios"] == {
        "declarados": 3,
        "contados": 3,
    }


def test_un_correo_muerto_se_reenvia_desde_la_solicitud(luis: Visita, bandeja: str, mundo: Mundo):
    """N24: se ve que no llegó, a quién iba, y se vuelve a enviar con un botón."""
    cual = mundo.todo(Salida)[0].id
    assert f"{bandeja}/correo/{cual}" not in luis.ver(bandeja).text
    with mundo.entorno.bd.transaccion(PLATAFORMA) as sesion:
        sesion.get_one(Salida, cual).situacion = "muerta"
    pagina = luis.leer(bandeja)
    assert "No se pudo entregar" in pagina.texto and DE_MESA["correo"] in pagina.texto
    assert f"{bandeja}/correo/{cual}" in [f["action"] for f in pagina.todos("form")]
    pagina = luis.seguir(luis.con_csrf(f"{bandeja}/correo/{cual}"))
    assert "El correo está otra vez en camino." in pagina.texto
    assert luis.con_csrf(f"{bandeja}/correo/{cual}").status_code == 409
    assert luis.con_csrf(f"{bandeja}/correo/999999").status_code == 404

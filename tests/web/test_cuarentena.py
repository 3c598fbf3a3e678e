"""Los archivos de las personas: siempre para descargar, y los dañinos apartados y dichos."""

import hashlib
import io
import json
import re
import zipfile

import pytest
from clamd import EICAR, FIRMA, ServidorClamd
from fabrica import Mundo
from flask import Flask

from facilita.servicios.antivirus import abrir_antivirus
from facilita.tramite import analisis
from facilita.tramite.modelos import Adjunto, Bitacora

from .cliente import Visita, de_pagina

PAGINA_HTML = b"<!doctype html><script>alert(document.cookie)</script>"
COMO_ADJUNTO = {
    "Content-Type": "application/octet-stream",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "private, no-store",
}


@pytest.fixture
def mundo(mundo: Mundo, antivirus: ServidorClamd) -> Mundo:
    """Con antivirus."""
    return mundo.con(antivirus=abrir_antivirus(antivirus.url))


def subir(visita: Visita, mundo: Mundo, datos: bytes, nombre: str = "nota.txt") -> str:
    """Sube un anexo a un borrador; da su carpeta."""
    carpeta = f"/valle-sereno/mesa-de-partes/borrador/{mundo.abrir_mesa()}/"
    envio = de_pagina("tus-archivos", anexos=(io.BytesIO(datos), nombre))
    assert visita.enviar(carpeta + "tus-archivos", envio).status_code == 303
    return carpeta


def anexo(mundo: Mundo) -> int:
    (adjunto,) = mundo.todo(Adjunto, Adjunto.campo == "anexos")
    return int(adjunto.id)


def analizar(mundo: Mundo) -> None:
    while analisis.analizar(mundo.entorno):
        pass


def test_nada_de_una_persona_se_abre_dentro_del_sitio(visita: Visita, app: Flask, mundo: Mundo):
    """N62: en cada lugar, como adjunto y sin adivinar el tipo, aunque parezca una página."""
    carpeta = subir(visita, mundo, b"Nota. " + PAGINA_HTML, "nota<svg>\u202etxt.html.txt")
    cual = anexo(mundo)
    codigo = visita.presentar(carpeta)
    visita.abrir_expediente(codigo)
    sid = mundo.solicitud(codigo).id
    personal = Visita(app).ingresar("luis")
    lugares = {
        visita: [f"{carpeta}archivo/{cual}", f"/seguimiento/{codigo}/expediente/archivo/{cual}"],
        personal: [f"/bandeja/{sid}/archivo/{cual}"],
    }
    for quien, direcciones in lugares.items():
        for direccion in direcciones:
            respuesta = quien.ver(direccion)
            assert respuesta.status_code == 200, direccion
            assert respuesta.data == b"Nota. " + PAGINA_HTML
            propias = {n: respuesta.headers[n] for n in COMO_ADJUNTO}
            assert propias == COMO_ADJUNTO, direccion
            assert re.match(r"attachment; filename", respuesta.headers["Content-Disposition"])
    # Una dirección nueva que descargue algo de una persona se agrega arriba; los cambios de un
    # formulario son de la entidad.
    que_descargan = {
        r.endpoint
        for r in app.url_map.iter_rules()
        if "archivo" in r.rule and "GET" in r.methods and not r.endpoint.startswith("publicar.")
    }
    assert que_descargan == {
        "formulario.archivo", "expediente.archivo", "personal.archivo",
        "cuarentena.ver", "subidas.mirar",
    }  # fmt: skip


def test_lo_danino_se_dice_a_todos_y_se_abre_con_un_acto(visita: Visita, app: Flask, mundo: Mundo):
    """N04, N61: la persona y el personal lo leen; con permiso y motivo, se descarga."""
    carpeta = subir(visita, mundo, EICAR)
    cual = anexo(mundo)
    codigo = visita.presentar(carpeta)
    sid, ana, luis = mundo.solicitud(codigo).id, Visita(app).ingresar("ana"), Visita(app)
    luis.ingresar("luis")
    visita.abrir_expediente(codigo)
    detalle, archivo = f"/bandeja/{sid}", f"/bandeja/{sid}/archivo/{cual}"
    expediente = f"/seguimiento/{codigo}/expediente"
    assert "Falta analizarlo" in luis.leer(detalle).texto
    assert "antivirus" not in visita.leer(expediente).texto
    analizar(mundo)

    assert f"Tiene un programa dañino ({FIRMA}). Está apartado." in luis.leer(detalle).texto
    assert "Analizado: el antivirus no halló nada." in luis.leer(detalle).texto
    suyo = visita.leer(expediente).texto
    assert FIRMA in suyo and "vale igual y tu cargo no cambia" in suyo
    assert visita.ver(f"{expediente}/archivo/{cual}").status_code == 403
    assert "está apartado" in luis.leer(archivo, 403).texto
    assert luis.ver(f"{archivo}/cuarentena").status_code == 403

    cuarentena = ana.leer(archivo)
    assert cuarentena.titular == "Este archivo tiene un programa dañino"
    sin_motivo = ana.con_csrf(f"{archivo}/cuarentena")
    assert sin_motivo.status_code == 422 and "Escribe para qué" in sin_motivo.text
    abierto = ana.con_csrf(f"{archivo}/cuarentena", {"motivo": "Lo pide seguridad."})
    assert abierto.data == EICAR
    assert abierto.headers["Content-Disposition"].endswith("nota.txt.infectado")
    assert {n: abierto.headers[n] for n in COMO_ADJUNTO} == COMO_ADJUNTO
    (anotado,) = mundo.todo(Bitacora, Bitacora.accion == "archivo.infectado_descargado")
    assert anotado.datos["motivo"] == "Lo pide seguridad."


def test_en_el_borrador_se_dice_y_se_puede_presentar(visita: Visita, mundo: Mundo):
    """N04: se aconseja quitarlo; si se presenta así, se recibe."""
    carpeta = subir(visita, mundo, EICAR)
    analizar(mundo)
    for pagina in ("tus-archivos", "revisar"):
        assert "Quítalo y sube otra copia" in visita.leer(carpeta + pagina).texto
    assert visita.ver(f"{carpeta}archivo/{anexo(mundo)}").status_code == 403
    assert visita.presentar(carpeta)


def test_sin_antivirus_el_personal_lee_que_no_se_analizo(
    visita: Visita, app: Flask, mundo: Mundo, antivirus: ServidorClamd
):
    """N12: no se da por limpio; y la salud dice si responde, sin caerse por eso."""
    assert visita.ver("/salud").json["antivirus"] == "bien"
    antivirus.apagar()
    caida = visita.ver("/salud")
    assert caida.status_code == 200 and caida.json["antivirus"] == "mal"
    codigo = visita.presentar(subir(visita, mundo, b"Una nota."))
    texto = Visita(app).ingresar("luis").leer(f"/bandeja/{mundo.solicitud(codigo).id}").texto
    assert "Falta analizarlo con el antivirus." in texto


def test_el_expediente_entero_no_lleva_lo_danino(visita: Visita, mundo: Mundo):
    """N23, N12: el ZIP y el índice lo nombran con su huella; sus bytes no van."""
    carpeta = subir(visita, mundo, EICAR)
    codigo = visita.presentar(carpeta)
    analizar(mundo)
    visita.abrir_expediente(codigo)
    expediente = f"/seguimiento/{codigo}/expediente"
    assert "está apartado y no se entrega" in visita.leer(f"{expediente}/indice").texto
    descargado = visita.ver(f"{expediente}/todo.zip")
    assert descargado.status_code == 200 and EICAR not in descargado.data
    assert descargado.headers["Content-Disposition"].startswith("attachment")
    assert descargado.headers["Content-Security-Policy"].startswith("sandbox")
    with zipfile.ZipFile(io.BytesIO(descargado.data)) as z:
        dicho = json.loads(z.read("00-indice.json"))["documentos"]
        nombres = z.namelist()
    (apartado,) = [d for d in dicho if d["nombre"].endswith("nota.txt")]
    assert apartado["archivo"] is None
    assert apartado["sha256"] == hashlib.sha256(EICAR).hexdigest()
    assert not any("nota" in n for n in nombres) and any("carta" in n for n in nombres)

"""Las filas de un grupo, los campos nuevos y sus condiciones, de punta a punta por HTTP."""

from pathlib import Path
from typing import Any

import pytest
from fabrica import VALLE, Mundo
from flask import Flask

from facilita.tramite import formularios
from facilita.tramite.archivos import mismo_contenido
from facilita.tramite.modelos import Contenido

from .cliente import Pagina, Visita, adjunto, codigo_de

MUESTRARIO = Path(__file__).parents[1] / "sistema" / "muestrario.yaml"
CARPETA = f"/{VALLE}/muestrario"
DATOS: dict[str, Any] = {
    "nombre": "Ana Ñusta", "relato": "Un bache", "correo": "ana@ejemplo.pe",
    "telefono": "987654321", "enlace": "https://ejemplo.pe/x", "ruc": "20131312955",
    "ubigeo": "Cusco", "metros": "1.5", "via": "calle", "material": "asfalto",
    "sede": "central", "avisos": "true", "costo": "1,234.5", "dia": "1/11/2026",
    "hora": "3:30 pm", "danos": ["personas", "autos"], "herida": "Yo", "urgente": "false",
    "porque": "Ya pasó", "testigos": "2", "testigos-0-testigo": "Rosa",
    "testigos-0-declara": "true", "testigos-0-cuando": "2/11/2026",
    "testigos-0-vio": ["choque", "bache"], "testigos-1-testigo": "Luz",
    "testigos-1-documento": "dni", "testigos-1-numero": "01234567",
    "testigos-1-declara": "false", "testigos-1-cuando": "no debe quedar",
    "pago-medio": "pagalo", "pago-operacion": "0012-9", "pago-fecha": "3/11/2026",
}  # fmt: skip


@pytest.fixture
def muestrario(mundo: Mundo) -> Mundo:
    """El mundo con el muestrario publicado."""
    entidad, texto = mundo.entidad(VALLE).id, MUESTRARIO.read_text("utf-8")
    formularios.publicar(mundo.entorno, entidad, texto, MUESTRARIO.name, motivo="Prueba")
    return mundo


def con_foto(**cambios: Any) -> dict[str, Any]:
    """Todo lo respondido, con su foto y esos cambios."""
    foto = adjunto("foto.png", PNG)
    return {**DATOS, "foto": foto, "accion": "continuar", **cambios}


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8ff"
    "ff3f0005fe02fe0def46b80000000049454e44ae426082"
)


def filas_de(pagina: Pagina) -> list[str]:
    """Los nombres de las filas que se ven."""
    return [e["id"] for e in pagina.todos("fieldset") if e.get("class").startswith("fila ")]


def presentar(visita: Visita, **cambios: Any) -> str:
    """Presenta el muestrario lleno; da su código."""
    respuesta = visita.enviar(CARPETA, con_foto(**cambios))
    assert respuesta.status_code == 303, Pagina(respuesta.text).errores
    carpeta = respuesta.location.removesuffix("revisar")
    datos = {"privacidad": "true", "accion": "presentar"}
    return codigo_de(visita.seguir(visita.enviar(carpeta + "revisar", datos)))


def test_agregar_y_quitar_filas_sin_perder_nada(muestrario: Mundo, app: Flask) -> None:
    visita = Visita(app)
    assert filas_de(visita.leer(CARPETA)) == ["testigos-0"]
    escrito = {**DATOS, "hora": "mal", "fila": "agregar-testigos"}
    respuesta = visita.enviar(CARPETA, escrito)
    assert respuesta.location.endswith("/todos#testigos-2")
    pagina = visita.seguir(respuesta)
    assert filas_de(pagina) == ["testigos-0", "testigos-1", "testigos-2"]
    assert pagina.errores == {}
    puesto = pagina.escrito
    assert puesto["hora"] == ["mal"] and puesto["testigos-1-testigo"] == ["Luz"]
    assert puesto["testigos-0-vio"] == ["bache", "choque"] and puesto["testigos"] == ["3"]
    # Con tres, que es el máximo, no se ofrece otra; quien la pida igual no la recibe.
    assert not pagina.todos("button", value="agregar-testigos")
    direccion = respuesta.location.partition("#")[0]
    visita.enviar(direccion, {**puesto, "fila": "agregar-testigos"})
    assert len(filas_de(visita.leer(direccion))) == 3
    # Quitar la primera: las demás suben, con lo suyo.
    respuesta = visita.enviar(direccion, {**puesto, "fila": "quitar-testigos-0"})
    assert respuesta.location.endswith("#testigos")
    quedan = visita.seguir(respuesta).escrito
    assert quedan["testigos-0-testigo"] == ["Luz"] and quedan["testigos-0-numero"] == ["01234567"]
    assert quedan["testigos"] == ["2"] and "testigos-0-vio" not in quedan


@pytest.mark.parametrize(
    "fila", ["", "agregar", "agregar-nadie", "agregar-nombre", "quitar-testigos", "x-testigos-0",
             "quitar-testigos-99", "quitar-testigos--1", "quitar-testigos-²", "a" * 5000],
)  # fmt: skip
def test_un_boton_de_fila_inventado_no_rompe_nada(muestrario: Mundo, app: Flask, fila: str) -> None:
    visita = Visita(app)
    respuesta = visita.enviar(CARPETA, {**DATOS, "fila": fila})
    assert respuesta.status_code in (303, 422)


@pytest.mark.parametrize("cuantas", ["", "-1", "0", "999", "9999999", "dos", "²", "2.0"])
def test_cuantas_filas_llegan_no_se_cree(muestrario: Mundo, app: Flask, cuantas: str) -> None:
    visita = Visita(app)
    respuesta = visita.enviar(CARPETA, {**DATOS, "testigos": cuantas, "accion": "continuar"})
    assert respuesta.status_code == 422
    assert len(filas_de(Pagina(respuesta.text))) <= 51


def test_los_errores_de_una_fila_van_con_su_fila(muestrario: Mundo, app: Flask) -> None:
    visita = Visita(app)
    malo = {"testigos-1-numero": "abc", "testigos-0-cuando": "31/2/2026", "pago-operacion": ""}
    respuesta = visita.enviar(CARPETA, con_foto(**malo, dia="24/11/2026"))
    direccion = respuesta.location
    assert respuesta.status_code in (303, 422)
    pagina = Pagina(respuesta.text) if respuesta.status_code == 422 else visita.leer(direccion)
    assert pagina.errores == {
        "dia": "«Día en que lo viste» no puede ser después del 23/11/2026.",
        "testigos-0-cuando": "Testigo 1: La fecha de «¿Desde qué día?» no existe. "
        "Revisa el día y el mes.",
        "testigos-1-numero": "Testigo 2: El DNI tiene 8 dígitos.",
        "pago-operacion": "Completa «Número de operación».",
    }
    for control in pagina.errores:
        puesto = pagina.por_id(control)
        assert puesto is not None and f"{control}-error" in puesto.get("aria-describedby")
        assert puesto["aria-invalid"] == "true"
    assert pagina.escrito["testigos-0-cuando"] == ["31/2/2026"]


def test_se_presenta_se_ve_y_se_guarda(muestrario: Mundo, app: Flask) -> None:
    visita = Visita(app)
    codigo = presentar(visita)
    solicitud = muestrario.solicitud(codigo)
    guardado = muestrario.todo(Contenido)[-1].respuestas
    assert guardado["costo"] == 123450
    assert (guardado["dia"], guardado["hora"]) == ("2026-11-01", "15:30")
    assert guardado["danos"] == ["autos", "personas"] and guardado["urgente"] is False
    assert guardado["testigos"] == [
        {"testigo": "Rosa", "declara": True, "cuando": "2026-11-02", "vio": ["bache", "choque"]},
        {"testigo": "Luz", "documento": "dni", "numero": "01234567", "declara": False},
    ]
    assert guardado["pago"] == {"medio": "pagalo", "operacion": "0012-9", "fecha": "2026-11-03"}
    ana = Visita(app).ingresar("ana")
    detalle = ana.leer(f"/bandeja/{solicitud.id}").texto
    expediente = visita.abrir_expediente(codigo, "ana@ejemplo.pe").texto
    for texto in (detalle, expediente):
        for dicho in ("S/ 1,234.50", "01/11/2026", "15:30", "Testigo 2", "Número: 01234567",
                      "Operación 0012-9, del 03/11/2026"):  # fmt: skip
            assert dicho in texto


def test_se_observa_y_se_corrige_una_fila(muestrario: Mundo, app: Flask) -> None:
    visita = Visita(app)
    codigo = presentar(visita)
    cual = muestrario.solicitud(codigo).id
    ana = Visita(app).ingresar("ana")
    datos = {"observacion-testigos": "Falta uno", "observacion-herida": "¿Quién?"}
    assert ana.con_csrf(f"/bandeja/{cual}/paso/observar", datos).status_code == 303
    visita.abrir_expediente(codigo, "ana@ejemplo.pe")
    respuesta = visita.con_csrf(f"/seguimiento/{codigo}/expediente/corregir")
    pagina = visita.seguir(respuesta)
    assert filas_de(pagina) == ["testigos-0", "testigos-1"] and pagina.por_id("costo") is None
    # Lo que «herida» mira no se muestra: va supuesto, para que el CSS no la esconda.
    supuestos = [e.atributos for e in pagina.todos("input", name="danos")]
    assert {s["value"] for s in supuestos} == {"autos", "personas"}
    assert all("disabled" in s and "checked" in s for s in supuestos)
    escrito = {c: v for c, v in pagina.escrito.items() if c != "danos"}
    direccion = respuesta.location
    escrito |= {"testigos": "3", "testigos-2-testigo": "Sol", "testigos-2-declara": "false"}
    hecha = visita.enviar(direccion, {**escrito, "accion": "continuar", "costo": "1"})
    assert hecha.location.endswith("revisar"), Pagina(hecha.text).errores
    assert visita.enviar(hecha.location, {"accion": "presentar"}).status_code == 303
    guardado = muestrario.todo(Contenido)[-1].respuestas
    assert [f["testigo"] for f in guardado["testigos"]] == ["Rosa", "Luz", "Sol"]
    assert guardado["costo"] == 123450
    tabla = ana.leer(f"/bandeja/{cual}").todos("table")[0].texto
    antes, ahora = tabla.split("Testigo 1")[1:3]
    assert "Testigo 3" not in antes
    assert "Testigo 3\nNombre del testigo: Sol¿Puede declarar? No" in ahora
    assert "Costo" not in tabla


def test_el_personal_da_un_paso_con_filas_y_condiciones(muestrario: Mundo, app: Flask) -> None:
    codigo = presentar(Visita(app))
    direccion = f"/bandeja/{muestrario.solicitud(codigo).id}/paso/responder"
    ana = Visita(app).ingresar("ana")
    pagina = ana.leer(direccion)
    (estilo,) = [e["href"] for e in pagina.todos("link") if "/estilo/" in e.get("href")]
    css = ana.ver(estilo)
    assert css.status_code == 200 and css.mimetype == "text/css"
    assert "#campo-motivo" in css.text and '[data-campo="placa"]' in css.text
    datos = {
        "procede": "false",
        "visita": "22/11/2026",
        "cuadrillas": "1",
        "cuadrillas-0-viaja": "true",
    }
    otra = ana.con_csrf(direccion, {**datos, "fila": "agregar-cuadrillas"})
    assert otra.status_code == 200
    assert filas_de(Pagina(otra.text)) == ["cuadrillas-0", "cuadrillas-1"]
    assert Pagina(otra.text).errores == {}
    mal = ana.con_csrf(direccion, datos)
    assert mal.status_code == 422
    assert Pagina(mal.text).errores == {
        "motivo": "Completa «¿Por qué no procede?».",
        "visita": "«Día de la visita» no puede ser antes del 23/11/2026.",
        "cuadrillas-0-jefe": "Cuadrilla 1: Completa «Jefe de cuadrilla».",
    }
    bien = {
        **datos,
        "procede": "true",
        "visita": "23/11/2026",
        "multa": "S/ 20",
        "cuadrillas-0-jefe": "Pepe",
        "cuadrillas-0-placa": "abc-123",
        "motivo": "se descarta",
    }
    assert ana.con_csrf(direccion, bien).status_code == 303
    movimiento = muestrario.movimientos(codigo)[-1]
    assert movimiento.datos["campos"] == {
        "procede": True, "visita": "2026-11-23", "multa": 2000,
        "cuadrillas": [{"jefe": "Pepe", "viaja": True, "placa": "abc-123"}],
    }  # fmt: skip


def test_la_primera_pagina_no_dice_que_dia_es(muestrario: Mundo, app: Flask) -> None:
    """«hoy» lo pone quien lee, no la página: son los mismos bytes cualquier día."""
    lunes = Visita(app).ver(CARPETA)
    muestrario.pasar(days=30)
    martes = Visita(app).ver(CARPETA)
    assert lunes.data == martes.data and lunes.headers["ETag"] == martes.headers["ETag"]
    visita = Visita(app)
    respuesta = visita.enviar(CARPETA, con_foto(dia="23/12/2026"))
    assert respuesta.location.endswith("revisar"), Pagina(respuesta.text).errores


def test_en_una_sola_pagina(mundo: Mundo, app: Flask) -> None:
    texto = (MUESTRARIO.parents[1] / "definicion" / "css.yaml").read_text("utf-8")
    texto = texto.replace(
        "formulario: condiciones", "formulario: condiciones\npresentacion: una_pagina"
    )
    # Los números no se comparan en la misma página: aquí van elecciones.
    for viejo in ("{campo: n, hasta: 3}", "{campo: n, mayor_que: 3}", "{campo: n, desde: 2}"):
        texto = texto.replace(viejo, "{campo: a, es: x}")
    formularios.publicar(mundo.entorno, mundo.entidad(VALLE).id, texto, "c.yaml", motivo="Prueba")
    visita = Visita(app)
    pagina = visita.leer(f"/{VALLE}/condiciones")
    assert {"seccion-primera", "seccion-segunda", "seccion-tercera", "seccion-cuarta"} <= {
        e.id for e in pagina.todos("section")
    }
    assert "Paso 1 de 2" in pagina.texto and "Dos" in pagina.texto
    respuesta = visita.enviar(f"/{VALLE}/condiciones", {"a": "x", "b": "x", "accion": "continuar"})
    assert respuesta.location.endswith("/revisar")
    assert "Cambiar Uno" in visita.seguir(respuesta).texto


def test_que_cambio_de_una_lista() -> None:
    """Un archivo que se conserva cambia de fila y no de contenido; lo demás se compara entero."""
    archivo = {"id": 1, "nombre": "a.pdf", "sha256": "x"}
    assert mismo_contenido([archivo], [{**archivo, "id": 2}])
    assert not mismo_contenido([archivo], [{**archivo, "sha256": "y"}])
    assert not mismo_contenido(["autos"], ["autos", "personas"])
    assert not mismo_contenido([{"id": "a"}], [{"id": "b"}])

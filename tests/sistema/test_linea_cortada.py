"""Una línea lenta o cortada: la página sigue sirviendo y no se pierde nada de lo escrito."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from fabrica import pdf
from playwright.sync_api import Route, expect

from facilita.tramite.modelos import Solicitud

from .conftest import AbrirVentana
from .personas import Persona
from .servidor import Sitio
from .ventanas import Ventana, guardar_pdf

ENLACE = "https://ejemplo.pe/mis-anexos"


def _en_archivos(sitio: Sitio, ventana: Ventana) -> Persona:
    ficha = sitio.mundo.abrir_mesa()
    ventana.ir(f"/valle-sereno/mesa-de-partes/borrador/{ficha}/tus-archivos")
    return Persona(ventana)


def _se_cayo_y_volvio(p: Persona, volver: Callable[[], object], llego: str) -> None:
    expect(p.pagina.locator("[role=status]")).to_contain_text("Se cortó la conexión")
    expect(p.control("enlace_descarga")).to_have_value(ENLACE)
    expect(p.control("folios")).to_have_value("7")
    expect(p.boton("Continuar")).to_be_enabled()
    volver()

    # Sigue sola: no hay que elegir nada otra vez.
    expect(p.pagina.locator(".archivos")).to_contain_text(llego)
    expect(p.pagina.locator("[role=status]")).to_have_count(0)
    expect(p.control("enlace_descarga")).to_have_value(ENLACE)
    p.enviar(p.boton("Continuar"))
    assert ENLACE in p.leer() and llego in p.leer()


@pytest.mark.parametrize(
    ("donde", "falla"),
    [
        ("**/archivo", "connectionreset"),
        ("**/archivo/parcial/*", "internetdisconnected"),
        ("**/tus-archivos", "timedout"),
    ],
    ids=["al_empezar", "en_un_trozo", "al_guardar_la_pagina"],
)
def test_si_se_corta_al_subir_sigue_sola_y_nada_se_pierde(
    vitrina: Sitio, abrir_ventana: AbrirVentana, carta: Path, donde: str, falla: str
) -> None:
    ventana = abrir_ventana(vitrina)
    ventana.tolera = ("net::ERR_",)
    p = _en_archivos(vitrina, ventana)
    p.escribir("folios", "7")
    p.escribir("enlace_descarga", ENLACE)
    p.pagina.route(donde, lambda ruta: ruta.abort(falla))

    p.adjuntar("documento_principal", carta)

    _se_cayo_y_volvio(p, p.pagina.unroute_all, "3 páginas")


def test_si_la_linea_muere_a_mitad_de_un_archivo_grande(
    vitrina: Sitio, abrir_ventana: AbrirVentana, tmp_path: Path
) -> None:
    ventana = abrir_ventana(vitrina)
    ventana.tolera = ("net::ERR_",)
    p = _en_archivos(vitrina, ventana)
    p.escribir("folios", "7")
    p.escribir("enlace_descarga", ENLACE)
    grande = guardar_pdf(tmp_path, "grande.pdf", b"%PDF-1.4\n" + os.urandom(2_000_000))
    red = ventana.contexto.new_cdp_session(p.pagina)
    red.send("Network.enable")
    lenta = {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": 60_000}
    red.send("Network.emulateNetworkConditions", lenta)

    p.adjuntar("documento_principal", grande)
    expect(p.pagina.locator("[role=status]")).to_contain_text("%")
    expect(p.boton("Continuar")).to_be_disabled()
    red.send("Network.emulateNetworkConditions", {**lenta, "offline": True})

    def volver() -> None:
        red.send("Network.emulateNetworkConditions", {**lenta, "uploadThroughput": -1})

    _se_cayo_y_volvio(p, volver, "grande.pdf")


def test_si_se_corta_se_puede_elegir_otro(
    vitrina: Sitio, abrir_ventana: AbrirVentana, carta: Path, tmp_path: Path
) -> None:
    ventana = abrir_ventana(vitrina)
    ventana.tolera = ("net::ERR_",)
    p = _en_archivos(vitrina, ventana)
    p.pagina.route("**/archivo/parcial/*", lambda ruta: ruta.abort("connectionreset"))
    p.adjuntar("documento_principal", guardar_pdf(tmp_path, "equivocado.pdf", pdf(1)))
    expect(p.pagina.locator("[role=status]")).to_contain_text("Se cortó la conexión")
    p.pagina.unroute_all()

    p.adjuntar("documento_principal", carta)

    expect(p.pagina.locator(".archivos")).to_contain_text("3 páginas")
    expect(p.pagina.locator(".subida")).to_have_count(0)
    assert "equivocado" not in p.leer()


def test_lo_escrito_mientras_sube_un_archivo_se_queda(
    vitrina: Sitio, abrir_ventana: AbrirVentana, carta: Path
) -> None:
    p = _en_archivos(vitrina, abrir_ventana(vitrina))
    detenidas: list[Route] = []
    p.pagina.route("**/tus-archivos", lambda ruta: detenidas.append(ruta))
    with p.pagina.expect_request("**/tus-archivos"):
        p.adjuntar("documento_principal", carta)
    expect(p.pagina.locator("[role=status]")).to_be_visible()

    p.escribir("enlace_descarga", ENLACE)
    detenidas[0].continue_()

    expect(p.pagina.locator(".archivos")).to_contain_text("carta.pdf")
    expect(p.control("enlace_descarga")).to_have_value(ENLACE)
    expect(p.control("enlace_descarga")).to_be_focused()


def test_sin_script_la_direccion_del_borrador_sigue_donde_estaba(
    vitrina: Sitio, abrir_ventana: AbrirVentana, carta: Path
) -> None:
    ventana = abrir_ventana(vitrina, script=False)
    ventana.tolera = ("net::ERR_",)
    p = _en_archivos(vitrina, ventana)
    direccion = p.pagina.url
    p.pagina.route("**/tus-archivos", lambda ruta: ruta.abort("connectionreset"))
    p.adjuntar("documento_principal", carta)
    p.boton("Continuar").click()
    p.pagina.wait_for_url("chrome-error://**")
    p.pagina.unroute_all()

    p.ventana.ir(direccion)
    p.adjuntar("documento_principal", carta)
    p.escribir("folios", "3")
    p.enviar(p.boton("Continuar"))

    assert p.pagina.url.endswith("/revisar") and "carta.pdf" in p.leer()


@pytest.mark.parametrize("script", [True, False], ids=["con_script", "sin_script"])
def test_presentar_con_doble_toque_presenta_una_vez(
    vitrina: Sitio, abrir_ventana: AbrirVentana, script: bool
) -> None:
    ficha = vitrina.mundo.abrir_mesa()
    (antes,) = vitrina.mundo.cuantas(Solicitud)
    p = Persona(abrir_ventana(vitrina, script=script))
    p.ventana.ir(f"/valle-sereno/mesa-de-partes/borrador/{ficha}/revisar")
    p.marcar(p.control("declaracion_jurada"))
    p.marcar(p.control("privacidad"))

    p.boton("Presentar").dblclick()
    p.pagina.wait_for_url("**/cargo")

    assert "Recibimos tu documento" in p.leer()
    assert vitrina.mundo.cuantas(Solicitud) == [antes + 1]


def test_lo_que_pesa_demasiado_se_dice_sin_subirlo(
    vitrina: Sitio, abrir_ventana: AbrirVentana, carta: Path, tmp_path: Path
) -> None:
    ventana = abrir_ventana(vitrina)
    p = _en_archivos(vitrina, ventana)
    subidas: list[str] = []
    p.pagina.on("request", lambda r: r.method == "GET" or subidas.append(r.url))
    grande = tmp_path / "planos.pdf"
    with grande.open("wb") as archivo:
        archivo.truncate(21 * 1024 * 1024)

    p.adjuntar("documento_principal", grande)

    aviso = p.pagina.locator("[role=alert]")
    expect(aviso).to_have_text("«planos.pdf» pesa 21 MB; el máximo es 20 MB. Elige otro.")
    expect(p.control("documento_principal")).to_be_focused()
    assert subidas == []
    p.adjuntar("documento_principal", carta)
    expect(p.pagina.locator(".archivos")).to_contain_text("3 páginas")
    expect(aviso).to_have_count(0)

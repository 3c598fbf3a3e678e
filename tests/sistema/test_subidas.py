"""Subir por una línea mala: con el navegador y con un cliente de tus que no es nuestro."""

import hashlib
import io
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from fabrica import FORMULARIOS, pdf
from playwright.sync_api import Route, expect
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

from facilita.tramite import formularios
from facilita.tramite.modelos import Adjunto, SubidaParcial

from .conftest import AbrirVentana
from .linea import linea
from .personas import Persona
from .servidor import Sitio
from .ventanas import Ventana, guardar_pdf

MEGA = 1024 * 1024
CARPETA = "/valle-sereno/mesa-de-partes/borrador/{ficha}"


def pesado(megas: int) -> bytes:
    """Un PDF de verdad que pesa lo que se diga y no se deja comprimir."""
    documento, salida = pikepdf.new(), io.BytesIO()
    documento.add_blank_page()
    documento.Root["/Relleno"] = pikepdf.Stream(documento, os.urandom(megas * MEGA))
    documento.save(salida)
    return salida.getvalue()


def llegados(sitio: Sitio, nombre: str) -> list[Adjunto]:
    adjuntos: list[Adjunto] = sitio.mundo.todo(Adjunto, Adjunto.nombre == nombre)
    return adjuntos


def guardado(sitio: Sitio, adjunto: Adjunto) -> str:
    """El SHA-256 de lo que de verdad está en el almacén."""
    with sitio.mundo.entorno.almacen.abrir(adjunto.archivo.clave) as archivo:
        return hashlib.sha256(archivo.read()).hexdigest()


def en_archivos(sitio: Sitio, ventana: Ventana, ficha: str = "") -> Persona:
    ficha = ficha or sitio.mundo.abrir_mesa()
    ventana.tolera = ("net::ERR_",)
    ventana.ir(f"{CARPETA.format(ficha=ficha)}/tus-archivos")
    return Persona(ventana)


def test_treinta_megas_con_la_linea_cortada_tres_veces(
    sitio: Sitio, abrir_ventana: AbrirVentana, tmp_path: Path
) -> None:
    """N12: llega entero y solo, con el mismo SHA-256, sin empezar de nuevo."""
    texto = (FORMULARIOS / "mesa-de-partes.yaml").read_text()
    amplio = texto.replace("tamano_maximo: 20", "tamano_maximo: 40")
    entorno = sitio.mundo.entorno
    formularios.publicar(entorno, sitio.mundo.entidad().id, amplio, "mesa.yaml", motivo="Planos")
    datos = pesado(30)
    with linea(sitio.direccion, 7 * MEGA, 16 * MEGA, 25 * MEGA) as mala:
        por_ahi = replace(sitio, direccion=mala.direccion)
        p = en_archivos(por_ahi, abrir_ventana(por_ahi))
        dicho: list[str] = []
        p.pagina.expose_function("anotar", lambda texto: dicho.append(texto))
        p.pagina.evaluate(
            "new MutationObserver(() => { const d = document.querySelector('[role=status]');"
            " if (d) window.anotar(d.textContent); })"
            ".observe(document.body, {childList: true, subtree: true})"
        )
        p.adjuntar("documento_principal", guardar_pdf(tmp_path, "planos.pdf", datos))
        expect(p.pagina.locator(".archivos")).to_contain_text("planos.pdf", timeout=120_000)
        assert mala.cortadas == 3
        assert mala.enviados < len(datos) + 14 * MEGA
    (adjunto,) = llegados(sitio, "planos.pdf")
    assert adjunto.archivo.sha256 == hashlib.sha256(datos).hexdigest() == guardado(sitio, adjunto)
    seguidos = [texto for texto, otro in zip(dicho, ["", *dicho], strict=False) if texto != otro]
    assert sum("Se cortó la conexión" in texto for texto in seguidos) == 3
    # Quien escucha la página no oye cada byte.
    assert len(seguidos) <= 12, seguidos


def test_despues_de_recargar_se_elige_el_mismo_y_sigue(
    vitrina: Sitio, abrir_ventana: AbrirVentana, tmp_path: Path
) -> None:
    """N12: lo que llegó se sigue con el mismo archivo y no se mezcla con otro igual de largo."""
    datos = pesado(3)
    archivo = guardar_pdf(tmp_path, "memoria.pdf", datos)
    ventana = abrir_ventana(vitrina)
    p = en_archivos(vitrina, ventana)
    _cortar_tras(p, 1)
    p.adjuntar("documento_principal", archivo)
    expect(p.pagina.locator("[role=status]")).to_contain_text("Se cortó la conexión")
    expect(p.boton("Continuar")).to_be_enabled()
    p.pagina.unroute_all()
    p.pagina.reload()
    resto = p.pagina.locator(".a-medias")
    expect(resto).to_contain_text("memoria.pdf")
    expect(resto).to_contain_text("llegaron 512 KB de 3 MB")

    abiertas: list[str] = []
    p.pagina.on("request", lambda r: abiertas.append(f"{r.method} {r.url.rpartition('/')[2]}"))
    casi = datos[:9000] + bytes([datos[9000] ^ 1]) + datos[9001:]
    puesto = p.pagina.locator("[id=campo-documento_principal] .archivos")
    p.adjuntar("documento_principal", guardar_pdf(tmp_path, "otro.pdf", casi))
    expect(puesto).to_contain_text("otro.pdf")
    p.adjuntar("documento_principal", archivo)
    expect(puesto).to_contain_text("memoria.pdf")
    assert abiertas.count("POST archivo") == 1
    assert guardado(vitrina, llegados(vitrina, "memoria.pdf")[-1]) == (
        hashlib.sha256(datos).hexdigest()
    )
    expect(p.pagina.locator(".a-medias")).to_have_count(0)


def _cortar_tras(p: Persona, trozos: int) -> None:
    """La línea se corta del todo después de unos trozos."""
    van = iter(range(10_000))

    def cortar(ruta: Route) -> None:
        if ruta.request.method == "PATCH" and next(van) < trozos:
            ruta.continue_()
        elif ruta.request.method in ("PATCH", "HEAD"):
            ruta.abort("connectionreset")
        else:
            ruta.continue_()

    p.pagina.route("**/archivo/parcial/*", cortar)


def test_varios_a_la_vez_uno_se_cancela_y_uno_no_se_recibe(
    vitrina: Sitio, abrir_ventana: AbrirVentana, tmp_path: Path
) -> None:
    """N04: cada uno lo suyo; lo que no se recibe se dice junto a su campo."""
    ventana = abrir_ventana(vitrina)
    p = en_archivos(vitrina, ventana)
    buenos = [guardar_pdf(tmp_path, f"anexo-{n}.pdf", pdf(n)) for n in (1, 2)]
    malo = guardar_pdf(tmp_path, "instalador.exe", b"MZ" + b"\0" * 900)
    control = p.control("anexos")
    control.set_input_files([buenos[0], malo, buenos[1]])
    lista = p.pagina.locator("[id=campo-anexos]")
    expect(lista.locator(".archivos li")).to_have_count(2)
    expect(lista.locator("[role=alert]")).to_contain_text("instalador.exe")

    p.pagina.route("**/archivo/parcial/*", lambda ruta: None)
    tercero = guardar_pdf(tmp_path, "anexo-3.pdf", pdf(3))
    p.control("anexos").set_input_files([tercero])
    p.pagina.get_by_role("button", name="Cancelar anexo-3.pdf").click()
    expect(p.pagina.locator(".subida")).to_have_count(0)
    expect(p.boton("Continuar")).to_be_enabled()
    expect(p.control("anexos")).to_be_focused()
    p.pagina.unroute_all()
    disfrazado = guardar_pdf(tmp_path, "disfraz.pdf", b"MZ" + b"\0" * 900)
    p.adjuntar("documento_principal", disfrazado)
    expect(p.pagina.locator("#resumen-errores")).to_contain_text("por dentro es")
    expect(p.pagina.locator(".archivos li")).to_have_count(3)
    assert [a.nombre for a in llegados(vitrina, "anexo-3.pdf")] == []


def test_un_cliente_ajeno_de_tus_sube_y_sigue(vitrina: Sitio) -> None:
    """N12: tuspy, con sumas, por la misma línea mala; sigue en otra sesión desde donde iba."""
    ficha, datos = vitrina.mundo.abrir_mesa(), pesado(6)
    metadatos = {"campo": "documento_principal", "filename": "por-programa.pdf"}
    with linea(vitrina.direccion, 3 * MEGA, caida=0) as mala:
        cliente = TusClient(f"{mala.direccion}{CARPETA.format(ficha=ficha)}/archivo")
        ajeno: dict[str, Any] = {
            "file_stream": io.BytesIO(datos), "chunk_size": MEGA, "metadata": metadatos,
            "upload_checksum": True,
        }  # fmt: skip
        primero = cliente.uploader(**ajeno)
        with pytest.raises(TusCommunicationError):
            primero.upload()
        segundo = cliente.uploader(**ajeno, url=primero.url)
        assert 0 < segundo.offset < len(datos)
        segundo.upload()
        assert mala.enviados < len(datos) + 2 * MEGA
    (adjunto,) = llegados(vitrina, "por-programa.pdf")
    assert guardado(vitrina, adjunto) == hashlib.sha256(datos).hexdigest()


def test_al_ajeno_se_le_dice_antes_lo_que_no_se_recibe(vitrina: Sitio) -> None:
    """N04: 413 y 422 al crear."""
    cliente = TusClient(
        f"{vitrina.direccion}{CARPETA.format(ficha=vitrina.mundo.abrir_mesa())}/archivo"
    )
    antes = vitrina.mundo.cuantas(SubidaParcial)
    for nombre, largo, codigo in (("a.pdf", 21 * MEGA, 413), ("a.exe", 9, 422)):
        hueco = io.BytesIO(b"\0" * largo)
        metadatos = {"campo": "documento_principal", "filename": nombre}
        with pytest.raises(TusCommunicationError) as falla:
            cliente.uploader(file_stream=hueco, metadata=metadatos).upload()
        assert falla.value.status_code == codigo
    assert vitrina.mundo.cuantas(SubidaParcial) == antes

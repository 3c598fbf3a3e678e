"""Subir por trozos: lo que dice tus 1.0 y lo que Facilita agrega, pedido a mano."""

import base64
import hashlib
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fabrica import Mundo, pdf
from flask import Flask
from werkzeug.test import TestResponse

from facilita.servicios.almacen import (
    Almacen,
    AlmacenNoDisponible,
    ArchivoNoEncontrado,
    abrir_almacen,
)
from facilita.tramite import barrido, subidas, trozos
from facilita.tramite.modelos import Adjunto, Archivo, Borrador, SubidaParcial, Trozo
from facilita.web.envio import SIN_CUOTA

from .cliente import Visita
from .conftest import Semilla, aplicacion

UN_MOTOR = pytest.mark.parametrize("motor", ["sqlite"], indirect=True)
"""Donde la base no tiene nada que decir."""
CARPETA = "/valle-sereno/mesa-de-partes/borrador/{ficha}"
TUS = {"Tus-Resumable": "1.0.0"}
KB = 1024


def en_base64(texto: str | bytes) -> str:
    datos = texto.encode() if isinstance(texto, str) else texto
    return base64.b64encode(datos).decode()


def documento(largo: int = 200 * KB) -> bytes:
    """Un PDF de ese largo: lo que sobra va detrás, que no estorba."""
    datos = pdf(2)
    return datos + b"\n%" + os.urandom(largo - len(datos) - 2)


class Subidor:
    """Quien sube un archivo por trozos al borrador de una ficha."""

    def __init__(self, visita: Visita, ficha: str) -> None:
        self.visita = visita
        self.carpeta = CARPETA.format(ficha=ficha)

    def pedir(
        self, metodo: str, donde: str = "", datos: bytes = b"", **cabeceras: str
    ) -> TestResponse:
        """Una petición de tus; las cabeceras se escriben con guion bajo."""
        propias = {n.replace("_", "-"): v for n, v in cabeceras.items()}
        return self.visita.pedir(
            metodo, donde or f"{self.carpeta}/archivo", data=datos, headers={**TUS, **propias}
        )

    def abrir(
        self, largo: int, nombre: str = "plano.pdf", campo: str = "anexos", **mas: str
    ) -> TestResponse:
        metadatos = {"filename": nombre, "campo": campo, **mas}
        escritos = ",".join(f"{c} {en_base64(v)}" for c, v in metadatos.items())
        return self.pedir("POST", Upload_Length=str(largo), Upload_Metadata=escritos)

    def trozo(
        self, donde: str, desde: int, datos: bytes, suma: str | None = None, **mas: str
    ) -> TestResponse:
        suma = suma or "sha256 " + en_base64(hashlib.sha256(datos).digest())
        cabeceras = {"Upload_Offset": str(desde), "Upload_Checksum": suma, **mas}
        cabeceras.setdefault("Content_Type", "application/offset+octet-stream")
        return self.pedir("PATCH", donde, datos, **cabeceras)

    def va(self, donde: str) -> int:
        respuesta = self.pedir("HEAD", donde)
        assert respuesta.status_code == 200
        assert respuesta.headers["Cache-Control"] == "no-store"
        return int(respuesta.headers["Upload-Offset"])


@pytest.fixture
def ficha(mundo: Mundo) -> str:
    return mundo.abrir_mesa()


@pytest.fixture
def sube(visita: Visita, ficha: str) -> Subidor:
    return Subidor(visita, ficha)


def puestos(mundo: Mundo, campo: str = "anexos") -> list[Adjunto]:
    return mundo.todo(Adjunto, Adjunto.campo == campo)


def test_llega_por_trozos_y_entra_entero(sube: Subidor, mundo: Mundo):
    """N12: los bytes son los que salieron, con su SHA-256; los trozos no quedan."""
    datos = documento()
    abierta = sube.abrir(len(datos))
    assert abierta.status_code == 201
    donde = abierta.headers["Location"]
    assert abierta.headers["Upload-Expires"].endswith("GMT")
    for desde in range(0, len(datos), 64 * KB):
        assert sube.va(donde) == desde
        parte = datos[desde : desde + 64 * KB]
        respuesta = sube.trozo(donde, desde, parte)
        assert respuesta.status_code == 204, respuesta.text
        assert respuesta.headers["Upload-Offset"] == str(desde + len(parte))
        assert respuesta.headers["Tus-Resumable"] == "1.0.0"
    suma = hashlib.sha256(datos)
    assert respuesta.headers["Repr-Digest"] == f"sha-256=:{en_base64(suma.digest())}:"

    (adjunto,) = puestos(mundo)
    assert (adjunto.nombre, adjunto.archivo.tamano) == ("plano.pdf", len(datos))
    assert adjunto.archivo.sha256 == suma.hexdigest()
    with mundo.entorno.almacen.abrir(adjunto.archivo.clave) as archivo:
        assert archivo.read() == datos
    # Quien perdió la última respuesta pregunta y sabe que ya está.
    assert sube.va(donde) == len(datos)
    assert len(mundo.todo(Trozo)) == 3
    (parcial,) = mundo.todo(SubidaParcial)
    raiz: Any = mundo.entorno.almacen
    assert list((raiz.raiz / ".trozos").iterdir()) == []
    assert parcial.situacion == "completa"


@UN_MOTOR
def test_en_s3_llega_por_trozos_y_otro_proceso_sigue(
    mundo: Mundo, semilla: Semilla, tmp_path: Path, almacen_s3: Almacen, s3: str
):
    """N12: toda la subida contra un S3 de verdad; los trozos esperan en el balde, no aquí."""
    en_s3 = Mundo.en(replace(mundo.entorno, almacen=almacen_s3))
    datos, ficha = documento(), en_s3.abrir_mesa()
    with aplicacion(en_s3, semilla.url, tmp_path) as una:
        sube = Subidor(Visita(una), ficha)
        donde = sube.abrir(len(datos)).headers["Location"]
        assert sube.trozo(donde, 0, datos[: 90 * KB]).status_code == 204
    # Otro proceso, con otra conexión al balde.
    otro = replace(mundo.entorno, almacen=abrir_almacen(s3))
    with aplicacion(Mundo.en(otro), semilla.url, tmp_path) as otra:
        sube = Subidor(Visita(otra), ficha)
        assert sube.va(donde) == 90 * KB
        assert sube.trozo(donde, 90 * KB, datos[90 * KB :]).status_code == 204
    (adjunto,) = puestos(mundo)
    assert adjunto.archivo.sha256 == hashlib.sha256(datos).hexdigest()
    with almacen_s3.abrir(adjunto.archivo.clave) as archivo:
        assert archivo.read() == datos
    (parcial,) = mundo.todo(SubidaParcial)
    (trozo,) = mundo.todo(Trozo)
    with pytest.raises(ArchivoNoEncontrado):
        almacen_s3.abrir_trozo(parcial.carpeta, trozo.nombre)


@UN_MOTOR
def test_uno_pequeno_llega_de_una_vez_con_sha1(sube: Subidor, mundo: Mundo):
    """N12: tus pide saber SHA-1."""
    donde = sube.abrir(len(pdf()), campo="documento_principal").headers["Location"]
    suma = "sha1 " + en_base64(hashlib.sha1(pdf(), usedforsecurity=False).digest())
    assert sube.trozo(donde, 0, pdf(), suma).status_code == 204
    (adjunto,) = puestos(mundo, "documento_principal")
    assert adjunto.nombre == "plano.pdf"
    assert mundo.cuantas(Trozo) == [0]


@UN_MOTOR
def test_lo_que_no_llego_bien_no_cuenta(sube: Subidor):
    """N12: otra suma, otro lugar, de más o de a poquitos: se sigue desde donde iba."""
    datos = documento()
    donde, uno = sube.abrir(len(datos)).headers["Location"], datos[: 64 * KB]
    mala = "sha256 " + en_base64(b"0" * 32)
    assert sube.trozo(donde, 0, uno, mala).status_code == 460
    assert sube.trozo(donde, 0, uno, "sha256 no-es-base64").status_code == 460
    assert sube.trozo(donde, 0, uno, "md5 AAAA").status_code == 400
    assert sube.trozo(donde, 9, uno).status_code == 409
    assert sube.trozo(donde, 0, datos + b"x").status_code == 413
    assert sube.trozo(donde, 0, b"poco").status_code == 400
    assert sube.trozo(donde, 0, uno, Content_Type="text/plain").status_code == 415
    assert sube.trozo(donde, 0, uno, Upload_Offset="-1").status_code == 400
    assert sube.va(donde) == 0
    assert sube.trozo(donde, 0, uno).status_code == 204
    assert sube.trozo(donde, 0, uno).status_code == 409
    assert sube.va(donde) == len(uno)


@UN_MOTOR
@pytest.mark.parametrize(
    ("largo", "nombre", "campo", "codigo", "dice"),
    [
        (30 * KB * KB, "plano.pdf", "documento_principal", 413, "pesa 30 MB; el máximo es 20 MB"),
        (10**15 - 1, "plano.pdf", "documento_principal", 413, "el máximo es 20 MB"),
        (9, "programa.exe", "documento_principal", 422, "No se reciben archivos «.exe»"),
        (9, "foto.jpg", "documento_principal", 422, "foto.jpg"),
        (0, "nada.pdf", "documento_principal", 422, "nada.pdf"),
        (9, "plano.pdf", "asunto", 404, "no recibe archivos"),
        (9, "plano.pdf", "no_hay", 404, "no recibe archivos"),
    ],
)
def test_lo_que_no_se_recibe_se_dice_antes_de_subirlo(
    sube: Subidor, mundo: Mundo, largo: int, nombre: str, campo: str, codigo: int, dice: str
):
    """N04: un tipo o un peso que no es, 422 o 413 con su frase y sin gastar la línea."""
    respuesta = sube.abrir(largo, nombre, campo)
    assert respuesta.status_code == codigo
    assert dice in respuesta.text
    assert mundo.cuantas(SubidaParcial) == [0]


def test_lo_que_por_dentro_es_otra_cosa_se_dice_al_final(
    sube: Subidor, visita: Visita, mundo: Mundo
):
    """N04: se rechaza con su motivo, que también sale en la página, y no deja nada."""
    programa = b"MZ" + os.urandom(90 * KB)
    donde = sube.abrir(len(programa)).headers["Location"]
    assert sube.trozo(donde, 0, programa[: 50 * KB]).status_code == 204
    respuesta = sube.trozo(donde, 50 * KB, programa[50 * KB :])
    assert respuesta.status_code == 422
    assert "por dentro es" in respuesta.text
    assert puestos(mundo) == []
    cual = donde.rpartition("/")[2]
    pagina = visita.enviar(
        f"{sube.carpeta}/tus-archivos", {"accion": "subir", "folios": "7", "llegaron": cual}
    )
    assert pagina.status_code == 422
    assert "por dentro es" in pagina.text and 'value="7"' in pagina.text


@UN_MOTOR
def test_lo_danado_se_recibe_con_su_marca(sube: Subidor, mundo: Mundo):
    """N04: un PDF roto se recibe."""
    roto = b"%PDF-1.7\n" + os.urandom(300)
    donde = sube.abrir(len(roto)).headers["Location"]
    assert sube.trozo(donde, 0, roto).status_code == 204
    (adjunto,) = puestos(mundo)
    assert adjunto.archivo.marcas == ["danado"]


@UN_MOTOR
def test_la_huella_anunciada_se_comprueba_al_final(sube: Subidor, mundo: Mundo):
    """N12: quien sube puede decir el SHA-256 del archivo entero."""
    datos = documento(40 * KB)
    buena = sube.abrir(len(datos), sha256=hashlib.sha256(datos).hexdigest()).headers["Location"]
    mala = sube.abrir(len(datos), sha256="0" * 64).headers["Location"]
    assert sube.trozo(buena, 0, datos).status_code == 204
    respuesta = sube.trozo(mala, 0, datos)
    assert respuesta.status_code == 422 and "llegó distinto" in respuesta.text
    assert len(puestos(mundo)) == 1


def test_otro_proceso_sigue_y_dos_a_la_vez_no_se_pisan(
    mundo: Mundo, ficha: str, sube: Subidor, otra_app: Any
):
    """N12: los trozos y la cuenta no son de un proceso."""
    datos = documento()
    otro = Subidor(Visita(otra_app()), ficha)
    donde = sube.abrir(len(datos)).headers["Location"]
    assert sube.trozo(donde, 0, datos[: 64 * KB]).status_code == 204
    assert otro.va(donde) == 64 * KB
    parcial = subidas.ver(mundo.entorno, mundo.entidad(), ficha, int(donde.rpartition("/")[2]))
    assert otro.trozo(donde, 64 * KB, datos[64 * KB :]).status_code == 204
    # El primero todavía llevaba en la mano el mismo trozo.
    with mundo.entorno.almacen.recibir() as recepcion:
        recepcion.write(datos[64 * KB : 128 * KB])
        with pytest.raises(trozos.Conflicto):
            trozos._guardar(mundo.entorno, mundo.entidad(), parcial.id, 64 * KB, recepcion)
    assert len(puestos(mundo)) == 1


def test_si_el_almacen_falla_al_final_se_repite_solo_el_ultimo_trozo(mundo: Mundo, ficha: str):
    """N12: nada de lo que ya llegó se pierde ni se duplica."""
    datos = documento(60 * KB)
    entidad, almacen = mundo.entidad(), mundo.entorno.almacen

    class Caido:
        def __getattr__(self, nombre: str) -> Any:
            return getattr(almacen, nombre)

        def guardar(self, *_: Any) -> str:
            raise AlmacenNoDisponible("caído")

    caido = replace(mundo.entorno, almacen=Caido())
    cual = subidas.abrir(mundo.entorno, entidad, ficha, "anexos", "a.pdf", len(datos)).id

    def agregar(entorno: Any, desde: int, hasta: int) -> subidas.Parcial:
        with almacen.recibir() as recepcion:
            recepcion.write(datos[desde:hasta])
            return trozos.agregar(entorno, entidad, ficha, cual, desde, recepcion)

    agregar(mundo.entorno, 0, 30 * KB)
    with pytest.raises(AlmacenNoDisponible):
        agregar(caido, 30 * KB, 60 * KB)
    assert subidas.ver(mundo.entorno, entidad, ficha, cual).recibido == 30 * KB
    assert agregar(mundo.entorno, 30 * KB, 60 * KB).situacion == "completa"
    assert len(puestos(mundo)) == 1


@UN_MOTOR
def test_se_mira_lo_que_llego_y_se_deja(sube: Subidor, mundo: Mundo):
    """N12: la huella de cada trozo permite saber si el archivo que se elige es el mismo."""
    datos = documento()
    donde = sube.abrir(len(datos)).headers["Location"]
    sube.trozo(donde, 0, datos[: 64 * KB])
    suma = hashlib.sha256(datos[: 64 * KB]).hexdigest()
    assert sube.pedir("GET", donde).json == {"recibido": 64 * KB, "trozos": [[64 * KB, suma]]}
    assert sube.pedir("DELETE", donde).status_code == 204
    assert sube.pedir("HEAD", donde).status_code == 404
    assert sube.pedir("DELETE", donde).status_code == 404
    assert mundo.cuantas(SubidaParcial, Trozo) == [0, 0]


def test_la_pagina_dice_lo_que_quedo_a_medias_y_deja_quitarlo(
    sube: Subidor, visita: Visita, mundo: Mundo
):
    """N60: se ve desde cualquier equipo, y sin programas también se quita."""
    datos = documento()
    donde = sube.abrir(len(datos)).headers["Location"]
    pagina = f"{sube.carpeta}/tus-archivos"
    assert "plano.pdf" not in visita.ver(pagina).text
    sube.trozo(donde, 0, datos[: 100 * KB])
    html = visita.ver(pagina).text
    assert "plano.pdf" in html and "uedó a medias" in html and "100 KB" in html
    assert "uedó a medias" in visita.ver(f"{sube.carpeta}/revisar").text
    cual = donde.rpartition("/")[2]
    assert visita.enviar(pagina, {"soltar": cual}).status_code == 303
    assert "plano.pdf" not in visita.ver(pagina).text
    assert mundo.cuantas(SubidaParcial) == [0]


def test_nadie_toca_la_subida_de_otro(sube: Subidor, visita: Visita, mundo: Mundo):
    """N61: ni con su número; otra ficha, otro formulario u otra entidad no la ven."""
    datos = documento()
    donde = sube.abrir(len(datos)).headers["Location"]
    otra = Subidor(visita, mundo.abrir_mesa())
    ajena = f"{otra.carpeta}/archivo/parcial/{donde.rpartition('/')[2]}"
    for metodo in ("HEAD", "GET", "DELETE"):
        assert otra.pedir(metodo, ajena).status_code == 404
    assert otra.trozo(ajena, 0, datos).status_code == 404
    for direccion in (
        "/rio-claro/mesa-de-partes", "/valle-sereno/escribenos", "/no-hay/mesa-de-partes",
    ):  # fmt: skip
        mala = donde.replace("/valle-sereno/mesa-de-partes", direccion)
        assert sube.pedir("DELETE", mala).status_code == 404
        abrir = sube.carpeta.replace("/valle-sereno/mesa-de-partes", direccion) + "/archivo"
        cabeceras = {"Upload_Length": "9", "Upload_Metadata": f"campo {en_base64('anexos')}"}
        assert sube.pedir("POST", abrir, **cabeceras).status_code == 404
    assert sube.va(donde) == 0


@UN_MOTOR
def test_el_protocolo_y_sus_rarezas(sube: Subidor):
    """N62: versión, OPTIONS, método cambiado y cabeceras imposibles: nunca una falla."""
    opciones = sube.visita.pedir("OPTIONS", f"{sube.carpeta}/archivo")
    assert opciones.status_code == 204
    assert opciones.headers["Tus-Version"] == "1.0.0"
    assert opciones.headers["Tus-Extension"] == "creation,checksum,expiration,termination"
    assert opciones.headers["Tus-Checksum-Algorithm"] == "sha256,sha1"
    vieja = sube.pedir("POST", Tus_Resumable="0.2.2", Upload_Length="9")
    assert vieja.status_code == 412 and vieja.headers["Tus-Version"] == "1.0.0"
    raras: list[Mapping[str, str]] = [
        {}, {"Upload_Length": "x"}, {"Upload_Length": "-9"}, {"Upload_Length": "9" * 40},
        {"Upload_Defer_Length": "1"}, {"Upload_Length": "9", "Upload_Metadata": "\xff,,campo"},
        {"Upload_Length": "9", "Upload_Metadata": "campo !!!,filename " + "A" * 4000},
    ]  # fmt: skip
    for cabeceras in raras:
        assert sube.pedir("POST", **cabeceras).status_code in (400, 404)
    datos = documento(20 * KB)
    donde = sube.abrir(len(datos), nombre="\x00../../\u202efdp.exe.pdf").headers["Location"]
    assert sube.pedir("POST", donde).status_code == 405
    cambiado = {"X_HTTP_Method_Override": "PATCH", "Upload_Offset": "0"}
    tipo = {"Content_Type": "application/offset+octet-stream"}
    assert sube.pedir("POST", donde, datos, **cambiado, **tipo).status_code == 204


@UN_MOTOR
def test_no_se_agrega_a_lo_presentado_ni_a_lo_lleno(sube: Subidor, mundo: Mundo, ficha: str):
    """N12: presentado no cambia; y en un campo lleno se dice antes de subir."""
    campo = subidas.abierto(
        mundo.entorno, mundo.entidad(), ficha, mundo.reloj.ahora()
    ).definicion.campos["anexos"]
    datos = documento(20 * KB)
    for n in range(campo.cantidad_maxima):
        donde = sube.abrir(len(datos), f"{n}.pdf").headers["Location"]
        assert sube.trozo(donde, 0, datos).status_code == 204
    lleno = sube.abrir(len(datos))
    assert lleno.status_code == 422 and str(campo.cantidad_maxima) in lleno.text
    pendiente = sube.abrir(len(datos), campo="documento_principal").headers["Location"]
    mundo.presentar(ficha)
    assert sube.trozo(pendiente, 0, datos).status_code == 409
    assert sube.abrir(len(datos)).status_code == 409


def test_una_correccion_solo_recibe_en_lo_observado(visita: Visita, mundo: Mundo):
    """N07: el campo que no se observó no cambia tampoco por trozos."""
    codigo = mundo.presentar_mesa()
    mundo.observar(codigo, documento_principal="No se lee.")
    visita.abrir_expediente(codigo)
    abierta = visita.con_csrf(f"/seguimiento/{codigo}/expediente/corregir")
    sube = Subidor(visita, abierta.location.split("/")[4])
    assert sube.abrir(99, campo="anexos").status_code == 409
    donde = sube.abrir(len(pdf(3)), campo="documento_principal").headers["Location"]
    assert sube.trozo(donde, 0, pdf(3)).status_code == 204


def test_lo_que_quedo_a_medias_se_barre(sube: Subidor, visita: Visita, mundo: Mundo):
    """N60: a las 48 horas se va con sus trozos; el borrador se borra cuando ya no le queda nada."""
    datos = documento()
    donde = sube.abrir(len(datos)).headers["Location"]
    sube.trozo(donde, 0, datos[: 64 * KB])
    mundo.pasar(hours=47)
    assert barrido.barrer_subidas(mundo.entorno) == 0
    assert sube.va(donde) == 64 * KB
    mundo.pasar(hours=2)
    assert sube.pedir("HEAD", donde).status_code == 410
    assert "uedó a medias" not in visita.ver(f"{sube.carpeta}/tus-archivos").text
    mundo.pasar(days=30)
    assert barrido.barrer_borradores(mundo.entorno) == 0
    assert barrido.barrer_subidas(mundo.entorno) == 1
    assert mundo.cuantas(SubidaParcial, Trozo) == [0, 0]
    raiz: Any = mundo.entorno.almacen
    assert list((raiz.raiz / ".trozos").iterdir()) == []
    assert barrido.barrer_borradores(mundo.entorno) == 1
    assert mundo.cuantas(Borrador) == [0]


@UN_MOTOR
def test_la_cuota_se_gasta_al_abrir(sube: Subidor, app: Flask):
    """N62: lo anunciado cuenta aunque los trozos sean pequeños."""
    dadas = [sube.abrir(20 * KB * KB, campo="documento_principal") for _ in range(51)]
    assert [dada.status_code for dada in dadas] == [201] * 50 + [429]
    assert dadas[-1].mimetype == "text/plain" and dadas[-1].text == SIN_CUOTA


@UN_MOTOR
def test_las_subidas_a_medias_tienen_tope(mundo: Mundo, ficha: str):
    """N62: un borrador no es un almacén sin fondo."""
    for _ in range(subidas.ABIERTAS):
        subidas.abrir(mundo.entorno, mundo.entidad(), ficha, "anexos", "a.pdf", 9)
    with pytest.raises(subidas.Conflicto):
        subidas.abrir(mundo.entorno, mundo.entidad(), ficha, "anexos", "a.pdf", 9)
    assert mundo.cuantas(Archivo) == [1]


@UN_MOTOR
@pytest.mark.parametrize("primero", ["doc", "xls"])
def test_lo_roto_es_lo_que_dice_cada_nombre(
    sube: Subidor, visita: Visita, mundo: Mundo, primero: str
):
    """N04: unos mismos bytes dañados llegan como DOC y como XLS: cada adjunto es lo suyo."""
    roto = bytes.fromhex("d0cf11e0a1b11ae1") + b"\xff" * 600
    for tipo in (primero, {"doc": "xls", "xls": "doc"}[primero]):
        donde = sube.abrir(len(roto), f"cuadro.{tipo}").headers["Location"]
        assert sube.trozo(donde, 0, roto).status_code == 204
    assert [a.tipo for a in puestos(mundo)] == [a.nombre[-3:] for a in puestos(mundo)]
    assert len({a.archivo_id for a in puestos(mundo)}) == 1
    pagina = visita.ver(f"{sube.carpeta}/tus-archivos").text
    assert pagina.count("El archivo está dañado") == 2

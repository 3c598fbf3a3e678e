"""El cargo en PDF, el índice, el ZIP y comprobarlos: punto por punto, y con el servidor apagado."""

import hashlib
import io
import json
import os
import shutil
import sqlite3
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from fabrica import PLATAFORMA, Mundo, armar_entorno, pdf
from flask import Flask
from sqlalchemy import update

from facilita.cli import main
from facilita.servicios import paquetes
from facilita.servicios.sello import Declaracion, declarar
from facilita.tramite import documentos, sellos
from facilita.tramite.bd import BaseDeDatos
from facilita.tramite.modelos import Archivo, Bitacora, Documento, Salida, Solicitud

from .cliente import SITIO, Visita

EN_SQLITE = pytest.mark.parametrize("motor", ["sqlite"], indirect=True)


def componer(mundo: Mundo) -> None:
    while documentos.hacer(mundo.entorno):
        pass


def cambiar(datos: bytes, lugar: int) -> bytes:
    """Los mismos bytes, menos uno."""
    return datos[:lugar] + bytes([datos[lugar] ^ 1]) + datos[lugar + 1 :]


@pytest.fixture
def carpeta(visita: Visita) -> str:
    """Lo recién presentado."""
    borrador = visita.hasta_revisar()
    visita.presentar(borrador)
    return borrador


@pytest.fixture
def codigo(mundo: Mundo, carpeta: str) -> str:
    codigo: str = mundo.todo(Solicitud)[0].codigo
    return codigo


@pytest.fixture
def zip_entero(mundo: Mundo, visita: Visita, codigo: str) -> bytes:
    """El expediente entero, ya con todos sus documentos."""
    componer(mundo)
    visita.abrir_expediente(codigo)
    respuesta = visita.ver(f"/seguimiento/{codigo}/expediente/todo.zip")
    assert respuesta.status_code == 200
    assert int(respuesta.headers["Content-Length"]) == len(respuesta.data)
    return respuesta.data


def dentro(datos: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(datos)) as paquete:
        assert paquete.testzip() is None
        return {nombre: paquete.read(nombre) for nombre in paquete.namelist()}


def rehacer(archivos: dict[str, bytes]) -> bytes:
    salida = io.BytesIO()
    with zipfile.ZipFile(salida, "w", zipfile.ZIP_DEFLATED) as paquete:
        for nombre, datos in archivos.items():
            paquete.writestr(nombre, datos)
    return salida.getvalue()


def comprobar(visita: Visita, documento: bytes, *archivos: tuple[str, bytes]) -> Any:
    datos: dict[str, Any] = {"documento": (io.BytesIO(documento), "cargo.pdf")}
    datos["archivos"] = [(io.BytesIO(d), nombre) for nombre, d in archivos]
    return visita.enviar("/verificar", datos)


# --- el cargo -----------------------------------------------------------------------------------


def test_el_cargo_es_inmediato_y_ofrece_el_pdf_cuando_esta(
    mundo: Mundo, visita: Visita, carpeta: str
) -> None:
    """N20: el de la pantalla no espera a nadie; el PDF, siempre los mismos bytes."""
    antes = visita.ver(carpeta + "cargo").text
    assert "Estamos preparando tu cargo en PDF" in antes
    assert visita.ver(carpeta + "cargo.pdf").status_code == 404
    componer(mundo)
    despues = visita.ver(carpeta + "cargo").text
    assert "Estamos preparando" not in despues
    assert f'href="{carpeta}cargo.pdf"' in despues
    una = visita.ver(carpeta + "cargo.pdf")
    assert una.headers["Content-Disposition"].startswith("attachment")
    mundo.pasar(hours=5)
    componer(mundo)
    assert visita.ver(carpeta + "cargo.pdf").data == una.data
    cargo = next(d for d in mundo.todo(Documento) if d.clase == "cargo")
    assert una.headers["ETag"] == f'"{cargo.archivo.sha256[:32]}"'
    # El correo lleva a ese mismo PDF, y antes pide el documento: un correo se reenvía.
    (texto,) = [s.datos["texto"] for s in mundo.todo(Salida) if s.clave.endswith(".presentado")]
    enlace = texto.partition("Tu cargo en PDF: ")[2].split()[0].removeprefix(SITIO)
    seguimiento = enlace.removesuffix("/expediente/cargo.pdf")
    assert visita.ver(enlace).location == seguimiento
    visita.abrir_expediente(seguimiento.rpartition("/")[2])
    assert visita.ver(enlace).data == una.data


@EN_SQLITE
def test_de_un_borrador_sin_presentar_no_hay_pdf(visita: Visita) -> None:
    borrador = visita.hasta_revisar()
    assert visita.ver(borrador + "cargo.pdf").status_code == 404


def test_un_documento_ajeno_no_existe(mundo: Mundo, visita: Visita, codigo: str) -> None:
    """N21, N61: ni con el número de otro expediente."""
    otro = mundo.presentar_mesa(numero_documento_identidad="87654321")
    componer(mundo)
    ajenos = [d.id for d in mundo.todo(Documento) if d.solicitud_id == mundo.solicitud(otro).id]
    visita.abrir_expediente(codigo)
    assert ajenos
    for cual in ajenos:
        direccion = f"/seguimiento/{codigo}/expediente/documento/{cual}"
        assert visita.ver(direccion).status_code == 404


# --- el índice y el ZIP -------------------------------------------------------------------------


def test_el_indice_nombra_cada_documento_en_orden(
    mundo: Mundo, visita: Visita, codigo: str
) -> None:
    """N23: código, fecha, orden, huella y folios de cada uno."""
    visita.abrir_expediente(codigo)
    suyo = f"/seguimiento/{codigo}/expediente"
    antes = visita.leer(f"{suyo}/indice").texto
    assert "Falta preparar 2" in antes
    componer(mundo)
    pagina = visita.leer(f"{suyo}/indice")
    filas = [fila for fila in pagina.todos("tr") if "SHA-256" in fila.texto]
    assert [f.texto.split()[0][0] for f in filas] == ["1", "2", "3"]
    for enlace in [a for a in pagina.todos("a") if suyo in a["href"] and "/" in a["href"]]:
        assert visita.ver(enlace["href"]).status_code in (200, 303), enlace["href"]


@EN_SQLITE
def test_el_zip_trae_todo_con_su_indice(zip_entero: bytes, mundo: Mundo) -> None:
    archivos = dentro(zip_entero)
    indice = json.loads(archivos["00-indice.json"])
    assert [d["orden"] for d in indice["documentos"]] == [1, 2, 3]
    for d in indice["documentos"]:
        assert hashlib.sha256(archivos[d["archivo"]]).hexdigest() == d["sha256"]
        assert len(archivos[d["archivo"]]) == d["tamano"]
    assert archivos["03-carta.pdf"] == pdf(1)
    assert archivos["00-indice-del-expediente.pdf"].startswith(b"%PDF")
    suelto = archivos["00-indice.html"].decode()
    assert "SHA-256" in suelto and "No te fíes solo del archivo" in suelto
    assert f"{SITIO}/verificar/claves.json" in suelto
    assert json.loads(archivos["00-claves.json"])["claves"]


@EN_SQLITE
def test_el_personal_descarga_lo_interno_y_queda_anotado(
    mundo: Mundo, app: Flask, codigo: str
) -> None:
    """N61."""
    componer(mundo)
    luis = Visita(app).ingresar("luis")
    bandeja = f"/bandeja/{mundo.solicitud(codigo).id}"
    assert "en PDF" in luis.leer(bandeja).texto
    assert luis.ver(f"{bandeja}/indice").status_code == 200
    assert len(dentro(luis.ver(f"{bandeja}/todo.zip").data)) >= 6
    cual = mundo.todo(Documento)[0].id
    assert luis.ver(f"{bandeja}/documento/{cual}").data.startswith(b"%PDF")
    hechos = [b.accion for b in mundo.todo(Bitacora)]
    assert {"expediente.indice_visto", "expediente.descargado", "documento.descargado"} <= set(
        hechos
    )


# --- comprobar ----------------------------------------------------------------------------------


@EN_SQLITE
def test_comprobar_dice_cada_cosa_por_separado(visita: Visita, zip_entero: bytes) -> None:
    """N21."""
    archivos = dentro(zip_entero)
    respuesta = comprobar(visita, archivos["01-cargo-de-recepcion.pdf"], ("todo.zip", zip_entero))
    assert respuesta.status_code == 200
    texto = respuesta.text
    assert "Todo está bien" in texto
    assert "No cambió desde que se firmó." in texto
    assert "No es una firma digital de la IOFE." in texto
    assert "Sus datos son los declarados" in texto
    assert texto.count("Mal.") == 0


@EN_SQLITE
def test_un_byte_cambiado_falla_y_se_nombra(
    visita: Visita, zip_entero: bytes, tmp_path: Path
) -> None:
    """N21, N23: en el cargo, en las respuestas, en el índice o en cualquier archivo."""
    archivos = dentro(zip_entero)
    claves = tmp_path / "claves.json"
    claves.write_bytes(archivos["00-claves.json"])
    cargo = archivos["01-cargo-de-recepcion.pdf"]
    for nombre in archivos:
        if not nombre.endswith(".pdf"):
            continue
        datos = cambiar(archivos[nombre], len(archivos[nombre]) // 2)
        roto = tmp_path / "roto.zip"
        roto.write_bytes(rehacer({**archivos, nombre: datos}))
        visto = verificar(roto, claves=claves)
        assert not visto["vale"], nombre
        if nombre == "01-cargo-de-recepcion.pdf":
            assert not visto["intacto"]["bien"]
        else:
            mal = [a["nombre"] for a in visto["archivos"] if a["situacion"] not in ("coincide",)]
            assert mal == [nombre]
    suelto = verificar_bytes(cargo, tmp_path, claves, carta=cambiar(pdf(1), 9))
    assert [(a["nombre"], a["situacion"]) for a in suelto["archivos"]] == [("carta.pdf", "cambio")]


def verificar(documento: Path, *mas: Path, claves: Path) -> dict[str, Any]:
    """Lo que dice `facilita verificar`, desde una carpeta sin instalación."""
    orden = ["verificar", str(documento), *map(str, mas), "--claves", str(claves), "--json"]
    hecho = CliRunner().invoke(main, orden)
    assert hecho.exit_code in (0, 1), hecho.output
    visto: dict[str, Any] = json.loads(hecho.output)
    assert hecho.exit_code == (0 if visto["vale"] else 1)
    return visto


def verificar_bytes(cargo: bytes, donde: Path, claves: Path, carta: bytes) -> dict[str, Any]:
    (donde / "cargo.pdf").write_bytes(cargo)
    (donde / "carta.pdf").write_bytes(carta)
    return verificar(donde / "cargo.pdf", donde / "carta.pdf", claves=claves)


@EN_SQLITE
def test_con_otras_claves_no_se_dice_que_sea_de_la_entidad(
    zip_entero: bytes, tmp_path: Path
) -> None:
    (tmp_path / "todo.zip").write_bytes(zip_entero)
    ajenas = tmp_path / "claves.json"
    ajenas.write_text('{"claves": []}')
    visto = verificar(tmp_path / "todo.zip", claves=ajenas)
    assert not visto["vale"]
    assert visto["intacto"]["bien"]
    assert not visto["firmado"]["bien"]
    assert not visto["declaracion"]["bien"]


@EN_SQLITE
def test_un_cargo_no_vale_por_los_archivos_de_otro(
    mundo: Mundo, zip_entero: bytes, tmp_path: Path
) -> None:
    otro = mundo.presentar_mesa(asunto="Otra cosa")
    componer(mundo)
    sid = mundo.solicitud(otro).id
    ajena = next(
        d for d in mundo.todo(Documento) if d.solicitud_id == sid and d.clase == "respuestas"
    )
    with mundo.entorno.almacen.abrir(ajena.archivo.clave) as archivo:
        (tmp_path / "respuestas.pdf").write_bytes(archivo.read())
    archivos = dentro(zip_entero)
    (tmp_path / "cargo.pdf").write_bytes(archivos["01-cargo-de-recepcion.pdf"])
    claves = tmp_path / "claves.json"
    claves.write_text(json.dumps(sellos.publicar(mundo.entorno)))
    visto = verificar(tmp_path / "cargo.pdf", tmp_path / "respuestas.pdf", claves=claves)
    assert visto["archivos"][0]["texto"] == "Es de otro expediente."


@EN_SQLITE
@pytest.mark.parametrize(
    "datos",
    [b"", b"%PDF-1.7", b"%PDF-" + b"\x00" * 3000, b"hola", pdf(1), pdf(1)[:300], b"PK\x03\x04rota"],
    ids=["vacio", "cabecera", "ceros", "texto", "ajeno", "cortado", "zip"],
)
def test_un_pdf_roto_nunca_es_un_500(visita: Visita, datos: bytes) -> None:
    respuesta = comprobar(visita, datos, ("roto.zip", b"PK\x05\x06" + datos))
    assert respuesta.status_code in (200, 422)
    assert "Algo no está bien" in respuesta.text or respuesta.status_code == 422


@EN_SQLITE
@pytest.mark.parametrize("limite", ["DENTRO_MAXIMO", "SIEMPRE_CABE"])
def test_un_zip_desmedido_se_niega(
    visita: Visita, monkeypatch: pytest.MonkeyPatch, limite: str
) -> None:
    monkeypatch.setattr(paquetes, limite, 1000)
    bomba = rehacer({"a.bin": b"0" * 5000})
    respuesta = comprobar(visita, b"%PDF-1.7 x", ("bomba.zip", bomba))
    assert respuesta.status_code == 422
    assert "por partes" in respuesta.text


@EN_SQLITE
def test_por_codigo_y_sin_nada(visita: Visita, codigo: str) -> None:
    assert visita.enviar("/verificar", {"codigo": codigo.lower()}).location == (
        f"/verificar/{codigo}"
    )
    assert visita.enviar("/verificar", {"codigo": "no-hay"}).status_code == 422
    nada = visita.enviar("/verificar", {})
    assert nada.status_code == 422
    assert "Elige el PDF" in nada.text


@EN_SQLITE
def test_el_qr_dice_si_lo_firmo_la_plataforma(mundo: Mundo, visita: Visita, codigo: str) -> None:
    """N20: la dirección de siempre y, con ella, la declaración firmada."""
    suyo = sellos.vigente(mundo.entorno).claves
    buena = declarar(suyo, Declaracion("cargo", codigo, "1", "2026-11-23", "ab" * 32))
    ajena = declarar(suyo, Declaracion("cargo", "OTRO", "1", "2026-11-23", "ab" * 32))
    assert "El QR es auténtico" in visita.ver(f"/verificar/{codigo}?d={buena}").text
    for falsa in (buena[:-4] + "AAAA", ajena, "x" * 5000, "1~%00"):
        respuesta = visita.ver(f"/verificar/{codigo}", query_string={"d": falsa})
        assert "El QR no es auténtico" in respuesta.text
    assert "QR" not in visita.leer(f"/verificar/{codigo}").texto


@EN_SQLITE
def test_del_papel_basta_su_qr(mundo: Mundo, tmp_path: Path) -> None:
    """N20: con el servidor apagado, el QR de un papel se comprueba con las claves públicas."""
    suyo = sellos.vigente(mundo.entorno).claves
    dicha = declarar(suyo, Declaracion("cargo", "F7XK", "0001-2026", "2026-11-23", "ab" * 32))
    claves = tmp_path / "claves.json"
    claves.write_text(json.dumps(sellos.publicar(mundo.entorno)))
    direccion = f"https://mesa.example/verificar/F7XK?d={dicha}"
    for texto, codigo, dice in (
        (direccion, 0, "El QR es auténtico: cargo del registro 0001-2026."),
        (direccion[:-3] + "AAA", 1, "no lo firmó ninguna"),
        ("cualquier cosa", 1, "no lo firmó ninguna"),
    ):
        hecho = CliRunner().invoke(main, ["verificar", "--qr", texto, "--claves", str(claves)])
        assert hecho.exit_code == codigo
        assert dice in hecho.output


@EN_SQLITE
def test_el_zip_no_se_junta_en_memoria(
    mundo: Mundo, app: Flask, visita: Visita, codigo: str
) -> None:
    """Un archivo de 96 MB pasa por el ZIP sin que la memoria crezca con él."""
    componer(mundo)
    grande = 96 * 1024 * 1024
    archivo = mundo.todo(Archivo)[0]
    ruta = mundo.entorno.almacen._ruta(archivo.clave)  # type: ignore[attr-defined]
    os.truncate(ruta, grande)
    with mundo.entorno.bd.transaccion(PLATAFORMA) as sesion:
        sesion.execute(update(Archivo).where(Archivo.id == archivo.id).values(tamano=grande))
    visita.abrir_expediente(codigo)
    visita._base["buffered"] = False
    tracemalloc.start()
    try:
        respuesta = visita.ver(f"/seguimiento/{codigo}/expediente/todo.zip")
        recibido = sum(len(trozo) for trozo in respuesta.iter_encoded())
        _, mayor = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    respuesta.close()
    assert recibido == int(respuesta.headers["Content-Length"]) > grande
    assert mayor < 16 * 1024 * 1024


# --- respaldo -----------------------------------------------------------------------------------


@EN_SQLITE
def test_respaldado_y_restaurado_en_otra_carpeta_es_lo_mismo(
    mundo: Mundo, zip_entero: bytes, tmp_path: Path, copiar_almacen: Callable[[Path], None]
) -> None:
    """N12, N60: las huellas son las mismas y todo se comprueba con las claves de siempre."""
    nueva = tmp_path / "restaurada"
    nueva.mkdir()
    origen = sqlite3.connect(mundo.entorno.bd.motor.url.database or "")
    with closing(origen):
        origen.execute(f"VACUUM INTO '{nueva / 'respaldo.db'}'")
    copiar_almacen(nueva / "archivos")
    bd = BaseDeDatos(f"sqlite:///{nueva / 'respaldo.db'}")
    try:
        otro = Mundo.en(armar_entorno(bd, nueva))
        assert {d.archivo.sha256 for d in otro.todo(Documento)} == {
            d.archivo.sha256 for d in mundo.todo(Documento)
        }
        for documento in otro.todo(Documento):
            archivo = documento.archivo
            with (
                otro.entorno.almacen.abrir(archivo.clave) as copia,
                mundo.entorno.almacen.abrir(archivo.clave) as original,
            ):
                assert copia.read() == original.read()
        claves = tmp_path / "claves.json"
        claves.write_text(json.dumps(sellos.publicar(otro.entorno)))
        (tmp_path / "todo.zip").write_bytes(zip_entero)
        assert verificar(tmp_path / "todo.zip", claves=claves)["vale"]
        assert documentos.hacer(otro.entorno) == 0
    finally:
        bd.cerrar()


@pytest.fixture
def copiar_almacen(mundo: Mundo) -> Callable[[Path], None]:
    def copiar(adonde: Path) -> None:
        shutil.copytree(mundo.entorno.almacen.raiz, adonde)  # type: ignore[attr-defined]

    return copiar

"""clamd de verdad: lo que halla, lo que no puede mirar y lo que pasa cuando se cae."""

import io
import os
import socket
import struct
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from threading import Thread
from typing import Any

import pikepdf
import pytest
from clamd import EICAR, FIRMA, MAXIMO_MB, ServidorClamd

from facilita.servicios.antivirus import (
    Antivirus,
    AntivirusNoDisponible,
    SinAntivirus,
    abrir_antivirus,
)
from facilita.servicios.antivirus_partes import analizar, partes_de_pdf
from facilita.servicios.revision import revisar

MEGA = 1024 * 1024


def comprimido(**partes: bytes) -> bytes:
    salida = io.BytesIO()
    with zipfile.ZipFile(salida, "w", zipfile.ZIP_DEFLATED) as z:
        for nombre, datos in partes.items():
            z.writestr(nombre, datos)
    return salida.getvalue()


def cifrado(datos: bytes) -> bytes:
    """Un ZIP cuyo directorio dice que pide contraseña."""
    crudo = bytearray(comprimido(a=datos))
    crudo[6] |= 1
    crudo[crudo.index(b"PK\x01\x02") + 8] |= 1
    return bytes(crudo)


def documento(*adjuntos: bytes, **cambios: Any) -> bytes:
    """Un PDF con esos adjuntos, escrito como lo escribe pikepdf (trampa 3)."""
    pdf, salida = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page()
    for n, datos in enumerate(adjuntos):
        pdf.attachments[f"anexo-{n}.txt"] = datos
    if "codigo" in cambios:
        accion = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=cambios["codigo"](pdf))
        pdf.Root.OpenAction = accion
    pdf.save(salida, encryption=cambios.get("encryption", False))
    return salida.getvalue()


def con_contrasena(datos: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(datos)) as pdf:
        salida = io.BytesIO()
        pdf.save(salida, encryption=pikepdf.Encryption(owner="x", user="y"))
    return salida.getvalue()


def dicho(antivirus: Antivirus, datos: bytes, nombre: str) -> tuple[str, str | None]:
    """El veredicto de un archivo, revisado antes como al llegar."""
    archivo = io.BytesIO(datos)
    ficha = revisar(archivo, nombre)
    veredicto = analizar(antivirus, archivo, ficha.tipo or "", frozenset(ficha.marcas))
    return veredicto.situacion, veredicto.detalle


@pytest.mark.parametrize("por", ["zocalo", "tcp"])
def test_halla_y_deja_pasar(antivirus: ServidorClamd, por: str) -> None:
    abierto = abrir_antivirus(antivirus.url if por == "zocalo" else antivirus.url_tcp)
    assert abierto.configurado and abierto.version().startswith("ClamAV")
    assert dicho(abierto, EICAR, "nota.txt") == ("infectado", FIRMA)
    assert dicho(abierto, b"Buenos dias.", "nota.txt") == ("limpio", None)
    assert dicho(abierto, os.urandom(3 * MEGA), "nota.txt")[0] == "limpio"


CASOS: dict[str, tuple[bytes, str, str]] = {
    "zip": (comprimido(a=b"hola", b=EICAR), "a.zip", "infectado"),
    "zip_limpio": (comprimido(a=b"hola"), "a.zip", "limpio"),
    "zip_que_esconde_algo_grande": (comprimido(a=b"0" * 5 * MEGA), "a.zip", "no_analizado"),
    "zip_con_contrasena": (cifrado(b"hola"), "a.zip", "no_analizado"),
    "zip_roto": (comprimido(a=b"hola")[:-30], "a.zip", "no_analizado"),
    "muy_grande": (os.urandom(MAXIMO_MB * MEGA + 1), "a.txt", "no_analizado"),
    "pdf_limpio": (documento(), "a.pdf", "limpio"),
    "pdf_con_adjunto_limpio": (documento(b"hola"), "a.pdf", "limpio"),
    "pdf_con_adjunto": (documento(b"hola", EICAR), "a.pdf", "infectado"),
    "pdf_dentro_de_pdf": (documento(documento(EICAR)), "a.pdf", "infectado"),
    "zip_dentro_de_pdf": (documento(comprimido(a=EICAR)), "a.pdf", "infectado"),
    "adjunto_muy_grande": (documento(b"0" * 5 * MEGA), "a.pdf", "no_analizado"),
    "pdf_con_codigo": (documento(codigo=lambda pdf: pdf.make_stream(EICAR)), "a.pdf", "infectado"),
    "pdf_con_codigo_corto": (documento(codigo=lambda _: "app.alert(1)"), "a.pdf", "limpio"),
    "pdf_con_contrasena": (con_contrasena(documento()), "a.pdf", "no_analizado"),
    "pdf_roto": (b"%PDF-1.7\n" + os.urandom(300), "a.pdf", "no_analizado"),
}


@pytest.mark.parametrize("caso", CASOS)
def test_limpio_solo_si_se_miro_entero(antivirus: ServidorClamd, caso: str) -> None:
    datos, nombre, esperado = CASOS[caso]
    situacion, detalle = dicho(abrir_antivirus(antivirus.url), datos, nombre)
    assert situacion == esperado, detalle
    assert (detalle is None) == (situacion == "limpio")


def test_clamd_solo_no_ve_el_adjunto(antivirus: ServidorClamd) -> None:
    """Por esto se sacan las partes: el día que clamd lo vea, esta prueba avisa."""
    datos = documento(EICAR * 40)
    abierto = abrir_antivirus(antivirus.url)
    assert abierto.analizar(io.BytesIO(datos)).situacion == "limpio"
    assert [parte.read() for parte in partes_de_pdf(io.BytesIO(datos))] == [EICAR * 40]


def test_caido_no_es_limpio_y_al_volver_analiza(antivirus: ServidorClamd) -> None:
    abierto = abrir_antivirus(antivirus.url)
    antivirus.apagar()
    for hacer in (lambda: abierto.analizar(io.BytesIO(b"hola")), abierto.version):
        with pytest.raises(AntivirusNoDisponible):
            hacer()
    antivirus.prender()
    assert abierto.analizar(io.BytesIO(b"hola")).situacion == "limpio"


class Falso:
    """Un servidor que hace con cada conexión lo que se le diga."""

    def __init__(self, que: str) -> None:
        self._que = que
        self._puerta = socket.create_server(("127.0.0.1", 0))
        self.url = f"clamd://127.0.0.1:{self._puerta.getsockname()[1]}?segundos=1"
        self._hilo = Thread(target=self._atender, daemon=True)
        self._hilo.start()

    def _atender(self) -> None:
        with suppress(OSError):
            while True:
                enchufe, _ = self._puerta.accept()
                with enchufe, suppress(OSError):
                    self._contestar(enchufe)

    def _contestar(self, enchufe: socket.socket) -> None:
        if self._que == "cuelga":
            enchufe.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            enchufe.recv(10)
            return
        if self._que == "calla":
            while enchufe.recv(MEGA):
                pass
            return
        enchufe.recv(MEGA)
        enchufe.sendall(self._que.encode() + b"\0")
        while enchufe.recv(MEGA):
            pass

    def cerrar(self) -> None:
        with suppress(OSError):
            self._puerta.shutdown(socket.SHUT_RDWR)
        self._puerta.close()
        self._hilo.join(5)


@pytest.fixture
def falso(request: pytest.FixtureRequest) -> Iterator[Falso]:
    servidor = Falso(request.param)
    yield servidor
    servidor.cerrar()


@pytest.mark.parametrize(
    "falso", ["cuelga", "calla", "stream: Can't allocate memory ERROR", "HTTP/1.1 200 OK", "OK?"],
    indirect=True,
)  # fmt: skip
def test_lo_que_no_contesta_bien_nunca_es_limpio(falso: Falso) -> None:
    with pytest.raises(AntivirusNoDisponible):
        abrir_antivirus(falso.url).analizar(io.BytesIO(os.urandom(3 * MEGA)))


@pytest.mark.parametrize(
    "falso", ["INSTREAM size limit exceeded. ERROR", "stream: Heuristics.Limits.Exceeded FOUND",
              "stream: Heuristics.Encrypted.PDF FOUND"],
    indirect=True,
)  # fmt: skip
def test_lo_que_no_pudo_mirar_no_es_limpio_ni_danino(falso: Falso) -> None:
    assert abrir_antivirus(falso.url).analizar(io.BytesIO(b"x")).situacion == "no_analizado"


def test_sin_antivirus_se_dice() -> None:
    ninguno = abrir_antivirus("ninguno")
    assert isinstance(ninguno, SinAntivirus) and not ninguno.configurado
    assert ninguno.analizar(io.BytesIO(b"x")).situacion == "no_analizado"
    assert "sin antivirus" in ninguno.version()


@pytest.mark.parametrize(
    "url",
    ["", "clamd", "clamd:", "clamd://", "http://x:3310", "clamd://u:c@x", "clamd://x/ruta",
     "clamd:relativa", "clamd://x?otra=1", "clamd://x?maximo_mb=0", "clamd://x?segundos=x",
     "clamd://x:99999"],
)  # fmt: skip
def test_una_direccion_mal_escrita_se_dice_al_arrancar(url: str) -> None:
    with pytest.raises(ValueError):
        abrir_antivirus(url)

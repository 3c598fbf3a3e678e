"""Los lectores de PDF: aparte, con tiempo y memoria contados, y siempre de vuelta."""

import io
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from facilita.servicios import revision_pdf
from facilita.servicios.revision import revisar
from facilita.servicios.revision_pdf import Lectores

from . import muestras

ABUSIVOS = muestras.pdfs_abusivos()
SANO = {"paginas": 3, "marcas": []}
_TOPE_KB = 512 * 1024


@pytest.fixture
def sano() -> Iterator[int]:
    with tempfile.TemporaryFile() as archivo:
        archivo.write(muestras.pdf(3))
        archivo.flush()
        yield archivo.fileno()


@pytest.fixture
def lectores() -> Iterator[Lectores]:
    abiertos = Lectores(1, plazo=1)
    yield abiertos
    abiertos.cerrar()


def proceso(lectores: Lectores) -> int:
    """El número de proceso del único lector, que está libre."""
    lector = lectores._libres.queue[0]
    assert lector is not None
    return lector._proceso.pid


@pytest.mark.parametrize("cual", ABUSIVOS)
def test_un_pdf_abusivo_se_recibe_marcado_y_a_tiempo(cual: str) -> None:
    inicio = time.monotonic()
    ficha = revisar(io.BytesIO(ABUSIVOS[cual]), "a.pdf")
    assert time.monotonic() - inicio < revision_pdf._PLAZO_S + 4
    assert ficha.tipo == "pdf"
    assert {"danado", "desmedido", "sin_examinar"} & set(ficha.marcas)
    assert all(kb < _TOPE_KB for kb in _memoria_de_los_lectores())
    assert revisar(io.BytesIO(muestras.pdf(2)), "b.pdf").paginas == 2


def _memoria_de_los_lectores() -> Iterator[int]:
    for lector in revision_pdf._lectores._libres.queue:
        if lector is not None and lector.vive():
            estado = Path(f"/proc/{lector._proceso.pid}/status").read_text()
            yield int(estado.partition("VmHWM:")[2].split()[0])


def test_cuenta_muchas_paginas() -> None:
    assert revisar(io.BytesIO(muestras.pdf(1500)), "a.pdf").paginas == 1500


def test_un_lector_atiende_a_muchos(lectores: Lectores, sano: int) -> None:
    assert lectores.examinar(sano) == SANO
    numero = proceso(lectores)
    os.lseek(sano, 5, os.SEEK_SET)
    assert lectores.examinar(sano) == SANO
    assert proceso(lectores) == numero
    assert os.lseek(sano, 0, os.SEEK_CUR) == 5


def test_un_lector_colgado_se_corta_y_se_repone(lectores: Lectores, sano: int) -> None:
    lectores.examinar(sano)
    os.kill(proceso(lectores), signal.SIGSTOP)
    inicio = time.monotonic()
    assert lectores.examinar(sano) == {"paginas": None, "marcas": ["desmedido"]}
    assert time.monotonic() - inicio < 8
    assert lectores.examinar(sano) == SANO


def test_un_lector_muerto_se_repone(lectores: Lectores, sano: int) -> None:
    lectores.examinar(sano)
    numero = proceso(lectores)
    os.kill(numero, signal.SIGKILL)
    while _vive(numero):
        time.sleep(0.01)
    assert lectores.examinar(sano) == SANO


def _vive(numero: int) -> bool:
    return "Z (zombie)" not in Path(f"/proc/{numero}/status").read_text()


def test_un_lector_se_jubila(
    lectores: Lectores, sano: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revision_pdf, "_USOS", 2)
    for _ in range(5):
        assert lectores.examinar(sano) == SANO


def test_si_todos_estan_ocupados_el_archivo_queda_sin_examinar(sano: int) -> None:
    assert Lectores(0, plazo=0).examinar(sano) == {"paginas": None, "marcas": ["sin_examinar"]}


def test_si_no_se_puede_crear_un_lector_el_archivo_queda_sin_examinar(
    lectores: Lectores, sano: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as parche:
        parche.setattr("sys.executable", "/no/existe")
        assert lectores.examinar(sano)["marcas"] == ["sin_examinar"]
    assert lectores.examinar(sano) == SANO


def test_muchos_a_la_vez() -> None:
    datos = {n: muestras.pdf(n) for n in range(1, 17)}
    with ThreadPoolExecutor(8) as hilos:
        fichas = hilos.map(lambda n: revisar(io.BytesIO(datos[n]), "a.pdf"), datos)
        assert [ficha.paginas for ficha in fichas] == list(datos)


def test_un_hijo_no_usa_los_lectores_de_su_padre() -> None:
    assert revisar(io.BytesIO(muestras.pdf(3)), "a.pdf").paginas == 3
    hijo = os.fork()
    if hijo == 0:
        paginas = 0
        try:
            paginas = revisar(io.BytesIO(muestras.pdf(4)), "a.pdf").paginas or 0
            revision_pdf._lectores.cerrar()
        finally:
            os._exit(paginas)
    assert os.waitstatus_to_exitcode(os.waitpid(hijo, 0)[1]) == 4
    assert revisar(io.BytesIO(muestras.pdf(5)), "a.pdf").paginas == 5


def _a_mano(pagina: bytes) -> bytes:
    """Un PDF escrito a mano, con su índice bien puesto y esas entradas en su página."""
    objetos = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Parent 2 0 R " + pagina + b" >>",
    )
    escrito, lugares = b"%PDF-1.4\n", []
    for numero, objeto in enumerate(objetos, 1):
        lugares.append(len(escrito))
        escrito += b"%d 0 obj\n%s\nendobj\n" % (numero, objeto)
    indice = b"".join(b"%010d 00000 n \n" % lugar for lugar in lugares)
    cola = b"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(escrito)
    return escrito + b"xref\n0 4\n0000000000 65535 f \n" + indice + cola


_MEDIDA = b"/MediaBox [0 0 612 792]"


@pytest.mark.parametrize(
    "pagina",
    [
        b"/Type /Page " + _MEDIDA,
        b"/Type /Page /Type /Page /Resources << >> " + _MEDIDA,
        b"/Resources << >> " + _MEDIDA,
        b"/Type /Page /Resources << >>",
    ],
    ids=["sin recursos", "clave repetida", "sin tipo", "sin medida"],
)
def test_un_pdf_que_se_lee_y_se_cuenta_no_esta_danado(pagina: bytes) -> None:
    ficha = revisar(io.BytesIO(_a_mano(pagina)), "a.pdf")
    assert (ficha.tipo, ficha.paginas, list(ficha.marcas)) == ("pdf", 1, [])


def test_un_pdf_que_hubo_que_reconstruir_esta_danado() -> None:
    sano = _a_mano(b"/Type /Page /Resources << >> " + _MEDIDA)
    for roto in (
        sano[:-40],
        sano[: len(sano) // 2],
        sano.replace(b"startxref\n", b"startxref\n9"),
        sano.replace(b"/Parent 2 0 R", b"/Parent 2 0 R" + b" " * 30, 1).replace(b"xref\n", b"x\n"),
    ):
        assert "danado" in revisar(io.BytesIO(roto), "a.pdf").marcas

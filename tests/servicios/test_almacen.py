"""Lo que todo almacén cumple, sea una carpeta o un S3 de verdad."""

import hashlib
import io
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from facilita.servicios.almacen import Almacen, ArchivoNoEncontrado, ClaveInvalida

NADIE = "muni/" + "0" * 64
Guardar = Callable[..., str]


def huella(datos: bytes) -> str:
    return hashlib.sha256(datos).hexdigest()


def test_guarda_por_su_huella_y_devuelve_los_mismos_bytes(almacen: Almacen) -> None:
    datos = os.urandom(300_000)
    with almacen.recibir() as recepcion:
        for lugar in range(0, len(datos), 7_777):
            trozo = datos[lugar : lugar + 7_777]
            assert recepcion.write(trozo) == len(trozo)
        assert (recepcion.tamano, recepcion.sha256) == (len(datos), huella(datos))
        clave = almacen.guardar(recepcion, "muni")
    assert clave == f"muni/{huella(datos)}"
    assert almacen.existe(clave)
    assert almacen.tamano(clave) == len(datos)
    with almacen.abrir(clave) as archivo:
        assert archivo.read() == datos


def test_se_puede_mover_por_lo_guardado(almacen: Almacen, guardar: Guardar) -> None:
    datos = bytes(range(256)) * 2000
    with almacen.abrir(guardar(datos)) as archivo:
        assert archivo.seekable()
        assert archivo.seek(-10, os.SEEK_END) == len(datos) - 10
        assert archivo.read() == datos[-10:]
        assert archivo.read() == b""
        assert archivo.seek(300_000) == archivo.tell() == 300_000
        assert archivo.read(5) == datos[300_000:300_005]
        archivo.seek(3, os.SEEK_CUR)
        assert archivo.read(2) == datos[300_008:300_010]
        archivo.seek(0)
        assert archivo.read(3) == b"\x00\x01\x02"
        archivo.seek(len(datos) + 99)
        assert archivo.read() == b""


def test_lo_vacio_tambien_se_guarda(almacen: Almacen, guardar: Guardar) -> None:
    clave = guardar(b"")
    assert almacen.tamano(clave) == 0
    with almacen.abrir(clave) as archivo:
        assert archivo.read() == b""


def test_repetirlo_no_lo_duplica_y_las_entidades_no_se_mezclan(
    almacen: Almacen, guardar: Guardar
) -> None:
    clave = guardar(b"igual")
    assert guardar(b"igual") == clave
    otra = guardar(b"igual", "gore-cusco")
    assert [c for c, _ in almacen.claves("muni")] == [clave]
    assert sorted(c for c, _ in almacen.claves()) == sorted([clave, otra])
    almacen.borrar(clave)
    assert not almacen.existe(clave)
    assert almacen.existe(otra)


def test_lista_con_la_fecha_en_que_se_guardo(almacen: Almacen, guardar: Guardar) -> None:
    claves = {guardar(b"%d" % numero) for numero in range(5)}
    listado = dict(almacen.claves("muni"))
    assert listado.keys() == claves
    for fecha in listado.values():
        assert fecha.tzinfo is UTC
        assert abs(datetime.now(UTC) - fecha) < timedelta(minutes=1)
    assert list(almacen.claves("otra")) == []


def test_borrar_dos_veces_no_falla(almacen: Almacen, guardar: Guardar) -> None:
    clave = guardar(b"adios")
    almacen.borrar(clave)
    almacen.borrar(clave)
    assert not almacen.existe(clave)
    assert list(almacen.claves()) == []


def test_lo_que_no_esta_se_dice(almacen: Almacen) -> None:
    assert not almacen.existe(NADIE)
    with pytest.raises(ArchivoNoEncontrado):
        almacen.tamano(NADIE)
    with pytest.raises(ArchivoNoEncontrado):
        almacen.abrir(NADIE).read()


@pytest.mark.parametrize(
    "clave",
    [
        "",
        "muni",
        "muni/",
        "/" + "0" * 64,
        "muni/" + "0" * 63,
        "muni/" + "A" * 64,
        "muni/" + "0" * 64 + "\n",
        "../" + "0" * 64,
        "a/b/" + "0" * 64,
        "Muni/" + "0" * 64,
        "mu ni/" + "0" * 64,
        ".recibiendo/" + "0" * 64,
        "muni\x00/" + "0" * 64,
        "muni/../../etc/passwd",
    ],
)
def test_una_clave_con_otra_forma_no_llega_al_disco(almacen: Almacen, clave: str) -> None:
    for accion in (almacen.abrir, almacen.tamano, almacen.existe, almacen.borrar):
        with pytest.raises(ClaveInvalida):
            accion(clave)


@pytest.mark.parametrize("entidad", ["", "..", "a/b", ".x", "Ñ", "-a", "a" * 81])
def test_una_entidad_con_otra_forma_no_guarda_nada(almacen: Almacen, entidad: str) -> None:
    with almacen.recibir() as recepcion, pytest.raises(ClaveInvalida):
        almacen.guardar(recepcion, entidad)
    with pytest.raises(ClaveInvalida):
        list(almacen.claves(entidad))
    assert list(almacen.claves()) == []


def test_la_recepcion_se_relee_y_no_se_reescribe(almacen: Almacen) -> None:
    with almacen.recibir() as recepcion:
        recepcion.write(b"uno\ndos\n")
        assert recepcion.seek(0) == 0
        assert recepcion.readline() == b"uno\n"
        assert recepcion.read1(2) == b"do"
        with pytest.raises(io.UnsupportedOperation):
            recepcion.write(b"en medio")
        recepcion.seek(0, os.SEEK_END)
        recepcion.write(b"tres")
        clave = almacen.guardar(recepcion, "muni")
        recepcion.seek(0)
        assert list(recepcion) == [b"uno\n", b"dos\n", b"tres"]
    assert recepcion.closed
    with almacen.abrir(clave) as archivo:
        assert archivo.read() == b"uno\ndos\ntres"


def test_cerrar_sin_guardar_no_deja_nada(almacen: Almacen) -> None:
    with almacen.recibir() as recepcion:
        recepcion.write(b"nunca")
    recepcion.close()
    assert list(almacen.claves()) == []


def test_muchos_a_la_vez_con_el_mismo_contenido(almacen: Almacen, guardar: Guardar) -> None:
    with ThreadPoolExecutor(8) as hilos:
        claves = set(hilos.map(guardar, [b"a la vez"] * 24))
    assert [clave for clave, _ in almacen.claves()] == list(claves)


def test_comprobar_no_dice_nada_si_se_puede_usar(almacen: Almacen) -> None:
    almacen.comprobar()
    assert list(almacen.claves()) == []


def test_los_trozos_van_aparte_y_se_van_juntos(almacen: Almacen, guardar: Guardar) -> None:
    guardar(b"archivo")
    carpetas, nombre = ("a" * 32, "b" * 32), "0-0123456789abcdef"
    for carpeta in carpetas:
        with almacen.recibir() as recepcion:
            recepcion.write(carpeta.encode())
            almacen.guardar_trozo(recepcion, carpeta, nombre)
            almacen.guardar_trozo(recepcion, carpeta, nombre)
    assert len(list(almacen.claves())) == 1
    almacen.borrar_trozos(carpetas[0])
    almacen.borrar_trozos(carpetas[0])
    with pytest.raises(ArchivoNoEncontrado):
        almacen.abrir_trozo(carpetas[0], nombre)
    with almacen.abrir_trozo(carpetas[1], nombre) as archivo:
        assert archivo.read() == carpetas[1].encode()
    almacen.borrar_trozos(carpetas[1])


@pytest.mark.parametrize(
    ("carpeta", "nombre"),
    [("..", ""), ("a" * 31, ""), ("a" * 32, "../x"), ("a" * 32, "0-"), ("A" * 32, "0-" + "a" * 16)],
)
def test_un_trozo_no_sale_de_su_carpeta(almacen: Almacen, carpeta: str, nombre: str) -> None:
    with pytest.raises(ClaveInvalida):
        almacen.abrir_trozo(carpeta, nombre or "x")
    if not nombre:
        with pytest.raises(ClaveInvalida):
            almacen.borrar_trozos(carpeta)

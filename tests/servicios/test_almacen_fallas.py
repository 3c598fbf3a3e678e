"""Lo que hace cada almacén cuando el mundo falla: disco lleno, carpeta perdida, S3 caído."""

import errno
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from facilita.servicios.almacen import (
    AlmacenNoDisponible,
    AlmacenSinEspacio,
    Recepcion,
    abrir_almacen,
)
from facilita.servicios.almacen_local import AlmacenLocal


def falla(codigo: int) -> Callable[..., Any]:
    def fallar(*_: Any, **__: Any) -> Any:
        raise OSError(codigo, os.strerror(codigo))

    return fallar


@pytest.fixture
def local(tmp_path: Path) -> AlmacenLocal:
    return AlmacenLocal(tmp_path / "archivos")


@pytest.mark.parametrize("donde", ["link", "fsync"])
@pytest.mark.parametrize(
    ("codigo", "esperada"),
    [
        (errno.ENOSPC, AlmacenSinEspacio),
        (errno.EDQUOT, AlmacenSinEspacio),
        (errno.EIO, AlmacenNoDisponible),
    ],
)
def test_si_el_disco_falla_al_guardar_no_queda_nada_a_medias(
    local: AlmacenLocal,
    monkeypatch: pytest.MonkeyPatch,
    donde: str,
    codigo: int,
    esperada: type[Exception],
) -> None:
    with monkeypatch.context() as parche, local.recibir() as recepcion:
        recepcion.write(b"contenido")
        parche.setattr(os, donde, falla(codigo))
        with pytest.raises(esperada):
            local.guardar(recepcion, "muni")
    assert list(local.claves()) == []
    assert list((local.raiz / ".recibiendo").iterdir()) == []
    local.comprobar()


def test_un_disco_lleno_de_verdad_se_dice_al_escribir() -> None:
    with Path("/dev/full").open("w+b", buffering=0) as lleno, Recepcion(lleno) as recepcion:
        with pytest.raises(AlmacenSinEspacio):
            recepcion.write(b"no cabe")
        recepcion.close()


def test_sin_enlaces_duros_tambien_guarda(
    local: AlmacenLocal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", falla(errno.EPERM))
    with local.recibir() as recepcion:
        recepcion.write(b"sin enlaces")
        clave = local.guardar(recepcion, "muni")
    assert local.tamano(clave) == 11


def test_si_desmontan_el_disco_no_se_escribe_donde_estaba(tmp_path: Path) -> None:
    local = AlmacenLocal(tmp_path / "disco" / "archivos")
    (tmp_path / "disco").rename(tmp_path / "desmontado")
    with pytest.raises(AlmacenNoDisponible):
        local.recibir()
    with pytest.raises(AlmacenNoDisponible):
        local.existe("muni/" + "0" * 64)
    with pytest.raises(AlmacenNoDisponible):
        list(local.claves())
    assert not (tmp_path / "disco").exists()


def test_avisa_antes_de_que_el_disco_se_llene(
    local: AlmacenLocal, monkeypatch: pytest.MonkeyPatch
) -> None:
    usado = type("Usado", (), {"free": 1024})()
    monkeypatch.setattr("shutil.disk_usage", lambda ruta: usado)
    with pytest.raises(AlmacenSinEspacio):
        local.comprobar()


def test_guardar_otra_vez_renueva_la_fecha(local: AlmacenLocal) -> None:
    def guardar() -> str:
        with local.recibir() as recepcion:
            recepcion.write(b"viejo")
            return local.guardar(recepcion, "muni")

    clave = guardar()
    hace_dias = time.time() - 3 * 86400
    os.utime(local._ruta(clave), (hace_dias, hace_dias))
    assert datetime.now(UTC) - dict(local.claves())[clave] > timedelta(days=2)
    guardar()
    assert datetime.now(UTC) - dict(local.claves())[clave] < timedelta(minutes=1)


def test_al_abrir_se_olvidan_las_llegadas_abandonadas(tmp_path: Path) -> None:
    llegadas = AlmacenLocal(tmp_path).raiz / ".recibiendo"
    vieja, nueva = llegadas / "vieja", llegadas / "nueva"
    vieja.touch()
    nueva.touch()
    os.utime(vieja, (0, 0))
    AlmacenLocal(tmp_path)
    assert [ruta.name for ruta in llegadas.iterdir()] == ["nueva"]


def test_lo_ajeno_en_la_carpeta_no_se_lista(local: AlmacenLocal) -> None:
    intruso = local.raiz / "muni" / "ab" / "cd"
    intruso.mkdir(parents=True)
    (intruso / "notas.txt").touch()
    (local.raiz / "suelto").touch()
    assert list(local.claves()) == []


def test_una_recepcion_de_otro_almacen_no_se_acepta(local: AlmacenLocal, tmp_path: Path) -> None:
    with Recepcion((tmp_path / "x").open("w+b")) as recepcion, pytest.raises(ValueError):
        local.guardar(recepcion, "muni")


def test_un_s3_caido_no_esta_disponible(puerto: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    caido = abrir_almacen(f"s3://balde?endpoint=http://127.0.0.1:{puerto}")
    clave = "muni/" + "0" * 64
    with caido.recibir() as recepcion:
        recepcion.write(b"algo")
        with pytest.raises(AlmacenNoDisponible):
            caido.guardar(recepcion, "muni")
    for accion in (caido.comprobar, lambda: caido.existe(clave), lambda: list(caido.claves())):
        with pytest.raises(AlmacenNoDisponible):
            accion()


def test_con_una_clave_equivocada_s3_no_esta_disponible(
    s3: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "otra")
    with pytest.raises(AlmacenNoDisponible):
        abrir_almacen(s3).comprobar()


def test_un_balde_que_no_existe_no_esta_disponible(s3: str) -> None:
    with pytest.raises(AlmacenNoDisponible):
        abrir_almacen(s3.replace("pruebas", "no-hay")).comprobar()


def test_s3_vuelve_a_subir_lo_antiguo(s3: str, monkeypatch: pytest.MonkeyPatch) -> None:
    almacen = abrir_almacen(s3)
    with almacen.recibir() as recepcion:
        recepcion.write(b"para renovar")
        clave = almacen.guardar(recepcion, "renueva")
        antes = dict(almacen.claves("renueva"))[clave]
        monkeypatch.setattr("facilita.servicios.almacen_s3._RENOVAR_TRAS", timedelta(0))
        time.sleep(1.1)
        almacen.guardar(recepcion, "renueva")
    assert dict(almacen.claves("renueva"))[clave] > antes


@pytest.mark.parametrize(
    "url",
    ["", "ftp://x", "s3://", "s3://balde/carpeta", "s3://balde?endpoint=http://x&sobra=1"],
)
def test_una_direccion_que_no_se_entiende_se_rechaza(url: str) -> None:
    with pytest.raises(ValueError):
        abrir_almacen(url)


def test_las_direcciones_de_carpeta(tmp_path: Path) -> None:
    for url in (str(tmp_path), f"file:{tmp_path}", f"file://{tmp_path}"):
        almacen = abrir_almacen(url)
        assert isinstance(almacen, AlmacenLocal)
        assert almacen.raiz == tmp_path


def test_boto3_no_se_carga_si_no_se_usa_s3() -> None:
    programa = "import sys, facilita.servicios.almacen; sys.exit('boto3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", programa], check=False).returncode == 0

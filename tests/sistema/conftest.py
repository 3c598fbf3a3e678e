"""Un sitio de verdad y un navegador de verdad para cada proceso de pruebas."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fabrica import LUNES, pdf
from playwright.sync_api import Browser

from facilita.tramite.bd import BaseDeDatos
from facilita.web.limites import limitador

from .servidor import Sitio, servir
from .ventanas import Ventana, guardar_pdf

AbrirVentana = Callable[..., Ventana]


@pytest.fixture
def motor(request: pytest.FixtureRequest) -> str:
    """SQLite, salvo que la prueba pida el otro."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def sitio(bd: BaseDeDatos, url_bd: str, tmp_path: Path) -> Iterator[Sitio]:
    """Un sitio recién poblado que nadie más usa, con su trabajador."""
    with servir(bd, url_bd, tmp_path, trabaja=True) as sitio:
        yield sitio


@pytest.fixture(scope="session")
def _vitrina(
    sqlite_plantilla: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Sitio, object]]:
    carpeta = tmp_path_factory.mktemp("vitrina")
    shutil.copyfile(sqlite_plantilla, carpeta / "vitrina.db")
    url = f"sqlite:///{carpeta}/vitrina.db"
    bd = BaseDeDatos(url)
    with servir(bd, url, carpeta, trabaja=False) as sitio:
        yield sitio, limitador.storage
    bd.cerrar()


@pytest.fixture
def vitrina(_vitrina: tuple[Sitio, object], monkeypatch: pytest.MonkeyPatch) -> Iterator[Sitio]:
    """Un sitio para mirar páginas: cada prueba pone lo suyo y no toca lo de otras."""
    sitio, cuentas = _vitrina
    monkeypatch.setattr(limitador, "storage", cuentas, raising=False)
    limitador.storage.reset()
    sitio.mundo.reloj.poner(LUNES)
    yield sitio


@pytest.fixture
def abrir_ventana(navegador: Browser) -> Iterator[AbrirVentana]:
    """Abre ventanas; al terminar, ninguna debe haber dejado una falta."""
    abiertas: list[Ventana] = []

    def abrir(sitio: Sitio, *, script: bool = True) -> Ventana:
        abiertas.append(Ventana(navegador, sitio.direccion, script=script))
        return abiertas[-1]

    yield abrir
    assert [falta for ventana in abiertas for falta in ventana.cerrar()] == []


@pytest.fixture
def carta(tmp_path: Path) -> Path:
    """Un PDF de tres hojas en el disco de la persona."""
    return guardar_pdf(tmp_path, "carta.pdf", pdf(3))

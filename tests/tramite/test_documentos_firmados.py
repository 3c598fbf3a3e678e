"""Con el certificado de la entidad y una TSA: cuando están y cuando fallan (N21)."""

from pathlib import Path
from typing import Any

import pytest
from fabrica import VALLE, Mundo
from firmantes import AGENTE, CLAVE, p12, tsa

from facilita.servicios import taller
from facilita.servicios.firmas import Firmas, Tsa
from facilita.tramite import documentos, sellos
from facilita.tramite.modelos import Documento

pytestmark = pytest.mark.parametrize("motor", ["sqlite"], indirect=True)
CAIDA = Tsa("http://127.0.0.1:9/tsr")


@pytest.fixture
def carpeta(tmp_path: Path) -> Path:
    firmas = tmp_path / "firmas"
    firmas.mkdir()
    (firmas / f"{VALLE}.p12").write_bytes(p12())
    (firmas / f"{VALLE}.clave").write_text(CLAVE, "utf-8")
    return firmas


def cargo_de(mundo: Mundo) -> Documento:
    while documentos.hacer(mundo.entorno):
        pass
    return next(d for d in mundo.todo(Documento) if d.clase == "cargo")


def firma_de(mundo: Mundo, cargo: Documento) -> dict[str, Any]:
    assert cargo.archivo is not None
    with mundo.entorno.almacen.abrir(cargo.archivo.clave) as archivo:
        conocidos = {s.cual: s.certificado for s in sellos.listar(mundo.entorno)}
        firma: dict[str, Any] = taller.revisar(archivo.read(), conocidos)["firma"]
    return firma


def test_firma_la_entidad_y_sella_la_tsa(mundo: Mundo, carpeta: Path) -> None:
    """N21: y el certificado queda publicado, para comprobar sin esta instalación."""
    with tsa() as (url, _):
        firmado = mundo.con(firmas=Firmas(carpeta, Tsa.de(url)))
        firmado.presentar_contacto()
        cargo = cargo_de(firmado)
    firma = firma_de(firmado, cargo)
    assert firma["integra"] and firma["cubre_todo"]
    assert (firma["nombre"], firma["sellado_por"]) == (AGENTE, "TSA de prueba")
    assert cargo.firma is not None
    assert cargo.firma["tsa"] == "127.0.0.1"
    assert cargo.firma["certificado"] in {c["id"] for c in sellos.publicar(mundo.entorno)["claves"]}


def test_la_tsa_caida_se_espera_y_despues_sale_sin_ella(mundo: Mundo, carpeta: Path) -> None:
    firmado = mundo.con(firmas=Firmas(carpeta, CAIDA))
    firmado.presentar_contacto()
    cargo = cargo_de(firmado)
    assert cargo.situacion == "pendiente"
    assert "la TSA no respondió" in (cargo.falla or "")
    for _ in range(documentos.CON_TSA):
        mundo.pasar(minutes=20)
        cargo = cargo_de(firmado)
    assert cargo.situacion == "hecho"
    firma = firma_de(firmado, cargo)
    assert (firma["nombre"], firma["sellado_por"]) == (AGENTE, None)


def test_con_el_certificado_vencido_sale_con_el_sello_de_la_plataforma(
    mundo: Mundo, carpeta: Path
) -> None:
    """N21: y no afirma más de lo que es."""
    (carpeta / f"{VALLE}.p12").write_bytes(p12(dias=30))
    firmado = mundo.con(firmas=Firmas(carpeta, CAIDA))
    firmado.presentar_contacto()
    cargo = cargo_de(firmado)
    assert cargo.situacion == "hecho"
    assert firma_de(firmado, cargo)["nombre"].startswith("Sello ")
    assert cargo.firma is not None
    assert [cargo.firma[k] for k in ("certificado", "nombre", "tsa")] == [None] * 3

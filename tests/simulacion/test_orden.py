"""La orden `facilita simular`: lo que escribe y con qué código sale."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fabrica import RAIZ

from facilita.cli import main
from facilita.cli.comun import avance

from .conftest import AQUI


def simular(archivo: Path, *opciones: str) -> Result:
    """Corre la orden con las plantillas del proyecto."""
    plantillas = ("--plantillas", str(RAIZ / "plantillas"))
    return CliRunner().invoke(
        main, ["simular", str(archivo), "--casos", "20", *plantillas, *opciones]
    )


def test_escribe_la_tabla_y_sale_con_0(semilla: int) -> None:
    resultado = simular(AQUI / "pequeno.yaml", "--semilla", str(semilla))
    assert resultado.exit_code == 0, resultado.output
    for titulo in ("Campos", "Opciones", "Condiciones", "Estados", "Guardas que se negaron"):
        assert any(linea.startswith(titulo) for linea in resultado.stdout.splitlines())
    assert "Resultado: todo visto" in resultado.stdout
    assert f"--semilla {semilla} --casos" in resultado.stdout
    assert max(map(len, resultado.stdout.splitlines()[:-1])) <= 100


def test_en_json_y_con_lo_que_falta_sale_con_1(semilla: int, tmp_path: Path) -> None:
    texto = (AQUI / "pequeno.yaml").read_text("utf-8")
    archivo = tmp_path / "nunca se reabre.yaml"
    guarda = "      reabre: true\n      hasta: {dias_habiles: 1, desde: presentado}\n"
    archivo.write_text(texto.replace("      reabre: true\n", guarda), "utf-8")
    resultado = simular(archivo, "--json", "--semilla", str(semilla))
    assert resultado.exit_code == 1
    dato = json.loads(resultado.stdout)
    assert not dato["pasa"] and dato["semilla"] == semilla and not dato["fallas"]
    faltan = [m for m in dato["metas"] if not m["veces"] and not m["no_se_puede"]]
    assert {
        "familia": "paso",
        "cual": "reabrir",
        "que": "vencido",
        "veces": 0,
        "no_se_puede": None,
    } in faltan
    assert f"'{archivo}'" in dato["orden"]


def test_lo_que_no_compila_dice_sus_fallas(tmp_path: Path) -> None:
    archivo = tmp_path / "roto.yaml"
    archivo.write_text("formato: 1\nformulario: x\n", "utf-8")
    resultado = simular(archivo)
    assert resultado.exit_code == 1
    assert "falta «paginas»" in resultado.stdout


def test_en_una_terminal_dice_cuanto_va_y_despeja_la_linea(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with avance("de 9 archivos") as avisar:
        avisar(3)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with avance("de 9 archivos") as avisar:
        avisar(3)
        avisar(4)
    dicho = capsys.readouterr().err
    assert "3 de 9 archivos" in dicho and "4 de" not in dicho
    assert dicho.endswith("\r\x1b[K")

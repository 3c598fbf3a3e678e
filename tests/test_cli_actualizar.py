"""`facilita actualizar`: lo que dice, lo que escribe, sus códigos de salida y sus decisiones."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from fabrica import FORMULARIOS, RAIZ

from facilita.cli import main
from facilita.cli.redaccion import redactar, reescribir
from facilita.definicion import leer_yaml
from facilita.servicios.catalogo import Catalogo

Correr = Callable[..., Result]
DE_LA_DOS = (
    ("version: 1\n", "version: 2\n"),
    ("déjala en blanco y nosotros la ubicamos.", "no escribas nada."),
    ("{valor: memorial, etiqueta: Memorial}", "{valor: memorial, etiqueta: Memorial, fijo: true}"),
    ("tamano_maximo: [5, 50]", "tamano_maximo: [5, 15]"),
)


@pytest.fixture
def facilita(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Correr:
    """Corre la orden junto a un catálogo con dos versiones de mesa de partes y un formulario."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(RAIZ / "plantillas", "plantillas")
    ultima = Path("plantillas/mesa-de-partes.yaml")
    texto = ultima.read_text("utf-8")
    Path("plantillas/anteriores").mkdir(exist_ok=True)
    Path("plantillas/anteriores/mesa-de-partes@1.yaml").write_text(texto, "utf-8")
    for donde, por in DE_LA_DOS:
        assert texto.count(donde) == 1
        texto = texto.replace(donde, por)
    ultima.write_text(texto, "utf-8")
    shutil.copy(FORMULARIOS / "mesa-de-partes.yaml", "mesa.yaml")

    def correr(*argumentos: Any) -> Result:
        return CliRunner().invoke(main, [str(a) for a in argumentos], catch_exceptions=False)

    return correr


def test_dice_cada_cosa_por_su_motivo_y_no_escribe(facilita: Correr) -> None:
    antes = Path("mesa.yaml").read_bytes()
    resultado = facilita("actualizar", "mesa.yaml")
    assert resultado.exit_code == 1
    lineas = resultado.stdout.splitlines()
    for titulo in ("De la plantilla:", "Tuyo, se conserva:", "La plantilla ahora lo fija:"):
        assert titulo in lineas
    assert "  la opción «tipo_documento.memorial»: la habías quitado y vuelve" in lineas
    assert "  el campo «documento_principal»: «tamano_maximo» vuelve a 10; tenías 20" in lineas
    linea = 1 + antes.decode().splitlines().index("    destinatario:") + 1
    donde = f"  mesa.yaml:{linea}: campos.destinatario.ayuda: el campo «destinatario»"
    assert donde in resultado.stdout
    assert "Queda por decidir: 1 conflicto." in resultado.stderr
    assert Path("mesa.yaml").read_bytes() == antes


def test_se_decide_en_un_archivo_que_la_orden_escribe(facilita: Correr) -> None:
    assert facilita("actualizar", "mesa.yaml", "--decisiones", "d.yaml").exit_code == 1
    escrito = Path("d.yaml").read_text("utf-8")
    assert leer_yaml(escrito) == {"decisiones": {"campos.destinatario.ayuda": None}}
    otra = facilita("actualizar", "mesa.yaml", "--decisiones", "d.yaml", "--escribir")
    assert otra.exit_code == 1 and "Falta decidir en d.yaml" in otra.stderr
    Path("d.yaml").write_text(escrito.rstrip() + " entidad\n", "utf-8")
    lista = facilita("actualizar", "mesa.yaml", "--decisiones", "d.yaml", "--escribir")
    assert lista.exit_code == 0 and "Escrito mesa.yaml." in lista.stderr
    nuevo = Path("mesa.yaml").read_text("utf-8")
    documento = leer_yaml(nuevo)
    assert documento["plantilla"] == "mesa-de-partes@2"
    assert documento["cambios"]["campos"] == {
        "destinatario": {
            "ayuda": "Por ejemplo, Obras y desarrollo urbano. Si no la sabes, déjala en blanco."
        }
    }
    assert "quitar" not in documento["cambios"]
    assert facilita("validar", "mesa.yaml", "plantillas").exit_code == 0
    otra_vez = facilita("actualizar", "mesa.yaml", "--escribir")
    assert otra_vez.exit_code == 0 and "ya está en mesa-de-partes@2" in otra_vez.stderr
    assert Path("mesa.yaml").read_text("utf-8") == nuevo


def test_en_json_y_en_otro_archivo(facilita: Correr) -> None:
    Path("d.yaml").write_text("decisiones: {campos.destinatario.ayuda: plantilla}\n", "utf-8")
    resultado = facilita(
        "actualizar", "mesa.yaml", "--a", "mesa-de-partes@2", "--decisiones", "d.yaml",
        "--salida", "nuevo.yaml", "--json",
    )  # fmt: skip
    dato = json.loads(resultado.stdout)
    assert resultado.exit_code == 0
    assert (dato["de"], dato["a"], dato["escrito"]) == (
        "mesa-de-partes@1",
        "mesa-de-partes@2",
        True,
    )
    assert [(c["id"], c["decision"]) for c in dato["conflictos"]] == [
        ("campos.destinatario.ayuda", "plantilla")
    ]
    assert leer_yaml(Path("nuevo.yaml").read_text("utf-8")) == dato["cambios"]
    assert "campos" not in dato["cambios"]["cambios"]
    assert leer_yaml(Path("mesa.yaml").read_text("utf-8"))["plantilla"] == "mesa-de-partes@1"


@pytest.mark.parametrize(
    ("decisiones", "dice"),
    [
        ("decisiones: {titulo: entidad}", "d.yaml:1: decisiones.titulo: no hay ningún conflicto"),
        (
            "decisiones: {campos.destinatario.ayuda: mía}",
            "d.yaml:1: decisiones.campos.destinatario.ayuda: se decide «plantilla» o «entidad»",
        ),
        ("otra: {}", "d.yaml:1: documento: lleva solo «decisiones:»"),
        ("[]", "d.yaml:1: documento: lleva solo «decisiones:»"),
        ("decisiones: [a]", "d.yaml:1: documento: lleva solo «decisiones:»"),
    ],
)
def test_unas_decisiones_que_no_valen(facilita: Correr, decisiones: str, dice: str) -> None:
    Path("d.yaml").write_text(decisiones + "\n", "utf-8")
    resultado = facilita("actualizar", "mesa.yaml", "--decisiones", "d.yaml", "--escribir")
    assert resultado.exit_code == 1 and dice in resultado.stdout


def test_lo_mal_pedido(facilita: Correr) -> None:
    assert facilita("actualizar", "no-hay.yaml").exit_code == 2
    propio = facilita("actualizar", "plantillas/contacto.yaml")
    assert propio.exit_code == 2 and "no es un formulario adaptado" in propio.stderr
    sin_version = facilita("actualizar", "mesa.yaml", "--a", "mesa-de-partes@9")
    assert sin_version.exit_code == 1 and "mesa-de-partes@9" in sin_version.stderr
    otra = facilita("actualizar", "mesa.yaml", "--a", "contacto")
    assert otra.exit_code == 1 and "un formulario no cambia de plantilla" in otra.stdout
    Path("roto.yaml").write_text(
        "formato: 1\nformulario: a\nplantilla: x@1\ncambios: {campo: {}}\n"
    )
    assert "no se conoce «campo»" in facilita("actualizar", "roto.yaml").stdout
    Path("roto.yaml").write_bytes(b"a: \x80")
    assert facilita("actualizar", "roto.yaml").exit_code == 1


# --- el catálogo --------------------------------------------------------------------------------


def test_varias_versiones_viven_juntas(facilita: Correr) -> None:
    catalogo = Catalogo(Path("plantillas"))
    assert catalogo.versiones("mesa-de-partes") == [1, 2]
    assert catalogo.ultima("mesa-de-partes") == (2, catalogo.plantilla("mesa-de-partes", 2))
    assert catalogo.ultima("no-hay") is None and catalogo.versiones("no-hay") == []
    assert facilita("validar", "mesa.yaml", "plantillas").exit_code == 0
    dicho = facilita("diferencias", "mesa-de-partes@1", "mesa-de-partes").stdout
    assert "la opción «tipo_documento.memorial»: se pone «fijo»: sí" in dicho


def test_una_version_publicada_no_se_repite_ni_desaparece(facilita: Correr) -> None:
    shutil.copy("plantillas/contacto.yaml", "plantillas/anteriores/contacto.yaml")
    repetida = facilita("validar", "plantillas")
    assert repetida.exit_code == 1
    assert "«contacto@1» ya está en plantillas/anteriores/contacto.yaml" in repetida.stdout
    shutil.rmtree("plantillas/anteriores")
    perdida = facilita("validar", "plantillas")
    assert perdida.exit_code == 0
    assert "no está «mesa-de-partes@1»" in perdida.stderr
    assert facilita("validar", "mesa.yaml").exit_code == 1


# --- volver a escribir --------------------------------------------------------------------------

ESCRITO = """\
# El formulario de Valle.
formato: 1
formulario: tramite
plantilla: base@1  # la de la autoridad
cambios:
    # Con nuestras palabras.
    titulo: 'Trámite: el nuestro'

    campos:
        asunto: {ayuda: Resúmelo.}   # corto
    # Lo que no usamos.
    quitar:
        campos: [nota]
    # Fin.
"""


def test_lo_que_no_cambia_queda_como_estaba_escrito() -> None:
    viejo = leer_yaml(ESCRITO)
    nuevo = json.loads(json.dumps(viejo))
    nuevo["plantilla"] = "base@2"
    del nuevo["cambios"]["quitar"]
    nuevo["cambios"]["campos"]["asunto"]["ayuda"] = "Una línea."
    nuevo["cambios"]["agregar"] = [{"campo": {"id": "x", "tipo": "texto", "etiqueta": "X"}}]
    texto = reescribir(ESCRITO, viejo, nuevo)
    assert leer_yaml(texto) == nuevo
    assert texto == ESCRITO.replace("base@1", "base@2").replace(
        "        asunto: {ayuda: Resúmelo.}   # corto\n",
        "      asunto:\n        ayuda: Una línea.\n",
    ).replace(
        "    quitar:\n        campos: [nota]\n",
        "    agregar:\n    - campo:\n        id: x\n        tipo: texto\n        etiqueta: X\n",
    )


@pytest.mark.parametrize(
    "texto",
    [
        "# A\nformato: 1\nformulario: t\nplantilla: b@1\ncambios: {titulo: A, introduccion: B}\n",
        "# A\n{formato: 1, formulario: t, plantilla: b@1, cambios: {titulo: A}}",
        "# A\ncambios:\n  titulo: |\n    # no es comentario\n    B\nformato: 1\nformulario: t\n"
        "plantilla: b@1\n",
    ],
)
def test_como_sea_que_este_escrito_dice_lo_nuevo(texto: str) -> None:
    viejo = leer_yaml(texto)
    for cambios in ({"titulo": "Otro: título"}, {}, {**viejo["cambios"], "orden": {"p": ["a"]}}):
        nuevo = {**viejo, "plantilla": "b@2", "cambios": cambios}
        otra_vez = reescribir(texto, viejo, nuevo)
        assert leer_yaml(otra_vez) == nuevo
        assert otra_vez.startswith("# A\n")


def test_lo_redactado_se_lee_igual_y_sin_alias() -> None:
    repetido = {"etiqueta": "no"}
    dato = {"a": repetido, "b": [repetido, repetido], "c": "07:30", "d": "012", "e": None, "f": 1.5}
    assert leer_yaml(redactar(dato)) == dato

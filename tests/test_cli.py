"""La orden `facilita`: en español, con sus códigos de salida, sobre archivos y bases de verdad."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from clamd import EICAR, ServidorClamd
from click.testing import CliRunner, Result
from fabrica import CLAVE, FORMULARIOS, RAIZ
from propios import dato_de_acceso, dato_de_informacion

from facilita import demo
from facilita.armado import abrir_base, armar_entorno
from facilita.cli import main
from facilita.cli.idioma import FRASES, PLURALES
from facilita.config import leer_configuracion
from facilita.definicion.diferencias import comparar
from facilita.demo.carga import CLAVE as CLAVE_DE_DEMO
from facilita.demo.carga import Carga
from facilita.demo.historias import ANA, HISTORIAS, LUIS, PEDRO
from facilita.migraciones import pendientes
from facilita.servicios.catalogo import Catalogo
from facilita.servicios.claves import fallas_de_clave
from facilita.tramite import bandeja, entidades, formularios, intentos, sesiones
from facilita.tramite.ambito import Ambito
from facilita.tramite.entorno import Entorno
from facilita.tramite.modelos import (
    Archivo,
    Bitacora,
    DiaInhabil,
    Entidad,
    Publicacion,
    Salida,
    SesionAbierta,
    Usuario,
)

PLANTILLAS = RAIZ / "plantillas"
UNA_FALLA = re.compile(r"[^:\n]+:\d+: [^:\n]+: .+")
Correr = Callable[..., Result]


def ajustes(url: str, carpeta: Path) -> dict[str, str]:
    """El entorno de una instalación de prueba."""
    return {
        "FACILITA_BASE_DE_DATOS": url,
        "FACILITA_CARPETA_DE_DATOS": str(carpeta),
        "FACILITA_SECRETO": "kX3-prueba-prueba-Qz81-prueba-4712",
        "FACILITA_DIRECCION_PUBLICA": "https://mesa.example",
        "FACILITA_PLANTILLAS": str(PLANTILLAS),
    }


@pytest.fixture
def facilita(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Correr:
    """Corre la orden en una carpeta vacía, sin instalación; da su resultado."""
    for variable in [v for v in os.environ if v.startswith("FACILITA_")]:
        monkeypatch.delenv(variable)
    monkeypatch.chdir(tmp_path)

    def correr(*argumentos: Any, entrada: str | None = None, **entorno: str) -> Result:
        partes = [str(a) for a in argumentos]
        return CliRunner(env=entorno).invoke(main, partes, input=entrada, catch_exceptions=False)

    return correr


@pytest.fixture
def instalada(facilita: Correr, url_bd: str, tmp_path: Path) -> Correr:
    """Corre la orden sobre una base migrada, en cada motor."""
    propios = ajustes(url_bd, tmp_path / "datos")

    def correr(*argumentos: Any, entrada: str | None = None) -> Result:
        return facilita(*argumentos, entrada=entrada, **propios)

    return correr


@pytest.fixture
def con_entidad(instalada: Correr) -> Correr:
    """Además, con la entidad de valle-sereno."""
    assert instalada("entidad", "crear", FORMULARIOS / "entidad.yaml").exit_code == 0
    return instalada


@pytest.fixture
def filas(url_bd: str, tmp_path: Path) -> Iterator[Callable[[type[Any]], list[Any]]]:
    """Lee todas las filas de un modelo."""
    base = abrir_base(leer_configuracion(None, ajustes(url_bd, tmp_path / "datos")))

    def leer(modelo: type[Any]) -> list[Any]:
        with base.lectura(Ambito.de_plataforma("prueba")) as sesion:
            return list(sesion.query(modelo).all())

    yield leer
    base.cerrar()


# --- en español ---------------------------------------------------------------------------------


def ordenes(orden: click.Command, nombre: str = "") -> Iterator[tuple[str, click.Command]]:
    """Cada orden con su camino."""
    yield nombre, orden
    if isinstance(orden, click.Group):
        for corto, hija in orden.commands.items():
            yield from ordenes(hija, f"{nombre} {corto}".strip())


TODAS = dict(ordenes(main))
EN_INGLES = re.compile(
    r"\b(usage|options?|commands?|arguments?|show|exit|default|required|text|integer|path|"
    r"directory|filename|choice|boolean|float|message|missing|error:)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("nombre", TODAS)
def test_la_ayuda_esta_en_espanol(facilita: Correr, nombre: str) -> None:
    resultado = facilita(*nombre.split(), "--help")
    assert resultado.exit_code == 0
    assert resultado.stdout.startswith("Uso: ")
    sin_opciones = re.sub(r"--[\w-]+", "", resultado.stdout)
    assert EN_INGLES.findall(sin_opciones) == []


@pytest.mark.parametrize("nombre", [n for n, o in TODAS.items() if isinstance(o, click.Group)])
def test_la_lista_de_ordenes_se_lee_entera(facilita: Correr, nombre: str) -> None:
    ayuda = facilita(*nombre.split(), "--help").stdout
    assert [x for x in ayuda.splitlines() if x.endswith("...") and "ARGUMENTOS" not in x] == []


@pytest.mark.parametrize("nombre", TODAS)
def test_todo_tiene_ayuda(nombre: str) -> None:
    orden = TODAS[nombre]
    assert orden.help
    for parametro in orden.params:
        assert isinstance(parametro, click.Argument) or getattr(parametro, "help", None)


def test_las_frases_traducidas_son_las_de_click() -> None:
    fuentes = "".join(p.read_text() for p in Path(click.__file__).parent.glob("*.py"))
    de_python = {"file", "directory", "path", "required", "deprecated"}
    for frase in (*FRASES, *PLURALES):
        escrita = frase.replace("\n", "\\n").replace("\t", "\\t")
        assert frase in de_python or f'"{escrita}"' in fuentes, frase


@pytest.mark.parametrize(
    ("orden", "dice"),
    [
        ("", "Órdenes:"),
        ("nada", "No hay una orden «nada»"),
        ("validr", "¿Quisiste decir 'validar'?"),
        ("validar", "Falta el argumento 'RUTA...'"),
        ("validar no-existe.yaml", "«no-existe.yaml» no existe"),
        ("validar --raro x", "No hay una opción --raro"),
        ("plazo 2026-01-01", "Falta la opción '--dias-habiles'"),
        ("plazo 2026-01-01 --dias-habiles", "La opción --dias-habiles necesita un valor"),
        ("plazo 2026-01-01 --dias-habiles dos", "«dos» no es un número entero"),
        ("plazo 2026-01-01 --dias-habiles 0", "0 está fuera de"),
        ("plazo ayer --dias-habiles 1", "«ayer» no es una fecha"),
        ("plazo 2026-01-01 otro --dias-habiles 1", "Sobra un argumento (otro)"),
        ("usuario crear a@b.pe --entidad x --nombres y --rol jefe", "«jefe» no es una de"),
        ("servir --direccion", "La opción --direccion necesita un valor"),
        ("config --json=1", "La opción --json no lleva valor"),
    ],
)
def test_lo_mal_pedido_sale_con_2_y_en_espanol(facilita: Correr, orden: str, dice: str) -> None:
    resultado = facilita(*orden.split())
    assert resultado.exit_code == 2
    assert dice in resultado.stderr
    assert resultado.stdout == ""


def test_la_version(facilita: Correr) -> None:
    assert re.fullmatch(r"facilita \d+\.\d+\.\d+\n", facilita("--version").stdout)


# --- validar ------------------------------------------------------------------------------------


def validar(facilita: Correr, *rutas: Any) -> Result:
    """Valida con las plantillas del proyecto."""
    return facilita("validar", *rutas, "--plantillas", PLANTILLAS)


def test_lo_del_proyecto_vale(facilita: Correr) -> None:
    resultado = validar(facilita, PLANTILLAS, RAIZ / "formularios")
    assert (resultado.exit_code, resultado.stdout) == (0, "")
    cuantos = sum(len(list(c.rglob("*.yaml"))) for c in (PLANTILLAS, RAIZ / "formularios"))
    assert resultado.stderr == f"{cuantos} archivos: sin fallas.\n"


def test_un_archivo_nombrado_dos_veces_se_revisa_una(facilita: Correr) -> None:
    resultado = validar(facilita, FORMULARIOS, FORMULARIOS / "contacto.yaml")
    assert resultado.stderr == "5 archivos: sin fallas.\n"


def test_cada_falla_en_su_linea(facilita: Correr, tmp_path: Path) -> None:
    carpeta = tmp_path / "rio-claro"
    carpeta.mkdir()
    malo = (FORMULARIOS / "mesa-de-partes.yaml").read_text()
    malo = malo.replace("tamano_maximo: 20", "tamano_maximo: 90").replace("memorial", "poema")
    (carpeta / "mesa.yaml").write_text(malo)
    (carpeta / "entidad.yaml").write_text("formato: 1\nentidad: bandeja\n")
    (carpeta / "roto.yml").write_text("formato: 1\n  mal: [\n")
    (carpeta / "normas.yaml").write_text("normas:\n  - {id: a, titulo: A}\n")
    (carpeta / "vacio.yaml").write_text("")
    resultado = validar(facilita, "rio-claro")
    lineas = resultado.stdout.splitlines()
    assert resultado.exit_code == 1
    assert all(UNA_FALLA.fullmatch(linea) for linea in lineas), lineas
    archivos = {Path(linea.split(":")[0]).name for linea in lineas}
    assert archivos == {"mesa.yaml", "entidad.yaml", "roto.yml", "normas.yaml", "vacio.yaml"}
    assert any("tamano_maximo" in li and "entre 5 y 50" in li for li in lineas)
    assert resultado.stderr == f"5 archivos: {len(lineas)} fallas.\n"


def test_validar_en_json(facilita: Correr, tmp_path: Path) -> None:
    (tmp_path / "mala.yaml").write_text("formato: 2\nformulario: x\nplantilla: y@1\ncambios: {}\n")
    resultado = facilita("validar", "mala.yaml", "--json", "--plantillas", PLANTILLAS)
    dato = json.loads(resultado.stdout)
    assert resultado.exit_code == 1
    assert dato["archivos"] == 1 and dato["avisos"] == []
    assert dato["fallas"][0]["archivo"] == "mala.yaml" and dato["fallas"][0]["linea"] == 1


def test_los_avisos_van_aparte(facilita: Correr, tmp_path: Path) -> None:
    texto = (PLANTILLAS / "contacto.yaml").read_text()
    sin_uso = "  - {id: sobra, asunto: Hola, cuerpo: Nadie lo envía.}\n"
    (tmp_path / "con-aviso.yaml").write_text(texto.rstrip() + "\n" + sin_uso)
    resultado = validar(facilita, "con-aviso.yaml")
    assert (resultado.exit_code, resultado.stdout) == (0, "")
    assert "Avisos (no impiden publicar):\n  con-aviso.yaml:" in resultado.stderr
    assert "mensajes.sobra: ningún paso envía" in resultado.stderr
    en_json = facilita("validar", "con-aviso.yaml", "--json", "--plantillas", PLANTILLAS)
    assert [a["codigo"] for a in json.loads(en_json.stdout)["avisos"]] == ["mensaje.sin_uso"]


def test_un_formulario_puede_nombrar_la_plantilla_de_al_lado(
    facilita: Correr, tmp_path: Path
) -> None:
    nueva = (PLANTILLAS / "contacto.yaml").read_text().replace("version: 1", "version: 7")
    (tmp_path / "z-plantilla.yaml").write_text(nueva)
    (tmp_path / "a-formulario.yaml").write_text(
        "formato: 1\nformulario: ayuda\nplantilla: contacto@7\ncambios: {titulo: Ayuda}\n"
    )
    assert validar(facilita, "a-formulario.yaml").exit_code == 1
    assert validar(facilita, ".").exit_code == 0


def test_sin_catalogo_lo_dice(facilita: Correr, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("formato: 1\n")
    resultado = facilita("validar", "x.yaml")
    assert resultado.exit_code == 2
    assert "No hay un catálogo de plantillas en «plantillas»" in resultado.stderr


def test_una_carpeta_sin_yaml(facilita: Correr) -> None:
    assert "ningún archivo YAML" in validar(facilita, ".").stderr


# --- adaptar ------------------------------------------------------------------------------------

IDS = sorted({clave.split("@")[0] for clave in Catalogo(PLANTILLAS).plantillas})


@pytest.mark.parametrize("plantilla", IDS)
def test_lo_que_escribe_adaptar_vale_tal_cual_y_con_sus_ejemplos(
    facilita: Correr, plantilla: str, tmp_path: Path
) -> None:
    salida = tmp_path / "rio-claro" / f"{plantilla}.yaml"
    argumentos = ("adaptar", plantilla, "--entidad", "rio-claro", "--plantillas", PLANTILLAS)
    assert facilita(*argumentos, "--salida", salida).exit_code == 0
    texto = salida.read_text()
    assert texto == facilita(*argumentos).stdout
    assert validar(facilita, salida).exit_code == 0
    salida.write_text(re.sub(r"(?m)^# (?=  )", "", texto))
    resultado = validar(facilita, salida)
    assert resultado.exit_code == 0, resultado.stdout
    cambios = yaml.safe_load(salida.read_text())["cambios"]
    assert {"titulo", "introduccion", "campos", "agregar"} <= cambios.keys()


def test_adaptar_no_pisa_lo_escrito(facilita: Correr, tmp_path: Path) -> None:
    (tmp_path / "mio.yaml").write_text("mío")
    resultado = facilita(
        "adaptar", "contacto@1", "--entidad", "rio", "--salida", "mio.yaml",
        "--plantillas", PLANTILLAS,
    )  # fmt: skip
    assert resultado.exit_code == 1 and "ya existe" in resultado.stderr
    assert (tmp_path / "mio.yaml").read_text() == "mío"


@pytest.mark.parametrize(
    ("plantilla", "entidad", "codigo", "dice"),
    [
        ("nada", "rio", 1, "No hay una plantilla «nada». Hay: acceso-informacion-publica@1, "),
        ("contacto@9", "rio", 1, "No hay una plantilla «contacto@9»"),
        ("contacto@x", "rio", 1, "No hay una plantilla «contacto@x»"),
        ("contacto", "Río Claro", 2, "«Río Claro» no sirve"),
    ],
)
def test_adaptar_lo_que_no_hay(
    facilita: Correr, plantilla: str, entidad: str, codigo: int, dice: str
) -> None:
    argumentos = ("adaptar", plantilla, "--entidad", entidad, "--plantillas", PLANTILLAS)
    resultado = facilita(*argumentos)
    assert resultado.exit_code == codigo and dice in resultado.stderr


# --- diferencias --------------------------------------------------------------------------------


def diferencias(facilita: Correr, *argumentos: Any) -> Result:
    """Compara con las plantillas del proyecto."""
    return facilita("diferencias", *argumentos, "--plantillas", PLANTILLAS)


def test_diferencias_en_palabras(facilita: Correr) -> None:
    resultado = diferencias(facilita, "mesa-de-partes@1", FORMULARIOS / "mesa-de-partes.yaml")
    lineas = resultado.stdout.splitlines()
    assert resultado.exit_code == 0
    assert "el campo «documento_principal»: «tamano_maximo» pasa de 10 a 20" in lineas
    assert "el campo «codigo_contribuyente»: agregado" in lineas
    assert "la opción «tipo_documento.memorial»: quitada" in lineas
    assert "la opción «tipo_documento.otro»: «etiqueta» pasa de «Otro» a «Otro documento»" in lineas


def test_sin_diferencias(facilita: Correr) -> None:
    resultado = diferencias(facilita, "contacto", "contacto@1", "--codigo-de-salida")
    assert (resultado.exit_code, resultado.stdout) == (0, "")


def test_diferencias_en_json_y_con_codigo(facilita: Correr) -> None:
    resultado = diferencias(
        facilita, "contacto", FORMULARIOS / "contacto.yaml", "--json", "--codigo-de-salida"
    )
    assert resultado.exit_code == 1
    assert json.loads(resultado.stdout) == [
        {
            "que": "el formulario",
            "cual": "",
            "cambio": "cambiado",
            "propiedad": "titulo",
            "antes": "Escríbenos",
            "ahora": "Escríbele a tu municipalidad",
            "clave": "",
            "texto": "el formulario: «titulo» pasa de «Escríbenos» a "
            "«Escríbele a tu municipalidad»",
        }
    ]


def test_diferencias_de_lo_que_no_hay(facilita: Correr) -> None:
    assert diferencias(facilita, "contacto", "no.yaml").exit_code == 2
    assert diferencias(facilita, "contacto", "no").exit_code == 1


def test_lo_movido_y_lo_reordenado() -> None:
    def documento(*paginas: tuple[str, list[str]]) -> dict[str, Any]:
        return {
            "titulo": "T",
            "paginas": [
                {"id": f"p-{s}", "secciones": [{"id": s, "campos": [{"id": c} for c in campos]}]}
                for s, campos in paginas
            ],
            "revision": {"campos": []},
            "flujo": {"estados": [], "transiciones": []},
            "mensajes": [],
        }

    antes = documento(("uno", ["a", "b", "c"]), ("dos", ["d"]))
    ahora = documento(("uno", ["c", "a"]), ("dos", ["d", "b"]))
    assert [str(d) for d in comparar(antes, ahora)] == [
        "el campo «b»: movido: de la sección «uno» a la sección «dos»",
        "la sección «uno»: reordenada: ahora c, a",
    ]
    assert comparar(antes, antes) == []


# --- plazo --------------------------------------------------------------------------------------


def test_plazo_en_json(facilita: Correr) -> None:
    resultado = facilita("plazo", "2026-07-24", "--dias-habiles", 2, "--json")
    assert json.loads(resultado.stdout) == {
        "desde": "2026-07-24",
        "dias_habiles": 2,
        "vence": "2026-07-30",
        "saltados": [
            {"fecha": "2026-07-25", "motivo": "Sábado", "norma": "LPAG art. 134"},
            {"fecha": "2026-07-26", "motivo": "Domingo", "norma": "LPAG art. 134"},
            {"fecha": "2026-07-28", "motivo": "Fiestas Patrias", "norma": "DL 713, art. 6"},
            {"fecha": "2026-07-29", "motivo": "Fiestas Patrias", "norma": "DL 713, art. 6"},
        ],
    }
    assert "solo los feriados nacionales" in resultado.stderr


def test_plazo_en_palabras_no_crea_nada(facilita: Correr, tmp_path: Path) -> None:
    propios = ajustes(f"sqlite:///{tmp_path}/x.db", tmp_path)
    resultado = facilita("plazo", "24/07/2026", "--dias-habiles", 1, **propios)
    assert resultado.stdout.startswith("Vence el lunes 27 de julio de 2026, a las 23:59:59")
    assert "  sábado 25 de julio de 2026: Sábado (LPAG art. 134)\n" in resultado.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ubigeo", ["999999", "15010", "lima"])
def test_plazo_de_un_lugar_que_no_hay(facilita: Correr, ubigeo: str) -> None:
    resultado = facilita("plazo", "2026-07-24", "--dias-habiles", 1, "--ubigeo", ubigeo)
    assert resultado.exit_code == 2 and "no es un código del INEI" in resultado.stderr


def test_plazo_fuera_del_calendario(facilita: Correr) -> None:
    resultado = facilita("plazo", "1850-01-01", "--dias-habiles", 1)
    assert resultado.exit_code == 2 and "1900" in resultado.stderr


def test_un_dia_declarado_cuenta_en_su_lugar(
    instalada: Correr, filas: Callable[[type[Any]], list[Any]]
) -> None:
    declarar = (
        "dia-inhabil", "agregar", "2026-07-27", "--ambito", "region:15",
        "--motivo", "Día no laborable", "--norma", "DS 001-2026-PCM",
    )  # fmt: skip
    assert instalada(*declarar).exit_code == 0
    plazo = ("plazo", "2026-07-24", "--dias-habiles", 1, "--json", "--ubigeo")
    en_lima = json.loads(instalada(*plazo, "150101").stdout)
    assert en_lima["vence"] == "2026-07-30"
    assert {
        "fecha": "2026-07-27",
        "motivo": "Día no laborable",
        "norma": "DS 001-2026-PCM",
    } in en_lima["saltados"]
    resultado = instalada(*plazo, "080101")
    assert json.loads(resultado.stdout)["vence"] == "2026-07-27"
    assert resultado.stderr == ""
    otra = instalada(*declarar)
    assert otra.exit_code == 1 and "ya está declarado" in otra.stderr
    assert len(filas(DiaInhabil)) == 1
    assert (
        json.loads(instalada("dia-inhabil", "lista", "--json").stdout)[0]["ambito"] == "region:15"
    )
    assert "DS 001-2026-PCM" in instalada("dia-inhabil", "lista").stdout


def test_un_dia_sin_norma_no_se_declara(instalada: Correr) -> None:
    resultado = instalada(
        "dia-inhabil", "agregar", "2026-07-27", "--ambito", "lima", "--motivo", "x", "--norma", " "
    )
    assert resultado.exit_code == 2 and "no cita la norma" in resultado.stderr


# --- entidades, publicar y retirar --------------------------------------------------------------


def test_entidad_crear_y_lista(
    con_entidad: Correr, filas: Callable[[type[Any]], list[Any]]
) -> None:
    resultado = con_entidad("entidad", "crear", FORMULARIOS / "entidad.yaml")
    assert "https://mesa.example/valle-sereno/" in resultado.stdout
    en_json = con_entidad("entidad", "crear", FORMULARIOS / "entidad.yaml", "--json")
    assert json.loads(en_json.stdout) == {
        "entidad": "valle-sereno",
        "nombre": "Municipalidad Distrital de Valle Sereno",
        "ruc": "20987654326",
        "direccion": "https://mesa.example/valle-sereno/",
    }
    lista = con_entidad("entidad", "lista", "--json")
    assert json.loads(lista.stdout) == [
        {
            "entidad": "valle-sereno",
            "nombre": "Municipalidad Distrital de Valle Sereno",
            "ruc": "20987654326",
        }
    ]
    assert "20987654326" in con_entidad("entidad", "lista", "sereno").stdout
    assert con_entidad("entidad", "lista", "otra").stdout == ""


def test_entidad_mal_escrita(instalada: Correr, tmp_path: Path) -> None:
    (tmp_path / "e.yaml").write_text("formato: 1\nentidad: sgtd\n")
    resultado = instalada("entidad", "crear", "e.yaml")
    assert resultado.exit_code == 1
    assert all(UNA_FALLA.fullmatch(li) for li in resultado.stdout.splitlines())


def publicar(correr: Correr, archivo: Any, *mas: str) -> Result:
    """Publica en valle-sereno."""
    return correr("publicar", archivo, "--entidad", "valle-sereno", "--motivo", "Prueba", *mas)


def test_publicar_dos_veces_es_una_version(
    con_entidad: Correr, filas: Callable[[type[Any]], list[Any]]
) -> None:
    archivo = FORMULARIOS / "mesa-de-partes.yaml"
    resultado = publicar(con_entidad, archivo, "--area", "tramite")
    assert resultado.exit_code == 0
    assert resultado.stdout == (
        "Publicada la versión 1 de «mesa-de-partes».\n"
        "https://mesa.example/valle-sereno/mesa-de-partes\n"
    )
    otra = json.loads(publicar(con_entidad, archivo, "--json").stdout)
    assert (otra["version"], otra["es_nueva"]) == (1, False)
    assert [p.motivo for p in filas(Publicacion)] == ["Prueba"]


def test_publicar_lo_que_no_vale(con_entidad: Correr, tmp_path: Path) -> None:
    malo = (FORMULARIOS / "contacto.yaml").read_text().replace("contacto@1", "contacto@9")
    (tmp_path / "malo.yaml").write_text(malo)
    resultado = publicar(con_entidad, "malo.yaml")
    assert resultado.exit_code == 1
    assert re.match(r"malo\.yaml:4: plantilla: no se encuentra", resultado.stdout)
    plantilla = publicar(con_entidad, PLANTILLAS / "contacto.yaml")
    assert plantilla.exit_code == 1 and "con «facilita adaptar»" in plantilla.stderr
    (tmp_path / "latin.yaml").write_bytes("título: ñ\n".encode("latin-1"))
    assert publicar(con_entidad, "latin.yaml").exit_code == 1


@pytest.mark.parametrize(
    ("opciones", "dice"),
    [
        (("--entidad", "otra"), "No hay ninguna entidad"),
        (("--entidad", "valle-sereno", "--area", "luna"), "no tiene un área «luna». Hay: "),
        (("--entidad", "valle-sereno", "--usuario", "no@hay.pe"), "No hay ningún usuario"),
    ],
)
def test_publicar_donde_no_se_puede(
    con_entidad: Correr, opciones: tuple[str, ...], dice: str
) -> None:
    archivo = FORMULARIOS / "contacto.yaml"
    resultado = con_entidad("publicar", archivo, "--motivo", "x", *opciones)
    assert resultado.exit_code == 1 and dice in resultado.stderr


def test_retirar(con_entidad: Correr, filas: Callable[[type[Any]], list[Any]]) -> None:
    crear_usuario(con_entidad)
    publicar(con_entidad, FORMULARIOS / "contacto.yaml", "--usuario", "eva@rio.pe")
    comun = ("--entidad", "valle-sereno", "--motivo", "Cambio", "--usuario", "eva@rio.pe")
    assert con_entidad("retirar", "escribenos", *comun).exit_code == 0
    publicaciones = filas(Publicacion)
    assert [p.version_id is None for p in publicaciones] == [False, True]
    assert {p.usuario_id for p in publicaciones} == {filas(Usuario)[0].id}
    resultado = con_entidad("retirar", "nada", *comun)
    assert resultado.exit_code == 1 and "no tiene un formulario «nada»" in resultado.stderr


def test_publicar_dice_lo_que_paso(con_entidad: Correr, tmp_path: Path) -> None:
    """Una versión nueva, la misma, una de antes que vuelve y lo que se había retirado."""
    crear_usuario(con_entidad)
    uno = FORMULARIOS / "contacto.yaml"
    (tmp_path / "dos.yaml").write_text(
        "formato: 1\nformulario: escribenos\nplantilla: contacto@1\ncambios: {titulo: Otro}\n"
    )
    dichos = [publicar(con_entidad, archivo).stdout for archivo in (uno, uno, "dos.yaml", uno)]
    comun = ("--entidad", "valle-sereno", "--motivo", "Cambio", "--usuario", "eva@rio.pe")
    con_entidad("retirar", "escribenos", *comun)
    dichos.append(publicar(con_entidad, uno).stdout)
    assert [d.splitlines()[0] for d in dichos] == [
        "Publicada la versión 1 de «escribenos».",
        "Nada cambió: ya estaba vigente la versión 1 de «escribenos».",
        "Publicada la versión 2 de «escribenos».",
        "Ese contenido ya existía: vuelve a estar vigente la versión 1 de «escribenos».",
        "Estaba retirado: se ofrece otra vez, con la versión 1 de «escribenos».",
    ]


# --- roles --------------------------------------------------------------------------------------


def test_dar_quitar_y_listar_roles(con_entidad: Correr, tmp_path: Path) -> None:
    crear_usuario(con_entidad)
    informacion = yaml.safe_dump(dato_de_informacion(), allow_unicode=True)
    (tmp_path / "informacion.yaml").write_text(informacion)
    hecho = publicar(con_entidad, "informacion.yaml")
    assert "Nadie cumple todavía el rol «Funcionario responsable»" in hecho.stderr
    de = ("--entidad", "valle-sereno")
    persona, area = ("--usuario", "eva@rio.pe"), ("--area", "obras")
    asignar, quitar = ("rol", "asignar", "informacion"), ("rol", "quitar", "informacion")
    assert con_entidad(*asignar, "frai", *de, *persona).exit_code == 0
    assert con_entidad(*asignar, "poseedora", *de, *area).stdout == (
        "Listo: obras cumple el rol «poseedora» en «informacion».\n"
    )
    listado = json.loads(con_entidad("rol", "listar", *de, "--json").stdout)
    assert [(r["rol"], [c["clase"] for c in r["cumplen"]]) for r in listado] == [
        ("frai", ["persona"]), ("poseedora", ["area"]),
    ]  # fmt: skip
    assert con_entidad(*quitar, "poseedora", *de, *area).exit_code == 0
    assert "informacion  poseedora  nadie todavía" in con_entidad("rol", "listar", *de).stdout
    assert con_entidad(*quitar, "poseedora", *de, *area).exit_code == 1
    for malo in ((), (*persona, *area)):
        assert con_entidad(*asignar, "frai", *de, *malo).exit_code == 2
    for malo in (("--area", "luna"), ("--usuario", "no@hay.pe")):
        assert con_entidad(*asignar, "frai", *de, *malo).exit_code == 1
    assert con_entidad(*asignar, "alcalde", *de, *persona).exit_code == 1


def test_lo_de_la_plataforma_solo_se_publica_en_ella(con_entidad: Correr, tmp_path: Path) -> None:
    (tmp_path / "acceso.yaml").write_text(yaml.safe_dump(dato_de_acceso(), allow_unicode=True))
    assert con_entidad("validar", "acceso.yaml").exit_code == 0
    negado = publicar(con_entidad, "acceso.yaml")
    assert negado.exit_code == 1 and "plataforma: true" in negado.stderr
    entidad = (FORMULARIOS / "entidad.yaml").read_text() + "plataforma: true\n"
    (tmp_path / "plataforma.yaml").write_text(entidad)
    assert con_entidad("entidad", "crear", "plataforma.yaml").exit_code == 0
    assert publicar(con_entidad, "acceso.yaml").exit_code == 0


# --- antivirus ----------------------------------------------------------------------------------


def test_antivirus_estado_y_analizar(
    facilita: Correr, url_bd: str, tmp_path: Path, antivirus: ServidorClamd
) -> None:
    """N12: dice si responde, pide lo que falta y lo analiza aquí mismo."""
    sin = ajustes(url_bd, tmp_path / "datos")
    con = {**sin, "FACILITA_ANTIVIRUS": antivirus.url}
    assert facilita("bd", "migrar", **sin).exit_code == 0
    assert facilita("entidad", "crear", FORMULARIOS / "entidad.yaml", **sin).exit_code == 0
    armado = armar_entorno(leer_configuracion(None, sin))
    with armado.bd.transaccion(Ambito.de_plataforma("prueba")) as sesion:
        suya = sesion.query(Entidad).one().id
        for datos in (EICAR, b"hola"):
            with armado.almacen.recibir() as recepcion:
                recepcion.write(datos)
                clave = armado.almacen.guardar(recepcion, "valle-sereno")
            archivo = Archivo(
                entidad_id=suya, sha256=recepcion.sha256, clave=clave, tamano=len(datos),
                tipo="txt", mime="text/plain", marcas=[], creado_en=armado.reloj.ahora(),
            )  # fmt: skip
            sesion.add(archivo)
    armado.bd.cerrar()

    assert "Sin antivirus" in facilita("antivirus", "estado", **sin).stdout
    assert facilita("antivirus", "analizar", **sin).exit_code == 1
    assert "Por analizar: 2." in facilita("antivirus", "analizar", **con).stdout
    hecho = facilita("antivirus", "analizar", "--ahora", "--entidad", "valle-sereno", **con)
    assert "Analizados: 2." in hecho.stdout
    estado = json.loads(facilita("antivirus", "estado", "--json", **con).stdout)
    assert estado["responde"] and estado["antivirus"].startswith("ClamAV")
    assert estado["archivos"] == {"pendiente": 0, "limpio": 1, "infectado": 1, "no_analizado": 0}
    assert "Por analizar: 2." in facilita("antivirus", "analizar", "--todo", **con).stdout
    antivirus.apagar()
    caido = facilita("antivirus", "estado", **con)
    assert caido.exit_code == 1 and "No responde" in caido.stdout
    assert "no responde" in facilita("antivirus", "analizar", "--ahora", **con).stderr


# --- correos ------------------------------------------------------------------------------------


def test_correo_listar_y_reenviar(con_entidad: Correr, entorno: Entorno) -> None:
    suya = entidades.por_slug(entorno, "valle-sereno").id
    ahora = entorno.reloj.ahora()
    datos = {"para": "ana@example.com", "asunto": "Recibimos tu documento", "texto": "Hola"}
    with entorno.bd.transaccion(Ambito.de(suya)) as sesion:
        for clave, situacion in (("a", "muerta"), ("b", "entregada"), ("c", "muerta")):
            sesion.add(
                Salida(
                    entidad_id=suya, clase="correo", clave=clave, datos=datos, creada_en=ahora,
                    proxima_en=ahora, situacion=situacion, respuesta="550 no existe",
                )
            )  # fmt: skip
    de = ("--entidad", "valle-sereno")
    listado = con_entidad("correo", "listar", *de, "--situacion", "muerta").stdout
    assert len(listado.splitlines()) == 2
    assert "ana@example.com  Recibimos tu documento (550 no existe)" in listado
    filas = json.loads(con_entidad("correo", "listar", *de, "--json").stdout)
    assert [f["situacion"] for f in filas] == ["muerta", "entregada", "muerta"]
    ultimo, entregado, primero = (str(f["id"]) for f in filas)
    assert con_entidad("correo", "reenviar", *de).exit_code == 2
    resultado = con_entidad("correo", "reenviar", primero, entregado, *de)
    assert resultado.exit_code == 1 and f"El correo {entregado} no está" in resultado.stderr
    assert "En camino otra vez: 1." in resultado.stdout
    assert con_entidad("correo", "reenviar", "--todos", *de).exit_code == 0
    filas = json.loads(con_entidad("correo", "listar", *de, "--json").stdout)
    assert [f["situacion"] for f in filas] == ["lista", "entregada", "lista"]
    assert ultimo


# --- usuarios -----------------------------------------------------------------------------------


def crear_usuario(correr: Correr, *mas: str, entrada: str | None = None) -> Result:
    """Crea a Eva en valle-sereno."""
    return correr(
        "usuario", "crear", "Eva@rio.pe", "--entidad", "valle-sereno", "--nombres", "Eva Luna",
        "--rol", "colaborador", *mas, entrada=entrada,
    )  # fmt: skip


def clave_mostrada(resultado: Result) -> str:
    """La contraseña que se mostró."""
    hallada = re.search(r"^Contraseña: (\S+)$", resultado.stdout, re.MULTILINE)
    assert hallada, resultado.output
    return hallada[1]


def puede_ingresar(entorno: Entorno, correo: str, clave: str) -> bool:
    """Si esa contraseña sirve."""
    try:
        return bool(sesiones.ingresar(entorno, correo, clave, None))
    except sesiones.IngresoNegado:
        return False


@pytest.fixture
def entorno(url_bd: str, tmp_path: Path) -> Iterator[Entorno]:
    """El entorno que arma la misma configuración."""
    armado = armar_entorno(leer_configuracion(None, ajustes(url_bd, tmp_path / "datos")))
    yield armado
    armado.bd.cerrar()


def test_usuario_con_clave_hecha_y_repuesta(con_entidad: Correr, entorno: Entorno) -> None:
    primera = clave_mostrada(crear_usuario(con_entidad, "--sede", "norte"))
    assert len(primera) >= 20 and fallas_de_clave(primera, "eva@rio.pe") == []
    assert puede_ingresar(entorno, "eva@rio.pe", primera)
    segunda = clave_mostrada(con_entidad("usuario", "clave", "eva@rio.pe"))
    assert not puede_ingresar(entorno, "eva@rio.pe", primera)
    assert puede_ingresar(entorno, "eva@rio.pe", segunda)


def test_usuario_en_json(con_entidad: Correr, entorno: Entorno) -> None:
    creada = json.loads(crear_usuario(con_entidad, "--json").stdout)
    assert puede_ingresar(entorno, "eva@rio.pe", creada.pop("clave"))
    assert creada == {
        "correo": "Eva@rio.pe", "entidad": "valle-sereno", "rol": "colaborador", "nuevo": True,
    }  # fmt: skip
    otra_vez = json.loads(crear_usuario(con_entidad, "--json").stdout)
    assert (otra_vez["nuevo"], otra_vez["clave"]) == (False, None)
    repuesta = json.loads(con_entidad("usuario", "clave", "eva@rio.pe", "--json").stdout)
    assert puede_ingresar(entorno, "eva@rio.pe", repuesta["clave"])


def test_reponer_la_clave_cierra_sesiones_y_levanta_el_castigo(
    con_entidad: Correr, entorno: Entorno, filas: Callable[[type[Any]], list[Any]]
) -> None:
    crear_usuario(con_entidad, "--clave-de-entrada", entrada=f"{CLAVE}\n")
    assert puede_ingresar(entorno, "eva@rio.pe", CLAVE)
    for _ in range(intentos.FALLOS):
        assert not puede_ingresar(entorno, "eva@rio.pe", "otra cosa")
    resultado = con_entidad(
        "usuario", "clave", "eva@rio.pe", "--clave-de-entrada", entrada="mesa nueva y azul\n"
    )
    assert resultado.exit_code == 0 and "azul" not in resultado.output
    assert filas(SesionAbierta) == []
    assert puede_ingresar(entorno, "eva@rio.pe", "mesa nueva y azul")
    assert "clave.restablecida" in {b.accion for b in filas(Bitacora)}


def test_crear_otra_vez_no_cambia_la_clave(con_entidad: Correr, entorno: Entorno) -> None:
    crear_usuario(con_entidad, "--clave-de-entrada", entrada=CLAVE)
    resultado = crear_usuario(con_entidad, "--area", "rentas")
    assert "conserva su contraseña" in resultado.stdout and "Contraseña:" not in resultado.stdout
    assert puede_ingresar(entorno, "eva@rio.pe", CLAVE)


@pytest.mark.parametrize(
    ("argumentos", "dice"),
    [
        (("crear", "eva", "--rol", "colaborador"), "Escribe un correo completo"),
        (("crear", "e@r.pe", "--rol", "coordinador_sede"), "necesita su sede"),
        (("crear", "e@r.pe", "--rol", "colaborador", "--area", "luna"), "«luna»"),
        (("crear", "e@r.pe", "--rol", "colaborador", "--clave-de-entrada"), "al menos 10"),
    ],
)
def test_usuario_que_no_se_puede_crear(
    con_entidad: Correr, argumentos: tuple[str, ...], dice: str
) -> None:
    comun = ("--entidad", "valle-sereno", "--nombres", "Eva")
    resultado = con_entidad("usuario", *argumentos, *comun, entrada="corta\n")
    assert resultado.exit_code == 1 and dice in resultado.stderr
    assert "corta" not in resultado.output


def test_clave_de_quien_no_hay(con_entidad: Correr) -> None:
    resultado = con_entidad("usuario", "clave", "no@hay.pe")
    assert resultado.exit_code == 1 and "No hay ningún usuario" in resultado.stderr
    assert "Contraseña" not in resultado.stdout


# --- configuración y base de datos --------------------------------------------------------------


def test_config_tapa_los_secretos(facilita: Correr, tmp_path: Path) -> None:
    propios = ajustes("postgresql://yo:secretisimo@base/facilita", tmp_path)
    for salida in (facilita("config", **propios), facilita("config", "--json", **propios)):
        assert salida.exit_code == 0
        assert "secretisimo" not in salida.output and "kX3" not in salida.output
        assert "FACILITA_BASE_DE_DATOS" in salida.stdout
    assert json.loads(facilita("config", "--json", **propios).stdout)["hilos"]["valor"] == "8"


def test_sin_configuracion_dice_todo_lo_que_falta(facilita: Correr) -> None:
    resultado = facilita("entidad", "lista")
    assert resultado.exit_code == 2
    assert "secreto (falta)" in resultado.stderr
    assert "direccion_publica (falta)" in resultado.stderr


def test_el_archivo_de_configuracion(facilita: Correr, tmp_path: Path) -> None:
    otro = tmp_path / "otro"
    otro.mkdir()
    (otro / "mio.yaml").write_text(f"hilos: 3\nplantillas: {PLANTILLAS}\n")
    (tmp_path / "config.yaml").write_text(f"hilos: 5\nplantillas: {PLANTILLAS}\n")
    propios = ajustes(f"sqlite:///{tmp_path}/x.db", tmp_path)
    del propios["FACILITA_PLANTILLAS"]
    aqui = facilita("config", "--json", **propios).stdout
    assert json.loads(aqui)["hilos"] == {"valor": "5", "origen": "config.yaml:1"}
    resultado = facilita("--configuracion", otro / "mio.yaml", "config", "--json", **propios)
    assert json.loads(resultado.stdout)["hilos"]["valor"] == "3"


def test_migrar_y_estado(facilita: Correr, url_vacia: str, tmp_path: Path) -> None:
    propios = ajustes(url_vacia, tmp_path / "datos")
    sin_migrar = facilita("entidad", "lista", **propios)
    assert sin_migrar.exit_code == 1 and "facilita bd migrar" in sin_migrar.stderr
    antes = facilita("bd", "estado", "--json", **propios)
    assert antes.exit_code == 1 and json.loads(antes.stdout)["pendientes"][0] == "0001"
    assert facilita("bd", "migrar", **propios).stdout.startswith("Aplicadas: 0001")
    despues = facilita("bd", "estado", **propios)
    assert despues.exit_code == 0 and despues.stdout.endswith(": al día.\n")
    assert facilita("bd", "migrar", **propios).stdout == "Ya estaba al día.\n"


def test_una_base_que_no_contesta(facilita: Correr, tmp_path: Path) -> None:
    propios = ajustes(f"postgresql://yo:secretisimo@/nada?host={tmp_path}", tmp_path)
    resultado = facilita("bd", "estado", **propios)
    assert resultado.exit_code == 1
    assert "No se pudo usar la base de datos" in resultado.stderr
    assert "secretisimo" not in resultado.output


def test_el_trabajador_da_una_vuelta(instalada: Correr) -> None:
    assert instalada("trabajador", "--una-vuelta").exit_code == 0


# --- la demostración ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cargada(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Una carpeta con la demostración recién cargada."""
    carpeta = tmp_path_factory.mktemp("demo")
    dichos: list[str] = []
    demo.preparar(demo.configurar(8000, carpeta), dichos.append).bd.cerrar()
    assert dichos[-1] == f"  solicitud {len(HISTORIAS)} de {len(HISTORIAS)}"
    return carpeta


@pytest.fixture
def de_demo(cargada: Path, tmp_path: Path) -> Iterator[Entorno]:
    """El entorno de una segunda vez, en una copia."""
    copia = shutil.copytree(cargada, tmp_path / "var")
    dichos: list[str] = []
    entorno = demo.preparar(demo.configurar(8000, copia), dichos.append)
    assert dichos == []
    yield entorno
    entorno.bd.cerrar()


def ver_bandeja(entorno: Entorno, correo: str) -> bandeja.Bandeja:
    """La bandeja de alguien de la demostración."""
    actor = sesiones.actor_de(entorno, sesiones.ingresar(entorno, correo, CLAVE_DE_DEMO, None))
    assert actor is not None
    return bandeja.listar(entorno, actor, bandeja.Filtros())


def test_la_bandeja_de_la_demostracion_tiene_vida(de_demo: Entorno) -> None:
    vista = ver_bandeja(de_demo, ANA)
    assert vista.total == len(HISTORIAS)
    # Los estados de los formularios sin historias también tienen su pestaña, en cero.
    de_la_mesa = formularios.vigente(de_demo, "valle-sereno", "mesa-de-partes").definicion.flujo
    assert all(cuantas for cual, _, cuantas in vista.pestanas if cual in de_la_mesa.estados)
    colores = {fila.plazo.color for fila in vista.filas}
    assert {"verde", "ambar", "rojo", "vencido", "suspendido", "ninguno"} == colores
    ahora = de_demo.reloj.ahora()
    fechas = [fila.presentado_en for fila in vista.filas]
    assert fechas == sorted(fechas, reverse=True) and fechas[0] < ahora
    assert len({fecha.date() for fecha in fechas}) >= 10
    assert 0 < ver_bandeja(de_demo, PEDRO).total < ver_bandeja(de_demo, LUIS).total < vista.total


def test_una_carga_interrumpida_empieza_de_nuevo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cortar(*_: Any) -> None:
        raise KeyboardInterrupt

    configuracion = demo.configurar(8000, tmp_path)
    with monkeypatch.context() as cambio, pytest.raises(KeyboardInterrupt):
        cambio.setattr(Carga, "_presentar", cortar)
        demo.preparar(configuracion, lambda _: None)
    assert not (tmp_path / "demo.db").exists()
    dichos: list[str] = []
    demo.preparar(configuracion, dichos.append).bd.cerrar()
    assert len(dichos) == len(HISTORIAS) + 2


def test_el_secreto_de_la_demostracion_se_conserva(tmp_path: Path) -> None:
    primera, segunda = (demo.configurar(8000, tmp_path).secreto for _ in range(2))
    assert primera == segunda
    assert (tmp_path / "demo.secreto").stat().st_mode & 0o077 == 0


def test_la_demostracion_no_mira_la_instalacion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FACILITA_BASE_DE_DATOS", "postgresql://yo:clave@real/facilita")
    configuracion = demo.configurar(8000, tmp_path)
    assert configuracion.demo and configuracion.base_de_datos.endswith("demo.db")


@pytest.mark.parametrize("direccion", ["0.0.0.0", "::", "192.168.1.5", "localhost"])
def test_la_demostracion_no_atiende_a_otros(facilita: Correr, direccion: str) -> None:
    resultado = facilita("demo", "--direccion", direccion)
    assert resultado.exit_code == 2 and "solo atiende en 127.0.0.1" in resultado.stderr


def test_un_puerto_ocupado_se_dice_antes_de_cargar(facilita: Correr, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as ocupado:
        resultado = facilita("demo", "--puerto", ocupado.getsockname()[1])
    assert resultado.exit_code == 1 and "Usa otro puerto" in resultado.stderr
    assert list(tmp_path.iterdir()) == []


# --- procesos de verdad -------------------------------------------------------------------------


def puerto_libre() -> int:
    """Un puerto que ahora está libre."""
    with socket.create_server(("127.0.0.1", 0)) as enchufe:
        return int(enchufe.getsockname()[1])


def pedir(url: str, proceso: "subprocess.Popen[str]", segundos: float = 40) -> bytes:
    """Lo que contesta una dirección, cuando conteste."""
    limite = time.monotonic() + segundos
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as respuesta:
                return bytes(respuesta.read())
        except OSError:
            assert proceso.poll() is None and time.monotonic() < limite, "no atiende"
            time.sleep(0.1)


def lanzar(argumentos: list[str], carpeta: Path, **entorno: str) -> "subprocess.Popen[str]":
    """Un proceso de la orden, con su salida en `salida.txt`."""
    with (carpeta / "salida.txt").open("w") as salida:
        return subprocess.Popen(
            [sys.executable, "-m", "facilita.cli", *argumentos], cwd=carpeta, text=True,
            stdout=salida, stderr=subprocess.STDOUT, start_new_session=True,
            env={"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1", **entorno},
        )  # fmt: skip


def test_la_demostracion_atiende_y_se_detiene_con_ctrl_c(cargada: Path, tmp_path: Path) -> None:
    for carpeta in ("plantillas", "formularios"):
        (tmp_path / carpeta).symlink_to(RAIZ / carpeta)
    shutil.copytree(cargada, tmp_path / "var")
    puerto = puerto_libre()
    proceso = lanzar(["demo", "--puerto", str(puerto)], tmp_path)
    try:
        pagina = pedir(f"http://127.0.0.1:{puerto}/valle-sereno/mesa-de-partes", proceso)
        assert b"<form" in pagina
        limite = time.monotonic() + 10
        while not list((tmp_path / "var" / "correos").glob("*.eml")):
            assert time.monotonic() < limite
            time.sleep(0.05)
        proceso.send_signal(signal.SIGINT)
        assert proceso.wait(20) == 0
    finally:
        proceso.kill()
        proceso.wait()
    dicho = (tmp_path / "salida.txt").read_text()
    assert f"http://127.0.0.1:{puerto}" in dicho and ANA in dicho and CLAVE_DE_DEMO in dicho
    assert "Traceback" not in dicho


@pytest.mark.parametrize("procesos", ["1", "2"])
def test_servir_atiende_entrega_y_termina(procesos: str, tmp_path: Path) -> None:
    propios = ajustes(f"sqlite:///{tmp_path}/x.db", tmp_path / "datos")
    migrar = lanzar(["bd", "migrar"], tmp_path, **propios)
    assert migrar.wait(30) == 0
    puerto = puerto_libre()
    orden = ["servir", "--puerto", str(puerto), "--procesos", procesos]
    proceso = lanzar(orden, tmp_path, **propios)
    registro = tmp_path / "salida.txt"
    try:
        salud = json.loads(pedir(f"http://127.0.0.1:{puerto}/salud", proceso))
        assert salud["estado"] == "bien"
        limite = time.monotonic() + 15
        while "trabajador.empieza" not in registro.read_text():
            assert time.monotonic() < limite, registro.read_text()
            time.sleep(0.05)
        proceso.send_signal(signal.SIGTERM)
        assert proceso.wait(30) == 0, registro.read_text()
    finally:
        proceso.kill()
        proceso.wait()
    assert "trabajador.termina" in registro.read_text()


@pytest.mark.parametrize(
    "megas,dice", [(1.5, "Lo que envías pesa demasiado"), (3, "no se recibió")]
)
def test_lo_que_pesa_demasiado_se_dice_en_espanol(tmp_path: Path, megas: float, dice: str) -> None:
    propios = ajustes(f"sqlite:///{tmp_path}/x.db", tmp_path / "datos")
    propios["FACILITA_TAMANO_MAXIMO_ENVIO_MB"] = "1"
    assert lanzar(["bd", "migrar"], tmp_path, **propios).wait(30) == 0
    puerto = puerto_libre()
    # granian no pone tope y lo dice la aplicación; waitress se niega antes de leer.
    orden = [sys.executable, "-m", "bench.servidor", "waitress", str(puerto)]
    with (tmp_path / "salida.txt").open("ab") as salida:
        proceso = subprocess.Popen(
            orden, cwd=RAIZ, env={**os.environ, **propios}, stdout=salida, stderr=salida
        )
    try:
        pedir(f"http://127.0.0.1:{puerto}/salud", proceso)
        conexion = HTTPConnection("127.0.0.1", puerto, timeout=20)
        cuerpo = b"x" * int(megas * 1024 * 1024)
        conexion.putrequest("POST", "/ingresar")
        conexion.putheader("Content-Type", "application/x-www-form-urlencoded")
        conexion.putheader("Content-Length", str(len(cuerpo)))
        conexion.endheaders()
        # Lo enorme se niega sin leerlo: el servidor puede cerrar antes de que termine de llegar.
        with suppress(OSError):
            conexion.send(cuerpo)
        respuesta = conexion.getresponse()
        assert respuesta.status == 413
        assert dice in respuesta.read().decode()
        conexion.close()
    finally:
        proceso.kill()
        proceso.wait()


def test_la_entrada_wsgi(tmp_path: Path) -> None:
    propios = ajustes(f"sqlite:///{tmp_path}/x.db", tmp_path / "datos")
    assert lanzar(["bd", "migrar"], tmp_path, **propios).wait(30) == 0
    programa = (
        "import app; r = app.app.test_client().get('/salud'); print(r.status_code, app.__file__)"
    )
    entorno = {"PATH": os.environ["PATH"], **propios}
    hecho = subprocess.run(
        [sys.executable, "-c", programa], cwd=RAIZ, env=entorno, capture_output=True, text=True
    )
    assert hecho.stdout.startswith("200 "), hecho.stderr


def test_arma_postgres_con_psycopg(tmp_path: Path) -> None:
    base = abrir_base(leer_configuracion(None, ajustes("postgresql://yo@base/f", tmp_path)))
    assert base.motor.dialect.driver == "psycopg"
    base.cerrar()


def test_armar_crea_la_carpeta_de_la_base(tmp_path: Path) -> None:
    propios = ajustes(f"sqlite:///{tmp_path}/a/b/x.db", tmp_path)
    entorno = armar_entorno(leer_configuracion(None, propios))
    assert pendientes(entorno.bd)
    assert entorno.direccion_publica == "https://mesa.example"
    entorno.bd.cerrar()

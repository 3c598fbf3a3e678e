"""La documentación dice lo que el código hace: tablas, ejemplos, órdenes y enlaces.

Lo que sale del código se vuelve a escribir con: .venv/bin/python tests/test_documentacion.py
"""

import ast
import json
import re
import shlex
import textwrap
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import click
import pytest
import yaml

from facilita.cli import main
from facilita.cli.actualizacion import leer_decisiones
from facilita.config import AJUSTES, leer_configuracion
from facilita.conversiones import PREFIJO
from facilita.definicion import Examen, examinar, leer_yaml
from facilita.definicion.campos import REGISTRO
from facilita.definicion.campos.archivos import TIPOS_DE_ARCHIVO
from facilita.definicion.campos.base import COMUNES, USOS, Campo
from facilita.definicion.campos.personas import DOCUMENTOS
from facilita.definicion.campos.textos import FORMATOS
from facilita.definicion.comprobaciones import TIPO_DE_USO
from facilita.definicion.condiciones import ESQUEMA as ESQUEMA_CONDICION
from facilita.definicion.esquema import ESQUEMA
from facilita.definicion.fallas import DefinicionInvalida
from facilita.definicion.familias import ESQUEMA_ADAPTACION, FAMILIAS
from facilita.definicion.flujo import ACTOS, EFECTOS, ESQUEMA_FLUJO, PAPELES, SUCESOS
from facilita.definicion.frases import FRASES
from facilita.definicion.novedades import LADOS
from facilita.definicion.textos import DE_LA_ENTIDAD, DE_LA_SOLICITUD
from facilita.demo.carga import CLAVE, CUENTAS
from facilita.servicios.catalogo import Catalogo
from facilita.tramite import modelos
from facilita.tramite.entidades import ESQUEMA_ENTIDAD, PRIVACIDAD, leer_archivo_de_entidad
from facilita.tramite.permisos import PERMISOS, ROLES

RAIZ = Path(__file__).resolve().parents[1]
CATALOGO = Catalogo(RAIZ / "plantillas")
PAGINAS = sorted([*RAIZ.glob("*.md"), *(RAIZ / "docs").glob("*.md")])
CAPTURA = "docs/captura.png"


def leer(nombre: str) -> str:
    """El texto de un documento."""
    return (RAIZ / nombre).read_text("utf-8")


def nombre_de(ruta: Path) -> str:
    """Un documento por su ruta dentro del proyecto."""
    return ruta.relative_to(RAIZ).as_posix()


def columnas(linea: str) -> list[str]:
    """Las casillas de una fila de tabla."""
    return [c.strip() for c in re.split(r"(?<!\\)\|", linea.strip())[1:-1]]


def seccion(texto: str, titulo: str) -> str:
    """Lo que va debajo de un título, hasta el siguiente de su altura o mayor."""
    altura = len(titulo) - len(titulo.lstrip("#"))
    desde = texto.index(f"\n{titulo}\n") + len(titulo) + 2
    fin = re.search(rf"^#{{1,{altura}}} ", texto[desde:], re.MULTILINE)
    return texto[desde : desde + fin.start()] if fin else texto[desde:]


def nombrados(texto: str, columna: int = 0) -> set[str]:
    """Lo que va `entre comillas de código` en una columna de las tablas de un texto."""
    filas = [columnas(x) for x in texto.splitlines() if x.startswith("|")]
    return {n for fila in filas for n in re.findall(r"`([^`]+)`", fila[columna])}


# --- lo que sale del código ---------------------------------------------------------------------


def tabla(cabeza: str, filas: Iterator[tuple[str, ...]]) -> str:
    """Una tabla de Markdown."""
    titulos = cabeza.split(" | ")
    cuerpo = [f"| {' | '.join(c.replace('|', chr(92) + '|') for c in fila)} |" for fila in filas]
    return "\n".join([f"| {cabeza} |", "|" + "---|" * len(titulos), *cuerpo])


def _tipos() -> str:
    return tabla("Tipo | Qué es | Propiedades propias | En una condición", _filas_de_tipos())


def _filas_de_tipos() -> Iterator[tuple[str, ...]]:
    for tipo, clase in REGISTRO.items():
        exige = [p for p in clase.exigidas if p in clase.propiedades]
        propias = [
            f"`{p}`: {_forma(e)}" + (" (obligatoria)" if p in exige else "")
            for p, e in clase.propiedades.items()
        ]
        que = re.sub(r" \(N\d+\)", "", str(clase.__doc__).splitlines()[0]).rstrip(".")
        yield f"`{tipo}`", que, "; ".join(propias) or "–", _en_condicion(clase)


def _forma(esquema: Mapping[str, Any]) -> str:
    if "enum" in esquema:
        return " · ".join(map(str, esquema["enum"]))
    if esquema["type"] == "array":
        return _de_lista(esquema["items"])
    if esquema["type"] in ("integer", "number"):
        return _de_numero(esquema)
    return {"boolean": "`true` o `false`", "string": "un texto"}[esquema["type"]]


def _de_lista(elementos: Mapping[str, Any]) -> str:
    if elementos["type"] == "object" and PROPIEDADES not in elementos:
        return "una lista de campos"
    if elementos["type"] == "object":
        return "una lista de " + ", ".join(f"`{p}`" for p in elementos["properties"])
    return "una lista de tipos" if "enum" in elementos else "una lista de ids"


def _de_numero(esquema: Mapping[str, Any]) -> str:
    if esquema["type"] == "number":
        return "un número"
    return f"un entero de {esquema['minimum']} a {esquema['maximum']}"


def _en_condicion(clase: type[Campo]) -> str:
    if clase.valores_posibles is not Campo.valores_posibles:
        return "`es`, `es_alguno`"
    return "comparaciones" if clase.ordenable else "–"


def _usos() -> str:
    de_cualquiera = "cualquiera que se responda"
    filas = (
        (f"`{uso}`", ", ".join(f"`{t}`" for t in TIPO_DE_USO.get(uso, ())) or de_cualquiera)
        for uso in USOS
    )
    return tabla("Uso | Tipo de campo", filas)


def _frases() -> str:
    filas = (
        (f"`{clave}`", frase, ", ".join(f"`{t}`" for t, c in REGISTRO.items() if clave in c.claves))
        for clave, frase in FRASES.items()
    )
    return tabla("Clave | Frase | Tipos", filas)


def _nombres(nombres: Mapping[str, str]) -> str:
    return tabla("Nombre | Qué pone", ((f"`{{{n}}}`", que) for n, que in nombres.items()))


def _libres() -> str:
    filas = (
        (f.nombre.capitalize(), ", ".join(f"`{p}`" for p in sorted(f.libres)))
        for f in FAMILIAS.values()
    )
    return tabla("De lo fijo | Siempre se puede cambiar", filas)


GENERADO: Mapping[str, Callable[[], str]] = {
    "tipos": _tipos,
    "usos": _usos,
    "frases": _frases,
    "nombres_solicitud": lambda: _nombres(
        {n: q for n, q in DE_LA_SOLICITUD.items() if n not in DE_LA_ENTIDAD}
    ),
    "nombres_entidad": lambda: _nombres(DE_LA_ENTIDAD),
    "libres": _libres,
}
MARCA = re.compile(r"(<!-- generado: (\w+) -->\n)(.*?)(<!-- fin: \2 -->)", re.DOTALL)


def al_dia(texto: str) -> str:
    """El documento con sus tablas como hoy las daría el código."""
    return MARCA.sub(lambda m: f"{m[1]}{GENERADO[m[2]]()}\n{m[4]}", texto)


def test_las_tablas_son_las_del_codigo() -> None:
    texto = leer("docs/LENGUAJE.md")
    assert {m[2] for m in MARCA.finditer(texto)} == set(GENERADO)
    assert texto == al_dia(texto), "corre: .venv/bin/python tests/test_documentacion.py"


# --- el lenguaje: nada falta y nada sobra -------------------------------------------------------

PROPIEDADES = "properties"
TABLAS_DEL_LENGUAJE: Mapping[str, set[str]] = {
    "### La raíz": set(ESQUEMA[PROPIEDADES]),
    "### Transiciones": set(
        ESQUEMA_FLUJO[PROPIEDADES]["transiciones"]["items"][PROPIEDADES]
    ),
    "### Papeles": set(PAPELES),
    "## `entidad.yaml`": set(ESQUEMA_ENTIDAD[PROPIEDADES]),
}  # fmt: skip


@pytest.mark.parametrize("titulo", TABLAS_DEL_LENGUAJE)
def test_cada_tabla_nombra_todo_y_nada_mas(titulo: str) -> None:
    assert nombrados(seccion(leer("docs/LENGUAJE.md"), titulo)) == TABLAS_DEL_LENGUAJE[titulo]


def test_lo_comun_de_los_campos_esta_completo() -> None:
    antes = seccion(leer("docs/LENGUAJE.md"), "## Los campos").split("### Los tipos")[0]
    assert nombrados(antes) == set(COMUNES)
    sin_preguntar = {n for n in COMUNES if n not in ("id", "tipo")} - {
        "etiqueta", "ejemplo", "obligatorio", "mensajes", "autocompletar", "uso",
    }  # fmt: skip
    assert all(f"`{n}`" in antes.split("|")[0] for n in sin_preguntar)


def test_los_efectos_estan_completos() -> None:
    efectos = nombrados(seccion(leer("docs/LENGUAJE.md"), "### Efectos"))
    assert {e.strip("{").split(":")[0] for e in efectos} == set(EFECTOS)


@pytest.mark.parametrize(
    "palabras",
    [
        ACTOS, SUCESOS, DOCUMENTOS, FORMATOS, TIPOS_DE_ARCHIVO, PRIVACIDAD,
        set(ESQUEMA_CONDICION[PROPIEDADES]) - {"campo"},
    ],
)  # fmt: skip
def test_las_listas_cerradas_estan_completas(palabras: Any) -> None:
    texto = leer("docs/LENGUAJE.md")
    assert [p for p in palabras if not re.search(rf"`[^`\n]*\b{p}\b[^`\n]*`", texto)] == []


def test_hay_un_ejemplo_de_cada_tipo_y_de_cada_operacion() -> None:
    tipos: set[str] = set()
    claves: set[str] = set()
    agregados: set[str] = set()
    for ejemplo in EJEMPLOS:
        if ejemplo.clase == "campos":
            tipos |= {c["tipo"] for c in leer_yaml(ejemplo.texto)}
        if ejemplo.clase == "cambios":
            cambios = leer_yaml(ejemplo.texto)
            claves |= set(cambios)
            agregados |= {c for a in cambios.get("agregar", ()) for c in a}
    operaciones = ESQUEMA_ADAPTACION[PROPIEDADES]["cambios"][PROPIEDADES]
    assert tipos == set(REGISTRO)
    assert claves == set(operaciones)
    assert agregados == set(operaciones["agregar"]["items"][PROPIEDADES])


# --- los ejemplos se compilan -------------------------------------------------------------------


class Ejemplo(NamedTuple):
    """Un bloque de YAML: de qué documento, en qué línea, de qué clase y lo que sigue."""

    documento: str
    linea: int
    clase: str
    texto: str
    dicho: str


BLOQUE = re.compile(r"^```yaml([^\n]*)\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.M | re.S)


def ejemplos() -> Iterator[Ejemplo]:
    """Los bloques de YAML de todos los documentos."""
    for ruta in PAGINAS:
        texto = ruta.read_text("utf-8")
        for m in BLOQUE.finditer(texto):
            linea = texto.count("\n", 0, m.start()) + 1
            yield Ejemplo(nombre_de(ruta), linea, m[1].strip(), m[2], m[3] or "")


EJEMPLOS = list(ejemplos())
DE_BASE = next(e.texto for e in EJEMPLOS if e.clase == "definicion")
ADAPTADO = "formato: 1\nformulario: ejemplo\nplantilla: mesa-de-partes@1\ncambios:\n"


def examinar_texto(texto: str, archivo: str = "formulario.yaml") -> Examen:
    """Examina una definición con el catálogo del proyecto."""
    return examinar(
        texto, archivo, normas=CATALOGO.ids_de_normas, buscar_plantilla=CATALOGO.plantilla
    )


def con_base(**partes: Any) -> str:
    """El formulario de ejemplo con otras partes."""
    # JSON también es YAML.
    return json.dumps({**leer_yaml(DE_BASE), **partes}, ensure_ascii=False)


EL_CORREO = {"id": "su_correo", "tipo": "correo", "etiqueta": "Tu correo", "uso": "correo"}


def _pagina(cual: str, campos: Any) -> dict[str, Any]:
    seccion = {"id": f"de_{cual}", "campos": campos}
    return {"id": cual, "titulo": "Página", "secciones": [seccion]}


def unas_paginas(paginas: list[Any]) -> str:
    """Las páginas de un ejemplo en un formulario entero, con el correo de la persona."""
    con_correo = '"uso": "correo"' in json.dumps(paginas)
    return con_base(paginas=paginas if con_correo else [*paginas, _pagina("fin", [EL_CORREO])])


def una_pagina(texto: str) -> str:
    """Los campos de un ejemplo, en una página de un formulario entero."""
    return unas_paginas([_pagina("pagina", leer_yaml(texto))])


COMO_SE_ARMA: Mapping[str, Callable[[str], str]] = {
    "definicion": lambda texto: texto,
    "formulario": lambda texto: texto,
    "campos": una_pagina,
    "paginas": lambda texto: unas_paginas(leer_yaml(texto)),
    "flujo": lambda texto: con_base(**leer_yaml(texto)),
    "raiz": lambda texto: con_base(**leer_yaml(texto)),
    "cambios": lambda texto: ADAPTADO + textwrap.indent(texto, "  "),
}
"""Cómo se completa cada clase de ejemplo; las demás son de entidad, de normas o con fallas."""


@pytest.mark.parametrize(
    "ejemplo", [e for e in EJEMPLOS if e.clase in COMO_SE_ARMA], ids=lambda e: f"{e[0]}:{e[1]}"
)
def test_el_ejemplo_compila(ejemplo: Ejemplo) -> None:
    examen = examinar_texto(COMO_SE_ARMA[ejemplo.clase](ejemplo.texto))
    assert [*map(str, examen.fallas), *map(str, examen.avisos)] == []


def fallas_de(ejemplo: Ejemplo) -> str:
    """Lo que se dice de un ejemplo con fallas, una por línea."""
    if ejemplo.clase.endswith("entidad"):
        try:
            leer_archivo_de_entidad(ejemplo.texto, "entidad.yaml")
        except DefinicionInvalida as invalida:
            return "".join(f"{f}\n" for f in invalida.fallas)
        return ""
    return "".join(f"{f}\n" for f in examinar_texto(ejemplo.texto).fallas)


@pytest.mark.parametrize(
    "ejemplo",
    [e for e in EJEMPLOS if e.clase.startswith("con-fallas")],
    ids=lambda e: f"{e[0]}:{e[1]}",
)
def test_el_ejemplo_con_fallas_dice_lo_que_dice(ejemplo: Ejemplo) -> None:
    assert ejemplo.dicho == fallas_de(ejemplo) != ""


@pytest.mark.parametrize(
    "ejemplo", [e for e in EJEMPLOS if e.clase == "entidad"], ids=lambda e: f"{e[0]}:{e[1]}"
)
def test_el_ejemplo_de_entidad_vale(ejemplo: Ejemplo) -> None:
    leer_archivo_de_entidad(ejemplo.texto, "entidad.yaml")


@pytest.mark.parametrize(
    "ejemplo", [e for e in EJEMPLOS if e.clase == "decisiones"], ids=lambda e: f"{e[0]}:{e[1]}"
)
def test_el_ejemplo_de_decisiones_vale(ejemplo: Ejemplo, tmp_path: Path) -> None:
    archivo = tmp_path / "decisiones.yaml"
    archivo.write_text(ejemplo.texto, "utf-8")
    decisiones = leer_decisiones(archivo)
    assert decisiones and set(decisiones.values()) <= set(LADOS)


def test_ningun_ejemplo_se_queda_sin_probar() -> None:
    otras = {"normas", "entidad", "con-fallas", "con-fallas entidad", "ajustes", "decisiones"}
    clases = {e.clase for e in EJEMPLOS}
    assert clases <= {*COMO_SE_ARMA, *otras}
    for ejemplo in EJEMPLOS:
        leer_yaml("" if ejemplo.clase.startswith("con-") else ejemplo.texto)


# --- la configuración ---------------------------------------------------------------------------


def test_los_ajustes_estan_todos_con_su_variable_y_su_valor(tmp_path: Path) -> None:
    texto = seccion(leer("docs/OPERAR.md"), "## Los ajustes")
    filas = [columnas(x) for x in texto.splitlines() if x.startswith("| `")]
    assert [f[0] for f in filas] == [f"`{a}`" for a in AJUSTES]
    assert [f[1] for f in filas] == [f"`{PREFIJO}{a.upper()}`" for a in AJUSTES]
    archivo = tmp_path / "config.yaml"
    archivo.write_text("")
    (tmp_path / "plantillas").mkdir()
    rigen = leer_configuracion(archivo, {f"{PREFIJO}DEMO": "si"}).mostrar()
    propios = ("demo", "secreto", "direccion_publica", "mirar_direcciones")
    de_carpeta = {a.nombre: a.valor.replace(f"{tmp_path}/", "") for a in rigen}
    for fila in filas:
        nombre = fila[0].strip("`")
        if nombre not in propios:
            assert f"`{de_carpeta[nombre]}`" in fila[2], nombre


@pytest.mark.parametrize(
    "ejemplo", [e for e in EJEMPLOS if e.clase == "ajustes"], ids=lambda e: f"{e[0]}:{e[1]}"
)
def test_el_ejemplo_de_ajustes_vale(ejemplo: Ejemplo, tmp_path: Path) -> None:
    (tmp_path / "plantillas").mkdir()
    archivo = tmp_path / "config.yaml"
    archivo.write_text(ejemplo.texto, "utf-8")
    secretos = {
        f"{PREFIJO}SECRETO": "kX3-prueba-prueba-Qz81-prueba-4712",
        f"{PREFIJO}CORREO": "smtp://facilita:clave@correo.ejemplo.gob.pe:587",
    }
    leer_configuracion(archivo, secretos)


# --- las órdenes existen ------------------------------------------------------------------------

BLOQUE_SH = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


def ordenes_de(texto: str) -> Iterator[list[str]]:
    """Las palabras de cada `facilita …` de los bloques de consola, sin lo que va antes."""
    for bloque in BLOQUE_SH.findall(texto):
        for linea in bloque.replace("\\\n", " ").splitlines():
            palabras = shlex.split(linea, comments=True)
            ajenas = [n for n, p in enumerate(palabras) if not re.match(r"[A-Z_]+=", p)]
            if ajenas and palabras[ajenas[0]].rpartition("/")[2] == "facilita":
                yield _hasta_otra_orden(palabras[ajenas[0] + 1 :])


def _hasta_otra_orden(palabras: list[str]) -> list[str]:
    fines = [n for n, p in enumerate(palabras) if p in ("|", "&&", ";", ">", "<")]
    return palabras[: fines[0]] if fines else palabras


def comprobar_orden(palabras: list[str]) -> None:
    """La orden existe, con esas opciones y sin que le falte ninguna."""
    orden: click.Command = main
    contexto = click.Context(main, info_name="facilita")
    while isinstance(orden, click.Group):
        _, palabras, _ = orden.make_parser(contexto).parse_args(list(palabras))
        assert palabras, f"«{contexto.command_path}» es un grupo: falta la orden"
        hija = orden.get_command(contexto, palabras[0])
        assert hija is not None, f"no hay una orden «{palabras[0]}»"
        contexto = click.Context(hija, info_name=palabras[0], parent=contexto)
        orden, palabras = hija, palabras[1:]
    dadas, sobran, _ = orden.make_parser(contexto).parse_args(list(palabras))
    assert not sobran
    for parametro in orden.params:
        assert not parametro.required or _se_dio(dadas.get(parametro.name)), parametro.name


def _se_dio(valor: Any) -> bool:
    if isinstance(valor, tuple | list):
        return any(_se_dio(v) for v in valor)
    return isinstance(valor, str)


ORDENES = [(nombre_de(p), o) for p in PAGINAS for o in ordenes_de(p.read_text("utf-8"))]


@pytest.mark.parametrize(("documento", "orden"), ORDENES)
def test_la_orden_existe(documento: str, orden: list[str]) -> None:
    comprobar_orden(orden)


def test_lo_que_no_existe_se_nota() -> None:
    for mala in ("entidad listar", "entidad", "adaptar contacto", "validar", "bd estado --todo"):
        with pytest.raises((AssertionError, click.UsageError)):
            comprobar_orden(mala.split())
    comprobar_orden(["validar", "formularios", "--json"])


def test_cada_orden_esta_explicada() -> None:
    operar = leer("docs/OPERAR.md")
    for nombre, orden in main.commands.items():
        hijas = orden.commands if isinstance(orden, click.Group) else {"": None}
        for hija in hijas:
            assert f"facilita {nombre} {hija}".strip() in operar


def test_las_ordenes_de_make_existen() -> None:
    hay = set(re.findall(r"^([a-z-]+):", leer("Makefile"), re.MULTILINE))
    for ruta in PAGINAS:
        dichas = re.findall(r"(?:`|^)make ([a-z-]+)", ruta.read_text("utf-8"), re.MULTILINE)
        assert set(dichas) <= hay, nombre_de(ruta)


# --- los enlaces llegan -------------------------------------------------------------------------

ENLACE = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
PRUEBA = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def anclas(texto: str) -> set[str]:
    """Las anclas que GitHub da a los títulos de un documento."""
    titulos = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", texto, flags=re.M | re.S), re.M)
    limpios = (re.sub(r"[^\w\- ]", "", t.lower()) for t in titulos)
    return {t.replace(" ", "-") for t in limpios}


@pytest.mark.parametrize("ruta", PAGINAS, ids=nombre_de)
def test_los_enlaces_llegan(ruta: Path) -> None:
    rotos = []
    for enlace in ENLACE.findall(ruta.read_text("utf-8")):
        archivo, _, ancla = enlace.partition("#")
        if re.match(r"[a-z]+:", enlace) or enlace.endswith("captura.png"):
            continue
        destino = (ruta.parent / archivo).resolve() if archivo else ruta
        if not destino.exists() or (ancla and ancla not in anclas(destino.read_text("utf-8"))):
            rotos.append(enlace)
    assert rotos == []


def test_la_captura_esta() -> None:
    assert CAPTURA in leer("README.md")
    assert (RAIZ / CAPTURA).is_file()


@pytest.mark.parametrize("ruta", PAGINAS, ids=nombre_de)
def test_las_pruebas_nombradas_existen(ruta: Path) -> None:
    faltan = [
        f"{archivo}::{prueba}"
        for archivo, prueba in PRUEBA.findall(ruta.read_text("utf-8"))
        if not (RAIZ / archivo).is_file() or (prueba and prueba not in _pruebas_de(RAIZ / archivo))
    ]
    assert faltan == []


def _pruebas_de(archivo: Path) -> set[str]:
    arbol = ast.parse(archivo.read_text("utf-8"))
    return {n.name for n in ast.walk(arbol) if isinstance(n, ast.FunctionDef)}


def test_los_archivos_nombrados_existen() -> None:
    for ruta in PAGINAS:
        for archivo in re.findall(r"`(facilita/[\w/]+(?:\.py|/))`", ruta.read_text("utf-8")):
            assert (RAIZ / archivo).exists(), f"{nombre_de(ruta)}: {archivo}"


# --- el glosario --------------------------------------------------------------------------------


def _del_flujo() -> set[str]:
    elementos = [
        e for dato in CATALOGO.plantillas.values() for clave in ("estados", "transiciones")
        for e in dato["flujo"][clave]
    ]  # fmt: skip
    return {e["id"] for e in elementos}


DEL_GLOSARIO: Mapping[str, Callable[[], Any]] = {
    "los modelos": lambda: modelos.__all__,
    "los roles": lambda: ROLES,
    "los papeles": lambda: PAPELES,
    "los permisos": lambda: PERMISOS,
    "los tipos de campo": lambda: REGISTRO,
    "los efectos": lambda: EFECTOS,
    "los actos": lambda: ACTOS,
    "los sucesos": lambda: SUCESOS,
    "los estados y pasos de las plantillas": _del_flujo,
    "las familias": lambda: [f.singular for f in FAMILIAS.values()],
}


@pytest.mark.parametrize("cuales", DEL_GLOSARIO)
def test_el_glosario_esta_completo(cuales: str) -> None:
    explicadas = nombrados(leer("docs/GLOSARIO.md"))
    assert sorted(set(DEL_GLOSARIO[cuales]()) - explicadas) == []


# --- las dependencias ---------------------------------------------------------------------------


def test_las_dependencias_son_las_declaradas() -> None:
    proyecto = tomllib.loads(leer("pyproject.toml"))["project"]
    grupos = {"": proyecto["dependencies"], **proyecto["optional-dependencies"]}
    texto = leer("docs/DEPENDENCIAS.md")
    for grupo, declaradas in grupos.items():
        titulo = f"## Del grupo `{grupo}`" if grupo else "## De siempre"
        nombres = [re.split(r"[\[<>=]", d)[0] for d in declaradas]
        filas = [
            columnas(x) for x in seccion(texto, titulo).splitlines() if x.startswith("| `")
        ]  # fmt: skip
        assert [f[0].strip("`") for f in filas] == sorted(nombres, key=str.lower)
        assert all(len(f) == 3 and all(f) for f in filas)


# --- lo demás -----------------------------------------------------------------------------------


def test_el_leeme_tiene_las_cuentas_de_la_demostracion() -> None:
    texto = leer("README.md")
    assert f"`{CLAVE}`" in texto
    for correo, (_, _, puesto) in CUENTAS.items():
        fila = next(x for x in texto.splitlines() if f"`{correo}`" in x)
        assert ROLES[puesto.rol] in fila


def test_el_leeme_lleva_a_todos_los_documentos() -> None:
    texto = leer("README.md")
    for ruta in (RAIZ / "docs").glob("*.md"):
        assert f"(docs/{ruta.name})" in texto


def test_los_cambios_nombran_la_version() -> None:
    version = tomllib.loads(leer("pyproject.toml"))["project"]["version"]
    assert f"## {version}" in leer("docs/CAMBIOS.md")


def test_publiccode_tiene_lo_que_pide_su_norma() -> None:
    dato = yaml.safe_load(leer("publiccode.yml"))
    proyecto = tomllib.loads(leer("pyproject.toml"))["project"]
    assert dato["publiccodeYmlVersion"] == "0.4"
    assert dato["softwareVersion"] == proyecto["version"]
    assert dato["legal"]["license"] == proyecto["license"]
    assert {"name", "platforms", "developmentStatus", "softwareType", "maintenance"} <= set(dato)
    assert dato["localisation"]["availableLanguages"] == ["es"]
    for idioma in ("es", "en"):
        descripcion = dato["description"][idioma]
        assert len(descripcion["shortDescription"]) <= 150
        assert 150 <= len(descripcion["longDescription"]) <= 10_000
        assert descripcion["features"]


@pytest.mark.parametrize("ruta", PAGINAS, ids=nombre_de)
def test_nada_es_de_una_maquina(ruta: Path) -> None:
    texto = ruta.read_text("utf-8")
    assert re.findall(r"/(?:work|home|root|tmp)/\S*", texto) == []
    assert re.findall(r"\b(?:TODO|FIXME|XXX)\b", texto) == []


def regenerar() -> None:
    """Vuelve a escribir las tablas y lo que se dice de los ejemplos con fallas."""
    ruta = RAIZ / "docs" / "LENGUAJE.md"
    texto = al_dia(ruta.read_text("utf-8"))
    ruta.write_text(BLOQUE.sub(_con_sus_fallas, texto), "utf-8")


def _con_sus_fallas(m: re.Match[str]) -> str:
    if not m[1].strip().startswith("con-fallas"):
        return m[0]
    dicho = fallas_de(Ejemplo("", 0, m[1].strip(), m[2], ""))
    return f"```yaml{m[1]}\n{m[2]}```\n\n```text\n{dicho}```\n"


if __name__ == "__main__":
    regenerar()

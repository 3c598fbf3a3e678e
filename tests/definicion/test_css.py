"""Lo que el navegador muestra con solo CSS es lo que el servidor dice que existe."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import combinations as subconjuntos
from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from facilita.definicion import Definicion, Pagina, compilar
from facilita.definicion.campos import Campo
from facilita.definicion.css import LARGO_MAXIMO, decide_el_servidor, vista_de
from facilita.definicion.lectura import leer

from .material import AQUI, CONTEXTO, DEFINICIONES

CONDICIONES = compilar((AQUI / "css.yaml").read_text("utf-8"), "css.yaml")
OPCIONES = compilar((AQUI / "opciones.yaml").read_text("utf-8"), "opciones.yaml")
GRUPOS = compilar((AQUI / "grupos.yaml").read_text("utf-8"), "grupos.yaml")
CASOS = [
    ("condiciones", CONDICIONES),
    ("opciones", OPCIONES),
    ("grupos", GRUPOS),
    *((n, d) for n, d in DEFINICIONES.items() if any(vista_de(d, p).css for p in d.paginas)),
]

MARCAR = """combinaciones => combinaciones.map(([marcados, ids]) => {
  document.querySelectorAll("input").forEach(e => {
    e.checked = [].concat(marcados[e.name] ?? []).includes(e.value);
  });
  document.querySelectorAll("select").forEach(e => { e.value = marcados[e.name] ?? ""; });
  const se_ve = e => e !== null && e.getClientRects().length > 0;
  const campos = ids.filter(id => se_ve(document.getElementById("campo-" + id)));
  const opciones = campos.flatMap(id => {
    const propias = `#campo-${id} > .marca-texto > input, #campo-${id} > select > option`;
    return [...document.querySelectorAll(propias)].filter(e => e.value && (
      e.localName === "option" ? getComputedStyle(e).display !== "none" : se_ve(e.parentElement)
    )).map(e => id + "=" + e.value);
  });
  return [campos, opciones];
})"""


@pytest.fixture
def hoja(navegador: Browser) -> Iterator[Page]:
    """Una hoja en blanco de un Chromium de verdad, sin red."""
    abierta = navegador.new_page(offline=True)
    yield abierta
    abierta.close()


A_CADA_LADO: Mapping[str, tuple[str, ...]] = {
    "numero": ("1", "2", "5"),
    "dinero": ("9.99", "100.50", "100.51"),
    "fecha": ("31/12/2025", "1/1/2026"),
    "hora": ("11:59", "12:00"),
}
"""Respuestas a cada lado de lo que comparan los formularios de estas pruebas."""


def respuestas_de(campo: Campo) -> tuple[Any, ...]:
    """Lo que se puede marcar en un campo: nada o cada opción; si son varias, cada conjunto."""
    if campo.tipo in A_CADA_LADO:
        return (None, *A_CADA_LADO[campo.tipo])
    posibles = valores(campo)
    if campo.varios:
        conjuntos = (list(c) for n in range(1, 4) for c in subconjuntos(posibles, n))
        return (
            None,
            *(c for c in conjuntos if campo.condiciones or _vale(campo, c)),
        )
    return (None, *posibles)


def _vale(campo: Campo, crudo: list[str]) -> bool:
    return bool(leer([(campo, None)], {campo.id: crudo}, CONTEXTO).valores)


def ofrecidas(campos: Sequence[Campo], visto: Mapping[str, Any]) -> list[str]:
    """Cada opción que el servidor ofrece de los campos que se ven."""
    return [
        f"{c.id}={v}" for c in campos for v in valores(c) if not c.opciones or c.ofrece(v, visto)
    ]


def valores(campo: Campo) -> list[str]:
    """Lo que se puede marcar en un campo, como lo escribe el control."""
    return ["true" if v is True else str(v).lower() for v in campo.valores_posibles or ()]


def combinaciones(campos: Sequence[Campo], mirados: frozenset[str]) -> Iterator[dict[str, Any]]:
    """Todas las formas de responder los campos que alguna condición mira."""
    elegidos = [c for c in campos if c.id in mirados]
    for valores in product(*(respuestas_de(c) for c in elegidos)):
        yield {c.id: v for c, v in zip(elegidos, valores, strict=True) if v is not None}


def mirados_por(definicion: Definicion, pagina: Pagina) -> frozenset[str]:
    """Los campos que miran las condiciones de una página, directa o indirectamente."""
    mirados: set[str] = set()
    pendientes = {campo.id for campo in pagina.campos}
    while pendientes:
        cual = pendientes.pop()
        suyas = (definicion.por_campo[cual], *definicion.campos[cual].condiciones)
        nuevos = {campo for si in suyas if si for campo in si.campos} - mirados
        mirados |= nuevos
        pendientes |= nuevos
    return frozenset(mirados)


def html_de(definicion: Definicion, pagina: Pagina, comparables: Mapping[str, Any]) -> str:
    """La página más simple que sigue el trato: `.formulario`, `#seccion-…`, `#campo-…` y `name`."""
    vista = vista_de(definicion, pagina)

    def oculta(si: Any) -> bool:
        return decide_el_servidor(si, pagina) and not si.evaluar(comparables)

    def filas(grupo: Campo) -> str:
        return "".join(
            f'<div class="fila fila-{grupo.id}">'
            + "".join(
                f'<div id="campo-{grupo.id}-{n}-{c.id}" data-campo="{c.id}">'
                f"{control(c, oculta, f'{grupo.id}-{n}-')}</div>"
                for c in grupo.campos
                if not oculta(c.si)
            )
            + "</div>"
            for n in range(FILAS if grupo.tipo == "grupo" else 0)
        )

    cuerpo = "".join(
        f'<section id="seccion-{s.id}">'
        + "".join(
            f'<div id="campo-{c.id}">{control(c, oculta)}{filas(c)}</div>'
            for c in s.campos
            if not oculta(c.si)
        )
        + "</section>"
        for s in pagina.secciones
        if not oculta(s.si)
    )

    clases = " ".join(("formulario", *vista.clases(comparables)))
    return f'<style>{vista.css}</style><form class="{clases}" novalidate>{cuerpo}</form>'


FILAS = 2


def control(campo: Campo, oculta: Any, prefijo: str = "") -> str:
    """El control de un campo: botones de opción, lista, casillas o un texto."""
    nombre = prefijo + campo.id
    quitadas = {o.valor for o in campo.opciones if o.si and oculta(o.si)}
    posibles = [v for v in valores(campo) if v not in quitadas]
    if campo.control == "lista":
        opciones = "".join(f'<option value="{v}">{v}</option>' for v in posibles)
        return f'<select name="{nombre}"><option value=""></option>{opciones}</select>'
    if posibles:
        clase = "radio" if campo.control in ("opcion_unica", "si_no") else "checkbox"
        return "".join(
            f'<div class="marca-texto"><input type="{clase}" name="{nombre}" value="{v}">{v}</div>'
            for v in posibles
        )
    # Los controles de un pago también marcan valores: no se confunden con los de su fila.
    trampa = f'<input type="radio" name="{nombre}-medio" value="false">' if campo.campos else ""
    return trampa + (escape(campo.etiqueta) or "texto")


@pytest.mark.parametrize("definicion", [d for _, d in CASOS], ids=[n for n, _ in CASOS])
def test_se_ve_lo_que_el_servidor_lee(hoja: Page, definicion: Definicion) -> None:
    anteriores: list[Campo] = []
    probadas = 0
    for pagina in (*definicion.paginas, definicion.revision.pagina):
        mirados = mirados_por(definicion, pagina)
        aqui = list(combinaciones(pagina.campos, mirados))
        for antes in combinaciones(anteriores, mirados):
            probadas += comparar(hoja, definicion, pagina, antes, aqui)
        anteriores += pagina.campos
    assert probadas > 0


def comparar(
    hoja: Page,
    definicion: Definicion,
    pagina: Pagina,
    antes: dict[str, Any],
    aqui: list[dict[str, Any]],
) -> int:
    """Compara una página con lo de antes fijo y todo lo que se puede marcar en ella."""
    comparables = definicion.leer(antes, CONTEXTO).comparables
    hoja.set_content(html_de(definicion, pagina, comparables))
    ids = [c.id for c in pagina.campos]
    vistos = hoja.evaluate(MARCAR, [[marcado, ids] for marcado in aqui])
    for marcado, visto in zip(aqui, vistos, strict=True):
        lectura = definicion.leer({**antes, **marcado}, CONTEXTO)
        se_ven = [c for c in pagina.campos if c.id in lectura.visibles]
        assert visto[0] == [c.id for c in se_ven], (antes, marcado)
        assert visto[1] == ofrecidas(se_ven, lectura.comparables), (antes, marcado)
    return len(vistos)


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("definicion", "cual", "cuantas"), [(GRUPOS, "g", 24), (OPCIONES, "j", 3)], ids=["g", "j"]
)
def test_cada_fila_muestra_lo_que_el_servidor_lee(
    hoja: Page, definicion: Definicion, cual: str, cuantas: int
) -> None:
    """Con dos filas respondidas distinto, cada una muestra lo suyo según ella y lo de antes."""
    pagina, grupo = definicion.paginas[1], definicion.campos[cual]
    mirados = mirados_por(definicion, pagina)
    mirados |= {h for c in grupo.campos for si in c.condiciones for h in si.campos}
    unas = list(combinaciones(grupo.campos, mirados))
    parejas = list(zip(unas, [*unas[7:], *unas[:7]], strict=True))
    vistas: set[str] = set()
    for antes in combinaciones(definicion.paginas[0].campos, mirados):
        html = html_de(definicion, pagina, definicion.leer(antes, CONTEXTO).comparables)
        if html not in vistas:
            vistas.add(html)
            comparar_filas(hoja, html, definicion, grupo, antes, parejas)
    assert len(vistas) >= cuantas


def comparar_filas(
    hoja: Page,
    html: str,
    definicion: Definicion,
    grupo: Campo,
    antes: dict[str, Any],
    parejas: list[tuple[dict[str, Any], ...]],
) -> None:
    """Compara las filas de un grupo con lo de antes fijo."""
    hoja.set_content(html)
    ids = [f"{grupo.id}-{n}-{c.id}" for n in range(FILAS) for c in grupo.campos]
    pedidos = [
        [{f"{grupo.id}-{n}-{c}": v for n, fila in enumerate(filas) for c, v in fila.items()}, ids]
        for filas in parejas
    ]
    for filas, visto in zip(parejas, hoja.evaluate(MARCAR, pedidos), strict=True):
        visibles = definicion.leer({**antes, grupo.id: list(filas)}, CONTEXTO).visibles
        assert visto[0] == [i for i in ids if i in visibles], (antes, filas)


def test_el_css_no_escapa_del_estilo_y_es_el_mismo_siempre() -> None:
    for definicion in (d for _, d in CASOS):
        for pagina in definicion.paginas:
            vista = vista_de(definicion, pagina)
            assert vista == vista_de(definicion, pagina)
            assert "<" not in vista.css and vista.css.count("{") == vista.css.count("}")


def cadena(largo: int, ancho: int) -> Definicion:
    """Una página donde cada campo mira `ancho` veces al anterior."""
    opciones = [{"valor": "x", "etiqueta": "X"}, {"valor": "y", "etiqueta": "Y"}]
    campos: list[dict[str, Any]] = [
        {"id": f"c{n}", "tipo": "lista", "etiqueta": f"C{n}", "opciones": opciones}
        for n in range(largo)
    ]
    for n in range(1, largo):
        hojas = [{"no": {"campo": f"c{n - 1}", "es": "x"}}] * ancho
        campos[n]["si"] = {"todas": hojas}
    dato = dict(CONDICIONES.dato)
    dato["paginas"] = [{"id": "p", "titulo": "P", "secciones": [{"id": "s", "campos": campos}]}]
    dato["revision"] = {"titulo": "R", "campos": [{**campos[0], "id": "fin"}]}
    from facilita.definicion import examinar_dato

    examen = examinar_dato(dato)
    assert examen.definicion is not None, examen.fallas
    return examen.definicion


@pytest.mark.timeout(60)
@pytest.mark.parametrize(("largo", "ancho"), [(40, 2), (900, 1), (12, 12)])
def test_una_cadena_larga_no_cuelga_ni_esconde_de_mas(hoja: Page, largo: int, ancho: int) -> None:
    """Donde la regla sería muy larga no hay regla: todo se muestra y el servidor descarta."""
    definicion = cadena(largo, ancho)
    pagina = definicion.paginas[0]
    css = vista_de(definicion, pagina).css
    assert max(map(len, css.split("{display:none}"))) <= LARGO_MAXIMO + 100
    hoja.set_content(html_de(definicion, pagina, {}))
    ids = [c.id for c in pagina.campos]
    marcado = {ids[0]: "y", ids[1]: "y", ids[2]: "x"}
    (visto,) = hoja.evaluate(MARCAR, [[marcado, ids]])
    assert definicion.leer(marcado).visibles & set(ids) <= set(visto[0])

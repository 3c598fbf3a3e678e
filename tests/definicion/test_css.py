"""Lo que el navegador muestra con solo CSS es lo que el servidor dice que existe."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from facilita.definicion import Definicion, Pagina, compilar
from facilita.definicion.campos import Campo
from facilita.definicion.css import LARGO_MAXIMO, decide_el_servidor, vista_de

from .material import AQUI, CONTEXTO, DEFINICIONES

CONDICIONES = compilar((AQUI / "css.yaml").read_text("utf-8"), "css.yaml")
CASOS = [
    ("condiciones", CONDICIONES),
    *((n, d) for n, d in DEFINICIONES.items() if any(vista_de(d, p).css for p in d.paginas)),
]

MARCAR = """combinaciones => combinaciones.map(([marcados, ids]) => {
  document.querySelectorAll("input").forEach(e => { e.checked = marcados[e.name] === e.value; });
  document.querySelectorAll("select").forEach(e => { e.value = marcados[e.name] ?? ""; });
  return ids.filter(id => {
    const e = document.getElementById("campo-" + id);
    return e !== null && e.getClientRects().length > 0;
  });
})"""


@pytest.fixture
def hoja(navegador: Browser) -> Iterator[Page]:
    """Una hoja en blanco de un Chromium de verdad, sin red."""
    abierta = navegador.new_page(offline=True)
    yield abierta
    abierta.close()


def respuestas_de(campo: Campo) -> tuple[str | None, ...]:
    """Lo que se puede marcar en un campo: nada o cada opción; un número a cada lado del tres."""
    if campo.tipo == "numero":
        return (None, "1", "2", "5")
    posibles = campo.valores_posibles or ()
    return (None, *("true" if v is True else str(v) for v in posibles))


def combinaciones(campos: Sequence[Campo], mirados: frozenset[str]) -> Iterator[dict[str, str]]:
    """Todas las formas de responder los campos que alguna condición mira."""
    elegidos = [c for c in campos if c.id in mirados]
    for valores in product(*(respuestas_de(c) for c in elegidos)):
        yield {c.id: v for c, v in zip(elegidos, valores, strict=True) if v is not None}


def mirados_por(definicion: Definicion, pagina: Pagina) -> frozenset[str]:
    """Los campos que miran las condiciones de una página, directa o indirectamente."""
    mirados: set[str] = set()
    pendientes = {campo.id for campo in pagina.campos}
    while pendientes:
        si = definicion.por_campo[pendientes.pop()]
        nuevos = (si.campos if si else frozenset()) - mirados
        mirados |= nuevos
        pendientes |= nuevos
    return frozenset(mirados)


def html_de(definicion: Definicion, pagina: Pagina, comparables: Mapping[str, Any]) -> str:
    """La página más simple que sigue el trato: `.formulario`, `#seccion-…`, `#campo-…` y `name`."""
    vista = vista_de(definicion, pagina)

    def oculta(si: Any) -> bool:
        return decide_el_servidor(si, pagina) and not si.evaluar(comparables)

    cuerpo = "".join(
        f'<section id="seccion-{s.id}">'
        + "".join(f'<p id="campo-{c.id}">{control(c)}</p>' for c in s.campos if not oculta(c.si))
        + "</section>"
        for s in pagina.secciones
        if not oculta(s.si)
    )
    clases = " ".join(("formulario", *vista.clases(comparables)))
    return f'<style>{vista.css}</style><form class="{clases}" novalidate>{cuerpo}</form>'


def control(campo: Campo) -> str:
    """El control de un campo: botones de opción, lista, casilla o un texto."""
    valores = [v for v in respuestas_de(campo) if v is not None]
    if campo.control == "lista":
        opciones = "".join(f'<option value="{v}">{v}</option>' for v in valores)
        return f'<select name="{campo.id}"><option value=""></option>{opciones}</select>'
    if campo.control in ("opcion_unica", "consentimiento"):
        clase = "radio" if campo.control == "opcion_unica" else "checkbox"
        return "".join(f'<input type="{clase}" name="{campo.id}" value="{v}">' for v in valores)
    return escape(campo.etiqueta) or "texto"


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
    antes: dict[str, str],
    aqui: list[dict[str, str]],
) -> int:
    """Compara una página con lo de antes fijo y todo lo que se puede marcar en ella."""
    comparables = {
        cual: definicion.campos[cual].comparable(valor)
        for cual, valor in definicion.leer(antes, CONTEXTO).valores.items()
    }
    hoja.set_content(html_de(definicion, pagina, comparables))
    ids = [c.id for c in pagina.campos]
    vistos = hoja.evaluate(MARCAR, [[marcado, ids] for marcado in aqui])
    for marcado, visto in zip(aqui, vistos, strict=True):
        visibles = definicion.leer({**antes, **marcado}, CONTEXTO).visibles
        assert visto == [i for i in ids if i in visibles], (antes, marcado)
    return len(vistos)


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


@pytest.mark.timeout(20)
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
    assert definicion.leer(marcado).visibles & set(ids) <= set(visto)
